"""A local stack of the tests' own, as its commands and its API's clients see it."""

import os
import subprocess
import sys
from dataclasses import dataclass
from typing import Any

import httpx
import psycopg
import pytest

from infra.local import database
from infra.local.dev_users import DEV_USERS
from infra.local.layout import PROJECT, Layout
from infra.local.postgres import SUPERUSER
from infra.local.state import State, load
from infra.local.tokens import make_token

NOT_PASSED_ON = ("OPENAI_API_KEY", "OPENAI_BASE_URL", "LLM_MODEL", "RATE_LIMIT_PER_MINUTE", "DETACH")


def stack_command(layout: Layout, *arguments: str) -> subprocess.Popen[str]:
    """Begin `python -m infra.local.main` with these arguments, for the stack in that home."""
    environ = {name: value for name, value in os.environ.items() if name not in NOT_PASSED_ON}
    environ.update(CAFE_AI_HOME=str(layout.home), CAFE_AI_PORT="0")
    environ["PYTHONPATH"] = os.pathsep.join((str(PROJECT), str(PROJECT / "layers" / "core")))
    return subprocess.Popen(
        [sys.executable, "-m", "infra.local.main", *arguments],
        env=environ,
        cwd=PROJECT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def run_stack(layout: Layout, *arguments: str) -> str:
    """Run one command of the local stack to its end and return what it printed; fail with that where it failed."""
    with stack_command(layout, *arguments) as command:
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

    def post(self, body: dict[str, Any], *, token: str | None = None, **headers: str) -> httpx.Response:
        """Send a question to API Gateway, as the sample business's owner unless another token is given."""
        authorization = {"Authorization": f"Bearer {self.token() if token is None else token}"}
        return self.client.post("/api/v1/ai/query", json=body, headers={**authorization, **headers})

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
