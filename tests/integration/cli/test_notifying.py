"""`cafe-ai notify`, as someone at a terminal meets it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from uuid import UUID

import pytest

from infra.local import cli
from tests.support.factories import Factory
from tests.support.intake import Ledger
from tests.support.postgres import TestDatabase

HOOK = "https://hooks.example.com/cafe"

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def ledger(database: TestDatabase) -> Iterator[Ledger]:
    with Ledger(database.superuser) as opened:
        yield opened


@pytest.fixture
def business(database: TestDatabase) -> Iterator[UUID]:
    factory = Factory.connected(database)
    yield factory.insert_business()
    factory.connection.close()


@pytest.fixture
def notify(
    database: TestDatabase, business: UUID, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Run:
    """Runs the command for the business: its status, what it printed, and what it complained of."""
    monkeypatch.setenv("CAFE_AI_DATABASE_URL", database.saas)

    def run(*arguments: str) -> tuple[int, str, str]:
        try:
            status = cli.main(["notify", "--business", str(business), *arguments])
        except SystemExit as left:
            status = int(left.code or 0)
        captured = capsys.readouterr()
        return status, captured.out, captured.err

    return run


def test_webhook_gets_a_secret_that_is_printed_once(notify: Run, ledger: Ledger) -> None:
    status, out, _ = notify("--webhook", HOOK, "--events", "failed")
    (secret,) = re.findall(r"[0-9a-f]{64}", out)
    assert status == 0
    channels = "SELECT kind, address, secret, events, kinds, active FROM notification_channels"
    assert ledger.rows(channels) == [("webhook", HOOK, secret, ["job.failed"], None, True)]
    assert secret not in notify("--list")[1]
    (renewed,) = re.findall(r"[0-9a-f]{64}", notify("--webhook", HOOK, "--kinds", "generate_sales_report")[1])
    assert renewed != secret
    assert ledger.rows(channels) == [
        ("webhook", HOOK, renewed, ["job.completed", "job.failed"], ["generate_sales_report"], True)
    ]


def test_email_is_added_listed_and_removed(notify: Run) -> None:
    status, out, _ = notify("--email", "ana@example.com", "--locale", "en")
    assert (status, "Secret" in out) == (0, False)
    assert "email    ana@example.com  (job.completed, job.failed; all kinds)" in notify("--list")[1]
    assert notify("--email", "ana@example.com", "--remove")[0] == 0
    assert notify("--list")[1] == "Nobody is told.\n"
    status, _, err = notify("--email", "ana@example.com", "--remove")
    assert (status, err) == (1, "cafe-ai: Nobody is told at this address.\n")


@pytest.mark.parametrize(
    "arguments",
    [
        ("--email", "Ana <ana@example.com>"),
        ("--email", "ana@example.com\nBcc: eve@example.com"),
        ("--webhook", "http://hooks.example.com/"),
        ("--webhook", "https://127.0.0.1/"),
        ("--webhook", "https://user:pass@hooks.example.com/"),
    ],
)
def test_address_that_nothing_can_be_sent_to_is_refused(
    notify: Run, ledger: Ledger, arguments: tuple[str, str]
) -> None:
    status, _, err = notify(*arguments)
    assert status == 1
    assert err.startswith(f"cafe-ai: {arguments[0][2:]}: ")
    assert ledger.rows("SELECT id FROM notification_channels") == []


@pytest.mark.parametrize(
    "arguments", [(), ("--remove",), ("--email", "a@b.co", "--webhook", HOOK), ("--events", "failed")]
)
def test_command_says_what_is_missing(notify: Run, arguments: tuple[str, ...]) -> None:
    status, _, err = notify(*arguments)
    assert status == 2
    assert "usage: cafe-ai notify" in err


def test_local_stack_takes_receivers_on_this_machine(
    notify: Run, ledger: Ledger, database: TestDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    stack = SimpleNamespace(dsn_saas=database.saas)
    monkeypatch.setattr("infra.local.commands.connection.running_stack", lambda: stack)
    monkeypatch.delenv("CAFE_AI_DATABASE_URL")
    assert notify("--webhook", "http://127.0.0.1:9000/hook")[0] == 0
    assert notify("--webhook", "http://10.0.0.1/hook")[0] == 1
    assert ledger.rows("SELECT address FROM notification_channels") == [("http://127.0.0.1:9000/hook",)]


def test_weekly_report_is_switched_on_and_off(notify: Run, ledger: Ledger) -> None:
    for word, wanted in (("on", True), ("off", False)):
        assert notify("--weekly-report", word)[:2] == (0, f"Weekly reports are {word}.\n")
        assert ledger.rows("SELECT weekly_report FROM businesses") == [(wanted,)]


def test_business_that_is_not_there_is_said_so(notify: Run) -> None:
    for arguments in (("--email", "ana@example.com"), ("--weekly-report", "on")):
        status, _, err = notify(*arguments, "--business", str(UUID(int=7)))
        assert (status, err) == (1, "cafe-ai: There is no business with this id.\n")
