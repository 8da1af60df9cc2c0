"""Which of the periods a question names is asked about, and which it is compared with."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from cafe_ai.analytics.model import PeriodSpec
from cafe_ai.analytics.periods import CalendarUnit
from cafe_ai.assistants.planning.period_rules import EACH_MONTH, Mention

PREVIOUS = PeriodSpec("previous")
LAST_MONTH = PeriodSpec("calendar", unit="month", offset=-1)


class TooManyPeriods(ValueError):  # noqa: N818 -- errors state the fact
    """The question names more periods than one and what it is compared with."""


def assign(
    mentions: Sequence[Mention],
    *,
    compares: bool,
    changes: bool,
    negated_at: int | None = None,
    goes_on: bool = False,
    joined: bool = False,
) -> tuple[PeriodSpec | None, PeriodSpec | None]:
    """The period asked about and the one compared with, either None where it is not said.

    compares: the question says "frente a", "than" and the like. changes: it asks for a rise or fall. negated_at: where it
    speaks of what did not happen; the period nearest to it is the one asked about. goes_on: the period last spoken of
    is meant where only the other one is named ("compáralo con septiembre"). joined: two periods have
    but an "and" or "or" between them. Raises TooManyPeriods.
    """
    specs = [mention.spec for mention in _with_years(mentions)]
    if len(specs) > 2:
        raise TooManyPeriods
    if negated_at is not None and len(specs) == 2:
        nearest = 0 if mentions[0].place > negated_at else 1  # what did not happen is told after the negation
        return specs[nearest], specs[1 - nearest]
    if len(specs) == 2 and (compares or changes or joined):
        return _two(specs[0], specs[1])
    if len(specs) == 2:
        raise TooManyPeriods
    if not specs:
        return (None, PREVIOUS if changes else None) if not compares else (None, PREVIOUS)
    if goes_on and compares:
        return None, specs[0]
    return _one(mentions[0], specs[0], compares=compares, changes=changes)


def _one(
    mention: Mention, spec: PeriodSpec, *, compares: bool, changes: bool
) -> tuple[PeriodSpec | None, PeriodSpec | None]:
    if (compares or changes) and spec.kind == "range" and (two := _ends(spec)):
        return two[1], two[0]
    if compares and mention.text != EACH_MONTH:
        if spec.kind == "calendar" and spec.offset == 0:
            return spec, PREVIOUS
        if spec.kind == "calendar" and spec.unit == "year" and spec.offset == -1:  # only as much of it as of this year
            return replace(spec, offset=0), PeriodSpec("same_last_year")
        return _asked_beside(spec, mention.text), spec
    return spec, PREVIOUS if changes else None


def _ends(spec: PeriodSpec) -> tuple[PeriodSpec, PeriodSpec] | None:
    """The first and last month (or year) of a range as two periods: "subieron de octubre a noviembre"."""
    if (
        not spec.start
        or not spec.end
        or re.search(r"\d\d-\d\d$", spec.start.removeprefix("--")[4:] if spec.start[0] != "-" else spec.start[2:])
    ):
        return None
    start = spec.start
    if start.startswith("--") and not spec.end.startswith("--") and len(spec.end) == 7:
        start = f"{spec.end[:4]}-{start[2:]}"
    return PeriodSpec("named", start=start), PeriodSpec("named", start=spec.end)


def _asked_beside(compared: PeriodSpec, said: str) -> PeriodSpec | None:
    """What is compared with a period that alone is named: "más que el mes pasado" asks about this month."""
    if compared.kind == "calendar" and compared.offset < 0:
        return replace(compared, offset=compared.offset + 1)
    if compared.kind == "same_last_year":
        named: dict[str, CalendarUnit] = {
            "mes": "month",
            "month": "month",
            "semana": "week",
            "week": "week",
            "trimestre": "quarter",
            "quarter": "quarter",
        }
        return PeriodSpec("calendar", unit=next((unit for word, unit in named.items() if word in said.split()), "year"))
    if compared.kind == "previous":
        return PeriodSpec("calendar", unit=compared.unit, offset=0) if compared.unit else None
    return PeriodSpec("calendar", unit="month", offset=0)


def _two(first: PeriodSpec, second: PeriodSpec) -> tuple[PeriodSpec, PeriodSpec]:
    """The first is asked about. Beside a shorter period "the year before" means the same dates a year earlier."""
    if first.kind in ("previous", "same_last_year") and second.kind not in ("previous", "same_last_year"):
        first, second = second, first
    year_long = first.unit == "year" or bool(first.kind == "named" and first.start and first.start.isdigit())
    last_year = second.kind == "calendar" and second.unit == "year" and second.offset == -1
    before = second.kind == "previous" and second.unit == "year"
    if not year_long and (last_year or before):
        return first, PeriodSpec("same_last_year")
    if (
        not year_long
        and second.kind == "named"
        and second.start
        and second.start.isdigit()
        and first.kind == "named"
        and first.start
    ):
        part = (
            first.start[5:] if first.start[0] != "-" and first.start[:4].isdigit() else first.start.removeprefix("--")
        )
        return first, PeriodSpec("named", start=f"{second.start}-{part}")
    if second == first:
        return first, PREVIOUS  # "los últimos tres meses frente a los tres anteriores"
    return first, second


def _with_years(mentions: Sequence[Mention]) -> list[Mention]:
    """ "En noviembre, el año pasado" names one period."""
    if len(mentions) == 2:
        dated = [
            m for m in mentions if m.spec.kind in ("named", "range") and m.spec.start and not m.spec.start[:1].isdigit()
        ]
        years = [m for m in mentions if m.spec.kind == "calendar" and m.spec.unit == "year" and m.spec.offset == 0]
        if len(dated) == 1 and len(years) == 1:
            return dated
    return list(mentions)
