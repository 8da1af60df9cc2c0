"""infra/observability.yaml against the code it watches: each metric it names is written, each alarm has its runbook."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import jsonschema
import pytest

from cafe_ai.platform.metric_catalogue import CATALOGUE
from infra import metrics_page
from tests.support import observability
from tests.support.observability import ROOT, RUNBOOKS

ALARMS = observability.alarms()
COMPOSITES = observability.composites()
DASHBOARDS = observability.dashboards()
OURS = "CafeAI"
SECTIONS = ["What it means", "How to look", "What to do", "When it is over"]
SEARCH = re.compile(
    r"""SEARCH\('\{(?P<namespace>\w+),(?P<by>\w+)\} MetricName="(?P<name>\w+)"', '(?P<stat>\w+)', \d+\)"""
)
STATISTIC = re.compile(r"Sum|Average|Maximum|Minimum|SampleCount|p\d\d")
SAID = re.compile(r'message (?:= ("[^"]+")|in \[([^]]+)\])')
OF_AWS = {  # metric: dimensions, from the services' documentation
    "AWS/ApiGateway": {"4xx": ["ApiId"], "5xx": ["ApiId"]},
    "AWS/SQS": {"ApproximateAgeOfOldestMessage": ["QueueName"], "ApproximateNumberOfMessagesVisible": ["QueueName"]},
    "AWS/States": {
        "ExecutionsSucceeded": ["StateMachineArn"],
        "ExecutionsFailed": ["StateMachineArn"],
        "ExecutionsTimedOut": ["StateMachineArn"],
    },
    "AWS/Lambda": {"Throttles": [], "ConcurrentExecutions": []},
    "AWS/RDS": {
        "CPUUtilization": ["DBInstanceIdentifier"],
        "DatabaseConnections": ["DBInstanceIdentifier"],
        "FreeStorageSpace": ["DBInstanceIdentifier"],
        "FreeableMemory": ["DBInstanceIdentifier"],
        "ReadLatency": ["DBInstanceIdentifier"],
        "WriteLatency": ["DBInstanceIdentifier"],
        "ClientConnections": ["ProxyName"],
        "DatabaseConnectionsCurrentlySessionPinned": ["ProxyName"],
    },
    "AWS/ECS": {
        "CPUUtilization": ["ClusterName", "ServiceName"],
        "MemoryUtilization": ["ClusterName", "ServiceName"],
    },
}

METRIC_WIDGET = {
    "type": "object",
    "required": ["title", "view", "region", "stat", "period", "metrics"],
    "additionalProperties": False,
    "properties": {
        "title": {"type": "string", "minLength": 1},
        "view": {"enum": ["timeSeries", "singleValue"]},
        "stacked": {"type": "boolean"},
        "region": {"type": "string", "pattern": "^[a-z]{2}-[a-z]+-[0-9]$"},
        "stat": {"type": "string", "pattern": f"^({STATISTIC.pattern})$"},
        "period": {"type": "integer", "minimum": 60, "multipleOf": 60},
        "start": {"type": "string", "pattern": "^-P[0-9]+D$"},
        "end": {"const": "P0D"},
        "yAxis": {"type": "object", "additionalProperties": False, "properties": {"left": {"type": "object"}}},
        "annotations": {
            "type": "object",
            "additionalProperties": False,
            "properties": {"horizontal": {"type": "array", "items": {"required": ["label", "value"]}}},
        },
        "metrics": {
            "type": "array",
            "minItems": 1,
            "maxItems": 500,
            "items": {
                "type": "array",
                "minItems": 1,
                "items": {
                    "anyOf": [
                        {"type": "string", "minLength": 1},
                        {
                            "type": "object",
                            "additionalProperties": False,
                            "properties": {
                                "expression": {"type": "string"},
                                "id": {"type": "string", "pattern": "^[a-z][a-zA-Z0-9_]*$"},
                                "label": {"type": "string"},
                                "stat": {"type": "string", "pattern": f"^({STATISTIC.pattern})$"},
                                "period": {"type": "integer", "minimum": 60, "multipleOf": 60},
                                "visible": {"type": "boolean"},
                                "yAxis": {"enum": ["left", "right"]},
                            },
                        },
                    ]
                },
            },
        },
    },
}
ALARM_WIDGET = {
    "type": "object",
    "required": ["title", "alarms"],
    "additionalProperties": False,
    "properties": {"title": {"type": "string"}, "alarms": {"type": "array", "minItems": 1, "maxItems": 100}},
}
BODY = {  # of CloudWatch's "Dashboard Body Structure and Syntax", what these dashboards use of it
    "type": "object",
    "required": ["widgets"],
    "additionalProperties": False,
    "properties": {
        "widgets": {
            "type": "array",
            "minItems": 1,
            "maxItems": 500,
            "items": {
                "type": "object",
                "required": ["type", "x", "y", "width", "height", "properties"],
                "additionalProperties": False,
                "properties": {
                    "type": {"enum": ["metric", "alarm"]},
                    "x": {"type": "integer", "minimum": 0, "maximum": 23},
                    "y": {"type": "integer", "minimum": 0},
                    "width": {"type": "integer", "minimum": 1, "maximum": 24},
                    "height": {"type": "integer", "minimum": 1, "maximum": 1000},
                    "properties": {},
                },
                "if": {"properties": {"type": {"const": "metric"}}},
                "then": {"properties": {"properties": METRIC_WIDGET}},
                "else": {"properties": {"properties": ALARM_WIDGET}},
            },
        }
    },
}

Named = tuple[str, str, frozenset[str]]


def widgets() -> Iterator[tuple[str, dict[str, Any]]]:
    for name, body in DASHBOARDS.items():
        for widget in body["widgets"]:
            yield name, widget


def metrics_of(properties: dict[str, Any]) -> Iterator[Named]:
    """Namespace, name and dimensions of each metric that a widget shows; a dot repeats what stands above it."""
    above: list[str] = []
    for entry in properties["metrics"]:
        words = [word for word in entry if isinstance(word, str)]
        options = [word for word in entry if isinstance(word, dict)]
        if not words:
            for found in SEARCH.finditer(options[0]["expression"]):
                yield found["namespace"], found["name"], frozenset({found["by"]})
            continue
        words = [above[place] if word == "." else word for place, word in enumerate(words)]
        above = words
        yield words[0], words[1], frozenset(words[2::2])


def named() -> Iterator[tuple[str, Named]]:
    """All metrics that alarms and dashboards name, with who names them."""
    for name, alarm in ALARMS.items():
        dimensions = frozenset(each["Name"] for each in alarm.get("Dimensions", []))
        yield name, (alarm["Namespace"], alarm["MetricName"], dimensions)
    for name, widget in widgets():
        if widget["type"] == "metric":
            for metric in metrics_of(widget["properties"]):
                yield f"{name}: {widget['properties']['title']}", metric


def sources() -> str:
    """The code that may measure something, without the catalogue."""
    folders = (ROOT / "layers" / "core" / "cafe_ai", ROOT / "ml", ROOT / "functions")
    paths = [path for folder in folders for path in folder.rglob("*.py") if path.name != "metric_catalogue.py"]
    return "\n".join(path.read_text(encoding="utf-8") for path in paths)


SOURCES = sources()


@pytest.mark.parametrize("name", DASHBOARDS)
def test_dashboard_is_what_cloudwatch_takes(name: str) -> None:
    jsonschema.validate(DASHBOARDS[name], BODY)
    taken: set[tuple[int, int]] = set()
    for widget in DASHBOARDS[name]["widgets"]:
        assert widget["x"] + widget["width"] <= 24
        place = {
            (column, row)
            for column in range(widget["x"], widget["x"] + widget["width"])
            for row in range(widget["y"], widget["y"] + widget["height"])
        }
        assert not place & taken, "it lies upon another"
        taken |= place


def test_expressions_name_what_their_widget_has() -> None:
    for _, widget in widgets():
        entries = widget["properties"].get("metrics", [])
        ids = {word["id"] for entry in entries for word in entry if isinstance(word, dict) and "id" in word}
        for expression in (word["expression"] for entry in entries for word in entry if "expression" in word):
            if not expression.startswith("SEARCH("):
                assert set(re.findall(r"\b[a-z]\w*", expression)) <= ids, expression
            else:
                assert SEARCH.fullmatch(expression), expression


@pytest.mark.parametrize(("where", "metric"), list(named()))
def test_each_metric_that_is_named_is_one_that_is_written(where: str, metric: Named) -> None:
    namespace, name, dimensions = metric
    if namespace != OURS:
        assert frozenset(OF_AWS[namespace][name]) == dimensions
        return
    assert dimensions in {frozenset(each) for each in CATALOGUE[name].dimensions}


@pytest.mark.parametrize("name", CATALOGUE)
def test_each_metric_of_the_catalogue_is_counted_somewhere(name: str) -> None:
    assert f'"{name}"' in SOURCES


@pytest.mark.parametrize("name", ALARMS)
def test_an_alarm_for_one_endpoint_names_one_that_there_is(name: str) -> None:
    for dimension in ALARMS[name].get("Dimensions", []):
        if dimension["Name"] == "endpoint":
            assert re.search(rf'schedule_handler\("{dimension["Value"]}"', SOURCES)


@pytest.mark.parametrize("name", [*ALARMS, *COMPOSITES])
def test_an_alarm_says_where_its_runbook_is_and_tells_somebody(name: str) -> None:
    alarm = {**ALARMS, **COMPOSITES}[name]
    said, _, page = alarm["AlarmDescription"].partition(" Runbook: docs/runbooks/")
    assert said.endswith(".")
    assert alarm["AlarmName"].removeprefix("cafe-ai-") in (RUNBOOKS / page).read_text(encoding="utf-8")
    told_by = [each for each in COMPOSITES.values() if f'ALARM("{name}")' in each["AlarmRule"]]
    assert alarm.get("AlarmActions") == alarm.get("OKActions") == (None if told_by else ["Topic"])
    if name in ALARMS:
        assert alarm["TreatMissingData"] in ("breaching", "notBreaching"), "no data is thought about"
        seconds = alarm["Period"] * alarm["EvaluationPeriods"]
        assert seconds <= (86_400 if alarm["Period"] < 3600 else 7 * 86_400), "CloudWatch looks back no further"


def test_of_a_few_requests_a_failed_one_burns_no_budget() -> None:
    assert len(COMPOSITES) == 2
    for composite in COMPOSITES.values():
        windows = re.findall(r'ALARM\("(\w+)"\)', composite["AlarmRule"])
        assert composite["AlarmRule"] == " AND ".join(f'ALARM("{window}")' for window in windows)
        long, short, several = (ALARMS[window] for window in windows)
        assert (several["Statistic"], several["Threshold"]) == ("Sum", 5)
        assert long["Threshold"] == short["Threshold"]
        assert long["Period"] == 12 * short["Period"]


@pytest.mark.parametrize(("burn", "rate"), [("Fast1h", 14.4), ("Fast5m", 14.4), ("Slowly6h", 6), ("Slowly30m", 6)])
def test_burn_rates_are_those_of_98_percent(burn: str, rate: float) -> None:
    assert ALARMS[f"Burns{burn}"]["Threshold"] == pytest.approx(rate * (1 - 0.98))


def test_each_page_is_an_alarms_and_the_index_has_it() -> None:
    said = " ".join(alarm["AlarmDescription"] for alarm in (*ALARMS.values(), *COMPOSITES.values()))
    index = (RUNBOOKS / "README.md").read_text(encoding="utf-8")
    pages = sorted(path.name for path in RUNBOOKS.glob("*.md") if path.name != "README.md")
    assert pages
    for page in pages:
        assert f"docs/runbooks/{page}" in said
        assert f"]({page})" in index
    for alarm in (*ALARMS.values(), *COMPOSITES.values()):
        assert f"`{alarm['AlarmName'].removeprefix('cafe-ai-')}`" in index


@pytest.mark.parametrize("page", sorted(RUNBOOKS.glob("*-*.md")), ids=lambda path: path.stem)
def test_a_page_says_what_to_do_with_what_there_is(page: Any) -> None:
    text = page.read_text(encoding="utf-8")
    assert re.findall(r"^## (.+)$", text, re.MULTILINE) == SECTIONS
    for quoted, several in SAID.findall(text):
        for message in re.findall(r'"([^"]+)"', quoted or several):
            assert f'"{message}"' in SOURCES, message
    for link in re.findall(r"\]\(([\w-]+\.md)\)", text):
        assert (RUNBOOKS / link).exists()


def test_the_page_of_metrics_is_made_of_the_catalogue() -> None:
    assert metrics_page.FILE.read_text(encoding="utf-8") == metrics_page.page(), (
        "python -m infra.metrics_page writes it"
    )
