"""The same totals from the rollups and from the order lines they are made of."""

from __future__ import annotations

import random
import time
from contextlib import closing
from zoneinfo import ZoneInfo

from cafe_ai.analytics.model import Dimension, FactSheet, Filters, Metric, PeriodSpec, Plan, Ranking
from cafe_ai.analytics.service import gather
from cafe_ai.platform.db import Database
from tests.bench.measuring import Ratio, Spread
from tests.bench.report import Result, table
from tests.bench.shops import Shop

ALL = PeriodSpec("all")
PLANS = {
    "net sales and orders": Plan((Metric.NET_SALES, Metric.ORDERS), ALL),
    "net sales by month": Plan((Metric.NET_SALES,), ALL, breakdowns=(Dimension.MONTH,)),
    "ten best products": Plan((Metric.NET_SALES,), ALL, breakdowns=(Dimension.PRODUCT,), ranking=Ranking(limit=10)),
    "net sales of Fridays": Plan((Metric.NET_SALES,), ALL, filters=Filters(weekdays=(4,))),
}


def measure(shop: Shop, quick: bool) -> Result:
    """Facts from both, one after the other in a new order each round; they must be the same."""
    rows, raw = [], {}
    rng = random.Random(7)
    with closing(Database(shop.database.app)) as database:
        for name, plan in PLANS.items():
            times: dict[bool, list[float]] = {True: [], False: []}
            for number in range(3 if quick else 31):
                told = {}
                for from_lines in rng.sample([True, False], 2):
                    milliseconds, sheet = _gather(shop, database, plan, from_lines)
                    told[from_lines] = sheet.facts
                    if number:
                        times[from_lines].append(milliseconds)
                if told[True] != told[False] or not told[True]:
                    raise AssertionError(f"{name}: the rollups and the lines do not tell the same facts.")
            ratio = Ratio.of(times[True], times[False])
            rows.append([name, Spread.of(times[False]).text(), Spread.of(times[True]).text(), ratio.text()])
            raw[name] = {"rollups_ms": times[False], "lines_ms": times[True]}
    days = shop.rows("SELECT count(*), count(DISTINCT business_date) FROM order_lines")[0]
    heads = (f"{days[0]:,} lines of {days[1]} days", "from the rollups, ms", "from the lines, ms", "lines / rollups")
    return Result(table(heads, rows), raw)


def _gather(shop: Shop, database: Database, plan: Plan, from_lines: bool) -> tuple[float, FactSheet]:
    business = shop.source.business
    as_of = shop.source.as_of.astimezone(ZoneInfo(business.timezone))
    started = time.perf_counter()
    with database.transaction(business.id, shop.members[0], read_only=True) as uow:
        sheet = gather(uow, plan, business, as_of, from_lines=from_lines)
    return (time.perf_counter() - started) * 1000, sheet
