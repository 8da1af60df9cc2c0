"""What operators see of the inferences of all businesses."""

from __future__ import annotations

import builtins
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Literal

from cafe_ai import errors
from cafe_ai.monitoring import repository
from cafe_ai.monitoring.model import Count, FailedInference, Totals

if TYPE_CHECKING:
    from cafe_ai.platform.clock import Deadline
    from cafe_ai.platform.db import Database

UNNAMED_ERROR = "other"


def counts(database: Database, since: datetime | None = None, deadline: Deadline | None = None) -> list[Count]:
    """What was counted, in the order of its names: since the beginning, or from a moment on.

    Since the beginning it takes milliseconds however many inferences there were; from a moment on they are read one by one.
    Raises Unavailable where the database is away.
    """
    with database.transaction(deadline=deadline, read_only=True) as uow:
        found = repository.counts(uow, since)
    return sorted(found, key=lambda one: (one.endpoint, one.model_name, one.status, one.degraded, one.bucket))


def totals_by(what: Literal["endpoint", "model_name"], counted: Iterable[Count]) -> Mapping[str, Totals]:
    """The totals of each endpoint, or of each model, in alphabetical order."""
    groups: dict[str, list[Count]] = {}
    for count in counted:
        groups.setdefault(getattr(count, what), []).append(count)
    return {name: Totals.of(groups[name]) for name in sorted(groups)}


def open_drift_alerts(database: Database, deadline: Deadline | None = None) -> Mapping[str, int]:
    """How many alerts stand that a shop is not what its models learnt from, by kind: inputs, forecasts."""
    with database.transaction(deadline=deadline, read_only=True) as uow:
        return repository.open_drift_alerts(uow)


def recent_errors(database: Database, limit: int, deadline: Deadline | None = None) -> list[FailedInference]:
    """The failed inferences, newest first, at most `limit`. Raises Unavailable where the database is away.

    Of an error only the name of a class is told: what else was written may begin with a word of anyone's.
    """
    with database.transaction(deadline=deadline, read_only=True) as uow:
        found = repository.recent_errors(uow, max(0, limit))
    return [replace(one, error=one.error if _is_class(one.error) else UNNAMED_ERROR) for one in found]


def _is_class(name: str) -> bool:
    known = getattr(errors, name, None) or getattr(builtins, name, None)
    return isinstance(known, type) or name.endswith(("Error", "Exception", "Timeout"))
