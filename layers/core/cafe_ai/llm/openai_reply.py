"""A chat completion as a server sent it, read with distrust: any field may be missing or of another kind."""

from __future__ import annotations

import json
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from cafe_ai.llm.models import Model
from cafe_ai.llm.port import Completion, Message, Tool, ToolCall
from cafe_ai.llm.retries import AttemptFailed

CHARACTERS_A_TOKEN = 4
TOKENS_AROUND = 16
CHARACTERS_A_TOKEN_AT_MOST = 12  # far above any language's average: a longer answer ignores the limit it was given


def read_completion(
    body: str, model: Model, messages: Sequence[Message], tool: Tool | None, max_tokens: int
) -> Completion:
    """The completion in a response's body. Raises AttemptFailed where it holds none."""
    reply = parse_reply(body)
    choice = _first_choice(reply)
    message = choice.get("message")
    if not isinstance(message, dict):
        raise broken_reply()
    if choice.get("finish_reason") == "content_filter" or message.get("refusal"):
        raise AttemptFailed("refused", retryable=False)
    text = message.get("content") or ""
    call = _first_tool_call(message)
    if not isinstance(text, str) or not (text.strip() or call):
        raise broken_reply()
    answered = len(text) + (len(call.arguments) if call else 0)
    if answered > max_tokens * CHARACTERS_A_TOKEN_AT_MOST:
        raise AttemptFailed("broken_reply", retryable=False)
    usage = _read_usage(reply)
    prompt, cached, completion = usage or (estimate_prompt_tokens(messages, tool), 0, estimate_tokens(answered))
    return Completion(
        text=text.strip(),
        tool_call=call,
        prompt_tokens=prompt,
        cached_tokens=cached,
        completion_tokens=completion,
        cost_usd=model.price.cost(prompt_tokens=prompt, cached_tokens=cached, completion_tokens=completion)
        if model.price
        else Decimal(0),
        model=model.name,
        estimated=usage is None,
        truncated=choice.get("finish_reason") == "length",
    )


def estimate_tokens(characters: int) -> int:
    """Tokens of a text, at four characters each, rounded up."""
    return -(-characters // CHARACTERS_A_TOKEN)


def estimate_prompt_tokens(messages: Sequence[Message], tool: Tool | None) -> int:
    """Tokens of a prompt with its tool, whose schema is counted as compact JSON."""
    schema = json.dumps(tool.parameters, separators=(",", ":")) + tool.name if tool else ""
    return estimate_tokens(sum(len(message.content) for message in messages) + len(schema))


def prompt_tokens_at_most(messages: Sequence[Message], tool: Tool | None) -> int:
    """More tokens than any byte-level tokenizer makes of a prompt: none makes more than one of each byte of UTF-8.

    What the chat format adds around each message and the tool is counted at TOKENS_AROUND (the provider says 3 to 4).
    """
    schema = json.dumps(tool.parameters) + tool.name if tool else ""
    texts = (*(message.content for message in messages), schema)
    return sum(len(text.encode("utf-8", "replace")) + TOKENS_AROUND for text in texts)


def broken_reply() -> AttemptFailed:
    """An answer that is none; the next attempt may have one."""
    return AttemptFailed("broken_reply", retryable=True)


def parse_reply(body: str) -> dict[str, Any]:
    """The JSON object that a server answered. Raises AttemptFailed."""
    try:
        reply = json.loads(body)
    except (ValueError, RecursionError):
        raise broken_reply() from None
    if not isinstance(reply, dict):
        raise broken_reply()
    return reply


def _first_choice(reply: dict[str, Any]) -> dict[str, Any]:
    choices = reply.get("choices")
    if not isinstance(choices, list) or not choices or not isinstance(choices[0], dict):
        raise broken_reply()
    return choices[0]


def _first_tool_call(message: dict[str, Any]) -> ToolCall | None:
    calls = message.get("tool_calls")
    first = calls[0] if isinstance(calls, list) and calls else None
    function = first.get("function") if isinstance(first, dict) else None
    if not isinstance(function, dict):
        return None
    name, arguments = function.get("name"), function.get("arguments")
    return ToolCall(name, arguments) if isinstance(name, str) and isinstance(arguments, str) else None


def _read_usage(reply: dict[str, Any]) -> tuple[int, int, int] | None:
    """Prompt, cached and completion tokens, or None where the server did not say."""
    usage = reply.get("usage")
    if not isinstance(usage, dict):
        return None
    prompt, completion = _count(usage.get("prompt_tokens")), _count(usage.get("completion_tokens"))
    if prompt is None or completion is None:
        return None
    details = usage.get("prompt_tokens_details")
    cached = _count(details.get("cached_tokens")) if isinstance(details, dict) else None
    return prompt, min(cached or 0, prompt), completion


def _count(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None
