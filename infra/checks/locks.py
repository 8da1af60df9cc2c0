"""The lock files (requirements/*.txt, made by `make lock`): read, and what is wrong with them. Uses no network."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

FOLDERS = ("requirements", "tests/bench/requirements")
SHIPPED = (
    "web",
    "ai",
    "embeddings",
    "report",
    "ml",
    "libgomp",
)  # the layers; libgomp is one file of a wheel, in the ml layer
PINNED_TOGETHER = ("web", "ai", "embeddings", "report", "ml", "dev")
LEFT_OUT_FOR = {  # a lock does not repeat what these hold
    "ai": ("web",),
    "embeddings": ("web", "ai"),
    "report": ("web",),
    "ml": ("web",),
}
_PIN = re.compile(r"(?P<name>[a-z0-9][a-z0-9._-]*)==(?P<version>[^\s;]+)(?: ; (?P<marker>.+?))?\s*")
_HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})")
_VIA = re.compile(r"#\s*(?:via\b\s*)?")
_HOST = re.compile(r"\w+://|--(?:extra-)?index|--find-links|git\+|\s@\s")


@dataclass(frozen=True)
class Pin:
    """One package of a lock. `marker` is the environment it is for, empty for all; `via` what asks for it, a file
    written `-r requirements/web.in`."""

    name: str
    version: str
    marker: str
    hashes: tuple[str, ...]
    via: tuple[str, ...]


@dataclass(frozen=True)
class Lock:
    """A lock file with what it was made from. `path` is relative to the project; `stray` are lines that are no pin."""

    name: str
    path: str
    pins: tuple[Pin, ...]
    wanted: tuple[Requirement, ...]
    text: str
    stray: tuple[str, ...] = field(default=())

    @property
    def source(self) -> str:
        return self.path.removesuffix(".txt") + ".in"


def read_locks(project: Path) -> dict[str, Lock]:
    """Every lock file by its name; of the benches' own with their folder (`bench/celery`)."""
    found = {}
    for folder in FOLDERS:
        for path in sorted((project / folder).glob("*.txt")):
            name = path.stem if folder == "requirements" else f"bench/{path.stem}"
            found[name] = read_lock(project, f"{folder}/{path.name}", name)
    return found


def read_lock(project: Path, path: str, name: str) -> Lock:
    text = (project / path).read_text(encoding="utf-8")
    source = project / (path.removesuffix(".txt") + ".in")
    pins, stray = _parse(text)
    wanted = tuple(_wanted(source)) if source.exists() else ()
    return Lock(name, path, pins, wanted, text, stray)


def _parse(text: str) -> tuple[tuple[Pin, ...], tuple[str, ...]]:
    pins: list[Pin] = []
    stray: list[str] = []
    via: list[str] = []
    entry: list[str] = []

    def close() -> None:
        if not entry:
            return
        head, *options = entry
        match = _PIN.fullmatch(head)
        hashes = [_HASH.fullmatch(option) for option in options]
        if match is None or not all(hashes):
            stray.append(head)
        else:
            digests = tuple(each[1] for each in hashes if each)
            pins.append(Pin(match["name"], match["version"], match["marker"] or "", digests, tuple(via)))
        entry.clear()
        via.clear()

    for line in text.splitlines():
        bare = line.strip()
        if bare.startswith("#"):
            via.extend([said] if (said := _VIA.sub("", bare)) else [])
        elif bare:
            if not line.startswith(" "):
                close()
            entry.append(bare.removesuffix("\\").strip())
    close()
    return tuple(pins), tuple(stray)


def _wanted(source: Path) -> Iterator[Requirement]:
    """The direct requirements, those of the files that it includes too."""
    for line in source.read_text(encoding="utf-8").splitlines():
        bare = line.split(" #")[0].strip()
        if bare.startswith("-r "):
            yield from _wanted(source.parent / bare.removeprefix("-r ").strip())
        elif bare and not bare.startswith("#"):
            yield Requirement(bare)


def problems(project: Path) -> list[str]:
    """What is wrong with the lock files, in words; empty: nothing."""
    said = [f"{path} has no lock file beside it: run `make lock`" for path in _unlocked(project)]
    try:
        locks = read_locks(project)
    except InvalidRequirement as error:
        return [*said, f"a requirement cannot be read: {error}"]
    for lock in locks.values():
        said += [f"{lock.path}: {problem}" for problem in (*_format(project, lock), *_in_step(lock, locks))]
    return said + _disagreements(locks)


def _unlocked(project: Path) -> Iterator[str]:
    for folder in FOLDERS:
        for path in sorted((project / folder).glob("*.in")):
            if not path.with_suffix(".txt").exists():
                yield f"{folder}/{path.name}"


def _format(project: Path, lock: Lock) -> Iterator[str]:
    for line in lock.stray:
        yield f"{line!r} is not an exact pin with SHA-256 hashes alone"
    for pin in lock.pins:
        if not pin.hashes:
            yield f"{pin.name} has no hash"
    if match := _HOST.search(lock.text):
        yield f"it names where packages come from ({match[0].strip()}); a lock serves any mirror"
    source = project / lock.source
    if source.exists() and (match := _HOST.search(source.read_text(encoding="utf-8"))):
        yield f"{lock.source} names where packages come from ({match[0].strip()})"


def _in_step(lock: Lock, locks: dict[str, Lock]) -> Iterator[str]:
    """Whether the lock is what its .in asks for, by what uv noted beside each pin."""
    if not lock.wanted:
        yield f"{lock.source} is missing or asks for nothing"
        return
    others = [locks[name].pins for name in LEFT_OUT_FOR.get(lock.name, ()) if name in locks]
    here = _versions(lock.pins)
    everywhere = _versions(pin for pins in (lock.pins, *others) for pin in pins)
    direct = {canonicalize_name(requirement.name) for requirement in lock.wanted}
    for requirement in lock.wanted:
        name = canonicalize_name(requirement.name)
        if name not in everywhere:
            yield f"{requirement.name} of {lock.source} is not locked: run `make lock`"
        elif not all(requirement.specifier.contains(version, prereleases=True) for version in everywhere[name]):
            yield f"{requirement.name} is locked at {', '.join(everywhere[name])}, which {lock.source} does not allow"
    for pin in lock.pins:
        asked_by_file = [who for who in pin.via if who.startswith("-r ")]
        asked_by_package = [who for who in pin.via if not who.startswith(("-r ", "-c "))]
        if asked_by_file and pin.name not in direct:
            yield f"{pin.name} is locked for {asked_by_file[0].removeprefix('-r ')}, which no longer asks for it: run `make lock`"
        if not asked_by_file and not any(who in everywhere for who in asked_by_package):
            yield f"nothing asks for {pin.name}: run `make lock`"
    if not here:
        yield "it pins nothing"


def _versions(pins: Iterable[Pin]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for pin in pins:
        found.setdefault(pin.name, []).append(pin.version)
    return found


def _disagreements(locks: dict[str, Lock]) -> list[str]:
    """Packages that the functions and the tests would have in different versions."""
    said = []
    together = [locks[name] for name in PINNED_TOGETHER if name in locks]
    tested = _versions(locks["dev"].pins) if "dev" in locks else {}
    for lock in together:
        for name, versions in _versions(lock.pins).items():
            if sorted(versions) != sorted(tested.get(name, [])):
                said.append(
                    f"{lock.path} has {name} {', '.join(versions)}, and requirements/dev.txt another: run `make lock`"
                )
    return said
