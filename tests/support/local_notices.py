"""What a business with an e-mail address and a webhook is told by a running local stack."""

from __future__ import annotations

import email
import email.policy
import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email.message import EmailMessage
from typing import Any
from uuid import uuid4

import psycopg

from tests.support.local_jobs import superuser
from tests.support.local_stack import Stack
from tests.support.receiver import Received, Receiver, running_receiver

ADDRESS = "duena@cafe-central.example"
SECRET = "un secreto que solo conocen la tienda y el servicio"
TOLD_SECONDS = 30
ADD = """
INSERT INTO notification_channels (id, business_id, kind, address, secret)
VALUES (%(email)s, %(business)s, 'email', %(address)s, NULL), (%(webhook)s, %(business)s, 'webhook', %(url)s, %(secret)s)
"""
REMOVE = "DELETE FROM notification_channels WHERE id = ANY (%s)"
DELIVERIES = """
SELECT d.id::text, c.kind, d.status FROM notification_deliveries d JOIN notification_channels c ON c.id = d.channel_id
WHERE d.job_id = %s ORDER BY c.kind
"""


@dataclass(frozen=True)
class Told:
    """The business's two channels."""

    stack: Stack
    receiver: Receiver

    def deliveries(self, job_id: str) -> list[tuple[str, str, str]]:
        """Id, channel and status of each."""
        return [(str(one), str(kind), str(status)) for one, kind, status in self.stack.rows(DELIVERIES, job_id)]

    def await_sent(self, job_id: str) -> dict[str, str]:
        """The ids of the two deliveries, by channel, once both are sent; there must be no others."""
        deadline = time.monotonic() + TOLD_SECONDS
        while [status for _, _, status in self.deliveries(job_id)] != ["sent", "sent"]:
            assert time.monotonic() < deadline, self.deliveries(job_id)
            time.sleep(0.1)
        return {kind: identity for identity, kind, _ in self.deliveries(job_id)}

    def posts(self, job_id: str) -> list[Received]:
        """What the webhook was sent about the job."""
        return [received for received in self.receiver.received if json.loads(received.body)["job_id"] == job_id]

    def mail(self, delivery: str) -> EmailMessage:
        """The e-mail of a delivery."""
        content = (self.stack.layout.mail / f"{delivery}.eml").read_bytes()
        message: Any = email.message_from_bytes(content, policy=email.policy.default)
        assert isinstance(message, EmailMessage)
        return message


@contextmanager
def told(stack: Stack) -> Iterator[Told]:
    """The sample business wants to be told by e-mail and by a webhook on this machine; afterwards no more."""
    ids = {"email": uuid4(), "webhook": uuid4()}
    with running_receiver() as receiver, psycopg.connect(superuser(stack), autocommit=True) as connection:
        wanted = {"business": stack.state.business_id, "address": ADDRESS, "url": receiver.url(), "secret": SECRET}
        connection.execute(ADD, {**ids, **wanted})
        try:
            yield Told(stack, receiver)
        finally:
            connection.execute(REMOVE, (list(ids.values()),))
