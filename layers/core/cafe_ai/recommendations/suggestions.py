"""POST /product-suggestions: what similar menus carry and this one lacks, and what was searched for in vain."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from math import log2
from typing import TYPE_CHECKING, Literal
from uuid import UUID

from cafe_ai.assistants.service import moment_of
from cafe_ai.assistants.turns import Told, write_turn
from cafe_ai.language.formats import Language, language_of
from cafe_ai.platform.clock import milliseconds_since
from cafe_ai.recommendations import menus, repository
from cafe_ai.recommendations.matching import Names, stems
from cafe_ai.recommendations.menus import Entry, Kind
from cafe_ai.recommendations.phrases import PROMPTS
from cafe_ai.recommendations.seasons import FEASTS, is_near, is_southern
from cafe_ai.recommendations.suggestion_wording import explain
from cafe_ai.tenancy.model import Member

if TYPE_CHECKING:
    from cafe_ai.bootstrap import Runtime

ENDPOINT = "/api/v1/ai/product-suggestions"
SUGGESTED = 8
OF_A_CATEGORY = 3
LEAST_SEARCHES = 2
"""So often must something be searched in vain that no menu knows, to be told."""

Why = Literal["searched", "season", "extends", "common"]


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A product to add. extends: the shop sells others of its category. searches: how often it was searched in vain."""

    entry: Entry
    why: Why
    score: float
    searches: int = 0
    extends: bool = False


@dataclass(frozen=True, slots=True)
class Suggestions:
    """What to add to the menu. unknown: what was searched in vain and no menu knows, with how often."""

    business_id: UUID
    kind: Kind
    items: tuple[Suggestion, ...]
    unknown: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class SuggestionAnswer:
    """The suggestions as they are told; conversation_id is None where no user asked."""

    chosen: Suggestions
    language: Language
    explanation: str
    conversation_id: UUID | None
    response_time_ms: int


def suggest(
    runtime: Runtime, member: Member, *, locale: str | None = None, as_of: datetime | None = None
) -> SuggestionAnswer:
    """New products for this kind of business, none of which its catalogue holds under any name, with why.

    Raises Unavailable where the database is away.
    """
    started = time.monotonic()
    business = member.business
    moment = moment_of(as_of, business)
    language = language_of(locale or business.locale)
    with runtime.database.transaction(business.id, member.user_id, member.deadline, read_only=True) as uow:
        menu = repository.menu(uow, business.id)
        missed = repository.misses(uow, business.id, moment)
    chosen = choose(business.id, menus.kind_of(business.type), menu, missed, moment.date(), business.timezone)
    explanation = explain(chosen, language)
    milliseconds = milliseconds_since(started)
    plan = {
        "suggest": chosen.kind.key,
        "products": [item.entry.key for item in chosen.items],
        "why": [item.why for item in chosen.items],
    }
    told = Told(
        endpoint=ENDPOINT,
        prompt=PROMPTS[language]["suggest"],
        text=explanation,
        language=language,
        plan=plan,
        degraded=False,
        milliseconds=milliseconds,
    )
    conversation_id = write_turn(runtime, member, None, told)
    return SuggestionAnswer(chosen, language, explanation, conversation_id, milliseconds)


def choose(
    business_id: UUID,
    kind: Kind,
    menu: Sequence[tuple[str, str | None]],
    missed: Sequence[tuple[str, int]],
    day: date,
    timezone: str,
) -> Suggestions:
    """The products of the kind's menu (and those searched for of any menu) that this menu does not hold, best first.

    menu: the catalogue's names and categories; missed: what was searched in vain, and how often.
    """
    held = Names([name for name, _ in menu])
    sold = Names([category for _, category in menu if category])
    searches, unknown = _read_misses(missed, held)
    known = {entry.key: entry for entry in kind.entries}
    pool = [*kind.entries, *(entry for entry in menus.entries() if entry.key in searches and entry.key not in known)]
    southern = is_southern(timezone)
    weighed = []
    for entry in pool:
        in_time = _in_time(entry, day, southern)
        if (in_time is not False or entry.season not in FEASTS) and not held.hold(entry.phrases):
            extends = sold.hold(menus.category(entry.category).words)
            weighed.append(_weigh(entry, searches.get(entry.key, 0), in_time, extends=extends))
    weighed.sort(key=lambda item: (-item.score, item.entry.key))
    return Suggestions(business_id, kind, tuple(_varied(weighed)), tuple(unknown))


def _in_time(entry: Entry, day: date, southern: bool) -> bool | None:
    """Whether it is the product's season; None where it sells all year."""
    return None if entry.season is None else is_near(entry.season, day, southern=southern)


def _weigh(entry: Entry, searches: int, in_time: bool | None, *, extends: bool) -> Suggestion:
    """What was searched for comes first, then what is in season, common, and near to what is sold already."""
    score = 0.45 * entry.commonness + 0.15 * extends
    if searches:  # whatever the season
        score += 0.75 + 0.1 * log2(1 + searches)
    else:
        score += {True: 0.25, False: -0.25, None: 0.0}[in_time]
    why: Why = "searched" if searches else "season" if in_time else "extends" if extends else "common"
    return Suggestion(entry, why, round(score, 4), searches, extends)


def _read_misses(missed: Sequence[tuple[str, int]], held: Names) -> tuple[Mapping[str, int], list[tuple[str, int]]]:
    """How often each product of any menu was searched, and the searches that name none and are still in vain."""
    searches: dict[str, int] = {}
    unknown: list[tuple[str, int]] = []
    for query, times in missed:
        asked = Names([query])
        found = [
            (max(len(stems(phrase)) for phrase in entry.phrases if asked.hold([phrase])), entry.key)
            for entry in menus.entries()
            if asked.hold(entry.phrases)
        ]
        if found:
            key = max(found)[1]
            searches[key] = searches.get(key, 0) + times
        elif times >= LEAST_SEARCHES and not held.hold([query]):
            unknown.append((query, times))
    return searches, unknown[:3]


def _varied(weighed: Sequence[Suggestion]) -> list[Suggestion]:
    """The best, of one category at most OF_A_CATEGORY while there are others."""
    chosen: list[Suggestion] = []
    left: list[Suggestion] = []
    for item in weighed:
        same = sum(other.entry.category == item.entry.category for other in chosen)
        (left if same >= OF_A_CATEGORY else chosen).append(item)
    return sorted((chosen + left)[:SUGGESTED], key=lambda item: -item.score)
