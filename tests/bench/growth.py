"""How a question's time grows: with a shop's orders, to a million, and with the shops beside it, to a hundred."""

from __future__ import annotations

import csv
import random
import statistics
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import psycopg

from cafe_ai.intake.business import new_business
from cafe_ai.platform.ids import uuid7
from tests.bench.fresh import run
from tests.bench.measuring import Ratio, Spread
from tests.bench.questions import ABOUT_THE_CAFE, PLAIN
from tests.bench.report import Result, table
from tests.bench.shops import MEMBERS, Shop, Source, create_database, drop_database

ORDERS = (10_000, 100_000, 1_000_000)
SHOPS = (1, 10, 100)
ORDERS_OF_EACH = 10_000
DAYS = 730
AS_OF = datetime(2026, 11, 20, 12, tzinfo=ZoneInfo("Europe/Madrid"))
COLUMNS = (
    "order_id",
    "ordered_at",
    "product",
    "quantity",
    "unit_price",
    "category",
    "customer_id",
    "store",
    "payment_method",
    "unit_cost",
)
CATEGORIES = ("Cafés", "Bollería", "Tartas", "Bocadillos", "Bebidas")
PRODUCTS = ("Croissant", *(f"Producto {number}" for number in range(1, 80)))
SIZE = """
SELECT pg_database_size(current_database()), count(*), (SELECT count(*) FROM orders) FROM order_lines"""


def measure(shop: Shop, quick: bool) -> Result:
    """The café's questions about generated shops: each size in a database of its own, imported as its owner would."""
    sizes = ORDERS[:2] if quick else ORDERS
    alone = {orders: _ask(shop, orders, 1, quick) for orders in sizes}
    counts = SHOPS[:2] if quick else SHOPS
    among = {shops: _ask(shop, ORDERS_OF_EACH, shops, quick) for shops in counts}
    text = "\n\n".join(
        (
            "**One shop, more orders** (two years; each order 1 to 4 lines; 80 products; a tenth as many customers as orders):",
            _table("orders", alone),
            f"**More shops of {ORDERS_OF_EACH:,} orders in the same tables**, one of them asked:",
            _table("shops", among),
            f"**By question**, ms with {' / '.join(f'{orders:,}' for orders in alone)} orders:",
            _by_question(alone),
        )
    )
    return Result(text, {"orders": alone, "shops": among})


def _ask(shop: Shop, orders: int, shops: int, quick: bool) -> dict[str, Any]:
    with _generated(shop, orders, shops) as (grown, seconds):
        size, lines, _ = grown.rows(SIZE)[0]
        measured = run(grown.job(rounds=2 if quick else 15, warm_up=2))
    times: dict[str, list[float]] = defaultdict(list)
    for sample in measured["samples"]:
        times[sample["question"]].append(sample["ms"])
    print(f"   {shops} shop(s) of {orders:,} orders: imported in {seconds:.1f} s", flush=True)
    return {
        "import_seconds": seconds,
        "lines": lines,
        "bytes": size,
        "ms": dict(times),
        "rss_mb": measured["rss_warm_mb"],
    }


def _table(head: str, measured: dict[int, dict[str, Any]]) -> str:
    plain = [asked.text for asked in ABOUT_THE_CAFE[:PLAIN]]
    first = next(iter(measured.values()))
    rows = []
    for size, one in measured.items():
        totals = _pooled(one, plain)
        medians = [statistics.median(times) for times in one["ms"].values()]
        rows.append(
            [
                f"{size:,}",
                f"{one['lines']:,}",
                f"{one['import_seconds']:.1f}",
                f"{one['lines'] / one['import_seconds']:,.0f}",
                f"{one['bytes'] / 1e6:,.0f}",
                Spread.of(totals).text(),
                Ratio.of(totals, _pooled(first, plain)).text(),
                f"{statistics.median(medians):.1f}",
                f"{max(medians):.0f}",
                f"{one['rss_mb']:.0f}",
            ]
        )
    heads = (
        head,
        "lines",
        "import s",
        "lines a second",
        "database MB",
        "plain totals ms (quartiles)",
        "against the first",
        "median of all 22 kinds, ms",
        "slowest kind, ms",
        "process MB",
    )
    return table(heads, rows)


def _pooled(measured: dict[str, Any], questions: Sequence[str]) -> list[float]:
    return [milliseconds for question in questions for milliseconds in measured["ms"][question]]


def _by_question(measured: dict[int, dict[str, Any]]) -> str:
    questions = list(next(iter(measured.values()))["ms"])
    rows = [
        [question, *(f"{statistics.median(one['ms'][question]):.1f}" for one in measured.values())]
        for question in questions
    ]
    rows.sort(key=lambda row: -float(row[-1]))
    return table(("question", *(f"{orders:,}" for orders in measured)), rows)


@contextmanager
def _generated(shop: Shop, orders: int, shops: int) -> Iterator[tuple[Shop, float]]:
    """A database with so many shops alike, the first of which is asked; and how long their import took, in seconds."""
    database = create_database(shop.database.server, f"growth_{orders}_{shops}")
    try:
        with tempfile.TemporaryDirectory(prefix="cafe-ai-bench-") as folder:
            file = _write_lines(Path(folder) / "lines.csv", orders)
            business = new_business("Café", timezone="Europe/Madrid", currency="EUR", locale="es", type="cafe")
            source = Source("a generated café", business, AS_OF, ABOUT_THE_CAFE, file)
            members = [uuid7() for _ in range(MEMBERS)]
            started = time.perf_counter()
            source.load(database.saas, members)
            for _ in range(shops - 1):
                replace(source, business=replace(business, id=uuid7())).load(database.saas, [uuid7()])
            seconds = time.perf_counter() - started
        with psycopg.connect(database.superuser, autocommit=True) as connection:
            connection.execute("VACUUM (ANALYZE)")
        yield Shop(source, database, shop.issuer, members), seconds
    finally:
        drop_database(database)


def _write_lines(file: Path, orders: int) -> Path:
    rng = random.Random(11)
    prices = {product: round(rng.uniform(1.2, 9.0), 2) for product in PRODUCTS}
    customers = max(1, orders // 10)
    first = AS_OF.replace(tzinfo=None, hour=8, minute=0) - timedelta(days=DAYS)
    with file.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream)
        writer.writerow(COLUMNS)
        for order in range(orders):
            at = first + timedelta(days=order * DAYS // orders, minutes=rng.randrange(12 * 60))
            customer = f"C{rng.randrange(customers)}" if rng.random() < 0.3 else ""
            store, paid = rng.choice(("Centro", "Retiro")), rng.choice(("card", "cash"))
            for product in rng.sample(PRODUCTS, rng.randint(1, 4)):
                price, category = prices[product], CATEGORIES[len(product) % len(CATEGORIES)]
                quantity = -1 if rng.random() < 0.01 else rng.randint(1, 3)
                cost = round(price * 0.4, 2)
                writer.writerow((f"O{order}", at, product, quantity, price, category, customer, store, paid, cost))
    return file
