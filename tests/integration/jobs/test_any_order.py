"""Whatever happens to a job in whatever order, it is done once, ends once, and is never forgotten."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cafe_ai.errors import JobBusy, LeaseLost
from cafe_ai.jobs import ending, recovery, service
from cafe_ai.jobs.model import Job, JobStatus, Lease
from cafe_ai.jobs.routing import ROUTES
from tests.support.jobs import FORECAST, Workshop, open_workshop, soon
from tests.support.postgres import TestDatabase

ATTEMPTS = ROUTES[FORECAST].max_attempts
STEPS = [
    "message",
    "finish",
    "fail",
    "release",
    "late finish",
    "late release",
    "silence",
    "sweep",
    "dead letter",
    "redrive",
]


@pytest.fixture(scope="module")
def workshop(module_database: TestDatabase) -> Iterator[Workshop]:
    with open_workshop(module_database) as opened:
        yield opened


@dataclass
class Life:
    """What the test itself knows of one job: who holds it now, who once did, and what was announced of it."""

    workshop: Workshop
    job: Job
    held: Lease | None = None
    lost: list[Lease] = field(default_factory=list)
    ends: list[JobStatus] = field(default_factory=list)
    redriven: int = 0

    @property
    def status(self) -> JobStatus:
        return JobStatus(self.workshop.job(self.job.id)["status"])

    def take(self, step: str) -> None:
        """One thing happens, and does what it should."""
        runtime, known = self.workshop.runtime, self.workshop.job(self.job.id)
        match step:
            case "message":
                self.receive()
            case "finish" | "fail" | "release" if self.held is not None:
                self.give_up_lease(step, self.held)
                self.held = None
            case "late finish" | "late release":
                self.give_up_late(step.removeprefix("late "), known)
            case "silence" if self.held is not None:
                self.workshop.lapse(self.job.id, recovery.LAPSED_SECONDS + 1)
                self.workshop.execute(
                    "UPDATE ai_jobs SET queued_at = now() - interval '1 hour' WHERE id = %s", self.job.id
                )
                self.lost.append(self.held)
                self.held = None
            case "sweep":
                recovery.sweep(runtime, soon())
            case "dead letter":
                try:
                    recovery.see_to_dead_letter(runtime, self.job.id, self.job.business_id, soon())
                except JobBusy:
                    assert self.held is not None
                else:
                    assert self.held is None
            case "redrive":
                self.redriven += recovery.redrive(runtime, soon(), job_id=self.job.id)

    def receive(self) -> None:
        before = self.workshop.job(self.job.id)
        try:
            lease = service.claim(self.workshop.runtime, self.job.id, self.job.business_id, soon())
        except JobBusy:
            assert self.held is not None
            return
        if lease is None:
            assert self.status.ended
            return
        assert self.held is None
        assert before["status"] in ("pending", "processing")
        assert lease.job.attempts == before["attempts"] + 1 <= ATTEMPTS
        self.held = lease

    def give_up_late(self, how: str, known: dict[str, Any]) -> None:
        """Who fell silent may still end the job where nobody has taken it up; and changes nothing of it where one has."""
        for lease in [each for each in self.lost if each.token != known["lease_token"]]:
            with pytest.raises(LeaseLost):
                self.give_up_lease(how, lease)
        assert self.workshop.job(self.job.id) == known
        for lease in [each for each in self.lost if each.token == known["lease_token"]]:
            self.give_up_lease(how, lease)

    def give_up_lease(self, how: str, lease: Lease) -> None:
        runtime = self.workshop.runtime
        if how == "finish":
            service.finish(runtime, lease, {}, soon())
        elif how == "fail":
            service.fail(runtime, lease, "no", soon())
        else:
            service.release(runtime, lease, "not yet", soon())

    def check(self) -> None:
        """It ended as often as was announced: once, and once more for each time that an operator began it anew."""
        ended = self.status.ended
        assert len(self.ends) == self.redriven + ended
        assert all(end is JobStatus.FAILED for end in self.ends[: self.redriven])
        assert (self.held is not None) <= (self.status is JobStatus.PROCESSING)

    def carry_through(self) -> None:
        """However it was left, what the service does by itself brings it to an end."""
        for step in ["silence", "sweep", *["message", "finish"] * (ATTEMPTS + 1)]:
            self.take(step)
        assert self.status.ended
        self.check()


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.sampled_from(STEPS), max_size=16))
def test_job_is_done_and_ends_once_whatever_happens(workshop: Workshop, steps: list[str]) -> None:
    life = Life(workshop, workshop.start(workshop.factory.insert_business()))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ending.notifications, "announce", lambda _, job: life.ends.append(job.status) or [])
        for step in steps:
            life.take(step)
            life.check()
        life.carry_through()
