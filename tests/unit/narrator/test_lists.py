"""Rankings, series and other lists, told."""

from __future__ import annotations

from decimal import Decimal

import pytest

from cafe_ai.analytics.model import Dimension, Fact, FactSheet, Filters, Metric, Ranking
from tests.support.fact_factories import (
    AS_OF,
    NOVEMBER,
    OCTOBER,
    TODAY,
    YEAR_SO_FAR,
    compared,
    fact,
    period,
    sheet,
)
from tests.support.told import told

TOP = Ranking("top", 5)


def ranked(
    dimension: Dimension, rows: dict[str, str], *, metric: Metric = Metric.NET_SALES, **plan: object
) -> FactSheet:
    """A ranking by one metric: names and values, in order."""
    facts = [fact(metric, value, dimensions={dimension.value: name}) for name, value in rows.items()]
    return sheet(facts, metrics=(metric,), breakdowns=(dimension,), **({"ranking": TOP} | plan))  # type: ignore[arg-type]


def test_a_ranking_is_a_numbered_list_with_names_as_they_are() -> None:
    top = ranked(Dimension.PRODUCT, {"PAPER CHAIN KIT 50'S CHRISTMAS": "12345.67", "café con leche": "9.00"})
    assert told(top) == (
        "Los productos con más ventas en noviembre de 2010 fueron:\n"
        "1. PAPER CHAIN KIT 50'S CHRISTMAS: 12.345,67 £\n"
        "2. café con leche: 9,00 £"
    )
    assert told(top, "en") == (
        "The products with the highest sales in November 2010 were:\n"
        "1. PAPER CHAIN KIT 50'S CHRISTMAS: £12,345.67\n"
        "2. café con leche: £9.00"
    )


@pytest.mark.parametrize(
    ("dimension", "name", "es", "en"),
    [
        (
            Dimension.PRODUCT,
            "7-Up 33 cl",
            "El producto con más ventas en noviembre de 2010 fue «7-Up 33 cl», con unas ventas de 9,50 £.",
            "The product with the highest sales in November 2010 was “7-Up 33 cl”, with sales of £9.50.",
        ),
        (
            Dimension.DAY,
            "2010-11-15",
            (
                "El día con más ventas en noviembre de 2010 fue el lunes 15 de noviembre de 2010, con unas "
                "ventas de 9,50 £."
            ),
            "The day with the highest sales in November 2010 was Monday 15 November 2010, with sales of £9.50.",
        ),
        (
            Dimension.WEEKDAY,
            "monday",
            "El día de la semana con más ventas en noviembre de 2010 fue el lunes, con unas ventas de 9,50 £.",
            "The day of the week with the highest sales in November 2010 was Monday, with sales of £9.50.",
        ),
        (
            Dimension.HOUR,
            "12:00",
            "La hora con más ventas en noviembre de 2010 fue la de 12:00 a 13:00, con unas ventas de 9,50 £.",
            "The hour with the highest sales in November 2010 was between 12:00 and 13:00, with sales of £9.50.",
        ),
        (
            Dimension.CUSTOMER,
            "14646",
            "El cliente que más compró en noviembre de 2010 fue el 14646, con unas ventas de 9,50 £.",
            "The customer who spent the most in November 2010 was customer 14646, with sales of £9.50.",
        ),
        (
            Dimension.WEEK,
            "2010-11-15",
            (
                "La semana con más ventas en noviembre de 2010 fue la del 15 al 21 de noviembre de 2010, con "
                "unas ventas de 9,50 £."
            ),
            "The week with the highest sales in November 2010 was 15 to 21 November 2010, with sales of £9.50.",
        ),
    ],
)
def test_the_first_alone_is_a_sentence(dimension: Dimension, name: str, es: str, en: str) -> None:
    first = ranked(dimension, {name: "9.50"}, ranking=Ranking("top", 1))
    assert (told(first, "es"), told(first, "en")) == (es, en)


def test_a_customer_with_a_name_is_told_by_both() -> None:
    row = {"customer": "14646", "customer_name": "Ana Pérez"}
    facts = [fact(Metric.NET_SALES, "9.50", dimensions=row), fact(Metric.ORDERS, 1, dimensions=row)]
    best = sheet(
        facts,
        metrics=(Metric.NET_SALES, Metric.ORDERS),
        breakdowns=(Dimension.CUSTOMER,),
        ranking=Ranking("top", 1),
    )
    assert told(best).endswith("fue Ana Pérez (14646), con unas ventas de 9,50 £ y 1 pedido.")
    assert told(best, "en").endswith("was Ana Pérez (14646), with sales of £9.50 and 1 order.")


def test_the_worst_are_the_worst_of_what_sold() -> None:
    worst = ranked(Dimension.PRODUCT, {"Té": "1", "Agua": "2"}, metric=Metric.UNITS, ranking=Ranking("bottom", 2))
    assert told(worst) == (
        "Los productos con menos unidades vendidas (entre lo que se vendió) en noviembre de 2010 fueron:\n"
        "1. Té: 1 unidad\n"
        "2. Agua: 2 unidades"
    )


def test_rows_carry_a_second_metric_and_a_share() -> None:
    rows: list[Fact] = []
    for name, sales, share, units in (("Bebidas", "30.00", "75.0", 9), ("Bollería", "10.00", "25.0", 1)):
        row = {"category": name}
        rows += [
            fact(Metric.NET_SALES, sales, dimensions=row),
            fact("net_sales_share", share, role="share", dimensions=row),
            fact(Metric.UNITS, units, dimensions=row),
        ]
    both = sheet(rows, metrics=(Metric.NET_SALES, Metric.UNITS), breakdowns=(Dimension.CATEGORY,), ranking=TOP)
    assert "1. Bebidas: ventas de 30,00 £ (el 75,0 % del total) y 9 unidades\n" in told(both)
    assert "2. Bollería: sales of £10.00 (25.0% of the total) and 1 unit sold" in told(both, "en")


def test_the_first_one_s_share_is_an_aside() -> None:
    top = ranked(Dimension.CATEGORY, {"Bebidas": "30.00", "Bollería": "10.00"})
    aside = fact("net_sales_share", "75.0", role="context", dimensions={"category": "Bebidas"})
    with_aside = sheet([*top.facts, aside], breakdowns=(Dimension.CATEGORY,), ranking=TOP)
    assert told(with_aside).endswith("\n«Bebidas» supuso el 75,0 % de las ventas en noviembre de 2010.")
    assert told(with_aside, "en").endswith("\n“Bebidas” made up 75.0% of sales in November 2010.")


def test_a_ranking_is_narrowed_where_it_says_so() -> None:
    top = ranked(
        Dimension.PRODUCT,
        {"Té": "3.00", "Agua": "2.00"},
        filters=Filters(categories=("Bebidas",), stores=("Centro",), weekdays=(0,)),
    )
    assert told(top).startswith(
        "Los productos de la categoría Bebidas con más ventas en la tienda Centro los lunes en "
        "noviembre de 2010 fueron:"
    )


def test_an_average_day_is_told_as_an_average() -> None:
    best = ranked(Dimension.WEEKDAY, {"monday": "50.00"}, ranking=Ranking("top", 1), average=True)
    assert told(best) == (
        "El día de la semana con más ventas de media en noviembre de 2010 fue el lunes, con unas "
        "ventas de 50,00 £ de media."
    )
    days = ranked(Dimension.WEEKDAY, {"monday": "50.00", "friday": "40.00"}, ranking=None, average=True)
    assert told(days, "en") == (
        "Sales on average by day of the week in November 2010:\n- Monday: £50.00\n- Friday: £40.00"
    )


def test_a_series_names_each_period_and_its_total() -> None:
    when = period("2010-10-01", "2010-12-02", until=AS_OF)
    facts = [
        fact(Metric.NET_SALES, "10.00", when=OCTOBER, dimensions={"month": "2010-10"}),
        fact(Metric.NET_SALES, "20.00", when=NOVEMBER, dimensions={"month": "2010-11"}),
        fact(Metric.NET_SALES, "1.00", when=TODAY, dimensions={"month": "2010-12"}),
        fact(Metric.NET_SALES, "31.00", when=when, role="total"),
    ]
    series = sheet(facts, when=when, breakdowns=(Dimension.MONTH,))
    assert told(series) == (
        "Estas fueron, mes a mes, las ventas en lo que va del cuarto trimestre de 2010 (hasta las 09:00 "
        "del 1 de diciembre):\n"
        "- Octubre de 2010: 10,00 £\n"
        "- Noviembre de 2010: 20,00 £\n"
        "- Diciembre de 2010 (hasta el 1 de diciembre): 1,00 £\n"
        "En total, en lo que va del cuarto trimestre de 2010 (hasta las 09:00 del 1 de diciembre) "
        "las ventas han sido de 31,00 £."
    )
    assert "- December 2010 (to 1 December): £1.00\nIn total, sales have been £31.00 in the" in told(series, "en")


def test_a_month_of_days_is_listed_and_the_best_and_the_worst_are_pointed_out() -> None:
    facts = [fact(Metric.ORDERS, day, dimensions={"day": f"2010-11-{day:02d}"}) for day in range(1, 31)]
    text = told(sheet(facts, metrics=(Metric.ORDERS,), breakdowns=(Dimension.DAY,)))
    assert text.startswith(
        "Estos fueron, día a día, los pedidos en noviembre de 2010:\n- Lunes 1 de noviembre: 1 pedido\n"
    )
    assert text.endswith(
        "- Martes 30 de noviembre: 30 pedidos\n"
        "El día con más pedidos fue el martes 30 de noviembre de 2010, con 30 pedidos.\n"
        "El día con menos pedidos fue el lunes 1 de noviembre de 2010, con 1 pedido."
    )


def test_the_share_of_the_only_one_stands_in_its_sentence() -> None:
    first = ranked(Dimension.HOUR, {"12:00": "30.00"}, ranking=Ranking("top", 1))
    aside = fact("net_sales_share", "10.5", role="context", dimensions={"hour": "12:00"})
    alone = sheet([*first.facts, aside], breakdowns=(Dimension.HOUR,), ranking=Ranking("top", 1))
    assert told(alone).endswith("fue la de 12:00 a 13:00, con unas ventas de 30,00 £ (el 10,5 % del total).")
    several = ranked(Dimension.HOUR, {"12:00": "30.00", "13:00": "20.00"})
    with_aside = sheet([*several.facts, aside], breakdowns=(Dimension.HOUR,), ranking=TOP)
    assert told(with_aside).endswith(
        "\nLa franja de 12:00 a 13:00 supuso el 10,5 % de las ventas en noviembre de 2010."
    )
    assert told(with_aside, "en").endswith("\nThe hour from 12:00 to 13:00 made up 10.5% of sales in November 2010.")


def test_equal_days_are_neither_best_nor_worst() -> None:
    facts = [fact(Metric.ORDERS, 5, dimensions={"day": f"2010-11-{day:02d}"}) for day in range(1, 31)]
    assert "con más pedidos" not in told(sheet(facts, metrics=(Metric.ORDERS,), breakdowns=(Dimension.DAY,)))


def test_a_longer_series_is_told_by_its_total_its_best_and_its_worst() -> None:
    facts = [
        fact(Metric.ORDERS, 100 + n, when=YEAR_SO_FAR, dimensions={"day": f"2010-0{n // 28 + 1}-{n % 28 + 1:02d}"})
        for n in range(40)
    ]
    total = fact(Metric.ORDERS, 4780, when=YEAR_SO_FAR, role="total")
    text = told(sheet([*facts, total], metrics=(Metric.ORDERS,), when=YEAR_SO_FAR, breakdowns=(Dimension.DAY,)))
    assert text == (
        "En total, en lo que va de 2010 (hasta las 09:00 del 1 de diciembre) ha habido 4.780 pedidos. "
        "El día con más pedidos ha sido el viernes 12 de febrero de 2010, con 139 pedidos. "
        "El día con menos pedidos ha sido el viernes 1 de enero de 2010, con 100 pedidos. "
        "Son demasiados días para enumerarlos aquí."
    )


def test_a_ranking_by_change_tells_from_what_to_what() -> None:
    facts = [
        *compared(Metric.NET_SALES, Decimal(300), Decimal(100), NOVEMBER, OCTOBER, dimensions={"product": "Té"}),
        *compared(Metric.NET_SALES, Decimal(20), Decimal(0), NOVEMBER, OCTOBER, dimensions={"product": "Agua"}),
    ]
    rises = sheet(facts, comparison=OCTOBER, breakdowns=(Dimension.PRODUCT,), ranking=Ranking("top", 5, "change"))
    assert told(rises) == (
        "Los productos con mayor aumento de ventas en noviembre de 2010 respecto a octubre de 2010 fueron:\n"
        "1. Té: de 100,00 £ a 300,00 £, un 200,0 % más (200,00 £ más)\n"
        "2. Agua: de 0,00 £ a 20,00 £, 20,00 £ más"
    )
    assert "1. Té: from £100.00 to £300.00, up 200.0% (£200.00)\n" in told(rises, "en")


def test_the_one_that_fell_most_is_a_sentence() -> None:
    facts = compared(Metric.NET_SALES, Decimal(75), Decimal(100), NOVEMBER, OCTOBER, dimensions={"store": "Centro"})
    ranking = Ranking("bottom", 1, "change_percent")
    fall = sheet(facts, comparison=OCTOBER, breakdowns=(Dimension.STORE,), ranking=ranking)
    assert told(fall) == (
        "La tienda con mayor caída porcentual de ventas en noviembre de 2010 respecto a octubre de 2010 fue «Centro»: "
        "pasó de 100,00 £ a 75,00 £, un 25,0 % menos (25,00 £ menos)."
    )
    assert "was “Centro”: from £100.00 to £75.00, down 25.0% (£25.00)." in told(fall, "en")


def test_a_compared_series_keeps_each_baseline_with_its_row() -> None:
    before = period("2009-10-01", "2009-12-01")
    when = period("2010-10-01", "2010-12-01")
    facts = [
        *compared(Metric.ORDERS, Decimal(10), Decimal(8), OCTOBER, before, dimensions={"month": "2010-10"}),
        *compared(Metric.ORDERS, Decimal(20), Decimal(25), NOVEMBER, before, dimensions={"month": "2010-11"}),
    ]
    series = sheet(
        facts, metrics=(Metric.ORDERS,), when=when, comparison=before, breakdowns=(Dimension.MONTH,), recorded=None
    )
    assert told(series) == (
        "Así cambiaron, mes a mes, los pedidos de octubre a noviembre de 2010 respecto al periodo de "
        "octubre a noviembre de 2009:\n"
        "- Octubre de 2010: de 8 pedidos a 10 pedidos, un 25,0 % más (2 pedidos más)\n"
        "- Noviembre de 2010: de 25 pedidos a 20 pedidos, un 20,0 % menos (5 pedidos menos)"
    )


def test_unsold_products_are_counted_and_some_are_named() -> None:
    names = [fact(Metric.UNITS, 0, dimensions={"product": name}) for name in ("7-Up", "PACK OF 72")]
    facts = [fact(Metric.UNSOLD_PRODUCTS, 203), *names]
    unsold = sheet(facts, metrics=(Metric.UNSOLD_PRODUCTS,), comparison=OCTOBER)
    assert told(unsold) == (
        "En noviembre de 2010 no se vendieron 203 productos que sí se vendieron en octubre de 2010, "
        "entre ellos «7-Up» y «PACK OF 72»."
    )
    assert told(unsold, "en") == (
        "203 products that had sold in October 2010 did not sell in November 2010, among them “7-Up” and “PACK OF 72”."
    )
    both = sheet([fact(Metric.UNSOLD_PRODUCTS, 2), *names], metrics=(Metric.UNSOLD_PRODUCTS,))
    assert told(both) == "En noviembre de 2010 no se vendieron 2 productos: «7-Up» y «PACK OF 72»."
    none = sheet([fact(Metric.UNSOLD_PRODUCTS, 0)], metrics=(Metric.UNSOLD_PRODUCTS,))
    assert told(none) == (
        "En noviembre de 2010 se vendieron todos los productos del catálogo: no quedó ninguno sin ventas (0)."
    )


def test_inactive_customers_are_counted_as_of_today() -> None:
    inactive = sheet([fact(Metric.INACTIVE_CUSTOMERS, 1390)], metrics=(Metric.INACTIVE_CUSTOMERS,), inactive_days=90)
    assert told(inactive) == "A 1 de diciembre de 2010, 1.390 clientes llevan más de 90 días sin comprar."
    assert told(inactive, "en") == "As of 1 December 2010, 1,390 customers have not bought for more than 90 days."


def test_prices_and_stock_are_told_in_the_present() -> None:
    price = fact(Metric.PRICE, "1.80", when=TODAY, dimensions={"product": "Croissant"})
    stock = fact(Metric.STOCK, 1, when=TODAY, dimensions={"product": "Croissant"})
    of_croissant = Filters(products=("Croissant",))
    assert told(sheet([price], metrics=(Metric.PRICE,), when=TODAY, filters=of_croissant)) == (
        "El precio de «Croissant» es de 1,80 £."
    )
    assert told(sheet([stock], metrics=(Metric.STOCK,), when=TODAY, filters=of_croissant)) == (
        "Queda en stock 1 unidad de «Croissant»."
    )
    tea = fact(Metric.PRICE, "1.20", when=TODAY, dimensions={"product": "té verde"})
    assert told(sheet([price, tea], metrics=(Metric.PRICE,), when=TODAY), "en") == (
        "Prices:\n- Croissant: £1.80\n- té verde: £1.20"
    )


def test_products_out_of_stock_are_named_with_or_without_their_number() -> None:
    counted = sheet([fact(Metric.OUT_OF_STOCK, 3, when=TODAY)], metrics=(Metric.OUT_OF_STOCK,), when=TODAY)
    assert told(counted) == "Hay 3 productos agotados."
    rows = [fact(Metric.OUT_OF_STOCK, 1, when=TODAY, dimensions={"product": name}) for name in ("Té", "Agua")]
    named = sheet(rows, metrics=(Metric.OUT_OF_STOCK,), when=TODAY, breakdowns=(Dimension.PRODUCT,))
    assert told(named) == "Están agotados «Té» y «Agua»."
    assert told(named, "en") == "“Té” and “Agua” are out of stock."
