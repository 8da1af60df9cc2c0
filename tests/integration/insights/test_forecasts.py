"""Forecasts from real rows: what is read, what is ordered, and what is said."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from cafe_ai.analytics.model import Period
from cafe_ai.assistants.statements import find_faults
from cafe_ai.errors import InvalidRequest, PermissionDenied
from cafe_ai.forecasting.model import Ask, DayDemand, InventoryForecast, Prediction, SpanDemand
from cafe_ai.forecasting.service import Wanted, forecast_inventory, sales_forecast
from cafe_ai.forecasting.wire import present
from cafe_ai.tenancy.model import Role
from tests.integration.insights.conftest import Shop
from tests.support import regulars
from tests.support.regulars import AS_OF, CLOSED, PRODUCTS, Row

START = AS_OF.date()  # of the day of asking nothing is known yet
DAY = timedelta(days=1)
STOCK = {"Pan": (Decimal(40), 2), "Tarta": (Decimal(0), None), "Café": (Decimal(5000), 3)}  # of Cruasán none is known


class Spy:
    """A forecaster that keeps what it is asked, and expects one unit a day."""

    def __init__(self) -> None:
        self.asks: list[Ask] = []

    def forecast(self, asks: Sequence[Ask]) -> list[Prediction]:
        self.asks += asks
        return [
            Prediction(
                "spy", tuple(DayDemand(ask.history.start + n * DAY, 1, 0, 2, 0, 3) for n in range(ask.days)),
                {n: SpanDemand(n, n, n + 2) for n in ask.spans}, None,
            )
            for ask in asks
        ]  # fmt: skip


@pytest.fixture(scope="module")
def stocked(shop: Shop) -> Shop:
    for name, (stock, lead) in STOCK.items():
        shop.execute(
            "UPDATE products SET stock = %s, lead_time_days = %s WHERE business_id = %s AND name = %s",
            stock, lead, shop.business.id, name,
        )  # fmt: skip
    return shop


def forecast(shop: Shop, *product_ids: str, **options: Any) -> InventoryForecast:
    return forecast_inventory(shop.runtime, shop.member(), product_ids, AS_OF, **options)


def daily(rows: list[Row], product: str) -> dict[date, int]:
    units: dict[date, int] = defaultdict(int)
    for row in rows:
        if row.product == product:
            units[row.at.date()] += row.quantity
    return units


def test_each_series_is_what_the_rows_say(stocked: Shop) -> None:
    spy = Spy()
    told = forecast(stocked, forecaster=spy)
    rows = [row for row in stocked.rows if row.at.date() < START]
    opened = {row.at.date() for row in rows if row.quantity > 0}
    by_price = {one.product.name: one for one in told.products}
    assert set(by_price) == set(PRODUCTS)
    assert told.closed_weekdays == {CLOSED}
    sold = {name: daily(rows, name) for name in PRODUCTS}
    found = []
    for ask in spy.asks:
        assert ask.history.start == START
        assert ask.history.closed_weekdays == {CLOSED}
        days = {ask.history.first_day + n * DAY: value for n, value in enumerate(ask.history.values)}
        assert all((value is None) is (day not in opened) for day, value in days.items())
        known = {day: value for day, value in days.items() if value}
        found.append(next(n for n in PRODUCTS if known == {d: u for d, u in sold[n].items() if u > 0 and d in opened}))
    assert sorted(found) == sorted(PRODUCTS)


def test_orders_follow_from_forecast_stock_and_lead_time(stocked: Shop) -> None:
    told = {one.product.name: one for one in forecast(stocked, forecaster=Spy()).products}
    bread, cake, coffee = (told[name].supply for name in ("Pan", "Tarta", "Café"))
    assert bread is not None
    assert (bread.lead_time_days, bread.reorder_point, bread.order_quantity) == (2, 4, 0)  # two days and two to be safe
    assert (bread.days_to_stockout, bread.order_now) == (40, False)
    assert cake is not None
    assert (cake.lead_time_days, cake.reorder_point, cake.order_quantity, cake.order_now) == (7, 9, 16, True)
    assert cake.at_risk == pytest.approx(14 * PRODUCTS["Tarta"], rel=Decimal("0.02"))  # some were sold at a discount
    assert coffee is not None
    assert coffee.days_to_stockout is None
    assert told["Cruasán"].supply is None
    assert told["Cruasán"].notes == ("no_stock",)
    assert told["Tarta"].notes == ("default_lead_time", "stock_of_now")
    assert next(iter(told)) == "Tarta"  # what has to be ordered comes first


@pytest.mark.parametrize("locale", ["es", "en"])
def test_every_sentence_is_carried_by_its_facts(stocked: Shop, locale: str) -> None:
    told = forecast(stocked, locale=locale)
    kinds = [each.kind for each in told.insights]
    assert kinds[:2] == ["demand", "order_first"]
    assert {"order_gone", "no_stock", "default_lead_time", "stock_of_now"} <= set(kinds)
    zone = AS_OF.tzinfo
    period = Period(START, START + 28 * DAY, AS_OF, AS_OF + 28 * DAY, str(zone))
    for each in told.insights:
        assert find_faults(each, period, "EUR", locale) == []
    assert ("«Tarta»: pedir" if locale == "es" else "“Tarta”: order") in told.summary


def test_the_result_is_json_with_all_that_was_promised(stocked: Shop) -> None:
    shown = present(forecast(stocked))
    assert {"products", "totals", "summary", "insights", "facts", "from", "days"} <= set(shown)
    for product in shown["products"]:
        assert set(product["product"]) == {"id", "external_id", "name"}
        assert len(product["daily_demand"]) == 28
        assert {"days_to_stockout", "reorder_point", "order_quantity", "method", "backtest", "notes"} <= set(product)
        assert {"mae", "rmsse", "mase", "seasonal_naive"} <= set(product["backtest"])
        for day in product["daily_demand"]:
            assert 0 <= day["low95"] <= day["low80"] <= day["high80"] <= day["high95"]
            if date.fromisoformat(day["day"]).weekday() == CLOSED:
                assert day["expected"] == 0
    due = [product for product in shown["products"] if product["order_now"]]
    assert shown["totals"]["to_order_now"] == len(due)
    assert shown["totals"]["order_units"] == sum(product["order_quantity"] for product in due)


@pytest.fixture
def perishing(stocked: Shop) -> Iterator[Shop]:
    """Bread that keeps a day, cakes of which there are too many, and costs."""
    for name, values in (
        ("Pan", "shelf_life_days = 1, cost = 0.30, lead_time_days = 0"),
        ("Tarta", "shelf_life_days = 10, cost = 9, stock = 500, lead_time_days = 2"),
    ):
        statement = f"UPDATE products SET {values} WHERE business_id = %s AND name = %s"
        stocked.execute(statement, stocked.business.id, name)
    yield stocked
    for name, (stock, lead) in STOCK.items():
        stocked.execute(
            """UPDATE products SET shelf_life_days = NULL, cost = NULL, stock = %s, lead_time_days = %s
                WHERE business_id = %s AND name = %s""",
            stock, lead, stocked.business.id, name,
        )  # fmt: skip


@pytest.mark.parametrize("locale", ["es", "en"])
def test_what_perishes_is_told_with_its_money(perishing: Shop, locale: str) -> None:
    told = forecast(perishing, locale=locale)
    kinds = [each.kind for each in told.insights]
    assert {"daily_first", "daily", "expiring_first", "expiring_cost", "bound"} <= set(kinds)
    period = Period(START, START + 28 * DAY, AS_OF, AS_OF + 28 * DAY, str(AS_OF.tzinfo))
    for each in told.insights:
        assert find_faults(each, period, "EUR", locale) == []
    assert ("al abrir el domingo 31 de mayo." if locale == "es" else "when opening on Sunday 31 May.") in told.summary
    by_name = {one.product.name: one for one in told.products}
    bread, cake = by_name["Pan"].supply, by_name["Tarta"].supply
    assert bread is not None
    assert (bread.review_days, len(bread.daily)) == (1, 7)
    assert {"ordered_daily", "stock_age_unknown"} <= set(by_name["Pan"].notes)
    assert bread.critical_ratio == pytest.approx(0.75, abs=0.02)
    assert [day.units for day in bread.daily if day.day.weekday() == CLOSED] == [0]
    assert cake is not None
    assert cake.expiring_units is not None
    assert 300 < cake.expiring_units < 500
    assert cake.expiring_value == pytest.approx(Decimal(9 * cake.expiring_units))
    assert (cake.order_quantity, cake.stock_value) == (0, 4500)


def test_the_sales_at_stake_are_told_of_each_product_and_of_all(stocked: Shop) -> None:
    stocked.execute("UPDATE products SET cost = 9 WHERE business_id = %s AND name = 'Tarta'", stocked.business.id)
    try:
        told = forecast(stocked)
    finally:
        stocked.execute("UPDATE products SET cost = NULL WHERE business_id = %s", stocked.business.id)
    (cake,) = [each for each in told.insights if each.kind == "order_gone"]
    assert "; ventas en juego: " in cake.text
    (stake,) = [each for each in told.insights if each.kind == "stake_margin"]
    sales, margin = stake.facts
    assert (sales.metric, sales.unit, margin.metric) == ("sales_at_risk", "money", "margin_at_risk")
    assert margin.value < sales.value
    totals = present(told)["totals"]
    assert (totals["sales_at_risk"], totals["margin_at_risk"]) == (sales.value, margin.value)


def test_the_result_has_what_stock_and_dates_mean(perishing: Shop) -> None:
    shown = {one["product"]["name"]: one for one in present(forecast(perishing))["products"]}
    bread, cake, unknown = shown["Pan"], shown["Tarta"], shown["Cruasán"]
    assert len(bread["daily_stock"]) == 7
    assert set(bread["daily_stock"][0]) == {"day", "units"}
    assert (bread["shelf_life_days"], bread["review_days"], bread["lead_time_days"]) == (1, 1, 0)
    assert 73 <= bread["order_level_percent"] <= 77
    assert cake["order_level_percent"] < 55
    assert cake["stockout_on"] == (START + 10 * DAY).isoformat()
    assert cake["stockout_early_on"] <= cake["stockout_on"]
    assert cake["expiring_value"] > 0
    assert unknown["order_level_percent"] is unknown["daily_stock"] is unknown["stockout_on"] is None
    totals = present(forecast(perishing))["totals"]
    assert totals["stock_value"] == 4500 + 40 * Decimal("0.3")
    assert totals["expiring_value"] >= cake["expiring_value"]


def test_a_horizon_of_a_day_still_plans_whole_weeks(stocked: Shop) -> None:
    day = forecast(stocked, wanted=Wanted(("Pan",), days=1)).products[0]
    usual = forecast(stocked, wanted=Wanted(("Pan",))).products[0]
    assert len(day.prediction.days) == 1
    assert day.supply is not None
    assert usual.supply is not None
    assert day.supply.days_to_stockout == usual.supply.days_to_stockout


def test_review_days_decide_how_long_an_order_lasts(stocked: Shop) -> None:
    weekly, monthly = (
        forecast(stocked, wanted=Wanted(("Tarta",), review_days=days), forecaster=Spy()).products[0].supply
        for days in (7, 28)
    )
    assert weekly is not None
    assert monthly is not None
    assert (weekly.order_quantity, monthly.order_quantity) == (16, 37)


def test_no_stock_is_bought_for_a_total_that_nothing_on_record_bears_out(stocked: Shop) -> None:
    class Wild(Spy):
        def forecast(self, asks: Sequence[Ask]) -> list[Prediction]:
            spans = {n: SpanDemand(n, n, 1_000_000) for ask in asks for n in ask.spans}
            return [replace(made, spans=spans) for made in super().forecast(asks)]

    (cake,) = forecast(stocked, "Tarta", forecaster=Wild()).products
    most = max(
        sum(daily(stocked.rows, "Tarta").get(START - (n + 14) * DAY + k * DAY, 0) for k in range(14))
        for n in range(500)
    )
    assert cake.supply is not None
    assert 14 < cake.supply.order_quantity <= most


def test_products_may_be_named_by_either_id_once(stocked: Shop) -> None:
    own = stocked.execute("SELECT id FROM products WHERE business_id = %s AND name = 'Pan'", stocked.business.id)[0][0]
    told = forecast(stocked, str(own), "Café", "Pan")
    assert sorted(one.product.name for one in told.products) == ["Café", "Pan"]
    assert told.sold == 2


def test_each_unknown_product_is_named_as_the_fault(stocked: Shop) -> None:
    foreign = stocked.execute("SELECT id FROM products WHERE business_id = %s LIMIT 1", stocked.other.id)[0][0]
    with pytest.raises(InvalidRequest) as caught:
        forecast(stocked, "Pan", "Nada", str(foreign))
    assert [error.field for error in caught.value.errors] == ["params.product_ids.1", "params.product_ids.2"]


def test_a_product_that_was_never_sold_is_there_without_a_forecast(stocked: Shop) -> None:
    stocked.execute(
        "INSERT INTO products (id, business_id, external_id, name, stock) VALUES (gen_random_uuid(), %s, 'n', 'Nuevo', 5)",
        stocked.business.id,
    )
    (one,) = forecast(stocked, "n").products
    assert one.prediction.method == "none"
    assert one.notes == ("never_sold", "default_lead_time", "stock_of_now")
    assert one.supply is not None
    assert (one.supply.order_quantity, one.supply.order_now, one.supply.days_to_stockout) == (0, False, None)
    assert present(forecast(stocked, "n"))["products"][0]["backtest"] is None


def test_only_the_best_sellers_are_forecast_where_there_are_many(
    stocked: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cafe_ai.forecasting.reading.MOST_PRODUCTS", 2)
    told = forecast(stocked)
    rows = [row for row in stocked.rows if START - 90 * DAY <= row.at.date() < START]
    by_sales = sorted(PRODUCTS, key=lambda name: -sum(row.net for row in rows if row.product == name))
    assert {one.product.name for one in told.products} == set(by_sales[:2])
    assert "Se prevén los 2 más vendidos de 4." in told.summary


def test_horizon_and_service_level_are_kept_to(stocked: Shop) -> None:
    usual = forecast(stocked, "Pan").products[0]
    sure = forecast(stocked, wanted=Wanted(("Pan",), days=90, service_level=0.99)).products[0]
    assert len(sure.prediction.days) == 90
    assert sure.supply is not None
    assert usual.supply is not None
    assert sure.supply.reorder_point >= usual.supply.reorder_point


@pytest.mark.parametrize(
    ("days", "gap", "text"),
    [
        (20, "no_records", "Aún no hay ventas registradas"),  # only later than asked
        (-29, "after_records", "Las ventas registradas acaban el 2 de mayo de 2026"),
        (-400, "after_records", "Las ventas registradas acaban el 26 de abril de 2025"),
    ],
)
def test_without_recent_sales_nothing_is_invented(
    stocked: Shop, tmp_path: Path, days: int, gap: str, text: str
) -> None:
    rows = [Row("a", AS_OF + days * DAY, "Pan", 2, Decimal(1), None, Decimal(0))]
    business = regulars.write(stocked.database, tmp_path, rows)
    told = forecast_inventory(stocked.runtime, stocked.member(business=business), None, AS_OF)
    assert (told.products, told.gaps) == ((), (gap,))
    assert told.summary.startswith(text)
    with stocked.runtime.database.transaction(business.id, read_only=True) as uow:
        assert sales_forecast(uow, business, AS_OF) is None


def test_daily_sales_of_the_shop_are_forecast(stocked: Shop) -> None:
    spy = Spy()
    with stocked.runtime.database.transaction(stocked.business.id, read_only=True) as uow:
        sales_forecast(uow, stocked.business, AS_OF, 14, forecaster=spy)
        outlook = sales_forecast(uow, stocked.business, AS_OF, 14)
    history = spy.asks[0].history
    net: dict[date, Decimal] = defaultdict(Decimal)
    for row in stocked.rows:
        net[row.at.date()] += row.net
    for n, value in enumerate(history.values):
        if value:
            assert value == pytest.approx(float(net[history.first_day + n * DAY]))
    assert outlook is not None
    assert [day.day for day in outlook.days] == [START + n * DAY for n in range(14)]
    assert all(day.expected == 0 for day in outlook.days if day.day.weekday() == CLOSED)
    assert outlook.error_percent is not None
    assert all(day.low95 <= day.low80 <= day.high80 <= day.high95 for day in outlook.days)


def test_each_shop_is_forecast_from_its_own_sales(stocked: Shop) -> None:
    spies = Spy(), Spy()
    for spy, business in zip(spies, (stocked.business, stocked.other), strict=True):
        forecast_inventory(stocked.runtime, stocked.member(business=business), None, AS_OF, forecaster=spy)
    mine, theirs = ([sum(v or 0 for v in ask.history.values) for ask in spy.asks] for spy in spies)
    others = [row for row in regulars.generate(30, seed=8) if row.at.date() < START]
    most = sorted(sum(max(0, units) for units in daily(others, name).values()) for name in PRODUCTS)
    assert sorted(theirs) == pytest.approx(most, abs=12)  # days of returns alone are closed days
    assert sorted(mine) != sorted(theirs)


def test_who_may_not_see_sales_is_refused(stocked: Shop) -> None:
    with pytest.raises(PermissionDenied):
        forecast_inventory(stocked.runtime, stocked.member(Role.STAFF), None, AS_OF)
