"""The vector store's process: a Chroma server on the loopback interface, its data in the stack's folder.

Losing it loses nothing: the index is made from PostgreSQL, and search goes on without it.
"""

import os
import time
import urllib.error
import urllib.request

from infra.local import processes
from infra.local.layout import Layout
from infra.local.ports import HOST
from infra.local.problems import CommandFailed
from infra.local.state import Process

NAME = "chroma"  # of its process, port and log
START_SECONDS = 60


def url_of(port: int) -> str:
    return f"http://{HOST}:{port}"


def start(layout: Layout, port: int) -> Process:
    layout.tmp.mkdir(parents=True, exist_ok=True)
    program = layout.chroma_venv / "bin" / "chroma"
    command: processes.Command = [program, "run", "--path", layout.chroma, "--host", HOST, "--port", str(port)]
    return processes.start(command, layout.log(NAME), env=_environ(layout), cwd=layout.home)


def wait_until_ready(layout: Layout, process: Process, port: int) -> None:
    """Raises CommandFailed, with the end of its log, where it ends or has no heartbeat within a minute."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and processes.is_running(process):
        try:
            with urllib.request.urlopen(f"{url_of(port)}/api/v2/heartbeat", timeout=1):  # noqa: S310
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.03)
    raise CommandFailed("Starting the vector store", layout.log(NAME))


def _environ(layout: Layout) -> dict[str, str]:
    return {
        "PATH": os.environ.get("PATH", os.defpath),
        processes.MARK: str(layout.home),
        "HOME": str(layout.tmp),
        "TMPDIR": str(layout.tmp),
        "NO_COLOR": "1",
        "ANONYMIZED_TELEMETRY": "False",
    }
