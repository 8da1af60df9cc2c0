"""The API's reference for people, in Markdown, from its document."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from cafe_ai.errors import CafeAIError

Document = dict[str, Any]

HEAD = """\
# API reference

Made from the code by `make api-docs`; do not edit. The same as a document for tools: [openapi.json](openapi.json) (OpenAPI 3.1).
In the examples `$API` is the API's address and `$TOKEN` a token; `make run` prints both for the local stack.
"""


def reference(document: Document) -> str:
    """docs/api.md."""
    return "\n".join(_lines(document)).rstrip() + "\n"


def _lines(document: Document) -> Iterator[str]:
    yield HEAD
    yield document["info"]["description"]
    yield ""
    yield from _contents(document)
    for tag in document["tags"]:
        yield f"## {tag['name']}"
        yield ""
        yield tag["description"]
        yield ""
        for method, path, operation in _operations(document, tag["name"]):
            yield from _operation(document, method, path, operation)
    yield from _objects(document)
    yield from _errors(document)


def _operations(document: Document, tag: str) -> Iterator[tuple[str, str, Document]]:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            if tag in operation["tags"]:
                yield method.upper(), path, operation


def _contents(document: Document) -> Iterator[str]:
    yield "| Operation | What it does |"
    yield "|---|---|"
    for tag in document["tags"]:
        for method, path, operation in _operations(document, tag["name"]):
            anchor = operation["operationId"].replace("_", "-")
            yield f"| [`{method} {path}`](#{anchor}) | {_first_sentence(operation['description'])} |"
    yield ""


def _first_sentence(text: str) -> str:
    return text.split(". ", maxsplit=1)[0].split("; ", maxsplit=1)[0].split(": ", maxsplit=1)[0].rstrip(".")


def _operation(document: Document, method: str, path: str, operation: Document) -> Iterator[str]:
    yield f"### {operation['summary']}"
    yield ""
    yield f"`{method} {path}`"
    yield ""
    yield operation["description"]
    yield ""
    if parameters := operation.get("parameters"):
        yield from _parameters(document, parameters)
    if body := operation.get("requestBody"):
        yield "Body (`application/json`):"
        yield ""
        yield from _schema(document, body["content"]["application/json"]["schema"])
    yield from _request(method, path, operation)
    yield from _answers(document, operation)


def _parameters(document: Document, parameters: list[Document]) -> Iterator[str]:
    yield "| Parameter | In | Type | |"
    yield "|---|---|---|---|"
    for parameter in parameters:
        schema = parameter["schema"]
        notes = [parameter["description"]]
        if "default" in schema:
            notes.append(f"Default `{_json(schema['default'])}`.")
        name = f"`{parameter['name']}`" + (" (required)" if parameter["required"] else "")
        yield f"| {name} | {parameter['in']} | {_type(document, schema)} | {_cell(' '.join(notes))} |"
    yield ""


def _schema(document: Document, schema: Document) -> Iterator[str]:
    """A table of an object's members; of each of its kinds where there are several."""
    found = _resolved(document, schema)
    if "oneOf" in found:
        for each in found["oneOf"]:
            one = _resolved(document, each)
            yield f"`{one['properties']['kind']['const']}`: {_line(one['description'])}"
            yield ""
            yield from _members(document, one["properties"]["params"], prefix="params.")
        return
    yield from _members(document, schema)


def _members(document: Document, schema: Document, prefix: str = "") -> Iterator[str]:
    found = _resolved(document, schema)
    required = found.get("required", ())
    yield "| Member | Type | |"
    yield "|---|---|---|"
    for name, member in found.get("properties", {}).items():
        notes = [member["description"]] if "description" in member else []
        if member.get("default") is not None:
            notes.append(f"Default `{_json(member['default'])}`.")
        shown = f"`{prefix}{name}`" + (" (required)" if name in required else "")
        yield f"| {shown} | {_type(document, member)} | {_cell(' '.join(notes))} |"
    yield ""


def _request(method: str, path: str, operation: Document) -> Iterator[str]:
    query = []
    for parameter in operation.get("parameters", ()):
        if "example" in parameter and parameter["in"] == "path":
            path = path.replace(f"{{{parameter['name']}}}", str(parameter["example"]))
        elif "example" in parameter and parameter["in"] == "query":
            query.append(f"{parameter['name']}={parameter['example']}")
    address = "$API" + path + ("?" + "&".join(query) if query else "")
    lines = [f"curl -X {method} '{address}'" if method != "GET" else f"curl '{address}'"]
    lines[0] = lines[0].replace("'$API", '"$API"\'', 1)
    lines.append('  -H "Authorization: Bearer $TOKEN"')
    body = operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("example")
    if body is not None:
        lines.append("  -H 'Content-Type: application/json'")
        lines.append(f"  -d '{_json(body)}'")
    yield "```bash"
    yield " \\\n".join(lines)
    yield "```"
    yield ""


def _answers(document: Document, operation: Document) -> Iterator[str]:
    refusals = [f"{status} {_codes(answer)}" for status, answer in operation["responses"].items() if status >= "400"]
    yield f"Errors: {' · '.join(refusals)}."
    yield ""
    for status, answer in operation["responses"].items():
        if not status.startswith("2"):
            continue
        yield f"**{status}**: {answer['description']}"
        yield ""
        for media_type, content in answer.get("content", {}).items():
            if media_type == "application/json" and "$ref" in content["schema"]:
                yield from _members(document, content["schema"])
            if "example" in content:
                example = content["example"]
                as_json = media_type == "application/json"
                yield "```json" if as_json else "```text"
                yield json.dumps(example, ensure_ascii=False, indent=2) if as_json else str(example).rstrip()
                yield "```"
                yield ""


def _codes(answer: Document) -> str:
    return ", ".join(re.findall(r"`(\w+)`", answer["description"])) or answer["description"].rstrip(".")


def _objects(document: Document) -> Iterator[str]:
    """The objects inside answers and bodies, which the operations name and do not show."""
    shown = {"Problem", "GatewayMessage", *_shown_with_operations(document)}
    yield "## Objects"
    yield ""
    for name, schema in sorted(document["components"]["schemas"].items()):
        if name not in shown and "properties" in schema and not name.endswith("Parameters"):
            yield f"### {name}"
            yield ""
            if "description" in schema:
                yield _line(schema["description"])
                yield ""
            yield from _members(document, {"$ref": f"#/components/schemas/{name}"})


def _shown_with_operations(document: Document) -> Iterator[str]:
    for methods in document["paths"].values():
        for operation in methods.values():
            for answer in (operation.get("requestBody", {}), *operation["responses"].values()):
                reference = answer.get("content", {}).get("application/json", {}).get("schema", {}).get("$ref", "")
                yield reference.rpartition("/")[2]
    for each in document["components"]["schemas"]["JobRequest"]["oneOf"]:
        yield each["$ref"].rpartition("/")[2]


def _errors(document: Document) -> Iterator[str]:
    yield "## Errors"
    yield ""
    yield "| Status | Code | |"
    yield "|---|---|---|"
    told = {
        (str(error.status), error.code, _line((error.__doc__ or "").partition(". ")[0]))
        for error in _declared(document)
    }
    for status, code, meaning in sorted(told):
        yield f"| {status} | `{code}` | {_cell(meaning)} |"
    yield ""
    yield "What every problem document holds:"
    yield ""
    yield from _members(document, {"$ref": "#/components/schemas/Problem"})
    yield "## Headers of answers"
    yield ""
    yield "| Header | |"
    yield "|---|---|"
    for name, header in document["components"]["headers"].items():
        yield f"| `{name}` | {_cell(header['description'])} |"


def _declared(document: Document) -> Iterator[type[CafeAIError]]:
    """The errors that any operation declares."""
    text = json.dumps(document["paths"])
    kinds: list[type[CafeAIError]] = [CafeAIError]
    while kinds:
        kind = kinds.pop()
        kinds += kind.__subclasses__()
        if f"`{kind.code}`" in text and "code" in vars(kind):
            yield kind


def _resolved(document: Document, schema: Document) -> Document:
    if "$ref" in schema:
        found: Document = document["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
        return found
    return schema


def _type(document: Document, schema: Document) -> str:
    if "$ref" in schema:
        found = _resolved(document, schema)
        return _type(document, found) if "enum" in found else schema["$ref"].rpartition("/")[2]
    if "anyOf" in schema:
        return " or ".join(dict.fromkeys(_type(document, each) for each in schema["anyOf"]))
    if "enum" in schema:
        return ", ".join(f"`{value}`" for value in schema["enum"])
    if "const" in schema:
        return f"`{schema['const']}`"
    if schema.get("type") == "array":
        return f"list of {_type(document, schema.get('items', {}))}"
    return _bounded(schema.get("format") or schema.get("type", "any"), schema)


def _bounded(kind: str, schema: Document) -> str:
    least, most = schema.get("minimum"), schema.get("maximum")
    if least is None and schema.get("exclusiveMinimum") is not None:
        least = f"over {schema['exclusiveMinimum']}"
    characters = [schema.get("minLength"), schema.get("maxLength")]
    if least is not None or most is not None:
        return f"{kind}, {least} to {most}" if None not in (least, most) else f"{kind}, from {least}"
    if characters[1] is not None:
        return f"{kind}, {characters[0] or 0} to {characters[1]} characters"
    return kind


def _line(text: str) -> str:
    return " ".join(text.split())


def _cell(text: str) -> str:
    return _line(text).replace("|", "\\|")


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)
