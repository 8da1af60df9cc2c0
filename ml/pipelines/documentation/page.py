"""docs/features.md, made of the catalogue."""

from __future__ import annotations

from ml.pipelines.documentation.catalogue import FEATURES
from ml.pipelines.documentation.model import Entity, Feature

HEAD = """# Features

*Made from `ml/pipelines/documentation` by `python -m ml.pipelines.documentation`; a test keeps the two equal.*

The same numbers come from plain dicts (`ml.pipelines.extract_features`), in whole columns (`batch_extract_features`), from the
database (`ml.pipelines.from_database`) and out of the feature store (`ml.pipelines.feature_store`), equal to the last bit: sums
of quantities with up to 3 decimals and amounts with up to 4, which is what the database keeps, are exact, and end as the nearest
float. Amounts are in the business's currency, net of discounts, with returns negative, as in the metrics.

- **As of a moment** only what came before it counts. Without `as_of` the extractors take all they are given, up to the latest of
  it; they never look at the wall clock. An order or sale without a date counts only then, and in no feature of days.
- **Days** are the shop's business days, by its time zone and closing hour (`timezone`, `day_starts`). The *last day seen* is the
  last of which something lies before the moment: of an evening it is that day, at the start of a day the one before.
- **Missing** is `None` in dicts, `NaN` in DataFrames, null in the store. Where nothing is said of it, a feature is always there,
  and 0 means none. Amounts are sums of what is recorded: 0 too where no price is (`priced_lines` of an order tells).
- **Products' price, stock and cost** have no past: the first two and what is made of them are known for the present alone, and
  a cost counts for all sales whose lines have none of their own, as in the metrics.
"""
TITLES: dict[Entity, tuple[str, str]] = {
    "order": ("Orders", "`extract_order_features(order_data)`, with the keys `order_id` and `customer_id`."),
    "customer": (
        "Customers",
        "`extract_customer_features(customer_data, orders)`, with the key `customer_id`. A visit is a business day with an "
        "order; `frequency`, `recency`, `T` and `monetary_value` are what Fader, Hardie and Lee's BG/NBD and Gamma-Gamma "
        "models take, as `lifetimes` counts them.",
    ),
    "product": ("Products", "`extract_product_features(product_data, sales_data)`, with the key `product_id`."),
}


def page() -> str:
    """The page in Markdown."""
    parts = [HEAD]
    for entity, (title, introduction) in TITLES.items():
        rows = [_row(feature) for feature in FEATURES[entity]]
        table = "\n".join(["| feature | unit | formula | missing where |", "| --- | --- | --- | --- |", *rows])
        parts.append(f"## {title}\n{introduction}\n\n{table}\n")
    return "\n".join(parts)


def _row(feature: Feature) -> str:
    return f"| `{feature.name}` | {feature.unit} | {feature.formula} | {feature.missing} |"
