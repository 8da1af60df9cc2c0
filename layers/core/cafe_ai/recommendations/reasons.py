"""Why a product is recommended, each reason with its figures as facts; without figures for who may not see money."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from cafe_ai.analytics.model import Fact, Period, Unit
from cafe_ai.language.formats import money_places, round_half_up
from cafe_ai.recommendations import promoting
from cafe_ai.recommendations.model import Candidate, Daytime, Pair, Reason, ReasonKind, Windows
from cafe_ai.recommendations.promoting import LEAST_UNITS, WEIGHTS, Scored

MOST_REASONS = 3
# From which size a part is worth saying.
LEAST_PART = {
    "demand": 0.8, "margin": 0.45, "stock": 0.1, "season": 0.3, "daypart": 0.25, "trend": 0.3, "company": 1.0,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class ReasonMaker:
    """Makes the reasons of one answer: it knows the periods, the currency, and whether figures of sales may be told."""

    windows: Windows
    currency: str
    sees_money: bool

    def explain(
        self, scored: Scored, daytime: Daytime | None, companion: tuple[Pair, str] | None, *, most: int = MOST_REASONS
    ) -> list[Reason]:
        """What speaks for a product, the weightiest first, and that it is about to run out."""
        candidate, parts = scored.candidate, scored.parts
        telling = [name for name in parts if parts[name] >= LEAST_PART[name]]
        telling.sort(key=lambda name: -parts[name] * WEIGHTS[name])
        reasons = [
            reason for name in telling if (reason := self._reason(name, candidate, daytime, companion)) is not None
        ][:most]
        if promoting.runs_out(candidate) and not candidate.is_out:
            reasons.append(Reason("low_stock", (self._stock(candidate),)))
        return reasons

    def price(self, candidate: Candidate) -> Fact | None:
        """The list price, where there is one."""
        price = candidate.product.price
        return None if price is None else self.fact("price", price, "money", self.windows.now, candidate)

    def out_of_stock(self, candidate: Candidate) -> Reason:
        """That it has run out."""
        return Reason("out_of_stock", (self._stock(candidate),))

    def together(self, candidate: Candidate, pair: Pair, other: str) -> Reason:
        """In how many of the other product's orders it was, and whether chance would have had it so.

        orders_compared are the other's orders without those of more than LARGEST_BASKET products, of which pairs are not counted.
        """
        kind: ReasonKind = "together" if pair.is_significant else "together_at_times"
        if not self.sees_money:
            return Reason(kind, (), other)
        period = self.windows.baskets
        with_other = {"product": candidate.product.name, "with": other}
        share = Decimal(pair.orders_together) / pair.product_orders * 100
        facts = (
            Fact("orders_together", Decimal(pair.orders_together), "count", period, None, with_other, rows=pair.orders),
            Fact(
                "orders_compared",
                Decimal(pair.product_orders),
                "count",
                period,
                None,
                {"product": other},
                rows=pair.orders,
            ),
            Fact(
                "orders_together_share", round_half_up(share, 1), "percent", period, None, with_other, rows=pair.orders
            ),
        )
        return Reason(kind, facts, other)

    def fact(
        self, metric: str, value: Decimal, unit: Unit, period: Period, candidate: Candidate, rows: int = 1
    ) -> Fact:
        """A figure of the product, rounded to what is shown."""
        places = {"money": money_places(self.currency), "percent": 1, "days": 0}.get(unit, 3)
        rounded = round_half_up(value, places)
        currency = self.currency if unit == "money" else None
        return Fact(metric, rounded, unit, period, currency, {"product": candidate.product.name}, rows=rows)

    def _reason(
        self, part: str, candidate: Candidate, daytime: Daytime | None, companion: tuple[Pair, str] | None
    ) -> Reason | None:
        if part == "margin":
            return self._margin(candidate)
        if part == "stock":
            return self._overstock(candidate)
        if part == "daypart":
            return self._daypart(candidate, daytime) if daytime is not None else None
        if part == "company":
            return self._companion(candidate, *companion) if companion is not None else None
        return self._sold(part, candidate)

    def _sold(self, part: str, candidate: Candidate) -> Reason | None:
        sales, windows = candidate.sales, self.windows
        if part == "demand":
            return self._of_sales("bestseller", candidate, [(windows.recent, sales.units)], least=LEAST_UNITS)
        kind: ReasonKind = "rising" if part == "trend" else "season"
        told = [(windows.recent, sales.units), (windows.before, max(Decimal(0), sales.units_before))]
        if kind == "season":
            told = [(windows.season, sales.units_season), (windows.preseason, max(Decimal(0), sales.units_preseason))]
        return self._of_sales(kind, candidate, told)

    def _margin(self, candidate: Candidate) -> Reason | None:
        rate = promoting.margin_rate(candidate)
        if rate is None or not self.sees_money:
            return None
        period = self.windows.recent if candidate.sales.costed_net > 0 else self.windows.now
        fact = self.fact("margin_rate", rate * 100, "percent", period, candidate, candidate.sales.rows)
        return Reason("margin", (fact,))

    def _of_sales(
        self, kind: ReasonKind, candidate: Candidate, told: Sequence[tuple[Period, Decimal]], least: int = 1
    ) -> Reason | None:
        if told[0][1] < least:
            return None
        if not self.sees_money:
            return Reason(kind)
        rows = candidate.sales.rows
        now, *before = (self.fact("units", units, "count", when, candidate, rows) for when, units in told)
        return Reason(kind, (now, *(replace(fact, role="baseline") for fact in before)))

    def _overstock(self, candidate: Candidate) -> Reason | None:
        stock = self._stock(candidate)
        cover = promoting.cover_days(candidate)
        if cover is None:
            units = self.fact("units", Decimal(0), "count", self.windows.recent, candidate, 0)
            return Reason("unsold_stock", (stock, units) if self.sees_money else (stock,))
        if not self.sees_money:
            return Reason("overstock", (stock,))
        days = self.fact("days_of_stock", cover, "days", self.windows.now, candidate, candidate.sales.rows)
        return Reason("overstock", (stock, days))

    def _daypart(self, candidate: Candidate, daytime: Daytime) -> Reason:
        if not self.sees_money:
            return Reason("daypart")
        share = Decimal(daytime.orders) / daytime.all_orders * 100
        return Reason(
            "daypart",
            (self.fact("daypart_share", share, "percent", self.windows.daytimes, candidate, daytime.all_orders),),
        )

    def _companion(self, candidate: Candidate, pair: Pair, other: str) -> Reason:
        if not self.sees_money:
            return Reason("companion", (), other)
        dimensions = {"product": candidate.product.name, "with": other}
        fact = Fact(
            "orders_together", Decimal(pair.orders_together), "count", self.windows.baskets, None, dimensions,
            rows=pair.orders,
        )  # fmt: skip
        return Reason("companion", (fact,), other)

    def _stock(self, candidate: Candidate) -> Fact:
        return self.fact("stock", candidate.stock or Decimal(0), "count", self.windows.now, candidate)
