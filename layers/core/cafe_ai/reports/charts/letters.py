"""How wide text will be, near enough to keep labels apart. Standard library only.

Widths are those of Source Sans in thousandths of its size, by kind of letter; what a reader's screen uses instead may
be a tenth wider, which `ROOM` allows for.
"""

from __future__ import annotations

import unicodedata

ROOM = 1.08
_NARROW = set("ijlI.,:;'|!()[] \u00a0\u202f·-")
_WIDE = set("mwMW%@&—")


def text_width(text: str, size: float, *, bold: bool = False) -> float:
    """The width of a line of text, with some room."""
    return sum(map(_advance, text)) * size * ROOM * (1.05 if bold else 1.0)


def fit(text: str, size: float, width: float) -> str:
    """The text, cut with an ellipsis where it would be wider."""
    if text_width(text, size) <= width:
        return text
    room = width - text_width("…", size)
    kept, used = 0, 0.0
    for letter in text:
        used += text_width(letter, size)
        if used > room:
            break
        kept += 1
    return text[:kept].rstrip() + "…"


def wrap(text: str, size: float, width: float, lines: int = 2) -> tuple[str, ...]:
    """The text in at most so many lines, the last cut with an ellipsis where it is still too long."""
    words, done, current = text.split(), list[str](), ""
    for position, word in enumerate(words):
        longer = f"{current} {word}".strip()
        if text_width(longer, size) <= width or not current:
            current = longer
            continue
        if len(done) == lines - 1:
            return (*done, fit(" ".join((current, *words[position:])), size, width))
        done.append(fit(current, size, width))
        current = word
    return (*done, fit(current, size, width)) if current else tuple(done)


def _advance(letter: str) -> float:
    if letter in _NARROW:
        return 0.27
    if letter in _WIDE:
        return 0.82
    if unicodedata.combining(letter) or unicodedata.category(letter) in ("Cf", "Mn"):
        return 0.0
    if unicodedata.east_asian_width(letter) in ("W", "F"):
        return 1.05
    return 0.6 if letter.isupper() else 0.505
