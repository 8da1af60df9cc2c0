"""The text format, read back with the library's own parser."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st
from prometheus_client.parser import text_string_to_metric_families

from cafe_ai.monitoring.model import BUCKET_SECONDS, Count, Totals
from cafe_ai.monitoring.prometheus import CONTENT_TYPE, exposition

HEADER = "# HELP ai_requests_total Total AI requests\n# TYPE ai_requests_total counter\n"
names = st.text(max_size=8)
numbers = st.integers(0, 10**6)
alike = st.builds(
    Count,
    endpoint=names,
    model_name=names,
    status=st.sampled_from(("success", "error")),
    degraded=st.booleans(),
    bucket=st.integers(0, len(BUCKET_SECONDS)),
    requests=st.integers(1, 10**6),
    prompt_tokens=numbers,
    completion_tokens=numbers,
    tokens_used=numbers,
    cost_usd=st.decimals(0, 1000, places=9),
    response_ms=numbers,
)


def sums(text: str) -> Counter[str]:
    """The sum of the samples of each name."""
    summed: Counter[str] = Counter()
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            summed[sample.name] += sample.value
    return summed


def test_where_nothing_was_asked_every_family_is_there_all_the_same() -> None:
    text = exposition([], {})
    assert text.startswith(HEADER)
    assert [line.split()[2] for line in text.splitlines() if line.startswith("# TYPE")] == [
        "ai_requests_total", "ai_errors_total", "ai_degraded_total", "ai_tokens_total", "ai_prompt_tokens_total",
        "ai_completion_tokens_total", "ai_cost_usd_total", "ai_response_time_seconds", "ml_drift_alerts",
    ]  # fmt: skip
    assert CONTENT_TYPE.startswith("text/plain")


def test_the_content_type_is_the_librarys() -> None:
    from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4

    assert CONTENT_TYPE == CONTENT_TYPE_PLAIN_0_0_4


@settings(deadline=None)
@given(st.lists(alike, max_size=12))
def test_whatever_the_names_the_sums_are_kept(counted: list[Count]) -> None:
    told, totals = sums(exposition(counted, {"inputs": 2, "forecasts": 0})), Totals.of(counted)
    assert told["ai_requests_total"] == told["ai_response_time_seconds_count"] == totals.requests
    assert told["ai_errors_total"] == totals.errors
    assert told["ai_degraded_total"] == totals.degraded
    assert told["ai_tokens_total"] == totals.tokens_used
    assert abs(told["ai_cost_usd_total"] - float(totals.cost_usd)) < 1e-6


@settings(deadline=None)
@given(st.lists(alike, min_size=1, max_size=12))
def test_a_histograms_buckets_never_fall_and_end_with_all(counted: list[Count]) -> None:
    for family in text_string_to_metric_families(exposition(counted, {"inputs": 2, "forecasts": 0})):
        if family.type == "histogram":
            bounds = len(BUCKET_SECONDS) + 1
            buckets = [sample.value for sample in family.samples if sample.name.endswith("_bucket")]
            counts = [sample.value for sample in family.samples if sample.name.endswith("_count")]
            series = [buckets[start : start + bounds] for start in range(0, len(buckets), bounds)]
            assert [one[-1] for one in series] == counts
            assert all(low <= high for one in series for low, high in pairwise(one))


def test_rates_of_nothing_are_no_division() -> None:
    nothing = Totals.of([])
    assert (nothing.success_rate, nothing.error_rate, nothing.average_response_ms) == (100.0, 0.0, 0.0)
    assert nothing.cost_usd == Decimal(0)
