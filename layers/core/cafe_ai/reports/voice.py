"""Figures as the report writes them: in the shop's currency and the reader's language."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from cafe_ai.analytics.model import Unit
from cafe_ai.language.formats import (
    CURRENCY_SYMBOLS,
    NO_BREAK_SPACE,
    Language,
    format_count,
    format_money,
    format_number,
    format_percent,
    money_places,
    pluralize,
    round_half_up,
)
from cafe_ai.reports.document import Cell, Change, Tone
from cafe_ai.reports.wording import Words

WORSE_WHEN_HIGHER = frozenset({"returns", "return_rate", "discounts"})
_SCALES = ((Decimal(1_000_000_000), 3), (Decimal(1_000_000), 2), (Decimal(1_000), 1))


@dataclass(frozen=True, slots=True)
class Voice:
    """A language with its words, and a currency."""

    language: Language
    currency: str
    words: Words

    def money(self, amount: Decimal, *, signed: bool = False) -> str:
        """ "1.234,56 €"; signed: "+1.234,56 €" for a rise (a fall has its minus anyway). The sign comes first: "-£12.50"."""
        text = format_money(abs(amount), self.currency, self.language)
        return self._sign(self.cents(amount), signed=signed) + text

    def whole_money(self, amount: Decimal, *, signed: bool = False) -> str:
        """The amount without cents, for charts: "1.235 €", "€1,235"."""
        text = self._with_symbol(format_number(abs(amount), self.language, 0))
        return self._sign(round_half_up(amount, 0), signed=signed) + text

    @staticmethod
    def _sign(rounded: Decimal, *, signed: bool) -> str:
        return "-" if rounded < 0 else "+" if signed and rounded > 0 else ""

    def cents(self, amount: Decimal) -> Decimal:
        """The amount as it is shown: rounded half up to the currency's places."""
        return round_half_up(amount, money_places(self.currency))

    def count(self, value: Decimal | int, *, signed: bool = False) -> str:
        """ "1.234", "12,5"."""
        text = format_count(value, self.language)
        return f"+{text}" if signed and value > 0 else text

    def percent(self, value: Decimal, *, signed: bool = False) -> str:
        """ "31,2 %", "31.2%"."""
        return format_percent(value, self.language, signed=signed)

    def amount(self, value: Decimal, unit: Unit, *, signed: bool = False) -> str:
        """A figure in its unit."""
        if unit == "money":
            return self.money(value, signed=signed)
        if unit == "percent":
            return self.percent(value, signed=signed)
        return self.count(value, signed=signed)

    def points(self, difference: Decimal) -> str:
        """How far two percentages lie apart: "+1,2 puntos"."""
        number = format_number(difference, self.language, 1)
        sign = "+" if round_half_up(difference, 1) > 0 else ""
        return f"{sign}{number}{NO_BREAK_SPACE}{self.words.points}"

    def days(self, number: int) -> str:
        """ "1 día", "12 days"."""
        return pluralize(number, *self.words.days).format(days=self.count(number))

    def tenth(self, value: Decimal) -> Decimal:
        """The value at one decimal place: an average of things that are counted."""
        return round_half_up(value, 1)

    def range(self, low: str, high: str) -> str:
        """From one figure to another, both in words."""
        return self.words.range.format(low=low, high=high)

    def change(self, metric: str, unit: Unit, percent: Decimal | None, difference: Decimal | None) -> Change | None:
        """A figure's change with an arrow and whether it is welcome; None where it is not known."""
        if unit == "percent":
            if difference is None:
                return None
            value, text = round_half_up(difference, 1), self.points(difference)
        elif percent is not None:
            value, text = round_half_up(percent, 1), self.percent(percent, signed=True)
        elif difference is not None:
            value, text = self.cents(difference), self.amount(difference, unit, signed=True)
        else:
            return None
        return Change(f"{arrow(value)} {text}", tone_of(value, metric))

    def change_cell(self, percent: Decimal | None, metric: str = "net_sales") -> Cell:
        """A change in a table: "+12,4 %" in its tone, "–" where it is not known."""
        if percent is None:
            return Cell("–", "muted")
        return Cell(self.percent(percent, signed=True), tone_of(round_half_up(percent, 1), metric))

    def money_axis(self, ticks: Sequence[Decimal]) -> tuple[str, ...]:
        """The labels of an axis in money, all in one unit: "0 €", "500 €"; from 10.000 on "10 mil €", "€10k", "2,5 M€"."""
        return tuple(
            "-" * number.startswith("-") + self._with_symbol(number.removeprefix("-"), unit)
            for number, unit in self._axis(ticks)
        )

    def count_axis(self, ticks: Sequence[Decimal]) -> tuple[str, ...]:
        """The labels of an axis that counts."""
        space = NO_BREAK_SPACE if self.language == "es" else ""
        return tuple(f"{number}{space if unit else ''}{unit}" for number, unit in self._axis(ticks))

    def _axis(self, ticks: Sequence[Decimal]) -> list[tuple[str, str]]:
        largest = max((abs(tick) for tick in ticks), default=Decimal(0))
        divisor, unit = Decimal(1), ""
        for size, power in _SCALES:
            if largest >= max(size, Decimal(10_000)):
                divisor, unit = size, self.words.axis_units[power - 1]
                break
        shown = [tick / divisor for tick in ticks]
        places = max((-int(tick.normalize().as_tuple().exponent) for tick in shown), default=0)
        numbers = [format_number(tick, self.language, min(max(places, 0), 3) if tick else 0) for tick in shown]
        return [(number, "" if tick == 0 else unit) for number, tick in zip(numbers, shown, strict=True)]

    def _with_symbol(self, number: str, unit: str = "") -> str:
        symbol = CURRENCY_SYMBOLS.get(self.currency)
        if self.language == "es":
            between = "" if symbol and unit == self.words.axis_units[1] else NO_BREAK_SPACE
            return f"{number}{NO_BREAK_SPACE}{unit}{between if unit else ''}{symbol or self.currency}"
        if symbol is None:
            return f"{self.currency}{NO_BREAK_SPACE}{number}{unit}"
        return f"{symbol}{number}{unit}"


def arrow(value: Decimal) -> str:
    """▲ for a rise, ▼ for a fall, "=" for neither."""
    return "▲" if value > 0 else "▼" if value < 0 else "="


def tone_of(value: Decimal, metric: str) -> Tone:
    """Whether a change is welcome: more sales are, more returns are not."""
    if value == 0:
        return "muted"
    return "good" if (value > 0) != (metric in WORSE_WHEN_HIGHER) else "bad"
