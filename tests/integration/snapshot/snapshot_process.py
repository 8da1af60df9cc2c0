"""A process that Lambda takes a snapshot of and starts several times: a fork stands for a start. Run as a program by the test.

It reads the event of a question from standard input, and writes what it saw: of the snapshot, and of each start from it.
"""

from __future__ import annotations

import json
import os
import random
import sys
import time
from pathlib import Path
from typing import Any

import snapshot_restore_py

STARTS = 3


def sockets() -> list[str]:
    """The sockets and the like that this process has open; what it was started with is none of its own."""
    opened = [path for path in Path("/proc/self/fd").iterdir() if int(path.name) > 2]
    targets = [str(path.readlink()) for path in opened if path.is_symlink()]
    return [target for target in targets if target.startswith(("socket:", "anon_inode:"))]


def run(hooks: list[Any]) -> None:
    for hook, arguments, options in hooks:
        hook(*arguments, **options)


def start(handler: Any, event: dict[str, Any], randomness: Any) -> dict[str, Any]:
    """What one start from the snapshot sees. Python draws anew after a fork, unlike what a snapshot starts, so that is undone."""
    from cafe_ai.bootstrap import runtime
    from cafe_ai.platform.ids import uuid7

    random.setstate(randomness)
    drawn = random.random()
    run(snapshot_restore_py.get_after_restore())
    before = set(sys.modules)
    event["requestContext"]["timeEpoch"] = int(time.time() * 1000)
    answer = handler(event, None)
    connection = runtime().database._connection
    assert connection is not None
    return {
        "status": answer["statusCode"],
        "body": json.loads(answer["body"]),
        "backend": connection.info.backend_pid,
        "id": str(uuid7()),
        "drawn_as_its_siblings": drawn,
        "drawn": random.random(),
        "imported": sorted(name for name in set(sys.modules) - before if name.startswith("cafe_ai")),
    }


def main() -> None:
    event = json.load(sys.stdin)
    told = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    from functions.api.query.handler import handler

    if event.get("asked_before"):
        handler(event, None)
    run(snapshot_restore_py.get_before_snapshot())
    randomness = random.getstate()
    seen: dict[str, Any] = {"sockets": sockets(), "modules": sorted(sys.modules), "starts": []}
    for _ in range(STARTS):
        reading, writing = os.pipe()
        child = os.fork()
        if child == 0:
            with os.fdopen(writing, "w") as out:
                json.dump(start(handler, event, randomness), out)
                out.flush()
            os._exit(0)
        os.close(writing)
        with os.fdopen(reading) as found:
            seen["starts"].append(json.load(found))
        os.waitpid(child, 0)
    json.dump(seen, told)
    told.flush()


if __name__ == "__main__":
    main()
