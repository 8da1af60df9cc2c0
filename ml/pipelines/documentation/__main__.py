"""`python -m ml.pipelines.documentation`: writes docs/features.md."""

from pathlib import Path

from ml.pipelines.documentation.page import page

PAGE = Path(__file__).parents[3] / "docs" / "features.md"

if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
