"""The path of a job against Celery's with a Redis broker: on the same PostgreSQL, in one run, the sides in turn.

Each side takes a full queue of jobs that write one row, with one worker process and with two, and then one at a time. What
each process used of the processor is told apart: workers, broker, database.
"""

from __future__ import annotations

import json
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg

from infra.local.environment import VirtualEnvironment, ensure_environment
from infra.local.layout import current, python_of
from tests.bench.fresh import PROJECT, python_environ
from tests.bench.job_sender import WARM_UP
from tests.bench.job_tables import describe
from tests.bench.processes_cpu import seconds_of
from tests.bench.report import Result
from tests.bench.shops import Shop, create_database, drop_database
from tests.support.children import Child
from tests.support.factories import Factory
from tests.support.postgres import TestDatabase
from tests.support.sqs import Sqs, running_sqs
from tests.support.valkey import running_valkey

BENCH = PROJECT / "tests" / "bench"
ROWS = """
CREATE TABLE bench_rows (
    job_id uuid PRIMARY KEY, business_id uuid NOT NULL, result jsonb NOT NULL, sent_at float8,
    finished_at timestamptz NOT NULL DEFAULT clock_timestamp());
GRANT INSERT, SELECT ON bench_rows TO cafe_ai_app;
"""
ENDS = "SELECT count(*), extract(epoch FROM max(finished_at) - min(finished_at))::float8 FROM "
PACE_SECONDS = 0.02
LIMIT_SECONDS = 300.0


@dataclass(frozen=True)
class Bench:
    """What both sides work with."""

    database: TestDatabase
    business: UUID
    celery: Path
    jobs: int
    paced: int
    folder: Path

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """As a superuser sees them."""
        with psycopg.connect(self.database.superuser, autocommit=True) as connection:
            cursor = connection.execute(sql.encode())
            return cursor.fetchall() if cursor.description else []

    @property
    def postgres_pid(self) -> int:
        """The server's first process."""
        return int(self.rows("SELECT pg_read_file('postmaster.pid')")[0][0].split()[0])


@dataclass(frozen=True)
class Running:
    """One side's broker, and how its jobs are sent and worked on."""

    broker_pid: int
    send: Callable[[int, float], dict[str, list[float]]]
    worker: Callable[[int], Child]
    ended: str  # the table, with a condition, whose rows are the jobs that have ended
    waits: str  # milliseconds from the sending of a job to its row
    functions: Callable[[], float | None]  # processor seconds within functions


def measure(shop: Shop, quick: bool) -> Result:
    """Three rounds of every side; medians of the rounds."""
    rounds, jobs, paced = (1, 200, 50) if quick else (3, 1_000, 150)
    database = create_database(shop.database.server, "jobs")
    layout = current()
    celery = VirtualEnvironment("Celery", layout.shared / "venvs" / "celery", BENCH / "requirements" / "celery.txt")
    ensure_environment(layout, celery)
    samples: dict[str, list[dict[str, Any]]] = {}
    with tempfile.TemporaryDirectory(prefix="cafe-ai-bench-jobs-") as folder:
        business = _add_business(database)
        bench = Bench(database, business, python_of(celery.folder), jobs, paced, Path(folder))
        bench.rows(ROWS)
        for _ in range(rounds):
            for name, workers, side in _cases():
                samples.setdefault(name, []).append(_once(bench, workers, side))
                print(f"{name}: {samples[name][-1]['jobs_per_s']:.0f} jobs/s", flush=True)
    drop_database(database)
    return Result(describe(samples, jobs), {"samples": samples})


Side = Callable[[Bench], Any]


def _cases() -> Iterator[tuple[str, int, Side]]:
    for workers in (1, 2):
        suffix = f"{workers} worker{'s' if workers > 1 else ''}"
        yield f"ours, the result is the row, {suffix}", workers, partial(_ours, own_row=False)
        yield f"ours, a row and the result, {suffix}", workers, partial(_ours, own_row=True)
        yield f"Celery, no result kept, everysec, {suffix}", workers, partial(_celery, fsync="everysec", result=False)
        yield f"Celery, result in the broker, always, {suffix}", workers, partial(_celery, fsync="always", result=True)


def _once(bench: Bench, workers: int, side: Side) -> dict[str, Any]:
    bench.rows("TRUNCATE bench_rows; TRUNCATE ai_jobs, ai_outbox CASCADE")
    with ExitStack() as stack:
        running: Running = stack.enter_context(side(bench))
        postgres = bench.postgres_pid
        before = seconds_of(running.broker_pid), seconds_of(postgres)
        accepted = running.send(bench.jobs, 0.0)
        accepting = [
            (after - b) / bench.jobs * 1e6
            for after, b in zip((seconds_of(running.broker_pid), seconds_of(postgres)), before, strict=True)
        ]
        whole = bench.jobs + (WARM_UP if "queue_us" in accepted else 0)
        before = seconds_of(running.broker_pid), seconds_of(postgres)
        children = []
        for number in range(workers):
            children.append(running.worker(number))
            stack.callback(children[-1].kill)
        starting = _wait(bench, running, 1, children)
        idle = sum(seconds_of(child.process.pid) for child in children)
        functions = running.functions() or 0.0
        _wait(bench, running, whole, children)
        used = sum(seconds_of(child.process.pid) for child in children) - idle
        inside = running.functions()
        working = [
            (after - b) / whole * 1e6
            for after, b in zip((seconds_of(running.broker_pid), seconds_of(postgres)), before, strict=True)
        ]
        ((count, span),) = bench.rows(ENDS + running.ended)
        bench.rows("TRUNCATE bench_rows; TRUNCATE ai_jobs, ai_outbox CASCADE")
        paced = running.send(bench.paced, PACE_SECONDS)
        _wait(bench, running, bench.paced, children)
        waits = [float(row[0]) for row in bench.rows(running.waits)]
    left = whole - starting
    return {
        "jobs_per_s": (count - 1) / span,
        "worker_us": used / left * 1e6,
        "per_core": left / used,
        "per_core_with_postgres": 1e6 / (used / left * 1e6 + working[1]),
        "function_us": None if inside is None else (inside - functions) / left * 1e6,
        "accept_broker_us": accepting[0],
        "accept_postgres_us": accepting[1],
        "broker_us": working[0],
        "postgres_us": working[1],
        "accept_us": accepted["us"],
        "accept_queue_us": accepted.get("queue_us"),
        "accept_paced_us": paced["us"],
        "to_row_ms": waits,
    }


def _wait(bench: Bench, running: Running, count: int, children: Sequence[Child]) -> int:
    """Until so many jobs have ended; how many have."""
    ends = time.monotonic() + LIMIT_SECONDS
    with psycopg.connect(bench.database.superuser, autocommit=True) as connection:
        while True:
            row = connection.execute(f"SELECT count(*) FROM {running.ended}".encode()).fetchone()
            assert row is not None
            if row[0] >= count:
                return int(row[0])
            if time.monotonic() > ends or not all(child.runs for child in children):
                logs = [log.read_text(encoding="utf-8", errors="replace")[-1500:] for log in bench.folder.glob("*.log")]
                raise RuntimeError(f"{row[0]} of {count} jobs ended. {logs}")
            time.sleep(0.05)


@contextmanager
def _ours(bench: Bench, own_row: bool) -> Iterator[Running]:
    with running_sqs() as sqs:
        queue = sqs.create_queue("jobs", visibility_seconds=120)
        environ = _our_environ(bench, sqs, queue.url)
        books: list[Path] = []

        def worker(number: int) -> Child:
            books.append(bench.folder / f"book-{number}")
            books[-1].unlink(missing_ok=True)
            command = ["-m", "tests.bench.job_worker", str(books[-1]), queue.url, *(["--own-row"] if own_row else [])]
            log = bench.folder / "worker.log"
            return Child.start([str(python_of(current().venv)), *command], log=log, cwd=PROJECT, env=environ)

        def functions() -> float:
            return sum(float(book.read_text(encoding="ascii").split()[1]) for book in books if book.exists())

        def send(count: int, pause: float) -> dict[str, list[float]]:
            command = ["-m", "tests.bench.job_sender", str(count), str(pause), str(bench.business)]
            return _output([str(python_of(current().venv)), *command], environ)

        waits = "SELECT extract(epoch FROM finished_at - created_at) * 1000 FROM ai_jobs"
        yield Running(sqs.pid, send, worker, "ai_jobs WHERE status = 'completed'", waits, functions)


def _our_environ(bench: Bench, sqs: Sqs, url: str) -> dict[str, str]:
    queues = f"generate_product_recommendations={url} notifications={url}"
    return python_environ({**sqs.environ, "DATABASE_URL": bench.database.app, "QUEUE_URLS": queues})


@contextmanager
def _celery(bench: Bench, fsync: str, result: bool) -> Iterator[Running]:
    with running_valkey("--appendonly", "yes", "--appendfsync", fsync) as broker:
        environ = python_environ(
            {
                "DATABASE_URL": bench.database.app,
                "BROKER_URL": f"redis://127.0.0.1:{broker.port}",
                "KEEP_RESULTS": str(int(result)),
                "C_FORCE_ROOT": "1",
            }
        )
        environ.pop("PYTHONPATH")
        peers = BENCH / "peers"

        def worker(number: int) -> Child:
            command = [str(bench.celery), "-m", "celery", "-A", "celery_app", "worker", "-l", "WARNING", "-c", "1"]
            log = bench.folder / "celery.log"
            return Child.start([*command, "-n", f"w{number}@local"], log=log, cwd=peers, env=environ)

        def send(count: int, pause: float) -> dict[str, list[float]]:
            return {"us": _output([str(bench.celery), "celery_app.py", str(count), str(pause)], environ, peers)}

        waits = "SELECT (extract(epoch FROM finished_at) - sent_at) * 1000 FROM bench_rows"
        yield Running(broker.pid, send, worker, "bench_rows", waits, lambda: None)


def _output(command: list[str], environ: dict[str, str], folder: Path = PROJECT) -> Any:
    done = subprocess.run(command, env=environ, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{command[-3:]} failed: {done.stderr[-2000:]}")
    return json.loads(done.stdout.splitlines()[-1])


def _add_business(database: TestDatabase) -> UUID:
    with closing(Factory.connected(database).connection) as connection:
        return Factory(connection).insert_business()
