"""Structured logs and CloudWatch metrics (Embedded Metric Format), one JSON document a line on standard output.

Logs carry the correlation id (API Gateway's request id, handed on in messages) and never a token, a prompt, an answer
or personal data: of an exception, its type and where it happened, but not its message, which may quote what a user
typed. Metrics are those of the catalogue, with its dimensions: a user or business id would make a metric of each.

Written by hand: Powertools for AWS costs 40 to 90 ms at cold start, as its package imports its tracer and jmespath too,
and its logger writes exceptions' messages.
"""

from __future__ import annotations

import builtins
import json
import logging
import re
import sys
import time
import traceback
import warnings
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from cafe_ai.platform.metric_catalogue import CATALOGUE, ENDPOINT_ALONE, OF_REQUESTS, DimensionSets
from cafe_ai.platform.tracing import trace_id

UNKNOWN = "unknown"
CORRELATION_ATTRIBUTE = "correlation_id"  # of a message: whose request it comes from
STACK_FRAMES = 15
CAUSES = 5
QUOTED = re.compile(r"""(['"])(.*?)\1""")
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
            told["message"] = _named_in_code(link)
        if sqlstate := getattr(link, "sqlstate", None):
            told["sqlstate"] = sqlstate
        chain.append({**told, "stack": stack[-STACK_FRAMES:]})
        link = link.__cause__ or link.__context__
    return chain


def _named_in_code(error: BaseException) -> str:
    """Its message with those of the quoted names that stand in the code it came through, or are Python's: a caller's key that was
    taken for a name (`f(**sent)`, `getattr(row, sent)`) is quoted just so."""
    known = {*dir(builtins), "NoneType"}
    for frame, _ in traceback.walk_tb(error.__traceback__):
        code = frame.f_code
        known.update(code.co_names, code.co_varnames, code.co_freevars, code.co_cellvars)
    return QUOTED.sub(lambda quoted: quoted[0] if known.issuperset(quoted[2].split(".")) else "'…'", str(error))


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


@contextmanager
def observed(namespace: str, endpoint: str = UNKNOWN, *, background: bool = False) -> Iterator[Measures]:
    """Collects measures for the length of a request or message, then writes them."""
    measured = Measures(endpoint, background=background)
    token = _measures.set(measured)
    try:
        yield measured
    finally:
        _measures.reset(token)
        for document in emf_documents(namespace, measured):
            sys.stdout.write(json.dumps(document) + "\n")


def emf_documents(namespace: str, measured: Measures) -> Iterator[dict[str, object]]:
    """The measures in Embedded Metric Format, from which CloudWatch makes metrics: one document for each endpoint.

    Within the format's limits (100 metrics and 100 values of each), as the catalogue has fewer and each has one value.
    """
    for endpoint, values in ((measured.endpoint, measured.values), *measured.of_others.items()):
        yield {
            "_aws": {
                "Timestamp": time.time_ns() // 1_000_000,
                "CloudWatchMetrics": _directives(namespace, values, measured.background),
            },
            "endpoint": endpoint,
            "model": measured.model,
            **values,
        }


def _directives(namespace: str, values: Iterable[str], background: bool) -> list[dict[str, object]]:
    by_dimensions: dict[DimensionSets, list[dict[str, str]]] = {}
    for name in values:
        metric = CATALOGUE[name]
        dimensions = ENDPOINT_ALONE if background and name in OF_REQUESTS else metric.dimensions
        by_dimensions.setdefault(dimensions, []).append({"Name": name, "Unit": metric.unit})
    return [
        {"Namespace": namespace, "Dimensions": [list(names) for names in dimensions], "Metrics": metrics}
        for dimensions, metrics in by_dimensions.items()
    ]
