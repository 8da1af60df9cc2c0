"""Whether a figure is told of a fact's row (product, category, store, customer) and of what the fact is narrowed to."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

from cafe_ai.analytics.model import Fact
from cafe_ai.assistants.checker.calendar import WEEKDAYS
from cafe_ai.assistants.checker.model import NameMention, TimeMention
from cafe_ai.assistants.checker.names import ENTITIES, FILTERED
from cafe_ai.assistants.checker.spoken import Spoken
from cafe_ai.assistants.checker.subjects import Origin

MOST_NAMED = 3
"""So many names of a filter must all be told; of more, one is enough."""
_WEEKENDS = ("fin de semana", "fines de semana", "weekend")
_WORKING_DAYS = ("entre semana", "weekday", "laborable", "lunes a viernes", "monday to friday")


class RowsSaid:
    """What a text names beside one figure."""

    def __init__(self, spoken: Spoken) -> None:
        self.spoken = spoken
        self.around = spoken.around
        self.figure = spoken.figure

    def agrees(self, fact: Fact) -> bool:
        """Whether every name beside the figure is the fact's, and the fact's own is there."""
        if self.spoken.is_whole:
            return fact.role == "total"
        return all(self._names_dimension(fact, dimension) for dimension in ENTITIES)

    @cached_property
    def _dimensions(self) -> set[str]:
        return {dimension for fact in self.spoken.sheet.facts for dimension in fact.dimensions}

    def _names_dimension(self, fact: Fact, dimension: str) -> bool:
        found = self._name(dimension)
        value = fact.dimensions.get(dimension)
        if value is not None:
            return found is not None and found[0].subjects.get(dimension) == value
        if found is None:
            return True
        name, origin = found
        if name.subjects[dimension] in filter_values(fact, dimension):
            return True
        if origin == "piece" and len(name.subjects) > 1:
            return any(name.subjects.get(d) in (fact.dimensions.get(d), *filter_values(fact, d)) for d in name.subjects)
        return origin != "piece" and self.spoken.says_total()

    def _name(self, dimension: str) -> tuple[NameMention, Origin] | None:
        def fits(mention: NameMention) -> bool:
            return dimension in mention.subjects

        found = self.around.bind(self.figure, NameMention, fits)
        if found:
            return found
        if heading := self.around.heading(self.figure, NameMention, fits):
            return heading, "sentence"
        cues = [cue for piece in self.spoken.sentence.pieces for cue in piece.cues if cue.first < self.figure.first]
        if dimension in self._dimensions and any(cue.kind == "anaphora" for cue in cues):
            topic = self.around.topic(self.figure, NameMention, fits)
            return (topic, "topic") if topic else None
        return None

    def names_filters(self, fact: Fact) -> bool:
        """Whether all that the figure is narrowed to is named somewhere up to the end of its sentence."""
        if self._lacks_a_filter(fact) and not self.spoken.is_whole and not self.spoken.says_total():
            return False
        end = self.spoken.sentence.last
        names = [m for m in self.spoken.reading.found(NameMention) if m.first < end]
        for several, dimension in FILTERED.items():
            listed = filter_values(fact, dimension)
            if listed and dimension not in fact.dimensions and several in fact.filters:
                said = {m.subjects.get(dimension) for m in names} & set(listed)
                if not said or (len(said) < len(listed) <= MOST_NAMED):
                    return False
        times = [m for m in self.spoken.reading.found(TimeMention) if m.first < end]
        if fact.filters.get("hours") and "hour" not in fact.dimensions and not any(m.hours for m in times):
            return False
        narrowed = fact.filters.get("weekdays")
        if isinstance(narrowed, (list, tuple)) and "weekday" not in fact.dimensions:
            said_days = {WEEKDAYS[day] for m in times for day in m.weekdays}
            return said_days >= set(narrowed) or self._says_days(narrowed, end)
        return True

    def _says_days(self, narrowed: Sequence[object], end: int) -> bool:
        text = self.spoken.reading.text[: self.spoken.reading.tokens[end - 1].end].lower()
        if set(narrowed) == {"saturday", "sunday"}:
            return any(words in text for words in _WEEKENDS)
        return len(narrowed) == 5 and any(words in text for words in _WORKING_DAYS)

    def _lacks_a_filter(self, fact: Fact) -> bool:
        """Whether the question is narrowed to something that this fact is not."""
        filters = self.spoken.sheet.plan.filters
        asked = {several for several in (*FILTERED, "weekdays", "hours") if getattr(filters, several)}
        return any(
            several not in fact.filters and FILTERED.get(several, several) not in fact.dimensions for several in asked
        )


def filter_values(fact: Fact, dimension: str) -> tuple[str, ...]:
    """The names of a dimension that a fact is narrowed to."""
    several = next(name for name, one in FILTERED.items() if one == dimension)
    values = fact.filters.get(several, ())
    return tuple(str(value) for value in values) if isinstance(values, (list, tuple)) else ()
