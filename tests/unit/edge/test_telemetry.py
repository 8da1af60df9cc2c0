"""What is written about a failure."""

from __future__ import annotations

import json
from typing import Any, get_args

import pytest

from cafe_ai.platform import telemetry
from cafe_ai.platform.metric_catalogue import CATALOGUE, Unit


class DatabaseError(Exception):
    sqlstate = "23514"


def break_a_constraint() -> None:
    raise DatabaseError("DETAIL: Failing row contains (the prompt).")


def fail_with_a_cause() -> None:
    try:
        break_a_constraint()
    except DatabaseError as error:
        raise ValueError("the prompt was wrong") from error


def test_a_failure_is_told_by_types_and_places_not_by_messages() -> None:
    with pytest.raises(ValueError, match="prompt") as caught:
        fail_with_a_cause()
    [outer, cause] = telemetry.describe(caught.value)
    assert (outer["type"], cause["sqlstate"]) == ("builtins.ValueError", "23514")
    assert str(cause["type"]).endswith("DatabaseError")
    assert "fail_with_a_cause" in str(outer["stack"])
    assert "prompt" not in str([outer, cause])


def test_a_mistake_in_the_code_keeps_its_message() -> None:
    with pytest.raises(AttributeError) as caught:
        telemetry.describe.nonsense  # type: ignore[attr-defined]  # noqa: B018
    assert "nonsense" in str(telemetry.describe(caught.value)[0]["message"])


def test_the_level_decides_what_is_written(capsys: pytest.CaptureFixture[str]) -> None:
    telemetry.set_level("WARNING")
    try:
        telemetry.log("unimportant")
        telemetry.log_warning("important", number=1)
    finally:
        telemetry.set_level("INFO")
    [line] = capsys.readouterr().out.splitlines()
    assert json.loads(line)["message"] == "important"
    assert json.loads(line)["number"] == 1


Written = pytest.CaptureFixture[str]


def documents(capsys: Written) -> list[dict[str, Any]]:
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def declared(document: dict[str, Any]) -> dict[tuple[tuple[str, ...], ...], set[str]]:
    """The names of metrics by their sets of dimensions."""
    return {
        tuple(map(tuple, each["Dimensions"])): {metric["Name"] for metric in each["Metrics"]}
        for each in document["_aws"]["CloudWatchMetrics"]
    }


def test_measures_add_up_and_are_readable_from_inside(capsys: Written) -> None:
    with telemetry.observed("CafeAI") as measured:
        measured.endpoint = "query"
        telemetry.measures().count("Searches")
        telemetry.measures().count("Searches", 2)
    telemetry.measures().count("Searches")  # nobody's
    [document] = documents(capsys)
    assert (document["Searches"], document["endpoint"]) == (3, "query")


def test_a_share_is_0_or_1_however_often_it_is_counted(capsys: Written) -> None:
    with telemetry.observed("CafeAI"):
        for failed in (0, 1, 1):
            telemetry.measures().count("Errors", failed)
    assert documents(capsys)[0]["Errors"] == 1


def test_dimensions_are_those_of_the_catalogue(capsys: Written) -> None:
    with telemetry.observed("CafeAI", "query") as measured:
        for name in ("Requests", "Errors", "Searches"):
            measured.count(name)
        measured.inference("gpt-6-luna", 400, 0.0001, degraded=False)
    [document] = documents(capsys)
    assert declared(document) == {
        (("endpoint",), ()): {"Requests", "Errors"},
        (("model",), ()): {"Tokens", "CostUsd", "Degraded"},
        ((),): {"Searches"},
    }
    assert (document["endpoint"], document["model"]) == ("query", "gpt-6-luna")


def test_background_work_is_not_among_the_requests_in_all(capsys: Written) -> None:
    with telemetry.observed("CafeAI", "indexer", background=True) as measured:
        measured.count("Requests")
        measured.count("JobsFailed")
    assert declared(documents(capsys)[0]) == {(("endpoint",),): {"Requests"}, (("endpoint",), ()): {"JobsFailed"}}


def test_what_is_another_endpoints_is_written_as_its(capsys: Written) -> None:
    with telemetry.observed("CafeAI", "dead_letters", background=True) as measured:
        measured.count("Requests")
        measured.count("JobsFailed", endpoint="generate_sales_report")
        measured.count("JobsFailed", endpoint="generate_sales_report")
    own, other = documents(capsys)
    assert "JobsFailed" not in own
    assert (other["endpoint"], other["JobsFailed"]) == ("generate_sales_report", 2)
    assert declared(other) == {(("endpoint",), ()): {"JobsFailed"}}


def test_a_name_that_the_catalogue_lacks_is_warned_of_and_not_written(capsys: Written) -> None:
    with telemetry.observed("CafeAI") as measured, pytest.warns(UserWarning, match="no Nonsense"):
        measured.count("Nonsense")
    assert "Nonsense" not in documents(capsys)[0]


def test_the_catalogue_keeps_within_what_cloudwatch_takes() -> None:
    """Of one line at most 100 metrics; names of 1 to 255 characters; and nobody's id among the dimensions."""
    assert len(CATALOGUE) <= 100
    for name, metric in CATALOGUE.items():
        assert name.isalpha()
        assert metric.unit in get_args(Unit)
        assert metric.meaning
        assert {dimension for names in metric.dimensions for dimension in names} <= {"endpoint", "model"}
        assert all(len(names) <= 1 for names in metric.dimensions)
