"""Parameters that endpoints and jobs share."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import BeforeValidator

EARLIEST_YEAR, LATEST_YEAR = 1900, 2200  # of as_of: beyond, no time zone arithmetic holds

EMPTY_IS_NONE = BeforeValidator(lambda value: None if value == "" else value)
"""For a parameter that may be there without a value: `?business_id=`."""

OptionalId = Annotated[UUID | None, EMPTY_IS_NONE]


def _moment(value: object) -> datetime:
    try:
        moment = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        moment = None
    if moment is None or not EARLIEST_YEAR <= moment.year <= LATEST_YEAR:
        raise ValueError("must be an ISO 8601 date-time in a plausible year, such as 2026-11-22T18:30")
    return moment


Moment = Annotated[datetime, BeforeValidator(_moment, json_schema_input_type=str)]
"""A moment; without an offset it is the shop's local time."""


def moment_in(params: Mapping[str, Any]) -> datetime | None:
    """The `as_of` among a job's accepted parameters."""
    as_of = params.get("as_of")
    return None if as_of is None else datetime.fromisoformat(as_of)
