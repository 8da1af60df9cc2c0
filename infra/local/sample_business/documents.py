"""The documents of Café Central, in `texts/`: a Markdown file each, named after its id, with the title in its first line."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).with_name("texts")


@dataclass(frozen=True)
class SampleDocument:
    """As PUT /documents/{id} takes it."""

    id: str
    title: str
    content: str


@cache
def documents() -> tuple[SampleDocument, ...]:
    """All of them, by id."""
    return tuple(_read(path) for path in sorted(FOLDER.glob("*.md")))


def _read(path: Path) -> SampleDocument:
    title, _, content = path.read_text(encoding="utf-8").partition("\n")
    return SampleDocument(path.stem, title.removeprefix("# "), content.strip())
