"""What is worth knowing of a period: at most eight sentences, the one an owner asks for first, the rest by money."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from decimal import Decimal

from cafe_ai.analytics.model import Fact, Metric
from cafe_ai.language.formats import WEEKDAY_NAMES, format_date, format_hour_range
from cafe_ai.recommendations.services_sold import is_goods
from cafe_ai.sales_analysis.figures import weekday_days
from cafe_ai.sales_analysis.model import Analysis, Anomaly, Finding
from cafe_ai.sales_analysis.phrases import PHRASES
from cafe_ai.sales_analysis.reading import Line, Readings, value_of
from cafe_ai.sales_analysis.telling import Draft, Teller, best_of

MOST = 8
OPENING = ("sales", "units")
DRIVERS_TOLD = 3
ANOMALIES_TOLD = 2
LEAST_SHARE = Decimal("0.01")
"""What moves less than this share of the net sales is not worth a sentence."""
LEAST_RETURN_RATE = Decimal(1)
PEAK = Decimal("1.25")
"""So much above the average of all must a weekday or hour be to stand out."""
ZERO = Decimal(0)


def find_insights(readings: Readings, analysis: Analysis, teller: Teller) -> tuple[Finding, ...]:
    """The insights of an analysis, checked; `analysis` holds its figures already.

    The most unusual day is always among them, as nobody expects it.
    """
    drafts = _Insights(readings, analysis, teller).all()
    return best_of(teller, drafts, MOST, first=OPENING, always="anomaly")


class _Insights:
    def __init__(self, readings: Readings, analysis: Analysis, teller: Teller) -> None:
        self.readings = readings
        self.analysis = analysis
        self.teller = teller
        self.net = readings.now[Metric.NET_SALES]
        self.least = abs(self.net or ZERO) * LEAST_SHARE

    def all(self) -> Iterator[Draft | None]:
        """Every insight there is, in no order."""
        if not self.readings.now.rows:
            return
        if self.net is None:
            yield self._units()
            yield self._best_by_units()
        else:
            yield self._sales()
            yield self._last_year()
            yield from self._drivers()
            yield self._orders_and_ticket()
            yield from self._moves("product", self.readings.products, self.readings.products_before)
            yield from self._moves("category", self.readings.categories, self.readings.categories_before)
            yield self._best("product", self.readings.products)
            yield self._best("category", self.readings.categories)
            yield self._weekday()
            yield self._hour()
            yield from (self._anomaly(found) for found in self.analysis.anomalies[:ANOMALIES_TOLD])
            yield self._returns()
            yield self._margin()
        yield self._customers()

    def _sales(self) -> Draft | None:
        now, before = self.net or ZERO, self._before(Metric.NET_SALES)
        rows = self.readings.now.rows
        if before is None:
            fact = self.teller.value(Metric.NET_SALES, now, rows=rows)
            return self.teller.find("sales", now, [fact], phrase="sales_alone", value=fact)
        facts = self.teller.compared(Metric.NET_SALES, now, before, rows=rows)
        stakes = max(abs(now), abs(before))
        if len(facts) < 4 or not facts[3].value or not facts[2].value or before < 0:
            phrase = "sales_same" if now == before else "sales_alone"
            return self.teller.find("sales", stakes, facts, phrase=phrase, value=facts[0])
        phrase = "sales_up" if now > before else "sales_down"
        return self.teller.find(
            "sales", stakes, facts, phrase=phrase, value=facts[0], difference=facts[2], change=facts[3]
        )

    def _units(self) -> Draft | None:
        now, before = self.readings.now[Metric.UNITS] or ZERO, self._before(Metric.UNITS)
        if before is None or before <= 0 or now == before:
            fact = self.teller.value(Metric.UNITS, now, rows=self.readings.now.rows)
            return self.teller.find("units", ZERO, [fact], phrase="units_alone", value=fact)
        facts = self.teller.compared(Metric.UNITS, now, before, rows=self.readings.now.rows)
        phrase = "units_up" if now > before else "units_down"
        return self.teller.find("units", ZERO, facts, phrase=phrase, value=facts[0], change=facts[3])

    def _last_year(self) -> Draft | None:
        then = value_of(self.readings.year_ago, Metric.NET_SALES)
        if then is None or then <= 0 or self.net is None or self.readings.last_year is None or self.net == then:
            return None
        fact = self.teller.value(Metric.NET_SALES, self.net, rows=self.readings.now.rows)
        facts = [fact, *self.teller.make.compared(fact, self.net, then, self.readings.last_year)]
        phrase = "last_year_up" if self.net > then else "last_year_down"
        return self.teller.find(
            "last_year", self.net - then, facts, phrase=phrase, difference=facts[2], change=facts[3]
        )

    def _drivers(self) -> Iterator[Draft | None]:
        told = self.analysis.drivers
        if told is None:
            return
        like = self.teller.value(Metric.NET_SALES, self.net or ZERO, rows=self.readings.now.rows)
        parts = sorted((part for part in told.parts if part.name != "rest"), key=lambda part: -abs(part.amount))
        for part in parts[:DRIVERS_TOLD]:
            if abs(part.amount) < max(self.least, abs(told.change) * LEAST_SHARE * 10) or not part.amount:
                continue
            fact = self.teller.derived("net_sales_difference", part.amount, like, {"driver": part.name})
            phrase = f"{part.name}_{'up' if part.amount > 0 else 'down'}"
            if phrase not in PHRASES:  # new products that cost more than they brought, in refunds
                continue
            yield self.teller.find("driver", part.amount, [fact], phrase=phrase, difference=fact)

    def _orders_and_ticket(self) -> Draft | None:
        """Whether more people bought, or each for more; it tells of the change what the drivers do not."""
        now, before = self.readings.now, self.readings.before
        if before is None:
            return None
        figures = [totals[metric] for metric in (Metric.ORDERS, Metric.AVERAGE_TICKET) for totals in (now, before)]
        if any(figure is None or figure <= 0 for figure in figures):
            return None
        orders_now, orders_before, ticket_now, ticket_before = (figure or ZERO for figure in figures)
        orders = self.teller.compared(Metric.ORDERS, orders_now, orders_before, rows=now.rows)
        ticket = self.teller.compared(Metric.AVERAGE_TICKET, ticket_now, ticket_before, rows=now.rows)
        if not orders[3].value or not ticket[3].value:
            return None
        stakes = max(abs(orders_now - orders_before) * ticket_before, abs(ticket_now - ticket_before) * orders_now)
        return self.teller.find(
            "orders_and_ticket",
            min(stakes, abs((self.net or ZERO) - (before[Metric.NET_SALES] or ZERO))),
            [*orders, *ticket],
            orders=orders[0],
            orders_change=orders[3],
            orders_way=self._way(orders[3]),
            ticket=ticket[0],
            ticket_change=ticket[3],
            ticket_way=self._way(ticket[3]),
        )

    def _moves(self, what: str, lines: Sequence[Line], before: Sequence[Line]) -> Iterator[Draft | None]:
        """The product (or category) that gained the most, and the one that lost the most of those still sold."""
        then = {line.product_id or line.key: line for line in before}
        apart: list[tuple[Decimal, Line, Decimal]] = []
        for line in lines:
            value, other = line[Metric.NET_SALES], then.get(line.product_id or line.key)
            was = other[Metric.NET_SALES] if other else None
            if value is not None and was is not None and was > 0 and value > 0:
                apart.append((value - was, line, was))
        if len(apart) < 2:
            return
        for sign, way in ((1, "up"), (-1, "down")):
            moved, line, was = max(apart, key=lambda found: (found[0] * sign, str(found[1].key)))
            if moved * sign < self.least or not self._is_fit(what, line, lines):
                continue
            dimensions = {what: str(line.key)}
            facts = self.teller.compared(Metric.NET_SALES, was + moved, was, dimensions, rows=line.rows)
            name = self.teller.quote(str(line.key)) if what == "product" else str(line.key)
            yield self.teller.find(f"{what}_{way}", moved, facts, name=name, value=facts[0], difference=facts[2])

    def _best(self, what: str, lines: Sequence[Line]) -> Draft | None:
        sold = [line for line in lines if line[Metric.NET_SALES] is not None]
        if len(sold) < 3 or not self.net or self.net <= 0:
            return None
        best = max(sold, key=lambda line: line[Metric.NET_SALES] or ZERO)
        value = best[Metric.NET_SALES] or ZERO
        if value <= 0 or not self._is_fit(what, best, lines):
            return None
        fact = self.teller.value(Metric.NET_SALES, value, {what: str(best.key)}, best.rows)
        share = self.teller.make.share(fact, value, self.net)
        if share is None:
            return None
        name = self.teller.quote(str(best.key)) if what == "product" else str(best.key)
        # What is only known to be large is worth less than what has changed.
        return self.teller.find(f"{what}_best", value / 4, [fact, share], name=name, value=fact, share=share)

    def _best_by_units(self) -> Draft | None:
        sold = [line for line in self.readings.products if (line[Metric.UNITS] or ZERO) > 0]
        if len(sold) < 3:
            return None
        best = max(sold, key=lambda line: line[Metric.UNITS] or ZERO)
        if not self._is_fit("product", best, sold):
            return None
        fact = self.teller.value(Metric.UNITS, best[Metric.UNITS] or ZERO, {"product": str(best.key)}, best.rows)
        name = self.teller.quote(str(best.key))
        return self.teller.find("product_best", ZERO, [fact], phrase="product_best_units", name=name, value=fact)

    def _weekday(self) -> Draft | None:
        count, usual_days = weekday_days(self.readings.period), self.readings.usual_weekdays
        open_days = [line for line in self.readings.weekdays if line.key in usual_days]
        if self.readings.period.days < 14 or len(open_days) < 3 or not self.net or not self.readings.is_covered:
            return None
        averages = {line.key: (line[Metric.NET_SALES] or ZERO) / count[line.key] for line in open_days}
        best = max(open_days, key=lambda line: averages[line.key])
        usual = sum(averages.values(), ZERO) / len(averages)
        if usual <= 0 or averages[best.key] < usual * PEAK:
            return None
        fact = self.teller.value(
            Metric.DAILY_AVERAGE, averages[best.key], {"weekday": WEEKDAY_NAMES["en"][best.key].lower()}, best.rows
        )
        surplus = (averages[best.key] - usual) * count[best.key]
        return self.teller.find("weekday_best", surplus, [fact], weekday=self._weekdays(best.key), value=fact)

    def _hour(self) -> Draft | None:
        return busiest_hour(self.teller, self.net, "hour_best", PEAK, Decimal(1))

    def _anomaly(self, found: Anomaly) -> Draft | None:
        day = self.readings.calendar.period(found.day, found.day.fromordinal(found.day.toordinal() + 1))
        dimensions = {"day": found.day.isoformat()}
        line = next((each for each in self.readings.days if each.key == found.day), None)
        value = self.teller.make.value(
            Metric.NET_SALES, found.net_sales, day, dimensions, rows=line.rows if line else 0
        )
        usual = self.teller.derived("net_sales_usual", found.expected, value, dimensions, baseline=False)
        told = format_date(found.day, self.teller.language, weekday=True)
        if line is None or not line.sale_lines:
            orders = self.teller.make.value(Metric.ORDERS, 0, day, dimensions)
            return self.teller.find(
                "anomaly", found.deviation, [orders, value, usual], phrase="closed", day=told, usual=usual
            )
        return self.teller.find(
            "anomaly", found.deviation, [value, usual], phrase="unusual", day=told, value=value, usual=usual
        )

    def _returns(self) -> Draft | None:
        value, rate = self.readings.now[Metric.RETURNS], self.readings.now[Metric.RETURN_RATE]
        if value is None or rate is None or value <= 0 or rate < LEAST_RETURN_RATE:
            return None
        facts = [self.teller.value(metric, each, rows=self.readings.now.rows)
                 for metric, each in ((Metric.RETURNS, value), (Metric.RETURN_RATE, rate))]  # fmt: skip
        return self.teller.find("returns", value, facts, value=facts[0], rate=facts[1])

    def _margin(self) -> Draft | None:
        value, rate = self.readings.now[Metric.MARGIN], self.readings.now[Metric.MARGIN_RATE]
        coverage = self.analysis.margin_coverage
        if value is None or rate is None or coverage is None or value <= 0:
            return None
        fact = self.teller.value(Metric.MARGIN, value, rows=self.readings.now.rows)
        told = self.teller.value(Metric.MARGIN_RATE, rate, rows=self.readings.now.rows)
        covered = replace(told, metric="margin_coverage", value=coverage, role="coverage")
        phrase = "margin" if coverage == 100 else "margin_partly"
        return self.teller.find(
            "margin", value / 4, [fact, told, covered], phrase=phrase, value=fact, rate=told, coverage=covered
        )

    def _customers(self) -> Draft | None:
        now = self.readings.customers[0]
        if now is None or not now[Metric.CUSTOMERS]:
            return None
        everyone, new, returning = (
            self.teller.value(metric, now[metric] or ZERO, rows=now.rows)
            for metric in (Metric.CUSTOMERS, Metric.NEW_CUSTOMERS, Metric.RETURNING_CUSTOMERS)
        )
        if not new.value or not returning.value or everyone.value < 2:
            return None
        spent = (self.net or ZERO) * new.value / everyone.value
        return self.teller.find(
            "customers", spent / 4, [everyone, new, returning], customers=everyone, new=new, returning=returning
        )

    def _before(self, metric: Metric) -> Decimal | None:
        return value_of(self.readings.before, metric)

    def _way(self, change: Fact) -> str:
        more, less = ("más", "menos") if self.teller.language == "es" else ("more", "less")
        return more if change.value > 0 else less

    def _weekdays(self, weekday: int) -> str:
        return weekday_plural(weekday, self.teller)

    def _is_fit(self, what: str, line: Line, lines: Sequence[Line]) -> bool:
        """Whether something can be said of a row: it is no fee (which is a product like others, and nothing to say of), and no
        other row has its name (a figure of one of them would be taken for that of both)."""
        alone = len([other for other in lines if other.key == line.key]) == 1
        return alone and (what == "category" or is_goods(str(line.key)))


def weekday_plural(weekday: int, teller: Teller) -> str:
    """ "lunes", "sábados"; "Mondays"."""
    name = WEEKDAY_NAMES[teller.language][weekday]
    return name if name.endswith("s") else f"{name}s"


def busiest_hour(teller: Teller, net: Decimal | None, kind: str, peak: Decimal, at_stake: Decimal) -> Draft | None:
    """A finding about the hour with the highest net sales, where they are so many times the hours' average; None where they
    are not, or too few hours are open. at_stake is the part of what it sells beyond the average that the finding is worth."""
    lines = teller.readings.hours
    if len(lines) < 4 or not net or net <= 0:
        return None
    best = max(lines, key=lambda line: line[Metric.NET_SALES] or ZERO)
    value = best[Metric.NET_SALES] or ZERO
    usual = net / len(lines)
    if value < usual * peak:
        return None
    fact = teller.value(Metric.NET_SALES, value, {"hour": f"{best.key:02}:00"}, best.rows)
    share = teller.make.share(fact, value, net)
    if share is None:
        return None
    hours = format_hour_range(best.key, best.key + 1, teller.language)
    return teller.find(kind, (value - usual) * at_stake, [fact, share], hours=hours, value=fact, share=share)
