"""What was told without a question of the caller's own, as the audit and the conversation keep it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from uuid import UUID

from cafe_ai.analytics.model import Fact
from cafe_ai.assistants.model import AssistantType
from cafe_ai.audit import service as audit
from cafe_ai.audit.model import Inference
from cafe_ai.conversations.model import Turn
from cafe_ai.language.formats import Language
from cafe_ai.platform.clock import now_utc
from cafe_ai.platform.ids import uuid7
from cafe_ai.tenancy.model import SERVICE_USER, Member

if TYPE_CHECKING:
    from cafe_ai.bootstrap import Runtime
    from cafe_ai.llm.metering import Meter

RULES = "rules"
"""What stands for a model's name where none was used."""


@dataclass(frozen=True, slots=True)
class Told:
    """What was told, and what the audit keeps of it. prompt: the caller's words, or what stands for them."""

    endpoint: str
    prompt: str
    text: str
    language: Language
    plan: Mapping[str, Any]
    degraded: bool
    milliseconds: int
    facts: Sequence[Fact] = ()
    assistant_type: AssistantType = AssistantType.PRODUCT_SUGGESTION


def write_turn(runtime: Runtime, member: Member, meter: Meter | None, told: Told) -> UUID | None:
    """Writes a turn and its inference together (or spools both); the turn's id.

    Where no user asked (a schedule) there is nobody whose conversation it could be: the inference alone is written, without a
    user, and None is given back.
    """
    asked = member.user_id != SERVICE_USER
    turn = Turn(
        id=uuid7(),
        user_id=member.user_id,
        business_id=member.business.id,
        follows_id=None,
        assistant_type=told.assistant_type.value,
        locale=told.language,
        prompt=told.prompt,
        response=told.text,
        plan=told.plan,
        tokens_used=meter.tokens_used if meter else 0,
        response_time_ms=told.milliseconds,
        created_at=now_utc(),
    )
    inference = Inference(
        user_id=turn.user_id if asked else None,
        business_id=turn.business_id,
        prompt=turn.prompt,
        response=turn.response,
        endpoint=told.endpoint,
        status="success",
        response_time_ms=told.milliseconds,
        timestamp=turn.created_at,
        request_id=member.request_id,
        plan=told.plan,
        facts_hash=hash_facts(told.facts) if told.facts else None,
        degraded=told.degraded,
        conversation_id=turn.id if asked else None,
        **usage_of(meter),
    )
    audit.record(runtime, inference, turn if asked else None, member.deadline)
    return turn.id if asked else None


def model_name(meter: Meter | None) -> str:
    """The model that answered, or what stands for none."""
    return (meter.model_name if meter else None) or RULES


def usage_of(meter: Meter | None) -> dict[str, Any]:
    """The columns of an inference that say what was used of the language model, and the id under which it was reserved."""
    if meter is None:
        return {"id": uuid7(), "model_name": RULES}
    return {
        "id": meter.inference_id,
        "model_name": meter.model_name or RULES,
        "prompt_tokens": meter.prompt_tokens,
        "completion_tokens": meter.completion_tokens,
        "tokens_used": meter.tokens_used,
        "cost_usd": meter.cost_usd,
        "doubtful_usd": meter.doubtful_usd,
        "reserved_usd": meter.reserved_usd,
        "prompt_version": meter.prompt_version,
    }


def budget_left(member: Member, meter: Meter | None) -> Decimal | None:
    """What was left at admission without what this answer took of it; None where there is no limit."""
    left = member.budget_left_usd
    if left is None or meter is None:
        return left
    return max(Decimal(0), left - meter.cost_usd - meter.doubtful_usd)


def hash_facts(facts: Sequence[Fact]) -> str:
    """The SHA-256 of the facts, in hex: the same facts give the same hash."""
    told = [
        [f.metric, str(f.value), f.period.starts_at.isoformat(), f.period.ends_at.isoformat(), dict(f.dimensions)]
        for f in facts
    ]
    return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()
