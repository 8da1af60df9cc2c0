"""Many at once have the same features as one by one, to the last bit."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from datetime import time
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ml.pipelines import entity_batches
from ml.pipelines.columns import OutOfOrdinary
from ml.pipelines.documentation import columns_of, features_of
from ml.pipelines.extract_features import (
    batch_extract_features,
    extract_customer_features,
    extract_order_features,
    extract_product_features,
)
from tests.unit.ml.pipelines.entries import (
    AS_OF,
    CUSTOMERS,
    OPTIONS,
    ORDERS,
    PLAIN_ORDERS,
    PRODUCTS,
    SALES,
)

SHOP = {"timezone": "Europe/Madrid", "day_starts": time(4)}


def assert_equal(frame: pd.DataFrame, ones: Sequence[dict[str, Any]]) -> None:
    assert len(frame) == len(ones)
    for (_, row), one in zip(frame.iterrows(), ones, strict=True):
        assert list(row.index) == list(one)
        for name, value in one.items():
            missing = value is None
            assert (missing and pd.isna(row[name])) or row[name] == value, (name, value, row[name])


@settings(max_examples=150, deadline=None)
@given(st.lists(ORDERS, max_size=6), OPTIONS)
def test_orders_in_a_batch_are_as_one_by_one(orders: list[Any], options: dict[str, Any]) -> None:
    ones = [extract_order_features(order, **options) for order in orders]
    assert_equal(batch_extract_features(orders, extract_order_features, **options), ones)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(CUSTOMERS, st.lists(ORDERS, max_size=5)), max_size=4), OPTIONS, AS_OF)
def test_customers_in_a_batch_are_as_one_by_one(
    pairs: list[tuple[Any, list[Any]]], options: dict[str, Any], as_of: dict[str, Any]
) -> None:
    options = {**options, **as_of}
    ones = [extract_customer_features(*pair, **options) for pair in pairs]
    assert_equal(batch_extract_features(pairs, extract_customer_features, **options), ones)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(PRODUCTS, st.lists(SALES, max_size=6)), max_size=4), OPTIONS, AS_OF)
def test_products_in_a_batch_are_as_one_by_one(
    pairs: list[tuple[Any, list[Any]]], options: dict[str, Any], as_of: dict[str, Any]
) -> None:
    options = {**options, **as_of}
    ones = [extract_product_features(*pair, **options) for pair in pairs]
    assert_equal(batch_extract_features(pairs, extract_product_features, **options), ones)


@settings(max_examples=30, deadline=None)
@given(st.lists(PLAIN_ORDERS, min_size=1, max_size=8))
def test_ordinary_orders_are_read_in_columns(orders: list[Any]) -> None:
    """Or the property above would compare one by one with itself."""
    columns = entity_batches.order_columns(orders, **SHOP)
    assert_equal(pd.DataFrame(columns), [extract_order_features(order, **SHOP) for order in orders])
    sales = [item for order in orders for item in order["items"]]
    entity_batches.customer_columns([{}], [orders], as_of="2026-06-01", **SHOP)
    entity_batches.product_columns([{"cost": 1}], [sales], **SHOP)


def test_sums_beyond_what_floats_hold_are_exact_in_columns() -> None:
    order = {"items": [{"quantity": 1, "price": 9_007_199_254.7409}, {"quantity": 3, "price": "0.0001"}]}
    columns = entity_batches.order_columns([order])
    assert columns["total_amount"][0] == extract_order_features(order)["total_amount"] == 9_007_199_254.7412


def test_amounts_beyond_64_bits_are_left_to_one_by_one() -> None:
    with pytest.raises(OutOfOrdinary):
        entity_batches.order_columns([{"items": [{"quantity": 1e6, "price": 1e9}]}])


def test_columns_are_those_documented_with_their_types() -> None:
    frame = batch_extract_features([{"id": 1, "items": []}, {}], extract_order_features)
    assert tuple(frame.columns) == columns_of("order")
    assert {name: str(frame[name].dtype) for name in frame.columns[2:]} == {
        feature.name: feature.dtype for feature in features_of("order")
    }
    assert tuple(batch_extract_features([], extract_product_features).columns) == columns_of("product")


@pytest.mark.parametrize(
    "entry",
    [
        ({"id": "c"}, [{"total": 4}]),
        [{"id": "c"}, [{"total": 4}]],
        {"customer": {"id": "c"}, "orders": [{"total": 4}]},
        {"id": "c", "orders": [{"total": 4}]},
    ],
)
def test_customer_and_orders_come_in_several_forms(entry: Any) -> None:
    frame = batch_extract_features([entry], extract_customer_features)
    assert frame.loc[0, ["customer_id", "total_orders", "total_spent"]].to_list() == ["c", 1, 4.0]


def test_product_and_sales_come_as_a_dict() -> None:
    entry = {"product": {"id": "p"}, "sales": [{"quantity": 2, "price": "1.5"}]}
    assert batch_extract_features(iter([entry]), extract_product_features).loc[0, "revenue"] == 3.0


def test_options_of_a_partial_count() -> None:
    late = {"created_at": "2026-05-04T01:00:00", "items": []}
    plain = batch_extract_features([late], extract_order_features)
    closing = batch_extract_features([late], partial(extract_order_features, day_starts=time(2)))
    assert (plain.loc[0, "weekday"], closing.loc[0, "weekday"]) == (0, 6)


@pytest.mark.parametrize(
    ("extractor", "data", "expected"),
    [
        (lambda order: {"twice": 2 * order["n"]}, [{"n": 1}, {"n": 2}], [2, 4]),
        (lambda one, other: {"sum": one + other}, [(1, 2), (3, 4)], [3, 7]),
        (lambda customer, orders: {"n": len(orders)}, [{"customer": {}, "orders": [1, 2]}], [2]),
        (lambda pair: {"n": len(pair)}, [(1, 2)], [2]),
    ],
)
def test_any_function_will_do(extractor: Callable[..., dict[str, Any]], data: list[Any], expected: list[int]) -> None:
    assert np.array_equal(batch_extract_features(data, extractor).iloc[:, 0], expected)


@pytest.mark.parametrize(
    ("extractor", "data", "message"),
    [
        (extract_order_features, [{}, {"items": [{"quantity": "two"}]}], "row 1: items[0].quantity: expected a number"),
        (extract_order_features, [{"created_at": "yesterday"}], "row 0: created_at: expected a date"),
        (extract_order_features, [{"items": [{"product_id": []}]}], "row 0: items[0].product_id: expected an id"),
        (extract_order_features, [7], "row 0: order_data: expected a dict, got 7"),
        (extract_customer_features, [({}, []), {"id": 1}], "row 1: expected a pair (customer, orders)"),
        (extract_product_features, [({}, [{"price": float("inf")}])], "row 0: sales_data[0].price: expected a number"),
        (extract_order_features, "text", "data_list: expected a list"),
    ],
)
def test_bad_input_is_named(extractor: Callable[..., dict[str, Any]], data: Any, message: str) -> None:
    with pytest.raises(ValueError) as raised:
        batch_extract_features(data, extractor)
    assert str(raised.value).startswith(message)


def test_without_pandas_it_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pandas", None)
    with pytest.raises(ImportError, match=r"pip install cafe-ai\[offline\]"):
        batch_extract_features([{}], extract_order_features)
