"""A fact sheet read as a person reads it: each figure with what it is compared with, each row's figures together."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from cafe_ai.analytics.model import Fact, FactSheet, Filters, Metric, Period
from cafe_ai.assistants.narrator.rows import WEEKDAY_NUMBERS

_NAMED_FILTERS = ("products", "categories", "stores", "customers", "payment_methods")
_SUFFIXES = ("_change", "_difference", "_share", "_coverage")


@dataclass(slots=True)
class Figure:
    """A metric's value with its companions, as far as the sheet has them."""

    metric: Metric
    value: Fact | None = None
    baseline: Fact | None = None
    difference: Fact | None = None
    change: Fact | None = None
    share: Fact | None = None

    @property
    def is_compared(self) -> bool:
        """Whether there is anything to compare the value with."""
        return bool(self.baseline or self.difference or self.change)

    @property
    def is_percentage(self) -> bool:
        """Whether the value is a percentage, so that it differs by points."""
        return any(fact.unit == "percent" for fact in (self.value, self.baseline, self.difference) if fact)

    @property
    def compared_period(self) -> Period | None:
        """The period the value is compared with."""
        if self.baseline:
            return self.baseline.period
        compared = self.difference or self.change
        return compared.compared_with if compared else None

    @property
    def told_by(self) -> Fact:
        """The fact that stands for the figure: its value where there is one."""
        for fact in (self.value, self.share, self.change, self.difference, self.baseline):
            if fact:
                return fact
        raise ValueError("a figure has at least one fact")

    @property
    def direction(self) -> int:
        """1 where the value is above what it is compared with, -1 below, 0 the same."""
        fact = self.difference or self.change
        return 0 if fact is None or fact.value == 0 else (1 if fact.value > 0 else -1)

    @property
    def telling_change(self) -> Fact | None:
        """The change in percent, unless it rounds to zero or, over a negative baseline, contradicts the direction."""
        return self.change if self.change and self.change.value * self.direction > 0 else None


@dataclass(slots=True)
class Row:
    """The figures of one row of a breakdown, or of the whole (no dimensions)."""

    dimensions: Mapping[str, str]
    figures: dict[Metric, Figure] = field(default_factory=dict)

    @property
    def first(self) -> Figure:
        """The figure asked for first."""
        return next(iter(self.figures.values()))


@dataclass(frozen=True, slots=True)
class Reading:
    """A sheet's facts in their order: the whole, the rows, the totals of the rows, what a margin covers, and asides."""

    whole: Row | None
    rows: tuple[Row, ...]
    totals: tuple[Fact, ...]
    coverage: Fact | None
    context: tuple[Row, ...]


def read(sheet: FactSheet) -> Reading:
    """The sheet's facts grouped for telling."""
    asked = [fact for fact in sheet.facts if fact.role not in ("total", "coverage", "context")]
    rows = _group(asked)
    coverage = (fact for fact in sheet.facts if fact.role == "coverage")
    return Reading(
        whole=next((row for row in rows if not row.dimensions), None),
        rows=tuple(row for row in rows if row.dimensions),
        totals=tuple(fact for fact in sheet.facts if fact.role == "total"),
        coverage=next(coverage, None),
        context=tuple(_group(fact for fact in sheet.facts if fact.role == "context")),
    )


def filters_of(fact: Fact | None) -> Filters:
    """What a fact says it is narrowed to, as filters."""
    said: Mapping[str, Any] = fact.filters if fact else {}
    names = {name: tuple(said.get(name, ())) for name in _NAMED_FILTERS}
    weekdays = tuple(WEEKDAY_NUMBERS[day] for day in said.get("weekdays", ()))
    hours = (said["hours"][0], said["hours"][1]) if said.get("hours") else None
    return Filters(**names, weekdays=weekdays, hours=hours)


def base_metric(name: str) -> Metric:
    """The metric a fact's name belongs to: net_sales for "net_sales_change"."""
    if name in {*Metric}:
        return Metric(name)
    return Metric(next(name.removesuffix(suffix) for suffix in _SUFFIXES if name.endswith(suffix)))


def _group(facts: Iterable[Fact]) -> list[Row]:
    listed = list(facts)
    compared = {(fact.compared_with.start, fact.compared_with.ends_at) for fact in listed if fact.compared_with}
    rows: dict[tuple[tuple[str, str], ...], Row] = {}
    for fact in listed:
        metric = base_metric(fact.metric)
        is_baseline = fact.role == "baseline" or (
            fact.role == "context" and (fact.period.start, fact.period.ends_at) in compared
        )
        row = _row_of_baseline(rows.values(), fact, metric) if is_baseline else None
        row = row or rows.setdefault(tuple(sorted(fact.dimensions.items())), Row(fact.dimensions))
        _place(row.figures.setdefault(metric, Figure(metric)), fact, is_baseline=is_baseline)
    return list(rows.values())


def _row_of_baseline(rows: Iterable[Row], fact: Fact, metric: Metric) -> Row | None:
    """The latest row the baseline can belong to: in a series by time it lacks the row's own date."""
    fitting = (row for row in rows if metric in row.figures and fact.dimensions.items() <= row.dimensions.items())
    return next(reversed([*fitting]), None)


def _place(figure: Figure, fact: Fact, *, is_baseline: bool) -> None:
    if fact.metric.endswith("_difference"):
        figure.difference = fact
    elif fact.metric.endswith("_change"):
        figure.change = fact
    elif fact.metric.endswith("_share"):
        figure.share = fact
    elif is_baseline:
        figure.baseline = fact
    else:
        figure.value = fact
