"""The parts of a report that are its own: what is in stock and for how long, and what to order."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from cafe_ai.jobs import service as jobs
from cafe_ai.jobs.model import JobKind
from cafe_ai.platform.clock import Deadline
from tests.integration.reports.conftest import Desk
from tests.support import report_flow as flow
from tests.support.factories import Factory, Line

SOLD_A_DAY = 2


@pytest.fixture
def bakery(factory: Factory) -> tuple[UUID, dict[str, UUID]]:
    """A shop of now: bread sells twice a day, the mug never; of tea no stock is kept, and shipping is no product."""
    business_id = factory.insert_business("Horno", timezone="UTC")
    columns: dict[str, dict[str, Any]] = {
        "Pan": {"stock": 15, "lead_time_days": 2},
        "Magdalena": {"stock": 4},
        "Taza": {"stock": 9},
        "Té": {},
        "Portes": {"stock": 1},
    }
    products = {name: factory.insert_product(business_id, name, **more) for name, more in columns.items()}
    today = datetime.now(UTC).replace(hour=12, minute=0, second=0, microsecond=0)
    for n in range(1, 29):
        sold = [Line(products["Pan"], SOLD_A_DAY, 1), Line(products["Té"], 1, 1), Line(products["Portes"], 1, 1)]
        sold += [Line(products["Magdalena"], 7, 1)] if n == 1 else []
        factory.insert_order(business_id, sold, ordered_at=today - timedelta(days=n))
    return business_id, products


def stock_of(desk: Desk, business_id: UUID, **asked: Any) -> list[dict[str, Any]]:
    state = desk.begun(business_id=business_id, **{"as_of": None, **asked})
    kept: list[dict[str, Any]] = json.loads(desk.store.objects[flow.gather(state, "stock")])
    return kept


def test_what_runs_out_first_comes_first_at_the_pace_of_four_weeks(
    desk: Desk, bakery: tuple[UUID, dict[str, UUID]]
) -> None:
    bread, muffin = stock_of(desk, bakery[0])
    assert (bread["product"], bread["daily_units"], bread["days_left"], bread["lead_time_days"]) == (
        "Pan",
        "2.0",
        "7",
        2,
    )
    assert (muffin["product"], muffin["daily_units"], muffin["days_left"]) == ("Magdalena", "0.3", "16")


def test_stock_of_an_earlier_moment_is_not_known(desk: Desk, bakery: tuple[UUID, dict[str, UUID]]) -> None:
    assert stock_of(desk, bakery[0], as_of="2026-01-01T10:00") == []


@pytest.mark.parametrize(("days_old", "ordered"), [(0, "12"), (8, None)])
def test_order_is_what_a_recent_inventory_forecast_would_order(
    desk: Desk, bakery: tuple[UUID, dict[str, UUID]], days_old: int, ordered: str | None
) -> None:
    business_id, products = bakery
    given = [
        {"product": {"id": str(products["Pan"])}, "order_now": True, "order_quantity": 12},
        {"product": {"id": str(products["Magdalena"])}, "order_now": False, "order_quantity": 3},
    ]
    until = Deadline.after(20)
    job = jobs.start(desk.runtime, JobKind.INVENTORY_FORECAST, business_id, {}, deadline=until)
    lease = jobs.claim(desk.runtime, job.id, business_id, until)
    assert lease is not None
    jobs.finish(desk.runtime, lease, {"products": given}, until)
    desk.execute(
        f"UPDATE ai_jobs SET created_at = created_at - interval '{days_old} days' WHERE id = %s", {"job_id": job.id}
    )
    assert [line["order_quantity"] for line in stock_of(desk, business_id)] == [ordered, None]


def test_report_of_now_tells_what_runs_out(desk: Desk, bakery: tuple[UUID, dict[str, UUID]]) -> None:
    state = flow.run(desk.begun(business_id=bakery[0], as_of=None, period="weekly"))
    files = (desk.job(state).result or {})["files"]
    page = desk.store.objects[files["html"]].decode()
    assert all(name in page for name in ("Pan", "Magdalena"))
    report = json.loads(desk.store.objects[files["json"]])
    assert [line["product"] for line in report["stock"]] == ["Pan", "Magdalena"]
    assert report["missing"] == []
