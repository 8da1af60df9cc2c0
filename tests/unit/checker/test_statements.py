"""Statements bring their own facts, and say nothing else in figures."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from cafe_ai.analytics.model import Fact
from cafe_ai.assistants.model import Statement
from cafe_ai.assistants.statements import find_faults, told
from tests.support.fact_factories import NOVEMBER

CUSTOMERS = Fact("customers", Decimal(312), "count", NOVEMBER)
NET = Fact("net_sales", Decimal("123456.70"), "money", NOVEMBER, "GBP")
SHARE = Fact("net_sales_share", Decimal("61.2"), "percent", NOVEMBER)
WAIT = Fact("idle_days", Decimal(9), "days", NOVEMBER)


def statement(text: str, *names: str) -> Statement:
    return Statement("told", text, (CUSTOMERS, NET, SHARE, WAIT), names)


@pytest.mark.parametrize(
    ("locale", "text", "names"),
    [
        ("es", "«Campeones»: 312 clientes, con 123.456,70 £, el 61,2 % de lo que gastan; 9 días sin comprar.", ()),
        ("en", "312 customers, £123,456.70 in net sales (61.2% of all), 9 days without buying.", ()),
        ("es", "El cliente 14646 compró SET OF 3 TINS el 9 de diciembre de 2010.",
         ("14646", "SET OF 3 TINS", "9 de diciembre de 2010")),
        ("en", "None of it says a figure.", ()),
    ],
)  # fmt: skip
def test_figures_of_the_facts_may_be_told(locale: str, text: str, names: tuple[str, ...]) -> None:
    assert find_faults(statement(text, *names), NOVEMBER, "GBP", locale) == []


@pytest.mark.parametrize(
    ("locale", "text"),
    [
        ("es", "313 clientes"),
        ("es", "312 £"),
        ("es", "61,2 clientes"),
        ("es", "123.456,71 £"),
        ("es", "-123.456,70 £"),
        ("es", "trescientos clientes"),
        ("es", "la mitad de los clientes"),
        ("es", "9 € sin comprar"),
        ("en", "61.3% of sales"),
        ("en", "€123,456.70"),
        ("en", "312 customers in 2011"),
        ("en", "twelve customers"),
    ],
)
def test_any_other_figure_is_a_fault(locale: str, text: str) -> None:
    assert find_faults(statement(text), NOVEMBER, "GBP", locale)


def test_what_has_a_fault_is_not_told() -> None:
    right = statement("312 clientes")
    wrong = replace(right, text="314 clientes")
    assert told([wrong, right, wrong], NOVEMBER, "GBP", "es") == (right,)
