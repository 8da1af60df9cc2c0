"""A business is told of jobs that have ended, by e-mail or a signed webhook: at least once, with an id to tell duplicates by.

A delivery is written in the transaction that ends its job. A worker claims it by compare-and-set, so that two do not send it
at once; one that dies after sending and before noting so has it sent again. What the recipient is at fault for ends at once:
an address that may not be reached, a message that SES refuses, an answer 4xx but for 408, 425 and 429, for the same request
would be answered the same. All else is tried again, certificates included, which are renewed within hours.
"""

from __future__ import annotations

import json
import random
from contextlib import suppress
from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from cafe_ai.errors import CafeAIError, NotFound, Unavailable
from cafe_ai.notifications import email, repository, webhook
from cafe_ai.notifications.model import Delivery, DeliveryMessage, Event, Links
from cafe_ai.outbox import service as outbox
from cafe_ai.platform import tracing
from cafe_ai.platform.clock import Deadline, now_utc
from cafe_ai.platform.email import MailRefused
from cafe_ai.platform.telemetry import correlation_id, log_warning, measures
from cafe_ai.platform.webhooks import ReceiverUnreachable, WebhookRefused

if TYPE_CHECKING:
    from cafe_ai.bootstrap import Runtime
    from cafe_ai.jobs.model import Job
    from cafe_ai.platform.db import UnitOfWork

QUEUE = "notifications"
CLAIM_SECONDS = 60.0
WEBHOOK_SECONDS = 10.0
LEAST_SECONDS = 12.0  # with less left no delivery is begun: it would be cut off in the middle
LINK_SECONDS = 6 * 3600  # they end with the function's own credentials, which live about as long
ATTACHED_BYTES = 7 * 1024 * 1024  # SES takes 40 MB with base64; mailboxes less
FIRST_RETRY_SECONDS = 15.0
MAX_ATTEMPTS = 5  # as often as the queue gives a message
RETRY_FACTOR = 4.0  # 15 s, 1, 4 and 16 minutes: a receiver that is deployed anew is back by then
TRY_AGAIN = frozenset({408, 425, 429})


class DeliveryDelayed(Unavailable):
    """It could not be delivered now; `seconds` says when its message should come again."""

    code = "delivery_delayed"

    def __init__(self, detail: str, seconds: float) -> None:
        super().__init__(detail, retry_after_seconds=max(1, round(seconds)))
        self.seconds = seconds


class _RefusedForGood(Exception):  # noqa: N818 -- errors state the fact
    """The recipient will not take it, however often it is sent; the message says why."""


def announce(uow: UnitOfWork, job: Job) -> list[UUID]:
    """Writes, in the open transaction, a delivery for each channel that wants to know that the job has ended, and its message.

    The ids of the messages, for `outbox.service.send` after the commit. A job tells a channel once of each event, also where
    it is done again.
    """
    if job.business_id is None:
        return []
    event = Event.COMPLETED if job.status == "completed" else Event.FAILED
    deliveries = repository.insert_deliveries(uow, job, event, job.finished_at or now_utc())
    origin = job.correlation_id
    return [outbox.put(uow, job.business_id, QUEUE, _body(each, job.business_id), origin) for each in deliveries]


def parse(text: str) -> DeliveryMessage:
    """The message that a queue carries. Raises ValueError for what is none."""
    try:
        body = json.loads(text)
        return DeliveryMessage(UUID(body["delivery_id"]), UUID(body["business_id"]))
    except (AttributeError, KeyError, TypeError) as error:
        raise ValueError("The message names no delivery.") from error


def deliver(runtime: Runtime, message: DeliveryMessage, deadline: Deadline) -> None:
    """Sends one delivery, unless that has been done.

    Raises DeliveryDelayed where it is to be tried again, also where another worker has it in hand.
    """
    if deadline.remaining() < LEAST_SECONDS:
        raise DeliveryDelayed("There is no time left for this delivery.", 0)
    delivery = _claim(runtime, message, deadline)
    if delivery is None:
        return
    try:
        _send(runtime, delivery, deadline)
    except _RefusedForGood as refusal:
        give_up(runtime, delivery.id, delivery.business_id, deadline, reason=str(refusal))
        return
    except Exception as error:  # also a bug of ours: others' deliveries go on, and an operator may have this one redone
        _release(runtime, delivery, error, deadline)
        raise DeliveryDelayed("The delivery failed; it is tried again.", _wait(delivery.attempt)) from error
    with runtime.database.transaction(delivery.business_id, deadline=_in_any_case(deadline)) as uow:
        repository.mark_sent(uow, delivery.id)
    measures().count("NotificationsSent")


def give_up(
    runtime: Runtime, delivery_id: UUID, business_id: UUID, deadline: Deadline, *, reason: str | None = None
) -> None:
    """Notes that a notification will not be delivered; without a reason the last try's stays. What was sent stays sent."""
    with runtime.database.transaction(business_id, deadline=_in_any_case(deadline)) as uow:
        failed = repository.mark_failed(uow, delivery_id, reason)
    if failed:
        measures().count("NotificationsFailed")
        log_warning("A notification was given up", delivery=str(delivery_id))


def see_to_dead_letter(runtime: Runtime, delivery_id: UUID, business_id: UUID, deadline: Deadline) -> None:
    """A delivery's message has come as often as a queue gives one. One that was tried as often is given up.

    One that was not (duplicates, or workers that died, burnt its message) gets a new message. Raises DeliveryDelayed where a
    worker has it in hand.
    """
    with runtime.database.transaction(business_id, deadline=_in_any_case(deadline)) as uow:
        standing = repository.lock_pending(uow, delivery_id)
        if standing is None:
            return
        attempts, held_for = standing
        if held_for > 0:
            raise DeliveryDelayed("A worker has this delivery in hand.", held_for + 1)
        tried_enough = attempts >= MAX_ATTEMPTS
        ids = [] if tried_enough else [outbox.put(uow, business_id, QUEUE, _body(delivery_id, business_id))]
    if tried_enough:
        give_up(runtime, delivery_id, business_id, deadline)
    else:
        outbox.send(runtime, ids, deadline)


def redeliver(runtime: Runtime, business_id: UUID, deadline: Deadline) -> int:
    """Has all that was given up of this business sent again; how many deliveries."""
    with runtime.database.transaction(business_id, deadline=deadline) as uow:
        revived = repository.revive(uow, business_id)
        ids = [outbox.put(uow, business_id, QUEUE, _body(each, business_id), origin) for each, origin in revived]
    outbox.send(runtime, ids, deadline)
    return len(revived)


def _body(delivery_id: UUID, business_id: UUID) -> dict[str, str]:
    return {"delivery_id": str(delivery_id), "business_id": str(business_id)}


def _claim(runtime: Runtime, message: DeliveryMessage, deadline: Deadline) -> Delivery | None:
    with runtime.database.transaction(message.business_id, deadline=deadline) as uow:
        delivery = repository.claim(uow, message.delivery_id, CLAIM_SECONDS)
        held_for = None if delivery else repository.claimed_for(uow, message.delivery_id)
    if held_for is not None:
        raise DeliveryDelayed("Another worker has this delivery in hand.", held_for + 1)
    return delivery


def _send(runtime: Runtime, delivery: Delivery, deadline: Deadline) -> None:
    if not delivery.active:
        raise _RefusedForGood("The channel was switched off.")
    links = _links(runtime, delivery)
    if delivery.channel == "email":
        _send_email(runtime, delivery, links)
    else:
        _send_webhook(runtime, delivery, links, deadline)


def _send_email(runtime: Runtime, delivery: Delivery, links: Links | None) -> None:
    message = email.compose(delivery, runtime.settings.require("mail_from"), now_utc(), links, _pdf(runtime, delivery))
    try:
        runtime.mail.send(delivery.id, delivery.address, message)
    except MailRefused as error:
        raise _RefusedForGood(f"The mail service refuses the message: {error}") from error


def _send_webhook(runtime: Runtime, delivery: Delivery, links: Links | None, deadline: Deadline) -> None:
    body = webhook.body_of(delivery, links)
    headers = webhook.headers_of(delivery, delivery.secret or "", body, now_utc(), correlation_id())
    try:
        with tracing.span("POST", tracing.Kind.CLIENT, {"http.request.method": "POST"}) as span:
            status = runtime.webhooks.post(delivery.address, body, headers, deadline.at_most(WEBHOOK_SECONDS))
            span.set("http.response.status_code", status)
    except WebhookRefused as error:
        raise _RefusedForGood(str(error)) from error
    if 200 <= status < 300:
        return
    told = f"The receiver answered {status}."
    if 400 <= status < 500 and status not in TRY_AGAIN:
        raise _RefusedForGood(told)
    raise ReceiverUnreachable(told)


def _links(runtime: Runtime, delivery: Delivery) -> Links | None:
    if not delivery.files:
        return None
    expire_at = now_utc() + timedelta(seconds=LINK_SECONDS)
    return Links({name: runtime.reports.link(key, LINK_SECONDS) for name, key in delivery.files.items()}, expire_at)


def _pdf(runtime: Runtime, delivery: Delivery) -> bytes | None:
    """The report's PDF; None where there is none (any more), or it is too large for a mailbox."""
    key = delivery.files.get("pdf")
    if key is None:
        return None
    with suppress(NotFound):
        pdf = runtime.reports.get(key)
        return pdf if len(pdf) <= ATTACHED_BYTES else None
    return None


def _release(runtime: Runtime, delivery: Delivery, error: Exception, deadline: Deadline) -> None:
    told = str(error) if isinstance(error, CafeAIError | ReceiverUnreachable) else type(error).__name__
    with runtime.database.transaction(delivery.business_id, deadline=_in_any_case(deadline)) as uow:
        repository.release(uow, delivery, told)


def _wait(attempt: int) -> float:
    """Exponential, with jitter: those that failed together do not come again together. After the last try none: the message
    that comes once more goes to the dead-letter queue."""
    if attempt >= MAX_ATTEMPTS:
        return 0.0
    return FIRST_RETRY_SECONDS * RETRY_FACTOR ** (attempt - 1) * random.uniform(0.5, 1.0)  # noqa: S311 -- no secret


def _in_any_case(deadline: Deadline) -> Deadline:
    """Time to note what happened, also where the rest is used up: the function keeps a second in reserve."""
    return Deadline.after(max(0.8, deadline.remaining()))
