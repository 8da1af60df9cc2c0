"""GET /api/v1/ai/metrics: what was asked of the service, for Prometheus; operators only."""

from fastapi import Response

from cafe_ai.bootstrap import runtime
from cafe_ai.errors import PermissionDenied
from cafe_ai.http import Caller, create_app, declares, lambda_handler
from cafe_ai.monitoring import prometheus, service

app = create_app()


@app.get(
    "/api/v1/ai/metrics",
    response_class=Response,
    responses={
        **declares(PermissionDenied, about="user"),
        200: {"content": {"text/plain": {"schema": {"type": "string"}}}},
    },
)
async def expose_metrics(caller: Caller) -> Response:
    """Totals since the beginning, of all businesses together, in Prometheus's text format."""
    operator = caller.admit_operator("metrics")
    counted = service.counts(runtime().database, deadline=operator.deadline)
    alerts = service.open_drift_alerts(runtime().database, operator.deadline)
    return Response(prometheus.exposition(counted, alerts), media_type=prometheus.CONTENT_TYPE)


handler = lambda_handler(app)
