"""A Redis or Valkey server as a cache: what it does not tell at once counts as not there. valkey is imported on first use."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from functools import cached_property
from threading import Lock
from typing import Any, Generic, TypeVar

from cafe_ai.platform import tracing

CONNECT_SECONDS = 0.25
ANSWER_SECONDS = 0.25
PAUSE_SECONDS = 3.0  # after a failure, for which the server is not asked
KEEP_SECONDS = 30 * 24 * 3600
REDIS_MGET: tracing.Attributes = {"db.system.name": "redis", "db.operation.name": "MGET"}
REDIS_SET: tracing.Attributes = {"db.system.name": "redis", "db.operation.name": "SET"}

T = TypeVar("T")


class Recent(Generic[T]):
    """The values that this process used last, up to `size` of them. Threads may share one."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._values: OrderedDict[object, T] = OrderedDict()
        self._lock = Lock()

    def get(self, key: object) -> T | None:
        """The value, None where it is not there (any more)."""
        with self._lock:
            value = self._values.get(key)
            if value is not None:
                self._values.move_to_end(key)
            return value

    def put(self, key: object, value: T) -> None:
        """Keeps the value, in the place of the one that was not used for longest."""
        with self._lock:
            self._values[key] = value
            self._values.move_to_end(key)
            if len(self._values) > self._size:
                self._values.popitem(last=False)

    def remove(self, key: object) -> None:
        """Forgets the value."""
        with self._lock:
            self._values.pop(key, None)


class Cache:
    """Bytes under keys, for up to thirty days. Never raises: a failure is a miss."""

    def __init__(self, url: str) -> None:
        """url: redis://, rediss://, valkey:// or valkeys://, with its credentials and database where it has any."""
        self._url = url
        self._paused_until = 0.0

    def get_many(self, keys: Sequence[str]) -> list[bytes | None]:
        """The value of each key, None where it is not known."""
        misses: list[bytes | None] = [None] * len(keys)
        if not keys or time.monotonic() < self._paused_until:
            return misses
        try:
            with tracing.span("MGET", tracing.Kind.CLIENT, REDIS_MGET):
                values = self._client.mget(list(keys))
        except Exception:  # whatever keeps the cache from answering, the work goes on without it
            self._pause()
            return misses
        return list(values)

    def set_many(self, values: Mapping[str, bytes]) -> None:
        """Keeps the values, if it can."""
        if not values or time.monotonic() < self._paused_until:
            return
        try:
            pipeline: Any = self._client.pipeline(transaction=False)
            for key, value in values.items():
                pipeline.set(key, value, ex=KEEP_SECONDS)
            with tracing.span("SET", tracing.Kind.CLIENT, REDIS_SET):
                pipeline.execute()
        except Exception:
            self._pause()

    def close(self) -> None:
        """Closes the connections."""
        self._client.close()

    def _pause(self) -> None:
        self._paused_until = time.monotonic() + PAUSE_SECONDS

    @cached_property
    def _client(self) -> Any:
        from valkey import Valkey
        from valkey.backoff import NoBackoff
        from valkey.retry import Retry

        return Valkey.from_url(
            self._url,
            socket_connect_timeout=CONNECT_SECONDS,
            socket_timeout=ANSWER_SECONDS,
            retry=Retry(NoBackoff(), 0),
        )
