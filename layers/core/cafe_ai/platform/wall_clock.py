"""A limit on real time for a call that has only limits on its parts.

A socket's timeouts bound each wait for a byte, not their sum: a server that sends a byte a second, a slow name lookup,
or a chain of redirects pass them all.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextvars import copy_context
from typing import Generic, TypeVar

T = TypeVar("T")


class TookTooLong(Exception):  # noqa: N818 -- errors state the fact
    """The call did not return in time. It goes on in its thread: the caller must take away what it waits for."""


class _Outcome(Generic[T]):
    """What became of the call: its value, or the error it raised."""

    value: T
    error: BaseException | None = None


def call_within(seconds: float, call: Callable[[], T]) -> T:
    """What the call returns or raises, if it does so within the time; else raises TookTooLong.

    The call runs in a daemon thread of its own (about 0.1 ms), so that even one that never returns does not keep the
    process from ending. What it logs has the correlation id of whoever called.
    """
    outcome = _Outcome[T]()

    def run() -> None:
        try:
            outcome.value = call()
        except BaseException as error:
            outcome.error = error

    thread = threading.Thread(target=copy_context().run, args=(run,), name="call-within", daemon=True)
    thread.start()
    thread.join(seconds)
    if thread.is_alive():
        raise TookTooLong
    if outcome.error is not None:
        raise outcome.error
    return outcome.value
