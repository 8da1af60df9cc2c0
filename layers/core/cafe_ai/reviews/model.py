"""What customers write, and what is read in it. Standard library only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Literal
from uuid import UUID

LEAST_CORRECTIONS = 5
"""With fewer corrections a business's reviews are read as everybody's are."""

Side = Literal["positive", "negative"]


class Label(StrEnum):
    """Which way a review leans on the whole."""

    POSITIVE = "positive"
    NEUTRAL = "neutral"
    NEGATIVE = "negative"


class Aspect(StrEnum):
    """What a review speaks of."""

    PRODUCT = "product"
    SERVICE = "service"
    PRICE = "price"
    PLACE = "place"
    WAITING = "waiting"


@dataclass(frozen=True, slots=True)
class AspectOpinion:
    """One clause about one aspect: score from -1 (bad) to 1 (good), quote the review's own words, terms the telling ones
    among them, in lower case."""

    aspect: Aspect
    score: float
    quote: str
    terms: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Opinion:
    """What was read in one review's text: score from -1 to 1, and the clauses about aspects in their order."""

    label: Label
    score: float
    aspects: tuple[AspectOpinion, ...] = ()


@dataclass(frozen=True, slots=True)
class Review:
    """A review with what was read in it. label and score are of text and rating together, or the business's own correction.

    day is the date on the shop's clock. product is None where it is about none.
    """

    id: UUID
    day: date
    text: str
    rating: int | None
    product_id: UUID | None
    product: str | None
    label: Label
    score: float
    aspects: tuple[AspectOpinion, ...] = ()
    corrected: bool = False


@dataclass(frozen=True, slots=True)
class Quote:
    """A customer's own words, and when they were written."""

    text: str
    day: date
    review_id: UUID


@dataclass(frozen=True, slots=True)
class Theme:
    """What several reviews say of one aspect: named by their telling word, with how many say it and some of their words."""

    aspect: Aspect
    side: Side
    name: str
    reviews: int
    quotes: tuple[Quote, ...]


@dataclass(frozen=True, slots=True)
class AspectCount:
    """How many reviews praise an aspect, and how many complain of it; one may do both."""

    aspect: Aspect
    positive: int
    negative: int


@dataclass(frozen=True, slots=True)
class Share:
    """How many of some reviews are positive: percent, and its 95 % interval (Wilson's)."""

    positive: int
    reviews: int
    percent: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class MonthShare:
    """The share of positive reviews of a calendar month; month is its first day."""

    month: date
    share: Share


@dataclass(frozen=True, slots=True)
class Trend:
    """The recent reviews against those before. direction is None where too few reviews, or chance, leave it open."""

    recent: Share
    before: Share
    direction: Literal["better", "worse"] | None
    enough: bool


@dataclass(frozen=True, slots=True)
class ProductOpinion:
    """How a product is reviewed: its reviews, how many are positive and negative, and the mean of their scores."""

    product_id: UUID
    product: str
    reviews: int
    positive: int
    negative: int
    score: float


@dataclass(frozen=True, slots=True)
class Overview:
    """What a business's customers say, of the reviews up to a moment.

    start and end: the days that were asked for, end exclusive. pending: reviews in them that nobody has read yet.
    average_rating is over the reviews that have one (rated).
    """

    start: date
    end: date
    as_of: datetime
    reviews: tuple[Review, ...] = ()
    pending: int = 0
    positive: int = 0
    neutral: int = 0
    negative: int = 0
    rated: int = 0
    average_rating: float | None = None
    aspects: tuple[AspectCount, ...] = ()
    themes: tuple[Theme, ...] = ()
    months: tuple[MonthShare, ...] = ()
    trend: Trend | None = None
    products: tuple[ProductOpinion, ...] = ()

    @property
    def count(self) -> int:
        """How many reviews were read."""
        return len(self.reviews)
