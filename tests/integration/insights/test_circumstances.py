"""What a forecast is told beside the sales, from real rows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal

import pytest

from cafe_ai.forecasting.model import Ask, Circumstances
from cafe_ai.forecasting.service import forecast_inventory, sales_forecast
from cafe_ai.platform.ids import uuid7
from tests.integration.insights.conftest import Shop
from tests.integration.insights.test_forecasts import Spy
from tests.support.regulars import AS_OF, PRODUCTS, Row

START = AS_OF.date()
DAY = timedelta(days=1)


@pytest.fixture
def known(shop: Shop) -> Iterator[Shop]:
    """The shop with stock-outs, promotions and categories; they are gone afterwards."""
    business, bread, cake = shop.business.id, product(shop, "Pan"), product(shop, "Tarta")
    for day in (START - DAY, START - 9 * DAY, START):
        shop.execute("INSERT INTO stock_outs VALUES (%s, %s, %s)", business, bread, day)
    promotion = """
    INSERT INTO promotions (id, business_id, external_id, kind, product_id, starts_on, ends_on, price, discount_percent)
    VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s)"""
    for number, of in enumerate(
        [
            ("promotion", bread, START - 3 * DAY, START + DAY, None, 10),
            ("promotion", None, START + 5 * DAY, START + 5 * DAY, None, 50),
            ("price", cake, START + 2 * DAY, None, 20, None),
            ("promotion", cake, START - 2000 * DAY, START - 1990 * DAY, 1, None),
        ]
    ):
        shop.execute(promotion, uuid7(), business, str(number), *of)
    shop.execute("UPDATE products SET category = 'Bollería', cost = 0.4, shelf_life_days = 1 WHERE id = %s", bread)
    yield shop
    shop.execute("DELETE FROM stock_outs WHERE business_id = %s", business)
    shop.execute("DELETE FROM promotions WHERE business_id = %s", business)
    shop.execute("UPDATE products SET category = NULL, cost = NULL, shelf_life_days = NULL WHERE id = %s", bread)
    shop.execute("UPDATE businesses SET country = NULL WHERE id = %s", business)


def product(shop: Shop, name: str) -> object:
    found = shop.execute("SELECT id FROM products WHERE business_id = %s AND name = %s", shop.business.id, name)
    return found[0][0]


def asked(shop: Shop, name: str) -> Ask:
    spy = Spy()
    forecast_inventory(shop.runtime, shop.member(), [name], AS_OF, forecaster=spy)
    (ask,) = spy.asks
    return ask


def told_of(shop: Shop, name: str) -> Circumstances:
    return asked(shop, name).circumstances


@pytest.mark.parametrize("name", PRODUCTS)
def test_prices_are_what_was_paid_for_a_unit(known: Shop, name: str) -> None:
    sold: dict[date, list[Row]] = defaultdict(list)
    for row in known.rows:
        if row.product == name and row.quantity > 0 and row.at.date() < START:
            sold[row.at.date()].append(row)
    ask = asked(known, name)
    first, prices = ask.history.first_day, ask.circumstances.prices
    assert len(prices) == len(ask.history.values)
    for n, price in enumerate(prices):
        rows = sold[first + n * DAY]
        mean = sum(row.net for row in rows) / sum(row.quantity for row in rows) if rows else None
        assert price == (None if mean is None else pytest.approx(float(mean)))
    returned = {row.at.date() for row in known.rows if row.product == name and row.quantity < 0}
    assert any(first + n * DAY in returned and price is not None for n, price in enumerate(prices))


def test_gifts_do_not_count_as_a_price(known: Shop) -> None:
    day = START - 2 * DAY
    line = """
    UPDATE order_lines SET unit_price = 0 WHERE (order_id, line_number) = (
        SELECT order_id, line_number FROM order_lines
         WHERE business_id = %s AND product_id = %s AND business_date = %s AND quantity > 0 ORDER BY 1, 2 LIMIT 1)"""
    rows = [row for row in known.rows if row.product == "Café" and row.at.date() == day and row.quantity > 0]
    assert len(rows) > 1
    known.execute(line, known.business.id, product(known, "Café"), day)
    try:
        ask = asked(known, "Café")
        price = ask.circumstances.prices[(day - ask.history.first_day).days]
        assert price == pytest.approx(float(PRODUCTS["Café"]), abs=0.3)
    finally:
        known.execute(
            "UPDATE order_lines SET unit_price = %s WHERE business_id = %s AND unit_price = 0",
            PRODUCTS["Café"], known.business.id,
        )  # fmt: skip


def test_days_that_ran_out_are_told_up_to_yesterday(known: Shop) -> None:
    assert told_of(known, "Pan").sold_out == {START - DAY, START - 9 * DAY}
    assert told_of(known, "Café").sold_out == frozenset()


def test_promotions_of_the_product_and_of_everything(known: Shop) -> None:
    bread = told_of(known, "Pan")
    assert bread.promoted == {START + n * DAY for n in (-3, -2, -1, 0, 1, 5)}
    assert set(bread.planned_prices) == {START, START + DAY, START + 5 * DAY}
    assert bread.planned_prices[START + 5 * DAY] < bread.planned_prices[START] < float(PRODUCTS["Pan"])
    assert told_of(known, "Café").promoted == {START + 5 * DAY}


def test_a_planned_price_is_told_and_an_old_promotion_is_not(known: Shop) -> None:
    cake = told_of(known, "Tarta")
    assert cake.promoted == {START + 5 * DAY}
    assert (cake.planned_prices[START + 2 * DAY], cake.planned_prices[START + 5 * DAY]) == (20.0, 10.0)
    assert START + DAY not in cake.planned_prices


def test_category_and_country(known: Shop) -> None:
    bread, coffee = told_of(known, "Pan"), told_of(known, "Café")
    assert (bread.category, coffee.category) == ("Bollería", None)
    assert bread.key == str(product(known, "Pan"))
    assert bread.country == "ES"
    known.execute("UPDATE businesses SET country = 'PT' WHERE id = %s", known.business.id)
    assert told_of(known, "Pan").country == "PT"


def test_cost_and_shelf_life_come_with_the_product(known: Shop) -> None:
    (one,) = forecast_inventory(known.runtime, known.member(), ["Pan"], AS_OF, forecaster=Spy()).products
    assert (one.product.unit_cost, one.product.shelf_life_days, one.product.on_order) == (Decimal("0.4"), 1, None)


def test_the_sales_of_the_whole_shop_know_what_concerns_all_of_it(known: Shop) -> None:
    spy = Spy()
    with known.runtime.database.transaction(known.business.id, read_only=True) as uow:
        sales_forecast(uow, known.business, AS_OF, 14, forecaster=spy)
    (ask,) = spy.asks
    assert (ask.circumstances.country, ask.circumstances.promoted) == ("ES", {START + 5 * DAY})


def test_another_shop_is_told_nothing_of_it(known: Shop) -> None:
    spy = Spy()
    forecast_inventory(known.runtime, known.member(business=known.other), None, AS_OF, forecaster=spy)
    assert spy.asks
    assert not any(ask.circumstances.sold_out or ask.circumstances.promoted for ask in spy.asks)
