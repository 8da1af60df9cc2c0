"""The SQL of model routes (the functions' text is in infra/migrations/0016_examples.sql)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from psycopg.rows import class_row
from psycopg.types.json import Jsonb

from cafe_ai.model_routes.model import ModelRoute

if TYPE_CHECKING:
    from cafe_ai.platform.db import UnitOfWork

SELECT_CURRENT = "SELECT business_type, model_name FROM current_model_routes()"
SELECT_HISTORY = """
SELECT business_type, model_name, evaluation, reason, promoted_at, rolled_back_at, rolled_back_reason
  FROM model_route_history()"""
PROMOTE = "SELECT promote_model(%s, %s, %s, %s)"
ROLL_BACK = "SELECT roll_back_model(%s, %s)"


def current(uow: UnitOfWork) -> dict[str, str]:
    """The model of each type of business that is not given the configured one."""
    return {row[0]: row[1] for row in uow.connection.execute(SELECT_CURRENT)}


def history(uow: UnitOfWork) -> list[ModelRoute]:
    """Every route there was, newest first within each type. For the tables' owner alone."""
    with uow.connection.cursor(row_factory=class_row(ModelRoute)) as cursor:
        return cursor.execute(SELECT_HISTORY).fetchall()


def promote(uow: UnitOfWork, business_type: str, model_name: str, evaluation: Mapping[str, Any], reason: str) -> None:
    """Gives the type this model. For the tables' owner alone."""
    uow.connection.execute(PROMOTE, [business_type, model_name, Jsonb(evaluation), reason])


def roll_back(uow: UnitOfWork, business_type: str, reason: str) -> str | None:
    """Takes the model away that the type was given last; its name, None where there was none. For the owner alone."""
    row = uow.connection.execute(ROLL_BACK, [business_type, reason]).fetchone()
    return row[0] if row else None
