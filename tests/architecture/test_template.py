"""template.yaml deploys all there is, each function with its own log, its layers, and what it is called by."""

from __future__ import annotations

import importlib
import json
import re

import pytest

from cafe_ai.jobs.model import JobKind
from tests.architecture.template import (
    COMMON,
    FUNCTIONS,
    LAYER,
    MACHINE,
    QUEUE,
    RESOURCES,
    ROOT,
    events,
    layers,
    of_type,
    queues_of,
    queues_told,
    routes,
    timeout,
    variables,
)
from tests.architecture.template_parts import (
    DRAWING,
    JOB_QUEUES,
    LEARNING,
    NAMED_QUEUES,
    READING,
    SEARCHING,
    WRITING,
)

COPIED = re.compile(r"^build-(\w+):\n(?:\t.*\n)*?\t\$\(call (copy(?:_ml)?),(\S+)\)", re.MULTILINE)
BUILT = {
    name: (how, folder) for name, how, folder in COPIED.findall((ROOT / "functions" / "Makefile").read_text("utf-8"))
}
IMPORTS_ML = re.compile(r"^\s*(?:from|import) ml\b", re.MULTILINE)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_function_has_a_log_of_its_own_that_is_encrypted_and_forgets(name: str) -> None:
    group = FUNCTIONS[name]["LoggingConfig"]["LogGroup"]["Ref"]
    assert group == name.removesuffix("Function") + "Logs"
    log = RESOURCES[group]["Properties"]
    assert (log["RetentionInDays"], log["KmsKeyId"]) == ({"Ref": "LogRetentionDays"}, {"GetAtt": "Key.Arn"})


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_function_has_the_layers_of_what_it_does(name: str) -> None:
    searches, writes = name in SEARCHING, name in WRITING
    needed = {"CoreLayer", "WebLayer"}
    needed |= {"AiLayer"} if searches or writes or name in READING else set()
    needed |= {"EmbeddingsLayer"} if searches else set()
    needed |= {"E5Layer"} if name in READING else set()
    needed |= {"ReportLayer"} if name in DRAWING else set()
    needed |= {"MlLayer"} if name in LEARNING else set()
    assert layers(name) == needed
    assert ("OPENAI_SECRET_ARN" in variables(name), "CACHE_URL" in variables(name)) == (searches or writes, searches)


@pytest.mark.parametrize("kind", JobKind)
def test_a_kind_of_job_has_a_queue_and_a_worker_of_its_own(kind: JobKind) -> None:
    queue, worker = JOB_QUEUES[kind]
    assert queues_of(worker) == {queue}
    assert [name for name in FUNCTIONS if queue in queues_of(name)] == [worker]
    (source,) = events(worker, "SQS")
    assert source["ScalingConfig"]["MaximumConcurrency"]


def test_what_fails_for_good_is_told_of() -> None:
    """Whatever a dead-letter queue of jobs or notifications gets, one function takes and marks as failed."""
    targets = {
        RESOURCES[queue]["Properties"]["RedrivePolicy"]["deadLetterTargetArn"]["GetAtt"]
        for queue in NAMED_QUEUES.values()
    }
    assert queues_of("DeadLettersFunction") == {target.partition(".")[0] for target in targets}
    assert len(targets) == len(NAMED_QUEUES)


def test_the_relay_reaches_every_queue() -> None:
    assert queues_told("OutboxRelayFunction") == NAMED_QUEUES
    assert queues_told("RedriveFunction").keys() == set(JobKind)


def test_the_machine_runs_the_reports_functions_and_no_others() -> None:
    machine = RESOURCES[MACHINE]["Properties"]
    states = {f"{name}.Alias" for name, each in FUNCTIONS.items() if each["CodeUri"].startswith("functions/report/")}
    substituted = {each["Ref"] for each in machine["DefinitionSubstitutions"].values()}
    invoked, logged = machine["Policies"][0]["Statement"]
    assert invoked["Action"] == "lambda:InvokeFunction"
    assert substituted == {each["Ref"] for each in invoked["Resource"]} == states
    assert all(action.startswith("logs:") for action in logged["Action"])
    assert machine["Type"] == "STANDARD"
    assert machine["Logging"]["IncludeExecutionData"] is False
    definition = (ROOT / machine["DefinitionUri"]).read_text(encoding="utf-8")
    assert set(re.findall(r"\$\{(\w+)\}", definition)) == machine["DefinitionSubstitutions"].keys()


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
    folders = {path.parent.relative_to(ROOT).as_posix() for path in ROOT.glob("functions/*/*/handler.py")}
    assert {name: f"functions/{folder}" for name, (_, folder) in BUILT.items()} == deployed
    assert sorted(deployed.values()) == sorted(folders)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_function_has_ml_where_it_imports_it_and_no_api_does(name: str) -> None:
    code = FUNCTIONS[name]["CodeUri"]
    imports = IMPORTS_ML.search((ROOT / code / "handler.py").read_text(encoding="utf-8")) is not None
    copied = BUILT[name][0] == "copy_ml"
    assert copied or not (imports or "MlLayer" in layers(name))
    assert not copied or code.startswith("functions/workers/")


def test_a_layers_folder_is_built_by_its_name() -> None:
    made = {name: RESOURCES[name]["Properties"] for name in of_type(LAYER)}
    folders = {path.parent.name for path in ROOT.glob("layers/*/Makefile")}
    assert {each["ContentUri"] for each in made.values()} == {f"layers/{folder}" for folder in folders}
    for name, each in made.items():
        assert f"build-{name}:" in (ROOT / each["ContentUri"] / "Makefile").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", [name for name in FUNCTIONS if events(name, "SQS")])
def test_a_message_that_fails_comes_again_and_then_is_kept(name: str) -> None:
    for event in events(name, "SQS"):
        queue = RESOURCES[event["Queue"]["GetAtt"].partition(".")[0]]["Properties"]
        assert queue["VisibilityTimeout"] >= 6 * timeout(name)
        assert event["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
        if name == "DeadLettersFunction":  # what it cannot handle stays where it is, for two weeks
            assert queue["MessageRetentionPeriod"] == 1209600
            continue
        # what waits for the database comes again ever later, so it may be received more often
        assert queue["RedrivePolicy"]["maxReceiveCount"] == (20 if name == "AuditSpoolFunction" else 5)
        assert RESOURCES[queue["RedrivePolicy"]["deadLetterTargetArn"]["GetAtt"].partition(".")[0]]


@pytest.mark.parametrize("name", of_type(QUEUE))
def test_a_dead_letter_is_kept_for_as_long_as_it_can_be(name: str) -> None:
    if "DeadLetters" in name:
        assert RESOURCES[name]["Properties"]["MessageRetentionPeriod"] == 1209600


def test_nobody_calls_without_a_token() -> None:
    auth = RESOURCES["Api"]["Properties"]["Auth"]
    assert auth["DefaultAuthorizer"] in auth["Authorizers"]
    assert not any("Auth" in event for name in FUNCTIONS for event in events(name, "HttpApi"))


def test_the_gateway_refuses_a_flood() -> None:
    throttled = RESOURCES["Api"]["Properties"]["DefaultRouteSettings"]
    assert throttled["ThrottlingRateLimit"] == {"Ref": "ApiRequestsPerSecond"}
    assert throttled["ThrottlingBurstLimit"] == {"Ref": "ApiBurst"}


def test_the_sample_environment_is_the_templates() -> None:
    sample = json.loads((ROOT / "events" / "env.example.json").read_text(encoding="utf-8"))
    common = COMMON["Environment"]["Variables"]
    told = {name: {*common, *each.get("Environment", {}).get("Variables", {})} for name, each in FUNCTIONS.items()}
    assert {name: set(environment) for name, environment in sample.items()} == told


def test_the_api_sends_jobs_of_every_kind() -> None:
    assert queues_told("JobsFunction") == {kind.value: queue for kind, (queue, _) in JOB_QUEUES.items()}
