"""The nightly look at one shop: are its products what models learnt from, and did forecasts keep what they promised?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from cafe_ai.forecasting import repository as sales
from cafe_ai.forecasting.reading import Reading
from cafe_ai.platform.telemetry import log_warning, measures
from ml.monitoring.drift import forecasts, inputs, repository
from ml.monitoring.drift.model import Day, FeatureRows, Finding, Kind
from ml.monitoring.drift.repository import Foretold, Week
from ml.pipelines import feature_store
from ml.pipelines.feature_sets import PRODUCTS

if TYPE_CHECKING:
    from cafe_ai.platform.clock import Deadline
    from cafe_ai.platform.db import Database, UnitOfWork
    from cafe_ai.tenancy.model import Business

WATCHED = ("recent_velocity", "revenue_last_28_days", "trend_28_days", "days_since_last_sale")
"""Features of the last weeks. Sums since the first sale grow by themselves, which is no drift."""
PRICE = "recent_price"
"""revenue_last_28_days / units_last_28_days."""
PRESENT_WEEKS, REFERENCE_WEEKS = 4, 52
FORECAST_WEEKS = 4
KEEP_DAYS = 400
STANDING = {Kind.INPUTS: "DriftAlertsStandingInputs", Kind.FORECASTS: "DriftAlertsStandingForecasts"}
DAY, WEEK = timedelta(days=1), timedelta(weeks=1)


@dataclass(frozen=True, slots=True)
class Watched:
    """What was measured, and how many alerts were raised and cleared with it."""

    findings: tuple[Finding, ...]
    raised: int
    cleared: int

    @property
    def alerts(self) -> tuple[Finding, ...]:
        """What exceeds its limit now."""
        return tuple(finding for finding in self.findings if finding.is_alert)


def watch(database: Database, business: Business, moment: datetime, deadline: Deadline) -> Watched:
    """Measures as of a moment (aware), brings the feature store up to it, and keeps the alerts.

    Told in metrics (DriftAlertsRaised, DriftAlertsStanding), in the log, and by GET /metrics. Raises DependencyDown.
    """
    with database.transaction(business.id, None, deadline) as uow:
        feature_store.refresh(uow, business.id, moment)
        findings = (*_inputs(uow, business.id, moment), *_forecasts(uow, business, moment))
        alerts = [finding for finding in findings if finding.is_alert]
        raised, cleared = repository.note(uow, business.id, alerts, KEEP_DAYS)
    for alert in alerts:
        log_warning(
            "A shop is not what its models learnt from", kind=alert.kind.value, subject=alert.subject, said=alert.said
        )
    for kind, name in STANDING.items():
        measures().count(name, sum(alert.kind is kind for alert in alerts))
    measures().count("DriftAlertsRaised", raised)
    return Watched(findings, raised, cleared)


def _inputs(uow: UnitOfWork, business_id: UUID, moment: datetime) -> list[Finding]:
    """The last weeks' rows against those of the year before them."""
    since = moment - PRESENT_WEEKS * WEEK
    rows = repository.weeks(uow, business_id, PRODUCTS, since - REFERENCE_WEEKS * WEEK, moment)
    named = [(row, dict(zip(PRODUCTS.names, row.values, strict=True))) for row in rows]
    before = [each for each in named if each[0].moment < since]
    now = [each for each in named if each[0].moment >= since]
    found = [inputs.drift_of(name, _of(name, before), _of(name, now)) for name in (*WATCHED, PRICE)]
    return [each for each in found if each is not None]


def _of(name: str, rows: Sequence[tuple[Week, Mapping[str, float | None]]]) -> FeatureRows:
    values = tuple(_price(features) if name == PRICE else features[name] for _, features in rows)
    return FeatureRows(values, tuple(str(row.entity_id) for row, _ in rows))


def _price(features: Mapping[str, float | None]) -> float | None:
    revenue, units = features["revenue_last_28_days"], features["units_last_28_days"]
    return revenue / units if revenue is not None and units else None


def _forecasts(uow: UnitOfWork, business: Business, moment: datetime) -> list[Finding]:
    """The first week of what was foretold on each of the last Mondays, of days that are over."""
    read = Reading(uow, business, moment)
    rows = repository.foretold(uow, business.id, read.start - FORECAST_WEEKS * WEEK, read.start)
    if not rows:
        return []
    is_open = frozenset(read.open_days)
    ids = list({row.product_id for row in rows if row.product_id is not None})
    units, of_all = sales.daily_units(uow, read.window, ids), sales.net_sales(uow, read.window)
    days = []
    for row in rows:
        sold = of_all if row.product_id is None else units.get(row.product_id, {})
        days += _days(row, sold, is_open, read.start)
    return forecasts.drift_of(days)


def _days(row: Foretold, sold: Mapping[date, float], is_open: frozenset[date], end: date) -> list[Day]:
    key = None if row.product_id is None else str(row.product_id)
    found = []
    for ahead in range(min(7, len(row.expected))):
        day = row.starts_on + ahead * DAY
        if day < end and day in is_open:
            bounds = row.expected[ahead], row.low80[ahead], row.high80[ahead]
            found.append(Day(key, *bounds, max(0.0, sold.get(day, 0.0)), row.usual_error))
    return found
