"""The load's books: what was answered against what the database holds."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from cafe_ai.http import NEVER_AN_INFERENCE
from tests.load.contract import declared
from tests.load.recording import NOTHING_CAME, Call, Recorder
from tests.load.world import World
from tests.support.local_stack import API

AUDITED = """
SELECT request_id, endpoint, status, count(*) FROM ai_audit_logs
 WHERE endpoint LIKE '/api/v1/ai/%%' AND request_id IS NOT NULL GROUP BY 1, 2, 3"""
JOBS = "SELECT id::text, status, error FROM ai_jobs"
# 401: nobody is known who asked. 413: nothing was read.
NOT_AUDITED = (401, 413, *NEVER_AN_INFERENCE)
GATEWAY_GAVE_UP = 502  # the environment was lost: it may or may not have come to write its row
SHOWN = 8


class Inference(NamedTuple):
    """What the audit knows an inference by."""

    request_id: str
    endpoint: str


@dataclass(frozen=True)
class Audit:
    """How many rows there are of each request at each endpoint, and which of them say that it failed.

    A job's inferences bear the id of the request that started it, and the endpoint that answers the like.
    """

    rows: Counter[Inference]
    failed: frozenset[Inference]

    @classmethod
    def read(cls, world: World) -> Audit:
        """As the table is now."""
        rows: Counter[Inference] = Counter()
        failed = set()
        for request_id, endpoint, status, count in world.stack.rows(AUDITED):
            one = Inference(str(request_id), endpoint)
            rows[one] += count
            if status == "error":
                failed.add(one)
        return cls(rows, frozenset(failed))


def expected_rows(call: Call) -> bool:
    """Whether the audit has to have the request."""
    return call.inference and call.status not in (NOTHING_CAME, GATEWAY_GAVE_UP, *NOT_AUDITED)


def inference_of(call: Call) -> Inference:
    """As the audit names it."""
    return Inference(str(call.request_id), API + call.endpoint.partition(" ")[2])


def missing(world: World, calls: Sequence[Call]) -> set[Inference]:
    """The inferences that the audit has to have and has not."""
    return {inference_of(call) for call in calls if expected_rows(call)} - Audit.read(world).rows.keys()


def await_audit(world: World, calls: Sequence[Call], seconds: float) -> float:
    """Waits until nothing is missing, or so long; how long that took."""
    began = time.monotonic()
    while missing(world, calls) and time.monotonic() - began < seconds:
        time.sleep(0.5)
    return time.monotonic() - began


def audit_complaints(world: World, calls: Sequence[Call]) -> list[str]:
    """What the audit lacks, has twice, has otherwise than it was answered, or should not have."""
    audit = Audit.read(world)
    wanted = {inference_of(call): call for call in calls if expected_rows(call)}
    refused = {inference_of(call): call for call in calls if call.inference and not expected_rows(call)}
    found = {
        "has no audit row": [one for one in wanted if audit.rows[one] == 0],
        "has more audit rows than one": [one for one, count in audit.rows.items() if count > 1],
        "has an audit row that says otherwise": [
            one
            for one, call in wanted.items()
            if audit.rows[one] == 1 and (call.status >= 400) != (one in audit.failed)
        ],
        "has an audit row and should not": [
            one for one, call in refused.items() if audit.rows[one] and call.status != GATEWAY_GAVE_UP
        ],
    }
    return [
        f"{len(those)} requests: {what}, such as {', '.join(told(one, wanted.get(one)) for one in those[:SHOWN])}"
        for what, those in found.items()
        if those
    ]


def told(one: Inference, call: Call | None) -> str:
    """An inference in a few words."""
    return f"{one.request_id} ({one.endpoint}{f' {call.status}' if call else ''})"


def answer_complaints(calls: Sequence[Call], *, may_be_unavailable: bool = False) -> list[str]:
    """Answers that no contract names, or that the request did not call for."""
    found: Counter[str] = Counter()
    for call in calls:
        unavailable = may_be_unavailable and call.status == 503
        if call.status == NOTHING_CAME or call.status not in declared()[call.endpoint]:
            found[f"{call.endpoint}: {call.status} is not declared ({call.said})"] += 1
        elif call.status >= 500 and not unavailable:
            found[f"{call.endpoint}: {call.status} ({call.said})"] += 1
        elif not call.typed:
            found[f"{call.endpoint}: {call.status} is no typed answer ({call.said})"] += 1
        elif not call.expected and not unavailable and call.status != 429:
            found[f"{call.endpoint}: {call.status} was not to be expected ({call.said})"] += 1
    return [f"{count} × {what}" for what, count in found.most_common(SHOWN)]


def job_complaints(world: World, recorder: Recorder, *, may_fail: bool = False) -> list[str]:
    """Jobs that were accepted and are nowhere, do not end, or failed."""
    status = {job_id: (status, error) for job_id, status, error in world.stack.rows(JOBS)}
    found = [f"job {job_id} is nowhere" for job_id in recorder.jobs if job_id not in status]
    for job_id in recorder.jobs.keys() & status.keys():
        ended, error = status[job_id]
        if ended not in ("completed", "failed") or (ended == "failed" and not may_fail):
            found.append(f"job {job_id} is {ended} ({error})")
    return found


def await_jobs(world: World, recorder: Recorder, seconds: float) -> None:
    """Waits until all jobs that were accepted have ended, or so long."""
    deadline = time.monotonic() + seconds
    waiting = "SELECT count(*) FROM ai_jobs WHERE finished_at IS NULL AND id = ANY(%s::uuid[])"
    while world.stack.rows(waiting, list(recorder.jobs))[0][0] and time.monotonic() < deadline:
        time.sleep(0.5)
