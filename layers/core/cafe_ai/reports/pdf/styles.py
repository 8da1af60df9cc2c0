"""The styles of the PDF's paragraphs, and its measures in points."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from cafe_ai.reports.pdf.inks import colour
from cafe_ai.reports.pdf.letters import BOLD, REGULAR

if TYPE_CHECKING:
    from reportlab.lib.styles import ParagraphStyle

PAGE = (595.276, 841.89)  # A4
MARGIN = 48.0
TOP, BOTTOM = 44.0, 52.0
WIDTH = PAGE[0] - 2 * MARGIN

# name: size, leading, bold, ink, space before, space after
_STYLES: dict[str, tuple[float, float, bool, str, float, float]] = {
    "kind": (8.5, 11, True, "accent", 10, 2),
    "business": (25, 29, True, "ink", 0, 1),
    "period": (14, 18, False, "ink", 0, 3),
    "made": (9, 12, False, "muted", 0, 12),
    "lead": (11.5, 16.5, False, "ink", 2, 5),
    "heading": (15, 19, True, "ink", 8, 7),
    "subheading": (10.5, 13.5, True, "ink", 0, 1),
    "subtitle": (9, 12, False, "muted", 0, 5),
    "body": (10, 14.5, False, "ink", 0, 8),
    "note": (8.5, 12, False, "muted", 2, 6),
    "item": (10, 14, False, "ink", 0, 0),
    "strong_item": (10, 14, True, "ink", 0, 0),
    "aside": (9, 12.5, False, "muted", 0, 0),
    "number": (9, 14, True, "accent", 0, 0),
    "tile_label": (8.5, 11, False, "muted", 0, 0),
    "tile_value": (15, 18.5, True, "ink", 0, 1),
    "tile_first": (25, 29, True, "ink", 0, 2),
    "tile_change": (8, 11, False, "muted", 0, 0),
    "tile_first_change": (10, 14, False, "muted", 0, 0),
    "caption": (10.5, 13.5, True, "ink", 2, 4),
    "column": (8, 10, False, "muted", 0, 0),
    "cell": (9, 12, False, "ink", 0, 0),
    "cell_note": (8, 10.5, False, "muted", 0, 0),
    "total": (9, 12, True, "ink", 0, 0),
}


@cache
def style(name: str, tone: str = "", *, right: bool = False) -> ParagraphStyle:
    """A paragraph style by name, in its own ink or in a tone's, set to the left or right."""
    from reportlab.lib.enums import TA_LEFT, TA_RIGHT
    from reportlab.lib.styles import ParagraphStyle

    size, leading, bold, ink, before, after = _STYLES[name]
    return ParagraphStyle(
        f"{name}-{tone}-{right}",
        fontName=BOLD if bold or tone == "alert" else REGULAR,
        fontSize=size,
        leading=leading,
        textColor=colour(tone if tone and tone != "plain" else ink),
        spaceBefore=before,
        spaceAfter=after,
        alignment=TA_RIGHT if right else TA_LEFT,
        allowWidows=0,
        allowOrphans=0,
    )
