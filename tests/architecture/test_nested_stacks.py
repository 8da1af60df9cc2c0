"""The stacks of infra/ let nobody in whom they need not, lose nothing that cannot be made again, and keep it all encrypted."""

from __future__ import annotations

import json
import re
import subprocess
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest

from tests.architecture.template import NESTED, RESOURCES, ROOT, Intrinsic

MADE = ("network", "database", "vector_store", "cache", "identity")
STACKS = {name: NESTED[name] for name in MADE}
EVERYWHERE = "0.0.0.0/0"
NOBODY = "127.0.0.1/32"
TO_THE_INTERNET = {  # what may call anybody, and why: the ports of HTTPS
    ("network", "FunctionsSecurityGroup"): {443, 8443},  # OpenAI, the issuer's keys, webhooks
    ("vector_store", "ServerSecurityGroup"): {443},  # the image's registry, CloudWatch
}
WITHOUT_ARN = {"ecr:GetAuthorizationToken"}  # actions that can be granted for no resource by name


def resources(kind: str) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Each resource of a kind: its stack, its name, its properties."""
    for stack, template in STACKS.items():
        for name, each in template["Resources"].items():
            if each["Type"] == kind:
                yield stack, name, each.get("Properties", {})


def the_only(kind: str) -> dict[str, Any]:
    [(_, _, properties)] = resources(kind)
    return properties


def resource(stack: str, name: str) -> dict[str, Any]:
    found: dict[str, Any] = STACKS[stack]["Resources"][name]
    return found


def rules(direction: str) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Each rule of a security group, inside it or on its own: its stack, the group, the rule."""
    for stack, name, properties in resources("AWS::EC2::SecurityGroup"):
        for rule in properties.get(f"SecurityGroup{direction}", ()):
            yield stack, name, rule
    for stack, _, properties in resources(f"AWS::EC2::SecurityGroup{direction}"):
        yield stack, properties["GroupId"]["Ref"], properties


def statements(properties: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """What a role or a policy of a role allows."""
    documents = [policy["PolicyDocument"] for policy in properties.get("Policies", ())]
    for document in [*documents, *([properties["PolicyDocument"]] if "PolicyDocument" in properties else [])]:
        yield from document["Statement"]


def listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def test_nobody_outside_the_network_is_let_in() -> None:
    for stack, group, rule in rules("Ingress"):
        inside = "SourceSecurityGroupId" in rule or rule.get("CidrIp") == Intrinsic({"Ref": "CidrBlock"})
        assert inside, f"{stack}: {group} lets in {rule}"
    for _, _, properties in resources("AWS::EC2::Subnet"):
        assert not properties.get("MapPublicIpOnLaunch")
    assert the_only("AWS::RDS::DBInstance")["PubliclyAccessible"] is False
    network = the_only("AWS::ECS::Service")["NetworkConfiguration"]["AwsvpcConfiguration"]
    assert network["AssignPublicIp"] == "DISABLED"


def test_what_is_in_the_database_the_vector_store_and_the_cache_only_the_functions_reach() -> None:
    client = {"ClientSecurityGroupId"}
    who = {
        (stack, group): {rule["SourceSecurityGroupId"]["Ref"]}
        for stack, group, rule in rules("Ingress")
        if "SourceSecurityGroupId" in rule
    }
    assert who == {
        ("database", "ProxySecurityGroup"): client,
        ("database", "DatabaseSecurityGroup"): {"ProxySecurityGroup"},
        ("vector_store", "ServerSecurityGroup"): client,
        ("vector_store", "FilesSecurityGroup"): {"ServerSecurityGroup"},
        ("cache", "SecurityGroup"): client,
    }


def test_only_who_must_may_call_the_internet_and_by_https_alone() -> None:
    found: dict[tuple[str, str], set[int]] = {}
    for stack, group, rule in rules("Egress"):
        if rule.get("CidrIp") == EVERYWHERE:
            assert rule["FromPort"] == rule["ToPort"]
            found.setdefault((stack, group), set()).add(rule["FromPort"])
        else:
            assert "DestinationSecurityGroupId" in rule or rule["CidrIp"] == NOBODY
    assert found == TO_THE_INTERNET


def test_a_group_says_what_it_may_call_or_aws_allows_it_everything() -> None:
    for stack, name, properties in resources("AWS::EC2::SecurityGroup"):
        assert properties["SecurityGroupEgress"], f"{stack}: {name}"


def test_every_group_and_rule_says_what_it_is_for() -> None:
    for direction in ("Ingress", "Egress"):
        for _, _, rule in rules(direction):
            assert rule["Description"]
            assert rule["IpProtocol"] == "tcp" or rule["CidrIp"] == NOBODY


def test_no_other_accounts_keys_carry_anything_out_through_an_endpoint() -> None:
    ours = {"StringEquals": {"aws:PrincipalAccount": Intrinsic({"Ref": "AWS::AccountId"})}}
    for _, name, endpoint in resources("AWS::EC2::VPCEndpoint"):
        if name in ("QueuesEndpoint", "StateMachinesEndpoint", "SecretsEndpoint"):
            assert [each["Condition"] for each in endpoint["PolicyDocument"]["Statement"]] == [ours]


def test_only_nat_gateways_are_in_the_public_subnets() -> None:
    text = json.dumps(STACKS["network"]["Outputs"])
    assert "PrivateSubnetA" in text
    assert "PublicSubnet" not in text
    users = {
        name
        for name, each in STACKS["network"]["Resources"].items()
        if {"Ref": "PublicSubnetA"} in listed(each["Properties"].get("SubnetId"))
    }
    assert users == {"NatA", "PublicSubnetARoutes"}


def test_all_that_is_kept_is_encrypted_with_the_key() -> None:
    key = Intrinsic({"Ref": "KmsKeyArn"})
    database = the_only("AWS::RDS::DBInstance")
    assert (database["StorageEncrypted"], database["KmsKeyId"]) == (True, key)
    assert database["MasterUserSecret"] == {"KmsKeyId": key}
    assert database["PerformanceInsightsKMSKeyId"] == key
    files = the_only("AWS::EFS::FileSystem")
    assert (files["Encrypted"], files["KmsKeyId"]) == (True, key)
    assert the_only("AWS::ElastiCache::ServerlessCache")["KmsKeyId"] == key
    for stack, name, group in resources("AWS::Logs::LogGroup"):
        assert "KmsKeyArn" in json.dumps(group["KmsKeyId"]), f"{stack}: {name}"
        assert group["RetentionInDays"] == Intrinsic({"Ref": "LogRetentionDays"})


def test_nothing_travels_without_tls() -> None:
    assert the_only("AWS::RDS::DBParameterGroup")["Parameters"]["rds.force_ssl"] == "1"
    assert the_only("AWS::RDS::DBProxy")["RequireTLS"] is True
    volume = the_only("AWS::ECS::TaskDefinition")["Volumes"][0]["EFSVolumeConfiguration"]
    assert (volume["TransitEncryption"], volume["AuthorizationConfig"]["IAM"]) == ("ENABLED", "ENABLED")
    denied = [
        each for each in the_only("AWS::EFS::FileSystem")["FileSystemPolicy"]["Statement"] if each["Effect"] == "Deny"
    ]
    assert [each["Condition"] for each in denied] == [{"Bool": {"aws:SecureTransport": "false"}}]
    assert STACKS["cache"]["Outputs"]["Url"]["Value"]["Sub"].startswith("rediss://")


def test_the_database_has_backups_and_is_not_deleted_by_a_slip() -> None:
    template = STACKS["database"]
    database = resource("database", "Database")
    assert (database["DeletionPolicy"], database["UpdateReplacePolicy"]) == ("Snapshot", "Snapshot")
    assert template["Parameters"]["BackupDays"]["MinValue"] >= 1
    assert template["Parameters"]["DeletionProtection"]["Default"] == "true"
    assert database["Properties"]["DeletionProtection"] == Intrinsic({"Ref": "DeletionProtection"})
    assert database["Properties"]["BackupRetentionPeriod"] == Intrinsic({"Ref": "BackupDays"})
    assert float(template["Parameters"]["EngineVersion"]["Default"]) >= 17


def test_the_roles_sign_in_with_iam_and_the_master_alone_has_a_password_that_rds_rotates() -> None:
    database, proxy = the_only("AWS::RDS::DBInstance"), the_only("AWS::RDS::DBProxy")
    assert database["EnableIAMDatabaseAuthentication"] is True
    assert database["ManageMasterUserPassword"] is True
    assert "MasterUserPassword" not in database
    assert proxy["DefaultAuthScheme"] == "IAM_AUTH"
    [master] = proxy["Auth"]
    assert master["SecretArn"] == Intrinsic({"GetAtt": "Database.MasterUserSecret.SecretArn"})


def test_no_text_of_a_statement_is_logged() -> None:
    settings = the_only("AWS::RDS::DBParameterGroup")["Parameters"]
    assert settings["log_statement"] == "none"
    assert settings["log_min_duration_statement"] == "-1"
    assert settings["log_min_error_statement"] == "panic"
    assert settings["log_parameter_max_length_on_error"] == "0"
    assert settings["log_error_verbosity"] == "terse"  # without DETAIL, which quotes rows
    assert (
        int(settings["track_activity_query_size"]) <= 256
    )  # of running statements, as Performance Insights keeps them


def test_a_role_may_do_what_it_needs_with_what_it_needs_it_for() -> None:
    for kind in ("AWS::IAM::Role", "AWS::IAM::RolePolicy"):
        for stack, name, properties in resources(kind):
            for statement in statements(properties):
                actions = set(listed(statement["Action"]))
                assert not any("*" in action for action in actions), f"{stack}: {name}"
                if "*" in json.dumps(statement["Resource"]):
                    assert actions <= WITHOUT_ARN, f"{stack}: {name} may {actions} everywhere"
            for trusted in properties.get("AssumeRolePolicyDocument", {"Statement": []})["Statement"]:
                assert trusted["Condition"] == {
                    "StringEquals": {"aws:SourceAccount": Intrinsic({"Ref": "AWS::AccountId"})}
                }


def test_chroma_never_runs_twice_on_its_files() -> None:
    service = the_only("AWS::ECS::Service")
    deployment = service["DeploymentConfiguration"]
    assert service["DesiredCount"] == 1
    assert (deployment["MinimumHealthyPercent"], deployment["MaximumPercent"]) == (0, 100)
    assert deployment["DeploymentCircuitBreaker"] == {"Enable": True, "Rollback": True}


def test_chroma_writes_to_its_files_alone_and_as_nobody_special() -> None:
    [container] = the_only("AWS::ECS::TaskDefinition")["ContainerDefinitions"]
    assert container["ReadonlyRootFilesystem"] is True
    assert container["User"] == "1000:1000"
    assert container["LinuxParameters"] == {"Capabilities": {"Drop": ["ALL"]}}
    assert [point["ContainerPath"] for point in container["MountPoints"]] == ["/data"]
    user = the_only("AWS::EFS::AccessPoint")["PosixUser"]
    assert f"{user['Uid']}:{user['Gid']}" == container["User"]
    assert the_only("AWS::EFS::FileSystem")["BackupPolicy"] == {"Status": "ENABLED"}


@pytest.mark.parametrize(("status", "healthy"), [(200, True), (503, False), (None, False)])
def test_the_health_check_runs_and_tells_an_answer_from_none(status: int | None, healthy: bool) -> None:
    asked: list[str] = []

    class Heart(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_response(status or 500)
            self.end_headers()

        def log_message(self, format: str, *arguments: object) -> None:
            pass

    [container] = the_only("AWS::ECS::TaskDefinition")["ContainerDefinitions"]
    kind, *command = container["HealthCheck"]["Command"]
    assert kind == "CMD"
    server = HTTPServer(("127.0.0.1", 0), Heart)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    if status is None:
        server.server_close()
    else:
        thread.start()
    command[-1] = command[-1].replace("127.0.0.1/8000", f"127.0.0.1/{server.server_port}")
    try:
        done = subprocess.run(command, capture_output=True, timeout=10, check=False)
    finally:
        if status is not None:
            server.shutdown()
            server.server_close()
            thread.join()
    assert (done.returncode == 0) is healthy
    assert asked == ([] if status is None else ["/api/v2/heartbeat"])


def test_users_are_kept_and_their_passwords_are_strong() -> None:
    users = resource("identity", "Users")
    assert (users["DeletionPolicy"], users["UpdateReplacePolicy"]) == ("Retain", "Retain")
    pool = users["Properties"]
    assert pool["DeletionProtection"] == "ACTIVE"
    assert pool["MfaConfiguration"] in ("OPTIONAL", "ON")
    assert pool["Policies"]["PasswordPolicy"]["MinimumLength"] >= 12
    assert STACKS["identity"]["Parameters"]["SelfSignUp"]["Default"] == "false"
    assert pool["LambdaConfig"]["PreTokenGenerationConfig"]["LambdaVersion"] == "V2_0"


def test_browsers_sign_in_by_code_and_send_no_password() -> None:
    client = the_only("AWS::Cognito::UserPoolClient")
    assert client["GenerateSecret"] is False
    assert client["AllowedOAuthFlows"] == ["code"]
    assert not {"ALLOW_USER_PASSWORD_AUTH", "ALLOW_ADMIN_USER_PASSWORD_AUTH"} & set(client["ExplicitAuthFlows"])
    assert client["PreventUserExistenceErrors"] == "ENABLED"


def test_operators_are_the_group_that_the_claim_asks_for() -> None:
    from cafe_ai.tenancy.claims import OPERATORS

    assert the_only("AWS::Cognito::UserPoolGroup")["GroupName"] == OPERATORS


def test_the_roles_of_the_database_are_those_that_the_migrations_know() -> None:
    from cafe_ai.platform.roles import LOGINS

    signs_in = [
        each
        for each in statements(resource("database", "ProxyRole")["Properties"])
        if each["Action"] == "rds-db:connect"
    ]
    [statement] = signs_in
    named = {each["Sub"].rpartition("/")[2] for each in statement["Resource"]}
    assert named == set(LOGINS)


def test_the_root_gives_what_the_stacks_ask_for_and_takes_what_they_have() -> None:
    stacks = {name: each for name, each in RESOURCES.items() if each["Type"] == "AWS::CloudFormation::Stack"}
    text = (ROOT / "template.yaml").read_text(encoding="utf-8")
    for name, each in stacks.items():
        template = NESTED[each["Properties"]["TemplateURL"].removeprefix("infra/").removesuffix(".yaml")]
        parameters = template["Parameters"]
        given = set(each["Properties"].get("Parameters", {}))
        needed = {parameter for parameter, what in parameters.items() if "Default" not in what}
        assert needed <= given <= set(parameters), name
        taken = set(re.findall(rf"\b{name}\.Outputs\.(\w+)", text))
        assert taken <= set(template["Outputs"]), name
