"""What was asked of the AI, read from the audit: for operators, over all businesses, without a word of anyone's."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Any

from cafe_ai.monitoring import prometheus, service
from cafe_ai.monitoring.model import Count, Totals
from cafe_ai.platform.db import Database
from ml.monitoring.source import default_database


class AIMetricsCollector:
    """The metrics of every inference in the audit, failed ones included. Each call reads them anew.

    Rates are percentages, times milliseconds, costs US dollars; averages are of all requests, failed ones too.
    """

    def __init__(self, database: Database | str | None = None, *, since: datetime | None = None) -> None:
        """database: one, or its URL (role cafe_ai_app); by default the environment's DATABASE_URL, else the local stack's.

        since: only inferences from this moment on (aware); by default all there ever were, which is the quicker. Raises
        NoDatabase, which says what to do, where there is none.
        """
        if since is not None and since.tzinfo is None:
            raise ValueError("since must be an aware moment: datetime.now(UTC) - timedelta(days=1)")
        if database is None:
            self._database = default_database()
        else:
            self._database = Database(database) if isinstance(database, str) else database
        self._since = since

    def get_metrics_summary(self) -> dict[str, Any]:
        """total_requests, success_rate, avg_response_time_ms, total_tokens and more; zeros and 100 % where nothing was asked."""
        return _told(Totals.of(self._counts()))

    def get_metrics_by_endpoint(self) -> dict[str, dict[str, Any]]:
        """The summary of each endpoint, by its name, in alphabetical order. Jobs are named by their kind."""
        return self._by("endpoint")

    def get_metrics_by_model(self) -> dict[str, dict[str, Any]]:
        """The summary of each model, by its name; "rules" answered without one, "none" was refused before."""
        return self._by("model_name")

    def get_error_rate(self) -> float:
        """The percentage of the requests that failed or were refused; 0.0 where nothing was asked."""
        return round(Totals.of(self._counts()).error_rate, 2)

    def get_recent_errors(self, limit: int = 10) -> list[dict[str, Any]]:
        """The newest failures first: timestamp, endpoint, model_name, error (its class), response_time_ms, request_id.

        What an error says is not told, for it may have a user's words in it; the request id finds it in the logs.
        """
        return [asdict(error) for error in service.recent_errors(self._database, limit)]

    def export_prometheus(self) -> str:
        """Prometheus's text format of what was counted since the beginning: its counters must not fall, so `since` is no part."""
        return prometheus.exposition(service.counts(self._database), service.open_drift_alerts(self._database))

    def close(self) -> None:
        """Closes the connection; a later call opens a new one."""
        self._database.close()

    def _counts(self) -> list[Count]:
        return service.counts(self._database, self._since)

    def _by(self, what: Any) -> dict[str, dict[str, Any]]:
        return {name: _told(totals) for name, totals in service.totals_by(what, self._counts()).items()}


def export_metrics_to_prometheus_format(database: Database | str | None = None) -> str:
    """The same as GET /metrics: '# HELP ai_requests_total Total AI requests' and so on. Raises as AIMetricsCollector()."""
    collector = AIMetricsCollector(database)
    try:
        return collector.export_prometheus()
    finally:
        if not isinstance(database, Database):
            collector.close()


def _told(totals: Totals) -> dict[str, Any]:
    return {
        "total_requests": totals.requests,
        "success_rate": round(totals.success_rate, 2),
        "error_rate": round(totals.error_rate, 2),
        "avg_response_time_ms": round(totals.average_response_ms, 2),
        "total_tokens": totals.tokens_used,
        "prompt_tokens": totals.prompt_tokens,
        "completion_tokens": totals.completion_tokens,
        "total_cost_usd": float(totals.cost_usd),
        "errors": totals.errors,
        "degraded": totals.degraded,
    }
