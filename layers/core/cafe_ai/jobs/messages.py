"""The messages that tell a worker of a job."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any
from uuid import UUID


@dataclass(frozen=True, slots=True)
class JobMessage:
    """Which job is to be done, and whose it is (None: the service's own)."""

    job_id: UUID
    business_id: UUID | None


def body_of(job_id: UUID, business_id: UUID | None) -> dict[str, Any]:
    """The message's body."""
    return {"job_id": str(job_id), "business_id": None if business_id is None else str(business_id)}


def parse(text: str) -> JobMessage:
    """The message. Raises ValueError for what is none."""
    body = read(text)
    try:
        job, business = body["job_id"], body["business_id"]
        return JobMessage(UUID(job), None if business is None else UUID(business))
    except (AttributeError, KeyError, TypeError) as error:
        raise ValueError("The message names no job.") from error


def read(text: str) -> dict[str, Any]:
    """A message's body. Raises ValueError where it is no JSON object, however deep."""
    try:
        body = json.loads(text)
    except RecursionError as error:
        raise ValueError("The message is nested too deeply.") from error
    if not isinstance(body, dict):
        raise ValueError("The message is no object.")  # noqa: TRY004 -- it is what was sent that is wrong
    return body
