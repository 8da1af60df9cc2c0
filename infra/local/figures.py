"""What the dashboard in the terminal shows, read from CloudWatch: the local stack's emulator or AWS, by the same calls."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

ALLOWED_TO_FAIL = 0.02  # SPEC: success over 98 %
BUDGET_DAYS = 30
FIGURES_AT_ONCE = 250  # two queries each
PERCENTILES = ("p50", "p95", "p99")
Dimensions = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Asked:
    """One figure: a statistic of one metric over so many seconds until now."""

    namespace: str
    name: str
    stat: str
    seconds: int
    dimensions: Dimensions = ()


@dataclass(frozen=True, slots=True)
class Traffic:
    """Of one endpoint, or all. failed is a share; latencies are p50, p95 and p99 in milliseconds, None where unknown."""

    endpoint: str
    requests: float
    failed: float
    latencies: tuple[float | None, ...]


@dataclass(frozen=True, slots=True)
class ModelUse:
    """Of one model. degraded is the share of its answers that the facts alone gave."""

    model: str
    answers: float
    tokens: float
    cost_usd: float
    degraded: float


@dataclass(frozen=True, slots=True)
class Queue:
    """How many messages wait, and how many seconds the oldest has."""

    name: str
    waiting: float
    oldest: float


@dataclass(frozen=True, slots=True)
class Jobs:
    """Of one kind: how they ended, how often an attempt failed, and the p95 of an attempt's seconds."""

    kind: str
    completed: float
    failed: float
    retried: float
    seconds: float | None


@dataclass(frozen=True, slots=True)
class Store:
    """up: the share of looks at which it answered, None where nobody looked; milliseconds: p95 of its answers."""

    name: str
    up: float | None
    milliseconds: float | None


@dataclass(frozen=True, slots=True)
class Alarm:
    """One that is in ALARM; page is its runbook's."""

    name: str
    since: datetime
    said: str
    page: str


@dataclass(frozen=True, slots=True)
class Figures:
    """All of them, at a moment. budget_left is a share of the error budget of 30 days and may be negative."""

    moment: datetime
    seconds: int
    api: Traffic
    rate_limited: float
    budget_left: float | None
    cost_today: float
    endpoints: Sequence[Traffic]
    background: Sequence[Traffic]
    models: Sequence[ModelUse]
    queues: Sequence[Queue]
    jobs: Sequence[Jobs]
    stores: Sequence[Store]
    outbox_age: float
    alarms: int
    ringing: Sequence[Alarm]


@dataclass
class Reader:
    """Reads figures with as few calls as possible: all that `want` names at once."""

    cloudwatch: Any
    namespace: str
    moment: datetime
    _asked: dict[Asked, float | None] = field(default_factory=dict)

    def want(self, name: str, stat: str, seconds: int, *dimensions: tuple[str, str], namespace: str = "") -> Asked:
        asked = Asked(namespace or self.namespace, name, stat, seconds, dimensions)
        self._asked.setdefault(asked, None)
        return asked

    def fetch(self) -> None:
        """Asks for what is wanted. A percentile or average of two periods is weighed by how many values each has."""
        for seconds in {asked.seconds for asked in self._asked}:
            alike = [asked for asked in self._asked if asked.seconds == seconds]
            for start in range(0, len(alike), FIGURES_AT_ONCE):
                self._fetch(alike[start : start + FIGURES_AT_ONCE], seconds)

    def __getitem__(self, asked: Asked) -> float | None:
        return self._asked[asked]

    def number(self, asked: Asked) -> float:
        return self._asked[asked] or 0.0

    def values_of(self, dimension: str, name: str) -> list[str]:
        """The values that the dimension of the metric has had lately."""
        pages = self.cloudwatch.get_paginator("list_metrics").paginate(Namespace=self.namespace, MetricName=name)
        metrics = (metric["Dimensions"] for page in pages for metric in page["Metrics"])
        return sorted(told[0]["Value"] for told in metrics if [each["Name"] for each in told] == [dimension])

    def _fetch(self, wanted: Sequence[Asked], seconds: int) -> None:
        queries = []
        for number, asked in enumerate(wanted):
            queries += [_query(f"v{number}", asked, asked.stat), _query(f"n{number}", asked, "SampleCount")]
        pages = self.cloudwatch.get_paginator("get_metric_data").paginate(
            MetricDataQueries=queries, StartTime=self.moment - timedelta(seconds=seconds), EndTime=self.moment
        )
        found: dict[str, dict[Any, float]] = {}
        for page in pages:
            for result in page["MetricDataResults"]:
                told = zip(result["Timestamps"], result["Values"], strict=True)
                found.setdefault(result["Id"], {}).update(told)
        for number, asked in enumerate(wanted):
            self._asked[asked] = _together(asked.stat, found.get(f"v{number}", {}), found.get(f"n{number}", {}))


def read(cloudwatch: Any, namespace: str, stack: str, seconds: int) -> Figures:
    """The figures of the last `seconds` of a stack whose queues and alarms have its name before theirs."""
    moment = datetime.now(UTC)
    ask = Reader(cloudwatch, namespace, moment)
    served = ask.values_of("endpoint", "Latency")
    others = [name for name in ask.values_of("endpoint", "Requests") if name not in served]
    kinds = sorted({*ask.values_of("endpoint", "JobsCompleted"), *ask.values_of("endpoint", "JobsFailed")})
    traffic = [
        _traffic(ask, "all", seconds),
        *(_traffic(ask, name, seconds, ("endpoint", name)) for name in (*served, *others)),
    ]
    models = [_model(ask, name, seconds) for name in ask.values_of("model", "Tokens")]
    jobs = [_jobs(ask, kind, seconds) for kind in kinds]
    queues = [_queue(ask, name, stack) for name in _queue_names(cloudwatch, stack)]
    stores = [_store(ask, name, label) for name, label in (("Database", "database"), ("VectorStore", "vectors"))]
    rate_limited = ask.want("RateLimited", "Sum", seconds)
    failed = ask.want("Errors", "Average", BUDGET_DAYS * 86_400)
    cost = ask.want("CostUsd", "Sum", 86_400)
    outbox = ask.want("OutboxAge", "Maximum", 600)
    ask.fetch()
    api, *rest = (told() for told in traffic)
    share = ask[failed]
    known, ringing = _alarms(cloudwatch, stack)
    return Figures(
        moment=moment,
        seconds=seconds,
        api=api,
        rate_limited=ask.number(rate_limited),
        budget_left=None if share is None else 1 - share / ALLOWED_TO_FAIL,
        cost_today=ask.number(cost),
        endpoints=_busiest(rest[: len(served)]),
        background=_busiest(rest[len(served) :]),
        models=[told() for told in models],
        queues=[told() for told in queues],
        jobs=[told() for told in jobs],
        stores=[told() for told in stores],
        outbox_age=ask.number(outbox),
        alarms=known,
        ringing=ringing,
    )


# Each of these names what it wants, and returns what makes the figure of it once all is fetched.


def _traffic(ask: Reader, endpoint: str, seconds: int, *dimensions: tuple[str, str]) -> Callable[[], Traffic]:
    requests = ask.want("Requests", "Sum", seconds, *dimensions)
    failed = ask.want("Errors", "Average", seconds, *dimensions)
    latencies = [ask.want("Latency", stat, seconds, *dimensions) for stat in PERCENTILES]
    return lambda: Traffic(endpoint, ask.number(requests), ask.number(failed), tuple(ask[each] for each in latencies))


def _model(ask: Reader, model: str, seconds: int) -> Callable[[], ModelUse]:
    of = ("model", model)
    answers = ask.want("Degraded", "SampleCount", seconds, of)
    tokens, cost = (ask.want(name, "Sum", seconds, of) for name in ("Tokens", "CostUsd"))
    degraded = ask.want("Degraded", "Average", seconds, of)
    return lambda: ModelUse(
        model, ask.number(answers), ask.number(tokens), ask.number(cost), ask.number(degraded)
    )  # fmt: skip


def _jobs(ask: Reader, kind: str, seconds: int) -> Callable[[], Jobs]:
    of = ("endpoint", kind)
    ends = [ask.want(name, "Sum", seconds, of) for name in ("JobsCompleted", "JobsFailed", "JobsRetried")]
    taken = ask.want("JobSeconds", "p95", seconds, of)
    return lambda: Jobs(kind, *(ask.number(each) for each in ends), seconds=ask[taken])


def _queue(ask: Reader, name: str, stack: str) -> Callable[[], Queue]:
    waiting, oldest = (
        ask.want(metric, "Maximum", 60, ("QueueName", name), namespace="AWS/SQS")
        for metric in ("ApproximateNumberOfMessagesVisible", "ApproximateAgeOfOldestMessage")
    )
    shown = name.removeprefix(f"{stack}-").rpartition("-")[0] or name
    return lambda: Queue(shown, ask.number(waiting), ask.number(oldest))


def _store(ask: Reader, metric: str, name: str) -> Callable[[], Store]:
    up = ask.want(f"{metric}Up", "Average", 300)
    latency = ask.want(f"{metric}Latency", "p95", 300)
    return lambda: Store(name, ask[up], ask[latency])


def _queue_names(cloudwatch: Any, stack: str) -> list[str]:
    pages = cloudwatch.get_paginator("list_metrics").paginate(
        Namespace="AWS/SQS", MetricName="ApproximateNumberOfMessagesVisible"
    )
    names = {each["Value"] for page in pages for metric in page["Metrics"] for each in metric["Dimensions"]}
    return sorted(name for name in names if name.startswith(f"{stack}-"))


def _alarms(cloudwatch: Any, stack: str) -> tuple[int, list[Alarm]]:
    """How many there are, and those in ALARM that tell somebody, latest first."""
    pages = cloudwatch.get_paginator("describe_alarms").paginate(
        AlarmNamePrefix=f"{stack}-", AlarmTypes=["MetricAlarm", "CompositeAlarm"]
    )
    found = [each for page in pages for kind in ("MetricAlarms", "CompositeAlarms") for each in page.get(kind, [])]
    ringing = []
    for each in found:
        said, _, page = each.get("AlarmDescription", "").partition(" Runbook: ")
        if each["StateValue"] == "ALARM" and each["AlarmActions"]:
            name = each["AlarmName"].removeprefix(f"{stack}-")
            ringing.append(Alarm(name, each["StateUpdatedTimestamp"], said, page))
    return len(found), sorted(ringing, key=lambda alarm: alarm.since, reverse=True)


def _busiest(traffic: Sequence[Traffic]) -> list[Traffic]:
    return sorted((each for each in traffic if each.requests), key=lambda each: -each.requests)


def _query(identifier: str, asked: Asked, stat: str) -> dict[str, Any]:
    metric = {
        "Namespace": asked.namespace,
        "MetricName": asked.name,
        "Dimensions": [{"Name": name, "Value": value} for name, value in asked.dimensions],
    }
    return {"Id": identifier, "MetricStat": {"Metric": metric, "Period": asked.seconds, "Stat": stat}}


def _together(stat: str, values: Mapping[Any, float], counts: Mapping[Any, float]) -> float | None:
    """One figure of one or two periods, as a period need not begin where ours does."""
    if not values:
        return None
    if stat in ("Sum", "SampleCount"):
        return sum(values.values())
    if stat in ("Maximum", "Minimum"):
        return (max if stat == "Maximum" else min)(values.values())
    weights = {moment: counts.get(moment, 1.0) for moment in values}
    return sum(value * weights[moment] for moment, value in values.items()) / sum(weights.values())
