"""One template for every environment: parameters that explain themselves, alarms that roll back, and AWS's limits far away."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import tomllib
from pathlib import Path
from typing import Any

import pytest

from infra.local.layout import PROJECT, Layout, python_of
from infra.parameters import overrides
from tests.architecture.template import COMMON, FUNCTIONS, LAYER, NESTED, RESOURCES, ROOT, TEMPLATE, of_type, routes

PARAMETERS: dict[str, dict[str, Any]] = TEMPLATE["Parameters"]
STACK = "AWS::CloudFormation::Stack"
SAMCONFIG = tomllib.loads((ROOT / "samconfig.toml").read_text(encoding="utf-8"))
ENVIRONMENTS = ("dev", "staging", "prod")
MOST_RESOURCES, MOST_PARAMETERS, MOST_OUTPUTS, MOST_BYTES = 500, 200, 200, 1_000_000  # CloudFormation's, of a template
MARGIN = 0.85  # of them that we use at most
WITHOUT_GRADUAL_DEPLOYMENT = {"MigrateFunction"}  # it runs before the others are updated
Translated = dict[str, Any]


@pytest.fixture(scope="module")
def translated(tmp_path_factory: pytest.TempPathFactory) -> Translated:
    """What SAM makes of the template, by SAM's own tools."""
    folder = tmp_path_factory.mktemp("translated")
    shutil.copy(ROOT / "template.yaml", folder)
    shutil.copytree(ROOT / "infra", folder / "infra", ignore=shutil.ignore_patterns("local", "__pycache__"))
    python = python_of(Layout(PROJECT, PROJECT / ".local").sam_venv)
    command = [python, "-m", "infra.local.sam_transform", folder]
    subprocess.run(command, cwd=PROJECT, check=True, capture_output=True)
    content: Translated = json.loads((folder / "transformed.json").read_text(encoding="utf-8"))
    return content


def test_cloudformations_limits_are_far_away(translated: Translated) -> None:
    assert len(translated["Resources"]) < MARGIN * MOST_RESOURCES
    assert len(json.dumps(translated)) < MARGIN * MOST_BYTES
    for template in (translated, *NESTED.values()):
        assert len(template["Parameters"]) < MARGIN * MOST_PARAMETERS
        assert len(template.get("Outputs", {})) < MARGIN * MOST_OUTPUTS
        assert len(template["Resources"]) < MARGIN * MOST_RESOURCES


def test_no_role_is_shared_and_none_is_made_by_sam(translated: Translated) -> None:
    resources = translated["Resources"]
    functions = {name: each for name, each in resources.items() if each["Type"] == "AWS::Lambda::Function"}
    roles = [each["Properties"]["Role"]["Fn::GetAtt"][0] for each in functions.values()]
    assert len(set(roles)) == len(functions) == len(FUNCTIONS)
    managed = [
        policy
        for each in resources.values()
        if each["Type"] == "AWS::IAM::Role"
        for policy in each["Properties"].get("ManagedPolicyArns") or []
    ]
    assert managed and not [policy for policy in managed if isinstance(policy, str)]  # AWS's own are by name


def test_everything_calls_the_alias(translated: Translated) -> None:
    """What called a function by its name would have new code at once, and at a failure would keep it."""
    resources = translated["Resources"]
    aliases = {f"{name}Aliaslive" for name in FUNCTIONS}
    assert {name for name, each in resources.items() if each["Type"] == "AWS::Lambda::Alias"} == aliases
    callers = ("AWS::Lambda::EventSourceMapping", "AWS::Lambda::Permission")
    called = [each["Properties"]["FunctionName"]["Ref"] for each in resources.values() if each["Type"] in callers]
    targets = [
        target["Arn"]["Ref"]
        for each in resources.values()
        if each["Type"] == "AWS::Events::Rule"
        for target in each["Properties"]["Targets"]
    ]
    integrated = re.findall(r"functions/\$\{(\w+)\}/invocations", json.dumps(resources["Api"]))
    machine = [
        each["Ref"] for each in resources["SalesReportMachine"]["Properties"]["DefinitionSubstitutions"].values()
    ]
    assert called and targets and integrated and machine
    assert {*called, *targets, *integrated, *machine} <= aliases


def test_traffic_shifts_behind_alarms(translated: Translated) -> None:
    resources = translated["Resources"]
    groups = {name: each for name, each in resources.items() if each["Type"] == "AWS::CodeDeploy::DeploymentGroup"}
    assert groups.keys() == {f"{name}DeploymentGroup" for name in FUNCTIONS.keys() - WITHOUT_GRADUAL_DEPLOYMENT}
    for name in FUNCTIONS.keys() - WITHOUT_GRADUAL_DEPLOYMENT:
        group = groups[f"{name}DeploymentGroup"]["Properties"]
        alarms = {alarm["Name"]["Ref"] for alarm in group["AlarmConfiguration"]["Alarms"]}
        own = {f"{name.removesuffix('Function')}Errors"} if routes(name) else set()
        assert alarms == {"RollbackErrors", "RollbackLatency"} | own
        assert "DEPLOYMENT_STOP_ON_ALARM" in group["AutoRollbackConfiguration"]["Events"]


@pytest.mark.parametrize("name", [name for name in FUNCTIONS if routes(name)])
def test_an_interactive_function_is_watched_by_its_alias_and_starts_from_a_snapshot(name: str) -> None:
    alarm = RESOURCES[f"{name.removesuffix('Function')}Errors"]["Properties"]
    assert (alarm["Namespace"], alarm["MetricName"]) == ("AWS/Lambda", "Errors")
    assert [each["Value"] for each in alarm["Dimensions"]] == [{"Ref": name}, {"Sub": f"${{{name}}}:live"}]
    assert FUNCTIONS[name]["SnapStart"] == {"ApplyOn": {"If": ["HasSnapStart", "PublishedVersions", "None"]}}


def test_a_version_is_published_for_whatever_changes() -> None:
    """Else the alias would keep a version with the layers, and so the code, of another day."""
    assert COMMON["AutoPublishAlias"] == "live"
    assert COMMON["AutoPublishAliasAllProperties"] is True
    assert all(RESOURCES[name]["Properties"]["PublishLambdaVersion"] is True for name in of_type(LAYER))


def test_the_schema_is_there_before_the_code_that_needs_it() -> None:
    migration = RESOURCES["Migration"]["Properties"]
    assert migration["ServiceToken"] == {"GetAtt": "MigrateFunction.Arn"}
    assert migration["Code"] == {"Ref": "MigrateFunction.Version"}  # which has the migrations in it
    waiting = {name for name in FUNCTIONS if RESOURCES[name].get("DependsOn") == "Migration"}
    assert waiting == FUNCTIONS.keys() - {"MigrateFunction", "TokenClaimsFunction"}


def test_a_parameter_is_explained_and_grouped() -> None:
    interface = TEMPLATE["Metadata"]["AWS::CloudFormation::Interface"]
    grouped = [name for group in interface["ParameterGroups"] for name in group["Parameters"]]
    assert sorted(grouped) == sorted(PARAMETERS)
    assert interface["ParameterLabels"].keys() <= PARAMETERS.keys()
    for name, parameter in PARAMETERS.items():
        assert parameter["Description"].strip(), name
        assert "Default" in parameter, f"{name} has to be given at every first deploy"
        assert ("AllowedPattern" in parameter) == ("ConstraintDescription" in parameter), name


@pytest.mark.parametrize("name", [name for name, each in PARAMETERS.items() if "AllowedPattern" in each])
def test_a_default_is_what_its_pattern_allows(name: str) -> None:
    parameter = PARAMETERS[name]
    if parameter["Type"] == "CommaDelimitedList" and not parameter["Default"]:
        return
    assert re.fullmatch(parameter["AllowedPattern"], parameter["Default"])


@pytest.mark.parametrize("name", of_type(STACK))
def test_a_nested_stack_is_given_parameters_that_it_has(name: str) -> None:
    stack = RESOURCES[name]["Properties"]
    wanted = NESTED[Path(stack["TemplateURL"]).stem]["Parameters"]
    assert stack["Parameters"].keys() <= wanted.keys()
    assert {each for each, parameter in wanted.items() if "Default" not in parameter} <= stack["Parameters"].keys()


def test_outputs_that_are_used_are_there() -> None:
    text = (ROOT / "template.yaml").read_text(encoding="utf-8")
    stacks = {name: Path(RESOURCES[name]["Properties"]["TemplateURL"]).stem for name in of_type(STACK)}
    used = re.findall(r"(\w+)\.Outputs\.(\w+)", text)
    assert used
    assert [(name, output) for name, output in used if output not in NESTED[stacks[name]]["Outputs"]] == []


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_an_environment_sets_what_there_is(environment: str) -> None:
    given = overrides(SAMCONFIG, environment)
    assert given["Environment"] == environment
    for name, value in given.items():
        parameter = PARAMETERS[name]
        assert value in [str(each) for each in parameter.get("AllowedValues", [value])]
        assert parameter.get("MinValue", 0) <= (float(value) if parameter["Type"] == "Number" else 0) or (
            parameter["Type"] != "Number"
        )
        assert not parameter.get("NoEcho"), f"{name} is a secret"
    assert {"CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"} == set(
        SAMCONFIG[environment]["deploy"]["parameters"]["capabilities"].split()
    )


def test_environments_share_no_metrics_and_no_bucket_of_code() -> None:
    assert len({overrides(SAMCONFIG, name)["MetricsNamespace"] for name in ENVIRONMENTS}) == len(ENVIRONMENTS)
    assert len({SAMCONFIG[name]["deploy"]["parameters"]["s3_prefix"] for name in ENVIRONMENTS}) == len(ENVIRONMENTS)


def test_only_dev_gets_new_code_at_once() -> None:
    shifts = {name: overrides(SAMCONFIG, name)["DeploymentPreference"] for name in ENVIRONMENTS}
    assert shifts["dev"] == "AllAtOnce"
    assert "AllAtOnce" not in (shifts["staging"], shifts["prod"])
