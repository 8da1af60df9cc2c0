"""Finds the words that tell how figures hang together. Cues claim no token: one word may say several things."""

from __future__ import annotations

from cafe_ai.assistants.checker.calendar import SheetCalendar
from cafe_ai.assistants.checker.cue_words import cue_phrases
from cafe_ai.assistants.checker.model import Cue, Figure, NameMention, TimeMention
from cafe_ai.assistants.checker.reading import Phrases, Reading

_BY_KIND: dict[str, list[tuple[str, str]]] = {}
for _phrase, (_kind, _value) in cue_phrases():
    _BY_KIND.setdefault(_kind, []).append((_phrase, _value))
_PHRASES = {kind: Phrases(phrases) for kind, phrases in _BY_KIND.items()}

# What a direction word is part of that is no direction.
_NOT_AFTER = {
    "up": frozenset(
        (
            "made",
            "make",
            "makes",
            "making",
            "adds",
            "add",
            "added",
            "sums",
            "set",
            "sign",
            "ended",
            "follow",
            "top",
            "topped",
            "pick",
            "round",
            "sum",
        )
    ),
    "down": frozenset(("broken", "break", "breaks", "narrow", "narrowed", "drill")),
}
_NOT_BEFORE = {
    "up": frozenset(("to",)),
    "mejor": frozenset(),
    "below": frozenset(("are", "is")),
    "above": frozenset(("all", "are")),
}
_FINE_NEGATIONS = frozenset(
    ("solo", "solamente", "only", "obstante", "hay", "doubt", "duda", "dudes", "olvides", "matter", "just")
)
_PAUSES = frozenset((",", ";", ".", "!", "?", ":"))
REACH = 6
"""How many tokens before "que" or "from" may hold the words that make it a comparison."""


def find_cues(reading: Reading, calendar: SheetCalendar) -> list[Cue]:
    """Every cue, in the order of the text."""
    cues: list[Cue] = []
    for kind, phrases in _PHRASES.items():
        place = 0
        while place < len(reading.tokens):
            found = phrases.match(reading, place, in_metrics=kind in ("extreme", "order"))
            if found:
                cues.append(Cue(place, place + found[0], kind, str(found[1])))
            place += found[0] if found else 1
    cues = [cue for cue in cues if _holds(reading, cue)]
    cues += [
        Cue(place, place + 1, "direction", "down")
        for place in range(len(reading.tokens))
        if reading.word(place) == "bajo" and reading.tokens[place].written.lower() == "bajó"
    ]
    cues.sort(key=lambda cue: cue.first)
    return sorted(
        [cue for cue in (_settle(reading, calendar, cue, cues) for cue in cues) if cue] + _from_to(reading),
        key=lambda cue: cue.first,
    )


def _holds(reading: Reading, cue: Cue) -> bool:
    word = reading.text_at(cue.first)
    if cue.kind == "direction":
        return reading.text_at(cue.first - 1) not in _NOT_AFTER.get(word, ()) and reading.text_at(
            cue.last
        ) not in _NOT_BEFORE.get(word, ())
    if cue.kind == "compare" and word == "than":
        return not isinstance(_owner(reading, cue.last), Figure)
    if (
        cue.kind == "amount"
        and reading.text_at(cue.last) in ("de", "del")
        and isinstance(_owner(reading, cue.last + 1), Figure)
    ):
        return False  # "más de 60"
    if cue.kind == "negation":
        return reading.text_at(cue.last) not in _FINE_NEGATIONS and not (
            word == "no" and reading.text_at(cue.last) in (".", "º", "o")
        )
    return True


def _begins_comparison(reading: Reading, cue: Cue) -> bool:
    """Whether "que" goes on with what is compared with, and not with a clause of its own."""
    after = reading.text_at(cue.last)
    named = isinstance(_owner(reading, cue.last), TimeMention | NameMention | Figure)
    return reading.text_at(cue.first - 1) != "lo" and (
        named or after in ("en", "el", "la", "los", "las", "un", "una", "hace", "durante", "al")
    )


def _is_range(reading: Reading, place: int) -> bool:
    """Whether "from" begins a period: "from 8 to 14 November"."""
    mention = _owner(reading, place)
    return isinstance(mention, TimeMention) and any(
        reading.text_at(n) == "to" for n in range(mention.first, mention.last)
    )


def _owner(reading: Reading, place: int) -> object:
    return reading.owner(place) if place < len(reading.tokens) else None


def _settle(reading: Reading, calendar: SheetCalendar, cue: Cue, cues: list[Cue]) -> Cue | None:
    """Decides whether what may be a comparison is one."""
    if cue.kind != "maybe compare":
        return cue
    word = reading.text_at(cue.first)
    if word in ("que", "from"):
        start = cue.first
        while start > max(0, cue.first - REACH) and reading.text_at(start - 1) not in _PAUSES:
            start -= 1
        near = any(
            start <= other.first and other.last <= cue.first and other.kind in ("amount", "direction") for other in cues
        )
        goes_on = _begins_comparison(reading, cue) if word == "que" else not _is_range(reading, cue.last)
        return Cue(cue.first, cue.last, "compare") if near and goes_on else None
    place, article = cue.last, False
    while reading.word(place) in ("los", "las", "the", "el", "la"):
        place, article = place + 1, True
    owner = _owner(reading, place)
    if word == "over" and isinstance(owner, TimeMention) and calendar.means(owner, calendar.period):
        return None  # "over the weekend"
    if word == "on":
        return (
            Cue(cue.first, cue.last, "compare")
            if isinstance(owner, TimeMention) and reading.word(cue.first - 1) in ("up", "down")
            else None
        )
    if isinstance(owner, Figure):
        return Cue(cue.first, cue.last, "compare") if article or (word == "desde" and not owner.bound) else None
    return (
        Cue(cue.first, cue.last, "compare")
        if isinstance(owner, NameMention) or (isinstance(owner, TimeMention) and not owner.hours and word != "desde")
        else None
    )


def _from_to(reading: Reading) -> list[Cue]:
    """ "De 10 € a 12 €", "from 10 to 12": the first figure is what the second is compared with."""
    found: list[Cue] = []
    figures = reading.found(Figure)
    for before, after in zip(figures, figures[1:], strict=False):
        start, to = before.first - 1, after.first - 1
        while reading.word(start) in ("los", "las", "un", "una", "the", "el"):
            start -= 1
        while to >= before.last and reading.word(to) in ("los", "las", "un", "una", "the", "el"):
            to -= 1
        if (
            before.kind != after.kind
            or to < before.last
            or reading.word(to) not in ("a", "hasta", "to", "al")
            or reading.word(start) not in ("de", "desde", "from", "del")
        ):
            continue
        if to - before.last <= 3 * REACH and not any(
            reading.text_at(place) in (".", ";") for place in range(before.last, to)
        ):
            found += [Cue(start, start + 1, "compare"), Cue(to, to + 1, "resume")]
    return found
