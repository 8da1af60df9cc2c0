"""What a generated request is about: mostly the sample business and things that are there, so that it reaches the work."""

from __future__ import annotations

import re
from collections.abc import MutableMapping
from typing import Any
from urllib.parse import unquote
from uuid import UUID
from zlib import crc32

from schemathesis import Case

from infra.local.sample_business import BUSINESS
from tests.support.whole_api import WholeApi

QUESTIONS = (
    "¿Cuánto vendimos ayer?",
    "¿Cuáles fueron los 5 productos más vendidos este mes?",
    "¿A qué hora vendemos más?",
    "¿Y el mes anterior?",
    "Compare this month with last month",
    "¿Qué margen tiene el café con leche?",
    "¿Quiénes son mis mejores clientes?",
    "¿A qué hora abrimos los sábados?",
    "Recomiéndame algo sin gluten",
    "What do people complain about?",
)
ROLES = ("owner", "owner", "owner", "owner", "operator", "operator", "manager", "analyst", "staff", "stranger")
DOCUMENT_ID = re.compile(r"(?!product:)[^/\x00]*[^/\s\x00][^/\x00]*")
NOT_THERE = 8  # of so many requests one is about a business, conversation, job or document that is not there


def aim(case: Case, api: WholeApi) -> str:
    """Points the request at what is there; what is wrong in it stays wrong. Returns whose token it is to carry.

    The same request is always aimed alike, so that a failure comes again.
    """
    lot = crc32(repr((case.operation.label, case.path_parameters, case.query, case.body)).encode("utf-8", "replace"))
    role = "operator" if case.operation.label.endswith("/metrics") else ROLES[lot % len(ROLES)]
    if lot // 16 % NOT_THERE:
        for values in (case.query, case.path_parameters, case.body):
            if isinstance(values, MutableMapping):
                _point(values, api, role)
        if case.method == "DELETE" and isinstance(case.path_parameters, MutableMapping):
            document = case.path_parameters.get("document_id")
            named = unquote(document) if isinstance(document, str) else ""
            if DOCUMENT_ID.fullmatch(named) and len(named) <= 200:
                case.path_parameters["document_id"] = f"documento-{lot}"
                api.add_document(f"documento-{lot}")
    for values, name in ((case.body, "query"), (case.query, "query_text"), (case.query, "q")):
        if isinstance(values, MutableMapping) and _is_text(values.get(name)):
            values[name] = _question(lot, values[name])
    return role


def _point(values: MutableMapping[str, Any], api: WholeApi, role: str) -> None:
    if _is_id(values.get("business_id")):
        values["business_id"] = str(BUSINESS.id)
    if _is_id(values.get("job_id")):
        values["job_id"] = str(api.add_job())
    if _is_id(values.get("conversation_id")):
        values["conversation_id"] = str(api.add_conversation(role))


def _question(lot: int, text: str) -> str:
    """A question in the place of the text, before it or after it, or the text."""
    question = QUESTIONS[lot // 128 % len(QUESTIONS)]
    return (question, f"{question} {text}", f"{text} {question}", text)[lot // 2048 % 4]


def _is_text(value: object) -> bool:
    return isinstance(value, str) and value.isprintable() and 0 < len(value.strip()) <= len(value) < 200


def _is_id(value: object) -> bool:
    try:
        return isinstance(value, str) and str(UUID(value)) == value
    except ValueError:
        return False
