"""Where the local stack keeps things: everything it writes is inside the project's folder.

`home` holds what belongs to one running stack (state, data, logs); `shared` what stacks have in common
(virtual environments, the build). They are the same folder unless CAFE_AI_HOME names another home, as the
end-to-end tests do to run a stack of their own beside the developer's.
"""

import os
from dataclasses import dataclass
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Layout:
    project: Path
    home: Path

    @property
    def shared(self) -> Path:
        return self.project / ".local"

    @property
    def state_file(self) -> Path:
        return self.home / "state.json"

    @property
    def lock_file(self) -> Path:
        return self.home / "lock"

    @property
    def postgres(self) -> Path:
        return self.home / "postgres"

    @property
    def chroma(self) -> Path:
        """The vector store's data, which can be made again from PostgreSQL."""
        return self.home / "chroma"

    @property
    def issuer(self) -> Path:
        return self.home / "issuer"

    @property
    def files(self) -> Path:
        """The emulator's buckets: the files of reports, and how functions are started."""
        return self.home / "files"

    @property
    def mail(self) -> Path:
        """Where the functions write the e-mails that they would send, one .eml each."""
        return self.home / "mail"

    @property
    def logs(self) -> Path:
        return self.home / "logs"

    @property
    def tmp(self) -> Path:
        return self.home / "tmp"

    @property
    def venv(self) -> Path:
        """The project's own virtual environment, with the functions' packages and the developers' tools."""
        return self.project / ".venv"

    @property
    def emulator_venv(self) -> Path:
        return self.shared / "venvs" / "emulator"

    @property
    def chroma_venv(self) -> Path:
        return self.shared / "venvs" / "chroma"

    @property
    def sam_venv(self) -> Path:
        return self.shared / "venvs" / "sam"

    @property
    def checks_venv(self) -> Path:
        """The tools that look for known weaknesses and secrets."""
        return self.shared / "venvs" / "checks"

    @property
    def uv_venv(self) -> Path:
        return self.shared / "venvs" / "uv"

    @property
    def builds(self) -> Path:
        """What `sam build` makes for this machine's architecture, one folder for each state of the sources."""
        return self.shared / "builds"

    def log(self, name: str) -> Path:
        return self.logs / f"{name}.log"


def current() -> Layout:
    home = os.environ.get("CAFE_AI_HOME")
    return Layout(project=PROJECT, home=Path(home).resolve() if home else PROJECT / ".local")


def python_of(venv: Path) -> Path:
    return venv / "bin" / "python"
