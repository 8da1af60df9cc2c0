"""The settings of a new business."""

from __future__ import annotations

from datetime import time
from typing import Any

import pytest

from cafe_ai.intake.business import new_business
from cafe_ai.intake.model import BusinessRefused

GOOD: dict[str, Any] = {"name": "Tienda", "timezone": "Europe/London", "currency": "GBP", "locale": "es"}


def test_a_business_has_an_id_of_its_own_and_what_was_said() -> None:
    first = new_business(**GOOD, type="gift_shop", day_starts="02:30")
    assert (first.name, first.timezone, first.currency, first.locale) == ("Tienda", "Europe/London", "GBP", "es")
    assert (first.type, first.day_starts) == ("gift_shop", time(2, 30))
    assert first.id != new_business(**GOOD).id


def test_a_currency_may_be_written_small() -> None:
    assert new_business(**{**GOOD, "currency": "eur"}).currency == "EUR"


@pytest.mark.parametrize(
    ("setting", "value", "said"),
    [
        ("name", " ", "name"),
        ("name", "a\nb", "name"),
        ("timezone", "Europe/Madriz", "no time zone 'Europe/Madriz'"),
        ("timezone", "../etc/passwd", "no time zone"),
        ("timezone", "", "no time zone"),
        ("currency", "EURO", "no currency 'EURO'"),
        ("currency", "XXQ", "no currency 'XXQ'"),
        ("locale", "fr", "es or en"),
        ("day_starts", "24:00", "HH:MM"),
        ("day_starts", "2am", "HH:MM"),
        ("type", "two words", "one word"),
    ],
)
def test_a_wrong_setting_is_named(setting: str, value: str, said: str) -> None:
    with pytest.raises(BusinessRefused, match=said):
        new_business(**{**GOOD, setting: value})
