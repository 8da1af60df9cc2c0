"""What a report's files are called, and where they stay."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from uuid import UUID

import pytest

from cafe_ai.analytics.model import Period
from cafe_ai.reports.workspace import final_key, title_of


def days(start: date, end: date) -> Period:
    """The business days [start, end)."""
    moments = (datetime.combine(day, time(), UTC) for day in (start, end))
    return Period(start, end, *moments, "UTC")


@pytest.mark.parametrize(
    ("start", "end", "spanish", "english"),
    [
        (date(2026, 10, 5), date(2026, 10, 6), "2026-10-05", "2026-10-05"),
        (date(2025, 12, 29), date(2026, 1, 5), "2026-S01", "2026-W01"),
        (date(2026, 10, 1), date(2026, 11, 1), "2026-10", "2026-10"),
        (date(2026, 7, 1), date(2026, 10, 1), "2026-T3", "2026-Q3"),
        (date(2026, 1, 1), date(2027, 1, 1), "2026", "2026"),
        (date(2026, 10, 3), date(2026, 10, 20), "2026-10-03-2026-10-19", "2026-10-03-2026-10-19"),
    ],
)
def test_title_says_which_days_a_report_is_of(start: date, end: date, spanish: str, english: str) -> None:
    period = days(start, end)
    assert title_of(period, "es") == f"informe-ventas-{spanish}"
    assert title_of(period, "en") == f"sales-report-{english}"
    assert title_of(period, "es").isascii()


def test_file_stays_under_its_business_and_job() -> None:
    business, job = UUID(int=1), UUID(int=2)
    assert (
        final_key(business, job, "informe-ventas-2026-10", "pdf")
        == f"reports/{business}/{job}/informe-ventas-2026-10.pdf"
    )
