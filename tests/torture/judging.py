"""What must hold after a torture. Each complaint is a sentence; none is the verdict that nothing was lost or done twice."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tests.torture.processes import FAILS_EVERY, REFUSED, number_of
from tests.torture.run import Report


def complaints(report: Report) -> list[str]:
    """What is wrong, at most ten of a kind."""
    return [
        *_about_jobs(report),
        *_about_endings(report),
        *_about_leftovers(report),
        *_about_notices(report),
        *_about_the_torture(report),
    ]


def _about_jobs(report: Report) -> Iterator[str]:
    jobs = {str(job["id"]): job for job in report.books.jobs()}
    if missing := [number for number in range(report.plan.jobs) if number not in report.accepted]:
        yield f"{len(missing)} jobs were never accepted: {missing[:10]}"
    if lost := [number for number, job_id in report.accepted.items() if job_id not in jobs]:
        yield f"{len(lost)} accepted jobs are gone: {lost[:10]}"
    if unasked := jobs.keys() - set(report.accepted.values()):
        yield f"{len(unasked)} jobs are there that nobody was told of: {sorted(unasked)[:10]}"
    if len(set(report.accepted.values())) != len(report.accepted):
        yield "Two requests were given the same job."
    wrong = [
        f"{number}: {jobs[job_id]}"
        for number, job_id in report.accepted.items()
        if job_id in jobs and not _is_right(number, jobs[job_id])
    ]
    yield from wrong[:10]


def _is_right(number: int, job: dict[str, Any]) -> bool:
    if number_of(job["params"]) != number:
        return False
    if number % FAILS_EVERY == 0:
        return bool(job["status"] == "failed" and job["error"] == REFUSED and job["result"] is None)
    return bool(job["status"] == "completed" and job["error"] is None and job["result"]["number"] == number)


def _about_endings(report: Report) -> Iterator[str]:
    endings = report.books.endings()
    if twice := [f"{job_id} {status} {n} times" for (job_id, status), n in endings.items() if n > 1]:
        yield f"{len(twice)} jobs ended twice: {twice[:10]}"
    if len({job_id for job_id, _ in endings}) != len(endings):
        yield "A job ended both completed and failed."
    if changed := report.books.count("torture.changed_after_the_end"):
        yield f"{changed} times a job was changed after its end."


def _about_leftovers(report: Report) -> Iterator[str]:
    if left := {name: n for name, n in report.left_in_queues.items() if n}:
        yield f"Messages are left: {left}"
    if left_to_send := report.books.count("ai_outbox"):
        yield f"{left_to_send} messages were never sent."
    if letters := report.books.count("ai_dead_letters"):
        yield f"{letters} messages could not be read."


def _about_notices(report: Report) -> Iterator[str]:
    endings = report.books.endings()
    if unheard := [one for one in endings if one not in report.notices]:
        yield f"{len(unheard)} ends were never told of: {unheard[:10]}"
    if strange := [one for one in report.notices if one not in endings]:
        yield f"{len(strange)} ends were told of that never were: {strange[:10]}"
    ids = report.books.count("notification_deliveries")
    if ids != report.plan.jobs:
        yield f"{ids} notifications were written for {report.plan.jobs} jobs."
    if unsent := report.books.count("notification_deliveries", "status <> 'sent'"):
        yield f"{unsent} notifications do not say that they were sent."


def _about_the_torture(report: Report) -> Iterator[str]:
    if report.killed.total() < report.plan.kills:
        yield f"Only {report.killed.total()} of {report.plan.kills} kills took place."
    if report.stalled < report.plan.stalls:
        yield f"Only {report.stalled} of {report.plan.stalls} stalls took place."
