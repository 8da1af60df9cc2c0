"""Mixed load for a while: every answer is one the contract names, every inference is audited once, and no memory is lost."""

from __future__ import annotations

import time
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from tests.bench.report import table
from tests.load import books, memory
from tests.load.crowd import Crowd
from tests.load.memory import Growth, Sampler
from tests.load.recording import Call
from tests.load.world import World

JOBS_SECONDS = 120.0
AUDIT_SECONDS = 60.0
TOLD_SECONDS = 60.0  # between two lines of progress


@dataclass(frozen=True)
class Outcome:
    """A soak's calls and what was found wrong (nothing, where all is well)."""

    seconds: float
    users: int
    calls: Sequence[Call]
    jobs: int
    growth: Sequence[Growth]
    complaints: Sequence[str]
    memory: dict[str, Any]


def soak(
    world: World, minutes: float, users: int = 4, *, between_jobs: float = 5.0, judge_memory: bool = True
) -> Outcome:
    """The load for so many minutes, once every function has been called, and what came of it."""
    crowd = Crowd(world, users, between_jobs)
    crowd.warm_up()
    with Sampler(world.stack, every=min(10.0, minutes * 2)) as sampler, crowd:
        _wait(crowd, minutes * 60)
    recorder = crowd.recorder
    books.await_jobs(world, recorder, JOBS_SECONDS)
    books.await_audit(world, recorder.calls, AUDIT_SECONDS)
    growth = sampler.growth(crowd.began, crowd.ended)
    complaints = [
        *books.answer_complaints(recorder.calls),
        *books.audit_complaints(world, recorder.calls),
        *books.job_complaints(world, recorder),
        *(memory.complaints(growth) if judge_memory else ()),
    ]
    seconds = crowd.ended - crowd.began
    held = memory.series(sampler.samples, crowd.began)
    return Outcome(seconds, users, recorder.calls, len(recorder.jobs), growth, complaints, held)


def _wait(crowd: Crowd, seconds: float) -> None:
    end, told = time.monotonic() + seconds, time.monotonic()
    while time.monotonic() < end and not crowd.broken:
        time.sleep(min(0.5, max(0.0, end - time.monotonic())))
        if time.monotonic() - told >= TOLD_SECONDS:
            told = time.monotonic()
            calls = crowd.recorder.calls
            failed = sum(call.status >= 500 or not call.status for call in calls)
            print(f"  {(told - crowd.began) / 60:.0f} min: {len(calls):,} requests, {failed} failed", flush=True)


def percentile(ordered: Sequence[float], share: float) -> float:
    """Of values in order."""
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def told(outcome: Outcome) -> str:
    """The outcome in Markdown."""
    statuses = Counter(call.status for call in outcome.calls)
    audited = sum(books.expected_rows(call) for call in outcome.calls)
    by_model = sum(bool(call.model) and call.model != "rules" for call in outcome.calls)
    failed = sum(call.status >= 500 or not call.status for call in outcome.calls)
    verdict = "\n".join(f"- **{complaint}**" for complaint in outcome.complaints) or (
        "Every status is one that the OpenAPI document of its operation declares, each of these inferences has exactly one "
        "row in the audit, every job ended as completed."
    )
    head = (
        f"{outcome.users} users for {outcome.seconds / 60:.1f} minutes: **{len(outcome.calls):,} requests** "
        f"({len(outcome.calls) / outcome.seconds:.0f} a second), {failed} of them 5xx or unanswered; {audited:,} inferences "
        f"({by_model:,} questions told by the language model), {outcome.jobs} jobs. "
        f"Statuses: {', '.join(f'{status} × {count:,}' for status, count in sorted(statuses.items()))}."
    )
    return "\n\n".join((head, verdict, latencies(outcome.calls), memories(outcome.growth)))


def latencies(calls: Sequence[Call]) -> str:
    """A table by endpoint."""
    by_endpoint: dict[str, list[Call]] = defaultdict(list)
    for call in calls:
        by_endpoint[call.endpoint].append(call)
    rows = []
    for endpoint, those in sorted(by_endpoint.items()):
        times = sorted(call.seconds * 1000 for call in those)
        statuses = Counter(call.status for call in those)
        said = ", ".join(f"{status} × {count:,}" for status, count in sorted(statuses.items()))
        rows.append(
            (f"`{endpoint}`", f"{len(those):,}", *(f"{percentile(times, s):.0f}" for s in (0.5, 0.95, 0.99)), said)
        )
    return table(("endpoint", "requests", "p50 ms", "p95 ms", "p99 ms", "answers"), rows)


def memories(growth: Sequence[Growth]) -> str:
    """A table by function and server."""
    workers = memory.of_workers(growth)
    lines = [(one.group, one.processes, one.all, one.busiest) for one in growth]
    rows = [
        (name, count, f"{all.early / 1e6:.1f}", f"{all.late / 1e6:.1f}", f"{all.share:+.1%}", f"{busiest.share:+.1%}")
        for name, count, all, busiest in lines
    ]
    heads = ("processes of", "n", "MB, second fifth", "MB, last fifth", "growth", "of the busiest")
    summed = f"All functions' processes together: {workers.early / 1e6:,.0f} MB, then {workers.late / 1e6:,.0f} MB: "
    return f"{summed}**{workers.share:+.1%}**.\n\n{table(heads, rows)}"
