"""The words for metrics in a text, and which metrics each may mean."""

# ruff: noqa: E501 -- tables of words

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import cast

from cafe_ai.analytics.metrics import METRICS
from cafe_ai.analytics.model import Metric, Unit
from cafe_ai.assistants.checker.model import Figure, MetricMention
from cafe_ai.assistants.checker.reading import Phrases, Reading
from cafe_ai.language.vocabulary import METRIC_WORDS

# Words by which a question may mean a metric, but which in an answer stand for many things.
_WEAK = frozenset((
    "euros", "dinero", "money", "made", "make", "caja", "cost", "left", "vale", "valen", "queda", "quedan", "available", "disponible", "disponibles", "importe",
    "importes", "cantidad", "order", "sale", "return", "gross", "bruto", "brutas", "inactive", "remaining", "factura", "cost of a", "how much is", "how much are", "how much does",
    "cuesta", "cuestan", "more than once", "checks", "venta",
)) - {"order", "sale", "venta", "return"}  # fmt: skip
_SOLD = frozenset(
    (
        "vendimos",
        "vendido",
        "vendio",
        "vendieron",
        "vende",
        "venden",
        "vendemos",
        "sold",
        "sell",
        "sells",
        "selling",
        "comprado",
        "compro",
        "bought",
    )
)

_MORE: dict[Metric, str] = {
    Metric.NET_SALES: "vendiste|vendisteis|vendida|vendidas|vendidos|facturaste|ingresaste|net revenue|revenue|ventas|ventas totales|facturados|facturadas|total sales|ventas netas totales|generando|gastos del cliente|cifra de ventas|ingresos netos|facturacion neta|net takings|neto|vendais|vendian",
    Metric.GROSS_SALES: "ventas brutas totales|ventas en bruto|brutos|total bruto|facturacion bruta total",
    Metric.RETURNS: "importe devuelto|importe de devoluciones|importe de las devoluciones|devuelven|devoluciones totales|total refunds|devueltos|devueltas|returned goods|value of returns",
    Metric.RETURN_RATE: "tasa de devolucion|porcentaje devuelto|tasa de devoluciones|returns rate|proporcion de devoluciones|indice de devoluciones",
    Metric.DISCOUNTS: "descuentos aplicados|en descuentos|rebaja|discounts given|descuento total|discounting",
    Metric.ORDERS: "no orders|ningun pedido|numero de pedidos|number of orders|pedidos totales|total orders|order count|orders placed|pedidos recibidos|cantidad de pedidos|volumen de pedidos|order volume|numero de tickets|numero de transacciones|number of transactions",
    Metric.UNITS: "unidades vendidas|units sold|unidad vendida|items sold|articulos|numero de unidades|number of units|volumen de unidades|unit sales|pieces sold|unidades netas|articulo",
    Metric.AVERAGE_TICKET: "por ticket medio|por pedido medio|por ticket promedio|ticket medio por pedido|average ticket size|average order size|valor medio por ticket|valor medio|ticket promedio|importe medio por ticket|gasto medio por ticket|valor del pedido medio|average value per order",
    Metric.AVERAGE_PRICE: "precio medio de venta por unidad|average price per unit|precio unitario medio|precio medio unitario|precio medio por articulo",
    Metric.UNITS_PER_ORDER: "units each|unidades cada uno|items each|unit each|units in each order|unidades en cada pedido|articulos de media por pedido|unidades de media por pedido|unidades medias por pedido|average units per order|average items per order|unidades por pedido de media|units an order|unidades por cada pedido|unidades vendidas por pedido|units sold per order|media de unidades por pedido|average number of units per order|unidades de promedio por pedido",
    Metric.DAILY_AVERAGE: "daily average of sales|daily average of net sales|average of sales per day|average of daily sales|daily average of revenue|media diaria de ventas netas|promedio diario de ventas netas|daily average in sales|ventas diarias|daily sales|daily revenue|media diaria de ventas|promedio diario de ventas|average daily net sales|ventas netas diarias|media de ventas netas por dia|ventas medias por dia|daily net sales|average sales a day|daily takings",
    Metric.DAILY_ORDERS: "pedidos cada dia|orders each day|tickets por dia|orders daily|pedidos de media al dia|pedidos medios al dia|pedidos al dia de media|average orders a day|pedidos de media por dia|pedidos medios por dia|daily average of orders|orders on average per day|daily number of orders|tickets diarios de media|daily order average|pedidos diarios de media",
    Metric.DAILY_UNITS: "unidades cada dia|units each day|unidades de media al dia|unidades medias al dia|unidades vendidas al dia|units sold a day|unidades medias por dia|unidades de media por dia|average units a day|unidades medias diarias|daily average of units|daily unit average|unidades diarias de media|units daily",
    Metric.MARGIN: "margen total|gross margins|gross profits|beneficio bruto total|margen obtenido|net profit|beneficio neto|loss|losses|perdidas",
    Metric.MARGIN_RATE: "porcentaje de margen|margen relativo|margen porcentual|rate of margin|margin as a percentage|margen bruto sobre ventas|margen medio|margin on sales|margen sobre las ventas|margen sobre la venta|margin rate",
    Metric.PRODUCTS_SOLD: "no products were sold|no products have been sold|no products sold|no se vendio ningun producto|ningun producto|no products|no product|productos vendidos|products sold|products were sold|productos distintos vendidos|different products sold|productos vendidos distintos|distinct products sold|referencias diferentes|articulos distintos vendidos|productos diferentes vendidos|distinct items sold|unique products sold|productos con ventas|products with sales|productos con alguna venta",
    Metric.UNSOLD_PRODUCTS: "ninguna venta|no tuvieron ninguna venta|no sale|ningun producto|no products|no product|went unsold|ninguno sin ventas|none went unsold|quedaron sin vender|had no sales|no tuvieron salida|se quedaron sin vender|productos sin ventas|productos sin vender|products without sales|products with no sales|unsold products|productos no vendidos|no se vendieron|sin una sola venta|sin venta|did not sell|no registraron ventas|products that did not sell|no registraron ninguna venta|sin salida|productos sin salida|productos que no se vendieron|products unsold",
    Metric.CUSTOMERS: "no customers bought|no customers have bought|no ha comprado ningun cliente|ningun cliente ha comprado|no compro ningun cliente|ningun cliente compro|no customers|ningun cliente|no customer|clientes diferentes|clientes han comprado|compradores distintos|clientes compraron|people bought|personas|people|distinct buyers|clientes atendidos|clientes identificados|identified customers|known customers|clientes conocidos",
    Metric.NEW_CUSTOMERS: "cliente nuevo|nuevo cliente|new customer|new client|no new customers|ningun cliente nuevo|nuevos|new|clientes nuevos captados|nuevas altas|nuevos compradores|customers were new|eran nuevos|clientes de primera vez|compradores nuevos|customers bought for the first time|clientes eran nuevos|clientes estrenados|compraron por primera vez|new ones",
    Metric.RETURNING_CUSTOMERS: "cliente recurrente|returning customer|cliente que repitio|cliente habitual|no returning customers|ningun cliente recurrente|recurrentes|returning|repitieron|volvieron|clientes volvieron|regresaron|clientes fieles|eran recurrentes|customers were returning|ya habian comprado|ya habian comprado antes|had bought before|came back|had ordered before|clientes ya conocidos|clientes que ya compraban|clientes eran recurrentes|clientes que ya habian comprado antes|ya habian pedido",
    Metric.REPEAT_RATE: "tasa de clientes que repiten|clientes que repiten|clientes repite|repitio|repite|repiten|repeat|repeated|share of repeat customers|customers bought more than once|customers who bought more than once|clientes que repitieron|clientes que compraron mas de una vez|clientes repitio|clientes compraron mas de una vez|clientes compro mas de una vez|clientes hizo dos o mas pedidos|clientes con dos o mas pedidos|customers with two or more orders|customers placed two or more orders|placed at least two orders|hizo dos o mas pedidos|hicieron dos o mas pedidos|ha repetido|han repetido|compro mas de una vez|compraron mas de una vez|repitieron|hizo mas de un pedido|con mas de un pedido|more than one order|mas de un pedido|at least two orders|al menos dos pedidos|hizo al menos dos pedidos|two orders or more|dos pedidos o mas",
    Metric.INACTIVE_CUSTOMERS: "cliente inactivo|inactive customer|no customers|ningun cliente|inactivos|inactive customers|clientes llevan|llevan mas|customers have not bought|no han hecho ningun pedido|sin realizar pedidos|sin hacer pedidos|sin hacer ningun pedido|without placing an order|no han pedido|inactive|customers inactive|clientes sin actividad|lapsed|dormidos|have placed no order|sin ningun pedido|no compra|sin compras|no han realizado ninguna compra|placed no orders|without any purchase|without any order|no han realizado ningun pedido|no purchases|sin actividad",
    Metric.CATALOGUE_SIZE: "no products|ningun producto|no hay productos|productos en catalogo|products in your catalogue|productos en tu catalogo|catalogo|catalogue|catalog|carta|menu|productos en la carta|products listed|referencias en el catalogo|productos en tu carta|products on your menu",
    Metric.PRICE: "pvp|precio de catalogo|precio de lista|list price|catalogue price|se vende a|priced at|cuesta|cuestan|costs|cost|precio en carta|precio de carta|sells for|sell for|vale|valen|menu price|tarifa|precio actual|current price|se venden a",
    Metric.STOCK: "unidades en existencias|units in stock|unidades disponibles|units left|units on hand|units available|unidades en almacen|quedan|queda|left|on hand|disponibles|available|remaining|existencias actuales|current stock|unidades de stock|restan|unit left|unit in stock|unidad en stock|units of stock|stock actual",
    Metric.OUT_OF_STOCK: "ningun producto|no products|no product|productos agotados|products out of stock|productos sin stock|products are out of stock|productos sin existencias|no stock left|sin stock|sin existencias|agotados|agotado|sold-out|productos estan agotados|out-of-stock|products have run out|products have no stock left|productos se han agotado",
}  # fmt: skip


_PER = {
    "day": "per day on average|a day on average|on average per day|on average a day|on average each day|de media al dia|de promedio al dia|por dia de media|al dia de media|por dia en promedio|al dia en promedio|de media cada dia|de media por dia|de promedio por dia|por dia de promedio|on average every day|al dia|diarios|diarias|diario|diaria|por dia|cada dia|per day|a day|each day|every day|daily",
    "order": "por pedido|por ticket|por compra|per order|per ticket|per transaction|an order|each order|cada pedido|cada ticket|cada compra|por transaccion|por venta|per sale|per purchase|a ticket",
    "unit": "por unidad|per unit|each unit|cada unidad|a unit|por articulo|per item|each item",
    "label": "who bought products|who bought|who have bought|who purchased|that bought|que compraron productos|que compraron|que compro|que han comprado productos|que han comprado|que compran|who buy|quienes compraron|con compras|with purchases|con compras de|with orders|con pedidos|por dia de la semana|dia de la semana|dias de la semana|day of the week|days of the week|by weekday|by day of the week|por hora del dia|hora del dia|hour of the day|time of day|momento del dia|cada dia de la semana|each day of the week",
    "?": "each|apiece|cada uno|cada una|por cliente|per customer|each customer|a customer|cada cliente|por hora|per hour|an hour|por semana|per week|a week|por mes|per month|a month|mensual|mensuales|monthly|semanal|semanales|weekly|al mes|a la semana|cada mes|each month|every month|cada semana|each week|every week|anual|anuales|yearly|annual|al ano|a year|per year|por persona|per person|por tienda|per store|por producto|per product|cada producto|each product|por empleado|per employee|cada hora|each hour|every hour|a la hora|hourly",
}


def _phrases() -> Iterator[tuple[str, frozenset[str]]]:
    meanings: dict[str, set[Metric]] = {}
    for metric, words in METRIC_WORDS.items():
        for phrase in [phrase for language in ("es", "en") for phrase in words[language]]:
            if phrase not in _WEAK and phrase not in _PER["day"].split("|"):
                meanings.setdefault(phrase, set()).add(metric)
    for metric, more in _MORE.items():
        for phrase in more.split("|"):
            meanings.setdefault(phrase.strip(), set()).add(metric)
    for phrase, metrics in meanings.items():
        if phrase in _SOLD or phrase in ("vendiste", "vendisteis", "vendida", "vendidas", "vendidos"):
            metrics |= {Metric.NET_SALES, Metric.UNITS, Metric.GROSS_SALES, Metric.PRODUCTS_SOLD}
        if phrase in ("no sales", "sin ventas"):
            metrics |= {Metric.NET_SALES, Metric.GROSS_SALES}
        if Metric.MARGIN in metrics and "neto" not in phrase and "net " not in phrase and "loss" not in phrase:
            metrics.add(Metric.MARGIN_RATE)
        if Metric.RETURNS in metrics:
            metrics.add(Metric.RETURN_RATE)
        yield phrase, frozenset(metrics)


RATES: dict[str, dict[str, Metric]] = {
    "day": {
        Metric.NET_SALES: Metric.DAILY_AVERAGE,
        Metric.ORDERS: Metric.DAILY_ORDERS,
        Metric.UNITS: Metric.DAILY_UNITS,
    },
    "order": {Metric.NET_SALES: Metric.AVERAGE_TICKET, Metric.UNITS: Metric.UNITS_PER_ORDER},
    "unit": {
        Metric.NET_SALES: Metric.AVERAGE_PRICE,
        Metric.PRICE: Metric.PRICE,
        Metric.AVERAGE_PRICE: Metric.AVERAGE_PRICE,
    },
}
"""What a metric becomes when it is told per day, per order or per unit."""
_PHRASES = Phrases(
    [(phrase, (metrics, "")) for phrase, metrics in _phrases()]
    + [(phrase, (frozenset(), unit)) for unit, words in _PER.items() for phrase in words.split("|")]
)


def find_metrics(reading: Reading) -> None:
    """Claims the words for metrics, the longest phrase first at each place."""

    def make(first: int, last: int, meaning: object) -> MetricMention | None:
        metrics, per = cast("tuple[frozenset[str], str]", meaning)
        sequence = reading.text_at(first) == "order" and reading.text_at(first - 1) in (
            "the",
            "in",
            "this",
            "that",
            "same",
        )
        return None if sequence else MetricMention(first, last, metrics, per)

    _PHRASES.scan(reading, make)


def metric_base(name: str) -> tuple[Metric, str]:
    """A fact's metric and its suffix ("change", "difference", "share", "coverage" or "")."""
    base = max((metric for metric in Metric if name == metric or name.startswith(f"{metric}_")), key=len)
    return base, name[len(base) + 1 :]


def unit_of(metric: str) -> Unit:
    """The unit of a metric's own figures."""
    return METRICS[Metric(metric)].unit


def mark_wholes(reading: Reading) -> None:
    """Marks the metrics that a percentage is told of: the sales in "31 % of sales"."""
    for mention in reading.found(MetricMention):
        place = mention.first - 1
        while reading.word(place) in (
            "las",
            "los",
            "la",
            "el",
            "the",
            "tus",
            "your",
            "sus",
            "its",
            "all",
            "todas",
            "todos",
        ):
            place -= 1
        owner = reading.owner(place - 1) if place > 0 else None
        percentage = isinstance(owner, Figure) and owner.kind in ("percent", "fraction")
        rate = any(unit_of(metric) == "percent" for metric in mention.metrics)
        if percentage and not rate and reading.word(place) in ("de", "del", "of") and mention.metrics:
            reading.replace(mention, replace(mention, whole=True))
