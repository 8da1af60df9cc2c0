"""What the load is put on: a stack of its own, two businesses with many members, and a language model that can be killed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from uuid import UUID
from zoneinfo import ZoneInfo

import httpx
import psycopg

from cafe_ai.intake import service as intake
from cafe_ai.platform.db import Database
from cafe_ai.platform.ids import uuid7
from infra.local import processes
from infra.local.layout import PROJECT, Layout
from infra.local.postgres import free_port
from infra.local.sample_business.loading import BUSINESS, write_csv
from infra.local.state import State, read_state
from infra.local.tokens import make_token
from tests.support.local_stack import Stack, run_stack

MEMBERS = {"owner": 24, "manager": 16, "analyst": 8, "staff": 8}  # of each business: at 100 requests a minute by one
SECOND_BUSINESS_DAYS = 120
TOKEN_SECONDS = 4 * 3600.0
MODEL_START_SECONDS = 20.0
STACK_SETTINGS = {
    "OPENAI_API_KEY": "test",
    "JOB_RETRY_SECONDS": "0.2",
    "LOG_LEVEL": "WARNING",
    "LAMBDA_WARM_TTL_SECONDS": "7200",  # a process that ended could not be seen to grow
}


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody who works in a business, and the token to prove it."""

    user_id: UUID
    role: str
    token: str


@dataclass(frozen=True, slots=True)
class Tenant:
    """A business and its members. language: what its members mostly write in."""

    id: UUID
    language: str
    members: Sequence[Member]

    def with_roles(self, *roles: str) -> list[Member]:
        """Its members who have one of these roles."""
        return [member for member in self.members if member.role in roles]


@dataclass
class ModelServer:
    """The scripted language model as a process of its own, always on the same port."""

    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """The base URL for OpenAI's client."""
        return f"http://127.0.0.1:{self.port}/v1"

    def start(self, behaviour: str = "good") -> None:
        """Starts it, answering in that way (`tests.support.openai_server`), and waits until it does."""
        environ = {**os.environ, "PYTHONPATH": os.pathsep.join((str(PROJECT), str(PROJECT / "layers" / "core")))}
        command = [sys.executable, "-m", "tests.support.openai_server", "--port", str(self.port)]
        self.process = subprocess.Popen(
            [*command, "--behaviour", behaviour], env=environ, cwd=PROJECT, stdout=subprocess.DEVNULL
        )
        deadline = time.monotonic() + MODEL_START_SECONDS
        while not answers(f"{self.url}/models"):
            if time.monotonic() > deadline or self.process.poll() is not None:
                raise RuntimeError("The scripted language model does not start.")
            time.sleep(0.02)

    def kill(self) -> None:
        """Kills it, if it runs."""
        if self.process is not None:
            self.process.send_signal(signal.SIGKILL)
            self.process.wait()
            self.process = None


def answers(url: str) -> bool:
    """Whether something answers there at once, whatever it says."""
    try:
        with urllib.request.urlopen(url, timeout=1):
            return True
    except urllib.error.HTTPError:
        return True
    except (urllib.error.URLError, OSError):
        return False


@dataclass(frozen=True)
class World:
    """Everything under load. hasty is a member who asks more often than one may; operator and stranger belong to no business."""

    stack: Stack
    tenants: Sequence[Tenant]
    model: ModelServer
    hasty: Member
    operator: Member
    stranger: Member

    @property
    def state(self) -> State:
        """How to reach the stack."""
        return self.stack.state


@contextmanager
def open_world(home: Path | None = None, settings: Mapping[str, str] | None = None) -> Iterator[World]:
    """A stack of the load's own in that folder (default: a temporary one), stopped at the end whatever happens."""
    with ExitStack() as closing_down:
        folder = home or Path(closing_down.enter_context(tempfile.TemporaryDirectory(prefix="cafe-ai-load-")))
        folder.mkdir(mode=0o755, parents=True, exist_ok=True)
        folder.chmod(0o755)
        layout = Layout(PROJECT, folder)
        model = ModelServer()
        closing_down.callback(model.kill)
        model.start()
        closing_down.callback(_stop, layout)
        run_stack(
            layout, "run", "--detach", settings={**STACK_SETTINGS, "OPENAI_BASE_URL": model.url, **(settings or {})}
        )
        state = read_state(layout)
        if state is None:
            raise RuntimeError("The stack did not come up.")
        client = closing_down.enter_context(httpx.Client(base_url=state.base_url, timeout=35))
        yield people(Stack(layout, state, client), model)


def _stop(layout: Layout) -> None:
    run_stack(layout, "stop")
    processes.kill(processes.left_over(layout.home))


def people(stack: Stack, model: ModelServer) -> World:
    """The sample business with more members, a second business without a budget, and people who belong to neither."""
    state = stack.state
    first, second = UUID(state.business_id), uuid7()
    load_second_business(state.dsn_saas, second)
    tenants = [Tenant(first, "es", _join(state, first)), Tenant(second, "en", _join(state, second))]
    stack.rows("UPDATE businesses SET monthly_budget_usd = 0 WHERE id = %s RETURNING id", second)
    hasty = _join(state, first, {"owner": 1})[0]
    return World(stack, tenants, model, hasty, _token(state, "operator", operator=True), _token(state, "stranger"))


def load_second_business(dsn_saas: str, business_id: UUID) -> None:
    """The sample business's last months as another's."""
    business = replace(
        BUSINESS, id=business_id, name="Harbour Coffee", timezone="Europe/London", currency="GBP", locale="en"
    )
    local_now = datetime.now(ZoneInfo(business.timezone)).replace(tzinfo=None)
    first_day: date = local_now.date() - timedelta(days=SECOND_BUSINESS_DAYS)
    with closing(Database(dsn_saas)) as database, tempfile.TemporaryDirectory() as folder:
        intake.ensure_business(database, business, {})
        files = write_csv(Path(folder), first_day, local_now)
        intake.import_catalogue(database, files["catalogue"], business_id)
        intake.import_lines(database, files["lines"], business_id)


def _join(state: State, business_id: UUID, wanted: Mapping[str, int] = MEMBERS) -> list[Member]:
    members = [_token(state, role) for role, count in wanted.items() for _ in range(count)]
    with psycopg.connect(state.dsn_saas) as connection:
        connection.execute("SELECT set_config('app.business_id', %s, false)", [str(business_id)])
        for member in members:
            connection.execute(
                "INSERT INTO memberships VALUES (%s, %s, %s)", [business_id, member.user_id, member.role]
            )
    return members


def _token(state: State, role: str, *, operator: bool = False) -> Member:
    user_id = uuid7()
    return Member(user_id, role, make_token(state, user_id, operator=operator, seconds=TOKEN_SECONDS))
