"""The answer as it is returned, and as the audit and the conversation keep it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from cafe_ai.analytics.model import Fact, FactSheet
from cafe_ai.assistants.documents.model import Found
from cafe_ai.assistants.memory import remember
from cafe_ai.assistants.model import Answer, Question
from cafe_ai.assistants.reviews.model import Reviewed
from cafe_ai.assistants.turns import RULES, budget_left, hash_facts, usage_of
from cafe_ai.assistants.words import Wording
from cafe_ai.audit import service as audit
from cafe_ai.audit.model import Inference, bill
from cafe_ai.conversations.model import Turn
from cafe_ai.platform.clock import now_utc
from cafe_ai.platform.ids import uuid7
from cafe_ai.tenancy.model import Member

if TYPE_CHECKING:
    from cafe_ai.assistants.service import Understood
    from cafe_ai.bootstrap import Runtime
    from cafe_ai.llm.metering import Meter

ENDPOINT = "/api/v1/ai/query"


def write(
    runtime: Runtime,
    member: Member,
    question: Question,
    understood: Understood,
    wording: Wording,
    meter: Meter | None,
    *,
    degraded: bool,
    milliseconds: int,
) -> Answer:
    """Writes the turn and its inference together (or spools both), and gives the answer."""
    outcome, searched = understood.outcome, understood.searched
    found = outcome if isinstance(outcome, Found) else None
    reviewed = outcome if isinstance(outcome, Reviewed) else None
    sheet = outcome if isinstance(outcome, FactSheet) else found.sheet if found else None
    facts = reviewed.facts if reviewed else sheet.facts if sheet else None
    plan: dict[str, Any] | None = None
    if isinstance(outcome, FactSheet):
        checked = wording.verified and not wording.refused and bool(outcome.facts)
        plan = {**remember(outcome), "checked": checked}
    if reviewed is not None:
        plan = reviewed.record
    if searched is not None:
        plan = {**(plan or {}), **searched.record}
    answer = Answer(
        text=wording.text,
        assistant_type=question.assistant_type,
        conversation_id=uuid7(),
        tokens_used=meter.tokens_used if meter else 0,
        response_time_ms=milliseconds,
        facts=facts or (),
        sources=found.sources if found else reviewed.sources if reviewed else (),
        model_name=(meter.model_name if meter else None) or RULES,
        degraded=degraded,
        cost_usd=meter.cost_usd if meter else Decimal(0),
        verified=wording.verified,
        budget_left_usd=budget_left(member, meter),
    )
    turn = _turn(member, question, answer, plan, understood.context.locale)
    inference = _inference(member, turn, answer, facts, meter)
    if runtime.language_model is not None:  # the business takes part, whether or not the model could be used
        from cafe_ai.llm.prompt_book import prompt_book

        variants = prompt_book().for_business(member.business.id).variants
        inference = replace(inference, variants=variants or None)
    audit.record(runtime, inference, turn, member.deadline)
    return answer


def _turn(member: Member, question: Question, answer: Answer, plan: dict[str, Any] | None, locale: str) -> Turn:
    return Turn(
        id=answer.conversation_id,
        user_id=member.user_id,
        business_id=member.business.id,
        follows_id=question.conversation_id,
        assistant_type=question.assistant_type.value,
        locale=locale,
        prompt=question.text,
        response=answer.text,
        plan=plan,
        tokens_used=answer.tokens_used,
        response_time_ms=answer.response_time_ms,
        created_at=now_utc(),
    )


def _inference(
    member: Member, turn: Turn, answer: Answer, facts: Sequence[Fact] | None, meter: Meter | None
) -> Inference:
    return Inference(
        user_id=turn.user_id,
        business_id=turn.business_id,
        prompt=turn.prompt,
        response=turn.response,
        endpoint=ENDPOINT,
        status="success",
        response_time_ms=turn.response_time_ms,
        timestamp=turn.created_at,
        request_id=member.request_id,
        plan=turn.plan,
        facts_hash=hash_facts(facts) if facts is not None else None,
        degraded=answer.degraded,
        conversation_id=turn.id,
        **usage_of(meter),
    )


@contextmanager
def billing(meter: Meter | None) -> Iterator[None]:
    """Has the audit of whatever fails inside say what the model was used for until then, and settle it."""
    try:
        yield
    except Exception as error:
        if meter is not None and meter.touched:
            bill(error, usage_of(meter))
        raise
