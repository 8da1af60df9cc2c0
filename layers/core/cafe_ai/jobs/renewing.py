"""Leases are renewed from a thread of their own, on a connection of its own, while workers work.

One thread serves all: a job that ends before its first renewal is due, as nearly all do, costs neither a thread nor a
switch to one. The thread ends where there is nothing to renew.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import Context, copy_context
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from cafe_ai.errors import LeaseLost
from cafe_ai.jobs import service
from cafe_ai.jobs.routing import ROUTES
from cafe_ai.platform.clock import Deadline
from cafe_ai.platform.telemetry import log_failure

if TYPE_CHECKING:
    from cafe_ai.bootstrap import Runtime
    from cafe_ai.jobs.model import Lease

RENEWALS_IN_A_LEASE = 3
LOOKS_EVERY_SECONDS = 5.0


@dataclass(eq=False)
class _Held:
    """A lease that is renewed each `turn` (seconds), next at `due` on the monotonic clock."""

    runtime: Runtime
    lease: Lease
    turn: float
    due: float
    lost: threading.Event
    context: Context = field(default_factory=copy_context)


class Renewer:
    """Renews what it is given to hold."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._held: set[_Held] = set()
        self._in_hand: _Held | None = None
        self._looks_at = 0.0
        self._thread: threading.Thread | None = None

    @contextmanager
    def holding(self, runtime: Runtime, lease: Lease) -> Iterator[threading.Event]:
        """Renews the lease until the end of the `with`; the event is set where it is lost meanwhile."""
        turn = ROUTES[lease.job.kind].lease_seconds / RENEWALS_IN_A_LEASE
        held = _Held(runtime, lease, turn, time.monotonic() + turn, threading.Event())
        with self._changed:
            self._held.add(held)
            if self._thread is None or not self._thread.is_alive():
                self._looks_at = time.monotonic()
                self._thread = threading.Thread(target=self._renew_all, name="lease-renewal", daemon=True)
                self._thread.start()
            elif held.due < self._looks_at:
                self._changed.notify_all()
        try:
            yield held.lost
        finally:
            with self._changed:
                self._held.discard(held)
                while self._in_hand is held:
                    self._changed.wait()

    def _renew_all(self) -> None:
        while (held := self._next()) is not None:
            held.context.run(_renew, held)
            with self._changed:
                self._in_hand = None
                self._changed.notify_all()

    def _next(self) -> _Held | None:
        """The next lease that is due, when it is; None where none is held."""
        with self._changed:
            while self._held:
                held, now = min(self._held, key=lambda each: each.due), time.monotonic()
                if held.due <= now:
                    self._in_hand = held
                    return held
                self._looks_at = min(held.due, now + LOOKS_EVERY_SECONDS)
                self._changed.wait(self._looks_at - now)
            self._thread = None
            return None


def _renew(held: _Held) -> None:
    """A renewal that fails is tried again at the next turn: the lease lasts for three."""
    held.due = time.monotonic() + held.turn
    try:
        service.renew_on(held.runtime.renewals, held.lease, Deadline.after(held.turn / 2))
    except LeaseLost:
        held.due = float("inf")
        held.lost.set()
    except Exception as error:
        log_failure("A lease could not be renewed", error, job=str(held.lease.job.id))


RENEWER = Renewer()
