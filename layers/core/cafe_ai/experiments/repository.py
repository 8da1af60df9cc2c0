"""The SQL of experiments (the function's text is in infra/migrations/0007_feedback_variants_and_erasure.sql)."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from psycopg.rows import class_row

from cafe_ai.experiments.model import Outcome

if TYPE_CHECKING:
    from cafe_ai.platform.db import UnitOfWork

SELECT_OUTCOMES = """
SELECT variant, inferences, degraded, tokens_used, cost_usd, milliseconds, ups, downs, first_rating, first_rated_at
  FROM experiment_outcomes(%s, %s)
"""


def outcomes(uow: UnitOfWork, experiment: str, since: datetime) -> list[Outcome]:
    """One for each business that took part, in the order of their first ratings; nothing says which business it is."""
    with uow.connection.cursor(row_factory=class_row(Outcome)) as cursor:
        return cursor.execute(SELECT_OUTCOMES, (experiment, since)).fetchall()
