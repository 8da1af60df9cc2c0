"""Which country a shop is in: what it says, else what its time zone says.

From the files of the IANA time zone database in the tzdata package: iso3166.tab has the codes that there are, zone.tab the one
country of each zone, tzdata.zi the other names of zones.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from importlib.resources import files


def country_of(timezone: str, said: str | None = None) -> str | None:
    """The ISO 3166 alpha-2 code; None where a zone is in no country (UTC) or has only an old name of none."""
    if said is not None:
        return said
    countries, links = _countries(), _links()
    return countries.get(timezone) or countries.get(links.get(timezone, ""))


@lru_cache(maxsize=1)
def country_codes() -> frozenset[str]:
    """The ISO 3166 alpha-2 codes in use."""
    return frozenset(code for code, *_ in _rows("iso3166.tab"))


@lru_cache(maxsize=1)
def _countries() -> dict[str, str]:
    return {zone: code for code, _, zone, *_ in _rows("zone.tab")}


@lru_cache(maxsize=1)
def _links() -> dict[str, str]:
    lines = (line.split() for line in _text("tzdata.zi").splitlines() if line.startswith("L "))
    return {alias: zone for _, zone, alias in lines}


def _rows(name: str) -> Iterator[list[str]]:
    return (line.split("\t") for line in _text(name).splitlines() if line and not line.startswith("#"))


def _text(name: str) -> str:
    return files("tzdata.zoneinfo").joinpath(name).read_text(encoding="utf-8")
