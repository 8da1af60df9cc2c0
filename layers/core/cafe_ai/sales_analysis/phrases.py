"""The sentences of findings, in Spanish and English.

`{when}` is the period with its preposition; `{before}` and `{last_year}` are what it is compared with, as nouns, and
`{when_before}` with a preposition. A previous week or day is "the week before", except where it is told in full.
"""

# ruff: noqa: E501 -- one sentence a line

from __future__ import annotations

from collections.abc import Mapping

from cafe_ai.language.formats import Language

UNITS: Mapping[Language, tuple[str, str]] = {"es": ("unidad", "unidades"), "en": ("unit", "units")}

BEFORE: Mapping[str, Mapping[Language, tuple[str, str]]] = {
    "day": {"es": ("el día anterior", "el día anterior"), "en": ("the day before", "the day before")},
    "week": {"es": ("la semana anterior", "la semana anterior"), "en": ("the week before", "the week before")},
    "days": {
        "es": ("el periodo anterior", "en el periodo anterior"),
        "en": ("the previous period", "in the previous period"),
    },
}
"""The previous period as a noun and with a preposition, where it has no short name of its own."""

PHRASES: Mapping[str, Mapping[Language, str]] = {
    # What happened.
    "sales_up": {
        "es": "{when} las ventas netas subieron un {change} frente a {before_in_full}: fueron {value}, {difference} más.",
        "en": "{when} net sales rose {change} compared with {before_in_full}: they came to {value}, {difference} more.",
    },
    "sales_down": {
        "es": "{when} las ventas netas bajaron un {change} frente a {before_in_full}: fueron {value}, {difference} menos.",
        "en": "{when} net sales fell {change} compared with {before_in_full}: they came to {value}, {difference} less.",
    },
    "sales_same": {
        "es": "{when} las ventas netas fueron {value}, lo mismo que en el periodo anterior.",
        "en": "{when} net sales came to {value}, the same as in the previous period.",
    },
    "sales_alone": {
        "es": "{when} las ventas netas fueron {value}.",
        "en": "{when} net sales came to {value}.",
    },
    "units_up": {
        "es": "{when} se vendieron {value_units}, un {change} más que {when_before}.",
        "en": "{value_units} were sold {when}, {change} more than {when_before}.",
    },
    "units_down": {
        "es": "{when} se vendieron {value_units}, un {change} menos que {when_before}.",
        "en": "{value_units} were sold {when}, {change} less than {when_before}.",
    },
    "units_alone": {
        "es": "{when} se vendieron {value_units}.",
        "en": "{value_units} were sold {when}.",
    },
    "last_year_up": {
        "es": "Frente a {last_year}, las ventas netas subieron un {change}: {difference} más.",
        "en": "Compared with {last_year}, net sales rose {change}: {difference} more.",
    },
    "last_year_down": {
        "es": "Frente a {last_year}, las ventas netas bajaron un {change}: {difference} menos.",
        "en": "Compared with {last_year}, net sales fell {change}: {difference} less.",
    },
    # Why.
    "price_up": {
        "es": "Por el efecto de los precios, las ventas netas subieron {difference} frente a {before}.",
        "en": "Through the effect of prices, net sales rose {difference} compared with {before}.",
    },
    "price_down": {
        "es": "Por el efecto de los precios, las ventas netas bajaron {difference} frente a {before}.",
        "en": "Through the effect of prices, net sales fell {difference} compared with {before}.",
    },
    "volume_up": {
        "es": "Por el volumen de los productos de siempre, las ventas netas subieron {difference} frente a {before}.",
        "en": "Through the volume of the usual products, net sales rose {difference} compared with {before}.",
    },
    "volume_down": {
        "es": "Por el volumen de los productos de siempre, las ventas netas bajaron {difference} frente a {before}.",
        "en": "Through the volume of the usual products, net sales fell {difference} compared with {before}.",
    },
    "mix_up": {
        "es": "Por la mezcla de productos caros y baratos, las ventas netas subieron {difference} frente a {before}.",
        "en": "Through the mix of dearer and cheaper products, net sales rose {difference} compared with {before}.",
    },
    "mix_down": {
        "es": "Por la mezcla de productos caros y baratos, las ventas netas bajaron {difference} frente a {before}.",
        "en": "Through the mix of dearer and cheaper products, net sales fell {difference} compared with {before}.",
    },
    "new_products_up": {
        "es": "Con los productos que antes no se vendían, las ventas netas subieron {difference} frente a {before}.",
        "en": "With the products that were not sold before, net sales rose {difference} compared with {before}.",
    },
    "vanished_products_down": {
        "es": "Con los productos que dejaron de venderse, las ventas netas bajaron {difference} frente a {before}.",
        "en": "With the products that stopped selling, net sales fell {difference} compared with {before}.",
    },
    "orders_and_ticket": {
        "es": "Hubo {orders} pedidos, un {orders_change} {orders_way} que {when_before}, con un ticket medio de {ticket}, un {ticket_change} {ticket_way}.",
        "en": "There were {orders} orders, {orders_change} {orders_way} than {when_before}, with an average ticket of {ticket}, {ticket_change} {ticket_way}.",
    },
    # What moved.
    "product_up": {
        "es": "{name} es el producto que más creció: {value}, {difference} más que {when_before}.",
        "en": "{name} is the product that grew most: {value}, {difference} more than {when_before}.",
    },
    "product_down": {
        "es": "{name} es el producto que más cayó: {value}, {difference} menos que {when_before}.",
        "en": "{name} is the product that fell most: {value}, {difference} less than {when_before}.",
    },
    "category_up": {
        "es": "La categoría {name} es la que más creció: {value}, {difference} más que {when_before}.",
        "en": "The category {name} is the one that grew most: {value}, {difference} more than {when_before}.",
    },
    "category_down": {
        "es": "La categoría {name} es la que más cayó: {value}, {difference} menos que {when_before}.",
        "en": "The category {name} is the one that fell most: {value}, {difference} less than {when_before}.",
    },
    "product_best": {
        "es": "{name} fue lo más vendido: {value} de ventas netas, el {share} del total.",
        "en": "{name} was the best seller: net sales of {value}, {share} of the total.",
    },
    "product_best_units": {
        "es": "{name} fue lo más vendido: {value_units}.",
        "en": "{name} was the best seller: {value_units}.",
    },
    "category_best": {
        "es": "La categoría {name} es la que más vende: {value} de ventas netas, el {share} del total.",
        "en": "The category {name} sells the most: net sales of {value}, {share} of the total.",
    },
    # When.
    "weekday_best": {
        "es": "Los {weekday} son el mejor día, con una media diaria de ventas netas de {value}.",
        "en": "{weekday} are the best day, with average daily net sales of {value}.",
    },
    "hour_best": {
        "es": "La hora más fuerte es {hours}, con {value} de ventas netas, el {share} del total.",
        "en": "The busiest hour is {hours}, with net sales of {value}, {share} of the total.",
    },
    "unusual": {
        "es": "El {day} las ventas netas fueron {value}, cuando en un día así lo habitual son {usual}.",
        "en": "On {day} net sales came to {value}, when {usual} is usual on such a day.",
    },
    "closed": {
        "es": "El {day} hubo 0 pedidos; en un día así lo habitual son ventas netas de {usual}.",
        "en": "On {day} there were 0 orders; net sales of {usual} are usual on such a day.",
    },
    # Who, what is kept, what comes back.
    "customers": {
        "es": "Compraron {customers} clientes: {new} nuevos y {returning} recurrentes.",
        "en": "{customers} customers bought: {new} new and {returning} returning.",
    },
    "returns": {
        "es": "Se devolvieron {value}, el {rate} de las ventas brutas.",
        "en": "Returns came to {value}, {rate} of gross sales.",
    },
    "margin": {
        "es": "El margen fue de {value}, el {rate} de las ventas netas.",
        "en": "The margin was {value}, {rate} of net sales.",
    },
    "margin_partly": {
        "es": "El margen fue de {value}, el {rate} de las ventas netas con coste conocido, que son el {coverage} del total.",
        "en": "Costs are known for {coverage} of net sales; on those the margin was {value}, a margin rate of {rate}.",
    },
    # What to do.
    "restock": {
        "es": "Repón {name}: quedan {stock_units} y se vendieron {units_units}.",
        "en": "Restock {name}: {stock_units} are left and {units_units} were sold.",
    },
    "secure_stock": {
        "es": "Asegura existencias de {name}: sus ventas netas subieron {difference} frente a {before}, hasta {value}.",
        "en": "Make sure of your stock of {name}: its net sales rose {difference} compared with {before}, to {value}.",
    },
    "bring_back": {
        "es": "Valora recuperar {name}: {when_before} dejó unas ventas netas de {baseline}.",
        "en": "Consider bringing back {name}: {when_before} it made net sales of {baseline}.",
    },
    "look_into": {
        "es": "Revisa qué pasa con {name}: sus ventas netas bajaron {difference} frente a {before}, hasta {value}.",
        "en": "Look into {name}: its net sales fell {difference} compared with {before}, to {value}.",
    },
    "price_review": {
        "es": "Revisa el precio de {name}: su precio medio bajó {difference} frente a {before}, hasta {value} por unidad.",
        "en": "Review the price of {name}: its average price fell {difference} compared with {before}, to {value} per unit.",
    },
    "weekday_weak": {
        "es": "Prueba una oferta los {weekday}: es el día más flojo, con una media diaria de ventas netas de {value}.",
        "en": "Try an offer on {weekday}, the weakest day, with average daily net sales of {value}.",
    },
    "hour_staff": {
        "es": "Refuerza el equipo {hours}: es la hora más fuerte, con {value} de ventas netas, el {share} del total.",
        "en": "Have enough hands {hours}, the busiest hour, with net sales of {value}, {share} of the total.",
    },
    "returns_of": {
        "es": "Averigua por qué se devuelve {name}: se devolvieron {value}.",
        "en": "Find out why {name} comes back: returns came to {value}.",
    },
    "lapsed": {
        "es": "Escribe a los {count} clientes que llevan más de 90 días sin comprar.",
        "en": "Write to the {count} customers who have not bought for more than 90 days.",
    },
    "promote": {
        "es": "Da más visibilidad a {name}: es lo más vendido, con {value} de ventas netas, el {share} del total.",
        "en": "Give {name} more room: it is the best seller, with net sales of {value}, {share} of the total.",
    },
    "promote_units": {
        "es": "Da más visibilidad a {name}: es lo más vendido, con {value_units}.",
        "en": "Give {name} more room: it is the best seller, with {value_units}.",
    },
}

MISSING: Mapping[str, Mapping[Language, str]] = {
    "no_prices": {"es": "los precios", "en": "prices"},
    "no_costs": {"es": "los costes, sin los que no hay margen", "en": "costs, without which there is no margin"},
    "no_customers": {"es": "quién compra", "en": "who buys"},
    "no_categories": {"es": "las categorías", "en": "categories"},
}
"""What is not in the data."""
MISSING_FROM_DATA: Mapping[Language, str] = {
    "es": "En los datos faltan {missing}.",
    "en": "Missing from the data: {missing}.",
}
NOT_KNOWN: Mapping[str, Mapping[Language, str]] = {
    "no_sales": {"es": "{when} no hubo ventas.", "en": "There were no sales {when}."},
    "no_baseline": {
        "es": "No hay datos más antiguos con los que comparar.",
        "en": "There is no older data to compare with.",
    },
    "short_history": {
        "es": "Aún no hay días suficientes para saber cuáles se salen de lo normal.",
        "en": "There are not yet enough days on record to know which ones are out of the ordinary.",
    },
}
"""What cannot be told for another reason."""
PROMPTS: Mapping[str, Mapping[Language, str]] = {
    "daily": {"es": "Análisis de ventas: diario", "en": "Sales analysis: daily"},
    "weekly": {"es": "Análisis de ventas: semanal", "en": "Sales analysis: weekly"},
    "monthly": {"es": "Análisis de ventas: mensual", "en": "Sales analysis: monthly"},
    "quarterly": {"es": "Análisis de ventas: trimestral", "en": "Sales analysis: quarterly"},
    "yearly": {"es": "Análisis de ventas: anual", "en": "Sales analysis: yearly"},
    "range": {"es": "Análisis de ventas: {days}", "en": "Sales analysis: {days}"},
}
"""What stands for a question in the conversation."""
