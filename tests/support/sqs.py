"""A real SQS for tests: the AWS emulator alone, on a free loopback port, in a folder of its own.

What it does as AWS does: visibility timeouts, receive counts, ChangeMessageVisibility, batches, the move to the dead-letter
queue (when the message would be received once more than maxReceiveCount, so only while somebody polls). What it does not:
a message comes in the order sent (`event_source` shuffles), a receipt handle is void once the message has been received
again, and every call walks over all messages of the queue (2 ms with 20,000 of them).
"""

from __future__ import annotations

import json
import os
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from infra.local import emulator
from infra.local.layout import current, python_of
from infra.local.postgres import free_port
from tests.support.children import Child

START_SECONDS = 60.0
INHERITED = ("PATH", "LANG", "LC_ALL")


@dataclass(frozen=True)
class Queue:
    """A queue and where its messages go after too many receives."""

    url: str
    arn: str
    dead_letters_url: str
    dead_letters_arn: str


@dataclass(frozen=True)
class Sqs:
    """The server."""

    port: int
    child: Child = field(repr=False)

    @property
    def url(self) -> str:
        """Its address."""
        return emulator.url_of(self.port)

    @property
    def environ(self) -> dict[str, str]:
        """What a function's process has in its environment to reach it."""
        return {
            "AWS_ENDPOINT_URL": self.url,
            "AWS_REGION": emulator.REGION,
            "AWS_DEFAULT_REGION": emulator.REGION,
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
            "AWS_EC2_METADATA_DISABLED": "true",
        }

    @cached_property
    def client(self) -> Any:
        """A boto3 client of it."""
        return emulator.client("sqs", self.port)

    @property
    def pid(self) -> int:
        """Its process."""
        return self.child.process.pid

    def create_queue(self, name: str, *, visibility_seconds: int = 5, max_receives: int = 5) -> Queue:
        """A queue with its dead-letter queue."""
        dead, dead_arn = self._create(f"{name}-dead-letters", {"VisibilityTimeout": str(visibility_seconds)})
        redrive = json.dumps({"deadLetterTargetArn": dead_arn, "maxReceiveCount": max_receives})
        url, arn = self._create(name, {"VisibilityTimeout": str(visibility_seconds), "RedrivePolicy": redrive})
        return Queue(url, arn, dead, dead_arn)

    def delete_queue(self, queue: Queue) -> None:
        """Deletes both."""
        self.client.delete_queue(QueueUrl=queue.url)
        self.client.delete_queue(QueueUrl=queue.dead_letters_url)

    def count(self, url: str) -> int:
        """How many messages a queue holds, in flight or not."""
        names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
        names.append("ApproximateNumberOfMessagesDelayed")
        told: Mapping[str, str] = self.client.get_queue_attributes(QueueUrl=url, AttributeNames=names)["Attributes"]
        return sum(int(told[name]) for name in names)

    def drain(self, url: str) -> list[str]:
        """Takes every message that is to be had, for good; their bodies."""
        bodies = []
        while found := self.client.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages"):
            bodies += [message["Body"] for message in found]
            entries = [{"Id": str(n), "ReceiptHandle": m["ReceiptHandle"]} for n, m in enumerate(found)]
            self.client.delete_message_batch(QueueUrl=url, Entries=entries)
        return bodies

    def _create(self, name: str, attributes: dict[str, str]) -> tuple[str, str]:
        url: str = self.client.create_queue(QueueName=name, Attributes=attributes)["QueueUrl"]
        found = self.client.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])
        return url, found["Attributes"]["QueueArn"]


@contextmanager
def running_sqs(services: str = "sqs") -> Iterator[Sqs]:
    """A new server without queues, with other services if they are named; gone on leaving, and when we are killed."""
    with tempfile.TemporaryDirectory(prefix="cafe-ai-sqs-", ignore_cleanup_errors=True) as name:
        folder, port, layout = Path(name), free_port(), current()
        command = [str(python_of(layout.emulator_venv)), "-m", "infra.local.emulator_process"]
        child = Child.start(
            command, log=folder / "log", cwd=layout.project, env=_environ(folder, port, layout.project, services)
        )
        server = Sqs(port, child)
        try:
            _wait_until_ready(server, folder / "log")
            yield server
        finally:
            server.client.close()
            child.kill()


def _wait_until_ready(server: Sqs, log: Path) -> None:
    ends = time.monotonic() + START_SECONDS
    while time.monotonic() < ends and server.child.runs:
        try:
            with urllib.request.urlopen(f"{server.url}/_ministack/health", timeout=1):
                return
        except OSError:
            time.sleep(0.03)
    raise RuntimeError(f"The emulator did not start: {log.read_text(encoding='utf-8', errors='replace')[-2000:]}")


def _environ(folder: Path, port: int, project: Path, services: str) -> dict[str, str]:
    return {
        **{name: os.environ[name] for name in INHERITED if name in os.environ},
        "HOME": str(folder),
        "TMPDIR": str(folder),
        "TZ": "UTC",
        "PYTHONPATH": str(project),
        "GATEWAY_PORT": str(port),
        "BIND_HOST": "127.0.0.1",
        "MINISTACK_HOST": "127.0.0.1",
        "MINISTACK_REGION": emulator.REGION,
        "AWS_ENDPOINT_URL": emulator.url_of(port),
        "AWS_EC2_METADATA_DISABLED": "true",
        "SERVICES": services,
        "SFTP_ENABLED": "0",
        "IOT_MTLS_ENABLED": "0",
        "S3_DATA_DIR": str(folder / "s3"),
        "STATE_DIR": str(folder / "state"),
        "LOG_LEVEL": "WARNING",
        "FUNCTIONS_LOG": str(folder / "functions"),
    }
