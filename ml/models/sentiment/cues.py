"""Signs of polarity that are no dictionary words: emoji, ratings in the text, irony, regret, middling words."""

from __future__ import annotations

import re

GOOD_SIGNS = frozenset("😀😃😄😁😆😊😍🥰😘😋🤤🤩👍👌👏🙌🎉💯🔥⭐🌟✨❤♥💕💖💗💙💚💜😎🤗🙏🥳😇🍩😻💪")
BAD_SIGNS = frozenset("😡😠🤬😤😞😔😟😕🙁☹😣😖😫😩😢😭😒🙄🤢🤮👎💩😱😨💔🤦😑😓🚫❌😳")
_GOOD_FACE = re.compile(r"(?<!\w)[:;=]-?[)D](?!\w)|<3")
_BAD_FACE = re.compile(r"(?<!\w)[:=]-?[(](?!\w)|>:\(")

_OUT_OF_TEN = re.compile(r"(?<![\d/.,])(\d{1,2}(?:[.,]\d)?)\s*/\s*(5|10)(?![\d/])")
_STARS = re.compile(
    r"(?<!\w)(0|1|2|3|4|5|cero|una|un|dos|tres|cuatro|cinco|zero|no|one|two|three|four|five)[ -](?:estrellas?|stars?)(?!\w)"
)
_STAR_WORDS = {
    **dict.fromkeys(("0", "cero", "zero", "no"), 0.0),
    **dict.fromkeys(("1", "una", "un", "one"), 1.0),
    **dict.fromkeys(("2", "dos", "two"), 2.0),
    **dict.fromkeys(("3", "tres", "three"), 3.0),
    **dict.fromkeys(("4", "cuatro", "four"), 4.0),
    **dict.fromkeys(("5", "cinco", "five"), 5.0),
}

_PRAISE = (
    r"(?:genial|geniales|fantastico|estupendo|maravilloso|maravillosa|maravilla|bravo|ole|enhorabuena|felicidades|perfecto|perfecta|"
    r"espectacular|delicioso|deliciosa|riquisimo|riquisima|buenisimo|que bien|great|brilliant|fantastic|wonderful|amazing|superb|"
    r"lovely|perfect|bravo|congratulations|congrats|well done|delicious|impressive|oh good|yay|wow)\s*[,:!…]|"
    r"(?:que ilusion|que maravilla|super profesional|muy profesional|muy amables|muy atentos|encantados? de|todo un detalle|detallazo|"
    r"da gusto ver|love (?:being|paying|waiting)|i just love|i so enjoy|so lovely of|so kind of|nice to see|how nice|nothing says|"
    r"very professional|very attentive|five star service|what a bargain|lightning fast|so punctual|servicio de diez|un servicio de)"
)
_LETDOWN = (
    r"otra (?:vez|hora)|una hora|dos horas|media hora|esperando|esperar|frio|fria|crudo|cruda|quemad[oa]|congelad[oa]|roto|rota|sin pan|"
    r"arruinar|perder|hacerme|pagar|cobr\w+|llorar|suela|carton|pelo|escoba|movil|celular|telefono|charlan|fuera a otro|partido|"
    r"another|an hour|half an hour|waiting|queue|cold|raw|burnt|burned|frozen|broken|ruining|wasting|cardboard|boot|hair|toilets?|"
    r"sewage|on (?:his|her|their|a) phone|begged|die of|mopping|shop elsewhere|paying|being charged|still not|three months|tres meses"
)
_IRONY = tuple(
    re.compile(pattern)
    for pattern in (
        rf"(?<!\w)(?:{_PRAISE}).{{0,70}}(?<!\w)(?:{_LETDOWN})(?!\w)",
        r"(?<!\w)si (?:te|os|les?) (?:gusta|gustan|sobra|encanta|apetece)(?!\w)|(?<!\w)si eres (?!de )",
        r"(?<!\w)if you(?:'re| are)? (?:like|enjoy|love|into|have a whole|an? oil)",
        r"(?<!\w)(?:solo|apenas|only)(?: it)?(?: me| nos| took)?(?: them| us)? ?(?:tardaron|tardo|llegaron|took|late)?.{0,20}(?:horas?|minutos|hours?|minutes)",
        r"(?<!\w)(?:gracias por|thanks for|thank you for) (?:arruinar|hacer\w* perder|nada|estropear|ruining|wasting|nothing|making me)",
        r"(?<!\w)(?:todo un logro|todo un detalle|quite an achievement|de verdad, inolvidable|really memorable|much appreciated)",
        r"(?<!\w)(?:enhorabuena|felicidades|congratulations|congrats|bravo|well done)(?!\w).{0,40}(?:consegui|han |habeis|por |to the|on |you've|first time)",
        r"(?:\.\.\.|…) ?(?:para tirar|congelad|el que nos|que nos trajimos)|, (?:sobre todo|especially) (?:el|la|the|si|if)",
        r"(?<!\w)(?:genius|genios|geniales)\s*[.!]*$",
        r"(?<!\w)(?:a ver si|maybe hire|deberian aprender|should learn|do they even|are you kidding|en serio\?|seriously\?|de verdad es|is it normal)",
    )
)

_ONCE_GOOD = re.compile(
    r"(?<!\w)(?:antes era|antes daba|era bueno|solia ser|con lo (?:que era|bueno|bien)|desde que cambi|ya no es|used to (?:be|love)|since the new|gone downhill|"
    r"wanted to (?:love|like)|tried to like|quise|se veia|parecia|tenia buena pinta|looked (?:great|good)|seemed|expected|esperaba|esperabamos|"
    r"prometi|promised|after all the|had heard|habiamos oido|habia leido)(?!\w)"
)
_ONLY_GOOD = re.compile(
    r"(?<!\w)(?:lo unico (?:bueno|decente|que)|the only (?:good|decent)|the best part was|lo mejor fue (?:irnos|la salida))(?!\w)"
)
_ONLY_BAD = re.compile(
    r"(?<!\w)(?:lo unico malo|el unico (?:pero|problema|defecto|inconveniente)|unica pega|my only (?:complaint|regret|issue|gripe)|"
    r"the only (?:downside|complaint|problem|con|negative|bad thing)|only (?:downside|complaint)|peligro|warning|problema: que|the trouble is)(?!\w)"
)

_MIDDLING = re.compile(
    r"(?<!\w)(?:normal(?:it[oa]s?)?|normales|correct[oa]s?|regular(?:es)?|regu|ni fu ni fa|ni bien ni mal|ni frio ni calor|sin mas|del monton|pasable|aceptable|"
    r"mejorable|a secas|nada del otro mundo|cumple(?: sin mas)?|salir del paso|para un apuro|un dia suelto|mas o menos|depende|segun (?:quien|el dia)|"
    r"ni el mejor ni el peor|mejores y peores|la justa|eso si|tampoco (?:esta|me|para)|me da igual|ni mejor ni peor|calidad media|intermedi[oa]|"
    r"average|ok|okay|fine|alright|all right|so-?\s?so|meh|hit (?:and|or) miss|mixed bag|middling|passable|acceptable|ordinary|decent enough|"
    r"neither here nor there|nothing special but|does (?:the|its) job|if you're passing|in a pinch|take it or leave it|it depends|depends (?:on|what)|"
    r"better and worse|neither the best nor|on the fence|i'll give (?:it|them) that|torn|pros|win some|standard|so so|3 estrellas|3 stars|three stars|tres estrellas)(?!\w)"
)


def count_middling(folded: str) -> int:
    """How often a sentence says that something is neither good nor bad: "normal", "so-so", "depende"."""
    return len(_MIDDLING.findall(folded))


def count_signs(text: str) -> tuple[int, int]:
    """How many emoji and faces are glad, and how many are not."""
    good = sum(character in GOOD_SIGNS for character in text) + len(_GOOD_FACE.findall(text))
    bad = sum(character in BAD_SIGNS for character in text) + len(_BAD_FACE.findall(text))
    return good, bad


def rating_told(folded: str) -> float | None:
    """A rating in the text itself, from -1 to 1: "10/10", "una estrella", "3 stars"; None where there is none."""
    if out_of := _OUT_OF_TEN.search(folded):
        value, most = float(out_of[1].replace(",", ".")), float(out_of[2])
        return max(-1.0, min(1.0, 2 * value / most - 1)) if value <= most else None
    if stars := _STARS.search(folded):
        return (_STAR_WORDS[stars[1]] - 3) / 2 if _STAR_WORDS[stars[1]] else -1.0
    return None


def count_irony(folded: str) -> int:
    """How many turns of irony a sentence shows."""
    return sum(bool(pattern.search(folded)) for pattern in _IRONY)


def was_once_good(folded: str) -> bool:
    """Whether the good is past, promised or expected: "used to be", "esperaba más"."""
    return bool(_ONCE_GOOD.search(folded))


def only_good(folded: str) -> bool:
    """Whether one good thing is told against all the rest."""
    return bool(_ONLY_GOOD.search(folded))


def only_bad(folded: str) -> bool:
    """Whether one bad thing is told against all the rest."""
    return bool(_ONLY_BAD.search(folded))
