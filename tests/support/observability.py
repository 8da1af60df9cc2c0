"""infra/observability.yaml as data, and as the emulator takes it."""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[2]
FILE = ROOT / "infra" / "observability.yaml"
RUNBOOKS = ROOT / "docs" / "runbooks"
ALARM = "AWS::CloudWatch::Alarm"
COMPOSITE = "AWS::CloudWatch::CompositeAlarm"
DASHBOARD = "AWS::CloudWatch::Dashboard"
VARIABLE = re.compile(r"\$\{([^!}][^}]*)\}")
GIVEN = {
    "Name": "cafe-ai",
    "ApiId": "a1b2c3d4",
    "StateMachineArn": "arn:aws:states:eu-west-1:000000000000:stateMachine:sales-report",
    "LanguageModel": "yes",
    "DatabaseInstance": "cafe-ai-database",
    "DatabaseProxy": "cafe-ai-proxy",
    "VectorStoreCluster": "cafe-ai",
    "VectorStoreService": "chroma",
    "AlarmEmail": "",
    "AWS::Region": "eu-west-1",
    "AWS::AccountId": "000000000000",
    "AWS::Partition": "aws",
}


class Loader(yaml.SafeLoader):
    """YAML with CloudFormation's tags, in their long form."""


def _long_form(loader: Loader, tag: str, node: yaml.Node) -> dict[str, Any]:
    name = tag if tag in ("Ref", "Condition") else f"Fn::{tag}"
    if isinstance(node, yaml.ScalarNode):
        value: Any = loader.construct_scalar(node)
        return {name: value.split(".", 1) if tag == "GetAtt" else value}
    if isinstance(node, yaml.SequenceNode):
        return {name: loader.construct_sequence(node, deep=True)}
    raise ValueError(f"{FILE.name} has !{tag} before a mapping.")


Loader.add_multi_constructor("!", _long_form)


@cache
def template() -> dict[str, Any]:
    """The whole template, its intrinsic functions in their long form."""
    loaded: dict[str, Any] = yaml.load(FILE.read_text(encoding="utf-8"), Loader)
    return loaded


def parameters() -> dict[str, Any]:
    """What the template is given here; a queue is called as its parameter."""
    return {name: GIVEN.get(name, told.get("Default", name)) for name, told in template()["Parameters"].items()}


def resources(kind: str) -> dict[str, dict[str, Any]]:
    """The properties of all resources of the kind, by their names."""
    return {name: each["Properties"] for name, each in template()["Resources"].items() if each["Type"] == kind}


def resolved(value: Any) -> Any:
    """The value with references to parameters replaced; a resource stands for itself."""
    if isinstance(value, list):
        return [resolved(each) for each in value]
    if not isinstance(value, dict):
        return value
    if "Ref" in value:
        return {**GIVEN, **parameters()}.get(value["Ref"], value["Ref"])
    if "Fn::Sub" in value:
        known = {**GIVEN, **parameters()}
        return VARIABLE.sub(lambda found: str(known.get(found[1], found[1])), value["Fn::Sub"]).replace("${!", "${")
    return {name: resolved(each) for name, each in value.items()}


def alarms() -> dict[str, dict[str, Any]]:
    """The metric alarms' properties, resolved, by their names in the template."""
    return {name: resolved(properties) for name, properties in resources(ALARM).items()}


def composites() -> dict[str, dict[str, Any]]:
    """Likewise those that are made of others; a rule names them as the template does."""
    return {name: resolved(properties) for name, properties in resources(COMPOSITE).items()}


def dashboards() -> dict[str, dict[str, Any]]:
    """The dashboards' bodies, by their names in the template."""
    return {name: json.loads(resolved(each["DashboardBody"])) for name, each in resources(DASHBOARD).items()}


def for_emulator() -> str:
    """The template without what the emulator's CloudFormation refuses."""
    copied: dict[str, Any] = json.loads(json.dumps(template()))
    copied["Resources"] = {name: each for name, each in copied["Resources"].items() if each["Type"] != COMPOSITE}
    return json.dumps(copied)
