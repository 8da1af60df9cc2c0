"""The customers of Café Central who have a loyalty card. They are invented; any likeness is chance."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

from infra.local.sample_business.days import random_of

FIRST_CARD = date(2023, 9, 1)
DAYS_BETWEEN_CARDS = 3
FIRST_NAMES = """
    Lucía María Carmen Ana Laura Marta Paula Elena Sara Cristina Isabel Raquel Beatriz Nuria Silvia Pilar Rosa Irene
    Alicia Teresa Antonio Manuel José Francisco David Juan Javier Daniel Carlos Miguel Alejandro Rafael Pedro Ángel
    Pablo Sergio Fernando Jorge Luis Alberto Álvaro Diego Adrián Raúl Iván Rubén Óscar Andrés Hugo Marcos
""".split()
SURNAMES = """
    García Rodríguez González Fernández López Martínez Sánchez Pérez Gómez Martín Jiménez Ruiz Hernández Díaz Moreno
    Muñoz Álvarez Romero Alonso Gutiérrez Navarro Torres Domínguez Vázquez Ramos Gil Ramírez Serrano Blanco Molina
    Morales Suárez Ortega Delgado Castro Ortiz Rubio Marín Sanz Iglesias Núñez Medina Garrido Cortés Castillo Santos
""".split()


@dataclass(frozen=True)
class Customer:
    """joined and left: the first day of the card's use, and the day from which it is not used any more."""

    customer_id: str
    name: str
    joined: date
    left: date
    eagerness: float  # a weight: how often they come
    store: str


@cache
def customer(number: int) -> Customer:
    """The holder of the card with this number; cards are given out every few days."""
    random = random_of("customer", number)
    joined = FIRST_CARD + timedelta(days=number * DAYS_BETWEEN_CARDS)
    stays = random.randint(30, 240) if random.random() < 0.35 else random.randint(400, 1800)
    return Customer(
        customer_id=f"CL-{number + 1:04}",
        name=f"{random.choice(FIRST_NAMES)} {random.choice(SURNAMES)} {random.choice(SURNAMES)}",
        joined=joined,
        left=joined + timedelta(days=stays),
        eagerness=min(12.0, random.paretovariate(1.3)),
        store="Retiro" if random.random() < 0.35 else "Centro",
    )


def customers_on(day: date) -> list[Customer]:
    """Who may come on a day: those who have their card and still use it."""
    given_out = (day - FIRST_CARD).days // DAYS_BETWEEN_CARDS + 1
    return [person for person in map(customer, range(given_out)) if person.joined <= day < person.left]
