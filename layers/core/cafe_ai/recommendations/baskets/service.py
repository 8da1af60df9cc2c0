"""The nightly job: every business with new orders, stalest first, until the time is over.

What is left is due again at the next run, and so is a business whose computation failed: one failure does not stop the
others, nor stand before them the next time.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from cafe_ai.platform.clock import Deadline, now_utc
from cafe_ai.platform.telemetry import log, log_failure, measures
from cafe_ai.recommendations.baskets import repository

if TYPE_CHECKING:
    from cafe_ai.bootstrap import Runtime

AT_ONCE = 200
LEAST_SECONDS = 5.0  # with less left no further business is begun
MOST_SECONDS = 150.0  # for one business: 521,771 order lines take about ten


@dataclass(frozen=True, slots=True)
class Outcome:
    """How many businesses were computed, failed, and are known to be left for the next run."""

    computed: int
    failed: int
    left: int


def run(runtime: Runtime, deadline: Deadline) -> None:
    """What the schedule calls."""
    compute_due(runtime, deadline)


def compute_due(runtime: Runtime, deadline: Deadline) -> Outcome:
    """Computes the businesses that are due until the deadline. Raises Unavailable where the database is away."""
    with runtime.database.transaction(deadline=deadline, read_only=True) as uow:
        waiting = repository.due(uow, AT_ONCE)
    computed = failed = 0
    for business_id in waiting:
        if deadline.remaining() < LEAST_SECONDS:
            break
        try:
            computed += compute(runtime, business_id, Deadline.after(deadline.at_most(MOST_SECONDS)))
        except Exception as error:  # whatever it is about this business, the others are not to wait for it
            log_failure("The baskets of a business could not be computed", error, business=str(business_id))
            _put_last(runtime, business_id, deadline)
            failed += 1
    outcome = Outcome(computed, failed, len(waiting) - computed - failed)
    for name, value in (("BasketsComputed", computed), ("BasketsFailed", failed), ("BasketsLeft", outcome.left)):
        measures().count(name, value)
    log("baskets computed", computed=computed, failed=failed, left=outcome.left)
    return outcome


def compute(runtime: Runtime, business_id: UUID, deadline: Deadline) -> bool:
    """Computes one business in one transaction; False where another run has it in hand or it is gone."""
    with runtime.database.transaction(business_id, deadline=deadline) as uow:
        today = repository.shop_today(uow, business_id, now_utc())
        if today is None or not repository.claim(uow, business_id):
            return False
        repository.recompute(uow, business_id, today)
        return True


def _put_last(runtime: Runtime, business_id: UUID, deadline: Deadline) -> None:
    with runtime.database.transaction(business_id, deadline=Deadline.after(max(1.0, deadline.remaining()))) as uow:
        repository.note_failure(uow, business_id)
