"""A shop's names for tests of planning, and plans written in short, so that a table of questions can be read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from datetime import datetime, time
from zoneinfo import ZoneInfo

from cafe_ai.analytics.model import Filters, PeriodSpec, Plan
from cafe_ai.analytics.periods import ShopCalendar, resolve
from cafe_ai.assistants.planning.model import Declined, Planned, PlanningContext, Previous
from cafe_ai.assistants.planning.names import ShopNames
from cafe_ai.platform.clock import Deadline
from tests.support.periods import FIRST_DAY, MADRID

AS_OF = datetime(2026, 5, 13, 12, tzinfo=ZoneInfo(MADRID))
TEAS = ("Té verde", "Té rojo", "Té negro", "Té blanco", "Té chai", "Té de menta")
PRODUCTS = (
    "Croissant",
    "Croissant de chocolate",
    "Café solo",
    "Café con leche",
    "Café bombón",
    "Tarta de queso",
    "Tarta de Santiago",
    "Pan integral",
    *TEAS,
    "PACK OF 72 CAKE CASES",
    "Zumo d'orange",
    "Jamón ibérico",
    "WHITE HANGING HEART T-LIGHT HOLDER",
)
NAMES = (
    *(("product", name) for name in PRODUCTS),
    *(("category", name) for name in ("Bollería", "Cafés", "Tartas")),
    *(("store", name) for name in ("Centro", "Norte")),
    *(("payment_method", name) for name in ("tarjeta", "efectivo")),
)
CUSTOMERS = {"14646": ("14646", None), "ana perez": ("7", "Ana Pérez")}


def call_customers(said: Sequence[str]) -> list[tuple[str, str | None]]:
    """The shop's customers so called."""
    return [CUSTOMERS[text] for text in said if text in CUSTOMERS]


def context(previous: Plan | None = None, as_of: datetime = AS_OF, *, sees_customers: bool = True) -> PlanningContext:
    """What a question about the shop is read against; `previous` is the plan of the turn before."""
    calendar = ShopCalendar(MADRID, time(0), as_of, FIRST_DAY)
    return PlanningContext(
        as_of=as_of,
        today=as_of.date(),
        names=ShopNames(NAMES),
        deadline=Deadline.after(60),
        customers=call_customers,
        sees_customers=sees_customers,
        previous=Previous(previous, resolve(previous.period, calendar)) if previous else None,
    )


def describe(outcome: Planned | Declined) -> str:
    """An outcome in short: "net_sales | month-1 | by product | top 5 | only stores=Centro | vs previous"."""
    if isinstance(outcome, Declined):
        return " ".join(filter(None, ["declined", outcome.reason, outcome.subject and f"({outcome.subject})"]))
    plan = outcome.plan
    parts = [", ".join(plan.metrics), describe_period(plan.period)]
    if plan.breakdowns:
        parts.append("by " + ", ".join(plan.breakdowns))
    if plan.ranking:
        by = "" if plan.ranking.by == "value" else f" {plan.ranking.by}"
        parts.append(f"{plan.ranking.order} {plan.ranking.limit}{by}")
    if plan.filters != Filters():
        parts.append("only " + "; ".join(_filters(plan.filters)))
    if plan.comparison:
        parts.append("vs " + describe_period(plan.comparison))
    parts += [name for name in ("share", "average") if getattr(plan, name)]
    return " | ".join([*parts, *([f"{plan.inactive_days} days"] if plan.inactive_days else [])])


def describe_period(spec: PeriodSpec) -> str:
    """A period in the notation that `tests.support.periods.said` reads."""
    match spec.kind:
        case "calendar":
            return f"{spec.unit}{spec.offset:+}"
        case "rolling":
            return f"{spec.unit} x{spec.count}"
        case "named":
            return f"{'passed' if spec.offset else 'named'} {spec.start}"
        case "range":
            return f"range {spec.start}..{spec.end}"
        case "previous" if spec.unit:
            return f"previous {spec.unit}"
    return " ".join(filter(None, [spec.kind, spec.start, spec.end]))


def _filters(filters: Filters) -> list[str]:
    told = [(field.name, getattr(filters, field.name)) for field in fields(filters)]
    return [f"{name}={'+'.join(str(part) for part in value)}" for name, value in told if value]
