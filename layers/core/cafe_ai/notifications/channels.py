"""The addresses at which a business is told of its jobs, as the SaaS and the command line keep them."""

from __future__ import annotations

import secrets
from collections.abc import Collection
from typing import TYPE_CHECKING
from uuid import UUID

from cafe_ai.errors import BusinessNotFound, InvalidRequest, NotFound
from cafe_ai.notifications import repository
from cafe_ai.notifications.model import Channel, ChannelKind, Event, is_email_address
from cafe_ai.notifications.webhook import SECRET_BYTES
from cafe_ai.platform.ids import uuid7
from cafe_ai.platform.webhooks import WebhookRefused, check_url

if TYPE_CHECKING:
    from cafe_ai.platform.db import Database
    from cafe_ai.tenancy.model import Locale


def add(
    database: Database,
    business_id: UUID,
    kind: ChannelKind,
    address: str,
    *,
    events: Collection[Event] = tuple(Event),
    kinds: Collection[str] | None = None,
    locale: Locale | None = None,
    private_hosts: frozenset[str] = frozenset(),
) -> str | None:
    """Has the business told at this address; the new secret of a webhook, which is shown this once.

    An address that is there already gets the new events, kinds and secret. Raises InvalidRequest where it is no address,
    BusinessNotFound.
    """
    _check(kind, address, private_hosts)
    secret = secrets.token_hex(SECRET_BYTES) if kind == "webhook" else None
    wanted = tuple(dict.fromkeys(events))
    channel = Channel(uuid7(), business_id, kind, address, wanted, None if kinds is None else tuple(kinds), locale)
    with database.transaction(business_id) as uow:
        found = repository.business_exists(uow, business_id)
        if found:
            repository.upsert_channel(uow, channel, secret)
    if not found:
        raise BusinessNotFound
    return secret


def remove(database: Database, business_id: UUID, kind: ChannelKind, address: str) -> None:
    """Tells nobody at this address any more, and forgets what was told. Raises NotFound where it is not registered."""
    with database.transaction(business_id) as uow:
        removed = repository.delete_channel(uow, business_id, kind, address)
    if not removed:
        raise NotFound("Nobody is told at this address.")


def listed(database: Database, business_id: UUID) -> list[Channel]:
    """Where the business is told, oldest first."""
    with database.transaction(business_id, read_only=True) as uow:
        return repository.select_channels(uow, business_id)


def _check(kind: ChannelKind, address: str, private_hosts: frozenset[str]) -> None:
    if kind == "email":
        if not is_email_address(address):
            raise InvalidRequest.field("email", "is no e-mail address")
        return
    try:
        check_url(address, private_hosts)
    except WebhookRefused as refusal:
        raise InvalidRequest.field("webhook", str(refusal)) from refusal
