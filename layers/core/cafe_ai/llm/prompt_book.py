"""Which version of a prompt a business is given: the current one, or its variant in an experiment.

A variant is drawn by the business's id and the experiment's salt, on the server: uniform, the same whenever it is asked for
and by whomever, and independent of every other experiment's. The unit is the business, because its members talk.
"""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib import resources
from typing import Any, Literal
from uuid import UUID

from cafe_ai.llm.prompt_files import load_prompt

PromptName = Literal["plan", "prose", "examples"]


@dataclass(frozen=True, slots=True)
class Prompt:
    """A prompt's text, and the version that the audit names ("prose.v1")."""

    version: str
    text: str


@dataclass(frozen=True, slots=True)
class Variant:
    """A version that an experiment gives to a share of the businesses, by weight."""

    version: str
    weight: int


@dataclass(frozen=True, slots=True)
class Experiment:
    """Versions of one prompt, compared. The first variant is the one that the others are compared with."""

    name: str
    prompt: str
    running: bool
    since: date
    salt: str
    variants: tuple[Variant, ...]

    def version_for(self, business_id: UUID) -> str:
        """The version that this business is given, always the same."""
        digest = hashlib.sha256(f"{self.salt}:{business_id}".encode()).digest()
        point = int.from_bytes(digest[:8]) * sum(variant.weight for variant in self.variants) >> 64
        for variant in self.variants:
            point -= variant.weight
            if point < 0:
                return variant.version
        raise AssertionError("the point lies within the sum of the weights")


@dataclass(frozen=True, slots=True)
class Prompts:
    """The prompts of one business. variants has, of each experiment that runs, the version that it was given."""

    versions: Mapping[str, str]
    variants: Mapping[str, str]

    def get(self, name: PromptName) -> Prompt:
        """The prompt of that name."""
        version = self.versions[name]
        return Prompt(version, load_prompt(version))


@dataclass(frozen=True, slots=True)
class PromptBook:
    """The registry: each prompt's current version, and the experiments, running or stopped."""

    current: Mapping[str, str]
    experiments: tuple[Experiment, ...]

    def for_business(self, business_id: UUID) -> Prompts:
        """What this business is given."""
        running = [experiment for experiment in self.experiments if experiment.running]
        given = {experiment.name: experiment.version_for(business_id) for experiment in running}
        versions = {experiment.prompt: given[experiment.name] for experiment in running}
        return Prompts({**self.current, **versions}, given)

    def for_nobody(self) -> Prompts:
        """The current versions, as part of no experiment."""
        return Prompts(self.current, {})


@cache
def prompt_book() -> PromptBook:
    """The registry that comes with the code."""
    text = resources.files(__package__).joinpath("prompts/registry.toml").read_text(encoding="utf-8")
    return read_prompt_book(tomllib.loads(text))


def read_prompt_book(registry: Mapping[str, Any]) -> PromptBook:
    """A registry as registry.toml has it. Raises ValueError where it cannot be meant so."""
    current: dict[str, str] = dict(registry["current"])
    experiments = tuple(_experiment(entry) for entry in registry.get("experiments", ()))
    compared = [experiment.prompt for experiment in experiments if experiment.running]
    if len({experiment.name for experiment in experiments}) < len(experiments):
        raise ValueError("Two experiments have the same name.")
    if len(set(compared)) < len(compared):
        raise ValueError("Two running experiments compare versions of the same prompt.")
    for experiment in experiments:
        versions = [variant.version for variant in experiment.variants]
        if len(versions) < 2 or any(variant.weight < 1 for variant in experiment.variants):
            raise ValueError(f"{experiment.name} needs two variants or more, each with a weight.")
        if experiment.prompt not in current or not _are_of(experiment.prompt, versions):
            raise ValueError(f"{experiment.name} compares other prompts than {experiment.prompt}.")
    return PromptBook(current, experiments)


def _experiment(entry: Mapping[str, Any]) -> Experiment:
    if entry["status"] not in ("running", "stopped"):
        raise ValueError(f"{entry['name']} is neither running nor stopped.")
    return Experiment(
        name=entry["name"],
        prompt=entry["prompt"],
        running=entry["status"] == "running",
        since=entry["since"],
        salt=entry["salt"],
        variants=tuple(Variant(variant["version"], variant["weight"]) for variant in entry["variants"]),
    )


def _are_of(prompt: str, versions: Sequence[str]) -> bool:
    return all(version.partition(".")[0] == prompt for version in versions)
