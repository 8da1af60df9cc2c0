"""The features, in the order in which they stand in dicts, DataFrames and the feature store."""

from __future__ import annotations

from ml.pipelines.documentation.model import Entity, Feature

NO_DATE, NO_LINES = "the order has no date", "no line with a positive quantity has a price"
NO_PRICE = "no line has a price, or the units are not positive"
NO_SALES, NEVER_SOLD = "the customer has no dated order that is a sale", "no dated sale"
NO_ORDERS, NO_GROSS = "no orders", "gross sales are not positive"
NO_VALUE = "the value before discounts is not positive"
UNDISCOUNTED = "discounts / (net + discounts)"

ORDER = (
    Feature(
        "total_amount",
        "money",
        "Σ quantity × unit price − discounts, returns negative; the stated total where there is one",
    ),
    Feature("item_count", "units", "Σ quantity, returns negative; a line without a quantity counts 1"),
    Feature("avg_item_price", "money a unit", "total_amount / item_count", NO_PRICE),
    Feature("line_count", "lines", "entries of items", kind="count"),
    Feature("distinct_products", "products", "different products of lines with a positive quantity", kind="count"),
    Feature("min_item_price", "money a unit", "least unit price of lines with a positive quantity", NO_LINES),
    Feature("max_item_price", "money a unit", "greatest unit price of lines with a positive quantity", NO_LINES),
    Feature("gross_amount", "money", "net amount of the lines with a positive quantity"),
    Feature("returned_amount", "money", "what was returned, positive: gross − net of the lines"),
    Feature("discount_amount", "money", "Σ discounts"),
    Feature("discount_share", "share 0–1", UNDISCOUNTED, NO_VALUE),
    Feature("has_return", "0 or 1", "a line has a negative quantity", kind="count"),
    Feature(
        "priced_lines",
        "lines",
        "lines with a price or amount other than zero; 0: total_amount says nothing",
        kind="count",
    ),
    Feature("hour", "hour 0–23", "hour of the order on the shop's clock", "no time of day", "count"),
    Feature("weekday", "0 Monday – 6 Sunday", "weekday of the business day", NO_DATE, "count"),
    Feature("is_weekend", "0 or 1", "Saturday or Sunday", NO_DATE, "count"),
    Feature("month", "1–12", "month of the business day", NO_DATE, "count"),
    Feature("has_customer", "0 or 1", "the customer is known", kind="count"),
)

CUSTOMER = (
    Feature("total_orders", "orders", "orders with a line of positive quantity", kind="count"),
    Feature("total_spent", "money", "Σ total_amount of all orders, those of returns alone too"),
    Feature("avg_order_value", "money an order", "total_spent / total_orders", NO_ORDERS),
    Feature("max_order_value", "money", "greatest total_amount of an order", NO_ORDERS),
    Feature("total_units", "units", "Σ quantity, returns negative"),
    Feature("units_per_order", "units an order", "total_units / total_orders", NO_ORDERS),
    Feature("distinct_products", "products", "different products bought", kind="count"),
    Feature("return_share", "share 0–1", "returned amount / gross amount", NO_GROSS),
    Feature("discount_share", "share 0–1", UNDISCOUNTED, NO_VALUE),
    Feature("visits", "business days", "days with an order", kind="count"),
    Feature("recency_days", "days", "last day seen − last visit: how long ago", NO_SALES, "count"),
    Feature("tenure_days", "days", "last day seen − first visit", NO_SALES, "count"),
    Feature("mean_interval_days", "days", "(last visit − first visit) / (visits − 1)", "fewer than two visits"),
    Feature("orders_last_30_days", "orders", "orders of the 30 business days up to the last day seen", kind="count"),
    Feature("orders_last_90_days", "orders", "orders of the 90 business days up to the last day seen", kind="count"),
    Feature("spent_last_90_days", "money", "total_spent of the 90 business days up to the last day seen"),
    Feature("weekend_share", "share 0–1", "orders of Saturdays and Sundays / total_orders", NO_ORDERS),
    Feature(
        "favourite_weekday", "0 Monday – 6 Sunday", "weekday of most orders; the earlier of equals", NO_SALES, "count"
    ),
    Feature(
        "favourite_hour",
        "hour 0–23",
        "hour of most orders; the earlier of equals",
        "no order with a time of day",
        "count",
    ),
    Feature("frequency", "repeat visits", "visits − 1: BG/NBD's x", NO_SALES, "count"),
    Feature("recency", "days", "last visit − first visit: BG/NBD's tₓ", NO_SALES, "count"),
    Feature("T", "days", "last day seen − first visit: BG/NBD's T", NO_SALES, "count"),
    Feature(
        "monetary_value",
        "money a visit",
        "mean net amount of the visits after the first: Gamma-Gamma's m; 0 without any",
        NO_SALES,
    ),
)

PRODUCT = (
    Feature("total_sold", "units", "Σ quantity, returns negative"),
    Feature("revenue", "money", "net sales: Σ quantity × unit price − discounts, returns negative"),
    Feature("stock_velocity", "units a day", "total_sold / days_on_sale", NEVER_SOLD),
    Feature("orders", "orders", "different orders with a positive quantity of it", kind="count"),
    Feature("avg_price", "money a unit", "revenue / total_sold", NO_PRICE),
    Feature("gross_revenue", "money", "net sales of positive quantities"),
    Feature("return_share", "share 0–1", "returned amount / gross_revenue", NO_GROSS),
    Feature("discount_share", "share 0–1", UNDISCOUNTED, NO_VALUE),
    Feature(
        "margin", "money", "net sales − Σ quantity × unit cost, of the lines whose cost is known", "no cost is known"
    ),
    Feature(
        "margin_share",
        "share",
        "margin / net sales of the same lines",
        "no cost is known, or those sales are not positive",
    ),
    Feature("days_on_sale", "days", "last day seen − first day sold + 1", NEVER_SOLD, "count"),
    Feature("days_sold", "business days", "days with a positive quantity", kind="count"),
    Feature("days_sold_share", "share 0–1", "days_sold / days_on_sale", NEVER_SOLD),
    Feature("days_since_last_sale", "days", "last day seen − last day sold", NEVER_SOLD, "count"),
    Feature("units_last_28_days", "units", "Σ quantity of the 28 business days up to the last day seen"),
    Feature("units_previous_28_days", "units", "Σ quantity of the 28 business days before those"),
    Feature(
        "trend_28_days",
        "share",
        "units_last_28_days / units_previous_28_days − 1",
        "units_previous_28_days is not positive",
    ),
    Feature("recent_velocity", "units a day", "units_last_28_days / min(28, days_on_sale)", NEVER_SOLD),
    Feature("revenue_last_28_days", "money", "net sales of the 28 business days up to the last day seen"),
    Feature("list_price", "money a unit", "the product's price now", "not known, or the moment is past"),
    Feature("stock", "units", "the product's stock now", "not known, or the moment is past"),
    Feature(
        "days_of_stock",
        "days",
        "stock / recent_velocity",
        "the stock is not known, or nothing was sold in the last 28 days",
    ),
)

FEATURES: dict[Entity, tuple[Feature, ...]] = {"order": ORDER, "customer": CUSTOMER, "product": PRODUCT}
