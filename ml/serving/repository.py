"""The SQL of models' versions and of stored forecasts. Each change of a version's status is a compare-and-set."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, date
from typing import Any
from uuid import UUID

from psycopg.rows import dict_row
from psycopg.types.json import Jsonb

from cafe_ai.forecasting.model import Prediction
from cafe_ai.platform.db import UnitOfWork
from ml.serving.model import KeptFile, ModelVersion, Status

INSERT_VERSION = """
INSERT INTO ml_models (business_id, kind, version, trained_until, data_hash, code_version, features, backtest, files)
VALUES (%(business_id)s, %(kind)s, %(version)s, %(trained_until)s, %(data_hash)s, %(code_version)s, %(features)s,
        %(backtest)s, %(files)s)"""
SELECT_IN_USE = "SELECT * FROM ml_models WHERE business_id = %s AND kind = %s AND status = 'promoted'"
SELECT_NEWEST = "SELECT * FROM ml_models WHERE business_id = %s AND kind = %s ORDER BY version DESC LIMIT 1"
LOCK_IN_USE = """
SELECT version FROM ml_models WHERE business_id = %s AND kind = %s AND status = 'promoted' FOR NO KEY UPDATE"""
RETIRE = """
UPDATE ml_models SET status = 'retired', retired_at = clock_timestamp(), reason = %(reason)s
 WHERE business_id = %(business_id)s AND kind = %(kind)s AND version = %(version)s AND status = 'promoted'"""
PROMOTE = """
UPDATE ml_models SET status = 'promoted', promoted_at = clock_timestamp(), reason = %(reason)s, trial = %(trial)s
 WHERE business_id = %(business_id)s AND kind = %(kind)s AND version = %(version)s AND status = 'candidate'
   AND pruned_at IS NULL"""
JUDGE = """
UPDATE ml_models SET status = %(status)s, reason = %(reason)s, trial = %(trial)s
 WHERE business_id = %(business_id)s AND kind = %(kind)s AND version = %(version)s AND status = 'candidate'"""
GIVE_UP_UNJUDGED = """
UPDATE ml_models SET status = 'rejected', reason = %s
 WHERE business_id = %s AND kind = %s AND status = 'candidate' AND reason IS NULL AND version < %s"""
SELECT_UNPRUNED = """
SELECT * FROM (SELECT *, row_number() OVER (ORDER BY version DESC) AS place FROM ml_models
                WHERE business_id = %(business_id)s AND kind = %(kind)s AND status <> 'promoted') AS older
 WHERE place > %(keep)s AND pruned_at IS NULL"""
MARK_PRUNED = """
UPDATE ml_models SET pruned_at = clock_timestamp()
 WHERE business_id = %s AND kind = %s AND version = %s AND status <> 'promoted' AND pruned_at IS NULL"""
INSERT_FORECAST = """
INSERT INTO ml_forecasts (business_id, product_id, starts_on, days, expected, low80, high80, low95, high95, spans, method, notes,
                          backtest, kind, model_version)
VALUES (%(business_id)s, %(product_id)s, %(starts_on)s, %(days)s, %(expected)s, %(low80)s, %(high80)s, %(low95)s, %(high95)s,
        %(spans)s, %(method)s, %(notes)s, %(backtest)s, %(kind)s, %(model_version)s)"""
# Of what was foretold before, Mondays stay for a while: against them is seen how good forecasts were.
DELETE_OLD_FORECASTS = """
DELETE FROM ml_forecasts
 WHERE business_id = %(business_id)s AND starts_on < %(starts_on)s
   AND (extract(isodow FROM starts_on) <> 1 OR starts_on < %(starts_on)s - %(keep_days)s)"""
DELETE_FORECASTS_OF_THE_DAY = "DELETE FROM ml_forecasts WHERE business_id = %s AND starts_on = %s"


@dataclass(frozen=True, slots=True)
class Foretold:
    """What was foretold of a product, or of the whole shop's net sales (product_id is None)."""

    product_id: UUID | None
    prediction: Prediction


def insert(uow: UnitOfWork, made: ModelVersion) -> None:
    """Writes a version as a candidate."""
    uow.connection.execute(
        INSERT_VERSION,
        {
            **_key(made),
            "trained_until": made.trained_until,
            "data_hash": made.data_hash,
            "code_version": made.code_version,
            "features": list(made.features),
            "backtest": Jsonb(made.backtest),
            "files": Jsonb({name: asdict(kept) for name, kept in made.files.items()}),
        },
    )


def select_in_use(uow: UnitOfWork, business_id: UUID, kind: str) -> ModelVersion | None:
    """The version in use."""
    return _one(uow, SELECT_IN_USE, (business_id, kind))


def select_newest(uow: UnitOfWork, business_id: UUID, kind: str) -> ModelVersion | None:
    """The version that was trained last."""
    return _one(uow, SELECT_NEWEST, (business_id, kind))


def lock_in_use(uow: UnitOfWork, business_id: UUID, kind: str) -> str | None:
    """Which version is in use; until the end of the transaction it stays that."""
    row = uow.connection.execute(LOCK_IN_USE, (business_id, kind)).fetchone()
    return None if row is None else row[0]


def retire(uow: UnitOfWork, business_id: UUID, kind: str, version: str, reason: str) -> bool:
    """Takes a version out of use; whether it was in use."""
    values = {"business_id": business_id, "kind": kind, "version": version, "reason": reason}
    return uow.connection.execute(RETIRE, values).rowcount == 1


def promote(uow: UnitOfWork, made: ModelVersion, reason: str, trial: Mapping[str, Any] | None) -> bool:
    """Puts a candidate into use; whether it was one still."""
    return uow.connection.execute(PROMOTE, {**_key(made), "reason": reason, "trial": _json(trial)}).rowcount == 1


def judge(uow: UnitOfWork, made: ModelVersion, status: Status, reason: str, trial: Mapping[str, Any] | None) -> bool:
    """Writes what was found of a candidate that is not put into use; whether it was one still."""
    values = {**_key(made), "status": status.value, "reason": reason, "trial": _json(trial)}
    return uow.connection.execute(JUDGE, values).rowcount == 1


def give_up_unjudged(uow: UnitOfWork, business_id: UUID, kind: str, before: str, reason: str) -> int:
    """Rejects the candidates older than that version that nobody has judged; how many."""
    return uow.connection.execute(GIVE_UP_UNJUDGED, (reason, business_id, kind, before)).rowcount


def select_unpruned(uow: UnitOfWork, business_id: UUID, kind: str, keep: int) -> list[ModelVersion]:
    """The versions not in use whose files are still there, without the newest so many of those not in use."""
    with uow.connection.cursor(row_factory=dict_row) as cursor:
        rows = cursor.execute(SELECT_UNPRUNED, {"business_id": business_id, "kind": kind, "keep": keep}).fetchall()
    return [_version(row) for row in rows]


def mark_pruned(uow: UnitOfWork, made: ModelVersion) -> bool:
    """Notes that a version's files are gone; whether it is not in use."""
    return uow.connection.execute(MARK_PRUNED, (made.business_id, made.kind, made.version)).rowcount == 1


def replace_forecasts(uow: UnitOfWork, made: ModelVersion, starts_on: date, all_of_them: Sequence[Foretold]) -> None:
    """Stores what a version foretells from that day on, instead of what was foretold from the same day on."""
    uow.connection.execute(DELETE_FORECASTS_OF_THE_DAY, (made.business_id, starts_on))
    with uow.connection.cursor() as cursor:
        cursor.executemany(INSERT_FORECAST, [_forecast_row(made, starts_on, each) for each in all_of_them])


def delete_old_forecasts(uow: UnitOfWork, business_id: UUID, starts_on: date, keep_days: int) -> None:
    """Deletes what was foretold before that day, but for what began on a Monday at most keep_days before."""
    values = {"business_id": business_id, "starts_on": starts_on, "keep_days": keep_days}
    uow.connection.execute(DELETE_OLD_FORECASTS, values)


def _forecast_row(made: ModelVersion, starts_on: date, each: Foretold) -> dict[str, Any]:
    told = each.prediction
    return {
        "business_id": made.business_id,
        "product_id": each.product_id,
        "starts_on": starts_on,
        "days": len(told.days),
        **{
            name: [getattr(day, name) for day in told.days]
            for name in ("expected", "low80", "high80", "low95", "high95")
        },
        "spans": Jsonb({str(n): {"expected": span.expected, "enough": span.enough} for n, span in told.spans.items()}),
        "method": told.method,
        "notes": list(told.notes),
        "backtest": _json(None if told.backtest is None else asdict(told.backtest)),
        "kind": made.kind,
        "model_version": made.version,
    }


def _key(made: ModelVersion) -> dict[str, Any]:
    return {"business_id": made.business_id, "kind": made.kind, "version": made.version}


def _json(value: Mapping[str, Any] | None) -> Jsonb | None:
    return None if value is None else Jsonb(value)


def _one(uow: UnitOfWork, statement: str, values: Sequence[Any]) -> ModelVersion | None:
    with uow.connection.cursor(row_factory=dict_row) as cursor:
        row = cursor.execute(statement.encode(), values).fetchone()
    return None if row is None else _version(row)


def _version(row: Mapping[str, Any]) -> ModelVersion:
    return ModelVersion(
        business_id=row["business_id"],
        kind=row["kind"],
        version=row["version"],
        status=Status(row["status"]),
        created_at=row["created_at"].astimezone(UTC),
        trained_until=row["trained_until"],
        data_hash=row["data_hash"],
        code_version=row["code_version"],
        features=tuple(row["features"]),
        backtest=row["backtest"],
        trial=row["trial"],
        files={name: KeptFile(kept["sha256"], kept["bytes"]) for name, kept in row["files"].items()},
        reason=row["reason"],
    )
