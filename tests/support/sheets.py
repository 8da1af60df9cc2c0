"""Fact sheets of every kind, at random, for the tests of narrator and checker.

They are consistent (sums, shares and changes agree with each other) and the same for the same seed.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from cafe_ai.analytics.model import Dimension, Fact, FactSheet, Filters, Gap, Metric, Period, Ranking
from tests.support.fact_factories import (
    ADDITIVE_METRICS,
    AS_OF,
    FRACTIONAL_COUNTS,
    MONEY_METRICS,
    NOVEMBER,
    OCTOBER,
    PERCENT_METRICS,
    RECORDED,
    SALES_METRICS,
    TIME_DIMENSIONS,
    TODAY,
    WEEKDAYS,
    YEAR_SO_FAR,
    compared,
    fact,
    filters_of,
    month,
    period,
    rounded,
    sheet,
    unit_of,
)

PRODUCTS = (
    "PACK OF 72 RETROSPOT CAKE CASES", "PAPER CHAIN KIT 50'S CHRISTMAS", "REGENCY CAKESTAND 3 TIER", "Café 1906",
    "WHITE HANGING HEART T-LIGHT HOLDER", "Café con leche", "Iced latte 12 oz",
    "60 TEATIME FAIRY CAKE CASES", "Croissant",
    "Tarta de queso, ración", "SET/20 RED RETROSPOT PAPER NAPKINS", "7-Up",
    "Bocadillo 100% ibérico", "ASSORTED COLOUR BIRD ORNAMENT",
)  # fmt: skip
CATEGORIES = ("Bebidas", "Bollería", "Menú 10 €", "Christmas 2010", "Infusiones")
STORES = ("Centro", "Store 2", "Gran Vía 32", "Oxford Street")
CUSTOMERS = ("14646", "18102", "13694", "C-0042", "17850")
CUSTOMER_NAMES = {"14646": "Ana Pérez", "C-0042": "John O'Neill"}
CUSTOMER_METRICS = {Metric.CUSTOMERS, Metric.NEW_CUSTOMERS, Metric.RETURNING_CUSTOMERS, Metric.REPEAT_RATE}
PAYMENT_METHODS = ("tarjeta", "efectivo", "card", "Bizum")

PERIODS = (
    NOVEMBER, OCTOBER, TODAY, YEAR_SO_FAR, month(2010, 2), period("2010-07-01", "2010-10-01"),
    period("2010-01-01", "2010-07-01"),
    period("2010-11-30", "2010-12-01"), period("2010-11-22", "2010-11-29"), period("2010-11-27", "2010-11-29"),
    period("2010-11-09", "2010-11-15"), period("2010-10-29", "2010-11-15"), period("2009-12-15", "2010-01-15"),
    period("2010-07-01", "2010-12-01"), period("2009-12-01", "2010-12-01"),
    period("2010-10-01", "2010-12-02", until=AS_OF),
)  # fmt: skip
EARLIER = (
    OCTOBER,
    month(2010, 1),
    month(2009, 12),
    period("2010-04-01", "2010-07-01"),
    period("2010-01-04", "2010-01-11"),
)


def random_value(rng: random.Random, metric: Metric) -> Decimal:
    """A plausible value of the metric: mostly ordinary, now and then 0, 1, below zero or very large."""
    if metric in PERCENT_METRICS:
        return Decimal(rng.randint(0, 1000)) / 10
    size = rng.choice((10, 1_000, 100_000, 10_000_000))
    if metric in MONEY_METRICS:
        cents = rng.choice((0, rng.randint(1, 100 * size), rng.randint(1, 100 * size), rng.randint(1, 100 * size)))
        sign = -1 if metric in (Metric.NET_SALES, Metric.MARGIN) and rng.random() < 0.05 else 1
        return Decimal(sign * cents).scaleb(-2)
    if metric in FRACTIONAL_COUNTS:
        return Decimal(rng.randint(1, 100_000)).scaleb(-3).normalize()
    return Decimal(rng.choice((0, 1, rng.randint(2, size), rng.randint(2, size))))


def random_filters(rng: random.Random, *metrics: Metric) -> Filters:
    """Nothing, or up to three things to narrow to; figures on customers are not narrowed to customers."""
    choices: list[dict[str, object]] = [
        {"products": tuple(rng.sample(PRODUCTS, rng.choice((1, 1, 1, 2, 3))))},
        {"categories": tuple(rng.sample(CATEGORIES, rng.choice((1, 1, 2))))},
        {"stores": (rng.choice(STORES),)},
        {"customers": tuple(rng.sample(CUSTOMERS, rng.choice((1, 1, 2))))},
        {"payment_methods": (rng.choice(PAYMENT_METHODS),)},
        {"weekdays": rng.choice(((0,), (5, 6), (0, 1, 2, 3, 4), (1, 3), (6,)))},
        {"hours": rng.choice(((8, 12), (12, 13), (20, 24), (22, 2)))},
    ]
    chosen: dict[str, object] = {}
    for part in rng.sample(choices, rng.choice((0, 0, 1, 1, 2, 3))):
        chosen |= part
    if CUSTOMER_METRICS & {*metrics}:
        chosen.pop("customers", None)
    return Filters(**chosen)  # type: ignore[arg-type]


def _total(rng: random.Random) -> FactSheet:
    metric, when = rng.choice(SALES_METRICS), rng.choice(PERIODS)
    filters = random_filters(rng, metric)
    shared = {"when": when, "filters": filters_of(filters)}
    facts = [fact(metric, random_value(rng, metric), **shared)]  # type: ignore[arg-type]
    if metric in (Metric.MARGIN, Metric.MARGIN_RATE):
        facts.append(fact("margin_coverage", rng.choice(("100.0", "87.5", "42.0")), role="coverage", **shared))  # type: ignore[arg-type]
    if metric is Metric.NET_SALES and rng.random() < 0.5:
        facts += _context(rng, metric, facts[0].value, when, filters)
    return sheet(facts, metrics=(metric,), when=when, filters=filters)


def _context(
    rng: random.Random, metric: Metric, value: Decimal, when: Period, filters: Filters, *, days: bool = True
) -> list[Fact]:
    said = filters_of(filters)
    if days and rng.random() < 0.5:
        day = when.start + timedelta(days=rng.randrange(when.days))
        best = random_value(rng, metric)
        return [fact(metric, best, when=when, role="context", dimensions={"day": day.isoformat()}, filters=said)]
    facts = compared(metric, value, random_value(rng, metric), when, rng.choice(EARLIER), filters=said)
    return [replace(one, role="context") for one in facts[1:]]


def _several(rng: random.Random) -> FactSheet:
    metrics, when = rng.sample(SALES_METRICS, rng.choice((2, 3, 4))), rng.choice(PERIODS)
    filters = random_filters(rng, *metrics)
    facts = [fact(m, random_value(rng, m), when=when, filters=filters_of(filters)) for m in metrics]
    return sheet(facts, metrics=metrics, when=when, filters=filters)


def _comparison(rng: random.Random) -> FactSheet:
    metrics, when, before = (
        rng.sample(SALES_METRICS, rng.choice((1, 1, 1, 2))),
        rng.choice(PERIODS),
        rng.choice(EARLIER),
    )
    filters = random_filters(rng, *metrics)
    facts: list[Fact] = []
    for metric in metrics:
        baseline = random_value(rng, metric)
        value = baseline if rng.random() < 0.1 else random_value(rng, metric)
        facts += compared(metric, value, baseline, when, before, filters=filters_of(filters))
    return sheet(facts, metrics=metrics, when=when, comparison=before, filters=filters)


def row_period(row: Mapping[str, str], when: Period) -> Period:
    """The part of the period that a row by time covers; of any other row, all of it."""
    for name, value in row.items():
        if name not in TIME_DIMENSIONS:
            continue
        if name == "quarter":
            start, months = date(int(value[:4]), 3 * int(value[-1]) - 2, 1), 3
        else:
            start, months = date.fromisoformat((value + "-01-01")[:10]), {"month": 1, "year": 12}.get(name, 0)
        after = start.year * 12 + start.month - 1 + months
        end = date(after // 12, after % 12 + 1, 1) if months else start + timedelta(days=7 if name == "week" else 1)
        end = min(end, when.end)
        until = when.ends_at if end == when.end else None
        return period(max(start, when.start).isoformat(), end.isoformat(), until=until)
    return when


def random_rows(rng: random.Random, dimension: Dimension, number: int) -> list[dict[str, str]]:
    """So many different rows of a breakdown, fewer where there are not as many."""
    names: Mapping[Dimension, Sequence[str]] = {
        Dimension.PRODUCT: PRODUCTS,
        Dimension.CATEGORY: CATEGORIES,
        Dimension.STORE: STORES,
        Dimension.CUSTOMER: CUSTOMERS,
        Dimension.PAYMENT_METHOD: PAYMENT_METHODS,
        Dimension.WEEKDAY: WEEKDAYS,
        Dimension.HOUR: [f"{hour:02d}:00" for hour in range(24)],
        Dimension.DAY: [(NOVEMBER.start + timedelta(days=n)).isoformat() for n in range(30)],
        Dimension.WEEK: [(date(2010, 11, 1) + timedelta(weeks=n)).isoformat() for n in range(5)],
        Dimension.MONTH: [f"2010-{n:02d}" for n in range(1, 12)],
        Dimension.QUARTER: [f"2010-Q{n}" for n in range(1, 5)],
        Dimension.YEAR: ("2009", "2010"),
    }
    known = names[dimension]
    rows = [{str(dimension): name} for name in rng.sample(known, min(number, len(known)))]
    if dimension is Dimension.CUSTOMER:
        named = rng.random() < 0.5
        rows = [
            row
            | (
                {"customer_name": CUSTOMER_NAMES[row["customer"]]}
                if named and row["customer"] in CUSTOMER_NAMES
                else {}
            )
            for row in rows
        ]
    return rows


def period_of_rows(dimension: Dimension) -> Period:
    """The period that the rows of `random_rows` lie in."""
    if dimension is Dimension.YEAR:
        return period(RECORDED[0].isoformat(), "2010-12-02", until=AS_OF)
    return YEAR_SO_FAR if dimension in (Dimension.MONTH, Dimension.QUARTER) else NOVEMBER


def _ranking(rng: random.Random) -> FactSheet:
    metric, dimension = rng.choice((Metric.NET_SALES, Metric.NET_SALES, *SALES_METRICS)), rng.choice([*Dimension])
    filters = random_filters(rng, metric, *([Metric.CUSTOMERS] if dimension is Dimension.CUSTOMER else []))
    if dimension in (Dimension.WEEKDAY, Dimension.HOUR):
        filters = replace(filters, weekdays=(), hours=None)
    order, limit = rng.choice(("top", "bottom")), rng.choice((1, 1, 3, 5, 10))
    second = rng.choice((None, None, Metric.UNITS if metric is not Metric.UNITS else Metric.ORDERS))
    when = period_of_rows(dimension)
    rows = random_rows(rng, dimension, limit)
    values = sorted((random_value(rng, metric) for _ in rows), reverse=order == "top")
    share, total = metric in ADDITIVE_METRICS and min(values) > 0 and rng.random() < 0.3, sum(values) * 2
    facts: list[Fact] = []
    for row, value in zip(rows, values, strict=True):
        shared = {"when": row_period(row, when), "dimensions": row, "filters": filters_of(filters)}
        facts.append(fact(metric, value, **shared))  # type: ignore[arg-type]
        if second:
            facts.append(fact(second, random_value(rng, second), **shared))  # type: ignore[arg-type]
        if share:
            facts.append(fact(f"{metric}_share", rounded(100 * value / total, 1), role="share", **shared))  # type: ignore[arg-type]
    by_name = dimension.value not in TIME_DIMENSIONS
    if metric in ADDITIVE_METRICS and order == "top" and values[0] > 0 and not share and by_name:
        first = {"dimensions": rows[0], "filters": filters_of(filters), "role": "context"}
        facts.append(fact(f"{metric}_share", rounded(100 * values[0] / total, 1), when=when, **first))  # type: ignore[arg-type]
    return sheet(
        facts,
        metrics=(metric, second) if second else (metric,),
        when=when,
        breakdowns=(dimension,),
        ranking=Ranking(order, limit),
        filters=filters,
        share=bool(share),
    )


def _series(rng: random.Random) -> FactSheet:
    by_time = (Dimension.MONTH, Dimension.WEEK, Dimension.DAY, Dimension.QUARTER, Dimension.YEAR)
    dimension = rng.choice((*by_time, Dimension.HOUR, Dimension.WEEKDAY))
    metric = rng.choice((Metric.NET_SALES, *SALES_METRICS))
    filters = random_filters(rng, metric)
    if dimension not in by_time:
        filters = replace(filters, weekdays=(), hours=None)
    when = period_of_rows(dimension)
    rows = sorted(random_rows(rng, dimension, rng.choice((2, 5, 31))), key=lambda row: min(row.values()))
    shared = {"when": when, "filters": filters_of(filters)}
    facts = [
        replace(fact(metric, random_value(rng, metric), dimensions=row, **shared), period=row_period(row, when))  # type: ignore[arg-type]
        for row in rows
    ]
    if metric in ADDITIVE_METRICS and dimension in by_time:
        facts.append(fact(metric, sum(one.value for one in facts), role="total", **shared))  # type: ignore[arg-type]
    return sheet(facts, metrics=(metric,), when=when, breakdowns=(dimension,), filters=filters)


def _share(rng: random.Random) -> FactSheet:
    metric, when = rng.choice(ADDITIVE_METRICS), rng.choice(PERIODS)
    filters = random_filters(rng)
    if filters == Filters():
        filters = Filters(products=(rng.choice(PRODUCTS),))
    total = abs(random_value(rng, metric)) + 100
    part = rounded(total * rng.randint(0, 1000) / 1000, 2 if unit_of(metric) == "money" else 0)
    said = filters_of(filters)
    facts = [
        fact(metric, part, when=when, filters=said),
        fact(f"{metric}_share", rounded(100 * part / total, 1), when=when, role="share", filters=said),
        fact(metric, total, when=when, role="total"),
    ]
    return sheet(facts, metrics=(metric,), when=when, filters=filters, share=True)


def _change_ranking(rng: random.Random) -> FactSheet:
    dimension = rng.choice(
        (Dimension.PRODUCT, Dimension.CATEGORY, Dimension.STORE, Dimension.CUSTOMER, Dimension.WEEKDAY)
    )
    metric, order, limit = rng.choice(ADDITIVE_METRICS), rng.choice(("top", "bottom")), rng.choice((1, 3, 5))
    pairs = [(abs(random_value(rng, metric)), abs(random_value(rng, metric))) for _ in range(limit)]
    pairs.sort(key=lambda pair: pair[0] - pair[1], reverse=order == "top")
    facts: list[Fact] = []
    for row, (value, baseline) in zip(random_rows(rng, dimension, limit), pairs, strict=False):
        facts += compared(metric, value, baseline, NOVEMBER, OCTOBER, dimensions=row)
    ranking = Ranking(order, limit, rng.choice(("change", "change_percent")))
    return sheet(facts, metrics=(metric,), comparison=OCTOBER, breakdowns=(dimension,), ranking=ranking)


def _series_comparison(rng: random.Random) -> FactSheet:
    metric, before = rng.choice(ADDITIVE_METRICS), period("2009-01-01", "2009-12-02")
    facts: list[Fact] = []
    for row in sorted(random_rows(rng, Dimension.MONTH, 3), key=lambda row: row["month"]):
        value, baseline = random_value(rng, metric), random_value(rng, metric)
        facts += compared(metric, value, baseline, row_period(row, YEAR_SO_FAR), before, dimensions=row)
    whole = Decimal(sum(one.value for one in facts if one.role == "value"))
    facts.append(fact(metric, whole, when=YEAR_SO_FAR, role="total"))
    return sheet(facts, metrics=(metric,), when=YEAR_SO_FAR, comparison=before, breakdowns=(Dimension.MONTH,))


def _unsold(rng: random.Random) -> FactSheet:
    number = rng.choice((0, 1, 3, 203))
    before = rng.choice((None, OCTOBER))
    named = rng.sample(PRODUCTS, min(number, 10))
    facts = [fact(Metric.UNSOLD_PRODUCTS, number, compared_with=before)]
    facts += [fact(Metric.UNITS, 0, dimensions={"product": name}) for name in named]
    return sheet(facts, metrics=(Metric.UNSOLD_PRODUCTS,), comparison=before)


def _inactive(rng: random.Random) -> FactSheet:
    number = rng.choice((0, 1, 1390))
    whole = period(RECORDED[0].isoformat(), "2010-12-02", until=AS_OF)
    days = rng.choice((30, 60, 90, 180))
    return sheet(
        [fact(Metric.INACTIVE_CUSTOMERS, number, when=whole)],
        metrics=(Metric.INACTIVE_CUSTOMERS,),
        when=whole,
        inactive_days=days,
    )


def _catalogue(rng: random.Random) -> FactSheet:
    metric = rng.choice((Metric.CATALOGUE_SIZE, Metric.PRICE, Metric.STOCK, Metric.OUT_OF_STOCK))
    if metric in (Metric.PRICE, Metric.STOCK):
        names = tuple(rng.sample(PRODUCTS, rng.choice((1, 1, 3))))
        facts = [fact(metric, random_value(rng, metric), when=TODAY, dimensions={"product": name}) for name in names]
        return sheet(facts, metrics=(metric,), when=TODAY, filters=Filters(products=names))
    number = rng.choice((0, 1, 3, 45))
    facts = [fact(metric, number, when=TODAY)]
    if metric is Metric.OUT_OF_STOCK:
        named = rng.sample(PRODUCTS, min(number, 10))
        facts += [fact(Metric.STOCK, 0, when=TODAY, dimensions={"product": name}) for name in named]
    return sheet(facts, metrics=(metric,), when=TODAY)


def _average(rng: random.Random) -> FactSheet:
    dimension, metric = rng.choice((Dimension.WEEKDAY, Dimension.HOUR)), rng.choice((Metric.NET_SALES, Metric.ORDERS))
    rows = random_rows(rng, dimension, rng.choice((1, 3, 7)))
    values = sorted((rounded(Decimal(rng.randint(100, 10**7)) / 100, 2) for _ in rows), reverse=True)
    facts = [fact(metric, value, dimensions=row) for row, value in zip(rows, values, strict=True)]
    ranking = Ranking("top", len(rows))
    return sheet(facts, metrics=(metric,), breakdowns=(dimension,), ranking=ranking, average=True)


def _gap(rng: random.Random) -> FactSheet:
    gap: Gap = rng.choice(
        ("no_records", "before_records", "after_records", "no_sales", "no_prices", "no_costs", "no_customers",
         "no_stock", "no_catalogue_price", "no_stores", "no_categories", "no_payment_methods")
    )  # fmt: skip
    asked = {
        "no_costs": Metric.MARGIN,
        "no_customers": Metric.CUSTOMERS,
        "no_stock": Metric.STOCK,
        "no_catalogue_price": Metric.PRICE,
    }
    metric = asked.get(gap, Metric.NET_SALES if gap == "no_prices" else rng.choice(SALES_METRICS))
    when = {"before_records": month(2008, 11), "after_records": month(2011, 3)}.get(gap, rng.choice(PERIODS))
    return sheet([], metrics=(metric,), when=when, gaps=(gap,), recorded=None if gap == "no_records" else RECORDED)


def _no_baseline(rng: random.Random) -> FactSheet:
    metric, before = rng.choice(SALES_METRICS), month(2008, 11)
    facts = [fact(metric, random_value(rng, metric))]
    return sheet(facts, metrics=(metric,), comparison=before, gaps=("no_baseline",))


KINDS: Mapping[str, Callable[[random.Random], FactSheet]] = {
    "total": _total,
    "several": _several,
    "comparison": _comparison,
    "ranking": _ranking,
    "series": _series,
    "share": _share,
    "change_ranking": _change_ranking,
    "series_comparison": _series_comparison,
    "unsold": _unsold,
    "inactive": _inactive,
    "catalogue": _catalogue,
    "average": _average,
    "gap": _gap,
    "no_baseline": _no_baseline,
}


def random_sheet(rng: random.Random, kind: str | None = None) -> FactSheet:
    """A valid sheet of the kind (any of `KINDS`), the same for the same state of rng."""
    return KINDS[kind or rng.choice([*KINDS])](rng)
