"""Totals, comparisons and shares, told."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from cafe_ai.analytics.model import Filters, Metric
from tests.support.fact_factories import (
    NOVEMBER,
    OCTOBER,
    RECORDED,
    TODAY,
    YEAR_SO_FAR,
    compared,
    fact,
    filters_of,
    month,
    period,
    sheet,
)
from tests.support.told import told

SALES = fact(Metric.NET_SALES, "1422654.64")


@pytest.mark.parametrize(
    ("metric", "value", "es", "en"),
    [
        (
            Metric.NET_SALES,
            "1422654.64",
            "En noviembre de 2010 las ventas fueron de 1.422.654,64 £.",
            "Sales were £1,422,654.64 in November 2010.",
        ),
        (
            Metric.GROSS_SALES,
            "5.00",
            "En noviembre de 2010 las ventas brutas fueron de 5,00 £.",
            "Gross sales were £5.00 in November 2010.",
        ),
        (
            Metric.RETURNS,
            "47617.84",
            "En noviembre de 2010 las devoluciones sumaron 47.617,84 £.",
            "Returns came to £47,617.84 in November 2010.",
        ),
        (
            Metric.RETURN_RATE,
            "3.2",
            "En noviembre de 2010 la tasa de devolución fue del 3,2 %.",
            "The return rate was 3.2% in November 2010.",
        ),
        (
            Metric.DISCOUNTS,
            "12.00",
            "En noviembre de 2010 los descuentos sumaron 12,00 £.",
            "Discounts came to £12.00 in November 2010.",
        ),
        (
            Metric.ORDERS,
            "1425",
            "En noviembre de 2010 hubo 1.425 pedidos.",
            "There were 1,425 orders in November 2010.",
        ),
        (
            Metric.UNITS,
            "332735",
            "En noviembre de 2010 se vendieron 332.735 unidades.",
            "In November 2010, 332,735 units were sold.",
        ),
        (
            Metric.AVERAGE_TICKET,
            "517.89",
            "En noviembre de 2010 el ticket medio fue de 517,89 £.",
            "The average ticket was £517.89 in November 2010.",
        ),
        (
            Metric.AVERAGE_PRICE,
            "2.10",
            "En noviembre de 2010 el precio medio por unidad fue de 2,10 £.",
            "The average price per unit was £2.10 in November 2010.",
        ),
        (
            Metric.UNITS_PER_ORDER,
            "12.5",
            "En noviembre de 2010 se vendieron de media 12,5 unidades por pedido.",
            "There were 12.5 units per order on average in November 2010.",
        ),
        (
            Metric.DAILY_AVERAGE,
            "47421.82",
            "En noviembre de 2010 las ventas medias diarias fueron de 47.421,82 £.",
            "Average daily sales were £47,421.82 in November 2010.",
        ),
        (
            Metric.DAILY_ORDERS,
            "47.5",
            "En noviembre de 2010 hubo de media 47,5 pedidos al día.",
            "There were 47.5 orders per day on average in November 2010.",
        ),
        (
            Metric.DAILY_UNITS,
            "9.25",
            "En noviembre de 2010 se vendieron de media 9,25 unidades al día.",
            "An average of 9.25 units per day was sold in November 2010.",
        ),
        (
            Metric.MARGIN,
            "-120.00",
            "En noviembre de 2010 el margen fue de -120,00 £.",
            "The margin was £-120.00 in November 2010.",
        ),
        (
            Metric.MARGIN_RATE,
            "62.3",
            "En noviembre de 2010 el margen fue del 62,3 % de las ventas.",
            "The margin was 62.3% of sales in November 2010.",
        ),
        (
            Metric.PRODUCTS_SOLD,
            "2800",
            "En noviembre de 2010 se vendieron 2.800 productos distintos.",
            "In November 2010, 2,800 different products were sold.",
        ),
        (
            Metric.CUSTOMERS,
            "1607",
            "En noviembre de 2010 compraron 1.607 clientes distintos.",
            "In November 2010, 1,607 customers bought.",
        ),
        (
            Metric.NEW_CUSTOMERS,
            "243",
            "En noviembre de 2010 hubo 243 clientes nuevos.",
            "There were 243 new customers in November 2010.",
        ),
        (
            Metric.RETURNING_CUSTOMERS,
            "9",
            "En noviembre de 2010 hubo 9 clientes recurrentes.",
            "There were 9 returning customers in November 2010.",
        ),
        (
            Metric.REPEAT_RATE,
            "66.5",
            "En noviembre de 2010 el 66,5 % de los clientes compró más de una vez.",
            "In November 2010, 66.5% of customers bought more than once.",
        ),
    ],
)
def test_each_metric_is_told_in_its_own_words(metric: Metric, value: str, es: str, en: str) -> None:
    one = sheet([fact(metric, value)], metrics=(metric,))
    assert (told(one, "es"), told(one, "en")) == (es, en)


@pytest.mark.parametrize(
    ("metric", "es", "en"),
    [
        (Metric.ORDERS, "hubo 1 pedido.", "There was 1 order in"),
        (Metric.UNITS, "se vendió 1 unidad.", "1 unit was sold."),
        (Metric.CUSTOMERS, "compró 1 cliente.", "1 customer bought."),
        (Metric.NEW_CUSTOMERS, "hubo 1 cliente nuevo.", "There was 1 new customer in"),
        (Metric.PRODUCTS_SOLD, "se vendió 1 producto.", "1 product was sold."),
    ],
)
def test_one_is_told_in_the_singular(metric: Metric, es: str, en: str) -> None:
    one = sheet([fact(metric, 1)], metrics=(metric,))
    assert es in told(one, "es")
    assert en in told(one, "en")


@pytest.mark.parametrize(
    ("metric", "es", "en"),
    [
        (Metric.NET_SALES, "no hubo ventas (0,00 £).", "There were no sales (£0.00) in November 2010."),
        (Metric.ORDERS, "no hubo pedidos (0).", "There were no orders (0) in November 2010."),
        (Metric.UNITS, "no se vendió ninguna unidad (0).", "no units were sold (0)"),
        (
            Metric.REPEAT_RATE,
            "ningún cliente compró más de una vez (0,0 %).",
            "No customers bought more than once (0.0%)",
        ),
    ],
)
def test_nothing_is_told_as_nothing_and_still_stated(metric: Metric, es: str, en: str) -> None:
    none = sheet([fact(metric, 0)], metrics=(metric,))
    assert told(none, "es").endswith(es)
    assert en.lower() in told(none, "en").lower()


@pytest.mark.parametrize(
    ("filters", "es", "en"),
    [
        (Filters(products=("Café 1906",)), "las ventas de «Café 1906» fueron", "Sales of “Café 1906” were"),
        (
            Filters(products=("Tarta", "Infusión"), stores=("Centro",)),
            "las ventas de «Tarta» e «Infusión» en la tienda Centro fueron",
            "Sales of “Tarta” and “Infusión” at Centro were",
        ),
        (
            Filters(categories=("Bebidas",)),
            "las ventas de la categoría Bebidas fueron",
            "Sales in the Bebidas category were",
        ),
        (Filters(customers=("14646",)), "las ventas al cliente 14646 fueron", "Sales to customer 14646 were"),
        (
            Filters(payment_methods=("tarjeta",)),
            "las ventas con forma de pago tarjeta fueron",
            "Sales paid by tarjeta were",
        ),
        (Filters(weekdays=(5, 6)), "las ventas los sábados y domingos fueron", "Sales on Saturdays and Sundays were"),
        (Filters(weekdays=(0, 1, 2, 3, 4)), "las ventas de lunes a viernes fueron", "Sales from Monday to Friday were"),
        (
            Filters(weekdays=(0,), hours=(8, 12)),
            "las ventas los lunes de 08:00 a 12:00 fueron",
            "Sales on Mondays between 08:00 and 12:00 were",
        ),
    ],
)
def test_what_a_figure_is_narrowed_to_stands_beside_its_metric(filters: Filters, es: str, en: str) -> None:
    narrowed = sheet([fact(Metric.NET_SALES, "10.00", filters=filters_of(filters))], filters=filters)
    assert es in told(narrowed, "es")
    assert en in told(narrowed, "en")


def test_a_product_is_linked_as_each_metric_asks() -> None:
    of_coffee = Filters(products=("Café",))
    texts = {
        metric: told(sheet([fact(metric, 12)], metrics=(metric,), filters=of_coffee))
        for metric in (Metric.ORDERS, Metric.UNITS, Metric.CUSTOMERS, Metric.NEW_CUSTOMERS, Metric.DISCOUNTS)
    }
    assert "hubo 12 pedidos con «Café»" in texts[Metric.ORDERS]
    assert "se vendieron 12 unidades de «Café»" in texts[Metric.UNITS]
    assert "compraron «Café» 12 clientes distintos" in texts[Metric.CUSTOMERS]
    assert "hubo 12 clientes nuevos con compras de «Café»" in texts[Metric.NEW_CUSTOMERS]
    assert "los descuentos en «Café» sumaron 12,00 £" in texts[Metric.DISCOUNTS]


def test_a_running_period_is_told_as_still_running() -> None:
    running = sheet([fact(Metric.NET_SALES, "8500084.90", when=YEAR_SO_FAR)], when=YEAR_SO_FAR)
    assert told(running) == (
        "En lo que va de 2010 (hasta las 09:00 del 1 de diciembre) las ventas han sido de 8.500.084,90 £."
    )
    today = sheet([fact(Metric.ORDERS, 3, when=TODAY)], metrics=(Metric.ORDERS,), when=TODAY)
    assert told(today, "en") == "There have been 3 orders on Wednesday 1 December 2010 (to 09:00)."


def test_several_metrics_share_their_period_and_subject() -> None:
    metrics = (Metric.NET_SALES, Metric.ORDERS, Metric.AVERAGE_TICKET)
    facts = [fact(Metric.NET_SALES, "900.00"), fact(Metric.ORDERS, 30), fact(Metric.AVERAGE_TICKET, "30.00")]
    assert told(sheet(facts, metrics=metrics)) == (
        "En noviembre de 2010 las ventas fueron de 900,00 £, hubo 30 pedidos y el ticket medio fue de 30,00 £."
    )
    narrowed = sheet(facts, metrics=metrics, filters=Filters(products=("Café",), weekdays=(0,)))
    assert told(narrowed).startswith("En noviembre de 2010, para «Café» los lunes, las ventas fueron de 900,00 £, hubo")
    assert told(narrowed, "en") == (
        "In November 2010, for “Café” on Mondays, sales were £900.00, there were 30 orders "
        "and the average ticket was £30.00."
    )


def test_sales_are_called_net_beside_gross_sales() -> None:
    metrics = (Metric.NET_SALES, Metric.GROSS_SALES)
    both = sheet([fact(Metric.NET_SALES, "900.00"), fact(Metric.GROSS_SALES, "950.00")], metrics=metrics)
    assert (
        told(both) == "En noviembre de 2010 las ventas netas fueron de 900,00 £ y las ventas brutas fueron de 950,00 £."
    )
    assert told(both, "en") == "In November 2010, net sales were £900.00 and gross sales were £950.00."


def test_a_rise_names_both_periods_and_both_figures() -> None:
    facts = compared(Metric.NET_SALES, Decimal("1422654.64"), Decimal("1084094.22"), NOVEMBER, OCTOBER)
    rise = sheet(facts, comparison=OCTOBER)
    assert told(rise) == (
        "En noviembre de 2010 las ventas fueron de 1.422.654,64 £, un 31,2 % más (338.560,42 £ más) "
        "que en octubre de 2010, cuando fueron de 1.084.094,22 £."
    )
    assert told(rise, "en") == (
        "Sales were £1,422,654.64 in November 2010, up 31.2% (£338,560.42) from £1,084,094.22 in October 2010."
    )


def test_a_fall_is_told_as_less_with_a_positive_figure() -> None:
    facts = compared(Metric.ORDERS, Decimal(90), Decimal(120), NOVEMBER, OCTOBER)
    fall = sheet(facts, metrics=(Metric.ORDERS,), comparison=OCTOBER)
    assert told(fall) == (
        "En noviembre de 2010 hubo 90 pedidos, un 25,0 % menos (30 pedidos menos) "
        "que en octubre de 2010, cuando hubo 120 pedidos."
    )
    assert "down 25.0% (30 orders) from 120 orders in October 2010" in told(fall, "en")


def test_no_change_is_told_as_the_same() -> None:
    facts = compared(Metric.NET_SALES, Decimal("100.00"), Decimal("100.00"), NOVEMBER, OCTOBER)
    same = sheet(facts, comparison=OCTOBER)
    assert "100,00 £, igual que en octubre de 2010, cuando fueron de 100,00 £." in told(same)
    assert "£100.00 in November 2010, the same as in October 2010 (£100.00)." in told(same, "en")


def test_a_change_too_small_for_a_percentage_is_told_by_its_difference() -> None:
    facts = compared(Metric.NET_SALES, Decimal("100000.10"), Decimal("100000.00"), NOVEMBER, OCTOBER)
    assert "100.000,10 £, 0,10 £ más que en octubre de 2010" in told(sheet(facts, comparison=OCTOBER))


def test_from_nothing_there_is_no_percentage() -> None:
    facts = compared(Metric.NET_SALES, Decimal("500.00"), Decimal(0), NOVEMBER, OCTOBER)
    risen = sheet(facts, comparison=OCTOBER)
    assert told(risen) == (
        "En noviembre de 2010 las ventas fueron de 500,00 £, 500,00 £ más "
        "que en octubre de 2010, cuando no hubo ventas (0,00 £)."
    )
    assert told(risen, "en") == "Sales were £500.00 in November 2010, up £500.00 from £0.00 in October 2010."


def test_down_to_nothing_is_told_against_what_there_was() -> None:
    facts = compared(Metric.NET_SALES, Decimal(0), Decimal("500.00"), NOVEMBER, OCTOBER)
    assert told(sheet(facts, comparison=OCTOBER)) == (
        "En noviembre de 2010 no hubo ventas (0,00 £), un 100,0 % menos "
        "que en octubre de 2010, cuando fueron de 500,00 £."
    )


def test_percentages_differ_by_points() -> None:
    facts = compared(Metric.REPEAT_RATE, Decimal("66.5"), Decimal("64.4"), NOVEMBER, OCTOBER)
    rate = sheet(facts, metrics=(Metric.REPEAT_RATE,), comparison=OCTOBER)
    assert told(rate) == (
        "En noviembre de 2010 el 66,5 % de los clientes compró más de una vez, "
        "2,1 puntos porcentuales más que en octubre de 2010, cuando lo hizo el 64,4 %."
    )
    assert "up 2.1 percentage points from 64.4% in October 2010" in told(rate, "en")


def test_a_range_to_compare_with_is_named_as_a_period() -> None:
    now, before = period("2010-11-10", "2010-11-15"), period("2010-11-03", "2010-11-08")
    facts = compared(Metric.NET_SALES, Decimal(20), Decimal(10), now, before)
    both = sheet(facts, when=now, comparison=before)
    assert "que en el periodo del 3 al 7 de noviembre de 2010, cuando" in told(both)
    assert "from £10.00 in the period from 3 to 7 November 2010" in told(both, "en")


def test_one_aside_compares_with_the_period_before() -> None:
    facts = compared(Metric.NET_SALES, Decimal("1422654.64"), Decimal("1084094.22"), NOVEMBER, OCTOBER)
    aside = sheet([facts[0], *(replace(one, role="context") for one in facts[1:])])
    assert told(aside) == (
        "En noviembre de 2010 las ventas fueron de 1.422.654,64 £. "
        "Es un 31,2 % más (338.560,42 £ más) que en octubre de 2010, cuando las ventas fueron de 1.084.094,22 £."
    )
    assert told(aside, "en") == (
        "Sales were £1,422,654.64 in November 2010. "
        "That is up 31.2% (£338,560.42) on October 2010, when sales were £1,084,094.22."
    )


def test_one_aside_names_the_best_day() -> None:
    best = fact(Metric.NET_SALES, "104983.55", role="context", dimensions={"day": "2010-11-15"})
    assert told(sheet([SALES, best])).endswith(
        "El día con más ventas fue el lunes 15 de noviembre de 2010, con unas ventas de 104.983,55 £."
    )
    assert told(sheet([SALES, best]), "en").endswith(
        "The day with the highest sales was Monday 15 November 2010, with sales of £104,983.55."
    )


def test_a_share_is_told_of_the_whole() -> None:
    filters = Filters(products=("Croissant",))
    said = filters_of(filters)
    facts = [
        fact(Metric.NET_SALES, "234.00", filters=said),
        fact("net_sales_share", "23.4", role="share", filters=said),
        fact(Metric.NET_SALES, "1000.00", role="total"),
    ]
    part = sheet(facts, filters=filters, share=True)
    assert told(part) == (
        "En noviembre de 2010 las ventas de «Croissant» supusieron el 23,4 % del total: "
        "234,00 £ de un total de 1.000,00 £."
    )
    assert told(part, "en") == (
        "Sales of “Croissant” made up 23.4% of the total in November 2010: £234.00 out of £1,000.00."
    )


def test_a_share_within_a_store_is_of_the_store_s_total() -> None:
    filters = Filters(products=("Croissant",), stores=("Centro",))
    facts = [
        fact("net_sales_share", "23.4", role="share", filters=filters_of(filters)),
        fact(Metric.NET_SALES, "1000.00", role="total", filters={"stores": ["Centro"]}),
    ]
    assert "el 23,4 % del total en la tienda Centro" in told(sheet(facts, filters=filters, share=True))


def test_a_margin_says_what_part_of_the_sales_it_covers() -> None:
    margin = fact(Metric.MARGIN, "600.00")
    covered = [margin, fact("margin_coverage", "87.5", role="coverage")]
    whole = [margin, fact("margin_coverage", "100.0", role="coverage")]
    assert told(sheet(covered, metrics=(Metric.MARGIN,))) == (
        "En noviembre de 2010 el margen fue de 600,00 £. "
        "El cálculo cubre el 87,5 % de las ventas: las que tienen el coste registrado."
    )
    assert told(sheet(covered, metrics=(Metric.MARGIN,)), "en").endswith(
        "This covers 87.5% of sales: those whose cost is on record."
    )
    assert "cubre" not in told(sheet(whole, metrics=(Metric.MARGIN,)))


def test_a_period_that_begins_before_the_records_says_from_when_they_are() -> None:
    year = period("2009-01-01", "2010-01-01")
    text = told(sheet([fact(Metric.NET_SALES, "10.00", when=year)], when=year, recorded=RECORDED))
    assert (
        text
        == "En 2009 las ventas fueron de 10,00 £. Ten en cuenta que los registros empiezan el 1 de diciembre de 2009."
    )


def test_without_a_baseline_the_value_is_told_and_why_nothing_is_compared() -> None:
    text = told(sheet([SALES], comparison=month(2008, 11), gaps=("no_baseline",)))
    assert text == (
        "En noviembre de 2010 las ventas fueron de 1.422.654,64 £. No hay datos de noviembre de 2008 "
        "con los que comparar: los registros van del 1 de diciembre de 2009 al 1 de diciembre de 2010."
    )
