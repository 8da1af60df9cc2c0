"""The language model behind any OpenAI-compatible URL, through the openai SDK, which is imported on first use (0.5 s).

The SDK's own retries are off: ours know the deadline. The JSON of the answer is read by us, because the SDK does not
validate what it parses.
"""

from __future__ import annotations

import logging
import random
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from cafe_ai.llm.models import Model, TokenLimit
from cafe_ai.llm.openai_reply import prompt_tokens_at_most, read_completion
from cafe_ai.llm.port import BeforeRetry, Completion, Message, ModelUnavailable, Tool
from cafe_ai.llm.retries import (
    LEAST_USEFUL_SECONDS,
    AttemptFailed,
    Jitter,
    attempt_seconds,
    read_retry_after,
    wait_before_retry,
)
from cafe_ai.llm.wall_clock import TookTooLong, call_within
from cafe_ai.platform.clock import Deadline

if TYPE_CHECKING:
    from openai import APIStatusError, OpenAI

logger = logging.getLogger(__name__)

CONNECT_SECONDS = 3.0
SOCKET_SHARE = 0.9  # of an attempt's time: a silent server is given up by the socket, which cleans up after itself
PARAMETER_ERRORS = frozenset({400, 422})
RETRYABLE_STATUSES = frozenset({408, 409, 425, 429})


class OpenAILanguageModel:
    """A `LanguageModel`. One per execution environment: it keeps its connection, and what it learns of the server.

    A server that rejects a parameter of the request by name (HTTP 400) is asked again at once without it, or with the
    one it takes instead, and is never sent it again.
    """

    def __init__(
        self,
        model: Model,
        *,
        api_key: str,
        base_url: str,
        sleep: Callable[[float], None] = time.sleep,
        jitter: Jitter = random.uniform,
    ) -> None:
        self._model = model
        self._adapted: set[str] = set()
        self._api_key = api_key
        self._base_url = base_url
        self._sleep = sleep
        self._jitter = jitter
        self._client: OpenAI | None = None
        self._lock = threading.Lock()

    @property
    def name(self) -> str:
        """The model's name, as it is audited."""
        return self._model.name

    def complete(
        self,
        messages: Sequence[Message],
        *,
        max_tokens: int,
        deadline: Deadline,
        tool: Tool | None = None,
        before_retry: BeforeRetry | None = None,
    ) -> Completion:
        """See `LanguageModel.complete`: up to three retries, all within the deadline."""
        retries_made = 0
        while True:
            try:
                return self._attempt(messages, tool, max_tokens, deadline)
            except AttemptFailed as failure:
                wait = wait_before_retry(failure, retries_made, deadline, self._jitter)
                cause = type(failure.__cause__ or failure).__name__
                logger.warning("Language model attempt %d failed: %s (%s)", retries_made + 1, failure.reason, cause)
                if wait is None:
                    raise ModelUnavailable(failure.reason) from failure
                reason = failure.reason
            if before_retry is not None:
                before_retry(reason)
            self._sleep(wait)
            retries_made += 1

    def cost_at_most(self, messages: Sequence[Message], *, max_tokens: int, tool: Tool | None = None) -> Decimal:
        """See `LanguageModel.cost_at_most`: of one attempt."""
        price = self._model.price
        if price is None:
            return Decimal(0)
        prompt = prompt_tokens_at_most(messages, tool)
        return price.cost(prompt_tokens=prompt, cached_tokens=0, completion_tokens=max_tokens)

    def close(self) -> None:
        """Drops the connection; the next call makes a new one."""
        with self._lock:
            client, self._client = self._client, None
        if client is not None:
            client.close()

    def _attempt(
        self, messages: Sequence[Message], tool: Tool | None, max_tokens: int, deadline: Deadline
    ) -> Completion:
        client = self._connect()
        from openai import APIConnectionError, APIStatusError, APITimeoutError, OpenAIError

        seconds = attempt_seconds(deadline)
        if seconds < LEAST_USEFUL_SECONDS:
            raise AttemptFailed("deadline", retryable=False)
        request = self._write_request(messages, tool, max_tokens)
        try:
            body = call_within(seconds, lambda: _send(client, request, seconds * SOCKET_SHARE))
        except TookTooLong as error:
            self.close()
            raise AttemptFailed("deadline", retryable=True) from error
        except APITimeoutError as error:
            raise AttemptFailed("deadline", retryable=True) from error
        except APIConnectionError as error:
            raise AttemptFailed("connection", retryable=True) from error
        except APIStatusError as error:
            if error.status_code in PARAMETER_ERRORS and self._adapt_to(error, request):
                return self._attempt(messages, tool, max_tokens, deadline)
            raise _failure_of(error) from error
        except (OpenAIError, ValueError) as error:  # ValueError: a body that is not what its headers say
            raise AttemptFailed("broken_reply", retryable=True) from error
        return read_completion(body, self._model, messages, tool, max_tokens)

    def _connect(self) -> OpenAI:
        with self._lock:
            if self._client is None:
                from openai import OpenAI

                self._client = OpenAI(api_key=self._api_key, base_url=self._base_url, max_retries=0)
            return self._client

    def _write_request(self, messages: Sequence[Message], tool: Tool | None, max_tokens: int) -> dict[str, Any]:
        request: dict[str, Any] = {
            "model": self._model.name,
            "messages": [{"role": message.role, "content": _as_utf8(message.content)} for message in messages],
            self._model.limit: max_tokens,
        }
        if self._model.reasoning_effort is not None:
            request["reasoning_effort"] = self._model.reasoning_effort
        if tool is not None:
            function = {"name": tool.name, "parameters": tool.parameters}
            request["tools"] = [{"type": "function", "function": function}]
            by_name = {"type": "function", "function": {"name": tool.name}}
            request["tool_choice"] = "required" if "tool_choice" in self._adapted else by_name
        return request

    def _adapt_to(self, error: APIStatusError, request: dict[str, Any]) -> bool:
        """Whether the server named a parameter that can be left out or said otherwise; it then is from now on."""
        complaint = error.response.text
        for parameter in ("reasoning_effort", "max_completion_tokens", "max_tokens", "tool_choice"):
            about = "limit" if parameter.endswith("_tokens") else parameter
            if parameter in request and parameter in complaint and about not in self._adapted:
                self._adapted.add(about)
                break
        else:
            return False
        if about == "reasoning_effort":
            self._model = replace(self._model, reasoning_effort=None)
        elif about == "limit":
            other: TokenLimit = "max_tokens" if parameter == "max_completion_tokens" else "max_completion_tokens"
            self._model = replace(self._model, limit=other)
        logger.warning("The server rejects %s with model %s: it is no longer sent.", parameter, self._model.name)
        return True


def _as_utf8(text: str) -> str:
    """The text with what cannot be sent (half of a surrogate pair) as question marks."""
    return text.encode("utf-8", "replace").decode("utf-8")


def _send(client: OpenAI, request: dict[str, Any], seconds: float) -> str:
    from openai import Timeout

    timeout = Timeout(seconds, connect=min(seconds, CONNECT_SECONDS))
    return client.chat.completions.with_raw_response.create(**request, timeout=timeout).text


def _failure_of(error: APIStatusError) -> AttemptFailed:
    status = error.status_code
    retry_after = read_retry_after(error.response.headers)
    if status == 429 and error.code == "insufficient_quota":
        return AttemptFailed("out_of_credit", retryable=False)
    if status == 429:
        return AttemptFailed("rate_limited", retryable=True, retry_after=retry_after)
    if status >= 500 or status in RETRYABLE_STATUSES:
        return AttemptFailed("server_error", retryable=True, retry_after=retry_after)
    return AttemptFailed("rejected", retryable=False)
