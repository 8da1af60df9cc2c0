"""Deadlines, and ids that sort by time."""

from __future__ import annotations

import time
from itertools import pairwise
from uuid import RFC_4122, UUID

from cafe_ai.platform.clock import Deadline, now_utc
from cafe_ai.platform.ids import age_seconds, uuid7


def test_what_is_left_of_a_deadline_cuts_a_timeout_and_is_never_negative() -> None:
    assert Deadline.after(100).at_most(5) == 5
    assert 4 < Deadline.after(5).at_most(100) <= 5
    over = Deadline.after(-1)
    assert (over.remaining(), over.at_most(5), over.expired) == (0.0, 0.0, True)
    assert not Deadline.after(1).expired


def test_uuid7_is_one_and_carries_the_moment() -> None:
    before = time.time_ns() // 1_000_000
    made = uuid7()
    assert (made.version, made.variant) == (7, RFC_4122)
    assert before <= made.int >> 80 <= time.time_ns() // 1_000_000


def test_an_id_tells_its_age() -> None:
    assert 0 <= age_seconds(uuid7()) < 5
    hour_ago = UUID(int=(time.time_ns() // 1_000_000 - 3_600_000) << 80)
    assert 3600 <= age_seconds(hour_ago) < 3605
    assert age_seconds(UUID(int=(1 << 128) - 1)) == 0, "another machine's clock is ahead"


def test_ids_sort_by_time_and_differ() -> None:
    made = []
    for _ in range(200):
        made.append(uuid7())
        time.sleep(0.000_002)
    assert len(set(made)) == 200
    assert all(earlier.int >> 64 <= later.int >> 64 for earlier, later in pairwise(made))


def test_now_is_aware() -> None:
    assert now_utc().utcoffset() is not None
