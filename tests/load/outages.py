"""What is taken away while the load is on, and given back: PostgreSQL, the vector store, the language model, workers."""

from __future__ import annotations

import os
import random
import signal
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import psycopg

from cafe_ai.health.service import HEARTBEAT
from infra.local import chroma, database, processes
from infra.local.state import load, save
from tests.load.memory import postgres_processes
from tests.load.world import World, answers
from tests.support.local_jobs import superuser

BACK_SECONDS = 60.0
LOOK_SECONDS = 0.02
FUNCTION_MARK = b"AWS_LAMBDA_FUNCTION_NAME="
SECONDS_BETWEEN_KILLS = 0.7
START_SECONDS = 15.0
KILLED_FUNCTIONS = (
    b"Query",
    b"Recommend",
    b"SalesAnalysis",
    b"ProductSuggestions",
    b"Documents",
    b"Conversations",
    b"Jobs",
)


@dataclass(frozen=True, slots=True)
class Outage:
    """take_away and give_back do that; give_back returns once the dependency itself answers again.

    refuses: whether answers may be 503 while it lasts (otherwise they are degraded). breaks: how many requests in flight may
    end as the gateway's own error, each kill one of them at most. lacks: what is missing in answers: "model" or "vectors", or
    nothing that shows.
    """

    name: str
    take_away: Callable[[World], None]
    give_back: Callable[[World], None]
    refuses: bool = False
    breaks: Callable[[], int] | None = None
    lacks: str = ""


def await_that(is_so: Callable[[], bool], what: str) -> None:
    """Waits until it is so. Raises RuntimeError where that takes too long."""
    deadline = time.monotonic() + BACK_SECONDS
    while not is_so():
        if time.monotonic() > deadline:
            raise RuntimeError(f"{what} does not come back.")
        time.sleep(LOOK_SECONDS)


def _signal_postgres(world: World, number: int) -> None:
    for pid in postgres_processes(world.stack):
        _signal(pid, number)


def _signal(pid: int, number: int) -> None:
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        return


def kill_postgres(world: World) -> None:
    """The postmaster and all its children at once, as when the machine is switched off."""
    _signal_postgres(world, signal.SIGKILL)


def start_postgres(world: World) -> None:
    """On the same files and port, until it takes connections."""
    server = database.server(world.stack.layout, load(world.stack.layout).ports["postgres"])
    await_that(lambda: not server.is_running(), "The killed PostgreSQL ends, or it")
    starting = threading.Thread(target=server.start)
    starting.start()
    await_that(lambda: _takes_connections(world), "PostgreSQL")
    starting.join()


def resume_postgres(world: World) -> None:
    """What was stopped goes on."""
    _signal_postgres(world, signal.SIGCONT)
    await_that(lambda: _takes_connections(world), "PostgreSQL")


def _takes_connections(world: World) -> bool:
    try:
        psycopg.connect(superuser(world.stack), connect_timeout=2).close()
    except psycopg.OperationalError:
        return False
    return True


def signal_chroma(world: World, number: int) -> None:
    """To the vector store's process."""
    _signal(load(world.stack.layout).processes[chroma.NAME].pid, number)


def start_chroma(world: World) -> None:
    """On the same files and port."""
    layout = world.stack.layout
    record = load(layout)
    await_that(lambda: not processes.is_running(record.processes[chroma.NAME]), "The killed vector store ends, or it")
    record.processes[chroma.NAME] = chroma.start(layout, record.ports[chroma.NAME])
    save(layout, record)
    chroma.wait_until_ready(layout, record.processes[chroma.NAME], record.ports[chroma.NAME])


def resume_chroma(world: World) -> None:
    """What was stopped goes on."""
    signal_chroma(world, signal.SIGCONT)
    port = load(world.stack.layout).ports[chroma.NAME]
    await_that(lambda: answers(f"{chroma.url_of(port)}{HEARTBEAT}"), "The vector store")


def replace_model(behaviour: str) -> Callable[[World], None]:
    """The language model behaves otherwise from now on."""

    def begin(world: World) -> None:
        world.model.kill()
        world.model.start(behaviour)

    return begin


def kill_model(world: World) -> None:
    """Nobody listens on its port."""
    world.model.kill()


@dataclass
class Killer:
    """Kills a process of some function every so often, until it is told to stop. killed: how many."""

    world: World
    chance: random.Random = field(default_factory=lambda: random.Random(1))
    killed: int = 0

    def start(self, _: World) -> None:
        """Begins."""
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def stop(self, _: World) -> None:
        """Ends."""
        self._over.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._over.is_set():
            if found := workers(self.world, KILLED_FUNCTIONS):
                _signal(self.chance.choice(found), signal.SIGKILL)
                self.killed += 1
            self._over.wait(SECONDS_BETWEEN_KILLS)


def workers(world: World, functions: Sequence[bytes]) -> list[int]:
    """The processes that run these functions, but for those that still start: the emulator ends the others with such a one."""
    marks = tuple(FUNCTION_MARK + b"cafe-ai-" + name + b"Function" for name in functions)
    found = []
    for pid in processes.left_over(world.stack.layout.home):
        try:
            environ = (processes.PROC / str(pid) / "environ").read_bytes()
        except OSError:
            continue
        if any(value.startswith(marks) for value in environ.split(b"\0")) and _age(pid) > START_SECONDS:
            found.append(pid)
    return found


def _age(pid: int) -> float:
    """The seconds since the process was started; 0 where it has ended."""
    try:
        started = int((processes.PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()[19])
        up = float((processes.PROC / "uptime").read_text().split()[0])
    except OSError:
        return 0.0
    return up - started / os.sysconf("SC_CLK_TCK")


def everything(world: World) -> list[Outage]:
    """All that is taken away, in turn."""
    killer = Killer(world)
    back = replace_model("good")
    return [
        Outage("PostgreSQL killed", kill_postgres, start_postgres, refuses=True),
        Outage("vector store killed", lambda w: signal_chroma(w, signal.SIGKILL), start_chroma, lacks="vectors"),
        Outage("language model killed", kill_model, back, lacks="model"),
        Outage("PostgreSQL hangs", lambda w: _signal_postgres(w, signal.SIGSTOP), resume_postgres, refuses=True),
        Outage("vector store hangs", lambda w: signal_chroma(w, signal.SIGSTOP), resume_chroma, lacks="vectors"),
        Outage("language model hangs", replace_model("hang"), back, lacks="model"),
        Outage("language model answers 500", replace_model("error_500"), back, lacks="model"),
        Outage("language model answers 429", replace_model("error_429"), back, lacks="model"),
        Outage("language model answers garbage", replace_model("not_json"), back, lacks="model"),
        Outage("workers killed", killer.start, killer.stop, breaks=lambda: killer.killed),
    ]
