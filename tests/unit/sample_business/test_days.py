"""Café Central's days: the same whenever they are generated, and with a shop's patterns."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from hashlib import sha256
from statistics import mean

import pytest

from infra.local.sample_business.days import STORES, easter, holidays
from infra.local.sample_business.menu import menu
from infra.local.sample_business.orders import COLUMNS, lines_on, out_of_stock_on
from infra.local.sample_business.people import customers_on
from infra.local.sample_business.reviews import reviews_on

A_YEAR = [date(2025, 10, 1) + timedelta(days=number) for number in range(365)]


@pytest.fixture(scope="module")
def year() -> dict[date, list[dict[str, object]]]:
    return {day: [dict(zip(COLUMNS, line, strict=True)) for line in lines_on(day)] for day in A_YEAR}


def orders_of(lines: list[dict[str, object]], store: str | None = None) -> int:
    return len({line["order_id"] for line in lines if store in (None, line["store"])})


def test_a_day_is_the_same_whenever_it_is_generated() -> None:
    """A digest changes when the sample does: what is topped up would then not go with what was loaded before."""
    day = date(2026, 3, 3)
    first = list(lines_on(day))
    list(lines_on(date(2026, 7, 7)))
    assert list(lines_on(day)) == first
    assert sha256(repr(first).encode()).hexdigest()[:16] == "1290d8811ef038a4"
    reviews = [reviews_on(day + timedelta(days=number)) for number in range(30)]
    assert sha256(repr(reviews).encode()).hexdigest()[:16] == "0ebd415bc4fbc5fe"


def test_the_menu_is_described_and_its_ids_and_names_are_its_own() -> None:
    assert 38 <= len(menu()) <= 45
    assert len({product.product_id for product in menu()}) == len({product.name for product in menu()}) == len(menu())
    for product in menu():
        assert len(product.description) > 30
        assert 0 < product.cost < product.price
        assert product.allergens


@pytest.mark.parametrize("day", [date(2024, 3, 31), date(2025, 4, 20), date(2026, 4, 5), date(2027, 3, 28)])
def test_easter_falls_when_it_does(day: date) -> None:
    assert easter(day.year) == day
    assert holidays(day.year)[day - timedelta(days=2)] == "Viernes Santo"


def test_days_have_a_shops_rhythm(year: dict[date, list[dict[str, object]]]) -> None:
    by_weekday = [mean(orders_of(lines) for day, lines in year.items() if day.weekday() == n) for n in range(7)]
    assert by_weekday[5] > by_weekday[2] > by_weekday[0]
    by_month = [sum(orders_of(lines) for day, lines in year.items() if day.month == n) for n in range(1, 13)]
    assert min(by_month) == by_month[7]
    assert by_month[11] > by_month[10] > by_month[1]
    assert 100 <= mean(orders_of(lines) for lines in year.values()) <= 160


def test_closed_days_have_no_orders(year: dict[date, list[dict[str, object]]]) -> None:
    assert year[date(2025, 12, 25)] == year[date(2026, 1, 1)] == []
    retiro_closed = [day for day in A_YEAR if day.weekday() == 0] + [date(2026, 8, 10), date(2026, 8, 23)]
    assert all(orders_of(year[day], "Retiro") == 0 for day in retiro_closed)
    assert orders_of(year[date(2026, 8, 11)], "Centro") > 0


def test_orders_fall_in_opening_hours_by_time_and_ids_are_unique(year: dict[date, list[dict[str, object]]]) -> None:
    for lines in list(year.values())[:60]:
        for store in STORES:
            sales = [line for line in lines if line["store"] == store.name and int(str(line["quantity"])) > 0]
            assert [line["ordered_at"] for line in sales] == sorted(str(line["ordered_at"]) for line in sales)
            assert all("07:00" <= str(line["ordered_at"])[11:16] < "21:00" for line in sales)
    placed = {(line["order_id"], line["ordered_at"]) for lines in year.values() for line in lines}
    assert len(placed) == len({order_id for order_id, _ in placed})


def test_refunds_take_back_a_line_sold_before(year: dict[date, list[dict[str, object]]]) -> None:
    lines = [line for day in year.values() for line in day]
    refunds = [line for line in lines if int(str(line["quantity"])) < 0]
    assert 100 < len(refunds) < 600
    sold = {(line["order_id"], line["product_id"], line["quantity"], line["unit_price"]) for line in lines}
    for refund in refunds:
        order_id = str(refund["order_id"]).removesuffix("-D")
        assert (order_id, refund["product_id"], -int(str(refund["quantity"])), refund["unit_price"]) in sold
        assert Decimal(str(refund["discount"])) <= 0


def test_prices_rise_in_march_and_never_otherwise() -> None:
    for product in menu():
        prices = [product.price_on(day) for day in A_YEAR]
        assert {A_YEAR[n] for n in range(1, 365) if prices[n] != prices[n - 1]} <= {date(2026, 3, 1)}
        assert all(price % Decimal("0.05") == 0 for price in prices)
    assert sum(product.price_on(date(2026, 3, 1)) > product.price_on(date(2026, 2, 28)) for product in menu()) > 30


def test_products_come_go_and_fade(year: dict[date, list[dict[str, object]]]) -> None:
    def units(name: str, start: date, end: date) -> int:
        lines = [line for day, lines in year.items() if start <= day < end for line in lines]
        return sum(int(str(line["quantity"])) for line in lines if line["product"] == name)

    assert units("Matcha latte", A_YEAR[0], date(2026, 3, 2)) == 0 < units("Matcha latte", date(2026, 3, 2), A_YEAR[-1])
    assert units("Porción de roscón de Reyes", date(2026, 1, 8), date(2026, 9, 30)) == 0
    assert units("Torrija", date(2026, 2, 18), date(2026, 4, 6)) == units("Torrija", A_YEAR[0], A_YEAR[-1]) > 0
    fading = [units("Zumo detox verde", *ends) for ends in ((A_YEAR[0], A_YEAR[182]), (A_YEAR[182], A_YEAR[364]))]
    assert fading[0] > fading[1] > 0


def test_what_has_run_out_is_not_sold(year: dict[date, list[dict[str, object]]]) -> None:
    runs_out = [day for day in A_YEAR if out_of_stock_on(day)]
    assert len(runs_out) > 60
    for day in runs_out:
        assert not out_of_stock_on(day) & {str(line["product_id"]) for line in year[day]}


def test_about_a_third_of_the_orders_are_known_customers(year: dict[date, list[dict[str, object]]]) -> None:
    orders = {str(line["order_id"]): str(line["customer_id"]) for lines in year.values() for line in lines}
    assert 0.32 < mean(bool(customer) for customer in orders.values()) < 0.38
    assert 200 < len(set(orders.values())) < 450
    assert len({person.customer_id for person in customers_on(A_YEAR[0])}) == len(customers_on(A_YEAR[0]))


def test_reviews_are_spanish_sentences_of_every_rating() -> None:
    reviews = [dict(zip(("id", "date", "rating", "product", "product_id", "text"), row, strict=True))
               for day in A_YEAR for row in reviews_on(day)]  # fmt: skip
    assert 70 < len(reviews) < 140
    assert {review["rating"] for review in reviews} == {1, 2, 3, 4, 5}
    assert len({review["text"] for review in reviews}) > 0.95 * len(reviews)
    assert not any("{" in str(review["text"]) or "  " in str(review["text"]) for review in reviews)
