"""GET /api/v1/ai/capabilities: what the service can answer, and what not."""

from typing import Literal

from cafe_ai.assistants import capabilities
from cafe_ai.assistants.capability_schemas import CapabilitiesResponse
from cafe_ai.bootstrap import runtime
from cafe_ai.http import Caller, create_app, declares, lambda_handler

app = create_app()


@app.get("/api/v1/ai/capabilities", responses=declares(about="user"))
async def describe_capabilities(caller: Caller, locale: Literal["es", "en"] = "es") -> CapabilitiesResponse:
    """What can be asked, with examples that work, and what cannot."""
    caller.admit_user("capabilities")
    return CapabilitiesResponse.of(capabilities.describe(runtime(), locale))


handler = lambda_handler(app)
