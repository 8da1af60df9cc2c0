"""What cannot be told, in Spanish: gaps in the records, and questions that have no plan."""

from __future__ import annotations

from collections.abc import Mapping

from cafe_ai.analytics.model import Gap

GAPS: Mapping[Gap, str] = {
    "no_records": "no puedo responder todavía: la tienda no tiene ninguna venta registrada",
    "before_records": "no hay datos {of_period}: {records}",
    "after_records": "no hay datos {of_period}: {records}",
    "no_sales": "{when} no hubo ventas{scope}",
    "no_prices": "no puedo calcular {what}{scope}: los pedidos no llevan precios registrados",
    "no_costs": "no puedo calcular {what}{scope}: no hay costes registrados de esos productos",
    "no_customers": "no puedo decir nada de los clientes: los pedidos no llevan registrado quién compró",
    "no_stock": "no sé qué existencias quedan{scope}: no hay stock registrado",
    "no_catalogue_price": "no sé el precio{scope}: no hay precios registrados en el catálogo",
    "no_baseline": "no hay datos {of_comparison} con los que comparar{why_no_comparison}",
    "no_stores": "no puedo distinguir tiendas: los pedidos no llevan registrada la tienda",
    "no_categories": "no puedo distinguir categorías: los productos no tienen categoría registrada",
    "no_payment_methods": "no puedo distinguir formas de pago: los pedidos no las llevan registradas",
    "short_history": "no puedo decir qué días se salen de lo normal: hay muy pocos días registrados para saberlo",
}

DECLINES: Mapping[str, str] = {
    "unknown_subject": "No tengo datos sobre {subject}.",
    "not_recorded": "No tengo datos sobre {subject}: solo conozco las ventas, los clientes y el catálogo de la tienda.",
    "not_understood": "No he entendido la pregunta lo bastante bien como para darte una cifra fiable.",
    "future": "No puedo saber lo que todavía no ha pasado: solo respondo con lo que ya está registrado.",
    "ambiguous_name": "No sé a cuál te refieres con {subject}: ¿{choices}?",
}

SUBJECTLESS: Mapping[str, str] = {
    "unknown_subject": "No tengo datos sobre eso.",
    "not_recorded": "No tengo datos sobre eso: solo conozco las ventas, los clientes y el catálogo de la tienda.",
    "ambiguous_name": "No sé a cuál te refieres: ¿{choices}?",
}

NOT_IN_DOCUMENTS = "Tampoco he encontrado nada sobre eso en los documentos de la tienda."
INVITATION = "Puedes preguntarme, por ejemplo: {examples}."
EXAMPLES = (
    "«¿Cuánto vendimos el mes pasado?»",
    "«¿Cuáles fueron los productos más vendidos esta semana?»",
    "«¿Cuántos clientes nuevos tuvimos este año?»",
)
