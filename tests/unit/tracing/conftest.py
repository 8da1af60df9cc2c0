"""A tracer and the collector it sends to."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

from cafe_ai.platform.otlp import Tracer
from cafe_ai.settings import TraceSettings
from tests.support.otlp_receiver import Collector, running_collector

MakeTracer = Callable[..., Tracer]


def no_secret(arn: str) -> str:
    raise AssertionError("No secret is to be read.")


@pytest.fixture
def collector() -> Iterator[Collector]:
    with running_collector() as running:
        yield running


@pytest.fixture
def make_tracer(collector: Collector) -> Iterator[MakeTracer]:
    """A tracer that records all and sends it to the collector, unless told otherwise."""
    with ExitStack() as opened:

        def make(read_secret: Callable[[str], str] = no_secret, **settings: object) -> Tracer:
            given = {"endpoint": collector.url + "/v1/traces", "ratio": 1.0, **settings}
            tracer = Tracer(TraceSettings(**given), read_secret)  # type: ignore[arg-type]
            opened.callback(tracer.close)
            return tracer

        yield make
