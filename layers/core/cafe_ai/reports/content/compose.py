"""The whole document of a report: its opening, and its sections in the order they are read."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from cafe_ai.language.formats import format_date, format_time, join_list
from cafe_ai.language.period_wording import name_period
from cafe_ai.reports.content.customers import customers
from cafe_ai.reports.content.days import anomalies, days
from cafe_ai.reports.content.drivers import drivers
from cafe_ai.reports.content.findings import insights, promotions, recommendations
from cafe_ai.reports.content.forecast import forecast
from cafe_ai.reports.content.headline import headline
from cafe_ai.reports.content.notes import notes
from cafe_ai.reports.content.products import categories, products
from cafe_ai.reports.content.stock import stock
from cafe_ai.reports.content.times import times
from cafe_ai.reports.document import Block, Document, Paragraph
from cafe_ai.reports.model import SalesReport
from cafe_ai.reports.voice import Voice
from cafe_ai.reports.wording import words_of

_SECTIONS = (
    insights, recommendations, promotions, days, drivers, products, categories, times, customers, stock, forecast,
    anomalies, notes,
)  # fmt: skip


def compose(report: SalesReport) -> Document:
    """The report as it is read, in its language and currency. A section that has nothing to say is left out."""
    words = words_of(report.locale)
    voice = Voice(report.locale, report.currency, words)
    local = report.created_at.astimezone(ZoneInfo(report.timezone))
    lead: list[Block] = [Paragraph(line.strip(), "lead") for line in report.summary.splitlines() if line.strip()]
    return Document(
        language=report.locale,
        kind=words.kind,
        business=report.business_name,
        period=_capitalized(name_period(report.analysis.period, report.locale, as_of=report.analysis.as_of)),
        comparison=_comparison(report, voice),
        made=words.made.format(
            date=format_date(local.date(), report.locale), time=format_time(local.time()), zone=report.timezone
        ),
        created_at=report.created_at,
        opening=(*headline(report, voice), *lead),
        sections=tuple(section for make in _SECTIONS if (section := make(report, voice)) is not None),
        footer=words.footer,
        page_words=words.page,
        lost_letters=words.lost_letters,
    )


def _comparison(report: SalesReport, voice: Voice) -> str:
    periods = [each for each in (report.analysis.previous, report.analysis.last_year) if each is not None]
    if not periods:
        return voice.words.not_compared
    names = list(dict.fromkeys(name_period(each, report.locale, as_of=report.analysis.as_of) for each in periods))
    return voice.words.compared.format(periods=join_list(names, report.locale))


def _capitalized(text: str) -> str:
    return text[:1].upper() + text[1:]
