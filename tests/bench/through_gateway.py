"""A question through the local API Gateway, on a local stack of the benchmark's own that deploys this checkout."""

from __future__ import annotations

import tempfile
import threading
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import cycle
from pathlib import Path
from typing import Any

import httpx
import psycopg

from cafe_ai.platform.ids import uuid7
from infra.local import database
from infra.local.layout import PROJECT, Layout
from infra.local.postgres import SUPERUSER
from infra.local.state import State, load
from infra.local.tokens import make_token
from tests.bench.measuring import Spread
from tests.bench.report import Result, table
from tests.bench.shops import MEMBERS, PATH, Shop, Source
from tests.support.local_stack import run_stack


def measure(shop: Shop, quick: bool) -> Result:
    """One client first, question after question; then closed loops of 1, 4 and 16 clients."""
    with _stack(shop.source) as (state, tokens):
        samples = _ask_in_rounds(state, shop.source, tokens, 2 if quick else 25)
        warm_up, seconds = (2.0, 3.0) if quick else (10.0, 15.0)
        loops = {clients: _loop(state, shop.source, tokens, clients, warm_up, seconds) for clients in (1, 4, 16)}
    whole = Spread.of([sample["ms"] for sample in samples])
    inside = Spread.of([sample["inside_ms"] for sample in samples])
    by_question: dict[str, list[float]] = defaultdict(list)
    for sample in samples:
        by_question[sample["question"]].append(sample["ms"])
    slowest = sorted(
        ((Spread.of(times), name) for name, times in by_question.items()), key=lambda pair: -pair[0].median
    )
    text = "\n\n".join(
        (
            f"{whole.n:,} questions about {shop.source.title}, one client: median **{whole.text()} ms**, p95 "
            f"{whole.p95:.1f} ms; of that from the plan to the words (`response_time_ms`) {inside.text(0)} ms. "
            f"Slowest: {'; '.join(f'“{name}” {spread.median:.0f} ms' for spread, name in slowest[:3])}.",
            table(
                ("clients", "questions a second", "ms a question (quartiles)", "p95 ms"),
                [
                    [clients, f"{len(times) / seconds:.0f}", Spread.of(times).text(), f"{Spread.of(times).p95:.1f}"]
                    for clients, (seconds, times) in loops.items()
                ],
            ),
        )
    )
    return Result(text, {"samples": samples, "loops": {str(clients): loop for clients, loop in loops.items()}})


@contextmanager
def _stack(source: Source) -> Iterator[tuple[State, Sequence[str]]]:
    """A stack with the shop in it, and its members' tokens."""
    with tempfile.TemporaryDirectory(prefix="cafe-ai-bench-stack-") as folder:
        layout = Layout(PROJECT, Path(folder))
        layout.home.chmod(0o755)
        try:
            run_stack(layout, "run", "--detach")
            record = load(layout)
            if record.ready is None:
                raise RuntimeError("The stack did not come up.")
            members = [uuid7() for _ in range(MEMBERS)]
            source.load(record.ready.dsn_saas, members)
            server = database.server(layout, record.ports["postgres"])
            with psycopg.connect(server.dsn(SUPERUSER), autocommit=True) as connection:
                connection.execute("VACUUM (ANALYZE)")
            yield record.ready, [make_token(record.ready, member, seconds=7200) for member in members]
        finally:
            run_stack(layout, "stop")


def _ask(client: httpx.Client, body: dict[str, Any], token: str) -> tuple[float, dict[str, Any]]:
    started = time.perf_counter()
    response = client.post(PATH, json=body, headers={"Authorization": f"Bearer {token}"})
    milliseconds = (time.perf_counter() - started) * 1000
    if response.status_code != httpx.codes.OK:
        raise RuntimeError(f"{body['query']} was answered with {response.status_code}: {response.text[:500]}")
    return milliseconds, response.json()


def _ask_in_rounds(state: State, source: Source, tokens: Sequence[str], rounds: int) -> list[dict[str, Any]]:
    samples = []
    with httpx.Client(base_url=state.base_url, timeout=35) as client:
        for number, token in zip(range(-1, rounds), cycle(tokens), strict=False):
            turns: dict[str, str] = {}
            for question in source.bodies():
                body = question["body"]
                if question["follows"]:
                    body = {**body, "conversation_id": turns[question["follows"]]}
                milliseconds, told = _ask(client, body, token)
                turns[question["name"]] = told["conversation_id"]
                if number >= 0:
                    inside = told["response_time_ms"]
                    samples.append({"question": question["name"], "ms": milliseconds, "inside_ms": inside})
    return samples


def _loop(
    state: State, source: Source, tokens: Sequence[str], clients: int, warm_up: float, seconds: float
) -> tuple[float, list[float]]:
    """The milliseconds of all questions that so many clients ask without a pause, once they are warm."""
    bodies = [question["body"] for question in source.bodies() if not question["follows"]]
    times: list[float] = []
    failures: list[Exception] = []
    begin = time.monotonic() + warm_up
    end = begin + seconds

    def run(number: int) -> None:
        asking = zip(cycle(bodies[number:] + bodies[:number]), cycle(tokens[number::clients]), strict=False)
        try:
            with httpx.Client(base_url=state.base_url, timeout=35) as client:
                while time.monotonic() < end:
                    body, token = next(asking)
                    milliseconds, _ = _ask(client, body, token)
                    if time.monotonic() > begin:
                        times.append(milliseconds)
        except Exception as error:
            failures.append(error)

    threads = [threading.Thread(target=run, args=(number,)) for number in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise failures[0]
    return seconds, times
