"""Fact sheets of a shop whose answers the examples tell."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from cafe_ai.analytics.model import Dimension, Filters, Metric, Ranking
from tests.support.fact_factories import (
    AS_OF,
    NOVEMBER,
    OCTOBER,
    TODAY,
    YEAR_SO_FAR,
    compared,
    fact,
    month,
    period,
    sheet,
)

D = Decimal
NOVEMBER_AGAINST_OCTOBER = sheet(
    compared(Metric.NET_SALES, D("1422654.64"), D("1084094.22"), NOVEMBER, OCTOBER), comparison=OCTOBER
)
ORDERS_AND_TICKET = sheet(
    compared(Metric.ORDERS, D("1425"), D("1602"), NOVEMBER, OCTOBER)
    + compared(Metric.AVERAGE_TICKET, D("17.89"), D("16.10"), NOVEMBER, OCTOBER),
    metrics=(Metric.ORDERS, Metric.AVERAGE_TICKET),
    comparison=OCTOBER,
)
PRODUCTS = [
    "REGENCY CAKESTAND 3 TIER",
    "WHITE HANGING HEART T-LIGHT HOLDER",
    "PACK OF 72 RETROSPOT CAKE CASES",
    "Café con leche",
    "Croissant",
]
SALES = ["31250.40", "28100.05", "15020.90", "9870.10", "4555.00"]
TOP_PRODUCTS = sheet(
    [fact(Metric.NET_SALES, v, dimensions={"product": p}) for p, v in zip(PRODUCTS, SALES, strict=True)]
    + [fact("net_sales_share", "2.2", role="context", dimensions={"product": PRODUCTS[0]})],
    breakdowns=(Dimension.PRODUCT,),
    ranking=Ranking("top", 5),
)
MONTHS = sheet(
    [
        fact(Metric.NET_SALES, v, dimensions={"month": m}, when=month(2010, int(m[-2:])))
        for m, v in zip(
            ["2010-07", "2010-08", "2010-09", "2010-10", "2010-11"],
            ["650712.54", "697274.91", "853650.43", "1084094.22", "1422654.64"],
            strict=True,
        )
    ]
    + [fact(Metric.NET_SALES, "4708386.74", role="total", when=period("2010-07-01", "2010-12-01"))],
    when=period("2010-07-01", "2010-12-01"),
    breakdowns=(Dimension.MONTH,),
)
BEST_DAY = sheet(
    [fact(Metric.NET_SALES, "88745.12", dimensions={"day": "2010-11-09"}, when=period("2010-11-09", "2010-11-10"))],
    breakdowns=(Dimension.DAY,),
    ranking=Ranking("top", 1),
)
WEEKDAYS_RANKED = sheet(
    [
        fact(Metric.NET_SALES, v, dimensions={"weekday": d})
        for d, v in zip(
            ["thursday", "tuesday", "monday", "wednesday", "friday", "sunday"],
            ["301250.10", "289000.00", "250111.20", "240500.75", "210400.30", "131392.29"],
            strict=True,
        )
    ],
    breakdowns=(Dimension.WEEKDAY,),
    ranking=Ranking("top", 7),
)
BEST_HOUR = sheet(
    [fact(Metric.NET_SALES, "201250.10", dimensions={"hour": "12:00"})],
    breakdowns=(Dimension.HOUR,),
    ranking=Ranking("top", 1),
)
ONE_PRODUCT = sheet(
    [fact(Metric.UNITS, "3457", filters={"products": [PRODUCTS[1]]})],
    metrics=(Metric.UNITS,),
    filters=Filters(products=(PRODUCTS[1],)),
)
REPEAT_RATE = sheet(
    [fact(Metric.REPEAT_RATE, "64.3", when=period("2009-12-01", "2010-12-01"))],
    metrics=(Metric.REPEAT_RATE,),
    when=period("2009-12-01", "2010-12-01"),
)
WITH_CONTEXT = sheet(
    [
        fact(Metric.NET_SALES, "1422654.64"),
        *(
            replace(f, role="context")
            for f in compared(Metric.NET_SALES, D("1422654.64"), D("1084094.22"), NOVEMBER, OCTOBER)[1:]
        ),
    ]
)
SEVERAL = sheet(
    [
        fact(Metric.NET_SALES, "1422654.64"),
        fact(Metric.ORDERS, "2747"),
        fact(Metric.UNITS, "701234"),
        fact(Metric.CUSTOMERS, "1425"),
    ],
    metrics=(Metric.NET_SALES, Metric.ORDERS, Metric.UNITS, Metric.CUSTOMERS),
)
DOUBLED = sheet(compared(Metric.NET_SALES, D("2000.00"), D("1000.00"), NOVEMBER, OCTOBER), comparison=OCTOBER)
HALF = sheet(
    [
        fact("net_sales_share", "50.0", role="share", filters={"categories": ["Bebidas"]}),
        fact(Metric.NET_SALES, "500.00", filters={"categories": ["Bebidas"]}),
        fact(Metric.NET_SALES, "1000.00", role="total"),
    ],
    filters=Filters(categories=("Bebidas",)),
    share=True,
)
TOP_CUSTOMERS = sheet(
    [
        fact(Metric.NET_SALES, "45210.55", dimensions={"customer": "18102"}),
        fact(Metric.NET_SALES, "30110.20", dimensions={"customer": "14646"}),
    ],
    breakdowns=(Dimension.CUSTOMER,),
    ranking=Ranking("top", 2),
)
NEW_CUSTOMERS = sheet(
    compared(Metric.NEW_CUSTOMERS, D("324"), D("379"), NOVEMBER, OCTOBER),
    metrics=(Metric.NEW_CUSTOMERS,),
    comparison=OCTOBER,
)
RETURNS = sheet(
    [fact(Metric.RETURNS, "54321.10"), fact(Metric.RETURN_RATE, "3.7")], metrics=(Metric.RETURNS, Metric.RETURN_RATE)
)
INACTIVE = sheet(
    [fact(Metric.INACTIVE_CUSTOMERS, "1390", when=period("2009-12-01", "2010-12-02", until=AS_OF))],
    metrics=(Metric.INACTIVE_CUSTOMERS,),
    when=period("2009-12-01", "2010-12-02", until=AS_OF),
    inactive_days=90,
)
UNSOLD = sheet(
    [fact(Metric.UNSOLD_PRODUCTS, "203", compared_with=OCTOBER)]
    + [fact(Metric.UNITS, 0, dimensions={"product": p}) for p in PRODUCTS[:3]],
    metrics=(Metric.UNSOLD_PRODUCTS,),
    comparison=OCTOBER,
)
MARGIN = sheet(
    [fact(Metric.MARGIN, "8123.40"), fact("margin_coverage", "87.5", role="coverage")], metrics=(Metric.MARGIN,)
)
LAST_WEEK = sheet(
    compared(
        Metric.NET_SALES,
        D("350123.10"),
        D("401222.00"),
        period("2010-11-22", "2010-11-29"),
        period("2010-11-15", "2010-11-22"),
    ),
    when=period("2010-11-22", "2010-11-29"),
    comparison=period("2010-11-15", "2010-11-22"),
)
YEAR_TO_DATE = sheet([fact(Metric.NET_SALES, "8123456.78", when=YEAR_SO_FAR)], when=YEAR_SO_FAR)
YEAR_ON_YEAR = sheet(
    compared(Metric.NET_SALES, D("1422654.64"), D("1300000.00"), NOVEMBER, month(2009, 11)), comparison=month(2009, 11)
)
STORES = sheet(
    [
        fact(Metric.NET_SALES, v, dimensions={"store": s})
        for s, v in (("Centro", "12000.50"), ("Gran Vía 32", "9000.25"), ("Store 2", "4000.10"))
    ]
    + [
        fact("net_sales_share", v, dimensions={"store": s}, role="share")
        for s, v in (("Centro", "48.0"), ("Gran Vía 32", "36.0"), ("Store 2", "16.0"))
    ],
    breakdowns=(Dimension.STORE,),
    ranking=Ranking("top", 5),
    share=True,
)
PRICE = sheet(
    [fact(Metric.PRICE, "1.85", when=TODAY, dimensions={"product": "Croissant"})],
    metrics=(Metric.PRICE,),
    when=TODAY,
    filters=Filters(products=("Croissant",)),
    breakdowns=(Dimension.PRODUCT,),
)
MORNINGS = sheet([fact(Metric.NET_SALES, "5230.40", filters={"hours": [8, 12]})], filters=Filters(hours=(8, 12)))
RISERS = sheet(
    [
        one
        for product, value, before in (
            (PRODUCTS[0], "31250.40", "12000.00"),
            (PRODUCTS[4], "4555.00", "2000.00"),
            (PRODUCTS[3], "9870.10", "9000.00"),
        )
        for one in compared(Metric.NET_SALES, D(value), D(before), NOVEMBER, OCTOBER, dimensions={"product": product})
    ],
    comparison=OCTOBER,
    breakdowns=(Dimension.PRODUCT,),
    ranking=Ranking("top", 3, "change"),
)
NOTHING_RECORDED = sheet([], when=month(2008, 11), gaps=("before_records",))
FEBRUARY_AGAINST_JANUARY = sheet(
    compared(Metric.NET_SALES, D("84510.20"), D("101222.75"), month(2010, 2), month(2010, 1)),
    when=month(2010, 2),
    comparison=month(2010, 1),
)
CATEGORIES = sheet(
    [
        fact(Metric.UNITS, v, dimensions={"category": c})
        for c, v in (("Bebidas", "4210"), ("Bollería", "3120"), ("Infusiones", "987"))
    ],
    metrics=(Metric.UNITS,),
    breakdowns=(Dimension.CATEGORY,),
    ranking=Ranking("top", 5),
)
SLOWEST_PRODUCTS = sheet(
    [
        fact(Metric.NET_SALES, v, dimensions={"product": c})
        for c, v in (("7-Up", "12.50"), ("Croissant", "48.00"), ("Café con leche", "96.30"))
    ],
    breakdowns=(Dimension.PRODUCT,),
    ranking=Ranking("bottom", 3),
)
DAILY_AVERAGE = sheet([fact(Metric.DAILY_AVERAGE, "47421.82")], metrics=(Metric.DAILY_AVERAGE,))
UNITS_PER_ORDER = sheet([fact(Metric.UNITS_PER_ORDER, "2.35")], metrics=(Metric.UNITS_PER_ORDER,))
REPEAT_RATE_COMPARED = sheet(
    compared(Metric.REPEAT_RATE, D("42.5"), D("38.1"), NOVEMBER, OCTOBER),
    metrics=(Metric.REPEAT_RATE,),
    comparison=OCTOBER,
)
FROM_GROSS_TO_NET = sheet(
    [
        fact(Metric.GROSS_SALES, "1500000.00"),
        fact(Metric.RETURNS, "54321.10"),
        fact(Metric.DISCOUNTS, "23024.26"),
        fact(Metric.NET_SALES, "1422654.64"),
    ],
    metrics=(Metric.GROSS_SALES, Metric.RETURNS, Metric.DISCOUNTS, Metric.NET_SALES),
)
