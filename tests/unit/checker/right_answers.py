"""Right answers as a language model might write them: many styles in both languages, filled from random sheets."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from cafe_ai.analytics.model import Fact, FactSheet, Filters, Metric
from cafe_ai.language.formats import (
    WEEKDAY_NAMES,
    format_count,
    format_date,
    format_money,
    format_month,
    format_percent,
)
from cafe_ai.language.period_wording import describe_period, name_period
from tests.support.sheets import random_sheet

NAMES = {
    "es": {
        Metric.NET_SALES: "las ventas netas", Metric.GROSS_SALES: "las ventas brutas", Metric.RETURNS: "las devoluciones",
        Metric.RETURN_RATE: "la tasa de devolución", Metric.DISCOUNTS: "los descuentos", Metric.ORDERS: "los pedidos",
        Metric.UNITS: "las unidades vendidas", Metric.AVERAGE_TICKET: "el ticket medio", Metric.AVERAGE_PRICE: "el precio medio",
        Metric.UNITS_PER_ORDER: "las unidades por pedido", Metric.DAILY_AVERAGE: "la media diaria de ventas",
        Metric.DAILY_ORDERS: "la media diaria de pedidos", Metric.DAILY_UNITS: "la media diaria de unidades",
        Metric.MARGIN: "el margen", Metric.MARGIN_RATE: "el porcentaje de margen", Metric.PRODUCTS_SOLD: "los productos distintos vendidos",
        Metric.CUSTOMERS: "los clientes", Metric.NEW_CUSTOMERS: "los clientes nuevos", Metric.RETURNING_CUSTOMERS: "los clientes recurrentes",
        Metric.REPEAT_RATE: "la tasa de repetición",
    },
    "en": {
        Metric.NET_SALES: "net sales", Metric.GROSS_SALES: "gross sales", Metric.RETURNS: "returns", Metric.RETURN_RATE: "the return rate",
        Metric.DISCOUNTS: "discounts", Metric.ORDERS: "orders", Metric.UNITS: "units sold", Metric.AVERAGE_TICKET: "the average ticket",
        Metric.AVERAGE_PRICE: "the average price", Metric.UNITS_PER_ORDER: "units per order", Metric.DAILY_AVERAGE: "the daily average of sales",
        Metric.DAILY_ORDERS: "average daily orders", Metric.DAILY_UNITS: "average daily units", Metric.MARGIN: "the margin",
        Metric.MARGIN_RATE: "the margin rate", Metric.PRODUCTS_SOLD: "different products sold", Metric.CUSTOMERS: "customers",
        Metric.NEW_CUSTOMERS: "new customers", Metric.RETURNING_CUSTOMERS: "returning customers", Metric.REPEAT_RATE: "the repeat rate",
    },
}  # fmt: skip
NOUNS = {
    "es": {Metric.ORDERS: "pedidos", Metric.UNITS: "unidades", Metric.CUSTOMERS: "clientes", Metric.NEW_CUSTOMERS: "clientes nuevos",
           Metric.RETURNING_CUSTOMERS: "clientes recurrentes", Metric.PRODUCTS_SOLD: "productos distintos", Metric.DAILY_ORDERS: "pedidos al día",
           Metric.DAILY_UNITS: "unidades al día", Metric.UNITS_PER_ORDER: "unidades por pedido"},
    "en": {Metric.ORDERS: "orders", Metric.UNITS: "units", Metric.CUSTOMERS: "customers", Metric.NEW_CUSTOMERS: "new customers",
           Metric.RETURNING_CUSTOMERS: "returning customers", Metric.PRODUCTS_SOLD: "different products", Metric.DAILY_ORDERS: "orders a day",
           Metric.DAILY_UNITS: "units a day", Metric.UNITS_PER_ORDER: "units per order"},
}  # fmt: skip


@dataclass(frozen=True)
class RightAnswer:
    """A text that its sheet carries whole."""

    text: str
    sheet: FactSheet
    locale: str
    style: str


class Teller:
    """Words for the parts of one sheet in one language."""

    def __init__(self, sheet: FactSheet, locale: str) -> None:
        self.sheet, self.locale, self.es = sheet, locale, locale == "es"

    def metric(self, metric: str) -> str:
        return NAMES[self.locale][Metric(metric)]

    def bare(self, metric: str) -> str:
        name = self.metric(metric)
        return name.split(" ", 1)[1] if name.split(" ", 1)[0] in ("las", "los", "el", "la", "the") else name

    def figure(self, fact: Fact, *, noun: bool = True) -> str:
        value = abs(fact.value) if fact.metric.endswith(("_difference", "_change")) else fact.value
        base = next(m for m in sorted(Metric, key=len, reverse=True) if fact.metric.startswith(m))
        if fact.unit == "money":
            return format_money(value, fact.currency or "GBP", self.locale)
        if fact.unit == "percent":
            if fact.metric.endswith("_difference"):
                return f"{format_count(value, self.locale)} " + (
                    "puntos porcentuales" if self.es else "percentage points"
                )
            return format_percent(value, self.locale)
        word = NOUNS[self.locale].get(base, "")
        number = format_count(value, self.locale)
        if not noun or not word:
            return number
        return f"{number} {self._singular(word) if value == 1 else word}"

    def _singular(self, word: str) -> str:
        return {
            "pedidos": "pedido", "unidades": "unidad", "clientes": "cliente", "clientes nuevos": "cliente nuevo", "orders": "order", "units": "unit",
            "clientes recurrentes": "cliente recurrente", "customers": "customer", "new customers": "new customer", "returning customers": "returning customer",
            "productos distintos": "producto distinto", "different products": "different product",
        }.get(word, word)  # fmt: skip

    def rounded(self, fact: Fact) -> str:
        """Money in thousands or millions, as people say it."""
        value = fact.value
        for size, es, en in ((6, "millones de libras", "million"), (3, "mil libras", "k")):
            if abs(value) >= Decimal(10) ** size * 10:
                number = (value.scaleb(-size)).quantize(Decimal("0.1"))
                text = format_count(number, self.locale)
                return f"{text} {es}" if self.es else f"£{text}{' ' if en == 'million' else ''}{en}"
        return self.figure(fact)

    def when(self, period=None) -> str:
        return describe_period(period or self.sheet.period, self.locale, as_of=self.sheet.as_of)

    def period(self, period=None) -> str:
        return name_period(period or self.sheet.period, self.locale, as_of=self.sheet.as_of)

    def row(self, fact: Fact) -> str:
        (dimension, value), *_ = ((k, v) for k, v in fact.dimensions.items() if k != "customer_name")
        match dimension:
            case "month":
                return format_month(int(value[:4]), int(value[5:]), self.locale)
            case "day":
                return format_date(date.fromisoformat(value), self.locale, weekday=True)
            case "week":
                first = date.fromisoformat(value)
                last = min(first + timedelta(6), self.sheet.period.end - timedelta(1))
                day = format_date(last, self.locale)
                start = format_date(first, self.locale, year=False) if first.month != last.month else str(first.day)
                return f"la semana del {start} al {day}" if self.es else f"the week of {start} to {day}"
            case "weekday":
                return WEEKDAY_NAMES[self.locale][
                    ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"].index(value)
                ]
            case "quarter":
                ordinal = (
                    ("primer", "segundo", "tercer", "cuarto") if self.es else ("first", "second", "third", "fourth")
                )[int(value[-1]) - 1]
                return f"el {ordinal} trimestre de {value[:4]}" if self.es else f"the {ordinal} quarter of {value[:4]}"
            case _:
                return value

    def rows(self) -> list[tuple[Fact, ...]]:
        """The value facts of each row, in order."""
        rows: dict[tuple, list[Fact]] = {}
        for fact in self.sheet.facts:
            if fact.dimensions and fact.role == "value":
                rows.setdefault(tuple(sorted(fact.dimensions.items())), []).append(fact)
        return [tuple(facts) for facts in rows.values()]

    def by(self, suffix: str, metric: str | None = None) -> Fact | None:
        name = f"{metric or self.sheet.plan.metrics[0]}{suffix}"
        return next(
            (
                f
                for f in self.sheet.facts
                if f.metric == name and f.role in ("value", "difference", "change", "share") and not f.dimensions
            ),
            None,
        )

    def baseline(self, metric: str | None = None) -> Fact | None:
        name = metric or self.sheet.plan.metrics[0]
        return next(
            (f for f in self.sheet.facts if f.metric == name and f.role == "baseline" and not f.dimensions), None
        )

    def up(self, fact: Fact, es: tuple[str, str], en: tuple[str, str]) -> str:
        words = es if self.es else en
        return words[0] if fact.value > 0 else words[1]


def cap(text: str) -> str:
    return text[:1].upper() + text[1:]


Style = Callable[[Teller], str | None]
STYLES: dict[str, list[tuple[str, Style]]] = {"es": [], "en": []}


def style(locale: str, *kinds: str) -> Callable[[Style], Style]:
    def register(function: Style) -> Style:
        for kind in kinds:
            STYLES[locale].append((kind, function))
        return function

    return register


def write(rng: random.Random, locale: str) -> RightAnswer:
    """A right answer in a random style."""
    while True:
        kind, function = rng.choice(STYLES[locale])
        sheet = random_sheet(random.Random(rng.random()), kind)
        if any(metric not in NAMES[locale] for metric in sheet.plan.metrics) or not sheet.facts:
            continue
        if (
            sheet.plan.filters != Filters()
            or sheet.period == sheet.comparison
            or any("year" in fact.dimensions for fact in sheet.facts)
        ):
            continue
        text = function(Teller(sheet, locale))
        if text:
            return RightAnswer(text, sheet, locale, function.__name__)
