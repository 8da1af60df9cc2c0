"""What fits a query, best first, or that nothing does: meaning (cosines) and words (lexical.py) weighed together.

Two questions are answered apart. Which candidate is better: by the cosine's z-score over the candidates plus LEXICAL_WEIGHT
times the share of the query's words, which is comparable across queries as it is (a z-score of it is not: where one
candidate alone has a word of the query, it is far out whatever that word says). Whether it fits at all: by a logistic
of the cosine and the share themselves, fitted for each model, because z-scores compare candidates and say nothing of a
catalogue in which none fits. Weights and logistics were chosen on tests/search/data/dev_*; docs/benchmarks.md has the figures.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from cafe_ai.catalogue import lexical

LEXICAL_WEIGHT = 5.0
PRIOR_CANDIDATES = 10  # a σ from few candidates is drawn towards the model's usual one, as if by so many


@dataclass(frozen=True, slots=True)
class Candidate:
    """Something that may be what is searched. cosine: None where the vector store did not return it, or is down."""

    key: str
    title: str
    text: str
    cosine: float | None


@dataclass(frozen=True, slots=True)
class Calibration:
    """What a model's cosines mean. spread: their usual σ over a catalogue, for one query.

    A candidate fits with probability 1 / (1 + exp(−(bias + by_cosine·cosine + by_words·share))): so often the best candidate
    was right where as many queries have an answer in the catalogue as have none.
    """

    spread: float
    bias: float
    by_cosine: float
    by_words: float


CALIBRATIONS = {
    "use-m3": Calibration(spread=0.10, bias=-4.5, by_cosine=12.3, by_words=8.2),
    "use-m3+e5-small": Calibration(spread=0.026, bias=-34.2, by_cosine=44.1, by_words=7.4),
}
# Not measured here, where no server is: from what is published of text-embedding-3-small, whose cosines of strangers are about
# 0.1 and of question and answer 0.3 to 0.6; other models of a server are taken to be like it.
SERVED = Calibration(spread=0.08, bias=-5.0, by_cosine=15.0, by_words=8.0)
WORDS_ALONE = Calibration(spread=1.0, bias=-2.6, by_cosine=0.0, by_words=9.8)
LEAST_PROBABILITY = 0.4  # of the best: below it nothing fits
LEAST_BEHIND = 0.25  # of those behind a best that fits: a filter may take the best away


def rank(query: str, candidates: Sequence[Candidate], *, model: str | None) -> list[tuple[str, float]]:
    """The keys of what fits with how surely it does, in [0, 1] and falling; empty where nothing fits.

    model names whose cosines the candidates carry; without one, or without any cosine, the words alone decide. An empty
    query asks for anything: all candidates fit, in the order of their cosines.
    """
    if not candidates:
        return []
    cosines = [candidate.cosine for candidate in candidates]
    known = [cosine for cosine in cosines if cosine is not None]
    if not query.strip():
        best_first = sorted(candidates, key=lambda each: -(each.cosine or 0.0))
        return [(candidate.key, 0.5) for candidate in best_first]
    shares = lexical.score(query, [(candidate.title, candidate.text) for candidate in candidates])
    calibration = CALIBRATIONS.get(model or "", SERVED) if known else WORDS_ALONE
    lowest = min(known, default=0.0)
    filled = [lowest if cosine is None else cosine for cosine in cosines]
    fused = [
        (z + LEXICAL_WEIGHT * share if known else share)
        for z, share in zip(_z_scores(filled, calibration.spread), shares, strict=True)
    ]
    fits = [
        _logistic(calibration.bias + calibration.by_cosine * cosine + calibration.by_words * share)
        for cosine, share in zip(filled, shares, strict=True)
    ]
    order = sorted(range(len(candidates)), key=lambda at: -fused[at])
    return _falling([(candidates[at].key, fits[at]) for at in order])


def _z_scores(values: Sequence[float], usual_spread: float) -> list[float]:
    mean = sum(values) / len(values)
    variance = sum((value - mean) ** 2 for value in values)
    spread = math.sqrt((variance + PRIOR_CANDIDATES * usual_spread**2) / (len(values) + PRIOR_CANDIDATES))
    return [(value - mean) / spread for value in values]


def _logistic(evidence: float) -> float:
    return 1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, evidence))))


def _falling(ranked: Sequence[tuple[str, float]]) -> list[tuple[str, float]]:
    """Each probability at least the one after it, so that scores fall with the rank; what does not fit is left out."""
    falling: list[tuple[str, float]] = []
    best = 0.0
    for key, probability in reversed(ranked):
        best = max(best, probability)
        falling.append((key, round(best, 4)))
    if best < LEAST_PROBABILITY:
        return []
    return [(key, probability) for key, probability in reversed(falling) if probability >= LEAST_BEHIND]
