"""The analyser of an execution environment. Importing this loads nothing heavy."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ml.models.sentiment.analyser import SentimentAnalyser


@cache
def common_analyser() -> SentimentAnalyser:
    """With the committed head and E5, which is loaded once, on first use."""
    from cafe_ai.embeddings.offline import e5_small
    from ml.models.sentiment.analyser import SentimentAnalyser

    return SentimentAnalyser(e5_small())
