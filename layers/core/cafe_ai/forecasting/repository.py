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

from cafe_ai.forecasting.model import Backtest, DayDemand, Errors, Prediction, Product, SpanDemand, Stored
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

SELECT_PRODUCTS = """
SELECT p.id, p.external_id, p.name, p.stock, p.lead_time_days, coalesce(recent.price, p.price) AS unit_price, sold.first_sold_on
  FROM products AS p
  LEFT JOIN LATERAL (
       SELECT sum(gross) FILTER (WHERE gross > 0) / nullif(sum(units) FILTER (WHERE gross > 0 AND units > 0), 0) AS price
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
