"""What learns from all visits how often customers come and what they spend; ml has it, as it needs numpy and scipy."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Protocol
from uuid import UUID

from cafe_ai.customers.model import Buyer, Expectation, NoLifetime

if TYPE_CHECKING:
    from cafe_ai.platform.db import UnitOfWork


class Lifetime(Protocol):
    """A model of a shop's customers."""

    @property
    def parameters(self) -> Mapping[str, float]:
        """By their names in the literature; times are in days, money in the shop's currency."""

    @property
    def correlation(self) -> float | None:
        """Of frequency and value among those it learnt from; None without a model of values."""

    @property
    def no_value(self) -> NoLifetime | None:
        """Why it expects no value, where it does not."""

    def expect(self, buyers: Sequence[Buyer], days: int) -> list[Expectation]:
        """What to expect of each in the coming days, in their order."""


class BuyerStore(Protocol):
    """Where what models know of customers is kept, for training and serving alike."""

    def buyers(self, uow: UnitOfWork, business_id: UUID, moment: datetime) -> Mapping[UUID, Buyer]:
        """The customers with a visit before the moment, by id, in a transaction that may write; none where another one is just
        bringing the store up to date."""


class LifetimeModel(Protocol):
    """Learns a shop's customers."""

    def learn(self, buyers: Sequence[Buyer]) -> Lifetime | NoLifetime:
        """The model of these customers, all of whom are seen up to one moment, or why there is none."""
