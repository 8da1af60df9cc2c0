"""As much of a PostgreSQL server with TLS as a sign-in needs (the tests' own server has none): it hears, and refuses."""

from __future__ import annotations

import socket
import ssl
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

SSL_REQUEST = struct.pack("!ii", 8, 80877103)
ASK_FOR_PASSWORD = b"R" + struct.pack("!ii", 8, 3)  # in clear, as RDS asks for an IAM token
FIELDS = b"SFATAL\0VFATAL\0C28P01\0Mpassword authentication failed\0\0"
REFUSAL = b"E" + struct.pack("!i", 4 + len(FIELDS)) + FIELDS


@dataclass
class TlsDatabase:
    """What came in: `users` that began to sign in inside TLS, and the `passwords` they sent."""

    port: int = 0
    users: list[str] = field(default_factory=list)
    passwords: list[str] = field(default_factory=list)

    def url(self, **parameters: str) -> str:
        """Its URL as the role cafe_ai_app, under the name localhost."""
        asks = "&".join(f"{name}={value}" for name, value in {"hostaddr": "127.0.0.1", **parameters}.items())
        return f"postgresql://cafe_ai_app@localhost:{self.port}/cafe_ai?{asks}"


@contextmanager
def running_tls_database(context: ssl.SSLContext) -> Iterator[TlsDatabase]:
    """A server on a free loopback port that presents the context's certificate; gone on leaving."""
    database = TlsDatabase()
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
        with connection, suppress(OSError):
            connection.settimeout(5)
            if connection.recv(8) == SSL_REQUEST:
                connection.sendall(b"S")
                with context.wrap_socket(connection, server_side=True) as secured:
                    _hear(secured, database)


def _hear(connection: ssl.SSLSocket, database: TlsDatabase) -> None:
    with connection.makefile("rb") as stream:
        size = stream.read(4)
        if not size:
            return  # who was here went when it saw the certificate
        words = stream.read(struct.unpack("!i", size)[0] - 4)[4:].split(b"\0")
        database.users.append(words[words.index(b"user") + 1].decode())
        connection.sendall(ASK_FOR_PASSWORD)
        if stream.read(1) == b"p":
            (length,) = struct.unpack("!i", stream.read(4))
            database.passwords.append(stream.read(length - 4).rstrip(b"\0").decode())
        connection.sendall(REFUSAL)
