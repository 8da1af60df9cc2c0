"""POST /recommend: choose → reasons → words → check, written to the audit before it is returned.

No transaction is open while the search or a language model answers: one reads, none waits, one writes.
"""

from __future__ import annotations

import time
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cafe_ai.assistants.records import billing
from cafe_ai.assistants.service import meter_for, moment_of
from cafe_ai.assistants.turns import Told
from cafe_ai.assistants.words import Wording
from cafe_ai.catalogue.model import Kind as SearchKind
from cafe_ai.catalogue.model import SearchResult
from cafe_ai.catalogue.port import Search, default_search
from cafe_ai.language.detection import detect_language
from cafe_ai.language.formats import Language, language_of
from cafe_ai.platform.clock import milliseconds_since
from cafe_ai.platform.telemetry import measures
from cafe_ai.recommendations import misses, records, repository
from cafe_ai.recommendations.checking import find_faults
from cafe_ai.recommendations.choosing import Chooser, Scene
from cafe_ai.recommendations.model import Choice, Recommendation, Request
from cafe_ai.recommendations.phrases import PROMPTS
from cafe_ai.recommendations.reading import Asked, find_product, read
from cafe_ai.recommendations.wording import tell
from cafe_ai.tenancy.model import Member, Permission

if TYPE_CHECKING:
    from cafe_ai.bootstrap import Runtime
    from cafe_ai.llm.metering import Meter
    from cafe_ai.platform.db import UnitOfWork

ENDPOINT = "/api/v1/ai/recommend"
SEARCHED_FOR = 20
"""How many hits are asked for: some of them have run out, and of a product's likenesses it is one itself."""
PRODUCTS: frozenset[SearchKind] = frozenset({"product"})


@dataclass(frozen=True, slots=True)
class _Ask:
    """One request with what answers it."""

    runtime: Runtime
    member: Member
    request: Request
    scene: Scene
    search: Search

    def reading(self) -> AbstractContextManager[UnitOfWork]:
        member = self.member
        return self.runtime.database.transaction(member.business.id, member.user_id, member.deadline, read_only=True)

    def find(self, text: str) -> SearchResult:
        member = self.member
        return self.search(
            self.runtime, member.business.id, text, limit=SEARCHED_FOR, deadline=member.deadline,
            user_id=member.user_id, kinds=PRODUCTS,
        )  # fmt: skip


def recommend(runtime: Runtime, member: Member, request: Request, search: Search | None = None) -> Recommendation:
    """What to promote now, or what fits the request's words, each with its reasons.

    search is `catalogue.service.search` unless a test says otherwise. A member who may not see money is told no figure of
    sales or margin. Raises Unavailable where the database is away.
    """
    started = time.monotonic()
    language = _language(request, member)
    scene = Scene(
        member.business,
        moment_of(request.as_of, member.business),
        sees_money=member.may(Permission.MONEY),
        asks_for_the_past=request.as_of is not None,
    )
    choice = _choose(_Ask(runtime, member, request, scene, search or default_search()))
    meter = meter_for(runtime, member)
    with billing(meter):
        wording = put_into_words(choice, request, language, meter, member)
    degraded = "search_degraded" in choice.notes or not (wording.by_model or (meter is not None and not choice.items))
    told = Told(
        endpoint=ENDPOINT,
        prompt=request.text or PROMPTS[language]["promote"],
        text=wording.text,
        language=language,
        plan=records.plan_of(choice),
        degraded=degraded,
        milliseconds=milliseconds_since(started),
        facts=choice.facts,
    )
    return records.write(runtime, member, request, choice, wording, meter, told)


def put_into_words(
    choice: Choice, request: Request, language: Language, meter: Meter | None, member: Member
) -> Wording:
    """The choice in the language: a language model's words where they tell nothing but the facts, else the narrator's."""
    names = (member.business.name,)
    if meter is not None and choice.items:
        from cafe_ai.recommendations import prose

        text = prose.write(meter, choice, request.text, language, member.deadline, names)
        if text is not None:
            return Wording(text, by_model=True, verified=True)
    text = tell(choice, language)
    faults = find_faults(text, choice, language, names, by_model=False)
    if faults:
        measures().count("NarrationDoubted")
    return Wording(text, by_model=False, verified=not faults)


def _choose(ask: _Ask) -> Choice:
    asked, limit = read(ask.request.text), ask.request.limit
    if asked.kind == "together":
        choice = _choose_company(ask, asked)
        if choice is not None:
            return choice
    if asked.kind == "promote":
        with ask.reading() as uow:
            return Chooser(uow, ask.scene).to_promote(limit)
    text = ask.request.text or ""
    result = ask.find(text)
    with ask.reading() as uow:
        choice = Chooser(uow, ask.scene).found(result, limit)
    if not choice.items and not result.degraded and ask.request.as_of is None:
        _note_miss(ask, text)
    return choice


def _choose_company(ask: _Ask, asked: Asked) -> Choice | None:
    """What goes with the product named; None where the words name none."""
    subject, limit = asked.subject or "", ask.request.limit
    with ask.reading() as uow:
        named = find_product(subject, repository.product_names(uow, ask.scene.business.id))
    if named is None:
        hits = ask.find(subject).hits
        first = next((hit.product for hit in hits if hit.product is not None), None)
        if first is None:
            return None
        named = ([first.id], first.name)
    with ask.reading() as uow:
        choice = Chooser(uow, ask.scene).company_of(*named, limit)
    if choice is not None:
        return choice
    result = ask.find(named[1])
    with ask.reading() as uow:
        return Chooser(uow, ask.scene).resembling(result, named[1], named[0], limit)


def _note_miss(ask: _Ask, text: str) -> None:
    query = misses.storable(text)
    if query is None:
        return
    language = detect_language(text) or ask.member.business.locale
    with ask.runtime.database.transaction(ask.member.business.id, ask.member.user_id, ask.member.deadline) as uow:
        repository.note_miss(uow, ask.member.business.id, query, language)


def _language(request: Request, member: Member) -> Language:
    """The language asked for, the query's own, or the business's."""
    detected = detect_language(request.text) if request.text else None
    return language_of(request.locale or detected or member.business.locale)
