"""The examples that a planner is shown, read once a minute for each business and language that it plans for."""

from __future__ import annotations

import logging
import time
from typing import TYPE_CHECKING
from uuid import UUID

from cafe_ai.errors import BusinessNotFound, Unavailable
from cafe_ai.examples import repository
from cafe_ai.examples.model import Example
from cafe_ai.examples.nearest import AT_MOST, Collection
from cafe_ai.platform.cache import Recent

if TYPE_CHECKING:
    from cafe_ai.platform.clock import Deadline
    from cafe_ai.platform.db import Database
    from cafe_ai.tenancy.model import Member

logger = logging.getLogger(__name__)

OWN, SHARED = 200, 300
SECONDS_KEPT = 60.0
BUSINESSES_KEPT = 64


class ExampleShelf:
    """What was read lately. One per execution environment; that a business has no examples is kept as well."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._kept: Recent[tuple[float, Collection]] = Recent(BUSINESSES_KEPT)

    def nearest(self, member: Member, question: str, locale: str, at_most: int = AT_MOST) -> list[Example]:
        """The approved examples nearest to the question, of the member's business and of those of its type that share theirs.

        None where the database is away: a question is planned without them too.
        """
        key = (member.business.id, locale)
        read_at, collection = self._kept.get(key) or (0.0, None)
        if collection is None or time.monotonic() - read_at > SECONDS_KEPT:
            try:
                collection = self._read(member.business.id, member.business.type, locale, member.deadline)
            except Unavailable:
                logger.warning("The approved examples could not be read: the question is planned without them.")
                return []
            self._kept.put(key, (time.monotonic(), collection))
        return collection.nearest(question, at_most)

    def _read(self, business_id: UUID, business_type: str, locale: str, deadline: Deadline) -> Collection:
        with self._database.transaction(business_id, deadline=deadline, read_only=True) as uow:
            return Collection(repository.serving(uow, business_type, locale, own=OWN, shared=SHARED))


def set_sharing(database: Database, business_id: UUID, agreed: bool) -> None:
    """Whether the business's examples may serve others of its type; the SaaS's role may say so. Raises BusinessNotFound."""
    with database.transaction(business_id) as uow:
        found = repository.set_sharing(uow, business_id, agreed)
    if not found:
        raise BusinessNotFound
