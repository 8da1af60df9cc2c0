"""A version of a model, and how it was judged. Standard library only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Literal
from uuid import UUID

Opponent = Literal["in_use", "fallback"]


class Status(StrEnum):
    """What has become of a version. One of a business and kind is PROMOTED at most: the one in use."""

    CANDIDATE = "candidate"
    PROMOTED = "promoted"
    REJECTED = "rejected"
    RETIRED = "retired"


@dataclass(frozen=True, slots=True)
class KeptFile:
    """What a file of a version must be; sha256 is hexadecimal."""

    sha256: str
    bytes: int


@dataclass(frozen=True, slots=True)
class ModelVersion:
    """A version as the database has it. version is a number of 19 digits that grows with time.

    trained_until is the last business day it has seen. data_hash and code_version are equal for equal data and an equal method:
    to train again would make the same. reason says in words why it is what it is, None until it is judged.
    """

    business_id: UUID
    kind: str
    version: str
    status: Status
    created_at: datetime
    trained_until: date
    data_hash: str
    code_version: str
    features: tuple[str, ...]
    backtest: Mapping[str, Any]
    trial: Mapping[str, Any] | None
    files: Mapping[str, KeptFile]
    reason: str | None

    @property
    def prefix(self) -> str:
        """Below which its files are kept."""
        return f"models/{self.business_id}/{self.kind}/{self.version}/"


@dataclass(frozen=True, slots=True)
class Trial:
    """Forecasts of the same days by several contestants, none of whom had seen them.

    scores: the mean RMSSE over the series, by contestant. origins: the days as of which was forecast. days: how many days of
    all the series were compared. opponent: whom the candidate has to be as good as.
    """

    origins: tuple[date, ...]
    scores: Mapping[str, float]
    series: int
    days: int
    opponent: Opponent


@dataclass(frozen=True, slots=True)
class Verdict:
    """What becomes of a candidate, and why in words; CANDIDATE where there is nothing to judge it by yet."""

    status: Literal[Status.PROMOTED, Status.REJECTED, Status.CANDIDATE]
    reason: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a training ended. version is what was trained, None where nothing was; in_use is the version in use after it.

    forecasts counts the series whose forecast was stored.
    """

    kind: str
    what: Literal["trained", "unchanged", "no_sales", "short_history"]
    reason: str
    trained_until: date | None = None
    version: str | None = None
    promoted: bool = False
    in_use: str | None = None
    backtest: Mapping[str, Any] = field(default_factory=dict)
    trial: Trial | None = None
    series: int = 0
    forecasts: int = 0
