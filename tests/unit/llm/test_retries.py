"""When an attempt is repeated, and how long it may take."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from cafe_ai.llm.retries import (
    MAX_RETRIES,
    AttemptFailed,
    attempt_seconds,
    read_retry_after,
    wait_before_retry,
)
from cafe_ai.platform.clock import Deadline

FAILED = AttemptFailed("server_error", retryable=True)
NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


def longest(low: float, high: float) -> float:
    return high


def shortest(low: float, high: float) -> float:
    return low


def test_waits_double_with_full_jitter() -> None:
    deadline = Deadline.after(60)

    assert [wait_before_retry(FAILED, made, deadline, longest) for made in range(3)] == [0.5, 1.0, 2.0]
    assert [wait_before_retry(FAILED, made, deadline, shortest) for made in range(3)] == [0.0, 0.0, 0.0]


def test_there_are_at_most_three_retries() -> None:
    assert wait_before_retry(FAILED, MAX_RETRIES, Deadline.after(60), shortest) is None
    assert MAX_RETRIES == 3


def test_final_failures_are_not_retried() -> None:
    assert wait_before_retry(AttemptFailed("rejected", retryable=False), 0, Deadline.after(60), shortest) is None


def test_server_is_given_the_time_it_asks_for() -> None:
    failure = AttemptFailed("rate_limited", retryable=True, retry_after=7)

    assert wait_before_retry(failure, 0, Deadline.after(60), longest) == 7


def test_wait_beyond_the_deadline_is_not_begun() -> None:
    failure = AttemptFailed("rate_limited", retryable=True, retry_after=30)

    assert wait_before_retry(failure, 0, Deadline.after(25), longest) is None


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"retry-after": "20"}, 20),
        ({"retry-after": "0.5"}, 0.5),
        ({"retry-after-ms": "1500", "retry-after": "20"}, 1.5),
        ({"retry-after-ms": "soon", "retry-after": "2"}, 2),
        ({"retry-after": "Sun, 22 Nov 2026 12:00:30 GMT"}, 30),
        ({"retry-after": "Sun, 22 Nov 2026 11:00:00 GMT"}, 0),
        ({"retry-after": "-3"}, 0),
        ({"retry-after": "later"}, 0),
        ({}, 0),
    ],
)
def test_retry_after_is_read_in_all_its_forms(headers: dict[str, str], seconds: float) -> None:
    assert read_retry_after(headers, NOW) == seconds


def test_one_attempt_leaves_time_for_another() -> None:
    assert attempt_seconds(Deadline.after(100)) == 10
    assert attempt_seconds(Deadline.after(8)) == pytest.approx(4.8, abs=0.2)
    assert attempt_seconds(Deadline.after(0.5)) <= 0.5
    assert attempt_seconds(Deadline.after(0)) == 0
