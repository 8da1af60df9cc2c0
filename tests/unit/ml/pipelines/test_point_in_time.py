"""The extractors do not look ahead; what does is caught, whatever way it got in."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ml.pipelines.extract_features import extract_customer_features, extract_product_features
from ml.pipelines.point_in_time import LookAhead, by_entity, check, events_before

START = datetime(2026, 3, 2, 8, tzinfo=UTC)
MOMENTS = [START + timedelta(days=day, hours=hour) for day, hour in ((3, 4), (10, 16), (21, 0), (33, 5))]
Events = list[dict[str, Any]]
CUT = events_before(lambda event: event["ordered_at"])


def sale(day: int, hour: int, product: str, quantity: int) -> dict[str, Any]:
    at = START + timedelta(days=day, hours=hour)
    return {"ordered_at": at, "product": product, "quantity": quantity, "price": 2, "total": 2 * quantity}


SALES = [sale(n // 3, 3 * (n % 3), "ab"[n % 5 == 0], 1 + n * 7 % 4) for n in range(120)]
TIMES = st.builds(lambda minutes: START + timedelta(minutes=minutes), st.integers(0, 60 * 24 * 60))
HISTORIES = st.lists(
    st.builds(
        lambda at, product, quantity: {"ordered_at": at, "product": product, "quantity": quantity, "price": 2},
        TIMES,
        st.sampled_from("ab"),
        st.integers(-2, 5),
    ),
    min_size=1,
)


def of_products(events: Events, moment: datetime) -> dict[Any, Any]:
    rows = []
    for product in "ab":
        own = [event for event in events if event["product"] == product]
        rows.append(extract_product_features({"id": product}, own, as_of=moment, timezone="Europe/Madrid"))
    return by_entity(rows, "product_id")


def of_customers(events: Events, moment: datetime) -> dict[Any, Any]:
    orders = [{"ordered_at": event["ordered_at"], "items": [event]} for event in events]
    return by_entity([extract_customer_features({"id": 1}, orders, as_of=moment)], "customer_id")


@settings(max_examples=60, deadline=None)
@given(HISTORIES, st.lists(TIMES, min_size=1, max_size=3))
def test_extractors_do_not_look_ahead(events: Events, moments: list[datetime]) -> None:
    assert check(of_products, events, moments, CUT) > 0
    assert check(of_customers, events, moments, CUT) > 0


def per_product(feature: Callable[[Events, Events], Any]) -> Callable[[Events, datetime], dict[Any, Any]]:
    """An extractor of one feature out of all of a product's sales and those before the moment."""

    def extract(events: Events, moment: datetime) -> dict[Any, Any]:
        own: dict[str, Events] = defaultdict(list)
        for event in events:
            own[event["product"]].append(event)
        return {
            product: {"planted": feature(sales, [each for each in sales if each["ordered_at"] < moment])}
            for product, sales in own.items()
        }

    return extract


def units(events: Events) -> float:
    return sum(event["quantity"] for event in events)


def units_by_day(events: Events, moment: datetime) -> dict[Any, Any]:
    day = moment.date()
    return {product: {"planted": units([each for each in events if each["product"] == product
                                        and each["ordered_at"].date() <= day])} for product in "ab"}  # fmt: skip


def next_day(sales: Events, seen: Events) -> float | None:
    after = [each for each in sales if each not in seen]
    return after[0]["quantity"] if after else None


PLANTED = {
    "the whole of the moment's day": units_by_day,
    "a mean over the whole series": per_product(lambda sales, seen: units(seen) / (units(sales) / len(sales))),
    "what is sold next": per_product(next_day),
    "how long until the next sale": per_product(
        lambda sales, seen: len([each for each in sales if each not in seen]) > 0
    ),
    "scaled by what there is in all": per_product(lambda sales, seen: len(seen) / len(sales)),
    "a gap filled from behind": per_product(lambda sales, seen: (seen[-5:] or sales)[-1]["ordered_at"] if len(seen) > 99
                                            else sales[min(len(sales) - 1, len(seen))]["ordered_at"]),
    "the rank among all products at the end": lambda events, moment: {
        product: {"planted": units([e for e in events if e["product"] == product]) > 60} for product in "ab"
    },
}  # fmt: skip


@pytest.mark.parametrize("kind", PLANTED)
def test_look_ahead_planted_on_purpose_is_caught(kind: str) -> None:
    with pytest.raises(LookAhead) as caught:
        check(PLANTED[kind], SALES, MOMENTS, CUT)
    assert (caught.value.entity, caught.value.feature) in {("a", "planted"), ("b", "planted")}
    assert caught.value.moment in MOMENTS
    assert "planted of" in str(caught.value)


def test_same_sales_without_look_ahead_pass() -> None:
    assert check(per_product(lambda sales, seen: units(seen)), SALES, MOMENTS, CUT) > 0
    assert check(of_products, SALES, MOMENTS, CUT) == 2 * 22 * len(MOMENTS)


def test_entity_known_from_the_future_alone_is_caught() -> None:
    def extract(events: Events, moment: datetime) -> dict[Any, Any]:
        return {event["product"]: {"known": True} for event in events}

    with pytest.raises(LookAhead, match="known of b"):
        check(extract, [sale(0, 0, "a", 1), sale(20, 0, "b", 1)], MOMENTS, CUT)


def test_nothing_compared_proves_nothing() -> None:
    with pytest.raises(ValueError, match="nothing is proved"):
        check(lambda events, moment: {}, SALES, MOMENTS, CUT)


def test_missing_values_are_equal() -> None:
    def extract(events: Events, moment: datetime) -> dict[Any, Any]:
        return {"a": {"nan": float("nan"), "none": None, "day": date(2026, 3, 2)}}

    assert check(extract, SALES, MOMENTS[:1], CUT) == 3
