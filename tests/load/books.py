"""The load's books: what was answered against what the database holds."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from cafe_ai.http import NEVER_AN_INFERENCE
from tests.load.contract import declared
from tests.load.recording import NOTHING_CAME, Call, Recorder
from tests.load.world import World

AUDITED = "SELECT request_id, status, count(*) FROM ai_audit_logs WHERE endpoint LIKE '/api/v1/ai/%%' GROUP BY 1, 2"
JOBS = "SELECT id::text, status, error FROM ai_jobs"
REPORTS = """
SELECT request_id, count(*) FROM ai_audit_logs WHERE endpoint LIKE 'jobs/%%' AND status = 'success' GROUP BY 1"""
# 401: nobody is known who asked. 413: nothing was read.
NOT_AUDITED = (401, 413, *NEVER_AN_INFERENCE)
GATEWAY_GAVE_UP = 502  # the environment was lost: it may or may not have come to write its row
SHOWN = 8


@dataclass(frozen=True)
class Audit:
    """How many rows there are of each request, and which of them say that it failed."""

    rows: Counter[str]
    failed: frozenset[str]

    @classmethod
    def read(cls, world: World) -> Audit:
        """As the table is now."""
        found = world.stack.rows(AUDITED)
        rows: Counter[str] = Counter()
        for request_id, _, count in found:
            rows[str(request_id)] += count
        return cls(rows, frozenset(str(request_id) for request_id, status, _ in found if status == "error"))


def expected_rows(call: Call) -> bool:
    """Whether the audit has to have the request."""
    return call.inference and call.status not in (NOTHING_CAME, GATEWAY_GAVE_UP, *NOT_AUDITED)


def missing(world: World, calls: Sequence[Call]) -> set[str]:
    """The requests that the audit has to have and has not."""
    return {str(call.request_id) for call in calls if expected_rows(call)} - Audit.read(world).rows.keys()


def await_audit(world: World, calls: Sequence[Call], seconds: float) -> float:
    """Waits until nothing is missing, or so long; how long that took."""
    began = time.monotonic()
    while missing(world, calls) and time.monotonic() - began < seconds:
        time.sleep(0.5)
    return time.monotonic() - began


def audit_complaints(world: World, calls: Sequence[Call]) -> list[str]:
    """What the audit lacks, has twice, has otherwise than it was answered, or was never asked."""
    audit = Audit.read(world)
    wanted = {str(call.request_id): call for call in calls if expected_rows(call)}
    unsure = {str(call.request_id) for call in calls if call.status == GATEWAY_GAVE_UP}
    asked_in_vain = any(call.status == NOTHING_CAME for call in calls)
    known = {str(call.request_id) for call in calls}
    found = {
        "has no audit row": [one for one in wanted if audit.rows[one] == 0],
        "has more audit rows than one": [one for one, count in audit.rows.items() if count > 1],
        "has an audit row that says otherwise": [
            one
            for one, call in wanted.items()
            if audit.rows[one] == 1 and (call.status >= 400) != (one in audit.failed)
        ],
        "has an audit row and should not": [
            one for one in audit.rows if one in known and one not in wanted and one not in unsure
        ],
    }
    return [
        f"{len(those)} requests: {what}, such as {', '.join(told(wanted.get(one), one) for one in those[:SHOWN])}"
        for what, those in found.items()
        if those and not (asked_in_vain and not known)
    ]


def told(call: Call | None, request_id: str) -> str:
    """A request in a few words."""
    return f"{request_id} ({call.endpoint} {call.status})" if call else request_id


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
