"""The local stack starts again: what its emulator's queues held when it stopped is sent anew."""

from __future__ import annotations

from cafe_ai.jobs import service as jobs
from cafe_ai.outbox import service as outbox
from infra.local.catching_up import queue_unfinished_work
from tests.integration.notifications.conftest import Office
from tests.support.jobs import soon


def test_jobs_and_deliveries_that_were_under_way_are_sent_again_and_no_others(office: Office) -> None:
    workshop = office.workshop
    business = workshop.factory.insert_business()
    office.given_channel(business)
    office.end_job(business)  # its delivery waits
    waiting, held = workshop.start(business), workshop.start(business)
    assert jobs.claim(workshop.runtime, held.id, business, soon()) is not None
    for queue in workshop.queues.values():
        queue.messages.clear()  # as if with the emulator

    assert queue_unfinished_work(workshop.database.superuser) == 3
    outbox.relay(workshop.runtime, soon())

    delivery = workshop.rows("notification_deliveries")[0]["id"]
    told = {message.get("job_id") or message["delivery_id"] for message in workshop.messages}
    assert told == {str(waiting.id), str(held.id), str(delivery)}
    assert jobs.claim(workshop.runtime, held.id, business, soon()) is not None
