"""The figures of an analysis are those of /query, and those of the raw rows."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

import pytest

from cafe_ai.analytics.metrics import round_metric
from cafe_ai.analytics.model import Dimension, Filters, Metric, Period, PeriodSpec, Plan
from cafe_ai.analytics.service import gather
from cafe_ai.sales_analysis.drivers import Sold, split_change
from cafe_ai.sales_analysis.model import Analysis
from cafe_ai.sales_analysis.reading import CUSTOMERS, HEADLINE
from tests.integration.sales_analysis.conftest import Analyst
from tests.support.generated_shop import MADRID, GeneratedShop, RawLine
from tests.support.reference_figures import Scope, compute

SPANS = [
    {"preset": "daily"},
    {"preset": "weekly"},
    {"preset": "monthly"},
    {"preset": "quarterly", "as_of": "2026-07-03T09:00:00"},
    {"preset": "yearly", "as_of": "2027-01-01T02:00:00"},
    {"start": date(2026, 4, 20), "end": date(2026, 4, 29)},
    {"start": date(2026, 4, 1), "end": date(2026, 4, 30)},
    {"start": date(2026, 5, 4), "end": date(2026, 5, 31)},  # runs past as_of
    {"preset": "daily", "as_of": "2026-05-12T01:30:00"},  # still the 11th: the shop closes at 2
]


def scope(shop: GeneratedShop, analysis: Analysis, period: Period) -> Scope:
    assert analysis.as_of is not None
    return Scope(shop.lines, period, Filters(), analysis.as_of)


@pytest.mark.parametrize("span", SPANS)
def test_headline_and_customers_are_those_of_the_raw_rows(shop: GeneratedShop, analyst: Analyst, span: dict) -> None:  # type: ignore[type-arg]
    analysis = analyst.analyse(**span)
    assert [figure.metric for figure in analysis.headline] == list(HEADLINE)
    assert [figure.metric for figure in analysis.customers] == list(CUSTOMERS)
    for metric in (*HEADLINE, *CUSTOMERS):
        figure = analysis.figure(metric)
        assert figure is not None
        for period, told in (
            (analysis.period, figure.value),
            (analysis.previous, figure.previous),
            (analysis.last_year, figure.last_year),
        ):
            if period is None:
                assert told is None
                continue
            exact = compute(metric, scope(shop, analysis, period))[()]
            assert told == (None if exact is None else round_metric(metric, exact, "EUR")), (metric, period)


@pytest.mark.parametrize("span", SPANS)
def test_headline_is_that_of_a_question_about_the_same_period(analyst: Analyst, span: dict) -> None:  # type: ignore[type-arg]
    analysis = analyst.analyse(**span)
    last = analysis.period.end - timedelta(days=1)
    asked = PeriodSpec("range", start=analysis.period.start.isoformat(), end=last.isoformat())
    plan = Plan((*HEADLINE, *CUSTOMERS), asked, comparison=PeriodSpec("previous"))
    assert analysis.as_of is not None
    with analyst.runtime.database.transaction(analyst.business.id, read_only=True) as uow:
        sheet = gather(uow, plan, analyst.business, analysis.as_of)
    assert sheet.period == analysis.period
    told = {(fact.metric, fact.role): fact.value for fact in sheet.facts}
    for metric in (*HEADLINE, *CUSTOMERS):
        figure = analysis.figure(metric)
        assert figure is not None
        assert figure.value == told.get((metric.value, "value"))
        if analysis.previous is None:
            continue
        assert sheet.comparison == analysis.previous
        assert figure.previous == told.get((metric.value, "baseline"))
        assert figure.difference == told.get((f"{metric.value}_difference", "difference"))
        if figure.change_percent is not None:
            assert figure.change_percent == told[f"{metric.value}_change", "change"]


@pytest.mark.parametrize("as_of", [f"2026-{month:02}-01T12:00:00" for month in (4, 5, 6)])
def test_drivers_are_those_of_the_raw_rows_in_every_month(shop: GeneratedShop, analyst: Analyst, as_of: str) -> None:
    analysis = analyst.analyse(as_of=as_of)
    if analysis.previous is None:
        assert analysis.drivers is None
        return
    assert analysis.drivers is not None
    split = split_change(*(sold_in(scope(shop, analysis, p).seen) for p in (analysis.previous, analysis.period)))
    cent = Decimal("0.01")
    for part in analysis.drivers.parts:
        assert abs(Fraction(part.amount) - split.parts[part.name]) < Fraction(cent)
    net = analysis.figure("net_sales")
    assert net is not None
    assert sum(part.amount for part in analysis.drivers.parts) == analysis.drivers.change == net.difference


def sold_in(lines: list[RawLine]) -> dict[object, Sold]:
    """What was sold of each product, from its lines."""
    found: dict[object, Sold] = {}
    for line in lines:
        before = found.get(line.product_id, Sold(Fraction(0), Fraction(0), is_priced=False))
        net = Fraction(0) if line.unit_price is None else Fraction(line.quantity * line.unit_price - line.discount)
        found[line.product_id] = Sold(
            before.net + net,
            before.units + Fraction(line.quantity),
            is_priced=before.is_priced or bool(line.unit_price and line.unit_price > 0),
        )
    return found


def test_rows_and_series_are_those_of_the_raw_rows(shop: GeneratedShop, analyst: Analyst) -> None:
    analysis = analyst.analyse()
    seen = scope(shop, analysis, analysis.period)
    by_day = compute(Metric.NET_SALES, seen, (Dimension.DAY,))
    assert [point.day for point in analysis.days] == seen.days
    for point in analysis.days:
        assert point.net_sales == round_metric(
            Metric.NET_SALES, by_day.get((point.day.isoformat(),)) or Decimal(0), "EUR"
        )
    by_hour = compute(Metric.NET_SALES, seen, (Dimension.HOUR,))
    assert {slot.key: slot.net_sales for slot in analysis.hours} == {
        key[0]: cents(value) for key, value in by_hour.items() if value is not None
    }
    by_weekday = compute(Metric.DAILY_AVERAGE, seen, (Dimension.WEEKDAY,))
    assert {slot.key: slot.average for slot in analysis.weekdays} == {
        key[0]: cents(value) for key, value in by_weekday.items() if value is not None
    }
    by_product = compute(Metric.NET_SALES, seen, (Dimension.PRODUCT,))
    rows = (*analysis.products_best, *analysis.products_worst)
    for row in rows:
        assert row.net_sales == cents(by_product[f"{row.name}|{row.product_id}",])
    ranked = [*analysis.products_best, *reversed(analysis.products_worst)]
    assert [row.net_sales for row in ranked] == sorted((row.net_sales for row in rows), reverse=True)
    assert len({row.product_id for row in rows}) == len(rows)
    by_category = compute(Metric.NET_SALES, seen, (Dimension.CATEGORY,))
    for category in (*analysis.categories_best, *analysis.categories_worst):
        assert category.net_sales == cents(by_category[category.name,])


def cents(value: Decimal | None) -> Decimal:
    return (value or Decimal(0)).quantize(Decimal("0.01"), ROUND_HALF_UP)


def test_nothing_later_than_as_of_is_seen(shop: GeneratedShop, analyst: Analyst) -> None:
    as_of = "2026-04-29T13:05:00"
    running = analyst.analyse(start=date(2026, 4, 20), end=date(2026, 5, 20), as_of=as_of)
    moment = datetime.fromisoformat(as_of).replace(tzinfo=MADRID)
    seen = [line for line in shop.lines if date(2026, 4, 20) <= line.day and line.ordered_at < moment]
    units = running.figure("units")
    assert units is not None
    assert units.value == sum(line.quantity for line in seen)
    assert running.period.ends_at == moment
    assert running.days[-1].day == date(2026, 4, 29)
    assert all(found.day < date(2026, 4, 29) for found in running.anomalies)
