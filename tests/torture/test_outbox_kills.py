"""A sender killed between its commit and the send, or between the send and forgetting it, leaves no job without a message."""

from __future__ import annotations

import json
from collections import Counter

from cafe_ai.platform.queue import BATCH_MESSAGES
from tests.support.nursery import Nursery, running_nursery
from tests.torture.run import PROCESSES, SENDER_POINTS, World

KILLS = 200
OF_THEM_AFTER_SENDING = 50
NOT_COMMITTED = 20


def start_and_die(world: World, nursery: Nursery, numbers: range, point: str | None) -> None:
    for number in numbers:
        business = world.callers[number % len(world.callers)][0]
        options = {"business": business, "number": number, "death": {"point": point}}
        pid = nursery.start(f"{PROCESSES}:start_one", world.folder / "start.log", environ=world.environ, **options)
        assert nursery.wait(pid) == (-9 if point else 0)


def relay(world: World, nursery: Nursery, point: str | None = None, after: int = 1) -> None:
    options = {"pause_seconds": 0, "runs": 1, "death": {"point": point, "after": after}}
    pid = nursery.start(f"{PROCESSES}:relay", world.folder / "relay.log", environ=world.environ, **options)
    assert nursery.wait(pid) == (-9 if point else 0), (world.folder / "relay.log").read_text(encoding="utf-8")


def test_every_committed_job_is_sent_however_its_sender_ends(world: World) -> None:
    books = world.books
    with running_nursery([PROCESSES], world.environ, world.folder / "nursery.log") as nursery:
        unsent = KILLS - OF_THEM_AFTER_SENDING
        start_and_die(world, nursery, range(unsent), "unsent")
        start_and_die(world, nursery, range(unsent, KILLS), "sent")
        start_and_die(world, nursery, range(KILLS, KILLS + NOT_COMMITTED), "uncommitted")

        assert books.count("ai_jobs") == KILLS, "a job is there that was not committed, or one that was is gone"
        assert books.count("ai_outbox") == KILLS
        assert world.sqs.count(world.queue.url) == OF_THEM_AFTER_SENDING

        books.let_time_pass(-60)  # however long that took: each sender might still be about to send
        relay(world, nursery)
        assert world.sqs.count(world.queue.url) == OF_THEM_AFTER_SENDING, "the relay does not wait for the sender"

        for point in SENDER_POINTS * 2:  # the relay is killed too, and another begins
            books.let_time_pass(1000)
            relay(world, nursery, point, after=3)
        books.let_time_pass(1000)
        relay(world, nursery)

    assert books.count("ai_outbox") == 0
    sent = Counter(json.loads(body)["job_id"] for body in world.sqs.drain(world.queue.url))
    assert set(sent) == {str(job["id"]) for job in books.jobs()}, "a job without a message, or a message without a job"
    sent_by_killed_relays = 2 * (2 + 3) * BATCH_MESSAGES
    assert sent.total() == KILLS + OF_THEM_AFTER_SENDING + sent_by_killed_relays, (
        "more was sent twice than was bound to be"
    )


def test_a_sender_that_lives_leaves_nothing_to_the_relay(world: World) -> None:
    with running_nursery([PROCESSES], world.environ, world.folder / "nursery.log") as nursery:
        start_and_die(world, nursery, range(5), None)

    assert world.books.count("ai_outbox") == 0
    assert len(world.sqs.drain(world.queue.url)) == 5
