"""`ml.monitoring` as the contract names it, and the script, beside figures counted from the audit's rows independently."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from statistics import fmean
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from prometheus_client.parser import text_string_to_metric_families
from psycopg.rows import dict_row

from cafe_ai.audit import service as audit
from cafe_ai.bootstrap import Runtime
from cafe_ai.platform.clock import Deadline
from cafe_ai.platform.db import Database
from cafe_ai.settings import Settings
from ml.monitoring import AIMetricsCollector, export_metrics_to_prometheus_format, source
from ml.monitoring.source import NoDatabase
from tests.support.inferences import MOMENT, an_inference
from tests.support.postgres import TestDatabase

PROJECT = Path(__file__).parents[4]
SCRIPT = PROJECT / "ml" / "monitoring" / "collect_ai_metrics.py"
Row = dict[str, Any]


@pytest.fixture(scope="module")
def rows(module_database: TestDatabase) -> list[Row]:
    """The audit's rows of a hundred inferences, as a superuser reads them."""
    runtime = Runtime.of(Settings(), database=Database(module_database.app), audit_queue=None)
    draw = random.Random(5)
    for _ in range(100):
        inference = an_inference(
            uuid4(),
            None,
            endpoint=draw.choice(("/api/v1/ai/query", "/api/v1/ai/recommend", "generate_inventory_forecast")),
            model_name=draw.choice(("gpt-6-luna", "rules")),
            status=draw.choices(("success", "error"), (9, 1))[0],
            error_message="TimeoutError: la pregunta de Ana",
            response_time_ms=round(draw.lognormvariate(6, 2)),
            tokens_used=draw.randrange(900),
        )
        audit.store(runtime, inference, None, Deadline.after(5))
    runtime.database.close()
    with psycopg.connect(module_database.superuser, row_factory=dict_row) as superuser:
        return superuser.execute("SELECT * FROM ai_audit_logs").fetchall()


@pytest.fixture
def collector(module_database: TestDatabase, rows: list[Row]) -> Iterator[AIMetricsCollector]:
    """The collector, told of the database by its URL."""
    made = AIMetricsCollector(module_database.app)
    yield made
    made.close()


def expected(rows: list[Row]) -> Row:
    failed = sum(row["status"] == "error" for row in rows)
    return {
        "total_requests": len(rows),
        "success_rate": round(100 * (len(rows) - failed) / len(rows), 2),
        "avg_response_time_ms": round(fmean(row["response_time_ms"] for row in rows), 2),
        "total_tokens": sum(row["tokens_used"] for row in rows),
    }


def common(told: Row) -> Row:
    return {name: told[name] for name in ("total_requests", "success_rate", "avg_response_time_ms", "total_tokens")}


def test_the_summary_is_that_of_the_rows(collector: AIMetricsCollector, rows: list[Row]) -> None:
    summary = collector.get_metrics_summary()
    assert common(summary) == expected(rows)
    assert collector.get_error_rate() == pytest.approx(100 - summary["success_rate"])
    assert 0 < collector.get_error_rate() < 50


@pytest.mark.parametrize(
    ("method", "column"), [("get_metrics_by_endpoint", "endpoint"), ("get_metrics_by_model", "model_name")]
)
def test_each_group_has_its_own_summary(
    collector: AIMetricsCollector, rows: list[Row], method: str, column: str
) -> None:
    told = getattr(collector, method)()
    names = sorted({row[column] for row in rows})
    assert list(told) == names
    assert {name: common(told[name]) for name in names} == {
        name: expected([row for row in rows if row[column] == name]) for name in names
    }


def test_recent_errors_say_what_was_raised_and_none_of_the_words(collector: AIMetricsCollector) -> None:
    errors = collector.get_recent_errors(limit=3)
    assert len(errors) == 3
    assert {error["error"] for error in errors} == {"TimeoutError"}
    assert errors[0].keys() == {"timestamp", "endpoint", "model_name", "error", "response_time_ms", "request_id"}
    assert "Ana" not in repr(collector.get_recent_errors())


def test_from_a_moment_on(module_database: TestDatabase, rows: list[Row]) -> None:
    collector = AIMetricsCollector(module_database.app, since=MOMENT)
    assert collector.get_metrics_summary()["total_requests"] == len(rows)
    collector.close()
    later = AIMetricsCollector(module_database.app, since=MOMENT.replace(year=2090))
    assert later.get_metrics_summary() | {"success_rate": 100.0} == later.get_metrics_summary()
    assert later.get_metrics_summary()["total_requests"] == 0
    assert later.export_prometheus() == export_metrics_to_prometheus_format(module_database.app)  # counters never fall
    later.close()
    with pytest.raises(ValueError, match="aware"):
        AIMetricsCollector(module_database.app, since=MOMENT.replace(tzinfo=None))


def test_prometheus_reads_the_same_figures(module_database: TestDatabase, rows: list[Row]) -> None:
    text = export_metrics_to_prometheus_format(module_database.app)
    assert text.startswith("# HELP ai_requests_total Total AI requests\n")
    families = {family.name: family for family in text_string_to_metric_families(text)}
    assert families.keys() == {
        "ai_requests", "ai_errors", "ai_degraded", "ai_tokens", "ai_prompt_tokens", "ai_completion_tokens", "ai_cost_usd",
        "ai_response_time_seconds", "ml_drift_alerts",
    }  # fmt: skip
    for sample in families["ai_requests"].samples:
        labels = sample.labels
        alike = [
            row
            for row in rows
            if (row["endpoint"], row["model_name"], row["status"])
            == (labels["endpoint"], labels["model"], labels["status"])
        ]
        assert sample.value == len(alike) > 0
    tokens = families["ai_tokens"].samples
    assert sum(sample.value for sample in tokens) == sum(row["tokens_used"] for row in rows)
    for sample in families["ai_response_time_seconds"].samples:
        here = [row["response_time_ms"] for row in rows if row["endpoint"] == sample.labels["endpoint"]]
        if sample.name.endswith("_bucket"):
            assert sample.value == sum(time <= float(sample.labels["le"]) * 1000 for time in here)
        elif sample.name.endswith("_count"):
            assert sample.value == len(here)
        else:
            assert sample.value == pytest.approx(sum(here) / 1000)


def run_script(*arguments: str, cwd: Path, url: str | None, python: str = sys.executable, home: str = "") -> Any:
    environ = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "DATABASE_URL")}
    environ |= {"CAFE_AI_HOME": home or str(PROJECT / "tests" / "no stack here")}
    environ |= {} if url is None else {"DATABASE_URL": url}
    return subprocess.run([python, *arguments], cwd=cwd, env=environ, capture_output=True, text=True, check=False)


@pytest.mark.parametrize(
    ("folder", "script"), [(PROJECT, "ml/monitoring/collect_ai_metrics.py"), (SCRIPT.parent, SCRIPT.name)]
)
def test_the_script_prints_the_same_from_either_folder(
    module_database: TestDatabase, rows: list[Row], folder: Path, script: str
) -> None:
    printed = run_script(script, "--json", cwd=folder, url=module_database.app)
    assert printed.returncode == 0, printed.stderr
    told = json.loads(printed.stdout)
    assert common(told["summary"]) == expected(rows)
    assert told.keys() == {"summary", "by_endpoint", "by_model", "error_rate", "recent_errors"}


def test_the_script_prints_tables_and_prometheus_text(
    module_database: TestDatabase, rows: list[Row], tmp_path: Path
) -> None:
    table = run_script(str(SCRIPT), cwd=tmp_path, url=module_database.app).stdout
    assert table.startswith("AI metrics\n")
    for words in ("By endpoint", "By model", "Recent errors", "generate_inventory_forecast", "TimeoutError"):
        assert words in table
    assert "Ana" not in table
    text = run_script(str(SCRIPT), "--prometheus", cwd=tmp_path, url=module_database.app).stdout
    assert text == export_metrics_to_prometheus_format(module_database.app)


def test_without_a_database_the_script_says_what_to_do(tmp_path: Path) -> None:
    printed = run_script(str(SCRIPT), cwd=tmp_path, url=None, home=str(tmp_path))
    assert (printed.returncode, printed.stdout) == (1, "")
    assert "make run" in printed.stderr
    away = "postgresql://cafe_ai_app@127.0.0.1:1/nothing"
    refused = run_script(str(SCRIPT), cwd=tmp_path, url=away)
    assert refused.returncode == 1
    assert len(refused.stderr.splitlines()) == 1


def test_by_default_it_is_the_environments_database_and_else_the_local_stacks(
    module_database: TestDatabase, rows: list[Row], monkeypatch: pytest.MonkeyPatch
) -> None:
    named = Runtime(Settings(database_url=module_database.app))
    monkeypatch.setattr(source, "build", lambda: named)
    collector = AIMetricsCollector()
    assert collector.get_metrics_summary()["total_requests"] == len(rows)
    collector.close()
    monkeypatch.setattr(source, "build", lambda: Runtime(Settings()))
    monkeypatch.setattr(source, "_local_stack", lambda: module_database.app)
    collector = AIMetricsCollector()
    assert collector.get_metrics_summary()["total_requests"] == len(rows)
    collector.close()
    monkeypatch.setattr(source, "_local_stack", lambda: None)
    with pytest.raises(NoDatabase, match="make run"):
        AIMetricsCollector()
