"""The sentences around what is quoted and listed, in Spanish and English."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from cafe_ai.language.formats import Language


@dataclass(frozen=True, slots=True)
class Texts:
    """One language's sentences. quotes: what opens and closes a quotation."""

    quotes: tuple[str, str]
    quoted: str
    quoted_too: str
    listed: str
    listed_with: str
    listed_instead: str
    listed_unsure: str
    listed_all: str
    and_more: str
    left_out: str
    nothing_fits: str
    nothing_known_to_fit: str
    allergens: str
    allergens_none: str
    allergens_unknown: str


TEXTS: Mapping[Language, Texts] = {
    "es": Texts(
        quotes=("«", "»"),
        quoted="Según {title}: {passage}.",
        quoted_too="Además, en {title} pone: {passage}.",
        listed="En el catálogo encaja con lo que pides",
        listed_with="{wanted} tenemos",
        listed_instead="Exactamente así no encuentro nada; {wanted} tenemos",
        listed_unsure="No consta cuáles son {wanted}; lo más parecido del catálogo es",
        listed_all="En el catálogo hay",
        and_more="Y hay más en el catálogo.",
        left_out="Dejo fuera los productos que no lo cumplen y aquellos de los que no consta.",
        nothing_fits="En el catálogo no hay nada que encaje con eso.",
        nothing_known_to_fit=(
            "En el catálogo no hay nada que conste que lo cumpla: de algunos productos parecidos consta que no, o no hay "
            "datos de alérgenos ni de dieta."
        ),
        allergens="Alérgenos que constan en la ficha de «{product}»: {allergens}.",
        allergens_none="En la ficha de «{product}» consta que no lleva ningún alérgeno declarable.",
        allergens_unknown="No consta qué alérgenos lleva «{product}»: no puedo asegurar que no lleve alguno.",
    ),
    "en": Texts(
        quotes=("“", "”"),
        quoted="According to {title}: {passage}.",
        quoted_too="Also, {title} says: {passage}.",
        listed="In the catalogue this fits",
        listed_with="{wanted}, we have",
        listed_instead="I find nothing exactly like that; {wanted}, we have",
        listed_unsure="It is not recorded which ones are {wanted}; the nearest in the catalogue",
        listed_all="The catalogue has",
        and_more="There is more in the catalogue.",
        left_out="I leave out products that do not meet it and those of which it is not known.",
        nothing_fits="Nothing in the catalogue fits that.",
        nothing_known_to_fit=(
            "Nothing in the catalogue is known to meet that: of some similar products it is known that they do not, or their "
            "allergens and diets are not recorded."
        ),
        allergens="Allergens recorded for “{product}”: {allergens}.",
        allergens_none="The record of “{product}” says that it has no declarable allergens.",
        allergens_unknown="It is not recorded which allergens “{product}” has: I cannot promise that it has none.",
    ),
}
