"""The words for metrics, months and weekdays in Spanish and English, folded (see `text.fold`).

Both the planner, which reads questions, and the checker, which reads answers, use these, so that a figure is asked for and
told in the same words.
"""

from __future__ import annotations

from collections.abc import Mapping

from cafe_ai.analytics.model import Metric

MONTHS: Mapping[str, tuple[str, ...]] = {
    "es": (
        "enero", "febrero", "marzo", "abril", "mayo", "junio",
        "julio", "agosto", "septiembre", "octubre", "noviembre", "diciembre",
    ),
    "en": (
        "january", "february", "march", "april", "may", "june",
        "july", "august", "september", "october", "november", "december",
    ),
}  # fmt: skip

MONTH_NUMBERS: Mapping[str, int] = {
    **{name: number for names in MONTHS.values() for number, name in enumerate(names, 1)},
    "setiembre": 9,
    **{short: number for number, short in enumerate(("ene", "feb", "mar", "abr", "may", "jun", "jul", "ago", "sep", "oct", "nov", "dic"), 1)},
    **{short: number for number, short in enumerate(("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sept", "oct", "nov", "dec"), 1)},
}  # fmt: skip

WEEKDAYS: Mapping[str, tuple[str, ...]] = {
    "es": ("lunes", "martes", "miercoles", "jueves", "viernes", "sabado", "domingo"),
    "en": ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"),
}

WEEKDAY_NUMBERS: Mapping[str, int] = {
    **{name: number for names in WEEKDAYS.values() for number, name in enumerate(names)},
    "sabados": 5, "domingos": 6,
    **{f"{name}s": number for number, name in enumerate(WEEKDAYS["en"])},
    **{name: number for number, name in enumerate(("mon", "tue", "wed", "thu", "fri", "sat", "sun"))},
}  # fmt: skip

NUMBER_WORDS: Mapping[str, int] = {
    "un": 1, "uno": 1, "una": 1, "dos": 2, "tres": 3, "cuatro": 4, "cinco": 5, "seis": 6, "siete": 7, "ocho": 8,
    "nueve": 9, "diez": 10, "once": 11, "doce": 12, "quince": 15, "veinte": 20, "treinta": 30, "cincuenta": 50, "cien": 100,
    "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10,
    "eleven": 11, "twelve": 12, "fifteen": 15, "twenty": 20, "thirty": 30, "fifty": 50, "hundred": 100,
}  # fmt: skip

ORDINALS: Mapping[str, int] = {
    "primer": 1, "primero": 1, "primera": 1, "segundo": 2, "segunda": 2, "tercer": 3, "tercero": 3, "tercera": 3, "cuarto": 4, "cuarta": 4,
    "first": 1, "second": 2, "third": 3, "fourth": 4, "1st": 1, "2nd": 2, "3rd": 3, "4th": 4, "1er": 1, "1o": 1, "2o": 2, "3er": 3, "3o": 3, "4o": 4,
    "1a": 1, "2a": 2, "3a": 3, "4a": 4, "ultimo": -1, "ultima": -1, "last": -1,
}  # fmt: skip

# The nouns and verbs by which each metric is named in questions and answers.
METRIC_WORDS: Mapping[Metric, Mapping[str, tuple[str, ...]]] = {
    Metric.NET_SALES: {
        "es": (
            "ventas", "venta", "ventas netas", "facturacion", "ingresos", "ingreso", "facturado", "facturamos", "factura",
            "facturo", "facturan", "facturaron", "facturar", "vendimos", "vendido", "vendio", "vendieron", "vende", "venden", "vendemos",
            "vender", "recaudado", "recaudacion", "recaudamos", "recaudo", "ingresamos", "ingresado", "caja", "importe", "dinero", "ganado en ventas",
            "volumen de ventas", "cifra de negocio", "cifra de ventas", "importe vendido", "compro", "comprado", "gasto", "gastado", "gastaron", "euros",
        ),
        "en": (
            "sales", "sale", "net sales", "revenue", "revenues", "turnover", "takings", "sold", "sell", "sells", "selling", "income",
            "earned", "took in", "take in", "bring in", "brought in", "made", "make", "money", "spent", "spend", "bought", "proceeds", "rev", "turn over", "turned over",
        ),
    },
    Metric.GROSS_SALES: {
        "es": ("ventas brutas", "venta bruta", "facturacion bruta", "ingresos brutos", "bruto", "brutas", "antes de devoluciones", "sin descontar devoluciones"),
        "en": ("gross sales", "gross revenue", "gross turnover", "gross", "before returns"),
    },
    Metric.RETURNS: {
        "es": ("devoluciones", "devolucion", "devolvio", "devolvieron", "devolvimos", "devuelto", "devuelta", "devuelven", "devolver", "reembolsos", "reembolso", "reembolsado", "reembolsamos", "reembolsaron"),
        "en": ("returns", "return", "returned", "refunds", "refund", "refunded"),
    },
    Metric.RETURN_RATE: {
        "es": ("tasa de devolucion", "tasa de devoluciones", "porcentaje de devoluciones", "porcentaje de devolucion", "ratio de devolucion"),
        "en": ("return rate", "refund rate", "rate of returns", "percentage of returns", "percentage returned"),
    },
    Metric.DISCOUNTS: {
        "es": ("descuentos", "descuento", "descontado", "descontamos", "rebajas", "rebajado"),
        "en": ("discounts", "discount", "discounted", "markdowns"),
    },
    Metric.ORDERS: {
        "es": ("pedidos", "pedido", "tickets", "ordenes", "transacciones", "transaccion", "numero de ventas", "compras", "tiques", "comandas", "facturas", "tickets de venta"),
        "en": ("orders", "order", "transactions", "transaction", "tickets", "receipts", "invoices", "number of sales", "purchases", "checks"),
    },
    Metric.UNITS: {
        "es": ("unidades", "unidad", "piezas", "articulos vendidos", "cantidad", "cantidades", "uds", "ud"),
        "en": ("units", "unit", "pieces", "items sold", "quantity", "quantities", "pcs"),
    },
    Metric.AVERAGE_TICKET: {
        "es": (
            "ticket medio", "ticket promedio", "tique medio", "importe medio", "gasto medio", "compra media", "valor medio del pedido", "valor medio de pedido",
            "valor medio por pedido", "pedido medio", "media por pedido", "media por ticket", "promedio por pedido", "promedio por ticket", "venta media por pedido",
            "gasto medio por pedido", "gasto promedio", "cesta media", "consumo medio", "importe medio por pedido", "valor promedio del pedido", "tiquet medio", "compra promedio",
            "valor medio de los pedidos", "importe medio de los pedidos", "importe medio del pedido", "venta media por ticket",
        ),
        "en": (
            "average ticket", "average order value", "average order", "aov", "average basket", "average basket value", "average spend", "average check",
            "average transaction", "average transaction value", "average sale", "mean order value", "average receipt", "average spend per order", "sales per order", "revenue per order",
            "average value of an order", "average purchase", "avg order value", "avg ticket", "average invoice",
        ),
    },
    Metric.AVERAGE_PRICE: {
        "es": ("precio medio", "precio promedio", "precio medio de venta", "precio medio por unidad", "venta por unidad"),
        "en": ("average price", "average selling price", "mean price", "average unit price", "price per unit"),
    },
    Metric.UNITS_PER_ORDER: {
        "es": ("unidades por pedido", "unidades por ticket", "articulos por pedido", "articulos por ticket", "productos por pedido", "productos por ticket", "unidades por compra", "articulos por compra"),
        "en": ("units per order", "items per order", "items per ticket", "units per ticket", "basket size", "items per basket", "units per transaction", "items per transaction", "products per order"),
    },
    Metric.DAILY_AVERAGE: {
        "es": (
            "media diaria", "promedio diario", "venta media diaria", "ventas medias diarias", "ventas diarias medias", "venta diaria media", "venta diaria promedio", "media por dia",
            "promedio por dia", "de media al dia", "de promedio al dia", "al dia de media", "por dia de media", "por dia en promedio", "al dia en promedio", "media de ventas diarias", "media de ventas por dia",
            "promedio de ventas diarias", "promedio de ventas por dia", "ventas por dia de media", "facturacion media diaria", "de media cada dia", "de media por dia", "de promedio por dia", "media al dia",
        ),
        "en": (
            "daily average", "average per day", "average daily sales", "daily average sales", "average sales per day", "average daily revenue", "per day on average", "a day on average",
            "on average per day", "on average each day", "average day", "mean daily sales", "average daily takings", "daily sales average", "on average a day", "average revenue per day",
        ),
    },
    Metric.DAILY_ORDERS: {
        "es": ("pedidos diarios", "pedidos al dia", "tickets diarios", "tickets al dia", "media diaria de pedidos", "promedio diario de pedidos", "pedidos medios diarios", "media de pedidos por dia", "media de pedidos al dia", "promedio de pedidos por dia", "media de pedidos diarios", "media de tickets por dia", "media diaria de tickets"),
        "en": ("daily orders", "orders a day", "average orders per day", "average daily orders", "average number of orders per day", "tickets a day", "average transactions per day", "average tickets per day"),
    },
    Metric.DAILY_UNITS: {
        "es": ("unidades diarias", "unidades al dia", "media diaria de unidades", "promedio diario de unidades", "media de unidades por dia", "promedio de unidades por dia", "media de unidades al dia"),
        "en": ("daily units", "units a day", "average units per day", "average daily units", "average number of units per day"),
    },
    Metric.MARGIN: {
        "es": ("margen", "margenes", "beneficio bruto", "margen bruto", "ganancia bruta", "margen de beneficio", "ganancia", "ganancias", "beneficio", "beneficios", "rentabilidad", "rentable", "rentables", "ganamos", "ganado"),
        "en": ("margin", "margins", "gross margin", "gross profit", "profit", "profits", "profitability", "profitable", "earnings"),
    },
    Metric.MARGIN_RATE: {
        "es": ("porcentaje de margen", "margen porcentual", "tasa de margen", "margen en porcentaje", "margen en %", "% de margen", "margen sobre ventas"),
        "en": ("margin rate", "margin percentage", "profit margin", "percentage margin", "margin percent", "percent margin", "gross margin percentage"),
    },
    Metric.PRODUCTS_SOLD: {
        "es": ("productos distintos", "productos diferentes", "referencias vendidas", "referencias distintas", "articulos distintos", "articulos diferentes", "productos distintos vendidos", "variedad de productos"),
        "en": ("different products", "distinct products", "unique products", "different items", "distinct items", "unique items"),
    },
    Metric.UNSOLD_PRODUCTS: {
        "es": ("no se vendieron", "no se vendio", "no se ha vendido", "no se han vendido", "no vendimos", "no hemos vendido", "sin ventas", "sin vender", "sin venderse", "productos parados", "no vendidos", "no tuvieron ventas", "no tuvo ventas", "sin ninguna venta", "no tuvieron ninguna venta", "no hemos vendido nada", "no se vende", "no se venden", "dejaron de venderse", "no se estan vendiendo"),
        "en": ("didn't sell", "did not sell", "not sold", "haven't sold", "have not sold", "unsold", "no sales", "without sales", "never sold", "dead stock", "weren't sold", "were not sold", "stopped selling", "stop selling", "didn't we sell", "without a sale", "had no sales", "not sell"),
    },
    Metric.CUSTOMERS: {
        "es": ("clientes", "cliente", "clientes distintos", "clientes diferentes", "clientes unicos", "compradores", "gente", "gente distinta", "personas distintas", "clientela", "clientes activos", "personas compraron"),
        "en": ("customers", "customer", "distinct customers", "different customers", "unique customers", "clients", "people", "different people", "buyers", "shoppers", "active customers", "client"),
    },
    Metric.NEW_CUSTOMERS: {
        "es": ("clientes nuevos", "nuevos clientes", "clientes por primera vez", "por primera vez", "compraron por primera vez", "compro por primera vez", "primera compra", "clientes captados", "captamos", "clientes captamos", "hemos captado", "clientes que compraron por primera vez"),
        "en": ("new customers", "new clients", "first-time customers", "first time customers", "first-time buyers", "first time buyers", "for the first time", "bought for the first time", "first purchase", "customers acquired", "new buyers"),
    },
    Metric.RETURNING_CUSTOMERS: {
        "es": ("clientes recurrentes", "recurrentes", "clientes que volvieron", "clientes que repitieron", "clientes habituales", "clientes que regresaron", "clientes antiguos", "clientes que ya habian comprado", "volvieron a comprar", "ya habian comprado", "ya habian comprado antes", "habian comprado antes"),
        "en": ("returning customers", "returning", "returning clients", "existing customers", "customers who came back", "customers that came back", "customers who returned", "customers that returned", "customers came back", "customers returned", "returning buyers", "came back", "had bought before", "bought before"),
    },
    Metric.REPEAT_RATE: {
        "es": ("tasa de repeticion", "tasa de recompra", "porcentaje de clientes que repiten", "porcentaje de clientes que repitieron", "porcentaje de repeticion", "compraron mas de una vez", "ha comprado mas de una vez", "han comprado mas de una vez", "repitieron compra", "repiten compra", "compra mas de una vez", "compran mas de una vez", "dos o mas veces", "al menos dos veces", "clientes repetidores", "tasa de fidelidad", "repitio", "repitieron", "repiten", "segunda compra"),
        "en": ("repeat rate", "repeat purchase rate", "repurchase rate", "bought more than once", "ordered more than once", "purchased more than once", "more than once", "at least twice", "two or more orders", "repeat customers", "repeat buyers", "bought again", "second order", "second purchase", "customer retention"),
    },
    Metric.INACTIVE_CUSTOMERS: {
        "es": ("sin comprar", "clientes inactivos", "no han comprado", "no compran", "no ha comprado", "no compraron", "clientes perdidos", "sin hacer un pedido", "sin pedir", "clientes dormidos", "no nos compran", "no han vuelto", "sin volver", "no vienen", "que no vienen", "no han venido", "no viene"),
        "en": ("inactive customers", "inactive clients", "haven't bought", "have not bought", "haven't ordered", "have not ordered", "not bought", "without buying", "without ordering", "lapsed customers", "lost customers", "haven't purchased", "have not purchased", "without a purchase", "without an order", "no purchase", "inactive", "dormant customers", "not ordered", "hasn't bought", "not purchased", "gone quiet", "not come back", "not been back", "stopped buying"),
    },
    Metric.CATALOGUE_SIZE: {
        "es": ("productos en el catalogo", "productos hay en el catalogo", "productos en la carta", "productos tenemos", "productos hay", "tamano del catalogo", "articulos en el catalogo", "productos en el menu", "referencias tenemos", "productos ofrecemos", "productos en carta"),
        "en": ("products in the catalogue", "products in the catalog", "products on the menu", "items on the menu", "products do we have", "items do we have", "products do we offer", "catalogue size", "products are there", "items in the catalogue", "items in the catalog"),
    },
    Metric.PRICE: {
        "es": ("precio", "precios", "cuesta", "cuestan", "vale", "valen", "precio de venta", "tarifa", "a cuanto esta", "a cuanto vendemos"),
        "en": ("price", "prices", "cost of a", "how much is", "how much are", "how much does", "priced", "list price", "cost"),
    },
    Metric.STOCK: {
        "es": ("stock", "existencias", "inventario", "queda", "quedan", "en almacen", "disponible", "disponibles", "unidades en stock", "nos queda", "nos quedan"),
        "en": ("stock", "in stock", "inventory", "left", "on hand", "available", "remaining", "stock level"),
    },
    Metric.OUT_OF_STOCK: {
        "es": ("agotados", "agotado", "agotada", "agotadas", "sin existencias", "sin stock", "fuera de stock", "rotura de stock", "roturas de stock", "se han acabado", "se acabaron"),
        "en": ("out of stock", "sold out", "stockouts", "stock-outs", "run out", "ran out", "no stock"),
    },
}  # fmt: skip
