"""Sending: never longer than its time, never a failure, and a collector that is away costs once a minute."""

from __future__ import annotations

import json
import socket
import ssl
import time
from collections.abc import Iterator
from contextlib import closing
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest

from cafe_ai.errors import DependencyDown
from cafe_ai.platform import otlp, tls, tracing
from cafe_ai.platform.clock import Deadline
from cafe_ai.platform.otlp import Tracer
from cafe_ai.platform.tracing import Kind
from tests.support.otlp_receiver import Collector
from tests.support.receiver import certificate_for, running_receiver
from tests.unit.tracing.conftest import MakeTracer

KEY = "CANARY-collector-key"
SLOW = 2.0  # more than sending may take, on a busy machine too


def send(tracer: Tracer, name: str = "POST", seconds: float = 20.0) -> float:
    """One trace, sent; how long that took."""
    with tracing.entry(tracer, name, Kind.SERVER):
        pass
    started = time.monotonic()
    tracer.flush(Deadline.after(seconds))
    return time.monotonic() - started


def lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, object]]:
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


@pytest.fixture
def hanging() -> Iterator[int]:
    """A port that takes connections and says nothing."""
    with closing(socket.create_server(("127.0.0.1", 0))) as server:
        yield server.getsockname()[1]


def test_an_invocations_traces_go_in_one_request_on_one_connection(
    make_tracer: MakeTracer, collector: Collector
) -> None:
    tracer = make_tracer(headers={"x-api-key": KEY})
    for number in range(3):
        with tracing.entry(tracer, f"message {number}", Kind.CONSUMER):
            pass
    tracer.flush(Deadline.after(5))
    send(tracer, "message 3")
    tracer.flush(Deadline.after(5))
    assert [len(each) for each in collector.traces().values()] == [1] * 4
    assert len(collector.bodies) == 2
    assert collector.connections == 1
    assert collector.paths == ["/v1/traces"] * 2
    assert {each["x-api-key"] for each in collector.headers} == {KEY}
    assert {each["content-type"] for each in collector.headers} == {"application/json"}


def test_a_connection_that_the_collector_closed_is_replaced(make_tracer: MakeTracer, collector: Collector) -> None:
    def answer_and_hang_up(request: BaseHTTPRequestHandler) -> None:
        request.send_response(200)
        request.send_header("Content-Length", "2")
        request.end_headers()
        request.wfile.write(b"{}")
        request.close_connection = True  # without having said so

    tracer = make_tracer()
    collector.respond = answer_and_hang_up
    send(tracer, "first")
    time.sleep(0.05)
    send(tracer, "second")
    assert collector.names == ["first", "second"]


def break_off(request: BaseHTTPRequestHandler) -> None:
    request.connection.shutdown(socket.SHUT_RDWR)


def nonsense(request: BaseHTTPRequestHandler) -> None:
    request.wfile.write(b"\x00\x01 what?\r\n\r\n")
    request.close_connection = True


def trickle(request: BaseHTTPRequestHandler) -> None:
    """A byte now and then: no wait for one is long."""
    request.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
    until = time.monotonic() + 5
    while time.monotonic() < until:
        request.wfile.write(b" ")
        request.wfile.flush()
        time.sleep(0.05)


@pytest.mark.parametrize("respond", [500, 400, 429, 301, break_off, nonsense, trickle])
def test_a_collector_that_does_not_take_them_is_not_asked_again_for_a_minute(
    make_tracer: MakeTracer, collector: Collector, capsys: pytest.CaptureFixture[str], respond: object
) -> None:
    tracer = make_tracer(headers={"authorization": KEY})
    collector.respond = respond  # type: ignore[assignment]
    assert send(tracer) < SLOW
    send(tracer)
    send(tracer)
    assert len(collector.bodies) == 1
    (line,) = lines(capsys)
    assert (line["level"], line["seconds"]) == ("WARNING", otlp.PAUSE_SECONDS)
    assert KEY not in json.dumps(line)


def test_after_the_minute_it_is_asked_again(
    make_tracer: MakeTracer, collector: Collector, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(otlp, "PAUSE_SECONDS", 0.1)
    tracer = make_tracer()
    collector.respond = 503
    send(tracer, "lost")
    collector.respond = 200
    send(tracer, "lost too")
    time.sleep(0.15)
    send(tracer, "sent")
    assert collector.names == ["lost", "sent"]


def test_a_collector_that_hangs_costs_half_a_second_once(
    make_tracer: MakeTracer, hanging: int, capsys: pytest.CaptureFixture[str]
) -> None:
    tracer = make_tracer(endpoint=f"http://127.0.0.1:{hanging}/v1/traces")
    assert otlp.EXPORT_SECONDS - 0.05 <= send(tracer) < SLOW
    send(tracer)
    (line,) = lines(capsys)
    assert line["reason"] == "no answer in time"


def test_the_time_is_cut_from_the_deadline_and_never_nothing(
    make_tracer: MakeTracer, hanging: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    near = make_tracer(endpoint=f"http://127.0.0.1:{hanging}/v1/traces")
    over = make_tracer(endpoint=f"http://127.0.0.1:{hanging}/v1/traces")
    assert send(over, seconds=0.0) >= otlp.LEAST_SECONDS - 0.05
    monkeypatch.setattr(otlp, "EXPORT_SECONDS", 60.0)
    assert send(near, seconds=0.3) < SLOW


def test_a_collector_that_is_not_there_costs_nothing_to_speak_of(
    make_tracer: MakeTracer, capsys: pytest.CaptureFixture[str]
) -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as free:
        port = free.getsockname()[1]
    assert send(make_tracer(endpoint=f"http://127.0.0.1:{port}/v1/traces")) < SLOW
    (line,) = lines(capsys)
    assert line["reason"] == "no connection (ConnectionRefusedError)"


def test_spans_that_the_collector_refuses_are_told_by_their_number(
    make_tracer: MakeTracer, collector: Collector, capsys: pytest.CaptureFixture[str]
) -> None:
    tracer = make_tracer()
    collector.answer = b'{"partialSuccess": {"rejectedSpans": "2", "errorMessage": "CANARY"}}'
    send(tracer)
    send(tracer)
    first, second = lines(capsys)
    assert first["spans"] == second["spans"] == 2
    assert "CANARY" not in json.dumps([first, second])


@pytest.mark.parametrize("answer", [b"", b"{}", b"[]", b"not json", b'{"partialSuccess": {}}', b"{" * 20_000])
def test_any_body_of_a_200_is_fine(
    make_tracer: MakeTracer, collector: Collector, capsys: pytest.CaptureFixture[str], answer: bytes
) -> None:
    tracer = make_tracer()
    collector.answer = answer
    send(tracer)
    send(tracer)
    assert len(collector.bodies) == 2
    assert lines(capsys) == []


def test_headers_are_read_from_their_secret_once(make_tracer: MakeTracer, collector: Collector) -> None:
    asked: list[str] = []

    def read_secret(arn: str) -> str:
        asked.append(arn)
        return f"authorization=Bearer%20{KEY}, x-dataset=cafe"

    tracer = make_tracer(read_secret, headers_secret_arn="arn:secret")
    send(tracer)
    send(tracer)
    assert asked == ["arn:secret"]
    assert collector.headers[0]["authorization"] == f"Bearer {KEY}"
    assert collector.headers[1]["x-dataset"] == "cafe"


def test_a_secret_that_cannot_be_had_loses_the_trace_alone(
    make_tracer: MakeTracer, collector: Collector, capsys: pytest.CaptureFixture[str]
) -> None:
    def read_secret(arn: str) -> str:
        raise DependencyDown("secrets")

    def broken(arn: str) -> str:
        return f"no pairs {KEY}"

    for reader in (read_secret, broken):
        assert send(make_tracer(reader, headers_secret_arn="arn:secret")) < SLOW
    assert collector.bodies == []
    assert KEY not in capsys.readouterr().out


def test_over_https_the_certificate_is_checked(
    make_tracer: MakeTracer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    server, trusting = certificate_for("127.0.0.1", tmp_path)
    with running_receiver(server) as receiver:
        send(make_tracer(endpoint=receiver.url(path="/v1/traces")))
        assert receiver.received == []
        (line,) = lines(capsys)
        assert line["reason"] == f"no connection ({ssl.SSLCertVerificationError.__name__})"
        monkeypatch.setattr(tls, "client_context", lambda: trusting)
        send(make_tracer(endpoint=receiver.url(path="/v1/traces")))
        assert [each.path for each in receiver.received] == ["/v1/traces"]
