"""`cafe-ai experiments`."""

from __future__ import annotations

import argparse
from contextlib import closing
from typing import Any

from cafe_ai.experiments import service
from cafe_ai.experiments.model import Comparison, Report, VariantReport
from cafe_ai.llm.prompt_book import prompt_book
from cafe_ai.platform.db import Database
from infra.local.commands.connection import running_stack

HEADINGS = ("variant", "shops", "answers", "degraded", "tokens", "USD", "ms", "thumbs", "rated shops", "up", "95 %")
WIDTHS = (12, 6, 8, 9, 7, 10, 6, 9, 12, 7, 14)


def add_parsers(commands: Any) -> None:
    """The command."""
    parser = commands.add_parser(
        "experiments",
        help="report how variants of prompts compare",
        description="Report how variants of prompts compare. A shop counts once, by the first rating it gave. The test may "
        "be looked at any day; the intervals hold for one look.",
    )
    parser.add_argument(
        "--database-url", metavar="URL", help="another database than the local stack's, as the role cafe_ai_app"
    )
    parser.set_defaults(run=print_experiments)


def print_experiments(options: argparse.Namespace) -> None:
    """Run `cafe-ai experiments`."""
    experiments = prompt_book().experiments
    if not experiments:
        print("There are no experiments.")
        return
    with closing(Database(options.database_url or running_stack().dsn_app)) as database:
        print("\n\n".join(write_report(service.report(database, experiment)) for experiment in experiments))


def write_report(report: Report) -> str:
    """The report as a person reads it."""
    lines = [
        f"{report.name} ({'running' if report.running else 'stopped'}, since {report.since})",
        _row(HEADINGS),
        *(_row(_cells(variant)) for variant in report.variants),
        *(_verdict(comparison, report.variants[0].version) for comparison in report.comparisons),
    ]
    return "\n".join(lines)


def _row(cells: tuple[str, ...]) -> str:
    first, *others = (cell.ljust(width) for cell, width in zip(cells, WIDTHS, strict=True))
    return "  " + first + "".join(cell.strip().rjust(width) for cell, width in zip(others, WIDTHS[1:], strict=True))


def _cells(variant: VariantReport) -> tuple[str, ...]:
    low, high = variant.interval
    rate = variant.up_rate
    return (
        variant.version,
        str(variant.businesses),
        str(variant.inferences),
        f"{variant.degraded:.1%}",
        f"{variant.tokens:.0f}",
        f"{variant.cost_usd:.6f}",
        f"{variant.milliseconds:.0f}",
        f"{variant.ratings_up}/{variant.ratings}",
        str(variant.rated),
        "-" if rate is None else f"{rate:.1%}",
        "-" if rate is None else f"{low:.1%}..{high:.1%}",
    )


def _verdict(comparison: Comparison, control: str) -> str:
    said = f"  {comparison.version} against {control}: "
    if comparison.difference is None:
        return said + "nothing to compare yet."
    low, high = comparison.interval
    verdict = "they differ." if comparison.decided else "no difference is told yet."
    return (
        f"{said}{100 * comparison.difference:+.1f} points ({100 * low:+.1f}..{100 * high:+.1f}), "
        f"e-value {comparison.e_value:.3g} after {comparison.pairs} pairs, p {comparison.p_value:.3g}: {verdict}"
    )
