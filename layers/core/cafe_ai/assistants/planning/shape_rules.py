"""Breakdowns, rankings, comparisons and shares, as Spanish and English say them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from cafe_ai.analytics.model import Dimension, Ranking
from cafe_ai.assistants.planning.lexemes import TAKEN
from cafe_ai.assistants.planning.reading import Found, Reading

_NOUNS: dict[Dimension, str] = {
    Dimension.PRODUCT: r"productos?|articulos?|items?|products?|referencias?|skus?",
    Dimension.CATEGORY: r"categorias?|familias?|categor(?:y|ies)|grupos? de productos?|product groups?|tipos? de productos?|product types?",
    Dimension.STORE: r"tiendas?|locales|local|sucursal(?:es)?|stores?|shops?|branch(?:es)?|establecimientos?|locations?|puntos? de venta",
    Dimension.CUSTOMER: r"clientes?|customers?|clients?|compradores?|buyers?",
    Dimension.PAYMENT_METHOD: r"(?:metodos?|formas?|medios?|tipos?) de pago|payment (?:methods?|types?)|methods? of payment",
    Dimension.WEEKDAY: r"U de la U|U of the U|weekdays?",
    Dimension.DAY: r"fechas?|dates?",
    Dimension.HOUR: r"horas?(?: del? U)?|hours?(?: of the U)?|franjas?(?: horarias?)?|momentos? del U|time of U|times of U|tramos?(?: horarios?)?",
}
_UNIT_DIMENSIONS = {
    "day": Dimension.DAY,
    "week": Dimension.WEEK,
    "month": Dimension.MONTH,
    "quarter": Dimension.QUARTER,
    "year": Dimension.YEAR,
}
_ADVERBS: dict[Dimension, str] = {
    Dimension.DAY: r"diari[oa]s?|diariamente|daily|U a U|U by U|day-by-day|U tras U",
    Dimension.WEEK: r"semanal(?:es|mente)?|weekly",
    Dimension.MONTH: r"mensual(?:es|mente)?|monthly|mes a mes|month-by-month",
    Dimension.QUARTER: r"trimestral(?:es|mente)?|quarterly",
    Dimension.YEAR: r"anual(?:es|mente)|yearly|annually",
    Dimension.HOUR: r"hourly|hora a hora",
}
_BY = r"(?:por|by|per|segun|en cada|de cada|cada|each|every|for each|for every|in each|across|desglosad[oa]s? por|broken down by|split by|agrupad[oa]s? por|grouped by|desglose por|distribuid[oa]s? por)"

MOST = r"(?:mas(?! (?:floj|baj|tranquil|debil|lent))|mejor|mejores|mayor|mayores|most|best|top|highest|biggest|largest|maxim[oa]|max|record|strongest|greatest|best-selling|highest-grossing|top-selling|best-performing|bestselling|bestsellers?|best-sellers?|higher(?! or)|greater|bigger|busiest|estrella|principal(?:es)?|favorit[oa]s?|peak|main|leading|more)"
LEAST = r"(?:mas (?:floj[oa]s?|baj[oa]s?|tranquil[oa]s?|debil(?:es)?|lent[oa]s?)|menos|peor|peores|menor|menores|least|worst|lowest|smallest|fewest|minim[oa]|min|bottom|weakest|poorest|lower(?! or)|smaller|fewer|slowest|quietest|worst-selling|lowest-selling|slowest-selling|worst-performing|worst-sellers?|floj[oa]s?|less)"
_VERB = r"(?:vend\w*|factur\w*|ingres\w*|compr\w*|gast\w*|sell\w*|sold|bought|buys?|spends?|spent|earn\w*|perform\w*|recaud\w*|se vend\w*|pid\w*|pedid[oa]s?|ordered|valuable|popular(?:es)?|demandad[oa]s?|solicitad[oa]s?|revenue|made|make|makes|generat\w*|sales|ventas|ingresos|facturacion|money|dinero|turnover|ventas netas|rentables?|profitable)"
_SELLERS = r"(?:best|top|worst|slowest|lowest|biggest) (?:- )?(?:sellers?|selling)|best-sellers?|bestsellers?|worst-sellers?|superventas|lo que (?:mas|menos) se (?:vend|pid|compr|consum)\w+|lo (?:mas|menos) vendido|productos? estrella|what sells (?:the )?(?:best|most|worst|least)|que se vend\w* (?:mas|menos)"
_WORST = r"worst|slowest|lowest|menos"

_COMPARE = (
    r"(?:comparad[oa]s?|comparand\w*|compared|comparison|en comparacion|comparacion|compara\w*|compare|comparing)(?: (?:con|a|al|to|with|de|entre|between|of|la|las|los|el|the|from|y|contra))*|frente (?:a|al)|versus|vs|vs\.|respecto (?:a|al|de|del)|con respecto (?:a|al)"
    r"|en relacion (?:a|al|con)|contra|against|relative to|than|(?:que|than) (?:en|el|la|in|las|los)|diferencia(?: entre)?|difference(?: between)?|(?:mejor|peor|mas|menos|better|worse|more|less) (?:que|than)"
)
_CHANGE = (
    r"(?:han |ha |hemos |did |have |has |are |were |is |estan |esta )?(?:subi\w*|suben|sube|baj[aoe]\w*|crec\w*|aument\w*|cay\w*|cai\w*|disminu\w*|descend\w*|descen\w*|empeor\w*|mejorado|mejoraron|mejoro|mejoramos|variado|variaron|vario|cambiad\w*|cambiaron|cambio|gr[eo]w\w*|growth|increas\w*|decreas\w*|drop\w*|f[ae]ll\w*|ris(?:e|en|ing)|rose|improv\w*|worsen\w*|declin\w*|chang\w*|go up|gone up|went up|go down|gone down|went down|going up|going down)"
    r"|crecimiento|variacion(?: porcentual)?|incremento|aumento|descenso|caida|increase|decrease|up or down|go up or down|subieron o bajaron|higher or lower|mas o menos"
)
BETTER_OR_WORSE = r"(?:mejor|peor|better|worse|higher|lower) (?:o|or) (?:mejor|peor|better|worse|higher|lower)|mas o menos(?= que)|more or less(?= than)|up or down"
_TREND = r"evolucion\w*|tendencias?|trends?|evolution|evolv\w*|historial|trayectoria|over time|a lo largo del tiempo"
_SHARE = r"(?:que |what |el |the |a )?(?:porcentaje|percentage|percent|proporcion|proportion|share|cuota|fraccion|fraction|tanto por ciento|peso|%)(?: (?:de|del|of|la|las|los|el|the|nuestras?|our|total|over|sobre))*|que parte de|what part of|cuanto (?:pesa|pesan|representa|representan|supone|suponen)|how much of (?:our|the|total)"
_AVERAGE = r"de media|en promedio|on average|de promedio|por termino medio|medi[oa]s?|promedios?|average|avg|mean|media"
_CONNECTOR = r"(?:, )?(?:y|e|and|pero|but|o|or|what about|how about|que pasa con|que hay de|ahora|now|tambien|also|entonces|then|and what about|y que tal|y que hay de|y si)"


@dataclass(frozen=True, slots=True)
class Shape:
    """What a question wants of its figures, besides which and when."""

    breakdowns: tuple[Dimension, ...] = ()
    ranking: Ranking | None = None


def read_weekday_breakdown(reading: Reading) -> Found | None:
    """ "Qué día de la semana", "by weekday"; read before periods, which know "de la semana pasada"."""
    return reading.take(
        r"(?:(?:que|cual|which|what|el|los|the|BY) )*(?:U de la U|U of the U)(?! (?:pasad|anterior|que viene))"
        r"|(?:BY|que|cual|which|what|best|worst|busiest|strongest|weakest|slowest) weekdays?".replace("BY", _BY)
    )


def read_breakdowns(reading: Reading) -> tuple[Dimension, ...]:
    """The dimensions a question wants its figures broken down by; the words are taken."""
    found: list[tuple[int, Dimension]] = []
    every = r"(?:(?:el|la|cada|tipo de|uno de los|una de las|of the|of our) )*"
    for taken in reading.find_all(
        rf"{_BY} {every}{_noun()}(?: (?:y|e|and) (?:por |by )?{_noun('also')})?(?! (?:pasad[oa]|anterior|que|actual))"
    ):
        dimension, also = _dimension(taken), _dimension(taken, "also")
        if dimension:
            reading.blank(taken)
            found += [(taken.place, dimension), *([(taken.place + 1, also)] if also else [])]
    for taken in reading.find_all("|".join(_ADVERBS.values())):
        units = taken.values("U")
        said = _UNIT_DIMENSIONS.get(str(units[0])) if units else None
        named = next(dimension for dimension, adverbs in _ADVERBS.items() if re.fullmatch(adverbs, taken.match[0]))
        if units and said is None:
            continue
        reading.blank(taken)
        found.append((taken.place, said or named))
    return tuple(dict.fromkeys(dimension for _, dimension in sorted(found)))


def _noun(group: str = "noun") -> str:
    """A noun for any dimension, or a calendar unit."""
    return rf"(?P<{group}>{'|'.join(_NOUNS.values())}|U)"


def _dimension(found: Found, group: str = "noun") -> Dimension | None:
    """What a noun of a match stands for."""
    noun = found.match.groupdict().get(group)
    if noun is None:
        return None
    if noun == "U":
        unit = found.values("U")[-1 if group == "also" else 0]
        return _UNIT_DIMENSIONS.get(str(unit))
    return next(dimension for dimension, nouns in _NOUNS.items() if re.fullmatch(nouns, noun))


def read_ranking(reading: Reading, *, weekdays: bool, breakdowns: tuple[Dimension, ...]) -> Shape:
    """Which of its rows a question wants: "los 5 productos más vendidos", "worst day", "a qué hora vendemos más".

    weekdays: it asks by day of the week already. Superlatives stay for `read_extremes` to take.
    """
    order = read_order(reading)
    if weekdays and order:
        return Shape((Dimension.WEEKDAY,), read_limit(reading, order, 1))
    if sellers := reading.take(_SELLERS):
        one = bool(re.search(r"\b(?:best-seller|bestseller|seller|producto estrella|superventas)$", sellers.text))
        order = "bottom" if re.search(_WORST, sellers.text) else "top"
        noun = reading.take(rf"(?:{_NOUNS[Dimension.PRODUCT]})")
        limit = 1 if one or (noun and not noun.text.endswith("s")) else 5
        return Shape((Dimension.PRODUCT,), read_limit(reading, order, limit))
    if when := reading.take(
        r"(?:a )?que (?:hora|horas)|(?:at )?(?:what|which) (?:times?|hours?)(?: of (?:the )?U)?|hora punta|peak (?:hours?|time)|rush hour"
    ):
        order = "top" if re.search(r"punta|peak|rush", when.text) else order
        return Shape((Dimension.HOUR,), read_limit(reading, order, 1)) if order else Shape((Dimension.HOUR,))
    if order and (who := reading.take(r"quien(?:es)?(?: son| fueron| han sido)?|who(?: are| were| have been)?")):
        several = re.search(r"quienes|are|were|have", who.text)
        return Shape((Dimension.CUSTOMER,), read_limit(reading, order, 5 if several else 1))
    if order and reading.take(r"cuando|when"):
        return Shape((Dimension.DAY,), read_limit(reading, order, 1))
    if breakdowns:
        return Shape((), read_limit(reading, order, 5) if order else None)
    return _noun_ranked(reading, order) if order else Shape()


def _noun_ranked(reading: Reading, order: str) -> Shape:
    """The noun that is ranked: the one asked for ("qué tienda vendió más"), or the one beside the superlative."""
    superlative = MOST if order == "top" else LEAST
    articles = r"(?:(?:los|las|el|la|the|our|nuestr[oa]s?|de|N|mis|my) )*"
    is_or_was = r"(?: (?:es|son|fue|fueron|ha sido|han sido|is|was|are|were|has been))?"
    asked = rf"(?:que|cual(?:es)?|which|what|dime|en que|on which|on what|in which|in what|lista|list){is_or_was} {articles}"
    sold = r"(?:selling |performing |trading |popular(?:es)? |sold |ordered |bought |valuable |vendid[oa]s? |demandad[oa]s? |comprad[oa]s? |pedid[oa]s? )?"
    linking = rf"(?:con |with |that |que |de |donde |in which |por |by |{TAKEN} )*(?:the |se |nos |han |ha |hemos |has |have |mas |(?:fueron|fue|son|es) )*"
    verbs = rf"(?:{_VERB} |que |se |nos |tuvimos |{TAKEN} |hubo |we |had |were |was |did |han |ha |hemos |our |hicimos )*(?:the )?"
    for pattern in (
        f"{asked}{_noun()}",
        f"{articles}{superlative} (?:N )?{sold}{_noun()}",
        f"{articles}{_noun()} {linking}{superlative}",
        f"{articles}{_noun()} {verbs}{superlative}",
    ):
        for found in reading.find_all(pattern):
            if dimension := _dimension(found):
                limit = found.number(0) or (5 if _is_plural(found) else 1)
                _blank_all_but_superlatives(reading, found)
                return Shape((dimension,), read_limit(reading, order, limit))
    return Shape()


def _is_plural(found: Found) -> bool:
    noun = found.match["noun"]
    if noun == "U":
        noun = next(lexeme.text for lexeme in found.lexemes if lexeme.kind == "U")
    said = {lexeme.text for lexeme in found.lexemes}
    return (noun.split()[0].endswith("s") and noun != "mes") or bool(said & {"cuales", "son", "fueron"})


def _blank_all_but_superlatives(reading: Reading, found: Found) -> None:
    """Takes the noun and its articles; a superlative and a verb may still say which metric is meant."""
    for offset, lexeme in enumerate(found.lexemes):
        if not re.fullmatch(rf"{MOST}|{LEAST}|{_VERB}|{TAKEN}", lexeme.shape):
            reading.blank_at(found.place + offset, found.place + offset + 1)


def read_order(reading: Reading) -> Literal["top", "bottom"] | None:
    """Whether it asks for the most or the least of something."""
    least = reading.find(rf"{LEAST}(?! de una vez)")
    most = reading.find(rf"(?<!una vez o )(?<!dos o ){MOST}(?! (?:de una vez|de N|than|que en|que el|than in))")
    if least and most:
        return "top" if most.place < least.place else "bottom"
    return "bottom" if least else "top" if most else None


def read_limit(reading: Reading, order: str | None, limit: int) -> Ranking:
    """A ranking; a number said with "top" or beside the superlative is its limit, and so is an ordinal."""
    if second := reading.take(rf"(?:el |la |the )?O(?= (?:{MOST}|{LEAST}|{TAKEN}|productos?|products?))"):
        limit = max(limit if limit != 5 else 1, int(second.values("O")[0]))
    if found := reading.find(
        rf"(?:top|{MOST}|{LEAST}|primer[oa]s|first) N(?! U)|N (?:{MOST}|{LEAST})|N(?= {TAKEN})|(?:los|las|the|our) N(?! U)"
    ):
        limit = found.number(limit)
        for offset, lexeme in enumerate(found.lexemes):
            if lexeme.kind == "N":
                reading.blank_at(found.place + offset, found.place + offset + 1)
    return Ranking("bottom" if order == "bottom" else "top", max(1, min(limit, 100)))


def read_asked(reading: Reading) -> Dimension | None:
    """What is asked for by "qué categorías ..." without a superlative; the words are taken."""
    found = reading.find(rf"(?:que|cuales|which|what) (?:(?:son|fueron|los|las|the|of|our|de) )*{_noun()}")
    if not found or found.match["noun"] == "U":
        return None
    reading.blank(found)
    return _dimension(found)


def read_extremes(reading: Reading) -> None:
    """Takes the superlatives of a ranking that has been read, with their verbs."""
    while reading.take(
        rf"(?:(?:el|la|los|las|the|lo) )?(?:{MOST}|{LEAST})(?: (?:vendid[oa]s?|{_VERB}|productiv\w*|fuertes?|alt[oa]s?|baj[oa]s?|caf?r[oa]s?|barat[oa]s?|expensive|cheap))?|(?:mas|menos) \w+(?=$)"
    ):
        pass


def read_comparison(reading: Reading) -> bool:
    """Whether two things are compared; the words are taken."""
    found = False
    while reading.take(_COMPARE):
        found = True
    return found


def read_change(reading: Reading) -> str | None:
    """The words by which a question asks for a change, if it does; they are taken."""
    text = None
    while taken := reading.take(_CHANGE):
        text = f"{text or ''} {taken.text}"
    return text


def read_trend(reading: Reading) -> bool:
    """Whether it asks how figures went over time."""
    return bool(reading.take(_TREND))


def read_share(reading: Reading) -> bool:
    """Whether it asks for a percentage of the whole."""
    return bool(reading.take(_SHARE))


def read_average(reading: Reading) -> bool:
    """Whether it asks for an average."""
    return bool(reading.take(_AVERAGE))


def read_connector(reading: Reading) -> bool:
    """Whether the question begins as a follow-up does: "¿y ...?", "what about ...?"."""
    start = reading.find(rf"(?:, )*{_CONNECTOR}")
    if start and all(lexeme.kind == "," for lexeme in reading.lexemes[: start.place]):
        reading.blank(start)
        return True
    return False
