"""A job that ends writes, in the same transaction, a delivery for each channel that wants to know; once for each event."""

from __future__ import annotations

import json
from uuid import UUID

import pytest

from cafe_ai.errors import LeaseLost
from cafe_ai.jobs import service as jobs
from cafe_ai.jobs.model import JobKind
from cafe_ai.notifications.model import Event
from tests.integration.notifications.conftest import Office
from tests.support.jobs import soon


def test_each_channel_gets_a_delivery_and_a_message(office: Office, business: UUID) -> None:
    office.given_channel(business)
    office.given_channel(business, "email")
    job = office.end_job(business)
    deliveries = office.workshop.rows("notification_deliveries")
    assert [(row["job_id"], row["event"], row["status"]) for row in deliveries] == [
        (job, "job.completed", "pending")
    ] * 2
    assert [json.loads(body) for body in office.messages] == [
        {"delivery_id": str(row["id"]), "business_id": str(business)} for row in deliveries
    ]
    assert office.workshop.rows("ai_outbox") == []


def test_channel_is_told_what_it_wants_to_know_alone(office: Office, business: UUID) -> None:
    office.given_channel(business, "email", "failures@example.com", events=[Event.FAILED])
    office.given_channel(business, "email", "reports@example.com", kinds=["generate_sales_report"])
    office.given_channel(business, "email", "off@example.com")
    office.workshop.execute("UPDATE notification_channels SET active = false WHERE address = 'off@example.com'")
    other = office.workshop.factory.insert_business()
    office.given_channel(other, "email", "other@example.com")
    office.end_job(business)
    assert office.workshop.rows("notification_deliveries") == []
    office.end_job(business, kind=JobKind.SALES_REPORT)
    office.end_job(business, failed="No hay ventas.")
    told = """
    SELECT address, event, reason FROM notification_deliveries AS told
      JOIN notification_channels AS channel ON channel.id = told.channel_id ORDER BY told.id"""
    assert office.workshop.superuser.execute(told.encode()).fetchall() == [
        {"address": "reports@example.com", "event": "job.completed", "reason": None},
        {"address": "failures@example.com", "event": "job.failed", "reason": "No hay ventas."},
    ]


def test_job_that_is_done_again_tells_each_event_once(office: Office, business: UUID) -> None:
    office.given_channel(business)
    again = "UPDATE ai_jobs SET status = 'pending', finished_at = NULL, result = NULL WHERE id = %s"
    job = office.end_job(business, failed="Una vez.")
    for reason in ("Otra vez.", ""):
        office.workshop.execute(again, job)
        lease = jobs.claim(office.workshop.runtime, job, business, soon())
        assert lease is not None
        if reason:
            jobs.fail(office.workshop.runtime, lease, reason, soon())
        else:
            jobs.finish(office.workshop.runtime, lease, {}, soon())
    told = [(row["event"], row["reason"]) for row in office.workshop.rows("notification_deliveries")]
    assert told == [("job.failed", "Una vez."), ("job.completed", None)]
    assert len(office.messages) == 2


def test_job_that_did_not_end_tells_nobody(office: Office, business: UUID) -> None:
    """The lease is lost: the transaction that would have ended the job writes no delivery either."""
    office.given_channel(business)
    job = office.workshop.start(business)
    lease = jobs.claim(office.workshop.runtime, job.id, business, soon())
    assert lease is not None
    office.workshop.execute("UPDATE ai_jobs SET lease_token = gen_random_uuid()")
    with pytest.raises(LeaseLost):
        jobs.finish(office.workshop.runtime, lease, {}, soon())
    assert office.workshop.rows("notification_deliveries") == []
    assert office.messages == []


def test_message_that_could_not_be_sent_waits_for_the_relay(office: Office, business: UUID) -> None:
    office.given_channel(business)
    office.workshop.queues["notifications"].down = True
    office.end_job(business)
    assert [row["queue"] for row in office.workshop.rows("ai_outbox")] == ["notifications"]
    assert office.delivery["status"] == "pending"


def test_job_of_the_service_is_announced_to_nobody(office: Office, business: UUID) -> None:
    office.given_channel(business)
    job = office.workshop.start(None, JobKind.CLEANUP)
    lease = jobs.claim(office.workshop.runtime, job.id, None, soon())
    assert lease is not None
    jobs.finish(office.workshop.runtime, lease, {}, soon())
    assert office.workshop.rows("notification_deliveries") == []


@pytest.mark.parametrize("failed", ["", "no time was left"])
def test_training_that_nobody_asked_for_is_announced_to_nobody(office: Office, business: UUID, failed: str) -> None:
    office.given_channel(business)
    office.end_job(business, kind=JobKind.TRAIN_MODELS, failed=failed)
    assert office.workshop.rows("notification_deliveries") == []
    office.end_job(business, failed=failed)
    assert office.delivery["event"] == ("job.failed" if failed else "job.completed")
