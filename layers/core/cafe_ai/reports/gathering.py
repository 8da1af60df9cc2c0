"""The report's parts, each read by itself and kept whole under its key.

Sales are the report; what stands beside them may be missing, and the report says so.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import ROUND_DOWN, Decimal
from typing import TYPE_CHECKING, Any

from cafe_ai.analytics.periods import ShopCalendar, business_day
from cafe_ai.assistants.service import moment_of
from cafe_ai.customers.model import SegmentLine
from cafe_ai.customers.service import segment_lines
from cafe_ai.forecasting.service import sales_forecast
from cafe_ai.jobs import service as jobs
from cafe_ai.jobs.model import JobKind
from cafe_ai.language.formats import round_half_up
from cafe_ai.platform.clock import now_utc
from cafe_ai.recommendations.choosing import Chooser, Scene
from cafe_ai.recommendations.services_sold import is_goods
from cafe_ai.reports import repository
from cafe_ai.reports.leasing import Step, begin
from cafe_ai.reports.model import ForecastDay, Part, SalesForecast, StockLine
from cafe_ai.reports.promotions import Promoted
from cafe_ai.reports.steps import GatherInput
from cafe_ai.sales_analysis import service as sales_analysis
from cafe_ai.sales_analysis.model import Analysis
from cafe_ai.sales_analysis.span import resolve_span
from cafe_ai.tenancy.model import Business

if TYPE_CHECKING:
    from cafe_ai.bootstrap import Runtime
    from cafe_ai.platform.clock import Deadline

GATHERING = 10
PROMOTIONS = 5
STOCK_LINES = 12
"""How many products are told of: those that run out first."""
FRESH = timedelta(days=7)
"""For how long what an inventory forecast would order is worth telling."""
Segments = tuple[SegmentLine, ...]
Stock = tuple[StockLine, ...]


def gather(runtime: Runtime, given: GatherInput, deadline: Deadline) -> Mapping[str, Any]:
    """Gathers the part; its key, empty where there is nothing that the part could tell."""
    step = begin(runtime, given, deadline, GATHERING)
    return {"key": GATHERERS[given.part](step)}


def _sales(step: Step) -> str:
    """The analysis; without a moment of its own as of now, so that it may know the stock, while that is the job's day."""
    business, span = step.member.business, step.span
    same_day = _business_day(business, now_utc()) == _business_day(business, step.as_of)
    if same_day and not step.asks_for_the_past:
        span = replace(span, as_of=None)
    analysis = sales_analysis.analyse(step.runtime, step.member, span, step.locale)
    return step.workspace.keep("sales.json", Analysis, analysis)


def _products(step: Step) -> str:
    member = step.member
    scene = Scene(
        member.business,
        moment_of(step.as_of, member.business),
        sees_money=True,
        asks_for_the_past=step.asks_for_the_past,
    )
    with step.reading() as uow:
        choice = Chooser(uow, scene).to_promote(PROMOTIONS)
    return step.workspace.keep("products.json", Promoted, Promoted.of(choice, step.language))


def _customers(step: Step) -> str:
    business = step.member.business
    moment = moment_of(step.as_of, business)
    calendar = ShopCalendar(business.timezone, business.day_starts, moment, moment.date())
    period = resolve_span(step.span, calendar).period
    with step.reading() as uow:
        lines = segment_lines(uow, business, period, step.language, moment)
    return step.workspace.keep("customers.json", Segments, lines)


def _stock(step: Step) -> str:
    """What runs out first at the pace of the last weeks. What was in stock at an earlier moment nobody knows."""
    if step.asks_for_the_past:
        return step.workspace.keep("stock.json", Stock, ())
    business = step.member.business
    with step.reading() as uow:
        rows = repository.stock(uow, business.id, _business_day(business, step.as_of))
    orders = _orders(step)
    lines = [_line(row, orders) for row in rows if row.units > 0 and is_goods(row.name)]
    lines.sort(key=lambda line: (line.days_left or Decimal(0), line.product))
    return step.workspace.keep("stock.json", Stock, tuple(lines[:STOCK_LINES]))


def _orders(step: Step) -> Mapping[str, Decimal]:
    """What the last inventory forecast would order now, by the product's id; nothing where it is older than a week."""
    forecast = jobs.latest_completed(
        step.runtime, step.member.business.id, JobKind.INVENTORY_FORECAST, step.member.deadline
    )
    if forecast is None or forecast.result is None or forecast.created_at < step.as_of - FRESH:
        return {}
    due = [one for one in forecast.result.get("products", []) if one.get("order_now")]
    return {one["product"]["id"]: Decimal(str(one["order_quantity"])) for one in due if one.get("order_quantity")}


def _line(row: repository.StockRow, orders: Mapping[str, Decimal]) -> StockLine:
    daily = row.units / repository.PACE_DAYS
    left = (max(row.stock, Decimal(0)) / daily).quantize(Decimal(1), ROUND_DOWN)
    order = orders.get(str(row.product_id))
    return StockLine(row.name, row.stock, round_half_up(daily, 1), left, row.lead_time_days, order)


def _business_day(business: Business, moment: datetime) -> date:
    return business_day(moment_of(moment, business), business.day_starts)


def _forecast(step: Step) -> str:
    """The shop's net sales of the coming days; nothing where too little is on record."""
    business = step.member.business
    with step.reading() as uow:
        outlook = sales_forecast(uow, business, moment_of(step.as_of, business))
    if outlook is None:
        return ""
    days = tuple(ForecastDay(each.day, each.expected, each.low80, each.high80) for each in outlook.days)
    return step.workspace.keep("forecast.json", SalesForecast, SalesForecast("money", days, outlook.error_percent))


GATHERERS: Mapping[Part, Callable[[Step], str]] = {
    "sales": _sales,
    "products": _products,
    "customers": _customers,
    "stock": _stock,
    "forecast": _forecast,
}
