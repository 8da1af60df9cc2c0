"""The curated menus: which products businesses of a kind carry, under all the names they go by."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from cafe_ai.language.formats import Language
from cafe_ai.language.text import fold, tokenize
from cafe_ai.recommendations.seasons import Season

FALLBACK = "shop"


@dataclass(frozen=True, slots=True)
class Entry:
    """A product of a menu. commonness is 1 for the commonest of its kind and falls towards 0.

    phrases: all names it goes by, in both languages. diets: what it typically is ("vegan"), never of anyone's recipe.
    """

    key: str
    names: dict[Language, str]
    category: str
    season: Season | None
    phrases: tuple[str, ...]
    diets: tuple[str, ...]
    commonness: float = 0.0


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of business: what it is called, and its menu, the commonest product first."""

    key: str
    names: dict[Language, str]
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class Category:
    """A part of a menu, and the words by which shops call it."""

    names: dict[Language, str]
    words: tuple[str, ...]


def kind_of(business_type: str) -> Kind:
    """The kind that goes by this name; a part of the name suffices ("cafetería y librería" is a café first). Else a shop."""
    said = " ".join(token.folded for token in tokenize(business_type.replace("_", " ")))
    found = _aliases().get(said)
    if found is None:
        padded = f" {said} "
        within = [
            (padded.index(f" {alias} "), -len(alias), key)
            for alias, key in _aliases().items()
            if f" {alias} " in padded
        ]
        found = min(within)[2] if within else FALLBACK
    return _kinds()[found]


def kinds() -> tuple[Kind, ...]:
    """All kinds there are."""
    return tuple(_kinds().values())


def entries() -> tuple[Entry, ...]:
    """All products, of whatever kind of business."""
    return tuple(_entries().values())


def category(key: str) -> Category:
    """A part of a menu by its key."""
    told = _read("menus.toml")["categories"][key]
    return Category({"es": told["es"], "en": told["en"]}, (told["es"], told["en"], *told["words"]))


@cache
def _kinds() -> dict[str, Kind]:
    return {key: _kind(key, told) for key, told in _read("menus.toml")["kinds"].items()}


def _kind(key: str, told: dict[str, Any]) -> Kind:
    keys = told["products"].split()
    menu = tuple(_entry(name, _read("products.toml")[name], 1 - place / len(keys)) for place, name in enumerate(keys))
    return Kind(key, {"es": told["es"], "en": told["en"]}, menu)


@cache
def _entries() -> dict[str, Entry]:
    return {key: _entry(key, told) for key, told in _read("products.toml").items()}


def _entry(key: str, told: dict[str, Any], commonness: float = 0.0) -> Entry:
    return Entry(
        key=key,
        names={"es": told["es"], "en": told["en"]},
        category=told["category"],
        season=told.get("season"),
        phrases=(told["es"], told["en"], *told.get("also", ())),
        diets=tuple(told.get("diets", ())),
        commonness=round(commonness, 4),
    )


@cache
def _aliases() -> dict[str, str]:
    return {
        " ".join(token.folded for token in tokenize(fold(alias))): key
        for key, told in _read("menus.toml")["kinds"].items()
        for alias in (*told["aliases"], key.replace("_", " "), told["es"], told["en"])
    }


@cache
def _read(name: str) -> dict[str, Any]:
    return tomllib.loads(resources.files(f"{__package__}.knowledge").joinpath(name).read_text(encoding="utf-8"))
