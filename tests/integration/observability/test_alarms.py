"""Each alarm in the emulator: an hour as bad as it is for brings it to ALARM, the next one back to OK.

What CloudFormation of the emulator refuses, the composites, are put with its API as the template has them.
"""

from __future__ import annotations

import json
import time
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

import pytest

from infra.local import emulator
from tests.support import observability
from tests.support.sqs import running_sqs

SERVICES = "cloudwatch,cloudformation,sns,sqs,kms,iam,s3"
MARGINS = (4.0, 12.0, 40.0)
"""Seconds within which all is put and looked at; tried one after the other, so that a slow machine only takes longer."""
STAYS = {"ErrorsAreSeveral": "it sums 6 hours"}

Alarm = dict[str, Any]


class Watched:
    """The stack's alarms in an emulator of their own."""

    def __init__(self, port: int) -> None:
        self.cloudwatch = emulator.client("cloudwatch", port)
        cloudformation = emulator.client("cloudformation", port)
        s3 = emulator.client("s3", port, s3={"addressing_style": "path"})
        s3.create_bucket(Bucket="watched", CreateBucketConfiguration={"LocationConstraint": emulator.REGION})
        s3.put_object(Bucket="watched", Key="template.json", Body=observability.for_emulator().encode())
        given = [
            {"ParameterKey": key, "ParameterValue": str(value)} for key, value in observability.parameters().items()
        ]
        cloudformation.create_stack(
            StackName="watched", TemplateURL=f"{emulator.url_of(port)}/watched/template.json", Parameters=given
        )
        cloudformation.get_waiter("stack_create_complete").wait(
            StackName="watched", WaiterConfig={"Delay": 1, "MaxAttempts": 30}
        )
        names = {name: each["AlarmName"] for name, each in observability.alarms().items()}
        self.alarms = observability.alarms()
        self.names = {**names, **{name: each["AlarmName"] for name, each in observability.composites().items()}}
        for each in observability.composites().values():
            rule = each["AlarmRule"]
            for name, called in names.items():
                rule = rule.replace(f'"{name}"', f'"{called}"')
            self.cloudwatch.put_composite_alarm(AlarmName=each["AlarmName"], AlarmRule=rule)

    def states(self) -> dict[str, str]:
        """Each alarm's state, by its name in the template."""
        found: dict[str, str] = {}
        for page in self.cloudwatch.get_paginator("describe_alarms").paginate(
            AlarmTypes=["MetricAlarm", "CompositeAlarm"]
        ):
            for kind in ("MetricAlarms", "CompositeAlarms"):
                found |= {each["AlarmName"]: each["StateValue"] for each in page[kind]}
        return {name: found[called] for name, called in self.names.items()}

    def put(self, values: list[tuple[Alarm, float, float]]) -> None:
        """Puts a value of each alarm's metric, so many seconds ago."""
        now = time.time()
        by_namespace: dict[str, list[dict[str, Any]]] = defaultdict(list)
        for alarm, value, ago in values:
            datum = {"MetricName": alarm["MetricName"], "Dimensions": alarm.get("Dimensions", []), "Value": value}
            by_namespace[alarm["Namespace"]].append({**datum, "Timestamp": now - ago})
        for namespace, data in by_namespace.items():
            for start in range(0, len(data), 1000):
                self.cloudwatch.put_metric_data(Namespace=namespace, MetricData=data[start : start + 1000])


@pytest.fixture(scope="module")
def watched() -> Iterator[Watched]:
    with running_sqs(SERVICES) as server:
        yield Watched(server.port)


@pytest.fixture(scope="module")
def history(watched: Watched) -> dict[str, dict[str, str]]:
    """The states of all alarms in a bad time and in the good one after it."""
    for margin in MARGINS:
        started = time.monotonic()
        watched.put([entry for alarm in watched.alarms.values() for entry in bad(alarm, margin)])
        states = watched.states()
        if time.monotonic() - started < margin:
            break
    else:
        pytest.fail("The machine was too slow for any of the margins.")
    time.sleep(max(0.0, margin + 0.5 - (time.monotonic() - started)))
    watched.put([entry for alarm in watched.alarms.values() for entry in good(alarm)])
    return {"bad": states, "good": watched.states()}


def bad(alarm: Alarm, margin: float) -> Iterator[tuple[Alarm, float, float]]:
    """What breaches it, in its oldest periods and at their very beginning, so that it is over `margin` seconds later.

    Where missing data breaches, there is nothing later; where it does not, as many periods as make an alarm.
    """
    periods, threshold = alarm["EvaluationPeriods"], float(alarm["Threshold"])
    number = alarm.get("DatapointsToAlarm", periods)
    if alarm["TreatMissingData"] == "breaching":
        number = 1
    for period in range(periods - number, periods):
        value = threshold - 1 if alarm["ComparisonOperator"].startswith("Less") else threshold * 1.1 + 1
        yield alarm, value, alarm["Period"] * (period + 1) - margin


def good(alarm: Alarm) -> Iterator[tuple[Alarm, float, float]]:
    """What it was made for not to happen, in every period, and enough of it to outweigh what is left of the bad time."""
    good_value = float(alarm["Threshold"]) + 1 if alarm["ComparisonOperator"].startswith("Less") else 0.0
    for period in range(alarm["EvaluationPeriods"]):
        for _ in range(300 if alarm.get("Statistic") == "Average" else 1):
            yield alarm, good_value, alarm["Period"] * (period + 0.5)


@pytest.mark.parametrize("name", [*observability.alarms(), *observability.composites()])
def test_alarm_tells_a_bad_hour_from_a_good_one(history: dict[str, dict[str, str]], name: str) -> None:
    assert history["bad"][name] == "ALARM"
    assert history["good"][name] == ("ALARM" if name in STAYS else "OK")


def test_of_few_requests_a_failed_one_burns_no_budget(watched: Watched, history: dict[str, dict[str, str]]) -> None:
    """Both windows burn, but the errors are not several."""
    assert history["bad"]["ErrorBudgetBurnsFast"] == "ALARM"
    rules = {each["AlarmRule"] for each in observability.composites().values()}
    assert all('ALARM("ErrorsAreSeveral")' in rule for rule in rules)


def test_whoever_subscribes_is_told(watched: Watched, history: dict[str, dict[str, str]]) -> None:
    told = {
        each["AlarmName"]
        for each in watched.cloudwatch.describe_alarms(AlarmTypes=["MetricAlarm"], MaxRecords=100)["MetricAlarms"]
        if any(":sns:" in action for action in each["AlarmActions"]) and any(":sns:" in a for a in each["OKActions"])
    }
    silent = {name for name, each in watched.alarms.items() if "AlarmActions" not in each}
    assert told == {called for name, called in watched.names.items() if name in watched.alarms and name not in silent}
    assert all(any(name in each["AlarmRule"] for each in observability.composites().values()) for name in silent)


def test_the_dashboard_is_there(watched: Watched) -> None:
    bodies = observability.dashboards()
    found = watched.cloudwatch.list_dashboards()["DashboardEntries"]
    assert len(found) == len(bodies) == 2
    body = json.loads(watched.cloudwatch.get_dashboard(DashboardName="cafe-ai")["DashboardBody"])
    assert len(body["widgets"]) == len(bodies["Dashboard"]["widgets"])
