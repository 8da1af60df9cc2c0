"""What was asked of the API and what came back: every request of the load, as its client saw it."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx

from cafe_ai.problems import MEDIA_TYPE
from tests.support.local_stack import API

NOTHING_CAME = 0  # the status of a request that nothing came back for
EXCERPT = 300
DEGRADES = ("POST /query", "GET /documents")  # answers that say whether they are degraded


@dataclass(frozen=True, slots=True)
class Call:
    """A request and its answer.

    began is on the monotonic clock; typed: body and headers are those that the status calls for; about: which business.
    """

    endpoint: str
    status: int
    began: float
    seconds: float
    request_id: str | None
    inference: bool
    expected: bool
    typed: bool
    degraded: bool | None
    about: str
    model: str | None
    said: str

    @property
    def ended(self) -> float:
        """On the monotonic clock."""
        return self.began + self.seconds


@dataclass
class Recorder:
    """Keeps calls of many threads. `jobs` are those that were accepted, with the request that asked for each."""

    calls: list[Call] = field(default_factory=list)
    jobs: dict[str, str] = field(default_factory=dict)


@dataclass
class Caller:
    """One client's connection: makes requests and records them. last: the latest of its own."""

    client: httpx.Client
    recorder: Recorder
    last: Call | None = None

    def call(
        self,
        endpoint: str,
        token: str | None,
        *,
        expects: tuple[int, ...] = (200,),
        inference: bool = False,
        path: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        about: str = "",
        **options: Any,
    ) -> Any:
        """The answer's JSON; None where it is none. endpoint is "GET /jobs/{job_id}", `path` fills its braces."""
        method, _, template = endpoint.partition(" ")
        sent = {**({"Authorization": f"Bearer {token}"} if token else {}), **(headers or {})}
        began = time.monotonic()
        try:
            response = self.client.request(method, API + template.format(**(path or {})), headers=sent, **options)
        except httpx.HTTPError as error:
            seconds = time.monotonic() - began
            said = f"{type(error).__name__}: {error}"
            self._keep(
                Call(endpoint, NOTHING_CAME, began, seconds, None, inference, False, False, None, about, None, said)
            )
            return None
        seconds = time.monotonic() - began
        body = _json(response)
        expected, typed = response.status_code in expects, is_typed(response, body)
        told = body if isinstance(body, dict) and endpoint in DEGRADES and response.status_code == 200 else {}
        self._keep(
            Call(
                endpoint,
                response.status_code,
                began,
                seconds,
                response.headers.get("x-request-id"),
                inference,
                expected,
                typed,
                told.get("degraded"),
                about,
                told.get("model_name"),
                "" if expected and typed else response.text[:EXCERPT],
            )
        )
        return body if response.is_success else None

    def _keep(self, call: Call) -> None:
        self.last = call
        self.recorder.calls.append(call)


def _json(response: httpx.Response) -> Any:
    try:
        return response.json()
    except ValueError:
        return None


def is_typed(response: httpx.Response, body: Any) -> bool:
    """Whether a failure is a problem document with its request id, 429 and 503 say when to come again, and the rest has an id.

    The gateway's own 401 has its own body, and the health report's 503 is a report.
    """
    status, headers = response.status_code, response.headers
    if status == 401:
        return True
    if "x-request-id" not in headers:
        return False
    if status < 400:
        return True
    if status in (429, 503) and "retry-after" not in headers:
        return False
    if response.request.url.path.endswith("/health"):
        return isinstance(body, dict) and "checks" in body
    problem = headers.get("content-type", "").startswith(MEDIA_TYPE) and isinstance(body, dict)
    return problem and body["status"] == status and body["request_id"] == headers["x-request-id"]
