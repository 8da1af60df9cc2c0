"""A worker of the benchmark of jobs: `python -m tests.bench.job_worker FILE QUEUE_URL [--own-row]`.

The event source and the function in one process, as nothing else is to be had here; the function's own processor time is
taken apart, since on AWS the polling is not the function's. After each batch FILE says how many messages and seconds so far.
"""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path
from typing import Any

from cafe_ai import worker
from cafe_ai.bootstrap import Runtime
from cafe_ai.jobs.model import JobKind
from tests.support.event_source import EventSource

KIND = JobKind.PRODUCT_RECOMMENDATIONS
RESULT = {"revenue": 1234.56, "insights": []}
INSERT = b"INSERT INTO bench_rows (job_id, business_id, result) VALUES (%s, %s, %s) ON CONFLICT DO NOTHING"


def with_row(shared: Runtime, job_run: Any) -> dict[str, Any]:
    """The job's one row, as Celery's task writes it, and the result, which the service keeps besides."""
    with shared.database.transaction(job_run.job.business_id) as uow:
        values = (job_run.job.id, job_run.job.business_id, '{"revenue": 1234.56, "insights": []}')
        uow.connection.execute(INSERT, values)
    return RESULT


def with_result_alone(shared: Runtime, job_run: Any) -> dict[str, Any]:
    """The result that the service keeps is the job's one row."""
    return RESULT


def main(book: Path, queue_url: str, run: Any) -> None:
    """Polls until it is killed."""
    import boto3

    handler, spent, handled = worker.job_handler(KIND, run), 0.0, 0

    def timed(event: dict[str, Any], context: Any) -> Any:
        nonlocal spent, handled
        started = time.process_time()
        answer = handler(event, context)
        spent += time.process_time() - started
        handled += len(event["Records"])
        book.write_text(f"{handled} {spent}", encoding="ascii")
        return answer

    parent = os.getppid()
    source = EventSource(boto3.client("sqs"), queue_url, timed)
    while os.getppid() == parent:
        source.poll()


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], with_row if "--own-row" in sys.argv else with_result_alone)
