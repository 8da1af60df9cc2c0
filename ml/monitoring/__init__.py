"""What operators look at: the inferences' metrics, drift of inputs and of forecasts."""

from ml.monitoring.collector import AIMetricsCollector, export_metrics_to_prometheus_format

__all__ = ["AIMetricsCollector", "export_metrics_to_prometheus_format"]
