"""docs/metrics.md from the catalogue: `python -m infra.metrics_page` writes it, a test compares."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from cafe_ai.platform.metric_catalogue import CATALOGUE, OF_REQUESTS, DimensionSets

FILE = Path(__file__).parents[1] / "docs" / "metrics.md"
MONTHLY_USD = 0.30  # of a custom metric, the first 10,000; by the hour in which it is written
HTTP_ENDPOINTS, BACKGROUND_ENDPOINTS, MODELS = 14, 26, 3

INTRODUCTION = """\
# Metrics
What the functions write in CloudWatch's Embedded Metric Format: a line of JSON in their log, of which CloudWatch makes metrics
in the namespace `CafeAI` (parameter `MetricsNamespace`; one for each environment of an account). Made from
`cafe_ai/platform/metric_catalogue.py` by `python -m infra.metrics_page`; a test compares.

`[endpoint]` is a metric for each endpoint, `[model]` one for each model, `[]` one in all. There is no other dimension: a shop or
a user would make metrics without end. A share is 0 or 1 of each request, so that its average is the share of those it is true
of. Of messages, scheduled runs and steps `Requests` and `Errors` are written by endpoint alone: `[]` is what people wait for.

| metric | unit | dimensions | what it says |
|---|---|---|---|
"""

COSTS = """
## What they cost
A metric costs ${usd:.2f} a month, counted by the hours in which something is written to it. With {http} endpoints of the API,
{background} of messages, runs and steps, and {models} models, all of them written all the time:

| metrics of | number | dollars a month |
|---|---|---|
{rows}
| all | {total} | {dollars:.2f} |

That is the most: an endpoint that is asked by day alone costs half, a nightly job a cent. At first every metric had the pair
`[endpoint, model]`: one more for each model that an endpoint ever answered with, and no sum that an alarm could look at without
arithmetic. The lines themselves cost $0.57 a gigabyte (Ireland): half a kilobyte a request.
"""


def page() -> str:
    """The whole document."""
    return INTRODUCTION + "\n".join(_rows()) + "\n" + _costs()


def metrics_at_most(name: str) -> int:
    """How many metrics the catalogue's entry becomes, where every endpoint and model writes it."""
    written_by = HTTP_ENDPOINTS if name in ("Latency", "RateLimited") else BACKGROUND_ENDPOINTS
    if name in OF_REQUESTS:
        written_by = HTTP_ENDPOINTS + BACKGROUND_ENDPOINTS
    elif name.startswith("Job") or name == "QueueAge":
        written_by = 7  # kinds of jobs
    of = {("endpoint",): written_by, ("model",): MODELS, (): 1}
    return sum(of[names] for names in CATALOGUE[name].dimensions)


def _rows() -> Iterator[str]:
    for name, metric in CATALOGUE.items():
        share = ", a share" if metric.share else ""
        yield f"| `{name}` | {metric.unit}{share} | {_shown(metric.dimensions)} | {metric.meaning} |"


def _shown(dimensions: DimensionSets) -> str:
    return " ".join(f"`[{', '.join(names)}]`" for names in dimensions)


def _costs() -> str:
    by_dimensions: dict[str, int] = {}
    for name, metric in CATALOGUE.items():
        shown = _shown(metric.dimensions)
        by_dimensions[shown] = by_dimensions.get(shown, 0) + metrics_at_most(name)
    total = sum(by_dimensions.values())
    return COSTS.format(
        usd=MONTHLY_USD,
        http=HTTP_ENDPOINTS,
        background=BACKGROUND_ENDPOINTS,
        models=MODELS,
        rows="\n".join(f"| {of} | {number} | {number * MONTHLY_USD:.2f} |" for of, number in by_dimensions.items()),
        total=total,
        dollars=total * MONTHLY_USD,
    )


if __name__ == "__main__":
    FILE.write_text(page(), encoding="utf-8")
