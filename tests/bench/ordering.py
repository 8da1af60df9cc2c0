"""Ways of ordering that are simulated: what the service proposes, and the par levels a shop keeps without it."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal
from statistics import NormalDist, mean, stdev

from cafe_ai.forecasting.model import Prediction, Product
from cafe_ai.forecasting.plausible import believed
from cafe_ai.forecasting.port import Forecaster
from cafe_ai.forecasting.stocking import SERVICE_LEVEL, plan_supply
from cafe_ai.forecasting.weekday_smoothing import WeekdaySmoothing
from ml.models.demand.forecaster import DemandForecaster
from tests.bench.sales_days import SalesDays
from tests.bench.simulation import Order, Outcome, Terms, simulate

DAY = timedelta(days=1)
PAR_DAYS = 56
TRAINED_EVERY = 28
HORIZON = 28

Plans = Mapping[int, Mapping[str, Prediction]]
"""Day of the simulation to product to what was forecast on that morning."""


def forecasts(
    sales: SalesDays, names: Sequence[str], start: date, days: Sequence[int], spans: tuple[int, ...], *, learns: bool
) -> Plans:
    """The forecast of each morning, made of what was sold before it: by the trained forecaster (trained anew every
    TRAINED_EVERY days), or by the one that needs no training."""
    forecaster: Forecaster | None = None
    plans: dict[int, Mapping[str, Prediction]] = {}
    trained = -TRAINED_EVERY
    for day in days:
        asks = [sales.ask(name, start + day * DAY, HORIZON, spans, SERVICE_LEVEL) for name in names]
        if forecaster is None or (learns and day - trained >= TRAINED_EVERY):
            forecaster, trained = DemandForecaster.train(asks) if learns else WeekdaySmoothing(), day
        made = forecaster.forecast(asks)
        plans[day] = {name: believed(ask, each) for name, ask, each in zip(names, asks, made, strict=True)}
    return plans


@dataclass(frozen=True)
class Par:
    """A par level by common practice: mean daily sales of the last eight weeks over the days to cover, and a safety stock of z
    standard deviations; times a factor. renewed: days after which it is worked out again, None: never. by_weekday: of a day's
    own weekday, for goods made each day."""

    sales: SalesDays
    start: date
    cover: int
    level: float = SERVICE_LEVEL
    renewed: int | None = None
    by_weekday: bool = False
    found: dict[tuple[str, int, int | None], float] = field(default_factory=dict)

    def of(self, name: str, day: int) -> float:
        """The level that stands on a day of the simulation, before the factor."""
        since = 0 if self.renewed is None else day // self.renewed * self.renewed
        weekday = (self.start + day * DAY).weekday() if self.by_weekday else None
        if (name, since, weekday) not in self.found:
            self.found[name, since, weekday] = self._work_out(name, since, weekday)
        return self.found[name, since, weekday]

    def _work_out(self, name: str, since: int, weekday: int | None) -> float:
        known = self.start + since * DAY
        sold = self.sales.units[name]
        days = [known - n * DAY for n in range(1, PAR_DAYS + 1)]
        days = [each for each in days if weekday in (None, each.weekday())]
        values = [sold.get(each, 0.0) for each in days]
        safety = NormalDist().inv_cdf(self.level) * stdev(values) * math.sqrt(self.cover)
        return max(0.0, mean(values) * self.cover + safety)

    def order(self, name: str, factor: float = 1.0) -> Order:
        """Order up to it."""
        return lambda day, stock, coming: max(0.0, math.ceil(factor * self.of(name, day) - 1e-9) - stock - coming)


@dataclass
class Total:
    """All products together; money at sale prices."""

    asked: float = 0.0
    missed: float = 0.0
    sales: float = 0.0
    missed_sales: float = 0.0
    days_missed: int = 0
    stock: float = 0.0
    value: float = 0.0
    orders: int = 0
    wasted: float = 0.0
    wasted_sales: float = 0.0

    def add(self, one: Outcome, price: float) -> None:
        """Takes a product in."""
        self.asked += one.asked
        self.missed += one.missed
        self.sales += one.asked * price
        self.missed_sales += one.missed * price
        self.days_missed += one.days_missed
        self.stock += one.stock
        self.value += one.stock * price
        self.orders += one.orders
        self.wasted += one.wasted
        self.wasted_sales += one.wasted * price

    def profit(self, cost_share: float) -> float:
        """Margin of what was sold, less the cost of what was thrown away."""
        return (self.sales - self.missed_sales) * (1 - cost_share) - self.wasted_sales * cost_share


@dataclass(frozen=True)
class Trial:
    """The same days and customers for each way of ordering. opening: what is there at first is this par level, None: nothing."""

    sales: SalesDays
    names: Sequence[str]
    start: date
    days: int
    terms: Terms
    opening: Par | None = None

    def under(self, order: Callable[[str], Order]) -> Total:
        """Every product's days, each with its order."""
        total = Total()
        for name in self.names:
            there = 0.0 if self.opening is None else float(round(self.opening.of(name, 0)))
            demand = self.sales.demand(name, self.start, self.days)
            total.add(simulate(demand, order(name), self.terms, there), self.sales.price[name])
        return total

    def proposed(self, plans: Plans, review_days: int, cost_share: str | None = None) -> Total:
        """What the service would order, told the stock and what is on its way."""
        products = {
            name: self.sales.product(name, self.terms.lead, self.terms.keeps, cost_share) for name in self.names
        }

        def order(name: str) -> Order:
            return lambda day, stock, coming: _order(products[name], plans[day][name], review_days, stock, coming)

        return self.under(order)

    def at_par(self, par: Par, factor: float = 1.0) -> Total:
        """Up to so many times the par level."""
        return self.under(lambda name: par.order(name, factor))

    def with_as_much_stock(self, par: Par, value: float) -> tuple[float, Total]:
        """The factor, found with hindsight, at which the average stock is worth nearly `value` and not more."""
        low, high = 0.05, 6.0
        for _ in range(14):
            middle = (low + high) / 2
            low, high = (low, middle) if self.at_par(par, middle).value > value else (middle, high)
        return low, self.at_par(par, low)

    def most_profitable(self, par: Par, cost_share: float) -> tuple[float, Total]:
        """The factor, found with hindsight, that earns most."""
        tried = [(factor, self.at_par(par, factor)) for factor in (0.5 + 0.05 * n for n in range(31))]
        return max(tried, key=lambda each: each[1].profit(cost_share))


def _order(product: Product, prediction: Prediction, review_days: int, stock: float, coming: float) -> float:
    of = replace(product, stock=Decimal(stock), on_order=Decimal(coming))
    supply = plan_supply(of, prediction.days, prediction.spans, review_days, SERVICE_LEVEL)
    return float(supply.order_quantity) if supply else 0.0
