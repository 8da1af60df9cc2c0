"""A delivery as a webhook: its body and its signature. docs/webhooks.md tells receivers how to check it."""

from __future__ import annotations

import hashlib
import hmac
import json
from datetime import UTC, datetime

from cafe_ai.notifications.model import Delivery, Event, Links

SECRET_BYTES = 32


def body_of(delivery: Delivery, links: Links | None) -> bytes:
    """The JSON that is posted, in UTF-8."""
    body: dict[str, object] = {
        "id": str(delivery.id),
        "event": delivery.event.value,
        "job_id": str(delivery.job_id),
        "business_id": str(delivery.business_id),
        "kind": delivery.job_kind,
        "status": "completed" if delivery.event is Event.COMPLETED else "failed",
        "created_at": _moment(delivery.created_at),
        "finished_at": _moment(delivery.finished_at),
    }
    if delivery.event is Event.FAILED:
        body["error"] = delivery.reason
    if links:
        body["links"] = dict(links.by_format)
        body["links_expire_at"] = _moment(links.expire_at)
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()


def headers_of(
    delivery: Delivery, secret: str, body: bytes, sent_at: datetime, request_id: str | None = None
) -> dict[str, str]:
    """The headers that go with the body: each try has its own time and signature, and the id stays.

    request_id: of the request that the job comes from, for whoever asks us about it.
    """
    timestamp = str(int(sent_at.timestamp()))
    return {
        **({"Cafe-AI-Request-Id": request_id} if request_id else {}),
        "Content-Type": "application/json; charset=utf-8",
        "User-Agent": "Cafe-AI-Webhooks/1",
        "Cafe-AI-Delivery": str(delivery.id),
        "Cafe-AI-Timestamp": timestamp,
        "Cafe-AI-Signature": f"v1={sign(secret, timestamp, body)}",
    }


def sign(secret: str, timestamp: str, body: bytes) -> str:
    """HMAC-SHA256 over the timestamp, a full stop and the body, keyed by the secret's text; in hexadecimal."""
    return hmac.new(secret.encode(), timestamp.encode() + b"." + body, hashlib.sha256).hexdigest()


def _moment(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
