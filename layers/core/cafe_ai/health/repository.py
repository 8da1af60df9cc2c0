"""The statement that shows that the database answers."""

from __future__ import annotations

from typing import LiteralString

from cafe_ai.platform.db import UnitOfWork

READ_ANY_BUSINESS: LiteralString = "SELECT id FROM businesses LIMIT 1"


def read(uow: UnitOfWork) -> None:
    """Reads a table of the service's. Row-level security hides its rows; that it can be asked is what counts."""
    uow.connection.execute(READ_ANY_BUSINESS)
