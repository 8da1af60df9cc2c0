"""The fields of a row, from text to what the database takes: numbers, moments and names.

Each reader keeps what it has read: a file repeats its prices and times, and half a million rows shall take seconds.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from decimal import ROUND_HALF_UP, Decimal
from zoneinfo import ZoneInfo

from cafe_ai.intake.model import Clock, DecimalMark, FileRefused, RowRejected

_REMEMBERED = 200_000
_DIGITS_STORED = 14  # numeric(14, places)
_FIRST_YEAR, _LAST_YEAR = 1900, 2199

_POINT_DECIMAL = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]{1,2})?")
_POINT_GROUPED = re.compile(r"[+-]?[1-9][0-9]{0,2}(?:,[0-9]{3})+(?:\.[0-9]+)?")
_COMMA_DECIMAL = re.compile(r"[+-]?(?:[0-9]+(?:,[0-9]*)?|,[0-9]+)")
_COMMA_GROUPED = re.compile(r"[+-]?[1-9][0-9]{0,2}(?:\.[0-9]{3})+(?:,[0-9]+)?")


class NumberReader:
    """Reads numbers as exact decimal text, written with a decimal point or, where that is unambiguous, a comma.

    "1234.56", "1,234.56", "1234,56", "1.234,56" and "0,125" have one reading. "1,234" has two and is rejected; "1.234"
    is 1.234, as in the documented format, but a file that also holds decimal commas is refused as a whole
    (`refuse_mixed_marks`), because there it may mean 1234. A given decimal mark settles all of these.
    """

    def __init__(self, decimal_mark: DecimalMark | None = None) -> None:
        self._mark = decimal_mark
        self._read: dict[tuple[str, int], str] = {}
        self._with_comma: str | None = None
        self._ambiguous_point: str | None = None
        self.rounded: str | None = None

    def read(self, text: str, column: str, places: int) -> str:
        """The number in plain notation, rounded half up to `places` (`rounded` keeps an example of that).

        Raises `RowRejected` where it is no finite number or does not fit numeric(14, places).
        """
        known = self._read.get((text, places))
        if known is not None:
            return known
        value = self._parse(text.strip(), column)
        if value.as_tuple().exponent < -places:  # type: ignore[operator]  # finite, so a number
            shorter = value.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP) if abs(value) < 10**15 else value
            self.rounded = self.rounded if shorter == value else self.rounded or text.strip()
            value = shorter
        if abs(value) >= 10 ** (_DIGITS_STORED - places):
            raise RowRejected(f"{column} is too large")
        plain = f"{value:f}" if value else "0"
        if len(self._read) >= _REMEMBERED:
            self._read.clear()
        self._read[text, places] = plain
        return plain

    def read_not_negative(self, text: str, column: str, places: int) -> str:
        """The same, for what has no negative: a price, a cost."""
        plain = self.read(text, column, places)
        if plain[0] == "-":
            raise RowRejected(f"{column} is negative")
        return plain

    def refuse_mixed_marks(self) -> None:
        """Raise `FileRefused` if what was read so far leaves open whether a point is a decimal mark."""
        if self._with_comma and self._ambiguous_point:
            raise FileRefused(
                f"The file has numbers with a decimal comma ({self._with_comma}) and numbers such as "
                f"{self._ambiguous_point}, whose point may be either mark; say --decimal-mark comma or point."
            )

    def _parse(self, text: str, column: str) -> Decimal:
        if not text:
            raise RowRejected(f"{column} is empty")
        if len(text) > 60:
            raise RowRejected(f"{column} is no number")
        as_point = None if self._mark == "comma" else _point_reading(text)
        as_comma = None if self._mark == "point" else _comma_reading(text)
        if as_point is None and as_comma is None:
            raise RowRejected(f"{column} is no number")
        if as_point is None or as_comma is None:
            if as_point is None and "," in text:
                self._with_comma = self._with_comma or text
            return Decimal(as_point or as_comma or "")
        if as_point != as_comma:
            if "," in text:
                raise RowRejected(f"{column} is ambiguous: its comma may be a decimal mark or group thousands")
            self._ambiguous_point = self._ambiguous_point or text
        return Decimal(as_point)


def _point_reading(text: str) -> str | None:
    if _POINT_DECIMAL.fullmatch(text):
        return text
    return text.replace(",", "") if _POINT_GROUPED.fullmatch(text) else None


def _comma_reading(text: str) -> str | None:
    if _COMMA_DECIMAL.fullmatch(text):
        return text.replace(",", ".")
    return text.replace(".", "").replace(",", ".") if _COMMA_GROUPED.fullmatch(text) else None


class MomentReader:
    """Reads ISO 8601 dates and times as instants.

    Without an offset a time is on the shop's clock. Where the clock was put back and a time came twice, the first is
    meant; where it was put forward and a time never came, it counts as much later as the clock was put forward (02:30
    is 03:30). A date alone is the start of that business day.
    """

    def __init__(self, clock: Clock) -> None:
        self._timezone = ZoneInfo(clock.timezone)
        self._day_starts = clock.day_starts
        self._read: dict[str, str] = {}

    def read(self, text: str, column: str) -> str:
        """The instant in ISO 8601, in UTC. Raises `RowRejected`."""
        known = self._read.get(text)
        if known is not None:
            return known
        if not text.strip():
            raise RowRejected(f"{column} is empty")
        instant = self._parse(text.strip(), column).astimezone(UTC).isoformat()
        if len(self._read) >= _REMEMBERED:
            self._read.clear()
        self._read[text] = instant
        return instant

    def _parse(self, text: str, column: str) -> datetime:
        try:
            moment = (
                datetime.combine(date.fromisoformat(text), self._day_starts)
                if len(text) <= len("2026-11-15")
                else datetime.fromisoformat(text)
            )
        except ValueError:
            raise RowRejected(f"{column} is no ISO date and time") from None
        if not _FIRST_YEAR <= moment.year <= _LAST_YEAR:
            raise RowRejected(f"{column} lies before {_FIRST_YEAR} or after {_LAST_YEAR}")
        return moment if moment.tzinfo else moment.replace(tzinfo=self._timezone)


def read_date(text: str, column: str) -> str:
    """A calendar day, in ISO 8601. Raises `RowRejected`."""
    if not text.strip():
        raise RowRejected(f"{column} is empty")
    try:
        day = date.fromisoformat(text.strip())
    except ValueError:
        raise RowRejected(f"{column} is no ISO date") from None
    if not _FIRST_YEAR <= day.year <= _LAST_YEAR:
        raise RowRejected(f"{column} lies before {_FIRST_YEAR} or after {_LAST_YEAR}")
    return day.isoformat()


def read_name(text: str, column: str, longest: int = 500) -> str:
    """A text that must be there. Raises `RowRejected`."""
    name = text.strip()
    if not name:
        raise RowRejected(f"{column} is empty")
    if len(name) > longest:
        raise RowRejected(f"{column} is longer than {longest} characters")
    return name


def read_optional_name(text: str, column: str, longest: int = 200) -> str | None:
    """A text that may be left out. Raises `RowRejected` where it is too long."""
    return read_name(text, column, longest) if text and not text.isspace() else None
