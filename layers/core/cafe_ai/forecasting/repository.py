"""All the SQL of forecasts: daily units and net sales from the rollups, open days, and products with their stock.

Only whole business days before a day are read, so the rollups suffice.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, timedelta
from typing import Any
from uuid import UUID

from psycopg.rows import class_row, dict_row

from cafe_ai.forecasting.model import Backtest, DayDemand, Errors, Prediction, Product, Promotion, SpanDemand, Stored
from cafe_ai.platform.db import UnitOfWork

SELECT_OPEN_DAYS = """
SELECT business_date FROM rollup_hours
 WHERE business_id = %(business_id)s AND business_date >= %(since)s AND business_date < %(until)s
 GROUP BY business_date HAVING sum(orders) > 0 ORDER BY business_date"""

SELECT_NET_SALES = """
SELECT business_date, sum(net)::float8 FROM rollup_hours
 WHERE business_id = %(business_id)s AND business_date >= %(since)s AND business_date < %(until)s
 GROUP BY business_date HAVING sum(priced_lines) > 0"""

# Days and units side by side, one row a product.
SELECT_DAILY_UNITS = """
SELECT product_id, array_agg(business_date), array_agg(units::float8)
  FROM (SELECT product_id, business_date, sum(units) AS units FROM rollup_products
         WHERE business_id = %(business_id)s AND product_id = ANY (%(ids)s)
           AND business_date >= %(since)s AND business_date < %(until)s
         GROUP BY product_id, business_date) AS daily
 GROUP BY product_id"""

SELECT_BESTSELLERS = """
SELECT product_id, sum(net) AS net, count(*) OVER () AS sold FROM rollup_products
 WHERE business_id = %(business_id)s AND business_date >= %(recent)s AND business_date < %(until)s
 GROUP BY product_id HAVING sum(sale_lines) > 0
 ORDER BY net DESC, product_id LIMIT %(most)s"""

# What a unit was sold for. Days without returns and gifts stand in the rollups; the lines tell the others.
SELECT_PRICES = """
WITH daily AS (
    SELECT product_id, business_date, sum(gross) AS gross, sum(units) AS units,
           sum(lines) = sum(sale_lines) AND sum(lines) = sum(priced_lines) AS is_plain
      FROM rollup_products
     WHERE business_id = %(business_id)s AND product_id = ANY (%(ids)s)
       AND business_date >= %(since)s AND business_date < %(until)s
     GROUP BY product_id, business_date HAVING sum(sale_lines) > 0 AND sum(priced_lines) > 0
), mixed AS (
    SELECT line.product_id, line.business_date,
           sum(line.quantity * line.unit_price - line.discount) AS gross, sum(line.quantity) AS units
      FROM daily
      JOIN order_lines AS line ON line.business_id = %(business_id)s AND line.product_id = daily.product_id
                              AND line.business_date = daily.business_date
     WHERE NOT daily.is_plain AND line.quantity > 0 AND line.unit_price > 0
     GROUP BY line.product_id, line.business_date
)
SELECT product_id, array_agg(business_date), array_agg((gross / units)::float8)
  FROM (SELECT product_id, business_date, gross, units FROM daily WHERE is_plain
        UNION ALL SELECT * FROM mixed) AS priced
 WHERE gross >= 0 AND units > 0
 GROUP BY product_id"""

SELECT_STOCK_OUTS = """
SELECT product_id, array_agg(business_date) FROM stock_outs
 WHERE business_id = %(business_id)s AND product_id = ANY (%(ids)s)
   AND business_date >= %(since)s AND business_date < %(until)s
 GROUP BY product_id"""

SELECT_PROMOTIONS = """
SELECT kind = 'promotion' AS is_promotion, product_id, starts_on AS first_day, ends_on AS last_day, price, discount_percent
  FROM promotions
 WHERE business_id = %(business_id)s AND (product_id IS NULL OR product_id = ANY (%(ids)s))
   AND coalesce(ends_on, 'infinity') >= %(since)s AND starts_on < %(planned_until)s
 ORDER BY starts_on, id"""

SELECT_COUNTRY = "SELECT country FROM businesses WHERE id = %s"

SELECT_PRODUCTS = """
SELECT p.id, p.external_id, p.name, p.stock, p.lead_time_days, coalesce(recent.price, p.price) AS unit_price,
       sold.first_sold_on, p.category, coalesce(p.cost, recent.cost) AS unit_cost, p.shelf_life_days, p.on_order
  FROM products AS p
  LEFT JOIN LATERAL (
       SELECT sum(gross) FILTER (WHERE gross > 0) / nullif(sum(units) FILTER (WHERE gross > 0 AND units > 0), 0) AS price,
              sum(cost) FILTER (WHERE costed_lines = lines AND units > 0)
                  / nullif(sum(units) FILTER (WHERE costed_lines = lines AND units > 0), 0) AS cost
         FROM rollup_products
        WHERE business_id = p.business_id AND product_id = p.id AND priced_lines > 0
          AND business_date >= %(recent)s AND business_date < %(until)s) AS recent ON true
  LEFT JOIN LATERAL (
       SELECT min(business_date) AS first_sold_on FROM rollup_products
        WHERE business_id = p.business_id AND product_id = p.id AND sale_lines > 0 AND business_date < %(until)s) AS sold ON true
 WHERE p.business_id = %(business_id)s AND p.id = ANY (%(ids)s)"""

SELECT_IDS = """
SELECT id, external_id FROM products
 WHERE business_id = %(business_id)s AND (id = ANY (%(ids)s) OR external_id = ANY (%(external_ids)s))"""


# Of the model in use alone, and only what covers the days that are asked for; the latest first.
SELECT_STORED = """
SELECT told.starts_on, told.expected, told.low80, told.high80, told.low95, told.high95, told.spans, told.method, told.notes,
       told.backtest, told.made_at
  FROM ml_forecasts AS told
  JOIN ml_models AS made ON made.business_id = told.business_id AND made.kind = told.kind
                        AND made.version = told.model_version AND made.status = 'promoted'
 WHERE told.business_id = %(business_id)s AND told.product_id IS NOT DISTINCT FROM %(product_id)s
   AND told.starts_on BETWEEN %(since)s AND %(start)s AND told.starts_on + told.days >= %(end)s
 ORDER BY told.starts_on DESC LIMIT 1"""


@dataclass(frozen=True, slots=True)
class Window:
    """Whole business days [since, until) of a business; `recent` is where its last weeks begin."""

    business_id: UUID
    since: date
    recent: date
    until: date

    def values(self, **more: Any) -> dict[str, Any]:
        """The parameters of a statement."""
        return {
            "business_id": self.business_id, "since": self.since, "recent": self.recent, "until": self.until, **more
        }  # fmt: skip


def open_days(uow: UnitOfWork, window: Window) -> list[date]:
    """The days on which anything was sold, in order."""
    return [row[0] for row in uow.connection.execute(SELECT_OPEN_DAYS, window.values())]


def net_sales(uow: UnitOfWork, window: Window) -> Mapping[date, float]:
    """Net sales of the days that have any priced line."""
    return dict(uow.connection.execute(SELECT_NET_SALES, window.values()).fetchall())


def daily_units(uow: UnitOfWork, window: Window, ids: Sequence[UUID]) -> Mapping[UUID, Mapping[date, float]]:
    """Net units of each product on the days that have any line of it."""
    rows = uow.connection.execute(SELECT_DAILY_UNITS, window.values(ids=list(ids)))
    return {product: dict(zip(days, units, strict=True)) for product, days, units in rows}


def bestsellers(uow: UnitOfWork, window: Window, most: int) -> tuple[list[UUID], int]:
    """The products sold in the recent weeks, by net sales, at most so many; and how many there are."""
    rows = uow.connection.execute(SELECT_BESTSELLERS, window.values(most=most)).fetchall()
    return [row[0] for row in rows], rows[0][2] if rows else 0


def products(uow: UnitOfWork, window: Window, ids: Sequence[UUID]) -> Mapping[UUID, Product]:
    """The products with their stock, and since when and at which price they are sold."""
    with uow.connection.cursor(row_factory=class_row(Product)) as cursor:
        found = cursor.execute(SELECT_PRODUCTS, window.values(ids=list(ids))).fetchall()
    return {product.id: product for product in found}


def stored(
    uow: UnitOfWork, business_id: UUID, product_id: UUID | None, since: date, start: date, end: date
) -> Stored | None:
    """What the model in use foretold of a product's units (None: of the whole shop's net sales): its latest forecast that
    began in [since, start] and covers [start, end), from where it begins."""
    values = {"business_id": business_id, "product_id": product_id, "since": since, "start": start, "end": end}
    with uow.connection.cursor(row_factory=dict_row) as cursor:
        row = cursor.execute(SELECT_STORED, values).fetchone()
    return None if row is None else _stored(row)


def daily_prices(uow: UnitOfWork, window: Window, ids: Sequence[UUID]) -> Mapping[UUID, Mapping[date, float]]:
    """The mean price paid for a unit on the days on which a price was recorded; returns and gifts do not count."""
    rows = uow.connection.execute(SELECT_PRICES, window.values(ids=list(ids)))
    return {product: dict(zip(days, prices, strict=True)) for product, days, prices in rows}


def stock_outs(uow: UnitOfWork, window: Window, ids: Sequence[UUID]) -> Mapping[UUID, frozenset[date]]:
    """The days on which each product ran out."""
    rows = uow.connection.execute(SELECT_STOCK_OUTS, window.values(ids=list(ids)))
    return {product: frozenset(days) for product, days in rows}


def promotions(uow: UnitOfWork, window: Window, ids: Sequence[UUID], planned_until: date) -> list[Promotion]:
    """The promotions and planned prices of these products or of all, of the window and until then, by their first day."""
    with uow.connection.cursor(row_factory=class_row(Promotion)) as cursor:
        values = window.values(ids=list(ids), planned_until=planned_until)
        return cursor.execute(SELECT_PROMOTIONS, values).fetchall()


def country(uow: UnitOfWork, business_id: UUID) -> str | None:
    """The country that the business says it is in."""
    row = uow.connection.execute(SELECT_COUNTRY, (business_id,)).fetchone()
    return row[0] if row else None


def ids_of(uow: UnitOfWork, business_id: UUID, said: Sequence[str]) -> Mapping[str, UUID]:
    """Which product each text names: by our id, else by the shop's own. What names none is left out."""
    own = {text: _uuid(text) for text in said}
    values = {"business_id": business_id, "ids": [id for id in own.values() if id], "external_ids": list(said)}
    rows = uow.connection.execute(SELECT_IDS, values).fetchall()
    by_id, by_name = {row[0] for row in rows}, {row[1]: row[0] for row in rows}
    found = {text: id if id in by_id else by_name.get(text) for text, id in own.items()}
    return {text: id for text, id in found.items() if id is not None}


def _stored(row: Mapping[str, Any]) -> Stored:
    bounds = zip(*(row[name] for name in ("expected", "low80", "high80", "low95", "high95")), strict=True)
    days = tuple(DayDemand(row["starts_on"] + timedelta(days=n), *values) for n, values in enumerate(bounds))
    spans = {int(n): SpanDemand(int(n), span["expected"], span["enough"]) for n, span in row["spans"].items()}
    backtest = None if row["backtest"] is None else _backtest(row["backtest"])
    prediction = Prediction(row["method"], days, spans, backtest, tuple(row["notes"]))
    return Stored(row["starts_on"], row["made_at"].astimezone(UTC), prediction)


def _backtest(kept: Mapping[str, Any]) -> Backtest:
    return Backtest(
        kept["origins"],
        Errors(**kept["model"]),
        Errors(**kept["seasonal_naive"]),
        kept["mean"],
        {name: Errors(**errors) for name, errors in kept["parts"].items()},
        kept["bias_percent"],
        kept["covered80"],
        kept["covered95"],
    )


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
