"""One call to an OpenAI-compatible server through the openai SDK, which is imported on first use (0.5 s).

The SDK's own retries are off: ours know the deadline. What comes back is the body as text, because the SDK does not
validate what it parses.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

from cafe_ai.errors import DependencyDown
from cafe_ai.llm.retries import LEAST_USEFUL_SECONDS, AttemptFailed, attempt_seconds, read_retry_after
from cafe_ai.platform.clock import Deadline
from cafe_ai.platform.secrets import RotatingSecret
from cafe_ai.platform.wall_clock import TookTooLong, call_within

if TYPE_CHECKING:
    from openai import APIStatusError, OpenAI, Timeout

    Send = Callable[[OpenAI, Timeout], str]

CONNECT_SECONDS = 3.0
SOCKET_SHARE = 0.9  # of an attempt's time: a silent server is given up by the socket, which cleans up after itself
PARAMETER_ERRORS = frozenset({400, 422})
RETRYABLE_STATUSES = frozenset({408, 409, 425, 429})


class Rejected(AttemptFailed):
    """The server understood the request and does not take it (400, 422); complaint is what it said."""

    def __init__(self, complaint: str) -> None:
        super().__init__("rejected", retryable=False)
        self.complaint = complaint


class ModelNotFound(AttemptFailed):
    """The server does not know the model (any more), or the address (404); complaint is what it said."""

    def __init__(self, complaint: str) -> None:
        super().__init__("rejected", retryable=False)
        self.complaint = complaint


class KeyRefused(AttemptFailed):
    """The server does not know the API key (401)."""

    def __init__(self) -> None:
        super().__init__("rejected", retryable=False)


class OpenAIConnection:
    """A client that is made on the first call and kept. Threads may share it.

    A key that is a secret is read on the first call; where the server refuses it and the secret holds another by now, the
    call is made once more with that one.
    """

    def __init__(self, *, api_key: str | RotatingSecret, base_url: str) -> None:
        self._api_key = api_key
        self._base_url = base_url
        self._client: OpenAI | None = None
        self._lock = threading.Lock()

    def call(self, send: Send, deadline: Deadline, longest: float | None = None) -> str:
        """What `send` returns, within one attempt's share of the time that is left. Raises AttemptFailed.

        longest: the seconds that it may take instead, as far as there are so many left.
        """
        key = self._key(deadline)
        try:
            return self._call(key, send, deadline, longest)
        except KeyRefused:
            if not self._is_replaced(key, deadline):
                raise
        return self._call(self._key(deadline), send, deadline, longest)

    def _key(self, deadline: Deadline) -> str:
        if isinstance(self._api_key, str):
            return self._api_key
        try:
            return self._api_key.current(deadline)
        except DependencyDown as error:
            raise AttemptFailed("connection", retryable=False) from error

    def _is_replaced(self, key: str, deadline: Deadline) -> bool:
        try:
            return not isinstance(self._api_key, str) and self._api_key.replaces(key, deadline)
        except DependencyDown:
            return False

    def _call(self, key: str, send: Send, deadline: Deadline, longest: float | None) -> str:
        client = self._connect(key)
        from openai import APIConnectionError, APIStatusError, APITimeoutError, OpenAIError, Timeout

        seconds = attempt_seconds(deadline) if longest is None else deadline.at_most(longest)
        if seconds < LEAST_USEFUL_SECONDS:
            raise AttemptFailed("deadline", retryable=False)
        socket_seconds = seconds * SOCKET_SHARE
        timeout = Timeout(socket_seconds, connect=min(socket_seconds, CONNECT_SECONDS))
        try:
            return call_within(seconds, lambda: send(client, timeout))
        except TookTooLong as error:
            self.close()
            raise AttemptFailed("deadline", retryable=True) from error
        except APITimeoutError as error:
            raise AttemptFailed("deadline", retryable=True) from error
        except APIConnectionError as error:
            raise AttemptFailed("connection", retryable=True) from error
        except APIStatusError as error:
            raise _failure_of(error) from error
        except (OpenAIError, ValueError) as error:  # ValueError: a body that is not what its headers say
            raise AttemptFailed("broken_reply", retryable=True) from error

    def close(self) -> None:
        """Drops the connection; the next call makes a new one."""
        with self._lock:
            client, self._client = self._client, None
        if client is not None:
            client.close()

    def _connect(self, key: str) -> OpenAI:
        with self._lock:
            if self._client is None or self._client.api_key != key:
                from openai import OpenAI

                if self._client is not None:
                    self._client.close()
                self._client = OpenAI(api_key=key, base_url=self._base_url, max_retries=0)
            return self._client


def as_utf8(text: str) -> str:
    """The text with what cannot be sent (half of a surrogate pair) as question marks."""
    return text.encode("utf-8", "replace").decode("utf-8")


def _failure_of(error: APIStatusError) -> AttemptFailed:
    status = error.status_code
    retry_after = read_retry_after(error.response.headers)
    if status == 404 or error.code == "model_not_found":
        return ModelNotFound(error.response.text)
    if status == 401:
        return KeyRefused()
    if status in PARAMETER_ERRORS:
        return Rejected(error.response.text)
    if status == 429 and error.code == "insufficient_quota":
        return AttemptFailed("out_of_credit", retryable=False)
    if status == 429:
        return AttemptFailed("rate_limited", retryable=True, retry_after=retry_after)
    if status >= 500 or status in RETRYABLE_STATUSES:
        return AttemptFailed("server_error", retryable=True, retry_after=retry_after)
    return AttemptFailed("rejected", retryable=False)
