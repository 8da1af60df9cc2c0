"""The one tool a language model plans with: its JSON schema, and its arguments read into a `Plan` or refused.

The schema is made from the enums of analytics.model, so it knows every metric and dimension. What a model sends is data
from outside: nothing but a valid plan or a decline of known reason comes out of `read_plan`, and of the model's own
words nothing but a decline's subject.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from typing import Any, Literal, cast, get_args

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from cafe_ai.analytics.model import Dimension, Filters, Metric, PeriodSpec, Plan, Ranking
from cafe_ai.assistants.planning.model import FILTER_OF, Declined, DeclineReason, NameKind
from cafe_ai.assistants.planning.names import MANY
from cafe_ai.assistants.planning.plan_notation import NotAPeriod, read_period, write_period
from cafe_ai.llm.port import Tool

Decline = Literal["other_subject", "no_such_data"]
Match = Callable[[NameKind, str], Sequence[str]]  # (kind, what the user wrote) -> the shop's own names it may stand for

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
SAME_CUSTOMER = "same"  # stands for the customers of the plan before: their ids are not shown to the model
_REASONS: Mapping[Decline, DeclineReason] = {"other_subject": "not_understood", "no_such_data": "not_recorded"}
_MISTAKEN_FOR: Mapping[NameKind, NameKind] = {"product": "category", "category": "product"}


def _list_of(*names: str) -> dict[str, object]:
    """A list of any of the names. They stand in a description: an enum of the metrics would cost 50 tokens more."""
    schema: dict[str, object] = {"type": "array", "items": {"type": "string"}}
    return schema | ({"description": " ".join(names)} if names else {})


PLAN_TOOL = Tool(
    name="plan",
    parameters={
        "type": "object",
        "properties": {
            "metrics": _list_of(*Metric),
            "period": {"type": "string"},
            "versus": {"type": "string"},
            "by": _list_of(*Dimension),
            "only": _list_of(),
            "top": {"type": "integer"},
            "bottom": {"type": "integer"},
            "rank_by": {"enum": ["change", "change_percent"]},
            "share": {"type": "boolean"},
            "average": {"type": "boolean"},
            "inactive_days": {"type": "integer"},
            "decline": {"enum": list(get_args(Decline))},
        },
        "required": ["metrics", "period"],
    },
)


class InvalidPlan(ValueError):  # noqa: N818 -- errors state the fact
    """The arguments are not a plan. The message names each field and what was expected, for the model to repair."""


class _NotMatched(Exception):  # noqa: N818 -- errors state the fact
    """A name stands for nothing in the shop, or for too much."""

    def __init__(self, declined: Declined) -> None:
        super().__init__(declined.reason)
        self.declined = declined


class _Arguments(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    metrics: list[Metric] = Field(max_length=8)
    period: str
    versus: str | None = None
    by: list[Dimension] = Field(default=[], max_length=2)
    only: list[str] = Field(default=[], max_length=20)
    top: int | None = Field(default=None, ge=1, le=50)
    bottom: int | None = Field(default=None, ge=1, le=50)
    rank_by: Literal["value", "change", "change_percent"] = "value"
    share: bool = False
    average: bool = False
    inactive_days: int | None = Field(default=None, ge=1, le=3650)
    decline: Decline | None = None


def read_plan(arguments: str, match: Match, before: Plan | None = None) -> Plan | Declined:
    """The plan in a tool call's arguments, or why there is none. Raises InvalidPlan."""
    try:
        given = _Arguments.model_validate_json(arguments)
    except ValidationError as error:
        raise InvalidPlan(_describe(error)) from error
    if given.decline is not None:
        return Declined(_REASONS[given.decline])
    _check_together(given)
    try:
        filters = _read_filters(given.only, match, before)
    except _NotMatched as unmatched:
        return unmatched.declined
    timed = filters.weekdays or filters.hours or {Dimension.WEEKDAY, Dimension.HOUR} & set(given.by)
    return Plan(
        metrics=tuple(dict.fromkeys(given.metrics)),
        period=_read_period("period", given.period, before),
        breakdowns=tuple(dict.fromkeys(given.by)),
        filters=filters,
        comparison=_read_period("versus", given.versus, before) if given.versus else None,
        ranking=_read_ranking(given),
        share=given.share,
        average=given.average and bool(timed),
        inactive_days=given.inactive_days if Metric.INACTIVE_CUSTOMERS in given.metrics else None,
    )


def write_plan(plan: Plan) -> dict[str, Any]:
    """The arguments that stand for this plan, only what is set. Customers are not named."""
    ranking = plan.ranking
    arguments = {
        "metrics": [metric.value for metric in plan.metrics],
        "period": write_period(plan.period),
        "versus": write_period(plan.comparison) if plan.comparison else None,
        "by": [dimension.value for dimension in plan.breakdowns],
        "only": _write_filters(plan.filters),
        ranking.order if ranking else "top": ranking.limit if ranking else None,
        "rank_by": ranking.by if ranking and ranking.by != "value" else None,
        "share": plan.share,
        "average": plan.average,
        "inactive_days": plan.inactive_days,
    }
    return {name: value for name, value in arguments.items() if value}


def _describe(error: ValidationError) -> str:
    faults = error.errors(include_url=False, include_input=False)
    return "; ".join(f"{'.'.join(map(str, fault['loc'])) or 'arguments'}: {fault['msg'][:160]}" for fault in faults[:3])


def _check_together(given: _Arguments) -> None:
    """What one field alone cannot show."""
    if not given.metrics:
        raise InvalidPlan("metrics: name at least one, or decline")
    if given.top and given.bottom:
        raise InvalidPlan("bottom: not together with top")
    if (given.top or given.bottom) and not given.by:
        raise InvalidPlan("by: missing; top and bottom rank the rows of a breakdown")
    if given.rank_by != "value" and not given.versus:
        raise InvalidPlan("versus: missing; a change needs a period to compare with")


def _read_period(field: str, text: str, before: Plan | None) -> PeriodSpec:
    try:
        spec = read_period(text)
    except NotAPeriod as error:
        raise InvalidPlan(f"{field}: {error}") from error
    if field == "period" and spec.kind in ("previous", "same_last_year") and before is None:
        raise InvalidPlan(f"period: {text!r} refers to an earlier question and there is none")
    return spec


def _read_ranking(given: _Arguments) -> Ranking | None:
    limit = given.top or given.bottom
    return Ranking("top" if given.top else "bottom", limit, given.rank_by) if limit else None


def _read_filters(only: list[str], match: Match, before: Plan | None) -> Filters:
    names: dict[str, list[str]] = {field: [] for field in FILTER_OF.values()}
    weekdays: set[int] = set()
    hours: tuple[int, int] | None = None
    for item in only:
        kind, _, said = (part.strip() for part in item.partition(":"))
        if kind == "customer" and said == SAME_CUSTOMER and before is not None:
            names["customers"].extend(before.filters.customers)
        elif kind in FILTER_OF and said:
            field, own = _find_own_names(cast(NameKind, kind), said, match)
            names[field].extend(own)
        elif kind == "weekday":
            weekdays |= _read_weekdays(said)
        elif kind == "hour":
            hours = _read_hours(said)
        else:
            raise InvalidPlan(
                f"only: {item[:40]!r} is not kind:name with a kind of {', '.join(FILTER_OF)}, weekday, hour"
            )
    matched = {field: tuple(dict.fromkeys(found)) for field, found in names.items()}
    return Filters(**matched, weekdays=tuple(sorted(weekdays)), hours=hours)


def _find_own_names(kind: NameKind, said: str, match: Match) -> tuple[str, Sequence[str]]:
    """The filter's field and the shop's own names. "Café" may be a product or a category: no model can know which.

    Names up to MANY are meant together; customers always, who are not to be listed in a question back.
    """
    own = match(kind, said)
    if own and (len(own) <= MANY or kind == "customer"):
        return FILTER_OF[kind], own
    mistaken_for = _MISTAKEN_FOR.get(kind)
    others = match(mistaken_for, said) if mistaken_for else ()
    if mistaken_for and 0 < len(others) <= MANY:
        return FILTER_OF[mistaken_for], others
    if candidates := tuple(own or others)[:MANY]:
        raise _NotMatched(Declined("ambiguous_name", said, candidates))
    raise _NotMatched(Declined("unknown_subject", said))


def _read_weekdays(said: str) -> set[int]:
    try:
        return {WEEKDAYS.index(name.strip()[:3].lower()) for name in said.split(",")}
    except ValueError:
        raise InvalidPlan(f"only: weekday {said[:40]!r} is none of {', '.join(WEEKDAYS)}") from None


def _read_hours(said: str) -> tuple[int, int]:
    start, _, end = said.partition("-")
    try:
        hours = int(start), int(end or int(start) + 1)
    except ValueError:
        hours = (-1, -1)
    if not (0 <= hours[0] < 24 and 0 <= hours[1] <= 24 and hours[0] != hours[1]):
        raise InvalidPlan(f"only: hour {said[:40]!r} is not from-to, such as hour:8-12")
    return hours


def _write_filters(filters: Filters) -> list[str]:
    named = asdict(filters)
    only = [
        f"{kind}:{name}"
        for kind, field in FILTER_OF.items()
        for name in ((SAME_CUSTOMER,) if kind == "customer" and filters.customers else named[field])
    ]
    only += [f"weekday:{WEEKDAYS[day]}" for day in filters.weekdays]
    return [*only, f"hour:{filters.hours[0]}-{filters.hours[1]}"] if filters.hours else only
