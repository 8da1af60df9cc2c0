"""The SQL of watching: the feature store's weeks, what was foretold, and the alerts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from psycopg.rows import class_row

from cafe_ai.platform.db import UnitOfWork
from ml.monitoring.drift.model import Finding
from ml.pipelines.model import FeatureSet

# Weeks as they were on their Monday, without the row of the present, which is of no week.
SELECT_WEEKS = """
SELECT entity_id, moment, "values" FROM product_features AS kept
 WHERE business_id = %(business_id)s AND feature_set = %(feature_set)s AND version = %(version)s
   AND moment >= %(since)s AND moment < %(until)s
   AND NOT EXISTS (SELECT FROM feature_snapshots AS made
                    WHERE made.business_id = kept.business_id AND made.feature_set = kept.feature_set
                      AND made.moment = kept.moment AND made.present)
 ORDER BY entity_id, moment"""

SELECT_FORETOLD = """
SELECT product_id, starts_on, expected::float8[], low80::float8[], high80::float8[],
       (backtest -> CASE WHEN 'naive_was_better' = ANY (notes) THEN 'seasonal_naive' ELSE 'model' END ->> 'mae')::float8
           AS usual_error
  FROM ml_forecasts
 WHERE business_id = %(business_id)s AND starts_on >= %(since)s AND starts_on < %(until)s AND extract(isodow FROM starts_on) = 1
   AND backtest IS NOT NULL
 ORDER BY product_id, starts_on"""

RAISE = """
INSERT INTO drift_alerts AS standing (business_id, kind, subject, measured, allowed, said)
VALUES (%(business_id)s, %(kind)s, %(subject)s, %(measured)s, %(allowed)s, %(said)s)
ON CONFLICT (business_id, kind, subject) WHERE cleared_at IS NULL
DO UPDATE SET measured = excluded.measured, allowed = excluded.allowed, said = excluded.said, last_seen_at = now()
RETURNING (xmax = 0)"""

CLEAR = """
UPDATE drift_alerts SET cleared_at = now()
 WHERE business_id = %(business_id)s AND cleared_at IS NULL
   AND (kind, subject) NOT IN (SELECT * FROM unnest(%(kinds)s::text[], %(subjects)s::text[]))"""

DELETE_OLD = "DELETE FROM drift_alerts WHERE business_id = %s AND cleared_at < now() - make_interval(days => %s)"


@dataclass(frozen=True, slots=True)
class Week:
    """A product's features as they stood on a Monday, in the order of the feature set's names."""

    entity_id: UUID
    moment: datetime
    values: list[float | None]


@dataclass(frozen=True, slots=True)
class Foretold:
    """What was foretold of a product, or of the whole shop (None), on a Monday."""

    product_id: UUID | None
    starts_on: date
    expected: list[float]
    low80: list[float]
    high80: list[float]
    usual_error: float


def weeks(uow: UnitOfWork, business_id: UUID, feature_set: FeatureSet, since: datetime, until: datetime) -> list[Week]:
    """The rows of the weeks that began in [since, until)."""
    values = {
        "business_id": business_id,
        "feature_set": feature_set.name,
        "version": feature_set.version,
        "since": since,
        "until": until,
    }
    with uow.connection.cursor(row_factory=class_row(Week)) as cursor:
        return cursor.execute(SELECT_WEEKS, values).fetchall()


def foretold(uow: UnitOfWork, business_id: UUID, since: date, until: date) -> list[Foretold]:
    """The forecasts that began on a Monday in [since, until) and have a backtest."""
    values = {"business_id": business_id, "since": since, "until": until}
    with uow.connection.cursor(row_factory=class_row(Foretold)) as cursor:
        return cursor.execute(SELECT_FORETOLD, values).fetchall()


def note(uow: UnitOfWork, business_id: UUID, alerts: Sequence[Finding], keep_days: int) -> tuple[int, int]:
    """Raises what is new, keeps what stands and clears the rest; how many were raised and cleared."""
    raised = 0
    for alert in alerts:
        row = uow.connection.execute(RAISE, {"business_id": business_id, **_values(alert)}).fetchone()
        raised += bool(row and row[0])
    named = {"kinds": [alert.kind.value for alert in alerts], "subjects": [alert.subject for alert in alerts]}
    cleared = uow.connection.execute(CLEAR, {"business_id": business_id, **named}).rowcount
    uow.connection.execute(DELETE_OLD, (business_id, keep_days))
    return raised, cleared


def _values(alert: Finding) -> dict[str, Any]:
    return {
        "kind": alert.kind.value,
        "subject": alert.subject,
        "measured": alert.measured,
        "allowed": alert.allowed,
        "said": alert.said,
    }
