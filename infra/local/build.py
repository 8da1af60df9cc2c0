"""`sam build` for this machine: kept in a folder named after what went in, so that nothing is built twice.

A build is made aside and renamed when whole. A running stack keeps using its own while a newer one is made.
"""

import hashlib
import os
import secrets
import shlex
import shutil
from collections.abc import Iterator
from pathlib import Path

from infra.local.environment import install_environ, uv_of, version_of
from infra.local.layout import Layout, python_of
from infra.local.processes import Command, run_to_end

SOURCES = (
    "template.yaml",
    *(f"infra/{name}.yaml" for name in ("network", "database", "vector_store", "cache", "identity", "observability")),
    "layers",
    "functions",
    "ml",
    "infra/migrations",
    "infra/local/sam_transform.py",
    "infra/local/native.py",
    "requirements/web.txt",
    "requirements/ai.txt",
    "requirements/embeddings.txt",
    "requirements/report.txt",
    "requirements/ml.txt",
    "requirements/libgomp.txt",
    "infra/statemachines",
    "requirements/sam.txt",
)
NOT_BUILT = {"__pycache__", "notebooks"}
KEPT_BUILDS = 3
TRANSFORMED = "transformed.json"


def ensure_build(layout: Layout) -> Path:
    """The folder of the build of the present sources. Raises CommandFailed with the end of `sam build`'s log."""
    folder = layout.builds / fingerprint(layout)
    if not folder.exists():
        aside = folder.with_name(f"{folder.name}.{secrets.token_hex(4)}")
        try:
            _build(layout, aside)
            aside.rename(folder)
        finally:
            shutil.rmtree(aside, ignore_errors=True)
    os.utime(folder)
    _remove_old(layout, keep=folder)
    return folder


def fingerprint(layout: Layout) -> str:
    """Changes with every source that goes into the build, and with the interpreter that the packages are for."""
    digest = hashlib.sha256(version_of(python_of(layout.emulator_venv)).encode())
    for path in _files(layout.project):
        digest.update(f"\0{path.relative_to(layout.project)}\0".encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def _files(project: Path) -> Iterator[Path]:
    for source in SOURCES:
        root = project / source
        paths = sorted(root.rglob("*")) if root.is_dir() else [root]
        yield from (path for path in paths if path.is_file() and NOT_BUILT.isdisjoint(path.parts))


def _build(layout: Layout, folder: Path) -> None:
    python = python_of(layout.emulator_venv)
    environ = {
        **install_environ(layout),
        "PATH": os.pathsep.join((str(uv_of(layout).parent), os.environ.get("PATH", os.defpath))),
        "SAM_CLI_TELEMETRY": "0",
        "__SAM_CLI_APP_DIR": str(layout.shared / "sam"),
        "TARGET": f"--python {shlex.quote(str(python))}",
        "COMPILER": "",  # here, unlike in AWS, the functions can keep the bytecode of what they import
    }
    sam: list[str | Path] = [
        python_of(layout.sam_venv),
        layout.sam_venv / "bin" / "sam",
        "build",
        "--template",
        "template.yaml",
    ]
    arguments: list[str | Path] = ["--build-dir", folder, "--config-env", "local"]
    run_to_end("sam build", [*sam, *arguments], layout.log("sam-build"), env=environ, cwd=layout.project)
    transform: Command = [python_of(layout.sam_venv), "-m", "infra.local.sam_transform", folder]
    run_to_end("The SAM transform", transform, layout.log("sam-transform"), env=environ, cwd=layout.project)


def _remove_old(layout: Layout, *, keep: Path) -> None:
    builds = sorted(layout.builds.iterdir(), key=lambda path: path.stat().st_mtime, reverse=True)
    for folder in builds[KEPT_BUILDS:]:
        if folder != keep:
            shutil.rmtree(folder, ignore_errors=True)
