"""What is asked for and no figure of ours answers: the future, profits after costs we do not know, conditions on orders."""

from __future__ import annotations

from cafe_ai.analytics.metrics import METRICS
from cafe_ai.analytics.model import Metric
from cafe_ai.assistants.planning.drafts import Draft
from cafe_ai.assistants.planning.model import Declined
from cafe_ai.assistants.planning.reading import Reading

_FUTURE = r"(?:pasado )?manana|tomorrow(?:'s)?|venderemos|vamos a vender|tendremos|habra|sera|seran|facturaremos|will|going to|gonna|pronosticos?|previsi\w+|forecasts?|predic\w*|pronostica|proyeccion\w*|projections?|expect(?:ed)? to|esperamos|se vendera\w*"
_NOT_KNOWN = r"(?:beneficio|resultado|ganancia|ganancias|margen|beneficios) (?:neto|neta|netos|netas|operativo)|net (?:profit|income|earnings|margin)|operating profit|perdidas|losses|cuenta de resultados"
_PER_CUSTOMER = r"(?:gasto|compra|venta|ventas|importe|facturacion|ingreso|ingresos|ticket)(?: (?:medi[oa]s?|promedio))? por (?:cliente|persona)(?: (?:de media|en promedio))?(?= ,|$| en| de| del)|(?:average |mean )?(?:spend|sales|revenue|purchase) (?:per|by each) (?:customer|client|person)|average customer (?:value|spend)"
_OWN_COST = r"nos (?:cuesta|cuestan|costo|costaron)|cuestan? (?:hacer|producir|fabricar|comprar)|costs? (?:us|to make|to produce|to buy)|(?:dejamos|hemos dejado) de vender|_ (?:por|per|en cada|in each) (?:pedido|ticket|order|transaction)"
_CONDITION = r"(?:mas|menos|more|less|fewer|over|under|above|below) (?:de |than )?(?:N|un|una|one)(?! (?:U|vez))|(?:at least|al menos|como minimo|superior(?:es)? a|inferior(?:es)? a) (?:N|un|una|one)"
_ONLY = frozenset("only solo solamente unicamente exclusivamente".split())


def unanswerable(reading: Reading) -> Declined | None:
    """Why a question has no answer in the records, by its words alone."""
    if reading.find(_FUTURE):
        return Declined("future")
    if found := reading.find(_NOT_KNOWN):
        return Declined("not_recorded", reading.written_at(found.place, found.end))
    return Declined("not_understood") if reading.find(f"{_PER_CUSTOMER}|{_OWN_COST}") else None


def sets_a_threshold(reading: Reading) -> bool:
    """Whether it asks only for what is above or below a number, which no plan can say."""
    return bool(reading.find(_CONDITION))


def asks_for_more(reading: Reading, draft: Draft, *, counted: bool, dated: bool) -> bool:
    """Whether there is a condition that no figure of ours has: orders returned, customers of one month only.

    counted: it asks how many. dated: it names a period.
    """
    subjects = {METRICS[metric].subject for metric in draft.metrics}
    returned = Metric.RETURNS in draft.metrics and {Metric.UNITS, Metric.ORDERS} & set(draft.metrics) and counted
    only = "customers" in subjects and any(lexeme.text in _ONLY for lexeme in reading.lexemes)
    others = {"unsold", "customers"} <= subjects
    inactive = "inactive" in subjects and (draft.ranking or (dated and not draft.inactive_days))
    return bool(returned or only or others or inactive)
