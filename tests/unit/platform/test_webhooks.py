"""Webhooks reach the receiver and nobody's own network: not by a number, a name, a change of DNS or a redirect."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest

from cafe_ai.platform.public_addresses import is_public
from cafe_ai.platform.webhooks import ReceiverUnreachable, WebhookRefused, WebhookSender, check_url, resolve_name
from tests.support.receiver import Receiver, certificate_for, redirect_to, running_receiver

LOOPBACK = frozenset({"127.0.0.1"})
HOOK = b'{"id": "1"}'

NOT_PUBLIC = (
    "0.0.0.0", "10.1.2.3", "100.64.0.1", "100.100.100.200", "127.0.0.1", "127.255.255.254", "169.254.169.254",
    "172.16.0.1", "172.31.255.255", "192.0.0.192", "192.168.1.1", "198.18.0.1", "192.88.99.1", "203.0.113.9", "224.0.0.1",
    "239.255.255.250", "240.0.0.1", "255.255.255.255",
    "::", "::1", "::127.0.0.1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:a9fe:a9fe", "64:ff9b::7f00:1",
    "64:ff9b::a9fe:a9fe", "64:ff9b:1::1", "2002:7f00:1::", "2002:a9fe:a9fe::1", "2001:0:7f00:1::", "2001:db8::1",
    "2001:20::1", "3fff::1", "fe80::1", "fe80::1%2", "fec0::1", "fc00::1", "fd00:ec2::254", "ff02::1", "100::1", "5f00::1",
    "", "localhost", "0x7f.1", "2130706433", "127.1",
)  # fmt: skip
PUBLIC = (
    "8.8.8.8", "1.1.1.1", "172.15.0.1", "172.32.0.1", "100.63.255.255", "100.128.0.1", "192.0.1.1", "223.255.255.255",
    "2606:4700:4700::1111", "2a00:1450::1", "::ffff:8.8.8.8", "64:ff9b::808:808",
)  # fmt: skip


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with running_receiver() as running:
        yield running


@pytest.mark.parametrize("address", NOT_PUBLIC)
def test_addresses_of_private_networks_are_not_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", PUBLIC)
def test_addresses_of_the_internet_are_public(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    "url",
    [
        "http://example.com/", "ftp://example.com/", "//example.com/", "example.com", "", "https://", "https:///hook",
        "https://user@example.com/", "https://user:pass@example.com/", "https://example.com\\@evil.example/",
        "https://example.com/a b", "https://exam\nple.com/", "https://ex\tample.com/", "https://café.example/",
        "https://example.com:22/", "https://example.com:80/", "https://example.com:99999/", "https://[::1/",
        "https://127.0.0.1/", "https://0x7f.1/", "https://0x7f000001/", "https://2130706433/", "https://127.1/",
        "https://0177.0.0.1/", "https://10.0.0.1./", "https://[::1]/", "https://[::ffff:127.0.0.1]/",
        "https://[fe80::1%25eth0]/", "https://169.254.169.254/latest/meta-data", "https://-/", "https://a..b/",
        f"https://example.com/{'a' * 2000}",
    ],
)  # fmt: skip
def test_address_that_is_no_public_https_url_is_refused(url: str) -> None:
    with pytest.raises(WebhookRefused):
        check_url(url)


def test_address_on_the_public_internet_is_taken() -> None:
    target = check_url("https://Hooks.Example.com.:8443/in?a=1#part")
    assert (target.secure, target.host, target.port, target.path) == (True, "hooks.example.com", 8443, "/in?a=1")
    assert check_url("https://[2606:4700::1]/").host == "2606:4700::1"


def test_post_arrives_whole(receiver: Receiver) -> None:
    receiver.respond = 204
    headers = {"Content-Type": "application/json", "Cafe-AI-Delivery": "1"}
    assert WebhookSender(LOOPBACK).post(receiver.url(path="/in?a=1"), HOOK, headers, 5) == 204
    (received,) = receiver.received
    assert (received.path, received.body) == ("/in?a=1", HOOK)
    assert received.headers["cafe-ai-delivery"] == "1"
    assert received.headers["host"] == f"127.0.0.1:{receiver.port}"
    assert received.headers["content-length"] == str(len(HOOK))


@pytest.mark.parametrize("status", [400, 404, 410, 429, 500, 503])
def test_status_of_the_receiver_is_told(receiver: Receiver, status: int) -> None:
    receiver.respond = status
    assert WebhookSender(LOOPBACK).post(receiver.url(), HOOK, {}, 5) == status


def test_environments_proxy_is_not_asked(receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    assert WebhookSender(LOOPBACK).post(receiver.url(), HOOK, {}, 5) == 200


@pytest.mark.parametrize("address", ["127.0.0.1", "::ffff:127.0.0.1"])
def test_name_that_leads_to_a_private_network_is_refused(receiver: Receiver, address: str) -> None:
    sender = WebhookSender(resolve=lambda host, port: [address])
    with pytest.raises(WebhookRefused, match="private network"):
        sender.post("https://hooks.example/", HOOK, {}, 5)


def test_one_private_address_among_public_ones_is_refused() -> None:
    sender = WebhookSender(resolve=lambda host, port: ["93.184.216.34", "10.0.0.1"])
    with pytest.raises(WebhookRefused, match="private network"):
        sender.post("https://hooks.example/", HOOK, {}, 5)


def test_number_that_is_an_address_in_disguise_is_refused_when_it_is_resolved() -> None:
    """Were it let through as a name, the system would read it as 127.0.0.1, and that is checked."""
    assert not any(is_public(address) for address in resolve_name("2130706433", 443))


@pytest.fixture
def connected_to(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The addresses that a connection was opened to; none of them answers."""
    addresses = []

    def refuse(address: tuple[str, int], timeout: float) -> socket.socket:
        addresses.append(address[0])
        raise ConnectionRefusedError

    monkeypatch.setattr(socket, "create_connection", refuse)
    return addresses


def test_name_is_looked_up_once_and_a_change_of_dns_reaches_nothing(connected_to: list[str]) -> None:
    answers = iter([["93.184.216.34"], ["127.0.0.1"]])
    sender = WebhookSender(resolve=lambda host, port: next(answers))
    with pytest.raises(ReceiverUnreachable):
        sender.post("https://hooks.example/", HOOK, {}, 5)
    assert connected_to == ["93.184.216.34"]
    assert next(answers) == ["127.0.0.1"]


def test_name_that_turns_private_by_the_next_delivery_is_refused(connected_to: list[str]) -> None:
    answers = iter([["93.184.216.34"], ["127.0.0.1"]])
    sender = WebhookSender(resolve=lambda host, port: next(answers))
    with pytest.raises(ReceiverUnreachable):
        sender.post("https://hooks.example/", HOOK, {}, 5)
    with pytest.raises(WebhookRefused, match="private network"):
        sender.post("https://hooks.example/", HOOK, {}, 5)
    assert connected_to == ["93.184.216.34"]


def test_next_address_is_tried_where_the_first_takes_no_connection(connected_to: list[str]) -> None:
    sender = WebhookSender(resolve=lambda host, port: ["2606:4700::1", "93.184.216.34", "1.1.1.1", "8.8.8.8"])
    with pytest.raises(ReceiverUnreachable, match="refuses"):
        sender.post("https://hooks.example/", HOOK, {}, 5)
    assert connected_to == ["2606:4700::1", "93.184.216.34", "1.1.1.1"]


@pytest.mark.parametrize(
    "location",
    ["https://127.0.0.2/", "http://localhost:{port}/", "https://169.254.169.254/", "https://metadata.example/"],
)
def test_redirect_into_a_private_network_is_refused(receiver: Receiver, location: str) -> None:
    receiver.respond = redirect_to(location.format(port=receiver.port))
    sender = WebhookSender(LOOPBACK, resolve=lambda host, port: ["127.0.0.1"])
    with pytest.raises(WebhookRefused):
        sender.post(receiver.url(), HOOK, {}, 5)
    assert len(receiver.received) == 1


def test_redirect_that_keeps_the_post_is_followed(receiver: Receiver) -> None:
    with running_receiver() as final:
        receiver.respond = redirect_to(final.url(path="/moved"), 308)
        assert WebhookSender(LOOPBACK).post(receiver.url(), HOOK, {"Cafe-AI-Delivery": "1"}, 5) == 200
        (received,) = final.received
    assert (received.path, received.body, received.headers["cafe-ai-delivery"]) == ("/moved", HOOK, "1")


@pytest.mark.parametrize("status", [301, 302, 303])
def test_redirect_that_turns_a_post_into_a_get_is_refused(receiver: Receiver, status: int) -> None:
    receiver.respond = redirect_to("/elsewhere", status)
    with pytest.raises(WebhookRefused, match=str(status)):
        WebhookSender(LOOPBACK).post(receiver.url(), HOOK, {}, 5)


def test_redirects_have_an_end(receiver: Receiver) -> None:
    receiver.respond = redirect_to("/again")
    with pytest.raises(WebhookRefused, match="more than 3"):
        WebhookSender(LOOPBACK).post(receiver.url(), HOOK, {}, 5)
    assert len(receiver.received) == 4


def test_slow_receiver_is_left_when_the_time_is_over(receiver: Receiver) -> None:
    """It sends a byte now and then, which no timeout of a single read would notice."""

    def drip(request: BaseHTTPRequestHandler) -> None:
        for byte in b"HTTP/1.1 200 OK\r\nX-Slow: " + b"a" * 300:
            request.wfile.write(bytes([byte]))
            request.wfile.flush()
            time.sleep(0.05)

    receiver.respond = drip
    started = time.monotonic()
    with pytest.raises(ReceiverUnreachable, match="within"):
        WebhookSender(LOOPBACK).post(receiver.url(), HOOK, {}, 0.5)
    assert time.monotonic() - started < 5


def test_huge_or_endless_answer_is_not_read(receiver: Receiver) -> None:
    def flood(request: BaseHTTPRequestHandler) -> None:
        request.send_response(200)
        request.end_headers()
        while True:
            request.wfile.write(b"a" * 65536)

    receiver.respond = flood
    assert WebhookSender(LOOPBACK).post(receiver.url(), HOOK, {}, 5) == 200


def test_answer_that_is_no_http_is_no_answer(receiver: Receiver) -> None:
    def greet(request: BaseHTTPRequestHandler) -> None:
        request.wfile.write(b"220 smtp.example ready\r\n")

    receiver.respond = greet
    with pytest.raises(ReceiverUnreachable, match="HTTP"):
        WebhookSender(LOOPBACK).post(receiver.url(), HOOK, {}, 5)


def test_closed_port_and_unknown_name_are_worth_another_try(receiver: Receiver) -> None:
    def unknown(host: str, port: int) -> list[str]:
        raise OSError("Name or service not known")

    with pytest.raises(ReceiverUnreachable, match="refuses"):
        WebhookSender(LOOPBACK).post("http://127.0.0.1:9/", HOOK, {}, 5)
    with pytest.raises(ReceiverUnreachable, match="cannot be found"):
        WebhookSender(resolve=unknown).post("https://hooks.example/", HOOK, {}, 5)


def test_tls_is_verified_against_the_name_and_not_the_address(tmp_path: Path) -> None:
    serving, trusting = certificate_for("hooks.example", tmp_path)
    hosts = frozenset({"hooks.example", "other.example"})
    with running_receiver(serving) as receiver:
        sender = WebhookSender(hosts, resolve=lambda host, port: ["127.0.0.1"], tls=trusting)
        assert sender.post(receiver.url("hooks.example"), HOOK, {}, 5) == 200
        assert receiver.received[0].headers["host"] == f"hooks.example:{receiver.port}"
        with pytest.raises(ReceiverUnreachable, match="certificate"):
            sender.post(receiver.url("other.example"), HOOK, {}, 5)
        untrusting = WebhookSender(hosts, resolve=lambda host, port: ["127.0.0.1"])
        with pytest.raises(ReceiverUnreachable, match="certificate"):
            untrusting.post(receiver.url("hooks.example"), HOOK, {}, 5)
        assert len(receiver.received) == 1


def test_certificate_that_has_run_out_is_not_valid(tmp_path: Path) -> None:
    serving, trusting = certificate_for("hooks.example", tmp_path, days=-1)
    with running_receiver(serving) as receiver:
        sender = WebhookSender(frozenset({"hooks.example"}), resolve=lambda host, port: ["127.0.0.1"], tls=trusting)
        with pytest.raises(ReceiverUnreachable, match="certificate"):
            sender.post(receiver.url("hooks.example"), HOOK, {}, 5)
