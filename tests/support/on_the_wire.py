"""Whether a request, as it was sent, is one that the API's document allows.

What was generated as wrong may be right once it is text in an address: a list without entries is not sent at all, and there 5
and "5" are the same.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

import requests
from jsonschema import Draft202012Validator, FormatChecker
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

from infra.api_docs.document import Document, operations

BOOLEANS = {"true": True, "1": True, "yes": True, "on": True, "t": True, "y": True}
BOOLEANS |= {"false": False, "0": False, "no": False, "off": False, "f": False, "n": False}


class Wire:
    """Looks requests up in the document."""

    def __init__(self, document: Document) -> None:
        self._operations = operations(document)
        resource: Resource[Any] = Resource.from_contents(document, default_specification=DRAFT202012)
        self._registry: Registry[Any] = Registry().with_resource("urn:api", resource)

    def allows(self, request: requests.PreparedRequest) -> bool:
        """Whether the document allows the request."""
        url = urlsplit(str(request.url))
        for (method, path), operation in self._operations.items():
            inside = re.fullmatch(re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", path), url.path)
            if method == request.method and inside:
                places = {
                    "path": {name: unquote(value) for name, value in inside.groupdict().items()},
                    "query": dict(parse_qsl(url.query, keep_blank_values=True)),
                    "header": dict(request.headers),
                }
                return self._parameters_fit(operation, places) and self._body_fits(operation, request.body)
        return False

    def _parameters_fit(self, operation: Document, places: dict[str, dict[str, Any]]) -> bool:
        known = set()
        for parameter in operation.get("parameters", ()):
            name, values = parameter["name"], places[parameter["in"]]
            known.add(name)
            if name not in values:
                if parameter["required"]:
                    return False
            elif not (values[name] == "" and parameter.get("allowEmptyValue")) and not any(
                self._fits(parameter["schema"], value) for value in _readings(values[name])
            ):
                return False
        return places["query"].keys() <= known

    def _body_fits(self, operation: Document, body: str | bytes | None) -> bool:
        if "requestBody" not in operation:
            return True
        try:
            value = json.loads(body or b"")
        except ValueError:
            return False
        return self._fits(operation["requestBody"]["content"]["application/json"]["schema"], value)

    def _fits(self, schema: Document, value: object) -> bool:
        anchored = json.loads(json.dumps(schema).replace('"#/components/', '"urn:api#/components/'))
        return Draft202012Validator(anchored, registry=self._registry, format_checker=FormatChecker()).is_valid(value)


def _readings(text: Any) -> Iterator[object]:
    written = text.decode("latin-1") if isinstance(text, bytes) else str(text)
    yield written
    if written.lower() in BOOLEANS:
        yield BOOLEANS[written.lower()]
    try:
        number = float(written)
    except ValueError:
        return
    yield int(number) if number.is_integer() else number
