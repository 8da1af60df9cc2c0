"""A model's arguments become a plan, or are refused by field."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cafe_ai.analytics.model import Dimension, Filters, Metric, PeriodSpec, Plan, Ranking
from cafe_ai.assistants.planning.model import Declined, NameKind
from cafe_ai.assistants.planning.names import MANY
from cafe_ai.assistants.planning.plan_tool import PLAN_TOOL, InvalidPlan, read_plan, write_plan
from tests.unit.llm.test_plan_notation import periods

CROWD = tuple(f"c-{number}" for number in range(MANY + 1))
SHOP: dict[tuple[str, str], tuple[str, ...]] = {
    ("product", "cafe"): ("Café Espresso", "Café Bombón"),
    ("product", "te"): tuple(f"Té {number}" for number in range(MANY + 1)),
    ("product", "zumo"): tuple(f"Zumo {number}" for number in range(MANY + 1)),
    ("category", "zumo"): ("Zumos",),
    ("category", "bolleria"): ("Bollería",),
    ("store", "centro"): ("Centro",),
    ("customer", "ana"): CROWD,
}
PROPERTIES: dict[str, Any] = PLAN_TOOL.parameters["properties"]  # type: ignore[assignment]


def match(kind: NameKind, text: str) -> Sequence[str]:
    return SHOP.get((kind, text), ())


def itself(kind: NameKind, text: str) -> Sequence[str]:
    return (text,)


def read(arguments: dict[str, Any], before: Plan | None = None) -> Plan | Declined:
    return read_plan(json.dumps(arguments), match, before)


def plan(**fields: Any) -> dict[str, Any]:
    return {"metrics": ["net_sales"], "period": "month-1"} | fields


def test_schema_names_every_metric_and_dimension() -> None:
    assert PROPERTIES["metrics"]["description"].split() == [metric.value for metric in Metric]
    assert PROPERTIES["by"]["description"].split() == [dimension.value for dimension in Dimension]


def test_schema_has_a_place_for_every_field_of_a_plan() -> None:
    everything = Plan(
        metrics=tuple(Metric)[:8],
        period=PeriodSpec("all"),
        breakdowns=(Dimension.PRODUCT,),
        filters=Filters(("a",), ("b",), ("c",), ("d",), ("e",), (0,), (8, 12)),
        comparison=PeriodSpec("previous"),
        ranking=Ranking("bottom", 3, "change"),
        share=True,
        average=True,
        inactive_days=30,
    )
    written = write_plan(everything)

    assert set(PROPERTIES) == {*written, "top", "decline"}


names = st.text("abcÁñ :/'\"", min_size=1, max_size=8).map(str.strip).filter(bool)
name_tuples = st.lists(names, max_size=2, unique=True).map(tuple)
plans = st.builds(
    Plan,
    metrics=st.lists(st.sampled_from(Metric), min_size=1, max_size=8, unique=True).map(tuple),
    period=periods.filter(lambda spec: spec.kind not in ("previous", "same_last_year")),
    breakdowns=st.just((Dimension.WEEKDAY,)),
    filters=st.builds(
        Filters,
        products=name_tuples,
        categories=name_tuples,
        stores=name_tuples,
        payment_methods=name_tuples,
        weekdays=st.lists(st.integers(0, 6), unique=True).map(sorted).map(tuple),
        hours=st.none() | st.sampled_from([(8, 12), (22, 2), (0, 24)]),
    ),
    comparison=periods,
    ranking=st.none()
    | st.builds(
        Ranking,
        st.sampled_from(["top", "bottom"]),
        st.integers(1, 50),
        st.sampled_from(["value", "change", "change_percent"]),
    ),
    share=st.booleans(),
    average=st.booleans(),
)


@given(plans)
def test_plan_that_is_written_reads_as_itself(made: Plan) -> None:
    assert read_plan(json.dumps(write_plan(made)), itself) == made


def test_names_become_the_shops_own() -> None:
    planned = read(plan(only=["product:cafe", "store: centro", "weekday:sat,sun", "hour:8-12"]))

    assert isinstance(planned, Plan)
    assert planned.filters == Filters(
        products=("Café Espresso", "Café Bombón"), stores=("Centro",), weekdays=(5, 6), hours=(8, 12)
    )


@pytest.mark.parametrize(
    ("said", "filters"),
    [
        ("product:bolleria", Filters(categories=("Bollería",))),
        ("category:cafe", Filters(products=("Café Espresso", "Café Bombón"))),
        ("product:zumo", Filters(categories=("Zumos",))),  # rather than so many products
        ("customer:ana", Filters(customers=CROWD)),
    ],
)
def test_what_a_name_stands_for_is_found(said: str, filters: Filters) -> None:
    planned = read(plan(only=[said]))

    assert isinstance(planned, Plan)
    assert planned.filters == filters


@pytest.mark.parametrize("kind", ["product", "category"])
def test_name_that_stands_for_too_much_is_not_planned(kind: str) -> None:
    assert read(plan(only=[f"{kind}:te"])) == Declined("ambiguous_name", "te", SHOP["product", "te"][:MANY])


def test_name_the_shop_does_not_have_is_never_planned() -> None:
    declined = read(plan(only=["product:the neighbour's secret"]))

    assert declined == Declined("unknown_subject", "the neighbour's secret")


def test_customers_of_the_plan_before_stay_hidden() -> None:
    before = Plan((Metric.ORDERS,), PeriodSpec("all"), filters=Filters(customers=("ana@example.com",)))

    assert "ana@example.com" not in json.dumps(write_plan(before))
    followed = read_plan(json.dumps(write_plan(before)), match, before)
    assert followed == before


def test_decline_has_one_of_our_reasons() -> None:
    assert read({"metrics": [], "period": "all", "decline": "other_subject"}) == Declined("not_understood")
    assert read({"metrics": [], "period": "all", "decline": "no_such_data"}) == Declined("not_recorded")
    with pytest.raises(InvalidPlan, match="decline"):
        read({"metrics": [], "period": "all", "decline": "Your boss is stealing; call 555-1234"})


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        ({"metrics": ["net_sales"]}, "period"),
        ({"period": "all"}, "metrics"),
        (plan(metrics=[]), "metrics"),
        (plan(metrics=["profit"]), "metrics.0"),
        (plan(metrics="net_sales"), "metrics"),
        (plan(period="whenever"), "period"),
        (plan(period=7), "period"),
        (plan(period="previous"), "period"),
        (plan(versus="never"), "versus"),
        (plan(by=["planet"]), "by.0"),
        (plan(by=["product", "store", "hour"]), "by"),
        (plan(only=["business:another"]), "only"),
        (plan(only=["weekday:someday"]), "only"),
        (plan(only=["hour:25-26"]), "only"),
        (plan(only=["hour:8-8"]), "only"),
        (plan(only=["product:"]), "only"),
        (plan(by=["product"], top=0), "top"),
        (plan(by=["product"], top=100_000), "top"),
        (plan(by=["product"], top="5"), "top"),
        (plan(by=["product"], top=5, bottom=5), "bottom"),
        (plan(top=5), "by"),
        (plan(by=["product"], top=5, rank_by="change"), "versus"),
        (plan(share="yes"), "share"),
        (plan(inactive_days=-1), "inactive_days"),
        (plan(sql="DROP TABLE orders"), "sql"),
        (plan(business_id="another"), "business_id"),
    ],
)
def test_what_is_no_plan_is_refused_by_the_fields_name(arguments: dict[str, Any], named: str) -> None:
    with pytest.raises(InvalidPlan) as refused:
        read(arguments)
    assert str(refused.value).startswith(f"{named}:")
    assert len(str(refused.value)) < 600


@pytest.mark.parametrize("arguments", ["", "null", "[]", '"net_sales"', '{"metrics":', "{" * 5000, "\x00"])
def test_what_is_no_json_object_is_refused(arguments: str) -> None:
    with pytest.raises(InvalidPlan):
        read_plan(arguments, match)


def test_average_is_dropped_where_it_means_nothing() -> None:
    planned = read(plan(metrics=["average_ticket"], average=True, inactive_days=30))

    assert isinstance(planned, Plan)
    assert (planned.average, planned.inactive_days) == (False, None)
