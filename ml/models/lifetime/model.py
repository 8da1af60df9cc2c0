"""What fitting ends in. Standard library only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Reason = Literal[
    "few_customers",  # too few to estimate anything
    "few_repeaters",  # too few came back
    "no_values",  # too few repeat purchases with a positive value
    "not_converged",  # no starting point led to an optimum
    "no_mean_value",  # the values scatter so widely that they have no mean (Gamma-Gamma's q is 1 or less)
]


@dataclass(frozen=True, slots=True)
class NotFitted:
    """Why there is no model, and the number that decided it."""

    reason: Reason
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
