"""Whether "bought together" finds what a basket still lacks: the last month held out, against popularity.

What is learnt is what the nightly job writes, by the service's own SQL, from the orders up to the day before the month
that is tested on. Of each order of that month with two or more products, up to three products are hidden in turn, and
ten are recommended to the rest. A hit is where the hidden one is among them; an order counts once, however many of its
products were hidden.
"""

from __future__ import annotations

import os
import random
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from statistics import mean
from uuid import UUID

from cafe_ai.intake import service as intake
from cafe_ai.intake.business import new_business
from cafe_ai.platform.db import Database
from cafe_ai.platform.ids import uuid7
from cafe_ai.recommendations.baskets import repository as baskets
from cafe_ai.recommendations.repository import pairs
from infra.local import sample_business
from tests.bench.report import Result, table
from tests.bench.shops import Shop

DAYS_HELD_OUT = 30
RECOMMENDED = 10
HIDDEN_OF_AN_ORDER = 3
RESAMPLES = 1000

Basket = frozenset[UUID]
Recommend = Callable[[Collection[UUID]], Sequence[UUID]]
Case = tuple[UUID, Basket]

SELECT_BASKETS = """
SELECT order_id, business_date, array_agg(DISTINCT product_id ORDER BY product_id) FROM order_lines
 WHERE business_id = %s AND quantity > 0 GROUP BY order_id, business_date ORDER BY order_id"""


@dataclass(frozen=True)
class Tried:
    """What was measured on one shop: orders learnt from, orders tested on, seconds to learn, and each method's hit rates."""

    learnt: int
    tested: int
    seconds: float
    of_the_rest: Mapping[str, Sequence[float]]
    of_one: Mapping[str, Sequence[float]]


def measure(shop: Shop, quick: bool) -> Result:
    """The hit rates at ten on the shop, on Café Central, and on the shops that BASKETS names ("title=lines.csv;...")."""
    rows, raw = [], {}
    for title, business_id in _businesses(shop):
        tried = _try(shop, business_id, orders=200 if quick else None)
        for name, hits in tried.of_the_rest.items():
            low, high = _interval(hits)
            rows.append(
                [
                    title,
                    f"{tried.learnt:,} / {tried.tested:,}",
                    name,
                    f"**{mean(hits):.3f}** [{low:.3f}, {high:.3f}]",
                    f"{mean(tried.of_one[name]):.3f}",
                ]
            )
        raw[title] = {
            "learnt": tried.learnt,
            "tested": tried.tested,
            "seconds": tried.seconds,
            **{name: mean(hits) for name, hits in tried.of_the_rest.items()},
        }
    heads = ("shop", "orders learnt / tested", "recommended", "hit rate at 10, to all the rest", "to one product of it")
    seconds = ", ".join(f"{title}: {tried['seconds']:.1f} s" for title, tried in raw.items())
    return Result(f"{table(heads, rows)}\n\nThe nightly job's time for the year learnt from: {seconds}.", raw)


def _businesses(shop: Shop) -> Iterator[tuple[str, UUID]]:
    yield shop.source.title, shop.source.business.id
    if shop.source.csv is not None:
        sample_business.load(shop.database.saas, now=shop.source.as_of.replace(year=2026, month=11, day=20))
        yield "Café Central (generated)", sample_business.BUSINESS.id
    for named in filter(None, os.environ.get("BASKETS", "").split(";")):
        title, _, path = named.partition("=")
        business = new_business(title, timezone="Europe/London", currency="GBP", locale="en", type="cafe")
        with closing(Database(shop.database.saas)) as database:
            intake.import_lines(database, Path(path), business, members={uuid7(): "owner"})
        yield title, business.id


def _try(shop: Shop, business_id: UUID, *, orders: int | None) -> Tried:
    dated = [(day, frozenset(products)) for _, day, products in shop.rows(SELECT_BASKETS, business_id)]
    last = max(day for day, _ in dated)
    cut = last - timedelta(days=DAYS_HELD_OUT)
    since = cut - timedelta(days=baskets.WINDOW_DAYS)
    learnt = [(day, basket) for day, basket in dated if since < day <= cut]
    test = [basket for day, basket in dated if day > cut and len(basket) > 1][:orders]
    partners, seconds = _learn(shop, business_id, cut)
    popular = _ranking(learnt, since)
    lately = _ranking(learnt, cut - timedelta(days=DAYS_HELD_OUT))
    methods: dict[str, Recommend] = {
        "the most popular": lambda basket: _first(popular, basket),
        "the most popular of the last 30 days": lambda basket: _first(lately, basket),
        "bought together": lambda basket: _together(partners, lately, basket),
    }
    cases = [_hide(basket, random.Random(n)) for n, basket in enumerate(test)]
    singles = [[(hidden, _one_of(rest, random.Random(n))) for hidden, rest in case] for n, case in enumerate(cases)]
    return Tried(
        len(learnt),
        len(test),
        seconds,
        {name: [_hit_rate(recommend, case) for case in cases] for name, recommend in methods.items()},
        {name: [_hit_rate(recommend, case) for case in singles] for name, recommend in methods.items()},
    )


def _learn(shop: Shop, business_id: UUID, cut: date) -> tuple[dict[UUID, list[tuple[UUID, float]]], float]:
    """Each product's partners with their scores, as the nightly job of that day would have written them."""
    partners: defaultdict[UUID, list[tuple[UUID, float]]] = defaultdict(list)
    with closing(Database(shop.database.app)) as database, database.transaction(business_id) as uow:
        started = time.perf_counter()
        baskets.recompute(uow, business_id, cut)
        seconds = time.perf_counter() - started
        ids = [row[0] for row in uow.connection.execute("SELECT DISTINCT product_id FROM product_pairs")]
        for pair in pairs(uow, business_id, ids):
            partners[pair.product_id].append((pair.other_id, pair.score))
    return dict(partners), seconds


def _ranking(learnt: Sequence[tuple[date, Basket]], since: date) -> list[UUID]:
    counted = Counter(product for day, basket in learnt if day > since for product in sorted(basket))
    return [product for product, _ in counted.most_common(1000)]


def _first(ranking: Sequence[UUID], basket: Collection[UUID]) -> list[UUID]:
    return [product for product in ranking if product not in basket][:RECOMMENDED]


def _together(
    partners: Mapping[UUID, Sequence[tuple[UUID, float]]], popular: Sequence[UUID], basket: Collection[UUID]
) -> list[UUID]:
    """The partners of the basket's products by the sum of their scores; where they are too few, what is popular lately."""
    scores: defaultdict[UUID, float] = defaultdict(float)
    for product in basket:
        for other, score in partners.get(product, ()):
            if other not in basket:
                scores[other] += score
    found = sorted(scores, key=lambda other: (-scores[other], other))[:RECOMMENDED]
    return found + _first(popular, {*basket, *found})[: RECOMMENDED - len(found)]


def _hide(basket: Basket, rng: random.Random) -> list[Case]:
    products = sorted(basket)
    return [(hidden, basket - {hidden}) for hidden in rng.sample(products, min(HIDDEN_OF_AN_ORDER, len(products)))]


def _one_of(basket: Basket, rng: random.Random) -> Basket:
    return frozenset({rng.choice(sorted(basket))})


def _hit_rate(recommend: Recommend, cases: Sequence[Case]) -> float:
    return mean(float(hidden in recommend(rest)) for hidden, rest in cases)


def _interval(values: Sequence[float]) -> tuple[float, float]:
    """The 95 % bootstrap interval of the mean, over orders."""
    rng = random.Random(7)
    means = sorted(mean(rng.choices(values, k=len(values))) for _ in range(RESAMPLES))
    return means[int(0.025 * RESAMPLES)], means[int(0.975 * RESAMPLES) - 1]
