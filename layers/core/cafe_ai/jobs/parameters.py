"""What may be asked of each kind of job: checked where a job is started, so that a worker's parameters are right."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import date
from hashlib import sha256
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
)

from cafe_ai.errors import InvalidRequest
from cafe_ai.jobs.model import JobKind
from cafe_ai.parameters import WORDS, Day, Moment, storable
from cafe_ai.problems import field_errors

MAX_PRODUCTS = 500
MAX_RECOMMENDATIONS = 20
MAX_HORIZON_DAYS = 90
MAX_REVIEW_DAYS = 90
MAX_SERVICE_LEVEL = 0.999
MAX_DAYS_OLD = 3650

Period = Literal["daily", "weekly", "monthly", "quarterly", "yearly"]


Name = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=200),
    AfterValidator(storable),
    Field(json_schema_extra={"pattern": WORDS}),
]

_UUID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


def _same_however_written(id: str) -> str:
    return id.lower() if _UUID.fullmatch(id) else id


Id = Annotated[Name, AfterValidator(_same_however_written)]
"""Our id or the shop's own: users only ever see the latter."""


def _number(value: object) -> object:
    if isinstance(value, bool | str):
        raise ValueError("must be a number")  # noqa: TRY004 -- pydantic makes a refusal of it
    return value


NUMBER = BeforeValidator(_number)  # JSON's 5.0 is a whole number; "5" and true are none


class _Parameters(BaseModel):
    """Unknown parameters are refused: a misspelt one, silently ignored, would do something else."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    def conflict(self) -> tuple[str, str] | None:
        """What is wrong with the parameters together: the one to blame, and what was expected of it."""
        return None


class _AsOf(_Parameters):
    as_of: Moment | None = None


class SalesReportParameters(_AsOf):
    """A whole day, week, month, quarter or year before as_of (a month unless said otherwise), or the days of a range, both
    included."""

    period: Period | None = None
    from_: Annotated[Day | None, Field(alias="from")] = None
    to: Day | None = None
    locale: Literal["es", "en"] | None = None

    def conflict(self) -> tuple[str, str] | None:
        """A range has two ends in their order, and is no period."""
        match (self.from_, self.to):
            case (None, None):
                return None
            case (None, _):
                return "from", "is required with `to`"
            case (_, None):
                return "to", "is required with `from`"
            case (start, end) if start is not None and end is not None and end < start:
                return "to", "must not be before `from`"
        return None if self.period is None else ("period", "must not be given with `from` and `to`")


class ProductRecommendationsParameters(_AsOf):
    """What to sell more of, and what to add to the menu of this kind of business; its own type and name unless said."""

    locale: Literal["es", "en"] | None = None
    business_type: Name | None = None
    business_name: Name | None = None
    limit: Annotated[int, Field(ge=1, le=MAX_RECOMMENDATIONS), NUMBER] | None = None


class CustomerBehaviorParameters(_AsOf):
    """One customer, by our id or the shop's own, or all of them."""

    locale: Literal["es", "en"] | None = None
    customer_id: Id | None = None


class InventoryForecastParameters(_AsOf):
    """Some products, by our ids or the shop's own, or what was sold lately, over so many days; what is to be ordered shall
    suffice with the probability of service_level until what is ordered review_days later is there."""

    locale: Literal["es", "en"] | None = None
    product_ids: Annotated[list[Id] | None, Field(min_length=1, max_length=MAX_PRODUCTS)] = None
    horizon_days: Annotated[int, Field(ge=1, le=MAX_HORIZON_DAYS), NUMBER] = 28
    service_level: Annotated[float, Field(gt=0.5, le=MAX_SERVICE_LEVEL), NUMBER] | None = None
    review_days: Annotated[int, Field(ge=1, le=MAX_REVIEW_DAYS), NUMBER] | None = None


class ReviewAnalysisParameters(_AsOf):
    """All reviews that were not read yet, and what they say of the year before as_of."""

    locale: Literal["es", "en"] | None = None


class TrainingParameters(_AsOf):
    """As of when to learn: what was recorded of the days before."""


class CleanupParameters(_Parameters):
    """Of what is older than so many days."""

    days_old: Annotated[int, Field(ge=1, le=MAX_DAYS_OLD), NUMBER] = 30


PARAMETERS: Mapping[JobKind, type[_Parameters]] = {
    JobKind.SALES_REPORT: SalesReportParameters,
    JobKind.PRODUCT_RECOMMENDATIONS: ProductRecommendationsParameters,
    JobKind.CUSTOMER_BEHAVIOR: CustomerBehaviorParameters,
    JobKind.INVENTORY_FORECAST: InventoryForecastParameters,
    JobKind.REVIEW_ANALYSIS: ReviewAnalysisParameters,
    JobKind.TRAIN_MODELS: TrainingParameters,
    JobKind.CLEANUP: CleanupParameters,
}


def accept(kind: JobKind, params: Mapping[str, Any], field_prefix: str = "params") -> dict[str, Any]:
    """The parameters as a job keeps them: JSON, defaults filled in, what was not said left out.

    Raises InvalidRequest naming each field, below `field_prefix` ("params.period"; with "" just "period").
    """
    sent = {name: _plain(value) for name, value in params.items()}
    try:
        accepted = PARAMETERS[kind].model_validate(sent)
    except ValidationError as error:
        found = [
            {**each, "loc": (field_prefix or "params", *_path(each["loc"], field_prefix))} for each in error.errors()
        ]
        raise InvalidRequest(field_errors(found, json_sent=True)) from error
    if conflict := accepted.conflict():
        field, expected = conflict
        raise InvalidRequest.field(f"{field_prefix}.{field}" if field_prefix else field, expected)
    kept = accepted.model_dump(mode="json", by_alias=True, exclude_none=True)
    if kind is JobKind.SALES_REPORT and "from" not in kept:
        kept.setdefault("period", "monthly")
    return kept


def fingerprint(kind: JobKind, accepted: Mapping[str, Any]) -> bytes:
    """A SHA-256 that is equal for equal kinds and accepted parameters, however these were written."""
    canonical = json.dumps([kind.value, accepted], sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return sha256(canonical.encode()).digest()


def _path(location: tuple[int | str, ...], prefix: str) -> tuple[int | str, ...]:
    """field_errors leaves out the first place that a field is in; the prefix is to be shown."""
    return (prefix, *location) if prefix else location


def _plain(value: Any) -> Any:
    """Python's own moments and dates as JSON has them; all else as it is."""
    return value.isoformat() if isinstance(value, date) else value
