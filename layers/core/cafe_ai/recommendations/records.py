"""A recommendation as it is returned, and as the audit and the conversation keep it."""

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
from cafe_ai.assistants.records import RULES, usage_of
from cafe_ai.assistants.words import Wording
from cafe_ai.audit import service as audit
from cafe_ai.audit.model import Inference
from cafe_ai.conversations.model import Turn
from cafe_ai.language.formats import Language
from cafe_ai.platform.clock import now_utc
from cafe_ai.platform.ids import uuid7
from cafe_ai.recommendations.model import Choice, Recommendation, Request, Worded
from cafe_ai.recommendations.wording import tell_reason
from cafe_ai.tenancy.model import Member

if TYPE_CHECKING:
    from cafe_ai.bootstrap import Runtime
    from cafe_ai.llm.metering import Meter


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


def write(
    runtime: Runtime,
    member: Member,
    request: Request,
    choice: Choice,
    wording: Wording,
    meter: Meter | None,
    told: Told,
) -> Recommendation:
    """Writes the turn and its inference together (or spools both), and gives the answer."""
    return Recommendation(
        business_id=member.business.id,
        query=request.text,
        text=wording.text,
        items=tuple(Worded(item, tell_reason(item, choice, told.language)) for item in choice.items),
        conversation_id=write_turn(runtime, member, meter, told),
        response_time_ms=told.milliseconds,
        facts=choice.facts,
        model_name=model_name(meter),
        degraded=told.degraded,
        tokens_used=meter.tokens_used if meter else 0,
        cost_usd=meter.cost_usd if meter else Decimal(0),
        verified=wording.verified,
    )


def plan_of(choice: Choice) -> dict[str, Any]:
    """What the audit keeps of a choice: which products, and what their scores were made of."""
    return {
        "recommend": choice.kind,
        "products": [item.product.external_id for item in choice.items],
        "scores": [{"score": item.score, **item.parts} for item in choice.items],
        "notes": list(choice.notes),
    }


def model_name(meter: Meter | None) -> str:
    """The model that answered, or what stands for none."""
    return (meter.model_name if meter else None) or RULES


def write_turn(runtime: Runtime, member: Member, meter: Meter | None, told: Told) -> UUID:
    """Writes a turn of PRODUCT_SUGGESTION and its inference; the turn's id."""
    turn = Turn(
        id=uuid7(),
        user_id=member.user_id,
        business_id=member.business.id,
        follows_id=None,
        assistant_type=AssistantType.PRODUCT_SUGGESTION.value,
        locale=told.language,
        prompt=told.prompt,
        response=told.text,
        plan=told.plan,
        tokens_used=meter.tokens_used if meter else 0,
        response_time_ms=told.milliseconds,
        created_at=now_utc(),
    )
    inference = Inference(
        user_id=turn.user_id,
        business_id=turn.business_id,
        prompt=turn.prompt,
        response=turn.response,
        endpoint=told.endpoint,
        status="success",
        response_time_ms=told.milliseconds,
        timestamp=turn.created_at,
        request_id=member.request_id,
        plan=told.plan,
        facts_hash=_hash(told.facts) if told.facts else None,
        degraded=told.degraded,
        conversation_id=turn.id,
        **usage_of(meter),
    )
    audit.record(runtime, inference, turn, member.deadline)
    return turn.id


def _hash(facts: Sequence[Fact]) -> str:
    """The SHA-256 of the facts, in hex: the same facts give the same hash."""
    told = [
        [f.metric, str(f.value), f.period.starts_at.isoformat(), f.period.ends_at.isoformat(), dict(f.dimensions)]
        for f in facts
    ]
    return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()
