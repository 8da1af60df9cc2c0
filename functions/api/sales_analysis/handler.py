"""POST /api/v1/ai/sales-analysis: what was sold in a period, what changed and why; at once, or as a job with a report."""

from typing import Annotated

from fastapi import Query, Request, Response

from cafe_ai.bootstrap import runtime
from cafe_ai.http import Caller, create_app, declares, lambda_handler
from cafe_ai.jobs.schemas import AcceptedBody
from cafe_ai.sales_analysis import service
from cafe_ai.sales_analysis.schemas import AnalysisParameters, AnalysisResponse
from cafe_ai.tenancy.model import Permission

ACCEPTED = {202: {"model": AcceptedBody, "description": "With async_mode: the job that makes the report."}}

app = create_app()


@app.post("/api/v1/ai/sales-analysis", responses={**declares(), **ACCEPTED})
async def analyse_sales(
    asked: Annotated[AnalysisParameters, Query()], request: Request, response: Response, caller: Caller
) -> AnalysisResponse | AcceptedBody:
    """With async_mode the answer is 202, and an Idempotency-Key gives the same job each time."""
    span = asked.span()
    if asked.async_mode:
        member = caller.admit(asked.business_id, "sales-analysis", needs=Permission.JOBS)
        key = request.headers.get("idempotency-key")
        response.status_code = 202
        job = service.start(runtime(), member, span, asked.job_params(), key)
        return AcceptedBody.of(job, "Sales analysis is being generated.")
    prompt = service.prompt_of(span, asked.locale or "es")
    member = caller.admit(asked.business_id, "sales-analysis", prompt=prompt, needs=Permission.MONEY)
    return AnalysisResponse.of(service.answer(runtime(), member, span, asked.locale))


handler = lambda_handler(app)
