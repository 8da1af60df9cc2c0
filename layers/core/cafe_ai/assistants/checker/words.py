"""The words that tell how figures hang together, in Spanish and English, folded (see `language.text.fold`)."""

# ruff: noqa: E501 -- tables of words

from __future__ import annotations

from collections.abc import Iterator, Mapping

from cafe_ai.analytics.periods import CalendarUnit


def _split(words: str) -> tuple[str, ...]:
    return tuple(word.strip() for word in words.split("|"))


# --- dates -----------------------------------------------------------------------------------------------------------

NUMBER_UNITS: Mapping[str, CalendarUnit] = {
    "trimestre": "quarter",
    "quarter": "quarter",
    "semestre": "half",
    "half": "half",
}
DATE_UNITS: Mapping[str, CalendarUnit] = {
    "semana": "week",
    "week": "week",
    "trimestre": "quarter",
    "quarter": "quarter",
    "semestre": "half",
}
DURATION_UNITS: Mapping[str, CalendarUnit] = {
    "dia": "day", "dias": "day", "day": "day", "days": "day", "semana": "week", "semanas": "week", "week": "week", "weeks": "week",
    "mes": "month", "meses": "month", "month": "month", "months": "month", "trimestre": "quarter", "trimestres": "quarter",
    "quarter": "quarter", "quarters": "quarter", "ano": "year", "anos": "year", "year": "year", "years": "year",
}  # fmt: skip
ORDINAL_WORDS: Mapping[str, int] = {
    "primer": 1, "primero": 1, "primera": 1, "segundo": 2, "segunda": 2, "tercer": 3, "tercero": 3, "tercera": 3, "cuarto": 4,
    "cuarta": 4, "quinto": 5, "quinta": 5, "sexto": 6, "sexta": 6, "septimo": 7, "septima": 7, "octavo": 8, "octava": 8,
    "noveno": 9, "novena": 9, "decimo": 10, "decima": 10, "first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5,
    "sixth": 6, "seventh": 7, "eighth": 8, "ninth": 9, "tenth": 10, "runner-up": 2, "firstly": 1, "secondly": 2, "thirdly": 3,
}  # fmt: skip


_UNITS = (
    ("week", "semana", "week"), ("month", "mes", "month"), ("quarter", "trimestre", "quarter"), ("half", "semestre", "half"),
    ("year", "ano", "year"), ("weekend", "fin de semana", "weekend"), ("day", "dia", "day"),
)  # fmt: skip
"""Each unit with its Spanish and its English word."""
_SAME_SPANISH = {
    "before:year": "del ano anterior|del ano pasado|de un ano antes|del ano previo|un ano antes|hace un ano",
    "before:month": "del mes anterior|del mes pasado|del mes previo",
    "before:week": "de la semana anterior|de la semana pasada|de la semana previa",
    "before:any": "anterior",
}
_SAME_ENGLISH = {
    "before:year": "last year|a year earlier|the year before|of the previous year|the previous year|of last year|a year ago|"
    "one year earlier|in the previous year",
    "before:month": "of the previous month|last month|the previous month|the month before|of last month",
    "before:week": "of the previous week|last week|the previous week|the week before",
}
_SAID_RELATIVELY = {
    "unit:day,-1": "ayer|yesterday|el dia de ayer",
    "unit:day,-2": "anteayer|the day before yesterday",
    "unit:day,0": "hoy|today|el dia de hoy",
    "before:year": "a year ago|hace un ano|un ano antes|12 meses antes|12 months earlier",
    "before:month": "un mes antes|hace un mes|a month ago",
    "before:week": "una semana antes|a week ago|hace una semana",
    "versus:year": "interanual|year-on-year|year on year|year over year|year-over-year|yoy",
    "versus:month": "intermensual|month-on-month|month on month|month over month|month-over-month",
    "versus:week": "week-on-week|week on week|week over week|week-over-week",
    "versus:quarter": "quarter-on-quarter|quarter on quarter|quarter over quarter|intertrimestral",
    "versus:day": "day-on-day|day on day",
    "before:any": "periodo anterior|periodo previo|periodo de comparacion|previous period|prior period|period before|"
    "preceding period|comparison period|periodo precedente|earlier period|periodo comparado",
}


def _relative_periods() -> Iterator[tuple[str, str]]:
    for meant, phrases in _SAID_RELATIVELY.items():
        yield from ((phrase, meant) for phrase in _split(phrases))
    for unit, es, en in _UNITS:
        yield from _unit_phrases(unit, es, en)
    articles = ("mismo", "misma", "mismas", "mismos")
    for noun in _split("mes|periodo|trimestre|semana|dia|fechas|semestre|tramo|dias|intervalo"):
        for meant, phrases in _SAME_SPANISH.items():
            yield from ((f"{article} {noun} {of}", meant) for article in articles for of in _split(phrases))
    for noun in _split("month|period|quarter|week|day|dates|days|time"):
        for meant, phrases in _SAME_ENGLISH.items():
            yield from ((f"same {noun} {of}", meant) for of in _split(phrases))


def _unit_phrases(unit: str, es: str, en: str) -> Iterator[tuple[str, str]]:
    last, running, before = f"unit:{unit},-1", f"unit:{unit},0", f"before:{unit}"
    yield from ((f"{es} {word}", last) for word in ("pasado", "pasada"))
    yield from ((f"{word} {es}", last) for word in ("ultimo", "ultima", "pasado", "pasada"))
    yield f"last {en}", last
    yield from ((f"{word} {es}", running) for word in ("este", "esta"))
    yield from ((f"{es} {word}", running) for word in ("actual", "en curso", "corriente"))
    yield from ((f"{word} {en}", running) for word in ("this", "current"))
    yield from ((f"lo que va {of} {es}", f"since:{unit}") for of in ("de", "del", "de este", "de la", "de esta"))
    since = (f"{en} to date", f"{en} so far", f"{en}-to-date", f"so far this {en}")
    yield from ((phrase, f"since:{unit}") for phrase in since)
    yield from ((f"{es} {word}", before) for word in ("anterior", "previo", "previa", "precedente", "antes"))
    yield from ((f"{word} {es}", before) for word in ("anterior", "previo", "previa"))
    yield from ((f"{word} {en}", before) for word in ("previous", "prior", "preceding"))
    yield from ((f"{en} {word}", before) for word in ("before", "earlier", "prior"))


RELATIVE_PERIODS: tuple[tuple[str, str], ...] = tuple(_relative_periods())

# --- figures ---------------------------------------------------------------------------------------------------------

SYMBOLS: Mapping[str, frozenset[str]] = {
    "€": frozenset({"EUR"}), "£": frozenset({"GBP"}), "¥": frozenset({"JPY", "CNY"}), "₹": frozenset({"INR"}), "₽": frozenset({"RUB"}), "₩": frozenset({"KRW"}),
    "$": frozenset({"USD", "MXN", "ARS", "CLP", "COP", "UYU", "CAD", "AUD", "NZD", "BRL"}), "₺": frozenset({"TRY"}), "₱": frozenset({"PHP"}), "₴": frozenset({"UAH"}), "₪": frozenset({"ILS"}),
}  # fmt: skip
_PESOS = frozenset({"MXN", "ARS", "CLP", "COP", "UYU", "DOP", "PHP"})
_DOLLARS = frozenset({"USD", "CAD", "AUD", "NZD"})
CURRENCY_WORDS: Mapping[str, frozenset[str]] = {
    **SYMBOLS,
    **{code.lower(): frozenset({code}) for code in ("EUR", "GBP", "USD", "JPY", "MXN", "ARS", "CLP", "COP", "PEN", "UYU", "BRL", "CHF", "CAD", "AUD", "NZD", "INR", "CNY", "SEK", "NOK", "DKK", "PLN", "BOB", "CRC", "DOP", "GTQ", "PYG", "KRW", "ISK")},
    "euro": frozenset({"EUR"}), "euros": frozenset({"EUR"}), "libra": frozenset({"GBP"}), "libras": frozenset({"GBP"}), "pound": frozenset({"GBP"}), "pounds": frozenset({"GBP"}),
    "quid": frozenset({"GBP"}), "dolar": _DOLLARS, "dolares": _DOLLARS, "dollar": _DOLLARS, "dollars": _DOLLARS, "bucks": _DOLLARS, "peso": _PESOS, "pesos": _PESOS,
    "yen": frozenset({"JPY"}), "yenes": frozenset({"JPY"}), "franco": frozenset({"CHF"}), "francos": frozenset({"CHF"}), "francs": frozenset({"CHF"}), "soles": frozenset({"PEN"}),
    "real": frozenset({"BRL"}), "reales": frozenset({"BRL"}), "rupias": frozenset({"INR"}), "rupees": frozenset({"INR"}),
}  # fmt: skip
SUBUNITS = frozenset(_split("centimo|centimos|cents|cent|pence|penny|pennies|peniques|penique|centavos|centavo"))
PERCENT_WORDS: tuple[str, ...] = _split("%|por ciento|percent|per cent|pct|por cien")
POINT_WORDS: tuple[str, ...] = _split(
    "puntos porcentuales|puntos|punto porcentual|punto|percentage points|percentage point|points|point|pp|pts|p.p.|p.p|puntos de porcentaje"
)
SCALES: Mapping[str, int] = {
    "mil": 3, "miles": 3, "thousand": 3, "k": 3, "millon": 6, "millones": 6, "million": 6, "millions": 6, "mm": 6, "mn": 6, "mio": 6, "m": 6,
    "billion": 9, "bn": 9, "trillion": 12,
}  # fmt: skip

CARDINALS: Mapping[str, int] = {
    **{word: n for n, word in enumerate(_split("cero|uno|dos|tres|cuatro|cinco|seis|siete|ocho|nueve|diez|once|doce|trece|catorce|quince|dieciseis|diecisiete|dieciocho|diecinueve|veinte|veintiuno|veintidos|veintitres|veinticuatro|veinticinco|veintiseis|veintisiete|veintiocho|veintinueve"))},
    **{word: n for n, word in enumerate(_split("zero|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen|twenty"))},
    **{word: 10 * n for n, word in enumerate(_split("treinta|cuarenta|cincuenta|sesenta|setenta|ochenta|noventa"), 3)},
    **{word: 10 * n for n, word in enumerate(_split("thirty|forty|fifty|sixty|seventy|eighty|ninety"), 3)},
    "un": 1, "una": 1, "veintiun": 21, "veintiuna": 21, "a": 1, "an": 1, "fourty": 40, "both": 2, "ambos": 2, "ambas": 2,
    "cien": 100, "ciento": 100, "doscientos": 200, "trescientos": 300, "cuatrocientos": 400, "quinientos": 500, "seiscientos": 600,
    "setecientos": 700, "ochocientos": 800, "novecientos": 900, "doscientas": 200, "trescientas": 300, "cuatrocientas": 400, "quinientas": 500,
    "seiscientas": 600, "setecientas": 700, "ochocientas": 800, "novecientas": 900,
}  # fmt: skip
NUMERAL_SCALES: Mapping[str, int] = {
    "hundred": 100, "mil": 1000, "thousand": 1000, "millon": 10**6, "millones": 10**6, "million": 10**6, "billion": 10**9, "trillion": 10**12,
    "grand": 1000, "dozen": 12, "docena": 12, "decena": 10, "centenar": 100, "millar": 1000, "par": 2, "couple": 2, "quincena": 15, "score": 20, "pair": 2,
    "veintena": 20, "treintena": 30, "cincuentena": 50,
}  # fmt: skip
# Amounts that say no number, and scales nobody needs: no fact can carry them.
VAGUE = frozenset(_split(
    "miles|cientos|decenas|docenas|centenares|millares|millions|thousands|hundreds|dozens|tens|zillion|billones|billon|billions|trillions|"
    "gross of|umpteen|lakh|crore|bps|‰|duodecima|centesima|milesima|permil|hundredth|thousandth|hundredfold|sinfin|millonada"
))  # fmt: skip
ABOUT: tuple[str, ...] = _split(
    "unos|unas|cerca de|alrededor de|en torno a|en torno al|aproximadamente|aprox|aprox.|about|around|roughly|approximately|some|approx|~|≈|circa|"
    "cerca del|alrededor del|close to|in the region of|near|rondando|rondo|rondaron|ronda|rondan|rozando|del orden de|somewhere around"
)  # fmt: skip
MORE_THAN: tuple[str, ...] = _split(
    "mas de|mas del|por encima de|por encima del|more than|over|above|just over|poco mas de|algo mas de|superior a|superiores a|superando|supera|supero|superaron|al menos|"
    "por lo menos|como minimo|at least|exceeding|in excess of|upwards of|no menos de|no less than|minimo|un poco mas de|a little over|slightly over|"
    "slightly more than|a bit over|well over|mas alla de|poco mas del|greater than|a minimum of|un minimo de|not less than"
)  # fmt: skip
LESS_THAN: tuple[str, ...] = _split(
    "menos de|menos del|por debajo de|por debajo del|less than|fewer than|under|below|just under|poco menos de|algo menos de|inferior a|inferiores a|como maximo|"
    "a lo sumo|at most|up to|no mas de|no more than|casi|nearly|almost|just below|apenas por debajo de|a little under|slightly under|barely|apenas|"
    "slightly less than|just shy of|a maximum of|un maximo de|poco menos del|no llega a|no llega al|casi un|casi una|hasta un maximo de|scarcely|not quite|sin llegar a"
)  # fmt: skip
INCLUSIVE = frozenset(
    _split(
        "al menos|por lo menos|como minimo|at least|no menos de|no less than|como maximo|a lo sumo|at most|up to|no mas de|no more than|apenas|barely|a minimum of|un minimo de|a maximum of|un maximo de|scarcely|minimo"
    )
)
CLOSE = frozenset(
    _split(
        "casi|nearly|almost|just under|just over|poco mas de|algo mas de|poco menos de|algo menos de|just below|a little over|slightly over|slightly more than|a bit over|a little under|slightly under|slightly less than|just shy of|poco menos del|poco mas del|casi un|casi una|un poco mas de|not quite|no llega a|no llega al|apenas por debajo de"
    )
)
MULTIPLES: Mapping[str, int] = {  # changes in percent
    "doble": 100, "double": 100, "doubled": 100, "doubling": 100, "doubles": 100, "twice": 100, "twofold": 100, "duplico": 100, "duplicaron": 100, "duplica": 100,
    "duplican": 100, "duplicado": 100, "duplicando": 100, "doblo": 100, "doblaron": 100, "doblado": 100, "duplicarse": 100, "dobla": 100, "doblando": 100,
    "triple": 200, "tripled": 200, "tripling": 200, "triples": 200, "threefold": 200, "thrice": 200, "triplico": 200, "triplicaron": 200, "triplica": 200, "triplicado": 200, "triplicando": 200,
    "cuadruple": 300, "quadruple": 300, "quadrupled": 300, "fourfold": 300, "cuadruplico": 300, "cuadruplicaron": 300, "quintuple": 400, "fivefold": 400, "tenfold": 900, "decuplico": 900, "multiplico": 12345, "multiplicaron": 12345,
    "quintuplico": 400, "quintuplicaron": 400, "sextuple": 500, "decuple": 900, "halved": -50, "halving": -50, "halves": -50,
}  # fmt: skip
FRACTIONS: tuple[tuple[str, str], ...] = (
    ("la mitad", "1/2"), ("mitad", "1/2"), ("half", "1/2"), ("one half", "1/2"), ("a half", "1/2"), ("un tercio", "1/3"), ("tercio", "1/3"), ("dos tercios", "2/3"), ("tercios", "0"),
    ("una tercera parte", "1/3"), ("la tercera parte", "1/3"), ("dos terceras partes", "2/3"), ("las dos terceras partes", "2/3"), ("un cuarto de", "1/4"), ("una cuarta parte", "1/4"), ("la cuarta parte", "1/4"),
    ("tres cuartos", "3/4"), ("tres cuartas partes", "3/4"), ("las tres cuartas partes", "3/4"), ("un quinto de", "1/5"), ("una quinta parte", "1/5"), ("la quinta parte", "1/5"), ("dos quintos", "2/5"), ("dos quintas partes", "2/5"),
    ("tres quintas partes", "3/5"), ("una decima parte", "1/10"), ("la decima parte", "1/10"), ("una sexta parte", "1/6"), ("la sexta parte", "1/6"), ("una octava parte", "1/8"), ("la octava parte", "1/8"), ("cuartas partes", "0"), ("terceras partes", "0"), ("quintas partes", "0"),
    ("a third", "1/3"), ("one third", "1/3"), ("one-third", "1/3"), ("two thirds", "2/3"), ("two-thirds", "2/3"), ("thirds", "0"), ("a quarter of", "1/4"), ("one quarter of", "1/4"), ("one-quarter", "1/4"), ("three quarters", "3/4"), ("three-quarters", "3/4"),
    ("a fifth", "1/5"), ("one fifth", "1/5"), ("one-fifth", "1/5"), ("two fifths", "2/5"), ("two-fifths", "2/5"), ("three fifths", "3/5"), ("fifths", "0"), ("a tenth", "1/10"), ("one tenth", "1/10"), ("a sixth", "1/6"), ("an eighth", "1/8"), ("quarters of", "0"), ("tenths", "0"), ("sixths", "0"), ("eighths", "0"),
    ("mayoria", "most"), ("mayor parte", "most"), ("most of", "most"), ("majority", "most"), ("the bulk of", "most"), ("grueso de", "most"), ("casi todo", "0"), ("casi todas", "0"), ("casi toda", "0"), ("casi todos", "0"), ("almost all", "0"), ("nearly all", "0"),
)  # fmt: skip
COUNTED_WORDS = frozenset(_split(
    "pedidos|pedido|orders|order|unidades|unidad|units|unit|clientes|cliente|customers|customer|productos|producto|products|product|tickets|ticket|ventas|sales|dias|days|day|dia|"
    "semanas|weeks|meses|months|horas|hours|hour|hora|articulos|items|item|piezas|pieces|transacciones|transactions|compras|purchases|categorias|categories|tiendas|stores|"
    "nuevos|new|recurrentes|returning|inactivos|inactive|por|percent|per|%|puntos|points|mil|thousand|millones|million|millon|k|m|uds|ud|referencias|libras|euros|veces|times|x|"
    "h|am|pm|distinct|different|distintos|diferentes|devoluciones|returns|cafes|coffees|bn|pp|euro|pound|pounds|people|personas|compradores|buyers|shoppers|clients|visitas|visits|y|pcs|receipts|invoices|facturas|ordenes|comandas"
)) - {"y"}  # fmt: skip
SINGULAR_COUNTED = frozenset(
    _split(
        "pedido|order|unidad|unit|cliente|customer|producto|product|ticket|transaccion|transaction|articulo|item|compra|purchase"
    )
)
ROW_NOUNS: Mapping[str, str] = {
    **dict.fromkeys(_split("producto|productos|product|products|articulo|articulos|item|items|referencia|referencias|seller|sellers|superventas|bestsellers|best-sellers|bestseller|best-seller"), "product"),
    **dict.fromkeys(_split("categoria|categorias|category|categories|familia|familias"), "category"),
    **dict.fromkeys(_split("tienda|tiendas|store|stores|local|locales|shop|shops|establecimiento|establecimientos|branch|branches|sucursal|sucursales|location|locations"), "store"),
    **dict.fromkeys(_split("cliente|clientes|customer|customers|client|clients|comprador|compradores|buyer|buyers"), "customer"),
    **dict.fromkeys(_split("forma de pago|formas de pago|metodo de pago|metodos de pago|medio de pago|medios de pago|payment method|payment methods"), "payment_method"),
    **dict.fromkeys(_split("dia|dias|day|days|jornada|jornadas|fecha|date"), "day"),
    **dict.fromkeys(_split("hora|horas|hour|hours|franja|franjas|slot|tramo"), "hour"),
    **dict.fromkeys(_split("semana|semanas|week|weeks"), "week"),
    **dict.fromkeys(_split("mes|meses|month|months"), "month"),
    **dict.fromkeys(_split("trimestre|trimestres|quarter|quarters"), "quarter"),
    **dict.fromkeys(_split("ano|anos|year|years"), "year"),
}  # fmt: skip
PLURAL_NOUNS = frozenset(
    word for word in ROW_NOUNS if word.endswith("s") and word not in ("mes", "forma de pago", "metodo de pago")
) | {"lineas", "formas", "metodos", "medios", "methods", "performers"}
BEHIND_COUNTS = frozenset(
    _split(
        "you|we|they|it|i|nos|te|de|del|en|y|e|o|a|al|con|por|para|frente|respecto|mas|menos|que|fueron|fue|son|es|eran|era|han|ha|hubo|mientras|pero|desde|hasta|durante|entre|tras|segun|vs|versus|in|on|of|from|to|and|or|for|with|by|than|"
        "compared|were|was|are|is|have|has|had|more|less|fewer|during|over|between|up|down|at|while|but|last|this|against|per|el|la|los|las|un|una|the|a|an|respectivamente|respectively|aproximadamente|approximately|"
        "mejor|peor|higher|lower|as|when|cuando|donde|where|which|who|distintos|diferentes|different|distinct|vendidas|vendidos|sold|representa|supone|total|totales|so|out|not|no|tuvo|tuvieron|se|esta|este|ese|esa|"
        "comparado|comparados|comparada|comparadas|anterior|previous|altogether|overall|aunque|although|though|sin|since|through|below|above|superior|inferior|extra|adicionales|additional|went|left|todavia|still|already|ya|net|netas|"
        "compraron|compro|bought|made|placed|hicieron|realizaron|realizados|registrados|registered|recorded|recibidos|received|each|cada|despite|compro|llevan|lleva|antes|before|after|earlier|ago|later"
    )
)
"""What may follow a count that is no noun of its own."""
ADVICE = frozenset(
    _split(
        "conviene|recomiendo|recomendamos|sugiero|podrias|deberias|considera|consider|should|could|recommend|suggest|prepara|preparar|prepare|planifica|plan|aprovecha|refuerza|revisa"
    )
)
