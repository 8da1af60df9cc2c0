"""Prompts are released once, and businesses are drawn for variants evenly, for good, and on the server."""

from __future__ import annotations

import hashlib
from collections import Counter
from datetime import date
from importlib import resources
from random import Random
from typing import Any
from uuid import UUID

import pytest

from cafe_ai.assistants.prose import leaks_prompt
from cafe_ai.llm.prompt_book import Experiment, PromptBook, Variant, prompt_book, read_prompt_book
from cafe_ai.llm.prompt_files import load_prompt

RELEASED = {
    "analysis.v1": "2965b40bdf937b84003ba601bccf5ab083322157aafefe2b482d8cdeb85462b3",
    "examples.v1": "33d18108bb95a9e9eaf3efa45d38abcdb4ecdba79df67f7d393a39bb8347fd13",
    "plan.v1": "440b23b37eb3f2d1de74c0a12b942edbbc79de4a33b493fd77e28d19161659ea",
    "prose.v1": "d4c32dc9b0c87fd0d719e8324715a20ecb8c464ea5b68baf70aca7e5000f2d7f",
    "prose.v2": "cebbdef797457319edc4d72b13a2db6aaf44b438d8bd5432fff6584039c1dc49",
    "quote.v1": "5ff18e08e2394bb63bfb215526cb5679d24941e9f9d8f25ebee7168d392d390f",
    "recommend.v1": "74f8495a824bdabb2d7ad86576ffcd0d2b1426a2636fdae3bd984ff9d32ba5f4",
}
"""SHA-256 of each prompt that was ever in use. A changed one gets a new version and a line here, never a new hash."""

BUSINESSES = [UUID(int=Random(n).getrandbits(128), version=4) for n in range(4000)]
REGISTRY: dict[str, Any] = {
    "current": {"plan": "plan.v1", "prose": "prose.v1"},
    "experiments": [
        {
            "name": "opening",
            "prompt": "prose",
            "status": "running",
            "since": date(2026, 11, 25),
            "salt": "opening/1",
            "variants": [{"version": "prose.v1", "weight": 3}, {"version": "prose.v2", "weight": 1}],
        }
    ],
}


def experiment(salt: str = "a", *weights: int) -> Experiment:
    variants = tuple(Variant(f"prose.v{n}", weight) for n, weight in enumerate(weights or (1, 1), start=1))
    return Experiment(salt, "prose", True, date(2026, 11, 25), salt, variants)


def test_prompts_that_were_released_are_as_they_were() -> None:
    folder = resources.files("cafe_ai.llm").joinpath("prompts")
    there = {
        entry.name.removesuffix(".txt"): hashlib.sha256(entry.read_bytes()).hexdigest()
        for entry in folder.iterdir()
        if entry.name.endswith(".txt")
    }
    assert there == RELEASED


def test_every_prompt_of_the_registry_is_there() -> None:
    book = prompt_book()
    versions = {*book.current.values(), *(v.version for e in book.experiments for v in e.variants)}
    assert versions <= RELEASED.keys()
    for business in BUSINESSES[:20]:
        prompts = book.for_business(business)
        assert prompts.get("plan").text
        assert prompts.get("prose").text.count("{language}") == 1


@pytest.mark.parametrize("version", RELEASED)
def test_no_released_prompt_may_be_repeated_to_a_user(version: str) -> None:
    assert leaks_prompt(load_prompt(version)[:80])


def test_a_business_is_given_the_same_variant_every_time_and_everywhere() -> None:
    """Also in other processes and later versions of the code: these were drawn once and for all."""
    drawn = "".join(experiment("opening/1").version_for(business)[-1] for business in BUSINESSES[:24])
    assert drawn == "211122221112111221211122"


@pytest.mark.parametrize("weights", [(1, 1), (3, 1), (1, 1, 1), (9, 1)])
def test_businesses_are_drawn_by_weight(weights: tuple[int, ...]) -> None:
    counted = Counter(experiment("x", *weights).version_for(business) for business in BUSINESSES)
    for number, weight in enumerate(weights, start=1):
        share = weight / sum(weights)
        margin = 4 * (share * (1 - share) / len(BUSINESSES)) ** 0.5
        assert counted[f"prose.v{number}"] / len(BUSINESSES) == pytest.approx(share, abs=margin)


def test_experiments_do_not_depend_on_one_another() -> None:
    first, second = experiment("a"), experiment("b")
    together = Counter((first.version_for(b), second.version_for(b)) for b in BUSINESSES)
    assert len(together) == 4
    assert all(abs(count - 1000) < 4 * 27.4 for count in together.values())  # 27.4: sqrt(4000 · ¼ · ¾)


def test_a_running_experiment_decides_and_a_stopped_one_does_not() -> None:
    running = read_prompt_book(REGISTRY)
    given = [running.for_business(business) for business in BUSINESSES[:50]]
    assert {prompts.get("prose").version for prompts in given} == {"prose.v1", "prose.v2"}
    assert all(prompts.variants == {"opening": prompts.get("prose").version} for prompts in given)
    assert running.for_nobody().variants == {}
    stopped = PromptBook(running.current, read_prompt_book(changed(status="stopped")).experiments)
    assert {stopped.for_business(business).get("prose").version for business in BUSINESSES[:50]} == {"prose.v1"}
    assert stopped.for_business(BUSINESSES[0]).variants == {}


def changed(**fields: Any) -> dict[str, Any]:
    return {**REGISTRY, "experiments": [{**REGISTRY["experiments"][0], **fields}]}


@pytest.mark.parametrize(
    "registry",
    [
        changed(status="paused"),
        changed(variants=[{"version": "prose.v1", "weight": 1}]),
        changed(variants=[{"version": "prose.v1", "weight": 1}, {"version": "prose.v2", "weight": 0}]),
        changed(variants=[{"version": "prose.v1", "weight": 1}, {"version": "plan.v1", "weight": 1}]),
        changed(prompt="poems"),
        {**REGISTRY, "experiments": REGISTRY["experiments"] * 2},
        {**REGISTRY, "experiments": [*REGISTRY["experiments"], {**REGISTRY["experiments"][0], "name": "other"}]},
    ],
)
def test_a_registry_that_cannot_be_meant_is_refused(registry: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        read_prompt_book(registry)
