"""template.yaml as the tests of it read it: what each function is told, may do and is called by."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[2]
FUNCTION = "AWS::Serverless::Function"
LAYER = "AWS::Serverless::LayerVersion"
QUEUE = "AWS::SQS::Queue"
BUCKET = "AWS::S3::Bucket"
MACHINE = "SalesReportMachine"
PART_OF_BUCKET = re.compile(r"\$\{(\w+)\.Arn\}/\w+/\*")
IDENTITY = "arn:${AWS::Partition}:ses:${AWS::Region}:${AWS::AccountId}:identity/${MailIdentity}"
DATABASE_USER = re.compile(r"arn:\$\{AWS::Partition\}:rds-db:.*:dbuser:\$\{Server\}/(\w+)")
NAMED_URL = re.compile(r"(\w+)=\$\{(\w+)\}")


class Intrinsic(dict[str, Any]):
    """A CloudFormation function: its tag, and what it is given."""


class Loader(yaml.SafeLoader):
    """YAML with CloudFormation's tags."""


def _intrinsic(loader: Loader, tag: str, node: yaml.Node) -> Intrinsic:
    if isinstance(node, yaml.ScalarNode):
        return Intrinsic({tag: loader.construct_scalar(node)})
    if isinstance(node, yaml.SequenceNode):
        return Intrinsic({tag: loader.construct_sequence(node, deep=True)})
    return Intrinsic({tag: loader.construct_mapping(node, deep=True)})


Loader.add_multi_constructor("!", _intrinsic)


def read(path: Path) -> dict[str, Any]:
    content: dict[str, Any] = yaml.load(path.read_text(encoding="utf-8"), Loader)
    return content


TEMPLATE = read(ROOT / "template.yaml")
RESOURCES: dict[str, dict[str, Any]] = TEMPLATE["Resources"]
NESTED = {path.stem: read(path) for path in sorted((ROOT / "infra").glob("*.yaml"))}
FUNCTIONS = {name: each["Properties"] for name, each in RESOURCES.items() if each["Type"] == FUNCTION}
COMMON = TEMPLATE["Globals"]["Function"]
COMMON_VARIABLES: dict[str, Any] = COMMON["Environment"]["Variables"]


def of_type(wanted: str) -> list[str]:
    return [name for name, each in RESOURCES.items() if each["Type"] == wanted]


def variables(name: str) -> dict[str, Any]:
    """What the function is told, by the variables' names; a common one that it empties it is not told."""
    told = {**COMMON_VARIABLES, **FUNCTIONS[name].get("Environment", {}).get("Variables", {})}
    return {variable: value for variable, value in told.items() if value not in ("", "NO")}


def layers(name: str) -> set[str]:
    return {layer["Ref"] for layer in (*COMMON["Layers"], *FUNCTIONS[name].get("Layers", []))}


def timeout(name: str) -> int:
    seconds: int = FUNCTIONS[name].get("Timeout", COMMON["Timeout"])
    return seconds


def events(name: str, kind: str) -> list[dict[str, Any]]:
    return [event["Properties"] for event in FUNCTIONS[name].get("Events", {}).values() if event["Type"] == kind]


def routes(name: str) -> set[tuple[str, str]]:
    return {(event["Method"], event["Path"]) for event in events(name, "HttpApi")}


def listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def branches(value: Any) -> Iterator[Any]:
    """What an If may come to, without AWS::NoValue; anything else is itself."""
    if isinstance(value, Intrinsic) and "If" in value:
        for branch in value["If"][1:]:
            yield from branches(branch)
    elif value != {"Ref": "AWS::NoValue"}:
        yield value


def role(name: str) -> dict[str, Any]:
    """The function's role."""
    found: dict[str, Any] = RESOURCES[FUNCTIONS[name]["Role"]["GetAtt"].removesuffix(".Arn")]["Properties"]
    return found


def statements(name: str) -> list[dict[str, Any]]:
    """All that the function's role is granted, whatever the conditions, but its log and its interfaces in a VPC."""
    documents = [policy["PolicyDocument"] for policy in role(name)["Policies"]]
    documents += [
        RESOURCES[policy["Ref"]]["Properties"]["PolicyDocument"]
        for each in role(name)["ManagedPolicyArns"]
        for policy in branches(each)
        if policy != {"Ref": "EnterNetwork"}
    ]
    own = [
        statement for document in documents for each in listed(document["Statement"]) for statement in branches(each)
    ]
    return [statement for statement in own if not logs(statement)]


def logs(statement: dict[str, Any]) -> bool:
    return all(action.startswith("logs:") for action in listed(statement["Action"]))


def granted_on(name: str, service: str) -> dict[str, set[str]]:
    """What the function may do with resources of the template through a service, by the resource's name."""
    found: dict[str, set[str]] = {}
    for statement in statements(name):
        actions = {
            action.partition(":")[2] for action in listed(statement["Action"]) if action.startswith(f"{service}:")
        }
        for resource in listed(statement["Resource"]) if actions else []:
            for one in branches(resource):
                found.setdefault(named(one) or "nothing that is named", set()).update(actions)
    return found


def named(resource: Any) -> str | None:
    """The template's resource or parameter that a statement is about; None where it names none."""
    if not isinstance(resource, Intrinsic):
        return None
    if "Sub" in resource:
        return _substituted(resource["Sub"])
    name: str = resource["GetAtt"] if "GetAtt" in resource else resource.get("Ref", "")
    name = name.partition(".")[0]
    return name if name in RESOURCES or name in TEMPLATE["Parameters"] else None


def _substituted(text: Any) -> str | None:
    if isinstance(text, list):
        user = DATABASE_USER.fullmatch(text[0])
        return user and user[1]
    part = PART_OF_BUCKET.fullmatch(text)
    return "MailIdentity" if text == IDENTITY else part and part[1]


def sends_to(name: str) -> set[str]:
    return {queue for queue, actions in granted_on(name, "sqs").items() if "SendMessage" in actions}


def queues_told(name: str) -> dict[str, str]:
    """The queues whose URL the function is told under a name, by that name."""
    return dict(NAMED_URL.findall(variables(name).get("QUEUE_URLS", {}).get("Sub", "")))


def queues_of(name: str) -> set[str]:
    """The queues that the function takes messages from."""
    return {event["Queue"]["GetAtt"].partition(".")[0] for event in events(name, "SQS")}


def values_in(value: Any) -> Iterator[Any]:
    """The value and all that is in it, however deep."""
    yield value
    inside = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    for each in inside:
        yield from values_in(each)
