"""Gamma-Gamma: what a customer's next purchase is worth, given the mean of those seen.

The values of a customer's purchases scatter as Gamma(p, ν) and the ν of customers as Gamma(q, γ), whatever their frequency: that
frequency and value do not go together is assumed, and `correlation` says how far it holds. Fader & Hardie (2013), The Gamma-Gamma
Model of Monetary Value, brucehardie.com/notes/025; equations below are that note's.

Of each customer it knows: frequency x, how many purchases after the first; value, the mean value of those. Only customers with a
repeat purchase of positive value teach it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ml.models.lifetime.model import Fit, NotFitted
from ml.models.lifetime.optimum import Floats, maximise

LEAST_VALUES = 30
STARTS = ((6.0, 4.0, 0.5), (1.0, 2.0, 1.0), (20.0, 3.0, 0.1))
"""p, q, γ by the mean value."""


@dataclass(frozen=True)
class GammaGamma:
    """A fitted model. correlation: of frequency and mean value among the customers it was fitted on (Pearson)."""

    p: float
    q: float
    gamma: float
    correlation: float = 0.0
    fit: Fit | None = None

    @property
    def parameters(self) -> dict[str, float]:
        """By the names of the note."""
        return {"p": self.p, "q": self.q, "gamma": self.gamma}

    @property
    def mean(self) -> float:
        """The expected value of a purchase of somebody of whom none is known, pγ / (q - 1)."""
        return self.p * self.gamma / (self.q - 1)

    def order_value(self, frequency: Floats, value: Floats) -> Floats:
        """The expected mean value of a customer's purchases, equation 5: their own mean drawn towards everybody's, the less
        the oftener they bought. Without a repeat purchase of positive value it is everybody's."""
        known = np.where(value > 0, frequency, 0.0)
        own = np.where(value > 0, value, 0.0)
        return self.p * (self.gamma + known * own) / (self.p * known + self.q - 1)


def log_likelihood(parameters: Floats, frequency: Floats, value: Floats) -> tuple[float, Floats]:
    """The sample's log likelihood, equation 1a, and its gradient by p, q, γ."""
    from scipy.special import gammaln, psi

    p, q, gamma = parameters
    x, z = frequency, value
    total = np.log(gamma + x * z)
    each = gammaln(p * x + q) - gammaln(p * x) - gammaln(q) + q * np.log(gamma)
    each += (p * x - 1) * np.log(z) + p * x * np.log(x) - (p * x + q) * total
    both = psi(p * x + q)
    slopes = (
        x * (both - psi(p * x) + np.log(z) + np.log(x) - total),
        both - psi(q) + np.log(gamma) - total,
        q / gamma - (p * x + q) / (gamma + x * z),
    )
    return float(each.sum()), np.array([slope.sum() for slope in slopes])


def fit_gamma_gamma(frequency: Floats, value: Floats) -> GammaGamma | NotFitted:
    """The model of maximum likelihood of the customers with a repeat purchase of positive value.

    NotFitted with fewer than LEAST_VALUES of them, where no optimum is found, or where the fitted values have no mean.
    """
    taken = (frequency > 0) & (value > 0) & np.isfinite(value)
    x, z = frequency[taken], value[taken]
    if len(x) < LEAST_VALUES:
        return NotFitted("no_values", len(x))
    scale = float(z.mean())
    best = maximise(lambda at: log_likelihood(at, x, z / scale), STARTS, len(x))
    if isinstance(best, NotFitted):
        return best
    p, q, gamma = (float(each) for each in best.parameters)
    if q <= 1:
        return NotFitted("no_mean_value", q)
    height, _ = log_likelihood(np.array([p, q, gamma * scale]), x, z)
    together = float(np.corrcoef(x, z)[0, 1]) if x.std() > 0 and z.std() > 0 else 0.0
    return GammaGamma(p, q, gamma * scale, together, Fit(height, len(x), best.steepest, best.regularised))
