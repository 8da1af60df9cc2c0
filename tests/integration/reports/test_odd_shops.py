"""Whatever a shop records, or does not, its report is made."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from cafe_ai.jobs.model import JobStatus
from tests.integration.reports.conftest import Desk
from tests.support import report_flow as flow
from tests.support.factories import Factory, Line
from tests.support.generated_shop import MADRID

NOON = datetime(2026, 5, 28, 12, tzinfo=MADRID)


@dataclass(frozen=True)
class Odd:
    """A shop that sells its products once a day, on `days` days up to 28 May 2026."""

    products: Sequence[str] = ("Pan",)
    days: int = 1
    quantity: Decimal | int = 1
    price: Decimal | int | None = 10
    customers: bool = False
    business: dict[str, Any] = field(default_factory=dict)
    asked: dict[str, Any] = field(default_factory=dict)

    def open(self, factory: Factory) -> UUID:
        business_id = factory.insert_business("Rara", **self.business)
        sold = [factory.insert_product(business_id, name, external_id=str(n)) for n, name in enumerate(self.products)]
        customer = factory.insert_customer(business_id, "C", "Ana") if self.customers else None
        with factory.connection.transaction():
            for n in range(self.days):
                lines = [Line(product, self.quantity, self.price) for product in sold]
                moment = NOON - timedelta(days=n)
                factory.insert_order(business_id, lines, ordered_at=moment, customer_id=customer)
        return business_id


ODD = {
    "one order": Odd(),
    "one order, that day": Odd(asked={"as_of": "2026-05-29T09:00", "period": "daily"}),
    "a running range": Odd(days=40, asked={"as_of": "2026-05-20T15:30", "from": "2026-05-01", "to": "2026-05-31"}),
    "a year": Odd(days=500, asked={"as_of": "2026-05-20T15:30", "from": "2025-05-01", "to": "2026-04-30"}),
    "no prices": Odd(days=70, price=None),
    "free": Odd(days=70, price=0),
    "returns alone": Odd(days=10, quantity=-1),
    "one customer": Odd(days=70, customers=True),
    "fractions": Odd(days=70, quantity=Decimal("0.333"), price=Decimal("0.0199")),
    "millions": Odd(days=70, quantity=1000, price=Decimal("9999999.99")),
    "pesos": Odd(days=70, price=1200, business={"currency": "CLP", "timezone": "America/Santiago", "locale": "en"}),
    "far away": Odd(days=70, business={"timezone": "Pacific/Kiritimati"}),
    "strange names": Odd(
        products=("☕️ Café «doble» & <b>más</b>", "مقهى", "咖啡", "{0} %s $x", "W" * 200, "Pan'\"\\"), days=70
    ),
    "in English": Odd(days=70, asked={"locale": "en", "period": "weekly"}),
}


@pytest.mark.parametrize("name", ODD)
def test_report_of_an_odd_shop_is_made(desk: Desk, factory: Factory, name: str) -> None:
    odd = ODD[name]
    state = flow.run(desk.begun(business_id=odd.open(factory), **odd.asked))
    job = desk.job(state)
    assert job.status is JobStatus.COMPLETED
    files = (job.result or {})["files"]
    assert all(desk.store.objects[key] for key in files.values())
    assert "<b>más</b>" not in desk.store.objects[files["html"]].decode()
