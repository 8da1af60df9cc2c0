"""The country a shop is in."""

from __future__ import annotations

import pytest

from cafe_ai.tenancy.country import country_codes, country_of


@pytest.mark.parametrize(
    ("timezone", "country"),
    [
        ("Europe/Madrid", "ES"),
        ("Atlantic/Canary", "ES"),
        ("Europe/London", "GB"),
        ("America/Argentina/Buenos_Aires", "AR"),
        ("America/Buenos_Aires", "AR"),  # an old name
        ("US/Eastern", "US"),
        ("UTC", None),
        ("Mars/Olympus", None),
    ],
)
def test_a_time_zone_is_in_one_country(timezone: str, country: str | None) -> None:
    assert country_of(timezone) == country


def test_what_the_shop_says_goes_before_its_time_zone() -> None:
    assert country_of("Europe/Madrid", "PT") == "PT"


def test_codes_are_those_of_iso_3166() -> None:
    assert {"ES", "FR", "MX", "GB"} <= country_codes()
    assert country_codes().isdisjoint({"UK", "EU", "XX"})
