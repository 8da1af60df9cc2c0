"""The request in hand, and who is calling: what an endpoint asks before it does anything."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from uuid import UUID

from cafe_ai.bootstrap import runtime
from cafe_ai.errors import PermissionDenied, Unavailable
from cafe_ai.platform import tracing
from cafe_ai.platform.clock import Deadline, milliseconds_since, now_utc
from cafe_ai.platform.ids import uuid7
from cafe_ai.platform.telemetry import Measures
from cafe_ai.tenancy import service as tenancy
from cafe_ai.tenancy import tokens
from cafe_ai.tenancy.model import Member, Permission, RateLimit, User


@dataclass(frozen=True, slots=True)
class Attempt:
    """An inference that was asked for: what the audit needs to know should it fail."""

    business_id: UUID
    endpoint: str
    prompt: str


@dataclass(slots=True)
class Exchange:
    """What is known of the request in hand."""

    request_id: str
    path: str
    deadline: Deadline
    measured: Measures
    started: float = field(default_factory=time.monotonic)
    identity: tokens.Identity | None = None
    attempt: Attempt | None = None
    rate: RateLimit | None = None

    @property
    def milliseconds(self) -> int:
        """How long it has taken so far."""
        return milliseconds_since(self.started)


@dataclass(frozen=True, slots=True)
class AuthenticatedCaller:
    """Who is calling, as the token proved."""

    identity: tokens.Identity
    exchange: Exchange

    @property
    def user_id(self) -> UUID:
        """The token's subject."""
        return self.identity.user_id

    @property
    def operator(self) -> bool:
        """Whether the user operates the service."""
        return self.identity.operator

    def admit(
        self,
        business_id: UUID,
        endpoint: str,
        *,
        prompt: str | None = None,
        needs: Permission | None = None,
        paid: bool = True,
    ) -> Member:
        """The caller as a member of the business, for this request; it counts against the caller's rate.

        endpoint names the metrics. With a prompt the call is an inference, and its failure is audited from here on.
        needs is the permission without which the endpoint is of no use. paid is False where no paid model is called:
        then a spent budget refuses nobody. Raises as `tenancy.service.admit` does.
        """
        exchange = self.exchange
        exchange.measured.endpoint = endpoint
        if prompt is not None:
            exchange.attempt = Attempt(business_id, exchange.path, prompt)
        shared = runtime()
        with tracing.span("admission"):
            admission = tenancy.look_up(
                shared.database, self.user_id, business_id, shared.settings.rate_limit_per_minute, exchange.deadline
            )
        exchange.rate = admission.rate
        return tenancy.admit(
            admission,
            self.user_id,
            request_id=exchange.request_id,
            deadline=exchange.deadline,
            needs=needs,
            paid=paid,
        )

    def admit_user(self, endpoint: str) -> User:
        """The caller, for a request that is about no business, or about all of theirs; it counts against their rate.

        endpoint names the metrics. Raises RateLimited.
        """
        exchange = self.exchange
        exchange.measured.endpoint = endpoint
        shared = runtime()
        with tracing.span("admission"):
            exchange.rate = tenancy.look_up_user(
                shared.database, self.user_id, shared.settings.rate_limit_per_minute, exchange.deadline
            )
        return tenancy.admit_user(
            exchange.rate,
            self.user_id,
            operator=self.operator,
            request_id=exchange.request_id,
            deadline=exchange.deadline,
        )

    def admit_operator(self, endpoint: str) -> User:
        """The caller as one who operates the service, otherwise as `admit_user`. Raises PermissionDenied, RateLimited."""
        user = self.admit_user(endpoint)
        if not user.operator:
            raise PermissionDenied("Only operators of the service may do this.")
        return user


def audit_failure(exchange: Exchange, attempt: Attempt, error: Exception) -> None:
    """A failed inference is written too, in a transaction of its own: refused ones (402, 403, 404) and broken ones."""
    from cafe_ai.audit import service as audit
    from cafe_ai.audit.model import Inference, billed

    used = {"id": uuid7(), "model_name": "none", **billed(error)}
    inference = Inference(
        user_id=exchange.identity.user_id if exchange.identity else None,
        business_id=attempt.business_id,
        prompt=attempt.prompt,
        response="",
        endpoint=attempt.endpoint,
        status="error",
        response_time_ms=exchange.milliseconds,
        timestamp=now_utc(),
        error_message=f"{type(error).__name__}: {error}",
        request_id=exchange.request_id,
        **used,
    )
    away = isinstance(error, Unavailable)
    audit.record(runtime(), inference, deadline=exchange.deadline, database_away=away)
