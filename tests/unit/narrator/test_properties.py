"""What holds for every text, over random sheets of every kind."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from cafe_ai.analytics.model import Fact, FactSheet, Metric
from cafe_ai.assistants.narrator import narrate
from cafe_ai.language.formats import format_count, format_money, format_percent
from tests.support import fact_factories
from tests.support.sheets import KINDS, random_sheet
from tests.support.told import told

SEEDS = range(60)
NUMBER = re.compile(r"-?\d+(?:[.,]\d+)*")
CLOCK = re.compile(r"\b\d\d:\d\d\b")
LIST_MARK = re.compile(r"^\d+\. ", re.MULTILINE)
FAULTS = (
    r"  ", r" [.,;:]", r"\.\.", r",,", r"None", r"[{}]", r"\b(de|a) el\b", r"\by i", r"[^\d]0 [a-z]+s? más",
    r"(?<![\d.,])1 (pedidos|unidades|clientes|productos|orders|units|customers|products)\b",
)  # fmt: skip


def sheets(kind: str) -> Iterator[FactSheet]:
    """The same random sheets of the kind each time."""
    for seed in SEEDS:
        yield random_sheet(random.Random(seed), kind)


def figure(fact: Fact, locale: str) -> str:
    """The fact's figure as it must stand in a text, without its sign where a word tells the direction."""
    value = abs(fact.value) if fact.metric.endswith(("_difference", "_change")) else fact.value
    if fact.unit == "money":
        return format_money(value, fact.currency or "", locale).replace("\u00a0", " ")
    if fact.unit == "percent":
        return format_percent(value, locale).replace("\u00a0", " ")
    return format_count(value, locale)


def names_in(sheet: FactSheet) -> set[str]:
    """The shop's own names, which may hold digits."""
    filters = sheet.plan.filters
    named = {*filters.products, *filters.categories, *filters.stores, *filters.customers, *filters.payment_methods}
    timed = {"day", "week", "month", "quarter", "year", "hour", "weekday"}
    return named | {v for fact in sheet.facts for k, v in fact.dimensions.items() if k not in timed}


def without_names(sheet: FactSheet, text: str) -> str:
    """The text without names, times of day and list numbers."""
    for name in sorted(names_in(sheet), key=len, reverse=True):
        text = text.replace(name, "_")
    return LIST_MARK.sub("", CLOCK.sub("_", text))


def numbers_of_dates(sheet: FactSheet) -> set[str]:
    """Days and years that the text may name, and the days without buying that were asked for."""
    days: set[date] = set()
    for period in (sheet.period, sheet.comparison, *(one for f in sheet.facts for one in (f.period, f.compared_with))):
        if period:
            days |= {period.start, period.end, period.end - timedelta(days=1), period.ends_at.date()}
    days |= set(sheet.recorded or ()) | ({sheet.as_of.date()} if sheet.as_of else set())
    for fact in sheet.facts:
        for name, value in fact.dimensions.items():
            if name in ("day", "week"):
                first = date.fromisoformat(value)
                days |= {first, first + timedelta(days=6)}
    years = {value[:4] for f in sheet.facts for k, value in f.dimensions.items() if k in ("month", "quarter", "year")}
    numbers = {str(day.day) for day in days} | {str(day.year) for day in days} | years
    return numbers | {str(sheet.plan.inactive_days)}


@pytest.mark.parametrize("locale", ["es", "en"])
@pytest.mark.parametrize("kind", KINDS)
def test_every_number_in_a_text_is_a_fact_s_or_a_date_s(kind: str, locale: str) -> None:
    for sheet in sheets(kind):
        text = told(sheet, locale)
        figures = {NUMBER.search(figure(fact, locale))[0] for fact in sheet.facts}  # type: ignore[index]
        said = {match[0].rstrip(".,") for match in NUMBER.finditer(without_names(sheet, text))}
        assert said <= figures | numbers_of_dates(sheet), text


@pytest.mark.parametrize("locale", ["es", "en"])
@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "gap"])
def test_no_asked_figure_of_a_short_sheet_is_left_untold(kind: str, locale: str) -> None:
    for sheet in sheets(kind):
        if len(sheet.facts) > 8:
            continue
        text = told(sheet, locale)
        for fact in sheet.facts:
            if fact.role in ("value", "baseline", "change", "share") and not _is_told_in_words(fact):
                assert figure(fact, locale) in text, (figure(fact, locale), text)


def _is_told_in_words(fact: Fact) -> bool:
    """No change is "the same" (or told by its difference); unsold and used-up products are told by their names."""
    if fact.role == "change":
        return fact.value == 0
    return fact.value == 0 and "product" in fact.dimensions and fact.metric in (Metric.UNITS, Metric.STOCK)


@pytest.mark.parametrize("locale", ["es", "en"])
@pytest.mark.parametrize("kind", KINDS)
def test_every_name_of_a_row_stands_in_the_text_as_it_is(kind: str, locale: str) -> None:
    for sheet in sheets(kind):
        text = told(sheet, locale)
        for fact in sheet.facts:
            for name in ("product", "category", "store", "customer", "payment_method"):
                assert fact.dimensions.get(name, "") in text


@pytest.mark.parametrize("locale", ["es", "en"])
@pytest.mark.parametrize("kind", KINDS)
def test_texts_are_clean(kind: str, locale: str) -> None:
    for sheet in sheets(kind):
        text = told(sheet, locale)
        plain = without_names(sheet, text)
        for fault in FAULTS:
            assert not re.search(fault, plain), (fault, text)
        assert text[0] in "«“" or text[0].isdigit() or text[0].isupper(), text
        assert text.endswith(".") or "\n" in text or ";" in text, text


@pytest.mark.parametrize(("locale", "up", "down"), [("es", "más", "menos"), ("en", "up", "down")])
def test_the_direction_is_the_sign_s(locale: str, up: str, down: str) -> None:
    for sheet in sheets("comparison"):
        if len(sheet.plan.metrics) > 1:
            continue
        difference = next(fact for fact in sheet.facts if fact.role == "difference")
        words = set(
            re.findall(rf"\b({up}|{down})\b", without_names(sheet, told(sheet, locale)).replace("más de una", ""))
        )
        expected = {up} if difference.value > 0 else {down} if difference.value < 0 else set()
        is_told = expected or not words
        assert is_told
        assert words <= expected, told(sheet, locale)


def test_spanish_figures_do_not_break_from_their_signs() -> None:
    for sheet in sheets("comparison"):
        assert not re.search(r"\d [€£%]", without_names(sheet, narrate(sheet, "es")))


def test_amounts_in_a_currency_without_cents_have_none() -> None:
    yen = replace(fact_factories.fact(Metric.NET_SALES, Decimal("1234")), currency="JPY")
    assert told(fact_factories.sheet([yen], currency="JPY")) == "En noviembre de 2010 las ventas fueron de 1.234 ¥."
