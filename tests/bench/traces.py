"""What traces cost: a fresh process's import and first question, warm questions, and a span by itself."""

from __future__ import annotations

import ssl
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from tests.bench.fresh import PROJECT, Job, interleave, python_environ
from tests.bench.measuring import Spread
from tests.bench.report import Result, table
from tests.bench.shops import Shop
from tests.support.otlp_receiver import Collector, running_collector
from tests.support.receiver import certificate_for, running_receiver

OFF, NOT_DRAWN, DRAWN, OVER_TLS = (
    "no endpoint",
    "endpoint, not drawn",
    "endpoint, drawn, http",
    "endpoint, drawn, https",
)
EXPORT = """
import time
import cafe_ai.http
{before}
started = time.process_time()
{what}
print((time.process_time() - started) * 1000)
"""
OURS = ("our modules", "", "import cafe_ai.platform.otlp")
SDK = (
    "OpenTelemetry's SDK, without an exporter",
    "",
    "import opentelemetry.sdk.trace, opentelemetry.sdk.trace.export, opentelemetry.trace.propagation.tracecontext",
)
CONTEXT = ("a TLS context, where the issuer's keys have not made it yet", "import ssl", "ssl.create_default_context()")
SPANS = 200_000
QUESTIONS = 4


def measure(shop: Shop, quick: bool) -> Result:
    """The four ways beside one another, each in a fresh process; the imports alone; nanoseconds a span."""
    with tempfile.TemporaryDirectory() as folder, running_collector() as collector:
        server, _ = certificate_for("127.0.0.1", Path(folder))
        with running_receiver(server) as secure:
            secure.respond = 200
            jobs = _jobs(shop, collector, f"https://127.0.0.1:{secure.port}", _authorities(Path(folder)), quick)
            samples = interleave(jobs, 2 if quick else 10)
            _check(collector, len(secure.received))
    imports = {
        name: [_fresh_import(before, what) for _ in range(2 if quick else 9)]
        for name, before, what in (OURS, SDK, CONTEXT)
    }
    spans = {name: [_nanoseconds(name) for _ in range(2 if quick else 9)] for name in SPAN_LOOPS}
    text = "\n\n".join((_cold(samples), _warm(samples), _imports(imports), _spans(spans), _added(samples)))
    return Result(text, {"samples": samples, "imports": imports, "spans_ns": spans})


def _jobs(shop: Shop, collector: Collector, secure: str, authorities: Path, quick: bool) -> dict[str, Job]:
    def job(endpoint: str, ratio: str, **environ: str) -> Job:
        told = {"OTEL_EXPORTER_OTLP_ENDPOINT": endpoint, "OTEL_TRACES_SAMPLER_ARG": ratio, **environ}
        asked = [question for question in shop.source.bodies() if not question["follows"]][:QUESTIONS]
        return shop.job(
            rounds=2 if quick else 5, warm_up=1, questions=asked, environ={**told, "RATE_LIMIT_PER_MINUTE": "100000"}
        )

    return {
        OFF: job("", "0"),
        NOT_DRAWN: job(collector.url, "0"),
        DRAWN: job(collector.url, "1"),
        OVER_TLS: job(secure, "1", SSL_CERT_FILE=str(authorities)),
    }


def _authorities(folder: Path) -> Path:
    """The system's authorities and ours: as many as a function has to read."""
    usual = ssl.get_default_verify_paths().cafile
    both = folder / "authorities.pem"
    both.write_bytes((Path(usual).read_bytes() if usual else b"") + (folder / "certificate.pem").read_bytes())
    return both


def _check(collector: Collector, over_tls: int) -> None:
    """All were sent, or what is compared is nothing."""
    if not collector.spans or not over_tls or set(collector.names) < {"facts", "write"}:
        raise AssertionError("The collectors have no traces.")


def _fresh_import(before: str, what: str) -> float:
    code = EXPORT.format(before=before, what=what)
    done = subprocess.run(
        [sys.executable, "-c", code], env=python_environ({}), cwd=PROJECT, capture_output=True, text=True, check=True
    )
    return float(done.stdout.splitlines()[-1])


SPAN_LOOPS = {
    "off": "pass",
    "endpoint, not drawn": "entry = tracing.entry(tracer(0.0), 'bench', Kind.SERVER)",
    "recorded": "entry = tracing.entry(tracer(1.0), 'bench', Kind.SERVER)",
}
SPAN_PROGRAM = """
import time
from cafe_ai.platform import recording, tracing
from cafe_ai.platform.otlp import Tracer
from cafe_ai.platform.tracing import NOTHING, Kind
from cafe_ai.settings import TraceSettings

recording.MOST_SPANS = 10**9
TOLD = {{"db.system.name": "postgresql"}}
tracer = lambda ratio: Tracer(TraceSettings("http://127.0.0.1:1", ratio=ratio), str)
entry = NOTHING
{begin}
with entry:
    started = time.process_time_ns()
    for _ in range({n}):
        with tracing.span("READ TRANSACTION", Kind.CLIENT, TOLD) as span:
            span.set("cafe_ai.db.round_trips", 3)
    print((time.process_time_ns() - started) / {n})
"""


def _nanoseconds(name: str) -> float:
    code = SPAN_PROGRAM.format(begin=SPAN_LOOPS[name], n=SPANS)
    done = subprocess.run(
        [sys.executable, "-c", code], env=python_environ({}), cwd=PROJECT, capture_output=True, text=True, check=True
    )
    return float(done.stdout)


def _cold(samples: dict[str, list[dict[str, Any]]]) -> str:
    columns = ("import_ms", "first_ms", "import_cpu_ms", "first_cpu_ms", "rss_first_mb")
    rows = [
        [name, *(Spread.of([sample[column] for sample in measured]).text() for column in columns)]
        for name, measured in samples.items()
    ]
    n = len(samples[OFF])
    heads = ("import ms", "first question ms", "import ms of one core", "first question ms of one core", "RSS MB")
    return table((f"query function (n = {n})", *heads), rows)


def _warm(samples: dict[str, list[dict[str, Any]]]) -> str:
    rows = []
    for name, measured in samples.items():
        asked = [sample for process in measured for sample in process["samples"]]
        rows.append([name, *(Spread.of([each[column] for each in asked]).text(2) for column in ("ms", "cpu_ms"))])
    return table(("a warm question", "ms", "ms of one core"), rows)


def _imports(imports: dict[str, list[float]]) -> str:
    return table(
        ("once a process, after the HTTP edge is imported", "ms of one core"),
        [[name, Spread.of(times).text()] for name, times in imports.items()],
    )


def _spans(spans: dict[str, list[float]]) -> str:
    return table(
        ("a span with two attributes", "ns of one core"),
        [[name, Spread.of(times).text(0)] for name, times in spans.items()],
    )


def _added(samples: dict[str, list[dict[str, Any]]]) -> str:
    """By the medians of the time from the process's start to its first answer, of one core alone: others' load is not in it."""

    def median(name: str) -> float:
        return Spread.of([each["import_cpu_ms"] + each["first_cpu_ms"] for each in samples[name]]).median

    added = ", ".join(f"{name}: {median(name) - median(OFF):+.1f} ms" for name in (NOT_DRAWN, DRAWN, OVER_TLS))
    return f"Added to a cold start, in ms of one core (import and first question, medians): {added}."
