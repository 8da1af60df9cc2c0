"""What a question costs inside the handler, and where that time goes."""

from __future__ import annotations

import statistics
from collections import defaultdict
from typing import Any

from tests.bench.fresh import run
from tests.bench.measuring import Spread
from tests.bench.parts import PARTS
from tests.bench.report import Result, details, table
from tests.bench.shops import Shop

REST = "the rest (FastAPI, Mangum, JSON, logs)"


def measure(shop: Shop, quick: bool) -> Result:
    """Warm questions over the whole handler, by parts and by question."""
    measured = run(shop.job(rounds=3 if quick else 40, warm_up=1 if quick else 3, parts=True, explain=True))
    samples = measured["samples"]
    by_question: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for sample in samples:
        by_question[sample["question"]].append(sample)
    slowest = measured["slowest"]
    text = "\n\n".join(
        (
            _summary(shop, measured, by_question),
            _by_part(samples),
            _by_question(by_question),
            f"The slowest statement of the slowest question (“{slowest['question']}”):",
            details("its SQL and how PostgreSQL ran it", f"{slowest['sql'].strip()}\n\n{slowest['plan']}"),
        )
    )
    return Result(text, measured)


def _summary(shop: Shop, measured: dict[str, Any], by_question: dict[str, list[dict[str, Any]]]) -> str:
    samples = measured["samples"]
    whole = Spread.of([sample["ms"] for sample in samples])
    processor = Spread.of([sample["cpu_ms"] for sample in samples])
    spreads = [Spread.of([sample["ms"] for sample in asked]) for asked in by_question.values()]
    typical, fastest = (statistics.median(values) for values in zip(*((s.median, s.p10) for s in spreads), strict=True))
    return (
        f"{whole.n:,} questions ({len(spreads)} kinds, {whole.n // len(spreads)} rounds) about {shop.source.title}: "
        f"median **{whole.text()} ms**, p95 {whole.p95:.1f} ms. By question: the median of their medians is "
        f"**{typical:.1f} ms**, the slowest's is {max(s.median for s in spreads):.1f} ms; of each question's fastest "
        f"tenth, where the machine disturbed least, the median is {fastest:.1f} ms. Processor time of the handler: "
        f"{processor.text()} ms (PostgreSQL's not in it). Memory after all of them: {measured['rss_warm_mb']:.0f} MB."
    )


def parts_of(sample: dict[str, Any]) -> dict[str, float]:
    """The milliseconds of each part and of the rest."""
    parts = {title: sample["parts"].get(part, 0.0) for part, title in PARTS.items()}
    return parts | {REST: sample["ms"] - sum(parts.values())}


def _by_part(samples: list[dict[str, Any]]) -> str:
    parted = [parts_of(sample) for sample in samples]
    whole = statistics.fmean(sample["ms"] for sample in samples)
    rows = []
    for title in parted[0]:
        values = [parts[title] for parts in parted]
        if max(values) > 0:
            mean = statistics.fmean(values)
            rows.append([title, Spread.of(values).text(2), f"{mean:.2f}", f"{mean / whole:.0%}"])
    whole_row = ["**whole**", Spread.of([sample["ms"] for sample in samples]).text(2), f"{whole:.2f}", "100%"]
    return table(("part", "median ms (quartiles)", "mean ms", "share of the mean"), [*rows, whole_row])


def _by_question(by_question: dict[str, list[dict[str, Any]]]) -> str:
    rows = []
    for name, asked in by_question.items():
        parted = [parts_of(sample) for sample in asked]
        largest = max(parted[0], key=lambda title: statistics.median(parts[title] for parts in parted))
        most = statistics.median(parts[largest] for parts in parted)
        spread = Spread.of([sample["ms"] for sample in asked])
        rows.append((spread.median, [name, spread.text(), asked[0]["facts"], f"{largest}, {most:.1f} ms"]))
    ordered = [row for _, row in sorted(rows, key=lambda row: -row[0])]
    return table(("question, slowest first", "ms", "facts", "its largest part"), ordered)
