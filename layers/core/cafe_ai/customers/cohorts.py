"""Cohorts: the customers by the month of their first visit, and how many of them came in each month after."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Protocol

from cafe_ai.analytics.periods import add_months
from cafe_ai.customers.model import Cohort, CohortMonth
from cafe_ai.language.formats import round_half_up

COHORT_MONTHS = 24
"""So many months back cohorts are told."""


class Row(Protocol):
    """A cohort's customers and net sales in a month."""

    @property
    def cohort(self) -> date: ...
    @property
    def month(self) -> date: ...
    @property
    def customers(self) -> int: ...
    @property
    def net(self) -> Decimal: ...


def arrange_cohorts(rows: Sequence[Row], first_day: date, end: date) -> tuple[Cohort, ...]:
    """The cohorts, oldest first, each with every month up to the one before `end`, those without a purchase as zero.

    first_day is the shop's first recorded day. Retention is 100 in a cohort's own month.
    """
    cells = {(row.cohort, row.month): row for row in rows}
    current = (end - timedelta(days=1)).replace(day=1)
    cohorts = []
    for start in sorted({row.cohort for row in rows}):
        size = cells[start, start].customers
        months, month, after = [], start, 0
        while month <= current:
            cell = cells.get((start, month))
            bought = cell.customers if cell else 0
            months.append(
                CohortMonth(
                    months_after=after,
                    customers=bought,
                    retention_percent=round_half_up(Decimal(100 * bought) / size, 1),
                    net_sales=cell.net if cell else Decimal(0),
                    running=add_months(month, 1) > end,
                )
            )
            month, after = add_months(month, 1), after + 1
        cohorts.append(Cohort(start, size, tuple(months), records_begin=start == first_day.replace(day=1)))
    return tuple(cohorts)
