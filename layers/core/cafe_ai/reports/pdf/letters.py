"""The fonts that are embedded, and text in the letters that they have."""

from __future__ import annotations

from functools import cache
from html import escape
from pathlib import Path

from cafe_ai.reports.legible import LOST, in_letters_of, legible, without_controls

REGULAR, BOLD = "SourceSans3", "SourceSans3-Bold"
_FOLDER = Path(__file__).parent.parent / "fonts"


@cache
def _letters() -> frozenset[int]:
    """The characters that both weights have, once both are known to reportlab."""
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.ttfonts import TTFont

    fonts = [TTFont(name, _FOLDER / f"{name}.ttf") for name in ("SourceSans3-Regular", "SourceSans3-Bold")]
    for name, font in zip((REGULAR, BOLD), fonts, strict=True):
        font.fontName = name
        pdfmetrics.registerFont(font)
    return frozenset(set(fonts[0].face.charToGlyph) & set(fonts[1].face.charToGlyph))


class Letters:
    """Writes text with the embedded fonts; `lost` tells whether some of it could not be."""

    def __init__(self) -> None:
        self._has = _letters()
        self.lost = False

    def plain(self, text: str) -> str:
        """The text on one line, what the fonts lack replaced visibly."""
        return self._in_fonts(legible(text))

    def markup(self, text: str) -> str:
        """The same for a paragraph of reportlab's, nothing in it being markup but its line breaks."""
        lines = (self._in_fonts(line.strip()) for line in without_controls(text).splitlines())
        return "<br/>".join(escape(line, quote=True) for line in lines)

    def width(self, text: str, size: float, *, bold: bool = False) -> float:
        """How wide a line is, in points."""
        from reportlab.pdfbase.pdfmetrics import stringWidth

        return float(stringWidth(self.plain(text), BOLD if bold else REGULAR, size))

    def _in_fonts(self, text: str) -> str:
        written = in_letters_of(text, lambda letter: ord(letter) in self._has)
        self.lost = self.lost or (LOST in written and LOST not in text)
        return written
