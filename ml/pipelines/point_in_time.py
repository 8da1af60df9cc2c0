"""The proof that features of a moment do not look ahead: they are the same where everything later does not exist.

`check` computes the features as of each moment twice, from all data and from data cut at that moment. What a feature of the past
owes to the future shows as a difference, whatever way it got in: a `<=` on the day, a mean over the whole series, a join with
what came next. It proves as much as the data shows: give it moments within the history, some in the middle of a day.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime
from typing import Any, TypeVar

Source = TypeVar("Source")
Event = TypeVar("Event")
Extract = Callable[[Source, datetime], Mapping[Hashable, Mapping[str, Any]]]
"""Features by entity and name, as of a moment, from a source (a list of events, a unit of work, ...)."""
Cut = Callable[[Source, datetime], AbstractContextManager[Source]]
"""The source as it would be had nothing happened at that moment or later."""


class LookAhead(Exception):  # noqa: N818 -- states the fact
    """A feature of a moment is another one where the future is not there."""

    def __init__(self, entity: Hashable, feature: str, moment: datetime, whole: object, past: object) -> None:
        super().__init__(
            f"{feature} of {entity} as of {moment.isoformat()} looks ahead: it is {whole!r} with all data and "
            f"{past!r} with the data before that moment."
        )
        self.entity = entity
        self.feature = feature
        self.moment = moment


def check(extract: Extract[Source], source: Source, moments: Iterable[datetime], cut: Cut[Source]) -> int:
    """How many values were compared, all of them equal. Raises LookAhead at the first that is not, ValueError where there was
    nothing to compare."""
    compared = 0
    for moment in moments:
        whole = extract(source, moment)
        with cut(source, moment) as before:
            past = extract(before, moment)
        for entity, feature in _names(whole, past):
            values = [side.get(entity, {}).get(feature) for side in (whole, past)]
            if not _same(*values):
                raise LookAhead(entity, feature, moment, *values)
            compared += 1
    if not compared:
        raise ValueError("No feature was extracted at any of these moments, so nothing is proved.")
    return compared


def events_before(time_of: Callable[[Event], datetime]) -> Cut[list[Event]]:
    """The cut of a list of events."""

    @contextmanager
    def cut(events: list[Event], moment: datetime) -> Iterator[list[Event]]:
        yield [event for event in events if time_of(event) < moment]

    return cut


def by_entity(rows: Iterable[Mapping[str, Any]], key: str) -> dict[Hashable, Mapping[str, Any]]:
    """Extracted rows by their entity, which stands under that key."""
    return {row[key]: {name: value for name, value in row.items() if name != key} for row in rows}


def _names(
    whole: Mapping[Hashable, Mapping[str, Any]], past: Mapping[Hashable, Mapping[str, Any]]
) -> list[tuple[Hashable, str]]:
    names: dict[tuple[Hashable, str], None] = {}
    for side in (whole, past):
        for entity, features in side.items():
            names.update(dict.fromkeys((entity, feature) for feature in features))
    return list(names)


def _same(whole: Any, past: Any) -> bool:
    return bool(whole == past) or (_is_nan(whole) and _is_nan(past))


def _is_nan(value: Any) -> bool:
    return isinstance(value, float) and value != value  # noqa: PLR0124
