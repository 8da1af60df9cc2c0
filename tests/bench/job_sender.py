"""A sender of the benchmark of jobs: `python -m tests.bench.job_sender COUNT PAUSE BUSINESS` starts so many jobs.

Prints as JSON the microseconds of each start, and those that it waited for the queue to take the message.
"""

from __future__ import annotations

import json
import sys
import time
from typing import Any
from uuid import UUID

from cafe_ai.bootstrap import runtime
from cafe_ai.jobs import service
from cafe_ai.platform.clock import Deadline
from cafe_ai.platform.queue import MessageQueue
from tests.bench.job_worker import KIND

WARM_UP = 20


def main(count: int, pause: float, business: UUID) -> None:
    """Starts the jobs one after the other, `WARM_UP` more before them that are not counted."""
    waits: list[float] = []
    send = MessageQueue.send_batch

    def timed_send(self: MessageQueue, *arguments: Any, **options: Any) -> list[bool]:
        started = time.perf_counter()
        try:
            return send(self, *arguments, **options)
        finally:
            waits.append((time.perf_counter() - started) * 1e6)

    MessageQueue.send_batch = timed_send  # type: ignore[method-assign]
    params = {"business_type": "cafeteria", "business_name": "Café Central"}
    times = []
    for _ in range(WARM_UP + count):
        started = time.perf_counter()
        service.start(runtime(), KIND, business, params, deadline=Deadline.after(10))
        times.append((time.perf_counter() - started) * 1e6)
        time.sleep(pause)
    print(json.dumps({"us": times[WARM_UP:], "queue_us": waits[WARM_UP:]}))


if __name__ == "__main__":
    main(int(sys.argv[1]), float(sys.argv[2]), UUID(sys.argv[3]))
