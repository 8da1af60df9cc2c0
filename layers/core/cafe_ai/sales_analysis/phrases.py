"""The sentences of findings, in Spanish and English.

`{when}` is the period with its preposition, `{now}` as a noun; `{before}` and `{last_year}` are what it is compared with.
"""

# ruff: noqa: E501 -- one sentence a line

from __future__ import annotations

from collections.abc import Mapping

from cafe_ai.language.formats import Language

UNITS: Mapping[Language, tuple[str, str]] = {"es": ("unidad", "unidades"), "en": ("unit", "units")}

PHRASES: Mapping[str, Mapping[Language, str]] = {
    # What happened.
    "sales_up": {
        "es": "{when} las ventas netas subieron un {change} frente a {before}: fueron {value}, {difference} más.",
        "en": "{when} net sales rose {change} compared with {before}: they came to {value}, {difference} more.",
    },
    "sales_down": {
        "es": "{when} las ventas netas bajaron un {change} frente a {before}: fueron {value}, {difference} menos.",
        "en": "{when} net sales fell {change} compared with {before}: they came to {value}, {difference} less.",
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
        "en": "{when} {value_units} were sold, {change} more than {when_before}.",
    },
    "units_down": {
        "es": "{when} se vendieron {value_units}, un {change} menos que {when_before}.",
        "en": "{when} {value_units} were sold, {change} less than {when_before}.",
    },
    "units_alone": {
        "es": "{when} se vendieron {value_units}.",
        "en": "{when} {value_units} were sold.",
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
        "es": "Con los productos que se estrenan, las ventas netas subieron {difference} frente a {before}.",
        "en": "With the products that are sold for the first time, net sales rose {difference} compared with {before}.",
    },
    "vanished_products_down": {
        "es": "Con los productos que dejaron de venderse, las ventas netas bajaron {difference} frente a {before}.",
        "en": "With the products that stopped selling, net sales fell {difference} compared with {before}.",
    },
    "orders_and_ticket": {
        "es": "{when} hubo {orders} pedidos, un {orders_change} {orders_way} que {when_before}, con un ticket medio de {ticket}, un {ticket_change} {ticket_way}.",
        "en": "{when} there were {orders} orders, {orders_change} {orders_way} than {when_before}, with an average ticket of {ticket}, {ticket_change} {ticket_way}.",
    },
    # What moved.
    "product_up": {
        "es": "{name} es el producto que más creció: {value} {when}, {difference} más que {when_before}.",
        "en": "{name} is the product that grew most: {value} {when}, {difference} more than {when_before}.",
    },
    "product_down": {
        "es": "{name} es el producto que más cayó: {value} {when}, {difference} menos que {when_before}.",
        "en": "{name} is the product that fell most: {value} {when}, {difference} less than {when_before}.",
    },
    "category_up": {
        "es": "La categoría {name} es la que más creció: {value} {when}, {difference} más que {when_before}.",
        "en": "The category {name} is the one that grew most: {value} {when}, {difference} more than {when_before}.",
    },
    "category_down": {
        "es": "La categoría {name} es la que más cayó: {value} {when}, {difference} menos que {when_before}.",
        "en": "The category {name} is the one that fell most: {value} {when}, {difference} less than {when_before}.",
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
    "anomaly_low": {
        "es": "El {day} las ventas netas fueron {value}, muy lejos de lo habitual en un día así ({usual}).",
        "en": "On {day} net sales came to {value}, a long way from what is usual on such a day ({usual}).",
    },
    "closed": {
        "es": "El {day} hubo 0 pedidos, aunque es un día en que la tienda suele abrir; lo habitual son ventas netas de {usual}.",
        "en": "On {day} there were 0 orders, although the shop usually opens on such a day; net sales of {usual} are usual.",
    },
    # Who, what is kept, what comes back.
    "customers": {
        "es": "{when} compraron {customers} clientes: {new} nuevos y {returning} recurrentes.",
        "en": "{when} {customers} customers bought: {new} new and {returning} returning.",
    },
    "returns": {
        "es": "{when} se devolvieron {value}, el {rate} de las ventas brutas.",
        "en": "{when} returns came to {value}, {rate} of gross sales.",
    },
    "margin": {
        "es": "El margen fue de {value}, el {rate} de las ventas netas.",
        "en": "The margin was {value}, {rate} of net sales.",
    },
    "margin_partly": {
        "es": "El margen fue de {value}, el {rate} de las ventas netas con coste conocido, que son el {coverage} del total.",
        "en": "The margin was {value}, {rate} of net sales, over the {coverage} of sales whose cost is known.",
    },
    # What to do.
    "restock": {
        "es": "Repón {name}: quedan {stock_units} y {when} se vendieron {units_units}.",
        "en": "Restock {name}: {stock_units} are left and {units_units} were sold {when}.",
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
        "es": "Averigua por qué se devuelve {name}: {when} se devolvieron {value}.",
        "en": "Find out why {name} comes back: {when} returns came to {value}.",
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
