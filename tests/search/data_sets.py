"""The labelled catalogues and queries of data/, read; see data/README.md for which are for tuning."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path

DATA = Path(__file__).parent / "data"
TEST_CATALOGUES = ("test_bakery", "test_deli")
DEV_CATALOGUES = ("dev_flowers", "dev_bar", "dev_names", "dev_hardware")


@dataclass(frozen=True, slots=True)
class Item:
    """A product or a document. Lists are None where they are not known."""

    id: str
    kind: str
    title: str
    category: str
    text: str
    allergens: tuple[str, ...] | None
    diets: tuple[str, ...] | None

    @property
    def content(self) -> str:
        """What the index holds of it besides its title: a product's category and description, a document's text."""
        return ". ".join(part for part in (self.category, self.text) if part)

    @property
    def passage(self) -> str:
        """What is embedded, put together as for the index."""
        return "\n".join((self.title, self.text)) if self.kind == "document" else f"{self.title}. {self.content}"


@dataclass(frozen=True, slots=True)
class LabelledQuery:
    """A query and the ids that are right first answers to it."""

    catalogue: str
    text: str
    relevant: frozenset[str]
    kind: str


@cache
def catalogue(name: str) -> tuple[Item, ...]:
    """The items of a catalogue."""
    return tuple(
        Item(
            row["id"],
            row["kind"],
            row["title"],
            row["category"],
            row["text"],
            _list(row["allergens"]),
            _list(row["diets"]),
        )
        for row in _rows(f"{name}.csv")
    )


def queries(split: str) -> list[LabelledQuery]:
    """The labelled queries of "test" or "dev"."""
    return [
        LabelledQuery(row["catalogue"], row["query"], frozenset(row["relevant"].split()), row["kind"])
        for row in _rows(f"{split}_queries.csv")
    ]


def other_trades(split: str) -> list[str]:
    """Queries that nothing in any catalogue of "test" or "dev" fits."""
    return [row["query"] for row in _rows(f"{split}_other_trades.csv")]


def _rows(name: str) -> list[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _list(text: str) -> tuple[str, ...] | None:
    if not text:
        return None
    return () if text in ("ninguno", "none") else tuple(text.split(";"))
