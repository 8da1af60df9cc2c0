"""A model server over HTTP: what is asked of it, what it may answer, and what happens when it does not."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cafe_ai.errors import ModelServerFailed
from cafe_ai.platform.clock import Deadline
from cafe_ai.platform.telemetry import observed
from ml.serving import remote
from ml.serving.remote import Floats, ModelServer, RemoteLearner, VersionStatus
from tests.support import model_server
from tests.support.model_server import ModelServer as Server

ROWS = np.array([[1.0, 2.0], [3.0, float("nan")], [0.5, 0.25]])


def row_sums(rows: list[list[float]]) -> list[float]:
    return [float(np.nansum(row)) for row in rows]


@dataclass
class Local:
    """The same learner here, told apart by what it predicts."""

    asked: list[int] = field(default_factory=list)

    def predict(self, rows: Floats) -> Floats:
        self.asked.append(len(rows))
        return np.full(len(rows), -1.0)


@pytest.fixture(scope="module")
def serving() -> Iterator[Server]:
    with Server({"l1": row_sums, "doubled": lambda rows: [2 * one for one in row_sums(rows)]}) as running:
        yield running


@pytest.fixture
def server(serving: Server) -> Iterator[Server]:
    serving.behaviour = "good"
    serving.requests.clear()
    yield serving
    serving.behaviour = "good"


def client(server: Server, version: str | None = "1", name: str = "demand") -> ModelServer:
    return ModelServer(server.url, name, version)


def soon(seconds: float = 10.0) -> Deadline:
    return Deadline.after(seconds)


def test_rows_become_predictions_in_their_order(server: Server) -> None:
    assert client(server).predict(ROWS, soon()).tolist() == [3.0, 3.0, 0.75]
    assert client(server).predict(ROWS, soon(), "doubled").tolist() == [6.0, 6.0, 1.5]
    assert [one["path"] for one in server.requests] == ["/v1/models/demand/versions/1:predict"] * 2
    assert "signature_name" not in server.requests[0]
    assert server.requests[1]["signature_name"] == "doubled"


def test_newest_version_is_asked_where_none_is_named(server: Server) -> None:
    client(server, version=None).predict(ROWS, soon())
    assert server.requests[0]["path"] == "/v1/models/demand:predict"


def test_many_rows_go_in_several_requests(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(remote, "BATCH_ROWS", 100)
    rows = np.arange(500.0).reshape(250, 2)
    assert client(server).predict(rows, soon()).tolist() == rows.sum(axis=1).tolist()
    assert [len(one["instances"]) for one in server.requests] == [100, 100, 50]
    assert client(server).predict(np.zeros((0, 2)), soon()).tolist() == []


def test_one_number_in_a_list_is_a_number(server: Server) -> None:
    server.behaviour = "columns"
    assert client(server).predict(ROWS, soon()).tolist() == [3.0, 3.0, 0.75]


def test_status_tells_the_versions(server: Server) -> None:
    assert client(server).status(soon()) == [VersionStatus("1", "AVAILABLE")]
    for missing in (client(server, version="2"), client(server, name="other")):
        with pytest.raises(ModelServerFailed, match=r"refused \(status 404\): Could not find"):
            missing.status(soon())


@pytest.mark.parametrize(
    ("behaviour", "why"),
    [
        ("short", "3 predictions"),
        ("long", "3 predictions"),
        ("nan", "no finite number"),
        ("text", "no finite number"),
        ("no_json", "no JSON"),
        ("no_object", "no JSON object"),
        ("error", r"status 400\): wrong shape"),
        ("breaks_off", "broke off"),
    ],
)
def test_what_is_no_answer_is_refused_and_not_asked_for_again(server: Server, behaviour: str, why: str) -> None:
    server.behaviour = behaviour
    with pytest.raises(ModelServerFailed, match=why):
        client(server).predict(ROWS, soon())
    assert len(server.requests) == 1


def test_unknown_signature_is_refused(server: Server) -> None:
    with pytest.raises(ModelServerFailed, match="signature name"):
        client(server).predict(ROWS, soon(), "l7")


def test_busy_server_is_asked_once_more(server: Server) -> None:
    server.behaviour = "refused_busy"
    assert client(server).predict(ROWS, soon()).tolist() == [3.0, 3.0, 0.75]
    assert len(server.requests) == 2
    server.behaviour = "busy"
    with pytest.raises(ModelServerFailed, match="away: status 503"):
        client(server).predict(ROWS, soon())
    assert len(server.requests) == 4


@pytest.mark.parametrize("behaviour", ["slow", "trickle"])
def test_server_that_takes_too_long_is_left(server: Server, behaviour: str) -> None:
    server.behaviour = behaviour
    deadline = soon(0.5)
    with pytest.raises(ModelServerFailed, match="did not answer within"):
        client(server).predict(ROWS, deadline)
    assert len(server.requests) == 1
    assert deadline.expired
    with pytest.raises(ModelServerFailed, match="no time left"):
        client(server).predict(ROWS, deadline)


def test_nobody_there(server: Server) -> None:
    with Server({}) as gone:
        url = gone.url
    with pytest.raises(ModelServerFailed, match="away: ConnectionRefusedError"):
        ModelServer(url, "demand").predict(ROWS, soon())


def test_answer_without_end_is_not_read(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(remote, "MOST_BYTES", 10)
    with pytest.raises(ModelServerFailed, match="too long"):
        client(server).predict(ROWS, soon())


def test_learner_is_the_servers_while_it_answers_and_the_local_one_after(
    server: Server, capsys: pytest.CaptureFixture[str]
) -> None:
    local = Local()
    learner = RemoteLearner(client(server), local, soon(), "doubled")
    with observed("CafeAI"):
        assert learner.predict(ROWS).tolist() == [6.0, 6.0, 1.5]
        server.behaviour = "short"
        assert learner.predict(ROWS).tolist() == [-1.0] * 3
        server.behaviour = "good"
        assert learner.predict(ROWS[:1]).tolist() == [-1.0]  # a forecast is one learner's
    assert local.asked == [3, 1]
    *_, failure, emitted = (json.loads(line) for line in capsys.readouterr().out.splitlines())
    assert failure["message"].startswith("The model server gave no answer; the local learner does")
    assert (emitted["ModelServerRows"], emitted["ModelServerFailures"]) == (3, 1)


@given(
    st.lists(st.lists(st.floats(-1e6, 1e6) | st.just(float("nan")), min_size=2, max_size=2), min_size=1, max_size=20)
)
def test_numbers_arrive_as_they_were_sent(serving: Server, rows: list[list[float]]) -> None:
    serving.behaviour = "good"
    predicted = client(serving).predict(np.array(rows), soon())
    assert predicted.tolist() == row_sums(rows)


def test_booster_on_a_server_predicts_as_the_booster_here() -> None:
    import lightgbm

    chance = np.random.default_rng(1)
    rows = chance.normal(size=(300, 4))
    rows[::7, 2] = np.nan
    data = lightgbm.Dataset(rows, rows[:, 0] * 3 + chance.normal(size=300))
    made = lightgbm.train({"num_threads": 1, "verbose": -1, "seed": 1}, data, 20)
    with Server({"l1": model_server.booster(made.model_to_string())}) as running:
        predicted = client(running).predict(rows, soon(30.0), "l1")
    assert predicted == pytest.approx(np.asarray(made.predict(rows, num_threads=1)), abs=1e-12)
