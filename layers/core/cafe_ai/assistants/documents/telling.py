"""Passages → words: a sentence of ours around the quotation, or a language model's where it does nothing but quote.

The model gets the question and passages that may be shown, as data, and no tool. What it writes is taken only if all
that is not quoted word for word is made of the question's words and of words that say nothing.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass

from cafe_ai.analytics.model import FactSheet
from cafe_ai.assistants.documents.hygiene import is_clean
from cafe_ai.assistants.documents.model import Found, Passage
from cafe_ai.assistants.documents.products import empty_sheet
from cafe_ai.assistants.documents.quotations import holds_figures, is_verified, take_out
from cafe_ai.assistants.documents.texts import TEXTS, Texts
from cafe_ai.assistants.planning.model import PlanningContext
from cafe_ai.assistants.words import Wording
from cafe_ai.language.formats import Language, language_of
from cafe_ai.language.text import tokenize
from cafe_ai.llm.port import LanguageModel, Message, ModelUnavailable
from cafe_ai.llm.prompt_files import load_prompt
from cafe_ai.platform.clock import Deadline
from cafe_ai.platform.telemetry import measures
from cafe_ai.tenancy.model import Business

PROMPT_VERSION = "quote.v1"
MAX_TOKENS = 140
QUESTION_CHARACTERS = 300
LONGEST_TEXT = 700
LEAST_QUOTED_WORDS = 2
QUOTING_SECONDS = 6.0
SECONDS_KEPT = 3.0  # for our own sentence, the check and the write, whatever the model does

_LANGUAGE_NAMES: dict[Language, str] = {"es": "Spanish", "en": "English"}
_FRAME = frozenset(
    "a al ante aqui asi aunque como con de del desde donde el en entre es esa ese eso esta este esto la las lo los le les me nos "
    "nuestra nuestro o para por que se segun ser son su sus tal te tu tus un una y ya "
    "documento documentos pone dice dicen indica indican figura consta recoge lee textualmente titulado respuesta informacion siguiente "
    "ademas tambien tienda negocio sobre respecto cuanto dato datos ficha apartado "
    "about according also an and are as at be by document documents down following for from given here in information is it its notes of "
    "on our per reads regarding says shop so states stated that the their there these this titled to under written you your".split()
)
_TURNS = frozenset(
    "no ni nunca jamas sin si tampoco nada ningun ninguna ninguno solo solamente siempre todo todos todas casi gratis salvo excepto "
    "not never none nothing without yes only always all every free except neither nor cannot can't don't isn't aren't won't".split()
)
"""Words that turn a statement around: outside a quotation nobody may say them."""


@dataclass(frozen=True, slots=True)
class Asker:
    """Who is told: the question, the language of the answer, and other names that may stand in it."""

    question: str
    locale: str
    names: Sequence[str]


def tell(
    found: Found, asker: Asker, business: Business, context: PlanningContext, language_model: LanguageModel | None
) -> Wording:
    """The answer to the asker: products as they were told, documents quoted."""
    if found.sheet is not None:
        products = found.sheet.plan.filters.products
        verified = is_verified(found.told, products, found.sheet, asker.locale, [*asker.names, *products])
        return Wording(found.told, by_model=False, verified=verified)
    nothing_known = empty_sheet(business, context)
    if language_model is not None:
        text = _quoted_by(language_model, found.passages, asker, nothing_known, context.deadline)
        if text is not None:
            return Wording(text, by_model=True, verified=True)
    text, quotable = quote(found.passages, TEXTS[language_of(asker.locale)])
    return Wording(text, by_model=False, verified=is_verified(text, quotable, nothing_known, asker.locale, asker.names))


def quote(passages: Sequence[Passage], texts: Texts) -> tuple[str, list[str]]:
    """ "Según «Horario»: «De lunes a viernes de 8:00 a 20:00».", and what stands between its quotation marks."""
    left, right = texts.quotes
    sentences, quotable = [], list[str]()
    for place, passage in enumerate(passages):
        said = passage.text.rstrip(" .")
        template = texts.quoted_too if place else texts.quoted
        sentences.append(template.format(title=f"{left}{passage.title}{right}", passage=f"{left}{said}{right}"))
        quotable += [passage.title, said]
    return " ".join(sentences), quotable


def _quoted_by(
    language_model: LanguageModel,
    passages: Sequence[Passage],
    asker: Asker,
    nothing_known: FactSheet,
    deadline: Deadline,
) -> str | None:
    """A model's answer that does nothing but quote; None where it writes none, or not in time."""
    own_deadline = Deadline.after(min(QUOTING_SECONDS, deadline.remaining() - SECONDS_KEPT))
    try:
        completion = language_model.complete(
            write_messages(passages, asker), max_tokens=MAX_TOKENS, deadline=own_deadline
        )
    except ModelUnavailable:
        return None
    text = completion.text.strip()
    if not completion.truncated and only_quotes(text, passages, asker, nothing_known):
        return text
    measures().count("ProseRefused")
    return None


def write_messages(passages: Sequence[Passage], asker: Asker) -> list[Message]:
    """The prompt. Question and passages stand inside one JSON object: nothing in them can end it."""
    told = {
        "question": asker.question[:QUESTION_CHARACTERS],
        "passages": [{"title": passage.title, "text": passage.text} for passage in passages],
    }
    system = load_prompt(PROMPT_VERSION).format(language=_LANGUAGE_NAMES[language_of(asker.locale)])
    return [
        Message("system", system, PROMPT_VERSION),
        Message("user", json.dumps(told, ensure_ascii=False, separators=(",", ":"))),
    ]


def only_quotes(text: str, passages: Sequence[Passage], asker: Asker, nothing_known: FactSheet) -> bool:
    """Whether a text quotes a passage word for word, and says nothing of its own beside it."""
    from cafe_ai.assistants import prose  # only with a model: it brings the tool's schema with it

    if not text or len(text) > LONGEST_TEXT or not prose.is_presentable(text) or not is_clean(text):
        return False
    bodies = [passage.text for passage in passages]
    quotable = [*bodies, *(passage.title for passage in passages)]
    quoting = take_out(text, quotable)
    without_bodies = take_out(text, bodies)
    if not quoting.verbatim or without_bodies.count == 0 or not _quotes_words(text, bodies):
        return False
    if holds_figures(quoting.rest, asker.locale) or not _says_nothing(quoting.rest, asker):
        return False
    return is_verified(text, quotable, nothing_known, asker.locale, asker.names)


def _quotes_words(text: str, bodies: Sequence[str]) -> bool:
    """Whether a passage itself is quoted, not only a title, with more than a word."""
    said = [
        next(part for part in match.groups() if part)
        for match in re.finditer(r"«([^«»]+)»|“([^“”]+)”|\"([^\"]+)\"", text)
    ]
    even = [" ".join(body.split()) for body in bodies]
    return any(
        len(piece.split()) >= LEAST_QUOTED_WORDS and any(" ".join(piece.split()).strip(" .") in body for body in even)
        for piece in said
    )


def _says_nothing(rest: str, asker: Asker) -> bool:
    """Whether the words around the quotations are the question's or frame, and none turns them around."""
    allowed = {token.folded for text in (asker.question, *asker.names) for token in tokenize(text)} | _FRAME
    return all(token.folded in allowed and token.folded not in _TURNS for token in tokenize(rest))
