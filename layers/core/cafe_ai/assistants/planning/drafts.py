"""What has been read of a question, before it is a plan: parts may be missing, and a turn before may fill them."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from cafe_ai.analytics.metrics import METRICS
from cafe_ai.analytics.model import Dimension, Filters, Metric, PeriodSpec, Plan, Ranking
from cafe_ai.analytics.periods import whole_unit
from cafe_ai.assistants.planning.model import Previous

ALL = PeriodSpec("all")
PER_DAY = {
    Metric.NET_SALES: Metric.DAILY_AVERAGE,
    Metric.ORDERS: Metric.DAILY_ORDERS,
    Metric.UNITS: Metric.DAILY_UNITS,
}
"""What each total is a day."""
YEAR_LONG = 300
"""From so many days on a period counts as a year."""
LISTED = 10
"""How many products or customers are listed where the question sets no number."""


@dataclass(slots=True)
class Draft:
    """The parts of a plan that a question names; None or empty where it names none."""

    metrics: tuple[Metric, ...] = ()
    period: PeriodSpec | None = None
    comparison: PeriodSpec | None = None
    breakdowns: tuple[Dimension, ...] = ()
    ranking: Ranking | None = None
    filters: dict[str, tuple[str, ...]] = field(default_factory=dict)
    weekdays: tuple[int, ...] = ()
    hours: tuple[int, int] | None = None
    share: bool = False
    average: bool = False
    inactive_days: int | None = None

    @property
    def says_something(self) -> bool:
        """Whether anything at all that belongs to a plan was read."""
        return bool(
            self.metrics
            or self.period
            or self.comparison
            or self.breakdowns
            or self.ranking
            or self.narrows
            or self.share
        )

    @property
    def narrows(self) -> bool:
        """Whether it is narrowed to anything."""
        return bool(self.filters or self.weekdays or self.hours)


def complete(draft: Draft) -> Plan | None:
    """The plan of a question that stands by itself; None where it names no figure."""
    metrics = draft.metrics
    if not metrics and (draft.breakdowns or draft.share):
        metrics = (Metric.NET_SALES,)
    elif not metrics and draft.filters.keys() & {"products", "categories"}:
        metrics = (Metric.NET_SALES, Metric.UNITS)
    elif not metrics and (draft.filters or draft.comparison):
        metrics = (Metric.NET_SALES,)
    if not metrics:
        return None
    filters = Filters(**draft.filters, weekdays=draft.weekdays, hours=draft.hours)
    return Plan(
        metrics,
        draft.period or ALL,
        draft.breakdowns,
        filters,
        draft.comparison,
        _ranking(draft),
        draft.share,
        draft.average,
        draft.inactive_days,
    )


def _metrics_now(draft: Draft, before: Plan) -> tuple[Metric, ...]:
    """ "¿Y al día?" after orders asks for the orders a day."""
    if draft.metrics == (Metric.DAILY_AVERAGE,) and before.metrics[0] in PER_DAY:
        return (PER_DAY[before.metrics[0]],)
    return draft.metrics or before.metrics


def _asked_again(period: PeriodSpec, previous: Previous) -> PeriodSpec:
    """ "¿Y el año pasado?" after a month asks for that month a year earlier, "¿y 2021?" for that month of 2021."""
    spoken_of = previous.period
    if spoken_of.days >= YEAR_LONG:
        return period
    if period.unit == "year" and (period.kind == "previous" or (period.kind == "calendar" and period.offset == -1)):
        return PeriodSpec("same_last_year")
    year = period.start if period.kind == "named" and period.start and period.start.isdigit() else None
    if year and whole_unit(spoken_of) == "month":
        return PeriodSpec("named", start=f"{year}-{spoken_of.start.month:02}")
    return period


def _ranking(draft: Draft) -> Ranking | None:
    """The ranking asked for; a list of products or customers without one is cut to the first."""
    lists = draft.breakdowns in ((Dimension.PRODUCT,), (Dimension.CUSTOMER,))
    return draft.ranking or (Ranking(limit=LISTED) if lists else None)


def follow_up(draft: Draft, previous: Previous) -> Plan:
    """The plan of the turn before with what this question names instead.

    A new breakdown or metric keeps the period and what it was narrowed to; a new period keeps the rest but a comparison; a
    name takes the place of names of its kind, and a ranking of that kind of thing gives way to it.
    """
    before = previous.plan
    plan = replace(
        before, metrics=_metrics_now(draft, before), inactive_days=draft.inactive_days or before.inactive_days
    )
    if draft.period:
        plan = replace(plan, period=_asked_again(draft.period, previous), comparison=None)
    if draft.comparison:
        plan = replace(plan, comparison=_asked_again(draft.comparison, previous))
    if draft.breakdowns:
        plan = replace(
            plan, breakdowns=draft.breakdowns, ranking=_ranking(draft), share=draft.share, average=draft.average
        )
    elif draft.ranking and before.breakdowns:
        plan = replace(plan, ranking=draft.ranking)
    elif draft.share:
        plan = replace(plan, share=True)
    if METRICS[plan.metrics[0]].subject != METRICS[before.metrics[0]].subject:
        plan = replace(
            plan, breakdowns=draft.breakdowns, ranking=draft.ranking, share=draft.share, average=draft.average
        )
    if draft.metrics and not draft.breakdowns and len(before.breakdowns) == 1 and before.ranking is None:
        plan = replace(plan, breakdowns=before.breakdowns)
    if draft.filters:
        ranked = {
            Dimension.PRODUCT: "products",
            Dimension.CATEGORY: "categories",
            Dimension.STORE: "stores",
            Dimension.CUSTOMER: "customers",
        }
        kept = tuple(dimension for dimension in plan.breakdowns if ranked.get(dimension) not in draft.filters)
        cleared = {"products": (), "categories": ()} if draft.filters.keys() & {"products", "categories"} else {}
        plan = replace(
            plan,
            filters=replace(plan.filters, **(cleared | draft.filters)),  # type: ignore[arg-type]
            breakdowns=kept,
            ranking=plan.ranking if kept == plan.breakdowns else None,
        )
    if draft.weekdays or draft.hours:
        plan = replace(
            plan,
            filters=replace(
                plan.filters, weekdays=draft.weekdays or plan.filters.weekdays, hours=draft.hours or plan.filters.hours
            ),
        )
    return plan
