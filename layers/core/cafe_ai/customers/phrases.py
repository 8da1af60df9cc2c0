"""The sentences about customers, by language. What stands in braces is filled in by `telling`."""

# ruff: noqa: E501 -- a table of sentences

from __future__ import annotations

from collections.abc import Mapping

from cafe_ai.customers.model import NoLifetime, RiskLevel
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
        "expected": "De {customers} del último año se espera que compren {buyers} en los próximos {days}, con {visits}.",
        "expected_money": "De {customers} del último año se espera que compren {buyers} en los próximos {days}, con {visits} y {net} de ventas netas.",
        "expected_risk": "De {customers} con riesgo alto se espera que aun así compren {buyers} en los próximos {days}.",
        "expected_risk_money": "De {customers} con riesgo alto se espera que aun así compren {buyers} en los próximos {days}, por {net} de ventas netas.",
        "tested_well": "Hace {days} el mismo cálculo esperaba {visits} y hubo {came}: se puede contar con él.",
        "tested_poorly": "Hace {days} el mismo cálculo esperaba {visits} y hubo {came}, y en la probabilidad de comprar se desvió {points} puntos de media: sirve para ordenar a los clientes, no para contar con sus cifras.",
        "one_expected": "La probabilidad de que compre en los próximos {days} es del {share}; la media esperada es de {visits}.",
        "one_expected_money": "La probabilidad de que compre en los próximos {days} es del {share}; la media esperada es de {visits} y {net} de ventas netas.",
        "one_rough": "En este negocio ese cálculo se ha desviado en la última comprobación: tómelo como orientación.",
        "one_untested": "Ese cálculo aún no se ha podido comprobar con lo ocurrido en este negocio.",
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
        "expected": "Of {customers} of the last year {buyers} are expected to buy in the next {days}, with {visits}.",
        "expected_money": "Of {customers} of the last year {buyers} are expected to buy in the next {days}, with {visits} and {net} in net sales.",
        "expected_risk": "Of {customers} at high risk {buyers} are still expected to buy in the next {days}.",
        "expected_risk_money": "Of {customers} at high risk {buyers} are still expected to buy in the next {days}, for {net} in net sales.",
        "tested_well": "{days} ago the same method expected {visits}, and there were {came}: it can be relied on.",
        "tested_poorly": "{days} ago the same method expected {visits}, and there were {came}; in the probability of buying it was off by {points} points on average: it ranks customers, but its figures are not to be counted on.",
        "one_expected": "The probability of a purchase in the next {days} is {share}; on average {visits} can be expected.",
        "one_expected_money": "The probability of a purchase in the next {days} is {share}; on average {visits} and {net} in net sales can be expected.",
        "one_rough": "In this shop the method was off when it was last tested: take it as a rough guide.",
        "one_untested": "The method could not be tested yet on what happened in this shop.",
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

NO_LIFETIME: Mapping[Language, Mapping[NoLifetime, str]] = {
    "es": {
        "few_customers": "Hay muy pocos clientes para calcular qué se espera de ellos.",
        "few_repeaters": "Muy pocos clientes han vuelto: aún no se puede calcular qué se espera de ellos.",
        "no_values": "Muy pocas visitas repetidas tienen importe: se esperan visitas, pero no ventas.",
        "not_converged": "Las visitas de estos clientes no siguen una pauta que se pueda calcular.",
        "no_mean_value": "Los importes son tan dispares que no hay un valor medio que esperar.",
    },
    "en": {
        "few_customers": "There are too few customers to work out what to expect of them.",
        "few_repeaters": "Too few customers have returned to work out what to expect of them.",
        "no_values": "Too few repeat visits have an amount: visits are expected, but no sales.",
        "not_converged": "The visits of these customers follow no pattern that can be worked out.",
        "no_mean_value": "Amounts scatter so widely that there is no mean value to expect.",
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
