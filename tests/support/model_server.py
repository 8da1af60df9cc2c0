"""A small model server with TensorFlow Serving's REST API, for tests: it answers well, badly, late or never.

    with ModelServer({"lightgbm_l1": predict}) as server:
        server.behaviour = "short"      # one prediction too few
        server.url, server.requests

A model is a function of rows (a list of lists of numbers) that gives a number for each: signatures by name. `booster` makes
one of LightGBM's text. It listens on 127.0.0.1 and has one version of each model.
"""

from __future__ import annotations

import json
import re
import threading
import time
from collections.abc import Callable, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Predict = Callable[[list[list[float]]], list[float]]

PATH = re.compile(r"/v1/models/(?P<name>[^/:]+)(?:/versions/(?P<version>[0-9]+))?(?P<predict>:predict)?")
SLOW_SECONDS = 30.0


def booster(text: str) -> Predict:
    """The model that LightGBM wrote."""
    import lightgbm
    import numpy as np

    made = lightgbm.Booster(model_str=text)
    return lambda rows: list(map(float, made.predict(np.array(rows, dtype=float), num_threads=1)))


class ModelServer:
    """See the module. behaviour: "good", "short", "long", "nan", "text", "no_json", "no_object", "error", "refused_busy" (once),
    "busy", "slow", "trickle", "breaks_off"."""

    def __init__(self, signatures: Mapping[str, Predict], name: str = "demand", version: str = "1") -> None:
        self.signatures, self.name, self.version = signatures, name, version
        self.behaviour = "good"
        self.requests: list[dict[str, Any]] = []
        self._stopping = threading.Event()

    def __enter__(self) -> ModelServer:
        self._http = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._http.daemon_threads = True
        self._thread = threading.Thread(target=self._http.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopping.set()
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._http.server_address[1]}"

    def wait(self, seconds: float) -> None:
        """Waits, unless the server stops."""
        self._stopping.wait(seconds)

    def answer(self, method: str, path: str, body: bytes) -> tuple[int, bytes]:
        """Status and body."""
        asked = PATH.fullmatch(path)
        if asked is None or asked["name"] != self.name or asked["version"] not in (None, self.version):
            return 404, json.dumps({"error": f"Could not find any versions of model {path}"}).encode()
        if method == "GET" and not asked["predict"]:
            version = {
                "version": self.version,
                "state": "AVAILABLE",
                "status": {"error_code": "OK", "error_message": ""},
            }
            return 200, json.dumps({"model_version_status": [version]}).encode()
        sent = json.loads(body)
        self.requests.append({"path": path, **sent})
        return self._predict(sent)

    def _predict(self, sent: dict[str, Any]) -> tuple[int, bytes]:
        name = sent.get("signature_name", next(iter(self.signatures)))
        if name not in self.signatures:
            return 400, json.dumps({"error": f"Serving signature name: {name!r} not found"}).encode()
        if self.behaviour == "refused_busy":
            self.behaviour = "good"
            return 503, b'{"error": "busy"}'
        odd: dict[str, tuple[int, bytes]] = {
            "no_json": (200, b"<html>"),
            "no_object": (200, b"[1, 2]"),
            "error": (400, b'{"error": "wrong shape"}'),
            "busy": (503, b'{"error": "busy"}'),
        }
        if self.behaviour in odd:
            return odd[self.behaviour]
        predictions: list[Any] = self.signatures[name](sent["instances"])
        match self.behaviour:
            case "short":
                predictions = predictions[:-1]
            case "long":
                predictions = [*predictions, 1.0]
            case "nan":
                predictions[0] = float("nan")
            case "text":
                predictions[0] = "1.0"
            case "columns":
                predictions = [[one] for one in predictions]
        return 200, json.dumps({"predictions": predictions}).encode()


def _handler(server: ModelServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._reply("GET")

        def do_POST(self) -> None:
            self._reply("POST")

        def log_message(self, *_: object) -> None:
            """Nothing is logged."""

        def _reply(self, method: str) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            status, said = server.answer(method, self.path, body)
            try:
                if server.behaviour == "slow":
                    server.wait(SLOW_SECONDS)
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(said)))
                self.end_headers()
                if server.behaviour == "breaks_off":
                    self.wfile.write(said[: len(said) // 2])
                    self.close_connection = True
                elif server.behaviour == "trickle":
                    self._trickle(said)
                else:
                    self.wfile.write(said)
            except OSError:
                self.close_connection = True  # the client has hung up

        def _trickle(self, said: bytes) -> None:
            ends = time.monotonic() + SLOW_SECONDS
            for place in range(len(said)):
                if time.monotonic() > ends:
                    return
                self.wfile.write(said[place : place + 1])
                self.wfile.flush()
                server.wait(0.2)

    return Handler
