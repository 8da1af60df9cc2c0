"""A candidate takes the present model's place for a type of business, where nothing speaks against it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cafe_ai.model_routes import repository
from ml.models.planning.evaluation import Report, objections

if TYPE_CHECKING:
    from cafe_ai.platform.db import Database


class NotPromoted(Exception):  # noqa: N818 -- errors state the fact
    """The candidate did not do as well; the message says where."""


def promote(database: Database, business_type: str, candidate: Report, present: Report, reason: str) -> None:
    """Gives the type the candidate from now on, within half a minute everywhere. database: as the tables' owner.

    Raises NotPromoted.
    """
    if against := objections(candidate, present):
        raise NotPromoted("Not promoted: " + "; ".join(against) + ".")
    evaluation = {"candidate": candidate.to_json(), "present": present.to_json()}
    with database.transaction() as uow:
        repository.promote(uow, business_type, candidate.model, evaluation, reason)


def roll_back(database: Database, business_type: str, reason: str) -> str | None:
    """Takes away the model that the type was given last; its name, None where it has the configured one."""
    with database.transaction() as uow:
        return repository.roll_back(uow, business_type, reason)
