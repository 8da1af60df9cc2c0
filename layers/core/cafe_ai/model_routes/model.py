"""A type of business and the model it is given. Standard library only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class ModelRoute:
    """A model that a type of business was given at promoted_at, until it was rolled back or another came.

    evaluation is how it answered the held-out questions beside the model before it (JSON).
    """

    business_type: str
    model_name: str
    evaluation: Mapping[str, Any]
    reason: str
    promoted_at: datetime
    rolled_back_at: datetime | None
    rolled_back_reason: str | None
