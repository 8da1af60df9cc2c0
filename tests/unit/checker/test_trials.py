"""A smaller run of the trials: 1,500 right answers and 1,500 lies of every family, from a fixed seed."""

from __future__ import annotations

from tests.unit.checker.trials import try_lies, try_right_answers

SEED = 20261122


def test_no_lie_passes() -> None:
    summary = try_lies(1_500, SEED)

    assert len(summary.told) >= 35
    assert summary.wrong.total() == 0, summary.examples[:3]


def test_fewer_than_one_right_answer_in_a_hundred_is_refused() -> None:
    summary = try_right_answers(1_500, SEED)

    assert summary.rate < 0.01, summary.examples[:3]
