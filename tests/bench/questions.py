"""What the benchmark asks of each shop: every kind of question, in both languages, and one that is declined.

The first six are plain totals, which is what is asked most.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Asked:
    """A question, and the one before in its conversation if it follows up."""

    text: str
    follows: str | None = None


PLAIN = 6

ABOUT_THE_GIFT_SHOP = (
    Asked("¿Cuánto facturamos en marzo de 2010?"),
    Asked("¿y en abril?", follows="¿Cuánto facturamos en marzo de 2010?"),
    Asked("What was our revenue last week?"),
    Asked("ventas de anteayer"),
    Asked("¿Cuántos pedidos hubo en el segundo trimestre?"),
    Asked("What is the average ticket this quarter?"),
    Asked("Compare the sales of May with those of April"),
    Asked("Top 10 products by units in August 2010"),
    Asked("¿Cuáles fueron los tres productos menos vendidos en julio?"),
    Asked("Net sales by month this year"),
    Asked("¿Cuáles fueron las ventas por día de la semana en 2010?"),
    Asked("What are our busiest hours in September?"),
    Asked("¿Cuántos clientes nuevos hubo en noviembre?"),
    Asked("Who were our five best customers this year?"),
    Asked("¿Cuánto se devolvió en enero?"),
    Asked("How many REGENCY CAKESTAND 3 TIER did we sell in June?"),
    Asked("¿Qué productos cayeron más en noviembre respecto a octubre?"),
    Asked("What share of November's sales came from JUMBO BAG STRAWBERRY?"),
    Asked("¿Cuánto vendimos los jueves por la mañana en octubre?"),
    Asked("How many customers have not bought for 60 days?"),
    Asked("¿Cuántos productos distintos vendimos en febrero?"),
    Asked("¿Cuánto pagamos de luz en noviembre?"),
)

ABOUT_THE_CAFE = (
    Asked("¿Cuánto facturamos en marzo?"),
    Asked("¿y en abril?", follows="¿Cuánto facturamos en marzo?"),
    Asked("What was our revenue last week?"),
    Asked("ventas de anteayer"),
    Asked("¿Cuántos pedidos hubo en el segundo trimestre?"),
    Asked("What is the average ticket this quarter?"),
    Asked("Compare the sales of May with those of April"),
    Asked("Top 10 products by units in August"),
    Asked("¿Cuáles fueron los tres productos menos vendidos en julio?"),
    Asked("Net sales by month this year"),
    Asked("¿Cuáles fueron las ventas por día de la semana este año?"),
    Asked("What are our busiest hours in September?"),
    Asked("¿Cuántos clientes nuevos hubo en octubre?"),
    Asked("Who were our five best customers this year?"),
    Asked("¿Cuánto se devolvió en enero?"),
    Asked("How many croissants did we sell in June?"),
    Asked("¿Qué productos cayeron más en octubre respecto a septiembre?"),
    Asked("What share of October's sales came from Retiro?"),
    Asked("¿Cuánto vendimos los jueves por la mañana en octubre?"),
    Asked("How many customers have not bought for 60 days?"),
    Asked("¿Cuál fue el margen en febrero?"),
    Asked("¿Cuánto pagamos de luz en octubre?"),
)

BEYOND_THE_RULES = (
    "¿Qué tal se nos dio la cosa el mes que acaba de irse?",
    "Did the place do well over the month that just ended?",
    "Cuéntame cómo anduvo el negocio el mes anterior a este",
)
"""Understood by no rule: a language model plans these. The scripted server plans last month's net sales for each."""
