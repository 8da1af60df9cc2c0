"""The API's document is valid OpenAPI 3.1, says what the code and the template say, and is the one that is written in docs/."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from jsonschema import Draft202012Validator, FormatChecker
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

from infra.api_docs.document import build, operations
from infra.api_docs.written import FILES, rendered

DOCUMENT = build()
OPERATIONS = operations(DOCUMENT)
BY_ID = {operation["operationId"]: operation for operation in OPERATIONS.values()}
RESOURCE: Resource[Any] = Resource.from_contents(DOCUMENT, default_specification=DRAFT202012)
REGISTRY: Registry[Any] = Registry().with_resource("urn:api", RESOURCE)


def validator(pointer: str) -> Draft202012Validator:
    """Of the schema at that place of the document."""
    return Draft202012Validator({"$ref": f"urn:api#{pointer}"}, registry=REGISTRY, format_checker=FormatChecker())


def references(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        if isinstance(value.get("$ref"), str):
            yield value["$ref"]
        for each in value.values():
            yield from references(each)
    elif isinstance(value, list):
        for each in value:
            yield from references(each)


def escaped(part: str) -> str:
    return part.replace("~", "~0").replace("/", "~1").replace("{", "%7B").replace("}", "%7D")


def test_what_is_written_is_current() -> None:
    assert [path.read_text(encoding="utf-8") for path in FILES] == list(rendered()), "run `make api-docs`"


def test_every_reference_leads_somewhere_and_every_schema_is_used() -> None:
    found = set(references(DOCUMENT))
    for reference in found:
        value: Any = DOCUMENT
        for part in reference.removeprefix("#/").split("/"):
            value = value[part]
    unused = {f"#/components/schemas/{name}" for name in DOCUMENT["components"]["schemas"]} - found
    assert unused == set()


def test_every_schema_is_one() -> None:
    for schema in DOCUMENT["components"]["schemas"].values():
        Draft202012Validator.check_schema(schema)
    for operation in OPERATIONS.values():
        for parameter in operation.get("parameters", ()):
            Draft202012Validator.check_schema(parameter["schema"])


def test_schemathesis_takes_it_as_openapi_31() -> None:
    import schemathesis

    schema = schemathesis.openapi.from_dict(DOCUMENT)
    schema.validate()
    assert len(list(schema.get_all_operations())) == len(OPERATIONS)


@pytest.mark.parametrize("name", BY_ID)
def test_an_operation_says_all_that_a_client_needs(name: str) -> None:
    operation = BY_ID[name]
    assert operation["security"] == [{"HTTPBearer": []}]
    assert operation["tags"]
    assert operation["description"].endswith(".")
    assert {"401", "413", "422", "503"} <= operation["responses"].keys()
    assert all(parameter["description"] for parameter in operation.get("parameters", ()))
    for status, answer in operation["responses"].items():
        assert "x-request-id" in answer["headers"]
        problems = [kind for kind in answer.get("content", {}) if kind == "application/problem+json"]
        assert bool(problems) == (status >= "400")
    for status, header in (("401", "WWW-Authenticate"), ("429", "Retry-After"), ("503", "Retry-After")):
        assert status not in operation["responses"] or header in operation["responses"][status]["headers"]


@pytest.mark.parametrize("name", BY_ID)
def test_an_operation_has_examples_that_its_schemas_allow(name: str) -> None:
    operation = BY_ID[name]
    (place,) = (
        f"/paths/{escaped(path)}/{method.lower()}" for (method, path), one in OPERATIONS.items() if one is operation
    )
    for number, parameter in enumerate(operation.get("parameters", ())):
        if "example" in parameter:
            validator(f"{place}/parameters/{number}/schema").validate(parameter["example"])
        else:
            assert not parameter["required"]
    if "requestBody" in operation:
        body = operation["requestBody"]["content"]["application/json"]
        validator(f"{place}/requestBody/content/application~1json/schema").validate(body["example"])
    for status, answer in operation["responses"].items():
        for media_type, content in answer.get("content", {}).items():
            if status < "300":
                schema = f"{place}/responses/{status}/content/{escaped(media_type)}/schema"
                validator(schema).validate(content["example"])


def test_the_reference_names_every_operation_parameter_and_member_of_a_request() -> None:
    text = FILES[1].read_text(encoding="utf-8")
    for (method, path), operation in OPERATIONS.items():
        assert f"`{method} {path}`" in text
        assert f"### {operation['summary']}" in text
        for parameter in operation.get("parameters", ()):
            assert f"`{parameter['name']}`" in text
