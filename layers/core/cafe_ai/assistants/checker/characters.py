"""Characters by which a figure could slip past: digits of other scripts, superscripts, invisible and look-alike letters."""

from __future__ import annotations

import unicodedata

from cafe_ai.assistants.checker.reading import Reading

_FINE = frozenset("ºª\u00a0\u202f\u2009\u200a")
_LETTER_SCRIPTS = ("LATIN", "FEMININE", "MASCULINE")
_LOOKS_LIKE_DIGIT = frozenset("oOlI")


def find_odd(reading: Reading) -> None:
    """Notes a fault for every odd character outside of names, and for letters that stand for digits."""
    for place, token in enumerate(reading.tokens):
        if reading.owner(place) is not None:
            continue
        if any(_is_odd(character) for character in token.written):
            reading.fault(place, place + 1, "a character that may hide a figure")
        elif set(token.written) <= _LOOKS_LIKE_DIGIT and _stands_as_number(reading, place):
            reading.fault(place, place + 1, "letters in the place of digits")
    _find_invisible(reading)


def _is_odd(character: str) -> bool:
    if character.isascii() or character in _FINE:
        return False
    category = unicodedata.category(character)
    if category in ("Nd", "No", "Nl", "Cf", "Cc", "Co", "Cn", "Mn", "Me"):
        return category != "Mn" or character != "\ufe0f"
    return category.startswith("L") and not unicodedata.name(character, "").startswith(_LETTER_SCRIPTS)


def _find_invisible(reading: Reading) -> None:
    """Format characters stand between tokens or within them; either way they join or part what is read."""
    for index, character in enumerate(reading.text):
        if not character.isascii() and unicodedata.category(character) in ("Cf", "Cc", "Co"):
            place = next((n for n, token in enumerate(reading.tokens) if token.end > index), len(reading.tokens) - 1)
            if place >= 0 and reading.owner(place) is None:
                reading.fault(place, place + 1, "an invisible character")
            return


def _stands_as_number(reading: Reading, place: int) -> bool:
    word, after = reading.tokens[place].written, reading.text_at(place + 1)
    touches = reading.is_glued(place) or reading.is_glued(place + 1)
    beside = {reading.tokens[n].kind for n in (place - 1, place + 1) if 0 <= n < len(reading.tokens)}
    return ((len(word) > 1 or touches) and (after in ("%", "€", "£", "$") or ("number" in beside and touches))) or (
        word not in ("o", "O", "I") and after in ("%", "€", "£", "$")
    )
