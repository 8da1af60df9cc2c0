"""Query parameters that endpoints share."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from pydantic import BeforeValidator

EMPTY_IS_NONE = BeforeValidator(lambda value: None if value == "" else value)
"""For a parameter that may be there without a value: `?business_id=`."""

OptionalId = Annotated[UUID | None, EMPTY_IS_NONE]
