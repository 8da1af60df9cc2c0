"""For code that is not behind an endpoint: write one inference, or everything that happens inside a `with`."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from decimal import Decimal
from types import TracebackType
from typing import Self
from uuid import UUID

from cafe_ai.audit import service
from cafe_ai.audit.model import Inference, Status
from cafe_ai.bootstrap import runtime
from cafe_ai.platform.clock import milliseconds_since, now_utc
from cafe_ai.platform.ids import uuid7

Id = UUID | str


def log_ai_inference(  # noqa: PLR0913 -- a row has many columns, and the contract fixes their names
    *,
    user_id: Id | None,
    business_id: Id | None,
    model_name: str,
    prompt: str,
    response: str,
    tokens_used: int,
    response_time_ms: int,
    endpoint: str,
    status: Status = "success",
    error_message: str | None = None,
    prompt_tokens: int = 0,
    completion_tokens: int = 0,
    cost_usd: Decimal = Decimal(0),
    prompt_version: str | None = None,
    request_id: str | None = None,
    degraded: bool = False,
) -> UUID:
    """Writes one inference and returns its id. It does not raise where the database is away: the audit queue keeps it.

    prompt and response are cut to 5,000 and 10,000 characters.
    """
    inference = Inference(
        id=uuid7(),
        user_id=_uuid(user_id),
        business_id=_uuid(business_id),
        model_name=model_name,
        prompt=prompt,
        response=response,
        endpoint=endpoint,
        status=status,
        response_time_ms=response_time_ms,
        timestamp=now_utc(),
        prompt_tokens=prompt_tokens,
        completion_tokens=completion_tokens,
        tokens_used=tokens_used,
        cost_usd=cost_usd,
        error_message=error_message,
        prompt_version=prompt_version,
        request_id=request_id,
        degraded=degraded,
    )
    service.record(runtime(), inference)
    return inference.id


@dataclass
class AIAuditContext:
    """Writes the inference that happens inside the `with` on leaving it, also after an exception (which goes on).

    Set prompt, response, tokens_used and what else is known on the way; the time is measured.
    """

    user_id: Id | None
    business_id: Id | None
    endpoint: str = "internal"
    model_name: str = "rules"
    prompt: str = ""
    response: str = ""
    tokens_used: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0
    cost_usd: Decimal = Decimal(0)
    prompt_version: str | None = None
    request_id: str | None = None
    degraded: bool = False
    _started: float = field(default=0.0, init=False, repr=False)

    def __enter__(self) -> Self:
        self._started = time.monotonic()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, stack: TracebackType | None
    ) -> None:
        log_ai_inference(
            user_id=self.user_id,
            business_id=self.business_id,
            model_name=self.model_name,
            prompt=self.prompt,
            response=self.response,
            tokens_used=self.tokens_used,
            response_time_ms=milliseconds_since(self._started),
            endpoint=self.endpoint,
            status="success" if error is None else "error",
            error_message=None if error is None else f"{type(error).__name__}: {error}",
            prompt_tokens=self.prompt_tokens,
            completion_tokens=self.completion_tokens,
            cost_usd=self.cost_usd,
            prompt_version=self.prompt_version,
            request_id=self.request_id,
            degraded=self.degraded,
        )


def _uuid(value: Id | None) -> UUID | None:
    return UUID(value) if isinstance(value, str) else value
