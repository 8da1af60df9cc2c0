"""What SAM's translation becomes so that the emulator serves it: pure functions from template to template.

The emulator ignores the OpenAPI body that SAM gives an HTTP API, so it becomes routes, integrations, authorizers and
CORS of their own; it runs functions from a `bootstrap` script beside which layers are only folders on a path; and it knows no
CodeDeploy, so that aliases move at once. Versions, aliases and nested stacks it has, and they stay.
"""

import copy
import re
from collections.abc import Iterator, Mapping
from typing import Any

Template = dict[str, Any]
FUNCTION = "AWS::Lambda::Function"
NESTED = "AWS::CloudFormation::Stack"
NESTED_SUFFIX = ".nested.json"  # of the files with their templates, beside the translated one
CALLED_BY_INTEGRATION = re.compile(r"functions/\$\{(\w+?)(\.Arn)?\}")
EMULATED_RUNTIME = "provided.al2023"
# Types that the emulator refuses to read, beside alarms of more than one metric.
LEFT_OUT = (
    "AWS::Lambda::LayerVersion",
    "AWS::CodeDeploy::Application",
    "AWS::CodeDeploy::DeploymentGroup",
    "AWS::CloudWatch::CompositeAlarm",
    "AWS::Logs::QueryDefinition",
)
WORKERS_PER_FUNCTION = 4  # that the emulator starts at most
AT_ONCE = 2  # messages of a queue: one that waited for a worker in vain would stay hidden for half an hour
LOCAL_ORIGINS = ["http://localhost:3000", "http://localhost:5173"]  # where frontends are developed


def layers_of(template: Template, function: str) -> list[str]:
    """The names that the function's layers have in template.yaml, first on the path first."""
    resources = template["Resources"]
    references = resources[function]["Properties"].get("Layers", [])
    return [resources[layer["Ref"]]["Properties"]["Content"]["S3Key"] for layer in references]


def functions_of(template: Template) -> list[str]:
    return _of_type(template, FUNCTION)


def nested_of(template: Template) -> list[str]:
    return _of_type(template, NESTED)


def _of_type(template: Template, wanted: str) -> list[str]:
    return [name for name, resource in template["Resources"].items() if resource["Type"] == wanted]


def make_native(template: Template, code: Mapping[str, tuple[str, str]], nested: Mapping[str, str]) -> Template:
    """The template for the emulator; `code` says in which bucket and under which key each function's bootstrap is, `nested`
    at which address each nested stack's template.
    """
    native = without_the_unreadable(template)
    resources = native["Resources"]
    for name in functions_of(native):
        bucket, key = code[name]
        properties = resources[name]["Properties"]
        for unknown in ("Layers", "SnapStart"):
            properties.pop(unknown, None)
        properties.update(Runtime=EMULATED_RUNTIME, Code={"S3Bucket": bucket, "S3Key": key})
    for name, resource in list(resources.items()):
        if resource["Type"] == "AWS::ApiGatewayV2::Api":
            resources.update(_native_api(name, resource["Properties"]))
        elif resource["Type"] == "AWS::Lambda::EventSourceMapping":
            resource["Properties"]["ScalingConfig"] = {"MaximumConcurrency": AT_ONCE}
        elif resource["Type"] == "AWS::Lambda::Alias":
            resource.pop("UpdatePolicy", None)
        elif resource["Type"] == NESTED:
            resource["Properties"]["TemplateURL"] = nested[name]
    return native


def without_the_unreadable(template: Template) -> Template:
    """A copy without the resources that the emulator refuses, and without mention of them in DependsOn."""
    readable = copy.deepcopy(template)
    resources = readable["Resources"]
    refused = {name for name, resource in resources.items() if not _is_readable(resource)}
    for name in refused:
        del resources[name]
    for resource in resources.values():
        if waits_for := resource.pop("DependsOn", None):
            names = [waits_for] if isinstance(waits_for, str) else waits_for
            resource["DependsOn"] = [name for name in names if name not in refused]
    return readable


def _is_readable(resource: dict[str, Any]) -> bool:
    of_metrics = resource["Type"] == "AWS::CloudWatch::Alarm" and "Metrics" in resource["Properties"]
    return resource["Type"] not in LEFT_OUT and not of_metrics


def count_routes(template: Template) -> int:
    return sum(resource["Type"] == "AWS::ApiGatewayV2::Route" for resource in template["Resources"].values())


def _native_api(name: str, properties: dict[str, Any]) -> dict[str, Any]:
    """Take the API's body out of its properties and return the resources that say the same."""
    body = properties.pop("Body")
    properties.update(Name=body["info"]["title"], ProtocolType="HTTP", Tags={"ms-custom-id": api_id(name)})
    if cors := body.get("x-amazon-apigateway-cors"):
        properties["CorsConfiguration"] = cors
    resources = _authorizers(name, body)
    for number, (method, path, operation) in enumerate(operations_of(body), start=1):
        integration = f"{name}Integration{number}"
        resources[integration] = _integration(name, operation["x-amazon-apigateway-integration"])
        resources[f"{name}Route{number}"] = _route(name, method, path, operation, integration)
    return resources


def operations_of(body: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Method, path and operation of each in an OpenAPI document."""
    for path, methods in body["paths"].items():
        for method, operation in methods.items():
            yield method, path, operation


def api_id(name: str) -> str:
    """The same at every start, so that the API's address is too; the emulator wants eight hexadecimal digits."""
    return name.encode().hex()[:8].ljust(8, "0")


def _authorizers(api: str, body: dict[str, Any]) -> dict[str, Any]:
    schemes = body.get("components", {}).get("securitySchemes", {})
    return {
        _authorizer_name(api, scheme): {
            "Type": "AWS::ApiGatewayV2::Authorizer",
            "Properties": {
                "ApiId": {"Ref": api},
                "AuthorizerType": "JWT",
                "Name": scheme,
                "IdentitySource": [settings["x-amazon-apigateway-authorizer"]["identitySource"]],
                "JwtConfiguration": {
                    "Issuer": settings["x-amazon-apigateway-authorizer"]["jwtConfiguration"]["issuer"],
                    "Audience": settings["x-amazon-apigateway-authorizer"]["jwtConfiguration"]["audience"],
                },
            },
        }
        for scheme, settings in schemes.items()
    }


def _authorizer_name(api: str, scheme: str) -> str:
    return f"{api}Authorizer{scheme}"


def _integration(api: str, integration: dict[str, Any]) -> dict[str, Any]:
    uri = integration["uri"]["Fn::Sub"]
    found = CALLED_BY_INTEGRATION.search(uri)
    if found is None:
        raise ValueError(f"an integration of {api} is with no function of the template: {uri}")
    return {
        "Type": "AWS::ApiGatewayV2::Integration",
        "Properties": {
            "ApiId": {"Ref": api},
            "IntegrationType": "AWS_PROXY",
            "IntegrationUri": {"Fn::GetAtt": [found[1], "Arn"]}
            if found[2]
            else {"Ref": found[1]},  # an alias is its ARN
            "PayloadFormatVersion": integration["payloadFormatVersion"],
        },
    }


def _route(api: str, method: str, path: str, operation: dict[str, Any], integration: str) -> dict[str, Any]:
    verb = "ANY" if method == "x-amazon-apigateway-any-method" else method.upper()
    properties: dict[str, Any] = {
        "ApiId": {"Ref": api},
        "RouteKey": f"{verb} {path}",
        "Target": {"Fn::Sub": f"integrations/${{{integration}}}"},
    }
    for requirement in operation.get("security", []):
        for scheme in requirement:
            properties.update(AuthorizationType="JWT", AuthorizerId={"Ref": _authorizer_name(api, scheme)})
    return {"Type": "AWS::ApiGatewayV2::Route", "Properties": properties}
