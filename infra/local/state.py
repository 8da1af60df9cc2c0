"""What the local stack remembers between commands: its ports, its processes, and how to reach it."""

import json
import os
import secrets
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from infra.local.layout import Layout, current


@dataclass(frozen=True)
class State:
    """How to reach the running stack."""

    base_url: str  # the API's address up to, and without, /api/v1/ai
    issuer: str
    audience: str
    signing_keys: str  # the folder with the issuer's private keys
    dsn_app: str  # the functions' role
    dsn_saas: str  # the role with which the SaaS and the importer write the shop's tables
    dsn_owner: str  # the role that owns the tables and runs migrations
    emulator_url: str
    audit_queue_url: str
    chroma_url: str
    embedding_model: str  # as the functions are told it
    indexer: str  # the name of the function that brings the search index up to date
    redrive: str  # the name of the function that has failed jobs done again
    business_id: str  # Café Central, the sample business
    owner_id: str  # the sample business's owner
    erase: str = ""  # the name of the function that forgets customers and businesses


@dataclass(frozen=True)
class Process:
    """`started` is the operating system's start mark of the pid: a pid used again by another program has another."""

    pid: int
    started: str


@dataclass
class Record:
    """The state file. `ready` is set last and removed first; `build` is the fingerprint of what was deployed."""

    ports: dict[str, int] = field(default_factory=dict)
    build: str = ""
    processes: dict[str, Process] = field(default_factory=dict)
    ready: State | None = None


def load(layout: Layout) -> Record:
    """A file that is missing, cut short by a crash, or came with a copied folder reads as a stack never started."""
    try:
        data: dict[str, Any] = json.loads(layout.state_file.read_text(encoding="utf-8"))
        if data["home"] != str(layout.home):
            return Record()  # the processes on record are another stack's
        return Record(
            ports=dict(data["ports"]),
            build=data["build"],
            processes={name: Process(**process) for name, process in data["processes"].items()},
            ready=State(**data["ready"]) if data["ready"] else None,
        )
    except (FileNotFoundError, ValueError, TypeError, KeyError):
        return Record()


def save(layout: Layout, record: Record) -> None:
    """Replace the file in one step, readable by its owner only: it holds the local database's passwords."""
    layout.home.mkdir(parents=True, exist_ok=True)
    content = json.dumps({"home": str(layout.home), **asdict(record)}, indent=1)
    write_private(layout.state_file, content)


def write_private(path: Path, content: str) -> None:
    aside = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    try:
        with os.fdopen(os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
            file.write(content)
        aside.replace(path)
    finally:
        aside.unlink(missing_ok=True)


def read_state(layout: Layout | None = None) -> State | None:
    """How to reach the stack that `make run` started, or None when none is ready."""
    return load(layout or current()).ready
