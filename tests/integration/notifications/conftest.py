"""Notifications on a real database: a real receiver on loopback, e-mails in a folder, files in memory."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from cafe_ai import bootstrap
from cafe_ai.jobs import service as jobs
from cafe_ai.jobs.model import JobKind
from cafe_ai.notifications import channels, service
from cafe_ai.notifications.model import ChannelKind, DeliveryMessage
from cafe_ai.platform.db import Database
from tests.support.files import FakeFiles
from tests.support.jobs import Workshop, open_workshop, soon
from tests.support.postgres import TestDatabase
from tests.support.receiver import Receiver, running_receiver

LOOPBACK = frozenset({"127.0.0.1"})


@dataclass
class Office:
    """What notifications are tested with."""

    workshop: Workshop
    receiver: Receiver
    files: FakeFiles
    mail: Path
    saas: Database

    def given_channel(self, business: UUID, kind: ChannelKind = "webhook", address: str = "", **options: Any) -> str:
        """A channel of the business; its secret ("" for e-mail)."""
        address = address or (self.receiver.url() if kind == "webhook" else "ana@example.com")
        return channels.add(self.saas, business, kind, address, private_hosts=LOOPBACK, **options) or ""

    def end_job(
        self,
        business: UUID,
        result: Mapping[str, Any] | None = None,
        *,
        kind: JobKind = JobKind.INVENTORY_FORECAST,
        failed: str = "",
    ) -> UUID:
        """A job that was started and has ended; its id."""
        job = self.workshop.start(business, kind)
        lease = jobs.claim(self.workshop.runtime, job.id, business, soon())
        assert lease is not None
        if failed:
            jobs.fail(self.workshop.runtime, lease, failed, soon())
        else:
            jobs.finish(self.workshop.runtime, lease, result or {"rows": 3}, soon())
        return job.id

    @property
    def messages(self) -> list[str]:
        """What the queue of notifications was sent."""
        return self.workshop.queues["notifications"].messages

    def deliver(self, body: str | None = None) -> None:
        """What a worker does with a message, the last one if none is given."""
        service.deliver(self.workshop.runtime, service.parse(body or self.messages[-1]), soon())

    @property
    def delivery(self) -> dict[str, Any]:
        """The only delivery there is."""
        (row,) = self.workshop.rows("notification_deliveries")
        return row

    @property
    def message(self) -> DeliveryMessage:
        """The message of the only delivery there is."""
        return DeliveryMessage(self.delivery["id"], self.delivery["business_id"])


@pytest.fixture
def office(database: TestDatabase, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Office]:
    """The office, with its runtime as that of every function in this process."""
    saas = Database(database.saas)
    mail = tmp_path / "mail"
    settings: dict[str, Any] = {
        "mail_from": "Café AI <avisos@cafe.example>",
        "mail_folder": str(mail),
        "webhook_private_hosts": LOOPBACK,
    }
    with running_receiver() as receiver, open_workshop(database, **settings) as workshop:
        files = FakeFiles()
        vars(workshop.runtime)["reports"] = files
        monkeypatch.setattr(bootstrap, "build", lambda: workshop.runtime)
        bootstrap.runtime.cache_clear()
        yield Office(workshop, receiver, files, mail, saas)
        bootstrap.runtime.cache_clear()
        saas.close()


@pytest.fixture
def business(office: Office) -> UUID:
    """A business."""
    return office.workshop.factory.insert_business()
