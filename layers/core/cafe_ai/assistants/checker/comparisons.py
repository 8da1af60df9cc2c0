"""Where a sentence turns to what something is compared with: "frente a", "than", "up from", "de 10 a 12"."""

from __future__ import annotations

from itertools import pairwise

from cafe_ai.assistants.checker.calendar import SheetCalendar
from cafe_ai.assistants.checker.model import Cue, Figure, Mention, MetricMention, NameMention, TimeMention
from cafe_ai.assistants.checker.reading import Reading

_PAUSES = frozenset((",", ";", ".", "!", "?", ":"))
_STOPS = frozenset((".", "!", "?", ";"))
_ARTICLES = frozenset(("los", "las", "the", "el", "la", "un", "una", "lo"))
_LINKS = _ARTICLES | {"a", "de", "del", "of", "en", "in", "que", "those", "that"}
_BEFORE_A = frozenset(
    (
        "frente",
        "respecto",
        "comparacion",
        "relacion",
        "superior",
        "inferior",
        "compared",
        "superiores",
        "inferiores",
        "relative",
    )
)
_REACH = 6
"""How many tokens before "que" may hold what makes it a comparison, and how many small words may follow a comparison."""
_FARTHEST = 18
"""How many tokens may lie between the two figures of "from 10 to 12"."""


def find_comparisons(reading: Reading, calendar: SheetCalendar, cues: list[Cue]) -> list[Cue]:
    """The cues that open a comparison, and those that go back to what is compared ("resume")."""
    found = [cue for cue in cues if cue.kind == "compare" and not _is_bound(reading, cue)]
    found += [
        Cue(cue.first, cue.last, "compare")
        for cue in cues
        if cue.kind == "maybe compare" and _compares(reading, calendar, cue, cues)
    ]
    return found + _from_to(reading)


def _is_bound(reading: Reading, cue: Cue) -> bool:
    """Whether "than" only says how exact a figure is: "more than 1,000"."""
    return reading.text_at(cue.first) == "than" and isinstance(_owner(reading, cue.last), Figure)


def _compares(reading: Reading, calendar: SheetCalendar, cue: Cue, cues: list[Cue]) -> bool:
    """Decides whether what may be a comparison is one, by what stands beside it."""
    word = reading.text_at(cue.first)
    if word == "que":
        before = _owner(reading, cue.first - 1) if cue.first else None
        multiple = isinstance(before, Figure) and before.kind in ("multiple", "fraction")  # "el doble que"
        near = multiple or _has_direction(cues, _start(reading, cue.first, _PAUSES, _REACH), cue.first)
        return near and _begins_comparison(reading, cue)
    before = _owner(reading, cue.first - 1) if cue.first else None
    moved = (isinstance(before, Figure) and before.signed) or _has_direction(
        cues, _start(reading, cue.first, _STOPS, len(reading.tokens)), cue.first
    )
    following, article = _following(reading, cue.last)
    if word == "from":
        return moved and not _is_range(reading, cue.last)
    if word == "on":
        return (
            moved
            and isinstance(following, TimeMention)
            and bool(following.spans)
            and not calendar.means(following, calendar.period)
        )
    if word == "over" and isinstance(following, TimeMention) and calendar.means(following, calendar.period):
        return False  # "over the weekend"
    if isinstance(following, Figure):
        return article or (word == "desde" and not following.bound)
    if isinstance(following, TimeMention):
        return not following.hours and word != "desde"
    return isinstance(following, NameMention)


def _has_direction(cues: list[Cue], first: int, last: int) -> bool:
    return any(first <= cue.first and cue.last <= last and cue.kind in ("amount", "direction") for cue in cues)


def _start(reading: Reading, place: int, stops: frozenset[str], reach: int) -> int:
    start = place
    while start > max(0, place - reach) and reading.text_at(start - 1) not in stops:
        start -= 1
    return start


def _following(reading: Reading, place: int) -> tuple[Mention | None, bool]:
    """What a comparison turns to, small words and the metric passed over, and whether an article stood before it."""
    article = False
    for _ in range(_REACH):
        owner = _owner(reading, place)
        if isinstance(owner, MetricMention):
            place = owner.last
        elif reading.word(place) in _LINKS:
            article |= reading.word(place) in _ARTICLES
            place += 1
        else:
            return owner, article
    return None, article


def _begins_comparison(reading: Reading, cue: Cue) -> bool:
    """Whether "que" goes on with what is compared with, and not with a clause of its own."""
    named = isinstance(_owner(reading, cue.last), TimeMention | NameMention | Figure)
    opens = reading.text_at(cue.last) in _ARTICLES | {"en", "hace", "durante", "al"}
    return reading.text_at(cue.first - 1) != "lo" and (named or opens)


def _is_range(reading: Reading, place: int) -> bool:
    """Whether "from" begins a period: "from 8 to 14 November"."""
    mention = _owner(reading, place)
    return isinstance(mention, TimeMention) and any(
        reading.text_at(n) == "to" for n in range(mention.first, mention.last)
    )


def _owner(reading: Reading, place: int) -> Mention | None:
    return reading.owner(place) if place < len(reading.tokens) else None


def _from_to(reading: Reading) -> list[Cue]:
    """ "De 10 € a 12 €", "from 10 to 12": the first figure is what the second is compared with."""
    found: list[Cue] = []
    for before, after in pairwise(reading.found(Figure)):
        start, to = _before_articles(reading, before.first), _before_articles(reading, after.first)
        joined = reading.word(to) in ("a", "hasta", "to", "al") and reading.word(start) in (
            "de",
            "desde",
            "from",
            "del",
        )
        near = before.last <= to <= before.last + _FARTHEST
        joined &= reading.text_at(to - 1) not in _BEFORE_A
        parted = any(reading.text_at(place) in (".", ";") for place in range(before.last, to))
        if before.kind == after.kind and joined and near and not parted:
            found += [Cue(start, start + 1, "compare"), Cue(to, to + 1, "resume")]
    return found


def _before_articles(reading: Reading, place: int) -> int:
    place -= 1
    while reading.word(place) in _ARTICLES:
        place -= 1
    return place
