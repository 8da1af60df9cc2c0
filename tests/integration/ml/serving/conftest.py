"""A shop with regulars, a bucket of models as moto plays it, and a teacher whose models are as good as one likes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

import boto3
import psycopg
import pytest
from moto import mock_aws
from psycopg.rows import dict_row

from cafe_ai.bootstrap import Runtime
from cafe_ai.platform.clock import Deadline
from cafe_ai.platform.db import Database
from cafe_ai.platform.ids import uuid7
from cafe_ai.platform.storage import ObjectStore
from cafe_ai.settings import Settings
from cafe_ai.tenancy.model import Business, Member, Role
from ml.serving import registry
from ml.serving.model import Outcome
from ml.serving.training import Training
from tests.support import regulars
from tests.support.postgres import TestDatabase
from tests.support.regulars import AS_OF
from tests.support.small_model import Teacher

BUCKET = "models"
DAY = timedelta(days=1)
START = AS_OF.date()


def no_progress(percent: int) -> None:
    """Nobody listens."""


@dataclass
class Workshop:
    """What models are made with; `rows` sees everything, as a superuser does."""

    business: Business
    runtime: Runtime
    superuser: psycopg.Connection[dict[str, Any]]
    s3: Any
    teacher: Teacher = field(default_factory=Teacher)

    def train(self, moment: datetime = AS_OF, progress: Callable[[int], None] = no_progress) -> Outcome:
        """One run of the nightly training, as of a moment, in an environment of its own."""
        registry.forget_loaded()
        return Training(self.runtime, self.business, self.teacher.recipe, Deadline.after(60), progress).run(moment)

    def rows(self, statement: str, *values: Any) -> list[dict[str, Any]]:
        cursor = self.superuser.execute(statement.encode(), values)
        return cursor.fetchall() if cursor.description else []

    def versions(self) -> list[dict[str, Any]]:
        return self.rows("SELECT * FROM ml_models WHERE business_id = %s ORDER BY version", self.business.id)

    def in_use(self) -> dict[str, Any] | None:
        found = [row for row in self.versions() if row["status"] == "promoted"]
        assert len(found) <= 1
        return found[0] if found else None

    def forecasts(self) -> list[dict[str, Any]]:
        statement = "SELECT * FROM ml_forecasts WHERE business_id = %s ORDER BY starts_on, product_id"
        return self.rows(statement, self.business.id)

    def files(self) -> list[str]:
        found = self.s3.list_objects_v2(Bucket=BUCKET, Prefix=f"models/{self.business.id}/").get("Contents", [])
        return [each["Key"] for each in found]

    def file(self, name: str) -> str:
        """The key of a file of the version in use."""
        used = self.in_use()
        assert used is not None
        return f"models/{self.business.id}/demand/{used['version']}/{name}"

    def member(self) -> Member:
        return Member(uuid7(), Role.OWNER, self.business, None, "request", Deadline.after(60))


@pytest.fixture(scope="module")
def shop(module_database: TestDatabase, tmp_path_factory: pytest.TempPathFactory) -> Business:
    """The shop, on the module's database; another one stands beside it."""
    folder = tmp_path_factory.mktemp("regulars")
    regulars.write(module_database, folder, regulars.generate(10, seed=8), name="Otra")
    return regulars.write(module_database, folder, regulars.generate(30))


@pytest.fixture
def workshop(module_database: TestDatabase, shop: Business, monkeypatch: pytest.MonkeyPatch) -> Iterator[Workshop]:
    """No version and no forecast is there yet."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
    database = Database(module_database.app, connect_timeout=5)
    with mock_aws(), psycopg.connect(module_database.superuser, autocommit=True, row_factory=dict_row) as superuser:
        s3 = boto3.client("s3")
        s3.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
        superuser.execute("TRUNCATE ml_models, ml_forecasts")
        registry.forget_loaded()
        runtime = Runtime.of(Settings(models_bucket=BUCKET), database=database, models=ObjectStore(BUCKET))
        yield Workshop(shop, runtime, superuser, s3)
        registry.forget_loaded()
        database.close()


def on(day: date) -> datetime:
    """Four in the morning of a day by the shop's clock."""
    return datetime.combine(day, datetime.min.time(), AS_OF.tzinfo).replace(hour=4)
