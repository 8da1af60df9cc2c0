"""Maximum likelihood of positive parameters: L-BFGS-B over their logarithms from several points, with the exact gradient.

Where the likelihood has no maximum within bounds (customers so alike that a variance goes to zero, and a parameter to
infinity), a normal prior on each log parameter with standard deviation PRIOR_SD is added: beside a few hundred customers
it changes what is expected by less than is told, and the fit says `regularised`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ml.models.lifetime.model import NotFitted

Floats = NDArray[np.float64]
Objective = Callable[[Floats], tuple[float, Floats]]
"""Of the parameters: the log likelihood, and its gradient by each parameter."""

BOUND = 12.0
"""The logarithm of a parameter lies within ± this."""
PRIOR_SD = 3.0
STEEP = 1e-4
"""With a steeper gradient (by log parameter, per customer) the optimum was not reached."""


@dataclass(frozen=True, slots=True)
class Optimum:
    """Parameters at the maximum, with the steepest element of the gradient per customer."""

    parameters: Floats
    steepest: float
    regularised: bool


def maximise(objective: Objective, starts: Sequence[Sequence[float]], customers: int) -> Optimum | NotFitted:
    """The best optimum found from the starting points; NotFitted where none of them led to one."""
    for sd in (None, PRIOR_SD):
        found = [each for start in starts if (each := _climb(objective, np.log(start), customers, sd)) is not None]
        inside = [each for each in found if np.abs(each[1]).max() < BOUND - 1e-3]
        if inside:
            height, logs, steepest = max(inside, key=lambda each: each[0])
            if height >= max(each[0] for each in found) - 1e-6 * abs(height):
                return Optimum(np.exp(logs), steepest, sd is not None)
    return NotFitted("not_converged")


def _climb(objective: Objective, start: Floats, customers: int, sd: float | None) -> tuple[float, Floats, float] | None:
    """The height, place (in logarithms) and steepness of the optimum reached; None where none was."""
    from scipy.optimize import minimize

    precision = 0.0 if sd is None else 1 / sd**2

    def downhill(logs: Floats) -> tuple[float, Floats]:
        parameters = np.exp(logs)
        height, gradient = objective(parameters)
        height -= precision * float(logs @ logs) / 2
        uphill = gradient * parameters - precision * logs
        return -height / customers, -uphill / customers

    bounds = [(-BOUND, BOUND)] * len(start)
    found = minimize(
        downhill,
        start,
        jac=True,
        method="L-BFGS-B",
        bounds=bounds,
        options={"maxiter": 1000, "ftol": 1e-14, "gtol": 1e-8},
    )
    logs = np.asarray(found.x, dtype=np.float64)
    height, slope = downhill(logs)
    free = np.abs(logs) < BOUND - 1e-3
    steepest = float(np.abs(slope[free]).max(initial=0.0))
    if not np.isfinite(height) or steepest > STEEP:
        return None
    return -height, logs, steepest
