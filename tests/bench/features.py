"""Features: a million orders in a batch, and the feature store of the shop."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import time
from contextlib import closing
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from cafe_ai.platform.db import Database
from ml.pipelines import feature_store
from tests.bench.fresh import PROJECT, python_environ
from tests.bench.measuring import Spread
from tests.bench.report import Result, table
from tests.bench.shops import Shop

ORDERS, ITEMS = 1_000_000, 3
ONE_CORE = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1")
FORMS = {
    "text and floats": "ISO text, floats of cents",
    "Decimals": "aware datetimes taken to Europe/Madrid, Decimals, discounts, UUIDs, as read from a database",
    "all decimals": "ISO text, floats with all their decimals: sums in floating point",
}


def measure(shop: Shop, quick: bool) -> Result:
    """Each form in fresh processes on one core; then the store, made, made again, and kept up."""
    rows, raw = [], {}
    for form, meaning in FORMS.items():
        runs = [_batch(form, ORDERS // 50 if quick else ORDERS) for _ in range(1 if quick else 2)]
        raw[form] = runs
        names = {"cpu_seconds": 1, "seconds": 1, "one_by_one": 0, "megabytes": 0}
        spreads = [Spread.of([run[name] for run in runs]).text(digits) for name, digits in names.items()]
        rows.append([f"{form}: {meaning}", *spreads])
    orders = f"{runs[0]['orders']:,} orders of {ITEMS} items"
    heads = (orders, "s of one core", "s on the clock", "s of one core one by one (from 20,000)", "MB more at the peak")
    store_text, raw["store"] = _store(shop)
    return Result(f"{table(heads, rows)}\n\n{store_text}", raw)


def _batch(form: str, orders: int) -> dict[str, Any]:
    command = [sys.executable, "-m", "tests.bench.features", form, str(orders)]
    done = subprocess.run(
        command, cwd=PROJECT, env=python_environ(ONE_CORE), check=True, capture_output=True, text=True, timeout=900
    )
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def _store(shop: Shop) -> tuple[str, dict[str, Any]]:
    moment, business = shop.source.as_of, shop.source.business.id
    rows, raw = [], {}
    with closing(Database(shop.database.app)) as database:
        for what, at in (
            ("made for the first time", moment),
            ("again, nothing new", moment + timedelta(minutes=1)),
            ("the next day", moment + timedelta(days=1)),
            ("the next week", moment + timedelta(days=8)),
        ):
            started = time.perf_counter()
            with database.transaction(business) as uow:
                done = feature_store.refresh(uow, business, at)
            seconds = time.perf_counter() - started
            rows.append([what, f"{seconds:.2f}", done.made, f"{done.rows:,}"])
            raw[what] = {"seconds": seconds, "moments": done.made, "rows": done.rows}
    size = shop.rows(
        """SELECT sum(pg_total_relation_size(name))::float8, (SELECT count(*) FROM customer_features),
                  (SELECT count(*) FROM product_features)
             FROM unnest(ARRAY['customer_features', 'product_features']::regclass[]) AS name"""
    )[0]
    raw["size"] = {"bytes": size[0], "customers": size[1], "products": size[2]}
    text = table(("the store of the shop", "s", "moments", "rows written"), rows)
    each = size[0] / (size[1] + size[2])
    told = f"{size[1]:,} rows of customers and {size[2]:,} of products take {each:.0f} bytes each, indexes included."
    return f"{text}\n\n{told}", raw


def _orders(form: str, count: int) -> list[dict[str, Any]]:
    from uuid import UUID

    rng = random.Random(7)
    start = datetime(2025, 1, 1, 8, tzinfo=UTC)
    products = [UUID(int=number) for number in range(1, 151)] if form == "Decimals" else list(range(1, 151))

    def price() -> Any:
        if form == "all decimals":
            return rng.uniform(1, 9)
        cents = rng.randint(100, 900)
        return Decimal(cents) / 100 if form == "Decimals" else cents / 100

    def item() -> dict[str, Any]:
        found = {"product_id": rng.choice(products), "quantity": rng.randint(1, 4), "unit_price": price()}
        if form == "Decimals":
            found |= {"quantity": Decimal(found["quantity"]), "discount": Decimal("0.10") * rng.randint(0, 1)}
        return found

    def moment() -> Any:
        found = start + timedelta(minutes=rng.randrange(525_600))
        return found if form == "Decimals" else found.replace(tzinfo=None).isoformat()

    return [
        {
            "id": number,
            "customer_id": rng.choice(products),
            "created_at": moment(),
            "items": [item() for _ in range(ITEMS)],
        }
        for number in range(count)
    ]


def main(form: str, count: int) -> None:
    """One form in this process, on one core; prints what it took."""
    import resource

    import pandas as pd

    from ml.pipelines.extract_features import batch_extract_features, extract_order_features

    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    options = {"timezone": "Europe/Madrid"} if form == "Decimals" else {}
    orders = _orders(form, count)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    started, used = time.perf_counter(), time.process_time()
    frame = batch_extract_features(orders, extract_order_features, **options)
    seconds, used = time.perf_counter() - started, time.process_time() - used
    after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    some = orders[:20_000]
    started = time.process_time()
    ones = [extract_order_features(order, **options) for order in some]
    alone = (time.process_time() - started) * count / len(some)
    columns = [name for name in frame.columns if name.endswith("_amount") or name in ("hour", "weekday", "item_count")]
    if not frame.loc[: len(some) - 1, columns].equals(pd.DataFrame(ones)[columns].astype(frame.dtypes[columns])):
        raise AssertionError(f"{form}: the batch and one by one do not tell the same.")
    megabytes = (after - before) / 1024
    found = {"orders": count, "seconds": seconds, "cpu_seconds": used, "one_by_one": alone, "megabytes": megabytes}
    print(json.dumps(found))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
