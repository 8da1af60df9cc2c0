"""Which models there are: prices, the parameters each takes, and what follows a retired one. All from prices.json.

Sources: the provider's model and pricing pages and its deprecations page. A successor is always one we know and run.
"""

from __future__ import annotations

import json
import logging
import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from importlib import resources
from typing import Any, Literal

logger = logging.getLogger(__name__)

MILLION = Decimal(1_000_000)
TokenLimit = Literal["max_tokens", "max_completion_tokens"]


@dataclass(frozen=True, slots=True)
class Price:
    """US dollars per million tokens."""

    input: Decimal
    cached_input: Decimal
    output: Decimal

    def cost(self, *, prompt_tokens: int, cached_tokens: int, completion_tokens: int) -> Decimal:
        """What a call costs, exactly; cached_tokens are part of prompt_tokens."""
        fresh = prompt_tokens - cached_tokens
        return (fresh * self.input + cached_tokens * self.cached_input + completion_tokens * self.output) / MILLION


@dataclass(frozen=True, slots=True)
class Model:
    """A model by the name its server knows, with the parameters it takes. price is None where it is not known."""

    name: str
    price: Price | None
    limit: TokenLimit = "max_tokens"
    reasoning_effort: str | None = None


@cache
def _catalogue() -> dict[str, Any]:
    text = resources.files(__package__).joinpath("prices.json").read_text(encoding="utf-8")
    return json.loads(text)  # type: ignore[no-any-return]


def find_model(name: str, today: date) -> Model:
    """The model to use for a configured name.

    A name that has been shut down gives its successor. A name we do not know is taken as it is, with standard
    parameters and no price: any OpenAI-compatible server may have its own. Both are said once in the log.
    """
    retired = _catalogue()["retired"].get(name)
    if retired and date.fromisoformat(retired["shut_down"]) <= today:
        _warn_once(
            f"The model {name} was shut down on {retired['shut_down']}: {retired['successor']} is used instead. "
            "Set LLM_MODEL to a current model."
        )
        name = retired["successor"]
    if name.startswith("ft:"):
        return _find_fine_tuned(name, today)
    known = _catalogue()["models"].get(name)
    if known is None:
        _warn_once(f"The price of the model {name} is not known: its calls are counted as costing nothing.")
        return Model(name, price=None)
    return Model(
        name,
        Price(Decimal(known["input"]), Decimal(known["cached_input"]), Decimal(known["output"])),
        limit=known["limit"],
        reasoning_effort=known.get("reasoning_effort"),
    )


def base_of(name: str) -> str:
    """The model that a fine-tuned one ("ft:gpt-4.1-mini-2025-04-14:org::id") was made from, without its date."""
    return re.sub(r"-\d{4}-\d\d-\d\d$", "", name.split(":")[1])


def _find_fine_tuned(name: str, today: date) -> Model:
    """A fine-tuned model costs what its base's fine-tuned models do, and is shut down with its base."""
    base = base_of(name)
    retired = _catalogue()["retired"].get(base)
    if retired and date.fromisoformat(retired["shut_down"]) <= today:
        _warn_once(f"The model {name} was shut down on {retired['shut_down']}, as its base {base} was.")
        return find_model(retired["successor"], today)
    known = _catalogue()["models"].get(base, {})
    limit: TokenLimit = known.get("limit", "max_completion_tokens")
    price = _catalogue()["fine_tuned"].get(base)
    if price is None:
        _warn_once(f"The price of the model {name} is not known: its calls are counted as costing nothing.")
        return Model(name, price=None, limit=limit)
    return Model(
        name, Price(Decimal(price["input"]), Decimal(price["cached_input"]), Decimal(price["output"])), limit=limit
    )


def find_training_price(base: str) -> Decimal | None:
    """US dollars per million trained tokens of a model that can be fine-tuned; None where they are not known."""
    known = _catalogue()["fine_tuned"].get(re.sub(r"-\d{4}-\d\d-\d\d$", "", base), {}).get("training")
    return None if known is None else Decimal(known)


@dataclass(frozen=True, slots=True)
class EmbeddingPrice:
    """An embedding model's vector size and US dollars per million tokens, exactly."""

    dimensions: int
    input: Decimal

    def cost(self, tokens: int) -> Decimal:
        """What embedding so many tokens costs."""
        return tokens * self.input / MILLION


def find_embedding_price(name: str) -> EmbeddingPrice | None:
    """The size and the price of an embedding model; None, said once in the log, where they are not known."""
    known = _catalogue()["embeddings"].get(name)
    if known is None:
        _warn_once(f"The price of the embedding model {name} is not known: its calls are counted as costing nothing.")
        return None
    return EmbeddingPrice(known["dimensions"], Decimal(known["input"]))


@cache
def _warn_once(message: str) -> None:
    logger.warning(message)
