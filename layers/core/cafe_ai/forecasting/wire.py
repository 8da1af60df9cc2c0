"""The result of generate_inventory_forecast as JSON has it: numbers rounded to what they are worth."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from cafe_ai.analytics.metrics import round_half_up
from cafe_ai.assistants.schemas import FactBody
from cafe_ai.forecasting.model import Backtest, Errors, InventoryForecast, ProductForecast, Supply
from cafe_ai.forecasting.phrases import NOTES, method_text
from cafe_ai.language.formats import WEEKDAY_NAMES

Json = dict[str, Any]


def present(forecast: InventoryForecast) -> Json:
    """The whole result. What is not known is null, and the notes say why."""
    due = [one for one in forecast.products if one.supply and one.supply.order_now]
    known = [one for one in forecast.products if one.supply]
    facts = [
        FactBody.of(fact).model_dump(mode="json", by_alias=True) for told in forecast.insights for fact in told.facts
    ]
    return {
        "as_of": forecast.as_of.isoformat(),
        "locale": forecast.locale,
        "currency": forecast.currency,
        "timezone": forecast.timezone,
        "from": forecast.start.isoformat(),
        "days": forecast.days,
        "service_level_percent": round_half_up(Decimal(str(forecast.service_level)) * 100, "percent"),
        "review_days": forecast.review_days,
        "closed_weekdays": [WEEKDAY_NAMES[forecast.locale][day] for day in sorted(forecast.closed_weekdays)],
        "summary": forecast.summary,
        "insights": [statement.text for statement in forecast.insights],
        "facts": facts,
        "products": [_product(one, forecast) for one in forecast.products],
        "totals": {
            "products": len(forecast.products),
            "products_sold": forecast.sold,
            "expected_units": _units(sum(one.expected_units for one in forecast.products)),
            "to_order_now": len(due),
            "order_units": sum((one.supply.order_quantity for one in due if one.supply), Decimal(0)),
            "sales_at_risk": _money(
                sum((one.supply.at_risk or Decimal(0) for one in due if one.supply), Decimal(0)), forecast.currency
            ),
            "margin_at_risk": _sum([one.supply.margin_at_risk for one in due if one.supply], forecast.currency),
            "order_value": _sum([one.supply.order_value for one in due if one.supply], forecast.currency),
            "stock_value": _sum([one.supply.stock_value for one in known if one.supply], forecast.currency),
            "expiring_value": _sum([one.supply.expiring_value for one in known if one.supply], forecast.currency),
            "without_stock": sum(one.supply is None for one in forecast.products),
        },
        "gaps": list(forecast.gaps),
    }


def _product(one: ProductForecast, forecast: InventoryForecast) -> Json:
    product, prediction = one.product, one.prediction
    return {
        "product": {"id": str(product.id), "external_id": product.external_id, "name": product.name},
        "daily_demand": [
            {
                "day": day.day.isoformat(),
                "expected": _units(day.expected),
                "low80": _units(day.low80),
                "high80": _units(day.high80),
                "low95": _units(day.low95),
                "high95": _units(day.high95),
            }
            for day in prediction.days
        ],
        "expected_units": _units(one.expected_units),
        "stock": None if product.stock is None else round_half_up(product.stock, "count"),
        "on_order": None if product.on_order is None else round_half_up(product.on_order, "count"),
        "shelf_life_days": product.shelf_life_days,
        **_supply(one.supply, forecast),
        "method": prediction.method,
        "method_text": method_text(prediction.method, forecast.locale),
        "backtest": _backtest(prediction.backtest),
        "notes": list(one.notes),
        "notes_text": [NOTES[forecast.locale][note] for note in one.notes],
    }


SUPPLY = (
    "days_to_stockout days_to_stockout_early stockout_on stockout_early_on reorder_point safety_stock order_quantity order_now "
    "lead_time_days review_days sales_at_risk margin_at_risk order_value stock_value expiring_units expiring_value "
    "order_level_percent daily_stock"
).split()


def _supply(supply: Supply | None, forecast: InventoryForecast) -> Json:
    """Its figures by name (SUPPLY); all null where the stock is not known."""
    if supply is None:
        return dict.fromkeys(SUPPLY)
    currency = forecast.currency
    level = forecast.service_level if supply.critical_ratio is None else supply.critical_ratio
    return {
        "days_to_stockout": supply.days_to_stockout,
        "reorder_point": supply.reorder_point,
        "safety_stock": supply.safety_stock,
        "order_quantity": supply.order_quantity,
        "order_now": supply.order_now,
        "lead_time_days": supply.lead_time_days,
        "review_days": supply.review_days,
        "days_to_stockout_early": supply.days_to_stockout_early,
        "stockout_on": _day(forecast, supply.days_to_stockout),
        "stockout_early_on": _day(forecast, supply.days_to_stockout_early),
        "sales_at_risk": _money_or_none(supply.at_risk, currency),
        "margin_at_risk": _money_or_none(supply.margin_at_risk, currency),
        "order_value": _money_or_none(supply.order_value, currency),
        "stock_value": _money_or_none(supply.stock_value, currency),
        "expiring_units": None if supply.expiring_units is None else _units(supply.expiring_units),
        "expiring_value": _money_or_none(supply.expiring_value, currency),
        "order_level_percent": round_half_up(Decimal(str(level)) * 100, "percent"),
        "daily_stock": [{"day": each.day.isoformat(), "units": each.units} for each in supply.daily],
    }


def _day(forecast: InventoryForecast, after: int | None) -> str | None:
    return None if after is None else (forecast.start + timedelta(days=after)).isoformat()


def _money_or_none(value: Decimal | None, currency: str) -> Decimal | None:
    return None if value is None else _money(value, currency)


def _sum(values: Sequence[Decimal | None], currency: str) -> Decimal | None:
    """Of those that are known; None where none is."""
    known = [value for value in values if value is not None]
    return _money(sum(known, Decimal(0)), currency) if known else None


def _backtest(tested: Backtest | None) -> Json | None:
    if tested is None:
        return None
    return {
        "origins": tested.origins,
        **_errors(tested.model),
        "seasonal_naive": _errors(tested.seasonal_naive),
        "parts": {name: _errors(errors) for name, errors in tested.parts.items()},
        "bias_percent": _percent(tested.bias_percent),
        "covered80_percent": _percent(tested.covered80, 100),
        "covered95_percent": _percent(tested.covered95, 100),
    }


def _errors(errors: Errors) -> Json:
    return {"mae": _units(errors.mae), "rmsse": _ratio(errors.rmsse), "mase": _ratio(errors.mase)}


def _units(value: float) -> Decimal:
    return Decimal(value).quantize(Decimal("0.01"), ROUND_HALF_UP)


def _ratio(value: float | None) -> Decimal | None:
    return None if value is None else Decimal(value).quantize(Decimal("0.001"), ROUND_HALF_UP)


def _percent(value: float | None, times: int = 1) -> Decimal | None:
    return None if value is None else round_half_up(Decimal(value * times), "percent")


def _money(value: Decimal, currency: str) -> Decimal:
    return round_half_up(value, "money", currency)
