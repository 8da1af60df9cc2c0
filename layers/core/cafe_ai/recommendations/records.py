"""A recommendation as it is returned, and what the audit keeps of it."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from cafe_ai.assistants.turns import Told, model_name, write_turn
from cafe_ai.assistants.words import Wording
from cafe_ai.recommendations.model import Choice, Recommendation, Request, Worded
from cafe_ai.recommendations.wording import tell_reason
from cafe_ai.tenancy.model import Member

if TYPE_CHECKING:
    from cafe_ai.bootstrap import Runtime
    from cafe_ai.llm.metering import Meter


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
