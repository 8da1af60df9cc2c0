"""POST to an address that a customer gave, and to nobody's own network.

The name is resolved once; every address it has must be public; the connection goes to one of those, with the name for TLS
and the Host header. So a name that changes between the check and the use reaches nothing else, and each redirect passes
the same check. Nothing here reads a proxy from the environment.
"""

from __future__ import annotations

import re
import socket
import ssl
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property
from http.client import HTTPConnection, HTTPException
from ipaddress import ip_address
from urllib.parse import urljoin, urlsplit

from cafe_ai.platform.public_addresses import is_public
from cafe_ai.platform.wall_clock import TookTooLong, call_within

MAX_URL_CHARACTERS = 2000
PORTS = frozenset({443, 8443})
REDIRECTS = 3
KEEPS_THE_METHOD = frozenset({307, 308})
OTHER_REDIRECTS = frozenset({301, 302, 303})
ADDRESSES_TRIED = 3

Resolve = Callable[[str, int], Sequence[str]]

_PRINTABLE = re.compile(r"[\x21-\x7e]+")
_NAME = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?:\.[a-z0-9_-]{1,63})*", re.IGNORECASE)
_NUMBER = re.compile(r"(?:0x[0-9a-f]*|[0-9]+)", re.IGNORECASE)


class WebhookRefused(Exception):  # noqa: N818 -- errors state the fact
    """Nothing is sent to this address, now or later; the message says why, for who set it up."""


class ReceiverUnreachable(Exception):  # noqa: N818
    """The receiver gave no answer this time; the message says what happened, without its words."""


@dataclass(frozen=True, slots=True)
class Target:
    """A checked address: nothing of it is known to be wrong yet but what its name resolves to."""

    secure: bool
    host: str
    port: int
    path: str
    private: bool


def check_url(url: str, private_hosts: frozenset[str] = frozenset()) -> Target:
    """The parts of a webhook's address, without looking its name up. Raises WebhookRefused.

    https to port 443 or 8443 of a name or public address; of private_hosts also http, and any port.
    """
    if len(url) > MAX_URL_CHARACTERS or not _PRINTABLE.fullmatch(url) or "\\" in url:
        raise WebhookRefused("The address must be a URL of at most 2,000 characters, without spaces, in ASCII.")
    try:
        parts = urlsplit(url)
        host, port = (parts.hostname or "").removesuffix("."), parts.port
    except ValueError as error:
        raise WebhookRefused("The address is no URL.") from error
    private = host in private_hosts
    if parts.scheme != "https" and not (private and parts.scheme == "http"):
        raise WebhookRefused("The address must begin with https://.")
    if "@" in parts.netloc:
        raise WebhookRefused("The address must not contain a user name or password.")
    secure = parts.scheme == "https"
    port = port or (443 if secure else 80)
    if not private:
        _check_host(host)
        if port not in PORTS:
            raise WebhookRefused("The address must use port 443 or 8443.")
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Target(secure, host, port, path, private)


def _check_host(host: str) -> None:
    """A name, or a public address in its usual form: 0x7f.1, 2130706433 and 127.1 are other ways to write 127.0.0.1."""
    try:
        ip_address(host)
    except ValueError:
        if not _NAME.fullmatch(host) or _NUMBER.fullmatch(host.rpartition(".")[2]):
            raise WebhookRefused("The address names no host.") from None
    else:
        if not is_public(host):
            raise WebhookRefused("The address is in a private network.")


def resolve_name(host: str, port: int) -> list[str]:
    """The addresses of a name, in the system's order. Raises OSError where it has none."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(address[0]) for *_, address in found))


@dataclass
class _Exchange:
    """One POST with its redirects; `abandon` takes its connection away while it waits."""

    connection: HTTPConnection | None = None
    abandoned: bool = False

    def abandon(self) -> None:
        self.abandoned = True
        sock = self.connection and self.connection.sock
        if sock:
            with suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)


@dataclass
class WebhookSender:
    """Sends to customers' addresses. resolve and tls are replaced in tests.

    private_hosts: names that may be reached over http and at private addresses, for the local stack and tests.
    """

    private_hosts: frozenset[str] = frozenset()
    resolve: Resolve = resolve_name
    tls: ssl.SSLContext | None = field(default=None, repr=False)

    def post(self, url: str, body: bytes, headers: Mapping[str, str], seconds: float) -> int:
        """The status that the receiver answers with, after at most 3 redirects of status 307 or 308 (the others would turn
        the POST into a GET). All of it takes no longer than that. Of the answer no more than the head is read.

        Raises WebhookRefused where the address, or one redirected to, may not be reached; ReceiverUnreachable where there is
        no answer in time. What was sent may have arrived all the same.
        """
        exchange = _Exchange()
        try:
            return call_within(seconds, lambda: self._follow(exchange, url, body, headers, seconds))
        except TookTooLong as error:
            exchange.abandon()
            raise ReceiverUnreachable(f"The receiver did not answer within {seconds:.0f} s.") from error

    def _follow(self, exchange: _Exchange, url: str, body: bytes, headers: Mapping[str, str], seconds: float) -> int:
        for _ in range(1 + REDIRECTS):
            status, location = self._post_once(exchange, check_url(url, self.private_hosts), body, headers, seconds)
            if status in OTHER_REDIRECTS:
                raise WebhookRefused(f"The receiver redirects with {status}, which does not keep a POST; 308 does.")
            if status not in KEEPS_THE_METHOD:
                return status
            url = urljoin(url, location)
        raise WebhookRefused(f"The receiver redirects more than {REDIRECTS} times.")

    def _post_once(
        self, exchange: _Exchange, target: Target, body: bytes, headers: Mapping[str, str], seconds: float
    ) -> tuple[int, str]:
        addresses = self._addresses(target)
        try:
            connection = exchange.connection = self._connect(exchange, target, addresses, seconds)
            try:
                connection.request("POST", target.path, body, {**headers, "Connection": "close"})
                response = connection.getresponse()
                return response.status, response.headers.get("Location") or ""
            finally:
                connection.close()
        except (OSError, HTTPException) as error:
            raise ReceiverUnreachable(_describe(error)) from error

    def _addresses(self, target: Target) -> Sequence[str]:
        try:
            addresses = self.resolve(target.host, target.port)
        except (OSError, UnicodeError) as error:
            raise ReceiverUnreachable("The host name cannot be found.") from error
        if not addresses:
            raise ReceiverUnreachable("The host name has no address.")
        if not target.private and not all(is_public(address) for address in addresses):
            raise WebhookRefused("The host name leads to a private network.")
        return addresses[:ADDRESSES_TRIED]

    def _connect(self, exchange: _Exchange, target: Target, addresses: Sequence[str], seconds: float) -> HTTPConnection:
        """A connection to the first of these addresses that takes one: none is looked up again."""
        connection = HTTPConnection(target.host, target.port, timeout=seconds)
        for number, address in enumerate(addresses, 1):
            if exchange.abandoned:
                raise OSError("abandoned")
            try:
                connection.sock = socket.create_connection((address, target.port), seconds / len(addresses))
                break
            except OSError:
                if number == len(addresses):
                    raise
        exchange.connection = connection
        connection.sock.settimeout(seconds)
        if target.secure:
            connection.default_port = 443
            connection.sock = self._context.wrap_socket(connection.sock, server_hostname=target.host)
        return connection

    @cached_property
    def _context(self) -> ssl.SSLContext:
        return self.tls or ssl.create_default_context()


def _describe(error: BaseException) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"The receiver's certificate is not valid for its name ({error.verify_message})."
    if isinstance(error, ssl.SSLError):
        return "The receiver does not speak TLS as it should."
    if isinstance(error, TimeoutError):
        return "The receiver did not answer in time."
    if isinstance(error, ConnectionRefusedError):
        return "The receiver refuses the connection."
    if isinstance(error, HTTPException):
        return "The receiver does not answer in HTTP."
    return "The receiver cannot be reached."
