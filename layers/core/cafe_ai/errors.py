"""The failures a caller is told about, each with its HTTP status. Anything else is a bug and answers 500.

    CafeAIError
    ├── Unauthorized           401
    ├── BudgetExhausted        402  with the day the budget is renewed
    ├── PermissionDenied       403
    ├── NotFound               404
    │   ├── BusinessNotFound
    │   ├── ConversationNotFound
    │   ├── DocumentNotFound
    │   └── JobNotFound
    ├── MethodNotAllowed       405
    ├── PayloadTooLarge        413
    ├── ResultTooLarge         413  why a job failed; no request is answered so
    ├── InvalidRequest         422  naming each field
    ├── RateLimited            429  with Retry-After
    ├── InternalError          500  what a bug looks like from outside
    └── Unavailable            503  with Retry-After
        ├── DependencyDown
        └── DeadlineExceeded

And those of jobs that no HTTP caller sees: workers and the state machine act on them, or who waits for a task does.

    JobError
    ├── JobBusy      another works on it: come again
    ├── LeaseLost    the job is somebody else's now, or has ended
    ├── JobFailed    what `task.get()` waited for failed, with why
    └── JobTimeout   `task.get(timeout=...)` waited in vain

And those of models, after which another way to the same answer is taken, or the job is tried again:

    ModelError
    ├── ModelCorrupt       its files are not those that were kept: it is not used
    ├── ModelServerFailed  a model server is away, or answers what is no answer
    └── PromotionLost      another model has come into use meanwhile: nothing was changed

`str(error)` is its detail: it is shown to the caller, so it never names a table, a host, a prompt or a stack. What
helps an operator (which dependency, the database's own message) goes to the log through `raise ... from cause`.
"""
# ruff: noqa: N818 -- errors state the fact, as in STYLE.md

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class FieldError:
    """What is wrong with one field of a request: its dotted path ("query", "filters.hours.0") and what was expected."""

    field: str
    message: str


class CafeAIError(Exception):
    """Base of all expected failures.

    status, code and title belong to the class: the HTTP status, the last part of the problem's `type`, and the phrase
    that never varies. detail belongs to the case. extensions are further members of the problem document.
    """

    status: ClassVar[int] = 500
    code: ClassVar[str] = "internal_error"
    title: ClassVar[str] = "Internal error"

    def __init__(
        self,
        detail: str,
        *,
        headers: Mapping[str, str] | None = None,
        extensions: Mapping[str, object] | None = None,
    ) -> None:
        super().__init__(detail)
        self.detail = detail
        self.headers: Mapping[str, str] = headers or {}
        self.extensions: Mapping[str, object] = extensions or {}


class Unauthorized(CafeAIError):
    """There is no token, or it does not prove who is calling."""

    status = 401
    code = "unauthorized"
    title = "Unauthorized"

    def __init__(self, detail: str = "A valid bearer token is required.") -> None:
        super().__init__(detail, headers={"WWW-Authenticate": "Bearer"})


class BudgetExhausted(CafeAIError):
    """This month's budget is spent and the business chose to be refused, or the call cannot do without a model."""

    status = 402
    code = "budget_exhausted"
    title = "Budget exhausted"

    def __init__(self, renews_on: date) -> None:
        super().__init__(
            f"This month's AI budget is spent; it is renewed on {renews_on.isoformat()}.",
            extensions={"renews_on": renews_on.isoformat()},
        )


class PermissionDenied(CafeAIError):
    """The caller is known and may not do this: no membership, or a role that does not allow it."""

    status = 403
    code = "permission_denied"
    title = "Permission denied"

    def __init__(self, detail: str = "Your role in this business does not allow this.") -> None:
        super().__init__(detail)


class NotFound(CafeAIError):
    """What was asked for does not exist, or not for this caller."""

    status = 404
    code = "not_found"
    title = "Not found"


class BusinessNotFound(NotFound):
    """No business has this id."""

    code = "business_not_found"
    title = "Business not found"

    def __init__(self) -> None:
        super().__init__("There is no business with this id.")


class ConversationNotFound(NotFound):
    """The caller has no such conversation, or not about this business."""

    code = "conversation_not_found"
    title = "Conversation not found"

    def __init__(self) -> None:
        super().__init__("You have no conversation with this id here.")


class DocumentNotFound(NotFound):
    """The business has no such document."""

    code = "document_not_found"
    title = "Document not found"

    def __init__(self) -> None:
        super().__init__("The business has no document with this id.")


class JobNotFound(NotFound):
    """The caller may see no job with this id: there is none, or it is another business's."""

    code = "job_not_found"
    title = "Job not found"

    def __init__(self) -> None:
        super().__init__("There is no job with this id.")


class MethodNotAllowed(CafeAIError):
    """The address exists, but not for this method."""

    status = 405
    code = "method_not_allowed"
    title = "Method not allowed"

    def __init__(self, allowed: str) -> None:
        super().__init__(f"This address takes {allowed}.", headers={"Allow": allowed})


class PayloadTooLarge(CafeAIError):
    """The body is larger than is read."""

    status = 413
    code = "payload_too_large"
    title = "Payload too large"

    def __init__(self, limit_bytes: int) -> None:
        super().__init__(f"The body may have at most {limit_bytes} bytes.")


class ResultTooLarge(CafeAIError):
    """What a job worked out is larger than an answer can be."""

    status = 413
    code = "result_too_large"
    title = "Result too large"

    def __init__(self) -> None:
        super().__init__("The result is larger than can be shown; ask for less at once.")


class InvalidRequest(CafeAIError):
    """The body or a parameter is not what was agreed; `errors` names each field."""

    status = 422
    code = "invalid_request"
    title = "Invalid request"

    def __init__(self, errors: Sequence[FieldError]) -> None:
        self.errors = tuple(errors)
        super().__init__(
            "; ".join(f"{error.field}: {error.message}" for error in self.errors),
            extensions={"errors": [{"field": error.field, "message": error.message} for error in self.errors]},
        )

    @classmethod
    def field(cls, field: str, message: str) -> InvalidRequest:
        """The common case: one field is wrong."""
        return cls([FieldError(field, message)])


class RateLimited(CafeAIError):
    """The user has made as many requests in the last minute as one may."""

    status = 429
    code = "rate_limited"
    title = "Too many requests"

    def __init__(self, retry_after_seconds: int) -> None:
        self.retry_after_seconds = retry_after_seconds
        super().__init__(
            f"Too many requests; try again in {retry_after_seconds} s.",
            headers={"Retry-After": str(retry_after_seconds)},
        )


class InternalError(CafeAIError):
    """A bug; the log has more under the request's id."""

    def __init__(self) -> None:
        super().__init__("The service made a mistake. Please quote the request id when you report it.")


class Unavailable(CafeAIError):
    """The service cannot answer now; the same request may succeed a little later."""

    status = 503
    code = "unavailable"
    title = "Service unavailable"

    def __init__(self, detail: str, *, retry_after_seconds: int) -> None:
        super().__init__(detail, headers={"Retry-After": str(retry_after_seconds)})


class DependencyDown(Unavailable):
    """Something the answer needs does not respond. `dependency` ("database") is for logs, not for the caller."""

    code = "dependency_down"

    def __init__(self, dependency: str, *, retry_after_seconds: int = 5) -> None:
        self.dependency = dependency
        super().__init__(
            "A system this answer needs is not reachable; try again shortly.", retry_after_seconds=retry_after_seconds
        )


class DeadlineExceeded(Unavailable):
    """The time for this request is over."""

    code = "deadline_exceeded"

    def __init__(self) -> None:
        super().__init__(
            "The answer took longer than it may; try again, or ask for less at once.", retry_after_seconds=1
        )


class JobError(Exception):
    """Base of what can be the matter with a job as such."""


class JobBusy(JobError):
    """Another works on the job, or has just let it go; it may be worth asking again after so many seconds."""

    def __init__(self, seconds: float) -> None:
        super().__init__("Another works on this job.")
        self.seconds = seconds


class LeaseLost(JobError):
    """The lease is not in force any more: another has taken the job up, or it has ended. Nothing was changed."""

    def __init__(self) -> None:
        super().__init__("The lease of this job is lost.")


class JobFailed(JobError):
    """The job that was waited for failed. `reason` is its error, in words for the caller."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class JobTimeout(JobError, TimeoutError):
    """The job that was waited for did not end in time; it goes on."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"The job did not end within {seconds:g} s.")


class ModelError(Exception):
    """Base of what can be the matter with a model."""


class ModelCorrupt(ModelError):
    """The files of a version are missing, or are not those that were kept."""

    def __init__(self, version: str, file: str) -> None:
        super().__init__(f"The file {file} of the model's version {version} is not what was kept.")
        self.version = version
        self.file = file


class ModelServerFailed(ModelError):
    """A model server gave no answer that can be used; why is in words for an operator."""


class PromotionLost(ModelError):
    """The model in use is not the one that the candidate was compared with, or the candidate has been judged already."""

    def __init__(self, version: str) -> None:
        super().__init__(f"Version {version} is not promoted: what was in use has changed meanwhile.")
