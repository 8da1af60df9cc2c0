"""The analysis in words, paid for at most once in an execution, and written to the audit and to the asker's conversations.

A mark is put before the paid call, which one caller alone can put. Who finds it there and no words under their key (the one
who put it was killed, or still waits) does not ask the model again: then the narrator tells the facts. What the lost call
reserved of the budget stays spent.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid5

from cafe_ai.assistants.model import AssistantType
from cafe_ai.assistants.service import meter_for
from cafe_ai.assistants.turns import RULES, hash_facts, usage_of
from cafe_ai.audit import message
from cafe_ai.audit import service as audit
from cafe_ai.audit.model import Inference
from cafe_ai.conversations.model import Turn
from cafe_ai.errors import BudgetExhausted, NotFound
from cafe_ai.platform.clock import milliseconds_since, now_utc
from cafe_ai.platform.telemetry import measures
from cafe_ai.reports.leasing import Step, begin
from cafe_ai.reports.steps import NarrateInput
from cafe_ai.sales_analysis import service as sales_analysis
from cafe_ai.sales_analysis.model import Analysis
from cafe_ai.tenancy.service import next_month

if TYPE_CHECKING:
    from cafe_ai.bootstrap import Runtime
    from cafe_ai.llm.metering import Meter
    from cafe_ai.platform.clock import Deadline

NARRATING = 50
ENDPOINT = "jobs/generate_sales_report"
SUMMARY = "summary.json"
MARK = "narrating"
INFERENCES = UUID("0c9d4f52-4b0f-4c0a-8d7c-3c1f0a9b6a21")


@dataclass(frozen=True, slots=True)
class Told:
    """The words, and what the audit and the conversations keep of them (a message of `audit.message`)."""

    text: str
    model_name: str
    record: str


def narrate(runtime: Runtime, given: NarrateInput, deadline: Deadline) -> Mapping[str, Any]:
    """Puts the analysis into checked words; their key. Done again it finds them there.

    Raises BudgetExhausted where the business chose to be refused, Unavailable.
    """
    step = begin(runtime, given, deadline, NARRATING)
    key = step.workspace.key(SUMMARY)
    kept = _kept(step, key)
    if kept is None:
        told = _tell(step, given)
        audit.record(runtime, *message.decode(told.record), deadline)
    else:  # whoever kept it may not have come to write it
        audit.store(runtime, *message.decode(kept.record), deadline)
    return {"key": key}


def _kept(step: Step, key: str) -> Told | None:
    try:
        return step.workspace.read(key, Told)
    except NotFound:
        return None


def _tell(step: Step, given: NarrateInput) -> Told:
    started = time.monotonic()
    analysis = step.workspace.read(given.parts["sales"], Analysis)
    meter = _meter(step, given)
    columns = _columns(step, given, analysis)
    try:
        wording = sales_analysis.summarise(step.runtime, step.member, analysis, meter)
    except Exception as error:
        if meter is not None and meter.touched:
            _audit_failure(step, {**columns, **usage_of(meter)}, error, milliseconds_since(started))
        raise
    degraded = not wording.by_model and not (meter is not None and not analysis.insights)
    used = {**columns, "response": wording.text, "response_time_ms": milliseconds_since(started), "degraded": degraded}
    if meter is not None:
        used |= usage_of(meter)
    inference = Inference(status="success", **used)
    turn = _turn(step, inference)
    if turn is not None:
        inference = replace(inference, conversation_id=turn.id)
    told = Told(wording.text, inference.model_name, message.encode(inference, turn))
    if step.workspace.keep_new(SUMMARY, Told, told):
        return told
    audit.record(
        step.runtime, inference, deadline=step.member.deadline
    )  # what was paid is told, though the words are not
    return step.workspace.read(step.workspace.key(SUMMARY), Told)


def _meter(step: Step, given: NarrateInput) -> Meter | None:
    """The model for one inference, where there is one and no other has asked it in this execution."""
    member = step.member
    if member.budget_spent and member.business.budget_policy == "refuse":
        raise BudgetExhausted(renews_on=next_month(now_utc().date()))
    meter = meter_for(step.runtime, member, _inference_id(given, "model"))
    if meter is None or step.runtime.reports.put_new(step.workspace.key(MARK), b"", "text/plain"):
        return meter
    measures().count("NarrationNotRepeated")
    return None


def _inference_id(given: NarrateInput, by: str) -> UUID:
    """The same at each repeat, so that the audit writes it once."""
    return uuid5(INFERENCES, f"{given.job_id}/{given.token}/{by}")


def _columns(step: Step, given: NarrateInput, analysis: Analysis) -> dict[str, Any]:
    """What the audit keeps of the inference, whatever comes of it; used as it is where no model is."""
    return {
        "id": _inference_id(given, "rules"),
        "model_name": RULES,
        "user_id": step.job.user_id,
        "business_id": given.business_id,
        "prompt": sales_analysis.prompt_of(step.span, analysis.locale),
        "endpoint": ENDPOINT,
        "timestamp": now_utc(),
        "request_id": step.member.request_id,
        "plan": sales_analysis.plan_of(analysis, step.span),
        "facts_hash": hash_facts(analysis.facts) if analysis.facts else None,
    }


def turn_id(job_id: UUID) -> UUID:
    """The id of the turn that a report is in its asker's conversations."""
    return uuid5(INFERENCES, f"{job_id}/turn")


def _turn(step: Step, inference: Inference) -> Turn | None:
    """The report as a turn of the user who asked for it, once for all attempts; None where no user did."""
    user_id, job = step.job.user_id, step.job
    if user_id is None:
        return None
    return Turn(
        id=turn_id(job.id),
        user_id=user_id,
        business_id=step.member.business.id,
        follows_id=None,
        assistant_type=AssistantType.SALES_ANALYSIS.value,
        locale=step.language,
        prompt=inference.prompt,
        response=inference.response,
        plan=inference.plan,
        tokens_used=inference.tokens_used,
        response_time_ms=inference.response_time_ms,
        created_at=inference.timestamp,
    )


def _audit_failure(step: Step, columns: Mapping[str, Any], error: Exception, milliseconds: int) -> None:
    failed = Inference(
        **{**columns, "response": "", "status": "error", "response_time_ms": milliseconds},
        error_message=f"{type(error).__name__}: {error}",
    )
    audit.record(step.runtime, failed, deadline=step.member.deadline)
