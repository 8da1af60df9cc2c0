"""Gamma-Gamma and lifetime value."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import approx_fprime

from ml.models.lifetime.bg_nbd import BgNbd
from ml.models.lifetime.counting import Counted
from ml.models.lifetime.gamma_gamma import LEAST_VALUES, GammaGamma, fit_gamma_gamma, log_likelihood
from ml.models.lifetime.model import NotFitted
from ml.models.lifetime.optimum import Floats
from ml.models.lifetime.worth import discounted_value, expected_value

POSITIVE = st.floats(0.2, 30)
TRUE = GammaGamma(5.0, 4.0, 20.0)
PURCHASES = BgNbd(0.243, 4.414, 0.793, 2.426)


def simulate(size: int) -> tuple[Floats, Floats]:
    random = np.random.default_rng(5)
    x = random.geometric(0.4, size).astype(float)
    nu = random.gamma(TRUE.q, 1 / TRUE.gamma, size)
    return x, random.gamma(TRUE.p * x) / nu / x


def test_it_finds_the_parameters_that_made_the_data() -> None:
    fitted = fit_gamma_gamma(*simulate(20_000))
    assert isinstance(fitted, GammaGamma)
    assert fitted.parameters == pytest.approx(TRUE.parameters, rel=0.12)
    assert abs(fitted.correlation) < 0.03


def test_the_unit_of_money_changes_gamma_alone() -> None:
    x, z = simulate(2_000)
    one, other = fit_gamma_gamma(x, z), fit_gamma_gamma(x, z * 1000)
    assert isinstance(one, GammaGamma) and isinstance(other, GammaGamma)
    assert (other.p, other.q, other.gamma / 1000) == pytest.approx((one.p, one.q, one.gamma), rel=1e-4)


@given(POSITIVE, POSITIVE, POSITIVE, st.integers(1, 300), st.floats(0.01, 1e5))
@settings(max_examples=60, deadline=None)
def test_the_gradient_is_that_of_the_likelihood(p: float, q: float, gamma: float, x: int, z: float) -> None:
    at, rows = np.array([p, q, gamma]), (np.array([float(x)]), np.array([z]))
    _, gradient = log_likelihood(at, *rows)
    numeric = approx_fprime(at, lambda each: log_likelihood(each, *rows)[0], 1e-7 * at)
    assert gradient == pytest.approx(numeric, rel=5e-3, abs=5e-3 * max(1.0, float(np.abs(gradient).max())))


@given(st.integers(0, 200), st.floats(0.01, 1e5))
def test_an_expected_value_lies_between_the_own_and_everybodys(x: int, z: float) -> None:
    own = z if x else 0.0
    expected = TRUE.order_value(np.array([float(x)]), np.array([own]))[0]
    low, high = sorted((own if x else TRUE.mean, TRUE.mean))
    assert low * (1 - 1e-9) <= expected <= high * (1 + 1e-9)


def test_returns_alone_are_no_value() -> None:
    assert TRUE.order_value(np.array([2.0]), np.array([-5.0]))[0] == pytest.approx(TRUE.mean)


def test_too_few_values_are_not_fitted_and_say_why() -> None:
    x, z = np.ones(100), np.linspace(1, 9, 100)
    z[: 100 - LEAST_VALUES + 1] = -1.0
    assert fit_gamma_gamma(x, z) == NotFitted("no_values", LEAST_VALUES - 1)


def test_values_without_a_mean_are_said() -> None:
    random = np.random.default_rng(2)
    assert fit_gamma_gamma(np.ones(3000), random.pareto(0.5, 3000) + 1e-3) in [
        NotFitted("no_mean_value", pytest.approx(0.5, abs=0.5)),
        NotFitted("not_converged"),
    ]


def test_value_is_purchases_times_value_and_less_when_discounted() -> None:
    arrays = ([0.0, 2.0, 9.0], [0.0, 30.0, 38.0], [38.0] * 3, [0.0, 22.0, 50.0])
    of = Counted(np.arange(3), *(np.array(each) for each in arrays))
    plain = expected_value(PURCHASES, TRUE, of, 52.0)
    assert plain[1] == pytest.approx(
        PURCHASES.purchases(*(each[1:2] for each in (of.frequency, of.recency, of.age)), 52.0)[0]
        * TRUE.order_value(np.array([2.0]), np.array([22.0]))[0]
    )
    assert discounted_value(PURCHASES, TRUE, of, 52.0, rate=0.0) == pytest.approx(plain)
    less = discounted_value(PURCHASES, TRUE, of, 52.0, rate=1.15 ** (1 / 52) - 1)
    assert (less < plain).all() and less == pytest.approx(plain * 1.15**-0.45, rel=0.03)
