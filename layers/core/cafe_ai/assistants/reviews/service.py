"""Reviews → words: what customers write, for members who may see customers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from cafe_ai.analytics.model import Period
from cafe_ai.analytics.periods import ShopCalendar, UnknownPeriod, resolve
from cafe_ai.assistants.model import Source, Statement
from cafe_ai.assistants.reviews.model import Reviewed
from cafe_ai.assistants.reviews.phrases import GAPS
from cafe_ai.assistants.reviews.telling import Teller, Wanted, quotes_in
from cafe_ai.assistants.statements import told
from cafe_ai.language.formats import Language, format_date
from cafe_ai.reviews import repository
from cafe_ai.reviews.model import Overview
from cafe_ai.reviews.service import count_reviews, overview
from cafe_ai.reviews.summary import compare

if TYPE_CHECKING:
    from cafe_ai.platform.db import UnitOfWork
    from cafe_ai.tenancy.model import Business

MOST_SOURCES = 8
MONTH_BEFORE = timedelta(days=90)


def tell_reviews(
    uow: UnitOfWork,
    business: Business,
    as_of: datetime,
    language: Language,
    wanted: Wanted | None = None,
    products: Sequence[str] = (),
) -> Reviewed:
    """What the reviews of the period asked for say to what is wanted, else those of the year before as_of (aware).

    products: names of the shop's products that the question is about. Every figure was checked against its fact, and what
    stands between quotation marks is a review's own words.
    """
    wanted = wanted or Wanted()
    calendar = ShopCalendar(business.timezone, business.day_starts, as_of, as_of.date())
    ids = repository.products_called(uow, business.id, products) if products else None
    seen = overview(uow, business, as_of, _days(wanted, calendar), ids)
    if wanted.this_month and wanted.about == "trend":
        seen = _of_month(seen, as_of.date().replace(day=1))
    period = calendar.period(seen.start, seen.end)
    if not seen.count and not _any(uow, business, as_of):
        return _nothing(seen, period, language, wanted)
    said = told(
        Teller(seen, period, language, wanted).statements(), period, business.currency, language, (business.name,)
    )
    gaps = tuple(each.kind for each in said if each.kind == "gap")
    return Reviewed(seen, period, said, _sources(said, seen, language), _record(wanted, ids), gaps)


def _days(wanted: Wanted, calendar: ShopCalendar) -> tuple[date, date] | None:
    if wanted.period is None:
        return None
    try:
        period = resolve(wanted.period, calendar)
    except UnknownPeriod:
        return None
    return period.start, period.end


def _of_month(seen: Overview, month: date) -> Overview:
    return replace(seen, trend=compare(seen.reviews, month, month - MONTH_BEFORE))


def _any(uow: UnitOfWork, business: Business, as_of: datetime) -> bool:
    return count_reviews(uow, business, as_of)[0] > 0


def _nothing(seen: Overview, period: Period, language: Language, wanted: Wanted) -> Reviewed:
    gap = Statement("gap", GAPS[language]["no_reviews"])
    return Reviewed(seen, period, (gap,), (), _record(wanted, None), ("no_reviews",))


def _sources(said: Sequence[Statement], seen: Overview, language: Language) -> tuple[Source, ...]:
    title = {"es": "Reseña del {day}", "en": "Review of {day}"}[language]
    return tuple(
        Source(str(quote.review_id), title.format(day=format_date(quote.day, language)), quote.text)
        for quote in quotes_in(said, seen.reviews)[:MOST_SOURCES]
    )


def _record(wanted: Wanted, ids: Sequence[UUID] | None) -> dict[str, Any]:
    return {
        "reviews": {
            "about": wanted.about,
            "aspect": wanted.aspect.value if wanted.aspect else None,
            "side": wanted.side,
            "products": [str(each) for each in ids] if ids is not None else None,
        }
    }
