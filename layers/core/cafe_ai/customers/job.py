"""The work of analyze_customer_behavior."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from cafe_ai.assistants.model import AssistantType
from cafe_ai.assistants.turns import Told, write_turn
from cafe_ai.customers.phrases import PROMPTS
from cafe_ai.customers.service import Ahead, behaviour
from cafe_ai.customers.wire import present
from cafe_ai.jobs.model import JobKind
from cafe_ai.parameters import moment_in
from cafe_ai.platform.clock import milliseconds_since

if TYPE_CHECKING:
    from cafe_ai.bootstrap import Runtime
    from cafe_ai.jobs.running import JobRun


def work(runtime: Runtime, run: JobRun, ahead: Ahead | None = None) -> Mapping[str, Any]:
    """The result, written to the audit before it is given back. No language model is used, so a repeat costs nothing."""
    started, params = time.monotonic(), run.job.params
    customer_id = params.get("customer_id")
    about = behaviour(runtime, run.member, moment_in(params), customer_id, params.get("locale"), ahead)
    run.progress(90)
    told = Told(
        endpoint=JobKind.CUSTOMER_BEHAVIOR.value,
        prompt=PROMPTS[about.locale]["one" if customer_id else "all"],
        text=about.summary,
        language=about.locale,
        plan={"customers": "one" if customer_id else "all", "as_of": about.as_of.isoformat(), "gaps": list(about.gaps)},
        degraded=False,
        milliseconds=milliseconds_since(started),
        facts=[fact for statement in about.insights for fact in statement.facts],
        assistant_type=AssistantType.CUSTOMER_INSIGHT,
    )
    conversation_id = write_turn(runtime, run.member, None, told)
    return {**present(about), "conversation_id": str(conversation_id) if conversation_id else None}
