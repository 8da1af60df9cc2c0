"""A server that a test starts ends when the test process does, however that ends."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

WHEN_WE_ARE_GONE = 'cat > /dev/null; kill -KILL "$0"'  # its standard input closes when this process ends, be it killed


@dataclass
class Child:
    """A process, and another that ends it after us."""

    process: subprocess.Popen[bytes]
    watcher: subprocess.Popen[bytes]

    @classmethod
    def start(cls, command: list[str], **options: Any) -> Child:
        """Starts the command; what it writes goes to the file `log`, or nowhere."""
        log: Path | None = options.pop("log", None)
        if log is None:
            process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, **options)
        else:
            with log.open("ab") as output:
                process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=output, stderr=output, **options)
        watch = ["sh", "-c", WHEN_WE_ARE_GONE, str(process.pid)]
        return cls(process, subprocess.Popen(watch, stdin=subprocess.PIPE, start_new_session=True))

    @property
    def runs(self) -> bool:
        """Whether it has not ended by itself."""
        return self.process.poll() is None

    def kill(self) -> None:
        """Ends it at once."""
        self.watcher.kill()
        self.watcher.communicate()
        self.process.kill()
        self.process.wait()
