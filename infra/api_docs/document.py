"""One OpenAPI 3.1 document of the whole API, put together from each function's application.

The functions say what they take and answer; what is the same for all of them (headers, the gateway's own answers, servers, tags)
and what no type says (examples, a job's parameters by its kind) is added here.
"""

from __future__ import annotations

import importlib
import tomllib
from collections.abc import Iterator, Mapping
from copy import deepcopy
from typing import Any

from infra.api_docs.answers import complete_answers
from infra.api_docs.examples import add_examples
from infra.api_docs.job_requests import describe_job_requests
from infra.api_docs.words import ABOUT, MEMBERS, OPERATIONS, PARAMETERS, TAGS
from infra.local.layout import PROJECT

Document = dict[str, Any]

EMPTY = {"type": "string", "const": ""}
SERVERS: list[Document] = [
    {
        "url": "https://{api}.execute-api.{region}.amazonaws.com",
        "description": "A stack deployed to AWS; the address is the stack's output `ApiUrl`.",
        "variables": {"api": {"default": "abcdef1234"}, "region": {"default": "eu-west-1"}},
    },
    {
        "url": "{address}",
        "description": "The local stack; `make run` prints its address.",
        "variables": {"address": {"default": "http://127.0.0.1:4566"}},
    },
]


def build(*, with_examples: bool = True) -> Document:
    """The document. Raises ValueError where two functions disagree about a schema, an address or an operation's id."""
    document: Document = {
        "openapi": "3.1.0",
        "info": {"title": "cafe-ai", "version": _version(), "description": ABOUT, "license": {"name": "MIT"}},
        "servers": SERVERS,
        "tags": [{"name": name, "description": description} for name, description, _ in TAGS],
        "paths": {},
        "components": {"schemas": {}, "securitySchemes": {}},
    }
    for tag, function in _functions():
        _merge(document, tag, _application_document(function))
    _require_unique_ids(document)
    describe_job_requests(document)
    for operation in operations(document).values():
        _complete(operation)
    complete_answers(document)
    _describe_members(document)
    if with_examples:
        add_examples(document)
    return document


def operations(document: Document) -> dict[tuple[str, str], Document]:
    """All operations by their (METHOD, path)."""
    return {
        (method.upper(), path): operation
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    }


def _version() -> str:
    return str(tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"])


def _functions() -> Iterator[tuple[str, str]]:
    """Each function that has routes, with its tag. Raises ValueError where one of them has none or is not there."""
    tagged = {function: tag for tag, _, functions in TAGS for function in functions}
    there = {path.parent.name for path in (PROJECT / "functions" / "api").glob("*/handler.py")}
    if there != set(tagged):
        raise ValueError(f"infra.api_docs.words.TAGS and functions/api differ: {sorted(there ^ set(tagged))}")
    for function, tag in tagged.items():
        yield tag, function


def _application_document(function: str) -> Document:
    module = importlib.import_module(f"functions.api.{function}.handler")
    return deepcopy(module.app.openapi())


def _merge(document: Document, tag: str, part: Document) -> None:
    for path, methods in part["paths"].items():
        for method, operation in methods.items():
            known = document["paths"].setdefault(path, {})
            if method in known:
                raise ValueError(f"{method} {path} is answered by two functions.")
            known[method] = {"tags": [tag], **operation}
    for kind, entries in part["components"].items():
        known = document["components"][kind]
        for name, entry in entries.items():
            if known.setdefault(name, entry) != entry:
                raise ValueError(f"Two functions have different {kind} named {name}.")


def _require_unique_ids(document: Document) -> None:
    ids = [operation["operationId"] for operation in operations(document).values()]
    if len(set(ids)) < len(ids):
        raise ValueError(f"An operation's id is there twice: {sorted(ids)}")


def _complete(operation: Document) -> None:
    name = operation["operationId"]
    operation["summary"] = name.replace("_", " ").capitalize()
    if name in OPERATIONS:
        operation["description"] = OPERATIONS[name]
    for parameter in operation.get("parameters", ()):
        _complete_parameter(parameter)


def _complete_parameter(parameter: Document) -> None:
    """A parameter that may be null is one that may be left out: there is no null in a query string or a header."""
    schema = parameter["schema"]
    if "anyOf" in schema:
        values = [each for each in schema.pop("anyOf") if each != {"type": "null"}]
        if EMPTY in values:
            values.remove(EMPTY)
            parameter["allowEmptyValue"] = True
        (value,) = values
        schema.update(value)
    schema.pop("title", None)
    said: Mapping[str, str] = PARAMETERS
    description = parameter.get("description") or schema.get("description") or said.get(parameter["name"])
    if description is None:
        raise ValueError(f"infra.api_docs.words.PARAMETERS says nothing of {parameter['name']}.")
    parameter["description"] = description
    schema.pop("description", None)


def _describe_members(document: Document) -> None:
    for kind, schema in document["components"]["schemas"].items():
        for name, member in schema.get("properties", {}).items():
            said = MEMBERS.get(f"{kind}.{name}", MEMBERS.get(name))
            if said is not None:
                member.setdefault("description", said)
