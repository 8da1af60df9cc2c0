"""GET /api/v1/ai/usage-stats: what was used of the service, and what is left of the budget."""

from cafe_ai.bootstrap import runtime
from cafe_ai.errors import BusinessNotFound, PermissionDenied
from cafe_ai.http import Caller, create_app, declares, lambda_handler
from cafe_ai.parameters import OptionalId
from cafe_ai.tenancy.model import Permission
from cafe_ai.usage import service
from cafe_ai.usage.schemas import UsageBody

app = create_app()


@app.get("/api/v1/ai/usage-stats", responses=declares(PermissionDenied, BusinessNotFound, about="user"))
async def show_usage(caller: Caller, business_id: OptionalId = None) -> UsageBody:
    """Of a business by all its users; without one, the caller's own in every business."""
    if business_id is None:
        return UsageBody.of(service.of_user(runtime().database, caller.admit_user("usage_stats")))
    member = caller.admit(business_id, "usage_stats", needs=Permission.MONEY, paid=False)
    return UsageBody.of(service.of_business(runtime().database, member))


handler = lambda_handler(app)
