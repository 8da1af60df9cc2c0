"""A model server with TensorFlow Serving's REST API, and a learner whose rows it works out.

    GET  {url}/v1/models/{name}[/versions/{v}]          {"model_version_status": [{"version", "state", "status"}]}
    POST {url}/v1/models/{name}[/versions/{v}]:predict  {"signature_name", "instances": [[...]]} → {"predictions": [...]}

Errors are {"error": "..."}. As with TensorFlow Serving, NaN and Infinity stand unquoted in the JSON. A prediction changes
nothing, so one that found nobody there, or a server too busy, is asked for once more as far as the time allows; one that took
too long or was refused is not. https://www.tensorflow.org/tfx/serving/api_rest
"""

from __future__ import annotations

import json
import math
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from socket import SHUT_RDWR
from typing import Any, Protocol
from urllib.parse import quote, urlsplit

import numpy as np
import numpy.typing as npt

from cafe_ai.errors import ModelServerFailed
from cafe_ai.platform.clock import Deadline
from cafe_ai.platform.telemetry import log_failure, measures
from cafe_ai.platform.wall_clock import TookTooLong, call_within

Floats = npt.NDArray[np.float64]

BATCH_ROWS = 2_000  # of 60 numbers: about a megabyte of JSON
ATTEMPTS = 2
PAUSE_SECONDS = 0.2
LONGEST_CALL_SECONDS = 20.0
MOST_BYTES = 4_000_000
BUSY = frozenset({429, 502, 503})
SAID_CHARACTERS = 200


class Learner(Protocol):
    """The matrix part of a model: rows of features to a number each."""

    def predict(self, rows: Floats) -> Floats:
        """[rows, features] to [rows]."""
        ...


@dataclass(frozen=True, slots=True)
class VersionStatus:
    """A version that a server has: its state is START, LOADING, AVAILABLE, UNLOADING or END."""

    version: str
    state: str
    message: str = ""


class _NobodyThereError(Exception):
    """Nothing was worked out: to ask again is worth it."""


@dataclass(frozen=True, slots=True)
class ModelServer:
    """A model on a server; version None is the server's newest."""

    url: str
    name: str
    version: str | None = None

    def status(self, deadline: Deadline) -> list[VersionStatus]:
        """The versions that the server has of the model. Raises ModelServerFailed."""
        answer = self._ask("GET", "", None, deadline)
        try:
            return [
                VersionStatus(
                    str(one["version"]), str(one["state"]), str(one.get("status", {}).get("error_message", ""))
                )
                for one in answer["model_version_status"]
            ]
        except (KeyError, TypeError, AttributeError) as error:
            raise ModelServerFailed("The model server's answer has no model_version_status.") from error

    def predict(self, rows: Floats, deadline: Deadline, signature: str | None = None) -> Floats:
        """A finite number for each row. Raises ModelServerFailed."""
        parts = [
            self._predict(rows[begin : begin + BATCH_ROWS], deadline, signature)
            for begin in range(0, len(rows), BATCH_ROWS)
        ]
        return np.concatenate(parts) if parts else np.zeros(0)

    def _predict(self, rows: Floats, deadline: Deadline, signature: str | None) -> Floats:
        asked: dict[str, Any] = {"instances": rows.tolist()}
        if signature is not None:
            asked["signature_name"] = signature
        answer = self._ask("POST", ":predict", json.dumps(asked).encode(), deadline)
        predictions = answer.get("predictions")
        if not isinstance(predictions, list) or len(predictions) != len(rows):
            raise ModelServerFailed(f"The model server did not answer with {len(rows)} predictions.")
        return np.array([_number(one) for one in predictions], dtype=np.float64)

    def _ask(self, method: str, verb: str, body: bytes | None, deadline: Deadline) -> Mapping[str, Any]:
        for attempt in range(1, ATTEMPTS + 1):
            seconds = deadline.at_most(LONGEST_CALL_SECONDS)
            if seconds <= 0:
                raise ModelServerFailed("There is no time left to ask the model server.")
            connection = self._connection(seconds)
            try:
                status, said = call_within(seconds, partial(self._call, connection, method, verb, body))
                return _checked(status, said)
            except TookTooLong as error:
                raise ModelServerFailed(f"The model server did not answer within {seconds:.1f} s.") from error
            except _NobodyThereError as error:
                if attempt == ATTEMPTS or deadline.remaining() <= PAUSE_SECONDS:
                    raise ModelServerFailed(f"The model server is away: {error}.") from error
                time.sleep(PAUSE_SECONDS)
            finally:
                _hang_up(connection)
        raise ModelServerFailed("The model server was not asked.")

    def _connection(self, seconds: float) -> HTTPConnection:
        parts = urlsplit(self.url)
        kind = HTTPSConnection if parts.scheme == "https" else HTTPConnection
        return kind(parts.hostname or "", parts.port, timeout=seconds)

    def _call(self, connection: HTTPConnection, method: str, verb: str, body: bytes | None) -> tuple[int, bytes]:
        version = "" if self.version is None else f"/versions/{quote(self.version, safe='')}"
        path = f"{urlsplit(self.url).path.rstrip('/')}/v1/models/{quote(self.name, safe='')}{version}{verb}"
        try:
            connection.connect()
        except OSError as error:
            raise _NobodyThereError(type(error).__name__) from error
        try:
            connection.request(method, path, body, {"Content-Type": "application/json"})
            with connection.getresponse() as response:
                return response.status, _whole(response)
        except (OSError, HTTPException) as error:
            raise ModelServerFailed(f"The model server broke off: {type(error).__name__}.") from error


@dataclass(slots=True)
class RemoteLearner:
    """A learner on a model server, with the same one here for when that gives no answer.

    After a failure the server is not asked again by this learner: its model is forecast whole by the local one.
    """

    server: ModelServer
    local: Learner
    deadline: Deadline
    signature: str | None = None
    failed: bool = False

    def predict(self, rows: Floats) -> Floats:
        """See Learner. Which of them answered is counted, and a failure is logged."""
        if not self.failed:
            try:
                predicted = self.server.predict(rows, self.deadline, self.signature)
            except ModelServerFailed as error:
                self.failed = True
                measures().count("ModelServerFailures")
                log_failure("The model server gave no answer; the local learner does", error, why=str(error))
            else:
                measures().count("ModelServerRows", len(rows))
                return predicted
        return self.local.predict(rows)


def _hang_up(connection: HTTPConnection) -> None:
    """Ends the connection, also for a thread that still waits on it."""
    with suppress(OSError):
        if connection.sock is not None:
            connection.sock.shutdown(SHUT_RDWR)
    connection.close()


def _whole(response: HTTPResponse) -> bytes:
    body = response.read(MOST_BYTES + 1)
    if len(body) > MOST_BYTES:
        raise ModelServerFailed("The model server's answer is too long.")
    if response.length:  # bytes that were announced and never came
        raise ModelServerFailed("The model server broke off in the middle of its answer.")
    return body


def _checked(status: int, body: bytes) -> Mapping[str, Any]:
    if status in BUSY:
        raise _NobodyThereError(f"status {status}")
    try:
        answer = json.loads(body)
    except ValueError as error:
        raise ModelServerFailed(f"The model server's answer (status {status}) is no JSON.") from error
    if not isinstance(answer, dict):
        raise ModelServerFailed("The model server's answer is no JSON object.")
    if status != 200 or "error" in answer:
        said = str(answer.get("error", ""))[:SAID_CHARACTERS]
        raise ModelServerFailed(f"The model server refused (status {status}): {said}")
    return answer


def _number(one: object) -> float:
    """A prediction is a number, or a list of one number. Raises ModelServerFailed."""
    if isinstance(one, Sequence) and not isinstance(one, str) and len(one) == 1:
        one = one[0]
    if isinstance(one, bool) or not isinstance(one, int | float) or not math.isfinite(one):
        raise ModelServerFailed("The model server predicted what is no finite number.")
    return float(one)
