"""Numbers that belong to the question and not to its answer: "the top 5", "90 days", the numbers of a list."""

from __future__ import annotations

from cafe_ai.analytics.model import FactSheet
from cafe_ai.assistants.checker.calendar import SheetCalendar
from cafe_ai.assistants.checker.model import Figure, NameMention, TimeMention
from cafe_ai.assistants.checker.reading import Reading
from cafe_ai.assistants.checker.rows import Rows
from cafe_ai.assistants.checker.subjects import Surroundings
from cafe_ai.assistants.checker.words import DURATION_UNITS, ROW_NOUNS

_ADJECTIVES = frozenset(
    (
        "mejores",
        "peores",
        "principales",
        "primeros",
        "primeras",
        "mas",
        "menos",
        "vendidos",
        "vendidas",
        "best",
        "top",
        "worst",
        "best-selling",
        "top-selling",
        "selling",
        "most",
        "least",
        "main",
        "first",
        "ultimos",
        "ultimas",
        "last",
        "bottom",
        "leading",
        "calendar",
        "dias",
        "whole",
        "grandes",
        "biggest",
        "naturales",
    )
)


_LATEST = frozenset(("ultimos", "ultimas", "last", "past"))


class PlanFigures:
    """Decides which numbers of a text the plan itself carries."""

    def __init__(
        self, reading: Reading, sheet: FactSheet, calendar: SheetCalendar, around: Surroundings, rows: Rows
    ) -> None:
        self.reading = reading
        self.sheet = sheet
        self.calendar = calendar
        self.around = around
        self.rows = rows

    def owns(self, figure: Figure) -> bool:
        """Whether the number is the plan's and right."""
        if (
            figure.kind != "count"
            or figure.value != figure.value.to_integral_value()
            or (figure.bound and not self._is_duration(figure))
        ):
            return False
        return self._is_duration(figure) or self._counts_rows(figure)

    def numbers_a_line(self, figure: Figure) -> bool:
        """Whether a number stands before a line of a list: "2. Café"."""
        marked = self.reading.text_at(figure.last) in (".", ")", "º", "|", "o", ".-") and not figure.signed
        return figure.kind == "count" and marked and self.reading.starts_line(figure.first)

    def numbers_rightly(self, figure: Figure) -> bool:
        """Whether the number before a line is the next of its list, and the place of the row that the line tells."""
        before = [f for f in self.reading.found(Figure) if f.first < figure.first and self.numbers_a_line(f)]
        if figure.value not in (1, before[-1].value + 1 if before else 1):
            return False
        if not self.rows.all or self.sheet.plan.ranking is None:
            return True
        end = self.around.sentence_of(figure).last
        rows = [
            row
            for mention in self.reading.found(NameMention) + self.reading.found(TimeMention)
            if figure.last <= mention.first < end and (row := self.rows.named_by(mention))
        ]
        return not rows or self.rows.place(rows[0]) == figure.value - 1

    def _is_duration(self, figure: Figure) -> bool:
        """ "90 days", "the last 12 months": as long as the plan says."""
        place = figure.last
        while self.reading.text_at(place) in _ADJECTIVES and self.reading.text_at(place) not in DURATION_UNITS:
            place += 1
        unit = DURATION_UNITS.get(self.reading.text_at(place))
        if unit is None:
            return False
        beside = {self.reading.text_at(n) for n in (figure.first - 1, *range(figure.last, place))}
        if beside & _LATEST:
            return self.calendar.are_latest(int(figure.value), unit)
        return self.calendar.lasts(int(figure.value), unit)

    def _first_rows_named(self) -> int | None:
        """How many rows the text names, where they are the first ones."""
        named = {row for mention in self.reading.found(NameMention) if (row := self.rows.named_by(mention))}
        return len(named) if named == set(self.rows.all[: len(named)]) else None

    def _counts_rows(self, figure: Figure) -> bool:
        """ "The top 5", "the 3 best days": the limit that was asked, or how many rows there are."""
        dimensions = self.rows.dimensions
        limit = self.sheet.plan.ranking.limit if self.sheet.plan.ranking else None
        if not self.rows.all or int(figure.value) not in (limit, len(self.rows.all), self._first_rows_named()):
            return False
        if self.reading.text_at(figure.first - 1) == "top":
            return True
        place = figure.last
        while self.reading.text_at(place) in _ADJECTIVES:
            place += 1
        noun = self.reading.text_at(place)
        if (
            ROW_NOUNS.get(noun) in dimensions
            or (noun == "dias" and "weekday" in dimensions)
            or (noun == "days" and "weekday" in dimensions)
        ):
            return (
                self.reading.text_at(figure.first - 1)
                in (
                    "los",
                    "las",
                    "tus",
                    "estos",
                    "the",
                    "your",
                    "these",
                    "top",
                    "sus",
                    "nuestros",
                    "our",
                    "primeros",
                    "first",
                    "mejores",
                    "best",
                    "peores",
                    "worst",
                    "principales",
                )
                or place > figure.last
            )
        return place > figure.last and self.reading.text_at(figure.first - 1) in (
            "los",
            "las",
            "the",
            "your",
            "tus",
            "top",
        )
