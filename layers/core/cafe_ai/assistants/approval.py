"""A thumb up keeps a question and its plan as an example, without personal data; a thumb down takes it away again.

Kept are questions that stand alone (no follow-up), that were planned and answered from facts, and whose answer held no
figure that the check refused. The names of the shop's things become placeholders, the same in question and plan. A plan
about single customers, or about a name that the question does not have, gives no example.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID
from zoneinfo import ZoneInfo

from cafe_ai.conversations import repository as conversations
from cafe_ai.errors import ConversationNotFound
from cafe_ai.examples import repository
from cafe_ai.examples.placeholders import placeholder

if TYPE_CHECKING:
    from cafe_ai.analytics.model import Plan
    from cafe_ai.assistants.planning.model import NameKind
    from cafe_ai.assistants.planning.names import ShopNames
    from cafe_ai.conversations.model import Rating, Turn
    from cafe_ai.examples.model import NewExample
    from cafe_ai.examples.scrubbing import Span
    from cafe_ai.platform.db import Database, UnitOfWork
    from cafe_ai.tenancy.model import Business, User

LONGEST_NAME_WORDS = 8


@dataclass(frozen=True, slots=True)
class _Named:
    """Where the question says a name of the shop."""

    start: int
    end: int
    kind: NameKind
    names: tuple[str, ...]


def rate(database: Database, user: User, conversation_id: UUID, rating: Rating, comment: str | None) -> bool:
    """Keeps what the user thinks of an answer, in the place of what they thought before; whether it is the first time.

    Raises ConversationNotFound where it is not the user's own.
    """
    with database.transaction(None, user.user_id, user.deadline) as uow:
        first = conversations.upsert_feedback(uow, conversation_id, rating, comment)
        if first is None:
            raise ConversationNotFound
        business_id = conversations.business_of(uow, conversation_id)
        if business_id is not None:
            repository.name_business(uow, business_id)
            if rating == "down":
                repository.delete(uow, conversation_id)
            else:
                _keep(uow, conversation_id)
    return first


def _keep(uow: UnitOfWork, conversation_id: UUID) -> None:
    from cafe_ai.tenancy import repository as tenancy

    turn = conversations.get_turn(uow, conversation_id)
    found = tenancy.select_business(uow, turn.business_id)
    if found is not None and (example := make_example(uow, turn, found[0])) is not None:
        repository.insert(uow, example)


def make_example(uow: UnitOfWork, turn: Turn, business: Business) -> NewExample | None:
    """The example that an approved turn gives; None where it is fit for none."""
    from cafe_ai.analytics.periods import business_day
    from cafe_ai.assistants import shops
    from cafe_ai.assistants.memory import recall
    from cafe_ai.examples.model import NewExample

    remembered = recall(turn.plan)
    if turn.follows_id is not None or remembered is None or not (turn.plan or {}).get("checked"):
        return None
    said = anonymise(uow, turn.prompt, remembered.plan, shops.names_of(uow, business), turn.locale, business.name)
    if said is None:
        return None
    asked_at = turn.created_at.astimezone(ZoneInfo(business.timezone))
    return NewExample(
        conversation_id=turn.id,
        business_id=business.id,
        user_id=turn.user_id,
        business_type=business.type,
        assistant_type=turn.assistant_type,
        locale=turn.locale,
        question=said[0],
        plan=said[1],
        asked_on=business_day(asked_at, business.day_starts),
        asked_at=turn.created_at,
    )


def anonymise(
    uow: UnitOfWork, question: str, plan: Plan, names: ShopNames, locale: str, business_name: str
) -> tuple[str, dict[str, Any]] | None:
    """The question and its plan's arguments without personal data and with placeholders; None where that cannot be."""
    from cafe_ai.assistants.planning.examples import is_usable
    from cafe_ai.assistants.planning.plan_tool import write_plan
    from cafe_ai.examples.scrubbing import scrub
    from cafe_ai.language.text import tokenize

    if plan.filters.customers:
        return None
    named = _find_names(question, plan, names)
    written = None if named is None else _write_placeholders(question, named, locale)
    if written is None:
        return None
    spans, only = written
    people = repository.customers_words(uow, [token.folded for token in tokenize(question)])
    scrubbed = scrub(
        question,
        locale,
        named=(*spans, *_business_named(question, business_name, locale, spans)),
        people=people,
        knows=lambda word: _is_everyday(word) or names.knows(word),
    )
    arguments = write_plan(plan)
    kept = [item for item in arguments.get("only", ()) if item.partition(":")[0] in ("weekday", "hour")]
    if only or kept:
        arguments["only"] = [*only, *kept]
    return (scrubbed, arguments) if is_usable(scrubbed, arguments) else None


def _is_everyday(word: str) -> bool:
    from cafe_ai.assistants.planning.words import JOINING, NOT_RECORDED, vocabulary

    return word in vocabulary() or word in JOINING or word in NOT_RECORDED


def _find_names(question: str, plan: Plan, names: ShopNames) -> list[_Named] | None:
    """Where the question says the names that the plan is narrowed to; None where one is not found, or others are said."""
    from cafe_ai.assistants.planning.lexemes import read_words
    from cafe_ai.assistants.planning.model import FILTER_OF

    wanted = {(kind, name) for kind, field in FILTER_OF.items() for name in getattr(plan.filters, field)}
    lexemes = read_words(question)
    found: list[_Named] = []
    strangers: list[_Named] = []
    for name in names.find(lexemes):
        named = _Named(lexemes[name.first].start, lexemes[name.end - 1].end, name.kind, name.names)
        mine = wanted & {(named.kind, text) for text in named.names}
        found += [named] if mine else []
        strangers += [] if mine else [named]
        wanted -= mine
    words = [(lexeme.start, lexeme.end) for lexeme in lexemes if lexeme.kind != ","]
    while wanted:
        kind, text = min(wanted)
        place = _find_said(question, words, names, kind, text, found)
        if place is None:
            return None
        also = {(kind, name) for name in names.match(kind, question[place[0] : place[1]])}
        mine = wanted & (also | {(kind, text)})
        found.append(_Named(*place, kind, tuple(sorted(name for _, name in mine))))
        wanted -= mine
    apart = [one for one in strangers if not any(one.start < two.end and two.start < one.end for two in found)]
    return None if apart else found


def _find_said(
    question: str,
    words: Sequence[tuple[int, int]],
    names: ShopNames,
    kind: NameKind,
    text: str,
    taken: Sequence[_Named],
) -> tuple[int, int] | None:
    """The longest run of words that may stand for the name, as a planner takes it."""
    from cafe_ai.assistants.planning.words import JOINING
    from cafe_ai.language.text import fold

    for length in range(min(LONGEST_NAME_WORDS, len(words)), 0, -1):
        for first in range(len(words) - length + 1):
            start, end = words[first][0], words[first + length - 1][1]
            edges = {fold(question[slice(*words[place])]) for place in (first, first + length - 1)}
            if edges & JOINING or any(start < other.end and other.start < end for other in taken):
                continue
            if text in names.match(kind, question[start:end]):
                return start, end
    return None


def _write_placeholders(question: str, named: Sequence[_Named], locale: str) -> tuple[list[Span], list[str]] | None:
    """What is put in the place of each name, and the plan's filters with it; the same words get the same placeholder.

    None where there are more names than placeholders.
    """
    from cafe_ai.assistants.planning.names import OTHER_WORDS
    from cafe_ai.examples.scrubbing import Span
    from cafe_ai.language.text import fold

    given: dict[tuple[NameKind, str], str] = {}
    spans: list[Span] = []
    for name in sorted(named, key=lambda name: name.start):
        said = question[name.start : name.end]
        key = (name.kind, fold(said))
        if name.kind == "payment_method" and fold(said) in OTHER_WORDS:
            given[key] = said  # "tarjeta" is no shop's own word
        elif key not in given:
            put = placeholder(name.kind, sum(kind == name.kind for kind, _ in given), locale)
            if put is None:
                return None
            given[key] = put
        spans.append(Span(name.start, name.end, given[key]))
    return spans, [f"{kind}:{put}" for (kind, _), put in given.items()]


def _business_named(question: str, business_name: str, locale: str, taken: Sequence[Span]) -> list[Span]:
    from cafe_ai.examples.scrubbing import SHOP, Span
    from cafe_ai.language.text import fold

    at = fold(question).find(fold(business_name)) if len(business_name) > 2 else -1
    put = SHOP["en" if locale == "en" else "es"]
    end = at + len(business_name)
    return [] if at < 0 or any(at < span.end and span.start < end for span in taken) else [Span(at, end, put)]
