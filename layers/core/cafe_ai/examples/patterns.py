"""What personal data and amounts look like in a question: patterns over the text as it is written."""

from __future__ import annotations

import re
from functools import cache
from importlib import resources
from typing import NamedTuple

from cafe_ai.language.text import fold


class Kind(NamedTuple):
    """A kind of data, what stands for it in each language, and how it looks. group: what of the match it is."""

    spanish: str
    english: str
    pattern: re.Pattern[str]
    group: int = 0


_WAY = (
    r"c/|c\.|calle|avda\.?|avenida|av\.|plaza|pza\.?|paseo|p\.º|camino|carretera|ctra\.?|ronda|travesía|travesia|glorieta|urbanización"
    r"|urbanizacion|polígono|poligono|carrer|passeig|rúa|rua"
)
_STREET = r"street|st\.?|road|rd\.?|avenue|ave\.?|lane|ln\.?|drive|close|court|crescent|boulevard|blvd\.?|square|terrace|place|way"
_JOINED = r"(?:(?:de|del|la|las|los|el|d'|y)\s+)*"
_MONEY = (
    r"(?:€|\$|£|euros?\b|eur\b|d[óo]lar(?:es)?\b|dollars?\b|usd\b|libras?\b|pounds?\b|gbp\b|pavos\b|bucks\b|quid\b)"
)

KINDS: tuple[Kind, ...] = (
    Kind(
        "[correo]", "[email]",
        re.compile(r"[\w.+'-]+\s?(?:@|\(at\)|\(arroba\)|\barroba\b)\s?[\w-]+(?:\s?(?:\.|\bpunto\b|\bdot\b)\s?[\w-]+)+", re.IGNORECASE),
    ),
    Kind(
        "[enlace]", "[link]",
        re.compile(r"\b(?:https?|ftp)://\S+|\bwww\.\S+|\b[\w-]+\.(?:com|net|org|es|io|info|eu|co\.uk|uk|cat|app|shop)\b(?:/\S*)?", re.IGNORECASE),
    ),
    Kind("[usuario]", "[user]", re.compile(r"(?<![\w.])@\w{2,}")),
    Kind("[cuenta]", "[account]", re.compile(r"\b[A-Z]{2}\d{2}(?:[\s-]?[A-Z0-9]{4}){3,7}(?:[\s-]?[A-Z0-9]{1,3})?\b", re.IGNORECASE)),
    Kind("[tarjeta]", "[card]", re.compile(r"(?<![\d.,])\d(?:[\s-]?\d){12,18}(?![\d])")),
    Kind("[dispositivo]", "[device]", re.compile(r"\b(?:\d{1,3}\.){3}\d{1,3}\b|\b(?:[0-9a-f]{2}:){5}[0-9a-f]{2}\b", re.IGNORECASE)),
    Kind(
        "[documento]", "[document]",
        re.compile(
            r"\b\d{2}\.?\d{3}\.?\d{3}[\s-]?[A-Z]\b|\b[XYZ][\s-]?\d{7}[\s-]?[A-Z]\b|\b[ABCDEFGHJNPQRSUVW][\s-]?\d{7}[\s-]?[0-9A-J]\b"
            r"|\b\d{3}-\d{2}-\d{4}\b|\b[A-CEGHJ-PR-TW-Z]{2}\s?\d{2}\s?\d{2}\s?\d{2}\s?[A-D]\b|\b[A-Z]{2,3}\d{6,7}\b",
            re.IGNORECASE,
        ),
    ),
    Kind("[matrícula]", "[plate]", re.compile(r"\b\d{4}[\s-]?[BCDFGHJKLMNPRSTVWXYZ]{3}\b")),
    Kind(
        "[dirección]", "[address]",
        re.compile(
            rf"(?<!\w)(?:{_WAY})\s*{_JOINED}[A-ZÁÉÍÓÚÑ0-9][\w'·-]*(?:\s+{_JOINED}[A-ZÁÉÍÓÚÑ][\w'·-]*)*"
            r"(?:\s*,?\s*(?:n[.º°]*\s*|núm\.?\s*|num\.?\s*|número\s+|numero\s+)?\d+\w?(?:\s*[-,]?\s*\d{1,2}\s*[ºª°]\s*\w?)?)?(?:\s*,?\s*\d{5})?"
            rf"|(?<!\w)(?:{_WAY})\s+{_JOINED}[\w'·-]+(?:\s+{_JOINED}[\w'·-]+){{0,3}}?\s*,?\s*(?:n[.º°]*\s*|número\s+|numero\s+)?\d+\w?"
            rf"|\b\d+\w?\s+(?:[A-Z][\w'-]*\s+){{1,3}}(?:{_STREET})(?!\w)"
            rf"|\b\d+\w?\s+(?:[\w'-]+\s+){{1,3}}(?:street|road|avenue|lane|boulevard|crescent)\b",
        ),
    ),
    Kind("[código postal]", "[postcode]", re.compile(r"\b(?:c\.?p\.?|código postal|codigo postal|postcode|zip(?: code)?)\s*:?\s*([A-Z]{0,2}\d[\w ]{2,6}\d?\w*)", re.IGNORECASE)),
    Kind("[código postal]", "[postcode]", re.compile(r"\b[A-Z]{1,2}\d[A-Z\d]?\s\d[A-Z]{2}\b")),
    Kind(
        "[teléfono]", "[phone]",
        re.compile(r"(?<![\w.,/-])(?:\+|00)\d(?:[\s.()-]?\d){7,14}(?![\w])|(?<![\w.,/-])\(?\d{2,4}\)?(?:[\s.-]\d{2,4}){2,4}(?![\w/-])|(?<![\w.,-])\d{9,11}(?!\w)"),
    ),
    Kind(
        "[importe]", "[amount]",
        re.compile(rf"(?:€|\$|£)\s?\d[\d.,]*\s?k?\b|(?<![\w.,])\d[\d.,]*\s?(?:mil\s|k\s?)?{_MONEY}", re.IGNORECASE),
    ),
    Kind(
        "[número]", "[number]",
        re.compile(
            r"\b(?:client[ea]|customer|client|socio|socia|member|pedido|order|ticket|factura|invoice|mesa|cuenta|account|empleado|employee)"
            r"\s*(?:n[.º°]*|núm\.?|num\.?|número|numero|number|no\.?|id|#)?\s*[:#]?\s*(#?[A-Z]{0,4}[-_/]?\d[\w/-]*)",
            re.IGNORECASE,
        ),
        1,
    ),
    Kind("[número]", "[number]", re.compile(r"(?<![\w.,-])#\w*\d\w*|\b[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\b|\b[A-Z]{1,5}[-_]\d{2,}\b", re.IGNORECASE)),
    Kind("[número]", "[number]", re.compile(r"(?<![\d.,/-])\d{6,}(?![\d/-])")),
)  # fmt: skip

_DATE = re.compile(
    r"(?<![\d-])\d{4}-\d\d(?:-\d\d)?(?![\d-])|(?<![\w./-])\d{1,2}([/.-])\d{1,2}\1(?:\d{4}|\d\d)(?![\w/-])"
)
PLACEHOLDER = re.compile(r"\[[\w ]+\]")


def find(kind: Kind, text: str) -> list[tuple[int, int]]:
    """Where the text has data of the kind; a date is none."""
    dates = [match.span() for match in _DATE.finditer(text)]
    spans = [match.span(kind.group) for match in kind.pattern.finditer(text)]
    return [(start, end) for start, end in spans if not any(first <= start and end <= last for first, last in dates)]


@cache
def first_names() -> tuple[frozenset[str], frozenset[str]]:
    """Folded first names: those that are nothing else, and those that are taken for one with a capital alone."""
    text = resources.files(__package__).joinpath("first_names.txt").read_text(encoding="utf-8")
    lines = "\n".join(line for line in text.splitlines() if not line.startswith("#"))
    sure, _, doubtful = lines.partition("--")
    return frozenset(map(fold, sure.split())), frozenset(map(fold, doubtful.split()))
