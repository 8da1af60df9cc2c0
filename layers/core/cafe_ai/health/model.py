"""What was found when the service asked what it depends on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

CheckStatus = Literal["ok", "down", "not_configured"]
Status = Literal["ok", "degraded", "down"]

UNAVOIDABLE = frozenset({"database"})  # without which no answer is possible


@dataclass(frozen=True, slots=True)
class Check:
    """milliseconds: how long it took to answer, or not to; None where nothing was asked."""

    status: CheckStatus
    milliseconds: int | None = None


@dataclass(frozen=True, slots=True)
class Health:
    """The checks by the role of what was asked, never by its name or address."""

    checks: Mapping[str, Check]

    @property
    def status(self) -> Status:
        """down: nothing can be answered; degraded: answers go on, some of them with less."""
        down = {name for name, check in self.checks.items() if check.status == "down"}
        if down & UNAVOIDABLE:
            return "down"
        return "degraded" if down else "ok"
