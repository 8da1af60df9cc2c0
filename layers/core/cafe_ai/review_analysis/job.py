"""The work of analyze_reviews. Who reads the reviews is put in by the worker: this package knows no model."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from cafe_ai.assistants.model import AssistantType
from cafe_ai.assistants.reviews.phrases import PROMPTS
from cafe_ai.assistants.reviews.service import tell_reviews
from cafe_ai.assistants.service import moment_of
from cafe_ai.assistants.turns import Told, write_turn
from cafe_ai.jobs.model import JobKind
from cafe_ai.language.formats import language_of
from cafe_ai.parameters import moment_in
from cafe_ai.platform.clock import milliseconds_since
from cafe_ai.review_analysis.wire import present
from cafe_ai.reviews.service import read_reviews

if TYPE_CHECKING:
    from cafe_ai.bootstrap import Runtime
    from cafe_ai.jobs.running import JobRun
    from cafe_ai.reviews.port import Analyser


def work(runtime: Runtime, run: JobRun, analyser_for: Callable[[], Analyser]) -> Mapping[str, Any]:
    """Reads what was not read yet, then tells what the reviews say together, written to the audit before it is given back.

    No model is paid, so a repeat costs nothing; what was read stays read. What there was no time for is left to the next run.
    """
    started, member, params = time.monotonic(), run.member, run.job.params
    business = member.business
    reading = read_reviews(runtime.database, business.id, analyser_for(), run.deadline, run.progress)
    language = language_of(params.get("locale") or business.locale)
    as_of = moment_of(moment_in(params), business)
    with runtime.database.transaction(business.id, member.user_id, run.deadline, read_only=True) as uow:
        about = tell_reviews(uow, business, as_of, language)
    told = Told(
        endpoint=JobKind.REVIEW_ANALYSIS.value,
        prompt=PROMPTS[language],
        text=about.text,
        language=language,
        plan={**about.record, "as_of": as_of.isoformat(), "gaps": list(about.gaps)},
        degraded=False,
        milliseconds=milliseconds_since(started),
        facts=about.facts,
        assistant_type=AssistantType.CUSTOMER_INSIGHT,
    )
    conversation_id = write_turn(runtime, member, None, told)
    result = present(about, business, language, reading)
    return {**result, "conversation_id": str(conversation_id) if conversation_id else None}
