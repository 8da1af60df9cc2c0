"""The models of this package in cafe_ai's port: what to expect of a shop's customers, times in days.

They are imported when something is learnt: a function that only starts goes without numpy.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cafe_ai.customers.model import Buyer, Expectation, NoLifetime
from ml.models.lifetime.model import NotFitted

if TYPE_CHECKING:
    from ml.models.lifetime.bg_nbd import BgNbd
    from ml.models.lifetime.counting import Counted
    from ml.models.lifetime.gamma_gamma import GammaGamma


@dataclass(frozen=True)
class BuyerLifetime:
    """BG/NBD, and Gamma-Gamma where the values allowed it: a port.Lifetime."""

    purchases: BgNbd
    values: GammaGamma | None
    no_value: NoLifetime | None

    @property
    def parameters(self) -> dict[str, float]:
        """Those of both models; α is in days."""
        return {**self.purchases.parameters, **(self.values.parameters if self.values else {})}

    @property
    def correlation(self) -> float | None:
        """Of frequency and value."""
        return self.values.correlation if self.values else None

    def expect(self, buyers: Sequence[Buyer], days: int) -> list[Expectation]:
        """Each customer's coming days."""
        of = _arrays(buyers)
        history = (of.frequency, of.recency, of.age)
        active, buys = self.purchases.active(*history), self.purchases.buys(*history, days)
        visits = self.purchases.purchases(*history, days)
        each = self.values.order_value(of.frequency, of.value) if self.values else None
        worth = [None] * len(of) if each is None else (visits * each).tolist()
        rows = zip(active.tolist(), buys.tolist(), visits.tolist(), worth, strict=True)
        return [Expectation(*row) for row in rows]


class BuyerLifetimes:
    """Fits them: a port.LifetimeModel."""

    def learn(self, buyers: Sequence[Buyer]) -> BuyerLifetime | NoLifetime:
        """The models of these customers."""
        from ml.models.lifetime.bg_nbd import fit_bg_nbd
        from ml.models.lifetime.gamma_gamma import fit_gamma_gamma

        of = _arrays(buyers)
        purchases = fit_bg_nbd(of.frequency, of.recency, of.age)
        if isinstance(purchases, NotFitted):
            return purchases.reason
        values = fit_gamma_gamma(of.frequency, of.value)
        if isinstance(values, NotFitted):
            return BuyerLifetime(purchases, None, values.reason)
        return BuyerLifetime(purchases, values, None)


def _arrays(buyers: Sequence[Buyer]) -> Counted:
    import numpy as np

    from ml.models.lifetime.counting import Counted

    rows = np.array(
        [(one.frequency, one.recency_days, one.age_days, one.value) for one in buyers], dtype=np.float64
    ).reshape(-1, 4)
    return Counted(np.arange(len(rows)), rows[:, 0], rows[:, 1], rows[:, 2], rows[:, 3])
