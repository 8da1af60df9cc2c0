"""From the functions' log to metrics: each line once, with each of its sets of dimensions."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from cafe_ai.platform import telemetry
from infra.local import bridge


class Taken:
    """A client of CloudWatch that keeps what it is given, or is away."""

    def __init__(self) -> None:
        self.away = False
        self.data: list[dict[str, Any]] = []

    def put_metric_data(self, **given: Any) -> None:
        if self.away:
            raise ConnectionError
        assert given["Namespace"] == "CafeAI"
        self.data += given["MetricData"]

    def sums(self) -> dict[tuple[str, ...], float]:
        """By the metric's name and its dimensions' values."""
        found: dict[tuple[str, ...], float] = {}
        for datum in self.data:
            key = (datum["MetricName"], *(each["Value"] for each in datum["Dimensions"]))
            values = zip(datum["Values"], datum["Counts"], strict=True)
            found[key] = found.get(key, 0) + sum(value * count for value, count in values)
        return found


def written(capsys: pytest.CaptureFixture[str], failed: int = 0) -> str:
    """What the query function writes for a question."""
    with telemetry.observed("CafeAI", "query") as measured:
        telemetry.log("answered")
        measured.count("Requests")
        measured.count("Errors", failed)
        measured.inference("gpt-6-luna", 400, 0.001, degraded=False)
    return "".join(f"QueryFunction {line}\n" for line in capsys.readouterr().out.splitlines())


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return tmp_path / "functions.log"


def test_a_line_becomes_the_metrics_that_cloudwatch_would_make(log: Path, capsys: pytest.CaptureFixture[str]) -> None:
    taken = Taken()
    log.write_text(written(capsys) + written(capsys, failed=1))
    bridge.Bridge(bridge.Tail(log), taken).carry()
    sums = taken.sums()
    assert sums[("Requests",)] == sums[("Requests", "query")] == 2
    assert sums[("Errors",)] == sums[("Errors", "query")] == 1
    assert sums[("Tokens",)] == sums[("Tokens", "gpt-6-luna")] == 800
    assert ("Tokens", "query") not in sums
    [errors] = [each for each in taken.data if each["MetricName"] == "Errors" and not each["Dimensions"]]
    assert sorted(zip(errors["Values"], errors["Counts"], strict=True)) == [(0, 1), (1, 1)]


def test_each_line_counts_once_and_when_it_is_whole(log: Path, capsys: pytest.CaptureFixture[str]) -> None:
    taken = Taken()
    carried = bridge.Bridge(bridge.Tail(log), taken)
    carried.carry()
    text = written(capsys)
    with log.open("a") as file:
        for part in (text[:-30], text[-30:], text):
            file.write(part)
            file.flush()
            carried.carry()
            carried.carry()
    assert taken.sums()[("Requests",)] == 2


def test_a_new_log_is_read_from_its_beginning(log: Path, capsys: pytest.CaptureFixture[str]) -> None:
    taken = Taken()
    carried = bridge.Bridge(bridge.Tail(log), taken)
    log.write_text(written(capsys))
    carried.carry()
    log.unlink()
    carried.carry()
    log.write_text(written(capsys) * 2)
    carried.carry()
    assert taken.sums()[("Requests",)] == 3


def test_what_was_not_taken_is_put_the_next_time(log: Path, capsys: pytest.CaptureFixture[str]) -> None:
    taken = Taken()
    carried = bridge.Bridge(bridge.Tail(log), taken)
    log.write_text(written(capsys))
    taken.away = True
    with pytest.raises(ConnectionError):
        carried.carry()
    taken.away = False
    carried.carry()
    carried.carry()
    assert taken.sums()[("Requests",)] == 1


@pytest.mark.parametrize(
    "line",
    [
        b"QueryFunction START RequestId: 1",
        b'QueryFunction {"_aws"',
        b'QueryFunction {"_aws": {"Timestamp": 1}}',
        b'QueryFunction {"_aws": {"Timestamp": 1, "CloudWatchMetrics": [{"Namespace": "N", "Dimensions": [["endpoint"]]}]}}',
        b"\xff\xfe",
    ],
)
def test_other_lines_are_passed_over(line: bytes) -> None:
    assert list(bridge.measured(line)) == []


def test_no_more_is_put_at_once_than_cloudwatch_takes(log: Path) -> None:
    directive = {"Namespace": "CafeAI", "Dimensions": [[]], "Metrics": [{"Name": "Latency", "Unit": "Milliseconds"}]}
    lines = [
        json.dumps({"_aws": {"Timestamp": 1_000, "CloudWatchMetrics": [directive]}, "Latency": number})
        for number in range(400)
    ]
    log.write_text("\n".join(lines) + "\n")
    taken = Taken()
    bridge.Bridge(bridge.Tail(log), taken).carry()
    assert [len(datum["Values"]) for datum in taken.data] == [150, 150, 100]
