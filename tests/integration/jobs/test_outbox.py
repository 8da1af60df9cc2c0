"""A message goes out after its commit and at least once: by its writer, or by the relay."""

from __future__ import annotations

import json
import threading
from typing import Any
from uuid import UUID

import pytest

from cafe_ai.outbox import repository, service
from cafe_ai.outbox.model import OutboxMessage
from cafe_ai.platform.telemetry import correlated
from tests.support.jobs import FORECAST, Workshop, soon

QUEUE = FORECAST.value


def put(workshop: Workshop, business: UUID | None, body: dict[str, Any], queue: str = QUEUE) -> UUID:
    with workshop.runtime.database.transaction(business) as uow:
        return service.put(uow, business, queue, body)


def make_due(workshop: Workshop) -> None:
    workshop.execute("UPDATE ai_outbox SET available_at = now() - interval '1 second'")


def bodies(workshop: Workshop, queue: str = QUEUE) -> list[Any]:
    return [json.loads(body) for body in workshop.queues[queue].messages]


def test_message_is_sent_once_by_its_writer(workshop: Workshop, business: UUID) -> None:
    with correlated("request-7"):
        sent = put(workshop, business, {"delivery_id": business, "n": 1})
    service.send(workshop.runtime, [sent], soon())
    assert bodies(workshop) == [{"delivery_id": str(business), "n": 1}]
    assert workshop.queues[QUEUE].origins == ["request-7"]
    assert workshop.rows("ai_outbox") == []
    service.send(workshop.runtime, [sent], soon())
    assert service.relay(workshop.runtime, soon()) == 0
    assert len(bodies(workshop)) == 1


def test_what_was_rolled_back_is_never_sent(workshop: Workshop, business: UUID) -> None:
    ids = []
    with pytest.raises(ZeroDivisionError), workshop.runtime.database.transaction(business) as uow:
        ids.append(service.put(uow, business, QUEUE, {}))
        raise ZeroDivisionError
    service.send(workshop.runtime, ids, soon())
    make_due(workshop)
    service.relay(workshop.runtime, soon())
    assert bodies(workshop) == []


@pytest.mark.parametrize("trouble", ["queue", "database", "configuration"])
def test_trouble_with_sending_is_the_relays(workshop: Workshop, business: UUID, trouble: str) -> None:
    sent = put(workshop, business, {"n": 1}, "unknown" if trouble == "configuration" else QUEUE)
    if trouble == "queue":
        workshop.queues[QUEUE].down = True
    if trouble == "database":
        workshop.runtime.database.close()
        workshop.runtime.database._address = "host=127.0.0.1 port=1 dbname=x"
    service.send(workshop.runtime, [sent], soon())
    assert [row["id"] for row in workshop.rows("ai_outbox")] == [sent]


def test_job_is_accepted_while_the_queue_is_down_and_sent_later(workshop: Workshop, business: UUID) -> None:
    workshop.queues[QUEUE].down = True
    with correlated("request-8"):
        job = workshop.start(business)
    workshop.queues[QUEUE].down = False
    assert service.relay(workshop.runtime, soon()) == 0  # its writer may still be sending it
    make_due(workshop)
    assert service.relay(workshop.runtime, soon()) == 1
    assert bodies(workshop) == [{"job_id": str(job.id), "business_id": str(business)}]
    assert workshop.queues[QUEUE].origins == ["request-8"]
    assert workshop.rows("ai_outbox") == []


def test_relay_sends_all_businesses_messages_in_full_batches(workshop: Workshop) -> None:
    shops = [workshop.factory.insert_business() for _ in range(2)]
    for number in range(125):
        put(workshop, shops[number % 2], {"n": number})
    put(workshop, None, {"n": "service"}, "notifications")
    make_due(workshop)
    assert service.relay(workshop.runtime, soon()) == 126
    assert sorted(body["n"] for body in bodies(workshop)) == list(range(125))
    assert bodies(workshop, "notifications") == [{"n": "service"}]
    assert workshop.queues[QUEUE].calls in (13, 14)  # 100 at once, the other queue's one among the first or the second
    assert workshop.rows("ai_outbox") == []


def test_queue_that_is_down_holds_up_no_other_and_is_asked_ever_less_often(workshop: Workshop, business: UUID) -> None:
    put(workshop, business, {"n": 1})
    put(workshop, business, {"n": 2}, "notifications")
    workshop.queues[QUEUE].down = True
    waits = []
    for _ in range(9):
        make_due(workshop)
        service.relay(workshop.runtime, soon())
        waits.append(
            workshop.superuser.execute(
                "SELECT round(extract(epoch FROM available_at - now()))::integer AS wait FROM ai_outbox"
            ).fetchall()
        )
    assert bodies(workshop, "notifications") == [{"n": 2}]
    assert [wait["wait"] for [wait] in waits] == [15, 30, 60, 120, 240, 480, 600, 600, 600]


def test_refused_part_of_a_batch_stays(workshop: Workshop, business: UUID) -> None:
    ids = [put(workshop, business, {"n": number}) for number in range(5)]
    workshop.queues[QUEUE].refused = lambda body: json.loads(body)["n"] == 3
    service.send(workshop.runtime, ids, soon())
    assert [row["id"] for row in workshop.rows("ai_outbox")] == [ids[3]]
    assert [body["n"] for body in bodies(workshop)] == [0, 1, 2, 4]


def test_two_relays_at_once_send_each_message_once(workshop: Workshop, business: UUID) -> None:
    for number in range(300):
        put(workshop, business, {"n": number})
    make_due(workshop)

    def run() -> None:
        runtime = workshop.another_runtime()
        service.relay(runtime, soon())
        runtime.database.close()

    threads = [threading.Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(body["n"] for body in bodies(workshop)) == list(range(300))


def test_relay_passes_over_what_another_is_taking(workshop: Workshop, business: UUID) -> None:
    put(workshop, business, {"n": 1})
    make_due(workshop)
    other = workshop.another_runtime()
    with workshop.runtime.database.transaction() as uow:
        assert len(repository.take_due(uow, 10)) == 1
        with other.database.transaction(deadline=soon(3)) as second:
            assert repository.take_due(second, 10) == []
    other.database.close()


def test_message_that_was_sent_and_not_forgotten_is_sent_again(
    workshop: Workshop, business: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    def die(*_: object) -> None:
        raise OSError

    sent = put(workshop, business, {"n": 1})
    with monkeypatch.context() as patch:
        patch.setattr(repository, "forget", die)
        service.send(workshop.runtime, [sent], soon())
    assert len(workshop.rows("ai_outbox")) == 1
    make_due(workshop)
    service.relay(workshop.runtime, soon())
    assert bodies(workshop) == [{"n": 1}] * 2
    assert workshop.rows("ai_outbox") == []


def test_relay_stops_before_its_time_is_over(workshop: Workshop, business: UUID) -> None:
    put(workshop, business, {})
    make_due(workshop)
    assert service.relay(workshop.runtime, soon(service.RESERVE_SECONDS - 1)) == 0
    assert len(workshop.rows("ai_outbox")) == 1


def test_message_of_another_business_is_not_written(workshop: Workshop, business: UUID) -> None:
    other = workshop.factory.insert_business()
    message = OutboxMessage(other, QUEUE, {}, None)
    with pytest.raises(Exception, match="row-level security"), workshop.runtime.database.transaction(business) as uow:
        repository.insert(uow, other, message)
    with pytest.raises(Exception, match="row-level security"), workshop.runtime.database.transaction(business) as uow:
        repository.insert(uow, None, message)
