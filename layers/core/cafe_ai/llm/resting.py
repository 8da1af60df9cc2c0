"""A server that has just failed is left alone for a moment: what is asked meanwhile goes on without it at once."""

from __future__ import annotations

import time
from collections.abc import Callable

from cafe_ai.llm.port import Reason

REST_SECONDS = 3.0
LONG_ENOUGH_SECONDS = 5.0  # a server that was given less may only have been asked too late
ITS_OWN_FAILURES: frozenset[Reason] = frozenset(("connection", "server_error", "rate_limited"))


class Rest:
    """Whether to ask a server. After a call that failed with all its retries it rests; the next call is a trial of one
    attempt, and one that succeeds ends it.

    So a server that is away costs a question now and then its time, and not every question; and it is used again within
    seconds of its return.
    """

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._until: float | None = None  # None: it answered last

    @property
    def resting(self) -> bool:
        """Whether it is not to be asked now."""
        return self._until is not None and self._monotonic() < self._until

    @property
    def on_trial(self) -> bool:
        """Whether it failed last."""
        return self._until is not None

    def note_failure(self, reason: Reason, seconds: float) -> None:
        """A call failed for that reason, after so long."""
        if reason in ITS_OWN_FAILURES or (reason == "deadline" and seconds >= LONG_ENOUGH_SECONDS):
            self._until = self._monotonic() + REST_SECONDS

    def note_success(self) -> None:
        """A call was answered."""
        self._until = None
