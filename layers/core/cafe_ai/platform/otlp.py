"""Traces on their way to a collector: which are recorded, and how they are sent (OTLP over HTTP, in JSON).

A collector is never waited for longer than `EXPORT_SECONDS`, and after a failure not asked for a minute: what is recorded
until then is lost. Traces are for looking at how the service does; nothing that matters is only in them.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import cached_property
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from socket import SHUT_RDWR
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from cafe_ai.platform import otlp_json
from cafe_ai.platform.recording import RecordedSpan, Recording, UnrecordedEntry
from cafe_ai.platform.telemetry import log_failure, log_warning
from cafe_ai.platform.trace_context import TraceContext, is_sampled, new_span_id, new_trace_id, parse
from cafe_ai.platform.tracing import Attributes, Kind, Span
from cafe_ai.platform.wall_clock import TookTooLong, call_within

if TYPE_CHECKING:
    from cafe_ai.platform.clock import Deadline
    from cafe_ai.settings import TraceSettings

EXPORT_SECONDS = 0.5
LEAST_SECONDS = 0.2  # also after the deadline: the edges keep a second of the function's time, API Gateway five
PAUSE_SECONDS = 60.0  # after a failure, for which nothing is sent
KEPT_SECONDS = 10.0  # a connection that was idle for longer may be dead, the function having been frozen meanwhile
MOST_ANSWER_BYTES = 16_384


class NotTaken(Exception):  # noqa: N818 -- errors state the fact
    """The collector did not take the spans; the message says why, in our words."""


class Tracer:
    """Begins traces and sends them. One per execution environment; not for several threads at once."""

    def __init__(self, settings: TraceSettings, read_secret: Callable[[str], str]) -> None:
        """read_secret: reads the headers where they are kept as a secret; called when the first trace is sent."""
        self._settings = settings
        self._collector = Collector(settings, read_secret)
        self._finished: list[Recording] = []
        self._paused_until = 0.0
        self._cold = True

    def begin(self, name: str, kind: Kind, parent: str | None, link: str | None, attributes: Attributes | None) -> Span:
        """See `tracing.entry`."""
        cold, self._cold = self._cold, False
        caller = parse(parent)
        trace_id = caller.trace_id if caller else new_trace_id()
        if not (caller.sampled if caller else is_sampled(trace_id, self._settings.ratio)):
            return UnrecordedEntry(caller or TraceContext(trace_id, new_span_id(), sampled=False))
        recording = Recording(trace_id, self._finished.append)
        span = RecordedSpan(recording, name, kind, caller, attributes, [link])
        span.set("faas.coldstart", cold or None)
        return span

    def flush(self, deadline: Deadline) -> None:
        """Sends the traces that have ended, or drops them: it takes EXPORT_SECONDS at most, less where the deadline is near,
        and never raises."""
        if not self._finished:
            return
        finished, self._finished[:] = list(self._finished), []
        if time.monotonic() < self._paused_until:
            return
        try:
            body = otlp_json.encode(self._settings.resource, finished)
            self._collector.post(body, max(LEAST_SECONDS, deadline.at_most(EXPORT_SECONDS)))
        except NotTaken as refusal:
            self._paused_until = time.monotonic() + PAUSE_SECONDS
            log_warning("Traces are not sent for a while", reason=str(refusal), seconds=PAUSE_SECONDS)
        except Exception as error:
            self._paused_until = time.monotonic() + PAUSE_SECONDS
            log_failure("Traces are not sent for a while", error, seconds=PAUSE_SECONDS)

    def close(self) -> None:
        """Closes the connection to the collector, if there is one; the next trace opens a new one."""
        self._collector.close()


class _Exchange:
    """One POST; its connection can be taken away from the thread that waits on it."""

    def __init__(self, connection: HTTPConnection) -> None:
        self.connection = connection
        self.abandoned = False

    def abandon(self) -> None:
        self.abandoned = True
        sock = self.connection.sock
        if sock is not None:
            with suppress(OSError):
                sock.shutdown(SHUT_RDWR)


class Collector:
    """Where spans are sent. It keeps its connection as long as that is fresh."""

    def __init__(self, settings: TraceSettings, read_secret: Callable[[str], str]) -> None:
        self._settings = settings
        self._read_secret = read_secret
        self._address = urlsplit(settings.endpoint)
        self._kept: HTTPConnection | None = None
        self._kept_until = 0.0

    def post(self, body: bytes, seconds: float) -> None:
        """Has the collector take an ExportTraceServiceRequest, within so many seconds of real time. Raises NotTaken."""
        exchange = _Exchange(self._take())
        try:
            status, answer = call_within(seconds, lambda: self._send(exchange, body, seconds))
        except (TookTooLong, TimeoutError) as error:  # the wait as a whole, or one of its parts
            exchange.abandon()
            raise NotTaken("no answer in time") from error
        except (OSError, HTTPException) as error:
            raise NotTaken(f"no connection ({type(error).__name__})") from error
        self._kept, self._kept_until = exchange.connection, time.monotonic() + KEPT_SECONDS
        if status != 200:
            raise NotTaken(f"the answer is {status}")
        if rejected := _rejected(answer):
            log_warning("The collector does not take some spans", spans=rejected)

    def close(self) -> None:
        """Closes the connection that was kept."""
        kept, self._kept = self._kept, None
        if kept is not None:
            kept.close()

    def _take(self) -> HTTPConnection:
        if time.monotonic() >= self._kept_until:
            self.close()
        kept, self._kept = self._kept, None
        return self._connection() if kept is None else kept

    def _connection(self) -> HTTPConnection:
        """Not open yet: it opens with its first request."""
        if self._address.scheme == "http":
            return HTTPConnection(self._address.netloc)
        from cafe_ai.platform.tls import client_context

        return HTTPSConnection(self._address.netloc, context=client_context())

    def _send(self, exchange: _Exchange, body: bytes, seconds: float) -> tuple[int, bytes]:
        connection = exchange.connection
        kept = connection.sock is not None
        try:
            try:
                return self._send_on(connection, body, seconds)
            except ConnectionError:  # closed by the other side since it was used last
                if not kept or exchange.abandoned:
                    raise
                connection.close()
                return self._send_on(connection, body, seconds)
        except BaseException:
            connection.close()
            raise
        finally:
            if exchange.abandoned:
                connection.close()

    def _send_on(self, connection: HTTPConnection, body: bytes, seconds: float) -> tuple[int, bytes]:
        connection.timeout = seconds
        if connection.sock is not None:
            connection.sock.settimeout(seconds)
        path = (self._address.path or "/") + (f"?{self._address.query}" if self._address.query else "")
        headers = {**self._headers, "Content-Type": "application/json", "User-Agent": "cafe-ai"}
        connection.request("POST", path, body, headers)
        response = connection.getresponse()
        answer = response.read(MOST_ANSWER_BYTES)
        if not response.isclosed():
            connection.close()
        return response.status, answer

    @cached_property
    def _headers(self) -> Mapping[str, str]:
        from cafe_ai.settings import headers_of

        arn = self._settings.headers_secret_arn
        return self._settings.headers if arn is None else headers_of(self._read_secret(arn))


def _rejected(answer: bytes) -> int:
    """How many spans the collector says that it does not take; what it says of them may quote them."""
    try:
        return int(json.loads(answer or b"{}")["partialSuccess"]["rejectedSpans"])
    except (ValueError, TypeError, KeyError):
        return 0
