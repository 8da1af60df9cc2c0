"""What is counted of the inferences, and what is told of it. Standard library only.

Nothing here names a user or a business, nor has it words of anyone.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

BUCKET_SECONDS = (0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 25.0, 60.0, 300.0)
"""The upper bounds, inclusive, of the classes of response times; the last class has none. PostgreSQL's response_bucket() has
the same."""


@dataclass(frozen=True, slots=True)
class Count:
    """The inferences that are alike in all of these: where, by which model, with which outcome, and in which class of time.

    bucket is the place in BUCKET_SECONDS of the least bound that the time did not exceed, or its length. response_ms is the sum.
    """

    endpoint: str
    model_name: str
    status: str
    degraded: bool
    bucket: int
    requests: int
    prompt_tokens: int
    completion_tokens: int
    tokens_used: int
    cost_usd: Decimal
    response_ms: int


@dataclass(frozen=True, slots=True)
class Totals:
    """Sums over counts. errors are those inferences that failed or were refused, degraded those that no model answered."""

    requests: int
    errors: int
    degraded: int
    prompt_tokens: int
    completion_tokens: int
    tokens_used: int
    cost_usd: Decimal
    response_ms: int

    @classmethod
    def of(cls, counts: Iterable[Count]) -> Totals:
        """The sums of these."""
        listed = tuple(counts)
        return cls(
            requests=sum(count.requests for count in listed),
            errors=sum(count.requests for count in listed if count.status == "error"),
            degraded=sum(count.requests for count in listed if count.degraded),
            prompt_tokens=sum(count.prompt_tokens for count in listed),
            completion_tokens=sum(count.completion_tokens for count in listed),
            tokens_used=sum(count.tokens_used for count in listed),
            cost_usd=sum((count.cost_usd for count in listed), Decimal(0)),
            response_ms=sum(count.response_ms for count in listed),
        )

    @property
    def error_rate(self) -> float:
        """The percentage of the requests that failed; 0 without any."""
        return 100 * self.errors / self.requests if self.requests else 0.0

    @property
    def success_rate(self) -> float:
        """The percentage of the requests that did not fail; 100 without any, for then nothing failed."""
        return 100.0 - self.error_rate

    @property
    def average_response_ms(self) -> float:
        """Of all requests, failed ones too; 0 without any."""
        return self.response_ms / self.requests if self.requests else 0.0


@dataclass(frozen=True, slots=True)
class FailedInference:
    """One that failed. error is the name of what was raised; request_id finds its lines in the logs. timestamp is aware."""

    timestamp: datetime
    endpoint: str
    model_name: str
    error: str
    response_time_ms: int
    request_id: str | None
