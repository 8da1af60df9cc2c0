"""The list of parts of what is shipped, as CycloneDX 1.6: each package that the layers hold, with the hashes that the lock
accepts, its licence, and what asks for it. Equal locks make equal files, byte for byte: no clock, no random serial number.

A component's `distribution` references carry the hashes of all the files that the lock accepts for it (one a platform); the build
takes one of them. `cafe-ai:layer` says which layers hold it.
"""

import hashlib
import json
import tomllib
import uuid
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from packaging.markers import Marker

from infra.checks.licences import Bundled, Policy, licence_of
from infra.checks.locks import Lock, Pin

LAYERS = ("web", "ai", "embeddings", "report", "ml")
NAMESPACE = uuid.UUID("6f2f6d0c-8d0e-5c43-9a35-6d2f3b8f1c27")  # of this project's lists of parts
LAMBDA = {  # what the markers of a lock are held against
    "implementation_name": "cpython",
    "implementation_version": "3.13.0",
    "os_name": "posix",
    "platform_machine": "aarch64",
    "platform_python_implementation": "CPython",
    "platform_release": "",
    "platform_system": "Linux",
    "platform_version": "",
    "python_full_version": "3.13.0",
    "python_version": "3.13",
    "sys_platform": "linux",
}


def shipped(locks: dict[str, Lock], layers: Sequence[str] = LAYERS) -> dict[Pin, list[str]]:
    """The packages that a function on Lambda has, and in which layers."""
    found: dict[tuple[str, str], tuple[Pin, list[str]]] = {}
    for layer in layers:
        for pin in locks[layer].pins:
            if not pin.marker or Marker(pin.marker).evaluate(LAMBDA):
                found.setdefault((pin.name, pin.version), (pin, []))[1].append(layer)
    return dict(found[key] for key in sorted(found))


def list_parts(project: Path, locks: dict[str, Lock], stated: dict[str, str], policy: Policy) -> dict[str, Any]:
    """The document. `stated`: the licences in the packages' own metadata."""
    itself = tomllib.loads((project / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    root = f"{itself['name']}@{itself['version']}"
    pins = shipped(locks)
    components = [_package(pin, layers, licence_of(pin.name, stated, policy)) for pin, layers in pins.items()]
    components += [_bundled(each) for each in policy.bundled]
    document = {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {
            "lifecycles": [{"phase": "build"}],
            "component": {
                "type": "application",
                "bom-ref": root,
                "name": itself["name"],
                "version": itself["version"],
                "licenses": [{"license": {"id": itself["license"]}}],
            },
        },
        "components": components,
        "dependencies": _dependencies(root, pins, policy.bundled),
    }
    content = json.dumps(document, sort_keys=True).encode()
    return {**document, "serialNumber": f"urn:uuid:{uuid.uuid5(NAMESPACE, hashlib.sha256(content).hexdigest())}"}


def write_parts(path: Path, document: dict[str, Any]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(document, indent=1, sort_keys=True) + "\n", encoding="utf-8")


def _package(pin: Pin, layers: Iterable[str], licence: str) -> dict[str, Any]:
    purl = f"pkg:pypi/{pin.name}@{pin.version}"
    hashes = [{"alg": "SHA-256", "content": digest} for digest in pin.hashes]
    return {
        "type": "library",
        "bom-ref": purl,
        "name": pin.name,
        "version": pin.version,
        "purl": purl,
        **_licensed(licence),
        "externalReferences": [
            {"type": "distribution", "url": purl, "comment": "any of the files that the lock accepts", "hashes": hashes}
        ],
        "properties": [{"name": "cafe-ai:layer", "value": layer} for layer in layers],
    }


def _bundled(part: Bundled) -> dict[str, Any]:
    return {
        "type": "library",
        "bom-ref": f"{part.name}@{part.version}",
        "name": part.name,
        "version": part.version,
        **_licensed(part.licence),
        "properties": [
            {"name": "cafe-ai:layer", "value": part.layer},
            {"name": "cafe-ai:source", "value": part.source},
        ],
    }


def _licensed(licence: str) -> dict[str, Any]:
    """One SPDX id is a licence, more of them an expression."""
    if not licence:
        return {}
    return {"licenses": [{"expression": licence} if " " in licence else {"license": {"id": licence}}]}


def _dependencies(root: str, pins: dict[Pin, list[str]], bundled: Iterable[Bundled]) -> list[dict[str, Any]]:
    """Who needs whom, as uv noted it in the locks; what a file of ours asks for, we need."""
    names = {pin.name: f"pkg:pypi/{pin.name}@{pin.version}" for pin in pins}
    needs: dict[str, set[str]] = {
        root: {f"{each.name}@{each.version}" for each in bundled},
        **{ref: set() for ref in names.values()},
    }
    for pin in pins:
        for who in pin.via:
            if who.startswith("-r "):
                needs[root].add(names[pin.name])
            elif who in names:
                needs[names[who]].add(names[pin.name])
    return [{"ref": ref, "dependsOn": sorted(wanted)} for ref, wanted in sorted(needs.items())]
