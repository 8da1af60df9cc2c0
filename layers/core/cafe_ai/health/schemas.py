"""GET /health on the wire."""

from __future__ import annotations

from pydantic import BaseModel, Field

from cafe_ai.health.model import CheckStatus, Health, Status

RETRY_AFTER_SECONDS = 5


class CheckResponse(BaseModel):
    """One dependency. milliseconds is null where nothing was asked."""

    status: CheckStatus
    milliseconds: int | None = None


class HealthResponse(BaseModel):
    """ok; degraded: answers go on, some with less; down: nothing can be answered, with status 503."""

    status: Status
    checks: dict[str, CheckResponse] = Field(
        description="By role: database, vector_store, audit_queue, index_queue, language_model (never called for this)."
    )

    @classmethod
    def of(cls, health: Health) -> HealthResponse:
        """What was found, as it is answered."""
        checks = {
            name: CheckResponse(status=check.status, milliseconds=check.milliseconds)
            for name, check in health.checks.items()
        }
        return cls(status=health.status, checks=checks)

    @property
    def http_status(self) -> int:
        """503 where the service cannot answer, 200 otherwise."""
        return 503 if self.status == "down" else 200

    @property
    def headers(self) -> dict[str, str]:
        """When to ask again, where the service cannot answer."""
        return {"Retry-After": str(RETRY_AFTER_SECONDS)} if self.status == "down" else {}
