"""Least privilege: each function has a role of its own, what it is told of it may use, and nothing else."""

from __future__ import annotations

from typing import Any

import pytest

from tests.architecture.template import (
    BUCKET,
    FUNCTIONS,
    MACHINE,
    NESTED,
    QUEUE,
    RESOURCES,
    TEMPLATE,
    Intrinsic,
    branches,
    granted_on,
    listed,
    logs,
    named,
    of_type,
    queues_of,
    queues_told,
    role,
    sends_to,
    statements,
    values_in,
    variables,
)
from tests.architecture.template_parts import BUCKETS, NAMED_QUEUES, PREFIXES, QUEUE_VARIABLES, WITHOUT_DATABASE

KEY = {"GetAtt": "Key.Arn"}
ROLE = "AWS::IAM::Role"
BOUNDARY = {"If": ["HasBoundary", {"Ref": "PermissionsBoundaryArn"}, {"Ref": "AWS::NoValue"}]}
S3 = {"StringEquals": {"kms:ViaService": {"Sub": "s3.${AWS::Region}.amazonaws.com"}}}
SECRETS = {"StringEquals": {"kms:ViaService": {"Sub": "secretsmanager.${AWS::Region}.amazonaws.com"}}}
KEYS_NEEDED = {"GetObject": "Decrypt", "PutObject": "GenerateDataKey"}
# Actions that IAM grants for no resource by name: where, and which.
UNNAMEABLE = {
    ("DeploymentRole", "cloudwatch:DescribeAlarms"),
    *(
        ("EnterNetwork", f"ec2:{action}")
        for action in (
            "CreateNetworkInterface",
            "DescribeNetworkInterfaces",
            "DescribeSubnets",
            "DeleteNetworkInterface",
            "AssignPrivateIpAddresses",
            "UnassignPrivateIpAddresses",
        )
    ),
    *(
        ("SalesReportMachine", f"logs:{action}")
        for action in (
            "CreateLogDelivery",
            "GetLogDelivery",
            "UpdateLogDelivery",
            "DeleteLogDelivery",
            "ListLogDeliveries",
            "PutResourcePolicy",
            "DescribeResourcePolicies",
            "DescribeLogGroups",
        )
    ),
}

UNNAMEABLE_NESTED = {"vector_store": {("ImagePull", "ecr:GetAuthorizationToken")}}
# Resources with a policy of their own, in which * is the resource, or what is reached through it.
HAVE_POLICIES = ("AWS::KMS::Key", "AWS::EFS::FileSystem", "AWS::EC2::VPCEndpoint")


def granting(part: dict[str, Any]) -> list[dict[str, Any]]:
    """Every statement that grants something, wherever in a part of a template."""
    return [each for each in values_in(part) if isinstance(each, dict) and each.get("Effect") == "Allow"]


def unnamed(resource: Any) -> bool:
    """Whether it is no resource by name: * or a pattern that names none of the template's."""
    text = resource.get("Sub") if isinstance(resource, dict) else resource
    if isinstance(text, list):
        text = text[0]
    return isinstance(text, str) and (text == "*" or ("*" in text and named(resource) is None))


def wildcards(resources: dict[str, dict[str, Any]]) -> set[tuple[str, str]]:
    """Where something is granted for resources without a name, and what; a resource's own policy is about that one alone."""
    return {
        (name, action)
        for name, each in resources.items()
        if each["Type"] not in HAVE_POLICIES
        for statement in granting(each)
        if any(unnamed(one) for resource in listed(statement.get("Resource", [])) for one in branches(resource))
        for action in listed(statement["Action"])
    }


def test_nothing_is_granted_for_everything_but_what_has_no_name() -> None:
    assert wildcards(RESOURCES) == UNNAMEABLE


def test_a_wildcard_is_seen() -> None:
    """The check itself: what it would say of a policy for every queue, and of one for every file of a named bucket."""
    every = {"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": "*"}
    of_one = {
        "Effect": "Allow",
        "Action": "s3:GetObject",
        "Resource": Intrinsic({"Sub": "${ReportsBucket.Arn}/work/*"}),
    }
    many = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": Intrinsic({"Sub": "arn:${AWS::Partition}:s3:::*"})}
    resources = {name: {"Type": "Role", "Policy": [each]} for name, each in (("A", every), ("B", of_one), ("C", many))}
    assert wildcards(resources) == {("A", "sqs:SendMessage"), ("C", "s3:GetObject")}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_function_has_a_role_of_its_own_with_named_resources_alone(name: str) -> None:
    """And not what SAM would make, which may write to every log and, behind a queue, read from every queue."""
    assert FUNCTIONS[name]["Role"] == {"GetAtt": name.removesuffix("Function") + "Role.Arn"}
    assert "Policies" not in FUNCTIONS[name]
    assert role(name)["PermissionsBoundary"] == BOUNDARY
    (trust,) = role(name)["AssumeRolePolicyDocument"]["Statement"]
    assert (trust["Principal"], trust["Action"]) == ({"Service": "lambda.amazonaws.com"}, "sts:AssumeRole")
    for statement in statements(name):
        granted = [one for resource in listed(statement["Resource"]) for one in branches(resource)]
        assert granted and all(named(one) for one in granted)
        assert not any("*" in action for action in listed(statement["Action"]))


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_function_writes_to_its_own_log_alone(name: str) -> None:
    (policy,) = role(name)["Policies"]
    (written,) = (each for each in policy["PolicyDocument"]["Statement"] if "Action" in each and logs(each))
    assert written["Action"] == ["logs:CreateLogStream", "logs:PutLogEvents"]
    assert written["Resource"] == {"GetAtt": name.removesuffix("Function") + "Logs.Arn"}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_function_takes_messages_of_the_queues_that_call_it_alone(name: str) -> None:
    needed = {"ReceiveMessage", "DeleteMessage", "GetQueueAttributes"}
    assert {queue for queue, actions in granted_on(name, "sqs").items() if needed <= actions} == queues_of(name)
    assert {queue for queue, actions in granted_on(name, "sqs").items() if "ReceiveMessage" in actions} == queues_of(
        name
    )


def test_lambda_has_interfaces_in_the_network_and_the_functions_code_has_not() -> None:
    allowed, refused = RESOURCES["EnterNetwork"]["Properties"]["PolicyDocument"]["Statement"]
    assert all(action.startswith("ec2:") for action in allowed["Action"])
    assert (refused["Effect"], refused["Action"], refused["Resource"]) == ("Deny", "ec2:*", "*")
    assert refused["Condition"]["ArnLike"].keys() == {"lambda:SourceFunctionArn"}
    for name in FUNCTIONS:
        assert role(name)["ManagedPolicyArns"][0] == {
            "If": ["InVpc", {"Ref": "EnterNetwork"}, {"Ref": "AWS::NoValue"}],
        }


def test_every_role_may_be_bounded() -> None:
    bounded = [name for name, each in RESOURCES.items() if each["Type"] in (ROLE, "AWS::Serverless::StateMachine")]
    assert [name for name in bounded if RESOURCES[name]["Properties"]["PermissionsBoundary"] != BOUNDARY] == []


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_function_enters_the_database_as_the_user_that_it_is_told_of(name: str) -> None:
    told = {"DATABASE_URL", "MIGRATION_DATABASE_URL"} & variables(name).keys()
    users = set(granted_on(name, "rds-db"))
    if name in WITHOUT_DATABASE:
        assert (told, users) == (set(), set())
    elif name == "MigrateFunction":
        assert (told, users) == ({"MIGRATION_DATABASE_URL"}, {"cafe_ai_owner"})
    else:
        assert (told, users) == ({"DATABASE_URL"}, {"cafe_ai_app"})


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_function_reads_the_secrets_that_it_is_told_of(name: str) -> None:
    told = variables(name).keys()
    readable = set()
    readable |= {"OpenAiSecret", "OpenAiSecretArn"} if "OPENAI_SECRET_ARN" in told else set()
    readable |= {"OtlpSecret"} if "OTEL_EXPORTER_OTLP_ENDPOINT" in told else set()
    readable |= {"Database"} if "MIGRATION_MASTER_SECRET_ARN" in told else set()
    assert granted_on(name, "secretsmanager").keys() == readable
    assert not {"OPENAI_API_KEY"} & told


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_function_uses_the_key_through_what_it_may_read_and_write(name: str) -> None:
    """And never by itself."""
    through: dict[str, set[str]] = {}
    for statement in statements(name):
        for action in listed(statement["Action"]):
            if action.startswith("kms:"):
                assert statement["Resource"] == KEY
                assert statement["Condition"] in (S3, SECRETS)
                through.setdefault("s3" if statement["Condition"] == S3 else "secrets", set()).add(action[4:])
    done = {action for actions in granted_on(name, "s3").values() for action in actions}
    assert through.get("s3", set()) == {KEYS_NEEDED[action] for action in done & KEYS_NEEDED.keys()}
    secrets = granted_on(name, "secretsmanager")
    assert through.get("secrets", set()) == ({"Decrypt"} if secrets else set())


@pytest.mark.parametrize("name", FUNCTIONS)
def test_who_knows_a_queue_may_use_it_and_no_other(name: str) -> None:
    known = {queue for variable, queue in QUEUE_VARIABLES.items() if variable in variables(name)}
    known |= set(queues_told(name).values())
    assert known | queues_of(name) == sends_to(name) | granted_on(name, "sqs").keys()
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


@pytest.mark.parametrize("name", FUNCTIONS)
def test_nothing_is_granted_beyond_what_is_checked_here(name: str) -> None:
    services = {action.partition(":")[0] for statement in statements(name) for action in listed(statement["Action"])}
    assert services <= {"kms", "rds-db", "s3", "secretsmanager", "ses", "sqs", "states"}


@pytest.mark.parametrize("name", of_type(BUCKET))
def test_a_bucket_is_closed_encrypted_and_forgets(name: str) -> None:
    bucket = RESOURCES[name]["Properties"]
    assert all(bucket["PublicAccessBlockConfiguration"].values())
    assert len(bucket["PublicAccessBlockConfiguration"]) == 4
    assert bucket["OwnershipControls"]["Rules"] == [{"ObjectOwnership": "BucketOwnerEnforced"}]
    assert all("ExpirationInDays" in rule or "AbortIncompleteMultipartUpload" in rule for rule in rules(name))
    assert refuses_plain_text(RESOURCES[f"{name}Policy"]["Properties"]["PolicyDocument"])


@pytest.mark.parametrize("name", PREFIXES)
def test_a_bucket_of_ours_has_our_key_and_its_reading_is_logged(name: str) -> None:
    bucket = RESOURCES[name]["Properties"]
    (encryption,) = bucket["BucketEncryption"]["ServerSideEncryptionConfiguration"]
    assert encryption["ServerSideEncryptionByDefault"] == {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": KEY}
    assert encryption["BucketKeyEnabled"]
    assert bucket["LoggingConfiguration"]["DestinationBucketName"] == {"Ref": "AccessLogsBucket"}
    assert {rule["Prefix"] for rule in rules(name) if "Prefix" in rule} == PREFIXES[name]


def rules(bucket: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = RESOURCES[bucket]["Properties"]["LifecycleConfiguration"]["Rules"]
    return found


@pytest.mark.parametrize("name", of_type(QUEUE))
def test_a_queue_is_encrypted_and_takes_nothing_in_plain_text(name: str) -> None:
    assert RESOURCES[name]["Properties"]["SqsManagedSseEnabled"] is True
    policy = RESOURCES[f"{name}Policy"]["Properties"]
    assert policy["Queues"] == [{"Ref": name}]
    assert policy["PolicyDocument"]["Statement"][0]["Resource"] == {"GetAtt": f"{name}.Arn"}
    assert refuses_plain_text(policy["PolicyDocument"])


def refuses_plain_text(document: dict[str, Any]) -> bool:
    refusal = document["Statement"][0]
    everybody = refusal["Principal"] == "*" and refusal["Action"] in ("s3:*", "sqs:*")
    return everybody and (refusal["Effect"], refusal["Condition"]) == ("Deny", {"Bool": {"aws:SecureTransport": False}})


def test_the_key_turns_and_only_this_accounts_logs_use_it_by_themselves() -> None:
    key = RESOURCES["Key"]["Properties"]
    assert key["EnableKeyRotation"] is True
    account, logs = key["KeyPolicy"]["Statement"]
    assert account["Principal"] == {"AWS": {"Sub": "arn:${AWS::Partition}:iam::${AWS::AccountId}:root"}}
    assert logs["Principal"] == {"Service": {"Sub": "logs.${AWS::Region}.${AWS::URLSuffix}"}}
    (pattern,) = logs["Condition"]["ArnLike"].values()
    assert "${AWS::AccountId}" in pattern["Sub"]


@pytest.mark.parametrize("group", [name for name, each in RESOURCES.items() if each["Type"] == "AWS::Logs::LogGroup"])
def test_a_log_is_encrypted_with_the_key(group: str) -> None:
    assert RESOURCES[group]["Properties"]["KmsKeyId"] == KEY


@pytest.mark.parametrize("name", [name for name, each in TEMPLATE["Parameters"].items() if "Secret" not in name])
def test_a_parameter_that_may_hold_a_password_is_not_shown(name: str) -> None:
    secret = name in ("DatabaseUrl", "MigrationDatabaseUrl", "CacheUrl", "OpenAiApiKey", "OtlpHeaders")
    assert TEMPLATE["Parameters"][name].get("NoEcho", False) is secret


@pytest.mark.parametrize("stack", NESTED)
def test_a_nested_stack_grants_nothing_for_everything_either(stack: str) -> None:
    assert wildcards(NESTED[stack]["Resources"]) == UNNAMEABLE_NESTED.get(stack, set())
