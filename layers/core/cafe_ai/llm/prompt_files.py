"""The prompts: text files whose names carry their version, so that an audit row says which one was used."""

from __future__ import annotations

from functools import cache
from importlib import resources


@cache
def load_prompt(version: str) -> str:
    """The prompt of that name and version ("plan.v1"). One that is in use is never edited: it gets a new version."""
    return _folder().joinpath(f"{version}.txt").read_text(encoding="utf-8").strip()


@cache
def load_all_prompts() -> tuple[str, ...]:
    """The text of every version there is."""
    names = sorted(entry.name.removesuffix(".txt") for entry in _folder().iterdir() if entry.name.endswith(".txt"))
    return tuple(load_prompt(name) for name in names)


def _folder() -> resources.abc.Traversable:
    return resources.files(__package__).joinpath("prompts")
