"""What the head sees of a review beside its embedding: numbers a person can check by reading the review."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cafe_ai.language.detection import detect_language
from cafe_ai.language.text import fold
from ml.models.sentiment import cues
from ml.models.sentiment.lexicon import LANGUAGES, Language
from ml.models.sentiment.polarity import count_negations, weigh
from ml.models.sentiment.words import CONTRASTS, split_clauses, split_sentences, tokenise

NAMES = (
    "sum",  # all weights, pressed into (-1, 1)
    "balance",  # (good - bad) / (good + bad)
    "good",  # log of the good weights' sum
    "bad",
    "best",  # the strongest single weight of each side, of 3
    "worst",
    "first",  # the first and last sentence that says anything, pressed into (-1, 1)
    "last",
    "after_contrast",  # what stands after "but", and before it
    "before_contrast",
    "turned_good",  # weights that a negation turned
    "turned_bad",
    "silent",  # 1 where no word is known
    "negations",
    "negation_unread",  # negations where no word is known
    "good_signs",
    "bad_signs",
    "rating",
    "irony",
    "irony_praise",  # irony where the words themselves are good
    "once_good",
    "only_good",
    "only_bad",
    "exclamations",
    "questions",
    "capitals",
    "length",
    "sentences_good",  # share of sentences that lean each way
    "sentences_bad",
    "middling",
    "mixed",  # the lighter of good and bad as a share of the heavier
    "middling_alone",  # middling words and nothing strong
)
"""The lexical features, in their order."""

PRESS = 3.0


@dataclass(frozen=True, slots=True)
class SentenceSense:
    """A sentence's weights: good and bad (both positive numbers), before and after a contrast (signed)."""

    good: float
    bad: float
    best: float
    worst: float
    before: float
    after: float
    turned_good: float
    turned_bad: float
    negations: int

    @property
    def sum(self) -> float:
        """Good less bad, what follows a contrast weighing more than what stands before."""
        if self.after or self.before:
            return 0.6 * self.before + 1.4 * self.after
        return self.good - self.bad


def press(value: float) -> float:
    """A sum of weights within (-1, 1)."""
    return value / math.sqrt(value * value + PRESS * PRESS)


def language_of(text: str) -> Language:
    """The language a review is written in; where its commonest words do not tell, the one whose lexicon knows more of it."""
    known = detect_language(text)
    if known is not None:
        return known
    tokens = tokenise(text)
    return max(LANGUAGES, key=lambda language: sum(abs(each.weight) for each in weigh(tokens, language)))


def sense(sentence: str, language: Language) -> SentenceSense:
    """The weights of one sentence."""
    good = bad = best = worst = before = after = turned_good = turned_bad = 0.0
    negations, contrasted = 0, False
    tokens = tokenise(sentence)
    has_contrast = any(token.folded in CONTRASTS for token in tokens[1:])
    for clause in split_clauses(tokens):
        contrasted = contrasted or (clause[0].folded in CONTRASTS and clause[0] is not tokens[0])
        negations += count_negations(clause, language)
        for each in weigh(clause, language):
            good, bad = good + max(0.0, each.weight), bad + max(0.0, -each.weight)
            best, worst = max(best, each.weight), min(worst, each.weight)
            if has_contrast:
                before, after = (before, after + each.weight) if contrasted else (before + each.weight, after)
            if each.negated:
                turned_good += max(0.0, each.weight)
                turned_bad += max(0.0, -each.weight)
    return SentenceSense(good, bad, best, worst, before, after, turned_good, turned_bad, negations)


def lexical_features(text: str) -> NDArray[np.float64]:
    """One number a name of `NAMES`."""
    language = language_of(text)
    sentences = split_sentences(text)
    senses = [sense(sentence, language) for sentence in sentences]
    folded = [fold(sentence) for sentence in sentences]
    good, bad = sum(each.good for each in senses), sum(each.bad for each in senses)
    total = sum(each.sum for each in senses)
    telling = [each.sum for each in senses if each.good or each.bad]
    irony = sum(cues.count_irony(each) for each in folded)
    glad, sorry = cues.count_signs(text)
    middling = sum(cues.count_middling(each) for each in folded)
    negations = sum(each.negations for each in senses)
    letters = [character for character in text if character.isalpha()]
    whole = " ".join(folded)
    values = (
        press(total),
        (good - bad) / (good + bad) if good + bad else 0.0,
        math.log1p(good),
        math.log1p(bad),
        max((each.best for each in senses), default=0.0) / 3,
        min((each.worst for each in senses), default=0.0) / 3,
        press(telling[0]) if telling else 0.0,
        press(telling[-1]) if telling else 0.0,
        press(sum(each.after for each in senses)),
        press(sum(each.before for each in senses)),
        math.log1p(sum(each.turned_good for each in senses)),
        math.log1p(sum(each.turned_bad for each in senses)),
        float(not good and not bad),
        math.log1p(negations),
        float(negations > 0 and not good and not bad),
        min(glad, 3) / 3,
        min(sorry, 3) / 3,
        cues.rating_told(whole) or 0.0,
        min(irony, 2) / 2,
        min(irony, 2) / 2 * max(0.0, press(total)),
        float(cues.was_once_good(whole)),
        float(cues.only_good(whole)),
        float(cues.only_bad(whole)),
        min(text.count("!"), 3) / 3,
        min(text.count("?"), 2) / 2,
        sum(map(str.isupper, letters)) / len(letters) if len(letters) > 10 else 0.0,
        math.log1p(len(text)) / 6,
        _share(telling, 1),
        _share(telling, -1),
        min(middling, 2) / 2,
        min(good, bad) / max(good, bad) if good and bad else 0.0,
        float(middling > 0 and max(good, bad) < 3),
    )
    return np.array(values, dtype=np.float64)


def _share(sums: Sequence[float], sign: int) -> float:
    return sum(each * sign > 0 for each in sums) / len(sums) if sums else 0.0
