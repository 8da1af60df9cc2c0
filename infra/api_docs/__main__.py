"""Write docs/openapi.json and docs/api.md from the code: `python -m infra.api_docs`."""

from __future__ import annotations

from infra.api_docs.written import FILES, rendered

if __name__ == "__main__":
    for path, text in zip(FILES, rendered(), strict=True):
        path.write_text(text, encoding="utf-8")
