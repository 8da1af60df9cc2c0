"""What customers write, and what is read in it. Standard library only."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


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
    among them (folded: no accents, lower case)."""

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
