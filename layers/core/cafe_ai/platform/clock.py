"""The present moment, and how long a request may still take."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import UTC, datetime


def now_utc() -> datetime:
    """The present moment, aware, in UTC."""
    return datetime.now(UTC)


def milliseconds_since(started: float) -> int:
    """How long ago a moment of the monotonic clock was."""
    return round((time.monotonic() - started) * 1000)


@dataclass(frozen=True, slots=True)
class Deadline:
    """The moment by which a request or job step must have answered. Every timeout is cut from what is left of it.

    It is kept on the monotonic clock, so that a corrected wall clock neither stretches nor cuts it.
    """

    ends_at: float

    @classmethod
    def after(cls, seconds: float) -> Deadline:
        """The deadline that many seconds from now."""
        return cls(time.monotonic() + seconds)

    def remaining(self) -> float:
        """The seconds left, never negative."""
        return max(0.0, self.ends_at - time.monotonic())

    def at_most(self, seconds: float) -> float:
        """A timeout of `seconds`, or of what is left where that is less."""
        return min(seconds, self.remaining())

    @property
    def expired(self) -> bool:
        """Whether nothing is left."""
        return self.remaining() == 0.0
