"""Narration as the tests compare it: with ordinary spaces."""

from __future__ import annotations

from cafe_ai.analytics.model import FactSheet
from cafe_ai.assistants.narrator import narrate


def told(sheet: FactSheet, locale: str = "es") -> str:
    """The sheet's text with no-break spaces written as ordinary ones."""
    return narrate(sheet, locale).replace("\u00a0", " ")
