"""Building HTML (and the SVG in it) so that what is not markup cannot become it. Standard library only."""

from __future__ import annotations

import html
from collections.abc import Iterable
from typing import TypeAlias

from cafe_ai.reports.legible import without_controls

_VOID = frozenset({"meta", "link", "br", "hr", "img", "line", "rect", "circle", "polygon", "polyline"})


class Markup(str):
    """Text that is markup already; only `h` and this module's callers with constants of their own make it."""

    __slots__ = ()


Content: TypeAlias = "Markup | str | Iterable[Content] | None"


def h(tag: str, *content: Content, **attributes: str | float | None) -> Markup:
    """An element. Text in it and its attributes' values are escaped; None is left out, also as an attribute.

    An attribute's name is written as in Python: `class_`, `aria_label` for `aria-label`, `stroke_width`.
    """
    named = "".join(
        f' {name.rstrip("_").replace("_", "-")}="{html.escape(without_controls(_value(value)), quote=True)}"'
        for name, value in attributes.items()
        if value is not None
    )
    if tag in _VOID and not content:
        return Markup(
            f"<{tag}{named}/>" if tag in ("line", "rect", "circle", "polygon", "polyline") else f"<{tag}{named}>"
        )
    return Markup(f"<{tag}{named}>{join(*content)}</{tag}>")


def join(*content: Content) -> Markup:
    """The parts one after another, what is not markup escaped."""
    return Markup("".join(_written(each) for each in content))


def own(text: str) -> Markup:
    """A name or sentence that may hold names of the shop's, set apart so that its direction stays its own."""
    return h("bdi", text)


def _written(part: Content) -> str:
    if part is None:
        return ""
    if isinstance(part, Markup):
        return str.__str__(part)
    if isinstance(part, str):
        return html.escape(without_controls(part), quote=True)
    return "".join(_written(each) for each in part)


def _value(value: str | float) -> str:
    return value if isinstance(value, str) else number(value)


def number(value: float) -> str:
    """A coordinate with at most two decimal places: the same on every machine, and no longer than it need be."""
    text = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text
