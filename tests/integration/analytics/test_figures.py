"""The figures are those of the raw rows, whichever way they are read, as of whichever moment."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from cafe_ai.analytics.metrics import METRICS, round_half_up, round_metric
from cafe_ai.analytics.model import Dimension, Fact, FactSheet, Filters, Metric, PeriodSpec, Plan, Ranking
from tests.integration.analytics.conftest import Gather
from tests.support.generated_shop import MADRID, GeneratedShop
from tests.support.reference_figures import CUSTOMER_METRICS, Key, Scope, compute, net

SALES_METRICS = tuple(metric for metric in Metric if METRICS[metric].subject == "sales")
TIMES = (Dimension.DAY, Dimension.WEEK, Dimension.MONTH, Dimension.QUARTER, Dimension.YEAR)
PRODUCTS = ("Café solo", "Croissant", "Agua del grifo", "Cesta", "Tetera", "Menú del día")

AS_OFS = st.sampled_from(
    [
        "2026-05-13T12:34:56",
        "2026-05-13T00:30:00",  # still the 12th: the shop closes at 2
        "2026-05-13T02:00:00",
        "2026-03-29T13:30:00",  # the clocks have just changed
        "2026-04-08T12:00:00",  # closed this week
        "2026-06-20T09:00:00",  # long after the last order
        "2026-05-24T23:59:59",
    ]
).map(lambda text: datetime.fromisoformat(text).replace(tzinfo=MADRID))
PERIODS = st.one_of(
    st.builds(PeriodSpec, st.just("calendar"), st.sampled_from(["day", "week", "month", "year"]), st.integers(-2, 0)),
    st.builds(PeriodSpec, st.just("rolling"), st.sampled_from(["day", "week", "month"]), st.just(0), st.integers(1, 9)),
    st.sampled_from(
        [
            PeriodSpec("all"),
            PeriodSpec("named", start="2026-04"),
            PeriodSpec("named", start="--03-29"),
            PeriodSpec("range", start="2026-03-20", end="2026-04-14"),
            PeriodSpec("since", start="--04"),
            PeriodSpec("until", end="2026-03"),
        ]
    ),
)  # fmt: skip
FILTERS = st.builds(
    Filters,
    products=st.sampled_from([(), (), (), *((name,) for name in PRODUCTS), ("Café solo", "Croissant")]),
    categories=st.sampled_from([(), (), (), ("Cafés",), ("Bollería", "Regalos")]),
    stores=st.sampled_from([(), (), ("Centro",), ("Centro", "Norte")]),
    customers=st.sampled_from([(), (), (), ("C-3",), ("C-1", "C-9")]),
    payment_methods=st.sampled_from([(), (), (), ("tarjeta",)]),
    weekdays=st.sampled_from([(), (), (5, 6), (0,), (1,)]),
    hours=st.sampled_from([None, None, (8, 12), (20, 24), (22, 2), (0, 6)]),
)
PLAIN = Filters()
MONEY_PLACES = Decimal("0.01")
checked = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@st.composite
def plans(draw: st.DrawFn) -> Plan:
    """Plans over all that can be combined."""
    metrics = draw(
        st.one_of(
            st.lists(st.sampled_from(SALES_METRICS), min_size=1, max_size=3, unique=True),
            st.lists(st.sampled_from(CUSTOMER_METRICS), min_size=1, max_size=2, unique=True),
        )
    )
    breakdowns = draw(st.lists(st.sampled_from(list(Dimension)), max_size=2, unique=True).filter(_one_time))
    if metrics[0] in CUSTOMER_METRICS:
        breakdowns = [dimension for dimension in breakdowns if dimension is not Dimension.CUSTOMER]
    comparison = draw(st.sampled_from([None, None, PeriodSpec("previous"), PeriodSpec("named", start="2026-03")]))
    ranking = None
    if breakdowns and draw(st.booleans()):
        by = draw(st.sampled_from(["value", "change"])) if comparison else "value"
        ranking = Ranking(draw(st.sampled_from(["top", "bottom"])), draw(st.integers(1, 5)), by)  # type: ignore[arg-type]
    return Plan(
        tuple(metrics),
        draw(PERIODS),
        tuple(breakdowns),
        draw(FILTERS),
        comparison,
        ranking,
        share=draw(st.integers(0, 4)) == 0,
        average=bool({Dimension.HOUR, Dimension.WEEKDAY} & set(breakdowns)) and draw(st.booleans()),
    )


def _one_time(dimensions: list[Dimension]) -> bool:
    return sum(dimension in TIMES for dimension in dimensions) <= 1


@checked
@given(plan=plans(), as_of=AS_OFS)
def test_the_rollups_give_the_figures_of_the_lines_fact_for_fact(
    ask: Gather, shop: GeneratedShop, plan: Plan, as_of: datetime
) -> None:
    by_rollup = ask(plan, shop.business, as_of)
    by_lines = ask(plan, shop.business, as_of, from_lines=True)
    assert by_rollup.facts == by_lines.facts
    assert by_rollup == by_lines


@checked
@given(plan=plans(), as_of=AS_OFS)
def test_the_values_are_those_of_the_raw_rows(ask: Gather, shop: GeneratedShop, plan: Plan, as_of: datetime) -> None:
    plan = replace(plan, comparison=None, ranking=None, share=False, average=False)
    sheet = ask(plan, shop.business, as_of)
    assume(sheet.facts or sheet.gaps)
    if set(sheet.gaps) & {"after_records", "before_records", "no_records"}:
        assert not sheet.facts
        return
    scope = Scope(shop.lines, sheet.period, plan.filters, as_of)
    for metric in plan.metrics:
        expected = _told(metric, compute(metric, scope, plan.breakdowns))
        told = _values(sheet, metric)
        if len(plan.breakdowns) == 1 and plan.breakdowns[0] in TIMES:  # units without a sale are told as zero
            missing = {key: value for key, value in told.items() if key not in expected}
            assert all(value == 0 for (_, value), _ in zip(missing, missing.values(), strict=True))
            told = Counter({key: value for key, value in told.items() if key not in missing})
        elif not plan.breakdowns and not scope.seen:
            assert all(value == 0 for _, value in told)
            continue
        assert told == expected, metric


def _told(metric: Metric, figures: Mapping[Key, Decimal | None]) -> Counter[tuple[Key, Decimal]]:
    return Counter(
        (tuple(part.split("|")[0] for part in key), round_metric(metric, value, "EUR"))
        for key, value in figures.items()
        if value is not None
    )


def _values(sheet: FactSheet, metric: Metric) -> Counter[tuple[Key, Decimal]]:
    facts = [fact for fact in sheet.facts if fact.role == "value" and fact.metric == metric.value]
    return Counter((_key(fact, sheet.plan.breakdowns), fact.value) for fact in facts)


def _key(fact: Fact, dimensions: tuple[Dimension, ...]) -> Key:
    return tuple(fact.dimensions[dimension.value] for dimension in dimensions)


@checked
@given(
    metric=st.sampled_from(SALES_METRICS),
    dimension=st.sampled_from([d for d in Dimension if d not in TIMES]),
    ranking=st.builds(Ranking, st.sampled_from(["top", "bottom"]), st.integers(1, 6)),
    filters=FILTERS,
    as_of=AS_OFS,
)
def test_a_ranking_is_the_best_or_worst_among_those_sold(
    ask: Gather,
    shop: GeneratedShop,
    metric: Metric,
    dimension: Dimension,
    ranking: Ranking,
    filters: Filters,
    as_of: datetime,
) -> None:
    plan = Plan((metric,), PeriodSpec("all"), (dimension,), filters, ranking=ranking)
    sheet = ask(plan, shop.business, as_of)
    told = [fact.value for fact in sheet.facts if fact.role == "value"]

    scope = Scope(shop.lines, sheet.period, filters, as_of)
    sold = compute(Metric.PRODUCTS_SOLD, scope, (dimension,))
    figures = {key: value for key, value in compute(metric, scope, (dimension,)).items() if value is not None}
    if ranking.order == "bottom":
        eligible = [value for key, value in figures.items() if sold[key]]
    else:
        eligible = [value for value in figures.values() if value != 0]
    eligible.sort(reverse=ranking.order == "top")
    assert told == [round_metric(metric, value, "EUR") for value in eligible[: ranking.limit]] or sheet.gaps


@checked
@given(metric=st.sampled_from(SALES_METRICS), filters=FILTERS, as_of=AS_OFS, period=PERIODS)
def test_a_comparison_tells_both_figures_their_difference_and_the_change(
    ask: Gather, shop: GeneratedShop, metric: Metric, filters: Filters, as_of: datetime, period: PeriodSpec
) -> None:
    plan = Plan((metric,), period, filters=filters, comparison=PeriodSpec("previous"))
    sheet = ask(plan, shop.business, as_of)
    told = {fact.role: fact for fact in sheet.facts}
    assume("difference" in told)
    assert sheet.comparison is not None
    now = _total(metric, Scope(shop.lines, sheet.period, filters, as_of))
    before = _total(metric, Scope(shop.lines, sheet.comparison, filters, as_of))

    assert told["value"].value == round_metric(metric, now, "EUR")
    assert told["baseline"].value == round_metric(metric, before, "EUR")
    assert told["baseline"].period == sheet.comparison
    difference = now - before
    percent = METRICS[metric].unit == "percent"
    rounded = round_half_up(difference, "percent") if percent else round_metric(metric, difference, "EUR")
    assert told["difference"].value == rounded
    assert ("change" in told) == (before != 0 and not percent)
    if "change" in told:
        assert told["change"].value == round_half_up(100 * difference / abs(before), "percent")


@checked
@given(
    metric=st.sampled_from(SALES_METRICS),
    dimension=st.sampled_from([d for d in Dimension if d is not Dimension.PRODUCT]),
    comparison=st.sampled_from(["2026-03", "2026-04"]),
    filters=FILTERS,
    as_of=AS_OFS,
)
def test_each_row_is_compared_with_its_own_counterpart(
    ask: Gather,
    shop: GeneratedShop,
    metric: Metric,
    dimension: Dimension,
    comparison: str,
    filters: Filters,
    as_of: datetime,
) -> None:
    """Rows by time with the part of the other period that their difference says it is of, others with their equal."""
    month, other = PeriodSpec("calendar", unit="month", offset=0), PeriodSpec("named", start=comparison)
    sheet = ask(Plan((metric,), month, (dimension,), filters, other), shop.business, as_of)
    for place, fact in enumerate(sheet.facts):
        if fact.role != "baseline":
            continue
        value, difference = sheet.facts[place - 1], sheet.facts[place + 1]
        assert difference.compared_with == fact.period
        scope = Scope(shop.lines, fact.period, filters, as_of)
        if dimension in TIMES:
            now, then = value.period.start - sheet.period.start, fact.period.start - sheet.comparison.start  # type: ignore[union-attr]
            assert now == then or dimension is not Dimension.DAY
            expected = _total(metric, scope)
        else:
            expected = compute(metric, scope, (dimension,)).get((fact.dimensions[dimension.value],)) or Decimal(0)
        assert fact.value == round_metric(metric, expected, "EUR")


def _total(metric: Metric, scope: Scope) -> Decimal:
    if not scope.seen:
        return Decimal(0)
    value = compute(metric, scope)[()]
    assert value is not None
    return value


@checked
@given(
    metric=st.sampled_from([m for m in SALES_METRICS if METRICS[m].additive]),
    dimension=st.sampled_from([Dimension.HOUR, Dimension.WEEKDAY]),
    filters=FILTERS,
    period=PERIODS,
    as_of=AS_OFS,
)
def test_averages_by_weekday_and_hour_are_per_such_weekday_and_per_day(
    ask: Gather,
    shop: GeneratedShop,
    metric: Metric,
    dimension: Dimension,
    filters: Filters,
    period: PeriodSpec,
    as_of: datetime,
) -> None:
    sheet = ask(Plan((metric,), period, (dimension,), filters, average=True), shop.business, as_of)
    assume(sheet.facts)
    scope = Scope(shop.lines, sheet.period, filters, as_of)
    totals = compute(metric, scope, (dimension,))
    days = Counter(f"{day:%A}".lower() for day in scope.days)
    expected = {
        key[0]: round_metric(
            metric, value / (days[key[0]] if dimension is Dimension.WEEKDAY else len(scope.days)), "EUR"
        )
        for key, value in totals.items()
        if value is not None
    }
    assert {fact.dimensions[dimension.value]: fact.value for fact in sheet.facts if fact.role == "value"} == expected


@checked
@given(filters=FILTERS, as_of=AS_OFS, period=PERIODS)
def test_a_share_is_of_all_that_is_not_narrowed_further(
    ask: Gather, shop: GeneratedShop, filters: Filters, as_of: datetime, period: PeriodSpec
) -> None:
    """The most particular filter is taken away for the whole: a product's share is of what its stores sold."""
    assume(filters.products or filters.categories)
    sheet = ask(Plan((Metric.NET_SALES,), period, filters=filters, share=True), shop.business, as_of)
    shares = [fact for fact in sheet.facts if fact.role == "share"]
    assume(shares)
    part = Scope(shop.lines, sheet.period, filters, as_of)
    whole = replace(part, filters=replace(filters, products=(), categories=()))
    assert shares[0].value == round_half_up(100 * net(part.seen) / net(whole.seen), "percent")
    [total] = [fact for fact in sheet.facts if fact.role == "total"]
    assert total.value == round_half_up(net(whole.seen), "money", "EUR")


@checked
@given(filters=FILTERS, as_of=AS_OFS, period=PERIODS, metric=st.sampled_from([Metric.MARGIN, Metric.MARGIN_RATE]))
def test_a_margin_says_how_much_of_the_sales_it_covers(
    ask: Gather, shop: GeneratedShop, filters: Filters, as_of: datetime, period: PeriodSpec, metric: Metric
) -> None:
    sheet = ask(Plan((metric,), period, filters=filters), shop.business, as_of)
    assume(sheet.facts and sheet.facts[0].rows)
    seen = Scope(shop.lines, sheet.period, filters, as_of).seen
    costed = [line for line in seen if line.unit_cost is not None]
    covering = [fact for fact in sheet.facts if fact.role == "coverage"]
    expected = [round_half_up(100 * net(costed) / net(seen), "percent")] if net(seen) > 0 else []
    assert [fact.value for fact in covering] == expected
    assert all((fact.metric, fact.unit) == ("margin_coverage", "percent") for fact in covering)


@checked
@given(as_of=AS_OFS, period=PERIODS, breakdown=st.sampled_from(list(Dimension)))
def test_a_share_of_each_row_is_of_the_total(
    ask: Gather, shop: GeneratedShop, as_of: datetime, period: PeriodSpec, breakdown: Dimension
) -> None:
    sheet = ask(Plan((Metric.NET_SALES,), period, (breakdown,), share=True), shop.business, as_of)
    assume(sheet.facts)
    scope = Scope(shop.lines, sheet.period, PLAIN, as_of)
    whole = net(scope.seen)
    assume(whole > 0)
    rows = compute(Metric.NET_SALES, scope, (breakdown,))
    expected = Counter(
        (key[0].split("|")[0], round_half_up(100 * value / whole, "percent"))
        for key, value in rows.items()
        if value is not None
    )
    told = Counter((fact.dimensions[breakdown.value], fact.value) for fact in sheet.facts if fact.role == "share")
    told = Counter({key: count for key, count in told.items() if key in expected or key[1] != 0})
    assert told == expected


# --- What is seen --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("metric", [*SALES_METRICS, *CUSTOMER_METRICS])
@pytest.mark.parametrize("as_of", ["2026-05-13T12:34:56", "2026-04-02T01:00:00"])
def test_nothing_at_or_after_the_moment_of_asking_changes_a_figure(
    ask: Gather, shop: GeneratedShop, metric: Metric, as_of: str
) -> None:
    """The raw rows that the reference is given end at as_of: the service sees later ones in the tables and must not."""
    moment = datetime.fromisoformat(as_of).replace(tzinfo=MADRID)
    sheet = ask(Plan((metric,), PeriodSpec("calendar", unit="year", offset=0)), shop.business, moment)
    earlier = [line for line in shop.lines if line.ordered_at < moment]
    assert len(earlier) < len(shop.lines)
    value = compute(metric, Scope(earlier, sheet.period, PLAIN, moment))[()]
    assert value is not None
    assert sheet.facts[0].value == round_metric(metric, value, "EUR")


def test_every_fact_says_the_period_it_is_of(ask: Gather, shop: GeneratedShop) -> None:
    plan = Plan((Metric.NET_SALES,), PeriodSpec("calendar", unit="month", offset=0), (Dimension.WEEK,))
    sheet = ask(plan, shop.business, "2026-05-13T12:00:00")
    rows = [fact for fact in sheet.facts if fact.role == "value"]
    assert [(fact.period.start.isoformat(), fact.period.end.isoformat()) for fact in rows] == [
        ("2026-05-01", "2026-05-04"),
        ("2026-05-04", "2026-05-11"),
        ("2026-05-11", "2026-05-14"),
    ]
    assert rows[-1].period.ends_at == datetime(2026, 5, 13, 12, tzinfo=MADRID)
    scopes = [Scope(shop.lines, fact.period, PLAIN, sheet.period.ends_at) for fact in rows]
    assert [fact.value for fact in rows] == [round_half_up(net(scope.seen), "money", "EUR") for scope in scopes]
