"""What the documents and the catalogue say to a question. Standard library only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cafe_ai.analytics.model import FactSheet
from cafe_ai.assistants.model import Source

if TYPE_CHECKING:
    pass


@dataclass(frozen=True, slots=True)
class Passage:
    """A piece of a document as it stands there. id and title are the document's; the title is fit to be shown.

    weight says how much of the question it answers; it only compares passages of one question.
    """

    id: str
    title: str
    text: str
    weight: float = 0.0


@dataclass(frozen=True, slots=True)
class Found:
    """What a search came to: passages to quote, or products told with their prices (sheet); without either, nothing.

    told is the text about products. nothing is what to say instead of a bare decline, where the catalogue was asked about.
    searched is for the audit: kinds, ids and scores, no text.
    """

    searched: tuple[dict[str, Any], ...]
    passages: tuple[Passage, ...] = ()
    told: str = ""
    sheet: FactSheet | None = None
    nothing: str = ""

    def __bool__(self) -> bool:
        return bool(self.passages or self.told)

    @property
    def sources(self) -> tuple[Source, ...]:
        """The documents that the answer quotes."""
        return tuple(Source(passage.id, passage.title, passage.text) for passage in self.passages)

    @property
    def record(self) -> dict[str, Any]:
        """What the audit keeps in the place of a plan."""
        return {"search": list(self.searched), "sources": [passage.id for passage in self.passages]}
