"""Nobody's jobs: overdue ones are sent anew or fail, dead letters are acted on, and an operator begins failed ones anew."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID, uuid4

import pytest

from cafe_ai.errors import DependencyDown, InvalidRequest
from cafe_ai.jobs import ending, recovery, service
from cafe_ai.jobs.model import Job, JobKind, JobStatus, Lease
from cafe_ai.jobs.routing import ROUTES
from cafe_ai.platform.clock import Deadline
from cafe_ai.worker import job_handler
from functions.workers.dead_letters.handler import handler as dead_letters
from functions.workers.outbox_relay.handler import handler as outbox_relay
from functions.workers.redrive.handler import handler as redrive
from tests.support.jobs import FORECAST, Workshop, body_for, context, soon, sqs_event

ATTEMPTS = ROUTES[FORECAST].max_attempts
DEAD_QUEUE = f"{FORECAST.value}-dead"


def claim(workshop: Workshop, job: Job) -> Lease:
    lease = service.claim(workshop.runtime, job.id, job.business_id, soon())
    assert lease is not None
    return lease


def use_up(workshop: Workshop, job: Job, reason: str = "no data") -> None:
    for _ in range(ATTEMPTS):
        service.release(workshop.runtime, claim(workshop, job), reason, soon())


def age(workshop: Workshop, job: Job, seconds: float) -> None:
    workshop.execute("UPDATE ai_jobs SET queued_at = now() - make_interval(secs => %s) WHERE id = %s", seconds, job.id)


def bury(*bodies: str) -> list[str]:
    """Hands dead letters to their function; those that come again."""
    event = sqs_event(bodies, DEAD_QUEUE)
    again = {record["itemIdentifier"] for record in dead_letters(event, context())["batchItemFailures"]}
    return [record["body"] for record in event["Records"] if record["messageId"] in again]


# The sweeper


def test_job_whose_worker_fell_silent_is_sent_anew(workshop: Workshop, business: UUID) -> None:
    job = workshop.start(business)
    lease = claim(workshop, job)
    age(workshop, job, 600)
    assert recovery.sweep(workshop.runtime, soon()) == recovery.Swept(0, 0)  # it is at work
    workshop.lapse(job.id, recovery.LAPSED_SECONDS - 10)
    assert recovery.sweep(workshop.runtime, soon()) == recovery.Swept(0, 0)  # its own message may still come
    workshop.lapse(job.id, recovery.LAPSED_SECONDS + 1)
    assert recovery.sweep(workshop.runtime, soon()) == recovery.Swept(1, 0)
    assert len(workshop.messages) == 2
    row = workshop.job(job.id)
    assert (row["status"], row["error"]) == ("pending", ending.FELL_SILENT)
    assert recovery.sweep(workshop.runtime, soon()) == recovery.Swept(0, 0)
    assert claim(workshop, job).job.attempts == lease.job.attempts + 1


def test_job_that_waits_too_long_without_a_message_is_sent_anew(workshop: Workshop, business: UUID) -> None:
    waiting = workshop.start(business)
    age(workshop, waiting, recovery.PENDING_SECONDS - 10)
    workshop.queues[FORECAST.value].down = True
    unsent = workshop.start(business)
    age(workshop, unsent, recovery.PENDING_SECONDS + 10)
    workshop.queues[FORECAST.value].down = False
    ended = workshop.start(business)
    service.finish(workshop.runtime, claim(workshop, ended), {}, soon())
    age(workshop, ended, recovery.PENDING_SECONDS + 10)
    assert recovery.sweep(workshop.runtime, soon()) == recovery.Swept(0, 0)  # the relay has the second one's message
    age(workshop, waiting, recovery.PENDING_SECONDS + 10)
    assert recovery.sweep(workshop.runtime, soon()) == recovery.Swept(1, 0)
    assert [message["job_id"] for message in workshop.messages].count(str(waiting.id)) == 2
    assert recovery.sweep(workshop.runtime, soon()) == recovery.Swept(0, 0)


def test_overdue_job_without_attempts_fails_with_the_reason(
    workshop: Workshop, business: UUID, announced: list[Job]
) -> None:
    used_up, silent = workshop.start(business), workshop.start(None, JobKind.CLEANUP)
    use_up(workshop, used_up, "no data")
    age(workshop, used_up, recovery.PENDING_SECONDS + 10)
    for _ in range(ATTEMPTS):
        claim(workshop, silent)
        workshop.lapse(silent.id, 1000)
    age(workshop, silent, 1000)
    assert recovery.sweep(workshop.runtime, soon()) == recovery.Swept(0, 2)
    assert workshop.job(used_up.id)["error"] == "gave up after 5 attempts: no data"
    assert workshop.job(silent.id)["error"] == f"gave up after 5 attempts: {ending.FELL_SILENT}"
    assert [job.id for job in announced] == [used_up.id]  # nobody is told of the service's own
    assert (announced[0].status, announced[0].error) == (JobStatus.FAILED, "gave up after 5 attempts: no data")


def test_sweep_sees_to_more_than_it_takes_at_once(
    workshop: Workshop, business: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recovery, "AT_ONCE", 3)
    jobs = [workshop.start(business) for _ in range(8)]
    for job in jobs:
        age(workshop, job, recovery.PENDING_SECONDS + 10)
    assert recovery.sweep(workshop.runtime, soon(recovery.RESERVE_SECONDS - 1)) == recovery.Swept(0, 0)
    assert recovery.sweep(workshop.runtime, soon()) == recovery.Swept(8, 0)


def test_the_relay_s_function_relays_and_sweeps(
    workshop: Workshop, business: UUID, capsys: pytest.CaptureFixture[str]
) -> None:
    workshop.queues[FORECAST.value].down = True
    job, lost = workshop.start(business), workshop.start(business)
    workshop.queues[FORECAST.value].down = False
    workshop.execute("UPDATE ai_outbox SET available_at = now()")
    workshop.execute("DELETE FROM ai_outbox WHERE body ->> 'job_id' = %s", str(lost.id))
    age(workshop, lost, recovery.PENDING_SECONDS + 10)
    outbox_relay({"id": "event"}, context())
    assert [message["job_id"] for message in workshop.messages] == [str(job.id), str(lost.id)]
    [measured] = [json.loads(line) for line in capsys.readouterr().out.splitlines() if '"_aws"' in line]
    assert (measured["MessagesRelayed"], measured["JobsSwept"], measured["Errors"]) == (1, 1, 0)
    assert 0 < measured["OutboxAge"] < 60


# Dead letters


def test_poison_message_fails_its_job_with_the_reason_of_its_last_attempt(
    workshop: Workshop, business: UUID, announced: list[Job]
) -> None:
    def stumble(*_: object) -> dict[str, Any]:
        raise DependencyDown("vectors")

    job = workshop.start(business)
    worker = job_handler(FORECAST, stumble)
    for _ in range(ATTEMPTS):
        assert worker(sqs_event([body_for(job)]), context())["batchItemFailures"]
    assert workshop.job(job.id)["status"] == "pending"
    assert workshop.queues[FORECAST.value].hidden == {"receipt-0": 0.0}  # on to the dead-letter queue
    assert bury(body_for(job)) == []
    row = workshop.job(job.id)
    assert (row["status"], row["gave_up"]) == ("failed", True)
    assert row["error"] == ("gave up after 5 attempts: A system this answer needs is not reachable; try again shortly.")
    assert bury(body_for(job)) == []
    assert [told.id for told in announced] == [job.id]


def test_dead_letter_of_a_job_in_work_waits(workshop: Workshop, business: UUID) -> None:
    job = workshop.start(business)
    lease = claim(workshop, job)
    assert bury(body_for(job)) == [body_for(job)]
    assert workshop.job(job.id)["lease_token"] == lease.token
    service.finish(workshop.runtime, lease, {}, soon())
    assert bury(body_for(job)) == []
    assert workshop.job(job.id)["status"] == "completed"


def test_message_burnt_by_duplicates_is_sent_anew(workshop: Workshop, business: UUID) -> None:
    untouched, silent = workshop.start(business), workshop.start(business)
    claim(workshop, silent)
    workshop.lapse(silent.id)
    sent_before = len(workshop.messages)
    assert bury(body_for(untouched), body_for(silent)) == []
    assert [workshop.job(job.id)["status"] for job in (untouched, silent)] == ["pending", "pending"]
    assert [message["job_id"] for message in workshop.messages[sent_before:]] == [str(untouched.id), str(silent.id)]


def test_dead_letter_of_a_job_that_is_gone_is_done_with(workshop: Workshop, business: UUID) -> None:
    assert bury(json.dumps({"job_id": str(uuid4()), "business_id": str(business)})) == []


def test_dead_letter_of_a_notification_is_seen_to_by_notifications(
    workshop: Workshop, business: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[tuple[UUID, UUID]] = []

    def see_to(_: object, delivery: UUID, shop: UUID, __: Deadline) -> None:
        seen.append((delivery, shop))

    monkeypatch.setattr("cafe_ai.notifications.service.see_to_dead_letter", see_to)
    delivery = uuid4()
    assert bury(json.dumps({"delivery_id": str(delivery), "business_id": str(business)})) == []
    assert seen == [(delivery, business)]
    assert workshop.rows("ai_dead_letters") == []


def test_unreadable_dead_letter_is_kept_once(workshop: Workshop) -> None:
    unreadable = [
        "Hola\0",
        "[1]",
        '{"delivery_id": "x"}',
        '{"job_id": null, "business_id": null}',
        '{"job_id": "019ab", "business_id": null}',
        "\ud800",
        "[" * 100_000,
    ]
    event = sqs_event(unreadable, DEAD_QUEUE)
    for _ in range(2):
        assert dead_letters(event, context())["batchItemFailures"] == []
    kept = workshop.rows("ai_dead_letters")
    assert sorted(row["body"] for row in kept) == sorted(["Hola\u2400", *unreadable[1:-2], "\\ud800", unreadable[-1]])
    assert {row["queue"] for row in kept} == {DEAD_QUEUE}


def test_dead_letter_comes_again_while_the_database_is_away(workshop: Workshop, business: UUID) -> None:
    job = workshop.start(business)
    use_up(workshop, job)
    workshop.runtime.database.close()
    there, workshop.runtime.database._address = workshop.runtime.database._address, "host=127.0.0.1 port=1 dbname=x"
    assert bury(body_for(job), "no JSON") == [body_for(job), "no JSON"]
    workshop.runtime.database._address = there
    assert bury(body_for(job), "no JSON") == []
    assert workshop.job(job.id)["status"] == "failed"
    assert len(workshop.rows("ai_dead_letters")) == 1


# Redrive


def given_up(workshop: Workshop, business: UUID | None, kind: JobKind = FORECAST) -> Job:
    job = workshop.start(business, kind)
    use_up(workshop, job)
    assert bury(body_for(job)) == []
    assert workshop.job(job.id)["gave_up"]
    return job


def test_redrive_begins_anew_what_was_given_up_and_nothing_else(workshop: Workshop, business: UUID) -> None:
    other = workshop.factory.insert_business()
    jobs = [given_up(workshop, business), given_up(workshop, other, JobKind.CUSTOMER_BEHAVIOR)]
    jobs.append(given_up(workshop, None, JobKind.CLEANUP))
    refused, done, waiting = (workshop.start(business) for _ in range(3))
    service.fail(workshop.runtime, claim(workshop, refused), "No such customer.", soon())
    service.finish(workshop.runtime, claim(workshop, done), {}, soon())
    before = [workshop.job(job.id) for job in (refused, done, waiting)]
    sent_before = workshop.messages
    assert redrive({}, context()) == {"redriven": 3}
    for job in jobs:
        row = workshop.job(job.id)
        assert (row["status"], row["attempts"], row["error"], row["gave_up"]) == ("pending", 0, None, False)
    assert [workshop.job(job.id) for job in (refused, done, waiting)] == before
    sent = [message["job_id"] for message in workshop.messages if message not in sent_before]
    assert len(workshop.messages) == len(sent_before) + 3
    assert sent == []  # the very messages that were sent first
    service.finish(workshop.runtime, claim(workshop, jobs[0]), {}, soon())
    assert redrive({}, context()) == {"redriven": 0}


def test_redrive_of_one_kind_or_one_job(workshop: Workshop, business: UUID, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recovery, "AT_ONCE", 2)
    forecasts = [given_up(workshop, business) for _ in range(5)]
    other = given_up(workshop, business, JobKind.CUSTOMER_BEHAVIOR)
    assert redrive({"job_id": str(forecasts[0].id)}, context()) == {"redriven": 1}
    assert redrive({"job_id": str(uuid4())}, context()) == {"redriven": 0}
    assert redrive({"kind": FORECAST.value}, context()) == {"redriven": 4}
    assert workshop.job(other.id)["status"] == "failed"


@pytest.mark.parametrize("asked", [{"kind": "make_coffee"}, {"job_id": "7"}, {"kinds": "x"}])
def test_redrive_refuses_what_it_does_not_understand(workshop: Workshop, asked: dict[str, str]) -> None:
    with pytest.raises(InvalidRequest):
        redrive(asked, context())
