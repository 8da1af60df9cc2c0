"""What SAM's translation becomes so that the emulator serves it: pure functions from template to template.

The emulator ignores the OpenAPI body that SAM gives an HTTP API, so it becomes routes, integrations, authorizers and
CORS of their own; and it runs functions from a `bootstrap` script beside which layers are only folders on a path.
"""

import copy
import re
from collections.abc import Mapping
from typing import Any

Template = dict[str, Any]
FUNCTION_OF_INTEGRATION = re.compile(r"functions/\$\{(\w+)\.Arn\}")
EMULATED_RUNTIME = "provided.al2023"
# Types that the emulator refuses to read; the template makes them in a VPC alone, where the local stack never is.
LEFT_OUT = ("AWS::ElastiCache::ServerlessCache", "AWS::EC2::SecurityGroupIngress")
WORKERS_PER_FUNCTION = 4  # that the emulator starts at most
AT_ONCE = 2  # messages of a queue: one that waited for a worker in vain would stay hidden for half an hour
LOCAL_ORIGINS = ["http://localhost:3000", "http://localhost:5173"]  # where frontends are developed


def layers_of(template: Template, function: str) -> list[str]:
    """The names that the function's layers have in template.yaml, first on the path first."""
    resources = template["Resources"]
    references = resources[function]["Properties"].get("Layers", [])
    return [resources[layer["Ref"]]["Properties"]["Content"]["S3Key"] for layer in references]


def functions_of(template: Template) -> list[str]:
    return [name for name, resource in template["Resources"].items() if resource["Type"] == "AWS::Lambda::Function"]


def make_native(template: Template, code: Mapping[str, tuple[str, str]]) -> Template:
    """The template for the emulator; `code` says in which bucket and under which key each function's bootstrap is."""
    native = copy.deepcopy(template)
    resources = native["Resources"]
    for name in functions_of(native):
        bucket, key = code[name]
        properties = resources[name]["Properties"]
        properties.pop("Layers", None)
        properties.update(Runtime=EMULATED_RUNTIME, Code={"S3Bucket": bucket, "S3Key": key})
    for name, resource in list(resources.items()):
        if resource["Type"] in ("AWS::Lambda::LayerVersion", *LEFT_OUT):
            del resources[name]
        elif resource["Type"] == "AWS::ApiGatewayV2::Api":
            resources.update(_native_api(name, resource["Properties"]))
        elif resource["Type"] == "AWS::Lambda::EventSourceMapping":
            resource["Properties"]["ScalingConfig"] = {"MaximumConcurrency": AT_ONCE}
    return native


def count_routes(template: Template) -> int:
    return sum(resource["Type"] == "AWS::ApiGatewayV2::Route" for resource in template["Resources"].values())


def _native_api(name: str, properties: dict[str, Any]) -> dict[str, Any]:
    """Take the API's body out of its properties and return the resources that say the same."""
    body = properties.pop("Body")
    properties.update(Name=body["info"]["title"], ProtocolType="HTTP", Tags={"ms-custom-id": api_id(name)})
    if cors := body.get("x-amazon-apigateway-cors"):
        properties["CorsConfiguration"] = cors
    resources = _authorizers(name, body)
    operations = [
        (method, path, operation) for path, methods in body["paths"].items() for method, operation in methods.items()
    ]
    for number, (method, path, operation) in enumerate(operations, start=1):
        integration = f"{name}Integration{number}"
        resources[integration] = _integration(name, operation["x-amazon-apigateway-integration"])
        resources[f"{name}Route{number}"] = _route(name, method, path, operation, integration)
    return resources


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
    found = FUNCTION_OF_INTEGRATION.search(uri)
    if found is None:
        raise ValueError(f"an integration of {api} is with no function of the template: {uri}")
    return {
        "Type": "AWS::ApiGatewayV2::Integration",
        "Properties": {
            "ApiId": {"Ref": api},
            "IntegrationType": "AWS_PROXY",
            "IntegrationUri": {"Fn::GetAtt": [found[1], "Arn"]},
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
