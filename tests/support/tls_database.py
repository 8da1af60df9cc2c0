"""TLS and a sign-in by password in front of a PostgreSQL server, as RDS Proxy stands there (the tests' own has no TLS).

Without a server behind it, it hears and refuses.
"""

from __future__ import annotations

import socket
import ssl
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from selectors import EVENT_READ, DefaultSelector

SSL_REQUEST = struct.pack("!ii", 8, 80877103)
ASK_FOR_PASSWORD = b"R" + struct.pack("!ii", 8, 3)  # in clear, as RDS asks for an IAM token
FIELDS = b"SFATAL\0VFATAL\0C28P01\0Mpassword authentication failed\0\0"
REFUSAL = b"E" + struct.pack("!i", 4 + len(FIELDS)) + FIELDS


@dataclass
class TlsDatabase:
    """What came in: `signed_in` are the users that began to sign in inside TLS, each with the password it sent.

    behind: the port of a server on loopback that trusts everybody; whoever told a password is passed on to it.
    """

    behind: int | None = None
    port: int = 0
    signed_in: list[tuple[str, str]] = field(default_factory=list)

    def url(self, user: str = "cafe_ai_app", **parameters: str) -> str:
        """Its URL as that user, under the name localhost."""
        asks = "&".join(f"{name}={value}" for name, value in {"hostaddr": "127.0.0.1", **parameters}.items())
        return f"postgresql://{user}@localhost:{self.port}/cafe_ai?{asks}"


@contextmanager
def running_tls_database(context: ssl.SSLContext, behind: int | None = None) -> Iterator[TlsDatabase]:
    """It on a free loopback port, presenting the context's certificate; gone on leaving."""
    database = TlsDatabase(behind)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        database.port = listener.getsockname()[1]
        thread = threading.Thread(target=_serve, args=(listener, context, database), daemon=True)
        thread.start()
        try:
            yield database
        finally:
            with suppress(OSError):
                listener.shutdown(socket.SHUT_RDWR)
            thread.join(5)


def _serve(listener: socket.socket, context: ssl.SSLContext, database: TlsDatabase) -> None:
    while True:
        try:
            connection, _ = listener.accept()
        except OSError:
            return
        threading.Thread(target=_secure, args=(connection, context, database), daemon=True).start()


def _secure(connection: socket.socket, context: ssl.SSLContext, database: TlsDatabase) -> None:
    with connection, suppress(OSError):
        connection.settimeout(5)
        if connection.recv(8) == SSL_REQUEST:
            connection.sendall(b"S")
            with context.wrap_socket(connection, server_side=True) as secured:
                _hear(secured, database)


def _hear(connection: ssl.SSLSocket, database: TlsDatabase) -> None:
    size = _read(connection, 4)
    if not size:
        return  # who was here went when it saw the certificate
    startup = _read(connection, struct.unpack("!i", size)[0] - 4)
    words = startup[4:].split(b"\0")
    connection.sendall(ASK_FOR_PASSWORD)
    if _read(connection, 1) != b"p":
        return
    (length,) = struct.unpack("!i", _read(connection, 4))
    password = _read(connection, length - 4).rstrip(b"\0").decode()
    database.signed_in.append((words[words.index(b"user") + 1].decode(), password))
    if database.behind is None:
        connection.sendall(REFUSAL)
        return
    with socket.create_connection(("127.0.0.1", database.behind)) as server:
        server.sendall(size + startup)
        _pass_on(connection, server)


def _pass_on(client: ssl.SSLSocket, server: socket.socket) -> None:
    client.settimeout(None)
    with DefaultSelector() as ready:
        ready.register(client, EVENT_READ, server)
        ready.register(server, EVENT_READ, client)
        while True:
            for key, _ in ready.select():
                source: socket.socket = key.fileobj  # type: ignore[assignment]
                while True:
                    sent = source.recv(65_536)
                    if not sent:
                        return
                    key.data.sendall(sent)
                    if not (source is client and client.pending()):
                        break


def _read(connection: ssl.SSLSocket, size: int) -> bytes:
    """So many bytes, fewer where the other side has gone."""
    read = b""
    while len(read) < size and (more := connection.recv(size - len(read))):
        read += more
    return read
