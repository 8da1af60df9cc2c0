"""Ctrl-C, SIGTERM and a closed terminal stop the stack the same way: as an exception that unwinds what was begun."""

import signal
from types import FrameType


class Stopped(BaseException):
    """The person, or the system, asked us to stop."""


def stop_on_signals() -> None:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _raise_stopped)


def _raise_stopped(_number: int, _frame: FrameType | None) -> None:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)  # a second Ctrl-C does not interrupt the cleaning up
    raise Stopped
