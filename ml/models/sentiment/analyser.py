"""Reads reviews: which way each leans, and what it says of which aspect."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from importlib.resources import files
from typing import Any

import numpy as np

from cafe_ai.embeddings.port import EmbeddingModel
from cafe_ai.platform.clock import Deadline
from cafe_ai.reviews.model import LEAST_CORRECTIONS, Label, Opinion
from ml.models.sentiment.aspects import opinions
from ml.models.sentiment.features import NAMES, language_of, lexical_features
from ml.models.sentiment.head import Array, fit, sigmoid
from ml.models.sentiment.words import split_sentences

HEAD_FILE = "data/head.json"
EMBEDDING_SCALE = 6.0
"""Embeddings of E5 lie close together: less their mean, times this, they weigh as much as the lexical features."""

NEUTRAL_FROM = 0.5
"""A review is neutral where the second head finds that at least this likely."""

MOST_CHARACTERS = 4_000
MOST_SENTENCES = 24
MOST_CORRECTIONS = 400
CORRECTION_PENALTY = 8.0
"""How firmly a business's head is held to the common one: the Gaussian prior's precision of each coefficient."""

TARGETS: Mapping[Label, float] = {Label.POSITIVE: 1.0, Label.NEUTRAL: 0.5, Label.NEGATIVE: 0.0}


@dataclass(frozen=True, slots=True)
class Head:
    """Two logistic regressions over the same inputs: leaning (positive against negative) and neutral (against both).

    Inputs are a one, the embedding less its mean, times EMBEDDING_SCALE, and the lexical features.
    """

    mean: Array
    leaning: Array
    neutral: Array
    version: str

    @classmethod
    def from_json(cls, text: str) -> Head:
        """A head as `to_json` writes it. Raises ValueError where it is for other features."""
        read = json.loads(text)
        if read["features"] != list(NAMES):
            raise ValueError(
                "The head is for other lexical features: train it again (python -m ml.models.sentiment.train)."
            )
        arrays = (np.array(read[name], dtype=np.float64) for name in ("mean", "leaning", "neutral"))
        mean, leaning, neutral = arrays
        return cls(mean, leaning, neutral, read["version"])

    def to_json(self, **more: Any) -> str:
        """Rounded to six digits, for what a reader of the file wants to know see `more`."""
        numbers = {
            name: [float(f"{value:.6g}") for value in getattr(self, name)] for name in ("mean", "leaning", "neutral")
        }
        return (
            json.dumps({"version": self.version, "features": list(NAMES), **more, **numbers}, ensure_ascii=False) + "\n"
        )

    def corrected(self, rows: Array, labels: Sequence[Label]) -> Head:
        """The head of a business that has said how these reviews lean: maximum a posteriori around this one."""
        penalties = np.full(rows.shape[1], CORRECTION_PENALTY)
        even = np.ones(len(labels))
        targets = np.array([TARGETS[label] for label in labels])
        neutral = np.array([float(label is Label.NEUTRAL) for label in labels])
        return Head(
            self.mean,
            fit(rows, targets, even, penalties, self.leaning),
            fit(rows, neutral, even, penalties, self.neutral),
            self.version,
        )

    def read(self, rows: Array) -> tuple[Array, Array]:
        """Score from -1 to 1 of each row, and how likely it is neutral."""
        return 2 * sigmoid(rows @ self.leaning) - 1, sigmoid(rows @ self.neutral)


@dataclass(frozen=True, slots=True)
class _Parts:
    """Reviews taken apart: the rows of whole reviews, those of their sentences, and which sentences are whose."""

    wholes: Array
    sentences: Array
    texts: list[list[str]]


class SentimentAnalyser:
    """A `cafe_ai.reviews.port.Analyser`. embeddings: multilingual E5, as trained with."""

    def __init__(self, embeddings: EmbeddingModel, head: Head | None = None) -> None:
        self._embeddings = embeddings
        self._given = head

    @cached_property
    def head(self) -> Head:
        """The common head: the committed one unless another was given."""
        if self._given is not None:
            return self._given
        return Head.from_json(files("ml.models.sentiment").joinpath(HEAD_FILE).read_text(encoding="utf-8"))

    @property
    def version(self) -> str:
        """See `Analyser.version`."""
        return self.head.version

    def analyse(
        self, texts: Sequence[str], corrections: Sequence[tuple[str, Label]], deadline: Deadline
    ) -> list[Opinion]:
        """See `Analyser.analyse`."""
        if not texts:
            return []
        head = self._own_head(corrections, deadline)
        parts = self._take_apart(texts, deadline)
        scores, neutral = head.read(parts.wholes)
        of_sentences, _ = head.read(parts.sentences)
        found, first = [], 0
        for text, sentences, score, middling in zip(texts, parts.texts, scores, neutral, strict=True):
            sentence_scores = of_sentences[first : first + len(sentences)]
            first += len(sentences)
            found.append(_opinion(text, sentences, float(score), float(middling), sentence_scores))
        return found

    def rows(self, texts: Sequence[str], deadline: Deadline) -> Array:
        """The head's inputs for whole reviews: (n, 1 + dimensions + lexical features)."""
        return self._take_apart(texts, deadline).wholes

    def embed(self, texts: Sequence[str], deadline: Deadline) -> Array:
        """The embeddings of whole reviews (see `_take_apart`) before their mean is taken off: (n, dimensions)."""
        return self._embed([_sentences(text) for text in texts], texts, deadline)[0]

    def _own_head(self, corrections: Sequence[tuple[str, Label]], deadline: Deadline) -> Head:
        """The business's head; the common one where there are too few corrections to learn from."""
        kept = list(corrections)[:MOST_CORRECTIONS]
        if len(kept) < LEAST_CORRECTIONS:
            return self.head
        rows = self._take_apart([text for text, _ in kept], deadline).wholes
        return self.head.corrected(rows, [label for _, label in kept])

    def _take_apart(self, texts: Sequence[str], deadline: Deadline) -> _Parts:
        """A review's embedding is the mean of the whole text's and its sentences' mean, of length 1."""
        sentences = [_sentences(text) for text in texts]
        wholes, alone = self._embed(sentences, texts, deadline)
        flat = [sentence for each in sentences for sentence in each]
        return _Parts(self._with_words(wholes, texts), self._with_words(alone, flat), sentences)

    def _embed(self, sentences: list[list[str]], texts: Sequence[str], deadline: Deadline) -> tuple[Array, Array]:
        flat = [sentence for each in sentences for sentence in each]
        alone = np.array(self._embeddings.embed_passages(flat, deadline), dtype=np.float64)
        several = [place for place, each in enumerate(sentences) if len(each) > 1]
        whole = self._embeddings.embed_passages([texts[place][:MOST_CHARACTERS] for place in several], deadline)
        of_whole = dict(zip(several, np.array(whole, dtype=np.float64), strict=True))
        rows, first = [], 0
        for place, each in enumerate(sentences):
            mean = alone[first : first + len(each)].mean(axis=0)
            first += len(each)
            row = mean + of_whole.get(place, mean)
            rows.append(row / np.linalg.norm(row))
        return np.array(rows), alone

    def _with_words(self, embedded: Array, texts: Sequence[str]) -> Array:
        lexical = np.array([lexical_features(text[:MOST_CHARACTERS]) for text in texts])
        scaled = (embedded - self.head.mean) * EMBEDDING_SCALE
        return np.hstack([np.ones((len(texts), 1)), scaled, lexical])


def _sentences(text: str) -> list[str]:
    return split_sentences(text[:MOST_CHARACTERS])[:MOST_SENTENCES] or [text[:MOST_CHARACTERS]]


def _opinion(text: str, sentences: list[str], score: float, middling: float, sentence_scores: Array) -> Opinion:
    language = language_of(text)
    aspects = [
        each
        for sentence, of_sentence in zip(sentences, sentence_scores, strict=True)
        for each in opinions(sentence, float(of_sentence), language)
    ]
    if middling >= NEUTRAL_FROM:
        return Opinion(Label.NEUTRAL, round(score * (1 - middling), 4), tuple(aspects))
    return Opinion(Label.POSITIVE if score > 0 else Label.NEGATIVE, round(score, 4), tuple(aspects))
