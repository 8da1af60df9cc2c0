"""Structured logs and CloudWatch metrics in Embedded Metric Format.

Logs carry the correlation id (API Gateway's request id, handed on in messages) and never a token, a prompt, an answer
or personal data: of an exception, its type and where it happened, but not its message, which may quote what a user
typed. Metrics have the dimensions endpoint and model and no other: a user or business id would make a metric of each.

The tracer of Powertools is left out: it costs 300 ms at cold start even when it is switched off.
"""

from __future__ import annotations

import traceback
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit

logger = Logger(service="cafe-ai", use_rfc3339=True)
UNKNOWN = "unknown"


@dataclass(slots=True)
class Measures:
    """What one request or message measured. endpoint and model are the dimensions, as known by the end."""

    endpoint: str = UNKNOWN
    model: str = "none"
    values: dict[str, tuple[float, MetricUnit]] = field(default_factory=dict)

    def count(self, name: str, number: float = 1, unit: MetricUnit = MetricUnit.Count) -> None:
        """Adds `number` to the metric."""
        before, _ = self.values.get(name, (0.0, unit))
        self.values[name] = (before + number, unit)

    def time(self, name: str, milliseconds: float) -> None:
        """Adds to a metric of time."""
        self.count(name, milliseconds, MetricUnit.Milliseconds)

    def inference(self, model: str, tokens: int, cost_usd: float, degraded: bool) -> None:
        """What an inference used."""
        self.model = model
        self.count("Tokens", tokens)
        self.count("CostUsd", cost_usd, MetricUnit.NoUnit)
        self.count("Degraded", int(degraded))


_current: ContextVar[Measures | None] = ContextVar("measures", default=None)


def measures() -> Measures:
    """The measures of the request or message in hand; outside of one, measures that nobody reads."""
    return _current.get() or Measures()


@contextmanager
def observed(namespace: str) -> Iterator[Measures]:
    """Collects measures for the length of a request or message, then writes them."""
    measured = Measures()
    token = _current.set(measured)
    try:
        yield measured
    finally:
        _current.reset(token)
        emit(namespace, measured)


def emit(namespace: str, measured: Measures) -> None:
    """Writes the measures to standard output as one EMF document."""
    metrics = Metrics(namespace=namespace, service="")
    metrics.add_dimension("endpoint", measured.endpoint)
    metrics.add_dimension("model", measured.model)
    for name, (value, unit) in measured.values.items():
        metrics.add_metric(name=name, unit=unit, value=value)
    metrics.flush_metrics()


@contextmanager
def correlated(correlation_id: str) -> Iterator[None]:
    """Every log line written inside carries the correlation id."""
    logger.set_correlation_id(correlation_id)
    try:
        yield
    finally:
        logger.set_correlation_id(None)


def log_failure(message: str, error: BaseException, **fields: object) -> None:
    """Logs an error: its type, its causes' types, and where each was raised; not their messages."""
    logger.error(message, extra={**fields, "failure": describe(error)})


def describe(error: BaseException) -> list[Mapping[str, object]]:
    """The error and what caused it, outermost first: type and stack."""
    chain: list[Mapping[str, object]] = []
    link: BaseException | None = error
    while link is not None and len(chain) < 5:
        stack = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(link.__traceback__)]
        chain.append({"type": f"{type(link).__module__}.{type(link).__qualname__}", "stack": stack[-15:]})
        link = link.__cause__ or link.__context__
    return chain
