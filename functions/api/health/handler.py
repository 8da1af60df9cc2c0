"""GET /api/v1/ai/health: what the service depends on, and whether it answers."""

from fastapi import Response

from cafe_ai.bootstrap import runtime
from cafe_ai.health import service
from cafe_ai.health.schemas import HealthResponse
from cafe_ai.http import Caller, create_app, declares, lambda_handler

app = create_app()
ANSWERS = declares(about="nobody")


@app.get("/api/v1/ai/health", responses={**ANSWERS, 503: {**ANSWERS[503], "model": HealthResponse}})
async def report_health(caller: Caller, response: Response) -> HealthResponse:
    """Asks each dependency for at most two seconds; 503 where no answer would be possible."""
    report = HealthResponse.of(service.examine(runtime()))
    response.status_code = report.http_status
    response.headers.update(report.headers)
    return report


handler = lambda_handler(app)
