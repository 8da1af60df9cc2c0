"""What may be asked of each kind of job."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cafe_ai.errors import InvalidRequest
from cafe_ai.jobs.model import JobKind
from cafe_ai.jobs.parameters import accept, fingerprint

REPORT, FORECAST = JobKind.SALES_REPORT, JobKind.INVENTORY_FORECAST
RECOMMENDATIONS, BEHAVIOR = JobKind.PRODUCT_RECOMMENDATIONS, JobKind.CUSTOMER_BEHAVIOR
IDS = [str(uuid4()) for _ in range(501)]


@pytest.mark.parametrize(
    ("kind", "sent", "kept"),
    [
        (REPORT, {}, {"period": "monthly"}),
        (
            REPORT,
            {"as_of": "2010-12-01", "locale": "en"},
            {"period": "monthly", "as_of": "2010-12-01T00:00:00", "locale": "en"},
        ),
        (REPORT, {"from": "2010-01-01", "to": date(2010, 1, 31)}, {"from": "2010-01-01", "to": "2010-01-31"}),
        (REPORT, {"period": None, "from": None, "to": None}, {"period": "monthly"}),
        (
            REPORT,
            {"as_of": datetime(2010, 12, 1, 18, 30, tzinfo=UTC)},
            {"period": "monthly", "as_of": "2010-12-01T18:30:00Z"},
        ),
        (
            RECOMMENDATIONS,
            {"business_name": " Café Central ", "limit": 20},
            {"business_name": "Café Central", "limit": 20},
        ),
        (BEHAVIOR, {"customer_id": " C-17 ", "locale": "es"}, {"customer_id": "C-17", "locale": "es"}),
        (FORECAST, {"product_ids": IDS[:500]}, {"product_ids": IDS[:500], "horizon_days": 28}),
        (
            FORECAST,
            {"service_level": 0.98, "review_days": 1},
            {"service_level": 0.98, "review_days": 1, "horizon_days": 28},
        ),
        (FORECAST, {"horizon_days": 7.0}, {"horizon_days": 7}),
        (JobKind.CLEANUP, {}, {"days_old": 30}),
    ],
)
def test_parameters_are_kept_as_json_with_their_defaults(
    kind: JobKind, sent: dict[str, Any], kept: dict[str, Any]
) -> None:
    accepted = accept(kind, sent)
    assert accepted == kept
    assert accept(kind, json.loads(json.dumps(accepted))) == accepted


@pytest.mark.parametrize(
    ("kind", "sent", "fields"),
    [
        (REPORT, {"period": "hourly"}, ["period"]),
        (REPORT, {"period": "daily", "from": "2010-01-01", "to": "2010-01-31"}, ["period"]),
        (REPORT, {"from": "2010-01-01"}, ["to"]),
        (REPORT, {"to": "2010-01-01"}, ["from"]),
        (REPORT, {"from": "2010-02-01", "to": "2010-01-01"}, ["to"]),
        (REPORT, {"from": "yesterday", "to": "2010-01-01"}, ["from"]),
        (REPORT, {"from_": "2010-01-01", "to": "2010-01-02"}, ["from_"]),
        (REPORT, {"from": 0, "to": "0"}, ["from", "to"]),
        (REPORT, {"from": 1.5, "to": "2010-01-01T00:00:00"}, ["from", "to"]),
        (REPORT, {"as_of": "soon"}, ["as_of"]),
        (RECOMMENDATIONS, {"limit": True}, ["limit"]),
        (RECOMMENDATIONS, {"limit": "5"}, ["limit"]),
        (
            FORECAST,
            {"horizon_days": "28", "service_level": "0.9", "review_days": True},
            ["horizon_days", "service_level", "review_days"],
        ),
        (JobKind.CLEANUP, {"days_old": "30"}, ["days_old"]),
        (REPORT, {"as_of": 1291161600}, ["as_of"]),
        (REPORT, {"locale": "fr"}, ["locale"]),
        (RECOMMENDATIONS, {"limit": 21}, ["limit"]),
        (RECOMMENDATIONS, {"business_name": "a\0b"}, ["business_name"]),
        (RECOMMENDATIONS, {"business_type": "\ud800"}, ["business_type"]),
        (RECOMMENDATIONS, {"business_type": "x" * 201, "business_name": " "}, ["business_type", "business_name"]),
        (BEHAVIOR, {"customer_id": " "}, ["customer_id"]),
        (FORECAST, {"product_ids": IDS}, ["product_ids"]),
        (FORECAST, {"product_ids": []}, ["product_ids"]),
        (FORECAST, {"product_ids": [IDS[0], 7]}, ["product_ids.1"]),
        (FORECAST, {"horizon_days": 91}, ["horizon_days"]),
        (FORECAST, {"horizon_days": 0}, ["horizon_days"]),
        (FORECAST, {"service_level": 95, "review_days": 0}, ["service_level", "review_days"]),
        (FORECAST, {"service_level": 0.5, "review_days": 91}, ["service_level", "review_days"]),
        (FORECAST, {"service_level": float("nan")}, ["service_level"]),
        (JobKind.CLEANUP, {"days_old": 0}, ["days_old"]),
        (JobKind.CLEANUP, {"days_old": 3651}, ["days_old"]),
        *[(kind, {"colour": "red"}, ["colour"]) for kind in JobKind],
    ],
)
def test_each_wrong_parameter_is_named(kind: JobKind, sent: dict[str, Any], fields: list[str]) -> None:
    with pytest.raises(InvalidRequest) as refused:
        accept(kind, sent)
    assert [error.field for error in refused.value.errors] == [f"params.{field}" for field in fields]
    with pytest.raises(InvalidRequest) as refused:
        accept(kind, sent, "")
    assert [error.field for error in refused.value.errors] == fields


VALUES: st.SearchStrategy[Any] = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text()
    | st.sampled_from(["2010-01-01", "monthly", "es"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)
NAMES = st.sampled_from(
    "period from to as_of locale business_type business_name limit customer_id product_ids horizon_days days_old".split()
)


@given(st.sampled_from(JobKind), st.dictionaries(NAMES | st.text(), VALUES, max_size=4))
def test_whatever_is_sent_is_accepted_as_json_for_a_database_or_refused_by_name(
    kind: JobKind, sent: dict[str, Any]
) -> None:
    try:
        accepted = accept(kind, sent)
    except InvalidRequest as refused:
        assert refused.errors
        assert all(error.field.startswith("params") for error in refused.errors)
    else:
        text = json.dumps(accepted, allow_nan=False)
        assert "\\u0000" not in text
        assert accept(kind, accepted) == accepted


@given(st.permutations(["business_type", "business_name", "limit"]))
def test_fingerprint_does_not_depend_on_the_order(names: list[str]) -> None:
    params = {"business_type": "bar", "business_name": "Ñ", "limit": 3}
    shuffled = {name: params[name] for name in names}
    assert fingerprint(RECOMMENDATIONS, accept(RECOMMENDATIONS, shuffled)) == fingerprint(
        RECOMMENDATIONS, accept(RECOMMENDATIONS, params)
    )
    assert fingerprint(RECOMMENDATIONS, params) != fingerprint(BEHAVIOR, params)
    assert fingerprint(RECOMMENDATIONS, params) != fingerprint(RECOMMENDATIONS, {**params, "limit": 4})
