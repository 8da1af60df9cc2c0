"""Rows for tests, written as the SaaS writes them: through its role, bound by row-level security."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from decimal import Decimal
from itertools import count
from typing import Any
from uuid import UUID

import psycopg

from cafe_ai.platform.ids import uuid7
from tests.support.postgres import TestDatabase

NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)

_numbers = count(1)


@dataclass(frozen=True)
class Line:
    """A line of an order that a test writes; `product` by its id."""

    product: UUID
    quantity: Decimal | int = 1
    unit_price: Decimal | int | None = 10
    discount: Decimal | int = 0
    unit_cost: Decimal | int | None = None


@dataclass(frozen=True)
class Factory:
    """Writes rows of any business on one connection, in autocommit unless the test opened a transaction.

    Each method sets the tenant the way the SaaS does. `Factory.connected(database)` opens a connection as the SaaS.
    """

    connection: psycopg.Connection[Any]

    @classmethod
    def connected(cls, database: TestDatabase) -> Factory:
        """A factory with a connection of its own; the test closes it (`factory.connection.close()`)."""
        return cls(psycopg.connect(database.saas, autocommit=True))

    def act_for(self, business_id: UUID) -> None:
        """Names the tenant for what follows on this connection."""
        self.connection.execute("SELECT set_config('app.business_id', %s, false)", [str(business_id)])

    def insert_business(
        self,
        name: str = "Café Central",
        *,
        type: str = "cafeteria",
        timezone: str = "Europe/Madrid",
        currency: str = "EUR",
        locale: str = "es",
        day_starts: time = time(0),
        monthly_budget_usd: Decimal | None = None,
        budget_policy: str = "degrade",
    ) -> UUID:
        """A business; its id."""
        business_id = uuid7()
        self.act_for(business_id)
        self.connection.execute(
            """INSERT INTO businesses
                   (id, name, type, timezone, currency, locale, day_starts, monthly_budget_usd, budget_policy)
               VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s)""",
            [business_id, name, type, timezone, currency, locale, day_starts, monthly_budget_usd, budget_policy],
        )
        return business_id

    def insert_membership(self, business_id: UUID, user_id: UUID | None = None, role: str = "owner") -> UUID:
        """A member of the business; the user's id."""
        user_id = user_id or uuid7()
        self.act_for(business_id)
        self.connection.execute("INSERT INTO memberships VALUES (%s, %s, %s)", [business_id, user_id, role])
        return user_id

    def insert_product(self, business_id: UUID, name: str | None = None, **columns: Any) -> UUID:
        """A product with any further columns (category, price, cost, stock, ...); its id."""
        name = name or f"Product {next(_numbers)}"
        return self._insert("products", business_id, {"external_id": name, "name": name, **columns})

    def insert_customer(self, business_id: UUID, external_id: str | None = None, name: str | None = None) -> UUID:
        """A customer; its id."""
        return self._insert(
            "customers", business_id, {"external_id": external_id or f"C{next(_numbers)}", "name": name}
        )

    def insert_review(self, business_id: UUID, text: str = "Muy rico", **columns: Any) -> UUID:
        """A review with any further columns (rating, product_id, reviewed_at); its id."""
        columns = {"external_id": f"R{next(_numbers)}", "reviewed_at": NOON, "text": text, **columns}
        return self._insert("reviews", business_id, columns)

    def insert_stock_out(self, business_id: UUID, product_id: UUID, day: date | None = None) -> None:
        """A day on which a product ran out."""
        self.act_for(business_id)
        self.connection.execute(
            "INSERT INTO stock_outs (business_id, product_id, business_date) VALUES (%s, %s, %s)",
            [business_id, product_id, day or NOON.date()],
        )

    def insert_promotion(self, business_id: UUID, **columns: Any) -> UUID:
        """A promotion of a day with any further columns (kind, product_id, ends_on, price, ...); its id."""
        columns = {"external_id": f"A{next(_numbers)}", "starts_on": NOON.date(), "ends_on": NOON.date(), **columns}
        return self._insert("promotions", business_id, columns)

    def insert_order(
        self,
        business_id: UUID,
        lines: Sequence[Line] = (),
        *,
        ordered_at: datetime = NOON,
        customer_id: UUID | None = None,
        store: str | None = None,
        payment_method: str | None = None,
        external_id: str | None = None,
    ) -> UUID:
        """An order with its lines; its id."""
        order_id = self._insert(
            "orders",
            business_id,
            {
                "external_id": external_id or f"O{next(_numbers)}",
                "ordered_at": ordered_at,
                "customer_id": customer_id,
                "store": store,
                "payment_method": payment_method,
            },
        )
        for line in lines:
            self.insert_line(business_id, order_id, line)
        return order_id

    def insert_line(self, business_id: UUID, order_id: UUID, line: Line) -> int:
        """One more line of an order; its number."""
        self.act_for(business_id)
        row = self.connection.execute(
            """INSERT INTO order_lines (business_id, order_id, line_number, business_date, product_id, quantity,
                                        unit_price, discount, unit_cost)
               SELECT business_id, id,
                      (SELECT coalesce(max(line_number), 0) + 1 FROM order_lines WHERE order_id = orders.id),
                      business_date, %s, %s, %s, %s, %s
                 FROM orders WHERE id = %s
               RETURNING line_number""",
            [line.product, line.quantity, line.unit_price, line.discount, line.unit_cost, order_id],
        ).fetchone()
        assert row is not None, "there is no such order"
        return int(row[0])

    def _insert(self, table: str, business_id: UUID, columns: dict[str, Any]) -> UUID:
        row_id = uuid7()
        values = {"id": row_id, "business_id": business_id, **columns}
        self.act_for(business_id)
        names = ", ".join(values)
        places = ", ".join(f"%({name})s" for name in values)
        self.connection.execute(f"INSERT INTO {table} ({names}) VALUES ({places})".encode(), values)
        return row_id
