"""POST /sales-analysis: read → compare → explain → words → check, written to the audit before it is returned."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

from cafe_ai.analytics import repository as analytics
from cafe_ai.analytics.facts import period_gap
from cafe_ai.analytics.periods import ShopCalendar, business_day
from cafe_ai.assistants.model import Locale
from cafe_ai.assistants.service import moment_of
from cafe_ai.language.formats import Language, language_of
from cafe_ai.sales_analysis import figures
from cafe_ai.sales_analysis.advice import find_advice
from cafe_ai.sales_analysis.insights import find_insights
from cafe_ai.sales_analysis.model import Analysis, Span
from cafe_ai.sales_analysis.reading import HEADLINE, Reader, Readings, read
from cafe_ai.sales_analysis.span import Periods, check_span, resolve_span
from cafe_ai.sales_analysis.telling import Teller, make_sheet
from cafe_ai.tenancy.model import Business, Member, Permission

if TYPE_CHECKING:
    from cafe_ai.bootstrap import Runtime


def analyse(runtime: Runtime, member: Member, span: Span, locale: Locale | None = None) -> Analysis:
    """The analysis of a span of a member's business, in the language asked for or else the business's.

    It only reads: no model, no audit. Raises InvalidRequest naming the field of a span that names no dates, and Unavailable
    where the database is away.
    """
    check_span(span)
    business = member.business
    as_of = moment_of(span.as_of, business)
    with runtime.database.transaction(business.id, member.user_id, member.deadline, read_only=True) as uow:
        recorded = analytics.recorded_days(uow, business.id, business_day(as_of, business.day_starts))
        calendar = ShopCalendar(
            business.timezone, business.day_starts, as_of, recorded[0] if recorded else as_of.date()
        )
        periods = resolve_span(span, calendar)
        empty = _empty(business, language_of(locale or business.locale), periods, calendar, recorded)
        gap = period_gap(make_sheet((), empty.period, empty.currency, recorded=recorded, as_of=as_of), calendar)
        if gap is not None or recorded is None:
            return replace(empty, gaps=(gap or "no_records",))
        readings = read(
            Reader(uow, business, calendar),
            periods,
            recorded,
            sees_customers=member.may(Permission.CUSTOMERS),
            knows_stock=span.as_of is None,
        )
    return _analysis(empty, readings)


def _analysis(empty: Analysis, readings: Readings) -> Analysis:
    points, anomalies, missing = figures.days(readings)
    products = figures.rank(readings, readings.products, readings.products_before)
    categories = figures.rank(readings, readings.categories, readings.categories_before)
    analysis = replace(
        empty,
        previous=readings.previous,
        last_year=readings.last_year,
        headline=figures.headline(readings),
        days=points,
        products_best=products[0],
        products_worst=products[1],
        categories_best=categories[0],
        categories_worst=categories[1],
        hours=figures.hours(readings),
        weekdays=figures.weekdays(readings),
        customers=figures.customers(readings),
        drivers=figures.drivers(readings),
        anomalies=anomalies,
        gaps=(*figures.gaps(readings), *missing),
        margin_coverage=figures.coverage(readings),
    )
    teller = Teller(readings, language_of(analysis.locale))
    return replace(
        analysis,
        insights=find_insights(readings, analysis, teller),
        recommendations=find_advice(readings, teller),
    )


def _empty(
    business: Business,
    language: Language,
    periods: Periods,
    calendar: ShopCalendar,
    recorded: tuple[date, date] | None,
) -> Analysis:
    """The analysis of a period of which nothing is known yet."""
    return Analysis(
        currency=business.currency,
        locale=language,
        period=periods.period,
        previous=None,
        last_year=None,
        headline=tuple(figures.compare(metric, None, None, None, business.currency) for metric in HEADLINE),
        days=(),
        products_best=(),
        products_worst=(),
        categories_best=(),
        categories_worst=(),
        hours=(),
        weekdays=(),
        customers=(),
        drivers=None,
        anomalies=(),
        insights=(),
        recommendations=(),
        recorded=recorded,
        as_of=calendar.as_of,
    )
