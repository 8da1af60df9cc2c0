"""`cafe-ai dashboard`."""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterator, Sequence
from datetime import UTC
from typing import Any
from urllib.parse import urlsplit

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from infra.local import emulator
from infra.local.commands.connection import running_stack
from infra.local.deploy import STACK
from infra.local.figures import Figures, Store, Traffic, read

LOCAL_SECONDS, AWS_SECONDS = 3.0, 60.0
WIDTH = 80
SLOW_MS, WAITS_SECONDS = 5_000, 900

HELP = """\
What CloudWatch's dashboard shows, in the terminal: traffic, errors and latency by endpoint, tokens and dollars by model,
queues, jobs, what it all stands on, and the alarms that ring with their runbooks.

The local stack's, unless --stack names one in AWS; then AWS's own settings (profile, region) say where. There each look asks
for some 200 figures, which costs a fifth of a cent."""


def add_parsers(commands: Any) -> None:
    """The command."""
    dashboard: argparse.ArgumentParser = commands.add_parser(
        "dashboard",
        help="how the service does: traffic, errors, cost, queues, jobs, alarms",
        description=HELP,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    dashboard.add_argument("--hours", type=float, default=1.0, metavar="N", help="of the last N hours (1)")
    dashboard.add_argument(
        "--watch", nargs="?", type=float, const=0.0, metavar="SECONDS", help="again every so often, until Ctrl-C"
    )
    dashboard.add_argument("--stack", metavar="NAME", help="a stack in AWS")
    dashboard.add_argument("--region", help="its region, where AWS's own settings name another")
    dashboard.add_argument("--namespace", default="CafeAI", help="of its metrics (CafeAI)")
    dashboard.set_defaults(run=show_dashboard)


def show_dashboard(options: argparse.Namespace) -> None:
    """Run `cafe-ai dashboard`."""
    if options.stack:
        import boto3

        cloudwatch, pause = boto3.client("cloudwatch", region_name=options.region), AWS_SECONDS
    else:
        port = urlsplit(running_stack().emulator_url).port or 80
        cloudwatch, pause = emulator.client("cloudwatch", port), LOCAL_SECONDS
    name = options.stack or STACK
    seconds = max(60, round(options.hours * 60) * 60)
    console = Console()

    def look() -> RenderableType:
        return drawn(read(cloudwatch, options.namespace, name, seconds), options.stack or "the local stack")

    if options.watch is None:
        console.print(look(), width=min(console.width, WIDTH))
        return
    with Live(look(), console=console, screen=console.is_terminal, auto_refresh=False) as live:
        while True:
            time.sleep(options.watch or pause)
            live.update(look(), refresh=True)


def drawn(figures: Figures, name: str) -> RenderableType:
    """The figures as a page of 80 columns."""
    parts = [*_parts(figures, name)]
    return Group(*(each for part in parts for each in (part, Text(""))))


def _parts(figures: Figures, name: str) -> Iterator[RenderableType]:
    hours = figures.seconds / 3600
    yield Rule(f"{name}, last {hours:g} h, {figures.moment:%Y-%m-%d %H:%M:%S} UTC", characters="═")
    yield _summary(figures)
    if figures.ringing:
        yield _alarms(figures)
    yield _traffic("The API, by endpoint", figures.endpoints)
    if figures.models:
        yield _models(figures)
    if figures.jobs:
        yield _jobs(figures)
    yield _queues(figures)
    if figures.background:
        yield _background(figures)


def _summary(figures: Figures) -> Table:
    grid = Table.grid(padding=(0, 2), expand=True)
    for _ in range(4):
        grid.add_column(ratio=1)
    api, left = figures.api, figures.budget_left
    p50, p95, p99 = map(_milliseconds, api.latencies)
    alarms = f"{len(figures.ringing)} of {figures.alarms} alarms" if figures.alarms else "no alarms"
    grid.add_row(
        f"{api.requests:,.0f} requests",
        _warn(f"{api.failed:.1%} failed", api.failed > 0.02),
        f"{figures.rate_limited:,.0f} rate-limited",
        _warn(alarms, bool(figures.ringing)),
    )
    grid.add_row(
        f"p50 {p50} ms",
        f"p95 {p95} ms",
        f"p99 {p99} ms",
        f"${figures.cost_today:,.4f} in 24 h",
    )
    stores = [
        Text(f"{store.name} –", style="dim") if store.up is None else _warn(_answers(store), store.up < 1)
        for store in figures.stores
    ]
    budget = Text("budget –", style="dim") if left is None else _warn(f"budget {left:.0%} left", left < 0.25)
    outbox = _warn(f"outbox {_age(figures.outbox_age)}", figures.outbox_age > WAITS_SECONDS)
    grid.add_row(*stores, outbox, budget)
    return grid


def _answers(store: Store) -> str:
    return f"{store.name} down" if not store.up else f"{store.name} {_milliseconds(store.milliseconds)} ms"


def _alarms(figures: Figures) -> Table:
    table = _table("Alarms that ring", "alarm")
    for name in ("since (UTC)", "runbook"):
        table.add_column(name, header_style="dim", no_wrap=True)
    for alarm in figures.ringing:
        table.add_row(Text(alarm.name, style="bold red"), f"{alarm.since.astimezone(UTC):%d %b %H:%M}", alarm.page)
    return table


def _traffic(title: str, traffic: Sequence[Traffic]) -> Table:
    table = _table(title, "endpoint", "requests", "failed", "p50 ms", "p95 ms", "p99 ms")
    for each in traffic:
        p50, p95, p99 = each.latencies
        slow = p95 is not None and p95 > SLOW_MS
        table.add_row(
            each.endpoint,
            f"{each.requests:,.0f}",
            _warn(f"{each.failed:.1%}", each.failed > 0.02),
            _milliseconds(p50),
            _warn(_milliseconds(p95), slow),
            _milliseconds(p99),
        )
    if not traffic:
        table.add_row(Text("no requests yet", style="dim"))
    return table


def _models(figures: Figures) -> Table:
    table = _table("Answers, by model", "model", "answers", "tokens", "dollars", "degraded")
    for each in figures.models:
        shown = "none (the facts alone)" if each.model == "none" else each.model
        table.add_row(
            shown, f"{each.answers:,.0f}", f"{each.tokens:,.0f}", f"{each.cost_usd:,.4f}", f"{each.degraded:.0%}"
        )
    return table


def _jobs(figures: Figures) -> Table:
    table = _table("Jobs, by kind", "kind", "completed", "failed", "retried", "p95 s")
    for each in figures.jobs:
        seconds = "–" if each.seconds is None else f"{each.seconds:,.1f}"
        table.add_row(
            each.kind,
            f"{each.completed:,.0f}",
            _warn(f"{each.failed:,.0f}", each.failed > 0),
            f"{each.retried:,.0f}",
            seconds,
        )
    return table


def _queues(figures: Figures) -> RenderableType:
    busy = [queue for queue in figures.queues if queue.waiting or queue.oldest]
    if not busy:
        return Text(f"Queues: {len(figures.queues)}, and nothing waits in any.", style="dim")
    table = _table("Queues in which something waits", "queue", "messages", "oldest")
    for queue in busy:
        late = queue.oldest > WAITS_SECONDS or "DeadLetters" in queue.name
        table.add_row(queue.name, f"{queue.waiting:,.0f}", _warn(_age(queue.oldest), late))
    return table


def _background(figures: Figures) -> Table:
    table = _table("Messages, runs and steps", "what", "times", "failed")
    for each in figures.background:
        table.add_row(each.endpoint, f"{each.requests:,.0f}", _warn(f"{each.failed:.1%}", each.failed > 0.02))
    return table


def _table(title: str, first: str, *others: str) -> Table:
    table = Table(title=title, title_justify="left", title_style="bold", box=None, pad_edge=False, expand=True)
    table.add_column(first, ratio=3, overflow="ellipsis", no_wrap=True, header_style="dim")
    for name in others:
        table.add_column(name, justify="right", ratio=1, header_style="dim", no_wrap=True)
    return table


def _warn(text: str, wrong: bool) -> Text:
    return Text(text, style="bold red" if wrong else "")


def _milliseconds(value: float | None) -> str:
    return "–" if value is None else f"{value:,.0f}"


def _age(seconds: float) -> str:
    if seconds < 60:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 7200 else f"{seconds / 3600:.0f} h"
