"""The demand of the coming days, product by product and for the whole shop, and what to order.

The forecast starts with the business day of asking, of which nothing is known yet; what was sold before it is its past.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from cafe_ai.analytics.metrics import round_half_up
from cafe_ai.analytics.model import Gap, Period
from cafe_ai.analytics.periods import ShopCalendar
from cafe_ai.assistants.service import NOT_ALLOWED, moment_of
from cafe_ai.assistants.statements import told
from cafe_ai.errors import PermissionDenied
from cafe_ai.forecasting import repository
from cafe_ai.forecasting.model import (
    Ask,
    DayDemand,
    InventoryForecast,
    Note,
    Prediction,
    Product,
    ProductForecast,
    SalesDay,
    SalesOutlook,
)
from cafe_ai.forecasting.plausible import believed
from cafe_ai.forecasting.port import Forecaster, default_forecaster
from cafe_ai.forecasting.reading import DAY, Reading
from cafe_ai.forecasting.stocking import REVIEW_DAYS, SERVICE_LEVEL, plan_supply, spans_of
from cafe_ai.forecasting.telling import Teller
from cafe_ai.language.formats import Language, language_of
from cafe_ai.tenancy.model import Business, Member, Permission

if TYPE_CHECKING:
    from cafe_ai.bootstrap import Runtime
    from cafe_ai.platform.db import UnitOfWork

HORIZON_DAYS = 28
STORED_DAYS = 2
"""What was foretold so many days ago still stands where nothing newer does."""
LEAST_DAYS = 7
"""Stock is planned on a whole week at least, however few days are shown."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be forecast. product_ids: our ids or the shop's own, none: what was sold lately. service_level in (0.5, 1)."""

    product_ids: tuple[str, ...] = ()
    days: int = HORIZON_DAYS
    service_level: float = SERVICE_LEVEL
    review_days: int = REVIEW_DAYS


def forecast_inventory(
    runtime: Runtime,
    member: Member,
    product_ids: Sequence[str] | None = None,
    as_of: datetime | None = None,
    *,
    wanted: Wanted | None = None,
    locale: str | None = None,
    forecaster: Forecaster | None = None,
) -> InventoryForecast:
    """The demand of each product with its intervals, and what its stock needs.

    Without product_ids, those sold in the last 90 days, best sellers first, MOST_PRODUCTS at most. as_of is the moment of asking
    (without an offset the shop's local time; None is now): nothing later is seen but the stock, which is today's. Raises
    InvalidRequest naming params.product_ids.N for each id the shop does not know, PermissionDenied where the member may not see
    sales, Unavailable where the database is away.
    """
    if not member.may(Permission.MONEY):
        raise PermissionDenied(NOT_ALLOWED)
    wanted = wanted or Wanted(tuple(product_ids or ()))
    business, language = member.business, language_of(locale or member.business.locale)
    moment = moment_of(as_of, business)
    with runtime.database.transaction(business.id, member.user_id, member.deadline, read_only=True) as uow:
        read = Reading(uow, business, moment)
        ids, sold = read.choose(wanted.product_ids)
        empty = InventoryForecast(
            moment, language, business.currency, business.timezone, read.start, wanted.days, wanted.service_level,
            wanted.review_days, sold=sold, closed_weekdays=read.closed,
        )  # fmt: skip
        series = [] if read.is_stale else read.series(ids)
        known = read.circumstances(series)
    if read.is_stale:
        gap: Gap = "after_records" if read.last_day else "no_records"
        return _put_into_words(replace(empty, gaps=(gap,), last_day=read.last_day), business, language)
    asks = [
        Ask(history, max(LEAST_DAYS, wanted.days), spans_of(product, wanted.review_days), wanted.service_level, of)
        for (product, history), of in zip(series, known, strict=True)
    ]
    predictions = map(believed, asks, (forecaster or default_forecaster()).forecast(asks))
    products = [
        _product(product, prediction, wanted, of_the_past=as_of is not None)
        for (product, _), prediction in zip(series, predictions, strict=True)
    ]
    products.sort(key=_urgency)
    return _put_into_words(replace(empty, products=tuple(products)), business, language)


def sales_forecast(
    uow: UnitOfWork,
    business: Business,
    as_of: datetime,
    days: int = HORIZON_DAYS,
    forecaster: Forecaster | None = None,
) -> SalesOutlook | None:
    """The shop's net sales of the coming days; None where too little is on record to expect anything of them.

    as_of is aware and in the shop's time zone; the first day is the business day it belongs to. Without a forecaster it is what
    the model in use foretold last night, or at most STORED_DAYS before, where there is one; else the standard library's.
    """
    read = Reading(uow, business, as_of)
    if read.is_stale:
        return None
    history = read.history(repository.net_sales(uow, read.window), None)
    if not any(history.values):
        return None
    since, end = read.start - STORED_DAYS * DAY, read.start + days * DAY
    kept = None if forecaster else repository.stored(uow, business.id, None, since, read.start, end)
    if kept is not None:
        prediction = kept.from_day(read.start, days)
    else:
        ask = Ask(history, days, circumstances=read.circumstances_of_shop(history))
        prediction = (forecaster or default_forecaster()).forecast([ask])[0]
    tested = prediction.backtest
    error = None
    if tested is not None and tested.mean > 0:
        error = round_half_up(Decimal(100 * _chosen_mae(prediction) / tested.mean), "percent")
    return SalesOutlook(
        prediction.method, tuple(_sales_day(day, business.currency) for day in prediction.days), error, tested
    )


def _product(product: Product, prediction: Prediction, wanted: Wanted, *, of_the_past: bool) -> ProductForecast:
    supply = plan_supply(product, prediction.days, prediction.spans, wanted.review_days, wanted.service_level)
    prediction = replace(prediction, days=prediction.days[: wanted.days])
    notes: list[Note] = list(prediction.notes)
    if supply is None:
        notes.append("no_stock")
    else:
        if product.lead_time_days is None:
            notes.append("default_lead_time")
        if supply.days_to_stockout is None and prediction.method != "none":
            notes.append("lasts_long")
        if supply.expiring_units is not None and product.stock:
            notes.append("stock_age_unknown")
        if supply.daily:
            notes.append("ordered_daily")
        if supply.kept_down:
            notes.append("kept_down")
        if of_the_past:
            notes.append("stock_of_now")
    return ProductForecast(product, prediction, supply, tuple(notes))


def _urgency(one: ProductForecast) -> tuple[bool, Decimal, float, str]:
    """What to order now comes first, by the sales at risk; then what sells most."""
    supply = one.supply
    at_risk = supply.at_risk if supply and supply.order_now and supply.at_risk else Decimal(0)
    price = float(one.product.unit_price or 0)
    return not (supply and supply.order_now), -at_risk, -one.expected_units * price, one.product.name


def _chosen_mae(prediction: Prediction) -> float:
    if prediction.backtest is None:
        return 0.0
    used_naive = "naive_was_better" in prediction.notes
    return prediction.backtest.seasonal_naive.mae if used_naive else prediction.backtest.model.mae


def _sales_day(day: DayDemand, currency: str) -> SalesDay:
    expected, low80, high80, low95, high95 = (
        round_half_up(Decimal(value), "money", currency)
        for value in (day.expected, day.low80, day.high80, day.low95, day.high95)
    )
    return SalesDay(day.day, expected, low80, high80, low95, high95)


def _put_into_words(forecast: InventoryForecast, business: Business, language: Language) -> InventoryForecast:
    calendar = ShopCalendar(business.timezone, business.day_starts, forecast.as_of, forecast.as_of.date())
    end = forecast.start + forecast.days * DAY
    period = Period(forecast.start, end, calendar.starts_at(forecast.start), calendar.starts_at(end), business.timezone)
    statements = Teller(forecast, language, period).statements()
    checked = told(statements, period, business.currency, language, (business.name,))
    return replace(forecast, insights=checked, summary="\n".join(statement.text for statement in checked))
