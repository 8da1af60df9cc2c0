"""CDNOW: the parameters, expectations and holdout that the papers print.

- Fader, Hardie & Lee (2005), Marketing Science 24(2), section 4: the parameters; cumulative repeat purchases 4 % below the
  actual ones at week 78; correlation .626 of expected and actual purchases held out; figure of both by frequency.
- Fader, Hardie & Lee (2005), Implementing the BG/NBD Model in Excel, brucehardie.com/notes/004: of a customer with x = 2,
  t_x = 30.43 and T = 38.86 the model expects 1.226 purchases in 39 weeks.
- Fader & Hardie (2013), The Gamma-Gamma Model of Monetary Value, brucehardie.com/notes/025: p, q, γ, and the expected values of
  the first customers.
"""

from __future__ import annotations

import numpy as np
import pytest

from ml.models.lifetime.bg_nbd import BgNbd, fit_bg_nbd
from ml.models.lifetime.gamma_gamma import GammaGamma, fit_gamma_gamma
from tests.unit.ml.lifetime.cdnow import calibration, weeks

HOLDOUT = 39.0


@pytest.fixture(scope="module")
def fitted() -> BgNbd:
    model = fit_bg_nbd(*weeks())
    assert isinstance(model, BgNbd)
    return model


@pytest.fixture(scope="module")
def values() -> GammaGamma:
    known, _ = calibration()
    model = fit_gamma_gamma(known.frequency, known.value)
    assert isinstance(model, GammaGamma)
    return model


def test_the_purchases_are_counted_as_published() -> None:
    known, actual = calibration()
    assert len(known) == 2357
    assert (known.frequency > 0).sum() == 946
    assert known.frequency.sum() == 2457
    assert actual.sum() == 1882
    first = known.frequency[:3], np.round(known.recency[:3] / 7, 2), np.round(known.age[:3] / 7, 2)
    assert [list(each) for each in first] == [[2, 1, 0], [30.43, 1.71, 0], [38.86, 38.86, 38.86]]


def test_the_parameters_are_the_published_ones(fitted: BgNbd) -> None:
    assert fitted.r == pytest.approx(0.243, abs=0.0006)
    assert fitted.alpha == pytest.approx(4.414, abs=0.001)
    assert fitted.a == pytest.approx(0.793, abs=0.0006)
    assert fitted.b == pytest.approx(2.426, abs=0.0006)
    assert fitted.fit is not None
    assert fitted.fit.log_likelihood == pytest.approx(-9582.4, abs=0.05)
    assert fitted.fit.steepest < 1e-6 and not fitted.fit.regularised


def test_the_unit_of_time_changes_alpha_alone(fitted: BgNbd) -> None:
    x, t_x, age = weeks()
    in_days = fit_bg_nbd(x, t_x * 7, age * 7)
    assert isinstance(in_days, BgNbd)
    assert in_days.alpha == pytest.approx(fitted.alpha * 7, rel=1e-4)
    assert (in_days.r, in_days.a, in_days.b) == pytest.approx((fitted.r, fitted.a, fitted.b), rel=1e-4)
    assert in_days.purchases(x, t_x * 7, age * 7, 273) == pytest.approx(fitted.purchases(x, t_x, age, 39), rel=1e-4)


def test_the_expected_purchases_of_the_spreadsheets_first_customer(fitted: BgNbd) -> None:
    one = [np.array([value]) for value in (2.0, 30.43, 38.86)]
    assert fitted.purchases(*one, HOLDOUT)[0] == pytest.approx(1.226, abs=0.0005)


def test_the_holdout_is_missed_by_as_little_as_published(fitted: BgNbd) -> None:
    known, actual = calibration()
    expected = fitted.purchases(*weeks(), HOLDOUT)
    ages, counts = np.unique(known.age / 7, return_counts=True)
    cumulative = fitted.purchases_of_new(ages + HOLDOUT) @ counts / (known.frequency.sum() + actual.sum())
    assert cumulative == pytest.approx(0.96, abs=0.003)  # 4 % below at week 78
    assert np.corrcoef(expected, actual)[0, 1] == pytest.approx(0.626, abs=0.0006)


def test_purchases_by_frequency_are_followed_as_in_the_figure(fitted: BgNbd) -> None:
    """Expectation and count go up together from 0 to 7 or more, apart by less than half a purchase."""
    known, actual = calibration()
    expected = fitted.purchases(*weeks(), HOLDOUT)
    for frequency in range(7):
        of = known.frequency == frequency
        assert expected[of].mean() == pytest.approx(actual[of].mean(), abs=0.42)
    often = known.frequency >= 7
    assert expected[often].mean() == pytest.approx(actual[often].mean(), rel=0.05)


def test_the_values_are_the_published_ones(values: GammaGamma) -> None:
    known, _ = calibration()
    assert values.parameters == pytest.approx({"p": 6.25, "q": 3.74, "gamma": 15.44}, rel=0.003)
    assert values.mean == pytest.approx(35.17, abs=0.05)
    first = values.order_value(known.frequency[:10], known.value[:10])
    assert first == pytest.approx([24.65, 18.91, 35.17, 35.17, 35.17, 71.46, 18.91, 35.17, 27.28, 35.17], abs=0.06)
    assert values.correlation == pytest.approx(0.11, abs=0.01)
