"""Each segment is explained, in both languages, by sentences whose figures are facts."""

from __future__ import annotations

from datetime import date, datetime, time
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from cafe_ai.analytics.periods import ShopCalendar
from cafe_ai.assistants.statements import find_faults, told
from cafe_ai.customers.facts import Figures
from cafe_ai.customers.model import (
    CustomerBehaviour,
    CustomerHistory,
    Expectation,
    ExpectedOf,
    LifetimeReport,
    LifetimeTest,
    NextPurchase,
    Profile,
    Risk,
    Segment,
    SegmentFigures,
    Yardsticks,
)
from cafe_ai.customers.segment_words import explain_segments
from cafe_ai.customers.telling import Teller
from cafe_ai.platform.ids import uuid7

AS_OF = datetime(2026, 5, 31, 14, tzinfo=ZoneInfo("Europe/Madrid"))
CALENDAR = ShopCalendar("Europe/Madrid", time(0), AS_OF, AS_OF.date())
YEAR = CALENDAR.period(date(2025, 6, 1), date(2026, 6, 1))
STEP = CALENDAR.period(date(2026, 5, 4), date(2026, 6, 1))
TEST = LifetimeTest(3377, 1590.2, 1942, 3442.4, 4473, 0.97, 0.95, (), Decimal("10.6"), reliable=False)
GROUP = ExpectedOf(1234, 345.6, 2345.6, 45678.9)


def behaviour(locale: Any, **more: Any) -> CustomerBehaviour:
    expected = ExpectedOf(7, 3.2, 5.5, 44.0)
    figures = (7, 9, 1, 1, 20, Decimal("123.4"), Decimal(200), Decimal("12.3"), Decimal("12.3"), expected)
    values: dict[str, Any] = {
        "segments": tuple(SegmentFigures(segment, *figures) for segment in Segment),
        "yardsticks": Yardsticks(30, 64, 36, Decimal("651.20"), Decimal("700.5")),
        "lifetime": LifetimeReport(90, of_year=GROUP, at_risk=GROUP, test=TEST),
    }
    return CustomerBehaviour(AS_OF, "EUR", locale, YEAR, STEP, **{**values, **more})


@pytest.mark.parametrize("locale", ["es", "en"])
@pytest.mark.parametrize("priced", [True, False])
def test_every_segment_is_explained_without_a_fault(locale: Any, priced: bool) -> None:
    explained = explain_segments(behaviour(locale, priced=priced), Figures(locale, "EUR", YEAR))
    assert set(explained) == set(Segment)
    for statements in explained.values():
        kinds = [each.kind.removeprefix("segment_") for each in statements]
        assert kinds == ["meaning", "figures", "expected", "advice"]
        for each in statements:
            assert find_faults(each, YEAR, "EUR", locale) == []
            assert "{" not in each.text and (priced or "€" not in each.text)
            assert (not each.facts) == (each.kind == "segment_advice")


def test_segments_of_nobody_are_not_explained() -> None:
    empty = SegmentFigures(Segment.NEW, 0, 9, 1, 1, 0, Decimal(0), Decimal(0), None, None)
    assert explain_segments(behaviour("es", segments=(empty,)), Figures("es", "EUR", YEAR)) == {}


@pytest.mark.parametrize("locale", ["es", "en"])
@pytest.mark.parametrize("reliable", [True, False])
@pytest.mark.parametrize("priced", [True, False])
def test_what_is_expected_is_told_without_a_fault(locale: Any, reliable: bool, priced: bool) -> None:
    test = LifetimeTest(3377, 1590.2, 1942, 3442.4, 4473, 0.97, 0.95, (), Decimal("10.6"), reliable)
    about = behaviour(locale, priced=priced, lifetime=LifetimeReport(90, of_year=GROUP, at_risk=GROUP, test=test))
    checked = told(Teller(about, Figures(locale, "EUR", YEAR)).statements(), YEAR, "EUR", locale)
    money = "_money" if priced else ""
    tested = "tested_well" if reliable else "tested_poorly"
    kinds = [each.kind for each in checked]
    assert [kind for kind in kinds if kind.startswith(("expected", "tested"))] == [
        f"expected{money}", f"expected_risk{money}", tested
    ]  # fmt: skip
    text = next(each.text for each in checked if each.kind == tested)
    assert ("10,6" if locale == "es" else "10.6") in text or reliable


@pytest.mark.parametrize("locale", ["es", "en"])
@pytest.mark.parametrize("purchases", [0.02, 0.7, 1.0, 12.34])
def test_a_customers_coming_days_are_told_without_a_fault(locale: Any, purchases: float) -> None:
    coming = NextPurchase(30, "own", 0, None, None, None)
    risk = Risk("high", Decimal(90), 20, 30)
    hoped = Expectation(0.9, 0.456, purchases, 12.5 * purchases)
    profile = Profile(
        uuid7(), "c1", None, Segment.LOYAL, risk, coming, 5, Decimal(50), Decimal(50), date(2026, 5, 9), hoped
    )
    one = CustomerHistory(profile, date(2025, 7, 1), 5, Decimal(10), (), None, None)
    statements = Teller(behaviour(locale, customer=one), Figures(locale, "EUR", YEAR)).statements()
    checked = told(statements, YEAR, "EUR", locale)
    assert len(checked) == len(statements)
    assert {"one_expected_money", "one_rough"} <= {each.kind for each in checked}
