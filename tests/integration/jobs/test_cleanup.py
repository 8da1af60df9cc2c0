"""The cleanup removes what is past its time and nothing else, goes on where it was, and changes no figure of usage-stats."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from cafe_ai.audit import service as audit
from cafe_ai.jobs import service as jobs
from cafe_ai.jobs.cleanup import service
from cafe_ai.jobs.model import JobKind
from cafe_ai.jobs.running import JobRun
from cafe_ai.platform.clock import Deadline, now_utc
from cafe_ai.platform.db import Database
from cafe_ai.tenancy.model import User
from cafe_ai.usage import repository as usage
from functions.workers.cleanup.handler import handler
from tests.security.upkeep import INSERT_CHANNEL, INSERT_DELIVERY
from tests.support.files import FakeFiles
from tests.support.inferences import a_turn, an_inference
from tests.support.jobs import Workshop, body_for, context, soon, sqs_event

OLD, YOUNG = timedelta(days=31), timedelta(days=29)
NOTHING = {
    "jobs": 0,
    "files": 0,
    "deliveries": 0,
    "conversations": 0,
    "audit_texts": 0,
    "feedback_comments": 0,
    "dead_letters": 0,
    "examples": 0,
    "traces": 0,
}


@dataclass
class Attic:
    """A shop with old and young things of every kind."""

    workshop: Workshop
    files: FakeFiles
    user: UUID

    def given_job(self, business: UUID, age: timedelta, status: str = "completed", files: int = 0) -> UUID:
        job = self.workshop.start(business, JobKind.SALES_REPORT).id
        ended = "NULL" if status in ("pending", "processing") else "now() - %(age)s"
        self.workshop.superuser.execute(
            f"""UPDATE ai_jobs SET status = %(status)s, finished_at = {ended}, created_at = now() - %(age)s,
                       lease_token = CASE %(status)s WHEN 'processing' THEN gen_random_uuid() END,
                       lease_expires_at = CASE %(status)s WHEN 'processing' THEN now() END
                 WHERE id = %(job)s""".encode(),
            {"job": job, "age": age, "status": status},
        )
        for number in range(files):
            self.files.files[f"reports/{business}/{job}/{number}.pdf"] = b""
            self.files.files[f"work/{job}/{uuid4()}/{number}.json"] = b""
        return job

    def given_delivery(self, business: UUID, job: UUID) -> None:
        channel = uuid4()
        self.workshop.execute(INSERT_CHANNEL, channel, business, f"{channel}@example.com")
        self.workshop.execute(INSERT_DELIVERY, uuid4(), business, channel, job, "job.completed")

    def given_question(self, business: UUID, age: timedelta) -> UUID:
        inference = an_inference(self.user, business, timestamp=now_utc() - age)
        turn = a_turn(inference, assistant_type="SALES_ANALYSIS")
        audit.store(self.workshop.runtime, inference, turn, soon())
        self.workshop.execute(
            "INSERT INTO ai_feedback VALUES (%s, %s, %s, 'up', 'Muy bien', now() - %s, 'up', now() - %s)",
            turn.id,
            self.user,
            business,
            age,
            age,
        )
        return turn.id

    def clean(self, **options: Any) -> dict[str, Any]:
        """What the worker makes of a new job; its row."""
        job = self.workshop.start(None, JobKind.CLEANUP, **options)
        assert handler(sqs_event([body_for(job)], "cleanup_old_ai_jobs"), context()) == {"batchItemFailures": []}
        return self.workshop.job(job.id)

    def ids(self, table: str, column: str = "id") -> set[Any]:
        return {row[column] for row in self.workshop.rows(table)}


@pytest.fixture
def attic(workshop: Workshop) -> Iterator[Attic]:
    files = FakeFiles()
    vars(workshop.runtime)["reports"] = files
    yield Attic(workshop, files, uuid4())


def test_what_is_past_goes_and_all_else_stays(attic: Attic, business: UUID) -> None:
    gone = {attic.given_job(business, OLD, status, files=2) for status in ("completed", "failed")}
    kept = {attic.given_job(business, OLD, status, files=1) for status in ("pending", "processing")}
    kept |= {attic.given_job(business, YOUNG, status, files=1) for status in ("completed", "failed")}
    for job in gone | kept:
        attic.given_delivery(business, job)
    attic.given_question(business, OLD)
    young_turn = attic.given_question(business, YOUNG)
    attic.workshop.execute("INSERT INTO ai_dead_letters VALUES ('old', 'q', 'Hola', now() - %s)", OLD)
    attic.workshop.execute("INSERT INTO ai_dead_letters VALUES ('new', 'q', 'Hola', now() - %s)", YOUNG)

    cleaned = attic.clean()
    assert cleaned["status"] == "completed"
    assert cleaned["result"].items() >= {
        "jobs": 2, "files": 8, "deliveries": 2, "conversations": 1, "audit_texts": 1, "feedback_comments": 1,
        "dead_letters": 1, "complete": True,
    }.items()  # fmt: skip
    assert attic.ids("ai_jobs") == kept | {cleaned["id"]}
    assert attic.ids("notification_deliveries", "job_id") == kept
    assert len(attic.files.files) == 2 * len(kept)
    assert attic.ids("ai_conversations") == {young_turn}
    assert attic.ids("ai_dead_letters", "message_id") == {"new"}
    told = sorted((row["prompt"], row["response"], row["tokens_used"]) for row in attic.workshop.rows("ai_audit_logs"))
    assert told[0] == ("", "", told[1][2])
    assert all(told[1][:2])
    assert sorted(row["comment"] or "" for row in attic.workshop.rows("ai_feedback")) == ["", "Muy bien"]
    assert [row["rating"] for row in attic.workshop.rows("ai_feedback")] == ["up", "up"]


def test_usage_does_not_change(attic: Attic, business: UUID) -> None:
    other = attic.workshop.factory.insert_business()
    for age in (OLD, OLD, YOUNG):
        attic.given_question(business, age)
    attic.given_question(other, OLD)

    def figures() -> list[object]:
        database: Database = attic.workshop.runtime.database
        found: list[object] = []
        for shop in (business, other):
            with database.transaction(shop) as uow:
                found += [usage.sums_of_business(uow, shop), usage.conversations_of_business(uow, shop)]
        with database.transaction(None, attic.user) as uow:
            return [*found, usage.sums_of_user(uow), usage.conversations_of_user(uow)]

    before = figures()
    assert before[1] == {"SALES_ANALYSIS": 3}
    assert before[-1] == {"SALES_ANALYSIS": 4}
    assert attic.clean()["result"]["conversations"] == 3
    assert figures() == before
    assert attic.clean()["result"].items() >= NOTHING.items()
    assert figures() == before


class KilledError(BaseException):
    """The process is gone: nothing is written after it."""


@pytest.mark.parametrize("after", range(1, 8))
def test_killed_anywhere_it_goes_on_where_it_was(
    attic: Attic, business: UUID, monkeypatch: pytest.MonkeyPatch, after: int
) -> None:
    """Each batch is of one thing; the process is killed before the transaction of that number, or while files go."""
    monkeypatch.setattr(service, "AT_ONCE", 1)
    monkeypatch.setattr(service, "JOBS_AT_ONCE", 1)
    for _ in range(2):
        attic.given_delivery(business, attic.given_job(business, OLD, files=1))
        attic.given_question(business, OLD)
    job = attic.workshop.start(None, JobKind.CLEANUP)
    lease = jobs.claim(attic.workshop.runtime, job.id, None, soon())
    assert lease is not None
    transaction, delete_under, steps = Database.transaction, attic.files.delete_under, iter(range(1, 1000))

    def step(*arguments: Any, **options: Any) -> Any:
        if next(steps) == after:
            raise KilledError
        return transaction(*arguments, **options)

    def delete(prefix: str) -> int:
        if next(steps) == after:
            raise KilledError
        return delete_under(prefix)

    with monkeypatch.context() as patched, pytest.raises(KilledError):
        patched.setattr(Database, "transaction", step)
        patched.setattr(attic.files, "delete_under", delete)
        service.run(attic.workshop.runtime, JobRun(attic.workshop.runtime, lease, soon()))
    attic.workshop.lapse(job.id)
    assert handler(sqs_event([body_for(job)]), context()) == {"batchItemFailures": []}
    assert attic.workshop.job(job.id)["status"] == "completed"
    assert attic.ids("ai_jobs") == {job.id}
    assert attic.files.files == {}
    assert attic.workshop.rows("notification_deliveries") == attic.workshop.rows("ai_conversations") == []
    assert [row["conversations"] for row in attic.workshop.rows("past_conversations")] == [2]
    assert {row["prompt"] for row in attic.workshop.rows("ai_audit_logs")} == {""}


def test_job_whose_files_cannot_be_deleted_is_kept(attic: Attic, business: UUID) -> None:
    old = attic.given_job(business, OLD, files=1)
    attic.files.down = True
    job = attic.workshop.start(None, JobKind.CLEANUP)
    assert len(handler(sqs_event([body_for(job)]), context())["batchItemFailures"]) == 1
    assert old in attic.ids("ai_jobs")
    attic.files.down = False
    assert handler(sqs_event([body_for(job)]), context()) == {"batchItemFailures": []}
    assert attic.ids("ai_jobs") == {job.id}


def test_job_that_was_begun_again_meanwhile_is_kept(attic: Attic, business: UUID) -> None:
    old = attic.given_job(business, OLD, "failed")
    with attic.workshop.runtime.database.transaction() as uow:
        assert [job.id for job in service.repository.past_jobs(uow, now_utc(), 5)] == [old]
    attic.workshop.execute("UPDATE ai_jobs SET status = 'pending', finished_at = NULL WHERE id = %s", old)
    with attic.workshop.runtime.database.transaction() as uow:
        assert service.repository.remove_past_jobs(uow, now_utc(), [old]) == (0, 0)


def test_nothing_of_the_last_day_is_ever_removed(attic: Attic, business: UUID) -> None:
    attic.given_job(business, timedelta(hours=23))
    attic.given_question(business, timedelta(hours=23))
    with attic.workshop.runtime.database.transaction() as uow:
        tomorrow = now_utc() + timedelta(days=1)
        assert service.repository.past_jobs(uow, tomorrow, 5) == []
        assert [remove(uow, tomorrow, 5) for remove in service.TEXTS.values()] == [0] * len(service.TEXTS)


def test_user_who_erases_at_the_same_time_waits_for_nobody(attic: Attic, business: UUID) -> None:
    """A row that an erasure holds is left for the next night."""
    attic.given_question(business, OLD)
    other = Database(attic.workshop.database.app)
    with other.transaction(None, attic.user) as uow:
        uow.connection.execute("SELECT erase_conversations()")
        assert attic.clean()["result"].items() >= NOTHING.items()
    other.close()
    assert attic.workshop.rows("ai_conversations") == []


def test_what_the_time_did_not_allow_another_job_does(attic: Attic, business: UUID) -> None:
    attic.given_question(business, OLD)
    job = attic.workshop.start(None, JobKind.CLEANUP)
    lease = jobs.claim(attic.workshop.runtime, job.id, None, soon())
    assert lease is not None
    for _ in range(2):
        late = JobRun(attic.workshop.runtime, lease, Deadline.after(service.LEAST_SECONDS - 1))
        assert service.run(attic.workshop.runtime, late)["complete"] is False
    (follower,) = [row for row in attic.workshop.rows("ai_jobs") if row["id"] != job.id]
    assert (follower["kind"], follower["params"]) == ("cleanup_old_ai_jobs", {"days_old": 30})
    assert len(attic.workshop.rows("ai_conversations")) == 1


def test_erased_and_past_conversations_do_not_come_back_to_their_user(attic: Attic, business: UUID) -> None:
    from cafe_ai.conversations import service as conversations

    attic.given_question(business, OLD)
    attic.clean()
    user = User(attic.user, False, "r", soon())
    assert conversations.list_own(attic.workshop.runtime.database, user, skip=0, limit=5) == []
    assert conversations.erase_all(attic.workshop.runtime.database, replace(user, deadline=soon())) == 0
