"""The metrics as Prometheus reads them.

Counters are totals since the beginning, kept in the database: they are the same whichever process is asked, and never fall. So
`rate()` and `increase()` hold over restarts and deploys. Labels are endpoint, model and outcome, never a user or a business.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from cafe_ai.monitoring.model import BUCKET_SECONDS, Count

if TYPE_CHECKING:
    from prometheus_client.metrics_core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"


def exposition(counted: Sequence[Count], drift_alerts: Mapping[str, int]) -> str:
    """Prometheus's text format, which begins with `# HELP ai_requests_total Total AI requests`.

    drift_alerts: how many stand, by kind.
    """
    from prometheus_client import CollectorRegistry, generate_latest

    registry = CollectorRegistry()
    registry.register(_Inferences(counted, drift_alerts))
    return generate_latest(registry).decode()


class _Inferences:
    """A collector of the library's, over what was counted."""

    def __init__(self, counted: Sequence[Count], drift_alerts: Mapping[str, int]) -> None:
        self._counted = counted
        self._drift_alerts = drift_alerts

    def collect(self) -> Iterator[Metric]:
        """Every family, those without samples too."""
        counted = self._counted
        failed = [count for count in counted if count.status == "error"]
        degraded = [count for count in counted if count.degraded]
        yield self._by_status()
        yield _by_model("ai_errors", "AI requests that failed or were refused", failed, "requests")
        yield _by_model("ai_degraded", "AI requests answered without the language model", degraded, "requests")
        yield _by_model("ai_tokens", "Tokens used", counted, "tokens_used")
        yield _by_model("ai_prompt_tokens", "Tokens sent to language models", counted, "prompt_tokens")
        yield _by_model("ai_completion_tokens", "Tokens that language models wrote", counted, "completion_tokens")
        yield _by_model("ai_cost_usd", "Cost of language models in US dollars", counted, "cost_usd")
        yield self._response_times()
        yield self._drift()

    def _by_status(self) -> CounterMetricFamily:
        from prometheus_client.metrics_core import CounterMetricFamily

        family = CounterMetricFamily("ai_requests", "Total AI requests", labels=("endpoint", "model", "status"))
        sums: dict[tuple[str, str, str], int] = {}
        for count in self._counted:
            key = (count.endpoint, count.model_name, count.status)
            sums[key] = sums.get(key, 0) + count.requests
        for labels, requests in sums.items():
            family.add_metric(labels, requests)
        return family

    def _drift(self) -> GaugeMetricFamily:
        from prometheus_client.metrics_core import GaugeMetricFamily

        words = "Alerts standing that a shop is not what its models learnt from"
        family = GaugeMetricFamily("ml_drift_alerts", words, labels=("kind",))
        for kind, alerts in sorted(self._drift_alerts.items()):
            family.add_metric((kind,), alerts)
        return family

    def _response_times(self) -> HistogramMetricFamily:
        from prometheus_client.metrics_core import HistogramMetricFamily

        family = HistogramMetricFamily(
            "ai_response_time_seconds", "Time to answer AI requests, failed ones too", labels=("endpoint",)
        )
        for endpoint in dict.fromkeys(count.endpoint for count in self._counted):
            here = [count for count in self._counted if count.endpoint == endpoint]
            family.add_metric((endpoint,), _cumulative(here), sum(count.response_ms for count in here) / 1000)
        return family


def _by_model(name: str, documentation: str, counted: Iterable[Count], column: str) -> CounterMetricFamily:
    from prometheus_client.metrics_core import CounterMetricFamily

    family = CounterMetricFamily(name, documentation, labels=("endpoint", "model"))
    sums: dict[tuple[str, str], float] = {}
    for count in counted:
        key = (count.endpoint, count.model_name)
        sums[key] = sums.get(key, 0) + getattr(count, column)
    for labels, value in sums.items():
        family.add_metric(labels, float(value))
    return family


def _cumulative(counted: Sequence[Count]) -> list[tuple[str, float]]:
    """Each bound with how many did not exceed it, the last being all."""
    bounds = [*map(str, BUCKET_SECONDS), "+Inf"]
    return [
        (bound, float(sum(count.requests for count in counted if count.bucket <= place)))
        for place, bound in enumerate(bounds)
    ]
