"""Metrics and alarms of the emulator, read as CloudWatch documents it; loaded into the emulator's process alone.

The emulator's own way takes all points of a metric's name together, whatever their dimensions and periods, and passes over
missing data. Here an alarm looks at the metric with exactly its dimensions; each of its last EvaluationPeriods periods,
counted back from now, breaches or does not; DatapointsToAlarm of them make an ALARM; and a period without data is what
TreatMissingData says. As in CloudWatch a change of state tells the alarm's actions and the composites above it.
Not as there: it happens whenever metric data is put and every 15 seconds, not each minute.

And who asks for a metric without dimensions gets that metric, not all of its name together, which counts each value twice.
"""

import operator
import time
from collections.abc import Iterator
from typing import Any

from ministack.services import cloudwatch

Alarm = dict[str, Any]
COMPARISONS = {
    "GreaterThanThreshold": operator.gt,
    "GreaterThanOrEqualToThreshold": operator.ge,
    "LessThanThreshold": operator.lt,
    "LessThanOrEqualToThreshold": operator.le,
}


class Exactly(dict[str, str]):
    """Dimensions to be matched also where there are none."""

    def __bool__(self) -> bool:
        return True


def read_as_documented() -> None:
    cloudwatch._evaluate_alarm = evaluate
    told = cloudwatch._dims_from_list
    cloudwatch._dims_from_list = lambda dimensions: Exactly(told(dimensions))


def evaluate(alarm: Alarm) -> None:
    """Moves the alarm to the state that its metric's data asks for."""
    values = list(_values(alarm, time.time()))
    state = _state(alarm, values)
    before = alarm["StateValue"]
    if state == before:
        return
    shown = ", ".join("no data" if value is None else f"{value:g}" for value in values)
    reason = f"{alarm['ComparisonOperator']} {alarm['Threshold']:g}: {shown}"
    alarm.update(StateValue=state, StateReason=reason, StateUpdatedTimestamp=int(time.time()))
    cloudwatch._record_history(alarm["AlarmName"], before, state, reason)
    cloudwatch._dispatch_alarm_actions(alarm, before, state, reason)
    cloudwatch._evaluate_parent_alarms(alarm)


def _values(alarm: Alarm, now: float) -> Iterator[float | None]:
    """The statistic of each period, latest first; None without data."""
    dimensions = cloudwatch._dims_key({each["Name"]: each["Value"] for each in alarm["Dimensions"]})
    points = cloudwatch._metrics.get((alarm["Namespace"], alarm["MetricName"], dimensions)) or []
    statistic = alarm["ExtendedStatistic"] or alarm["Statistic"]
    periods: list[list[Any]] = [[] for _ in range(alarm["EvaluationPeriods"])]
    for point in points:
        number = int((now - point["Timestamp"]) // alarm["Period"])
        if 0 <= number < len(periods):
            periods[number].append(point)
    for within in periods:
        stats = cloudwatch._calc_stats(within)
        yield cloudwatch._stat_value(stats, statistic, within) if stats else None


def _state(alarm: Alarm, values: list[float | None]) -> str:
    breaches = COMPARISONS[alarm["ComparisonOperator"]]
    missing = alarm["TreatMissingData"]
    if values.count(None) == len(values) and missing in ("missing", "ignore"):
        return "INSUFFICIENT_DATA" if missing == "missing" else str(alarm["StateValue"])
    breaching = sum(
        missing == "breaching" if value is None else breaches(value, alarm["Threshold"]) for value in values
    )
    return "ALARM" if breaching >= (alarm.get("DatapointsToAlarm") or alarm["EvaluationPeriods"]) else "OK"
