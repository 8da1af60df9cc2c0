"""Weekly reports start on Monday morning by the shop's own clock, once; the cleanup once a day."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from cafe_ai.errors import BusinessNotFound
from cafe_ai.jobs.schedules import service
from cafe_ai.platform.db import Database
from functions.workers.schedules.handler import handler
from tests.support.factories import Line
from tests.support.jobs import Workshop, context, soon

MONDAY = datetime(2026, 11, 23, tzinfo=UTC)  # the Monday of 2026-W48


def given_shop(
    workshop: Workshop, timezone: str = "Europe/Madrid", day_starts: time = time(0), wanted: bool = True
) -> UUID:
    business = workshop.factory.insert_business(timezone=timezone, day_starts=day_starts)
    saas = Database(workshop.database.saas)
    service.set_weekly_report(saas, business, wanted)
    saas.close()
    return business


def local(day: int, hour: int, minute: int = 0, timezone: str = "Europe/Madrid") -> datetime:
    """A moment of that week by the shop's clock; Monday is day 0."""
    moment = MONDAY + timedelta(days=day, hours=hour, minutes=minute)
    return moment.replace(tzinfo=ZoneInfo(timezone)).astimezone(UTC)


def reports(workshop: Workshop) -> list[dict[str, Any]]:
    return [row for row in workshop.rows("ai_jobs") if row["kind"] == "generate_sales_report"]


def test_report_of_the_week_before_starts_once(workshop: Workshop) -> None:
    business = given_shop(workshop)
    given_shop(workshop, wanted=False)
    assert service.start_weekly_reports(workshop.runtime, local(0, 5, 59), soon()) == 0
    assert service.start_weekly_reports(workshop.runtime, local(0, 6), soon()) == 1
    assert service.start_weekly_reports(workshop.runtime, local(0, 7), soon()) == 0
    (job,) = reports(workshop)
    assert (job["business_id"], job["user_id"], job["idempotency_key"]) == (business, None, "weekly-report:2026-W47")
    assert job["params"] == {"period": "weekly", "as_of": "2026-11-23T06:00:00"}
    assert service.start_weekly_reports(workshop.runtime, local(7, 6), soon()) == 1
    assert [row["idempotency_key"] for row in reports(workshop)] == ["weekly-report:2026-W47", "weekly-report:2026-W48"]


@pytest.mark.parametrize("timezone", ["Pacific/Auckland", "Europe/London", "America/Mexico_City", "Asia/Kolkata"])
def test_monday_is_the_shops_own(workshop: Workshop, timezone: str) -> None:
    given_shop(workshop, timezone)
    assert service.start_weekly_reports(workshop.runtime, local(0, 5, 59, timezone), soon()) == 0
    assert service.start_weekly_reports(workshop.runtime, local(0, 6, 0, timezone), soon()) == 1


def test_shop_whose_day_starts_later_is_waited_for(workshop: Workshop) -> None:
    given_shop(workshop, day_starts=time(8))
    assert service.start_weekly_reports(workshop.runtime, local(0, 7, 59), soon()) == 0
    assert service.start_weekly_reports(workshop.runtime, local(0, 8), soon()) == 1
    assert reports(workshop)[0]["params"]["as_of"] == "2026-11-23T08:00:00"


def test_monday_that_was_missed_is_caught_up_on_tuesday_and_not_later(workshop: Workshop) -> None:
    given_shop(workshop)
    assert service.start_weekly_reports(workshop.runtime, local(2, 0), soon()) == 0
    assert service.start_weekly_reports(workshop.runtime, local(1, 23, 59), soon()) == 1
    assert reports(workshop)[0]["idempotency_key"] == "weekly-report:2026-W47"


def test_year_of_the_week_is_that_of_iso(workshop: Workshop) -> None:
    given_shop(workshop)
    service.start_weekly_reports(workshop.runtime, datetime(2027, 1, 4, 9, tzinfo=UTC), soon())
    assert reports(workshop)[0]["idempotency_key"] == "weekly-report:2026-W53"


def test_one_business_that_fails_stops_no_other(workshop: Workshop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service, "AT_ONCE", 2)
    shops = {given_shop(workshop) for _ in range(3)}
    broken, start = min(shops), service.jobs.start

    def failing(runtime: Any, kind: Any, business_id: UUID, *arguments: Any, **options: Any) -> Any:
        if business_id == broken:
            raise RuntimeError("broken")
        return start(runtime, kind, business_id, *arguments, **options)

    monkeypatch.setattr(service.jobs, "start", failing)
    assert service.start_weekly_reports(workshop.runtime, local(0, 6), soon()) == 2
    assert {job["business_id"] for job in reports(workshop)} == shops - {broken}


def test_hourly_run_starts_the_cleanup_once_a_day(workshop: Workshop) -> None:
    for _ in range(3):
        handler({}, context())
    (job,) = workshop.rows("ai_jobs")
    assert (job["kind"], job["business_id"], job["params"]) == ("cleanup_old_ai_jobs", None, {"days_old": 30})
    assert len(workshop.queues["cleanup_old_ai_jobs"].messages) == 1
    service.start_cleanup(workshop.runtime, datetime(2026, 11, 25, 1, 59, tzinfo=UTC), soon())
    service.start_cleanup(workshop.runtime, datetime(2026, 11, 25, 2, 0, tzinfo=UTC), soon())
    keys = {row["idempotency_key"] for row in workshop.rows("ai_jobs")}
    assert {"cleanup:2026-11-24", "cleanup:2026-11-25"} <= keys


def test_business_that_is_not_there_wants_no_reports(workshop: Workshop) -> None:
    saas = Database(workshop.database.saas)
    with pytest.raises(BusinessNotFound):
        service.set_weekly_report(saas, UUID(int=1), True)
    saas.close()


def sold(workshop: Workshop, day: int, **options: Any) -> UUID:
    """A business that sold something on a day of that week."""
    business = given_shop(workshop, wanted=False, **options)
    product = workshop.factory.insert_product(business)
    moment = local(day, 12, timezone=options.get("timezone", "Europe/Madrid"))
    workshop.factory.insert_order(business, [Line(product)], ordered_at=moment)
    return business


def trainings(workshop: Workshop) -> list[tuple[UUID, str]]:
    return [
        (row["business_id"], row["idempotency_key"])
        for row in workshop.rows("ai_jobs")
        if row["kind"] == "train_demand_models"
    ]


@pytest.mark.parametrize("timezone", ["Europe/Madrid", "Pacific/Auckland", "America/Mexico_City"])
def test_models_of_who_sells_are_trained_once_a_night_by_the_shops_clock(workshop: Workshop, timezone: str) -> None:
    business = sold(workshop, 0, timezone=timezone)
    given_shop(workshop)  # sells nothing
    assert service.start_trainings(workshop.runtime, local(2, 2, 59, timezone), soon()) == 0
    assert service.start_trainings(workshop.runtime, local(2, 3, 0, timezone), soon()) == 1
    assert service.start_trainings(workshop.runtime, local(2, 23, 59, timezone), soon()) == 0
    assert service.start_trainings(workshop.runtime, local(3, 3, 0, timezone), soon()) == 1
    assert trainings(workshop) == [(business, "train:2026-11-25"), (business, "train:2026-11-26")]
    assert len(workshop.queues["train_demand_models"].messages) == 2


def test_models_of_who_has_not_sold_for_four_weeks_are_not_trained(workshop: Workshop) -> None:
    sold(workshop, 0)
    assert service.start_trainings(workshop.runtime, local(29, 4), soon()) == 0
    assert service.start_trainings(workshop.runtime, local(28, 4), soon()) == 1


def test_night_of_a_shop_whose_day_starts_late_is_over_then(workshop: Workshop) -> None:
    sold(workshop, 0, day_starts=time(5))
    assert service.start_trainings(workshop.runtime, local(1, 4, 59), soon()) == 0
    assert service.start_trainings(workshop.runtime, local(1, 5), soon()) == 1


def test_hourly_run_starts_trainings(workshop: Workshop, monkeypatch: pytest.MonkeyPatch) -> None:
    business = sold(workshop, 0)
    monkeypatch.setattr(service, "now_utc", lambda: local(1, 3, 10))
    handler({}, context())
    assert trainings(workshop) == [(business, "train:2026-11-24")]
