"""Parameters that endpoints and jobs share."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BeforeValidator, Field

EARLIEST_YEAR, LATEST_YEAR = 1900, 2200  # of as_of: beyond, no time zone arithmetic holds

STORABLE = r"^[^\x00]*$"
WORDS = r"^[^\x00]*\S[^\x00]*$"
"""What the API's document says of texts: PostgreSQL keeps no U+0000, and some texts may not be blank."""

MOMENT = (
    r"^((19|2[01])[0-9]{2}|2200)-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])"
    r"([T ]([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9](\.[0-9]{1,6})?)?(Z|[+-]([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9])?)?)?$"
)
"""How a moment is written, of the many ways that ISO 8601 has; the years are EARLIEST_YEAR to LATEST_YEAR."""

DAY = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
KEY_CHARACTERS = 255


def empty_is_none(kind: Any) -> BeforeValidator:
    """For a parameter of that kind that may be there without a value: `?business_id=`."""
    return BeforeValidator(
        lambda value: None if value == "" else value, json_schema_input_type=kind | Literal[""] | None
    )


OptionalId = Annotated[UUID | None, empty_is_none(UUID)]


_Written = Annotated[str, Field(pattern=MOMENT, examples=["2026-11-22T18:30"])]


def storable(text: str) -> str:
    """The text, for a validator. Raises ValueError where PostgreSQL cannot keep it."""
    if "\0" in text or any("\ud800" <= character <= "\udfff" for character in text):
        raise ValueError("must be text without the character U+0000 and without half a character")
    return text


def idempotency_key(key: str) -> str:
    """The key, for a validator. Raises ValueError where it is none."""
    if not (0 < len(key) <= KEY_CHARACTERS and key.isascii() and key.isprintable()):
        raise ValueError(f"must have 1 to {KEY_CHARACTERS} printable ASCII characters")
    return key


def _moment(value: object) -> datetime:
    try:
        moment = datetime.fromisoformat(value) if isinstance(value, str) and re.fullmatch(MOMENT, value) else None
    except ValueError:
        moment = None
    if moment is None or not EARLIEST_YEAR <= moment.year <= LATEST_YEAR:
        raise ValueError("must be an ISO 8601 date-time in a plausible year, such as 2026-11-22T18:30")
    return moment


Moment = Annotated[datetime, BeforeValidator(_moment, json_schema_input_type=_Written)]
"""A moment; without an offset it is the shop's local time."""


def _day(value: object) -> object:
    written = isinstance(value, date) or (isinstance(value, str) and re.fullmatch(DAY, value))
    if value is not None and not written:
        raise ValueError("must be a date, such as 2026-11-22")
    return value


Day = Annotated[
    date, BeforeValidator(_day, json_schema_input_type=Annotated[str, Field(json_schema_extra={"format": "date"})])
]
"""A date, and not a number that pydantic would read as seconds since 1970."""


def moment_in(params: Mapping[str, Any]) -> datetime | None:
    """The `as_of` among a job's accepted parameters."""
    as_of = params.get("as_of")
    return None if as_of is None else datetime.fromisoformat(as_of)
