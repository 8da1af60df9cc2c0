"""Periods as short text, for a model to write and to read: "month-1", "last 7 days", "2010-11", "2010-01..2010-03".

One string instead of a nested object halves what a planning call costs. `read_period(write_period(spec)) == spec`.
"""

from __future__ import annotations

import re
from datetime import date
from typing import get_args, get_type_hints

from cafe_ai.analytics.model import PeriodSpec

UNITS: tuple[str, ...] = tuple(
    unit for member in get_args(get_type_hints(PeriodSpec)["unit"]) for unit in get_args(member)
)

_UNIT = f"(?P<unit>{'|'.join(UNITS)})"
_CALENDAR = re.compile(rf"{_UNIT}(?P<offset>[+-]\d{{1,4}})?")
_ROLLING = re.compile(rf"last (?P<count>\d{{1,4}}) {_UNIT}s?")
_SPOKEN = re.compile(rf"(?P<which>last|this) {_UNIT}")
_PREVIOUS = re.compile(rf"previous(?: {_UNIT})?")
_DATE_PART = re.compile(
    r"(?P<year>\d{4})(?:-Q[1-4]|-H[12]|-W(?P<week>\d\d)|-(?P<month>\d\d)(?:-(?P<day>\d\d))?)?"
    r"|Q[1-4]|H[12]|--(?P<any_month>\d\d)(?:-(?P<any_day>\d\d))?|---(?P<day_of_month>\d\d)"
    r"|mon|tue|wed|thu|fri|sat|sun"
)
_LEAP_YEAR = 2000  # in which every day without a year exists
_ALIASES = {"today": "day", "yesterday": "day-1"}


class NotAPeriod(ValueError):  # noqa: N818 -- errors state the fact
    """The text is not in the notation."""

    def __init__(self, text: str) -> None:
        super().__init__(
            f"{text[:40]!r} is no period; write month-1, last 7 days, 2010-11, --11 or 2010-11-01..2010-11-15"
        )


def write_period(spec: PeriodSpec) -> str:
    """The period in the notation."""
    match spec.kind:
        case "calendar":
            return f"{spec.unit}{spec.offset:+d}" if spec.offset else str(spec.unit)
        case "rolling":
            return f"last {spec.count} {spec.unit}s"
        case "named":
            return str(spec.start)
        case "range":
            return f"{spec.start}..{spec.end}"
        case "since":
            return f"{spec.start}.."
        case "until":
            return f"..{spec.end}"
        case "previous":
            return f"previous {spec.unit}" if spec.unit else "previous"
        case "all" | "same_last_year":
            return spec.kind


def read_period(text: str) -> PeriodSpec:
    """The period that the text says. Raises NotAPeriod, also for dates that do not exist."""
    said = " ".join(text.split())
    said = _ALIASES.get(said, said).replace("halves", "half")
    if said in ("all", "same_last_year"):
        return PeriodSpec(said)  # type: ignore[arg-type]
    if found := _PREVIOUS.fullmatch(said):
        return PeriodSpec("previous", unit=found["unit"])  # type: ignore[arg-type]
    if found := _CALENDAR.fullmatch(said):
        return PeriodSpec("calendar", unit=found["unit"], offset=int(found["offset"] or 0))  # type: ignore[arg-type]
    if found := _SPOKEN.fullmatch(said):
        return PeriodSpec("calendar", unit=found["unit"], offset=-1 if found["which"] == "last" else 0)  # type: ignore[arg-type]
    if (found := _ROLLING.fullmatch(said)) and int(found["count"]) > 0:
        return PeriodSpec("rolling", unit=found["unit"], count=int(found["count"]))  # type: ignore[arg-type]
    if ".." in said:
        return _read_range(said)
    return PeriodSpec("named", start=_check_date_part(said, text))


def _read_range(said: str) -> PeriodSpec:
    start, _, end = (part.strip() for part in said.partition(".."))
    if start and end:
        return PeriodSpec("range", start=_check_date_part(start, said), end=_check_date_part(end, said))
    if start:
        return PeriodSpec("since", start=_check_date_part(start, said))
    return PeriodSpec("until", end=_check_date_part(end, said))


def _check_date_part(part: str, text: str) -> str:
    found = _DATE_PART.fullmatch(part)
    if not found:
        raise NotAPeriod(text)
    year = int(found["year"] or _LEAP_YEAR)
    try:
        if found["week"]:
            date.fromisocalendar(year, int(found["week"]), 1)
        else:
            month = int(found["month"] or found["any_month"] or 1)
            date(year, month, int(found["day"] or found["any_day"] or found["day_of_month"] or 1))
    except ValueError:
        raise NotAPeriod(text) from None
    return part
