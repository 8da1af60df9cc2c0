"""The webhook's body and signature, checked with the very code that docs/webhooks.md gives to receivers."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from cafe_ai.notifications.model import Delivery, Event, Links
from cafe_ai.notifications.webhook import body_of, headers_of
from tests.support.notices import given_delivery

PAGE = Path(__file__).parents[3] / "docs" / "webhooks.md"
SECRET = "8f" * 32
LINKS = Links({"pdf": "https://files.example/ñ"}, datetime(2026, 11, 2, 12, 1, tzinfo=UTC))

Check = Callable[[str, dict[str, str], bytes], bool]


@pytest.fixture(scope="module")
def is_genuine() -> Check:
    (snippet,) = re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    documented: dict[str, Any] = {}
    exec(snippet, documented)
    check: Check = documented["is_genuine"]
    return check


def signed(delivery: Delivery, at: datetime | None = None) -> tuple[dict[str, str], bytes]:
    body = body_of(delivery, LINKS)
    return headers_of(delivery, SECRET, body, at or datetime.now(UTC)), body


def test_receiver_that_follows_the_page_takes_what_is_genuine(is_genuine: Check) -> None:
    headers, body = signed(given_delivery(business_name="Ñandú"))
    assert is_genuine(SECRET, headers, body)
    both = {**headers, "Cafe-AI-Signature": "v1=00, " + headers["Cafe-AI-Signature"]}
    assert is_genuine(SECRET, both, body)


def test_receiver_that_follows_the_page_refuses_what_is_not(is_genuine: Check) -> None:
    headers, body = signed(given_delivery())
    assert not is_genuine("9f" * 32, headers, body)
    assert not is_genuine(SECRET, headers, body + b" ")
    assert not is_genuine(SECRET, headers, body.replace(b"completed", b"failed"))
    assert not is_genuine(SECRET, {**headers, "Cafe-AI-Timestamp": str(int(time.time()) + 1)}, body)
    for broken in (
        "",
        "v1=",
        "v1=é",
        headers["Cafe-AI-Signature"][3:],
        headers["Cafe-AI-Signature"].replace("v1", "v2"),
    ):
        assert not is_genuine(SECRET, {**headers, "Cafe-AI-Signature": broken}, body)
    for missing in ("Cafe-AI-Signature", "Cafe-AI-Timestamp"):
        assert not is_genuine(SECRET, {name: value for name, value in headers.items() if name != missing}, body)


@pytest.mark.parametrize("minutes", [-6, 6])
def test_receiver_that_follows_the_page_refuses_an_old_message(is_genuine: Check, minutes: int) -> None:
    headers, body = signed(given_delivery(), datetime.now(UTC) + timedelta(minutes=minutes))
    assert not is_genuine(SECRET, headers, body)


def test_body_says_which_job_ended_how() -> None:
    delivery = given_delivery()
    assert json.loads(body_of(delivery, LINKS)) == {
        "id": str(delivery.id),
        "event": "job.completed",
        "job_id": str(delivery.job_id),
        "business_id": str(delivery.business_id),
        "kind": "generate_sales_report",
        "status": "completed",
        "created_at": "2026-11-02T06:00:00Z",
        "finished_at": "2026-11-02T06:00:21Z",
        "links": {"pdf": "https://files.example/ñ"},
        "links_expire_at": "2026-11-02T12:01:00Z",
    }
    failed = json.loads(body_of(given_delivery(event=Event.FAILED, reason="No hay ventas."), None))
    assert (failed["event"], failed["status"], failed["error"]) == ("job.failed", "failed", "No hay ventas.")
    assert "links" not in failed


def test_each_try_has_its_own_time_and_the_same_id() -> None:
    delivery = given_delivery()
    first, body = signed(delivery, datetime(2026, 11, 2, 6, 1, tzinfo=UTC))
    again, same = signed(delivery, datetime(2026, 11, 2, 6, 2, tzinfo=UTC))
    assert body == same
    assert first["Cafe-AI-Delivery"] == again["Cafe-AI-Delivery"] == str(delivery.id)
    assert first["Cafe-AI-Signature"] != again["Cafe-AI-Signature"]
