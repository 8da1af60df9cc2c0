"""GET /api/v1/ai/health and /capabilities: whether the service answers, and what."""

from typing import Literal

from fastapi import Response

from cafe_ai.assistants import capabilities
from cafe_ai.assistants.capability_schemas import CapabilitiesResponse
from cafe_ai.bootstrap import runtime
from cafe_ai.health import service as health
from cafe_ai.health.schemas import HealthResponse
from cafe_ai.http import Caller, create_app, declares, lambda_handler

app = create_app()


@app.get("/api/v1/ai/health", responses={**declares(), 503: {"model": HealthResponse}})
async def report_health(caller: Caller, response: Response) -> HealthResponse:
    """Asks each dependency for at most two seconds; 503 where no answer would be possible."""
    report = HealthResponse.of(health.examine(runtime()))
    response.status_code = report.http_status
    response.headers.update(report.headers)
    return report


@app.get("/api/v1/ai/capabilities", responses=declares())
async def describe_capabilities(caller: Caller, locale: Literal["es", "en"] = "es") -> CapabilitiesResponse:
    """What can be asked, with examples that work, and what cannot."""
    caller.admit_user("capabilities")
    return CapabilitiesResponse.of(capabilities.describe(runtime(), locale))


handler = lambda_handler(app)
