"""BG/NBD: the closed forms against integration and simulation, and what must hold whatever the parameters."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.optimize import approx_fprime
from scipy.special import hyp2f1

from ml.models.lifetime.bg_nbd import LEAST_CUSTOMERS, LEAST_REPEATERS, BgNbd, fit_bg_nbd, log_likelihood
from ml.models.lifetime.model import NotFitted
from ml.models.lifetime.optimum import Floats

POSITIVE = st.floats(0.05, 20)


@st.composite
def customers(draw: st.DrawFn) -> tuple[Floats, Floats, Floats]:
    """One customer, in arrays."""
    age = draw(st.floats(1, 1000))
    frequency = draw(st.integers(0, 400))
    recency = age * draw(st.floats(0.001, 1)) if frequency else 0.0
    return np.array([float(frequency)]), np.array([recency]), np.array([age])


def simulate(size: int, true: BgNbd, age: float, seed: int = 1) -> tuple[Floats, Floats, Floats, list[Floats]]:
    """Customers who first bought between 0 and age / 2, with the times of their purchases in a horizon of age after it."""
    random = np.random.default_rng(seed)
    rates, leaves = random.gamma(true.r, 1 / true.alpha, size), random.beta(true.a, true.b, size)
    ages = age - random.uniform(0, age / 2, size)
    frequency, recency, later = np.zeros(size), np.zeros(size), []
    for n in range(size):
        at, after = 0.0, []
        while random.random() >= leaves[n] or at == 0.0:  # nobody leaves before the first repeat purchase
            at += random.exponential(1 / rates[n])
            if at > ages[n] + age:
                break
            if at <= ages[n]:
                frequency[n], recency[n] = frequency[n] + 1, at
            else:
                after.append(at - ages[n])
        later.append(np.array(after))
    return frequency, recency, ages, later


TRUE = BgNbd(0.8, 12.0, 0.9, 2.5)


@pytest.fixture(scope="module")
def sample() -> tuple[Floats, Floats, Floats, list[Floats]]:
    return simulate(20_000, TRUE, 60.0)


def test_it_finds_the_parameters_that_made_the_data(sample: tuple[Floats, Floats, Floats, list[Floats]]) -> None:
    fitted = fit_bg_nbd(*sample[:3])
    assert isinstance(fitted, BgNbd)
    assert fitted.parameters == pytest.approx(TRUE.parameters, rel=0.12)


def test_expectations_come_true_where_the_model_does(sample: tuple[Floats, Floats, Floats, list[Floats]]) -> None:
    x, t_x, age, later = sample
    for periods in (5.0, 60.0):
        came = np.array([(after <= periods).sum() for after in later])
        assert TRUE.purchases(x, t_x, age, periods).mean() == pytest.approx(came.mean(), rel=0.05)
        assert TRUE.buys(x, t_x, age, periods).mean() == pytest.approx((came > 0).mean(), abs=0.01)
        often = x >= 4
        assert TRUE.purchases(x, t_x, age, periods)[often].mean() == pytest.approx(came[often].mean(), rel=0.08)


@given(st.tuples(POSITIVE, POSITIVE, POSITIVE, POSITIVE), customers())
@settings(max_examples=60, deadline=None)
def test_the_gradient_is_that_of_the_likelihood(
    parameters: tuple[float, ...], one: tuple[Floats, Floats, Floats]
) -> None:
    at, weight = np.array(parameters), np.ones(1)
    _, gradient = log_likelihood(at, *one, weight)
    numeric = approx_fprime(at, lambda p: log_likelihood(p, *one, weight)[0], 1e-7 * at)
    assert gradient == pytest.approx(numeric, rel=2e-3, abs=2e-3 * max(1.0, float(np.abs(gradient).max())))


@given(POSITIVE, POSITIVE, POSITIVE, POSITIVE, customers(), st.floats(0.5, 1000))
@settings(max_examples=200, deadline=None)
def test_what_is_expected_is_possible(
    r: float, alpha: float, a: float, b: float, one: tuple[Floats, Floats, Floats], periods: float
) -> None:
    model = BgNbd(r, alpha, a, b)
    active, buys = model.active(*one)[0], model.buys(*one, periods)[0]
    purchases, more = model.purchases(*one, periods)[0], model.purchases(*one, 2 * periods)[0]
    assert 0 <= buys <= active <= 1
    assert np.isfinite(more) and more >= purchases * (1 - 1e-6)
    assert purchases >= buys * (1 - 1e-4) - 1e-7  # nobody who buys buys less than once
    at_most = active * (r + one[0][0]) / (alpha + one[2][0]) * periods  # as if nobody ever left
    assert purchases <= at_most * (1 + 1e-6) + 1e-9


@pytest.mark.parametrize("a", [0.4, 1.0, 1.0 + 1e-7, 3.0])
@pytest.mark.parametrize("b", [0.3, 0.6, 2.0])
@pytest.mark.parametrize("frequency", [0.0, 1.0, 6.0])
def test_expected_purchases_are_the_integral(a: float, b: float, frequency: float) -> None:
    """E[Y(t)] is the integral over time of the rate of purchases of those still active: with λ ~ Gamma(r + x, α + T) and the
    beta of p after x + 1 stays, given that the customer is active, E[λ exp(-λ p s)] over both."""
    model = BgNbd(0.7, 4.0, a, b)
    one = np.array([frequency]), np.array([min(frequency * 3, 20.0)]), np.array([25.0])
    shape, rate = 0.7 + frequency, 4.0 + 25.0
    from scipy.stats import beta as beta_of

    still = beta_of(a, b + frequency)  # given active: p ~ Beta(a, b + x)

    def pace(s: float) -> float:
        inner = quad(lambda p: shape / rate * (1 + p * s / rate) ** (-shape - 1) * still.pdf(p), 0, 1, limit=200)
        return inner[0]

    whole = quad(pace, 0, 30.0)[0] * model.active(*one)[0]
    assert model.purchases(*one, 30.0)[0] == pytest.approx(whole, rel=2e-3)


def test_a_customer_of_hundreds_of_purchases_does_not_overflow() -> None:
    model = BgNbd(0.24, 4.4, 0.8, 2.4)
    expected = model.purchases(np.array([900.0]), np.array([364.0]), np.array([365.0]), 365.0)[0]
    assert 500 < expected < 900


def test_new_customers_are_those_of_whom_nothing_is_seen() -> None:
    """Equation 9 of the paper, with its hypergeometric function where that is at ease."""
    r, alpha, a, b = 0.243, 4.414, 0.793, 2.426
    t = np.array([1.0, 10.0, 52.0])
    printed = (a + b - 1) / (a - 1) * (1 - (alpha / (alpha + t)) ** r * hyp2f1(r, b, a + b - 1, t / (alpha + t)))
    assert BgNbd(r, alpha, a, b).purchases_of_new(t) == pytest.approx(printed, rel=1e-9)


def some(size: int, repeaters: int) -> tuple[Floats, Floats, Floats]:
    x = np.zeros(size)
    x[:repeaters] = 1 + np.arange(repeaters) % 3
    return x, np.where(x > 0, 10.0 + np.arange(size) % 20, 0.0), np.full(size, 60.0)


def test_too_little_is_not_fitted_and_says_why() -> None:
    assert fit_bg_nbd(*some(LEAST_CUSTOMERS - 1, 90)) == NotFitted("few_customers", LEAST_CUSTOMERS - 1)
    assert fit_bg_nbd(*some(500, LEAST_REPEATERS - 1)) == NotFitted("few_repeaters", LEAST_REPEATERS - 1)
    assert isinstance(fit_bg_nbd(*some(500, LEAST_REPEATERS)), BgNbd)


@pytest.mark.parametrize(
    "rows",
    [
        ([1.0], [5.0], [4.0]),
        ([-1.0], [5.0], [9.0]),
        ([0.0], [5.0], [9.0]),
        ([1.0], [0.0], [9.0]),
        ([1.0, 2.0], [1.0], [9.0]),
    ],
)
def test_rows_that_cannot_be_are_refused(rows: tuple[list[float], ...]) -> None:
    x, t_x, age = (np.array(row) for row in rows)
    with pytest.raises(ValueError):
        fit_bg_nbd(x, t_x, age)


def test_customers_who_are_all_alike_are_fitted_with_a_prior_that_is_told() -> None:
    """Poisson purchases at one rate by customers who never leave: r and b have no maximum."""
    random = np.random.default_rng(3)
    x = random.poisson(5, 400).astype(float)
    t_x = np.where(x > 0, 100 * random.beta(np.maximum(x, 1), 1), 0.0)
    fitted = fit_bg_nbd(x, t_x, np.full(400, 100.0))
    assert isinstance(fitted, BgNbd) and fitted.fit is not None
    assert fitted.purchases(x, t_x, np.full(400, 100.0), 100.0).mean() == pytest.approx(5, rel=0.1)
    assert all(np.isfinite(list(fitted.parameters.values())))


def test_no_optimum_is_said() -> None:
    from ml.models.lifetime.optimum import maximise

    assert maximise(lambda at: (float("nan"), at), [(1.0, 1.0)], 10) == NotFitted("not_converged")
    uphill = maximise(lambda at: (float(at[0] ** 3), np.array([3 * at[0] ** 2, 0.0])), [(1.0, 1.0)], 10)
    assert uphill == NotFitted("not_converged")
