"""Text of the shop's own (names, sentences with names) made fit to be shown. Standard library only."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable

# Control characters, what turns the direction of the text around it, and what no file may hold.
_NEVER_SHOWN = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\u200e\u200f\ufeff\ud800-\udfff\ufffe\uffff]"
)
_SPACES = re.compile(r"[ \t\r\n\u2028\u2029]+")
LOST = "□"


def without_controls(text: str) -> str:
    """The text without control characters (but line breaks) and without what would turn the text beside it around."""
    return _NEVER_SHOWN.sub("", text)


def legible(text: str) -> str:
    """The same on one line."""
    return _SPACES.sub(" ", without_controls(text)).strip()


def in_letters_of(text: str, has: Callable[[str], bool]) -> str:
    """The text in the letters that a font has: one it lacks is written with its plain form ("①" as "1", "ﬃ" as "ffi"),
    and where it has none of that either, as □; several such in a row as one."""
    if all(has(letter) for letter in text):
        return text
    written: list[str] = []
    for letter in unicodedata.normalize("NFC", text):
        if has(letter):
            written.append(letter)
            continue
        plain = unicodedata.normalize("NFKC", letter)
        if plain and all(has(part) for part in plain):
            written.append(plain)
        elif not _joins_others(letter) and (not written or written[-1] != LOST):
            written.append(LOST)
    return "".join(written)


def _joins_others(letter: str) -> bool:
    """Whether the character shows nothing itself: a joiner, a variation, an accent on the letter before it."""
    return unicodedata.category(letter) in ("Cf", "Mn", "Me")
