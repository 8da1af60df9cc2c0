"""The sentences of an inventory forecast, by language."""

# ruff: noqa: E501 -- a table of sentences

from __future__ import annotations

from collections.abc import Mapping

from cafe_ai.language.formats import Language

SENTENCES: Mapping[Language, Mapping[str, str]] = {
    "es": {
        "no_records": "Aún no hay ventas registradas: no se puede prever la demanda.",
        "stale": "Las ventas registradas acaban el {last}: de ahí no se puede prever la demanda de ahora.",
        "nothing_sold": "En los últimos {days} no se ha vendido nada: no se puede prever la demanda.",
        "demand": "Demanda prevista {when}: {units} de {products}.",
        "cut": "Se prevén los {shown} más vendidos de {sold}.",
        "order_first": "Lo que conviene pedir ya, por las ventas que están en juego:",
        "order": "- «{product}»: pedir {quantity}; el stock ({stock}) se acaba en {days}.",
        "order_gone": "- «{product}»: pedir {quantity}; no queda stock.",
        "order_today": "- «{product}»: pedir {quantity}; el stock ({stock}) no basta ni para hoy.",
        "order_low": "- «{product}»: pedir {quantity}; el stock ({stock}) no dura con seguridad hasta que llegue el pedido siguiente.",
        "at_stake": "; ventas en juego: {stake}.",
        "more": "Otros productos que conviene pedir hoy: {count}.",
        "enough": "Todos los productos con stock conocido tienen bastante hasta que llegue el pedido siguiente.",
        "stake_sales": "Si hoy no se pide nada, hasta que llegue el pedido siguiente se perderían ventas de {sales}.",
        "stake_margin": "Si hoy no se pide nada, hasta que llegue el pedido siguiente se perderían ventas de {sales}; de los productos con coste conocido, {margin} de margen.",
        "daily_first": "Lo que no aguanta hasta el pedido siguiente se repone cada día:",
        "daily": "- «{product}»: tener {quantity} al abrir el {day}.",
        "expiring_first": "Lo que puede caducar sin venderse, contando el stock como recién llegado:",
        "expiring": "- «{product}»: {units} de {stock}.",
        "expiring_cost": "- «{product}»: {units} de {stock}, {cost} de coste.",
        "bound": "Stock a precio de coste: {value} ({products} con coste conocido).",
        "no_stock": "Productos sin stock registrado: {count}. Sin él no se puede decir cuánto pedir.",
        "default_lead_time": "Productos sin plazo de entrega registrado: {count}. Para ellos se cuenta con {days}.",
        "stock_of_now": "El stock es el de hoy, no el de la fecha preguntada.",
        "tested": "En las pruebas con fechas pasadas, la previsión acertó más que repetir la semana anterior en {better} de {tested}.",
        "covered": "En esas fechas, los márgenes del {level} contuvieron lo vendido en el {share} de los días.",
        "low": "En conjunto, la previsión se quedó un {bias} por debajo de lo vendido.",
        "high": "En conjunto, la previsión quedó un {bias} por encima de lo vendido.",
        "simple": "En los demás acierta más lo simple, y eso es lo que se prevé: lo vendido el mismo día de la semana anterior.",
    },
    "en": {
        "no_records": "There are no sales on record yet, so demand cannot be forecast.",
        "stale": "The recorded sales end on {last}, so the demand of now cannot be forecast from them.",
        "nothing_sold": "Nothing was sold in the last {days}, so demand cannot be forecast.",
        "demand": "Expected demand from {when}: {units} of {products}.",
        "cut": "The forecast covers the {shown} best sellers of {sold}.",
        "order_first": "What to order now, by the sales at stake:",
        "order": "- “{product}”: order {quantity}; the stock ({stock}) runs out in {days}.",
        "order_gone": "- “{product}”: order {quantity}; there is no stock left.",
        "order_today": "- “{product}”: order {quantity}; the stock ({stock}) is not enough for today.",
        "order_low": "- “{product}”: order {quantity}; the stock ({stock}) does not safely last until the next order arrives.",
        "at_stake": "; sales at stake: {stake}.",
        "more": "Other products to order today: {count}.",
        "enough": "Every product whose stock is known has enough until the next order arrives.",
        "stake_sales": "If nothing is ordered today, sales of {sales} would be missed until the next order arrives.",
        "stake_margin": "If nothing is ordered today, sales of {sales} would be missed until the next order arrives; of the products whose cost is known, {margin} of margin.",
        "daily_first": "What does not keep until the next order is replaced every day:",
        "daily": "- “{product}”: have {quantity} when opening on {day}.",
        "expiring_first": "What may pass its date unsold, counting the stock as just arrived:",
        "expiring": "- “{product}”: {units} of {stock}.",
        "expiring_cost": "- “{product}”: {units} of {stock}, {cost} at cost.",
        "bound": "Stock at cost: {value} ({products} whose cost is known).",
        "no_stock": "Products without a recorded stock: {count}. Without it there is no telling how much to order.",
        "default_lead_time": "Products without a recorded lead time: {count}. For these {days} are assumed.",
        "stock_of_now": "The stock is today's, not that of the date asked about.",
        "tested": "Tested on past dates, the forecast was closer than repeating the week before for {better} of {tested}.",
        "covered": "On those dates the {level} intervals held what was sold on {share} of the days.",
        "low": "Overall the forecast was {bias} below what was sold.",
        "high": "Overall the forecast was {bias} above what was sold.",
        "simple": "For the others the simple way is closer, and it is their forecast: what was sold on the same weekday of the week before.",
    },
}

NOUNS: Mapping[str, Mapping[Language, tuple[str, str]]] = {
    "units": {"es": ("unidad", "unidades"), "en": ("unit", "units")},
    "products": {"es": ("producto", "productos"), "en": ("product", "products")},
    "days": {"es": ("día", "días"), "en": ("day", "days")},
}

NOTES: Mapping[Language, Mapping[str, str]] = {
    "es": {
        "never_sold": "Aún no se ha vendido: no hay con qué prever.",
        "short_history": "Pocas semanas de historia: los márgenes son orientativos.",
        "naive_was_better": "Repetir la semana anterior acertaba más: esa es la previsión.",
        "no_stock": "No hay stock registrado: no se calcula el pedido.",
        "default_lead_time": "No hay plazo de entrega registrado: se supone uno por defecto.",
        "lasts_long": "El stock dura más de un año.",
        "stock_age_unknown": "No consta cuándo llegó el stock: se cuenta como recién llegado.",
        "ordered_daily": "No aguanta hasta el pedido siguiente: se repone cada día.",
        "kept_down": "Se pide menos, para que no caduque sin venderse.",
        "stock_of_now": "El stock es el de hoy.",
    },
    "en": {
        "never_sold": "Not sold yet: there is nothing to forecast from.",
        "short_history": "Only a few weeks of history: the intervals are a rough guide.",
        "naive_was_better": "Repeating the week before was closer, so that is the forecast.",
        "no_stock": "No stock is recorded, so no order is worked out.",
        "default_lead_time": "No lead time is recorded; a default is assumed.",
        "lasts_long": "The stock lasts for more than a year.",
        "stock_age_unknown": "When the stock arrived is not recorded: it counts as just arrived.",
        "ordered_daily": "It does not keep until the next order, so it is replaced every day.",
        "kept_down": "Less is ordered, so that nothing passes its date unsold.",
        "stock_of_now": "The stock is today's.",
    },
}

METHODS: Mapping[str, Mapping[Language, str]] = {
    "weekday_profile_exponential_smoothing": {
        "es": "el nivel reciente, con el perfil de cada día de la semana",
        "en": "the recent level, with each weekday's profile",
    },
    "seasonal_naive": {
        "es": "lo vendido el mismo día de la semana anterior",
        "en": "what was sold on the same weekday before",
    },
    "none": {"es": "sin datos", "en": "nothing on record"},
}
LEARNT: Mapping[Language, str] = {
    "es": "lo aprendido de todas las ventas del negocio, combinado con el nivel reciente",
    "en": "what was learnt from all of the shop's sales, combined with the recent level",
}


def method_text(method: str, language: Language) -> str:
    """What a method is, in a few words; one that is not among the simple ones has learnt."""
    return METHODS.get(method, LEARNT)[language]


PROMPTS: Mapping[Language, str] = {
    "es": "Qué demanda se espera y qué conviene pedir",
    "en": "Which demand is expected, and what to order",
}
"""What stands for the caller's words where there are none."""
