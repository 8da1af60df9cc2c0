"""Search, as those who need it see it: `catalogue.service.search`, or what stands for it in a test."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol
from uuid import UUID

if TYPE_CHECKING:
    from cafe_ai.bootstrap import Runtime
    from cafe_ai.catalogue.model import Kind, SearchResult
    from cafe_ai.platform.clock import Deadline


class Search(Protocol):
    """`catalogue.service.search`."""

    def __call__(
        self,
        runtime: Runtime,
        business_id: UUID,
        text: str,
        *,
        limit: int,
        deadline: Deadline,
        user_id: UUID | None = None,
        kinds: frozenset[Kind] = ...,
        listed_only: bool = True,
    ) -> SearchResult:
        """What of the business fits the text, best first."""


def default_search() -> Search:
    """`catalogue.service.search`, imported on first use: who never searches does not load it."""
    from cafe_ai.catalogue.service import search

    return search
