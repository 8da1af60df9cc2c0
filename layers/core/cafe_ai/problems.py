"""Failures as RFC 9457 problem documents, and their declaration in OpenAPI."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal
from urllib.parse import quote

from cafe_ai import errors
from cafe_ai.errors import CafeAIError, FieldError

MEDIA_TYPE = "application/problem+json"
TYPE_PREFIX = "urn:problem-type:cafe-ai:"

ALWAYS = (
    errors.Unauthorized,
    errors.PayloadTooLarge,
    errors.InvalidRequest,
    errors.DependencyDown,
    errors.DeadlineExceeded,
)
FOR_USERS = (*ALWAYS, errors.RateLimited)
FOR_MEMBERS = (*FOR_USERS, errors.PermissionDenied, errors.BusinessNotFound, errors.BudgetExhausted)
EDGE_ERRORS: Mapping[str, tuple[type[errors.CafeAIError], ...]] = {
    "nobody": ALWAYS,
    "user": FOR_USERS,
    "business": FOR_MEMBERS,
}

SCHEMA: dict[str, Any] = {
    "title": "Problem",
    "description": "RFC 9457 problem details.",
    "type": "object",
    "required": ["type", "title", "status", "detail", "instance", "request_id"],
    "properties": {
        "type": {"type": "string", "format": "uri", "examples": [TYPE_PREFIX + "invalid_request"]},
        "code": {"type": "string", "description": "The last part of `type`.", "examples": ["invalid_request"]},
        "title": {"type": "string", "description": "The phrase that never varies."},
        "status": {"type": "integer", "description": "The HTTP status."},
        "detail": {"type": "string", "description": "What is the matter in this case."},
        "instance": {"type": "string", "format": "uri-reference", "description": "The path that was called."},
        "request_id": {"type": "string", "description": "Quote it when you ask for help."},
        "renews_on": {"type": "string", "format": "date", "description": "At 402: when the budget is renewed."},
        "errors": {
            "type": "array",
            "description": "At 422: what is wrong with which field.",
            "items": {
                "type": "object",
                "required": ["field", "message"],
                "properties": {"field": {"type": "string"}, "message": {"type": "string"}},
            },
        },
    },
}


def document(error: CafeAIError, *, instance: str, request_id: str) -> dict[str, object]:
    """The problem document of an error: `instance` is the path that was called."""
    return {
        "type": TYPE_PREFIX + error.code,
        "code": error.code,
        "title": error.title,
        "status": error.status,
        "detail": error.detail,
        "instance": quote(instance, errors="replace"),
        "request_id": request_id,
        **error.extensions,
    }


def declares(
    *further: type[errors.CafeAIError], about: Literal["business", "user", "nobody"] = "business"
) -> dict[int | str, dict[str, Any]]:
    """For a route's `responses`: what the edge may answer, and these.

    about: whom the route admits the caller for: a business, the caller alone, or nobody where it admits and counts none.
    """
    return responses((*EDGE_ERRORS[about], *further))


def responses(kinds: Iterable[type[CafeAIError]]) -> dict[int | str, dict[str, Any]]:
    """The errors as an OpenAPI `responses` object; those with one status share an entry."""
    titles: dict[int, list[str]] = {}
    for error in kinds:
        titles.setdefault(error.status, []).append(f"{error.title} (`{error.code}`)")
    return {
        status: {
            "description": "; ".join(dict.fromkeys(names)),
            "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
        }
        for status, names in sorted(titles.items())
    }


def field_errors(found: Sequence[Mapping[str, Any]], *, json_sent: bool) -> list[FieldError]:
    """Pydantic's errors as fields and what was expected of them; what was sent is not repeated.

    A field is its dotted path without the place it was sent in ("body", "query"); "body" stands for the whole body.
    """
    return [_field_error(error, json_sent) for error in found]


def _field_error(error: Mapping[str, Any], json_sent: bool) -> FieldError:
    place, *path = error["loc"]
    if error["type"] == "json_invalid":
        return FieldError("body", f"is not valid JSON: {error['ctx']['error']} at character {path[0]}")
    field = ".".join(str(part) for part in path) or str(place)
    if field == "body" and error["type"] != "missing":
        wanted = "must be a JSON object"
        return FieldError(field, wanted if json_sent else f"{wanted}, sent with Content-Type: application/json")
    return FieldError(field, _expected(error))


def _expected(error: Mapping[str, Any]) -> str:
    match error["type"]:
        case "missing":
            return "is required"
        case "extra_forbidden":
            return "is not a field of this request"
        case "value_error":
            return str(error["ctx"]["error"])
        case "string_too_short":
            return "must not be blank"
        case _:
            message: str = error["msg"]
            subject, _, expected = message.partition(" should ")
            return f"should {expected}" if expected else subject
