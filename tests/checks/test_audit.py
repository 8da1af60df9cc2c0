"""An audit has three ends, and none is taken for another: clean, vulnerable, could not be audited."""

import json
from collections.abc import Iterator
from datetime import date
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from infra.checks.audit import Accepted, Audit, audit, read_accepted
from infra.checks.locks import Lock, Pin
from infra.local.layout import PROJECT

TODAY = date(2026, 11, 25)
LOCK = Lock(
    "web",
    "requirements/web.txt",
    tuple(Pin(name, "1.0", "", ("0a" * 32,), ("-r requirements/web.in",)) for name in ("beans", "milk")),
    (),
    "",
)


class VulnerabilityService:
    """Answers as OSV's /v1/query does: `weak` maps a package to the ids of its weaknesses; all others have none."""

    def __init__(self, weak: dict[str, list[str]]) -> None:
        self.weak = weak
        self.asked: list[str] = []
        self.status = 200
        service = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                query = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                body = json.dumps(service.answer(query["package"]["name"])).encode()
                self.send_response(service.status)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *args: object) -> None: ...

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()
        self.url = f"http://127.0.0.1:{self._server.server_port}/v1/query"

    def answer(self, name: str) -> dict[str, object]:
        self.asked.append(name)
        fixed = {"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "1.1"}]}
        affected = [{"package": {"name": name, "ecosystem": "PyPI"}, "ranges": [fixed]}]
        found = [
            {"id": id, "aliases": ["CVE-2026-1"], "summary": "bad", "affected": affected}
            for id in self.weak.get(name, ())
        ]
        return {"vulns": found} if found else {}

    def close(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


@pytest.fixture
def service() -> Iterator[VulnerabilityService]:
    service = VulnerabilityService({})
    yield service
    service.close()


def run(tools: Path, folder: Path, url: str, *accepted: Accepted) -> Audit:
    return audit(tools / "pip-audit", [LOCK], accepted, today=TODAY, cache=folder / "cache", osv_url=url)


def test_packages_without_weakness_are_clean(tools: Path, tmp_path: Path, service: VulnerabilityService) -> None:
    result = run(tools, tmp_path, service.url)

    assert (result.clean, result.unaudited, result.weaknesses) == (2, 0, ())
    assert set(service.asked) == {"beans", "milk"}
    assert not result.fails(required=True)


def test_a_weakness_fails_and_is_told_with_its_fix(tools: Path, tmp_path: Path, service: VulnerabilityService) -> None:
    service.weak = {"milk": ["PYSEC-2026-7"]}

    result = run(tools, tmp_path, service.url)

    assert result.fails(required=False)
    (weakness,) = result.weaknesses
    assert str(weakness) == "milk 1.0: PYSEC-2026-7 (CVE-2026-1), fixed in 1.1; locked in web"


def test_a_weakness_may_be_accepted_for_a_reason_until_a_day(
    tools: Path, tmp_path: Path, service: VulnerabilityService
) -> None:
    service.weak = {"milk": ["PYSEC-2026-7"], "beans": ["PYSEC-2026-8"]}
    until = Accepted("milk", "CVE-2026-1", "never reached", TODAY)

    result = run(tools, tmp_path, service.url, until)
    over = run(tools, tmp_path, service.url, Accepted("milk", "CVE-2026-1", "never reached", date(2026, 11, 24)))

    assert [weak.package for weak in result.weaknesses] == ["beans"]
    assert [weak.package for weak in result.accepted] == ["milk"]
    assert len(over.weaknesses) == 2
    assert over.lapsed


@pytest.mark.parametrize("away", ["nobody listens", "it answers 500"])
def test_a_service_that_is_away_is_no_clean_audit(
    tools: Path, tmp_path: Path, service: VulnerabilityService, away: str
) -> None:
    service.status = 500
    url = service.url if away == "it answers 500" else "http://127.0.0.1:9/v1/query"

    result = run(tools, tmp_path, url)

    assert (result.clean, result.unaudited) == (0, 2)
    assert result.reason
    assert result.fails(required=True)
    assert not result.fails(required=False)


def fake_pip_audit(folder: Path, answer: object) -> Path:
    """A pip-audit that says this, whatever it is asked."""
    script = folder / "pip-audit"
    script.write_text(f"#!/bin/sh\ncat <<'END'\n{json.dumps(answer)}\nEND\n", encoding="utf-8")
    script.chmod(0o755)
    return script


def skipped(name: str) -> dict[str, str]:
    return {"name": name, "skip_reason": f"Dependency not found on PyPI and could not be audited: {name} (1.0)"}


def test_what_pip_audit_skips_is_not_audited_though_it_ends_well(tmp_path: Path) -> None:
    tool = fake_pip_audit(tmp_path, {"dependencies": [skipped("beans"), skipped("milk")]})

    result = audit(tool, [LOCK], (), today=TODAY, cache=tmp_path)

    assert (result.clean, result.unaudited) == (0, 2)
    assert result.missing == ()


def test_a_package_that_a_service_does_not_know_among_others_fails(tmp_path: Path) -> None:
    known = {"name": "milk", "version": "1.0", "vulns": []}
    tool = fake_pip_audit(tmp_path, {"dependencies": [skipped("beans"), known]})

    result = audit(tool, [LOCK], (), today=TODAY, cache=tmp_path)

    assert result.missing == ("beans 1.0",)
    assert result.fails(required=False)


@pytest.mark.parametrize(
    "answer", [{"dependencies": []}, {}, [], {"dependencies": [{"name": "milk", "version": "2.0", "vulns": []}]}]
)
def test_what_is_missing_in_the_answer_is_not_audited(tmp_path: Path, answer: object) -> None:
    result = audit(fake_pip_audit(tmp_path, answer), [LOCK], (), today=TODAY, cache=tmp_path)

    assert (result.clean, result.unaudited) == (0, 2)


def test_an_acceptance_needs_a_reason(tmp_path: Path) -> None:
    assert read_accepted(PROJECT / "requirements" / "advisories.toml") == ()
    path = tmp_path / "advisories.toml"
    path.write_text(
        '[[accepted]]\npackage = "milk"\nid = "CVE-1"\nreason = " "\nuntil = 2027-01-01\n', encoding="utf-8"
    )

    with pytest.raises(ValueError, match="needs a reason"):
        read_accepted(path)
