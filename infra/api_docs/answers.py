"""The answers in the document: the headers that each has, what API Gateway answers itself, and what an answer is for."""

from __future__ import annotations

from typing import Any

Document = dict[str, Any]

HEADERS: Document = {
    "x-request-id": {
        "description": "The request's id, also in the logs; quote it when you ask for help.",
        "schema": {"type": "string"},
        "required": True,
    },
    "RateLimit": {
        "description": "What is left to the user in this minute (`r`), and for how many seconds that holds (`t`); on every "
        "answer after the caller was admitted.",
        "schema": {"type": "string", "pattern": r'^"user";r=\d+;t=\d+$'},
        "example": '"user";r=97;t=60',
    },
    "RateLimit-Policy": {
        "description": "How many requests (`q`) a user may make in how many seconds (`w`).",
        "schema": {"type": "string", "pattern": r'^"user";q=\d+;w=60$'},
        "example": '"user";q=100;w=60',
    },
    "Retry-After": {
        "description": "After how many seconds it is worth asking again.",
        "schema": {"type": "integer", "minimum": 0},
        "required": True,
    },
    "WWW-Authenticate": {
        "description": "How to authenticate: `Bearer`.",
        "schema": {"type": "string"},
        "required": True,
    },
    "Cache-Control": {
        "description": "Answers are for their caller, now.",
        "schema": {"type": "string", "const": "no-store"},
        "required": True,
    },
}
COUNTED = ("200", "201", "202", "204", "402", "403", "404", "422", "429")  # where the request may have been counted

DONE = {
    "200": "Done.",
    "201": "Written for the first time.",
    "202": "Accepted: a job does it.",
    "204": "Done; there is nothing to tell.",
}
OWN_WORDS = {
    ("rate_answer", "200"): "Written in the place of an earlier opinion.",
    ("report_health", "503"): "The database is away, so nothing can be answered; or the token could not be checked.",
}

FROM_THE_GATEWAY: Document = {
    "title": "GatewayMessage",
    "description": "What API Gateway refuses by itself, before any function runs.",
    "type": "object",
    "required": ["message"],
    "properties": {"message": {"type": "string", "examples": ["Unauthorized"]}},
}
GATEWAY_ANSWERS = ("401", "413", "503")


def complete_answers(document: Document) -> None:
    """Gives every answer of every operation its headers and its words."""
    components = document["components"]
    components["headers"] = HEADERS
    components["schemas"]["GatewayMessage"] = FROM_THE_GATEWAY
    for methods in document["paths"].values():
        for operation in methods.values():
            limited = "429" in operation["responses"]
            operation["responses"] = dict(sorted(operation["responses"].items()))
            for status, answer in operation["responses"].items():
                _complete(operation["operationId"], status, answer, limited=limited)


def _complete(operation: str, status: str, answer: Document, *, limited: bool) -> None:
    answer["description"] = OWN_WORDS.get((operation, status), DONE.get(status, answer["description"]))
    names = ["x-request-id", "Cache-Control"]
    if limited and status in COUNTED:
        names += ["RateLimit", "RateLimit-Policy"]
    if status in ("429", "503"):
        names.append("Retry-After")
    if status == "401":
        names.append("WWW-Authenticate")
    answer["headers"] = {name: {"$ref": f"#/components/headers/{name}"} for name in names}
    for content in answer.get("content", {}).values():
        schema = content["schema"]
        if "$ref" in schema:  # beside what else FastAPI found in the endpoint's annotation
            content["schema"] = {"$ref": schema["$ref"]}
    if status in GATEWAY_ANSWERS:
        _let_the_gateway_answer(answer)


def _let_the_gateway_answer(answer: Document) -> None:
    content = answer.setdefault("content", {}).setdefault("application/json", {})
    message = {"$ref": "#/components/schemas/GatewayMessage"}
    content["schema"] = {"anyOf": [content["schema"], message]} if "schema" in content else message
