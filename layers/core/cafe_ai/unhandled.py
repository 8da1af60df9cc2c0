"""What leaves a function as an exception: Lambda writes it to the log, and a state machine to its history, message and all.

A driver's message quotes what it was given (`Key (name)=(...) already exists`, `input_value=...`). So an exception that is not
ours leaves with its name, by which a state machine's Retry and Catch know it, and its stack, but without its words; the log has
already told of it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from cafe_ai.errors import CafeAIError

LEFT_OUT = (
    "What it says is left out, as it may quote somebody's words: the log has its causes and where each was raised."
)


class Unquoted(Exception):  # noqa: N818 -- stands in the place of errors of other names
    """An exception without its words. Its class has the name of the one that it stands for, and is one of that kind."""

    def __str__(self) -> str:
        return LEFT_OUT


@contextmanager
def words_kept_in(*more: type[Exception]) -> Iterator[None]:
    """Lets our own errors pass (and more of ours), without their causes, and others without their words."""
    try:
        yield
    except Exception as error:
        raise (error if isinstance(error, (CafeAIError, *more)) else unquoted(error)) from None


def unquoted(error: Exception) -> Exception:
    """The same exception, as far as its name, its kind and its stack go."""
    kind = type(error)
    named = {"__module__": kind.__module__, "__qualname__": kind.__qualname__}
    silent: Exception
    try:
        heir: Any = type(kind.__name__, (Unquoted, kind), named)
        silent = heir.__new__(heir)
    except TypeError:  # of a kind that has no children
        silent = type(kind.__name__, (Unquoted,), named)()
    return silent.with_traceback(error.__traceback__)
