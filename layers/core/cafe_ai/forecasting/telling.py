"""An inventory forecast in words: what to order first, and what could not be worked out. Each sentence brings its facts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from cafe_ai.analytics.metrics import round_half_up
from cafe_ai.analytics.model import Fact, Period, Unit
from cafe_ai.assistants.model import Statement
from cafe_ai.forecasting.model import Backtest, InventoryForecast, ProductForecast
from cafe_ai.forecasting.phrases import NOUNS, SENTENCES
from cafe_ai.forecasting.stocking import DEFAULT_LEAD_TIME_DAYS
from cafe_ai.language.formats import Language, format_count, format_date, format_money, format_percent, pluralize
from cafe_ai.language.period_wording import word_days

ORDERS_TOLD = 5
RECENT_DAYS = 90

Said = tuple[Fact, str | None]
"""A fact, and the noun that is counted with it."""


INTERVAL_PERCENT = 80.0


@dataclass(frozen=True, slots=True)
class Teller:
    """Tells one forecast."""

    forecast: InventoryForecast
    language: Language
    period: Period

    def statements(self) -> list[Statement]:
        """What to order comes before everything else that is said of it."""
        about = self.forecast
        if "no_records" in about.gaps:
            return [self._say("no_records")]
        if about.last_day is not None:
            return [self._say("stale", names={"last": format_date(about.last_day, self.language)})]
        if not about.products:
            return [self._say("nothing_sold", {"days": (self._days("period_days", RECENT_DAYS), "days")})]
        return [
            *self._demand(), *self._orders(), *self._daily(), *self._stake(), *self._expiring(), *self._bound(),
            *self._unknown(), *self._tested(),
        ]  # fmt: skip

    def _demand(self) -> Iterator[Statement]:
        about = self.forecast
        units = Decimal(sum(one.expected_units for one in about.products)).quantize(Decimal(1))
        yield self._say(
            "demand",
            {
                "units": (self._count("expected_units", units), "units"),
                "products": (self._count("products", len(about.products)), "products"),
            },
            {"when": word_days(self.period.start, self.period.end - timedelta(days=1), self.language)},
        )
        if about.sold > len(about.products):
            shown = self._count("products", len(about.products))
            sold = self._count("products_sold", about.sold)
            yield self._say("cut", {"shown": (shown, None), "sold": (sold, None)})

    def _orders(self) -> Iterator[Statement]:
        supplied = [(one, one.supply) for one in self.forecast.products if one.supply and not one.supply.daily]
        due = [one for one, supply in supplied if supply.order_now]
        if not due:
            if supplied:
                yield self._say("enough")
            return
        yield self._say("order_first")
        for one in due[:ORDERS_TOLD]:
            yield self._order(one)
        if len(due) > ORDERS_TOLD:
            yield self._say("more", {"count": (self._count("products", len(due) - ORDERS_TOLD), None)})

    def _order(self, one: ProductForecast) -> Statement:
        product, supply = one.product, one.supply
        if supply is None:
            raise ValueError("only a product with a supply is ordered")
        of = {"product": product.name}
        stock = max(Decimal(0), product.stock or Decimal(0))
        facts: dict[str, Said] = {"quantity": (self._count("order_quantity", supply.order_quantity, of), "units")}
        lasts = {None: "order_low", 0: "order_today"}.get(supply.days_to_stockout, "order")
        kind = lasts if stock else "order_gone"
        if stock:
            facts["stock"] = (self._count("stock", stock, of), None)
        if kind == "order":
            facts["days"] = (self._days("days_to_stockout", supply.days_to_stockout or 0, of), "days")
        if (stake := self._money("sales_at_risk", supply.at_risk, of)).value > 0:
            facts["stake"] = (stake, None)
        return self._say(kind, facts, {"product": product.name}, supply.at_risk or Decimal(0))

    def _daily(self) -> Iterator[Statement]:
        found = [
            (one.product.name, day)
            for one in self.forecast.products
            if one.supply
            for day in [each for each in one.supply.daily if each.units > 0][:1]
        ]
        if found:
            yield self._say("daily_first")
        for name, day in found[:ORDERS_TOLD]:
            units = self._count("daily_units", day.units, {"product": name, "day": day.day.isoformat()})
            on = format_date(day.day, self.language, weekday=True, year=False)
            yield self._say("daily", {"quantity": (units, "units")}, {"product": name, "day": on})

    def _stake(self) -> Iterator[Statement]:
        due = [one.supply for one in self.forecast.products if one.supply and one.supply.order_now]
        sales = self._money("sales_at_risk", sum((each.at_risk or Decimal(0) for each in due), Decimal(0)))
        margin = self._money("margin_at_risk", sum((each.margin_at_risk or Decimal(0) for each in due), Decimal(0)))
        if sales.value > 0 and margin.value > 0:
            yield self._say("stake_margin", {"sales": (sales, None), "margin": (margin, None)})
        elif sales.value > 0:
            yield self._say("stake_sales", {"sales": (sales, None)})

    def _expiring(self) -> Iterator[Statement]:
        found = [
            (one, one.supply, round_half_up(Decimal(one.supply.expiring_units), "count").quantize(Decimal(1)))
            for one in self.forecast.products
            if one.supply and one.supply.expiring_units is not None
        ]
        found = [each for each in found if each[2] >= 1]
        found.sort(key=lambda each: (-(each[1].expiring_value or Decimal(0)), -each[2], each[0].product.name))
        if found:
            yield self._say("expiring_first")
        for one, supply, units in found[:ORDERS_TOLD]:
            of = {"product": one.product.name}
            facts: dict[str, Said] = {
                "units": (self._count("expiring_units", units, of), "units"),
                "stock": (self._count("stock", one.product.stock or Decimal(0), of), None),
            }
            if supply.expiring_value:
                facts["cost"] = (self._money("expiring_value", supply.expiring_value, of), None)
            kind = "expiring_cost" if "cost" in facts else "expiring"
            yield self._say(kind, facts, {"product": one.product.name}, supply.expiring_value or Decimal(0))

    def _bound(self) -> Iterator[Statement]:
        values = [one.supply.stock_value for one in self.forecast.products if one.supply and one.supply.stock_value]
        if values:
            facts: dict[str, Said] = {
                "value": (self._money("stock_value", sum(values, Decimal(0))), None),
                "products": (self._count("products", len(values)), "products"),
            }
            yield self._say("bound", facts)

    def _unknown(self) -> Iterator[Statement]:
        products = self.forecast.products
        unknown = sum("no_stock" in one.notes for one in products)
        if unknown:
            yield self._say("no_stock", {"count": (self._count("products", unknown), None)})
        assumed = sum(
            "default_lead_time" in one.notes
            and one.supply is not None
            and one.supply.lead_time_days == DEFAULT_LEAD_TIME_DAYS
            for one in products
        )
        if assumed:
            facts: dict[str, Said] = {
                "count": (self._count("products", assumed), None),
                "days": (self._days("lead_time_days", DEFAULT_LEAD_TIME_DAYS), "days"),
            }
            yield self._say("default_lead_time", facts)
        if any("stock_of_now" in one.notes for one in products):
            yield self._say("stock_of_now")

    def _tested(self) -> Iterator[Statement]:
        tested = [one.prediction for one in self.forecast.products if one.prediction.backtest]
        better = sum("naive_was_better" not in prediction.notes for prediction in tested)
        if tested:
            facts: dict[str, Said] = {
                "better": (self._count("products", better), None),
                "tested": (self._count("products", len(tested)), "products"),
            }
            yield self._say("tested", facts)
            if better < len(tested):
                yield self._say("simple")
            yield from self._measured([one.backtest for one in tested if one.backtest])

    def _measured(self, tested: Sequence[Backtest]) -> Iterator[Statement]:
        """How often the intervals held, over all days tested; and by how much the forecasts of all were off together."""
        covered = [(one.covered80, one.origins) for one in tested if one.covered80 is not None]
        if covered:
            share = sum(share * origins for share, origins in covered) / sum(origins for _, origins in covered)
            facts: dict[str, Said] = {
                "level": (self._percent("interval", INTERVAL_PERCENT), None),
                "share": (self._percent("interval_coverage", 100 * share), None),
            }
            yield self._say("covered", facts)
        biased = [(one.bias_percent, one.mean * one.origins) for one in tested if one.bias_percent is not None]
        total = sum(demand for _, demand in biased)
        bias = sum(percent * demand for percent, demand in biased) / total if total else 0.0
        fact = self._percent("forecast_bias", abs(bias))
        if fact.value:
            yield self._say("low" if bias < 0 else "high", {"bias": (fact, None)})

    def _say(
        self,
        kind: str,
        facts: Mapping[str, Said] | None = None,
        names: Mapping[str, str] | None = None,
        money: Decimal = Decimal(0),
    ) -> Statement:
        facts, names = facts or {}, names or {}
        said = {place: self._word(fact, noun) for place, (fact, noun) in facts.items()}
        text = SENTENCES[self.language][kind]
        if "stake" in facts:
            text = text.removesuffix(".") + SENTENCES[self.language]["at_stake"]
        text = text.format(**said, **names)
        return Statement(kind, text, tuple(fact for fact, _ in facts.values()), tuple(names.values()), money)

    def _word(self, fact: Fact, noun: str | None) -> str:
        if fact.unit == "money":
            return format_money(fact.value, self.forecast.currency, self.language)
        if fact.unit == "percent":
            return format_percent(fact.value, self.language)
        number = format_count(fact.value, self.language)
        return f"{number} {pluralize(fact.value, *NOUNS[noun][self.language])}" if noun else number

    def _percent(self, metric: str, value: float) -> Fact:
        return self._fact(metric, Decimal(value), "percent", None)

    def _count(self, metric: str, value: Decimal | int, of: Mapping[str, str] | None = None) -> Fact:
        return self._fact(metric, Decimal(value), "count", of)

    def _days(self, metric: str, value: int, of: Mapping[str, str] | None = None) -> Fact:
        return self._fact(metric, Decimal(value), "days", of)

    def _money(self, metric: str, value: Decimal | None, of: Mapping[str, str] | None = None) -> Fact:
        currency = self.forecast.currency
        rounded = round_half_up(value or Decimal(0), "money", currency)
        return Fact(metric, rounded, "money", self.period, currency, of or {})

    def _fact(self, metric: str, value: Decimal, unit: Unit, of: Mapping[str, str] | None) -> Fact:
        return Fact(metric, round_half_up(value, unit), unit, self.period, None, of or {})
