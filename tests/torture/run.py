"""Jobs accepted over the API while workers, and whoever else, are killed; and what the books say afterwards."""

from __future__ import annotations

import json
import os
import random
import signal
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

from cafe_ai.notifications import channels
from cafe_ai.platform.db import Database
from tests.support.factories import Factory
from tests.support.issuer import AUDIENCE, Issuer, running_issuer
from tests.support.nursery import Nursery, running_nursery
from tests.support.postgres import TestDatabase
from tests.support.receiver import Receiver, running_receiver
from tests.support.sqs import Queue, Sqs
from tests.torture.accounting import Books

PROCESSES = "tests.torture.processes"
WORKER_POINTS = ("claimed", "working", "finishing", "finished", "answered")
SENDER_POINTS = ("unsent", "sent")
NOTIFIER_POINTS = ("posted",)
STALLED = "stalled"
FUNCTIONS = {
    "sender": "accept",
    "worker": "work",
    "notifier": "notify",
    "relay": "relay",
    "dead letters": "take_dead_letters",
}
BUSINESSES, MEMBERS = 5, 4
POLL_SECONDS = 0.05
WOKEN_SECONDS = 1.0  # in which one that was thought dead finds out
SILENCE_SECONDS = 60.0  # nothing has ended for so long: it hangs


@dataclass(frozen=True)
class Plan:
    """How many jobs, by how many processes, and what happens to them.

    A stall: a worker stops in the middle of its work for longer than its lease and the message's visibility, and goes on.
    """

    jobs: int
    kills: int
    stalls: int = 4
    workers: int = 3
    senders: int = 1
    duplicates: float = 0.05
    postponed: float = 0.02
    visibility_seconds: int = 5
    lease_seconds: float = 3.0
    seed: int = 1


@dataclass
class Report:
    """What was done, and the books."""

    plan: Plan
    seconds: float
    killed: Counter[str]
    stalled: int
    accepted: dict[int, str]
    deliveries: int
    notices: Counter[tuple[str, str]]
    books: Books = field(repr=False)
    left_in_queues: dict[str, int] = field(default_factory=dict)

    def told(self) -> str:
        """The figures, a line each."""
        runs = self.books.count("torture.runs")
        endings = self.books.endings()
        lines = {
            "jobs accepted": len(self.accepted),
            "ended": ", ".join(f"{n} {status}" for status, n in sorted(Counter(s for _, s in endings).items())),
            "ended more than once": sum(n - 1 for n in endings.values()),
            "kills": f"{self.killed.total()} ({', '.join(f'{n} {what}' for what, n in sorted(self.killed.items()))})",
            "stalls": self.stalled,
            "messages delivered to a worker": self.deliveries,
            "runs of the work": f"{runs}, {runs - len(endings)} of them in vain",
            "notifications received": f"{self.notices.total()}, of {len(self.notices)} jobs' ends",
            "left in queues": self.left_in_queues,
            "left in the outbox": self.books.count("ai_outbox"),
            "seconds": f"{self.seconds:.0f} ({self.plan.jobs / self.seconds:.0f} jobs a second)",
        }
        return "\n".join(f"{name}: {value}" for name, value in lines.items())


@dataclass(frozen=True)
class World:
    """A database with businesses and members, a queue, and the environment of functions that work with them."""

    database: TestDatabase
    sqs: Sqs
    queue: Queue
    notifications: Queue
    folder: Path
    environ: dict[str, str]
    callers: list[list[str]]
    books: Books
    receiver: Receiver

    @property
    def queue_urls(self) -> dict[str, str]:
        """Every queue and dead-letter queue."""
        return {
            "jobs": self.queue.url,
            "dead letters of jobs": self.queue.dead_letters_url,
            "notifications": self.notifications.url,
            "dead letters of notifications": self.notifications.dead_letters_url,
        }


@contextmanager
def open_world(database: TestDatabase, sqs: Sqs, *, visibility_seconds: int, lease_seconds: float) -> Iterator[World]:
    """Everything but the processes; the queues go with it."""
    with (
        running_issuer() as issuer,
        closing(Factory.connected(database).connection) as connection,
        closing(Books.opened(database)) as books,
        running_receiver() as receiver,
        tempfile.TemporaryDirectory(prefix="cafe-ai-torture-") as folder,
    ):
        name = f"torture-{Path(folder).name[-8:]}"
        queue = sqs.create_queue(name, visibility_seconds=visibility_seconds)
        notifications = sqs.create_queue(f"{name}-notifications", visibility_seconds=visibility_seconds)
        environ = {
            **sqs.environ,
            "DATABASE_URL": database.app,
            "JWT_ISSUER": issuer.url,
            "JWT_AUDIENCE": AUDIENCE,
            "QUEUE_URLS": f"generate_product_recommendations={queue.url} notifications={notifications.url}",
            "RATE_LIMIT_PER_MINUTE": "1000000",
            "LOG_LEVEL": "WARNING",
            "WEBHOOK_PRIVATE_HOSTS": "127.0.0.1",
            "TORTURE_FOLDER": folder,
            "TORTURE_LEASE_SECONDS": str(lease_seconds),
        }
        callers = list(_callers(Factory(connection), issuer))
        _have_told(database, {business for business, _ in callers}, receiver)
        try:
            yield World(database, sqs, queue, notifications, Path(folder), environ, callers, books, receiver)
        finally:
            sqs.delete_queue(queue)
            sqs.delete_queue(notifications)


def _callers(factory: Factory, issuer: Issuer) -> Iterator[list[str]]:
    """A business and the token of a member of it, each."""
    in_two_hours = int(time.time()) + 7200
    for number in range(BUSINESSES):
        business = factory.insert_business(f"Café {number}")
        for product in range(number):
            factory.insert_product(business, f"Café {number}.{product}")
        for _ in range(MEMBERS):
            yield [str(business), issuer.token(factory.insert_membership(business), exp=in_two_hours)]


def _have_told(database: TestDatabase, businesses: set[str], receiver: Receiver) -> None:
    """Each business wants to be told of its jobs by a webhook."""
    with closing(Database(database.saas)) as saas:
        for business in businesses:
            url = receiver.url(path=f"/{business}")
            channels.add(saas, UUID(business), "webhook", url, private_hosts=frozenset({"127.0.0.1"}))


def torture(world: World, plan: Plan) -> Report:
    """Has the jobs accepted and worked on, kills, waits until everything is quiet; judges nothing."""
    with running_nursery([PROCESSES], world.environ, world.folder / "nursery.log") as nursery:
        run = _Run(world, plan, nursery, random.Random(plan.seed))
        started = time.monotonic()
        run.go()
        seconds = time.monotonic() - started
    accepted = {
        int(number): job_id
        for book in world.folder.glob("accepted-*")
        for number, job_id in (line.split() for line in book.read_text(encoding="utf-8").splitlines())
    }
    delivered = sum(int(line) for line in (world.folder / "deliveries").read_text(encoding="utf-8").splitlines())
    left = {name: world.sqs.count(url) for name, url in world.queue_urls.items()}
    told = [json.loads(one.body) for one in world.receiver.received]
    notices = Counter((one["job_id"], one["status"]) for one in told)
    return Report(plan, seconds, run.killed, run.stalled, accepted, delivered, notices, world.books, left)


@dataclass
class _Process:
    role: str
    pid: int
    first: int = 0
    point: str | None = None
    stopped_at: float | None = None
    woken_at: float | None = None


class _Run:
    def __init__(self, world: World, plan: Plan, nursery: Nursery, rng: random.Random) -> None:
        self.killed: Counter[str] = Counter()
        self.stalled = 0
        self._world = world
        self._plan = plan
        self._nursery = nursery
        self._rng = rng
        self._processes: list[_Process] = []
        self._points = list(self._draw_points())
        # The moments of the other kills: when so many jobs have ended.
        at_random = plan.kills - plan.kills // 2
        self._moments = sorted(int(rng.random() * plan.jobs * 0.95) for _ in range(at_random))

    def go(self) -> None:
        """From the first job to the moment when nothing is left to do."""
        self._processes = [self._start(role, first) for role, first in self._roles()]
        ended, last_change = -1, time.monotonic()
        while True:
            self._replace_dead()
            self._wake_stalled()
            before, ended = ended, self._world.books.count("torture.endings")
            while self._moments and ended >= self._moments[0]:
                self._moments.pop(0)
                self._kill_one()
            if ended != before:
                last_change = time.monotonic()
            if not self._sending and ended >= self._plan.jobs and not self._stalling and self._is_quiet():
                return
            if time.monotonic() - last_change > SILENCE_SECONDS:
                raise AssertionError(f"Nothing more happens after {ended} jobs.\n{self._logs()}")
            time.sleep(POLL_SECONDS)

    def _roles(self) -> Iterator[tuple[str, int]]:
        yield from (("sender", first) for first in range(self._plan.senders))
        yield from (("worker", 0) for _ in range(self._plan.workers))
        yield ("notifier", 0)
        yield ("relay", 0)
        yield ("dead letters", 0)

    def _draw_points(self) -> Iterator[str]:
        """Half of the kills are at chosen points, each as often as any other; and the stalls."""
        names = [*WORKER_POINTS, *SENDER_POINTS, *NOTIFIER_POINTS]
        for number in range(max(self._plan.kills // 2, self._plan.stalls)):
            if number < self._plan.stalls:
                yield STALLED
            if number < self._plan.kills // 2:
                yield names[number % len(names)]

    def _start(self, role: str, first: int = 0) -> _Process:
        world, plan = self._world, self._plan
        point = self._next_point(role)
        death = {"point": point, "after": self._rng.randint(1, 8)}
        options: dict[str, Any] = {"environ": world.environ}
        if role == "sender":
            options |= {
                "callers": world.callers,
                "first": first,
                "step": plan.senders,
                "count": plan.jobs,
                "death": death,
            }
        elif role == "worker":
            options |= {"queue_url": world.queue.url, "seed": self._rng.randrange(2**31), "death": death}
            options |= {"duplicates": plan.duplicates, "postponed": plan.postponed}
        elif role == "notifier":
            options |= {"queue_url": world.notifications.url, "seed": self._rng.randrange(2**31), "death": death}
            options |= {"duplicates": plan.duplicates, "postponed": plan.postponed}
        elif role == "relay":
            options |= {"pause_seconds": 0.5, "death": death}
        else:
            options |= {"queue_urls": [world.queue.dead_letters_url, world.notifications.dead_letters_url]}
        log = world.folder / f"{role.replace(' ', '-')}.log"
        pid = self._nursery.start(f"{PROCESSES}:{FUNCTIONS[role]}", log, **options)
        return _Process(role, pid, first, point)

    def _next_point(self, role: str) -> str | None:
        points = {"worker": (*WORKER_POINTS, STALLED), "sender": SENDER_POINTS, "notifier": NOTIFIER_POINTS}
        wanted = points.get(role, ())
        found = next((point for point in self._points if point in wanted), None)
        if found:
            self._points.remove(found)
        return found

    @property
    def _sending(self) -> bool:
        return any(process.role == "sender" for process in self._processes)

    def _replace_dead(self) -> None:
        for process in list(self._processes):
            code = self._nursery.exit_code(process.pid)
            if code is None:
                continue
            self._processes.remove(process)
            if code == -9 and process.point:
                self.killed[f"{process.role} {process.point}"] += 1
                self._processes.append(self._start(process.role, process.first))
            elif code != 0 or process.role != "sender":
                raise AssertionError(f"A {process.role} ended with {code}.\n{self._logs()}")
            else:
                self._forget_points(SENDER_POINTS)

    def _wake_stalled(self) -> None:
        """Lets those go on that have been thought dead for long enough; a while later others take their place."""
        now = time.monotonic()
        for process in [one for one in self._processes if one.point == STALLED]:
            if process.woken_at is not None:
                if now - process.woken_at > WOKEN_SECONDS:
                    process.point = None
                    self._kill(process)
            elif _is_stopped(process.pid):
                process.stopped_at = process.stopped_at or now
                if now - process.stopped_at > self._plan.lease_seconds + self._plan.visibility_seconds + 1:
                    os.kill(process.pid, signal.SIGCONT)
                    process.woken_at = now
                    self.stalled += 1

    def _kill_one(self) -> None:
        role = self._rng.choices(list(FUNCTIONS), (2, 8, 2, 1, 1))[0]
        process = next((one for one in self._shuffled() if one.role == role), None)
        self._kill(process or next(one for one in self._shuffled() if one.role == "worker"))

    def _kill(self, process: _Process) -> None:
        self._nursery.kill(process.pid)
        self._processes.remove(process)
        self.killed[f"{process.role} at random"] += 1
        if process.point and not process.woken_at:
            self._points.append(process.point)
        self._processes.append(self._start(process.role, process.first))

    @property
    def _stalling(self) -> bool:
        return any(process.stopped_at and process.point for process in self._processes)

    def _shuffled(self) -> list[_Process]:
        return self._rng.sample(self._processes, len(self._processes))

    def _forget_points(self, names: tuple[str, ...]) -> None:
        """Points that nobody comes by any more become kills at random."""
        if self._sending:
            return
        lost = [point for point in self._points if point in names]
        self._points = [point for point in self._points if point not in names]
        ended = self._world.books.count("torture.endings")
        self._moments += [self._rng.randint(ended, self._plan.jobs) for _ in lost]
        self._moments.sort()

    def _is_quiet(self) -> bool:
        books = self._world.books
        if books.count("ai_outbox"):
            books.let_time_pass(5)
            return False
        return not any(self._world.sqs.count(url) for url in self._world.queue_urls.values())

    def _logs(self) -> str:
        """The end of what each role wrote, without its metrics."""
        told = []
        for log in sorted(self._world.folder.glob("*.log")):
            lines = log.read_text(encoding="utf-8", errors="replace").splitlines()
            told += [f"== {log.name}", *[line for line in lines if '"_aws"' not in line][-20:]]
        return "\n".join(told)


def _is_stopped(pid: int) -> bool:
    return Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()[0] == "T"
