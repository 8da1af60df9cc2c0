"""Whole sales reports of invented shops, every figure of which agrees with the others, for the tests of rendering."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Literal
from uuid import UUID
from zoneinfo import ZoneInfo

from cafe_ai.analytics.model import Period, Unit
from cafe_ai.customers.model import SegmentLine
from cafe_ai.language.formats import round_half_up
from cafe_ai.reports.model import (
    ForecastDay,
    Promotion,
    SalesForecast,
    SalesReport,
    StockLine,
)
from cafe_ai.sales_analysis.model import (
    Analysis,
    Anomaly,
    Contribution,
    DayPoint,
    Driver,
    Drivers,
    Figure,
    Finding,
    Row,
    Slot,
)

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
JOB = UUID("0190a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b")
HOSTILE_NAMES = (
    "<script>alert('hola')</script>",
    '"><img src=x onerror=alert(1)>',
    '=HYPERLINK("http://evil.example","clic")',
    "Tarta de queso & frutos rojos “de la casa” " + "con un nombre larguísimo " * 7,
    "C" * 200,
    "🍰☕ Combo merienda 👨‍👩‍👧",
    "قهوة عربية بالهيل",
    "珍珠奶茶",
    "Caf\u202eé\x07 invertido",
    "@SUM(A1:A9)",
)


def money(value: float | Decimal | str, places: int = 2) -> Decimal:
    """The amount rounded to a currency's places."""
    return round_half_up(Decimal(str(value)), places)


def period(start: date, end: date, timezone: str = "Europe/Madrid") -> Period:
    """The business days [start, end)."""
    zone = ZoneInfo(timezone)
    return Period(start, end, datetime.combine(start, time(), zone), datetime.combine(end, time(), zone), timezone)


def figure(
    metric: str, unit: Unit, value: Decimal | None, previous: Decimal | None = None, last_year: Decimal | None = None
) -> Figure:
    """A figure with the changes that follow from its values."""

    def change(then: Decimal | None) -> Decimal | None:
        if value is None or then is None or then <= 0:
            return None
        return round_half_up((value - then) / then * 100, 1)

    def difference(then: Decimal | None) -> Decimal | None:
        return None if value is None or then is None else value - then

    return Figure(
        metric, unit, value, previous, last_year,
        difference(previous), change(previous), difference(last_year), change(last_year),
    )  # fmt: skip


def row(name: str, net: Decimal, units: int, total: Decimal, previous: Decimal | None) -> Row:
    """A product's or category's row."""
    changed = None if previous is None or previous <= 0 else round_half_up((net - previous) / previous * 100, 1)
    share = round_half_up(net / total * 100, 1) if total else None
    return Row(name, net, Decimal(units), share, previous, None if previous is None else net - previous, changed)


def day_points(
    span: Period, mean: float, *, seed: int = 4, places: int = 2, odd: Sequence[int] = ()
) -> tuple[DayPoint, ...]:
    """Days of a shop with a weekly rhythm; those at `odd` are far from what was expected of them."""
    chance = random.Random(seed)
    shape = (0.78, 0.82, 0.9, 0.97, 1.2, 1.38, 0.95)
    points = []
    for number in range(span.days):
        day = span.start + timedelta(days=number)
        season = 1 + 0.18 * ((day.timetuple().tm_yday - 180) / 180) ** 2
        expected = mean * shape[day.weekday()] * season
        factor = 1 + chance.uniform(-0.09, 0.09)
        if number in odd:
            factor = 1.48 if odd.index(number) % 2 == 0 else 0.45
        net = money(expected * factor, places)
        points.append(
            DayPoint(
                day, net, max(int(expected * factor / (mean / 95)), 1), Decimal(int(expected * factor / (mean / 210))),
                money(expected, places), money(expected * 0.84, places), money(expected * 1.16, places),
            )
        )  # fmt: skip
    return tuple(points)


def anomalies_of(points: Sequence[DayPoint]) -> tuple[Anomaly, ...]:
    """The days that lie outside what was expected."""
    return tuple(
        Anomaly(each.day, each.net_sales, each.expected, each.low, each.high, each.net_sales - each.expected)
        for each in points
        if each.expected is not None and each.low is not None and each.high is not None
        and not each.low <= each.net_sales <= each.high
    )  # fmt: skip


def slots(span: Period, total: Decimal, weights: dict[str, float], days: int | None = None) -> tuple[Slot, ...]:
    """Hours or weekdays that share the total by weight."""
    whole = sum(weights.values())
    return tuple(
        Slot(
            key, net := money(float(total) * weight / whole), int(net / 9) + 1, money(float(net) / (days or span.days))
        )
        for key, weight in weights.items()
    )


def cafe_report(**changes: object) -> SalesReport:
    """Café Central in Spanish, November 2026 in euros, with all there is."""
    now, before = period(date(2026, 11, 1), date(2026, 12, 1)), period(date(2026, 10, 1), date(2026, 11, 1))
    year_ago = period(date(2025, 11, 1), date(2025, 12, 1))
    days = day_points(now, 1290, odd=(13, 24))
    net = sum((each.net_sales for each in days), Decimal(0))
    orders, units = sum(each.orders for each in days), sum((each.units for each in days), Decimal(0))
    previous = money("36914.35")
    names = (
        ("Café con leche", 0.172, 1.061), ("Tostada con tomate", 0.118, 1.113), ("Croissant", 0.097, 1.24),
        ("Menú del día", 0.094, 0.951), ("Tarta de queso", 0.071, 1.388), ("Zumo de naranja natural", 0.064, 1.02),
        ("Bocadillo de jamón ibérico", 0.055, 0.972), ("Cappuccino", 0.048, 1.09),
    )  # fmt: skip
    best = tuple(
        row(name, sales := money(float(net) * share), int(sales / 3), net, money(float(sales) / grown))
        for name, share, grown in names
    )
    worst = (
        row("Infusión de rooibos", money("31.20"), 13, net, money("58.40")),
        row("Batido de fresa", money("44.00"), 11, net, money("61.50")),
        row("Magdalena sin gluten", money("52.50"), 21, net, None),
    )
    category_names = (
        ("Cafés", 0.342, 1.07),
        ("Bollería", 0.241, 1.19),
        ("Comidas", 0.218, 0.97),
        ("Bebidas frías", 0.121, 1.01),
    )
    categories = tuple(
        row(name, sales := money(float(net) * share), int(sales / 3), net, money(float(sales) / grown))
        for name, share, grown in category_names
    )
    change = net - previous
    amounts = {"price": money("1204.10"), "volume": money("2611.87"), "mix": money("-318.42"), "new_products": money("742.60"),
               "vanished_products": money("-405.15")}  # fmt: skip
    parts = (
        *(Driver(name, amount) for name, amount in amounts.items()),
        Driver("rest", change - sum(amounts.values())),
    )  # type: ignore[arg-type]
    analysis = Analysis(
        currency="EUR",
        locale="es",
        period=now,
        previous=before,
        last_year=year_ago,
        headline=(
            figure("net_sales", "money", net, previous, money("35120.80")),
            figure("orders", "count", Decimal(orders), Decimal(2688), Decimal(2601)),
            figure("units", "count", units, Decimal(5921), Decimal(5804)),
            figure("average_ticket", "money", money(net / orders), money("13.73"), money("13.50")),
            figure("returns", "money", money("412.30"), money("286.90"), money("301.15")),
            figure("margin", "money", money(float(net) * 0.642), money("23514.44"), money("22126.10")),
            figure("margin_rate", "percent", Decimal("64.2"), Decimal("63.7"), Decimal("63.0")),
        ),
        days=days,
        products_best=best,
        products_worst=worst,
        categories_best=categories,
        categories_worst=(row("Infusiones", money("212.40"), 90, net, money("260.10")),),
        hours=slots(now, net, {f"{hour:02d}:00": weight for hour, weight in zip(
            range(7, 21), (3, 9, 13, 14, 11, 6, 5, 8, 7, 4, 6, 7, 5, 2), strict=True)}),
        weekdays=slots(now, net, dict(zip(WEEKDAYS, (11, 12, 13, 14, 17, 20, 13), strict=True)), 4),
        customers=(
            figure("customers", "count", Decimal(1184), Decimal(1102), Decimal(1047)),
            figure("new_customers", "count", Decimal(318), Decimal(341), Decimal(290)),
            figure("returning_customers", "count", Decimal(866), Decimal(761), Decimal(757)),
            figure("repeat_rate", "percent", Decimal("73.1"), Decimal("69.1"), Decimal("72.3")),
        ),
        drivers=Drivers(
            change,
            parts,
            (
                Contribution("Tarta de queso", "volume", money("832.15")),
                Contribution("Croissant", "volume", money("781.04")),
                Contribution("Roscón de temporada", "new_products", money("742.60")),
                Contribution("Menú del día", "price", money("-201.96")),
                Contribution("Granizado de limón", "vanished_products", money("-405.15")),
            ),
        ),
        anomalies=anomalies_of(days),
        insights=(
            Finding("growth", "Las ventas netas subieron un 15,4 % frente a octubre, sobre todo porque se vendieron más"
                    " unidades.", money("2611.87")),
            Finding("product", "La tarta de queso creció un 38,8 % y ya es el quinto producto.", money("832.15")),
            Finding("anomaly", "El miércoles 25 de noviembre se vendió menos de la mitad de lo esperado.", money("618.20")),
            Finding("returns", "Las devoluciones subieron un 43,7 %, hasta 412,30 €.", money("125.40")),
        ),
        recommendations=(
            Finding("stock", "Haz más tarta de queso los viernes y sábados: se agotó tres veces.", money("390.00")),
            Finding("price", "Revisa el precio del menú del día: se vende igual y deja menos margen.", money("201.96")),
            Finding("returns", "Mira con el proveedor las devoluciones de bollería.", money("125.40")),
        ),
    )  # fmt: skip
    report = SalesReport(
        job_id=JOB,
        business_name="Café Central",
        business_type="cafeteria",
        locale="es",
        currency="EUR",
        timezone="Europe/Madrid",
        created_at=datetime(2026, 12, 1, 5, 15, tzinfo=UTC),
        summary="Noviembre fue el mejor mes del año. Las ventas netas subieron con fuerza frente a octubre y también frente a"
        " noviembre de 2025, y lo hicieron sobre todo porque se vendió más, no porque se vendiera más caro.\n"
        "La bollería tira del crecimiento. El punto débil son las devoluciones, que suben más que las ventas.",
        analysis=analysis,
        promotions=(
            Promotion("Tarta de queso", "Creció un 38,8 % y deja más margen que la media."),
            Promotion("Cappuccino", "Se compra a menudo junto con el croissant y aún se vende poco por la tarde."),
        ),
        segments=(
            SegmentLine("Los mejores clientes", 96, money(float(net) * 0.41), Decimal("41.0")),
            SegmentLine("Fieles", 228, money(float(net) * 0.29), Decimal("29.0")),
            SegmentLine("Nuevos", 318, money(float(net) * 0.14), Decimal("14.0")),
            SegmentLine("En riesgo de irse", 187, money(float(net) * 0.1), Decimal("10.0")),
            SegmentLine("Ocasionales", 355, money(float(net) * 0.06), Decimal("6.0")),
        ),
        stock=(
            StockLine("Café en grano (kg)", Decimal("8.5"), Decimal("2.43"), Decimal("3.5"), 5, Decimal(30)),
            StockLine("Tarta de queso", Decimal(6), Decimal("4.1"), Decimal("1.5"), 1, Decimal(12)),
            StockLine("Leche entera (l)", Decimal(120), Decimal("21.3"), Decimal("5.6"), 2, None),
            StockLine("Zumo de naranja natural", Decimal(340), Decimal("18"), Decimal("18.9"), 3, None),
            StockLine("Infusión de rooibos", Decimal(44), Decimal(0), None, 7, None),
        ),
        forecast=SalesForecast(
            "money",
            tuple(
                ForecastDay(each.day, each.expected or Decimal(0), each.low or Decimal(0), each.high or Decimal(0))
                for each in day_points(period(date(2026, 12, 1), date(2026, 12, 15)), 1340, seed=9)
            ),
            Decimal("11.4"),
        ),
    )
    return replace(report, **changes)  # type: ignore[arg-type]


def gift_shop_report() -> SalesReport:
    """A gift shop in English, the year 2010 in pounds: 365 days, small change in total, no stock and no forecast."""
    now, before = (period(date(year, 1, 1), date(year + 1, 1, 1), "Europe/London") for year in (2010, 2009))
    days = day_points(now, 24100, seed=7, odd=(60, 200, 330))
    days = tuple(
        replace(each, net_sales=Decimal(0), orders=0, units=Decimal(0)) if each.day.weekday() == 5 else each
        for each in days
    )
    net = sum((each.net_sales for each in days), Decimal(0))
    previous = net - money("181342.07")
    names = ("REGENCY CAKESTAND 3 TIER", "WHITE HANGING HEART T-LIGHT HOLDER", "PARTY BUNTING", "JUMBO BAG RED RETROSPOT",
             "ASSORTED COLOUR BIRD ORNAMENT", "PAPER CHAIN KIT 50'S CHRISTMAS", "CHILLI LIGHTS", "Manual")  # fmt: skip
    best = tuple(
        row(
            name,
            sales := money(165000 / (number + 1.7)),
            int(sales / 4),
            net,
            money(float(sales) * (0.8 + 0.07 * number)),
        )
        for number, name in enumerate(names)
    )
    drivers = Drivers(
        net - previous,
        (
            Driver("price", money("-92310.55")), Driver("volume", money("412904.18")), Driver("mix", money("-208771.90")),
            Driver("new_products", money("310455.02")), Driver("vanished_products", money("-240934.68")),
            Driver("rest", money("0.00")),
        ),
        (Contribution("REGENCY CAKESTAND 3 TIER", "volume", money("61204.10")),
         Contribution("Manual", "price", money("-40120.00"))),
    )  # fmt: skip
    base = cafe_report()
    analysis = replace(
        base.analysis,
        currency="GBP",
        locale="en",
        period=now,
        previous=before,
        last_year=None,
        headline=(
            figure("net_sales", "money", net, previous),
            figure("orders", "count", Decimal(20953), Decimal(19204)),
            figure("units", "count", Decimal(5421830), Decimal(5100411)),
            figure("average_ticket", "money", money(net / 20953), money(previous / 19204)),
            figure("returns", "money", money("318204.55"), money("402118.90")),
            figure("margin", "money", None),
            figure("margin_rate", "percent", None),
        ),
        days=days,
        products_best=best,
        products_worst=(
            row("DAMAGED", money("-812.40"), -3, net, money("12.00")),
            row("SILVER MUG", money("0.85"), 1, net, None),
        ),
        categories_best=(),
        categories_worst=(),
        hours=slots(now, net, {f"{hour:02d}:00": float(14 - abs(12 - hour)) for hour in range(7, 20)}),
        weekdays=slots(now, net, dict(zip(WEEKDAYS, (16, 18, 17, 21, 14, 0, 9), strict=True)), 52),
        customers=(
            figure("customers", "count", Decimal(4234), Decimal(3998)),
            figure("new_customers", "count", Decimal(1204), Decimal(3998)),
            figure("repeat_rate", "percent", Decimal("71.6"), None),
        ),
        drivers=drivers,
        anomalies=anomalies_of(days)[:6],
        insights=(Finding("growth", "Net sales rose 2.1% on 2009, carried by new products.", money("310455.02")),),
        recommendations=(Finding("returns", "Keep an eye on breakages: DAMAGED items cost £812.40.", money("812.40")),),
        gaps=("no_costs", "no_categories", "no_stock"),
    )
    return replace(
        base,
        business_name="The Gift House",
        business_type="gift shop",
        locale="en",
        currency="GBP",
        timezone="Europe/London",
        created_at=datetime(2011, 1, 1, 6, 0, tzinfo=UTC),
        summary="2010 was a steady year: sales grew a little, almost all of it from products that were new.",
        analysis=analysis,
        promotions=(),
        segments=(SegmentLine("Champions", 412, money("4100200.10"), Decimal("48.1")),
                  SegmentLine("At risk", 903, money("801233.00"), Decimal("9.4"))),
        stock=(),
        forecast=None,
        missing=("forecast",),
    )  # fmt: skip


def bare_report(locale: Literal["es", "en"] = "es") -> SalesReport:
    """A shop of which nothing is known yet."""
    base = cafe_report()
    empty = Analysis(
        currency="EUR", locale=locale, period=base.analysis.period, previous=None, last_year=None,
        headline=tuple(replace(each, value=None, previous=None, last_year=None, difference=None, change_percent=None,
                               last_year_difference=None, last_year_change_percent=None) for each in base.analysis.headline),
        days=(), products_best=(), products_worst=(), categories_best=(), categories_worst=(), hours=(), weekdays=(),
        customers=(), drivers=None, anomalies=(), insights=(), recommendations=(), gaps=("no_records",),
    )  # fmt: skip
    return replace(
        base, locale=locale, analysis=empty, summary="", promotions=(), segments=(), stock=(), forecast=None,
        missing=("customers", "stock", "forecast"),
    )  # fmt: skip


def hostile_report(locale: Literal["es", "en"] = "es") -> SalesReport:
    """Café Central with names that try everything."""
    base = cafe_report()
    total = base.analysis.headline[0].value or Decimal(1)
    rows = tuple(
        row(name, money(5200 / (number + 1)), 1200 - number * 50, total, money(4100 / (number + 1)))
        for number, name in enumerate(HOSTILE_NAMES)
    )
    assert base.analysis.drivers is not None
    contributions = tuple(
        Contribution(name, "mix", money(100 - 21 * number)) for number, name in enumerate(HOSTILE_NAMES)
    )
    analysis = replace(
        base.analysis,
        locale=locale,
        products_best=rows,
        products_worst=tuple(replace(each, name=each.name[::-1]) for each in rows[:3]),
        drivers=replace(base.analysis.drivers, contributions=contributions),
        insights=tuple(Finding("product", f"{name} creció.", money(10)) for name in HOSTILE_NAMES),
    )
    return replace(
        base,
        locale=locale,
        business_name="Bar <b>O'Higgins</b> & Hijos 🍺",
        analysis=analysis,
        promotions=tuple(Promotion(name, f"Porque {name} gusta.") for name in HOSTILE_NAMES),
        segments=tuple(SegmentLine(name, 3, money(100), Decimal(3)) for name in HOSTILE_NAMES),
        stock=tuple(
            StockLine(name, Decimal(4), Decimal(1), Decimal(number), 3, Decimal(9))
            for number, name in enumerate(HOSTILE_NAMES)
        ),
    )


def peso_report() -> SalesReport:
    """A bakery in Santiago, in Chilean pesos (no decimal places), one week."""
    base = cafe_report()
    now = period(date(2026, 11, 23), date(2026, 11, 30), "America/Santiago")
    before = period(date(2026, 11, 16), date(2026, 11, 23), "America/Santiago")
    days = day_points(now, 614_000, places=0, odd=(3,))
    net = sum((each.net_sales for each in days), Decimal(0))
    previous = net + 201_340
    rows = tuple(
        row(
            each.name,
            money(each.net_sales * 120, 0),
            int(each.units),
            net,
            money((each.previous or Decimal(0)) * 150, 0),
        )
        for each in base.analysis.products_best[:5]
    )
    analysis = replace(
        base.analysis,
        currency="CLP",
        period=now,
        previous=before,
        last_year=None,
        headline=(
            figure("net_sales", "money", net, previous),
            figure("orders", "count", Decimal(812), Decimal(840)),
            figure("units", "count", Decimal("1523.5"), Decimal(1610)),
            figure("average_ticket", "money", money(net / 812, 0), money(previous / 840, 0)),
            figure("returns", "money", Decimal(0), Decimal(12_000)),
            figure("margin", "money", None),
            figure("margin_rate", "percent", None),
        ),
        days=days,
        products_best=rows,
        products_worst=(),
        categories_best=(),
        categories_worst=(),
        customers=(),
        drivers=Drivers(
            Decimal(-201_340),
            (
                Driver("price", Decimal("-50000.4")), Driver("volume", Decimal("-150000.4")), Driver("mix", Decimal("-1339.2")),
                Driver("new_products", Decimal(0)), Driver("vanished_products", Decimal(0)), Driver("rest", Decimal(0)),
            ),
            (),
        ),
        anomalies=anomalies_of(days),
        hours=(),
        weekdays=(),
        gaps=("no_costs", "no_customers"),
    )  # fmt: skip
    return replace(
        base, business_name="Panadería Ñuñoa", currency="CLP", timezone="America/Santiago", analysis=analysis, promotions=(),
        segments=(), stock=(), forecast=None, summary="La semana fue algo más floja que la anterior.",
    )  # fmt: skip


def unpriced_report() -> SalesReport:
    """A shop whose orders have no prices: it counts units, over a single day."""
    base = cafe_report()
    day = base.analysis.period.start
    analysis = replace(
        bare_report().analysis,
        period=period(day, day + timedelta(days=1)),
        headline=tuple(
            replace(each, value={"orders": Decimal(41), "units": Decimal(97)}.get(each.metric))
            for each in bare_report().analysis.headline
        ),
        days=(DayPoint(day, Decimal(0), 41, Decimal(97)),),
        products_best=(Row("Café con leche", Decimal(0), Decimal(61), None, None, None, None),),
        gaps=("no_prices", "no_costs"),
    )
    return replace(base, analysis=analysis, summary="", promotions=(), segments=(), stock=(), forecast=None)


ALL = {
    "cafe": cafe_report,
    "gift_shop": gift_shop_report,
    "bare": bare_report,
    "hostile": hostile_report,
    "peso": peso_report,
    "unpriced": unpriced_report,
}
