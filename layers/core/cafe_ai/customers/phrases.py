"""The sentences about customers, by language. What stands in braces is filled in by `telling`."""

# ruff: noqa: E501 -- a table of sentences

from __future__ import annotations

from collections.abc import Mapping

from cafe_ai.customers.model import RiskLevel
from cafe_ai.language.formats import Language

GAPS: Mapping[Language, Mapping[str, str]] = {
    "es": {
        "no_records": "Aún no hay pedidos registrados: de los clientes no se puede decir nada.",
        "no_customers": "Los pedidos no dicen de qué cliente son: sin clientes identificados no hay segmentos ni riesgo de abandono.",
        "no_sales": "Este cliente aún no ha hecho ningún pedido.",
        "no_prices": "No hay precios registrados: los importes no se conocen.",
    },
    "en": {
        "no_records": "There are no orders on record yet, so nothing can be said of the customers.",
        "no_customers": "The orders do not say whose they are: without known customers there are no segments and no churn risk.",
        "no_sales": "This customer has not placed any order yet.",
        "no_prices": "No prices are on record, so amounts are not known.",
    },
}

SENTENCES: Mapping[Language, Mapping[str, str]] = {
    "es": {
        "overview": "Clientes identificados que compraron {when}: {customers}.",
        "overview_money": "Clientes identificados que compraron {when}: {customers}, con {net} de ventas netas ({share} de las ventas del negocio).",
        "best": "«{segment}» ({words}): {customers}, con {net} en ese año, el {share} de lo que gastan los clientes identificados.",
        "best_of_few": "«{segment}» ({words}): {customers}.",
        "fading": "«{segment}» ({words}): {customers}, con {net} en ese año. Es a quien conviene escribir primero.",
        "risk": "Clientes con riesgo alto de abandono: {customers}, con {net} de ventas netas en ese año.",
        "lost": "Clientes que en los últimos {days} pasaron a grupos que se están yendo: {customers}, con {net} de ventas netas en ese año.",
        "won": "Clientes recuperados en los últimos {days}: {customers}, con {net} de ventas netas en esos días.",
        "new": "Clientes nuevos en los últimos {days}: {customers}, con {net} de ventas netas.",
        "retention": "De {customers} del último año, el {share} volvió a comprar al mes siguiente de su primera compra (meses ya cerrados).",
        "one": "El cliente {id} ha hecho {orders} desde el {first}, el último el {last}.",
        "one_money": "El cliente {id} ha hecho {orders} desde el {first}, el último el {last}: {net} de ventas netas, {ticket} de ticket medio.",
        "one_segment": "Pertenece al grupo «{segment}» ({words}).",
        "one_risk": "Su riesgo de abandono es {level}: lleva {idle} sin comprar.",
        "one_risk_now": "Su riesgo de abandono es {level}: acaba de comprar.",
        "one_interval_own": "Suele volver a los {interval}.",
        "one_interval_both": "Por sus visitas y las de los demás clientes, lo esperable es que vuelva a los {interval}.",
        "one_interval_shop": "Aún no ha repetido; los clientes de este negocio vuelven de media a los {interval}.",
        "one_next": "Si vuelve, lo más probable es que sea hacia el {expected} (entre el {earliest} y el {latest}).",
        "one_overdue": "Lleva {overdue} de retraso.",
        "one_no_next": "Muy pocos clientes han vuelto después de una espera así: no se espera una fecha.",
        "one_favourites": "Lo que más compra: {products}.",
    },
    "en": {
        "overview": "Known customers who bought from {when}: {customers}.",
        "overview_money": "Known customers who bought from {when}: {customers}, for {net} in net sales ({share} of the shop's sales).",
        "best": "“{segment}” ({words}): {customers}, with {net} in that year, {share} of what known customers spend.",
        "best_of_few": "“{segment}” ({words}): {customers}.",
        "fading": "“{segment}” ({words}): {customers}, with {net} in that year. These are the ones to write to first.",
        "risk": "Customers at high risk of leaving: {customers}, with {net} in net sales in that year.",
        "lost": "Customers who slipped into groups that are leaving in the last {days}: {customers}, with {net} in net sales in that year.",
        "won": "Customers won back in the last {days}: {customers}, with {net} in net sales in those days.",
        "new": "New customers in the last {days}: {customers}, with {net} in net sales.",
        "retention": "Of {customers} of the last year, {share} bought again in the month after their first purchase (complete months only).",
        "one": "Customer {id} has placed {orders} since {first}, the latest on {last}.",
        "one_money": "Customer {id} has placed {orders} since {first}, the latest on {last}: {net} in net sales, {ticket} a ticket on average.",
        "one_segment": "The customer belongs to “{segment}” ({words}).",
        "one_risk": "The risk of leaving is {level}: {idle} without buying.",
        "one_risk_now": "The risk of leaving is {level}: the last purchase has only just been made.",
        "one_interval_own": "The customer usually returns after {interval}.",
        "one_interval_both": "Going by the customer's own visits and those of the others, a return is usual after {interval}.",
        "one_interval_shop": "There has been no second visit yet; customers of this shop return after {interval} on average.",
        "one_next": "If the customer returns, it will most likely be around {expected} (between {earliest} and {latest}).",
        "one_overdue": "The visit is {overdue} overdue.",
        "one_no_next": "Too few customers have returned after such a wait to expect a date.",
        "one_favourites": "What this customer buys most: {products}.",
    },
}

LEVELS: Mapping[Language, Mapping[RiskLevel, str]] = {
    "es": {"low": "bajo", "medium": "medio", "high": "alto"},
    "en": {"low": "low", "medium": "medium", "high": "high"},
}

PROMPTS: Mapping[Language, Mapping[str, str]] = {
    "es": {"all": "Cómo se comportan los clientes", "one": "Cómo se comporta un cliente"},
    "en": {"all": "How the customers behave", "one": "How one customer behaves"},
}
"""What stands for the caller's words where there are none."""
