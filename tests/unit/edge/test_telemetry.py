"""What is written about a failure."""

from __future__ import annotations

import json

import pytest

from cafe_ai.platform import telemetry


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


def test_measures_add_up_and_are_readable_from_inside(capsys: pytest.CaptureFixture[str]) -> None:
    with telemetry.observed("CafeAI") as measured:
        measured.endpoint = "query"
        telemetry.measures().count("Retries")
        telemetry.measures().count("Retries", 2)
    telemetry.measures().count("Retries")  # nobody's
    document = json.loads(capsys.readouterr().out)
    assert (document["Retries"], document["endpoint"]) == (3, "query")
