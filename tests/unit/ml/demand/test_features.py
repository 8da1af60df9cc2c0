"""What the learner is told: nothing of what comes after the origin."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from cafe_ai.forecasting.model import Ask
from ml.models.demand.features import NAMES, Features
from ml.models.demand.panel import Panel
from ml.models.demand.sampling import examples
from tests.unit.ml.demand.shops import a_shop, an_ask

LENGTH, SERIES = 420, 3


def _values(seed: int) -> np.ndarray:
    return np.random.default_rng(seed).poisson(6.0, (SERIES, LENGTH)).astype(np.float64)


def _asks(values: np.ndarray, sold_out: np.ndarray) -> list[Ask]:
    first = an_ask(values[0]).history.first_day
    return [
        an_ask(row, f"p{n}", country="ES", sold_out=frozenset(first.fromordinal(first.toordinal() + int(at)) for at in sold_out))
        for n, row in enumerate(values)
    ]  # fmt: skip


@settings(max_examples=12, deadline=None)
@given(origin=st.integers(100, LENGTH - 1), seed=st.integers(0, 5), ahead=st.integers(0, 27), out=st.integers(0, 99))
def test_features_at_an_origin_do_not_change_with_what_comes_after(
    origin: int, seed: int, ahead: int, out: int
) -> None:
    values = _values(seed)
    other = values.copy()
    other[:, origin:] = np.random.default_rng(seed + 99).poisson(40.0, (SERIES, LENGTH - origin))
    series = np.arange(SERIES)
    found = []
    for each in (values, other):
        features = Features(Panel.of(_asks(each, np.array([out, origin, LENGTH - 1])), 28))
        rows = features.rows(series, np.full(SERIES, origin), np.full(SERIES, ahead))
        found.append((rows.matrix, rows.level, rows.smoothed, rows.naive))
    for one, another in zip(*found, strict=True):
        np.testing.assert_array_equal(one, another)


def test_a_value_before_the_origin_does_change_them() -> None:
    values = _values(1)
    other = values.copy()
    other[0, 399] += 50
    one, another = (
        Features(Panel.of(_asks(each, np.zeros(0)), 28)).rows(np.array([0]), np.array([400]), np.array([3])).matrix
        for each in (values, other)
    )
    assert (one != another)[0, NAMES.index("mean_7")]


def test_examples_end_before_the_day_they_may_not_know() -> None:
    asks = a_shop(4, 300)
    other = a_shop(4, 300, seed=9)
    mixed = [
        an_ask([*a.history.values[:200], *b.history.values[200:]], a.circumstances.key)
        for a, b in zip(asks, other, strict=True)
    ]
    one, another = (examples(Features(Panel.of(each, 28)), 200, 28, 0) for each in (asks, mixed))
    np.testing.assert_array_equal(one.rows.matrix, another.rows.matrix)
    np.testing.assert_array_equal(one.demand, another.demand)
    np.testing.assert_array_equal(one.weight, another.weight)


def test_nothing_depends_on_the_size_of_a_shop() -> None:
    small = a_shop(3, 200)
    large = [an_ask([1000 * (v or 0) for v in ask.history.values], ask.circumstances.key) for ask in small]
    size = NAMES.index("log_level")
    one, another = (
        np.delete(Features(Panel.of(each, 28)).rows(np.arange(3), np.full(3, 200), np.full(3, 5)).matrix, size, axis=1)
        for each in (small, large)
    )
    np.testing.assert_allclose(one, another)


def test_every_name_has_its_column() -> None:
    rows = Features(Panel.of(a_shop(2, 100), 28)).rows(np.array([0, 1]), np.array([90, 90]), np.array([0, 9]))
    assert rows.matrix.shape == (2, len(NAMES))
    assert len(set(NAMES)) == len(NAMES)
