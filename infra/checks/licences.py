"""Which licences the shipped packages have, and whether requirements/licences.toml allows them.

A package's licence is what its own metadata says as an SPDX expression. Where the metadata says it in other words, somebody read
the licence and wrote the expression into `readings`. Weak copyleft is allowed package by package, with the reason; GPL, AGPL and
what is not known never is.
"""

import re
import tomllib
from dataclasses import dataclass
from importlib.metadata import Distribution, distributions
from pathlib import Path
from typing import Any

from packaging.utils import canonicalize_name


@dataclass(frozen=True)
class Bundled:
    """Something that is no package of its own: a file taken out of one, a font, a model inside a package."""

    name: str
    version: str
    layer: str
    licence: str
    source: str


@dataclass(frozen=True)
class Policy:
    allowed: frozenset[str]
    readings: dict[str, str]
    exceptions: dict[str, tuple[str, str]]  # name: (licence, reason)
    bundled: tuple[Bundled, ...]


def read_policy(path: Path) -> Policy:
    """Raises ValueError where an exception gives no reason."""
    stated: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
    exceptions = {each["package"]: (each["licence"], each["reason"].strip()) for each in stated["exceptions"]}
    for name, (_, reason) in exceptions.items():
        if not reason:
            raise ValueError(f"{path.name}: the exception for {name} needs a reason")
    bundled = tuple(Bundled(**each) for each in stated["bundled"])
    return Policy(frozenset(stated["allowed"]), stated["readings"], exceptions, bundled)


def installed_licences(site_packages: Path) -> dict[str, str]:
    """Of each installed package the SPDX expression in its metadata; '' where that says it in other words."""
    return {
        canonicalize_name(each.metadata["Name"]): _stated(each) for each in distributions(path=[str(site_packages)])
    }


def _stated(distribution: Distribution) -> str:
    """The `License` field was free text before PEP 639: a short one is mostly an SPDX id."""
    metadata = distribution.metadata
    if expression := metadata.get_all("License-Expression"):
        return expression[0]
    text = "".join(metadata.get_all("License") or []).strip()
    return text if re.fullmatch(r"[A-Za-z0-9.+-]{2,30}( (OR|AND) [A-Za-z0-9.+-]{2,30})*", text) else ""


def licence_of(name: str, stated: dict[str, str], policy: Policy) -> str:
    """The SPDX expression; '' where nobody knows."""
    return policy.readings.get(name) or stated.get(name, "")


def problem_with(name: str, licence: str, policy: Policy) -> str:
    """Why a package may not be shipped under this licence, in words; '' where it may."""
    if not licence:
        return f"{name}: its metadata names no licence; read it and add it to readings"
    if name in policy.exceptions:
        argued, _ = policy.exceptions[name]
        return "" if argued == licence else f"{name}: the exception was argued for {argued}, it is {licence} now"
    try:
        allowed = is_allowed(licence, policy.allowed)
    except ValueError as error:
        return f"{name}: {error}"
    return "" if allowed else f"{name}: {licence} is not allowed in what is shipped"


def is_allowed(expression: str, allowed: frozenset[str]) -> bool:
    """Whether some choice that an SPDX expression leaves is made of allowed licences alone. Raises ValueError."""
    tokens = re.findall(r"[()]|[^\s()]+", expression)
    answer = _either(tokens, allowed)
    if tokens:
        raise ValueError(f"{expression!r} is no SPDX expression")
    return answer


def _either(tokens: list[str], allowed: frozenset[str]) -> bool:
    answer = _both(tokens, allowed)
    while tokens and tokens[0] == "OR":
        tokens.pop(0)
        answer |= _both(tokens, allowed)
    return answer


def _both(tokens: list[str], allowed: frozenset[str]) -> bool:
    answer = _one(tokens, allowed)
    while tokens and tokens[0] == "AND":
        tokens.pop(0)
        answer &= _one(tokens, allowed)
    return answer


def _one(tokens: list[str], allowed: frozenset[str]) -> bool:
    if not tokens or tokens[0] in (")", "AND", "OR", "WITH"):
        raise ValueError(f"a licence is missing before {tokens[0] if tokens else 'the end'}")
    licence = tokens.pop(0)
    if licence == "(":
        answer = _either(tokens, allowed)
        if not tokens or tokens.pop(0) != ")":
            raise ValueError("a bracket is not closed")
        return answer
    if tokens[:1] == ["WITH"]:
        licence = " ".join((licence, *tokens[:2]))
        del tokens[:2]
    return licence in allowed
