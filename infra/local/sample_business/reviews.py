"""The reviews of Café Central: put together from phrases, about two a week."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from random import Random

from infra.local.sample_business.days import random_of
from infra.local.sample_business.menu import Product, menu

COLUMNS = ("review_id", "date", "rating", "product", "product_id", "text")

REVIEWS_A_DAY = 0.28
RATINGS, RATING_WEIGHTS = (5, 4, 3, 2, 1), (0.46, 0.28, 0.13, 0.08, 0.05)

OPENINGS = {
    5: ("Me encanta este sitio.", "De mis cafés favoritos de Madrid.", "¡Un acierto!", "Volveré seguro.",
        "Qué maravilla de lugar.", "Sitio de diez.", "Vengo casi todas las semanas y nunca falla."),
    4: ("Muy buena experiencia.", "Buen sitio para desayunar.", "Bastante recomendable.", "Nos gustó mucho.",
        "Un café de barrio como los de antes.", "Sitio agradable y tranquilo."),
    3: ("Está bien, sin más.", "Correcto.", "Ni frío ni caliente.", "Cumple, pero esperaba algo más.", "Normalito."),
    2: ("Un poco decepcionado.", "No ha sido nuestro mejor día.", "Ha bajado el nivel.", "Esperaba bastante más."),
    1: ("Muy mala experiencia.", "No vuelvo.", "Una pena, porque antes estaba bien.", "Mal, la verdad."),
}  # fmt: skip
# {the} is the article, {o} the ending that agrees with it.
ABOUT_PRODUCT = {
    5: ("Lo mejor, {the} {name}: recién hech{o} y con muchísimo sabor.", "Pedimos {the} {name} y estaba espectacular.",
        "Si vais, pedid {the} {name}, no os arrepentiréis.", "No he probado nada tan rico como {the} {name}."),
    4: ("Pedí {the} {name} y estaba muy ric{o}.", "Recomiendo {the} {name}.", "Muy buen{o} {the} {name}.",
        "Me sorprendió {the} {name}, muy buen{o}."),
    3: ("Probé {the} {name} y estaba correct{o}.", "Sobre {the} {name}: normal, no destaca.",
        "Pedí {the} {name}; bien, aunque la ración es algo pequeña."),
    2: ("Pedí {the} {name} y tardó muchísimo en llegar.", "Ya no es como antes {the} {name}, tenía más sabor.",
        "Me pareció car{o} {the} {name} para lo que es."),
    1: ("Pedí {the} {name} y tuve que devolverl{o}.", "Un desastre {the} {name}: sin sabor y mal servid{o}.",
        "Me cobraron dos veces {the} {name}."),
}  # fmt: skip
FEMININE = {"infusión", "horchata", "limonada", "caña", "copa", "napolitana", "magdalena", "tarta", "palmera",
            "torrija", "porción", "tostada", "ensalada"}  # fmt: skip
SERVICE = {
    5: ("El personal, encantador.", "Atención rápida y siempre con una sonrisa.", "Se nota que cuidan los detalles.",
        "La terraza del Retiro es una delicia.", ""),
    4: ("El servicio es amable.", "A veces hay cola, pero va rápido.", "El local de Centro tiene mucho encanto.",
        "Buen wifi y buena música.", ""),
    3: ("El servicio podría ser más ágil.", "Los fines de semana hay demasiado ruido.",
        "Los precios han subido un poco.", ""),
    2: ("Tardaron más de veinte minutos en atendernos.", "La mesa estaba sin limpiar.",
        "Demasiada gente y poco personal."),
    1: ("Nadie nos pidió disculpas.", "El camarero fue muy seco.", "Media hora esperando la cuenta."),
}  # fmt: skip
CLOSINGS = ("Fuimos {whom}.", "Estuvimos {whom}.", "", "", "")
WHOM = ("en familia", "con amigos", "en pareja", "antes de trabajar", "después de pasear por el parque", "un domingo")


def reviews_on(day: date) -> list[tuple[object, ...]]:
    """The reviews written that day, as rows of the reviews CSV."""
    random = random_of("reviews", day)
    if random.random() >= REVIEWS_A_DAY:
        return []
    rating = random.choices(RATINGS, RATING_WEIGHTS)[0]
    on_menu = [product for product in menu() if product.appeal_on(day) > 0]
    product = random.choices(on_menu, [product.appeal_on(day) for product in on_menu])[0]
    about_product = random.random() < 0.8
    written_at = datetime.combine(day, time(9)) + timedelta(minutes=random.randrange(12 * 60))
    return [
        (
            f"R{day:%Y%m%d}",
            written_at.isoformat(),
            rating,
            product.name if about_product else "",
            product.product_id if about_product else "",
            _write(random, rating, product if about_product else None),
        )
    ]


def _write(random: Random, rating: int, product: Product | None) -> str:
    sentences = [random.choice(OPENINGS[rating])]
    if product:
        name = product.name[0].lower() + product.name[1:]
        the, o = ("la", "a") if name.split()[0] in FEMININE else ("el", "o")
        sentences.append(random.choice(ABOUT_PRODUCT[rating]).format(the=the, o=o, name=name))
    sentences.append(random.choice(SERVICE[rating]))
    sentences.append(random.choice(CLOSINGS).format(whom=random.choice(WHOM)))
    return " ".join(sentence for sentence in sentences if sentence)
