"""The rows of a breakdown: their order, and which of them a mention names."""

from __future__ import annotations

from collections.abc import Collection
from decimal import Decimal

from cafe_ai.analytics.model import Fact, FactSheet
from cafe_ai.assistants.checker.calendar import WEEKDAYS, row_spans
from cafe_ai.assistants.checker.model import Mention, NameMention, TimeMention

Row = tuple[tuple[str, str], ...]


class Rows:
    """The rows of a sheet, each once, in the order of its facts."""

    def __init__(self, sheet: FactSheet) -> None:
        self.sheet = sheet
        told = [fact for fact in sheet.facts if fact.role not in ("context", "total") and fact.dimensions]
        self.all: list[Row] = list(dict.fromkeys(_row(fact) for fact in told))
        self.dimensions = {dimension for row in self.all for dimension, _ in row}
        self._places = {row: place for place, row in enumerate(self.all)}
        self._by_key: dict[object, Row] = {}
        self._values: dict[Row, list[Fact]] = {}
        for fact in told:
            row = _row(fact)
            for key in (*row, *row_spans(fact, sheet.period)):
                self._by_key.setdefault(key, row)
            if fact.role == "value":
                self._values.setdefault(row, []).append(fact)

    def place(self, row: Row) -> int:
        """Where a row stands, the first at 0."""
        return self._places[row]

    def named_by(self, mention: Mention) -> Row | None:
        """The row that a mention names."""
        keys: list[object] = []
        if isinstance(mention, NameMention):
            keys = [*mention.subjects.items()]
        elif isinstance(mention, TimeMention):
            keys = [*mention.spans]
            if mention.hours is not None:
                keys.append(("hour", f"{mention.hours[0] % 24:02}:00"))
            elif not mention.spans and len(mention.weekdays) == 1:
                keys.append(("weekday", WEEKDAYS[min(mention.weekdays)]))
        return next((self._by_key[key] for key in keys if key in self._by_key), None)

    def value(self, row: Row, metrics: Collection[str]) -> Decimal | None:
        """A row's figure for one of the metrics, else for the plan's first."""
        facts = self._values.get(row, [])
        chosen = [f for f in facts if f.metric in metrics] or [
            f for f in facts if f.metric == self.sheet.plan.metrics[0]
        ]
        return chosen[0].value if chosen else None

    def are_all(self) -> bool:
        """Whether no row was cut off by the ranking's limit."""
        ranking = self.sheet.plan.ranking
        return ranking is None or len(self.all) < ranking.limit


def _row(fact: Fact) -> Row:
    return tuple((name, value) for name, value in sorted(fact.dimensions.items()) if name != "customer_name")
