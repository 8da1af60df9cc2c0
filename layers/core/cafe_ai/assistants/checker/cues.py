"""Finds the words that tell how figures hang together. Cues claim no token: one word may say several things."""

from __future__ import annotations

from cafe_ai.assistants.checker.calendar import SheetCalendar
from cafe_ai.assistants.checker.comparisons import find_comparisons
from cafe_ai.assistants.checker.cue_words import cue_phrases
from cafe_ai.assistants.checker.model import Cue, Figure
from cafe_ai.assistants.checker.reading import Phrases, Reading

_BY_KIND: dict[str, list[tuple[str, str]]] = {}
for _phrase, (_kind, _value) in cue_phrases():
    _BY_KIND.setdefault(_kind, []).append((_phrase, _value))
_PHRASES = {kind: Phrases(phrases) for kind, phrases in _BY_KIND.items()}
_KINDS_BY_WORD: dict[str, list[str]] = {}
for _kind, _phrases in _PHRASES.items():
    for _word in _phrases.first_words:
        _KINDS_BY_WORD.setdefault(_word, []).append(_kind)

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
_COMPARATIVES = frozenset(("weaker", "slower", "quieter", "softer", "poorer", "stronger", "busier", "healthier"))
_FINE_NEGATIONS = frozenset(
    ("solo", "solamente", "only", "obstante", "hay", "doubt", "duda", "dudes", "olvides", "matter", "just")
)


def find_cues(reading: Reading, calendar: SheetCalendar) -> list[Cue]:
    """Every cue, in the order of the text."""
    cues: list[Cue] = []
    free_from = dict.fromkeys(_PHRASES, 0)
    for place in range(len(reading.tokens)):
        for kind in _KINDS_BY_WORD.get(reading.word_or_metric(place), ()):
            if place >= free_from[kind]:
                found = _PHRASES[kind].match(reading, place, in_metrics=kind in ("extreme", "order"))
                if found:
                    cues.append(Cue(place, place + found[0], kind, str(found[1])))
                    free_from[kind] = place + found[0]
    cues = [cue for cue in cues if _holds(reading, cue)]
    cues += [
        Cue(place, place + 1, "direction", "down") for place in range(len(reading.tokens)) if _is_fell(reading, place)
    ]
    turned = {
        cue.first for cue in cues if cue.kind == "direction" and cue.last - cue.first > 1
    }  # "más flojo" is no more
    cues = [cue for cue in cues if cue.kind != "amount" or cue.first not in turned]
    comparisons = find_comparisons(reading, calendar, cues)
    return sorted([cue for cue in cues if "compare" not in cue.kind] + comparisons, key=lambda cue: cue.first)


def _is_fell(reading: Reading, place: int) -> bool:
    """ "bajó" and not the preposition "bajo", which fold to the same."""
    return reading.word(place) == "bajo" and reading.tokens[place].written.lower() == "bajó"


def _holds(reading: Reading, cue: Cue) -> bool:
    word = reading.text_at(cue.first)
    if cue.kind == "direction" and (word in _COMPARATIVES or (word == "mas" and cue.last - cue.first == 2)):
        return reading.text_at(cue.last) in ("que", "than")
    if cue.kind == "direction":
        return reading.text_at(cue.first - 1) not in _NOT_AFTER.get(word, ()) and reading.text_at(
            cue.last
        ) not in _NOT_BEFORE.get(word, ())
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


def _owner(reading: Reading, place: int) -> object:
    return reading.owner(place) if place < len(reading.tokens) else None
