"""The SQL of the metrics (the functions' text is in infra/migrations/0017_monitoring.sql)."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from psycopg.rows import class_row

from cafe_ai.monitoring.model import Count, FailedInference

if TYPE_CHECKING:
    from cafe_ai.platform.db import UnitOfWork

SELECT_COUNTS = "SELECT * FROM inference_counts()"
COUNT_SINCE = "SELECT * FROM inference_counts_since(%s)"
SELECT_OPEN_DRIFT = "SELECT kind, alerts FROM open_drift_alerts()"
SELECT_RECENT_ERRORS = """
SELECT "timestamp", endpoint, model_name, coalesce(error, '') AS error, response_time_ms, request_id
  FROM recent_inference_errors(%s)
"""


def counts(uow: UnitOfWork, since: datetime | None) -> list[Count]:
    """Of all inferences, or of those from a moment on, in no order."""
    with uow.connection.cursor(row_factory=class_row(Count)) as cursor:
        if since is None:
            return cursor.execute(SELECT_COUNTS).fetchall()
        return cursor.execute(COUNT_SINCE, (since,)).fetchall()


def recent_errors(uow: UnitOfWork, limit: int) -> list[FailedInference]:
    """The newest first. The error is the first word of what was written, where it looks like a name; else empty."""
    with uow.connection.cursor(row_factory=class_row(FailedInference)) as cursor:
        return cursor.execute(SELECT_RECENT_ERRORS, (limit,)).fetchall()


def open_drift_alerts(uow: UnitOfWork) -> dict[str, int]:
    """How many alerts stand, by their kind."""
    return dict(uow.connection.execute(SELECT_OPEN_DRIFT).fetchall())
