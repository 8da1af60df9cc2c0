"""GET /health, and each minute by itself: what the service depends on is asked.

All at once, none for longer than two seconds, and none that is paid for.
"""

from __future__ import annotations

import contextvars
import threading
import time
from collections.abc import Callable, Mapping

from cafe_ai.bootstrap import Runtime
from cafe_ai.health import repository
from cafe_ai.health.model import Check, Health
from cafe_ai.platform.clock import Deadline, milliseconds_since
from cafe_ai.platform.db import Database
from cafe_ai.platform.queue import MessageQueue
from cafe_ai.platform.telemetry import log_failure, measures
from cafe_ai.tenancy.tokens import fetch_json

CHECK_SECONDS = 2.0
HEARTBEAT = "/api/v2/heartbeat"
WATCHED = {"database": ("DatabaseUp", "DatabaseLatency"), "vector_store": ("VectorStoreUp", "VectorStoreLatency")}

Probe = Callable[[], None]


def examine(runtime: Runtime) -> Health:
    """What the service depends on and whether it answers. Never raises: what cannot be asked is down."""
    settings = runtime.settings
    probes: dict[str, Probe | None] = {
        "database": lambda: _ask_database(runtime.database),
        "vector_store": _heartbeat(settings.chroma_url),
        "audit_queue": _queue(runtime.audit_queue),
        "index_queue": _queue(runtime.index_queue),
    }
    checks = _ask_all({name: probe for name, probe in probes.items() if probe is not None})
    return Health(
        {
            **{name: checks.get(name, Check("not_configured")) for name in probes},
            "language_model": Check("ok" if settings.has_language_model else "not_configured"),
        }
    )


def watch(runtime: Runtime, _: Deadline) -> None:
    """What the schedule calls, each minute: what answers, and how soon, becomes metrics. Never raises."""
    checks = examine(runtime).checks
    for role, (up, latency) in WATCHED.items():
        if (check := checks[role]).milliseconds is not None:
            measures().count(up, int(check.status == "ok"))
            measures().count(latency, check.milliseconds)


def _ask_database(database: Database) -> None:
    with database.transaction(deadline=Deadline.after(CHECK_SECONDS), read_only=True) as uow:
        repository.read(uow)


def _heartbeat(url: str | None) -> Probe | None:
    return None if url is None else lambda: _discard(fetch_json(url.rstrip("/") + HEARTBEAT, CHECK_SECONDS))


def _queue(queue: MessageQueue | None) -> Probe | None:
    return None if queue is None else queue.check


def _discard(_: object) -> None:
    """A heartbeat's content says nothing; that it came does."""


def _ask_all(probes: Mapping[str, Probe]) -> dict[str, Check]:
    """Each probe in a thread of its own; one that has not answered in time is down, and is waited for no longer."""
    found: dict[str, Check] = {}
    started = time.monotonic()

    def ask(name: str, probe: Probe) -> None:
        try:
            probe()
        except Exception as error:  # whatever it is: it did not answer
            log_failure("A dependency does not answer", error, dependency=name)
            found[name] = Check("down", milliseconds_since(started))
        else:
            found[name] = Check("ok", milliseconds_since(started))

    threads = [
        threading.Thread(target=contextvars.copy_context().run, args=(ask, name, probe), daemon=True)
        for name, probe in probes.items()
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(max(0.0, started + CHECK_SECONDS - time.monotonic()))
    late = Check("down", round(CHECK_SECONDS * 1000))
    in_time = dict(found)  # a late thread may still write to `found`
    return {name: in_time.get(name, late) for name in probes}
