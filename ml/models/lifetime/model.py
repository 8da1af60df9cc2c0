"""What fitting ends in. Standard library only."""

from __future__ import annotations

from dataclasses import dataclass

from cafe_ai.customers.model import NoLifetime


@dataclass(frozen=True, slots=True)
class NotFitted:
    """Why there is no model, and the number that decided it."""

    reason: NoLifetime
    found: float = 0.0


@dataclass(frozen=True, slots=True)
class Fit:
    """How a model was fitted: log likelihood at its optimum (in the data's own units), on how many customers.

    steepest: the largest element of the gradient by log parameter, per customer; near zero at an optimum. regularised: a
    weak normal prior on the log parameters had to keep them finite.
    """

    log_likelihood: float
    customers: int
    steepest: float
    regularised: bool = False
