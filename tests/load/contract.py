"""Which statuses each operation declares in the OpenAPI documents of the functions."""

from __future__ import annotations

import importlib
from functools import cache

from infra.local.layout import PROJECT
from tests.support.local_stack import API


@cache
def declared() -> dict[str, frozenset[int]]:
    """By operation ("GET /jobs/{job_id}")."""
    found = {}
    for handler in sorted(PROJECT.glob("functions/api/*/handler.py")):
        module = importlib.import_module(f"functions.api.{handler.parent.name}.handler")
        for path, methods in module.app.openapi()["paths"].items():
            for method, operation in methods.items():
                statuses = frozenset(int(status) for status in operation["responses"])
                found[f"{method.upper()} {path.removeprefix(API)}"] = statuses
    return found
