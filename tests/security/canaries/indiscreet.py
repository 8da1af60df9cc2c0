"""A model server that quotes what it was asked in every error, key and all, as real ones do."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread


@dataclass
class Indiscreet:
    """`status` is what it answers; a 200 is no JSON but the question itself. `asked` is what came in."""

    port: int = 0
    status: int = 400
    asked: list[str] = field(default_factory=list)

    @property
    def url(self) -> str:
        """The base URL for an OpenAI client, or any other."""
        return f"http://127.0.0.1:{self.port}/v1"


@contextmanager
def indiscreet_server() -> Iterator[Indiscreet]:
    """One on a free port; gone on leaving."""
    server = Indiscreet()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
            quoted = f"{self.headers.get('Authorization')} {self.path} {dict(self.headers)} {body}"
            server.asked.append(quoted)
            said = json.dumps(
                {"error": {"message": f"Cannot do this: {quoted}", "type": "invalid", "code": quoted[:80]}}
            )
            answer = (quoted if server.status == 200 else said).encode()
            self.send_response(server.status)
            self.send_header("Content-Length", str(len(answer)))
            self.send_header("X-Request-Quoted", quoted[:100].replace("\n", " "))
            self.end_headers()
            self.wfile.write(answer)

        def do_GET(self) -> None:
            self.do_POST()

        def log_message(self, format: str, *args: object) -> None: ...

    http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.port = http.server_port
    thread = Thread(target=http.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield server
    finally:
        http.shutdown()
        thread.join()
        http.server_close()
