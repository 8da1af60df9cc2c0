"""A scripted OpenAI-compatible server over HTTP, for tests and the local stack: it answers well, badly, late or never.

    with OpenAIServer() as server:
        server.script("error_500", "good")             # the next two requests; the last behaviour stays
        server.script(planning="no_call", prose="invent")
        server.script(embedding=["error_500", "good"])  # its requests are in server.embedded
        ... OpenAI(base_url=server.url, api_key="test") ...
        server.requests[0].body["model"]

    python -m tests.support.openai_server --port 9100 --behaviour hang

A good answer is made from what is asked: a forced tool call carries the plan that `plan_for` gives for the question (a
callable, or plans by question text), prose repeats the facts found in the prompt. `BEHAVIOURS` lists the rest. Usage is
counted at four characters a token. Standard library only; it listens on 127.0.0.1.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import re
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, cast

from tests.support.scripted_replies import CALLS, EMBEDDINGS, PROSE, REPLIES, Arguments, embed, reply_to, told_in
from tests.support.scripted_tuning import ScriptedTuning

PlanFor = Callable[[str], Arguments | None]

DEFAULT_PLAN: Arguments = {"metrics": ["net_sales"], "period": "month-1"}
HANG_SECONDS = 120.0
LONGEST_TEXT = 8_191  # of a text to embed, where the behaviour is "too_long"; here a token is a character
TRICKLE_SECONDS = 0.2


@dataclass(frozen=True, slots=True)
class Recorded:
    """A request as it came: its path, its JSON body, its headers in lower case, and what it was answered with."""

    path: str
    body: dict[str, Any]
    headers: dict[str, str]
    behaviour: str

    @property
    def plans(self) -> bool:
        """Whether a tool call was asked for."""
        return bool(self.body.get("tools"))

    @property
    def told(self) -> dict[str, Any]:
        """The JSON object in the first user message."""
        return told_in(self.body)


@dataclass
class Script:
    """Which behaviour comes next; the last one stays."""

    behaviours: list[str] = field(default_factory=lambda: ["good"])

    def take(self) -> str:
        return self.behaviours.pop(0) if len(self.behaviours) > 1 else self.behaviours[0]


# --- Failures: how a server says nothing useful --------------------------------------------------------------------

# Status, the error's code, Retry-After.
ERRORS: Mapping[str, tuple[int, str | None, str | None]] = {
    "error_400": (400, None, None),
    "error_401": (401, "invalid_api_key", None),
    "error_403": (403, None, None),
    "error_404": (404, "model_not_found", None),
    "error_408": (408, None, None),
    "error_409": (409, None, None),
    "error_429": (429, "rate_limit_exceeded", "1"),
    "error_429_long": (429, "rate_limit_exceeded", "3600"),
    "no_credit": (429, "insufficient_quota", None),
    "error_500": (500, None, None),
    "error_503": (503, None, None),
}
BODIES = frozenset(("not_json", "html", "json_list", "cut", "trickle", "trickle_head", "slow", "hang", "hang_up"))
BEHAVIOURS = tuple(sorted({*PROSE, *CALLS, *ERRORS, *REPLIES, *BODIES, *EMBEDDINGS}))
REJECTS = re.compile(
    r"reject:(?P<parameter>\w+)"
)  # 400 while that parameter is in the request; a tool_choice only by name


class OpenAIServer:
    """The server, started by `with` or `start()`. Its state may be changed while it runs."""

    def __init__(
        self, plan_for: PlanFor | Mapping[str, Arguments] | None = None, *, port: int = 0, delay: float = 0.0
    ) -> None:
        self.plan_for = plan_for
        self.delay = delay  # seconds that "slow" waits
        self.requests: list[Recorded] = []
        self.embedded: list[Recorded] = []
        self.tuning = ScriptedTuning()
        self.unknown_models: set[str] = set()  # chats with these are answered with 404
        self.released = threading.Event()  # ends what hangs
        self._planning, self._prose, self._embedding = Script(), Script(), Script()
        self._lock = threading.Lock()
        self._http = _Server(("127.0.0.1", port), _Handler)
        self._http.scripted = self
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.05,), daemon=True)

    @property
    def url(self) -> str:
        """The base URL for an OpenAI client."""
        return f"http://127.0.0.1:{self._http.server_address[1]}/v1"

    def script(
        self,
        *both: str,
        planning: str | Sequence[str] = (),
        prose: str | Sequence[str] = (),
        embedding: str | Sequence[str] = (),
    ) -> None:
        """What the next requests are answered with: all chats in order, or those that plan and those that write apart.

        The last behaviour of a sequence stays. What is not given stays as it is.
        """
        known = {*BEHAVIOURS}
        sequences = [[one] if isinstance(one, str) else list(one) for one in (both, planning, prose, embedding)]
        for behaviour in (name for sequence in sequences for name in sequence):
            if behaviour not in known and not REJECTS.fullmatch(behaviour):
                raise ValueError(f"{behaviour!r} is none of {', '.join(BEHAVIOURS)}")
        with self._lock:
            if both:
                self._planning = self._prose = Script(sequences[0])
            if sequences[1]:
                self._planning = Script(sequences[1])
            if sequences[2]:
                self._prose = Script(sequences[2])
            if sequences[3]:
                self._embedding = Script(sequences[3])

    def start(self) -> OpenAIServer:
        """Begins to answer."""
        self._thread.start()
        return self

    def stop(self) -> None:
        """Stops answering and lets go of everything that hangs."""
        self.released.set()
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()

    def __enter__(self) -> OpenAIServer:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    def record(self, path: str, body: dict[str, Any], headers: dict[str, str]) -> str:
        """Notes a request and tells how to answer it."""
        with self._lock:
            if path.endswith("/embeddings"):
                behaviour = self._embedding.take()
                self.embedded.append(Recorded(path, body, headers, behaviour))
            else:
                behaviour = (self._planning if body.get("tools") else self._prose).take()
                self.requests.append(Recorded(path, body, headers, behaviour))
        return behaviour

    def arguments_for(self, question: str) -> Arguments:
        """The arguments of a good tool call for this question."""
        found = (
            self.plan_for.get(question)
            if isinstance(self.plan_for, Mapping)
            else self.plan_for and self.plan_for(question)
        )
        return found or DEFAULT_PLAN


# --- HTTP ----------------------------------------------------------------------------------------------------------


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    scripted: OpenAIServer

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that has gone is none of the server's business."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # or each answer waits 40 ms for the acknowledgement of its head

    def log_message(self, format: str, *args: Any) -> None:
        """Says nothing."""

    def do_GET(self) -> None:
        if self._tunes("GET", b""):
            return
        self._send_json(200, {"object": "list", "data": [], "status": "ok"})

    def do_POST(self) -> None:
        scripted = cast(_Server, self.server).scripted
        sent = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if self._tunes("POST", sent):
            return None
        body = json.loads(sent or b"{}")
        path = self.path.split("?")[0]
        if not path.endswith(("/chat/completions", "/embeddings")):
            return self._send_json(404, {"error": {"message": f"no {path}", "type": "not_found"}})
        behaviour = scripted.record(path, body, {name.lower(): value for name, value in self.headers.items()})
        if behaviour == "too_long" and max(len(str(text)) for text in body["input"]) > LONGEST_TEXT:
            message = f"This model's maximum context length is {LONGEST_TEXT} tokens."
            return self._send_json(400, {"error": {"message": message, "type": "invalid_request_error"}})
        if body.get("model") in scripted.unknown_models:
            message = f"The model `{body['model']}` does not exist or you do not have access to it."
            error = {"message": message, "type": "invalid_request_error", "param": None, "code": "model_not_found"}
            return self._send_json(404, {"error": error})
        return self._answer(scripted, behaviour, body)

    def _tunes(self, method: str, body: bytes) -> bool:
        """Whether the request was about fine-tuning; it is answered then."""
        scripted = cast(_Server, self.server).scripted
        tuning, path = scripted.tuning, self.path.split("?")[0]
        if tuning.takes(path):
            scripted.released.wait(tuning.delay)
            self._send_json(*tuning.answer(method, path, body, self.headers.get("Content-Type", "")))
        return tuning.takes(path)

    def _answer(self, scripted: OpenAIServer, behaviour: str, body: dict[str, Any]) -> None:
        if rejected := REJECTS.fullmatch(behaviour):
            parameter = rejected["parameter"]
            if parameter in body and (parameter != "tool_choice" or isinstance(body[parameter], dict)):
                message = f"Unsupported parameter: '{parameter}' is not supported with this model."
                return self._send_json(
                    400, {"error": {"message": message, "type": "invalid_request_error", "param": parameter}}
                )
        if behaviour in ERRORS:
            status, code, retry_after = ERRORS[behaviour]
            error = {"message": f"Scripted {behaviour}.", "type": "scripted", "param": None, "code": code}
            return self._send_json(status, {"error": error}, {"Retry-After": retry_after} if retry_after else None)
        if behaviour in BODIES:
            return self._misbehave(scripted, behaviour, json.dumps(self._reply(scripted, "good", body)).encode())
        return self._send_json(200, self._reply(scripted, behaviour, body))

    def _reply(self, scripted: OpenAIServer, behaviour: str, body: dict[str, Any]) -> dict[str, Any]:
        if "input" in body:
            return embed(body, behaviour)
        question = str(told_in(body).get("question", ""))
        return reply_to(body, behaviour, scripted.arguments_for(question))

    def _misbehave(self, scripted: OpenAIServer, behaviour: str, good: bytes) -> None:
        match behaviour:
            case "not_json":
                self._send(200, b'{"choices": [oops')
            case "html":
                self._send(200, b"<html><body>Welcome to the hotel's network</body></html>", kind="text/html")
            case "json_list":
                self._send(200, b"[1, 2, 3]")
            case "slow":
                scripted.released.wait(scripted.delay)
                self._send(200, good)
            case "hang":
                scripted.released.wait(HANG_SECONDS)
                self.close_connection = True
            case "hang_up":
                self.close_connection = True
            case "cut":
                self._send_head(200, len(good))
                self.wfile.write(good[: len(good) // 2])
                self.close_connection = True
            case "trickle":
                self._send_head(200, len(good))
                self._trickle(scripted, good)
            case "trickle_head":
                self._trickle(scripted, b"HTTP/1.1 200 OK\r\nX-Waiting: " + b"." * 10_000)

    def _trickle(self, scripted: OpenAIServer, sent: bytes) -> None:
        """A byte at a time, each well within any read timeout."""
        self.close_connection = True
        for byte in sent:
            if scripted.released.wait(TRICKLE_SECONDS):
                return
            self.wfile.write(bytes([byte]))
            self.wfile.flush()

    def _send_json(self, status: int, value: Mapping[str, Any], headers: Mapping[str, str] | None = None) -> None:
        self._send(status, json.dumps(value).encode(), headers=headers)

    def _send(
        self, status: int, body: bytes, *, kind: str = "application/json", headers: Mapping[str, str] | None = None
    ) -> None:
        self._send_head(status, len(body), kind=kind, headers=headers)
        self.wfile.write(body)

    def _send_head(
        self, status: int, size: int, *, kind: str = "application/json", headers: Mapping[str, str] | None = None
    ) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(size))
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.end_headers()


def main(arguments: Sequence[str] | None = None) -> None:
    """Serves until it is interrupted."""
    parser = argparse.ArgumentParser(description="A scripted OpenAI-compatible server on 127.0.0.1.")
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one")
    parser.add_argument("--behaviour", default="good", help=f"one of {', '.join(BEHAVIOURS)}; several with commas")
    parser.add_argument("--planning", default="", help="behaviours of planning calls alone")
    parser.add_argument("--delay", type=float, default=5.0, help="seconds that 'slow' waits")
    options = parser.parse_args(arguments)
    server = OpenAIServer(port=options.port, delay=options.delay)
    server.script(*options.behaviour.split(","), planning=options.planning.split(",") if options.planning else ())
    server.start()
    print(f"OPENAI_BASE_URL={server.url}", flush=True)
    with contextlib.suppress(KeyboardInterrupt):
        threading.Event().wait()
    server.stop()


if __name__ == "__main__":
    main()
