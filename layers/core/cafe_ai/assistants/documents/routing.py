"""Which questions may be answered from documents and the catalogue. Only the question decides, never what is found.

What the shop's money and customers are is said by its figures alone: a question about them is never searched for, so
that no document can answer it. What the rules did not plan and is about something else is searched for.
"""

from __future__ import annotations

import re
from typing import Literal

from cafe_ai.assistants.model import AssistantType, Question
from cafe_ai.assistants.planning.model import Declined, DeclineReason
from cafe_ai.language.text import fold

Route = Literal["catalogue", "documents"]

SEARCHING = frozenset({AssistantType.GENERAL_QUERY, AssistantType.PRODUCT_SUGGESTION})
"""The assistants that draw on documents; the others draw on the metrics alone."""
_A_QUESTION_BACK: frozenset[DeclineReason] = frozenset({"ambiguous_name"})


PERFORMANCE = (
    r"ventas|vendimos|vendid[oa]s?|vendieron|vendio|vendiendo|venderemos|venderan|facturacion|factur(?:amos|ado|aron|aremos|o)|"
    r"ingresos|ingresamos|ingresado|recaud\w+|benefici(?:o|os) (?:neto|bruto|del?|que|total)\w*|ganancias?|ganamos|ganado|"
    r"margen|margenes|rentab\w+|ticket medio|pedido medio|cifra de negocio|"
    r"sales|sold|revenues?|turnover|takings|profits?|profitab\w+|margins?|earnings|earned|"
    r"average (?:ticket|order|basket|spend)\w*"
)
"""Words for what the shop sold and earned, in a folded text."""
_COUNTED = (
    r"pedidos|tickets|clientes|clientas|compradores|unidades|devoluciones|descuentos|"
    r"orders|customers|clients|buyers|shoppers|units|returns|refunds|discounts"
)
_HOW_MANY = (
    rf"(?:cuant[oa]s|numero de|total de|porcentaje de|media de|lista(?:do)? de|datos de|nombres? de)(?: \w+){{0,2}} (?:{_COUNTED})|"
    rf"(?:how many|number of|total|share of|percentage of|list of|names? of)(?: \w+){{0,2}} (?:{_COUNTED})|"
    r"(?:mejor(?:es)?|peor(?:es)?|top|best|worst|biggest|loyal\w*) (?:\w+ )?(?:clientes?|clientas?|customers?|clients?|buyers?)|"
    r"cuanto (?:se )?(?:ha )?(?:gast(?:o|a|ado|aron)|compr(?:o|a|ado|aron))(?: \w+)*|how much (?:did|does|has|have) (?:\w+ ){1,4}(?:spend|spent|buy|bought|pay|paid)|"
    r"(?:quien(?:es)?|who) (?:\w+ ){0,3}(?:compr\w+|gast\w+|bought|buys?|spen[dt]s?)"
)
_RULES = (
    r"politicas?|normas?|normativa|protocolos?|procedimientos?|condiciones|reglas?|manual(?:es)?|guias?|instrucciones|pasos|"
    r"polic(?:y|ies)|procedures?|rules?|guidelines?|terms|handbook|steps"
)
_PAST_FIGURE = r"cuant[oa]s?|fueron|fue|tuvimos|hicimos|hubo|vendimos|facturamos|ingresamos|ganamos|how (?:much|many)|were|was|did|had|total"

_CATALOGUE = (
    r"(?:que|cuales|cual)(?: \w+){0,5} (?:tene(?:is|mos)|tienen|tiene|hay|ofrece(?:is|mos|n)|vende(?:is)?|servi(?:s|mos)|queda|quedan|"
    r"llevan?|contienen?|son)|"
    r"(?:which|what|any)(?: \w+){0,5} (?:do (?:you|we|they) (?:have|sell|serve|offer|carry|stock)|have (?:you|we) got|are there|"
    r"is there|are|is|contains?)|"
    r"(?:tene(?:is|mos)|tienes|hay|ofrece(?:is|mos)|vendeis|servis)(?: \w+){0,6}|(?:do|have) (?:you|we)(?: \w+){0,6}|"
    r"(?:is|are) there(?: \w+){0,6}|"
    r"algo|alguna? \w+|opciones|something|anything|options|carta|menu|catalogo|catalogue|catalog|"
    r"productos|articulos|products|items|"
    r"recom\w+|sugi\w+|sugerencias?|apetece|aconsej\w+|suggest\w*|parecid[oa]s?|similar(?:es)?|like"
)
_KNOWLEDGE = (
    r"por que|como|cuando|donde|quien(?:es)?|horarios?|a que hora|abr\w+|cerr\w+|cierr\w+|apertura|politicas?|normas?|normativa|"
    r"protocolos?|procedimientos?|recetas?|elabora\w*|prepara\w*|ingredientes?|proveedor(?:es|as?)?|suministr\w+|reparto|entrega\w*|"
    r"devol\w+|reembols\w+|garantias?|reserv\w+|wi-?fi|contrasenas?|clave|telefonos?|correos?|e-?mail|direccion|contacto|limpi\w+|"
    r"alquiler|contratos?|vacaciones|turnos?|uniformes?|temperatura|caducidad|conserva\w*|alarma|emergencias?|documentos?|perros?|"
    r"mascotas?|aparcamiento|parking|terraza|fum\w+|descuentos?|oferta|promocion\w*|"
    r"why|how|when|where|who|whom|whose|hours|what time|open\w*|clos(?:e|es|ed|ing)|polic(?:y|ies)|procedures?|recipes?|ingredients|"
    r"suppl\w+|vendors?|deliver\w*|returns?|refunds?|warrant\w+|book\w*|reserv\w+|password|phones?|address|contact|clean\w*|rent|"
    r"contracts?|holidays?|shifts?|uniforms?|temperature|shelf life|stor(?:e|age)|emergenc\w+|documents?|dogs?|pets?|park\w*|"
    r"smok\w+|discounts?|offers?|promotions?"
)
_OF_TIME_OR_PEOPLE = (
    r"dias?|semanas?|mes|meses|anos?|horas?|ayer|clientes?|pedidos?|gente|ocupad\w+|compar\w+|crec\w+|tendencias?|"
    r"days?|weeks?|months?|years?|yesterday|customers?|orders?|people|busy|busiest|compare\w*|grow\w*|trends?"
)
_HOW_TO = (
    r"como (?:se )?(?:hace\w*|prepara\w*|elabora\w*|cocina\w*|limpia\w*|conserva\w*|sirve\w*|calienta\w*|guarda\w*|descongela\w*)|"
    r"(?:la )?receta|how (?:do|to|is|are|should)(?: \w+){0,3} (?:make|made|prepare|prepared|cook|cooked|bake|baked|clean|cleaned|store|"
    r"stored|serve|served|heat|heated)|recipe|"
    r"(?:puedo|podemos|puede|pueden|podria|podrian)(?: \w+){0,3} (?:devolver\w*|cambiar\w*|reembols\w+|reservar|pagar|traer|llevar|fumar|recoger)|"
    r"can (?:i|we|you|they|customers|clients|people)(?: \w+){0,3} (?:return|exchange|refund|book|pay|bring|smoke|collect)"
)
_CONTACT = r"telefonos?|movil|llam\w+|correos?|e-?mails?|contact\w*|escrib\w+|avis\w+|whatsapp|numero|phones?|call|number|reach|mail|write"


_GREETING = r"(?:hola|buenas|buenos|dias|tardes|noches|que tal|gracias|adios|hello|hi|hey|good|morning|evening|thanks|thank you|bye| )*"
_ASKING = (
    r"que|cuales|cual|cuant[oa]s?|hay|ten(?:eis|emos)|tienes?|tienen|vend(?:e|eis|emos)|ofrec(?:eis|emos|en)|serv(?:is|imos)|son|es|productos?|"
    r"articulos?|opciones|cosas|dime|ensename|muestrame|lista|el|la|los|las|de|del|en|catalogo|carta|menu|what|which|how many|do|does|you|we|"
    r"have|got|sell|serve|offer|are|is|there|products?|items?|things|options|show|me|tell|list|the|in|on|your|our|catalogue|catalog"
)


def asks_for_anything(words: str) -> bool:
    """Whether a question about the catalogue asks for nothing in particular: "¿qué productos hay?"."""
    return not re.sub(rf"(?<!\w)(?:{_ASKING})(?!\w)", "", plain(words)).strip()


def route(question: str, assistant: AssistantType, declined: Declined, *, constrained: bool) -> Route | None:
    """Where to look for an answer to a question without a plan; None where nothing but figures may answer it.

    constrained: the question asks for an allergen or a diet, so it is about the catalogue.
    """
    text = plain(question)
    greets = re.fullmatch(_GREETING, text) is not None
    if assistant not in SEARCHING or greets or asks_for_figures(question):
        return None
    asks_otherwise = _says(_KNOWLEDGE, text) or _says(_OF_TIME_OR_PEOPLE, text)
    suggests = assistant is AssistantType.PRODUCT_SUGGESTION or (_says(_CATALOGUE, text))
    known_elsewhere = declined.reason == "not_recorded"  # employees, rent: nothing that a catalogue holds
    if constrained or (suggests and not asks_otherwise and not known_elsewhere):
        return "catalogue"
    return None if declined.reason in _A_QUESTION_BACK else "documents"


def asks_for_figures(question: str) -> bool:
    """Whether money or customers are asked about, which the shop's figures answer or nothing does."""
    text = plain(question)
    return asks_for_sales(question) or (_says(_HOW_MANY, text) and not _asks_for_rules(text))


def asks_for_sales(question: str) -> bool:
    """Whether what the shop sold or earned is asked about, and not a rule of the house ("la política de ventas a menores")."""
    text = plain(question)
    return _says(PERFORMANCE, text) and not _asks_for_rules(text)


def _asks_for_rules(text: str) -> bool:
    return _says(_RULES, text) and not _says(_PAST_FIGURE, text)


def asks_how(question: Question) -> bool:
    """Whether it asks how something is made or what may be done, which no figure answers, whatever product it names."""
    if question.assistant_type not in SEARCHING:
        return False
    return (_says(_HOW_TO, plain(question.text))) and not asks_for_figures(question.text)


def asks_for_contact(question: str) -> bool:
    """Whether it asks how to reach somebody; only then are telephone numbers and addresses shown."""
    return _says(_CONTACT, plain(question))


def plain(text: str) -> str:
    """The words of a text, folded, with one space between them."""
    return " ".join(re.findall(r"[\w'-]+", fold(text)))


def _says(pattern: str, text: str) -> bool:
    """Whether whole words of a plain text match; the pattern is compiled on first use."""
    return re.search(rf"(?<!\w)(?:{pattern})(?!\w)", text) is not None
