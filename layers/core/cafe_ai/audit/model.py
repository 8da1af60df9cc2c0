"""What is kept of every inference, failed ones included. Standard library only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Literal
from uuid import UUID

PROMPT_CHARACTERS = 5_000
RESPONSE_CHARACTERS = 10_000
ERROR_CHARACTERS = 1_000

Status = Literal["success", "error"]


@dataclass(frozen=True, slots=True)
class Inference:
    """One use of the service's intelligence: who asked what where, what came back, and what it cost.

    id is made before anything is written, so that writing it a second time does nothing. facts_hash is the SHA-256
    (hex) of the facts the answer was made of, plan what was understood (JSON). timestamp is aware. cost_usd is what the
    model's answers cost, doubtful_usd the most that calls without an answer may have cost, reserved_usd what was held for
    the inference in the business's budget; 0 without a limit. conversation_id is the turn it answered. variants has, of each
    experiment in play, the prompt that the business was given.
    """

    id: UUID
    user_id: UUID | None
    business_id: UUID | None
    model_name: str
    prompt: str
    response: str
    endpoint: str
    status: Status
    response_time_ms: int
    timestamp: datetime
    prompt_tokens: int = 0
    completion_tokens: int = 0
    tokens_used: int = 0
    cost_usd: Decimal = Decimal(0)
    error_message: str | None = None
    prompt_version: str | None = None
    request_id: str | None = None
    plan: Mapping[str, Any] | None = None
    facts_hash: str | None = None
    degraded: bool = False
    doubtful_usd: Decimal = Decimal(0)
    reserved_usd: Decimal = Decimal(0)
    conversation_id: UUID | None = None
    variants: Mapping[str, str] | None = None


def bill(error: BaseException, columns: Mapping[str, Any]) -> None:
    """Has the audit of this failure say what was used before it: these columns of its `Inference`."""
    vars(error)["_billed"] = columns


def billed(error: BaseException) -> Mapping[str, Any]:
    """What `bill` noted; nothing where nothing was used."""
    noted: Mapping[str, Any] = vars(error).get("_billed", {})
    return noted


def storable(text: str, characters: int) -> str:
    """The text as PostgreSQL can hold it: no NUL, no half of a surrogate pair, at most that many characters."""
    return text.replace("\0", "").encode("utf-8", "replace").decode("utf-8")[:characters]
