"""What a query asks of the recommender: what fits some words, what goes with a product, or what to promote."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from cafe_ai.language.text import fold, tokenize
from cafe_ai.recommendations.matching import stems
from cafe_ai.recommendations.model import Kind

_WITH = re.compile(
    r"\b(?:va|van|vaya|vayan|iria|irian|combina|combinan|combinaria|pega|pegan|queda|quedan|marida|maridan|casa|casan)\b"
    r"(?: (?:bien|mejor|genial|rico|perfecto|estupendo))? con (?P<a>.+)"
    r"|\b(?:compra|compran|pide|piden|vende|venden|lleva|llevan|toma|toman)\b"
    r"(?: (?:junto|juntos|juntas|a la vez|tambien|mas|mucho))* con (?P<b>.+)"
    r"|\bcon que (?:\w+ )?(?:combino|combinar|combina|acompano|acompanar|maridar|ofrezco|ofrecer|vendo|vender|sirvo|servir)"
    r" (?P<c>.+)"
    r"|\bacompan(?:ar|e|en|o)\b(?: bien)?(?: a| al)? (?P<d>.+)"
    r"|\b(?:complementos?|acompanamientos?|acompanantes?) (?:para|de|del|al) (?P<e>.+)"
    r"|\b(?:go|goes|going|went|pair|pairs|paired|serve|served|combine|combines|bought|buy|sold|sell|sells|ordered|order)\b"
    r"(?: (?:well|best|nicely|great|good|together|most|often|along))* with (?P<f>.+)"
    r"|\b(?:accompany|accompanies|complements?) (?:a |the |our )?(?P<g>.+)"
    r"|\b(?:pairings?|accompaniments?|sides?) (?:for|of|to) (?P<h>.+)"
)
_EDGES = re.compile(r"^(?:el|la|los|las|un|una|unos|unas|mi|mis|nuestro|nuestra|the|a|an|my|our|some) |[\s?!.,;:]+$")
# Words that ask for a recommendation and say nothing of what.
_GENERIC = frozenset(
    "que cual cuales productos producto articulos articulo cosas algo para por de del la el los las en a al y o un una "
    "mi mis nuestro nuestra tienda negocio local cafeteria retail venta ventas vender promocionar promociono promocion "
    "promociones promocione oferta ofertas recomendar recomiendas recomiendame recomienda recomendacion recomendaciones "
    "recomendados sugiere sugieres sugerencias sugerencia destacar destaco impulsar empujar hoy ahora mismo deberia debo "
    "puedo podria conviene me nos esta este semana dia mes temporada ahora hay "
    "what which products product items item things something anything for of the a an in on to at and or i we you my our "
    "me us shop store business retail sell selling sale sales promote promoting promotion promotions recommend "
    "recommended recommendation recommendations suggest suggestions suggestion feature push now today right should can "
    "could do is are this week day month season".split()
)


@dataclass(frozen=True, slots=True)
class Asked:
    """What a query asks; subject: the words for the product whose company is asked for."""

    kind: Kind
    subject: str | None = None


def read(text: str | None) -> Asked:
    """What is asked. Without words, and with such as "productos para promocionar", it is what to promote."""
    if text is None:
        return Asked("promote")
    folded = " ".join(fold(text).split())
    if found := _WITH.search(folded):
        subject = next(group for group in found.groups() if group is not None)
        while (bare := _EDGES.sub("", subject)) != subject:
            subject = bare
        if subject:
            return Asked("together", subject)
    words = [token.folded for token in tokenize(text)]
    return Asked("promote") if words and all(word in _GENERIC for word in words) else Asked("search")


def find_product(subject: str, names: Sequence[tuple[UUID, str]]) -> tuple[list[UUID], str] | None:
    """The products that the words name, of one name: the longest that they hold whole, else the shortest that holds them."""
    said = stems(subject)
    if not said:
        return None
    within = [(len(own), -len(name), name) for _, name in names if (own := stems(name)) and own <= said]
    around = [(len(own), len(name), name) for _, name in names if said <= (own := stems(name))]
    found = max(within)[2] if within else min(around)[2] if around else None
    if found is None:
        return None
    return [product_id for product_id, name in names if fold(name) == fold(found)], found
