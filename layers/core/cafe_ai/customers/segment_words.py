"""The segments explained: what each means in this shop's own measures, how it stands, and what to do. The measures and figures
are facts; advice has none."""

# ruff: noqa: E501 -- a table of sentences

from __future__ import annotations

from collections.abc import Mapping

from cafe_ai.analytics.model import Fact
from cafe_ai.assistants.model import Statement
from cafe_ai.customers.facts import Figures
from cafe_ai.customers.model import CustomerBehaviour, Segment, SegmentFigures, Yardsticks
from cafe_ai.customers.segments import LOYAL_VISITS
from cafe_ai.language.formats import Language

Said = tuple[Fact, str | None]

MEANINGS: Mapping[Language, Mapping[Segment, str]] = {
    "es": {
        Segment.CHAMPIONS: "En el último año han hecho {often} o más y gastado {much_year} o más, y no han dejado pasar los {usual} en que suele volver la clientela de este negocio, ni su propio ritmo.",
        Segment.LOYAL: "En el último año han hecho {loyal} o más, y no han dejado pasar los {usual} en que suele volver la clientela de este negocio, ni su propio ritmo.",
        Segment.PROMISING: "Han vuelto y siguen dentro de los {usual} en que suele volver la clientela de este negocio, pero han venido pocas veces en el año.",
        Segment.NEW: "Han hecho su única compra dentro de los últimos {usual}, el plazo en que suele volver la clientela de este negocio: aún no se sabe si repetirán.",
        Segment.VALUABLE_AT_RISK: "Han gastado en total {much_ever} o más, y han dejado pasar los {usual} en que suele volver la clientela de este negocio, y también su propio ritmo; después de {long} rara vez vuelve alguien.",
        Segment.AT_RISK: "Repetían, y han dejado pasar los {usual} en que suele volver la clientela de este negocio, y también su propio ritmo; después de {long} rara vez vuelve alguien.",
        Segment.ONE_TIME: "Hicieron una sola compra y han dejado pasar los {usual} en que suele volver la clientela de este negocio; después de {long} rara vez vuelve alguien.",
        Segment.LOST: "Han dejado pasar los {long} después de los que rara vez vuelve alguien a este negocio.",
    },
    "en": {
        Segment.CHAMPIONS: "In the last year they made {often} or more and spent {much_year} or more, and they have not let pass the {usual} within which customers of this shop usually return, nor their own rhythm.",
        Segment.LOYAL: "In the last year they made {loyal} or more, and they have not let pass the {usual} within which customers of this shop usually return, nor their own rhythm.",
        Segment.PROMISING: "They came back and are still within the {usual} in which customers of this shop usually return, but came seldom in the year.",
        Segment.NEW: "They made their only purchase within the last {usual}, the time in which customers of this shop usually return: whether they will is not known yet.",
        Segment.VALUABLE_AT_RISK: "They have spent {much_ever} or more in all, and let pass the {usual} within which customers of this shop usually return, and their own rhythm too; after {long} customers seldom return.",
        Segment.AT_RISK: "They used to return, and let pass the {usual} within which customers of this shop usually do, and their own rhythm too; after {long} customers seldom return.",
        Segment.ONE_TIME: "They bought only one time and let pass the {usual} within which customers of this shop usually return; after {long} customers seldom return.",
        Segment.LOST: "They have let pass the {long} after which customers seldom return to this shop.",
    },
}

STANDING: Mapping[Language, Mapping[str, str]] = {
    "es": {
        "plain": "El grupo tiene {customers}; hace {days} tenía {before}.",
        "money": "El grupo tiene {customers}; hace {days} tenía {before}. En el último año gastaron {net}, el {share} de lo que gastan los clientes identificados.",
        "ticket": "El grupo tiene {customers}; hace {days} tenía {before}. En el último año gastaron {net}, el {share} de lo que gastan los clientes identificados, con un ticket medio de {ticket}.",
        "expected": "En los próximos {days} se espera que compren {buyers} de ellos, con {visits}.",
    },
    "en": {
        "plain": "The group has {customers} now; {days} ago it had {before}.",
        "money": "The group has {customers} now; {days} ago it had {before}. In the last year they spent {net}, {share} of what known customers spend.",
        "ticket": "The group has {customers} now; {days} ago it had {before}. In the last year they spent {net}, {share} of what known customers spend, {ticket} a ticket on average.",
        "expected": "In the next {days} {buyers} of them are expected to buy, with {visits}.",
    },
}

ADVICE: Mapping[Language, Mapping[Segment, str]] = {
    "es": {
        Segment.CHAMPIONS: "Conózcalos por su nombre, enséñeles antes que a nadie lo nuevo y pídales una reseña o que traigan a alguien. No necesitan descuentos: los pagaría por ventas que ya tiene.",
        Segment.LOYAL: "Propóngales lo que acompaña a lo que ya compran y premie que sigan viniendo, con una tarjeta de cliente más que con rebajas sueltas.",
        Segment.PROMISING: "Les falta costumbre: deles un motivo concreto para la próxima visita, antes de que se les pase el plazo en que suelen volver.",
        Segment.NEW: "Lo que decide es que vuelvan: agradezca la compra, pregunte qué tal fue y ofrezca algo que solo valga en la próxima visita y caduque pronto.",
        Segment.VALUABLE_AT_RISK: "Empiece por aquí: un mensaje personal que pregunte qué ha pasado vale más que un cupón. Mire si algo de lo que compraban falta, ha subido de precio o ha cambiado.",
        Segment.AT_RISK: "Recuérdeles lo que solían llevarse y ponga una fecha límite a la oferta. Si tampoco así vuelven, no insista: el esfuerzo rinde más con los anteriores.",
        Segment.ONE_TIME: "Con un mensaje basta, y barato: pocos vuelven. Averigüe mejor por qué no repiten los nuevos: qué compraron, qué día y qué esperaban encontrar.",
        Segment.LOST: "No gaste en ellos más que en conseguir clientes nuevos. Inclúyalos en algún aviso general, como una apertura o la campaña de Navidad, y deje de escribir a quien no responda.",
    },
    "en": {
        Segment.CHAMPIONS: "Know them by name, show them what is new before anybody else and ask them for a review or to bring somebody along. They need no discounts: you would pay for sales you already have.",
        Segment.LOYAL: "Suggest what goes with what they already buy, and reward that they keep coming, with a loyalty card rather than with odd markdowns.",
        Segment.PROMISING: "They lack the habit: give them a definite reason for the next visit before the time in which they usually return is over.",
        Segment.NEW: "What matters is that they return: thank them, ask how it was and offer something that holds only for the next visit and expires soon.",
        Segment.VALUABLE_AT_RISK: "Start here: a personal message that asks what happened is worth more than a coupon. See whether something they used to buy is missing, dearer or different.",
        Segment.AT_RISK: "Remind them of what they used to take and give the offer a closing date. If they still stay away, do not insist: the effort pays better with the valuable ones.",
        Segment.ONE_TIME: "A message is enough, and a cheap one: few return. Rather find out why new customers do not: what they bought, on which day, and what they hoped to find.",
        Segment.LOST: "Spend no more on them than on finding new customers. Include them in some general notice, such as an opening or the Christmas campaign, and stop writing to those who do not answer.",
    },
}


def explain_segments(about: CustomerBehaviour, make: Figures) -> dict[Segment, list[Statement]]:
    """For each segment that has customers: `segment_meaning`, `segment_figures`, `segment_expected` where known, `segment_advice`."""
    if about.yardsticks is None:
        return {}
    explained = {}
    for each in about.segments:
        if each.customers:
            statements = [_meaning(each.segment, about, make, about.yardsticks), _standing(each, about, make)]
            statements += _expected(each, about, make)
            statements.append(Statement("segment_advice", ADVICE[make.language][each.segment]))
            explained[each.segment] = statements
    return explained


def _meaning(segment: Segment, about: CustomerBehaviour, make: Figures, by: Yardsticks) -> Statement:
    template = MEANINGS[make.language][segment]
    facts: dict[str, Said] = {
        "usual": (make.days("usual_days", by.usual_days), "days"),
        "long": (make.days("long_days", by.long_days), "days"),
        "often": (make.count("frequent_visits", by.frequent_visits), "visits"),
        "loyal": (make.count("loyal_visits", LOYAL_VISITS), "visits"),
    }
    if about.priced:
        facts["much_year"] = (make.money("valuable_net_sales", by.valuable_year), None)
        facts["much_ever"] = (make.money("valuable_net_sales_all_time", by.valuable_ever), None)
    elif segment is Segment.CHAMPIONS:  # without amounts nobody has spent more than another
        template = MEANINGS[make.language][Segment.LOYAL].replace("{loyal}", "{often}")
    elif segment is Segment.VALUABLE_AT_RISK:
        template = MEANINGS[make.language][Segment.AT_RISK]
    return _say("segment_meaning", template, facts, make)


def _standing(of: SegmentFigures, about: CustomerBehaviour, make: Figures) -> Statement:
    facts: dict[str, Said] = {
        "customers": (make.count("customers", of.customers, segment=of.segment), "customers"),
        "days": (make.days("period_days", about.step.days), "days"),
        "before": (make.count("customers", of.customers_before, before="true", segment=of.segment), None),
    }
    kind = "plain"
    if about.priced and of.share_percent is not None:
        kind = "money"
        facts["net"] = (make.money("net_sales", of.net_year, segment=of.segment), None)
        facts["share"] = (make.percent("net_sales_share", of.share_percent, segment=of.segment), None)
        if of.average_ticket is not None:
            kind = "ticket"
            facts["ticket"] = (make.money("average_ticket", of.average_ticket, segment=of.segment), None)
    return _say("segment_figures", STANDING[make.language][kind], facts, make)


def _expected(of: SegmentFigures, about: CustomerBehaviour, make: Figures) -> list[Statement]:
    if of.expected is None or about.lifetime is None:
        return []
    facts: dict[str, Said] = {
        "days": (make.days("horizon_days", about.lifetime.horizon_days), "days"),
        "buyers": (make.count("expected_customers", round(of.expected.buyers), segment=of.segment), None),
        "visits": (make.count("expected_visits", round(of.expected.purchases), segment=of.segment), "visits"),
    }
    return [_say("segment_expected", STANDING[make.language]["expected"], facts, make)]


def _say(kind: str, template: str, facts: Mapping[str, Said], make: Figures) -> Statement:
    used = {place: said for place, said in facts.items() if f"{{{place}}}" in template}
    text = template.format(**{place: make.say(fact, noun) for place, (fact, noun) in used.items()})
    return Statement(kind, text, tuple(fact for fact, _ in used.values()))
