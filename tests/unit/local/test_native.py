"""SAM's translation becomes what the emulator serves: nothing of the API may get lost on the way."""

from typing import Any

import pytest

from infra.local.native import (
    WORKERS_PER_FUNCTION,
    api_id,
    count_routes,
    functions_of,
    layers_of,
    make_native,
    nested_of,
    without_the_unreadable,
)

LAMBDA_URI = "arn:${AWS::Partition}:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/${%s}/invocations"


def operation(function: str, **more: Any) -> dict[str, Any]:
    uri = {"Fn::Sub": LAMBDA_URI % function}
    return {
        "x-amazon-apigateway-integration": {"type": "aws_proxy", "uri": uri, "payloadFormatVersion": "2.0"},
        **more,
    }


def layer(name: str) -> dict[str, Any]:
    return {"Type": "AWS::Lambda::LayerVersion", "Properties": {"Content": {"S3Bucket": "local", "S3Key": name}}}


@pytest.fixture
def template() -> dict[str, Any]:
    authorizer = {
        "type": "jwt",
        "identitySource": "$request.header.Authorization",
        "jwtConfiguration": {"issuer": {"Ref": "JwtIssuer"}, "audience": [{"Ref": "JwtAudience"}]},
    }
    body = {
        "info": {"title": {"Ref": "AWS::StackName"}, "version": "1.0"},
        "paths": {
            "/query": {"post": operation("QueryFunctionAliaslive", security=[{"Issuer": []}])},
            "/health": {"x-amazon-apigateway-any-method": operation("HealthFunction.Arn")},
        },
        "x-amazon-apigateway-cors": {"allowOrigins": ["http://localhost:3000"]},
        "components": {"securitySchemes": {"Issuer": {"x-amazon-apigateway-authorizer": authorizer}}},
    }
    function = {"Type": "AWS::Lambda::Function", "Properties": {"Runtime": "python3.13", "Handler": "handler.handler"}}
    layers = {"Layers": [{"Ref": "CoreLayer0a"}, {"Ref": "WebLayer1b"}]}
    return {
        "Resources": {
            "Api": {"Type": "AWS::ApiGatewayV2::Api", "Properties": {"Body": body}},
            "CoreLayer0a": layer("CoreLayer"),
            "WebLayer1b": layer("WebLayer"),
            "QueryFunction": {**function, "Properties": {**function["Properties"], **layers}},
            "HealthFunction": function,
        }
    }


CODE = {"QueryFunction": ("bucket", "query.zip"), "HealthFunction": ("bucket", "health.zip")}


def native(template: dict[str, Any]) -> dict[str, Any]:
    nested = {name: f"http://localhost/{name}.json" for name in nested_of(template)}
    resources: dict[str, Any] = make_native(template, CODE, nested)["Resources"]
    return resources


def test_every_operation_becomes_a_route_to_its_function(template: dict[str, Any]) -> None:
    resources = native(template)
    routes = {
        resource["Properties"]["RouteKey"]: resource["Properties"]
        for resource in resources.values()
        if resource["Type"] == "AWS::ApiGatewayV2::Route"
    }
    assert routes.keys() == {"POST /query", "ANY /health"}
    integration = resources[routes["POST /query"]["Target"]["Fn::Sub"][len("integrations/${") : -1]]["Properties"]
    assert integration["IntegrationUri"] == {"Ref": "QueryFunctionAliaslive"}
    function = resources[routes["ANY /health"]["Target"]["Fn::Sub"][len("integrations/${") : -1]]["Properties"]
    assert function["IntegrationUri"] == {"Fn::GetAtt": ["HealthFunction", "Arn"]}
    assert integration["PayloadFormatVersion"] == "2.0"


def test_a_route_keeps_its_authorizer_and_an_open_one_stays_open(template: dict[str, Any]) -> None:
    resources = native(template)
    assert resources["ApiRoute1"]["Properties"]["AuthorizerId"] == {"Ref": "ApiAuthorizerIssuer"}
    assert "AuthorizerId" not in resources["ApiRoute2"]["Properties"]
    assert resources["ApiAuthorizerIssuer"]["Properties"]["JwtConfiguration"] == {
        "Issuer": {"Ref": "JwtIssuer"},
        "Audience": [{"Ref": "JwtAudience"}],
    }


def test_the_api_keeps_its_cors_and_loses_its_body(template: dict[str, Any]) -> None:
    api = native(template)["Api"]["Properties"]
    assert api["CorsConfiguration"] == {"allowOrigins": ["http://localhost:3000"]}
    assert "Body" not in api


def test_functions_run_from_their_bootstrap_without_layers(template: dict[str, Any]) -> None:
    resources = native(template)
    function = resources["QueryFunction"]["Properties"]
    assert function["Runtime"] == "provided.al2023"
    assert function["Code"] == {"S3Bucket": "bucket", "S3Key": "query.zip"}
    assert "Layers" not in function
    assert not [name for name, resource in resources.items() if resource["Type"] == "AWS::Lambda::LayerVersion"]


UNREADABLE = {
    "AWS::CodeDeploy::Application": {},
    "AWS::CodeDeploy::DeploymentGroup": {},
    "AWS::CloudWatch::CompositeAlarm": {},
    "AWS::Logs::QueryDefinition": {},
    "AWS::CloudWatch::Alarm": {"Metrics": [{"Id": "share", "Expression": "a / b"}]},
}


@pytest.mark.parametrize(("kind", "properties"), UNREADABLE.items())
def test_what_the_emulator_cannot_read_is_left_out(
    template: dict[str, Any], kind: str, properties: dict[str, Any]
) -> None:
    template["Resources"]["Unreadable"] = {"Type": kind, "Properties": properties}
    template["Resources"]["Waiting"] = {"Type": "AWS::SNS::Topic", "DependsOn": ["Unreadable", "Api"], "Properties": {}}
    left = without_the_unreadable(template)["Resources"]
    assert "Unreadable" not in left
    assert left["Waiting"]["DependsOn"] == ["Api"]


def test_an_alarm_of_one_metric_stays(template: dict[str, Any]) -> None:
    template["Resources"]["Alarm"] = {"Type": "AWS::CloudWatch::Alarm", "Properties": {"MetricName": "Errors"}}
    assert native(template)["Alarm"]


def test_an_alias_moves_at_once_and_a_snapshot_is_not_asked_for(template: dict[str, Any]) -> None:
    alias = {"Type": "AWS::Lambda::Alias", "UpdatePolicy": {"CodeDeployLambdaAliasUpdate": {}}, "Properties": {}}
    template["Resources"]["QueryFunctionAliaslive"] = alias
    template["Resources"]["QueryFunction"]["Properties"]["SnapStart"] = {"ApplyOn": "PublishedVersions"}
    resources = native(template)
    assert "UpdatePolicy" not in resources["QueryFunctionAliaslive"]
    assert "SnapStart" not in resources["QueryFunction"]["Properties"]


def test_a_nested_stack_is_found_where_its_template_was_put(template: dict[str, Any]) -> None:
    template["Resources"]["Watching"] = {"Type": "AWS::CloudFormation::Stack", "Properties": {"TemplateURL": "a.yaml"}}
    assert native(template)["Watching"]["Properties"]["TemplateURL"] == "http://localhost/Watching.json"


def test_layers_are_told_by_their_names_in_the_template(template: dict[str, Any]) -> None:
    assert functions_of(template) == ["QueryFunction", "HealthFunction"]
    assert layers_of(template, "QueryFunction") == ["CoreLayer", "WebLayer"]
    assert layers_of(template, "HealthFunction") == []


def test_the_given_template_is_left_as_it_was(template: dict[str, Any]) -> None:
    native(template)
    assert "Body" in template["Resources"]["Api"]["Properties"]
    assert count_routes(template) == 0


def test_an_integration_with_no_function_of_ours_is_refused(template: dict[str, Any]) -> None:
    paths = template["Resources"]["Api"]["Properties"]["Body"]["paths"]
    paths["/query"]["post"]["x-amazon-apigateway-integration"]["uri"] = {"Fn::Sub": "https://example.com"}
    with pytest.raises(ValueError, match="no function of the template"):
        native(template)


def test_the_apis_address_is_the_same_at_every_start() -> None:
    assert api_id("Api") == api_id("Api")
    assert len(api_id("A")) == len(api_id("AVeryLongName")) == 8


def test_a_queue_is_given_no_more_workers_than_the_emulator_has(template: dict[str, Any]) -> None:
    source = {"Type": "AWS::Lambda::EventSourceMapping", "Properties": {"ScalingConfig": {"MaximumConcurrency": 5}}}
    template["Resources"]["Messages"] = source
    made = native(template)["Messages"]["Properties"]
    assert made["ScalingConfig"]["MaximumConcurrency"] < WORKERS_PER_FUNCTION
