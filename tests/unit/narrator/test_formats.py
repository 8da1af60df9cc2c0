"""Figures, dates and lists in words."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cafe_ai.language.formats import (
    format_count,
    format_date,
    format_hour,
    format_hour_range,
    format_money,
    format_percent,
    join_list,
    pluralize,
    round_half_up,
)

MONEY = st.decimals(-(10**12), 10**12, places=4)
SEPARATORS = {"es": (".", ","), "en": (",", ".")}


def parsed(figure: str, locale: str) -> Decimal:
    """The number in a written figure."""
    thousands, decimal = SEPARATORS[locale]
    digits = "".join(c for c in figure if c.isdigit() or c in "-.,")
    return Decimal(digits.replace(thousands, "").replace(decimal, "."))


@pytest.mark.parametrize(
    ("value", "currency", "locale", "written"),
    [
        ("1422654.64", "GBP", "es", "1.422.654,64\u00a0£"),
        ("1422654.64", "GBP", "en", "£1,422,654.64"),
        ("1234", "EUR", "es", "1.234,00\u00a0€"),
        ("0.005", "EUR", "es", "0,01\u00a0€"),
        ("-0.004", "EUR", "en", "€0.00"),
        ("-12.5", "EUR", "es", "-12,50\u00a0€"),
        ("-12.5", "USD", "en", "$-12.50"),
        ("1234.5", "JPY", "es", "1.235\u00a0¥"),
        ("15900", "COP", "es", "15.900\u00a0COP"),
        ("1234.5", "MXN", "en", "MXN\u00a01,234.50"),
    ],
)
def test_money_is_written_as_each_language_does(value: str, currency: str, locale: str, written: str) -> None:
    assert format_money(Decimal(value), currency, locale) == written


@pytest.mark.parametrize(
    ("value", "es", "en"),
    [
        ("1425", "1.425", "1,425"),
        ("12.500", "12,5", "12.5"),
        ("0.0005", "0,001", "0.001"),
        ("100", "100", "100"),
        ("0", "0", "0"),
    ],
)
def test_counts_keep_their_fraction_and_no_trailing_zeros(value: str, es: str, en: str) -> None:
    assert (format_count(Decimal(value), "es"), format_count(Decimal(value), "en")) == (es, en)


def test_percentages_have_one_place_and_in_spanish_a_space_that_does_not_break() -> None:
    assert format_percent(Decimal("31.25"), "es") == "31,3\u00a0%"
    assert format_percent(Decimal("31.2"), "en") == "31.2%"
    assert format_percent(Decimal("31.2"), "en", signed=True) == "+31.2%"
    assert format_percent(Decimal("-14.6"), "es", signed=True) == "-14,6\u00a0%"
    assert format_percent(Decimal("0.04"), "en", signed=True) == "0.0%"


@given(MONEY, st.sampled_from(["es", "en"]))
def test_a_written_amount_reads_back_as_the_value_rounded_half_up(value: Decimal, locale: str) -> None:
    assert parsed(format_money(value, "EUR", locale), locale) == round_half_up(value, 2)


@given(MONEY, st.sampled_from(["es", "en"]))
def test_a_written_count_and_percentage_read_back_too(value: Decimal, locale: str) -> None:
    assert parsed(format_count(value, locale), locale) == round_half_up(value, 3)
    assert parsed(format_percent(value, locale), locale) == round_half_up(value, 1)


def test_hours_and_dates() -> None:
    assert format_hour(9) == "09:00"
    assert format_hour_range(23, 24, "es") == "de 23:00 a 00:00"
    assert format_hour_range(12, 13, "en") == "between 12:00 and 13:00"
    day = date(2010, 11, 30)
    assert format_date(day, "es") == "30 de noviembre de 2010"
    assert format_date(day, "es-MX", weekday=True, year=False) == "martes 30 de noviembre"
    assert format_date(day, "en-GB", weekday=True) == "Tuesday 30 November 2010"


def test_a_list_joins_its_items_with_the_conjunction_the_next_sound_asks_for() -> None:
    assert join_list([], "es") == ""
    assert join_list(["a"], "en") == "a"
    assert join_list(["a", "b", "c"], "es") == "a, b y c"
    assert join_list(["a", "b", "c"], "en") == "a, b and c"
    assert join_list(["Té", "«Infusiones»"], "es") == "Té e «Infusiones»"
    assert join_list(["agua", "hielo"], "es") == "agua y hielo"
    assert join_list(["siete", "ocho"], "es", alternatives=True) == "siete u ocho"
    assert join_list(["a", "b"], "en", alternatives=True) == "a or b"


def test_only_one_is_singular() -> None:
    chosen = [pluralize(Decimal(number), "pedido", "pedidos") for number in ("0", "1", "-1", "1.5", "2")]
    assert chosen == ["pedidos", "pedido", "pedido", "pedidos", "pedidos"]
