"""What is not known, told: gaps in the records and questions without a plan."""

from __future__ import annotations

import re
from datetime import date
from typing import get_args

import pytest

from cafe_ai.analytics.model import Filters, Gap, Metric
from cafe_ai.assistants.narrator import DeclineReason, decline
from tests.support.fact_factories import fact, month, sheet
from tests.support.told import told

RECORDED = (date(2009, 12, 1), date(2010, 11, 30))
NEGATION = {"es": r"\b(no|sin)\b", "en": r"\b(no|not|cannot)\b"}
AMOUNT = r"[€$£]\s?\d|\d\s?[€$£%]"


def test_a_period_before_the_records_says_what_there_is() -> None:
    before = sheet([], when=month(2008, 11), gaps=("before_records",), recorded=RECORDED)
    assert told(before) == (
        "No hay datos de noviembre de 2008: los registros van del 1 de diciembre de 2009 al 30 de noviembre de 2010."
    )
    assert told(before, "en") == (
        "There is no data for November 2008: records run from 1 December 2009 to 30 November 2010."
    )


def test_without_costs_there_is_no_margin() -> None:
    unknown = sheet([], metrics=(Metric.MARGIN,), gaps=("no_costs",), filters=Filters(products=("Croissant",)))
    assert told(unknown) == ("No puedo calcular el margen de «Croissant»: no hay costes registrados de esos productos.")


def test_what_is_known_is_told_before_what_is_missing() -> None:
    metrics = (Metric.NET_SALES, Metric.UNITS)
    text = told(sheet([fact(Metric.UNITS, 12)], metrics=metrics, gaps=("no_prices",)))
    assert text == (
        "En noviembre de 2010 se vendieron 12 unidades. "
        "No puedo calcular las ventas: los pedidos no llevan precios registrados."
    )


def test_no_sales_in_a_scope_names_the_scope() -> None:
    none = sheet([], metrics=(Metric.AVERAGE_TICKET,), gaps=("no_sales",), filters=Filters(stores=("Centro",)))
    assert told(none) == "En noviembre de 2010 no hubo ventas en la tienda Centro."


def test_an_empty_sheet_still_says_something() -> None:
    assert told(sheet([])) == "En noviembre de 2010 no hubo ventas."
    assert told(sheet([], recorded=None)) == (
        "No puedo responder todavía: la tienda no tiene ninguna venta registrada."
    )


@pytest.mark.parametrize("locale", ["es", "en"])
@pytest.mark.parametrize("gap", get_args(Gap))
def test_every_gap_denies_plainly_and_states_no_figure(gap: Gap, locale: str) -> None:
    text = told(sheet([], gaps=(gap,), comparison=month(2008, 11), recorded=RECORDED), locale)
    assert re.search(NEGATION[locale], text.lower())
    dates = {"1", "30", "2008", "2009", "2010"}
    assert set(re.findall(r"\d+", text)) <= dates


@pytest.mark.parametrize("locale", ["es", "en"])
@pytest.mark.parametrize("reason", get_args(DeclineReason))
@pytest.mark.parametrize("subject", [None, "alquiler", "los 500 € de ayer"])
def test_every_refusal_denies_plainly_and_states_no_amount(
    reason: DeclineReason, locale: str, subject: str | None
) -> None:
    text = decline(reason, locale, subject, ["Té verde", "Té negro"] if reason == "ambiguous_name" else [])
    assert re.search(NEGATION[locale], text.lower())
    assert not re.search(AMOUNT, text)
    assert "«»" not in text
    assert "{" not in text
    assert text.endswith((".", "?", "”"))


def test_a_refusal_names_the_subject_and_what_can_be_asked() -> None:
    assert decline("unknown_subject", "es", "alquiler") == (
        "No tengo datos sobre «alquiler». Puedes preguntarme, por ejemplo: «¿Cuánto vendimos el mes pasado?», "
        "«¿Cuáles fueron los productos más vendidos esta semana?» o «¿Cuántos clientes nuevos tuvimos este año?»."
    )
    assert decline("not_recorded", "en", "the weather").startswith(
        "I have no data about “the weather”: I only know the shop's sales, customers and catalogue. You can ask me"
    )


def test_an_ambiguous_name_offers_the_names() -> None:
    names = ["Té verde", "Té negro"]
    assert (
        decline("ambiguous_name", "es", "té", names) == "No sé a cuál te refieres con «té»: ¿«Té verde» o «Té negro»?"
    )
    assert decline("ambiguous_name", "en", None, names) == (
        "I am not sure which one you mean: “Té verde” or “Té negro”?"
    )


def test_suggestions_replace_the_usual_examples() -> None:
    assert decline("future", "es", suggestions=["¿Y ayer?"]).endswith("Puedes preguntarme, por ejemplo: «¿Y ayer?».")
