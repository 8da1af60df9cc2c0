"""Many businesses with catalogues alike, and documents of their own: what searches are measured and attacked on.

Every text of a business holds its `mark`, a word that no other business has: a hit that shows another's mark is a leak.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from uuid import UUID

import psycopg

from cafe_ai.bootstrap import Runtime
from cafe_ai.catalogue import documents
from cafe_ai.catalogue.model import NewDocument
from cafe_ai.platform.clock import Deadline
from cafe_ai.platform.ids import uuid7
from tests.support.factories import Factory
from tests.support.postgres import TestDatabase

DISHES = "Tarta Bizcocho Tostada Bocadillo Ensalada Batido Café Té Galleta Croissant Empanada Crema Helado Zumo Magdalena Napolitana Quiche Sopa Wrap Brownie".split()
FLAVOURS = "chocolate|limón|queso|zanahoria|tomate y aceite|jamón ibérico|atún|frutos rojos|vainilla|canela|manzana|espinacas|almendra|naranja|aguacate|calabaza|plátano|coco|pistacho|miel".split(
    "|"
)
WAYS = "casera|de la abuela|ligera|recién hecha|para llevar|para compartir|de temporada|especial de la casa|tradicional|artesana".split(
    "|"
)
SUBJECTS = "Horario|Reservas|Alérgenos|Proveedores|Terraza|Pagos|Devoluciones|Mascotas|Aparcamiento|Eventos".split("|")
SENTENCES = (
    "Abrimos de {a} a {b} h y los domingos cerramos.",
    "Se reserva por teléfono con {a} días de antelación.",
    "El proveedor de leche reparte los martes a las {a}.",
    "En la terraza caben {b} personas y se admiten perros.",
    "Aceptamos tarjeta a partir de {a} euros.",
    "La receta lleva {a} huevos y {b} gramos de azúcar.",
    "Los grupos de más de {b} personas tienen un descuento.",
)
QUERIES = (
    "algo dulce con chocolate", "tarta de queso", "¿a qué hora abrís?", "a light salad with tuna", "bocadillo de jamón",
    "¿se admiten perros en la terraza?", "cold drink with fruit", "something for breakfast", "reservar para un grupo",
    "sopa caliente", "cafe con canela", "zumo de naranja natural", "do you take cards?", "galletas de limon",
    "helado de pistacho", "quién nos trae la leche", "carrot cake", "batido de plátano", "croissant de almendra", "descuentos",
)  # fmt: skip


@dataclass(frozen=True)
class ManyShops:
    """The businesses' ids, and each one's mark."""

    marks: dict[UUID, str]

    @property
    def ids(self) -> Sequence[UUID]:
        return list(self.marks)


def open_many_shops(database: TestDatabase, runtime: Runtime, *, shops: int, products: int, notes: int) -> ManyShops:
    """So many businesses, each with so many products and documents; nothing is indexed yet."""
    rng = random.Random(5)
    factory = Factory.connected(database)
    marks = {factory.insert_business(f"Café {number}"): f"marca{number:04d}x" for number in range(shops)}
    for business, mark in marks.items():
        factory.act_for(business)
        rows = [(uuid7(), business, f"P{number}", *_product(rng, mark)) for number in range(products)]
        with factory.connection.cursor() as cursor:
            cursor.executemany(
                """INSERT INTO products (id, business_id, external_id, name, category, description, price)
                   VALUES (%s, %s, %s, %s, %s, %s, %s)""",
                rows,
            )
        documents.put_many(runtime, business, list(_notes(rng, mark, notes)), Deadline.after(60))
    factory.connection.close()
    with psycopg.connect(database.superuser, autocommit=True) as superuser:
        superuser.execute("VACUUM (ANALYZE) products, documents, index_outbox")
    return ManyShops(marks)


def _product(rng: random.Random, mark: str) -> tuple[str, str, str, float]:
    dish, flavour, way = rng.choice(DISHES), rng.choice(FLAVOURS), rng.choice(WAYS)
    name = f"{dish} de {flavour} {way}"
    return name, dish, f"{dish} {way}, con {flavour} y {rng.choice(FLAVOURS)} ({mark})", round(rng.uniform(1, 20), 2)


def _notes(rng: random.Random, mark: str, number: int) -> Iterator[NewDocument]:
    for at in range(number):
        subject = rng.choice(SUBJECTS)
        told = " ".join(
            sentence.format(a=rng.randint(2, 9), b=rng.randint(10, 60)) for sentence in rng.sample(SENTENCES, 3)
        )
        yield NewDocument(f"nota-{at}", f"{told} ({mark})", subject, {"mark": mark, "number": at})
