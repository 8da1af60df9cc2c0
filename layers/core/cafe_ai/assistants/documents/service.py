"""Question → search → what may be told: documents and catalogue for a question that no figure answers.

No transaction is open here: the search opens its own. What is found decides nothing: not what is searched next, not what
is planned or called, and not who may see what.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from cafe_ai.assistants.documents import passages as reading
from cafe_ai.assistants.documents import products, routing
from cafe_ai.assistants.documents.model import Found
from cafe_ai.assistants.documents.texts import TEXTS
from cafe_ai.assistants.model import Question
from cafe_ai.assistants.planning.model import Declined, PlanningContext
from cafe_ai.catalogue.diets import Constraints, read_constraints, satisfies
from cafe_ai.catalogue.model import Hit, Kind
from cafe_ai.catalogue.port import Search
from cafe_ai.language.formats import join_list, language_of
from cafe_ai.platform.clock import Deadline
from cafe_ai.tenancy.model import Member

if TYPE_CHECKING:
    from cafe_ai.bootstrap import Runtime

SEARCH_SECONDS = 5.0
SHARE_OF_TIME = 0.4
SEARCHED_CHARACTERS = 400
PRODUCTS_SEARCHED, DOCUMENTS_SEARCHED = 20, 6
CERTAIN_SCORE = 0.8
"""From this score on a document answers even where it shares no word with the question."""
LEAST_COVERAGE = 0.5
"""Below that score it must hold more than this part of the question's words."""
NEARLY_AS_GOOD = 0.8
"""A second document is quoted too where it answers at least this part as much as the first."""

_ABOUT_ONE = re.compile(
    r"(?<!\w)(?:alergen\w*|alergi\w*|ingredientes?|lleva|llevan|contiene|contienen|allerg\w+|ingredients|contains?|what(?:'s| is) in)(?!\w)"
)
_ALLERGENS = re.compile(r"(?<!\w)(?:alerg\w+|allerg\w+|lleva|llevan|contiene|contienen|contains?)(?!\w)")


@dataclass(frozen=True, slots=True)
class Finder:
    """Searches for the answer to one question."""

    runtime: Runtime
    member: Member
    question: Question
    context: PlanningContext
    search: Search

    def find(self, declined: Declined) -> Found | None:
        """What documents and catalogue say; None where only figures may answer. Raises Unavailable."""
        constraints = read_constraints(self.question.text)
        where = routing.route(self.question.text, self.question.assistant_type, declined, constrained=bool(constraints))
        if where is None:
            return None
        found = Found(()) if constraints else self._about_a_product()
        if found:
            return found
        if where == "documents":
            return _joined(found, self._in_documents(by_words=declined.reason == "future"))
        found = _joined(found, self._in_catalogue(constraints))
        if not constraints and declined.reason in ("not_recorded", "future"):
            found = replace(found, nothing="")  # why there is no figure says more
        return found if found or constraints else _joined(found, self._in_documents(by_words=True))

    def _in_documents(self, *, by_words: bool) -> Found:
        """Passages of documents. by_words: only of those that share a word with the question."""
        text = self.question.text
        hits, searched = self._search("document", DOCUMENTS_SEARCHED)
        language = language_of(self.context.locale)
        contact = routing.asks_for_contact(text)
        least = 1.1 if by_words else CERTAIN_SCORE
        products_named = self.context.names.of_kind("product")
        near = []
        for hit in hits:
            whole = f"{hit.title}\n{hit.content}"
            fits = hit.score >= least or reading.coverage(text, whole) > LEAST_COVERAGE
            if fits and not reading.lacks_a_name(text, whole, products_named):
                near.append(hit)
        quoted = reading.best_passages(text, near, contact=contact, language=language)
        if len(quoted) > 1 and quoted[1].weight < NEARLY_AS_GOOD * quoted[0].weight:
            quoted = quoted[:1]
        return Found((searched,), tuple(quoted))

    def _in_catalogue(self, constraints: Constraints) -> Found:
        """Products that fit, with their prices; where only a diet can be met, what meets it."""
        language = language_of(self.context.locale)
        texts = TEXTS[language]
        wanted = join_list(constraints.words(language), language)
        anything = routing.asks_for_anything(constraints.rest)
        hits, searched = self._search("product", PRODUCTS_SEARCHED, wanted if anything else self.question.text)
        record = [searched]
        fitting = self._satisfying(hits, constraints)
        lead = texts.listed_all if anything else texts.listed
        if wanted:
            lead = texts.listed_with.format(wanted=wanted[0].upper() + wanted[1:])
        elif unsure := self._unsure(constraints, fitting):
            lead = texts.listed_unsure.format(wanted=unsure)
        if wanted and not fitting and not anything:
            hits, again = self._search("product", PRODUCTS_SEARCHED, wanted)
            record.append(again)
            fitting = self._satisfying(hits, constraints)
            lead = texts.listed_instead.format(wanted=wanted)
        excluded = bool(constraints) and (
            any(one["excluded"] for one in record) or len(fitting) < len(products.showable(hits))
        )
        if not fitting:
            return Found(tuple(record), nothing=texts.nothing_known_to_fit if excluded else texts.nothing_fits)
        listing = products.list_products(
            fitting, self.member.business, self.context, texts, lead=lead, excluded=excluded
        )
        return Found(tuple(record), told=listing.text, sheet=listing.sheet)

    def _satisfying(self, hits: Sequence[Hit], constraints: Constraints) -> list[Hit]:
        """The products that may be named and, as PostgreSQL has them now, satisfy what is asked for."""
        return [
            hit
            for hit in products.showable(hits)
            if not constraints or (hit.product and satisfies(constraints, hit.product.allergens, hit.product.diets))
        ]

    def _unsure(self, constraints: Constraints, hits: Sequence[Hit]) -> str:
        """What is asked for and recorded of none of these products, in words: "sin cafeína"."""
        told = constraints.recorded_in([hit.product.diets for hit in hits if hit.product])
        language = language_of(self.context.locale)
        return join_list(replace(told, free_from=told.preferred, diets=frozenset()).words(language), language)

    def _about_a_product(self) -> Found:
        """What the catalogue says of the one product that the question names: its allergens, or its description."""
        text = self.question.text
        if not _ABOUT_ONE.search(routing.plain(text)):
            return Found(())
        subject = _ABOUT_ONE.sub(" ", routing.plain(text))
        hits, searched = self._search("product", DOCUMENTS_SEARCHED, subject)
        record = (searched,)
        named = [hit for hit in products.showable(hits) if reading.names_part_of(text, hit.title)]
        named = named[:1]
        if not named or named[0].product is None:
            return Found(record)
        texts = TEXTS[language_of(self.context.locale)]
        if _ALLERGENS.search(routing.plain(text)):
            told = products.tell_allergens(named[0].product, texts, self.context.locale)
            sheet = products.empty_sheet(self.member.business, self.context, named[0].product.name)
            return Found(record, told=told, sheet=sheet)
        quoted = reading.best_passages(text, named, contact=False, language=language_of(self.context.locale))
        return Found(record, tuple(quoted))

    def _search(self, kind: Kind, limit: int, text: str | None = None) -> tuple[Sequence[Hit], dict[str, Any]]:
        """The hits of a kind for the text, by default the question, and what the audit keeps of the search."""
        remaining = self.member.deadline.remaining()
        result = self.search(
            self.runtime,
            self.member.business.id,
            (self.question.text if text is None else text)[:SEARCHED_CHARACTERS],
            limit=limit,
            deadline=Deadline.after(min(SEARCH_SECONDS, remaining * SHARE_OF_TIME)),
            user_id=self.member.user_id,
            kinds=frozenset({kind}),
        )
        hits = [hit for hit in result.hits if hit.kind == kind]
        found = [[hit.id, round(hit.score, 3)] for hit in hits]
        return hits, {"kind": kind, "found": found, "excluded": result.excluded, "degraded": result.degraded}


def _joined(first: Found, then: Found) -> Found:
    """What was found second, with the record of both searches."""
    return replace(then, searched=(*first.searched, *then.searched), nothing=first.nothing or then.nothing)
