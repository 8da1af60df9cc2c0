"""What sends e-mails: SES (against moto), and a folder."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import boto3
import pytest
from moto import mock_aws
from moto.core import DEFAULT_ACCOUNT_ID
from moto.sesv2 import sesv2_backends

from cafe_ai.errors import DependencyDown
from cafe_ai.platform.email import FolderMailer, MailRefused, SesMailer
from infra.local.postgres import free_port

REGION = "eu-central-1"
MESSAGE = b"From: avisos@cafe.example\r\nTo: ana@example.com\r\nSubject: Hola\r\n\r\nHola.\r\n"


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("AWS_DEFAULT_REGION", REGION)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    with mock_aws():
        yield


def test_message_goes_to_ses_as_it_is(aws: None) -> None:
    boto3.client("sesv2").create_email_identity(EmailIdentity="avisos@cafe.example")
    SesMailer().send(uuid4(), "ana@example.com", MESSAGE)
    (sent,) = sesv2_backends[DEFAULT_ACCOUNT_ID][REGION].core_backend.sent_messages
    assert set(sent.destinations) == {"ana@example.com"}  # moto adds the message's own To
    assert sent.raw_data == MESSAGE.decode()


def test_message_that_ses_refuses_is_refused_for_good(aws: None) -> None:
    with pytest.raises(MailRefused, match="avisos@cafe"):
        SesMailer().send(uuid4(), "ana@example.com", MESSAGE)


def test_ses_that_is_away_is_a_dependency_down(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in (("DEFAULT_REGION", REGION), ("ACCESS_KEY_ID", "test"), ("SECRET_ACCESS_KEY", "test")):
        monkeypatch.setenv(f"AWS_{name}", value)
    monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{free_port()}")
    with pytest.raises(DependencyDown):
        SesMailer().send(uuid4(), "ana@example.com", MESSAGE)


def test_folder_keeps_each_message_whole_and_once(tmp_path: Path) -> None:
    folder, delivery = tmp_path / "mail" / "out", uuid4()
    for message in (b"first", MESSAGE):
        FolderMailer(folder).send(delivery, "ana@example.com", message)
    assert [path.name for path in folder.iterdir()] == [f"{delivery}.eml"]
    assert (folder / f"{delivery}.eml").read_bytes() == MESSAGE


def test_folder_that_cannot_be_written_is_a_dependency_down(tmp_path: Path) -> None:
    (tmp_path / "mail").write_text("a file")
    with pytest.raises(DependencyDown):
        FolderMailer(tmp_path / "mail").send(uuid4(), "ana@example.com", MESSAGE)
