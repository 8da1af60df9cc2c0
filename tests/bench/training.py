"""Nights of a shop's model: what is learnt, when it is put into use and what that costs; how fast what it foretells is served."""

from __future__ import annotations

import resource
import time
from collections.abc import Mapping
from contextlib import closing
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from cafe_ai.bootstrap import Runtime
from cafe_ai.forecasting.service import forecast_inventory, sales_forecast
from cafe_ai.platform.clock import Deadline
from cafe_ai.platform.db import Database
from cafe_ai.settings import Settings
from cafe_ai.tenancy.model import Business, Member, Role
from ml.serving import registry
from ml.serving.forecasting import forecaster_for
from ml.serving.model import Outcome
from ml.serving.recipe import demand_recipe
from ml.serving.registry import plain
from ml.serving.training import Training
from tests.bench.report import Result, table
from tests.bench.shops import Shop
from tests.support.files import FakeFiles

NIGHTS = (14, 13, 6, 0)
"""Days before the day of asking: the first model, one a day later, one when a week can be compared, and the last."""
SECONDS = 900.0
MOST_ERRORS = "rmsse mase mae bias_percent".split()


def measure(shop: Shop, quick: bool) -> Result:
    """The nights in their order, each in an environment of its own; the bucket of models is in memory."""
    source = shop.source
    with closing(Database(shop.database.app)) as database:
        runtime = Runtime.of(Settings(), database=database, models=FakeFiles())
        nights = [_night(runtime, source.business, source.as_of, back) for back in (NIGHTS[-1:] if quick else NIGHTS)]
        served = _served(runtime, source.business, source.as_of)
        kept = sum(map(len, runtime.models.files.values()))  # type: ignore[attr-defined]
    last = nights[-1]["outcome"]
    text = "\n\n".join(
        [
            f"{source.title}, {last['series']} series. Files kept: {kept / 1e6:.1f} MB. Peak memory of it all: "
            f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024} MB.",
            table(["night", "put into use", "why", "processor", "clock"], [_row(night) for night in nights]),
            table(["method", "RMSSE", "MASE", "MAE", "bias"], _methods(last["backtest"])),
            f"Served: {served['products']} products for the inventory in {served['first_seconds']:.2f} s with the model read and "
            f"checked, {served['seconds']:.2f} s after; the whole shop's stored forecast in {1000 * served['stored']:.0f} ms.",
        ]
    )
    return Result(text, {"nights": nights, "served": served, "files_bytes": kept})


def _night(runtime: Runtime, business: Business, as_of: datetime, back: int) -> dict[str, Any]:
    registry.forget_loaded()
    moment = as_of - timedelta(days=back)
    clock, processor = time.perf_counter(), time.process_time()
    outcome: Outcome = Training(runtime, business, demand_recipe(), Deadline.after(SECONDS), lambda _: None).run(moment)
    return {
        "night": moment.date(),
        "outcome": plain(asdict(outcome)),
        "seconds": time.perf_counter() - clock,
        "processor_seconds": time.process_time() - processor,
    }


def _served(runtime: Runtime, business: Business, as_of: datetime) -> dict[str, Any]:
    registry.forget_loaded()
    member = Member(business.id, Role.OWNER, business, None, "bench", Deadline.after(SECONDS))
    seconds = []
    for _ in range(2):
        started = time.perf_counter()
        told = forecast_inventory(runtime, member, None, as_of, forecaster=forecaster_for(runtime, member))
        seconds.append(time.perf_counter() - started)
    with runtime.database.transaction(business.id, read_only=True) as uow:
        started = time.perf_counter()
        sales_forecast(uow, business, as_of)
        stored = time.perf_counter() - started
    return {"products": len(told.products), "first_seconds": seconds[0], "seconds": seconds[1], "stored": stored}


def _row(night: Mapping[str, Any]) -> list[str]:
    told = night["outcome"]
    return [
        str(night["night"]),
        "yes" if told["promoted"] else "no",
        told["reason"],
        f"{night['processor_seconds']:.1f} s",
        f"{night['seconds']:.1f} s",
    ]


def _methods(backtest: Mapping[str, Any]) -> list[list[str]]:
    methods = sorted((backtest.get("methods") or {}).items(), key=lambda pair: pair[1]["rmsse"] or 0.0)
    return [
        [f"**{name}**" if name == backtest["method"] else name, *(_figure(errors[key]) for key in MOST_ERRORS)]
        for name, errors in methods
    ]


def _figure(value: float | None) -> str:
    return "" if value is None else f"{value:,.3f}"
