"""A real Chroma server for tests, on a free loopback port, in a folder of its own. It can be killed, and come back."""

from __future__ import annotations

import shutil
import signal
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from infra.local.layout import current
from infra.local.postgres import free_port
from tests.support.children import Child

START_SECONDS = 60.0


@dataclass
class Chroma:
    """The server; `kill` as kill -9 does, `start` again on the same port, `delete_folder` as rm -rf does."""

    folder: Path
    port: int = field(default_factory=free_port)
    _child: Child | None = None

    @property
    def url(self) -> str:
        """Its address."""
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Starts it, and returns once it answers."""
        program = current().chroma_venv / "bin" / "chroma"
        place = ["--path", str(self.folder / "data"), "--host", "127.0.0.1", "--port", str(self.port)]
        environ = {"PATH": "/usr/bin:/bin", "HOME": str(self.folder), "ANONYMIZED_TELEMETRY": "False"}
        self._child = Child.start([str(program), "run", *place], log=self.folder / "log", cwd=self.folder, env=environ)
        ends = time.monotonic() + START_SECONDS
        while time.monotonic() < ends and self._child.runs:
            try:
                with urllib.request.urlopen(f"{self.url}/api/v2/heartbeat", timeout=1):
                    return
            except OSError:
                time.sleep(0.05)
        told = (self.folder / "log").read_text(encoding="utf-8", errors="replace")[-2000:]
        self.kill()
        raise RuntimeError(f"Chroma did not start: {told}")

    def kill(self) -> None:
        """Ends it at once, as a crash would."""
        if self._child is not None:
            self._child.kill()
            self._child = None

    def stop_answering(self) -> None:
        """It stays there and says nothing any more, until `answer_again`."""
        assert self._child is not None
        self._child.process.send_signal(signal.SIGSTOP)

    def answer_again(self) -> None:
        """It goes on."""
        assert self._child is not None
        self._child.process.send_signal(signal.SIGCONT)

    def delete_folder(self) -> None:
        """All it has stored is gone."""
        shutil.rmtree(self.folder / "data", ignore_errors=True)


@contextmanager
def running_chroma() -> Iterator[Chroma]:
    """A new, empty server; gone on leaving."""
    with tempfile.TemporaryDirectory(prefix="cafe-ai-chroma-", ignore_cleanup_errors=True) as folder:
        server = Chroma(Path(folder))
        try:
            server.start()
            yield server
        finally:
            server.kill()
