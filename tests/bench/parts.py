"""Where a question's time goes: the service's functions wrapped from outside, each second counted once.

A part's time is its own: what a wrapped function called inside of it took is the other part's.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable
from contextlib import AbstractContextManager
from types import TracebackType
from typing import Any

PARTS = {
    "token": "token check",
    "admission": "admission (1 transaction)",
    "context": "previous turn, names, language",
    "plan": "plan",
    "sql": "SQL of the facts",
    "facts": "facts without their SQL",
    "narrate": "narrate",
    "check": "check",
    "model": "language model calls",
    "write": "write (1 transaction)",
    "transaction": "BEGIN and COMMIT of the reading",
}
"""The parts in the order they come, with what they are called; what is left is FastAPI, Mangum, JSON and logs."""


class Stopwatch:
    """Times parts that may lie inside one another."""

    def __init__(self) -> None:
        self.spent: dict[str, float] = defaultdict(float)
        self.statements: list[tuple[float, str, dict[str, Any]]] = []
        self._inside: list[float] = []

    def take(self) -> dict[str, float]:
        """The milliseconds of each part since the last time, and starts anew."""
        spent = {part: seconds * 1000 for part, seconds in self.spent.items()}
        self.spent.clear()
        return spent

    def wrap(self, owner: Any, name: str, part: str) -> None:
        """Puts a timed function in the place of `owner.name`."""
        setattr(owner, name, self.timed(getattr(owner, name), part))

    def timed(self, function: Callable[..., Any], part: str) -> Callable[..., Any]:
        """The function, its time counted under the part."""

        def run(*arguments: Any, **options: Any) -> Any:
            self._inside.append(0.0)
            started = time.perf_counter()
            try:
                return function(*arguments, **options)
            finally:
                self._finish(part, time.perf_counter() - started)

        return run

    def _finish(self, part: str, elapsed: float) -> None:
        self.spent[part] += elapsed - self._inside.pop()
        if self._inside:
            self._inside[-1] += elapsed


class _Timed:
    """A context manager whose entering and leaving are timed, and not what happens between."""

    def __init__(self, stopwatch: Stopwatch, inner: AbstractContextManager[Any]) -> None:
        self._enter = stopwatch.timed(inner.__enter__, "transaction")
        self._exit = stopwatch.timed(inner.__exit__, "transaction")

    def __enter__(self) -> Any:
        return self._enter()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> Any:
        return self._exit(kind, error, traceback)


def instrument() -> Stopwatch:
    """Wraps the functions of the service in this process; the handler must have been imported."""
    from cafe_ai.analytics import repository
    from cafe_ai.assistants import records, service, words
    from cafe_ai.assistants.planning.rules import RulesPlanner
    from cafe_ai.tenancy import service as tenancy
    from cafe_ai.tenancy import tokens

    stopwatch = Stopwatch()
    for owner, name, part in (
        (tokens, "verify", "token"),
        (tenancy, "look_up", "admission"),
        (service.conversations, "get_turn", "context"),
        (service, "_context", "context"),
        (RulesPlanner, "plan", "plan"),
        (service, "gather", "facts"),
        (repository, "recorded_days", "sql"),
        (repository, "has_customers", "sql"),
        (repository, "customers_called", "sql"),
        (repository, "customer_names", "sql"),
        (words, "narrate", "narrate"),
        (service, "decline", "narrate"),
        (words, "check", "check"),
        (records, "write", "write"),
    ):
        stopwatch.wrap(owner, name, part)
    fetch, reading = stopwatch.timed(repository.fetch, "sql"), service._reading

    def noted_fetch(uow: Any, statement: Any) -> Any:
        started = time.perf_counter()
        rows = fetch(uow, statement)
        stopwatch.statements.append((time.perf_counter() - started, statement.sql, statement.parameters))
        return rows

    repository.fetch = noted_fetch
    service._reading = lambda runtime, member: _Timed(stopwatch, reading(runtime, member))  # type: ignore[assignment]
    return stopwatch


def instrument_model(stopwatch: Stopwatch) -> None:
    """Times the calls of the language model too."""
    from cafe_ai.llm.openai_adapter import OpenAILanguageModel

    stopwatch.wrap(OpenAILanguageModel, "complete", "model")
