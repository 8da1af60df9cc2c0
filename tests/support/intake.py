"""What a test of an import looks at: the tables as a superuser sees them."""

from __future__ import annotations

from typing import Any, LiteralString, Self
from uuid import UUID

import psycopg

HEADING = "order_id,ordered_at,product,quantity,unit_price,product_id,category,customer_id,store,payment_method"


class Ledger:
    """A connection that sees every row."""

    def __init__(self, dsn: str) -> None:
        self._connection = psycopg.connect(dsn, autocommit=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.close()

    def rows(self, query: LiteralString, *values: object) -> list[tuple[Any, ...]]:
        return self._connection.execute(query, values).fetchall()

    def column(self, query: LiteralString, *values: object) -> list[Any]:
        return [row[0] for row in self.rows(query, *values)]

    def lines(self) -> list[tuple[Any, ...]]:
        """Order, line number, product, quantity and price of every line, in that order."""
        return self.rows(
            """SELECT orders.external_id, line_number, products.name, quantity::float, unit_price::float
                 FROM order_lines JOIN orders ON orders.id = order_id JOIN products ON products.id = product_id
                ORDER BY 1, 2"""
        )

    def sales_by_day(self) -> dict[str, float]:
        """Net sales of each business day, as the rollup has them."""
        return dict(self.rows("SELECT business_date::text, sum(net)::float FROM rollup_hours GROUP BY 1 ORDER BY 1"))

    def count(self, table: LiteralString) -> int:
        (number,) = self.column(f"SELECT count(*) FROM {table}")
        return int(number)

    def rollup_differences(self, business_id: UUID) -> list[tuple[Any, ...]]:
        return self.rows("SELECT * FROM rollup_differences(%s)", business_id)
