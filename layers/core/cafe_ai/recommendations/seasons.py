"""When a season is near enough to put its products on a menu."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Literal

Season = Literal["spring", "summer", "autumn", "winter", "christmas", "easter", "halloween", "valentine"]

# From and to (month, day), both included, in the northern hemisphere: a few weeks early, as menus change before the weather.
_WEATHER: dict[Season, tuple[tuple[int, int], tuple[int, int]]] = {
    "spring": ((2, 20), (6, 10)),
    "summer": ((5, 10), (9, 15)),
    "autumn": ((9, 1), (12, 5)),
    "winter": ((11, 1), (3, 10)),
}
_FEASTS: dict[Season, tuple[tuple[int, int], tuple[int, int]]] = {
    "christmas": ((11, 10), (1, 6)),
    "halloween": ((10, 1), (11, 2)),
    "valentine": ((1, 15), (2, 14)),
}
FEASTS: frozenset[Season] = frozenset({"easter", *_FEASTS})
"""Seasons outside of which nobody sells their products."""
EASTER_DAYS_BEFORE = 50
# IANA zones whose shops have winter in July; near the equator the seasons of products follow the north's feasts anyway.
_SOUTHERN = (
    "America/Argentina/", "America/Buenos_Aires", "America/Santiago", "America/Punta_Arenas", "America/Montevideo",
    "America/Asuncion", "America/Sao_Paulo", "America/Campo_Grande", "America/Cuiaba", "America/La_Paz",
    "Australia/", "Pacific/Auckland", "Pacific/Chatham", "Africa/Johannesburg", "Africa/Windhoek", "Africa/Maputo",
    "Africa/Harare", "Africa/Gaborone", "Africa/Maseru", "Africa/Mbabane", "Africa/Lusaka", "Indian/Mauritius",
    "Indian/Reunion", "Indian/Antananarivo", "Atlantic/Stanley",
)  # fmt: skip


def is_southern(timezone: str) -> bool:
    """Whether a shop in this time zone has its summer at Christmas."""
    return timezone.startswith(_SOUTHERN)


def is_near(season: Season, day: date, *, southern: bool) -> bool:
    """Whether the season's products sell on that day, or will in a few weeks."""
    if season == "easter":
        feast = easter(day.year)
        return feast - timedelta(days=EASTER_DAYS_BEFORE) <= day <= feast + timedelta(days=1)
    if season in _FEASTS:
        return _within(day, *_FEASTS[season])
    if southern:
        day = day + timedelta(days=183)
    return _within(day, *_WEATHER[season])


def easter(year: int) -> date:
    """Easter Sunday of the Gregorian calendar (Meeus, "Astronomical Algorithms", 1991, chapter 8)."""
    a, (b, c) = year % 19, divmod(year, 100)
    d, e = divmod(b, 4)
    g = (8 * b + 13) // 25
    h = (19 * a + b - d - g + 15) % 30
    i, k = divmod(c, 4)
    m = (32 + 2 * e + 2 * i - h - k) % 7
    n = (a + 11 * h + 22 * m) // 451
    month, last = divmod(h + m - 7 * n + 114, 31)
    return date(year, month, last + 1)


def _within(day: date, first: tuple[int, int], last: tuple[int, int]) -> bool:
    at = (day.month, day.day)
    return first <= at <= last if first <= last else at >= first or at <= last
