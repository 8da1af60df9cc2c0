"""The passage of a document that answers a question: whole sentences, as they stand, that may be quoted."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache

from cafe_ai.assistants.documents.hygiene import contact_at, gives_orders, is_quotable, is_showable
from cafe_ai.assistants.documents.model import Passage
from cafe_ai.catalogue import lexical
from cafe_ai.catalogue.model import Hit
from cafe_ai.language.vocabulary import WEEKDAYS

LONGEST = 300
"""Characters of a passage."""
SENTENCES_READ = 400
"""How many sentences of a document are looked at: it has at most 20,000 characters."""
UNTITLED: Mapping[str, str] = {"es": "Documento de la tienda", "en": "Shop document"}
"""What stands for a title that is not fit to be shown."""
SHORT_LINE = 220
"""Up to so many characters a line is told whole."""
TITLED_WEIGHT = 0.3  # of a word that stands in the title too
COST_OF_A_CHARACTER = 0.001
NEAR_WEIGHT = 0.6  # of a word of the same matter, where the same word weighs 1

_SENTENCE = re.compile(r"[^\n]+?(?:[.!?…]+[\"»”)]*(?=\s+[\"«“(¿¡]?[A-ZÁÉÍÓÚÑÜ\d])|(?=\n)|$)")
_BULLET = re.compile(r"^\s*(?:[-–—*•·▪#>]+\s+|\d{1,2}[.)]\s+)?")
TIME = "timeofday"
"""The stem that any time of day stands for."""
_TIME_OF_DAY = re.compile(r"(?<!\d)\d{1,2}[:.]\d\d(?!\d)|(?<!\d)\d{1,2} ?(?:h|am|pm)(?!\w)")
_STOP = frozenset(
    "teneis tenemos hacemos hay haceis puedo podemos debe deben cada sin sobre vosotros nuestra nuestro nuestras nuestros producto articulo "
    "opciones tienda local negocio hoy manana ayer ahora tarda lleva dime favor saber llama es esta dia "
    "get got i'd shall should so than about anything items product options shop store business today tomorrow now tell know does day".split()
)
"""Words of questions that say nothing of what is asked, besides the search's own."""
_MATTERS = tuple(
    words.split()
    for words in (
        "timeofday hora horas horario abrir abrimos abris abre abren abierto apertura cerrar cerramos cierra cierre cerrado open opens opening close closed hours time",
        "proveedor suministra suministrador reparto distribuidor supplier supply supplies vendor delivery entrega pedido",
        "devolucion devolver devuelve reembolso cambio return refund exchange",
        "receta elaboracion preparacion preparar hacer haced hornear enfriar mezclar batir anadir servir ingredientes recipe make made prepare bake cool mix whisk add serve ingredients",
        "reserva reservar mesa booking book table reservation",
        "telefono llamar llama contacto correo email phone call contact number",
        "wifi contrasena clave internet password network",
        "perro mascota animal dog pet",
        "limpieza limpiar higiene desinfectar cleaning clean hygiene",
        "conservar conserva guardar nevera caducidad dura store stored fridge shelf keep",
        "descuento oferta promocion discount offer promotion",
        "vacaciones permiso holidays vacation leave",
        "pago pagar tarjeta efectivo bizum payment pay card cash",
        "empleado personal camarero plantilla employee staff waiter",
        "queja reclamacion complaint",
        "envio domicilio reparto shipping delivery",
    )
)
"""Words for the same matter in both languages: a question in the one may be answered by a document in the other."""


def best_passages(question: str, hits: Sequence[Hit], *, contact: bool, language: str, most: int = 2) -> list[Passage]:
    """A passage of each document that may be quoted, the one that answers most first; at most so many.

    The search's order decides between documents that answer equally. A document of which nothing may be quoted is left out.
    """
    wanted = _wanted(question)
    found = [
        passage
        for hit in hits
        if (passage := best_passage(wanted, hit, contact=contact, language=language)) is not None
    ]
    ranked = sorted(enumerate(found), key=lambda one: (-(one[1].weight + _rank_bonus(one[0])), one[0]))
    return [passage for _, passage in ranked[:most]]


def _rank_bonus(place: int) -> float:
    """What the search's order adds to a document's weight: less than half a word."""
    return 0.4 / (1 + place)


def best_passage(wanted: Sequence[str], hit: Hit, *, contact: bool, language: str) -> Passage | None:
    """The document's sentences, at most LONGEST characters in a row, that hold most of what is wanted.

    What the title holds already, any sentence of the document may be about. A sentence is told with the rest of its line.
    """
    title = " ".join(hit.title.split())
    shown = title if title and is_showable(title) else UNTITLED[language]
    titled = dict.fromkeys(_stems(title))
    by_title = {stem for stem in wanted if lexical.near_stems(stem, titled)}
    runs = list(_clean_runs(hit.content, contact=contact))
    best: tuple[float, int, int] | None = None
    for start, end in _windows(hit.content, runs):
        text = hit.content[start:end]
        if " ".join(text.split()) == title:
            continue
        held = dict.fromkeys(_stems(text))
        matches = {stem: _match(stem, held) for stem in wanted}
        weight = sum(TITLED_WEIGHT * (match > 0) if stem in by_title else match for stem, match in matches.items())
        weight -= COST_OF_A_CHARACTER * len(text)  # of two that say the same the shorter
        if best is None or weight > best[0] + 1e-9:
            best = (weight, start, end)
    if best is None:
        return None
    start, end = _with_its_line(hit.content, runs, best[1:], [*wanted, *titled])
    return Passage(hit.id, shown, hit.content[start:end], max(best[0], 0.0) + len(by_title))


def _with_its_line(
    content: str, runs: Sequence[Sequence[tuple[int, int]]], piece: tuple[int, int], topic: Sequence[str]
) -> tuple[int, int]:
    """The piece with the sentences before and after it on its line that are about the same, where they are few."""
    start, end = piece
    run = next(run for run in runs if any(first <= start < last for first, last in run))
    for before in reversed([sentence for sentence in run if sentence[1] <= start]):
        if not _goes_with(content, before, (start, end), topic):
            break
        start = before[0]
    for after in [sentence for sentence in run if sentence[0] >= end]:
        if not _goes_with(content, after, (start, end), topic):
            break
        end = after[1]
    return start, end


def _goes_with(content: str, sentence: tuple[int, int], piece: tuple[int, int], topic: Sequence[str]) -> bool:
    """Whether a sentence stands on the piece's line, is about the topic, and leaves the whole short."""
    start, end = min(sentence[0], piece[0]), max(sentence[1], piece[1])
    short = end - start <= SHORT_LINE and "\n" not in content[start:end]
    return short and _weigh(topic, content[sentence[0] : sentence[1]]) > 0


def _windows(content: str, runs: Sequence[Sequence[tuple[int, int]]]) -> Iterator[tuple[int, int]]:
    """Pieces of at most LONGEST characters of sentences in a row, as [start, end); of several lines whole ones."""
    for sentences in runs:
        for first, (start, _) in enumerate(sentences):
            for _, end in sentences[first:]:
                if end - start > LONGEST or ("\n" in content[start:end] and not _begins_a_line(content, start)):
                    break
                yield start, end


def _before_contact(content: str, start: int, end: int) -> int:
    """The end of a sentence's clauses before the first that holds a telephone number or an e-mail address."""
    place = contact_at(content[start:end])
    if place is None:
        return end
    cut = max(content.rfind(mark, start, start + place) for mark in ",;(")
    return cut if cut > start else end


def _begins_a_line(content: str, start: int) -> bool:
    return not re.search(r"\w", content[content.rfind("\n", 0, start) + 1 : start])


def _clean_runs(content: str, *, contact: bool) -> Iterator[list[tuple[int, int]]]:
    """Runs of sentences of a paragraph that may be quoted. After an order to a model its paragraph is not read on."""
    run: list[tuple[int, int]] = []
    silenced_to = ended = 0
    for start, whole in _sentences(content):
        end = whole if contact else _before_contact(content, start, whole)
        sentence = content[start:end]
        quotable = start >= silenced_to and is_quotable(sentence, contact=contact)
        if run and (not quotable or content.count("\n", ended, start) > 1):
            yield run
            run = []
        if quotable:
            run.append((start, end))
        elif gives_orders(sentence):
            silenced_to = max(silenced_to, _paragraph_end(content, end))
        ended = end
    if run:
        yield run


def _sentences(content: str) -> Iterator[tuple[int, int]]:
    for count, match in enumerate(_SENTENCE.finditer(content)):
        if count >= SENTENCES_READ:
            return
        start = match.start() + len((_BULLET.match(match[0]) or [""])[0])
        end = match.start() + len(match[0].rstrip())
        while end - start > LONGEST:  # a sentence too long is told up to a word
            cut = content.rfind(" ", start, start + LONGEST)
            cut = cut if cut > start else start + LONGEST
            yield start, cut
            start = cut + 1
        if end > start:
            yield start, end


def _paragraph_end(content: str, place: int) -> int:
    found = re.compile(r"\n\s*\n").search(content, place)
    return found.start() if found else len(content)


def _wanted(question: str) -> list[str]:
    """The stems of a question's words."""
    return list(dict.fromkeys(_stems(question)))


def _weigh(wanted: Sequence[str], text: str) -> float:
    """How many of the stems a text holds; a synonym, a typo or a word of the same matter counts for less than one."""
    held = dict.fromkeys(_stems(text))
    return sum(_match(stem, held) for stem in wanted)


def _match(stem: str, held: Mapping[str, object]) -> float:
    near = max(lexical.near_stems(stem, held).values(), default=0.0)
    return max(near, NEAR_WEIGHT if not _same_matter(stem).isdisjoint(held) else 0.0)


def coverage(question: str, text: str) -> float:
    """How much of the question's words a text holds, from 0 to 1."""
    wanted = _wanted(question)
    return _weigh(wanted, text) / len(wanted) if wanted else 0.0


def lacks_a_name(question: str, text: str, names: Iterable[str]) -> bool:
    """Whether the question has words of the shop's names (its products') and the text none of them: it is about another."""
    known = {stem for name in names for stem in _stems(name)}
    named = [stem for stem in _wanted(question) if stem in known]
    return bool(named) and _weigh(named, text) == 0


def names_part_of(question: str, title: str) -> bool:
    """Whether the question names something so titled: it holds the title's first word that says anything, or most words."""
    asked, words = set(_wanted(question)), _stems(title)
    return bool(words) and (words[0] in asked or 2 * len(asked.intersection(words)) > len(words))


def _stems(text: str) -> list[str]:
    """The stems that search compares, weekdays of both languages as one, without what says nothing in a question.

    Each time of day is one stem, of the matter of opening hours.
    """
    stems = [_weekdays().get(stem, stem) for stem in lexical.stems(text) if stem not in _stop_stems()]
    return [*stems, TIME] if _TIME_OF_DAY.search(text) else stems


@cache
def _stop_stems() -> frozenset[str]:
    return frozenset(lexical.stem_word(word) for word in _STOP)


@cache
def _weekdays() -> dict[str, str]:
    """Both languages' weekdays, singular and plural, to one stem each."""
    return {
        lexical.stem_word(form): f"weekday{number}"
        for names in WEEKDAYS.values()
        for number, name in enumerate(names)
        for form in (name, f"{name}s")
    }


@cache
def _same_matter(stem: str) -> frozenset[str]:
    matters = [{lexical.stem_word(word) for word in words} for words in _MATTERS]
    return frozenset().union(*(matter for matter in matters if stem in matter)) - {stem}
