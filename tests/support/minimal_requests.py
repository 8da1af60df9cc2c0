"""One request of each operation that is right: from the examples of the API's document."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from infra.api_docs.document import Document, operations


@dataclass(frozen=True)
class Request:
    """What to send; `label` is the operation as people call it."""

    operation: str
    method: str
    path: str
    query: dict[str, Any]
    body: Any

    @property
    def label(self) -> str:
        """For the names of tests."""
        return f"{self.method} {self.operation}"


def right_requests(document: Document) -> list[Request]:
    """A request of each operation, with what its document gives as examples."""
    return [_request(method, path, operation) for (method, path), operation in operations(document).items()]


def _request(method: str, path: str, operation: Document) -> Request:
    query = {}
    for parameter in operation.get("parameters", ()):
        if parameter["in"] == "path":
            path = path.replace(f"{{{parameter['name']}}}", str(parameter["example"]))
        elif parameter["in"] == "query" and "example" in parameter:
            query[parameter["name"]] = parameter["example"]
    content = operation.get("requestBody", {}).get("content", {})
    return Request(operation["operationId"], method, path, query, content.get("application/json", {}).get("example"))
