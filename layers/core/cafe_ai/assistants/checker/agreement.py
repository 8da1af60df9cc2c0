"""Whether a figure of a text is one of the facts: in value, unit, sign, metric and all that it is said of."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from functools import cached_property

from cafe_ai.analytics.model import Fact, FactSheet, Metric
from cafe_ai.assistants.checker.calendar import SheetCalendar
from cafe_ai.assistants.checker.metrics import metric_base, unit_of
from cafe_ai.assistants.checker.model import Figure
from cafe_ai.assistants.checker.rows_said import RowsSaid
from cafe_ai.assistants.checker.spoken import Spoken
from cafe_ai.assistants.checker.steps import Steps
from cafe_ai.assistants.checker.subjects import Surroundings
from cafe_ai.assistants.checker.times_said import TimesSaid, rows_of_baselines
from cafe_ai.assistants.checker.values import has_unit, has_value

COVERAGE = frozenset(("coste", "costes", "costo", "costos", "cost", "costs", "costed"))
WHOLES: dict[str, frozenset[str]] = {
    Metric.REPEAT_RATE: frozenset((Metric.CUSTOMERS,)),
    Metric.RETURN_RATE: frozenset((Metric.GROSS_SALES, Metric.NET_SALES)),
    Metric.MARGIN_RATE: frozenset((Metric.NET_SALES,)),
}
"""What the metrics that are percentages are percentages of."""


class Agreement:
    """Compares the figures of one text with the facts of one sheet."""

    def __init__(self, sheet: FactSheet, calendar: SheetCalendar, around: Surroundings) -> None:
        self.sheet = sheet
        self.calendar = calendar
        self.around = around
        self.baseline_rows = rows_of_baselines(sheet)
        by_value = sorted(((abs(float(fact.value)), n) for n, fact in enumerate(sheet.facts)))
        self._values = [value for value, _ in by_value]
        self._facts = [(sheet.facts[n], *metric_base(sheet.facts[n].metric)) for _, n in by_value]

    def candidates(self, figure: Figure) -> Iterator[tuple[Fact, Metric, str]]:
        """The facts with the figure's value and unit."""
        shown = abs(float(figure.value))
        loose = figure.about or figure.bound or figure.scaled or figure.kind in ("fraction", "multiple")
        margin = shown + 60 if loose else 2 * float(figure.step)
        for n in range(bisect_left(self._values, shown - margin), bisect_right(self._values, shown + margin)):
            fact, base, suffix = self._facts[n]
            if has_unit(figure, fact, suffix, self.sheet.currency) and has_value(figure, fact):
                yield fact, base, suffix

    def find_fault(self, figure: Figure) -> str | None:
        """Why no fact carries the figure; None where one does."""
        said: Said | None = None
        reason = "no fact has this value"
        for fact, base, suffix in self.candidates(figure):
            said = said or Said(self, figure)
            contradiction = said.contradicts(fact, base, suffix)
            if contradiction is None:
                return None
            reason = contradiction
        return reason


class Said:
    """All that a text says of one figure."""

    def __init__(self, agreement: Agreement, figure: Figure) -> None:
        self.spoken = Spoken(figure, agreement.sheet, agreement.calendar, agreement.around)
        self.figure = figure
        self.steps = Steps(self.spoken)
        self.rows = RowsSaid(self.spoken)
        self.times = TimesSaid(self.spoken, agreement.baseline_rows)

    def contradicts(self, fact: Fact, base: Metric, suffix: str) -> str | None:
        """Why the figure is not this fact; None where it is."""
        if self._misleads is not None:
            return self._misleads
        if not self._agrees_in_metric(base, suffix):
            return "the facts have it for another metric"
        if not self.steps.agrees(fact, suffix):
            return "the facts have it as another kind of figure, or with another direction"
        if not self.rows.agrees(fact):
            return "the facts have it for another product, category, store or customer"
        if not self.times.agrees(fact, base, suffix):
            return "the facts have it for another period"
        if not (self.times.agrees_in_weekday(fact) and self.times.agrees_in_hour(fact)):
            return "the facts have it for another weekday or hour"
        return None if self.rows.names_filters(fact) else "the text does not say what it is narrowed to"

    @cached_property
    def _misleads(self) -> str | None:
        """What makes the figure wrong whatever its fact."""
        if self.spoken.around.cue(self.figure, "negation", "unreal"):
            return "denied or not said as a fact"
        if self.spoken.senses.conflicts(self.figure):
            return "counts something else than the sentence speaks of"
        before = self.spoken.before
        if self.figure.value and self.spoken.piece.opener == "(" and before is not None and before.cue("negation"):
            return "told as none and as some"
        return None

    def _agrees_in_metric(self, base: Metric, suffix: str) -> bool:
        if suffix == "coverage":
            sentence = self.spoken.sentence
            return any(self.spoken.reading.text_at(place) in COVERAGE for place in range(sentence.first, sentence.last))
        if not self._is_of_right_whole(base, suffix):
            return False
        if self._metrics is None:
            asked = [metric for metric in self.spoken.sheet.plan.metrics if unit_of(metric) == unit_of(base)]
            return base in asked[:1]
        return base in self._metrics

    @cached_property
    def _metrics(self) -> frozenset[str] | None:
        return self.spoken.senses.metrics_of(self.figure)

    def _is_of_right_whole(self, base: Metric, suffix: str) -> bool:
        """Whether "31 % of sales" tells a percentage of what the fact is a percentage of."""
        whole = self.spoken.senses.whole_of(self.figure)
        if whole is None:
            return True
        if suffix == "share":
            return base in whole.metrics
        return suffix == "" and not WHOLES.get(base, frozenset()).isdisjoint(whole.metrics)
