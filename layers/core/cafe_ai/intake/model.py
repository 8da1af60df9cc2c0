"""What goes into an import and what is said of it afterwards. Standard library only."""
# ruff: noqa: N818 -- errors state the fact, as in STYLE.md

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, time
from pathlib import Path
from typing import Literal
from uuid import UUID

DecimalMark = Literal["point", "comma"]

# Told of each step's name and how much of it is done, from 0 to 1; None where that cannot be known.
Progress = Callable[[str, float | None], None]


class IntakeRefused(Exception):
    """An import that cannot be done as asked. `str(error)` is one sentence for the person at the terminal."""


class FileRefused(IntakeRefused):
    """The file as a whole cannot be used: nothing was written."""


class BusinessRefused(IntakeRefused):
    """A setting of the business is not one there is: nothing was written."""


class RowRejected(Exception):
    """One row cannot be used; `str(error)` is the reason, the same for all rows with that fault."""


@dataclass(frozen=True, slots=True)
class Clock:
    """The shop's clock: its IANA time zone, and the closing hour at which its next business day starts."""

    timezone: str
    day_starts: time


@dataclass(frozen=True, slots=True)
class ReadingOptions:
    """How to read a file where it does not speak for itself.

    encoding: a codec's name. decimal_mark: None lets each number speak for itself, and refuses what is ambiguous.
    without_prices: the file has no unit_price column, and that is meant.
    """

    encoding: str = "utf-8"
    decimal_mark: DecimalMark | None = None
    without_prices: bool = False


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import has written.

    counts: what the file's good rows came to, by name ("orders", "products", "customers", "reviews"), in the order to
        tell them. period: the first and last business day in the file, both included; None where it has no orders.
    rejected: rows left out, by reason; rejected_file holds them, None where there are none.
    notes: whole sentences about what was understood rather than read (columns ignored, numbers rounded).
    """

    business_id: UUID
    rows_read: int
    rows_imported: int
    counts: Mapping[str, int]
    seconds: float
    period: tuple[date, date] | None = None
    rejected: Mapping[str, int] = field(default_factory=dict)
    rejected_file: Path | None = None
    notes: tuple[str, ...] = ()
