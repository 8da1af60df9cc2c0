"""E-mail through Amazon SES, or into a folder. boto3 is imported when the first message is sent."""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Protocol
from uuid import UUID

from cafe_ai.errors import DependencyDown
from cafe_ai.platform.queue import one_at_a_time

if TYPE_CHECKING:
    from types_boto3_sesv2.client import SESV2Client

CONNECT_SECONDS = 1.0
READ_SECONDS = 15.0
REFUSED_FOR_GOOD = frozenset({"MessageRejected", "BadRequestException"})


class MailRefused(Exception):  # noqa: N818 -- errors state the fact
    """This message is not taken, however often it is sent; the message of the error says why, in SES's words."""


class Mailer(Protocol):
    """What sends a finished message."""

    def send(self, delivery_id: UUID, recipient: str, message: bytes) -> None:
        """Sends an RFC 5322 message, its sender in it, to one address.

        Raises MailRefused where the message itself is at fault, DependencyDown where another try may do.
        """


class SesMailer:
    """Amazon SES. It puts its own Message-ID in the place of ours; our other headers stay."""

    def send(self, delivery_id: UUID, recipient: str, message: bytes) -> None:  # noqa: ARG002 -- it is in the message
        """As `Mailer`. What is wrong with our account (a limit, sending paused) is worth another try."""
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            self._client.send_email(Destination={"ToAddresses": [recipient]}, Content={"Raw": {"Data": message}})
        except ClientError as error:
            if error.response["Error"]["Code"] in REFUSED_FOR_GOOD:
                raise MailRefused(error.response["Error"].get("Message", "")) from error
            raise DependencyDown("mail") from error
        except BotoCoreError as error:
            raise DependencyDown("mail") from error

    @cached_property
    def _client(self) -> SESV2Client:
        import boto3
        from botocore.config import Config

        once = Config(connect_timeout=CONNECT_SECONDS, read_timeout=READ_SECONDS, retries={"total_max_attempts": 1})
        with one_at_a_time:
            client: SESV2Client = boto3.client("sesv2", config=once)
        return client


@dataclass(frozen=True, slots=True)
class FolderMailer:
    """Writes each message to `{delivery_id}.eml` in a folder, whole or not at all; sent again, it replaces itself."""

    folder: Path

    def send(self, delivery_id: UUID, recipient: str, message: bytes) -> None:  # noqa: ARG002 -- it is in the message
        """As `Mailer`."""
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            unfinished = self.folder / f".{delivery_id}.{os.getpid()}"
            unfinished.write_bytes(message)
            unfinished.replace(self.folder / f"{delivery_id}.eml")
        except OSError as error:
            raise DependencyDown("mail") from error
