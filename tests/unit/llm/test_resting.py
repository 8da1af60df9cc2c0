"""When a server that failed is asked again: never later than five seconds after it is back."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from cafe_ai.llm.port import Reason
from cafe_ai.llm.resting import LONG_ENOUGH_SECONDS, REST_SECONDS, Rest

RECOVERY_SECONDS = 5.0


@dataclass
class Clock:
    now: float = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.mark.parametrize("reason", ["connection", "server_error", "rate_limited"])
def test_a_server_that_failed_rests_for_less_than_recovery_may_take(reason: Reason) -> None:
    clock = Clock()
    rest = Rest(clock)
    assert (rest.resting, rest.on_trial) == (False, False)
    rest.note_failure(reason, 1.0)
    assert (rest.resting, rest.on_trial) == (True, True)
    clock.now += REST_SECONDS
    assert (rest.resting, rest.on_trial) == (False, True)
    rest.note_success()
    assert (rest.resting, rest.on_trial) == (False, False)
    assert REST_SECONDS < RECOVERY_SECONDS


def test_a_trial_that_fails_begins_another_rest() -> None:
    clock = Clock()
    rest = Rest(clock)
    for _ in range(3):
        rest.note_failure("connection", 0.1)
        clock.now += REST_SECONDS - 0.1
        assert rest.resting
        clock.now += 0.1
        assert not rest.resting


def test_a_deadline_is_the_servers_failure_where_it_had_time() -> None:
    rest = Rest(Clock())
    rest.note_failure("deadline", LONG_ENOUGH_SECONDS - 0.1)
    assert not rest.resting
    rest.note_failure("deadline", LONG_ENOUGH_SECONDS)
    assert rest.resting


@pytest.mark.parametrize("reason", ["rejected", "refused", "broken_reply", "out_of_budget", "out_of_credit"])
def test_what_is_not_for_want_of_a_server_rests_nothing(reason: Reason) -> None:
    rest = Rest(Clock())
    rest.note_failure(reason, 60.0)
    assert not rest.resting
