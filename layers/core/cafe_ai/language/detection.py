"""Which of the two languages a text is written in."""

from __future__ import annotations

from typing import Literal

from cafe_ai.language.text import tokenize

_SPANISH = frozenset(
    "el la los las de del que cual cuales cuanto cuantos cuanta cuantas como y en por fue fueron nuestro nuestra un una es son "
    "ventas vendimos pedidos clientes unidades media facturacion ingresos mes ano semana dia "
    "ayer hoy productos mas menos con dame quien desde hasta tuvimos hubo al se lo".split()
)
_ENGLISH = frozenset(
    "the of what which how much many did do does was were is are our we in on by for and sales sold last this month week year "
    "orders customers units revenue average total ytd returns quarter between versus compare "
    "day yesterday today products most least with show give me who since until to have has it top best worst from".split()
)


def detect_language(text: str) -> Literal["es", "en"] | None:
    """The language by its commonest words and letters; None where they do not tell."""
    words = [token.folded for token in tokenize(text)]
    spanish = sum(word in _SPANISH for word in words) + 2 * sum(character in "¿¡ñÑ" for character in text)
    spanish += any(character in "áéíóúüÁÉÍÓÚ" for character in text)  # a café may stand in an English question
    english = sum(word in _ENGLISH for word in words)
    if spanish == english:
        return None
    return "es" if spanish > english else "en"
