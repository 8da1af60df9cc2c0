"""Shop calendars and expected periods, for tests of periods and of what is read within them."""

from __future__ import annotations

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from cafe_ai.analytics.model import Period, PeriodSpec
from cafe_ai.analytics.periods import ShopCalendar

MADRID = "Europe/Madrid"
FIRST_DAY = date(2024, 1, 8)


def calendar(
    as_of: str, *, timezone: str = MADRID, day_starts: time = time(0), first_day: date = FIRST_DAY
) -> ShopCalendar:
    """The calendar of a shop at a moment of its own clock ("2026-05-13T12:00")."""
    moment = datetime.fromisoformat(as_of).replace(tzinfo=ZoneInfo(timezone))
    return ShopCalendar(timezone, day_starts, moment, first_day)


def said(text: str) -> PeriodSpec:
    """A period in short: "month-1", "week+0", "day x7" (rolling), "named --11", "since 2025"."""
    kind, _, rest = text.partition(" ")
    match kind:
        case "named":
            return PeriodSpec("named", start=rest)
        case "passed":
            return PeriodSpec("named", start=rest, offset=-1)
        case "range":
            start, end = rest.split("..")
            return PeriodSpec("range", start=start, end=end)
        case "since":
            return PeriodSpec("since", start=rest)
        case "until":
            return PeriodSpec("until", end=rest)
        case "all":
            return PeriodSpec("all")
        case "previous" | "same_last_year":
            return PeriodSpec(kind, unit=rest or None)  # type: ignore[arg-type]
    if rest.startswith("x"):
        return PeriodSpec("rolling", unit=kind, count=int(rest[1:]))  # type: ignore[arg-type]
    unit, sign, offset = kind.partition("+") if "+" in kind else kind.partition("-")
    return PeriodSpec("calendar", unit=unit, offset=int(sign + offset))  # type: ignore[arg-type]


def days(period: Period) -> tuple[str, str]:
    """The period's first and last day, both included."""
    return period.start.isoformat(), date.fromordinal(period.end.toordinal() - 1).isoformat()
