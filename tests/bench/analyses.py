"""The whole analysis of every month of a shop: how long it takes, and whether its drivers are those of the raw lines.

The drivers are computed once more from the order lines themselves, in fractions, with the formulas of SPEC written out; each
part must agree to less than a cent and all must add up to the cent, or the benchmark fails.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any
from uuid import UUID

from cafe_ai.analytics.periods import add_months
from cafe_ai.bootstrap import Runtime
from cafe_ai.platform.clock import Deadline
from cafe_ai.platform.db import Database
from cafe_ai.sales_analysis import service
from cafe_ai.sales_analysis.model import Analysis, Span
from cafe_ai.settings import Settings
from cafe_ai.tenancy.model import Member, Role
from tests.bench.measuring import Spread
from tests.bench.report import Result, table
from tests.bench.shops import Shop

SELECT_SOLD = """
SELECT product_id, business_date, quantity, unit_price, discount FROM order_lines WHERE business_id = %s"""
CENT = Fraction(1, 100)

Sold = dict[UUID, tuple[Fraction, Fraction]]
"""What was sold of each product: net sales and units."""


@dataclass
class Months:
    """What was found in all months."""

    milliseconds: list[float] = field(default_factory=list)
    processor: list[float] = field(default_factory=list)
    split: int = 0
    judged: int = 0
    unusual: list[date] = field(default_factory=list)
    findings: int = 0


def measure(shop: Shop, quick: bool) -> Result:
    """Each month that the shop's lines cover is analysed, a few times."""
    business = shop.source.business
    sold = _sold_by_month(shop)
    found = Months()
    with closing(Database(shop.database.app)) as database:
        runtime = Runtime.of(Settings(), database=database, audit_queue=None, language_model=None)
        for month in sorted(sold):
            after = add_months(month, 1) + timedelta(days=3)
            as_of = datetime(after.year, after.month, after.day, 12)  # noqa: DTZ001 -- the shop's clock
            for number in range(1 if quick else 6):
                member = Member(shop.members[0], Role.OWNER, business, None, "bench", Deadline.after(60))
                started, cpu = time.perf_counter(), time.process_time()
                analysis = service.analyse(runtime, member, Span(as_of=as_of))
                if number or quick:
                    found.milliseconds.append((time.perf_counter() - started) * 1000)
                    found.processor.append((time.process_time() - cpu) * 1000)
            _check_drivers(analysis, sold, found)
            found.judged += sum(point.expected is not None for point in analysis.days)
            found.unusual += [unusual.day for unusual in analysis.anomalies]
            found.findings += len(analysis.insights) + len(analysis.recommendations)
    return _tell(shop, len(sold), found)


def _tell(shop: Shop, months: int, found: Months) -> Result:
    rows = [
        ["the whole analysis of a month, ms", Spread.of(found.milliseconds).text()],
        ["of that the function's processor time, ms", Spread.of(found.processor).text()],
        ["months; insights and recommendations in them", f"{months}; {found.findings}"],
        ["months with drivers; equal to those of the raw lines, to the cent", f"{found.split}; {found.split}"],
        ["days judged; unusual", f"{found.judged}; {', '.join(map(str, found.unusual)) or 'none'}"],
    ]
    raw: Mapping[str, Any] = {"milliseconds": found.milliseconds, "processor": found.processor}
    return Result(table((shop.source.title, ""), rows), dict(raw))


def _sold_by_month(shop: Shop) -> dict[date, Sold]:
    totals: dict[date, Sold] = defaultdict(dict)
    priced: set[tuple[date, UUID]] = set()
    for product, day, quantity, price, discount in shop.rows(SELECT_SOLD, shop.source.business.id):
        month = day.replace(day=1)
        net, units = totals[month].get(product, (Fraction(0), Fraction(0)))
        amount = Fraction(0) if price is None else Fraction(quantity * price - discount)
        totals[month][product] = net + amount, units + Fraction(quantity)
        if price:
            priced.add((month, product))
    return {  # without a price the units cannot say what one costs: they count as none
        month: {key: (net, units if (month, key) in priced else Fraction(0)) for key, (net, units) in sold.items()}
        for month, sold in totals.items()
    }


def _check_drivers(analysis: Analysis, sold: Mapping[date, Sold], found: Months) -> None:
    if analysis.drivers is None:
        return
    before = sold.get(add_months(analysis.period.start, -1), {})
    exact = _split(before, sold[analysis.period.start])
    told = {part.name: part.amount for part in analysis.drivers.parts}
    net = analysis.figure("net_sales")
    if (
        sum(told.values(), Decimal(0)) != analysis.drivers.change
        or net is None
        or net.difference != analysis.drivers.change
    ):
        raise AssertionError(f"{analysis.period.start}: the drivers do not add up.")
    apart = {name: amount for name, amount in told.items() if abs(Fraction(amount) - exact[name]) >= CENT}
    if apart:
        raise AssertionError(f"{analysis.period.start}: {apart} are not those of the lines: {exact}.")
    found.split += 1


def _split(before: Sold, after: Sold) -> dict[str, Fraction]:
    both = [key for key in before if key in after and before[key][1] > 0 and after[key][1] > 0]
    price = {key: (before[key][0] / before[key][1], after[key][0] / after[key][1]) for key in both}
    units = [sum((sold[key][1] for key in both), Fraction(0)) for sold in (before, after)]
    net = sum((before[key][0] for key in both), Fraction(0))
    growth = units[1] / units[0] if both else Fraction(1)
    new = [key for key in after if key not in before and after[key][1] > 0]
    gone = [key for key in before if key not in after and before[key][1] > 0]
    others = (set(before) | set(after)) - set(both) - set(new) - set(gone)
    nothing = (Fraction(0), Fraction(0))
    return {
        "price": sum(((price[key][1] - price[key][0]) * after[key][1] for key in both), Fraction(0)),
        "volume": (units[1] - units[0]) * net / units[0] if both else Fraction(0),
        "mix": sum((price[key][0] * (after[key][1] - before[key][1] * growth) for key in both), Fraction(0)),
        "new_products": sum((after[key][0] for key in new), Fraction(0)),
        "vanished_products": -sum((before[key][0] for key in gone), Fraction(0)),
        "rest": sum((after.get(key, nothing)[0] - before.get(key, nothing)[0] for key in others), Fraction(0)),
    }
