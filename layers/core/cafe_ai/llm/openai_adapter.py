"""The language model behind any OpenAI-compatible URL."""

from __future__ import annotations

import logging
import random
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from cafe_ai.llm.models import Model, TokenLimit
from cafe_ai.llm.openai_connection import OpenAIConnection, Rejected, as_utf8
from cafe_ai.llm.openai_reply import prompt_tokens_at_most, read_completion
from cafe_ai.llm.port import BeforeRetry, Completion, Message, ModelUnavailable, Tool
from cafe_ai.llm.resting import Rest
from cafe_ai.llm.retries import MAX_RETRIES, AttemptFailed, Jitter, retry
from cafe_ai.platform import tracing
from cafe_ai.platform.clock import Deadline
from cafe_ai.platform.secrets import RotatingSecret

if TYPE_CHECKING:
    from openai import OpenAI, Timeout

logger = logging.getLogger(__name__)

CHAT: tracing.Attributes = {"gen_ai.operation.name": "chat", "gen_ai.provider.name": "openai"}


class OpenAILanguageModel:
    """A `LanguageModel`. One per execution environment: it keeps its connection, and what it learns of the server.

    A server that rejects a parameter of the request by name (HTTP 400) is asked again at once without it, or with the
    one it takes instead, and is never sent it again.
    """

    def __init__(
        self,
        model: Model,
        *,
        api_key: str | RotatingSecret,
        base_url: str,
        sleep: Callable[[float], None] = time.sleep,
        jitter: Jitter = random.uniform,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._model = model
        self._adapted: set[str] = set()
        self._connection = OpenAIConnection(api_key=api_key, base_url=base_url)
        self._sleep = sleep
        self._jitter = jitter
        self._monotonic = monotonic
        self._rest = Rest(monotonic)

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
        """See `LanguageModel.complete`: up to three retries, all within the deadline.

        A server that failed so is not asked for the next seconds ("resting"), and then once without retries.
        """
        if self._rest.resting:
            raise ModelUnavailable("resting")
        with tracing.span(f"chat {self.name}", tracing.Kind.CLIENT, CHAT) as span:
            attempts, started = 0, self._monotonic()

            def attempt() -> Completion:
                nonlocal attempts
                attempts += 1
                return self._attempt(messages, tool, max_tokens, deadline)

            span.set("gen_ai.request.model", self.name)
            span.set("gen_ai.request.max_tokens", max_tokens)
            try:
                completion = retry(
                    attempt,
                    deadline,
                    what="Language model",
                    sleep=self._sleep,
                    jitter=self._jitter,
                    before_retry=before_retry,
                    retries=0 if self._rest.on_trial else MAX_RETRIES,
                )
            except AttemptFailed as failure:
                if failure.retryable:
                    self._rest.note_failure(failure.reason, self._monotonic() - started)
                raise ModelUnavailable(failure.reason) from failure
            finally:
                span.set("cafe_ai.attempts", attempts)
            self._rest.note_success()
            _tell_trace(span, completion)
            return completion

    def cost_at_most(self, messages: Sequence[Message], *, max_tokens: int, tool: Tool | None = None) -> Decimal:
        """See `LanguageModel.cost_at_most`: of one attempt."""
        price = self._model.price
        if price is None:
            return Decimal(0)
        prompt = prompt_tokens_at_most(messages, tool)
        return price.cost(prompt_tokens=prompt, cached_tokens=0, completion_tokens=max_tokens)

    def close(self) -> None:
        """Drops the connection; the next call makes a new one."""
        self._connection.close()

    def _attempt(
        self, messages: Sequence[Message], tool: Tool | None, max_tokens: int, deadline: Deadline
    ) -> Completion:
        request = self._write_request(messages, tool, max_tokens)
        try:
            body = self._connection.call(lambda client, timeout: _send(client, request, timeout), deadline)
        except Rejected as rejected:
            if self._adapt_to(rejected.complaint, request):
                return self._attempt(messages, tool, max_tokens, deadline)
            raise
        return read_completion(body, self._model, messages, tool, max_tokens)

    def _write_request(self, messages: Sequence[Message], tool: Tool | None, max_tokens: int) -> dict[str, Any]:
        request: dict[str, Any] = {
            "model": self._model.name,
            "messages": [{"role": message.role, "content": as_utf8(message.content)} for message in messages],
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

    def _adapt_to(self, complaint: str, request: dict[str, Any]) -> bool:
        """Whether the server named a parameter that can be left out or said otherwise; it then is from now on."""
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


def _tell_trace(span: tracing.Span, completion: Completion) -> None:
    """What OpenTelemetry's conventions for generative AI have, without what was said."""
    span.set("gen_ai.response.model", completion.model)
    span.set("gen_ai.usage.input_tokens", completion.prompt_tokens)
    span.set("gen_ai.usage.output_tokens", completion.completion_tokens)
    span.set("cafe_ai.cost_usd", float(completion.cost_usd))


def _send(client: OpenAI, request: dict[str, Any], timeout: Timeout) -> str:
    return client.chat.completions.with_raw_response.create(**request, timeout=timeout).text
