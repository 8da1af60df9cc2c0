"""A report has words for whatever an analysis may say is not known."""

from __future__ import annotations

from typing import get_args

import pytest

from cafe_ai.analytics.model import Gap
from cafe_ai.reports.model import Part
from cafe_ai.reports.wording import Words
from cafe_ai.reports.wording_en import ENGLISH
from cafe_ai.reports.wording_es import SPANISH


@pytest.mark.parametrize("words", [SPANISH, ENGLISH], ids=["es", "en"])
def test_each_gap_and_each_missing_part_has_words(words: Words) -> None:
    assert set(words.gaps) == set(get_args(Gap))
    assert set(words.missing) == set(get_args(Part))
