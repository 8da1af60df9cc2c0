"""What of a document's text may be quoted. A document is written by somebody: it may hold orders to a language model, links,
code, or figures that claim to be the shop's.

The structure keeps such text harmless (nothing found is ever planned, called or granted); this keeps it off the screen
and out of prompts. In doubt a sentence is left out: what remains of the document still answers.
"""

from __future__ import annotations

import re
import unicodedata

from cafe_ai.assistants.documents.routing import PERFORMANCE
from cafe_ai.language.text import fold

LONGEST_NAME = 120
LONGEST_WORD = 40
"""A longer run without a space is no word: it is encoded, or code."""

_HIDDEN = ("Cf", "Cc", "Co", "Cs", "Cn")
_MARKUP = re.compile(
    r"[{}<>`|\\]|\]\s*\(|!\[|\[\[|&#?\w+;|\$\{|%[0-9a-f]{2}|\\x[0-9a-f]{2}|\\u[0-9a-f]{4}",
    re.IGNORECASE | re.MULTILINE,
)
_LINK = re.compile(
    r"\w+://|\bwww\.|\b(?:javascript|data|file|mailto|tel):|\bh(?:tt|xx)ps?\b|\b[\w-]+(?:\.|\s?\[?\(?(?:punto|dot)\)?\]?\s?)"
    r"(?:com|net|org|info|io|es|eu|biz|xyz|ru|cn|top|site|online|shop|app|dev|me|ly|co|uk|example|test|invalid)\b(?:/\S*)?",
    re.IGNORECASE,
)
_MAIL = re.compile(r"(?<!\w)@\w{3,}|[\w.+-]+\s?(?:@|\(?(?:arroba|at)\)?\s)\s?[\w-]+\.[\w.-]+", re.IGNORECASE)
_PHONE = re.compile(r"(?<![\w.,])\+?\(?\d{2,4}\)?(?:[\s.-]?\d){6,12}(?![\w,])")
_ROLE = re.compile(
    r"(?:^|[\n\s\[(\"'])(?:system|assistant|developer|tool|function|human|ai|sistema|asistente|ia)\s*"
    r"(?:message|mensaje|prompt|override|update)?\s*[:\]>]",
    re.IGNORECASE,
)
_ENCODED = re.compile(r"(?:[A-Za-z0-9+/]{24,}={0,2}|(?:[0-9a-f]{2}\s?){12,}|(?:[01]{8}\s?){3,})")
_FORGET = (  # what was said before, or any rule
    r"(?:ignor\w*|olvid\w*|descart\w*|desobede\w*|sobrescrib\w*|anul\w*|disregard\w*|forget\w*|overrid\w*|bypass\w*)"
    r"(?: \w+){0,6} (?:instruc\w*|ordenes|reglas?|normas?|indicaciones|anterior\w*|previ\w*|todo|restriccion\w*|limit\w*|"
    r"rules?|orders?|directives?|above|everything|guidelines?|filters?|safety|prompts?|context\w*|polic\w+)|"
    r"(?:haz|hagas|hacer) caso omiso|(?:no sigas|no obedezcas|do not follow|don't follow|stop following|never follow)(?: \w+){0,5} (?:normas?|reglas?|"
    r"instruc\w*|requests?|rules?|orders?|ordenes|sistema|system)|"
    r"(?:previous|prior|earlier|original|initial|above|last|anteriores|previas|iniciales|originales) (?:instruc\w*|directions?|directives?|requests?|"
    r"prompts?)|instrucciones (?:anteriores|previas|iniciales|originales)|(?:directions?|instruc\w*) above|"
    r"(?:ignorez|ignorieren|ignorier\w*|ignorare|ignorate|ignorar|oubliez|vergiss|dimentica|esqueca)(?: \w+){0,5} "
    r"(?:instruc\w*|anweisungen|istruzioni|regeln|consignes)|"
    r"(?:nuev\w+|new|verdader\w+|updated?) (?:instrucciones|ordenes|directrices|instructions|directives)(?! (?:de|para|of|for|on))"
)
_BE_ANOTHER = (  # another part to play
    r"(?:eres|seras|you are|you're|act as|actua como|compor\w+ como|pretend|finge\w*|haz(?:te)? pasar|roleplay|role play|juego de rol|"
    r"simula\w* (?:ser|que))(?: \w+){0,4} (?:asistente|bot|ia|ai|modelo|model|assistant|chatgpt|gpt\w*|dan|hacker|administrador|"
    r"admin\w*|root|sistema|system|terminal|pirata|pirate|desarrollador|developer)|"
    r"(?:modo|mode) (?:desarrollador|developer|debug|dios|god|admin\w*|root|dan|libre)|"
    r"(?:developer|debug|god|admin|dan|jailbreak) mode|jailbreak\w*|do anything now|do anything unrestricted|haz como si fueras|as if you were (?:the|an?)|"
    r"(?:your name is|tu nombre es|te llamas|deja de ser|stop being|eres libre)|"
    r"(?:sin|no tienes|no hay|drop|remove|lift|without)(?: \w+){0,2} (?:restric\w+|reglas|filtros|limites|filters)"
)
_THE_MACHINE = (  # the model itself, its prompt, its tools
    r"system ?prompts?|(?:el|tu|su|the|your|hidden|secret|initial|this) prompts?|prompts? (?:del sistema|inicial)|mensaje del? sistema|"
    r"(?:instrucciones|instructions) (?:del sistema|internas|iniciales|ocultas|secretas)|"
    r"(?:system|initial|hidden|secret|internal) (?:message|instructions?)|"
    r"language models?|modelos? de lenguaje|chat ?gpt|openai|gpt-?\d\w*|llm|inteligencia artificial|artificial intelligence|"
    r"(?:el|al|la|del|un|este|querido|estimado|the|this|dear|our|any|to) (?:asistente(?! de (?:tienda|sala|cocina|direccion))|assistant(?! manager)|chatbot|bot|ia|ai|modelo de ia|ai model)|"
    r"as an ai|como (?:una )?ia|api[ _-]?keys?|claves? de (?:la )?api|access tokens?|tokens? (?:de acceso|jwt)|secret keys?|credencial\w*|"
    r"credentials?|variables? de entorno|environment variables?|database_url|connection string|cadena de conexion|"
    r"tool[ _-]?calls?|function[ _-]?calls?|tool_choice|(?:herramientas|tools|funciones|functions) (?:de las que|que tienes|disponibles|you (?:can|have))|net_sales|business_id|user_id|"
    r"(?:llama|llamar|invoca\w*|ejecut\w*|call|invoke|execute|run)(?: \w+){0,3} (?:herramienta\w*|funcion\w*|tools?|functions?|query|"
    r"consulta|sql|comandos?|commands?|scripts?|api|endpoint\w*)|"
    r"drop table|delete from|insert into|truncate table|union select|"
    r"select [\w, ]{0,40}from (?:customers|users|orders|products|documents|businesses|ai_\w+|pg_\w+|information_schema)"
)
_REVEAL = (  # what nobody is to be told
    r"(?:revel\w*|filtr[ae]\w*|expon\w*|muestr\w*|imprim\w*|repit\w*|repet\w*|devuelv\w*|envi[ae]\w*|mand[ae]\w*|copi[ae]\w*|"
    r"list[ae]\w*|incluy\w*|anad\w*|busca\w*|consult\w*|reveal|leak|expose|show|print|repeat|return|send|output|dump|copy|list|give|"
    r"include|add|append|search|fetch|read)(?: \w+){0,6} "
    r"(?:prompts?|instrucciones|instructions|configuracion|configuration|secret\w*|contexto|context|conversaci\w*|conversation\w*|"
    r"otr[oa]s? (?:negocios?|tiendas?|empresas?|locales?|cafeterias?|inquilin\w+)|(?:other|all|another) (?:business\w*|shops?|stores?|"
    r"tenants?|compan\w+|cafes?)|todos los negocios|base de datos|database|datos de (?:los )?clientes|customer (?:data|list|names|emails)|"
    r"lo anterior|the above|palabra por palabra|word for word|verbatim)|"
    r"(?:no (?:le )?(?:reveles|menciones)|(?:do not|don't) (?:mention|reveal|disclose))|"
    r"(?:respond\w*|responde|contest\w+|answer|repl(?:y|ies)|response|respuestas?)(?: \w+){0,5} (?:unicamente|exactamente|only|exactly|usuario|user|"
    r"cada pregunta|cualquier pregunta|toda pregunta|any question|every question|all questions|with the (?:phrase|word|sentence)|con la (?:frase|palabra)|"
    r"la (?:frase|palabra)|the (?:phrase|word|sentence))|(?:to|a) (?:any|every|all|cualquier|cada|toda|todas las) (?:questions?|preguntas?|repl(?:y|ies)|"
    r"respuestas?)|(?:every|each|any|cada|toda|the correct|la) (?:response|reply|answer|respuesta(?: correcta)?) (?:is|es|debe|must|will|sera|la|the|with|a)|"
    r"(?:every|each|cada|toda) (?:response|reply|answer|respuesta)|(?:al|when|whenever|before|antes de) (?:responder|contestar|answering|responding|replying)|"
    r"(?:tu|tus|your) (?:\w+ )?(?:memoria|memory|mensaje|message|restrictions|respuestas?|answers?|response|reply|output|task|tarea|instruc\w*|configuracion|configuration|ordenes|rules|reglas|guidelines)|"
    r"(?:responder|responde|contesta|answer|respond|reply)(?: \w+){0,2} (?:en|in) (?:aleman|ingles|frances|german|english|french|mayusculas|capitals)|"
    r"(?:words?|palabras) (?:de tu|of your)|(?:a|the|any|el|un|algun) (?:user|usuario) (?:asks|pregunt\w+|quiere|wants)|"
    r"(?:above|arriba de|encima de) (?:this line|esta linea)|(?:everything|todo|lo que hay) (?:above|encima|arriba)|"
    r"(?:orden|datos|data|informacion|information)(?: de)? (?:confidencial\w*|confidential\w*)|confidential (?:data|information)|"
    r"exfiltra\w*|(?:servidor|server|destinatario|persona|soporte) (?:extern\w+|ajen\w+)|external (?:server|address|party)|"
    r"(?:tabla|table) (?:de|of)? ?(?:clientes|customers|usuarios|users)|(?:customers|users|orders) table|"
    r"(?:decode|decodifica\w*|descifra\w*|base64|rot13|hexadecimal)|"
    r"(?:fin|end) (?:del|of) (?:the )?(?:documento?|context|contexto|document)|(?:new|nuevo) (?:user|usuario|system) (?:message|mensaje)|(?:user|usuario) (?:message|mensaje)|"
    r"(?:estas|these) (?:ordenes|orders)|(?:la )?palabra [a-z]* ?al final|al final de (?:cada|la|tu|todas)"
)
_GRANT = (  # what the roles do not
    r"(?:personal|emplead\w+|staff|employees?|usuari\w+|users?|todos|everyone|camarer\w+|waiters?)(?: \w+){0,5} "
    r"(?:puede\w*|podra\w*|autoriz\w*|permi\w*|acceso|may|can|allowed|authori[sz]ed|access|granted)(?: \w+){0,6} (?:ventas|facturacion|"
    r"ingresos|cifras|margen\w*|clientes|sales|revenue|figures|margins?|customers?|everything|todo)|"
    r"(?:permisos?|permissions?|privileg\w+|rol|role|acceso|access)(?: \w+){0,3} (?:owner|admin\w*|root|total|full|completo|elevad\w+|"
    r"granted|escalat\w+)|(?:owner|admin\w*|root|full) (?:permissions?|role|access|privileg\w+)|"
    r"(?:rol|role)(?: \w+){0,2} (?:propietari\w+|owner|manager|analyst\w*)|todos los (?:permisos|privilegios)|acceso (?:total|completo)|"
    r"cross tenant|tenants?|entre negocios"
)
_IN_PARTS = (  # what other documents go on with
    r"(?:parte|part) \d+ (?:de|of|/) \d+|(?:continua|sigue|continues|continued)(?: \w+){0,2} (?:siguiente|otro|next|another|other) "
    r"(?:documento|document)|(?:une|junta|concatena\w*|concatenate|join|combine)(?: \w+){0,4} (?:documentos|documents|fragmentos|fragments)"
)
_ORDER = re.compile(rf"(?<!\w)(?:{'|'.join((_FORGET, _BE_ANOTHER, _THE_MACHINE, _REVEAL, _GRANT, _IN_PARTS))})(?!\w)")
_PERFORMANCE = re.compile(rf"(?<!\w)(?:{PERFORMANCE}|vendemos|sells?)(?!\w)")
_COUNTED = re.compile(
    r"(?<!\w)(?:(?:hubo|tuvimos|hicimos|registramos|llegaron|atendimos|there were|we had|served) (?:\w+ ){0,3}|\d[\d.,]* )"
    r"(?:pedidos|orders|clientes|customers|unidades vendidas|units sold|ventas|sales)(?!\w)"
)
_AMOUNT = re.compile(r"\d|(?<!\w)(?:mil|cien|cientos|millon\w*|thousand|hundred|million\w*|billion\w*)(?!\w)")
_SQUEEZED = re.compile(
    r"ignor[ae](?:todas|all|the|las|tus|your|any|every)*(?:previous|prior|above|instruc|reglas|rules|ordenes)|instruccionesanteriores|"
    r"previousinstructions|systemprompt|promptdelsistema|jailbreak|developermode"
)
"""What is read where spaces, hyphens or dots part the letters of words."""
_LOOK_ALIKES = str.maketrans("аеорсухіӏԁһјѕοαενικτρμ", "aeopcyxildhjsoaevikTpm".lower())
_DIGITS_AS_LETTERS = str.maketrans("013457@$", "oieastas")


def is_quotable(sentence: str, *, contact: bool) -> bool:
    """Whether a sentence of a document may be shown. contact: it was asked how to reach somebody."""
    if not contact and contact_at(sentence) is not None:
        return False
    linked = _MAIL.sub(" ", sentence) if contact else sentence
    return not _LINK.search(linked) and is_clean(sentence) and not claims_figures(sentence)


def contact_at(sentence: str) -> int | None:
    """Where the first telephone number or e-mail address of a sentence stands; None without any."""
    found = [match.start() for pattern in (_MAIL, _PHONE) if (match := pattern.search(sentence))]
    return min(found, default=None)


def is_showable(name: str) -> bool:
    """Whether a title, or a product's name, may be shown."""
    return len(name) <= LONGEST_NAME and not _LINK.search(name) and not _MAIL.search(name) and is_clean(name)


def is_clean(text: str) -> bool:
    """Whether a text is plain words: nothing hidden or encoded, no markup, no orders to a model."""
    return not (
        has_odd_characters(text)
        or _MARKUP.search(text)
        or _ENCODED.search(text)
        or any(len(word) > LONGEST_WORD for word in text.split())
        or gives_orders(text)
    )


def gives_orders(text: str) -> bool:
    """Whether it speaks to a language model: gives it orders, another part to play, or asks for what it must not tell."""
    if _ROLE.search(text):
        return True
    plain = _plain(text)
    spelt = plain.translate(_DIGITS_AS_LETTERS) if re.search(r"[a-z][013457@$]|[013457@$][a-z]", plain) else plain
    return bool(_ORDER.search(plain) or _ORDER.search(spelt) or _SQUEEZED.search(re.sub(r"[^a-z]", "", spelt)))


def claims_figures(text: str) -> bool:
    """Whether it says what the shop sold or earned: only the shop's own figures may."""
    plain = _plain(text)
    return bool((_PERFORMANCE.search(plain) and _AMOUNT.search(plain)) or _COUNTED.search(plain))


def has_odd_characters(text: str) -> bool:
    """Whether it holds characters that hide or disguise something: invisible ones, or letters of other scripts among Latin."""
    for character in unicodedata.normalize("NFC", text):
        if character.isascii():
            if ord(character) < 32 and character not in "\n\t\r":
                return True
            continue
        category = unicodedata.category(character)
        if category in _HIDDEN or category in ("Mn", "Me"):
            return True
        name = unicodedata.name(character, "")
        if category.startswith("L") and not name.startswith(("LATIN SMALL", "LATIN CAPITAL", "FEMININE", "MASCULINE")):
            return True
        if (
            category in ("Nd", "Nl", "No", "So")
            and character not in "²³¹"
            and unicodedata.normalize("NFKC", character).isalnum()
            and "VULGAR" not in name
        ):
            return True
    return False


def _plain(text: str) -> str:
    """The text as it is heard: folded, look-alike letters and invisible characters gone, one space between words."""
    visible = "".join(
        c for c in unicodedata.normalize("NFKC", text) if unicodedata.category(c) not in _HIDDEN or c.isspace()
    )
    folded = fold(visible).translate(_LOOK_ALIKES)
    return " ".join(re.findall(r"[\w'@$-]+", folded))
