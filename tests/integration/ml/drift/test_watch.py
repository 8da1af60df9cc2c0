"""A shop that is watched night after night, on PostgreSQL: quiet while it is as ever, heard when it changes, and quiet again."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import psycopg
import pytest

from cafe_ai.forecasting.model import Backtest, DayDemand, Errors, Prediction
from cafe_ai.monitoring import service as monitoring
from cafe_ai.platform.clock import Deadline
from cafe_ai.platform.db import Database
from cafe_ai.tenancy.model import Business
from ml.monitoring import export_metrics_to_prometheus_format
from ml.monitoring.drift.watch import Watched, watch
from ml.serving import repository
from ml.serving.model import ModelVersion, Status
from ml.serving.repository import Foretold
from tests.support import regulars
from tests.support.generated_shop import MADRID
from tests.support.postgres import TestDatabase
from tests.support.regulars import Row

DAY, WEEK = timedelta(days=1), timedelta(weeks=1)
BEGINS, CHANGES = date(2026, 1, 5), date(2026, 5, 4)  # Mondays
LAST = CHANGES + 4 * WEEK
PRODUCTS = {f"Producto {n}": Decimal(100 + 37 * n) / 100 for n in range(30)}
MEAN = 12


def sales(*, changed: bool) -> list[Row]:
    """Thirty products, sold every day; from CHANGES on, where it changes, at ten times the price."""
    chance = random.Random(11)
    rows = []
    for n in range((LAST - BEGINS).days):
        day = BEGINS + n * DAY
        factor = 10 if changed and day >= CHANGES else 1
        for product, price in PRODUCTS.items():
            quantity = max(1, round(chance.gauss(MEAN, 2)))
            at = datetime.combine(day, time(10), MADRID)
            rows.append(Row(f"o{n}", at, product, quantity, price * factor, None, Decimal(0)))
    return rows


@pytest.fixture(scope="module")
def steady(module_database: TestDatabase, tmp_path_factory: pytest.TempPathFactory) -> Business:
    return regulars.write(module_database, tmp_path_factory.mktemp("steady"), sales(changed=False))


@pytest.fixture(scope="module")
def dearer(module_database: TestDatabase, tmp_path_factory: pytest.TempPathFactory) -> Business:
    return regulars.write(module_database, tmp_path_factory.mktemp("dearer"), sales(changed=True))


@pytest.fixture
def look(module_database: TestDatabase) -> Iterator[Callable[[Business, date], Watched]]:
    """The look at a shop in the night after a day."""
    database = Database(module_database.app)

    def at(business: Business, day: date) -> Watched:
        moment = datetime.combine(day + DAY, time(4), MADRID)
        return watch(database, business, moment, Deadline.after(60))

    yield at
    database.close()


def standing(superuser: psycopg.Connection[Any], business: Business) -> dict[tuple[str, str], tuple[int, bool]]:
    """How often each alert was raised, and whether it stands."""
    rows = superuser.execute(
        "SELECT kind, subject, count(*), bool_or(cleared_at IS NULL) FROM drift_alerts WHERE business_id = %s GROUP BY 1, 2",
        [business.id],
    ).fetchall()
    return {(kind, subject): (times, stands) for kind, subject, times, stands in rows}


def test_a_steady_shop_is_quiet(
    look: Callable[[Business, date], Watched], steady: Business, module_database: TestDatabase
) -> None:
    found = look(steady, LAST)
    measured = {finding.subject for finding in found.findings}
    assert {"recent_price", "recent_velocity", "revenue_last_28_days"} <= measured
    assert (found.alerts, found.raised, found.cleared) == ((), 0, 0)
    with psycopg.connect(module_database.superuser) as superuser:
        assert standing(superuser, steady) == {}


def test_other_prices_are_heard_once_as_long_as_they_stand_and_end(
    look: Callable[[Business, date], Watched], dearer: Business, module_database: TestDatabase
) -> None:
    with psycopg.connect(module_database.superuser, autocommit=True) as superuser:
        assert look(dearer, CHANGES - DAY).alerts == ()
        heard = look(dearer, LAST - DAY)
        assert "recent_price" in {alert.subject for alert in heard.alerts}
        assert heard.raised == len(heard.alerts)
        again = look(dearer, LAST)
        assert again.raised == 0
        assert standing(superuser, dearer)["inputs", "recent_price"] == (1, True)
        told = monitoring.open_drift_alerts(database := Database(module_database.app))
        database.close()
        assert told["inputs"] == len(again.alerts)
        text = export_metrics_to_prometheus_format(module_database.app)
        assert f'ml_drift_alerts{{kind="inputs"}} {float(len(again.alerts))}' in text
        assert str(dearer.id) not in text
        ended = look(dearer, CHANGES - DAY)  # as of an earlier night nothing has changed
        assert ended.cleared == len(again.alerts)
        assert not any(stands for _, stands in standing(superuser, dearer).values())


def foretold(product: UUID | None, start: date, expected: float) -> Foretold:
    """A week of the same, as good in its backtest as two units a day."""
    days = tuple(
        DayDemand(start + n * DAY, expected, expected - 3, expected + 3, expected - 5, expected + 5) for n in range(7)
    )
    errors = Errors(2.0, 0.8, 0.9)
    return Foretold(product, Prediction("blend", days, {}, Backtest(3, errors, errors, float(MEAN))))


@pytest.mark.parametrize(
    ("expected", "alerts"), [(MEAN, set()), (MEAN / 2, {"units.error", "units.bias", "units.coverage"})]
)
def test_forecasts_are_held_against_what_came(
    look: Callable[[Business, date], Watched],
    steady: Business,
    module_database: TestDatabase,
    expected: float,
    alerts: set[str],
) -> None:
    made = ModelVersion(
        business_id=steady.id, kind=f"demand{expected}", version="1" * 19, status=Status.CANDIDATE,
        created_at=datetime.combine(BEGINS, time(3), MADRID), trained_until=BEGINS, data_hash="0" * 64, code_version="1",
        features=("x",), backtest={}, trial=None, files={}, reason=None,
    )  # fmt: skip
    with psycopg.connect(module_database.superuser, autocommit=True) as superuser:
        ids = [id for (id,) in superuser.execute("SELECT id FROM products WHERE business_id = %s", [steady.id])]
        superuser.execute("DELETE FROM ml_forecasts")
    database = Database(module_database.app)
    with database.transaction(steady.id, None, Deadline.after(30)) as uow:
        repository.insert(uow, made)
        for weeks in (1, 2, 3):
            start = LAST - weeks * WEEK
            repository.replace_forecasts(uow, made, start, [foretold(id, start, expected) for id in ids])
        tuesday = LAST - 6 * DAY
        repository.replace_forecasts(
            uow, made, tuesday, [foretold(ids[0], tuesday, 1000.0)]
        )  # no Monday: not looked at
    database.close()
    found = look(steady, LAST - DAY)
    assert {finding.subject for finding in found.findings if finding.kind == "forecasts"} == {
        "units.error", "units.bias", "units.coverage",
    }  # fmt: skip
    assert {alert.subject for alert in found.alerts} == alerts
