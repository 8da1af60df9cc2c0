"""Known weaknesses of what the locks pin, asked of a vulnerability service with pip-audit.

pip-audit ends well and says "No known vulnerabilities found" also where the service knew none of the packages, as behind a
mirror of the index. So each package's own answer is read, and there are three ends: audited and clean, vulnerable, and could
not be audited. The last fails only where CAFE_AI_AUDIT=require asks for an audit, for a service that is away says nothing
about the change under test; but a service that answers for some packages and has never heard of another one always fails: that
package was taken away from the index.
"""

import json
import subprocess
import tomllib
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

from infra.checks.locks import Lock, Pin

SECONDS = 90  # of one run of pip-audit; a service that answers takes a tenth of that
CONNECT_SECONDS = 5
GROUP_SIZE = 100
SAMPLE = 20  # packages that a service is tried with before it is asked for all
NOT_FOUND = "not found on PyPI"
Versioned = tuple[str, str]  # name, version


@dataclass(frozen=True)
class Weakness:
    package: str
    version: str
    id: str
    aliases: tuple[str, ...]
    fixed_in: tuple[str, ...]
    locks: tuple[str, ...]

    def __str__(self) -> str:
        fixed = f"fixed in {', '.join(self.fixed_in)}" if self.fixed_in else "not fixed yet"
        known = f" ({', '.join(self.aliases)})" if self.aliases else ""
        return f"{self.package} {self.version}: {self.id}{known}, {fixed}; locked in {', '.join(self.locks)}"


@dataclass(frozen=True)
class Accepted:
    """A weakness that does not reach us, argued in requirements/advisories.toml, until a day."""

    package: str
    id: str
    reason: str
    until: date


@dataclass
class Answers:
    """What a service said: of each package its weaknesses, and of the others why it said nothing."""

    known: dict[Versioned, list[dict[str, object]]] = field(default_factory=dict)
    unknown: dict[Versioned, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Audit:
    asked: int
    clean: int
    weaknesses: tuple[Weakness, ...]
    accepted: tuple[Weakness, ...]
    missing: tuple[str, ...]  # unknown to a service that knows others
    unaudited: int
    reason: str  # of the first that could not be audited
    lapsed: tuple[str, ...]  # acceptances whose day is over

    def fails(self, required: bool) -> bool:
        return bool(self.weaknesses or self.missing or self.lapsed or (required and self.unaudited))

    def as_json(self) -> dict[str, object]:
        return {
            "asked": self.asked,
            "clean": self.clean,
            "weaknesses": [str(each) for each in self.weaknesses],
            "accepted": [str(each) for each in self.accepted],
            "missing": list(self.missing),
            "unaudited": self.unaudited,
            "reason": self.reason,
        }


def read_accepted(path: Path) -> tuple[Accepted, ...]:
    """Raises ValueError where one of them gives no reason or no day."""
    entries = tomllib.loads(path.read_text(encoding="utf-8")).get("accepted", [])
    accepted = tuple(Accepted(each["package"], each["id"], each["reason"], each["until"]) for each in entries)
    for each in accepted:
        if not each.reason.strip() or not isinstance(each.until, date):
            raise ValueError(f"{path.name}: {each.id} needs a reason and a day until which it holds")
    return accepted


def audit(
    pip_audit: Path, locks: Sequence[Lock], accepted: Sequence[Accepted], *, today: date, cache: Path, osv_url: str = ""
) -> Audit:
    """Asks PyPI's service and, for what that does not know, OSV's; only `osv_url` where one is given."""
    pins = {(pin.name, pin.version): pin for lock in locks for pin in lock.pins}
    services = [["-s", "osv", "--osv-url", osv_url]] if osv_url else [["-s", "pypi"], ["-s", "osv"]]
    answers = Answers(unknown=dict.fromkeys(pins, ""))
    for service in services:
        waiting = [pins[name] for name in answers.unknown]
        some = _ask(pip_audit, waiting[:SAMPLE], service, cache, answers)
        if len(some.known) == len(answers.known):  # it knows none of them: it is away, or no such service
            some.unknown = {name: some.unknown.get(name, next(iter(some.unknown.values()))) for name in answers.unknown}
            answers = some
        else:
            answers = _ask(pip_audit, waiting, service, cache, answers)
        if not answers.unknown:
            break
    return _judge(answers, locks, accepted, today)


def _ask(pip_audit: Path, pins: Sequence[Pin], service: list[str], cache: Path, before: Answers) -> Answers:
    with ThreadPoolExecutor(4) as pool, TemporaryDirectory(prefix="audit-") as folder:
        files = [_write(Path(folder) / f"{n}.txt", group) for n, group in enumerate(_groups(pins))]
        parts = list(pool.map(lambda file: _run(pip_audit, file, service, cache), files))
    told = Answers(known=dict(before.known))
    for part in parts:
        told.known.update(part.known)
        told.unknown.update(part.unknown)
    for pin in pins:
        name = (pin.name, pin.version)
        if name not in told.known:
            why = told.unknown.get(name, "pip-audit left it out of its answer")
            told.unknown[name] = "; ".join(filter(None, (before.unknown[name], why)))
    return told


def _groups(pins: Sequence[Pin]) -> list[list[Pin]]:
    """No group names a package twice, as pip-audit wants it, and none takes long."""
    groups: list[list[Pin]] = []
    for pin in pins:
        for group in groups:
            if len(group) < GROUP_SIZE and all(pin.name != other.name for other in group):
                group.append(pin)
                break
        else:
            groups.append([pin])
    return groups


def _write(path: Path, pins: Iterable[Pin]) -> Path:
    """Without the markers: what only another platform gets is audited too."""
    lines = (
        " ".join((f"{pin.name}=={pin.version}", *(f"--hash=sha256:{digest}" for digest in pin.hashes))) for pin in pins
    )
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def _run(pip_audit: Path, file: Path, service: list[str], cache: Path) -> Answers:
    command = [
        str(pip_audit),
        "-r",
        str(file),
        "--require-hashes",
        "--no-deps",
        "--disable-pip",
        "-f",
        "json",
        "--desc",
        "off",
    ]
    command += [
        "--aliases",
        "on",
        "--progress-spinner",
        "off",
        "--timeout",
        str(CONNECT_SECONDS),
        "--cache-dir",
        str(cache),
    ]
    try:
        done = subprocess.run([*command, *service], capture_output=True, text=True, timeout=SECONDS, check=False)
        dependencies = json.loads(done.stdout)["dependencies"]
    except subprocess.TimeoutExpired:
        return _silent(file, f"no answer within {SECONDS} s")
    except (json.JSONDecodeError, KeyError, TypeError):
        return _silent(file, _last_line(done.stderr) or f"pip-audit ended with {done.returncode} and said nothing")
    return _read(dependencies, file)


def _read(dependencies: list[dict[str, object]], file: Path) -> Answers:
    """pip-audit leaves the version out of what it skipped: the file has each name once."""
    versions = dict(_names(file))
    answers = Answers()
    for each in dependencies:
        name = str(each["name"])
        if name not in versions:
            continue
        if "skip_reason" in each:
            answers.unknown[name, versions[name]] = str(each["skip_reason"])
        elif each.get("version") == versions[name]:
            answers.known[name, versions[name]] = list(each.get("vulns") or [])  # type: ignore[call-overload]
    return answers


def _names(file: Path) -> list[Versioned]:
    return [
        (name, version)
        for line in file.read_text(encoding="utf-8").splitlines()
        for name, _, version in [line.split(" ")[0].partition("==")]
    ]


def _silent(file: Path, reason: str) -> Answers:
    return Answers(unknown=dict.fromkeys(_names(file), reason))


def _last_line(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[-1][:300] if lines else ""


def _judge(answers: Answers, locks: Sequence[Lock], accepted: Sequence[Accepted], today: date) -> Audit:
    found = [
        Weakness(name, version, str(each["id"]), _words(each.get("aliases")), _words(each.get("fix_versions")), where)
        for (name, version), weaknesses in sorted(answers.known.items())
        for where in [tuple(lock.name for lock in locks if _holds(lock, name, version))]
        for each in weaknesses
    ]
    standing = [each for each in accepted if today <= each.until]
    excused = [weak for weak in found if any(_covers(each, weak) for each in standing)]
    lapsed = [
        f"{each.id} of {each.package} was accepted until {each.until}" for each in accepted if each not in standing
    ]
    service_is_there = bool(answers.known)
    missing = [
        f"{name} {version}"
        for (name, version), why in sorted(answers.unknown.items())
        if service_is_there and NOT_FOUND in why
    ]
    return Audit(
        asked=len(answers.known) + len(answers.unknown),
        clean=sum(not weaknesses for weaknesses in answers.known.values()),
        weaknesses=tuple(weak for weak in found if weak not in excused),
        accepted=tuple(excused),
        missing=tuple(missing),
        unaudited=len(answers.unknown),
        reason=next(iter(answers.unknown.values()), ""),
        lapsed=tuple(lapsed),
    )


def _words(value: object) -> tuple[str, ...]:
    return tuple(map(str, value)) if isinstance(value, list) else ()


def _holds(lock: Lock, name: str, version: str) -> bool:
    return any(pin.name == name and pin.version == version for pin in lock.pins)


def _covers(accepted: Accepted, weak: Weakness) -> bool:
    return accepted.package == weak.package and accepted.id in (weak.id, *weak.aliases)
