"""What each feature is: its unit, its formula, what a missing value means. One place, for readers and for the code.

docs/features.md is made of it (`python -m ml.pipelines.documentation`), a batch's column types come from it, and the feature
store's rows are the numbers of it in its order.
"""

from ml.pipelines.documentation.catalogue import FEATURES
from ml.pipelines.documentation.model import Entity, Feature


def features_of(entity: Entity) -> tuple[Feature, ...]:
    """The features of an order, customer or product, in order; without its key."""
    return FEATURES[entity]


def columns_of(entity: Entity) -> tuple[str, ...]:
    """The keys of what an extractor returns, in order."""
    keys = {"order": ("order_id", "customer_id"), "customer": ("customer_id",), "product": ("product_id",)}
    return (*keys[entity], *(feature.name for feature in features_of(entity)))


__all__ = ["Entity", "Feature", "columns_of", "features_of"]
