"""Whom a business wants told of its jobs, and what is told. Standard library only."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Literal
from uuid import UUID

MAX_EMAIL_CHARACTERS = 254  # RFC 5321, 4.5.3.1.3, without the angle brackets

# RFC 5321's dot-string before the @, and host names after it: in ASCII, as SES takes no other.
_EMAIL = re.compile(
    r"[a-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
    r"@(?=.{1,253}\Z)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]",
    re.IGNORECASE | re.ASCII,
)


class Event(StrEnum):
    """What a channel is told of; the value is `event` on the wire."""

    COMPLETED = "job.completed"
    FAILED = "job.failed"


ChannelKind = Literal["email", "webhook"]


@dataclass(frozen=True, slots=True)
class Channel:
    """One address of a business. secret signs webhooks; locale is None for the business's; kinds is None for every kind."""

    id: UUID
    business_id: UUID
    kind: ChannelKind
    address: str
    events: tuple[Event, ...]
    kinds: tuple[str, ...] | None = None
    locale: Literal["es", "en"] | None = None
    active: bool = True


@dataclass(frozen=True, slots=True)
class DeliveryMessage:
    """What the queue of notifications carries."""

    delivery_id: UUID
    business_id: UUID


@dataclass(frozen=True, slots=True)
class Delivery:
    """One event of one job for one channel, with all that is told of it.

    attempt is which try this is, from 1. job_kind is a `jobs.model.JobKind` value; result is the job's, None where it
    failed; reason says in words why it did. locale is the language the channel is told in. Moments are aware, in UTC.
    """

    id: UUID
    business_id: UUID
    event: Event
    attempt: int
    channel: ChannelKind
    address: str
    secret: str | None
    active: bool
    job_id: UUID
    job_kind: str
    reason: str | None
    result: Mapping[str, Any] | None
    created_at: datetime
    finished_at: datetime
    business_name: str
    locale: Literal["es", "en"]
    timezone: str
    currency: str

    @property
    def files(self) -> Mapping[str, str]:
        """The keys of the files that the job made, by format."""
        return (self.result or {}).get("files") or {}


@dataclass(frozen=True, slots=True)
class Links:
    """Addresses of a job's files by format, and when they end."""

    by_format: Mapping[str, str]
    expire_at: datetime


def is_email_address(text: str) -> bool:
    """Whether mail can be sent there: one plain ASCII address, without a name, quotes or comments."""
    local, _, _ = text.rpartition("@")
    return len(text) <= MAX_EMAIL_CHARACTERS and len(local) <= 64 and _EMAIL.fullmatch(text) is not None
