"""The feature sets that are made from a business's orders."""

from __future__ import annotations

from ml.pipelines.documentation import features_of
from ml.pipelines.model import FeatureSet

CUSTOMERS = FeatureSet("customers", "customer", 1, tuple(feature.name for feature in features_of("customer")))
"""What a customer has done; for lifetimes `frequency`, `recency`, `T` (days) and `monetary_value`."""
PRODUCTS = FeatureSet("products", "product", 1, tuple(feature.name for feature in features_of("product")))
"""How a product sells."""
