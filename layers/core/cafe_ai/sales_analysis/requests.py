"""An analysis that a caller asks for: at once, or as the job that makes the report of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cafe_ai.jobs.schemas import AcceptedBody
from cafe_ai.sales_analysis import service
from cafe_ai.sales_analysis.schemas import AnalysisParameters, AnalysisResponse
from cafe_ai.tenancy.model import Permission

if TYPE_CHECKING:
    from cafe_ai.bootstrap import Runtime
    from cafe_ai.caller import AuthenticatedCaller

ENDPOINT = "sales-analysis"


def answer(
    runtime: Runtime, caller: AuthenticatedCaller, asked: AnalysisParameters, key: str | None
) -> AnalysisResponse | AcceptedBody:
    """The analysis, or with async_mode the job; the same key gives the same job each time.

    Raises InvalidRequest naming the parameter, and as `tenancy.service.admit` and `service.answer` do.
    """
    span = asked.span()
    if asked.async_mode:
        member = caller.admit(asked.business_id, ENDPOINT, needs=Permission.JOBS)
        job = service.start(runtime, member, span, asked.job_params(), key)
        return AcceptedBody.of(job, "Sales analysis is being generated.")
    prompt = service.prompt_of(span, asked.locale or "es")
    member = caller.admit(asked.business_id, ENDPOINT, prompt=prompt, needs=Permission.MONEY)
    return AnalysisResponse.of(service.answer(runtime, member, span, asked.locale))
