"""What a forecast shows of how it was made and how it did, in both languages."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from cafe_ai.analytics.model import Period
from cafe_ai.assistants.statements import find_faults
from cafe_ai.forecasting.model import (
    Backtest,
    DayDemand,
    Errors,
    InventoryForecast,
    Prediction,
    Product,
    ProductForecast,
    Stored,
)
from cafe_ai.forecasting.phrases import method_text
from cafe_ai.forecasting.telling import Teller
from cafe_ai.forecasting.wire import present
from tests.support.regulars import AS_OF

START = AS_OF.date()
DAY = timedelta(days=1)
NAIVE = Errors(3.0, 1.1, 1.2)
TESTED = Backtest(
    6, Errors(2.0, 0.7, 0.8), NAIVE, 20.0, {"lightgbm_l1": Errors(2.1, 0.72, None), "seasonal_naive": NAIVE}, -1.234, 0.8, 0.957
)  # fmt: skip


def told(*predictions: Prediction, locale: Any = "es") -> InventoryForecast:
    products = tuple(
        ProductForecast(Product(UUID(int=n), f"p{n}", f"P{n}", None, None, None, None), one, None, one.notes)
        for n, one in enumerate(predictions)
    )
    return InventoryForecast(AS_OF, locale, "EUR", "Europe/Madrid", START, 2, 0.95, 7, products, len(products))


def prediction(method: str, tested: Backtest | None = TESTED, **more: Any) -> Prediction:
    days = tuple(DayDemand(START + n * DAY, 10.0 + n, 8, 12, 7, 14) for n in range(2))
    return Prediction(method, days, {}, tested, **more)


def test_backtest_stands_beside_seasonal_naive_with_parts_bias_and_coverage() -> None:
    (shown,) = present(told(prediction("lightgbm_blend")))["products"]
    assert shown["method"] == "lightgbm_blend"
    assert shown["backtest"] == {
        "origins": 6,
        "mae": Decimal("2.00"),
        "rmsse": Decimal("0.700"),
        "mase": Decimal("0.800"),
        "seasonal_naive": {"mae": Decimal("3.00"), "rmsse": Decimal("1.100"), "mase": Decimal("1.200")},
        "parts": {
            "lightgbm_l1": {"mae": Decimal("2.10"), "rmsse": Decimal("0.720"), "mase": None},
            "seasonal_naive": {"mae": Decimal("3.00"), "rmsse": Decimal("1.100"), "mase": Decimal("1.200")},
        },
        "bias_percent": Decimal("-1.2"),
        "covered80_percent": Decimal("80.0"),
        "covered95_percent": Decimal("95.7"),
    }


def test_what_was_not_measured_is_null() -> None:
    simple = Backtest(6, Errors(2.0, None, None), NAIVE, 20.0)
    (shown,) = present(told(prediction("weekday_profile_exponential_smoothing", simple)))["products"]
    unknown = {
        name: shown["backtest"][name] for name in ("parts", "bias_percent", "covered80_percent", "covered95_percent")
    }
    assert unknown == {"parts": {}, "bias_percent": None, "covered80_percent": None, "covered95_percent": None}
    (shown,) = present(told(prediction("none", None)))["products"]
    assert shown["backtest"] is None


@pytest.mark.parametrize(
    ("method", "es", "en"),
    [
        ("lightgbm_blend", "aprendido", "learnt"),
        ("weekday_profile_exponential_smoothing", "perfil de cada día", "weekday's profile"),
        ("seasonal_naive", "mismo día de la semana anterior", "same weekday"),
        ("none", "sin datos", "nothing on record"),
    ],
)
def test_method_is_said_in_words(method: str, es: str, en: str) -> None:
    assert es in method_text(method, "es")
    assert en in method_text(method, "en")


@pytest.mark.parametrize(("locale", "said"), [("es", "acierta más lo simple"), ("en", "the simple way is closer")])
def test_simple_method_that_is_better_is_used_and_that_is_said(locale: Any, said: str) -> None:
    period = Period(START, START + 2 * DAY, AS_OF, AS_OF + 2 * DAY, "Europe/Madrid")
    better = prediction("lightgbm_blend")
    simple = prediction("seasonal_naive", notes=("naive_was_better",))
    both = Teller(told(better, simple, locale=locale), locale, period).statements()
    assert [one.kind for one in both][-4:] == ["tested", "simple", "covered", "low"]
    assert said in both[-3].text
    assert all(find_faults(one, period, "EUR", locale) == [] for one in both)
    alone = Teller(told(better, locale=locale), locale, period).statements()
    assert "simple" not in {one.kind for one in alone}


def test_bias_is_that_of_all_demand_and_coverage_that_of_all_days() -> None:
    period = Period(START, START + 2 * DAY, AS_OF, AS_OF + 2 * DAY, "Europe/Madrid")
    large = replace(TESTED, mean=90.0, bias_percent=10.0, covered80=0.9)
    small = replace(TESTED, mean=10.0, bias_percent=-30.0, covered80=0.7)
    about = told(prediction("a", large), prediction("b", small), prediction("c", replace(large, bias_percent=None)))
    *_, covered, high = Teller(about, "es", period).statements()
    assert covered.text.replace("\u00a0", " ").endswith("del 80,0 % contuvieron lo vendido en el 83,3 % de los días.")
    assert high.text.replace("\u00a0", " ") == "En conjunto, la previsión quedó un 6,0 % por encima de lo vendido."
    unknown = told(prediction("a", replace(large, bias_percent=0.01, covered80=None)))
    assert [one.kind for one in Teller(unknown, "es", period).statements()][-1] == "tested"


def test_stored_forecast_is_told_from_a_later_day_on() -> None:
    days = tuple(DayDemand(START + n * DAY, n, 0, n, 0, n) for n in range(5))
    kept = Stored(START, AS_OF, Prediction("m", days, {7: None}, TESTED))  # type: ignore[dict-item]
    later = kept.from_day(START + 2 * DAY, 2)
    assert [day.expected for day in later.days] == [2, 3]
    assert (later.spans, later.method, later.backtest) == ({}, "m", TESTED)
    assert kept.from_day(START, 5) == kept.prediction
