"""Structured logs and CloudWatch metrics (Embedded Metric Format), one JSON document a line on standard output.

Logs carry the correlation id (API Gateway's request id, handed on in messages) and never a token, a prompt, an answer
or personal data: of an exception, its type and where it happened, but not its message, which may quote what a user
typed. Metrics have the dimensions endpoint and model and no other: a user or business id would make a metric of each.

Written by hand: Powertools for AWS costs 40 to 90 ms at cold start, as its package imports its tracer and jmespath too,
and its logger writes exceptions' messages.
"""

from __future__ import annotations

import json
import logging
import sys
import time
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Literal

from cafe_ai.platform.tracing import trace_id

Unit = Literal["Count", "Milliseconds", "Seconds", "None"]

UNKNOWN = "unknown"
CORRELATION_ATTRIBUTE = "correlation_id"  # of a message: whose request it comes from
STACK_FRAMES = 15
CAUSES = 5
MISTAKES_IN_CODE = (AttributeError, ImportError, NameError, TypeError)  # their messages quote names, not values

_correlation_id: ContextVar[str | None] = ContextVar("correlation_id", default=None)


class JsonFormatter(logging.Formatter):
    """A log record as one line of JSON: level, message, time, correlation id and the fields it was given."""

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        line = {
            "level": record.levelname,
            "message": record.getMessage(),
            "timestamp": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "correlation_id": correlation_id(),
            **getattr(record, "fields", {}),
        }
        if traced := trace_id():
            line["trace_id"] = traced
        return json.dumps(line, ensure_ascii=False, default=str)


class _StandardOutput(logging.StreamHandler[Any]):
    """Writes to what standard output is at that moment."""

    def emit(self, record: logging.LogRecord) -> None:
        """Writes the record's line."""
        self.stream = sys.stdout
        super().emit(record)


def _build_logger() -> logging.Logger:
    logger = logging.getLogger("cafe_ai")
    handler = _StandardOutput()
    handler.setFormatter(JsonFormatter())
    logger.handlers = [handler]
    logger.propagate = False  # Lambda's own handler would write each line again
    logger.setLevel(logging.INFO)
    return logger


_logger = _build_logger()


def set_level(level: str) -> None:
    """The least level ("DEBUG" to "CRITICAL") that is written."""
    _logger.setLevel(level)


def log(message: str, **fields: object) -> None:
    """Logs something worth knowing."""
    _logger.info(message, extra={"fields": fields})


def log_warning(message: str, **fields: object) -> None:
    """Logs something that someone should look into."""
    _logger.warning(message, extra={"fields": fields})


def log_failure(message: str, error: BaseException, **fields: object) -> None:
    """Logs an error: its type, its causes' types, and where each was raised; not their messages."""
    _logger.error(message, extra={"fields": {**fields, "failure": describe(error)}})


def describe(error: BaseException) -> list[dict[str, object]]:
    """The error and what caused it, outermost first: type, stack, and the SQLSTATE of the database's errors."""
    chain: list[dict[str, object]] = []
    link: BaseException | None = error
    while link is not None and len(chain) < CAUSES:
        stack = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(link.__traceback__)]
        told: dict[str, object] = {"type": f"{type(link).__module__}.{type(link).__qualname__}"}
        if isinstance(link, MISTAKES_IN_CODE):
            told["message"] = str(link)
        if sqlstate := getattr(link, "sqlstate", None):
            told["sqlstate"] = sqlstate
        chain.append({**told, "stack": stack[-STACK_FRAMES:]})
        link = link.__cause__ or link.__context__
    return chain


def correlation_id() -> str | None:
    """The id under which the request or message in hand is logged."""
    return _correlation_id.get()


@contextmanager
def correlated(origin: str) -> Iterator[None]:
    """Every log line written inside, and every message sent, carries this correlation id."""
    token = _correlation_id.set(origin)
    try:
        yield
    finally:
        _correlation_id.reset(token)


@dataclass(slots=True)
class Measures:
    """What one request or message measured. endpoint and model are the dimensions, as known by the end."""

    endpoint: str = UNKNOWN
    model: str = "none"
    values: dict[str, tuple[float, Unit]] = field(default_factory=dict)

    def count(self, name: str, number: float = 1, unit: Unit = "Count") -> None:
        """Adds `number` to the metric."""
        before, _ = self.values.get(name, (0, unit))
        self.values[name] = (before + number, unit)

    def inference(self, model: str, tokens: int, cost_usd: float, degraded: bool) -> None:
        """What an inference used."""
        self.model = model
        self.count("Tokens", tokens)
        self.count("CostUsd", cost_usd, "None")
        self.count("Degraded", int(degraded))


_measures: ContextVar[Measures | None] = ContextVar("measures", default=None)


def measures() -> Measures:
    """The measures of the request or message in hand; outside of one, measures that nobody reads."""
    return _measures.get() or Measures()


@contextmanager
def observed(namespace: str) -> Iterator[Measures]:
    """Collects measures for the length of a request or message, then writes them."""
    measured = Measures()
    token = _measures.set(measured)
    try:
        yield measured
    finally:
        _measures.reset(token)
        sys.stdout.write(json.dumps(emf_document(namespace, measured)) + "\n")


def emf_document(namespace: str, measured: Measures) -> dict[str, object]:
    """The measures in Embedded Metric Format, from which CloudWatch makes metrics."""
    return {
        "_aws": {
            "Timestamp": time.time_ns() // 1_000_000,
            "CloudWatchMetrics": [
                {
                    "Namespace": namespace,
                    "Dimensions": [["endpoint", "model"]],
                    "Metrics": [{"Name": name, "Unit": unit} for name, (_, unit) in measured.values.items()],
                }
            ],
        },
        "endpoint": measured.endpoint,
        "model": measured.model,
        **{name: value for name, (value, _) in measured.values.items()},
    }
