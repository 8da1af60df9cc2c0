"""The SQL of the feature store: rows by entity and moment, and which moments were made from the orders."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import LiteralString
from uuid import UUID

from cafe_ai.platform.db import UnitOfWork
from ml.pipelines.model import FeatureRow, FeatureSet

# One refresh of a business at a time: the lock goes with the transaction.
TRY_LOCK = "SELECT pg_try_advisory_xact_lock(hashtextextended('features:' || %s::text, 0))"

SELECT_SNAPSHOTS = """
SELECT moment, version, source, present FROM feature_snapshots
 WHERE business_id = %(business_id)s AND feature_set = %(feature_set)s"""

INSERT_SNAPSHOTS = """
INSERT INTO feature_snapshots (business_id, feature_set, moment, version, source, present)
SELECT %(business_id)s, %(feature_set)s, moment, %(version)s, source, present
  FROM unnest(%(moments)s::timestamptz[], %(sources)s::text[], %(presents)s::boolean[]) AS given (moment, source, present)"""

DELETE_SNAPSHOTS = """
DELETE FROM feature_snapshots
 WHERE business_id = %(business_id)s AND feature_set = %(feature_set)s AND moment = ANY (%(moments)s)"""


def _of_tables(statement: LiteralString) -> dict[str, LiteralString]:
    """The statement for the table of each kind of entity."""
    return {
        "customer": statement.replace("TABLE", "customer_features"),
        "product": statement.replace("TABLE", "product_features"),
        "shop": statement.replace("TABLE", "shop_features"),
    }


UPSERT_ROWS = _of_tables("""
INSERT INTO TABLE (business_id, entity_id, feature_set, moment, version, "values")
SELECT %(business_id)s, id, %(feature_set)s, moment, %(version)s, numbers::float8[]
  FROM unnest(%(ids)s::uuid[], %(moments)s::timestamptz[], %(numbers)s::text[]) AS given (id, moment, numbers)
ON CONFLICT (business_id, entity_id, feature_set, moment)
DO UPDATE SET version = excluded.version, "values" = excluded."values" """)

DELETE_ROWS = _of_tables("""
DELETE FROM TABLE
 WHERE business_id = %(business_id)s AND feature_set = %(feature_set)s AND moment = ANY (%(moments)s)""")

SELECT_AS_OF = _of_tables("""
SELECT DISTINCT ON (entity_id) entity_id, moment, "values" FROM TABLE
 WHERE business_id = %(business_id)s AND feature_set = %(feature_set)s AND version = %(version)s AND moment <= %(moment)s
   AND (%(ids)s::uuid[] IS NULL OR entity_id = ANY (%(ids)s))
 ORDER BY entity_id, moment DESC""")

SELECT_POINT_IN_TIME = _of_tables("""
SELECT latest.entity_id, latest.moment, latest."values"
  FROM unnest(%(ids)s::uuid[], %(moments)s::timestamptz[]) WITH ORDINALITY AS wanted (id, moment, place)
  LEFT JOIN LATERAL (
       SELECT entity_id, moment, "values" FROM TABLE
        WHERE business_id = %(business_id)s AND entity_id = wanted.id AND feature_set = %(feature_set)s
          AND version = %(version)s AND moment <= wanted.moment
        ORDER BY moment DESC LIMIT 1) AS latest ON true
 ORDER BY place""")


def claim(uow: UnitOfWork, business_id: UUID) -> bool:
    """Whether nobody else is refreshing this business; holds until the transaction ends."""
    return uow.connection.execute(TRY_LOCK, [business_id]).fetchone() == (True,)


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A moment of a feature set that was made from the orders: by which version, from what, and whether it was the present."""

    moment: datetime
    version: int
    source: str
    present: bool


def snapshots(uow: UnitOfWork, business_id: UUID, feature_set: FeatureSet) -> list[Snapshot]:
    """What was made of this set."""
    values = {"business_id": business_id, "feature_set": feature_set.name}
    return [Snapshot(*row) for row in uow.connection.execute(SELECT_SNAPSHOTS, values)]


def note_snapshots(uow: UnitOfWork, business_id: UUID, feature_set: FeatureSet, made: Sequence[Snapshot]) -> None:
    """These were made now."""
    values = {
        "business_id": business_id, "feature_set": feature_set.name, "version": feature_set.version,
        "moments": [one.moment for one in made], "sources": [one.source for one in made],
        "presents": [one.present for one in made],
    }  # fmt: skip
    uow.connection.execute(INSERT_SNAPSHOTS, values)


def remove(uow: UnitOfWork, business_id: UUID, feature_set: FeatureSet, moments: Sequence[datetime]) -> None:
    """Removes these moments of the set, with their rows."""
    values = {"business_id": business_id, "feature_set": feature_set.name, "moments": list(moments)}
    uow.connection.execute(DELETE_ROWS[feature_set.entity], values)
    uow.connection.execute(DELETE_SNAPSHOTS, values)


def write(uow: UnitOfWork, business_id: UUID, feature_set: FeatureSet, rows: Iterable[FeatureRow]) -> None:
    """Writes rows, over those of the same entity and moment."""
    rows = list(rows)
    values = {
        "business_id": business_id, "feature_set": feature_set.name, "version": feature_set.version,
        "ids": [row.entity_id for row in rows], "moments": [row.moment for row in rows],
        "numbers": [_as_array(row, feature_set) for row in rows],
    }  # fmt: skip
    uow.connection.execute(UPSERT_ROWS[feature_set.entity], values)


def as_of(
    uow: UnitOfWork, business_id: UUID, feature_set: FeatureSet, ids: Sequence[UUID] | None, moment: datetime
) -> list[FeatureRow]:
    """The latest row at or before the moment of each entity that has one."""
    values = {
        "business_id": business_id, "feature_set": feature_set.name, "version": feature_set.version, "moment": moment,
        "ids": None if ids is None else list(ids),
    }  # fmt: skip
    found = uow.connection.execute(SELECT_AS_OF[feature_set.entity], values)
    return [_as_row(row, feature_set) for row in found]


def point_in_time(
    uow: UnitOfWork, business_id: UUID, feature_set: FeatureSet, pairs: Sequence[tuple[UUID, datetime]]
) -> list[FeatureRow | None]:
    """For each pair the latest row at or before its moment, None without one; in the order of the pairs."""
    values = {
        "business_id": business_id, "feature_set": feature_set.name, "version": feature_set.version,
        "ids": [pair[0] for pair in pairs], "moments": [pair[1] for pair in pairs],
    }  # fmt: skip
    found = uow.connection.execute(SELECT_POINT_IN_TIME[feature_set.entity], values)
    return [None if row[0] is None else _as_row(row, feature_set) for row in found]


def _as_array(row: FeatureRow, feature_set: FeatureSet) -> str:
    numbers = (row.values.get(name) for name in feature_set.names)
    return "{" + ",".join("NULL" if number is None else repr(float(number)) for number in numbers) + "}"


def _as_row(row: tuple[UUID, datetime, list[float | None]], feature_set: FeatureSet) -> FeatureRow:
    return FeatureRow(row[0], row[1], dict(zip(feature_set.names, row[2], strict=True)))
