"""The catalogue's search, as the assistants use it unless a caller brings another."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cafe_ai.assistants.documents.model import Search


def default_search() -> Search:
    """`catalogue.service.search`, imported on first use: a question with a plan never needs it."""
    from cafe_ai.catalogue.service import search

    return search
