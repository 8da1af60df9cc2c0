"""Deliveries as a worker has them in hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from cafe_ai.notifications.model import Delivery, Event

REPORT: dict[str, Any] = {
    "analysis": {
        "period": {"from": "2026-10-01T00:00:00+02:00", "to": "2026-11-01T00:00:00+01:00", "timezone": "Europe/Madrid"},
        "revenue": {"unit": "money", "value": 12345.67, "change_percent": 15.24},
        "orders": {"unit": "count", "value": 1840, "change_percent": 0},
        "average_ticket": {"unit": "money", "value": 6.71, "change_percent": -2.4},
        "returns": {"unit": "money", "value": 84.5, "change_percent": 30.0},
        "margin": {"unit": "money", "value": None, "change_percent": None},
    },
    "summary": "En octubre de 2026 vendiste 12.345,67 €, un 15,2 % más que en septiembre.\nEl ticket medio bajó.",
    "insights": [
        "Las ventas aumentaron un 15,2 %.",
        "El croissant <b>creció</b>.",
        "Los lunes flojean.",
        "Y otra más.",
    ],
    "files": {"html": "reports/1/2/informe-ventas-2026-10.html", "pdf": "reports/1/2/informe-ventas-2026-10.pdf"},
}


def given_delivery(**changes: Any) -> Delivery:
    """A sales report that was done, for a Spanish shop, by e-mail."""
    delivery = Delivery(
        id=UUID("019ab8f2-6f0a-7a31-9d0e-0b5d7f1c2a44"),
        business_id=UUID(int=1),
        event=Event.COMPLETED,
        attempt=1,
        channel="email",
        address="ana@example.com",
        secret=None,
        active=True,
        job_id=UUID(int=2),
        job_kind="generate_sales_report",
        reason=None,
        result=REPORT,
        created_at=datetime(2026, 11, 2, 6, 0, tzinfo=UTC),
        finished_at=datetime(2026, 11, 2, 6, 0, 21, tzinfo=UTC),
        business_name="Café Central",
        locale="es",
        timezone="Europe/Madrid",
        currency="EUR",
    )
    return replace(delivery, **changes)
