"""The peer: the same job in Celery, as its documentation advises for tasks that may be repeated (acks_late).

It runs in Celery's own virtual environment. `python celery_app.py COUNT PAUSE` calls .delay() so often, in a process of its own
as a web process would, and prints each call's microseconds as JSON.
"""

import json
import os
import sys
import time
import uuid

import psycopg
from celery import Celery
from celery.signals import worker_process_init

BROKER = os.environ["BROKER_URL"]
RESULTS = os.environ.get("KEEP_RESULTS") == "1"
RESULT = '{"revenue": 1234.56, "insights": []}'

app = Celery("celery_app", broker=f"{BROKER}/0", backend=f"{BROKER}/1" if RESULTS else None)
app.conf.update(
    task_acks_late=True,
    task_ignore_result=not RESULTS,
    worker_prefetch_multiplier=4,
    broker_connection_retry_on_startup=True,
)
connection: psycopg.Connection | None = None


@worker_process_init.connect
def connect(**_: object) -> None:
    """One connection for each process that works."""
    global connection  # noqa: PLW0603
    connection = psycopg.connect(os.environ["DATABASE_URL"], autocommit=True)


@app.task(bind=True, name="celery_app.do")
def do(self: object, business_id: str, sent_at: float) -> dict[str, object]:
    """The job's one row."""
    assert connection is not None
    connection.execute(
        "INSERT INTO bench_rows (job_id, business_id, result, sent_at) VALUES (%s, %s, %s, %s) ON CONFLICT DO NOTHING",
        (self.request.id, business_id, RESULT, sent_at),  # type: ignore[attr-defined]
    )
    return json.loads(RESULT)


def send(count: int, pause: float) -> list[float]:
    """Microseconds of each .delay(), after a few that open its connection."""
    from celery_app import do as registered  # under the name that the worker knows it by

    for _ in range(20):
        app.send_task("celery.ping", queue="warm-up")
    business, times = str(uuid.uuid4()), []
    for _ in range(count):
        started = time.perf_counter()
        registered.delay(business, time.time())
        times.append((time.perf_counter() - started) * 1e6)
        time.sleep(pause)
    return times


if __name__ == "__main__":
    print(json.dumps(send(int(sys.argv[1]), float(sys.argv[2]))))
