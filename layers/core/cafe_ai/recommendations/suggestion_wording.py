"""Why these products, in Spanish and English. The only figures are how often something was searched for."""

# ruff: noqa: E501 -- a sentence a line

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from cafe_ai.language.formats import Language, format_count, join_list, pluralize
from cafe_ai.recommendations import menus

if TYPE_CHECKING:
    from cafe_ai.recommendations.suggestions import Suggestion, Suggestions, Why

_INTRO: Mapping[Language, str] = {
    "es": "Basado en tu tipo de negocio ({kind}), estos productos son habituales en negocios parecidos y no están en tu catálogo.",
    "en": "Based on your kind of business ({kind}), similar businesses usually carry these products and your catalogue does not.",
}
_NOTHING: Mapping[Language, str] = {
    "es": "Basado en tu tipo de negocio ({kind}), tu catálogo ya tiene lo que es habitual en negocios parecidos en esta época del año.",
    "en": "Based on your kind of business ({kind}), your catalogue already has what similar businesses usually carry at this time of year.",
}
_PARTS: Mapping[Language, Mapping[Why, tuple[str, str]]] = {
    "es": {
        "searched": ("Se ha buscado sin encontrarlo: {names}.", "Se han buscado sin encontrarlos: {names}."),
        "season": ("Ahora es temporada de {names}.", "Ahora es temporada de {names}."),
        "extends": ("Completa lo que ya vendes: {names}.", "Completan lo que ya vendes: {names}."),
        "common": ("Es de lo más habitual: {names}.", "Son de lo más habitual: {names}."),
    },
    "en": {
        "searched": ("Searched for and not found: {names}.", "Searched for and not found: {names}."),
        "season": ("In season now: {names}.", "In season now: {names}."),
        "extends": ("Goes with what you already sell: {names}.", "Go with what you already sell: {names}."),
        "common": ("Among the most usual: {names}.", "Among the most usual: {names}."),
    },
}
_UNKNOWN: Mapping[Language, str] = {
    "es": "También se ha buscado sin encontrarlo {queries}.",
    "en": "Also searched for and not found: {queries}.",
}
_TIMES: Mapping[Language, tuple[str, str]] = {"es": ("vez", "veces"), "en": ("time", "times")}
_REASONS: Mapping[Language, Mapping[Why, str]] = {
    "es": {
        "searched": "se ha buscado en tu catálogo y no estaba ({times})",
        "season": "es temporada y es habitual en negocios como el tuyo",
        "extends": "es habitual en negocios como el tuyo y completa tu oferta de {category}",
        "common": "es habitual en negocios como el tuyo",
    },
    "en": {
        "searched": "it was searched for in your catalogue and not found ({times})",
        "season": "it is in season and usual in businesses like yours",
        "extends": "it is usual in businesses like yours and goes with your {category}",
        "common": "it is usual in businesses like yours",
    },
}


def explain(chosen: Suggestions, language: Language) -> str:
    """The whole explanation: the kind of business, then what was searched for, is in season, goes with the rest, is usual."""
    opening = (_INTRO if chosen.items else _NOTHING)[language].format(kind=chosen.kind.names[language])
    sentences = [opening]
    for why, (one, several) in _PARTS[language].items():
        items = [item for item in chosen.items if item.why == why]
        if items:
            sentences.append((one if len(items) == 1 else several).format(names=_join(items, language)))
    if chosen.unknown:
        left, right = "«»" if language == "es" else "“”"
        queries = [f"{left}{query}{right} ({_times(times, language)})" for query, times in chosen.unknown]
        sentences.append(_UNKNOWN[language].format(queries=join_list(queries, language)))
    return " ".join(sentences)


def explain_one(item: Suggestion, language: Language) -> str:
    """Why one product is suggested, as a clause."""
    return _REASONS[language][item.why].format(
        category=menus.category(item.entry.category).names[language],
        times=_times(item.searches, language),
    )


def _join(items: Sequence[Suggestion], language: Language) -> str:
    names = [_in_sentence(item.entry.names[language]) for item in items]
    return join_list(names, language)


def _in_sentence(name: str) -> str:
    """A name within a sentence: "café helado", but "IPA" and "Aperol Spritz" stay."""
    first, _, rest = name.partition(" ")
    keeps = any(letter.isupper() for letter in first[1:]) or (rest and rest[0].isupper())
    return name if keeps else name[0].lower() + name[1:]


def _times(times: int, language: Language) -> str:
    return f"{format_count(times, language)} {pluralize(times, *_TIMES[language])}"
