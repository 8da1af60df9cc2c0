"""What can go wrong on a developer's machine, said so that it can be put right."""

# ruff: noqa: N818 -- errors state the fact

import errno
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from infra.local.layout import Layout

NO_SPACE = ("no space left", "check free disk space", "disk quota exceeded")  # as the system and PostgreSQL say it
FIRST_RUN_BYTES = 2_000_000_000
TAIL_LINES = 15


class StackError(Exception):
    """The stack cannot go on; the message says why and what to do."""


class PortInUse(StackError):
    """The port that was asked for belongs to another program."""

    def __init__(self, port: int) -> None:
        super().__init__(
            f"Port {port} is in use by another program. Stop that program, or leave CAFE_AI_PORT unset: "
            "the stack then takes a free port."
        )


class CommandFailed(StackError):
    """A program that the stack ran ended with an error; its last lines are in the message."""

    def __init__(self, what: str, log: Path) -> None:
        super().__init__(with_tail(f"{what} failed.", log))


def with_tail(message: str, log: Path) -> str:
    return f"{message} The last lines of {log}:\n\n{tail(log)}"


def tail(log: Path, lines: int = TAIL_LINES) -> str:
    try:
        text = log.read_text(encoding="utf-8", errors="replace")
    except FileNotFoundError:
        return "(nothing was written)"
    return "\n".join(text.splitlines()[-lines:])


@contextmanager
def showing(log: Path, *errors: type[Exception]) -> Iterator[None]:
    """Turn these errors into a StackError that also shows what the log says."""
    try:
        yield
    except errors as error:
        raise StackError(with_tail(str(error), log)) from error


def is_full_disk(error: BaseException) -> bool:
    """Whether the error, or what a program wrote before it failed, says that the disk is full."""
    seen: BaseException | None = error
    while seen is not None:
        if isinstance(seen, OSError) and seen.errno in (errno.ENOSPC, errno.EDQUOT):
            return True
        if any(words in str(seen).lower() for words in NO_SPACE):
            return True
        seen = seen.__cause__ or seen.__context__
    return False


def explain(error: BaseException, layout: Layout) -> str:
    """What to tell the person at the terminal."""
    if is_full_disk(error):
        folders = [folder for folder in (layout.project, layout.home) if folder.exists()]
        free, folder = min((shutil.disk_usage(folder).free, folder) for folder in folders)
        return (
            f"The disk that holds {folder} is full ({free / 1e6:.0f} MB free). Free some space "
            f"(a first run needs about {FIRST_RUN_BYTES / 1e9:.0f} GB; `make clean` removes what earlier runs left), "
            "then start again: it goes on where it stopped."
        )
    return str(error)
