"""Deadlines, and ids that sort by time."""

from __future__ import annotations

import time
from itertools import pairwise
from uuid import RFC_4122

from cafe_ai.platform.clock import Deadline, now_utc
from cafe_ai.platform.ids import uuid7


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


def test_ids_sort_by_time_and_differ() -> None:
    made = []
    for _ in range(200):
        made.append(uuid7())
        time.sleep(0.000_002)
    assert len(set(made)) == 200
    assert all(earlier.int >> 64 <= later.int >> 64 for earlier, later in pairwise(made))


def test_now_is_aware() -> None:
    assert now_utc().utcoffset() is not None
