"""Structured logs and CloudWatch metrics (Embedded Metric Format), one JSON document a line on standard output.

Logs carry the correlation id (API Gateway's request id, handed on in messages) and never a token, a prompt, an answer
or personal data: of an exception, its type and where it happened, but not its message, which may quote what a user
typed. Metrics are those of the catalogue, with its dimensions: a user or business id would make a metric of each.

Written by hand: Powertools for AWS costs 40 to 90 ms at cold start, as its package imports its tracer and jmespath too,
and its logger writes exceptions' messages.
"""

from __future__ import annotations

import json
import logging
import sys
import time
import traceback
import warnings
from collections.abc import Iterator, Mapping
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from typing import Any

from cafe_ai.platform.metric_catalogue import CATALOGUE, ENDPOINT_ALONE, OF_REQUESTS, DimensionSets
from cafe_ai.platform.tracing import trace_id

UNKNOWN = "unknown"
CORRELATION_ATTRIBUTE = "correlation_id"  # of a message: whose request it comes from
STACK_FRAMES = 15
CAUSES = 5
MISTAKES_IN_CODE = (AttributeError, ImportError, NameError, TypeError)  # their messages quote names, not values

_encode = json.JSONEncoder(ensure_ascii=False, default=str).encode
_correlation_id: ContextVar[str | None] = ContextVar("correlation_id", default=None)


class JsonFormatter(logging.Formatter):
    """The log record of a library, or of who knows nothing of us, as a line like those of `log`."""

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        return _line(record.levelname, record.getMessage(), record.created, {})


def _line(level: str, message: str, moment: float, fields: Mapping[str, object]) -> str:
    line = {
        "level": level,
        "message": message,
        "timestamp": datetime.fromtimestamp(moment, UTC).isoformat(timespec="milliseconds"),
        "correlation_id": correlation_id(),
        **fields,
    }
    if traced := trace_id():
        line["trace_id"] = traced
    return _encode(line)


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
    """Logs something worth knowing: a line of JSON with level, message, time, correlation id, and these fields."""
    _write(logging.INFO, message, fields)


def log_warning(message: str, **fields: object) -> None:
    """Logs something that someone should look into."""
    _write(logging.WARNING, message, fields)


def log_failure(message: str, error: BaseException, **fields: object) -> None:
    """Logs an error: its type, its causes' types, and where each was raised; not their messages."""
    _write(logging.ERROR, message, {**fields, "failure": describe(error)})


def _write(level: int, message: str, fields: Mapping[str, object]) -> None:
    """Without a log record, which takes four times as long: it looks for who called, and for threads and processes."""
    if _logger.isEnabledFor(level):
        sys.stdout.write(_line(logging.getLevelName(level), message, time.time(), fields) + "\n")


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


class correlated:  # noqa: N801 -- it reads as the verb that it is, and costs half of what a generator does
    """Every log line written inside, and every message sent, carries this correlation id."""

    __slots__ = ("_origin", "_token")

    def __init__(self, origin: str) -> None:
        self._origin = origin

    def __enter__(self) -> None:
        """Begins."""
        self._token = _correlation_id.set(self._origin)

    def __exit__(self, *_: object) -> None:
        """The id before is that of what follows."""
        _correlation_id.reset(self._token)


@dataclass(slots=True)
class Measures:
    """What one request, message, run or step measured. endpoint and model are the dimensions, as known by the end.

    background: nobody waits for an answer, so it does not count among the API's requests.
    """

    endpoint: str = UNKNOWN
    model: str = "none"
    background: bool = False
    values: dict[str, float] = field(default_factory=dict)
    of_others: dict[str, dict[str, float]] = field(default_factory=dict)

    def count(self, name: str, number: float = 1, *, endpoint: str | None = None) -> None:
        """Adds `number` to the metric of that name in the catalogue, under another endpoint where one is given.

        A name that is not there is warned of (which fails a test) and not written.
        """
        metric = CATALOGUE.get(name)
        if metric is None:
            warnings.warn(f"The catalogue of metrics has no {name}.", stacklevel=2)
            return
        values = self.values if endpoint in (None, self.endpoint) else self.of_others.setdefault(str(endpoint), {})
        number += values.get(name, 0)
        values[name] = min(number, 1) if metric.share else number

    def inference(self, model: str, tokens: int, cost_usd: float, degraded: bool) -> None:
        """What an inference used."""
        self.model = model
        self.count("Tokens", tokens)
        self.count("CostUsd", cost_usd)
        self.count("Degraded", int(degraded))


_measures: ContextVar[Measures | None] = ContextVar("measures", default=None)


def measures() -> Measures:
    """The measures of the request or message in hand; outside of one, measures that nobody reads."""
    return _measures.get() or Measures()


class observed:  # noqa: N801 -- as above
    """Collects measures for the length of a request or message, then writes them."""

    __slots__ = ("_measured", "_namespace", "_token")

    def __init__(self, namespace: str, endpoint: str = UNKNOWN, *, background: bool = False) -> None:
        self._namespace = namespace
        self._measured = Measures(endpoint, background=background)

    def __enter__(self) -> Measures:
        """Begins, with the measures to add to."""
        self._token = _measures.set(self._measured)
        return self._measured

    def __exit__(self, *_: object) -> None:
        """Writes them, whatever happened."""
        _measures.reset(self._token)
        for line in emf_lines(self._namespace, self._measured):
            sys.stdout.write(line)


def emf_lines(namespace: str, measured: Measures) -> Iterator[str]:
    """The measures in Embedded Metric Format, from which CloudWatch makes metrics: one document for each endpoint.

    Within the format's limits (100 metrics and 100 values of each), as the catalogue has fewer and each has one value.
    """
    for endpoint, values in ((measured.endpoint, measured.values), *measured.of_others.items()):
        metrics = _directives(namespace, tuple(values), measured.background)
        told = _encode({"endpoint": endpoint, "model": measured.model, **values})
        yield f'{{"_aws": {{"Timestamp": {time.time_ns() // 1_000_000}, "CloudWatchMetrics": {metrics}}}, {told[1:]}\n'


@cache
def _directives(namespace: str, values: tuple[str, ...], background: bool) -> str:
    """Which metrics a document has, as JSON: the same for nearly all requests of a function."""
    by_dimensions: dict[DimensionSets, list[dict[str, str]]] = {}
    for name in values:
        metric = CATALOGUE[name]
        dimensions = ENDPOINT_ALONE if background and name in OF_REQUESTS else metric.dimensions
        by_dimensions.setdefault(dimensions, []).append({"Name": name, "Unit": metric.unit})
    return _encode(
        [
            {"Namespace": namespace, "Dimensions": [list(names) for names in dimensions], "Metrics": metrics}
            for dimensions, metrics in by_dimensions.items()
        ]
    )
