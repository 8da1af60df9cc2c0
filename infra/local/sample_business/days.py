"""The days of Café Central: holidays, opening, and how many orders a day brings.

Everything about a day follows from its date and a fixed seed, so a day is the same whenever it is generated.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from random import Random

SEED = "Café Central 1"

MONTHS = (0.92, 0.95, 1.0, 1.05, 1.1, 1.08, 0.95, 0.72, 1.02, 1.05, 1.03, 1.16)
GROWTH_A_YEAR = 1.04
HOLIDAY = 0.85
NOISE = 0.08  # standard deviation
CLOSED = {(1, 1), (12, 25)}

# Open until 21:00, so no sale falls after midnight and the business day is the calendar day.
WORKDAY_HOURS = {
    7: 0.5, 8: 1.5, 9: 1.7, 10: 1.5, 11: 1.2, 12: 0.9, 13: 1.0, 14: 1.1, 15: 0.7, 16: 0.7, 17: 0.9, 18: 1.0, 19: 0.7,
    20: 0.4,
}  # fmt: skip
WEEKEND_HOURS = {
    8: 0.5, 9: 1.2, 10: 1.8, 11: 1.9, 12: 1.5, 13: 1.2, 14: 1.0, 15: 0.6, 16: 0.7, 17: 1.2, 18: 1.3, 19: 0.9, 20: 0.4
}  # fmt: skip


@dataclass(frozen=True)
class Store:
    """A place of the business. weekdays: orders on each, from Monday on; 0 is closed."""

    name: str
    code: str
    weekdays: tuple[int, ...]
    holiday_from: tuple[int, int] | None = None  # closed from this month and day
    holiday_to: tuple[int, int] | None = None  # to this one, both included


STORES = (
    Store("Centro", "C", (76, 78, 80, 83, 93, 96, 64)),
    Store("Retiro", "R", (0, 38, 40, 43, 52, 78, 84), holiday_from=(8, 10), holiday_to=(8, 23)),
)


@cache
def easter(year: int) -> date:
    """Easter Sunday (the anonymous Gregorian algorithm; Meeus, Astronomical Algorithms, chapter 8)."""
    a, (b, c) = year % 19, divmod(year, 100)
    d, e = divmod(b, 4)
    g = (8 * b + 13) // 25
    h = (19 * a + b - d - g + 15) % 30
    i, k = divmod(c, 4)
    m = (a + 11 * h) // 319
    n = (2 * e + 2 * i - k - h + m + 32) % 7
    month = (h - m + n + 90) // 25
    return date(year, month, (h - m + n + month + 19) % 32)


@cache
def holidays(year: int) -> dict[date, str]:
    """Madrid's public holidays: the nation's, the region's and the city's (none is moved when it falls on a Sunday)."""
    fixed = {
        (1, 1): "Año Nuevo",
        (1, 6): "Epifanía del Señor",
        (5, 1): "Fiesta del Trabajo",
        (5, 2): "Comunidad de Madrid",
        (5, 15): "San Isidro",
        (8, 15): "Asunción de la Virgen",
        (10, 12): "Fiesta Nacional",
        (11, 1): "Todos los Santos",
        (11, 9): "Nuestra Señora de la Almudena",
        (12, 6): "Día de la Constitución",
        (12, 8): "Inmaculada Concepción",
        (12, 25): "Navidad",
    }
    return {
        **{date(year, month, day): name for (month, day), name in fixed.items()},
        easter(year) - timedelta(days=3): "Jueves Santo",
        easter(year) - timedelta(days=2): "Viernes Santo",
    }


def is_holiday(day: date) -> bool:
    """Whether it is a public holiday in Madrid."""
    return day in holidays(day.year)


def hours_of(day: date) -> dict[int, float]:
    """How the day's orders spread over its opening hours: a weight for each."""
    return WEEKEND_HOURS if day.weekday() >= 5 or is_holiday(day) else WORKDAY_HOURS


def orders_on(day: date, store: Store, random: Random) -> int:
    """How many orders the store takes that day; 0 where it is closed."""
    month_and_day = (day.month, day.day)
    on_holiday = store.holiday_from and store.holiday_to and store.holiday_from <= month_and_day <= store.holiday_to
    if month_and_day in CLOSED or on_holiday:
        return 0
    growth = GROWTH_A_YEAR ** ((day - date(2025, 1, 1)).days / 365)
    expected: float = (
        store.weekdays[day.weekday()] * MONTHS[day.month - 1] * growth * (HOLIDAY if is_holiday(day) else 1.0)
    )
    return round(expected * max(0.4, random.gauss(1.0, NOISE)))


def random_of(*about: object) -> Random:
    """The random numbers that belong to these things, such as a date and a store."""
    return Random("/".join([SEED, *map(str, about)]))  # noqa: S311  # a sample, no secret
