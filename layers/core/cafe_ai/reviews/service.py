"""Reading a business's reviews, correcting what was read, and what they say together."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from hashlib import sha256
from typing import TYPE_CHECKING
from uuid import UUID

from cafe_ai.errors import InvalidRequest
from cafe_ai.reviews import repository
from cafe_ai.reviews.model import LEAST_CORRECTIONS, Label, Overview
from cafe_ai.reviews.summary import summarise

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from cafe_ai.platform.clock import Deadline
    from cafe_ai.platform.db import Database, UnitOfWork
    from cafe_ai.reviews.port import Analyser
    from cafe_ai.reviews.repository import Correction
    from cafe_ai.tenancy.model import Business

BATCH = 64
LEAST_SECONDS = 30.0
"""With less left no further reviews are read: the rest is for the next time."""
MOST_CORRECTIONS = 400
MOST_READ = 5_000
DAYS_SEEN = 365


@dataclass(frozen=True, slots=True)
class Reading:
    """What came of reading: how many reviews were read now, and how many are left for the next time."""

    read: int
    left: int
    version: str


def read_reviews(
    database: Database,
    business_id: UUID,
    analyser: Analyser,
    deadline: Deadline,
    progress: Callable[[int], None] = lambda _: None,
) -> Reading:
    """Reads what is new, what was changed and what another version read, the newest first, as far as the time allows.

    No transaction is open while the analyser works. Safe to repeat. Raises EmbeddingUnavailable, Unavailable.
    """
    with database.transaction(business_id, None, deadline, read_only=True) as uow:
        corrected = repository.corrections(uow, business_id, MOST_CORRECTIONS)
        version = version_of(analyser.version, corrected)
        left = repository.count_due(uow, business_id, version)
    learnt = [(each.text, each.label) for each in corrected]
    done, whole = 0, left
    while left and deadline.remaining() > LEAST_SECONDS:
        with database.transaction(business_id, None, deadline, read_only=True) as uow:
            batch = repository.due(uow, business_id, version, BATCH)
        if not batch:
            break
        opinions = analyser.analyse([each.text for each in batch], learnt, deadline)
        with database.transaction(business_id, None, deadline) as uow:
            repository.store(uow, business_id, version, batch, opinions)
        done += len(batch)
        progress(min(90, 90 * done // max(whole, done)))
        left = max(0, whole - done)
    return Reading(done, left, version)


def version_of(version: str, corrected: Sequence[Correction]) -> str:
    """The analyser's version and, once a business's corrections change how it reads, theirs: any new one has all read again."""
    if len(corrected) < LEAST_CORRECTIONS:
        return version
    said = "\n".join(sorted(f"{each.id} {each.label.value}" for each in corrected))
    return f"{version}+{len(corrected)}-{sha256(said.encode()).hexdigest()[:8]}"


def correct_review(
    database: Database, business_id: UUID, review: str, label: Label, user_id: UUID | None = None
) -> UUID:
    """The business says how a review (our id or the shop's own) leans; the review's id. Raises InvalidRequest naming `review`."""
    with database.transaction(business_id, user_id) as uow:
        review_id = repository.find(uow, business_id, review)
        if review_id is None:
            raise InvalidRequest.field("review", "The business has no review with this id.")
        repository.correct(uow, business_id, review_id, label, user_id)
    return review_id


def overview(
    uow: UnitOfWork,
    business: Business,
    as_of: datetime,
    days: tuple[date, date] | None = None,
    products: Sequence[UUID] | None = None,
) -> Overview:
    """What the reviews of some days (the year before as_of unless said otherwise; end exclusive) say together, at most the
    newest 5,000. as_of is aware; nothing later is seen."""
    today = as_of.astimezone(_zone(business)).date()
    start, end = days or (today - timedelta(days=DAYS_SEEN - 1), today + timedelta(days=1))
    found = repository.read(uow, business.id, business.timezone, (start, end), as_of, products, MOST_READ)
    _, unread = repository.count_unread(uow, business.id, as_of)
    return summarise(found, start, end, as_of, unread)


def count_reviews(uow: UnitOfWork, business: Business, as_of: datetime) -> tuple[int, int]:
    """How many reviews there are up to a moment, and how many of them nobody has read."""
    return repository.count_unread(uow, business.id, as_of)


def _zone(business: Business) -> ZoneInfo:
    from zoneinfo import ZoneInfo

    return ZoneInfo(business.timezone)
