"""Every feature is documented, and the page says what the code does."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path
from typing import get_args

import pytest

from ml.pipelines.documentation import Entity, columns_of, features_of
from ml.pipelines.documentation.page import page
from ml.pipelines.extract_features import (
    extract_customer_features,
    extract_order_features,
    extract_product_features,
)
from ml.pipelines.feature_sets import CUSTOMERS, PRODUCTS
from ml.pipelines.model import FeatureSet

PAGE = Path(__file__).parents[4] / "docs" / "features.md"
EMPTY = {
    "order": lambda: extract_order_features({}),
    "customer": lambda: extract_customer_features({}, []),
    "product": lambda: extract_product_features({}, []),
}
FULL_ORDER = {"id": 1, "customer_id": 1, "created_at": "2026-05-04T09:30", "items": [{"quantity": 2, "price": 3}]}
FULL = {
    "order": lambda: extract_order_features(FULL_ORDER),
    "customer": lambda: extract_customer_features({"id": 1}, [FULL_ORDER, {**FULL_ORDER, "created_at": "2026-05-09T10:00"}]),
    "product": lambda: extract_product_features(
        {"id": 1, "price": 3, "stock": 8, "cost": 1},
        [{"date": day, "quantity": 2, "price": 3} for day in ("2026-04-01", "2026-05-04")],
    ),
}  # fmt: skip


@pytest.mark.parametrize("entity", get_args(Entity))
def test_every_key_is_documented_in_its_order(entity: Entity) -> None:
    assert tuple(EMPTY[entity]()) == tuple(FULL[entity]()) == columns_of(entity)


@pytest.mark.parametrize("entity", get_args(Entity))
def test_missing_values_are_those_documented(entity: Entity) -> None:
    empty, full = EMPTY[entity](), FULL[entity]()
    for feature in features_of(entity):
        assert feature.unit
        assert feature.formula
        assert (empty[feature.name] is None) == bool(feature.missing), feature.name
        assert full[feature.name] is not None, feature.name


@pytest.mark.parametrize("entity", get_args(Entity))
def test_counts_are_whole_numbers(entity: Entity) -> None:
    for feature in features_of(entity):
        assert isinstance(FULL[entity]()[feature.name], int if feature.kind == "count" else float), feature.name


def test_page_is_that_of_the_code() -> None:
    """After a change of the catalogue: python -m ml.pipelines.documentation."""
    assert PAGE.read_text(encoding="utf-8") == page()


@pytest.mark.parametrize(
    ("feature_set", "version", "digest"), [(CUSTOMERS, 1, "a20185b222b0"), (PRODUCTS, 1, "fc6fb5a02ff2")]
)
def test_what_changes_a_stored_feature_raises_its_version(feature_set: FeatureSet, version: int, digest: str) -> None:
    """Rows of the former meaning would be read as rows of the new one: raise the version, then write the digest here."""
    assert feature_set.entity != "shop"
    meaning = "|".join(f"{feature.name}: {feature.formula}" for feature in features_of(feature_set.entity))
    assert (feature_set.version, sha256(meaning.encode()).hexdigest()[:12]) == (version, digest)
