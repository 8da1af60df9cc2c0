"""Examples of requests and answers, recorded from the sample business (`python -m tests.contract.record`)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

EXAMPLES = Path(__file__).with_name("examples.json")


def add_examples(document: dict[str, Any]) -> None:
    """Puts the examples where they belong: by operation, its parameters, its body, its answers by status."""
    recorded = json.loads(EXAMPLES.read_text(encoding="utf-8"))
    for methods in document["paths"].values():
        for operation in methods.values():
            _add(operation, recorded.get(operation["operationId"], {}))


def _add(operation: dict[str, Any], recorded: dict[str, Any]) -> None:
    for parameter in operation.get("parameters", ()):
        if parameter["name"] in recorded.get("parameters", {}):
            parameter["example"] = recorded["parameters"][parameter["name"]]
    if "body" in recorded:
        operation["requestBody"]["content"]["application/json"]["example"] = recorded["body"]
    for status, answers in recorded.get("answers", {}).items():
        for media_type, example in answers.items():
            operation["responses"][status]["content"][media_type]["example"] = example
