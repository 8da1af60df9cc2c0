"""Which metrics a question asks for, by the words of `language.vocabulary`."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable

from cafe_ai.analytics.model import Metric
from cafe_ai.assistants.planning.lexemes import shape_of
from cafe_ai.assistants.planning.reading import Reading
from cafe_ai.language.vocabulary import METRIC_WORDS

SALES_NOUNS = r"(?:ventas|ventas netas|ingresos|facturacion|sales|net sales|revenue|turnover|takings)"
_SALES_TOO = rf"{SALES_NOUNS} (?:y|and|e|,)(?: (?:y|and|e|el|la|los|las|the|numero|de|number|of|our|total))* (?:pedidos|tickets|unidades|margen|clientes|devoluciones|orders|units|margin|customers|returns|transactions|ticket|average|descuentos|discounts)|(?:y|and|e|,) (?:(?:las|los|la|the|our) )*{SALES_NOUNS}"
_COUNTED_SALES = r"(?:cuantas|numero de|cantidad de|how many|number of|total number of) (?:ventas|sales)"
_AMOUNT = r"cuanto (?:se hizo|se ha hecho|llevamos|hicimos|hemos hecho|sacamos|hemos sacado|llevo|entro)|how much (?:have we done|did we do|have we made so far)"
_BUT_NOT = r"(?:pero|but|y|and) (?:que )?(?:no|not)(?: se vend\w+| sold)?(?= (?:en|in|during|on) )"
_ORDER = r"(?:pedido|ticket|compra|order|transaction|basket|tique|comanda)"
_ITEMS_PER_ORDER = rf"(?:cuant[oa]s |how many )?(?:unidades|articulos|productos|items|products|units|things|cosas)(?: (?!_)\S+){{0,3}} (?:cada|each|per|por|every|a typical|an average|in an|en un|un) {_ORDER}"
_SPENT_PER_ORDER = rf"(?:cada|por|per|each|every) {_ORDER} (?:de media|en promedio|on average)|(?:de media|en promedio|on average)(?: \S+){{0,3}} (?:cada|por|per|each|every|an) {_ORDER}|(?:gasta|gastan|spent|spend|spends|deja|dejan)(?: (?!_)\S+){{0,3}} (?:cada|por|per|each|every) {_ORDER}|avg basket(?: value)?|basket value|avg (?:order|ticket)(?: value)?"
_A_DAY = r"(?:a|al|per|each) U(?: (?:de media|en promedio|on average))?(?= ,|$| en | in | de | on average| did| do| se| vend| sold)"
_HOW_OFTEN = r"cuantas veces|how many times|how often"
_COUNTED = r"(?:cuant[oa]s|how many|numero de|number of|cantidad de)"
_COUNTED_ITEMS = rf"{_COUNTED} (?:productos?|articulos?|items?|products?|cosas|things|piezas)(?! (?:distint[oa]s|diferentes|different|distinct|unique|no|hay|tenemos|are|sin|have|did not|didn't|per|por|en cada|a))"
BUSY = r"busiest|quietest|hora punta|horas punta|rush hour|peak (?:hours?|time)|mas (?:concurrid[oa]s?|ajetread[oa]s?|llen[oa]s?|movimiento|jaleo|gente|trabajo)"
"""Ways to ask for most orders without saying so."""
_OVERVIEW = (
    r"como (?:nos )?(?:fue|fueron|va|van|vamos|ha ido|ha sido|anda|estuvo|marcha)(?: (?:el negocio|la cosa|todo|las cosas))?|que tal(?: (?:nos )?(?:fue|va|ha ido|estuvo|vamos|fueron|van))?|how (?:did we do|was|were|are we doing|is business|did it go|have we done|did we perform|is it going|have we been doing|did business go|'s business)"
    r"|(?:un )?resumen|(?:a )?summary|overview|vision general"
)
OVERVIEW = (Metric.NET_SALES, Metric.ORDERS, Metric.AVERAGE_TICKET)
"""What "¿cómo fue la semana?" asks for."""


@functools.cache
def _phrases(several_words: bool) -> tuple[tuple[str, Metric], ...]:
    """The metrics' phrases as patterns, longest first."""
    phrases = {
        shape_of(phrase): metric for metric, said in METRIC_WORDS.items() for each in said.values() for phrase in each
    }
    chosen = [(phrase, metric) for phrase, metric in phrases.items() if (" " in phrase) == several_words]
    return tuple(sorted(chosen, key=lambda item: -len(item[0])))


@functools.cache
def _any(several_words: bool) -> tuple[str, dict[str, Metric]]:
    phrases = _phrases(several_words)
    return "|".join(re.escape(phrase).replace(r"\ ", " ") for phrase, _ in phrases), dict(phrases)


def read_metrics(reading: Reading, *, several_words: bool) -> list[tuple[int, Metric, str]]:
    """The metrics named by phrases of several words, or by single words: (place, metric, words); the words are taken."""
    found: list[tuple[int, Metric, str]] = []
    if several_words:
        if reading.find(_SALES_TOO):
            found.append((-1, Metric.NET_SALES, "with others"))
        if counted := reading.take(_COUNTED_SALES) or reading.take(_HOW_OFTEN):
            found.append((counted.place, Metric.ORDERS, counted.text))
        if unsold := reading.take(_BUT_NOT):
            found.append((unsold.place, Metric.UNSOLD_PRODUCTS, unsold.text))
        if each := reading.take(_ITEMS_PER_ORDER):
            found.append((each.place, Metric.UNITS_PER_ORDER, each.text))
        if each := reading.take(_SPENT_PER_ORDER):
            found.append((each.place, Metric.AVERAGE_TICKET, each.text))
        if (each := reading.find(_A_DAY)) and each.values("U") == ["day"]:
            reading.blank(each)
            found.append((each.place, Metric.DAILY_AVERAGE, each.text))
        if amount := reading.take(_AMOUNT):
            found.append((amount.place, Metric.NET_SALES, amount.text))
        if counted := reading.take(_COUNTED_ITEMS):
            found.append((counted.place, Metric.UNITS, counted.text))
    pattern, metrics = _any(several_words)
    while taken := reading.take(pattern):
        found.append((taken.place, metrics[taken.match[0]], taken.text))
    if any(metric is Metric.AVERAGE_TICKET for _, metric, _ in found):
        reading.take(r"(?:por|per|de cada|by) (?:pedido|ticket|compra|order|transaction|transaccion)")
    return found


def read_overview(reading: Reading) -> bool:
    """Whether the question asks how it went, without a metric."""
    return bool(reading.take(_OVERVIEW))


def counts(reading: Reading) -> bool:
    """Whether the question asks how many."""
    return bool(reading.find(_COUNTED))


def choose_metrics(
    found: Iterable[tuple[int, Metric, str]], *, named: bool, counted: bool, by_customer: bool
) -> tuple[Metric, ...]:
    """The metrics meant, in the order said. "Vendimos" beside another metric is only its verb; "how many" of a product is units.

    named: the question names a product or category. counted: it asks how many. by_customer:
    customers are what is listed, so the word is no metric.
    """
    said = sorted(found, key=lambda item: item[0])
    metrics = list(dict.fromkeys(metric for _, metric, _ in said))
    if by_customer and Metric.CUSTOMERS in metrics:
        metrics.remove(Metric.CUSTOMERS)
    sales_too = any(words in ("with others", "ventas netas", "net sales") for _, _, words in said)
    for average, each in ((Metric.ORDERS, Metric.DAILY_ORDERS), (Metric.UNITS, Metric.DAILY_UNITS)):
        if Metric.DAILY_AVERAGE in metrics and average in metrics:
            metrics = [
                each if metric is average else metric for metric in metrics if metric is not Metric.DAILY_AVERAGE
            ]
    if len(metrics) > 1 and Metric.NET_SALES in metrics and not sales_too:
        metrics.remove(Metric.NET_SALES)
    if Metric.DAILY_AVERAGE in metrics and counted and (named or Metric.UNITS in metrics):
        metrics = [Metric.DAILY_UNITS]
    if set(metrics) <= {Metric.NET_SALES} and counted and (named or metrics):
        return (Metric.UNITS,)
    for general, particular in _PARTICULAR:
        if general in metrics and particular & set(metrics):
            metrics.remove(general)
    return tuple(metrics)


_SALES = {
    Metric.NET_SALES,
    Metric.GROSS_SALES,
    Metric.RETURNS,
    Metric.ORDERS,
    Metric.UNITS,
    Metric.AVERAGE_TICKET,
    Metric.MARGIN,
    Metric.DISCOUNTS,
}
_CUSTOMER = {Metric.NEW_CUSTOMERS, Metric.RETURNING_CUSTOMERS, Metric.REPEAT_RATE, Metric.INACTIVE_CUSTOMERS}
_PARTICULAR: tuple[tuple[Metric, set[Metric]], ...] = (
    (Metric.PRICE, _SALES | {Metric.DAILY_AVERAGE, Metric.AVERAGE_PRICE, Metric.STOCK}),
    (Metric.STOCK, _SALES | {Metric.OUT_OF_STOCK, Metric.UNSOLD_PRODUCTS}),
    (Metric.CUSTOMERS, _CUSTOMER | _SALES),
    (Metric.MARGIN, {Metric.MARGIN_RATE}),
    (Metric.RETURNS, {Metric.RETURN_RATE, Metric.RETURNING_CUSTOMERS}),
    (Metric.ORDERS, {Metric.REPEAT_RATE, Metric.DAILY_ORDERS, Metric.UNITS_PER_ORDER}),
    (
        Metric.UNITS,
        {
            Metric.UNITS_PER_ORDER,
            Metric.DAILY_UNITS,
            Metric.AVERAGE_PRICE,
            Metric.UNSOLD_PRODUCTS,
            Metric.PRODUCTS_SOLD,
        },
    ),
    (Metric.CATALOGUE_SIZE, {Metric.UNSOLD_PRODUCTS, Metric.OUT_OF_STOCK, Metric.STOCK}),
)
"""A metric whose words are only part of another one's when both are found."""


def mentions(reading: Reading, metric: Metric) -> bool:
    """Whether a phrase of the metric is left in the question."""
    phrases = [shape_of(phrase) for said in METRIC_WORDS[metric].values() for phrase in said]
    return bool(reading.find("|".join(re.escape(phrase).replace(r"\ ", " ") for phrase in phrases)))
