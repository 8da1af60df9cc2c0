"""The 200 reviews set aside: never trained on, a third and more with negation or irony."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from cafe_ai.embeddings.offline import e5_small
from cafe_ai.platform.clock import Deadline
from cafe_ai.reviews.model import Label, Opinion
from ml.models.sentiment.analyser import SentimentAnalyser
from ml.models.sentiment.seed import seed_reviews
from ml.models.sentiment.words import tokenise

ASIDE = [json.loads(line) for line in Path(__file__).with_name("reviews_aside.jsonl").read_text("utf-8").splitlines()]


@cache
def opinions() -> list[Opinion]:
    return SentimentAnalyser(e5_small()).analyse([each["text"] for each in ASIDE], [], Deadline.after(600))


def accuracy(**only: Any) -> float:
    told = [
        opinion.label.value == each["label"]
        for each, opinion in zip(ASIDE, opinions(), strict=True)
        if all(each[name] == value for name, value in only.items())
    ]
    return sum(told) / len(told)


def test_200_reviews_a_third_of_them_negated_or_ironic_in_both_languages() -> None:
    assert len(ASIDE) == 200
    assert sum(each["kind"] != "plain" for each in ASIDE) >= 67
    assert sum(each["language"] == "es" for each in ASIDE) == 100


def test_none_of_them_was_trained_on() -> None:
    known = [{token.folded for token in tokenise(each.text)} for each in seed_reviews()]
    for each in ASIDE:
        words = {token.folded for token in tokenise(each["text"])}
        if len(words) > 3:
            assert max(len(words & seen) / len(words | seen) for seen in known) < 0.7, each["text"]


def test_nine_in_ten_are_read_right_of_three_labels() -> None:
    assert accuracy() >= 0.90


@pytest.mark.parametrize("language", ["es", "en"])
def test_each_language_is_read_well(language: str) -> None:
    assert accuracy(language=language) >= 0.89


def test_negation_is_read_as_well_as_plain_words() -> None:
    assert accuracy(kind="negation") >= 0.88


def test_a_review_that_leans_keeps_its_side() -> None:
    leaning = [(each, opinion) for each, opinion in zip(ASIDE, opinions(), strict=True) if each["label"] != "neutral"]
    called_neutral = sum(opinion.label is Label.NEUTRAL for _, opinion in leaning)
    assert called_neutral <= 0.03 * len(leaning)


def test_scores_agree_with_their_labels() -> None:
    for opinion in opinions():
        assert -1 <= opinion.score <= 1
        if opinion.label is not Label.NEUTRAL:
            assert (opinion.score > 0) == (opinion.label is Label.POSITIVE)


def test_aspects_are_found_with_their_side() -> None:
    named = right = wrong = 0
    for each, opinion in zip(ASIDE, opinions(), strict=True):
        for aspect, side in each["aspects"].items():
            named += 1
            scores = [found.score for found in opinion.aspects if found.aspect.value == aspect]
            right += any((score > 0) == (side == "positive") for score in scores)
            wrong += bool(scores) and not any((score > 0) == (side == "positive") for score in scores)
    assert right / named >= 0.6
    assert wrong / named <= 0.15
