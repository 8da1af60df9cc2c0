"""What is asked of the recommender and what it answers. Standard library only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Literal
from uuid import UUID

from cafe_ai.analytics.model import Fact, Period
from cafe_ai.catalogue.model import ProductData

Locale = Literal["es", "en"]
Daypart = Literal["morning", "noon", "afternoon", "night"]
Kind = Literal["promote", "search", "together"]

ReasonKind = Literal[
    "fits",  # what was searched for
    "together",  # bought with the product asked about, more often than by chance
    "together_at_times",  # in the same orders, as often as chance would have it
    "companion",  # bought with one of the best sellers
    "bestseller",
    "rising",  # more units than in as many days before
    "season",  # last year it sold more in the weeks to come than in those before
    "daypart",  # asked for at this part of the day above all
    "margin",
    "overstock",
    "unsold_stock",  # in stock, and none sold in the period
    "catalogue",  # nothing is known of its sales
    "low_stock",
    "out_of_stock",
]

Note = Literal[
    "nothing_fits",
    "nothing_after_diet",  # something fitted, nothing of which keeps to the allergen or diet asked for
    "diet_excluded",
    "no_history",  # no sales are recorded: catalogue and search alone
    "no_catalogue",
    "all_out_of_stock",
    "no_baskets",  # nothing is known of what is bought with it: what resembles it instead
    "search_degraded",
]


@dataclass(frozen=True, slots=True)
class Request:
    """What a member asks. text None: what to promote now. as_of as in a `Question` of the assistants."""

    business_id: UUID
    text: str | None = None
    limit: int = 5
    locale: Locale | None = None
    as_of: datetime | None = None


@dataclass(frozen=True, slots=True)
class Windows:
    """The periods that sales are looked at, in whole business days before as_of.

    recent: the 28 days up to the last day of sales before today; before: the 28 days before those. season: the 28 days from
    today on, a year (364 days, so that weekdays agree) ago; preseason: the 28 days before those. now: the running day.
    """

    recent: Period
    before: Period
    season: Period
    preseason: Period
    now: Period
    baskets: Period
    daytimes: Period


@dataclass(frozen=True, slots=True)
class Sales:
    """A product's sales in the windows, and what it costs. Units are net of returns; margin figures cover costed lines."""

    units: Decimal = Decimal(0)
    units_before: Decimal = Decimal(0)
    units_season: Decimal = Decimal(0)
    units_preseason: Decimal = Decimal(0)
    costed_net: Decimal = Decimal(0)
    costs: Decimal = Decimal(0)
    rows: int = 0


@dataclass(frozen=True, slots=True)
class Candidate:
    """A product with all that speaks for it or against it. cost and lead_time_days as the catalogue has them."""

    product: ProductData
    sales: Sales
    cost: Decimal | None = None
    lead_time_days: int | None = None

    @property
    def stock(self) -> Decimal | None:
        """Units on hand; None where they are not kept."""
        return self.product.stock

    @property
    def is_out(self) -> bool:
        """Whether it is known to have run out."""
        return self.stock is not None and self.stock <= 0


@dataclass(frozen=True, slots=True)
class Pair:
    """Two products that share orders. Counts are of distinct orders of the window; see baskets/repository.py for lift and g2."""

    product_id: UUID
    other_id: UUID
    orders_together: int
    product_orders: int
    other_orders: int
    orders: int
    lift: float
    g2: float
    score: float

    @property
    def is_significant(self) -> bool:
        """Whether they are bought together more often than chance would have it (χ² of one degree of freedom, p < .001)."""
        return self.lift > 1 and self.g2 >= 10.83

    @property
    def is_avoided(self) -> bool:
        """Whether they are bought together less often than chance would have it."""
        return self.lift < 1 and self.g2 >= 10.83


@dataclass(frozen=True, slots=True)
class Daytime:
    """In how many orders of a part of the day a product was, of how many; and of the whole day."""

    orders: int
    part_orders: int
    all_orders: int
    total: int


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a product was chosen. facts: the figures that the reason states; other: the product it is bought with."""

    kind: ReasonKind
    facts: tuple[Fact, ...] = ()
    other: str | None = None


@dataclass(frozen=True, slots=True)
class Item:
    """A recommended product. score is in [0, 1] and falls with the rank; parts are what it was made of, each in [0, 1]."""

    product: ProductData
    score: float
    reasons: tuple[Reason, ...]
    price: Fact | None = None
    parts: Mapping[str, float] = field(default_factory=dict)

    @property
    def facts(self) -> tuple[Fact, ...]:
        """Its price and the figures of its reasons."""
        told = [fact for reason in self.reasons for fact in reason.facts]
        return (self.price, *told) if self.price else tuple(told)


@dataclass(frozen=True, slots=True)
class Choice:
    """What was chosen, before it is put into words. about: the product whose company was asked for."""

    kind: Kind
    items: tuple[Item, ...]
    notes: tuple[Note, ...] = ()
    about: str | None = None
    windows: Windows | None = None
    daypart: Daypart | None = None

    @property
    def facts(self) -> tuple[Fact, ...]:
        """The figures of all items, each once."""
        kept: list[Fact] = []
        for item in self.items:
            for fact in item.facts:
                if fact not in kept:
                    kept.append(fact)
        return tuple(kept)


@dataclass(frozen=True, slots=True)
class Worded:
    """An item's reason as it is told."""

    item: Item
    reason: str


@dataclass(frozen=True, slots=True)
class Recommendation:
    """What the caller is told, and what it was made of; as an `Answer` of the assistants otherwise.

    conversation_id is None where no user asked.
    """

    business_id: UUID
    query: str | None
    text: str
    items: tuple[Worded, ...]
    conversation_id: UUID | None
    response_time_ms: int
    facts: tuple[Fact, ...]
    model_name: str
    degraded: bool
    tokens_used: int
    cost_usd: Decimal
    verified: bool
