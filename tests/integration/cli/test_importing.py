"""`cafe-ai import` and its like, as someone at a terminal meets them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import pytest

from infra.local import cli
from infra.local.dev_users import DEV_USERS
from tests.support.intake import Ledger
from tests.support.postgres import TestDatabase

NOBODY = "00000000-0000-7000-8000-000000000000"
NEW = ("--name", "Tienda", "--timezone", "Europe/London", "--currency", "GBP", "--locale", "es")
LINES = "order_id,ordered_at,product,quantity,unit_price\n1,2026-11-16T09:00,Café,2,1.50\n"


@dataclass(frozen=True)
class Outcome:
    status: int
    out: str
    err: str


Run = Callable[..., Outcome]


@pytest.fixture
def ledger(database: TestDatabase) -> Iterator[Ledger]:
    with Ledger(database.superuser) as opened:
        yield opened


@pytest.fixture
def run(
    database: TestDatabase, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Run:
    """Runs a command against the test's database, in the test's folder; no stack is running."""
    monkeypatch.setenv("CAFE_AI_DATABASE_URL", database.saas)
    monkeypatch.setenv("CAFE_AI_HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)

    def run_command(*arguments: str) -> Outcome:
        try:
            status = cli.main(arguments)
        except SystemExit as left:
            status = int(left.code or 0)
        captured = capsys.readouterr()
        return Outcome(status, captured.out, captured.err)

    return run_command


@pytest.fixture
def lines(tmp_path: Path) -> Path:
    path = tmp_path / "lines.csv"
    path.write_text(LINES, encoding="utf-8")
    return path


def test_a_new_business_is_imported_and_its_id_printed(run: Run, lines: Path, ledger: Ledger) -> None:
    done = run("import", *NEW, "--type", "gift_shop", "--day-starts", "02:00", str(lines))

    assert done.status == 0
    business_id = UUID(done.out.strip())
    assert "Imported 1 of 1 rows" in done.err
    assert "1 orders, 1 products, 0 customers, 2026-11-16 to 2026-11-16" in done.err
    assert ledger.rows("SELECT id, type, currency, day_starts::text FROM businesses") == [
        (business_id, "gift_shop", "GBP", "02:00:00")
    ]
    assert ledger.rows("SELECT user_id, role FROM memberships") == [(DEV_USERS["owner"], "owner")]


def test_importing_again_and_the_catalogue_and_reviews(run: Run, lines: Path, ledger: Ledger, tmp_path: Path) -> None:
    business_id = run("import", *NEW, str(lines)).out.strip()
    (tmp_path / "menu.csv").write_text("name;price\nCafé;1,50\n", encoding="utf-8")
    (tmp_path / "reviews.csv").write_text("date,text,product\n2026-11-16,Rico,Café\n", encoding="utf-8")

    assert run("import", "--business", business_id, str(lines)).out.strip() == business_id
    assert run("import-catalogue", "--business", business_id, "menu.csv").status == 0
    assert run("import-reviews", "--business", business_id, "reviews.csv").status == 0
    (tmp_path / "out.csv").write_text("date,product,sold_out_at\n2026-11-16,Café,18:30\n", encoding="utf-8")
    (tmp_path / "offers.csv").write_text("from,to,discount,name\n2026-11-16,2026-11-20,20,Otoño\n", encoding="utf-8")
    assert "1 stock-outs" in run("import-stock-outs", "--business", business_id, "out.csv").err
    assert "1 promotions" in run("import-promotions", "--business", business_id, "offers.csv").err
    assert (ledger.count("order_lines"), ledger.count("businesses"), ledger.count("reviews")) == (1, 1, 1)
    assert ledger.column("SELECT price::float FROM products") == [1.5]


def test_the_country_is_said_at_first_or_later(run: Run, lines: Path, ledger: Ledger) -> None:
    business_id = run("import", *NEW, str(lines)).out.strip()
    assert ledger.column("SELECT country FROM businesses") == [None]
    assert run("import", "--business", business_id, "--country", "gb", str(lines)).status == 0
    assert run("import", "--business", business_id, str(lines)).status == 0
    assert run("import", *NEW, "--country", "IE", str(lines)).status == 0
    assert ledger.column("SELECT country FROM businesses ORDER BY id") == ["GB", "IE"]


def test_what_was_left_out_is_told_with_the_reasons(run: Run, lines: Path, tmp_path: Path) -> None:
    lines.write_text(LINES + "2,,Café,1,1\n3,,Café,1,1\n4,2026-11-16,Café,1,-1\n", encoding="utf-8")
    done = run("import", *NEW, str(lines))
    assert f"3 rows were left out and are in {tmp_path / 'lines.rejected.csv'}" in done.err
    assert "2 × ordered_at is empty" in done.err
    assert "1 × unit_price is negative" in done.err


@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        ((), 2, "COMMAND"),
        (("import", "lines.csv"), 2, "a new business needs its name, timezone and currency"),
        (("import", "--name", "Tienda", "--timezone", "Europe/London", "lines.csv"), 2, "needs its currency"),
        (("import", "--business", "x", "lines.csv"), 2, "'x' is no UUID"),
        (("import", "--business", NOBODY, "--name", "Tienda", "lines.csv"), 2, "its name cannot be given again"),
        (("import", *NEW, "--timezone", "Mars/Olympus", "lines.csv"), 2, "no time zone 'Mars/Olympus'"),
        (("import", *NEW, "--currency", "pounds", "lines.csv"), 2, "no currency 'pounds'"),
        (("import", *NEW, "--country", "Spain", "lines.csv"), 2, "no country 'Spain'"),
        (("import", "--business", NOBODY, "--country", "XX", "lines.csv"), 2, "no country 'XX'"),
        (("import", *NEW, "--day-starts", "25:00", "lines.csv"), 2, "HH:MM"),
        (("import", *NEW, "missing.csv"), 1, "missing.csv cannot be read: No such file"),
        (("import", "--business", NOBODY, "lines.csv"), 1, "There is no business with this id."),
        (("import-catalogue", "--business", NOBODY, "lines.csv"), 1, "no column name"),
        (("import", *NEW, "--database-url", "postgresql://127.0.0.1:1/none", "lines.csv"), 1, "make run"),
        (("token", "--business", NOBODY), 1, "make run"),
        (("url",), 1, "make run"),
        (("ask", "¿Ventas?"), 1, "make run"),
    ],
)
def test_what_cannot_be_done_is_said_in_a_line_without_a_traceback(
    run: Run, lines: Path, ledger: Ledger, arguments: tuple[str, ...], status: int, said: str
) -> None:
    done = run(*arguments)
    assert done.status == status
    assert said in done.err.splitlines()[-1]
    assert "Traceback" not in done.err
    assert done.out == ""
    assert ledger.count("businesses") == 0


def test_an_unexpected_error_is_a_line_too(run: Run, lines: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("first line\nsecond line")

    monkeypatch.setattr("cafe_ai.intake.service.import_lines", fail)
    done = run("import", *NEW, str(lines))
    assert (done.status, done.out) == (1, "")
    assert done.err == "cafe-ai: Unexpected RuntimeError: first line\n"


def test_ctrl_c_says_that_nothing_was_written(
    run: Run, lines: Path, ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("cafe_ai.intake.repository.write_lines", interrupt)
    done = run("import", *NEW, str(lines))
    assert done.status == 130
    assert "written nothing" in done.err
    assert ledger.count("businesses") == 0


@pytest.mark.parametrize(
    "command",
    ["import", "import-catalogue", "import-reviews", "import-stock-outs", "import-promotions", "token", "url", "ask"],
)
def test_every_command_has_its_help(run: Run, command: str) -> None:
    done = run(command, "--help")
    assert done.status == 0
    assert f"usage: cafe-ai {command}" in done.out
