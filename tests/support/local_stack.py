"""A local stack of the tests' own, as its commands and its API's clients see it."""

import os
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import httpx
import psycopg
import pytest

from infra.local import database, emulator
from infra.local.dev_users import DEV_USERS
from infra.local.layout import PROJECT, Layout
from infra.local.postgres import SUPERUSER
from infra.local.state import State, load
from infra.local.tokens import make_token

API = "/api/v1/ai"
NOT_PASSED_ON = (
    "OPENAI_API_KEY", "OPENAI_BASE_URL", "LLM_MODEL", "EMBEDDING_MODEL", "CACHE_URL", "RATE_LIMIT_PER_MINUTE",
    "JOB_RETRY_SECONDS", "DETACH", "OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_HEADERS", "OTEL_TRACES_SAMPLER_ARG",
)  # fmt: skip
INDEX_SECONDS = 30
# What search could find and the index that serves does not hold, and what is still to be looked at.
NOT_INDEXED = """
SELECT d.id FROM documents d WHERE NOT EXISTS (
    SELECT FROM index_entries e JOIN index_generations g USING (business_id, collection)
    WHERE g.status = 'serving' AND e.business_id = d.business_id AND e.key = d.key AND e.content_hash = d.content_hash)
UNION ALL SELECT 'waiting' FROM index_outbox
"""


def stack_command(
    layout: Layout, *arguments: str, settings: Mapping[str, str] | None = None, module: str = "infra.local.main"
) -> subprocess.Popen[str]:
    """Begin `python -m infra.local.main` with these arguments and settings, for the stack in that home."""
    environ = {name: value for name, value in os.environ.items() if name not in NOT_PASSED_ON}
    environ.update(CAFE_AI_HOME=str(layout.home), CAFE_AI_PORT="0", **(settings or {}))
    environ["PYTHONPATH"] = os.pathsep.join((str(PROJECT), str(PROJECT / "layers" / "core")))
    return subprocess.Popen(
        [sys.executable, "-m", module, *arguments],
        env=environ,
        cwd=PROJECT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def run_stack(layout: Layout, *arguments: str, **options: Any) -> str:
    """Run one command of the local stack to its end and return what it printed; fail with that where it failed."""
    with stack_command(layout, *arguments, **options) as command:
        printed, _ = command.communicate()
    if command.returncode:
        pytest.fail(f"{' '.join(arguments)} ended with {command.returncode}:\n{printed}")
    return printed


@dataclass(frozen=True)
class Stack:
    """A running stack, as a client of its API sees it."""

    layout: Layout
    state: State
    client: httpx.Client

    def token(self, role: str = "owner", **options: Any) -> str:
        return make_token(self.state, DEV_USERS[role], **options)

    def call(self, method: str, path: str, *, token: str | None = None, **options: Any) -> httpx.Response:
        """Call API Gateway, as the sample business's owner unless another token is given."""
        authorization = {"Authorization": f"Bearer {self.token() if token is None else token}"}
        headers = {**authorization, **options.pop("headers", {})}
        return self.client.request(method, API + path, headers=headers, **options)

    def read(self, method: str, path: str, **options: Any) -> Any:
        """The JSON of a call that must succeed."""
        response = self.call(method, path, **options)
        assert response.is_success, response.text
        return response.json() if response.content else None

    def post(self, body: dict[str, Any], *, token: str | None = None, **headers: str) -> httpx.Response:
        """Send a question to API Gateway, as the sample business's owner unless another token is given."""
        return self.call("POST", "/query", token=token, json=body, headers=headers)

    def ask(self, question: str, **more: Any) -> dict[str, Any]:
        response = self.post({"query": question, "business_id": self.state.business_id, **more})
        assert response.status_code == 200, response.text
        answer: dict[str, Any] = response.json()
        return answer

    def rows(self, sql: str, *parameters: object) -> list[tuple[Any, ...]]:
        """What is really in the database: read past the service, its rollups and its row-level security."""
        server = database.server(self.layout, load(self.layout).ports["postgres"])
        with psycopg.connect(server.dsn(SUPERUSER)) as connection:
            return connection.execute(sql, parameters).fetchall()

    def invoke_indexer(self) -> None:
        """Have the indexer run now, as its schedule does each minute."""
        functions = emulator.client("lambda", load(self.layout).ports["emulator"])
        answer = functions.invoke(FunctionName=self.state.indexer, Payload=b"{}")
        assert "FunctionError" not in answer, answer["Payload"].read()

    def await_index(self, *, invoking: bool = False) -> None:
        """Wait until the index holds all that search could find, as the queue brings it there; or the schedule, whose next
        minutes are not waited for where `invoking`."""
        deadline = time.monotonic() + INDEX_SECONDS
        while lacking := self.rows(NOT_INDEXED):
            assert time.monotonic() < deadline, f"not indexed: {lacking}"
            if invoking:
                self.invoke_indexer()
            time.sleep(0.2)
