"""template.yaml gives each function its own log, its own rights, and no more than it needs; and it deploys all there is."""

from __future__ import annotations

import importlib
import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[2]
FUNCTION = "AWS::Serverless::Function"
SEARCHING = {"QueryFunction", "RecommendFunction", "ProductSuggestionsFunction", "DocumentsFunction", "IndexerFunction"}
QUEUE_VARIABLES = {"AUDIT_QUEUE_URL": "AuditQueue", "INDEX_QUEUE_URL": "IndexQueue"}
COPIED = re.compile(r"^build-(\w+):\n(?:\t.*\n)*?\t\$\(call copy,(\S+)\)", re.MULTILINE)


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
TEMPLATE: dict[str, Any] = yaml.load((ROOT / "template.yaml").read_text(encoding="utf-8"), Loader)
RESOURCES: dict[str, dict[str, Any]] = TEMPLATE["Resources"]
FUNCTIONS = {name: each["Properties"] for name, each in RESOURCES.items() if each["Type"] == FUNCTION}
COMMON = TEMPLATE["Globals"]["Function"]


def variables(name: str) -> dict[str, Any]:
    found: dict[str, Any] = FUNCTIONS[name]["Environment"]["Variables"]
    return found


def layers(name: str) -> set[str]:
    return {layer["Ref"] for layer in (*COMMON["Layers"], *FUNCTIONS[name].get("Layers", []))}


def events(name: str, kind: str) -> list[dict[str, Any]]:
    return [event["Properties"] for event in FUNCTIONS[name].get("Events", {}).values() if event["Type"] == kind]


def statements(name: str) -> list[dict[str, Any]]:
    return [one for policy in FUNCTIONS[name].get("Policies", []) for one in policy.get("Statement", [])]


def sends_to(name: str) -> set[str]:
    policies = [policy.get("SQSSendMessagePolicy") for policy in FUNCTIONS[name].get("Policies", [])]
    return {policy["QueueName"]["GetAtt"].partition(".")[0] for policy in policies if policy}


def routes(name: str) -> set[tuple[str, str]]:
    return {(event["Method"], event["Path"]) for event in events(name, "HttpApi")}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_function_has_a_log_of_its_own_that_forgets(name: str) -> None:
    group = FUNCTIONS[name]["LoggingConfig"]["LogGroup"]["Ref"]
    assert group == name.removesuffix("Function") + "Logs"
    assert RESOURCES[group]["Properties"]["RetentionInDays"]


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_function_has_a_role_of_its_own_with_named_resources_alone(name: str) -> None:
    assert "Role" not in FUNCTIONS[name] and "Role" not in COMMON and "Policies" not in COMMON
    for statement in statements(name):
        granted = statement["Resource"] if isinstance(statement["Resource"], list) else [statement["Resource"]]
        assert granted and all(isinstance(one, Intrinsic) and "GetAtt" in one for one in granted)
        actions = statement["Action"] if isinstance(statement["Action"], list) else [statement["Action"]]
        assert not any("*" in action for action in actions)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_only_what_searches_has_the_models_and_their_key(name: str) -> None:
    searches = name in SEARCHING
    assert layers(name) == {"CoreLayer", "WebLayer"} | ({"AiLayer", "EmbeddingsLayer"} if searches else set())
    assert ("OPENAI_API_KEY" in variables(name), "CACHE_URL" in variables(name)) == (searches, searches)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_function_reaches_the_database_in_one_role(name: str) -> None:
    migrates = name == "MigrateFunction"
    assert ("MIGRATION_DATABASE_URL" in variables(name), "DATABASE_URL" in variables(name)) == (migrates, not migrates)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_who_knows_a_queue_may_use_it_and_no_other(name: str) -> None:
    known = {queue for variable, queue in QUEUE_VARIABLES.items() if variable in variables(name)}
    asked = {one["GetAtt"].partition(".")[0] for statement in statements(name) for one in statement["Resource"]}
    assert known == sends_to(name) | asked


@pytest.mark.parametrize("name", FUNCTIONS)
def test_what_has_routes_checks_tokens(name: str) -> None:
    checked = {"JWT_ISSUER", "JWT_AUDIENCE", "JWKS_URL", "RATE_LIMIT_PER_MINUTE"}
    assert checked & variables(name).keys() == (checked if routes(name) else set())


@pytest.mark.parametrize("name", [name for name in FUNCTIONS if routes(name)])
def test_the_routes_are_those_of_the_code(name: str) -> None:
    module = importlib.import_module(FUNCTIONS[name]["CodeUri"].replace("/", ".") + ".handler")
    paths = module.app.openapi()["paths"]
    assert routes(name) == {(method.upper(), path) for path, methods in paths.items() for method in methods}


def test_every_handler_is_deployed_and_built_from_its_folder() -> None:
    deployed = {name: each["CodeUri"] for name, each in FUNCTIONS.items()}
    built = dict(COPIED.findall((ROOT / "functions" / "Makefile").read_text(encoding="utf-8")))
    folders = {path.parent.relative_to(ROOT).as_posix() for path in ROOT.glob("functions/*/*/handler.py")}
    assert {name: f"functions/{folder}" for name, folder in built.items()} == deployed
    assert sorted(deployed.values()) == sorted(folders)


@pytest.mark.parametrize("name", [name for name in FUNCTIONS if events(name, "SQS")])
def test_a_message_that_fails_comes_again_and_then_is_kept(name: str) -> None:
    timeout = FUNCTIONS[name].get("Timeout", COMMON["Timeout"])
    for event in events(name, "SQS"):
        queue = RESOURCES[event["Queue"]["GetAtt"].partition(".")[0]]["Properties"]
        assert queue["VisibilityTimeout"] >= 6 * timeout
        assert queue["RedrivePolicy"]["maxReceiveCount"] == 5
        assert RESOURCES[queue["RedrivePolicy"]["deadLetterTargetArn"]["GetAtt"].partition(".")[0]]
        assert event["FunctionResponseTypes"] == ["ReportBatchItemFailures"]


def test_nobody_calls_without_a_token() -> None:
    auth = RESOURCES["Api"]["Properties"]["Auth"]
    assert auth["DefaultAuthorizer"] in auth["Authorizers"]
    assert not any("Auth" in event for name in FUNCTIONS for event in events(name, "HttpApi"))


def test_the_sample_environment_is_the_templates() -> None:
    sample = json.loads((ROOT / "events" / "env.example.json").read_text(encoding="utf-8"))
    told = {name: {*variables(name), "LOG_LEVEL"} for name in FUNCTIONS}
    assert {name: set(environment) for name, environment in sample.items()} == told
