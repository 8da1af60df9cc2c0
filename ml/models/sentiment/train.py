"""`python -m ml.models.sentiment.train`: trains the common head on the seed set and writes data/head.json.

Deterministic: the same seed set and the same embedding model give the same coefficients (to the digits that the embedding
model's own arithmetic holds on a machine). Measured by cross-validation over five parts; the reviews set aside are never
read here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from cafe_ai.embeddings.offline import e5_small
from cafe_ai.platform.clock import Deadline
from cafe_ai.reviews.model import Label
from ml.models.sentiment.analyser import EMBEDDING_SCALE, HEAD_FILE, NEUTRAL_FROM, TARGETS, Head, SentimentAnalyser
from ml.models.sentiment.features import NAMES, lexical_features
from ml.models.sentiment.head import Array, fit, sigmoid
from ml.models.sentiment.seed import Labelled, fingerprint, seed_reviews

EMBEDDING_PENALTY, LEXICAL_PENALTY, INTERCEPT_PENALTY = 10.0, 0.3, 1e-6
NEUTRAL_WEIGHT = 0.5
"""What a neutral review counts when leaning is learnt: it holds the middle, and says little of either side."""

FOLDS = 5
MINUTES = 60.0


@dataclass(frozen=True, slots=True)
class Rows:
    """The seed set as the head sees it, and which way each leans."""

    inputs: Array
    mean: Array
    targets: Array

    def part(self, chosen: Array) -> Rows:
        """Some of the rows."""
        return Rows(self.inputs[chosen], self.mean, self.targets[chosen])


def prepare(reviews: Sequence[Labelled], embedded: Array) -> Rows:
    """The inputs of the head from reviews and their embeddings (`SentimentAnalyser.embed`)."""
    mean = embedded.mean(axis=0)
    lexical = np.array([lexical_features(each.text) for each in reviews])
    inputs = np.hstack([np.ones((len(reviews), 1)), (embedded - mean) * EMBEDDING_SCALE, lexical])
    return Rows(inputs, mean, np.array([TARGETS[each.label] for each in reviews]))


def train(rows: Rows, version: str) -> Head:
    """The head of these rows: both sides weigh the same, however many reviews each has."""
    good, bad = rows.targets > 0.5, rows.targets < 0.5
    count = len(rows.targets)
    even = np.where(good, count / 2 / good.sum(), np.where(bad, count / 2 / bad.sum(), NEUTRAL_WEIGHT))
    dimensions = rows.inputs.shape[1] - 1 - len(NAMES)
    penalties = np.concatenate(
        [[INTERCEPT_PENALTY], np.full(dimensions, EMBEDDING_PENALTY), np.full(len(NAMES), LEXICAL_PENALTY)]
    )
    leaning = fit(rows.inputs, rows.targets, even, penalties)
    neutral = fit(rows.inputs, (rows.targets == 0.5).astype(np.float64), np.ones(count), penalties)
    return Head(rows.mean, leaning, neutral, version)


def cross_validate(rows: Rows, seed: int = 0) -> dict[str, float]:
    """Accuracy on parts that were not trained on: of three labels, and of the leaning of reviews that lean."""
    fold = np.random.default_rng(seed).permutation(len(rows.targets)) % FOLDS
    scores, middling = np.zeros(len(fold)), np.zeros(len(fold))
    for each in range(FOLDS):
        head = train(rows.part(fold != each), "")
        scores[fold == each] = sigmoid(rows.inputs[fold == each] @ head.leaning)
        middling[fold == each] = sigmoid(rows.inputs[fold == each] @ head.neutral)
    told = np.where(middling >= NEUTRAL_FROM, 0.5, (scores > 0.5).astype(np.float64))
    leans = rows.targets != 0.5
    return {
        "three_labels": round(float(np.mean(told == rows.targets)), 4),
        "leaning": round(float(np.mean((scores > 0.5)[leans] == (rows.targets > 0.5)[leans])), 4),
    }


def main() -> None:
    """Train, measure and write the head's file."""
    reviews = seed_reviews()
    empty = Head(np.zeros(0), np.zeros(0), np.zeros(0), "")
    embedded = SentimentAnalyser(e5_small(), empty).embed([each.text for each in reviews], Deadline.after(MINUTES * 60))
    rows, data = prepare(reviews, embedded), fingerprint(reviews)
    measured = cross_validate(rows)
    head = train(rows, f"e5-small+lexicon-{data[:8]}")
    counts = {label.value: sum(each.label is label for each in reviews) for label in Label}
    text = head.to_json(data_sha256=data, reviews=counts, cross_validation=measured)
    Path(__file__).with_name("data").joinpath(Path(HEAD_FILE).name).write_text(text, encoding="utf-8")
    print(f"{head.version}: {len(reviews)} reviews, cross-validation {measured}")  # noqa: T201 -- a script


if __name__ == "__main__":
    main()
