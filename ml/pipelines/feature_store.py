"""The feature store: features by entity and moment, read by training and serving alike.

A row of a moment knows only what came before it, so whoever reads "the latest row at or before" sees nothing of the future:
`point_in_time` for the moments of a training set, `as_of` for one moment. `refresh` makes the rows from a business's orders:
products at the start of each week (Monday), customers at the start of each month, for up to two years, and both as of the
moment of asking. What was made from other orders than there are now (an import anew, a correction) is made again; with nothing
new it only compares hashes.

An entity gets no more rows of past moments once it was not sold for half a year (a product) or has not come for a year (a
customer); the present row is of all. Its latest row stands meanwhile, and says of when it is.

    rows = feature_store.as_of(uow, business_id, CUSTOMERS, None, moment)
    [(row.values["frequency"], row.values["recency"], row.values["T"], row.values["monetary_value"]) for row in rows]
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from cafe_ai.platform.db import UnitOfWork
from ml.pipelines.from_database import aware
from ml.pipelines.model import FeatureRow, FeatureSet
from ml.pipelines.store import repository
from ml.pipelines.store.snapshots import Refreshed, refresh

__all__ = ["FeatureRow", "FeatureSet", "Refreshed", "as_of", "point_in_time", "refresh", "write"]


def write(uow: UnitOfWork, business_id: UUID, feature_set: FeatureSet, rows: Iterable[FeatureRow]) -> None:
    """Writes rows; one of the same entity and moment is replaced. A name that a row lacks is a missing value.

    Raises ValueError for a name that the set has not, or a moment without an offset.
    """
    rows = [FeatureRow(row.entity_id, aware(row.moment), row.values) for row in rows]
    known = set(feature_set.names)
    if strangers := {name for row in rows for name in row.values} - known:
        raise ValueError(f"{feature_set.name}: expected the features {sorted(known)}, got {sorted(strangers)} too")
    if rows:
        repository.write(uow, business_id, feature_set, rows)


def as_of(
    uow: UnitOfWork, business_id: UUID, feature_set: FeatureSet, entity_ids: Sequence[UUID] | None, moment: datetime
) -> list[FeatureRow]:
    """Of each entity (of these ids, or all) its latest row at or before the moment; those that have none are left out."""
    return repository.as_of(uow, business_id, feature_set, entity_ids, aware(moment))


def point_in_time(
    uow: UnitOfWork, business_id: UUID, feature_set: FeatureSet, pairs: Sequence[tuple[UUID, datetime]]
) -> list[FeatureRow | None]:
    """For each (entity, moment) the entity's latest row at or before that moment, None without one; in the order of the pairs."""
    return repository.point_in_time(uow, business_id, feature_set, [(id, aware(moment)) for id, moment in pairs])
