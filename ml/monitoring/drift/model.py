"""What is found when a shop is watched. Standard library only."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What has drifted: what models are given, or what they foretell."""

    INPUTS = "inputs"
    FORECASTS = "forecasts"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was measured. It is an alert where it exceeds what is allowed; said tells operators in words."""

    kind: Kind
    subject: str
    measured: float
    allowed: float
    said: str

    @property
    def is_alert(self) -> bool:
        """Whether more was measured than is allowed."""
        return self.measured > self.allowed


@dataclass(frozen=True, slots=True)
class FeatureRows:
    """One feature of many products over some weeks: values[i] is of product owners[i], None where it is missing."""

    values: tuple[float | None, ...]
    owners: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Day:
    """A product's day (or the whole shop's, key is then None): what was expected, with its 80 % interval, and what came.

    usual_error is the mean absolute error of a day in the backtest of that forecast.
    """

    key: str | None
    expected: float
    low80: float
    high80: float
    actual: float
    usual_error: float
