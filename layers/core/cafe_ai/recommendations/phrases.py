"""The recommender's words in Spanish and English. What stands in braces is filled from facts and names."""
# ruff: noqa: E501 -- a sentence a line

from __future__ import annotations

from collections.abc import Mapping

from cafe_ai.language.formats import Language
from cafe_ai.recommendations.model import Daypart, Note, ReasonKind

UNITS: Mapping[Language, tuple[str, str]] = {"es": ("unidad", "unidades"), "en": ("unit", "units")}

DAYPARTS: Mapping[Language, Mapping[Daypart, str]] = {
    "es": {"morning": "por la mañana", "noon": "a mediodía", "afternoon": "por la tarde", "night": "por la noche"},
    "en": {"morning": "in the morning", "noon": "around noon", "afternoon": "in the afternoon", "night": "at night"},
}

WINDOWS: Mapping[Language, str] = {
    "es": "Las ventas recientes son las {days}.",
    "en": "Recent sales are those of {days}.",
}

INTROS: Mapping[Language, Mapping[str, str]] = {
    "es": {
        "promote": "Esto es lo que te recomiendo promocionar ahora:",
        "search": "Esto es lo que mejor encaja con lo que buscas:",
        "together": "Esto es lo que mejor acompaña a «{about}», según los pedidos:",
        "together_at_times": "Esto es lo que más coincide con «{about}» en los pedidos:",
        "similar": "Esto es lo que más se le parece:",
    },
    "en": {
        "promote": "This is what I recommend promoting now:",
        "search": "This is what best fits what you are looking for:",
        "together": "This is what goes best with “{about}”, going by the orders:",
        "together_at_times": "This is what most often shares an order with “{about}”:",
        "similar": "This is what resembles it most:",
    },
}

NOTES: Mapping[Language, Mapping[Note, str]] = {
    "es": {
        "nothing_fits": "No he encontrado en tu catálogo nada que encaje con lo que buscas.",
        "nothing_after_diet": "Hay productos que se le parecen, pero de ninguno consta que respete el alérgeno o la dieta que pides, así que no recomiendo ninguno.",
        "diet_excluded": "He dejado fuera los productos de los que no consta que respeten el alérgeno o la dieta que pides.",
        "no_history": "Aún no hay ventas registradas, así que me baso solo en el catálogo.",
        "no_catalogue": "Tu catálogo está vacío, así que no hay nada que pueda recomendar.",
        "all_out_of_stock": "Todo lo que encaja está agotado.",
        "no_baskets": "Aún no hay pedidos suficientes para saber con qué se compra «{about}».",
        "search_degraded": "",
    },
    "en": {
        "nothing_fits": "I found nothing in your catalogue that fits what you are looking for.",
        "nothing_after_diet": "Some products come close, but none is known to respect the allergen or diet you ask for, so I recommend none.",
        "diet_excluded": "I left out the products that are not known to respect the allergen or diet you ask for.",
        "no_history": "No sales are recorded yet, so I go by the catalogue alone.",
        "no_catalogue": "Your catalogue is empty, so there is nothing I can recommend.",
        "all_out_of_stock": "Everything that fits is out of stock.",
        "no_baskets": "There are not enough orders yet to know what “{about}” is bought with.",
        "search_degraded": "",
    },
}

REASONS: Mapping[Language, Mapping[ReasonKind, str]] = {
    "es": {
        "fits": "encaja con lo que buscas",
        "together": "está en {orders_together} de los {orders_compared} pedidos con «{other}» ({orders_together_share}), más de lo que daría el azar",
        "together_at_times": "coincide en {orders_together} de los {orders_compared} pedidos con «{other}» ({orders_together_share}), lo que puede ser casualidad",
        "companion": "se pide junto con «{other}», de lo que más se vende ({orders_together} pedidos con ambos)",
        "bestseller": "es de lo que más se vende ({units_units})",
        "rising": "sus ventas suben ({units_units} frente a {units_before} en los días anteriores)",
        "season": "llega su temporada (hace un año se vendieron {units_units} en los {span} días que empiezan ahora y {units_before} en los {span} anteriores)",
        "daypart": "el {daypart_share} de sus pedidos son {part}",
        "margin": "deja un margen del {margin_rate}",
        "overstock": "hay existencias de sobra ({stock_units}, para {days_of_stock} días al ritmo actual)",
        "unsold_stock": "no se ha vendido y hay existencias ({stock_units})",
        "catalogue": "está en tu catálogo",
        "low_stock": "quedan pocas existencias ({stock_units})",
        "out_of_stock": "ahora está agotado",
    },
    "en": {
        "fits": "it fits what you are looking for",
        "together": "it is in {orders_together} of the {orders_compared} orders with “{other}” ({orders_together_share}), more than chance would have it",
        "together_at_times": "it shares {orders_together} of the {orders_compared} orders with “{other}” ({orders_together_share}), which may be chance",
        "companion": "it is ordered together with “{other}”, one of your best sellers ({orders_together} orders with both)",
        "bestseller": "it is among your best sellers ({units_units})",
        "rising": "its sales are rising ({units_units} against {units_before} in the days before)",
        "season": "its season is coming (a year ago {units_units} were sold in the {span} days that begin now and {units_before} in the {span} days before)",
        "daypart": "{daypart_share} of its orders are {part}",
        "margin": "it leaves a margin of {margin_rate}",
        "overstock": "there is plenty in stock ({stock_units}, enough for {days_of_stock} days at the current rate)",
        "unsold_stock": "it has not sold and is in stock ({stock_units})",
        "catalogue": "it is in your catalogue",
        "low_stock": "little is left in stock ({stock_units})",
        "out_of_stock": "it is out of stock now",
    },
}

# For members who may not see figures of sales, and where there are none.
REASONS_WITHOUT_FIGURES: Mapping[Language, Mapping[ReasonKind, str]] = {
    "es": {
        **REASONS["es"],
        "together": "suele pedirse junto con «{other}»",
        "together_at_times": "a veces se pide junto con «{other}»",
        "companion": "suele pedirse junto con «{other}», de lo más pedido",
        "bestseller": "es de lo más pedido",
        "rising": "se pide cada vez más",
        "season": "llega su temporada",
        "daypart": "se pide sobre todo {part}",
    },
    "en": {
        **REASONS["en"],
        "together": "it is usually ordered together with “{other}”",
        "together_at_times": "it is sometimes ordered together with “{other}”",
        "companion": "it is usually ordered together with “{other}”, one of the most popular products",
        "bestseller": "it is one of the most popular products",
        "rising": "it is ordered more and more",
        "season": "its season is coming",
        "daypart": "it is ordered above all {part}",
    },
}  # fmt: skip

PROMPTS: Mapping[Language, Mapping[str, str]] = {
    "es": {"promote": "¿Qué promociono ahora?", "suggest": "¿Qué productos nuevos añado a mi carta?"},
    "en": {"promote": "What should I promote now?", "suggest": "Which new products should I add to my menu?"},
}
"""What stands for the prompt where nobody wrote one."""

STOCK_ONLY: Mapping[Language, str] = {
    "es": "hay existencias de sobra ({stock_units})",
    "en": "there is plenty in stock ({stock_units})",
}
"""Overstock without the rate of sale, which not everyone may know."""
