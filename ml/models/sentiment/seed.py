"""The labelled reviews that the head is trained on. All are written for this project; none is a real person's."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from importlib.resources import files

from cafe_ai.reviews.model import Aspect, Label
from ml.models.sentiment.lexicon import LANGUAGES, Language


@dataclass(frozen=True, slots=True)
class Labelled:
    """A review with what it says: aspects hold 1 where one is praised, -1 where it is complained of."""

    text: str
    label: Label
    language: Language
    aspects: Mapping[Aspect, int]


def seed_reviews() -> list[Labelled]:
    """The seed set in its fixed order: Spanish, then English."""
    return [review for language in LANGUAGES for review in _read(language)]


def fingerprint(reviews: list[Labelled]) -> str:
    """SHA-256 of texts, labels and lexicons: which data a head was trained on."""
    digest = sha256()
    for language in LANGUAGES:
        digest.update(files("ml.models.sentiment").joinpath(f"data/lexicon_{language}.txt").read_bytes())
    for each in reviews:
        digest.update(f"{each.label.value}\t{each.text}\n".encode())
    return digest.hexdigest()


def _read(language: Language) -> list[Labelled]:
    text = files("ml.models.sentiment").joinpath(f"data/seed_{language}.tsv").read_text(encoding="utf-8")
    rows = csv.DictReader(text.splitlines(), delimiter="\t", quoting=csv.QUOTE_NONE)
    return [
        Labelled(
            row["text"],
            Label(row["label"]),
            language,
            {Aspect(each[:-1]): 1 if each.endswith("+") else -1 for each in row["aspects"].split()},
        )
        for row in rows
    ]
