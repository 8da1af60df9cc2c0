"""The virtual environments, all inside the project's folder. Uses the standard library only: nothing is installed yet.

Each is made from a lock file with hashes. A stamp, written last, says from what and where it was made; where the stamp
does not fit (an interrupted install, a changed lock file, a folder copied elsewhere, another Python) it is made anew.
"""

import hashlib
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from infra.local.console import step
from infra.local.layout import Layout, python_of
from infra.local.problems import FIRST_RUN_BYTES, StackError
from infra.local.processes import run_to_end

STAMP = "cafe-ai.stamp"
PTH = "cafe_ai_project.pth"
INDEX_SETTINGS = {  # pip's settings that people point at a mirror, under uv's names
    "PIP_INDEX_URL": "UV_DEFAULT_INDEX",
    "PIP_EXTRA_INDEX_URL": "UV_INDEX",
    "PIP_DEFAULT_TIMEOUT": "UV_HTTP_TIMEOUT",
}


@dataclass(frozen=True)
class VirtualEnvironment:
    title: str
    folder: Path
    lock: Path

    def stamp(self) -> str:
        """What the environment depends on: the pinned packages, the Python, and the place (scripts hold its path)."""
        return "\n".join(
            (
                hashlib.sha256(self.lock.read_bytes()).hexdigest(),
                ".".join(map(str, sys.version_info[:2])),
                str(self.folder),
                "",
            )
        )

    def is_whole(self) -> bool:
        try:
            written = (self.folder / STAMP).read_text(encoding="utf-8")
        except (FileNotFoundError, NotADirectoryError, UnicodeDecodeError):
            return False
        return written == self.stamp() and python_of(self.folder).exists()  # a removed Python leaves a dangling link


def environments(layout: Layout) -> tuple[VirtualEnvironment, ...]:
    return (
        VirtualEnvironment("the project's packages", layout.venv, _lock(layout, "dev")),
        VirtualEnvironment("the AWS emulator", layout.emulator_venv, _lock(layout, "emulator")),
        VirtualEnvironment("the vector store", layout.chroma_venv, _lock(layout, "chroma")),
        VirtualEnvironment("the SAM tools", layout.sam_venv, _lock(layout, "sam")),
    )


def _lock(layout: Layout, name: str) -> Path:
    return layout.project / "requirements" / f"{name}.txt"


def checks_environment(layout: Layout) -> VirtualEnvironment:
    """The tools of `make checks`, which nothing else needs."""
    return VirtualEnvironment("the tools that check the supply chain", layout.checks_venv, _lock(layout, "checks"))


def ensure_environments(layout: Layout) -> None:
    """Make what is missing. Raises StackError, with the end of the log where a program failed."""
    missing = [environment for environment in environments(layout) if not environment.is_whole()]
    if not missing:
        return
    if not layout.uv_venv.exists():
        require_space(layout)
    for environment in missing:
        ensure_environment(layout, environment)


def ensure_environment(layout: Layout, environment: VirtualEnvironment) -> None:
    """Makes this one where it is missing. Raises StackError."""
    if environment.is_whole():
        return
    uv = _ensure_uv(layout)
    with step(f"Installing {environment.title}"):
        _install(uv, environment, layout)


def ensure_importable(layout: Layout) -> None:
    """Have the project's Python find the project's code from whichever folder it is started in, without PYTHONPATH."""
    (packages,) = layout.venv.glob("lib/python3.*/site-packages")
    pth, content = packages / PTH, f"{layout.project}\n{layout.project / 'layers' / 'core'}\n"
    if not pth.exists() or pth.read_text(encoding="utf-8") != content:
        pth.write_text(content, encoding="utf-8")


def require_space(layout: Layout) -> None:
    free = shutil.disk_usage(layout.project).free
    if free < FIRST_RUN_BYTES:
        raise StackError(
            f"The disk that holds {layout.project} has {free / 1e6:.0f} MB free; a first run needs about "
            f"{FIRST_RUN_BYTES / 1e9:.0f} GB. Free some space, then start again."
        )


def uv_of(layout: Layout) -> Path:
    return layout.uv_venv / "bin" / "uv"


def install_environ(layout: Layout) -> dict[str, str]:
    """The caller's environment, with uv's cache inside the project's folder unless the caller has put it elsewhere."""
    environ = {name: value for name, value in os.environ.items() if name not in ("VIRTUAL_ENV", "PYTHONPATH")}
    for theirs, ours in INDEX_SETTINGS.items():
        if theirs in environ:
            environ.setdefault(ours, environ[theirs])
    environ.setdefault("UV_CACHE_DIR", str(layout.shared / "cache" / "uv"))
    layout.tmp.mkdir(parents=True, exist_ok=True)
    environ["TMPDIR"] = str(layout.tmp)
    environ.setdefault("UV_PYTHON_DOWNLOADS", "never")
    return environ


def _ensure_uv(layout: Layout) -> Path:
    """uv itself comes by pip, pinned; it then installs the rest ten times faster."""
    environment = VirtualEnvironment("uv", layout.uv_venv, _lock(layout, "bootstrap"))
    if not environment.is_whole():
        with step("Installing uv, the package installer"):
            shutil.rmtree(environment.folder, ignore_errors=True)
            log = layout.log("install-uv")
            environ = install_environ(layout)
            run_to_end(
                "Making a virtual environment", [sys.executable, "-m", "venv", environment.folder], log, env=environ
            )
            pip: list[str | Path] = [
                python_of(environment.folder),
                "-m",
                "pip",
                "install",
                "--quiet",
                "--no-cache-dir",
                "--no-deps",
            ]
            pip += ["--disable-pip-version-check", "--require-hashes", "-r", environment.lock]
            run_to_end("Installing uv", pip, log, env=environ)
            _write_stamp(environment)
    return uv_of(layout)


def _install(uv: Path, environment: VirtualEnvironment, layout: Layout) -> None:
    log = layout.log(f"install-{environment.folder.name.lstrip('.')}")
    environ = install_environ(layout)
    (environment.folder / STAMP).unlink(missing_ok=True)
    run_to_end(
        f"Making {environment.title}'s virtual environment",
        [uv, "venv", "--quiet", "--clear", "--no-project", "--python", sys.executable, environment.folder],
        log,
        env=environ,
    )
    run_to_end(
        f"Installing {environment.title}",
        [uv, "pip", "sync", "--quiet", "--require-hashes", "--python", python_of(environment.folder), environment.lock],
        log,
        env=environ,
    )
    _write_stamp(environment)


def _write_stamp(environment: VirtualEnvironment) -> None:
    (environment.folder / STAMP).write_text(environment.stamp(), encoding="utf-8")


def version_of(python: Path) -> str:
    """The interpreter's version and platform, for things that depend on them."""
    code = "import sys, sysconfig; print(sys.implementation.cache_tag, sysconfig.get_platform())"
    return subprocess.run([python, "-c", code], capture_output=True, text=True, check=True).stdout.strip()
