"""POST /api/v1/ai/sales-analysis: what was sold in a period, what changed and why; at once, or as a job with a report."""

from typing import Annotated

from fastapi import Query, Response

from cafe_ai.bootstrap import runtime
from cafe_ai.http import Caller, IdempotencyKey, create_app, declares, lambda_handler
from cafe_ai.jobs.schemas import AcceptedBody
from cafe_ai.sales_analysis import requests
from cafe_ai.sales_analysis.schemas import AnalysisParameters, AnalysisResponse

app = create_app()
ANSWERS = {**declares(), 200: {"model": AnalysisResponse}, 202: {"model": AcceptedBody}}


@app.post("/api/v1/ai/sales-analysis", responses=ANSWERS)
async def analyse_sales(
    asked: Annotated[AnalysisParameters, Query()], response: Response, caller: Caller, key: IdempotencyKey = None
) -> AnalysisResponse | AcceptedBody:
    """With async_mode the answer is 202, and an Idempotency-Key gives the same job each time."""
    answer = requests.answer(runtime(), caller, asked, key)
    response.status_code = 202 if isinstance(answer, AcceptedBody) else 200
    return answer


handler = lambda_handler(app)
