"""Features out of the sums, counts and days they are made of: one formula each, for one entity or for arrays of many.

What goes in comes from dicts, from batches or from the database; what is divided is what each of them found, so features are
equal to the last bit wherever the sums are. `Missing` values are None for one entity and NaN in arrays.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

Base = Mapping[str, Any]
"""Sums and counts by name: a float or int each (None where unknown), or arrays with an entry an entity (NaN where unknown)."""


class Arithmetic(Protocol):
    """Arithmetic that knows missing values, on single values or on arrays."""

    def over(self, part: Any, whole: Any) -> Any:
        """part / whole; missing where whole is not positive or either is missing."""

    def less(self, left: Any, right: Any) -> Any:
        """left − right; missing where either is."""

    def where(self, condition: Any, value: Any) -> Any:
        """The value where the condition holds, else missing."""

    def at_most(self, value: Any, limit: int) -> Any:
        """The lesser of the two; missing where the value is."""

    def at_least(self, value: Any, limit: int) -> Any:
        """The greater of the two; missing where the value is."""


class Single:
    """Arithmetic on single values."""

    def over(self, part: float | None, whole: float | None) -> float | None:
        """As Arithmetic says."""
        return part / whole if part is not None and whole is not None and whole > 0 else None

    def less(self, left: float | None, right: float | None) -> float | None:
        """As Arithmetic says."""
        return None if left is None or right is None else left - right

    def where(self, condition: bool, value: float | None) -> float | None:
        """As Arithmetic says."""
        return value if condition else None

    def at_most(self, value: float | None, limit: int) -> float | None:
        """As Arithmetic says."""
        return None if value is None else min(value, limit)

    def at_least(self, value: float | None, limit: int) -> float | None:
        """As Arithmetic says."""
        return None if value is None else max(value, limit)


SINGLE = Single()


def order_features(base: Base, by: Arithmetic) -> dict[str, Any]:
    """The numbers of an order; base as order_base makes it."""
    return {
        "total_amount": base["net"],
        "item_count": base["units"],
        "avg_item_price": by.where(base["priced_lines"] > 0, by.over(base["net"], base["units"])),
        "line_count": base["lines"],
        "distinct_products": base["products"],
        "min_item_price": base["min_price"],
        "max_item_price": base["max_price"],
        "gross_amount": base["gross"],
        "returned_amount": base["returned"],
        "discount_amount": base["discounts"],
        "discount_share": by.over(base["discounts"], base["net"] + base["discounts"]),
        "has_return": base["has_return"],
        "priced_lines": base["priced_lines"],
        "hour": base["hour"],
        "weekday": base["weekday"],
        "is_weekend": base["is_weekend"],
        "month": base["month"],
        "has_customer": base["has_customer"],
    }


def customer_features(base: Base, by: Arithmetic) -> dict[str, Any]:
    """The numbers of a customer; base as customer_base makes it."""
    orders, repeats = base["orders"], base["visits"] - 1
    came = base["visits"] > 0
    span = by.less(base["last_day"], base["first_day"])
    age = by.less(base["last_seen"], base["first_day"])
    return {
        "total_orders": orders,
        "total_spent": base["net"],
        "avg_order_value": by.over(base["net"], orders),
        "max_order_value": base["max_order"],
        "total_units": base["units"],
        "units_per_order": by.over(base["units"], orders),
        "distinct_products": base["products"],
        "return_share": by.over(base["returned"], base["gross"]),
        "discount_share": by.over(base["discounts"], base["net"] + base["discounts"]),
        "visits": base["visits"],
        "recency_days": by.less(base["last_seen"], base["last_day"]),
        "tenure_days": age,
        "mean_interval_days": by.over(span, repeats),
        "orders_last_30_days": base["orders_30"],
        "orders_last_90_days": base["orders_90"],
        "spent_last_90_days": base["net_90"],
        "weekend_share": by.over(base["weekend_orders"], orders),
        "favourite_weekday": base["weekday"],
        "favourite_hour": base["hour"],
        "frequency": by.where(came, repeats),
        "recency": span,
        "T": age,
        "monetary_value": by.where(came, by.over(base["repeat_net"], by.at_least(repeats, 1))),
    }


def product_features(base: Base, by: Arithmetic) -> dict[str, Any]:
    """The numbers of a product; base as product_base makes it."""
    on_sale = by.less(base["last_seen"], by.less(base["first_day"], 1))
    recent = by.over(base["units_28"], by.at_most(on_sale, 28))
    margin = by.where(base["costed_lines"] > 0, base["costed"] - base["cost"])
    return {
        "total_sold": base["units"],
        "revenue": base["net"],
        "stock_velocity": by.over(base["units"], on_sale),
        "orders": base["orders"],
        "avg_price": by.where(base["priced_lines"] > 0, by.over(base["net"], base["units"])),
        "gross_revenue": base["gross"],
        "return_share": by.over(base["returned"], base["gross"]),
        "discount_share": by.over(base["discounts"], base["net"] + base["discounts"]),
        "margin": margin,
        "margin_share": by.over(margin, by.where(base["costed_lines"] > 0, base["costed"])),
        "days_on_sale": on_sale,
        "days_sold": base["days_sold"],
        "days_sold_share": by.over(base["days_sold"], on_sale),
        "days_since_last_sale": by.less(base["last_seen"], base["last_day"]),
        "units_last_28_days": base["units_28"],
        "units_previous_28_days": base["units_56"],
        "trend_28_days": by.less(by.over(base["units_28"], base["units_56"]), 1),
        "recent_velocity": recent,
        "revenue_last_28_days": base["net_28"],
        "list_price": base["price"],
        "stock": base["stock"],
        "days_of_stock": by.over(base["stock"], recent),
    }
