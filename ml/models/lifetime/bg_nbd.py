"""BG/NBD: how often customers buy while they are customers, and whether they still are.

While active a customer buys as a Poisson process with rate λ ~ Gamma(r, α); after each purchase they drop out with probability
p ~ Beta(a, b). Fader, Hardie & Lee (2005), "Counting Your Customers" the Easy Way: An Alternative to the Pareto/NBD Model,
Marketing Science 24(2), 275-284; equations below are that paper's.

Of each customer it knows: frequency x, how many purchases after the first (a day counts once); recency t_x, from the first
purchase to the last; age T, from the first purchase to the end of what is seen. Times are in any one unit; α has that unit,
and what is asked for (`periods`) is in it too. All functions take arrays of one length and give one of the same.

What it cannot know: somebody who never bought again has not dropped out by this model (P(active) = 1), only a low rate, so
that the churn of one-time customers shows in `buys`, not in `active`. It has no seasons.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ml.models.lifetime.model import Fit, NotFitted
from ml.models.lifetime.optimum import Floats, maximise

LEAST_CUSTOMERS, LEAST_REPEATERS = 100, 30
STARTS = ((0.3, 0.5, 0.8, 2.5), (1.0, 1.0, 1.0, 1.0), (1.0, 0.2, 0.1, 1.0), (5.0, 5.0, 0.5, 5.0))
"""r, α by the mean age, a, b."""
NODES = 64


@dataclass(frozen=True)
class BgNbd:
    """A fitted model."""

    r: float
    alpha: float
    a: float
    b: float
    fit: Fit | None = None

    @property
    def parameters(self) -> dict[str, float]:
        """By the names of the paper."""
        return {"r": self.r, "alpha": self.alpha, "a": self.a, "b": self.b}

    def active(self, frequency: Floats, recency: Floats, age: Floats) -> Floats:
        """The probability that a customer has not dropped out: P(active | x, t_x, T), Fader & Hardie (2008), Computing P(alive)
        Using the BG/NBD Model, equation 6."""
        from scipy.special import expit

        once = np.maximum(frequency, 1)
        odds: Floats = np.log(self.a) - np.log(self.b + once - 1)
        odds = odds + (self.r + frequency) * (np.log(self.alpha + age) - np.log(self.alpha + recency))
        here: Floats = np.where(frequency > 0, expit(-odds), 1.0)
        return here

    def buys(self, frequency: Floats, recency: Floats, age: Floats, periods: float) -> Floats:
        """The probability of at least one purchase in the coming periods.

        Who is active has λ ~ Gamma(r + x, α + T), so that none comes with probability ((α + T) / (α + T + t))^(r + x).
        """
        none = (self.r + frequency) * (np.log(self.alpha + age) - np.log(self.alpha + age + periods))
        some: Floats = -np.expm1(none)
        return self.active(frequency, recency, age) * some

    def purchases(self, frequency: Floats, recency: Floats, age: Floats, periods: float) -> Floats:
        """The expected purchases in the coming periods, E[Y(t) | x, t_x, T], equation 10 before its integral is solved.

        Who is active has λ ~ Gamma(r + x, α + T) and p ~ Beta(a, b + x), and buys on average (1 - exp(-λpt)) / p times; over
        λ that is (1 - (1 + pt / (α + T))^-(r + x)) / p, positive and smooth. The equation's 2F1 is not used: it overflows for
        many purchases, scipy's loses all digits for long horizons, and a = 1 and a + b = 1 are exceptions to it.
        """
        expected = np.zeros(len(frequency))
        for x in np.unique(frequency):
            of = frequency == x
            left, weight = _beta_nodes(self.a, self.b + float(x))
            wait = periods / (self.alpha + age[of])
            none = -(self.r + x) * np.log1p(left[:, None] * wait[None, :])
            expected[of] = (weight / left) @ -np.expm1(none)
        return expected * self.active(frequency, recency, age)

    def purchases_of_new(self, periods: Floats) -> Floats:
        """The expected purchases of a new customer within the periods after the first, E[X(t)], equation 9."""
        left, weight = _beta_nodes(self.a, self.b)
        none = -self.r * np.log1p(left[:, None] * (np.atleast_1d(periods) / self.alpha)[None, :])
        expected: Floats = (weight / left) @ -np.expm1(none)
        return expected


def _beta_nodes(a: float, b: float) -> tuple[Floats, Floats]:
    """Where and with which weight to take a smooth function of p ~ Beta(a, b) for its mean: Gauss-Jacobi quadrature from the
    eigenvalues of its recurrence (Golub & Welsch 1969)."""
    from scipy.linalg import eigh_tridiagonal

    n = np.arange(1, NODES, dtype=np.float64)
    u, v = b - 1, a - 1  # Jacobi's exponents of 1 - y and 1 + y on [-1, 1]
    total = 2 * n + u + v
    middle = np.r_[(v - u) / (u + v + 2), (v - u) * (v + u) / (total * (total + 2))]
    first = 4 * (1 + u) * (1 + v) / ((2 + u + v) ** 2 * (3 + u + v))
    later, sums = n[1:], total[1:]
    beside = np.r_[first, 4 * later * (later + u) * (later + v) * (later + u + v) / (sums**2 * (sums + 1) * (sums - 1))]
    places, vectors = eigh_tridiagonal(middle, np.sqrt(beside))
    return np.maximum((1 + places) / 2, np.finfo(float).tiny), vectors[0] ** 2


def log_likelihood(
    parameters: Floats, frequency: Floats, recency: Floats, age: Floats, weight: Floats
) -> tuple[float, Floats]:
    """The sample's log likelihood and its gradient by r, α, a, b.

    Equation 6 in the form that does not overflow: Fader & Hardie (2013), Overcoming the BG/NBD Model's #NUM! Error Problem.
    weight: how many customers each row stands for.
    """
    from scipy.special import gammaln, psi

    r, alpha, a, b = parameters
    x, repeated = frequency, frequency > 0
    still, then = np.log(alpha + age), np.log(alpha + recency)
    before = b + np.maximum(x, 1) - 1
    stayed = -(r + x) * still
    left = np.where(repeated, np.log(a) - np.log(before) - (r + x) * then, -np.inf)
    either = np.logaddexp(stayed, left)
    each = gammaln(r + x) - gammaln(r) + r * np.log(alpha) + either
    each += gammaln(a + b) + gammaln(b + x) - gammaln(b) - gammaln(a + b + x)
    gone = np.exp(left - either)
    here = 1 - gone
    of_both = psi(a + b) - psi(a + b + x)
    slopes = (
        psi(r + x) - psi(r) + np.log(alpha) - here * still - gone * then,
        r / alpha - (r + x) * (here / (alpha + age) + gone / (alpha + recency)),
        of_both + gone / a,
        of_both + psi(b + x) - psi(b) - gone / before,
    )
    return float(weight @ each), np.array([weight @ slope for slope in slopes])


def fit_bg_nbd(frequency: Floats, recency: Floats, age: Floats) -> BgNbd | NotFitted:
    """The model of maximum likelihood. Rows that are equal are counted and computed once; times are scaled by the mean age.

    NotFitted with fewer than LEAST_CUSTOMERS customers or LEAST_REPEATERS who came back, or where no optimum is found. Raises
    ValueError for rows that cannot be: negative, a recency beyond the age, or none without a repeat.
    """
    _check(frequency, recency, age)
    repeaters = int((frequency > 0).sum())
    if len(frequency) < LEAST_CUSTOMERS:
        return NotFitted("few_customers", len(frequency))
    if repeaters < LEAST_REPEATERS:
        return NotFitted("few_repeaters", repeaters)
    rows, counts = np.unique(np.column_stack([frequency, recency, age]), axis=0, return_counts=True)
    scale = float(age.mean()) or 1.0
    x, t_x, seen = rows[:, 0], rows[:, 1] / scale, rows[:, 2] / scale
    weight = counts.astype(np.float64)
    best = maximise(lambda at: log_likelihood(at, x, t_x, seen, weight), STARTS, len(frequency))
    if isinstance(best, NotFitted):
        return best
    r, alpha, a, b = (float(value) for value in best.parameters)
    height, _ = log_likelihood(np.array([r, alpha * scale, a, b]), x, rows[:, 1], rows[:, 2], weight)
    return BgNbd(r, alpha * scale, a, b, Fit(height, len(frequency), best.steepest, best.regularised))


def _check(frequency: Floats, recency: Floats, age: Floats) -> None:
    if not len(frequency) == len(recency) == len(age):
        raise ValueError("frequency, recency and age differ in length")
    if (frequency < 0).any() or (recency < 0).any() or (recency > age).any():
        raise ValueError("a frequency, a recency or an age is negative, or a recency is beyond the age")
    if ((frequency == 0) != (recency == 0)).any():
        raise ValueError("a recency without a repeat purchase, or a repeat purchase without a recency")
