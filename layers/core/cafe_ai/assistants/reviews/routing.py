"""Which questions ask what customers write in reviews, and what of it. The question alone decides."""

from __future__ import annotations

import re

from cafe_ai.analytics.model import PeriodSpec
from cafe_ai.assistants.reviews.telling import About, Wanted
from cafe_ai.language.text import fold
from cafe_ai.reviews.model import Aspect, Side

_REVIEWS = (
    r"resenas?|opiniones|opinion de (?:los|las|mis|nuestros) clientes|opinan|opina|valoraciones|comentarios de (?:los |mis |nuestros )?clientes|"
    r"valoracion|valorad[oa]s?|resenad[oa]s?|puntuacion(?:es)?|puntuad[oa]s?|estrellas|"
    r"reviews?|reviewed|feedback|ratings?|rated|stars|opinions|testimonials"
)
_CUSTOMERS_SAY = (
    r"(?:que|como|lo que) (?:nos )?(?:dice|dicen|piensa|piensan|comenta|comentan|critica|critican|valoran|gusta|molesta|les gusta|les molesta|"
    r"alaban|elogian)(?: \w+){0,3} (?:clientes?|clientela|gente|publico)|"
    r"(?:los clientes|la gente|la clientela|mis clientes|nuestros clientes) (?:estan |esta |se )?(?:content\w+|satisfech\w+|descontent\w+|quejan|queja|dicen|piensan)|"
    r"(?:estan|esta|son) (?:contentos|contentas|satisfechos|satisfechas|descontentos|felices) (?:los|las|mis|nuestros) client\w+|"
    r"gusta(?:n)? (?:mas |menos )?a (?:los|mis|nuestros|la) (?:clientes|gente|clientela)|que (?:comentan|dicen|opinan|piensan) (?:de|del|sobre)|"
    r"de que se (?:quejan|queja|quejaron)|se quejan|(?:las|que|hay|principales) quejas|quejas (?:de|sobre|mas)|que (?:es lo que )?(?:mas |menos )?(?:les|le) gusta|"
    r"que les (?:molesta|disgusta)|"
    r"(?:what|how)(?: \w+){0,2} (?:do|does|are|did) (?:our |my |the )?(?:customers?|people|clients?|guests?|patrons)(?: \w+){0,2} "
    r"(?:say|saying|think|thinking|like|dislike|love|hate|complain|complaining|feel|feeling)|"
    r"(?:customers?|people|clients?|guests?) (?:say|think|complain|feel|like|dislike|love|hate)|(?:are|is) (?:our |my |the )?(?:customers?|people|clients?|guests?) "
    r"(?:happy|satisfied|unhappy|pleased|complaining)|complaints?|complain about|complaining"
)
_ASKS = re.compile(rf"(?<!\w)(?:{_REVIEWS}|{_CUSTOMERS_SAY})(?!\w)")
_NOT_ABOUT_THEM = re.compile(
    r"(?<!\w)(?:importar|import|subir|upload|cargar|load|responder|reply|contestar|escrib\w+|write|borrar|delete|hoja de reclamaciones|hojas de reclamaciones|"
    r"politica|policy|procedimiento|procedure|protocolo|como (?:se )?(?:hace|gestiona|tramita)|how (?:do|should|to) (?:i|we)? ?(?:handle|answer|deal)|"
    r"ventas|sales|facturacion|revenue|margen|margin|pedidos|orders|tickets?|stock|inventario|inventory)(?!\w)"
)
_COMPLAINTS = re.compile(
    r"(?<!\w)(?:quej\w+|critica\w*|negativ\w+|mal[oa]s?|peor\w*|molest\w+|disgust\w+|descontent\w+|menos (?:les )?gusta|complain\w*|negative|worst|bad|dislike|hate|unhappy)(?!\w)"
)
_PRAISE = re.compile(
    r"(?<!\w)(?:gusta|gustan|positiv\w+|mejor (?:valorad\w+|resenad\w+)|elogi\w+|alab\w+|encanta|love|like|praise|positive|best)(?!\w)"
)
_TREND = re.compile(
    r"(?<!\w)(?:mejorado|mejoran|mejorando|empeorado|empeoran|empeorando|evolucion\w*|tendencia|cambiado|van (?:a mejor|a peor|mejor|peor)|"
    r"improv\w+|worsen\w*|getting (?:better|worse)|trend\w*|changed|over time|gone (?:up|down))(?!\w)"
)
_PRODUCTS = re.compile(
    r"(?<!\w)(?:productos?|platos?|articulos?|cosas?|products?|dish(?:es)?|items?|things?)(?: \w+){0,2} (?:mejor|peor|mas|menos|best|worst|top)(?!\w)|"
    r"(?<!\w)(?:mejor|peor|best|worst|top|highest|lowest)[ -](?:valorad\w+|resenad\w+|puntuad\w+|reviewed|rated)(?!\w)"
)
_RATING = re.compile(
    r"(?<!\w)(?:valoracion media|puntuacion(?: media)?|nota media|cuantas estrellas|average (?:rating|stars?|review)|what rating|how many stars|"
    r"valoracion (?:tenemos|tuvimos|hubo))(?!\w)"
)
_THIS_MONTH = re.compile(r"(?<!\w)(?:este mes|mes en curso|this month)(?!\w)")
_ASPECTS: tuple[tuple[Aspect, re.Pattern[str]], ...] = tuple(
    (aspect, re.compile(rf"(?<!\w)(?:{words})(?!\w)"))
    for aspect, words in (
        (Aspect.WAITING, r"espera|esperas|tiempos? de espera|colas?|tardanza|demora\w*|rapidez|envios?|wait\w*|queues?|delays?|speed|delivery"),
        (Aspect.SERVICE, r"servicio|atencion|trato|personal|camarer\w+|mesero\w*|emplead\w+|dependient\w+|amabilidad|service|staff|waiters?|waitress\w*|employees"),
        (Aspect.PRICE, r"precios?|caro|barato|coste|prices?|pricing|cost|expensive|cheap|value"),
        (Aspect.PLACE, r"local|sitio|ambiente|limpieza|terraza|decoracion|ruido|banos?|place|atmosphere|ambien[ct]e|cleanliness|decor|noise|bathrooms?|toilets?"),
        (Aspect.PRODUCT, r"productos?|comida|calidad|cafe|cocina|platos?|products?|food|quality|coffee|dishes"),
    )
)  # fmt: skip


def asks_about_reviews(question: str) -> bool:
    """Whether it asks about reviews. A question about sales, stock or how to handle reviews does not."""
    folded = fold(question)
    return bool(_ASKS.search(folded)) and not _NOT_ABOUT_THEM.search(folded)


def wanted_of(question: str, product: str | None = None, period: PeriodSpec | None = None) -> Wanted | None:
    """What of the reviews the question asks for; None where it does not ask about them.

    product: a product of the shop that the question names; period: the one it names.
    """
    if not asks_about_reviews(question):
        return None
    folded = fold(question)
    aspect = next((each for each, words in _ASPECTS if words.search(folded)), None) if product is None else None
    this_month = bool(_THIS_MONTH.search(folded))
    side: Side | None = "negative" if _COMPLAINTS.search(folded) else "positive" if _PRAISE.search(folded) else None
    about: About
    if _TREND.search(folded):
        about = "trend"
    elif _RATING.search(folded):
        about = "rating"
    elif product is None and _PRODUCTS.search(folded):
        about = "products"
    elif aspect is not None:
        about = "aspect"
    elif side is not None:
        about = "complaints" if side == "negative" else "praise"
    else:
        about = "all"
    return Wanted(about, aspect, side, product, this_month, None if about == "trend" else period)
