"""What cannot be known is said, what is another's is not seen, no value becomes SQL: shops that one adds up by hand."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import psycopg
import pytest

from cafe_ai.analytics.compiler import Scope, Selection, compile_selection, compile_unsold
from cafe_ai.analytics.metrics import METRICS, takes_filters
from cafe_ai.analytics.model import Dimension, FactSheet, Filters, Metric, PeriodSpec, Plan, Ranking
from cafe_ai.analytics.periods import ShopCalendar, UnknownPeriod, resolve
from cafe_ai.tenancy.model import Business
from tests.integration.analytics.conftest import Gather
from tests.support.factories import Factory, Line
from tests.support.generated_shop import MADRID
from tests.support.periods import said
from tests.support.postgres import TestDatabase

AS_OF = "2026-05-13T12:00:00"
HOSTILE = (
    "O'Hara",
    "100% de cacao",
    "%s %(business_id)s",
    "x'); DROP TABLE orders; --",
    'Té "rojo"',
    "back\\slash",
    "{0} {name}",
    "$1",
    "línea\nnueva",
)


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"2026-{text}").replace(tzinfo=MADRID)


@dataclass
class Shop:
    """A shop that a test fills and asks."""

    factory: Factory
    gather: Gather
    business: Business

    def product(self, name: str, **columns: Any) -> UUID:
        return self.factory.insert_product(self.business.id, name, **columns)

    def customer(self, external_id: str, name: str | None = None) -> UUID:
        return self.factory.insert_customer(self.business.id, external_id, name)

    def sell(self, when: str, *lines: Line, **order: Any) -> UUID:
        return self.factory.insert_order(self.business.id, lines, ordered_at=at(when), **order)

    def ask(self, *metrics: Metric, period: str = "all", as_of: str = AS_OF, **plan: Any) -> FactSheet:
        if "comparison" in plan:
            plan["comparison"] = said(plan["comparison"])
        if filters := plan.pop("only", None):
            plan["filters"] = Filters(**filters)
        plan_asked = Plan(metrics, said(period), **plan)
        sheet = self.gather(plan_asked, self.business, as_of)
        assert self.gather(plan_asked, self.business, as_of, from_lines=True) == sheet
        return sheet


@pytest.fixture
def shop(factory: Factory, ask: Gather) -> Shop:
    """An empty shop."""
    return _new(factory, ask)


def _new(factory: Factory, ask: Gather) -> Shop:
    business_id = factory.insert_business("Café Central")
    return Shop(factory, ask, Business(business_id, "Café Central", "cafeteria", MADRID.key, "EUR", "es"))


@pytest.fixture
def cafe(shop: Shop) -> Shop:
    """Coffee at 10 € and cake at 20 €: on 30 March one coffee, in April three coffees and a cake, on 4 May a cake."""
    coffee, cake = shop.product("Café", category="Bebidas"), shop.product("Tarta", category="Dulces")
    shop.sell("03-30T10:00", Line(coffee))
    shop.sell("04-07T10:00", Line(coffee, 3))
    shop.sell("04-08T18:00", Line(cake, 1, 20))
    shop.sell("05-04T10:00", Line(cake, 1, 20))
    return shop


def values(sheet: FactSheet, metric: Metric, role: str = "value") -> list[tuple[str, Decimal]]:
    """The told rows of a metric: what they are of, and the figure."""
    return [
        (" ".join(fact.dimensions.values()), fact.value)
        for fact in sheet.facts
        if fact.role == role and fact.metric.removesuffix("_share") == metric.value
    ]


def only(sheet: FactSheet, role: str = "value") -> Decimal:
    [value] = [fact.value for fact in sheet.facts if fact.role == role]
    return value


# --- Gaps ----------------------------------------------------------------------------------------------------------


def test_a_shop_without_orders_has_no_records(shop: Shop) -> None:
    shop.product("Café")
    sheet = shop.ask(Metric.NET_SALES)
    assert (sheet.gaps, sheet.facts, sheet.recorded) == (("no_records",), (), None)


@pytest.mark.parametrize(
    ("period", "gap"),
    [
        ("named 2026-02", "before_records"),
        ("named 2025", "before_records"),
        ("named 2026-05-20", "after_records"),
        ("named 2027", "after_records"),
        ("day-1", "after_records"),  # nothing is recorded after the 4th
    ],
)
def test_a_period_outside_the_records_has_no_figure(cafe: Shop, period: str, gap: str) -> None:
    sheet = cafe.ask(Metric.NET_SALES, Metric.ORDERS, period=period)
    assert (sheet.gaps, sheet.facts) == ((gap,), ())


def test_what_is_sold_later_today_is_not_yet_recorded(cafe: Shop) -> None:
    cafe.sell("05-13T18:00", Line(cafe.product("Té")))
    sheet = cafe.ask(Metric.NET_SALES, period="day+0")
    assert not any(fact.value for fact in sheet.facts)


def test_at_midnight_today_is_compared_with_nothing_of_what_it_will_sell(cafe: Shop) -> None:
    cafe.sell("05-13T10:00", Line(cafe.product("Té")))
    sheet = cafe.ask(Metric.NET_SALES, period="day-1", comparison="day+0", as_of="2026-05-13T00:00:00")
    assert not any(fact.value for fact in sheet.facts)


def test_days_without_sales_are_zero_within_the_records(cafe: Shop) -> None:
    sheet = cafe.ask(Metric.NET_SALES, Metric.ORDERS, Metric.UNITS, period="named 2026-04-20")
    assert [fact.value for fact in sheet.facts if fact.role == "value"] == [0, 0, 0]
    assert sheet.gaps == ()


@pytest.mark.parametrize("metric", [Metric.AVERAGE_TICKET, Metric.UNITS_PER_ORDER, Metric.REPEAT_RATE])
def test_an_average_of_nothing_is_not_known(cafe: Shop, metric: Metric) -> None:
    cafe.customer("C1")
    sheet = cafe.ask(metric, period="named 2026-04-20")
    assert len(sheet.gaps) == 1
    assert not sheet.facts


def test_a_breakdown_of_nothing_says_that_nothing_was_sold(cafe: Shop) -> None:
    sheet = cafe.ask(Metric.NET_SALES, period="named 2026-04-20", breakdowns=(Dimension.PRODUCT,))
    assert (sheet.gaps, sheet.facts) == (("no_sales",), ())


def test_prices_that_were_not_recorded_leave_money_unknown_and_units_known(shop: Shop) -> None:
    shop.sell("05-04T10:00", Line(shop.product("Pan"), 3, None))
    assert shop.ask(Metric.NET_SALES).gaps == ("no_prices",)
    assert shop.ask(Metric.AVERAGE_TICKET).gaps == ("no_prices",)
    both = shop.ask(Metric.UNITS, Metric.NET_SALES)
    assert (values(both, Metric.UNITS), both.gaps) == ([("", Decimal(3))], ("no_prices",))


def test_best_sellers_are_told_by_units_where_prices_are_not_recorded(shop: Shop) -> None:
    bread, roll = shop.product("Pan"), shop.product("Bollo")
    shop.sell("05-04T10:00", Line(bread, 3, None), Line(roll, 5, None))
    sheet = shop.ask(Metric.NET_SALES, breakdowns=(Dimension.PRODUCT,), ranking=Ranking())
    assert sheet.gaps == ("no_prices",)
    assert values(sheet, Metric.UNITS) == [("Bollo", Decimal(5)), ("Pan", Decimal(3))]


def test_returns_alone_make_no_average_and_lack_no_price(cafe: Shop) -> None:
    cafe.sell("05-06T10:00", Line(cafe.product("Té"), -1, 5))
    sheet = cafe.ask(Metric.NET_SALES, Metric.AVERAGE_TICKET, period="named 2026-05-06")
    assert values(sheet, Metric.NET_SALES) == [("", Decimal("-5.00"))]
    assert sheet.gaps == ("no_sales",)


def test_margins_need_costs(cafe: Shop) -> None:
    for metric in (Metric.MARGIN, Metric.MARGIN_RATE):
        sheet = cafe.ask(metric)
        assert (sheet.gaps, sheet.facts) == (("no_costs",), ())


@pytest.mark.parametrize("metric", [m for m in Metric if METRICS[m].subject in ("customers", "inactive")])
def test_customer_figures_need_customers(cafe: Shop, metric: Metric) -> None:
    sheet = cafe.ask(metric)
    assert (sheet.gaps, sheet.facts) == (("no_customers",), ())


@pytest.mark.parametrize(
    ("dimension", "gap"),
    [
        (Dimension.STORE, "no_stores"),
        (Dimension.PAYMENT_METHOD, "no_payment_methods"),
        (Dimension.CUSTOMER, "no_customers"),
    ],
)
def test_a_breakdown_needs_what_it_is_by(cafe: Shop, dimension: Dimension, gap: str) -> None:
    sheet = cafe.ask(Metric.NET_SALES, breakdowns=(dimension,))
    assert (sheet.gaps, sheet.facts) == ((gap,), ())


def test_a_breakdown_by_category_needs_categories(shop: Shop) -> None:
    shop.sell("05-04T10:00", Line(shop.product("Pan")))
    assert shop.ask(Metric.NET_SALES, breakdowns=(Dimension.CATEGORY,)).gaps == ("no_categories",)


@pytest.mark.parametrize("breakdowns", [(), (Dimension.PRODUCT,), (Dimension.CATEGORY,)])
def test_a_comparison_with_what_was_not_recorded_has_no_baseline(cafe: Shop, breakdowns: tuple[Dimension, ...]) -> None:
    sheet = cafe.ask(Metric.NET_SALES, period="named 2026-04", comparison="named 2025-04", breakdowns=breakdowns)
    assert "no_baseline" in sheet.gaps
    assert {fact.role for fact in sheet.facts} <= {"value", "total", "share", "context"}


def test_an_average_of_a_product_that_was_not_sold_before_is_not_compared_with_zero(cafe: Shop) -> None:
    sheet = cafe.ask(
        Metric.AVERAGE_TICKET, period="named 2026-04", comparison="named 2026-03", breakdowns=(Dimension.PRODUCT,)
    )
    assert values(sheet, Metric.AVERAGE_TICKET, "baseline") == [("Café", Decimal("10.00"))]


def test_stock_and_prices_need_a_catalogue(cafe: Shop) -> None:
    assert cafe.ask(Metric.PRICE).gaps == ("no_catalogue_price",)
    assert cafe.ask(Metric.STOCK).gaps == ("no_stock",)


def test_a_period_that_names_no_dates_is_not_answered(cafe: Shop) -> None:
    for period in ("named 2026-02-30", "month x99999", "previous"):
        with pytest.raises(UnknownPeriod):
            cafe.ask(Metric.NET_SALES, period=period)


# --- Comparisons row by row ----------------------------------------------------------------------------------------


def test_days_are_compared_with_their_counterparts_where_one_was_without_sales(shop: Shop) -> None:
    """Monday is compared with Monday, also where the shop was closed the Monday before."""
    coffee = shop.product("Café")
    for day, quantity in (("05-01", 9), ("05-05", 2), ("05-11", 4), ("05-12", 5)):
        shop.sell(f"{day}T10:00", Line(coffee, quantity))
    sheet = shop.ask(
        Metric.NET_SALES,
        period="range 2026-05-11..2026-05-12",
        comparison="range 2026-05-04..2026-05-05",
        breakdowns=(Dimension.DAY,),
    )
    assert values(sheet, Metric.NET_SALES) == [("2026-05-11", 40), ("2026-05-12", 50)]
    assert values(sheet, Metric.NET_SALES, "baseline") == [("", 0), ("", 20)]


def test_months_are_compared_with_their_counterparts_where_the_records_begin_later(cafe: Shop) -> None:
    """April to May against March to April of a shop that sold nothing in between is by place in the series."""
    sheet = cafe.ask(
        Metric.NET_SALES,
        period="range 2026-04..2026-05",
        comparison="range 2026-02..2026-03",
        breakdowns=(Dimension.MONTH,),
    )
    assert values(sheet, Metric.NET_SALES) == [("2026-04", 50), ("2026-05", 20)]
    assert values(sheet, Metric.NET_SALES, "baseline")[-1] == ("", 10)


def test_the_best_days_are_not_compared_with_the_first_days_of_the_other_period(shop: Shop) -> None:
    coffee = shop.product("Café")
    for day, quantity in (("05-04", 1), ("05-05", 2), ("05-11", 3), ("05-12", 6)):
        shop.sell(f"{day}T10:00", Line(coffee, quantity))
    sheet = shop.ask(
        Metric.NET_SALES,
        period="range 2026-05-11..2026-05-12",
        comparison="range 2026-05-04..2026-05-05",
        breakdowns=(Dimension.DAY,),
        ranking=Ranking(limit=1),
    )
    assert values(sheet, Metric.NET_SALES) == [("2026-05-12", 60)]
    assert values(sheet, Metric.NET_SALES, "baseline") in ([("", 20)], [])


def test_rows_of_one_kind_are_compared_with_their_own(cafe: Shop) -> None:
    sheet = cafe.ask(
        Metric.NET_SALES, period="named 2026-05", comparison="named 2026-04", breakdowns=(Dimension.PRODUCT,)
    )
    assert values(sheet, Metric.NET_SALES) == [("Tarta", 20)]
    assert values(sheet, Metric.NET_SALES, "baseline") == [("Tarta", 20)]


@pytest.mark.parametrize(
    ("order", "by", "told"),
    [("top", "change", [("Café", 20)]), ("bottom", "change", []), ("top", "change_percent", [("Café", 20)])],
)
def test_what_rose_most_is_among_what_rose(cafe: Shop, order: str, by: str, told: list[tuple[str, int]]) -> None:
    sheet = cafe.ask(
        Metric.NET_SALES,
        period="named 2026-04",
        comparison="named 2026-03",
        breakdowns=(Dimension.PRODUCT,),
        ranking=Ranking(order, 5, by),  # type: ignore[arg-type]
    )
    differences = [(fact.dimensions.get("product"), fact.value) for fact in sheet.facts if fact.role == "difference"]
    assert [pair for pair in differences if pair[0] == "Café"] == told


def test_what_vanished_fell_to_zero_in_each_of_its_figures(cafe: Shop) -> None:
    sheet = cafe.ask(
        Metric.NET_SALES,
        Metric.UNITS,
        period="named 2026-05",
        comparison="named 2026-04",
        breakdowns=(Dimension.PRODUCT,),
        ranking=Ranking("bottom", 5, "change"),
    )
    assert values(sheet, Metric.NET_SALES) == [("Café", 0)]
    assert values(sheet, Metric.UNITS) == [("Café", 0)]
    assert values(sheet, Metric.UNITS, "baseline") == [("Café", 3)]


# --- Products and customers that did not buy or were not bought ----------------------------------------------------


def test_unsold_means_without_a_positive_line_up_to_the_moment_of_asking(cafe: Shop) -> None:
    tea, cup = cafe.product("Té"), cafe.product("Taza")
    cafe.product("Jersey", listed=False)
    cafe.sell("05-05T10:00", Line(tea, -1))
    cafe.sell("05-13T18:00", Line(cup))  # after as_of
    sheet = cafe.ask(Metric.UNSOLD_PRODUCTS, period="month+0")
    assert values(sheet, Metric.UNSOLD_PRODUCTS) == [("", 3)]
    assert sorted(name for name, _ in values(sheet, Metric.UNITS)) == ["Café", "Taza", "Té"]


def test_unsold_against_another_period_is_what_had_sold_then(cafe: Shop) -> None:
    cafe.product("Té")
    sheet = cafe.ask(Metric.UNSOLD_PRODUCTS, period="named 2026-05", comparison="named 2026-04")
    assert values(sheet, Metric.UNSOLD_PRODUCTS) == [("", 1)]
    assert values(sheet, Metric.UNITS) == [("Café", 0)]


@pytest.mark.parametrize("metric", [Metric.UNSOLD_PRODUCTS, Metric.INACTIVE_CUSTOMERS, Metric.STOCK])
def test_what_cannot_be_told_for_a_store_is_not_taken_for_one(metric: Metric) -> None:
    plan = Plan((metric,), PeriodSpec("all"), filters=Filters(stores=("Norte",)))
    assert not takes_filters(plan)
    assert takes_filters(replace(plan, filters=Filters()))
    assert takes_filters(replace(plan, metrics=(Metric.NET_SALES,)))


def test_inactive_customers_have_not_bought_since_as_of(cafe: Shop) -> None:
    coffee = cafe.product("Cortado")
    for name, day in (("A", "04-01T10:00"), ("B", "04-30T13:00"), ("C", "04-30T11:00"), ("D", "05-10T10:00")):
        cafe.sell(day, Line(coffee), customer_id=cafe.customer(name))
    returned = cafe.customer("E")
    cafe.sell("01-01T10:00", Line(coffee, -1), customer_id=returned)  # who only ever returned has no order
    late = cafe.customer("F")
    cafe.sell("05-14T10:00", Line(coffee), customer_id=late)  # after as_of: not known yet
    assert only(cafe.ask(Metric.INACTIVE_CUSTOMERS, inactive_days=13)) == 2  # A and C; B bought 12 days and 23 h ago
    assert only(cafe.ask(Metric.INACTIVE_CUSTOMERS, inactive_days=1)) == 4
    assert only(cafe.ask(Metric.INACTIVE_CUSTOMERS)) == 0  # in 90 days


def test_a_customers_first_order_counts_as_of_the_moment_of_asking(cafe: Shop) -> None:
    coffee, ana = cafe.product("Cortado"), cafe.customer("Ana")
    cafe.sell("05-10T10:00", Line(coffee), customer_id=ana)
    assert only(cafe.ask(Metric.NEW_CUSTOMERS, period="month+0")) == 1
    cafe.sell("04-02T10:00", Line(coffee), customer_id=ana)  # an order that arrives late
    sheet = cafe.ask(Metric.NEW_CUSTOMERS, Metric.RETURNING_CUSTOMERS, period="month+0")
    assert [fact.value for fact in sheet.facts] == [0, 1]
    assert only(cafe.ask(Metric.NEW_CUSTOMERS, period="month+0", as_of="2026-04-20T12:00:00")) == 1


def test_customers_come_with_their_names(cafe: Shop) -> None:
    coffee = cafe.product("Cortado")
    cafe.sell("05-05T10:00", Line(coffee, 2), customer_id=cafe.customer("7", "Ana Pérez"))
    cafe.sell("05-05T10:00", Line(coffee, 1), customer_id=cafe.customer("8"))
    sheet = cafe.ask(Metric.NET_SALES, breakdowns=(Dimension.CUSTOMER,), ranking=Ranking())
    assert [dict(fact.dimensions) for fact in sheet.facts if fact.role == "value"] == [
        {"customer": "7", "customer_name": "Ana Pérez"},
        {"customer": "8"},
    ]


# --- The catalogue -------------------------------------------------------------------------------------------------


def test_the_catalogue_is_what_is_offered(shop: Shop) -> None:
    shop.product("Café", category="Bebidas", price=Decimal("1.30"), stock=0)
    shop.product("Té", category="Bebidas", price=Decimal("1.50"), stock=Decimal("2.5"))
    shop.product("Tarta", category="Dulces", price=4)
    shop.product("Jersey", price=40, stock=9, listed=False)
    assert only(shop.ask(Metric.CATALOGUE_SIZE)) == 3
    assert only(shop.ask(Metric.CATALOGUE_SIZE, only={"categories": ("Bebidas",)})) == 2
    assert values(shop.ask(Metric.OUT_OF_STOCK), Metric.OUT_OF_STOCK) == [("", 1)]
    assert values(shop.ask(Metric.STOCK), Metric.STOCK) == [("Café", 0), ("Té", Decimal("2.5"))]
    dearest = shop.ask(Metric.PRICE, ranking=Ranking(limit=1))
    assert values(dearest, Metric.PRICE) == [("Tarta", 4)]
    cheapest = shop.ask(Metric.PRICE, ranking=Ranking("bottom", 1))
    assert values(cheapest, Metric.PRICE) == [("Café", Decimal("1.30"))]


def test_products_are_counted_by_category_where_that_is_asked(shop: Shop) -> None:
    for name, category in (("Café", "Bebidas"), ("Té", "Bebidas"), ("Tarta", "Dulces")):
        shop.product(name, category=category)
    sheet = shop.ask(Metric.CATALOGUE_SIZE, breakdowns=(Dimension.CATEGORY,))
    assert values(sheet, Metric.CATALOGUE_SIZE) == [("Bebidas", 2), ("Dulces", 1)]


# --- Other businesses ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("metric", list(Metric))
@pytest.mark.parametrize("breakdown", [None, Dimension.PRODUCT, Dimension.CUSTOMER])
def test_nothing_of_another_business_is_seen(
    factory: Factory, ask: Gather, shop: Shop, metric: Metric, breakdown: Dimension | None
) -> None:
    mine, theirs = shop, _new(factory, ask)
    for one, scale in ((mine, 1), (theirs, 1000)):
        bread = one.product(f"Pan {scale}", price=scale, stock=scale, cost=scale, category=f"K{scale}")
        one.product(f"Bollo {scale}", stock=0)
        customer = one.customer(f"C{scale}", f"N{scale}")
        one.sell("04-04T10:00", Line(bread, 1, 2 * scale), customer_id=customer, store=f"S{scale}")
        one.sell("05-04T10:00", Line(bread, 1, 3 * scale), customer_id=customer, store=f"S{scale}")
    breakdowns = (breakdown,) if breakdown and METRICS[metric].subject in ("sales", "customers") else ()
    if breakdown is Dimension.CUSTOMER and METRICS[metric].subject == "customers":
        breakdowns = ()
    sheet = mine.ask(metric, breakdowns=breakdowns)
    assert sheet.facts
    assert "1000" not in repr([(fact.value, fact.dimensions) for fact in sheet.facts])
    assert all(fact.value < 200 for fact in sheet.facts)
    stranger = mine.ask(metric, breakdowns=breakdowns, only={"products": ("Pan 1000",)})
    told = [fact for fact in stranger.facts if METRICS[metric].subject != "inactive"]
    assert not any(fact.value for fact in told), "another's name finds nothing"


def test_row_level_security_hides_a_business_that_the_transaction_does_not_name(
    module_database: TestDatabase, cafe: Shop
) -> None:
    """The condition on business_id and the policy each suffice: without the setting the same SQL sees no row."""
    calendar = ShopCalendar(MADRID.key, cafe.business.day_starts, at("05-13T12:00"), at("01-01T00:00").date())
    scope = Scope(cafe.business.id, resolve(said("all"), calendar), Filters(), calendar)
    statement = compile_selection(scope, Selection((Metric.NET_SALES,)))
    with psycopg.connect(module_database.app) as connection:
        row = connection.execute(statement.sql.encode(), statement.parameters).fetchone()
    assert row is not None
    assert row[0] is None


# --- Values are bound ----------------------------------------------------------------------------------------------


@pytest.fixture
def hostile(shop: Shop) -> Iterator[Shop]:
    """A product, category, store, payment method and customer of each hostile name, with one sale of its own price."""
    for number, name in enumerate(HOSTILE, 1):
        product = shop.product(name, category=name, price=number, stock=number)
        customer = shop.customer(name, name)
        line = Line(product, 1, number)
        shop.sell("05-04T10:00", line, customer_id=customer, store=name, payment_method=name)
    yield shop
    assert only(shop.ask(Metric.ORDERS)) == len(HOSTILE)


@pytest.mark.parametrize("field", ["products", "categories", "stores", "customers", "payment_methods"])
def test_a_hostile_name_is_only_a_name(hostile: Shop, field: str) -> None:
    for number, name in enumerate(HOSTILE, 1):
        sheet = hostile.ask(Metric.NET_SALES, only={field: (name,)})
        assert only(sheet) == number, name
        assert sheet.facts[0].filters == {field: [name]}


@pytest.mark.parametrize(
    "dimension",
    [Dimension.PRODUCT, Dimension.CATEGORY, Dimension.STORE, Dimension.CUSTOMER, Dimension.PAYMENT_METHOD],
)
def test_a_hostile_name_is_told_as_it_is(hostile: Shop, dimension: Dimension) -> None:
    sheet = hostile.ask(Metric.NET_SALES, breakdowns=(dimension,))
    told = {fact.dimensions[dimension.value] for fact in sheet.facts if fact.role == "value"}
    assert told == set(HOSTILE)


@pytest.mark.parametrize("metric", list(Metric))
@pytest.mark.parametrize("name", HOSTILE)
def test_no_value_stands_in_the_statement(metric: Metric, name: str, shop: Shop) -> None:
    calendar = ShopCalendar(MADRID.key, shop.business.day_starts, at("05-13T12:00"), at("01-01T00:00").date())
    filters = Filters((name,), (name,), (name,), (name,), (name,), (6,), (23, 5))
    scope = Scope(shop.business.id, resolve(said("month+0"), calendar), filters, calendar)
    selection = Selection(
        (metric,), (Dimension.PRODUCT,), "top", 987, inactive_since=calendar.as_of, from_lines=name.startswith("O")
    )
    unsold = METRICS[metric].subject == "unsold"
    statement = compile_unsold(scope, scope.period) if unsold else compile_selection(scope, selection)
    for value in (name, str(shop.business.id), "2026-05", "987", "12:00"):
        assert value not in statement.sql
    if METRICS[metric].subject != "inactive":
        assert [name] in statement.parameters.values()
    assert statement.parameters["business_id"] == shop.business.id
    assert "%(business_id)s" in statement.sql


def test_a_period_spec_is_no_sql_either(cafe: Shop) -> None:
    with pytest.raises(UnknownPeriod):
        cafe.gather(
            Plan((Metric.NET_SALES,), PeriodSpec("named", start="2026-05' OR '1'='1")), cafe.business, at("05-13T12:00")
        )
