"""Secrets Manager. boto3 is imported when the first secret is read."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from cafe_ai.errors import DependencyDown
from cafe_ai.platform.clock import Deadline

CONNECT_SECONDS = 2.0
READ_SECONDS = 3.0
LEAST_SECONDS = 0.05  # botocore takes no timeout of nothing
SECONDS_BETWEEN_READS = 60.0  # of a secret that was refused
SECONDS_AFTER_FAILURE = 10.0  # until Secrets Manager is asked again


def read_secret(arn: str, deadline: Deadline | None = None) -> str:
    """The secret's text, within what is left of the deadline. Raises DependencyDown where it cannot be had."""
    import boto3
    from botocore.config import Config
    from botocore.exceptions import BotoCoreError, ClientError

    once = CONNECT_SECONDS + READ_SECONDS
    seconds = 2 * once if deadline is None else max(deadline.remaining(), LEAST_SECONDS)
    config = Config(
        connect_timeout=min(CONNECT_SECONDS, seconds),
        read_timeout=min(READ_SECONDS, seconds),
        retries={"mode": "standard", "total_max_attempts": 2 if seconds >= 2 * once else 1},
    )
    try:
        secret: str = boto3.client("secretsmanager", config=config).get_secret_value(SecretId=arn)["SecretString"]
    except (BotoCoreError, ClientError) as error:
        raise DependencyDown("secrets") from error
    return secret


class RotatingSecret:
    """A secret that may be replaced while we run: read on first use, and again, at most once a minute, when whoever is shown
    it refuses it. Threads may share it."""

    def __init__(
        self,
        arn: str,
        read: Callable[[str, Deadline | None], str] = read_secret,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._arn = arn
        self._read = read
        self._monotonic = monotonic
        self._text: str | None = None
        self._read_at = self._failed_at = float("-inf")
        self._lock = threading.Lock()

    def current(self, deadline: Deadline | None = None) -> str:
        """The text as last read. Raises DependencyDown where it was never read and cannot be."""
        with self._lock:
            return self._read_again(deadline) if self._text is None else self._text

    def replaces(self, refused: str, deadline: Deadline | None = None) -> bool:
        """Whether there is another text than the one that was refused; DependencyDown where that cannot be asked."""
        with self._lock:
            if self._text == refused and self._monotonic() - self._read_at >= SECONDS_BETWEEN_READS:
                self._read_again(deadline)
            return self._text != refused

    def _read_again(self, deadline: Deadline | None) -> str:
        now = self._monotonic()
        if now - self._failed_at < SECONDS_AFTER_FAILURE:
            raise DependencyDown("secrets")
        try:
            text = self._read(self._arn, deadline).strip()
        except DependencyDown:
            self._failed_at = now
            raise
        self._text, self._read_at = text, now
        return text
