"""How many tokens a training file has, and what training on it costs.

No tokenizer is loaded: its tables would be downloaded at run time, and every model has others. What is expected is one
token of four characters, as the service estimates elsewhere; at most it is one of each byte of UTF-8, of which no byte-level
tokenizer makes more, with what the chat format adds around each text. Providers charge tokens times epochs.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from cafe_ai.llm.openai_reply import TOKENS_AROUND, estimate_tokens

EPOCHS = 3
"""What providers take for small files where they are not told."""

MILLION = Decimal(1_000_000)


@dataclass(frozen=True, slots=True)
class Estimate:
    """Tokens of one epoch, and US dollars of all; None where the price of training is not known."""

    examples: int
    tokens: int
    tokens_at_most: int
    epochs: int
    usd: Decimal | None
    usd_at_most: Decimal | None


def estimate(training: str, usd_per_million: Decimal | None, epochs: int = EPOCHS) -> Estimate:
    """What training on the text of a JSONL file takes."""
    lines = [json.loads(line) for line in training.splitlines()]
    expected = sum(_expected(line) for line in lines)
    most = sum(tokens_at_most(line) for line in lines)

    def cost(tokens: int) -> Decimal | None:
        return None if usd_per_million is None else tokens * epochs * usd_per_million / MILLION

    return Estimate(len(lines), expected, most, epochs, cost(expected), cost(most))


def tokens_at_most(line: Mapping[str, Any]) -> int:
    """More tokens than any byte-level tokenizer makes of an example."""
    return sum(len(text.encode("utf-8", "replace")) + TOKENS_AROUND for text in _texts(line))


def _expected(line: Mapping[str, Any]) -> int:
    return estimate_tokens(sum(len(text) for text in _texts(line)))


def _texts(line: Mapping[str, Any]) -> list[str]:
    """All that is trained on or sent: contents, calls and tools."""
    texts: list[str] = []
    for message in line["messages"]:
        texts += [message["content"]] if message.get("content") else []
        texts += [call["function"]["name"] + call["function"]["arguments"] for call in message.get("tool_calls") or ()]
    return texts + [json.dumps(tool["function"], separators=(",", ":")) for tool in line.get("tools") or ()]
