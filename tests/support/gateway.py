"""API Gateway HTTP API events (payload version 2.0) into a Lambda handler, and what comes out of it."""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

Handler = Callable[[dict[str, Any], Any], dict[str, Any]]


@dataclass(frozen=True)
class Answer:
    """What the gateway would send to the client."""

    status: int
    headers: Mapping[str, str]
    text: str

    @property
    def body(self) -> Any:
        """The JSON."""
        return json.loads(self.text)

    @property
    def fields(self) -> list[str]:
        """The fields that a 422 names."""
        return [error["field"] for error in self.body["errors"]]


def http_event(
    path: str,
    body: object = None,
    *,
    method: str = "POST",
    token: str | None = None,
    headers: Mapping[str, str] | None = None,
    request_id: str | None = None,
    raw: str | bytes | None = None,
    query: Mapping[str, object] | None = None,
) -> dict[str, Any]:
    """An event with a JSON body, or with `raw` as it is (bytes go in base64, as the gateway sends them)."""
    sent = {"content-type": "application/json", "host": "api.example.com", **(headers or {})}
    if token is not None:
        sent["authorization"] = f"Bearer {token}"
    text = raw if raw is not None else ("" if body is None else json.dumps(body))
    return {
        "version": "2.0",
        "routeKey": f"{method} {path}",
        "rawPath": path,
        "rawQueryString": urlencode(query or {}),
        "headers": sent,
        "requestContext": {
            "requestId": request_id or str(uuid4()),
            "timeEpoch": int(time.time() * 1000),
            "http": {"method": method, "path": path, "sourceIp": "127.0.0.1"},
        },
        "body": base64.b64encode(text).decode() if isinstance(text, bytes) else text,
        "isBase64Encoded": isinstance(text, bytes),
    }


def call(handler: Handler, event: dict[str, Any]) -> Answer:
    """Invokes the handler as Lambda would."""
    context = SimpleNamespace(aws_request_id=str(uuid4()), get_remaining_time_in_millis=lambda: 30_000)
    answer = handler(event, context)
    assert not answer["isBase64Encoded"], "text went out in base64"
    return Answer(answer["statusCode"], answer["headers"], answer["body"])
