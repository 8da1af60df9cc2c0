"""`python ml/monitoring/collect_ai_metrics.py`: the AI's metrics in the terminal, from whichever folder it is started in."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Mapping, Sequence
from contextlib import closing
from datetime import UTC, datetime, timedelta
from importlib.util import find_spec
from pathlib import Path
from typing import Any

PROJECT = Path(__file__).resolve().parents[2]
PYTHON = PROJECT / ".venv" / "bin" / "python"
SUMMARY = (
    ("total_requests", "requests", "{:,}"),
    ("success_rate", "success rate", "{:.2f} %"),
    ("avg_response_time_ms", "average time", "{:,.1f} ms"),
    ("total_tokens", "tokens", "{:,}"),
    ("total_cost_usd", "cost", "${:,.6f}"),
    ("degraded", "without the model", "{:,}"),
)
HEADINGS = ("requests", "success %", "avg ms", "tokens", "USD")
COLUMNS = (
    ("total_requests", "{:,}"),
    ("success_rate", "{:.2f}"),
    ("avg_response_time_ms", "{:,.1f}"),
    ("total_tokens", "{:,}"),
    ("total_cost_usd", "{:,.6f}"),
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Print what is asked for; its exit status. A failure is one line on stderr."""
    from cafe_ai.errors import CafeAIError
    from cafe_ai.settings import SettingsError
    from ml.monitoring.source import NoDatabase

    options = build_parser().parse_args(arguments)
    try:
        print(collect(options))
        sys.stdout.flush()
    except (NoDatabase, SettingsError) as error:
        return _complain(str(error))
    except CafeAIError as error:
        cause = str(error.__cause__ or "").strip().partition("\n")[0]
        return _complain(f"The metrics cannot be read: {error} {cause}".strip())
    except BrokenPipeError:  # whoever read the output has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    return 0


def build_parser() -> argparse.ArgumentParser:
    """The command line."""
    parser = argparse.ArgumentParser(
        prog="collect_ai_metrics.py",
        description="Requests, success, times, tokens and errors of the AI, over all businesses, from the audit. It reads "
        "$DATABASE_URL, or the local stack that `make run` started.",
    )
    parser.add_argument("--database-url", metavar="URL", help="another database, as the role cafe_ai_app")
    parser.add_argument(
        "--hours", type=_hours, metavar="N", help="only the last N hours (default: since the beginning)"
    )
    parser.add_argument("--errors", type=int, default=10, metavar="N", help="how many recent errors to show (10)")
    forms = parser.add_mutually_exclusive_group()
    forms.add_argument("--prometheus", action="store_true", help="print Prometheus's text format")
    forms.add_argument("--json", action="store_true", help="print JSON")
    return parser


def collect(options: argparse.Namespace) -> str:
    """What is printed."""
    from ml.monitoring import AIMetricsCollector

    since = None if options.hours is None else datetime.now(UTC) - timedelta(hours=options.hours)
    with closing(AIMetricsCollector(options.database_url, since=since)) as collector:
        if options.prometheus:
            return collector.export_prometheus().rstrip("\n")
        told = {
            "summary": collector.get_metrics_summary(),
            "by_endpoint": collector.get_metrics_by_endpoint(),
            "by_model": collector.get_metrics_by_model(),
            "error_rate": collector.get_error_rate(),
            "recent_errors": collector.get_recent_errors(options.errors),
        }
    return json.dumps(told, indent=2, default=_isoformat) if options.json else written(told)


def written(told: Mapping[str, Any]) -> str:
    """The metrics as a person reads them."""
    summary = [f"  {title:<20}{form.format(told['summary'][key])}" for key, title, form in SUMMARY]
    errors = [
        f"  {error['timestamp']:%Y-%m-%d %H:%M:%S} UTC  {error['endpoint']}  {error['error']}  {error['request_id'] or ''}"
        for error in told["recent_errors"]
    ]
    lines = ["AI metrics", *summary, "", *_table("By endpoint", told["by_endpoint"])]
    lines += ["", *_table("By model", told["by_model"]), "", "Recent errors", *(errors or ["  none"])]
    return "\n".join(line.rstrip() for line in lines)


def _table(title: str, rows: Mapping[str, Mapping[str, Any]]) -> list[str]:
    width = max(32, *(len(name) + 4 for name in rows)) if rows else 32
    head = f"{title:<{width}}" + "".join(f"{heading:>14}" for heading in HEADINGS)
    return [head, *(_row(name, row, width) for name, row in rows.items())]


def _row(name: str, row: Mapping[str, Any], width: int) -> str:
    return f"  {name:<{width - 2}}" + "".join(f"{form.format(row[key]):>14}" for key, form in COLUMNS)


def _hours(text: str) -> float:
    hours = float(text)
    if not 0 < hours <= 24 * 366 * 100:
        raise argparse.ArgumentTypeError("must be a number of hours above 0")
    return hours


def _isoformat(value: datetime) -> str:
    return value.isoformat()


def _complain(message: str) -> int:
    print(f"collect_ai_metrics.py: {message}", file=sys.stderr)
    return 1


def _find_packages() -> None:
    """Our own code first, instead of this folder; and the project's Python, where this one lacks its packages."""
    sys.path[:1] = [str(PROJECT), str(PROJECT / "layers" / "core")]
    if find_spec("psycopg") is None:
        if PYTHON.exists() and Path(sys.prefix) != PYTHON.parents[1]:
            os.execv(PYTHON, [str(PYTHON), __file__, *sys.argv[1:]])  # noqa: S606
        sys.exit(_complain(f"The packages are missing: run `make install` in {PROJECT} first."))


if __name__ == "__main__":
    _find_packages()
    sys.exit(main())
