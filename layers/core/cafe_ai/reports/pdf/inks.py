"""The inks on paper, as reportlab's colours. They differ in lightness too, so that a grey print tells them apart."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from reportlab.lib.colors import Color

INKS = {
    "ink": "#1c2430",
    "muted": "#56606d",
    "grid": "#e7e5e0",
    "axis": "#a9adb5",
    "accent": "#1f5287",
    "band": "#dce6f0",
    "faint": "#b3bfcc",
    "rise": "#1c7d68",
    "fall": "#d9822b",
    "alert": "#b3400e",
    "paper": "#ffffff",
    "good": "#176b58",
    "bad": "#a83c0c",
    "plain": "#1c2430",
    "wash": "#f7f6f3",
    "rule": "#dedbd4",
}


@cache
def colour(ink: str) -> Color:
    """The colour of an ink or a tone."""
    from reportlab.lib.colors import HexColor

    return HexColor(INKS[ink])
