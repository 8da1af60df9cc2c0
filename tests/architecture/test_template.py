"""template.yaml gives each function its own log, its own rights, and no more than it needs; and it deploys all there is."""

from __future__ import annotations

import importlib
import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from cafe_ai.jobs.model import JobKind

ROOT = Path(__file__).parents[2]
FUNCTION = "AWS::Serverless::Function"
LAYER = "AWS::Serverless::LayerVersion"
MACHINE = "SalesReportMachine"
BUCKETS = {"REPORTS_BUCKET": "ReportsBucket", "MODELS_BUCKET": "ModelsBucket"}
PREFIXES = {"ReportsBucket": {"work/", "reports/"}, "ModelsBucket": {"models/"}}
SEARCHING = {
    "QueryFunction",
    "RecommendFunction",
    "ProductSuggestionsFunction",
    "DocumentsFunction",
    "IndexerFunction",
    "ProductRecommendationsJobFunction",
}
WRITING = {"SalesAnalysisFunction", "ReportNarrateFunction"}  # they call the language model and search nothing
DRAWING = {"ReportRenderFunction"}
LEARNING = {
    "CustomerBehaviorJobFunction",
    "InventoryForecastJobFunction",
    "TrainModelsJobFunction",
}  # they train or use a model of ml/
READING = {"ReviewAnalysisJobFunction"}  # reviews, with E5: it calls no paid model
QUEUE_VARIABLES = {"AUDIT_QUEUE_URL": "AuditQueue", "INDEX_QUEUE_URL": "IndexQueue"}
JOB_QUEUES = {
    JobKind.SALES_REPORT: ("SalesReportQueue", "SalesReportJobFunction"),
    JobKind.PRODUCT_RECOMMENDATIONS: ("ProductRecommendationsQueue", "ProductRecommendationsJobFunction"),
    JobKind.CUSTOMER_BEHAVIOR: ("CustomerBehaviorQueue", "CustomerBehaviorJobFunction"),
    JobKind.INVENTORY_FORECAST: ("InventoryForecastQueue", "InventoryForecastJobFunction"),
    JobKind.REVIEW_ANALYSIS: ("ReviewAnalysisQueue", "ReviewAnalysisJobFunction"),
    JobKind.TRAIN_MODELS: ("TrainModelsQueue", "TrainModelsJobFunction"),
    JobKind.CLEANUP: ("CleanupQueue", "CleanupJobFunction"),
}
NAMED_QUEUES = {**{kind.value: queue for kind, (queue, _) in JOB_QUEUES.items()}, "notifications": "NotificationsQueue"}
NAMED_URL = re.compile(r"(\w+)=\$\{(\w+)\}")
PART_OF_BUCKET = re.compile(r"\$\{(\w+)\.Arn\}/\w+/\*")
IDENTITY = "arn:${AWS::Partition}:ses:${AWS::Region}:${AWS::AccountId}:identity/${MailIdentity}"
COPIED = re.compile(r"^build-(\w+):\n(?:\t.*\n)*?\t\$\(call (copy(?:_ml)?),(\S+)\)", re.MULTILINE)
BUILT = {
    name: (how, folder) for name, how, folder in COPIED.findall((ROOT / "functions" / "Makefile").read_text("utf-8"))
}
IMPORTS_ML = re.compile(r"^\s*(?:from|import) ml\b", re.MULTILINE)


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


def listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def granted_on(name: str, service: str) -> dict[str, set[str]]:
    """What the function may do with resources of the template through a service, by the resource's name."""
    found: dict[str, set[str]] = {}
    for statement in statements(name):
        actions = {
            action.partition(":")[2] for action in listed(statement["Action"]) if action.startswith(f"{service}:")
        }
        for resource in listed(statement["Resource"]) if actions else []:
            found.setdefault(named(resource) or "nothing that is named", set()).update(actions)
    return found


def named(resource: Any) -> str | None:
    """The template's resource that a statement is about; None where it names none."""
    if not isinstance(resource, Intrinsic):
        return None
    if "Sub" in resource:
        part = PART_OF_BUCKET.fullmatch(resource["Sub"])
        return "MailIdentity" if resource["Sub"] == IDENTITY else part and part[1]
    name: str = resource["GetAtt"].partition(".")[0] if "GetAtt" in resource else resource.get("Ref", "")
    return name if name in RESOURCES else None


def sends_to(name: str) -> set[str]:
    policies = [policy.get("SQSSendMessagePolicy") for policy in FUNCTIONS[name].get("Policies", [])]
    audited = {policy["QueueName"]["GetAtt"].partition(".")[0] for policy in policies if policy}
    return audited | {queue for queue, actions in granted_on(name, "sqs").items() if "SendMessage" in actions}


def queues_told(name: str) -> dict[str, str]:
    """The queues whose URL the function is told under a name, by that name."""
    return dict(NAMED_URL.findall(variables(name).get("QUEUE_URLS", {}).get("Sub", "")))


def queues_of(name: str) -> set[str]:
    """The queues that the function takes messages from."""
    return {event["Queue"]["GetAtt"].partition(".")[0] for event in events(name, "SQS")}


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
        granted = listed(statement["Resource"])
        assert granted and all(named(one) for one in granted)
        assert not any("*" in action for action in listed(statement["Action"]))


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_function_has_the_layers_and_the_key_of_what_it_does(name: str) -> None:
    searches, writes = name in SEARCHING, name in WRITING
    needed = {"CoreLayer", "WebLayer"}
    needed |= {"AiLayer"} if searches or writes or name in READING else set()
    needed |= {"EmbeddingsLayer"} if searches else set()
    needed |= {"E5Layer"} if name in READING else set()
    needed |= {"ReportLayer"} if name in DRAWING else set()
    needed |= {"MlLayer"} if name in LEARNING else set()
    assert layers(name) == needed
    assert ("OPENAI_API_KEY" in variables(name), "CACHE_URL" in variables(name)) == (searches or writes, searches)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_function_reaches_the_database_in_one_role(name: str) -> None:
    migrates = name == "MigrateFunction"
    assert ("MIGRATION_DATABASE_URL" in variables(name), "DATABASE_URL" in variables(name)) == (migrates, not migrates)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_who_knows_a_queue_may_use_it_and_no_other(name: str) -> None:
    known = {queue for variable, queue in QUEUE_VARIABLES.items() if variable in variables(name)}
    known |= set(queues_told(name).values())
    assert known == sends_to(name) | granted_on(name, "sqs").keys()
    assert queues_told(name).items() <= NAMED_QUEUES.items()


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_message_is_delayed_by_who_takes_it(name: str) -> None:
    """Its own queue only: a worker that fails says when the message is to come again."""
    delays = {queue for queue, actions in granted_on(name, "sqs").items() if "ChangeMessageVisibility" in actions}
    assert delays == queues_of(name) & {*NAMED_QUEUES.values(), "AuditQueue"}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_who_knows_a_bucket_or_the_machine_may_use_it(name: str) -> None:
    for variable, bucket in BUCKETS.items():
        assert (variable in variables(name)) == (bucket in granted_on(name, "s3"))
    starts = {MACHINE: {"StartExecution"}} if "REPORT_MACHINE_ARN" in variables(name) else {}
    assert granted_on(name, "states") == starts
    assert ("MAIL_FROM" in variables(name)) == ("MailIdentity" in granted_on(name, "ses"))


@pytest.mark.parametrize("kind", JobKind)
def test_a_kind_of_job_has_a_queue_and_a_worker_of_its_own(kind: JobKind) -> None:
    queue, worker = JOB_QUEUES[kind]
    assert queues_of(worker) == {queue}
    assert [name for name in FUNCTIONS if queue in queues_of(name)] == [worker]
    (source,) = events(worker, "SQS")
    assert source["ScalingConfig"]["MaximumConcurrency"] >= 2


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
    states = {name for name, each in FUNCTIONS.items() if each["CodeUri"].startswith("functions/report/")}
    substituted = {each["GetAtt"].partition(".")[0] for each in machine["DefinitionSubstitutions"].values()}
    invoked, logged = machine["Policies"][0]["Statement"]
    assert invoked["Action"] == "lambda:InvokeFunction"
    assert substituted == {named(each) for each in invoked["Resource"]} == states
    assert all(action.startswith("logs:") for action in logged["Action"])
    assert machine["Type"] == "STANDARD"
    assert machine["Logging"]["IncludeExecutionData"] is False
    definition = (ROOT / machine["DefinitionUri"]).read_text(encoding="utf-8")
    assert set(re.findall(r"\$\{(\w+)\}", definition)) == machine["DefinitionSubstitutions"].keys()


@pytest.mark.parametrize("name", PREFIXES)
def test_a_bucket_is_closed_encrypted_and_forgets(name: str) -> None:
    bucket = RESOURCES[name]["Properties"]
    assert all(bucket["PublicAccessBlockConfiguration"].values())
    assert len(bucket["PublicAccessBlockConfiguration"]) == 4
    assert bucket["BucketEncryption"]
    assert {rule["Prefix"] for rule in bucket["LifecycleConfiguration"]["Rules"]} == PREFIXES[name]
    (refusal,) = RESOURCES[f"{name}Policy"]["Properties"]["PolicyDocument"]["Statement"]
    assert (refusal["Effect"], refusal["Condition"]) == ("Deny", {"Bool": {"aws:SecureTransport": False}})


@pytest.mark.parametrize("name", [name for name, each in RESOURCES.items() if each["Type"] == "AWS::SQS::Queue"])
def test_a_queue_is_encrypted(name: str) -> None:
    assert RESOURCES[name]["Properties"]["SqsManagedSseEnabled"] is True


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
    made = {name: each["Properties"] for name, each in RESOURCES.items() if each["Type"] == LAYER}
    folders = {path.parent.name for path in ROOT.glob("layers/*/Makefile")}
    assert {each["ContentUri"] for each in made.values()} == {f"layers/{folder}" for folder in folders}
    for name, each in made.items():
        assert f"build-{name}:" in (ROOT / each["ContentUri"] / "Makefile").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", [name for name in FUNCTIONS if events(name, "SQS")])
def test_a_message_that_fails_comes_again_and_then_is_kept(name: str) -> None:
    timeout = FUNCTIONS[name].get("Timeout", COMMON["Timeout"])
    for event in events(name, "SQS"):
        queue = RESOURCES[event["Queue"]["GetAtt"].partition(".")[0]]["Properties"]
        assert queue["VisibilityTimeout"] >= 6 * timeout
        assert event["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
        if name == "DeadLettersFunction":  # what it cannot handle stays where it is, for two weeks
            assert queue["MessageRetentionPeriod"] == 1209600
            continue
        # what waits for the database comes again ever later, so it may be received more often
        assert queue["RedrivePolicy"]["maxReceiveCount"] == (20 if name == "AuditSpoolFunction" else 5)
        assert RESOURCES[queue["RedrivePolicy"]["deadLetterTargetArn"]["GetAtt"].partition(".")[0]]


def test_nobody_calls_without_a_token() -> None:
    auth = RESOURCES["Api"]["Properties"]["Auth"]
    assert auth["DefaultAuthorizer"] in auth["Authorizers"]
    assert not any("Auth" in event for name in FUNCTIONS for event in events(name, "HttpApi"))


def test_the_sample_environment_is_the_templates() -> None:
    sample = json.loads((ROOT / "events" / "env.example.json").read_text(encoding="utf-8"))
    told = {name: {*variables(name), "LOG_LEVEL"} for name in FUNCTIONS}
    assert {name: set(environment) for name, environment in sample.items()} == told


def test_the_api_sends_jobs_of_every_kind() -> None:
    assert queues_told("JobsFunction") == {kind.value: queue for kind, (queue, _) in JOB_QUEUES.items()}
