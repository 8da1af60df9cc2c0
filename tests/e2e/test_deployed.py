"""The template is in the emulator with every route, queue, schedule, state machine and alarm: nothing was dropped on the way."""

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pytest

from infra.local import emulator
from infra.local.build import TRANSFORMED, ensure_build
from infra.local.deploy import STACK
from infra.local.native import LEFT_OUT, NESTED, NESTED_SUFFIX, without_the_unreadable
from infra.local.state import load
from tests.architecture.template import FUNCTIONS, RESOURCES, events, of_type, routes
from tests.support.local_stack import Stack

pytestmark = pytest.mark.e2e

OF_THE_CLOUD = {
    "PrivateNetwork",
    "Database",
    "Vectors",
    "EmbeddingsCache",
    "Identity",
}  # the local stack brings its own
ABSENT = {"TokenClaimsFunction"}  # the user pool's


@dataclass(frozen=True)
class Deployed:
    """What the emulator says that there is."""

    port: int

    def client(self, service: str) -> Any:
        return emulator.client(service, self.port)

    def pages(self, service: str, operation: str, key: str, **asked: Any) -> Iterator[Any]:
        for page in self.client(service).get_paginator(operation).paginate(**asked):
            yield from page[key]

    @cached_property
    def resources(self) -> dict[str, dict[str, Any]]:
        """The root stack's, by their names in the template."""
        listed = self.pages("cloudformation", "list_stack_resources", "StackResourceSummaries", StackName=STACK)
        return {each["LogicalResourceId"]: each for each in listed}

    def made(self, kind: str) -> set[str]:
        return {name for name, each in self.resources.items() if each["ResourceType"] == kind}


@pytest.fixture(scope="module")
def deployed(stack: Stack) -> Deployed:
    return Deployed(load(stack.layout).ports["emulator"])


@pytest.fixture(scope="module")
def present() -> set[str]:
    """The functions that the local stack has."""
    return FUNCTIONS.keys() - ABSENT


def test_every_route_is_there(deployed: Deployed, present: set[str]) -> None:
    (api,) = deployed.client("apigatewayv2").get_apis()["Items"]
    found = deployed.client("apigatewayv2").get_routes(ApiId=api["ApiId"])["Items"]
    wanted = {f"{method} {path}" for name in present for method, path in routes(name)}
    assert {route["RouteKey"] for route in found} == wanted
    assert len(found) == len(wanted)
    assert {route["AuthorizationType"] for route in found} == {"JWT"}


def test_every_function_is_there_behind_its_alias(deployed: Deployed, present: set[str]) -> None:
    functions = list(deployed.pages("lambda", "list_functions", "Functions"))
    assert len(functions) == len(present)
    assert deployed.made("AWS::Lambda::Function") == present
    for function in functions:
        aliases = deployed.client("lambda").list_aliases(FunctionName=function["FunctionName"])["Aliases"]
        assert [(alias["Name"], alias["FunctionVersion"]) for alias in aliases] == [("live", "1")]


def test_every_queue_is_there_and_calls_its_function(deployed: Deployed, present: set[str]) -> None:
    assert len(deployed.client("sqs").list_queues()["QueueUrls"]) == len(of_type("AWS::SQS::Queue"))
    assert deployed.made("AWS::SQS::Queue") == set(of_type("AWS::SQS::Queue"))
    sources = list(deployed.pages("lambda", "list_event_source_mappings", "EventSourceMappings"))
    wanted = Counter({name: len(events(name, "SQS")) for name in present if events(name, "SQS")})
    assert len(sources) == wanted.total()
    physical = {each["PhysicalResourceId"]: name for name, each in deployed.resources.items()}
    assert Counter(physical[source["FunctionArn"].split(":")[6]] for source in sources) == wanted
    assert {source["FunctionArn"].rsplit(":", 1)[1] for source in sources} == {"live"}


def test_every_schedule_is_there(deployed: Deployed, present: set[str]) -> None:
    wanted = sorted(event["Schedule"] for name in present for event in events(name, "Schedule"))
    rules = deployed.client("events").list_rules()["Rules"]
    assert sorted(rule["ScheduleExpression"] for rule in rules) == wanted
    for rule in rules:
        (target,) = deployed.client("events").list_targets_by_rule(Rule=rule["Name"])["Targets"]
        assert target["Arn"].endswith(":live")


def test_every_state_machine_and_bucket_is_there(deployed: Deployed) -> None:
    machines = of_type("AWS::Serverless::StateMachine")
    assert deployed.made("AWS::StepFunctions::StateMachine") == set(machines)
    assert len(deployed.client("stepfunctions").list_state_machines()["stateMachines"]) == len(machines)
    assert deployed.made("AWS::S3::Bucket") == set(of_type("AWS::S3::Bucket"))


def test_every_alarm_that_the_emulator_reads_is_there(deployed: Deployed, stack: Stack) -> None:
    build = ensure_build(stack.layout)
    templates = [build / TRANSFORMED, build / f"Observability{NESTED_SUFFIX}"]
    readable = [without_the_unreadable(json.loads(path.read_text(encoding="utf-8"))) for path in templates]
    wanted = sum(is_made(each) for template in readable for each in template["Resources"].values())
    found = [
        alarm
        for page in deployed.client("cloudwatch").get_paginator("describe_alarms").paginate()
        for alarm in page["MetricAlarms"]
    ]
    assert len(found) == wanted > len(of_type("AWS::CloudWatch::Alarm"))


def is_made(resource: dict[str, Any]) -> bool:
    """Whether it is an alarm of something that the local stack has."""
    return resource["Type"] == "AWS::CloudWatch::Alarm" and "Condition" not in resource


def test_nothing_else_is_missing(deployed: Deployed, stack: Stack) -> None:
    """Every resource of the translated template is there, but what the emulator refuses, and what a condition leaves out."""
    template = json.loads((ensure_build(stack.layout) / TRANSFORMED).read_text(encoding="utf-8"))
    wanted = {
        name for name, each in template["Resources"].items() if each["Type"] not in LEFT_OUT and "Condition" not in each
    }
    assert wanted - deployed.resources.keys() == set()
    assert deployed.made(NESTED) == set(of_type(NESTED)) - OF_THE_CLOUD
    assert not OF_THE_CLOUD & deployed.resources.keys()
    assert RESOURCES["Observability"]["Properties"]["TemplateURL"] == "infra/observability.yaml"
