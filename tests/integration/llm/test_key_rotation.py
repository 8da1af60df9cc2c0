"""The API key in Secrets Manager may be replaced at any time: no call fails for it, and no deploy is needed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date

import boto3
import pytest
from moto import mock_aws

from cafe_ai.bootstrap import Runtime
from cafe_ai.embeddings import EmbeddingUnavailable
from cafe_ai.embeddings.openai_adapter import OpenAIEmbeddings
from cafe_ai.errors import DependencyDown
from cafe_ai.llm import ModelUnavailable
from cafe_ai.llm.models import find_model
from cafe_ai.llm.openai_adapter import OpenAILanguageModel
from cafe_ai.llm.port import Message
from cafe_ai.platform import secrets
from cafe_ai.platform.clock import Deadline
from cafe_ai.platform.secrets import RotatingSecret
from cafe_ai.settings import Settings
from tests.support.openai_server import OpenAIServer, Recorded

MESSAGES = [Message("user", '{"question": "hola"}')]

Use = Callable[[], object]


@dataclass
class Keeper:
    """Secrets Manager, and a clock that the test moves."""

    text: str = "old"
    away: bool = False
    now: float = 1000.0
    reads: list[float] = field(default_factory=list)

    def secret(self) -> RotatingSecret:
        return RotatingSecret("arn", self._read, lambda: self.now)

    def _read(self, arn: str, deadline: Deadline | None) -> str:
        self.reads.append(self.now)
        if self.away:
            raise DependencyDown("secrets")
        return self.text


@pytest.fixture
def keeper() -> Keeper:
    return Keeper()


@pytest.fixture
def server() -> Iterator[OpenAIServer]:
    with OpenAIServer() as started:
        yield started


@pytest.fixture(params=["language model", "embedding model"])
def use(request: pytest.FixtureRequest, keeper: Keeper, server: OpenAIServer) -> Iterator[Use]:
    """One call to a model whose key the keeper has."""
    if request.param == "language model":
        model = find_model("gpt-6-luna", date(2026, 11, 22))
        language = OpenAILanguageModel(model, api_key=keeper.secret(), base_url=server.url, sleep=lambda _: None)
        yield lambda: language.complete(MESSAGES, max_tokens=50, deadline=Deadline.after(60))
        language.close()
    else:
        embedding = OpenAIEmbeddings("small", None, api_key=keeper.secret(), base_url=server.url)
        yield lambda: embedding.embed_query("café", Deadline.after(60))
        embedding.close()


def keys_of(requests: list[Recorded]) -> list[str]:
    return [request.headers["authorization"].removeprefix("Bearer ") for request in requests]


def asked_with(server: OpenAIServer) -> list[str]:
    return keys_of([*server.requests, *server.embedded])


def refuse_then_answer(server: OpenAIServer, *behaviours: str) -> None:
    server.script(*behaviours, embedding=behaviours)


def test_the_key_is_read_when_it_is_first_needed_and_then_kept(use: Use, keeper: Keeper, server: OpenAIServer) -> None:
    assert keeper.reads == []
    use()
    keeper.now += 3600
    use()
    assert (len(keeper.reads), asked_with(server)) == (1, ["old", "old"])


def test_a_key_that_was_replaced_is_read_and_the_call_repeated(use: Use, keeper: Keeper, server: OpenAIServer) -> None:
    use()
    keeper.text, keeper.now = "new", keeper.now + 61
    refuse_then_answer(server, "error_401", "good")
    use()
    use()
    assert asked_with(server) == ["old", "old", "new", "new"]
    assert len(keeper.reads) == 2


def test_a_key_that_stays_refused_is_read_once_a_minute(use: Use, keeper: Keeper, server: OpenAIServer) -> None:
    refuse_then_answer(server, "error_401")
    for _ in range(4):
        with pytest.raises((ModelUnavailable, EmbeddingUnavailable)):
            use()
        keeper.now += 25
    assert keeper.reads == [1000.0, 1075.0]
    assert asked_with(server) == ["old"] * 4


def test_secrets_that_are_away_leave_the_answer_to_the_facts(use: Use, keeper: Keeper, server: OpenAIServer) -> None:
    keeper.away = True
    for _ in range(3):
        with pytest.raises((ModelUnavailable, EmbeddingUnavailable)):
            use()
    assert (len(keeper.reads), asked_with(server)) == (1, [])
    keeper.away, keeper.now = False, keeper.now + 11
    use()
    assert asked_with(server) == ["old"]


def test_secrets_that_are_away_do_not_hide_that_a_key_was_refused(
    use: Use, keeper: Keeper, server: OpenAIServer
) -> None:
    use()
    keeper.away, keeper.now = True, keeper.now + 61
    refuse_then_answer(server, "error_401")
    with pytest.raises((ModelUnavailable, EmbeddingUnavailable)) as unavailable:
        use()
    assert unavailable.value.reason == "rejected"


def test_the_runtime_keeps_its_models_when_the_key_in_secrets_manager_is_replaced(
    server: OpenAIServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in {"DEFAULT_REGION": "eu-west-1", "ACCESS_KEY_ID": "t", "SECRET_ACCESS_KEY": "t"}.items():
        monkeypatch.setenv(f"AWS_{name}", value)
    monkeypatch.setattr(secrets, "SECONDS_BETWEEN_READS", 0.0)
    with mock_aws(config={"core": {"passthrough": {"urls": [r"http://127\.0\.0\.1.*"]}}}):
        client = boto3.client("secretsmanager")
        arn = client.create_secret(Name="openai", SecretString="old\n")["ARN"]
        runtime = Runtime(
            Settings(openai_secret_arn=arn, openai_base_url=server.url, embedding_model="text-embedding-3-small")
        )
        model = runtime.language_model
        assert isinstance(model, OpenAILanguageModel)
        model.complete(MESSAGES, max_tokens=50, deadline=Deadline.after(60))
        client.put_secret_value(SecretId=arn, SecretString="new")
        refuse_then_answer(server, "error_401", "good")
        model.complete(MESSAGES, max_tokens=50, deadline=Deadline.after(60))
        assert keys_of(server.requests) == ["old", "old", "new"]
        assert runtime.embedding_model._connection._api_key is model._connection._api_key  # type: ignore[attr-defined]
        model.close()
