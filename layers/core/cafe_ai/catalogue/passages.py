"""What of a document is embedded: all of a short one at once, a long one in passages that each carry its title."""

from __future__ import annotations

import re

WHOLE_CHARACTERS = 1_200  # up to which a document is one passage
PASSAGE_CHARACTERS = 900
_BREAKS = (re.compile(r"\n\s*\n"), re.compile(r"\n"), re.compile(r"(?<=[.!?;:])\s+"), re.compile(r"\s+"))


def split(title: str, content: str) -> list[str]:
    """The document's passages, in order; at least one."""
    text = content.strip()
    if len(text) <= WHOLE_CHARACTERS:
        return [_with_title(title, text)]
    return [_with_title(title, part) for part in _parts(text)]


def _with_title(title: str, text: str) -> str:
    return text if text.startswith(title) else f"{title}\n{text}"


def _parts(text: str) -> list[str]:
    parts = []
    while len(text) > PASSAGE_CHARACTERS:
        at = _cut(text)
        parts.append(text[:at].strip())
        text = text[at:].strip()
    return [part for part in [*parts, text] if part]


def _cut(text: str) -> int:
    """Where a passage ends: at the last paragraph, line, sentence or word of its second half, else in mid-word."""
    for pattern in _BREAKS:
        ends = [m.end() for m in pattern.finditer(text, PASSAGE_CHARACTERS // 2, PASSAGE_CHARACTERS)]
        if ends:
            return ends[-1]
    return PASSAGE_CHARACTERS
