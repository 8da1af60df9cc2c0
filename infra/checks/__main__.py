"""`python -m infra.checks [WHAT]`: the checks of the supply chain.

    all       the locks, the licences, the list of parts, secrets and known weaknesses (`make checks`)
    sbom      writes the list of parts of what is shipped (`make sbom`); needs no tool
    secrets   writes .secrets.baseline anew and says what in it nobody has read (`make secrets`)

CAFE_AI_AUDIT=require makes it a failure that packages could not be audited. CAFE_AI_AUDIT_URL: another service that answers as
OSV's `/v1/query` does, such as a mirror of one's own.
"""

import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

from infra.checks import licences, secrets
from infra.checks.audit import Audit, audit, read_accepted
from infra.checks.locks import problems, read_locks
from infra.checks.sbom import list_parts, shipped, write_parts
from infra.local.console import complain, say, step
from infra.local.layout import Layout, current, python_of


def main(arguments: list[str]) -> int:
    layout = current()
    match arguments:
        case ["all"]:
            return _check_all(layout)
        case ["sbom"]:
            say(f"  {_write_sbom(layout).relative_to(layout.project)}")
            return 0
        case ["secrets"]:
            return _write_baseline(layout)
    complain(str(__doc__))
    return 2


def _check_all(layout: Layout) -> int:
    """The two slow ones run side by side; each says what it found, and the audit speaks last, where it is seen."""
    with ThreadPoolExecutor(2) as pool, step("Locks, licences, parts, secrets and known weaknesses"):
        audited = pool.submit(_audit, layout)
        scanned = pool.submit(_scan, layout)
        said = [*problems(layout.project), *_check_licences(layout), *_check_sbom(layout), *scanned.result()]
        result = audited.result()
    for problem in said:
        complain(f"  ✗ {problem}")
    required = os.environ.get("CAFE_AI_AUDIT") == "require"
    _say_audit(result, required)
    return int(bool(said) or result.fails(required))


def _check_licences(layout: Layout) -> list[str]:
    policy = licences.read_policy(layout.project / "requirements" / "licences.toml")
    stated = licences.installed_licences(_site_packages(layout))
    names = [pin.name for pin in shipped(read_locks(layout.project))]
    said = [licences.problem_with(name, licences.licence_of(name, stated, policy), policy) for name in names]
    said += [licences.problem_with(each.name, each.licence, policy) for each in policy.bundled]
    known = {*names, *(each.name for each in policy.bundled)}
    said += [f"licences.toml speaks of {name}, which is not shipped" for name in policy.exceptions.keys() - known]
    return sorted(filter(None, said))


def _write_sbom(layout: Layout) -> Path:
    policy = licences.read_policy(layout.project / "requirements" / "licences.toml")
    path = layout.shared / "sbom" / "cafe-ai.cdx.json"
    stated = licences.installed_licences(_site_packages(layout))
    write_parts(path, list_parts(layout.project, read_locks(layout.project), stated, policy))
    return path


def _check_sbom(layout: Layout) -> list[str]:
    path = _write_sbom(layout)
    done = subprocess.run(
        [python_of(layout.checks_venv), "-m", "infra.checks.validate", path],
        cwd=layout.project,
        capture_output=True,
        text=True,
        check=False,
    )
    return [] if not done.returncode else [done.stderr.strip()[-500:]]


def _scan(layout: Layout) -> list[str]:
    tool = layout.venv / "bin" / "detect-secrets"
    baseline = layout.project / secrets.BASELINE
    said = [f"{each} in {secrets.BASELINE} was read by nobody" for each in secrets.unread(baseline)]
    found = secrets.new_secrets(tool, layout.project, baseline)
    return said + [f"{each}: a secret? If not, `make secrets` and mark it after reading" for each in found]


def _audit(layout: Layout) -> Audit:
    result = audit(
        layout.checks_venv / "bin" / "pip-audit",
        list(read_locks(layout.project).values()),
        read_accepted(layout.project / "requirements" / "advisories.toml"),
        today=datetime.now(UTC).date(),
        cache=layout.shared / "cache" / "pip-audit",
        osv_url=os.environ.get("CAFE_AI_AUDIT_URL", ""),
    )
    record = layout.shared / "checks" / "audit.json"
    record.parent.mkdir(parents=True, exist_ok=True)
    record.write_text(json.dumps(result.as_json(), indent=1) + "\n", encoding="utf-8")
    return result


def _say_audit(result: Audit, required: bool) -> None:
    for weakness in result.weaknesses:
        complain(f"  ✗ vulnerable: {weakness}")
    for package in result.missing:
        complain(f"  ✗ {package} is unknown to a vulnerability service that knows others: was it taken away?")
    for lapsed in result.lapsed:
        complain(f"  ✗ {lapsed}")
    for weakness in result.accepted:
        say(f"  accepted: {weakness}")
    if result.unaudited:
        bar = "!" * 100
        what = "NOTHING WAS AUDITED" if result.unaudited == result.asked else f"{result.unaudited} WERE NOT AUDITED"
        end = (
            "That fails, as CAFE_AI_AUDIT=require asks."
            if required
            else "That is no clean audit. CAFE_AI_AUDIT=require fails."
        )
        complain(f"{bar}\n{what} of {result.asked} packages for known weaknesses: {result.reason[:200]}\n{end}\n{bar}")
    elif not result.fails(required):
        say(f"  ✓ {result.asked} packages audited, no known weakness")


def _write_baseline(layout: Layout) -> int:
    tool = layout.venv / "bin" / "detect-secrets"
    unread = secrets.write_baseline(tool, layout.project, layout.project / secrets.BASELINE)
    for each in secrets.unread(layout.project / secrets.BASELINE):
        say(f"  to be read: {each}")
    say(f"  {unread} to be read: .venv/bin/detect-secrets audit {secrets.BASELINE}")
    return 0


def _site_packages(layout: Layout) -> Path:
    (packages,) = layout.venv.glob("lib/python3.*/site-packages")
    return packages


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
