"""Answers written by hand: what a shop owner would call right is shown, and what is wrong is refused."""

from __future__ import annotations

import pytest

from cafe_ai.assistants.checker import check
from tests.unit.checker import shops
from tests.unit.checker.examples import LIES, RIGHT


@pytest.mark.parametrize(
    ("shop", "locale", "text"), [(shop, locale, text) for shop, told in RIGHT.items() for locale, text in told]
)
def test_right_answer_is_shown(shop: str, locale: str, text: str) -> None:
    verdict = check(text, getattr(shops, shop), locale)

    assert verdict.ok, verdict.faults


@pytest.mark.parametrize(
    ("shop", "locale", "text"), [(shop, locale, text) for shop, told in LIES.items() for locale, text in told]
)
def test_lie_is_refused(shop: str, locale: str, text: str) -> None:
    assert not check(text, getattr(shops, shop), locale).ok
