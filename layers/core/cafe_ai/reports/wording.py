"""What the report says in each language: `wording_es` and `wording_en` hold the same sentences. Standard library only.

In a sentence {name} is filled in by `str.format`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from cafe_ai.analytics.model import Gap
from cafe_ai.language.formats import Language
from cafe_ai.reports.model import Part
from cafe_ai.sales_analysis.model import DriverName


@dataclass(frozen=True, slots=True)
class DriverWords:
    """A driver of change: its name, that name where there is little room, and what it means in plain words."""

    name: str
    short: str
    meaning: str


@dataclass(frozen=True, slots=True)
class Headings:
    """The sections' headings."""

    insights: str
    recommendations: str
    promotions: str
    days: str
    drivers: str
    products: str
    categories: str
    times: str
    customers: str
    stock: str
    forecast: str
    anomalies: str
    notes: str


@dataclass(frozen=True, slots=True)
class TableWords:
    """Titles of columns and captions of tables."""

    product: str
    category: str
    net_sales: str
    units: str
    share: str
    previous: str
    change: str
    amount: str
    reason: str
    main_driver: str
    total_change: str
    stock: str
    daily_units: str
    days_left: str
    lead_time: str
    order: str
    day: str
    expected: str
    expected_range: str
    interval: str
    deviation: str
    drivers_caption: str
    contributions_caption: str
    best_caption: str
    worst_caption: str
    worst_categories_caption: str
    stock_caption: str
    forecast_caption: str
    anomalies_caption: str


@dataclass(frozen=True, slots=True)
class ChartWords:
    """Headings, keys and descriptions of charts."""

    days: str
    days_units: str
    weeks: str
    weeks_units: str
    days_best: str  # {best} {best_value} {worst} {worst_value}
    days_best_open: str  # likewise, where some days had no sales
    day_only: str  # {day} {value}
    no_sales: str
    key_sales: str
    key_units: str
    key_expected: str
    key_band: str
    key_unusual: str
    key_running: str
    key_previous: str  # {value}
    tip: str  # {day} {value} {orders}
    tip_expected: str  # {low} {high}
    week_of: str  # {day}
    drivers: str
    drivers_zoomed: str
    previous_total: str
    total: str
    products: str
    key_before: str
    categories: str
    hours: str
    hours_subtitle: str
    weekdays: str
    weekdays_subtitle: str
    slot_tip: str  # {slot} {average} {net_sales} {orders}
    best_slot: str  # {slot} {value}
    segments: str
    segment_share: str  # {customers} {share}
    forecast: str
    forecast_units: str
    forecast_total: str  # {total} {days}
    forecast_error: str  # {percent}
    key_forecast: str
    key_interval: str
    axis_day: str  # {day} {month}
    months: tuple[str, ...]
    weekdays_short: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Words:
    """All the texts of a language."""

    kind: str
    compared: str  # {periods}
    not_compared: str
    made: str  # {date} {time} {zone}
    against_previous: str  # {value}
    against_last_year: str  # {value}
    nothing_to_compare: str
    points: str
    at_stake: str  # {money}
    metrics: Mapping[str, str]
    headings: Headings
    table: TableWords
    chart: ChartWords
    drivers: Mapping[DriverName, DriverWords]
    drivers_intro: str  # {change} {previous} {current}
    contributions_intro: str
    no_drivers: str
    nothing_unusual: str
    no_recommendations: str
    no_insights: str
    order_now: str
    does_not_sell: str
    days: tuple[str, str]  # singular and plural, with {days}
    order_words: tuple[str, str]
    customer_words: tuple[str, str]
    range: str  # {low} {high}
    stock_intro: str
    anomalies_intro: str
    gaps: Mapping[Gap, str]
    missing: Mapping[Part, str]
    margin_coverage: str  # {percent}
    definitions: tuple[str, ...]
    rounding: str
    footer: str
    page: str  # {page} {pages}
    lost_letters: str  # {mark}
    axis_units: tuple[str, str, str]  # thousand, million, thousand million


def words_of(language: Language) -> Words:
    """The texts in this language."""
    if language == "en":
        from cafe_ai.reports.wording_en import ENGLISH

        return ENGLISH
    from cafe_ai.reports.wording_es import SPANISH

    return SPANISH
