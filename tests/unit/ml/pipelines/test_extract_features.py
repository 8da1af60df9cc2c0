"""The three extractors on plain dicts: figures worked out by hand, the forms of input, and what they say of bad input."""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ml.pipelines.extract_features import (
    batch_extract_features,
    extract_customer_features,
    extract_order_features,
    extract_product_features,
)

COFFEES = {"product_id": "coffee", "quantity": 2, "price": 1.5}
CAKE = {"product_id": "cake", "quantity": 1, "unit_price": "3.95", "discount": Decimal("0.45")}
RETURN = {"product_id": "tea", "quantity": -1, "price": 2}
ORDER = {"id": 7, "customer_id": "ana", "created_at": "2026-05-09T18:20:00", "items": [COFFEES, CAKE, RETURN]}


def test_order() -> None:
    assert extract_order_features(ORDER) == {
        "order_id": 7,
        "customer_id": "ana",
        "total_amount": 4.5,  # 3.00 + 3.95 − 0.45 − 2.00
        "item_count": 2.0,
        "avg_item_price": 2.25,
        "line_count": 3,
        "distinct_products": 2,
        "min_item_price": 1.5,
        "max_item_price": 3.95,
        "gross_amount": 6.5,
        "returned_amount": 2.0,
        "discount_amount": 0.45,
        "discount_share": 0.45 / 4.95,
        "has_return": 1,
        "priced_lines": 3,
        "hour": 18,
        "weekday": 5,
        "is_weekend": 1,
        "month": 5,
        "has_customer": 1,
    }


def test_customer() -> None:
    orders = [
        {"order_id": 1, "ordered_at": "2026-02-02T09:00", "items": [{"product_id": "a", "quantity": 2, "price": 5}]},
        {"order_id": 2, "ordered_at": "2026-04-20T09:30", "items": [{"product_id": "b", "quantity": 1, "price": 8}]},
        {"order_id": 3, "ordered_at": "2026-04-20T17:00", "items": [{"product_id": "a", "quantity": 1, "price": 6}]},
        {"order_id": 4, "ordered_at": "2026-05-02T09:10", "items": [{"product_id": "a", "quantity": 1, "price": 4}]},
        {"order_id": 5, "ordered_at": "2026-05-03T09:00", "items": [{"product_id": "b", "quantity": -1, "price": 8}]},
        {"order_id": 6, "ordered_at": "2026-05-12T09:00", "items": [{"product_id": "c", "quantity": 1, "price": 99}]},
    ]
    features = extract_customer_features({"id": "ana"}, orders, as_of="2026-05-12T00:00")
    assert features == {
        "customer_id": "ana",
        "total_orders": 4,
        "total_spent": 20.0,
        "avg_order_value": 5.0,
        "max_order_value": 10.0,
        "total_units": 4.0,
        "units_per_order": 1.0,
        "distinct_products": 2,
        "return_share": 8 / 28,
        "discount_share": 0.0,
        "visits": 3,
        "recency_days": 9,  # from 2 May to 11 May, the last day of which anything is seen
        "tenure_days": 98,
        "mean_interval_days": 44.5,
        "orders_last_30_days": 3,
        "orders_last_90_days": 3,
        "spent_last_90_days": 10.0,
        "weekend_share": 0.25,
        "favourite_weekday": 0,
        "favourite_hour": 9,
        "frequency": 2,
        "recency": 89,
        "T": 98,
        "monetary_value": 9.0,  # (8 + 6) on 20 April, 4 on 2 May; what came back on 3 May is no visit's
    }


def test_product() -> None:
    product = {"id": "cake", "name": "Tarta", "price": 4, "cost": "1.50", "stock": 9, "category": "Tartas"}
    sales = [
        {"date": "2026-03-20", "quantity": 10, "unit_price": 4},
        {"date": "2026-04-01", "quantity": 4, "price": 4, "discount": 1},
        {"date": date(2026, 4, 10), "quantity": 3, "revenue": 12, "order_id": "x"},
        {"date": datetime(2026, 4, 10, 12, tzinfo=UTC), "quantity": 2, "total": 8, "order_id": "x", "unit_cost": 1},
        {"date": "2026-04-12", "quantity": -1, "price": 4},
        {"date": "2026-04-29", "quantity": 50, "price": 4},
    ]
    features = extract_product_features(product, sales, as_of=date(2026, 4, 20))
    cost = 10 * 1.5 + 4 * 1.5 + 3 * 1.5 + 2 * 1 - 1.5
    assert features == {
        "product_id": "cake",
        "total_sold": 18.0,
        "revenue": 71.0,
        "stock_velocity": 18 / 31,  # from 20 March to 19 April
        "orders": 3,
        "avg_price": 71 / 18,
        "gross_revenue": 75.0,
        "return_share": 4 / 75,
        "discount_share": 1 / 72,
        "margin": 71 - cost,
        "margin_share": (71 - cost) / 71,
        "days_on_sale": 31,
        "days_sold": 3,
        "days_sold_share": 3 / 31,
        "days_since_last_sale": 9,
        "units_last_28_days": 8.0,
        "units_previous_28_days": 10.0,
        "trend_28_days": 8 / 10 - 1,
        "recent_velocity": 8 / 28,
        "revenue_last_28_days": 31.0,
        "list_price": 4.0,
        "stock": 9.0,
        "days_of_stock": 9 / (8 / 28),
    }


def test_without_as_of_all_counts_up_to_the_latest() -> None:
    orders = [{"created_at": "2026-05-01", "total": 5}, {"created_at": "2026-05-11", "total": 7}]
    features = extract_customer_features({"id": 1}, orders)
    assert (features["total_spent"], features["recency_days"], features["T"]) == (12.0, 0, 10)
    sales = [{"date": "2026-05-01", "quantity": 1, "price": 2}, {"date": "2026-05-10", "quantity": 4, "price": 2}]
    assert extract_product_features({"id": 1}, sales)["stock_velocity"] == 0.5


def test_what_is_not_dated_counts_only_without_as_of() -> None:
    orders = [{"total": 5}, {"created_at": "2026-05-01", "total": 7}]
    assert extract_customer_features({}, orders)["total_orders"] == 2
    assert extract_customer_features({}, orders, as_of="2026-06-01")["total_orders"] == 1


def test_stated_amounts_are_what_was_charged() -> None:
    order = {"items": [COFFEES, CAKE], "total_amount": 6.0}
    assert extract_order_features(order)["total_amount"] == 6.0
    assert extract_order_features(order)["gross_amount"] == 6.5
    assert extract_order_features({"total": "12.50"})["total_amount"] == 12.5
    assert extract_product_features({}, [{"quantity": 2, "price": 3, "revenue": 5.5}])["revenue"] == 5.5


@pytest.mark.parametrize(
    "moment",
    [
        "2026-05-04T01:30:00",
        "2026-05-03T23:30:00Z",
        "2026-05-03T18:30:00-05:00",
        datetime(2026, 5, 3, 23, 30, tzinfo=UTC),
        datetime.fromisoformat("2026-05-04 01:30"),
        pd.Timestamp("2026-05-04 01:30", tz="Europe/Madrid"),
    ],
)
def test_shop_clock_decides_day_and_hour(moment: Any) -> None:
    order = {"created_at": moment}
    features = extract_order_features(order, timezone="Europe/Madrid", day_starts=time(2))
    assert (features["hour"], features["weekday"], features["is_weekend"]) == (1, 6, 1)


@pytest.mark.parametrize("value", [2, 2.0, "2", "2.00", Decimal("2.0"), True + 1])
def test_numbers_come_in_any_form(value: Any) -> None:
    order = {"items": [{"quantity": value, "price": value, "discount": value}]}
    assert extract_order_features(order)["total_amount"] == 2.0


@pytest.mark.parametrize("missing", [None, math.nan, Decimal("NaN"), pd.NA])
def test_missing_numbers_have_their_default(missing: Any) -> None:
    item = {"quantity": missing, "price": 3, "discount": missing, "total": missing, "product_id": missing}
    order = {"items": [item], "total": missing, "created_at": missing, "customer_id": missing}
    features = extract_order_features(order)
    assert (features["total_amount"], features["hour"], features["has_customer"]) == (3.0, None, 0)
    assert batch_extract_features([order], extract_order_features).loc[0, "total_amount"] == 3.0


def test_empty_input_has_all_keys() -> None:
    assert extract_order_features({})["total_amount"] == 0.0
    assert extract_order_features({"id": 1, "items": []})["item_count"] == 0
    assert extract_order_features({"id": 1, "items": []})["avg_item_price"] is None
    assert extract_customer_features(None, None)["total_orders"] == 0
    assert extract_customer_features({"id": 1}, [])["avg_order_value"] is None
    assert extract_product_features({"id": 1}, [])["total_sold"] == 0
    assert extract_product_features({"id": 1}, [])["stock_velocity"] is None


def test_order_of_returns_alone_is_no_order_and_counts_as_money() -> None:
    orders = [{"total": 10, "date": "2026-05-01"}, {"items": [RETURN], "date": "2026-05-02"}]
    features = extract_customer_features({}, orders)
    assert (features["total_orders"], features["total_spent"], features["visits"]) == (1, 8.0, 1)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: extract_order_features([]), "order_data: expected a dict, got []"),
        (lambda: extract_order_features({"items": 3}), "items: expected a list of dicts, got 3"),
        (lambda: extract_order_features({"lines": [{}, 4]}), "lines[1]: expected a dict, got 4"),
        (
            lambda: extract_order_features({"items": [{"quantity": "two"}]}),
            "items[0].quantity: expected a number such as 12.5, got 'two'",
        ),
        (
            lambda: extract_order_features({"items": [{"price": "1,50"}]}),
            "items[0].price: expected a number such as 12.5, got '1,50'",
        ),
        (lambda: extract_order_features({"total": math.inf}), "total: expected a number such as 12.5, got inf"),
        (
            lambda: extract_order_features({"created_at": "soon"}),
            "created_at: expected a date or ISO date-time such as 2026-05-04T09:30:00, got 'soon'",
        ),
        (
            lambda: extract_customer_features({}, [{}, {"items": [{"price": []}]}]),
            "orders[1].items[0].price: expected a number such as 12.5, got []",
        ),
        (lambda: extract_customer_features("ana", []), "customer_data: expected a dict, got 'ana'"),
        (
            lambda: extract_product_features({"cost": "?"}, []),
            "cost: expected a number such as 12.5, got '?'",
        ),
        (
            lambda: extract_product_features({}, [{"date": 20260504}]),
            "sales_data[0].date: expected a date or ISO date-time such as 2026-05-04T09:30:00, got 20260504",
        ),
        (
            lambda: extract_product_features({}, [], as_of="mañana"),
            "as_of: expected a date or ISO date-time such as 2026-05-04T09:30:00, got 'mañana'",
        ),
        (
            lambda: extract_order_features({}, timezone="Madrid"),
            "timezone: expected an IANA name such as Europe/Madrid, got 'Madrid'",
        ),
    ],
)
def test_bad_input_is_named(call: Callable[[], Any], message: str) -> None:
    with pytest.raises(ValueError) as raised:
        call()
    assert str(raised.value) == message


@settings(max_examples=80, deadline=None)
@given(
    st.lists(
        st.tuples(st.decimals(-20, 20, places=3), st.decimals(0, 1000, places=4), st.decimals(0, 10, places=4)),
        min_size=1,
        max_size=20,
    ),
    st.randoms(use_true_random=False),
)
def test_sums_are_exact_whatever_their_order(lines: list[tuple[Decimal, Decimal, Decimal]], random: Any) -> None:
    exact = sum((quantity * price - discount for quantity, price, discount in lines), Decimal(0))
    items = [{"quantity": float(q), "price": str(p), "discount": d} for q, p, d in lines]
    random.shuffle(items)
    assert extract_order_features({"items": items})["total_amount"] == float(exact)


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 200), st.integers(0, 23), st.integers(1, 5000)), min_size=1, max_size=25),
    st.integers(201, 260),
)
def test_lifetimes_counts_the_same(orders: list[tuple[int, int, int]], end: int) -> None:
    """The package's own summary of transactions, in days, observed up to and including the last day seen."""
    first = datetime(2026, 1, 1, tzinfo=UTC)
    rows = [
        {"ordered_at": first + timedelta(days=day, hours=hour), "total": cents / 100} for day, hour, cents in orders
    ]
    as_of = first + timedelta(days=end)
    features = extract_customer_features({"id": 1}, rows, as_of=as_of)
    frame = pd.DataFrame(
        [{"id": 1, "at": row["ordered_at"].replace(tzinfo=None), "value": row["total"]} for row in rows]
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it is of the days of another pandas
        from lifetimes.utils import summary_data_from_transaction_data

        summary = summary_data_from_transaction_data(
            frame, "id", "at", monetary_value_col="value", observation_period_end=(as_of - timedelta(days=1)).date()
        ).loc[1]
    for name in ("frequency", "recency", "T", "monetary_value"):
        assert features[name] == pytest.approx(summary[name]), name
