"""What could be done: at most six recommendations, each tied to the facts it names, none promising a result."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from decimal import Decimal

from cafe_ai.analytics.model import Metric
from cafe_ai.language.formats import WEEKDAY_NAMES
from cafe_ai.recommendations.services_sold import is_goods
from cafe_ai.sales_analysis.figures import weekday_days
from cafe_ai.sales_analysis.insights import LEAST_SHARE, PEAK, busiest_hour, weekday_plural
from cafe_ai.sales_analysis.model import Finding
from cafe_ai.sales_analysis.reading import INACTIVE_DAYS, Line, Readings
from cafe_ai.sales_analysis.telling import Draft, Teller, best_of

MOST = 6
OF_A_KIND = 2
SPECIFIC = ("restock", "price_review", "returns_of")
"""What is told of a product rather than that its sales moved: it says why."""
LEAST_DAYS = 7
"""Of a shorter period nothing is concluded from what a product gained or lost: any two days differ."""
COVER_DAYS = 7
"""How many days of stock, beyond the supplier's lead time, are still comfortable."""
WEAK = Decimal("0.75")
"""So far below the average of all must an open weekday be to be called weak."""
PRICE_FELL = Decimal("0.97")
RETURNED_SHARE = Decimal("0.05")
ZERO = Decimal(0)


def find_advice(readings: Readings, teller: Teller) -> tuple[Finding, ...]:
    """The recommendations for a shop, checked. Each product has at most one."""
    return best_of(teller, _once_a_product(_Advice(readings, teller).all()), MOST)


def _once_a_product(drafts: Iterator[Draft | None]) -> Iterator[Draft]:
    told: set[str] = set()
    known = [draft for draft in drafts if draft]
    for draft in sorted(known, key=lambda each: (each.kind not in SPECIFIC, -each.money)):
        named = {fact.dimensions["product"] for fact in draft.finding.facts if "product" in fact.dimensions}
        if named.isdisjoint(told):
            told |= named
            yield draft


class _Advice:
    def __init__(self, readings: Readings, teller: Teller) -> None:
        self.readings = readings
        self.teller = teller
        self.net = readings.now[Metric.NET_SALES]
        self.least = abs(self.net or ZERO) * LEAST_SHARE / 4
        products = {line.product_id: str(line.key) for line in (*readings.products_before, *readings.products)}
        self.repeated = {name for name, times in Counter(products.values()).items() if times > 1}

    def all(self) -> Iterator[Draft | None]:
        """Every recommendation there is, in no order."""
        if not self.readings.now.rows:
            return
        yield from self._restock()
        if self.net is None:
            yield self._promote_by_units()
        else:
            if self.readings.period.days >= LEAST_DAYS:
                yield from self._of_movements()
                yield from self._prices()
            yield self._weekday()
            yield self._hour()
            yield from self._returned()
            yield self._promote()
        yield self._lapsed()

    def _restock(self) -> Iterator[Draft | None]:
        """Products that run out before the supplier could deliver and a week has passed."""
        days = max(self.readings.period.days, 1)
        for line in self.readings.products:
            kept = self.readings.stock.get(line.product_id) if line.product_id else None
            units = line[Metric.UNITS] or ZERO
            if kept is None or units <= 0:
                continue
            reach = (kept.lead_time_days or 0) + COVER_DAYS
            short = units / days * reach - kept.stock
            if short <= 0 or not self._is_fit(line):
                continue
            stock = self.teller.value(Metric.STOCK, max(kept.stock, ZERO), {"product": str(line.key)}, rows=1)
            sold = self.teller.value(Metric.UNITS, units, {"product": str(line.key)}, rows=line.rows)
            worth = short * (line[Metric.NET_SALES] or ZERO) / units
            yield self.teller.find("restock", worth, [stock, sold], name=self._name(line), stock=stock, units=sold)

    def _of_movements(self) -> Iterator[Draft | None]:
        now = {line.product_id: line for line in self.readings.products}
        then = {line.product_id: line for line in self.readings.products_before}
        rising: list[tuple[Decimal, Line, Decimal]] = []
        falling: list[tuple[Decimal, Line, Decimal]] = []
        gone: list[tuple[Decimal, Line]] = []
        for key, line in now.items():
            value, before = line[Metric.NET_SALES], then.get(key)
            was = before[Metric.NET_SALES] if before else None
            if value is None or was is None or was <= 0 or value <= 0:
                continue
            if abs(value - was) >= self.least and value != was and self._is_fit(line):
                (rising if value > was else falling).append((abs(value - was), line, was))
        for key, line in then.items():
            was = line[Metric.NET_SALES]
            if key not in now and was is not None and was >= self.least and self._is_missed(line):
                gone.append((was, line))
        for moved, line, was in sorted(rising, key=lambda found: -found[0])[:OF_A_KIND]:
            facts = self.teller.compared(Metric.NET_SALES, was + moved, was, {"product": str(line.key)}, line.rows)
            yield self.teller.find(
                "secure_stock", moved, facts, name=self._name(line), value=facts[0], difference=facts[2]
            )
        for moved, line, was in sorted(falling, key=lambda found: -found[0])[:OF_A_KIND]:
            facts = self.teller.compared(Metric.NET_SALES, was - moved, was, {"product": str(line.key)}, line.rows)
            yield self.teller.find(
                "look_into", moved, facts, name=self._name(line), value=facts[0], difference=facts[2]
            )
        for was, line in sorted(gone, key=lambda found: -found[0])[:OF_A_KIND]:
            facts = self.teller.compared(Metric.NET_SALES, ZERO, was, {"product": str(line.key)}, line.rows)
            yield self.teller.find("bring_back", was, facts, name=self._name(line), baseline=facts[1])

    def _is_missed(self, line: Line) -> bool:
        """Whether a product that is no longer sold is no seasonal one: it was sold on the same dates a year before, as far
        as that is known."""
        known = self.readings.products_year_ago
        return (not known or line.product_id in known) and self._is_fit(line)

    def _is_fit(self, line: Line) -> bool:
        """Whether something can be said of a product: it is no fee, and no other product has its name."""
        return str(line.key) not in self.repeated and is_goods(str(line.key))

    def _prices(self) -> Iterator[Draft | None]:
        """Products whose price per unit has fallen, by what that took from the sales."""
        then = {line.product_id: line for line in self.readings.products_before}
        fallen = []
        for line in self.readings.products:
            before = then.get(line.product_id)
            if before is None:
                continue
            figures = [each[metric] for each in (line, before) for metric in (Metric.NET_SALES, Metric.UNITS)]
            if any(figure is None or figure <= 0 for figure in figures):
                continue
            net, units, net_before, units_before = (figure or ZERO for figure in figures)
            price, was = net / units, net_before / units_before
            lost = (was - price) * units
            if price < was * PRICE_FELL and lost >= max(self.least, (net_before - net) / 2) and self._is_fit(line):
                fallen.append((lost, line, price, was))
        for lost, line, price, was in sorted(fallen, key=lambda found: -found[0])[:OF_A_KIND]:
            facts = self.teller.compared(Metric.AVERAGE_PRICE, price, was, {"product": str(line.key)}, line.rows)
            yield self.teller.find(
                "price_review", lost, facts, name=self._name(line), value=facts[0], difference=facts[2]
            )

    def _weekday(self) -> Draft | None:
        count, usual_days = weekday_days(self.readings.period), self.readings.usual_weekdays
        lines = [line for line in self.readings.weekdays if line.key in usual_days]
        if self.readings.period.days < 14 or len(lines) < 3 or not self.readings.is_covered:
            return None
        averages = {line.key: (line[Metric.NET_SALES] or ZERO) / count[line.key] for line in lines}
        usual = sum(averages.values(), ZERO) / len(averages)
        weakest = min(lines, key=lambda line: averages[line.key])
        value = averages[weakest.key]
        if value <= 0 or value > usual * WEAK:
            return None
        weekday = {"weekday": WEEKDAY_NAMES["en"][weakest.key].lower()}
        fact = self.teller.value(Metric.DAILY_AVERAGE, value, weekday, weakest.rows)
        missing = (usual - value) * count[weakest.key]
        return self.teller.find(
            "weekday_weak", missing / 4, [fact], weekday=weekday_plural(weakest.key, self.teller), value=fact
        )

    def _hour(self) -> Draft | None:
        return busiest_hour(self.teller, self.net, "hour_staff", PEAK * PEAK, Decimal("0.1"))

    def _returned(self) -> Iterator[Draft | None]:
        returned = []
        for line in self.readings.products:
            value, net = line[Metric.RETURNS] or ZERO, line[Metric.NET_SALES]
            if net is None or not line.sale_lines or value <= 0 or value < self.least:
                continue
            if value >= (net + value) * RETURNED_SHARE and self._is_fit(line):
                returned.append((value, line))
        for value, line in sorted(returned, key=lambda found: -found[0])[:OF_A_KIND]:
            fact = self.teller.value(Metric.RETURNS, value, {"product": str(line.key)}, line.rows)
            yield self.teller.find("returns_of", value, [fact], name=self._name(line), value=fact)

    def _promote(self) -> Draft | None:
        lines = [line for line in self.readings.products if (line[Metric.NET_SALES] or ZERO) > 0]
        if len(lines) < 3 or not self.net or self.net <= 0:
            return None
        best = max(lines, key=lambda line: line[Metric.NET_SALES] or ZERO)
        value = best[Metric.NET_SALES] or ZERO
        if not self._is_fit(best):
            return None
        fact = self.teller.value(Metric.NET_SALES, value, {"product": str(best.key)}, best.rows)
        share = self.teller.make.share(fact, value, self.net)
        if share is None:
            return None
        return self.teller.find("promote", value / 20, [fact, share], name=self._name(best), value=fact, share=share)

    def _promote_by_units(self) -> Draft | None:
        lines = [line for line in self.readings.products if (line[Metric.UNITS] or ZERO) > 0]
        if len(lines) < 3:
            return None
        best = max(lines, key=lambda line: line[Metric.UNITS] or ZERO)
        if not self._is_fit(best):
            return None
        fact = self.teller.value(Metric.UNITS, best[Metric.UNITS] or ZERO, {"product": str(best.key)}, best.rows)
        return self.teller.find("promote", ZERO, [fact], phrase="promote_units", name=self._name(best), value=fact)

    def _lapsed(self) -> Draft | None:
        found = self.readings.inactive
        count = found[Metric.INACTIVE_CUSTOMERS] if found else None
        if found is None or not count or count < 2:
            return None
        fact = self.teller.value(Metric.INACTIVE_CUSTOMERS, count, rows=found.rows)
        ticket = self.readings.now[Metric.AVERAGE_TICKET] or ZERO
        worth = min(count * ticket / 20, abs(self.net or ZERO) / 10)
        return self.teller.find("lapsed", worth, [fact], inactive_days=INACTIVE_DAYS, count=fact)

    def _name(self, line: Line) -> str:
        return self.teller.quote(str(line.key))
