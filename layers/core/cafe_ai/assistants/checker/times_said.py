"""Whether a figure is told of a fact's period, weekday and hour."""

from __future__ import annotations

from functools import cached_property

from cafe_ai.analytics.model import Fact, FactSheet, Metric
from cafe_ai.assistants.checker.calendar import WEEKDAYS, row_span, row_spans, span_of
from cafe_ai.assistants.checker.clauses import Piece
from cafe_ai.assistants.checker.model import MetricMention, NameMention, Span, TimeMention
from cafe_ai.assistants.checker.spoken import Spoken

STATES = frozenset((Metric.INACTIVE_CUSTOMERS, Metric.CATALOGUE_SIZE, Metric.PRICE, Metric.STOCK, Metric.OUT_OF_STOCK))
"""Metrics of a moment: their figures are "as of" the day of asking."""
STEPS = ("change", "difference")


class TimesSaid:
    """When a text says one figure was."""

    def __init__(self, spoken: Spoken, baseline_rows: dict[int, frozenset[Span]]) -> None:
        self.spoken = spoken
        self.around = spoken.around
        self.calendar = spoken.calendar
        self.piece = spoken.piece
        self.figure = spoken.figure
        self._baseline_rows = baseline_rows

    def agrees(self, fact: Fact, base: Metric, suffix: str) -> bool:
        """Whether the period told is the fact's; a step's also against the one it was taken against."""
        if suffix in STEPS and not self._compares_right(fact):
            return False
        if base == Metric.UNSOLD_PRODUCTS and any(m.spans for m in self.spoken.sentence.of(TimeMention)):
            return self._names_periods_of_unsold(none=not fact.value)
        row = row_spans(fact, self.spoken.sheet.period)
        if not row and (row := self._baseline_rows.get(id(fact), frozenset())):
            return self.piece.reference and self._bound is not None and self._means_any(self._bound, row)
        if not self._mentions:
            return not row and self._is_default(fact, suffix)
        if base in STATES and all(self.calendar.is_today(m) for m in self._mentions):
            return True
        keys = row or frozenset({span_of(fact.period)})
        if suffix in STEPS and fact.compared_with and self._told_after_both(fact, self._mentions[0]):
            keys |= {span_of(fact.compared_with)}
        exact = [m for m in self._mentions if self._means_any(m, keys)]
        if self._ends_a_pair(self._mentions[0]) and not self._tells_a_passage():
            return False
        framing = (m in exact or any(self.calendar.covers(m, key) for key in keys) for m in self._mentions)
        return bool(exact) and all(framing)

    def _means_any(self, mention: TimeMention, spans: frozenset[Span]) -> bool:
        return any(self.calendar.means(mention, span) for span in spans)

    @cached_property
    def _bound(self) -> TimeMention | None:
        """The period bound to the figure, not one in brackets that only says until when it counts."""

        def is_period(mention: TimeMention) -> bool:
            return (
                bool(mention.spans)
                and not mention.versus
                and not (mention.edge and self.around.piece_of(mention).opener == "(")
            )

        found = self.around.bind(self.figure, TimeMention, is_period)
        return found[0] if found else None

    @cached_property
    def _mentions(self) -> list[TimeMention]:
        """The periods the figure belongs to: the one it is bound to, and in its own piece also those that frame it."""
        bound = self._bound
        if bound is None or (self.piece.reference and not self.around.piece_of(bound).reference):
            return []
        beside = self.piece.of(TimeMention) if self.around.piece_of(bound) is self.piece else []
        return [bound, *(m for m in beside if m.spans and m is not bound and _lies_in(bound, m))]

    def _ends_a_pair(self, mention: TimeMention) -> bool:
        """Whether a period is the second of two that are told together: "October and November"."""
        reading, place = self.spoken.reading, mention.first - 1
        while reading.word(place) in ("el", "la", "the"):
            place -= 1
        joined = reading.word(place) in ("y", "and", "a", "al", "to", "e")
        return joined and place > 0 and isinstance(reading.owner(place - 1), TimeMention)

    def _tells_a_passage(self) -> bool:
        """Whether the sentence goes from one figure to another: "between May and June they went from 10 to 12"."""
        pieces = self.spoken.sentence.pieces
        return any(piece.reference or piece.opener == "resume" or piece.cue("direction", "change") for piece in pieces)

    def _told_after_both(self, fact: Fact, mention: TimeMention) -> bool:
        """ "12 in March and 10 in January (8 % less)": a change told behind both of its periods."""
        piece = self.around.piece_of(mention)
        if piece.reference:
            return True
        before = [m for m in self.spoken.sentence.of(TimeMention) if m.first < self.figure.first]
        return piece is not self.piece and any(self.calendar.means(m, span_of(fact.period)) for m in before)

    def _names_periods_of_unsold(self, *, none: bool) -> bool:
        """ "Sold in October and not in November": the asked period, and besides only what it is compared with."""
        sentence, baselines = self.spoken.sentence, frozenset(self.calendar.baselines)
        mentions = [m for m in sentence.of(TimeMention) if m.spans]
        for mention in mentions:
            verbs = [m for m in sentence.of(MetricMention) if m.first < mention.first]
            sold = bool(verbs) and Metric.UNSOLD_PRODUCTS not in verbs[-1].metrics
            if none and self.calendar.means(mention, self.calendar.period):
                continue  # "all sold in November, none went unsold"
            if not (
                self._means_any(mention, baselines) if sold else self.calendar.means(mention, self.calendar.period)
            ):
                return False
        return bool(mentions)

    def _is_default(self, fact: Fact, suffix: str) -> bool:
        """Without a period in the sentence: what is compared with where that is said, else what was spoken of, else what
        was asked."""
        span = span_of(fact.period)
        before = self.spoken.before
        beside_row = self.piece.opener == "(" and before is not None and before.reference and self._names_row(before)
        row_told = self._names_row(self.piece) or beside_row
        if self.piece.reference and suffix not in STEPS and not row_told:
            return span in self.calendar.baselines and self.calendar.comparison in (None, span)
        topic = None if self.spoken.says_total() else self._topic()
        if topic is None:
            return span == self.calendar.period
        told_of_both = (
            suffix in STEPS
            and fact.compared_with is not None
            and self.calendar.means(topic, span_of(fact.compared_with))
        )
        return self.calendar.means(topic, span) or told_of_both

    def _topic(self) -> TimeMention | None:
        def is_period(mention: TimeMention) -> bool:
            return bool(mention.spans)

        return self.around.heading(self.figure, TimeMention, is_period) or self.around.topic(
            self.figure, TimeMention, is_period
        )

    def _names_row(self, piece: Piece) -> bool:
        dimensions = {dimension for fact in self.spoken.sheet.facts for dimension in fact.dimensions}
        return any(set(m.subjects) & dimensions for m in piece.of(NameMention))

    def _compares_right(self, fact: Fact) -> bool:
        """Whether the period a change is told against is the one it was taken against."""
        versus = [m for m in self.piece.of(TimeMention) if m.versus]
        if any(fact.compared_with is None or not self.calendar.means(m, span_of(fact.compared_with)) for m in versus):
            return False
        behind = self.spoken.behind
        if behind is None or not behind.reference:
            return True
        mentions = [m for m in behind.of(TimeMention) if m.spans]
        if mentions and fact.compared_with:
            return any(self.calendar.means(m, span_of(fact.compared_with)) for m in mentions)
        return not self._names_row(behind)

    def agrees_in_weekday(self, fact: Fact) -> bool:
        """Whether the weekday told is the fact's row, or one it is narrowed to."""
        found = self.around.bind(self.figure, TimeMention, lambda m: bool(m.weekdays) and not m.spans)
        row, narrowed = fact.dimensions.get("weekday"), fact.filters.get("weekdays")
        if row is not None:
            return found is not None and {WEEKDAYS[day] for day in found[0].weekdays} == {row}
        if found is None or self.spoken.is_whole:
            return True
        return isinstance(narrowed, (list, tuple)) and all(WEEKDAYS[day] in narrowed for day in found[0].weekdays)

    def agrees_in_hour(self, fact: Fact) -> bool:
        """Whether the hours told are the fact's row, or those it is narrowed to."""
        found = self.around.bind(self.figure, TimeMention, lambda m: m.hours is not None)
        row, narrowed = fact.dimensions.get("hour"), fact.filters.get("hours")
        hours = [hour % 24 for hour in found[0].hours] if found and found[0].hours else None
        if row is not None:
            return hours == [int(row[:2]), (int(row[:2]) + 1) % 24]
        if hours is None or self.spoken.is_whole:
            return True
        return isinstance(narrowed, (list, tuple)) and hours == [int(hour) % 24 for hour in narrowed]


def rows_of_baselines(sheet: FactSheet) -> dict[int, frozenset[Span]]:
    """The row of each baseline in a breakdown by time, by its id(); its own dimensions lack the date, and it stands behind
    its row's value."""
    found: dict[int, frozenset[Span]] = {}
    row: frozenset[Span] = frozenset()
    for fact in sheet.facts:
        if fact.role == "value":
            row = row_spans(fact, sheet.period)
        elif fact.role == "baseline" and row and row_span(fact) is None:
            found[id(fact)] = row
    return found


def _lies_in(mention: TimeMention, frame: TimeMention) -> bool:
    return any(f[0] <= m[0] and m[1] <= f[1] for m in mention.spans for f in frame.spans)
