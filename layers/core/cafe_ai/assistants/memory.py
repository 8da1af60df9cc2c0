"""What a conversation remembers of a turn: its plan and the period it spoke of, as JSON."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, replace
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from cafe_ai.analytics.model import Dimension, FactSheet, Filters, Metric, Period, PeriodSpec, Plan, Ranking
from cafe_ai.assistants.planning.model import Previous

TIMES = {Dimension.DAY, Dimension.WEEK, Dimension.MONTH, Dimension.QUARTER, Dimension.YEAR}


def remember(sheet: FactSheet) -> dict[str, Any]:
    """The turn's plan as JSON, and the period it spoke of last: of the best month that month."""
    plan, period = sheet.plan, sheet.period
    if plan.ranking and plan.ranking.limit == 1 and sheet.facts and set(plan.breakdowns) & TIMES:
        period = sheet.facts[0].period
    spoken_of = {
        "start": period.start.isoformat(),
        "end": period.end.isoformat(),
        "starts_at": period.starts_at.isoformat(),
        "ends_at": period.ends_at.isoformat(),
        "timezone": period.timezone,
    }
    if plan.period.kind in ("previous", "same_last_year"):  # they would be counted from the next turn's anchor again
        last = sheet.period.end - timedelta(days=1)
        plan = replace(plan, period=PeriodSpec("range", start=sheet.period.start.isoformat(), end=last.isoformat()))
    return {"plan": asdict(plan), "period": spoken_of}


def recall(remembered: Mapping[str, Any] | None) -> Previous | None:
    """What `remember` wrote; None where the turn had no plan, or one of a version that is no longer read."""
    if not remembered:
        return None
    try:
        return Previous(_plan(remembered["plan"]), _period(remembered["period"]))
    except (KeyError, TypeError, ValueError):
        return None


def _plan(said: Mapping[str, Any]) -> Plan:
    filters = {name: tuple(value) if isinstance(value, list) else value for name, value in said["filters"].items()}
    return Plan(
        metrics=tuple(Metric(metric) for metric in said["metrics"]),
        period=PeriodSpec(**said["period"]),
        breakdowns=tuple(Dimension(dimension) for dimension in said["breakdowns"]),
        filters=Filters(**filters),
        comparison=PeriodSpec(**said["comparison"]) if said["comparison"] else None,
        ranking=Ranking(**said["ranking"]) if said["ranking"] else None,
        share=said["share"],
        average=said["average"],
        inactive_days=said["inactive_days"],
    )


def _period(said: Mapping[str, str]) -> Period:
    zone = ZoneInfo(said["timezone"])
    return Period(
        start=date.fromisoformat(said["start"]),
        end=date.fromisoformat(said["end"]),
        starts_at=datetime.fromisoformat(said["starts_at"]).astimezone(zone),
        ends_at=datetime.fromisoformat(said["ends_at"]).astimezone(zone),
        timezone=said["timezone"],
    )
