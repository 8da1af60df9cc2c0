"""The nightly check: the rollups of each business's recent days and of one older slice, made anew from the lines and compared.

There is nothing to find unless there is a bug, or someone wrote to the tables by hand. What is found is logged, counted in the
metric RollupMismatch (for an alarm) and mended by the recompute that keeps the rollups. A business whose check fails stands in
no other's way. Its older days are gone through backwards, one slice a night, and then from the start again.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from cafe_ai.analytics.rollup_check import repository
from cafe_ai.analytics.rollup_check.repository import Difference, Extent
from cafe_ai.platform.clock import Deadline, now_utc
from cafe_ai.platform.telemetry import log, log_failure, log_warning, measures

if TYPE_CHECKING:
    from cafe_ai.bootstrap import Runtime

AT_ONCE = 200
NOT_AGAIN = timedelta(hours=20)  # the schedule is daily
RECENT_DAYS = 35
SLICE_DAYS = 92
LEAST_SECONDS = 5.0  # with less left no further business is begun
MOST_SECONDS = 120.0  # for one business


@dataclass(frozen=True, slots=True)
class Outcome:
    """How many businesses were checked, could not be, and were not reached; and how many of their days were wrong."""

    checked: int
    failed: int
    left: int
    days_mended: int


def run(runtime: Runtime, deadline: Deadline) -> None:
    """What the schedule calls."""
    check_due(runtime, deadline)


def check_due(runtime: Runtime, deadline: Deadline) -> Outcome:
    """Checks the businesses that were not checked today, stalest first, until the deadline. Raises Unavailable where the
    database is away."""
    since = now_utc() - NOT_AGAIN
    checked = failed = left = mended = 0
    while deadline.remaining() > LEAST_SECONDS and not left:
        with runtime.database.transaction(deadline=deadline, read_only=True) as uow:
            waiting = repository.due(uow, since, AT_ONCE)
        if not waiting:
            break
        for number, business_id in enumerate(waiting):
            if deadline.remaining() < LEAST_SECONDS:
                left = len(waiting) - number
                break
            try:
                mended += len(check(runtime, business_id, Deadline.after(deadline.at_most(MOST_SECONDS))))
                checked += 1
            except Exception as error:  # whatever it is about this business, the others are not to wait for it
                log_failure("The rollups of a business could not be checked", error, business=str(business_id))
                _put_last(runtime, business_id, deadline)
                failed += 1
        if len(waiting) < AT_ONCE:
            break
    for name, value in (("RollupsChecked", checked), ("RollupChecksFailed", failed), ("RollupMismatch", mended)):
        measures().count(name, value)
    log("rollups checked", checked=checked, failed=failed, left=left, days_mended=mended)
    return Outcome(checked, failed, left, mended)


def check(runtime: Runtime, business_id: UUID, deadline: Deadline) -> list[date]:
    """Checks one business in one transaction, and mends what is wrong; the days that were."""
    with runtime.database.transaction(business_id, deadline=deadline) as uow:
        if not repository.claim(uow, business_id):
            return []
        found = repository.extent(uow, business_id)
        if found is None:
            repository.note_check(uow, business_id, None)
            return []
        recent = max(found.first, found.last - timedelta(days=RECENT_DAYS - 1))
        differing = repository.differences(uow, business_id, recent, found.last)
        slice_end = _slice_end(found, recent)
        if slice_end is not None:
            slice_start = slice_end - timedelta(days=SLICE_DAYS - 1)
            differing += repository.differences(uow, business_id, slice_start, slice_end)
            slice_end = slice_start - timedelta(days=1)
        days = sorted({difference.day for difference in differing})
        still_wrong: list[Difference] = []
        if days:
            repository.mend(uow, days)
            still_wrong = repository.differences(uow, business_id, days[0], days[-1])
        repository.note_check(uow, business_id, slice_end)
    if days:
        _report(business_id, days, differing, still_wrong)
    return days


def _slice_end(found: Extent, recent: date) -> date | None:
    """The last day of the older slice that is next; None where all days are recent."""
    before = recent - timedelta(days=1)
    if before < found.first:
        return None
    return found.slice_end if found.slice_end and found.first <= found.slice_end <= before else before


def _report(business_id: UUID, days: list[date], differing: list[Difference], still_wrong: list[Difference]) -> None:
    log_warning(
        "Rollups were not what the lines say",
        business=str(business_id),
        days=len(days),
        first=str(days[0]),
        last=str(days[-1]),
        rows=sum(difference.rows for difference in differing),
        parts=sorted({difference.part for difference in differing}),
        not_mended=sum(difference.rows for difference in still_wrong),
    )


def _put_last(runtime: Runtime, business_id: UUID, deadline: Deadline) -> None:
    with runtime.database.transaction(business_id, deadline=Deadline.after(max(1.0, deadline.remaining()))) as uow:
        repository.note_failure(uow, business_id)
