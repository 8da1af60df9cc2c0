"""Words that narrow a figure to something the facts are not narrowed to: "ventas de café", "online sales"."""

from __future__ import annotations

from cafe_ai.assistants.checker.model import Figure, MetricMention
from cafe_ai.assistants.checker.reading import Reading
from cafe_ai.assistants.checker.subjects import Surroundings

_SCOPES = frozenset((
    "expenses", "expense", "rent", "wages", "salaries", "payroll", "taxes", "tax", "vat", "debt", "loan", "alquiler",
    "gastos", "nominas", "sueldos", "salarios",
    "impuestos", "iva", "deuda", "prestamo", "inversion", "investment", "visitas", "visits", "reviews", "resenas",
    "followers", "seguidores", "likes", "views", "presupuesto",
    "online", "web", "internet", "domicilio", "delivery", "takeaway", "wholesale", "mayorista", "mayoristas",
    "minorista", "minoristas", "retail", "nacionales", "internacionales", "extranjero", "domestic",
    "international", "foreign", "abroad", "instagram", "facebook", "app", "mobile", "movil", "telefono", "phone",
    "export", "exports", "exportacion", "in-store", "presenciales", "presencial", "barra", "mostrador",
    "counter", "terraza", "terrace", "franquicia", "franchise", "b2b", "glovo", "uber", "deliveroo", "proveedor",
    "proveedores", "suppliers", "supplier", "empleado", "empleados", "employees", "staff", "camarero", "camareros",
))  # fmt: skip
_DETERMINERS = frozenset((
    "el", "la", "los", "las", "the", "tu", "tus", "your", "su", "sus", "its", "our", "nuestro", "nuestra", "nuestros",
    "nuestras", "este", "esta", "ese", "esa", "this", "that", "un", "una", "a", "an", "todo", "toda", "todos", "todas",
    "all",
))  # fmt: skip
_GENERAL = frozenset((
    "mes", "ano", "semana", "dia", "periodo", "trimestre", "semestre", "month", "year", "week", "day", "period",
    "quarter", "dias", "meses", "semanas", "days", "months", "weeks", "total", "totales", "conjunto", "negocio",
    "tienda", "local", "establecimiento", "shop", "store", "business", "empresa", "company", "todo", "media", "promedio",
    "average", "caja", "forma", "fecha", "date", "vez", "veces", "hoy", "ayer", "ahora",
    "linea", "torno", "cuanto", "acuerdo", "hecho", "nuevo", "general", "resumen", "nuestra", "momento", "moment",
    "time", "tiempo", "hora", "hour", "franja", "jornada", "fin", "principio", "course", "fact", "which", "those",
    "them", "these", "ellos", "ellas", "ello", "lo", "que", "cada", "each", "every", "alrededor", "cerca", "mas",
    "menos", "more", "less", "around", "about", "nearly", "almost", "casi", "unos", "unas", "exactamente", "exactly",
    "just", "only", "solo", "libras", "euros", "pounds", "dolares", "dollars", "nuestras", "ventas", "historico",
    "registros", "records", "datos", "data", "media", "concepto", "valor", "value", "importe", "amount", "ingresos",
    "producto", "productos", "product", "products", "categoria", "categorias", "category", "categories", "clientes",
    "customers", "articulos", "items", "referencias", "pago", "payment", "mismo", "misma", "same", "previous",
    "anterior", "anteriores", "pasado", "pasada", "actual", "current", "last", "ultimo", "ultima", "ultimos", "ultimas",
    "past", "entero", "entera", "completo", "whole", "full", "resto", "rest", "both", "ambos", "ambas", "uno", "one",
    "dos", "two", "tres", "three", "first", "primer", "primera", "lista", "list", "ranking", "top", "grupo", "seleccion",
    "selection", "euro", "libra", "moneda", "currency", "cesta", "basket", "compra", "venta", "sale",
    "sabados", "domingos", "festivos", "laborables", "weekdays", "weekends", "weekend", "weekday", "mananas", "tardes",
    "noches", "manana", "tarde", "noche", "mornings", "morning", "afternoon", "evening", "night",
    "manera", "way", "modo", "parte", "part", "hand", "contrast", "cambio", "change", "comparacion", "comparison",
    "relacion", "respecto", "diferencia", "difference", "variacion", "ese", "dicho", "dicha", "donde", "where", "line",
    "terms", "terminos", "addition", "particular", "concreto", "detail", "detalle", "short", "definitiva", "breve",
    "fact", "aproximadamente", "approximately", "roughly", "some", "over", "under", "up", "to", "between", "entre",
    "return", "vendido", "vendida", "vendidos", "vendidas", "sold", "facturado", "ingresado", "recaudado", "cuales",
    "quienes", "cual", "quien", "whom", "order", "orden", "orders", "descubierto", "profit", "coste", "cost", "costs",
    "crecimiento", "growth", "aumento", "incremento", "increase", "rise", "caida", "descenso", "decrease", "drop",
    "fall", "subida", "bajada", "mejora", "reduccion", "decline", "jump", "gain", "octubre", "noviembre",
))  # fmt: skip
_LINKS = frozenset(("de", "del", "of", "for"))


def find_scopes(reading: Reading, around: Surroundings) -> None:
    """Notes a fault where a sentence with a figure narrows it by words that are no name of the facts."""
    for sentence in around.sentences:
        if not sentence.of(Figure):
            continue
        for place in range(sentence.first, sentence.last):
            if reading.word(place) in _SCOPES:
                reading.fault(place, place + 1, "narrows the figures to what the facts do not know")
        for place in (sentence.first, *(m.last for m in (*sentence.of(MetricMention), *sentence.of(Figure)))):
            _check_behind(reading, place)
        for mention in sentence.of(MetricMention):
            _check_before(reading, mention)


def _check_behind(reading: Reading, place: int) -> None:
    """ "Ventas de café": what a metric or a figure is of must be a name, a date, a metric or a word for the whole."""
    if reading.word(place) not in _LINKS:
        return
    place += 1
    while reading.word(place) in _DETERMINERS:
        place += 1
    word = reading.word(place)
    if word and reading.tokens[place].kind == "word" and word not in _GENERAL:
        reading.fault(place, place + 1, "narrows the figures to what the facts do not know")


def _check_before(reading: Reading, mention: MetricMention) -> None:
    """ "Croissant sales": in English what stands before the noun narrows it too."""
    noun, before = reading.text_at(mention.last - 1), reading.word(mention.first - 1)
    if noun not in _NOUNS or not before or reading.tokens[mention.first - 1].kind != "word":
        return
    if before not in _BEFORE_NOUNS and before not in _GENERAL and not before.endswith(("ed", "ing", "ly")):
        reading.fault(mention.first - 1, mention.first, "narrows the figures to what the facts do not know")


_NOUNS = frozenset(
    (
        "sales",
        "revenue",
        "orders",
        "units",
        "customers",
        "returns",
        "refunds",
        "discounts",
        "takings",
        "turnover",
        "income",
        "profit",
        "margin",
    )
)
_BEFORE_NOUNS = _DETERMINERS | frozenset((
    "in", "of", "and", "with", "more", "fewer", "less", "net", "gross", "overall", "monthly", "daily", "weekly",
    "yearly", "annual", "quarterly", "on", "for", "by", "from", "than", "had", "have", "has", "were", "was", "are",
    "is", "no", "or", "while", "but", "as", "strong", "good", "great", "highest", "lowest", "best", "worst", "higher",
    "lower", "most", "least", "fewest", "many", "made", "took", "saw", "brought", "generated", "sold", "between",
    "to", "when", "that", "which", "how", "what", "your", "both", "combined", "actual", "shop", "store", "business",
    "distinct", "different", "unique", "new", "returning", "known", "s", "so", "where", "into", "out", "up", "down",
    "their", "these", "those", "and", "per", "average", "mean", "peak", "record", "far", "also", "then", "still", "just",
    "here", "if", "any", "there", "at", "against", "versus", "vs", "like", "get", "got", "see", "saw", "steady",
    "including", "plus", "yes", "however", "meanwhile", "although", "though", "because", "since", "after", "before",
    "during", "over", "across", "showing", "item", "product", "weekend", "weekday", "slow", "weak", "busy", "healthy",
    "hour", "hourly", "s", "rose", "fell", "grew", "drew", "beat", "led", "won", "hit", "bring", "brings", "drive",
    "drove", "did", "does", "do", "its", "be", "been", "being", "half", "third", "quarter", "number", "share", "reach",
))  # fmt: skip
