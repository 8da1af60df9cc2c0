"""The figures of customer behaviour as facts, rounded once, and as words.

Beside the metrics of `analytics` there are figures of a customer: `interval_days`, `idle_days`, `overdue_days`; what is expected:
`expected_customers`, `expected_visits`, `expected_net_sales`, `purchase_probability`; and the shop's yardsticks.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from cafe_ai.analytics.metrics import round_half_up
from cafe_ai.analytics.model import Fact, Period, Role
from cafe_ai.language.formats import (
    Language,
    format_count,
    format_date,
    format_money,
    format_number,
    format_percent,
    pluralize,
)

NOUNS: Mapping[str, Mapping[Language, tuple[str, str]]] = {
    "customers": {"es": ("cliente", "clientes"), "en": ("customer", "customers")},
    "new": {"es": ("cliente nuevo", "clientes nuevos"), "en": ("new customer", "new customers")},
    "orders": {"es": ("pedido", "pedidos"), "en": ("order", "orders")},
    "visits": {"es": ("visita", "visitas"), "en": ("visit", "visits")},
    "days": {"es": ("día", "días"), "en": ("day", "days")},
}


@dataclass(frozen=True, slots=True)
class Figures:
    """Makes the facts of a shop, and says them in its language. dimensions are put into every fact."""

    language: Language
    currency: str
    period: Period

    def money(
        self, metric: str, value: Decimal, period: Period | None = None, *, role: Role = "value", **of: str
    ) -> Fact:
        """An amount."""
        rounded = round_half_up(value, "money", self.currency)
        return Fact(metric, rounded, "money", period or self.period, self.currency, of, role=role)

    def count(self, metric: str, value: int | Decimal, period: Period | None = None, **of: str) -> Fact:
        """How many."""
        return Fact(metric, round_half_up(Decimal(value), "count"), "count", period or self.period, None, of)

    def percent(self, metric: str, value: Decimal, period: Period | None = None, **of: str) -> Fact:
        """A percentage."""
        return Fact(metric, round_half_up(value, "percent"), "percent", period or self.period, None, of)

    def days(self, metric: str, value: int, **of: str) -> Fact:
        """How many days."""
        return Fact(metric, Decimal(value), "days", self.period, None, of)

    def say(self, fact: Fact, noun: str | None = None) -> str:
        """The fact's value as a text shows it; with a noun of NOUNS: "1 cliente", "3 customers"; as "points" without a sign."""
        if noun == "points":
            return format_number(fact.value, self.language, 1)
        if fact.unit == "money":
            return format_money(fact.value, fact.currency or self.currency, self.language)
        if fact.unit == "percent":
            return format_percent(fact.value, self.language)
        number = format_count(fact.value, self.language)
        return f"{number} {pluralize(fact.value, *NOUNS[noun][self.language])}" if noun else number

    def day(self, day: date) -> str:
        """A date in words."""
        return format_date(day, self.language)
