"""A scripted server, and the real SDK speaking to it over HTTP."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import date
from typing import Protocol

import pytest

from cafe_ai.llm.models import find_model
from cafe_ai.llm.openai_adapter import OpenAILanguageModel
from tests.support.openai_server import OpenAIServer


class MakeModel(Protocol):
    def __call__(
        self,
        name: str = ...,
        *,
        url: str = ...,
        sleep: Callable[[float], None] = ...,
        monotonic: Callable[[], float] = ...,
    ) -> OpenAILanguageModel: ...


@pytest.fixture
def server() -> Iterator[OpenAIServer]:
    with OpenAIServer() as started:
        yield started


@pytest.fixture
def slept() -> list[float]:
    """The waits between attempts; nobody really waits."""
    return []


@pytest.fixture
def make_model(server: OpenAIServer, slept: list[float]) -> Iterator[MakeModel]:
    made: list[OpenAILanguageModel] = []

    def make(
        name: str = "gpt-6-luna",
        *,
        url: str | None = None,
        sleep: Callable[[float], None] = slept.append,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> OpenAILanguageModel:
        model = find_model(name, date(2026, 11, 22))
        at = url or server.url
        made.append(OpenAILanguageModel(model, api_key="test-key", base_url=at, sleep=sleep, monotonic=monotonic))
        return made[-1]

    yield make  # type: ignore[misc]
    for model in made:
        model.close()


@pytest.fixture
def model(make_model: MakeModel) -> OpenAILanguageModel:
    return make_model()
