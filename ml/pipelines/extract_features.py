"""The features of orders, customers and products, from plain dicts; of many at once as a pandas DataFrame.

What goes in (the first name that is there counts, all may be missing; reading.py has the forms of numbers and dates):

    order     order_id|id, ordered_at|created_at|order_date|timestamp|date, customer_id|customer, total_amount|total|amount,
              items|lines|order_items: product_id|sku|product|name, quantity|qty|units (default 1; below zero: a return),
              unit_price|price, discount|discount_amount (of the whole line), revenue|total|subtotal|total_amount|amount
    customer  customer_id|id, and a list of orders as above
    product   product_id|id, price|unit_price, cost|unit_cost, stock|stock_quantity, and a list of sales:
              sold_at|ordered_at|created_at|sale_date|timestamp|date, order_id, unit_cost|cost, and quantity, price, discount
              and amount as of items

A stated amount (an order's total, a line's revenue) is what was charged; without one it is quantity × price − discount, returns
negative, as the metrics have it (SPEC section 10). What comes out, with unit, formula and what a missing value means, is
documented in documentation.py and docs/features.md: numbers as float or int, None where a figure cannot be known.

timezone (IANA) and day_starts are the shop's clock: a moment with an offset is taken to it, what is sold before day_starts
belongs to the day before. as_of is the moment as of which a customer or product is seen: only what came before it counts, and
nothing without a date. Without as_of all that is given counts, and the moment is that of the latest event: never the wall clock.

Bad input raises ValueError naming the field and what was expected.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, datetime, time
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from ml.pipelines import bases, derived, reading

if TYPE_CHECKING:
    import pandas

__all__ = [
    "batch_extract_features",
    "extract_customer_features",
    "extract_order_features",
    "extract_product_features",
]

MIDNIGHT = time(0)
Moment = datetime | date | str


def extract_order_features(
    order_data: Any, *, timezone: str | ZoneInfo | None = None, day_starts: time = MIDNIGHT
) -> dict[str, Any]:
    """The features of one order: order_id, total_amount, item_count (units), avg_item_price, hour, weekday and more."""
    order = reading.read_order(order_data, reading.read_clock(timezone, day_starts))
    features = derived.order_features(bases.order_base(order), derived.SINGLE)
    return {"order_id": order.id, "customer_id": order.customer, **features}


def extract_customer_features(
    customer_data: Any,
    orders: Any,
    *,
    as_of: Moment | None = None,
    timezone: str | ZoneInfo | None = None,
    day_starts: time = MIDNIGHT,
) -> dict[str, Any]:
    """The features of one customer from his or her orders: total_orders, total_spent, avg_order_value, frequency, recency, T,
    monetary_value (as BG/NBD and Gamma-Gamma take them, in days) and more. All orders are taken to be this customer's."""
    clock = reading.read_clock(timezone, day_starts)
    customer = reading.read_mapping(customer_data, "customer_data")
    rows = reading.read_rows(orders, "orders")
    read = [reading.read_order(row, clock, f"orders[{place}]") for place, row in enumerate(rows)]
    seen = reading.seen_of(as_of, clock, [order.when for order in read])
    features = derived.customer_features(bases.customer_base(read, seen), derived.SINGLE)
    return {"customer_id": reading.read_id(customer, reading.CUSTOMER_ID), **features}


def extract_product_features(
    product_data: Any,
    sales_data: Any,
    *,
    as_of: Moment | None = None,
    timezone: str | ZoneInfo | None = None,
    day_starts: time = MIDNIGHT,
) -> dict[str, Any]:
    """The features of one product from its sales: total_sold, revenue, stock_velocity (units a day on sale), margin, trend,
    days_of_stock and more. All sales are taken to be this product's; one without order_id is an order of its own."""
    clock = reading.read_clock(timezone, day_starts)
    product = reading.read_mapping(product_data, "product_data")
    cost = reading.read_number(product, reading.COST)
    rows = reading.read_rows(sales_data, "sales_data")
    sales = [reading.read_sale(row, clock, cost, f"sales_data[{place}]") for place, row in enumerate(rows)]
    seen = reading.seen_of(as_of, clock, [sale.when for sale in sales])
    price, stock = (reading.read_number(product, names) for names in (reading.LIST_PRICE, reading.STOCK))
    features = derived.product_features(bases.product_base(sales, seen, price, stock), derived.SINGLE)
    return {"product_id": reading.read_id(product, reading.PRODUCT_ID), **features}


def batch_extract_features(
    data_list: Iterable[Any], feature_extractor_fn: Callable[..., dict[str, Any]], **options: Any
) -> pandas.DataFrame:
    """The features of many as a DataFrame, one row each in the order given; the same values as one by one, missing ones NaN.

    data_list holds what the extractor takes: for orders dicts; for customers and products pairs (customer_data, orders), or
    dicts {"customer": ..., "orders": [...]} and {"product": ..., "sales": [...]}; a dict that carries its own "orders" or
    "sales" is both. options go to the extractor (as_of, timezone, day_starts), as do those of a functools.partial. The three
    extractors of this module are computed in whole columns; any other function is called for each entry: a tuple gives it
    several arguments. Bad input raises ValueError naming the row. Raises ImportError where pandas is missing: it is of the
    offline extra, `pip install cafe-ai[offline]`.
    """
    from ml.pipelines.batches import extract

    return extract(data_list, feature_extractor_fn, options)
