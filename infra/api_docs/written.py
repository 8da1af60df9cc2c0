"""The files that are made of the API's document."""

from __future__ import annotations

import json

from infra.api_docs.document import build
from infra.api_docs.reference import reference
from infra.local.layout import PROJECT

FILES = (PROJECT / "docs" / "openapi.json", PROJECT / "docs" / "api.md")


def rendered() -> tuple[str, str]:
    """What docs/openapi.json and docs/api.md hold."""
    document = build()
    return json.dumps(document, ensure_ascii=False, indent=1) + "\n", reference(document)
