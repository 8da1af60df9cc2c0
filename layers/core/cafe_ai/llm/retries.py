"""When a failed call is tried again, and after how long. Every wait is cut from the deadline."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import TypeVar

from cafe_ai.llm.port import BeforeRetry, Reason
from cafe_ai.platform.clock import Deadline, now_utc

logger = logging.getLogger(__name__)

T = TypeVar("T")

MAX_RETRIES = 3
ATTEMPT_SECONDS = 10.0  # a planning or a prose call answers in one to three
SHORTEST_ATTEMPT_SECONDS = 1.0
SHARE_OF_TIME = (
    0.6  # what one attempt may take of the time that is left, so that a hanging server leaves room for another
)
LEAST_USEFUL_SECONDS = 0.05
FIRST_WAIT_SECONDS = 0.5
LONGEST_WAIT_SECONDS = 4.0

Jitter = Callable[[float, float], float]  # random.uniform


class AttemptFailed(Exception):  # noqa: N818 -- errors state the fact
    """One attempt gave no answer. retry_after: the seconds the server asks to wait."""

    def __init__(self, reason: Reason, *, retryable: bool, retry_after: float = 0.0) -> None:
        super().__init__(reason)
        self.reason: Reason = reason
        self.retryable = retryable
        self.retry_after = retry_after


def attempt_seconds(deadline: Deadline) -> float:
    """How long one attempt may take."""
    share = max(deadline.remaining() * SHARE_OF_TIME, SHORTEST_ATTEMPT_SECONDS)
    return deadline.at_most(min(share, ATTEMPT_SECONDS))


def retry(
    attempt: Callable[[], T],
    deadline: Deadline,
    *,
    what: str,
    sleep: Callable[[float], None],
    jitter: Jitter,
    before_retry: BeforeRetry | None = None,
    retries: int = MAX_RETRIES,
) -> T:
    """What the attempt returns, after up to so many retries within the deadline; else raises the last AttemptFailed, or
    what before_retry raises.

    what: whose attempts they are, for the log.
    """
    retries_made = 0
    while True:
        try:
            return attempt()
        except AttemptFailed as failure:
            wait = wait_before_retry(failure, retries_made, deadline, jitter)
            cause = type(failure.__cause__ or failure).__name__
            logger.warning("%s attempt %d failed: %s (%s)", what, retries_made + 1, failure.reason, cause)
            if wait is None or retries_made >= retries:
                raise
            reason = failure.reason
        if before_retry is not None:
            before_retry(reason)
        sleep(wait)
        retries_made += 1


def wait_before_retry(failure: AttemptFailed, retries_made: int, deadline: Deadline, jitter: Jitter) -> float | None:
    """Seconds to wait before the next attempt, or None if there shall be none.

    Exponential backoff with full jitter (0 to 0.5, 1, 2 s), never shorter than the server asks. None when the failure
    is final, the retries are used up, or the wait would leave no time to try.
    """
    if not failure.retryable or retries_made >= MAX_RETRIES:
        return None
    backoff = jitter(0.0, min(FIRST_WAIT_SECONDS * 2**retries_made, LONGEST_WAIT_SECONDS))
    wait = max(backoff, failure.retry_after)
    return wait if wait + LEAST_USEFUL_SECONDS < deadline.remaining() else None


def read_retry_after(headers: Mapping[str, str], now: datetime | None = None) -> float:
    """The seconds the server asks to wait: `retry-after-ms`, or `Retry-After` as seconds or as an HTTP date; else 0."""
    try:
        return max(0.0, float(headers["retry-after-ms"]) / 1000)
    except (KeyError, ValueError):
        pass
    written = headers.get("retry-after", "")
    try:
        return max(0.0, float(written))
    except ValueError:
        pass
    try:
        return max(0.0, (parsedate_to_datetime(written) - (now or now_utc())).total_seconds())
    except (TypeError, ValueError):
        return 0.0
