"""The rules of the checker, one by one: each is Given a sheet, When a text is checked, Then it is shown or refused."""

from __future__ import annotations

import sys

import pytest

from cafe_ai.analytics.model import FactSheet, Filters, Metric
from cafe_ai.assistants.checker import Fault, check
from tests.support.fact_factories import fact, sheet
from tests.unit.checker import shops


def said(value: str, metric: Metric = Metric.NET_SALES, **more: object) -> FactSheet:
    return sheet([fact(metric, value)], metrics=(metric,), **more)  # type: ignore[arg-type]


SALES = said("1422654.64")
ORDERS = said("1425", Metric.ORDERS)


def shown(text: str, facts: FactSheet, locale: str = "es", **more: object) -> bool:
    return check(text, facts, locale, **more).ok  # type: ignore[arg-type]


def test_fault_says_what_and_where() -> None:
    text = "Las ventas fueron de 1.500.000,00 £."

    verdict = check(text, SALES, "es")

    assert verdict.faults == (Fault("1.500.000,00 £", 21, 35, "no fact has this value"),)
    assert text[21:35] == "1.500.000,00 £"


@pytest.mark.parametrize("figure", ["1.422.654,64 £", "1,422,654.64 £", "1 422 654,64 £", "1.422.655 £", "£1.422.654,64", "1.422.654,64 GBP", "1.422.654,64 libras", "1,42 millones de libras", "1,4 millones de libras", "unos 1.420.000 £", "más de 1,4 millones de libras", "casi 1,43 millones de libras", "1.423 mil libras"])  # fmt: skip
def test_money_is_found_in_every_shape(figure: str) -> None:
    assert shown(f"Las ventas fueron de {figure}.", SALES)


@pytest.mark.parametrize("figure", ["1.422.654,46 £", "1.422.654,64 €", "1.422.654,64 $", "1.422.654,64 %", "-1.422.654,64 £", "14.226.546,40 £", "1.422 £", "1,5 millones de libras", "1 millón de libras", "unos 1.500.000 £", "más de 1,5 millones de libras", "menos de 1,4 millones de libras", "casi 2 millones de libras", "1.422.654,64 mil libras", "un millón de libras", "1.422.654,6 £", "miles de libras"])  # fmt: skip
def test_money_that_is_not_the_fact_is_refused(figure: str) -> None:
    assert not shown(f"Las ventas fueron de {figure}.", SALES)


@pytest.mark.parametrize(("text", "locale"), [("Hubo mil cuatrocientos veinticinco pedidos.", "es"), ("There were one thousand four hundred and twenty-five orders.", "en"), ("There were 1,425 orders.", "en"), ("Hubo unos 1.400 pedidos.", "es"), ("There were over 1,400 orders.", "en"), ("There were 1.4k orders.", "en")])  # fmt: skip
def test_count_is_found_in_digits_and_words(text: str, locale: str) -> None:
    assert shown(text, ORDERS, locale)


@pytest.mark.parametrize(("text", "locale"), [("Hubo mil cuatrocientos pedidos.", "es"), ("There were fourteen hundred orders.", "en"), ("Hubo una docena de pedidos.", "es"), ("Hubo un pedido.", "es"), ("There was one order.", "en"), ("Hubo 1.425 visitas.", "es"), ("Hubo 1.425 clientes.", "es"), ("There were 1,425 units.", "en"), ("Hubo 1.425,5 pedidos.", "es"), ("Hubo 1.420 pedidos.", "es"), ("Hubo cientos de pedidos.", "es"), ("There were MCDXXV orders.", "en")])  # fmt: skip
def test_count_that_is_not_the_fact_is_refused(text: str, locale: str) -> None:
    assert not shown(text, ORDERS, locale)


@pytest.mark.parametrize("figure", ["１４２５", "١٤٢٥", "1\u200b425", "1⁴25", "1O25", "l425", "1425²", "14\u00ad25", "𝟏𝟒𝟐𝟓", "①④②⑤", "1Ч25", "MCDXXV"])  # fmt: skip
def test_odd_characters_are_refused(figure: str) -> None:
    assert not shown(f"Hubo {figure} pedidos.", ORDERS)


@pytest.mark.parametrize("name", ["PACK OF 72 RETROSPOT CAKE CASES", "PAPER CHAIN KIT 50'S CHRISTMAS", "Café 1906", "Menú 10 €", "7-Up", "SET/20 RED", "Bocadillo 100% ibérico"])  # fmt: skip
def test_digits_in_a_name_are_no_figures(name: str) -> None:
    facts = sheet([fact(Metric.NET_SALES, "12.00", filters={"products": [name]})], filters=Filters(products=(name,)))

    assert shown(f"Las ventas de {name} fueron de 12,00 £.", facts)
    assert not shown("Las ventas de PACK OF 73 CASES fueron de 12,00 £.", facts)


def test_name_given_beside_the_facts_says_nothing_of_a_figure() -> None:
    assert shown("En Café 23 vendiste 1.422.654,64 £.", SALES, names=["Café 23"])
    assert not shown("En Café 23 vendiste 1.422.654,64 £.", SALES)


@pytest.mark.parametrize(("when", "right"), [("noviembre", True), ("noviembre de 2010", True), ("11/2010", True), ("2010-11", True), ("el mes pasado", True), ("los 30 días de noviembre", True), ("octubre", False), ("noviembre de 2009", False), ("2010", False), ("el 15 de noviembre", False), ("el último trimestre", False), ("la semana pasada", False), ("los últimos 7 días", False), ("el año pasado", False), ("diciembre", False), ("el tercer trimestre", False)])  # fmt: skip
def test_period_must_be_the_facts(when: str, right: bool) -> None:
    assert shown(f"En {when} las ventas fueron de 1.422.654,64 £.", SALES) == right


@pytest.mark.parametrize(("text", "right"), [("La mitad de las ventas fue de Bebidas.", True), ("Bebidas supuso el 50 % de las ventas.", True), ("Un tercio de las ventas fue de Bebidas.", False), ("Bebidas supuso más de la mitad de las ventas.", False), ("Bebidas supuso casi la mitad de las ventas.", False), ("Bebidas supuso el 50 % de los pedidos.", False), ("Las ventas de Bebidas subieron un 50 %.", False)])  # fmt: skip
def test_fraction_must_be_a_share_of_the_facts(text: str, right: bool) -> None:
    assert shown(text, shops.HALF) == right


@pytest.mark.parametrize(("text", "right"), [("Las ventas se duplicaron.", True), ("Las ventas subieron un 100,0 %.", True), ("Las ventas se triplicaron.", False), ("Las ventas casi se duplicaron.", False), ("Las ventas se redujeron a la mitad.", False), ("Las ventas fueron 2 veces más.", False), ("Las ventas bajaron un 100,0 %.", False), ("Las ventas no subieron.", False), ("Las ventas se mantuvieron estables.", False)])  # fmt: skip
def test_direction_and_multiple_must_be_the_facts(text: str, right: bool) -> None:
    assert shown(text, shops.DOUBLED) == right


def test_zero_is_a_figure_too() -> None:
    nothing = said("0", Metric.ORDERS)

    assert shown("No hubo pedidos (0).", nothing)
    assert not shown("No hubo pedidos (3).", nothing)


def test_list_numbers_are_the_places_of_the_rows() -> None:
    lines = [
        f"{name}: {value.replace('.', ',')} £"
        for name, value in (
            ("REGENCY CAKESTAND 3 TIER", "31250.40"),
            ("WHITE HANGING HEART T-LIGHT HOLDER", "28100.05"),
        )
    ]

    assert shown(f"1. {lines[0]}\n2. {lines[1]}", shops.TOP_PRODUCTS)
    assert not shown(f"1. {lines[1]}\n2. {lines[0]}", shops.TOP_PRODUCTS)
    assert not shown(f"1. {lines[0]}\n3. {lines[1]}", shops.TOP_PRODUCTS)


def test_text_without_figures_is_shown() -> None:
    assert shown("No tengo datos para responder a eso. ¿Quieres preguntar otra cosa?", SALES)


@pytest.mark.parametrize("part", ["1.422.654,64 £ en noviembre, ", "a ", "1 ", "(", "más que en octubre ", "de 1 a 2 ", '"', "y ", "mil ", "ventas ", "-", "\n", "9", "1.", "'s "])  # fmt: skip
def test_work_grows_with_the_text_and_not_with_its_square(part: str) -> None:
    def count_calls(length: int) -> int:
        text = (part * (length // len(part) + 1))[:length]
        calls = 0

        def count(*_: object) -> None:
            nonlocal calls
            calls += 1

        sys.setprofile(count)
        try:
            check(text, shops.NOVEMBER_AGAINST_OCTOBER, "es")
        finally:
            sys.setprofile(None)
        return calls

    assert count_calls(12_000) < 6 * max(count_calls(3_000), 1_000)
