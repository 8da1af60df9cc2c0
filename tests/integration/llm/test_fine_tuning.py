"""A fine-tuning job over HTTP on a scripted server: what it comes to, and every way it does not."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator

import pytest

from cafe_ai.llm.fine_tuning import FineTuning, FineTuningFailed, FineTuningUnsupported
from cafe_ai.platform.clock import Deadline
from tests.support.openai_server import OpenAIServer

FILE = b'{"messages": []}\n'


@pytest.fixture
def tuning(server: OpenAIServer, slept: list[float]) -> Iterator[FineTuning]:
    driver = FineTuning(api_key="test-key", base_url=server.url, sleep=slept.append)
    yield driver
    driver.close()


def soon() -> Deadline:
    return Deadline.after(20)


def started(tuning: FineTuning) -> str:
    return tuning.create("gpt-4.1-mini", tuning.upload("training.jsonl", FILE, soon()), soon()).id


def test_a_file_is_uploaded_and_a_job_created_with_what_was_asked(server: OpenAIServer, tuning: FineTuning) -> None:
    training, held_out = (
        tuning.upload(name, content, soon()) for name, content in (("t.jsonl", FILE), ("h.jsonl", FILE * 2))
    )
    job = tuning.create(
        "gpt-4.1-mini-2025-04-14", training, soon(), validation_file=held_out, suffix="cafeteria", epochs=2, seed=7
    )
    assert (job.status, job.ended, job.succeeded) == ("validating_files", False, False)
    assert server.tuning.files == {training: FILE, held_out: FILE * 2}
    [sent] = server.tuning.jobs.values()
    assert sent["method"] == {"type": "supervised", "supervised": {"hyperparameters": {"n_epochs": 2}}}
    assert (sent["validation_file"], sent["suffix"], sent["seed"]) == (held_out, "cafeteria", 7)


def test_a_job_is_waited_for_until_there_is_a_model(
    server: OpenAIServer, tuning: FineTuning, slept: list[float]
) -> None:
    told: list[str] = []
    job = tuning.wait(started(tuning), Deadline.after(600), lambda job: told.append(job.status))
    assert told == ["queued", "running", "succeeded"]
    assert (job.succeeded, job.fine_tuned_model, job.trained_tokens) == (True, "ft:gpt-4.1-mini:org::1", 1234)
    assert len(slept) == 2
    assert tuning.events(job.id, soon())[-1] == "Status: succeeded"
    assert [listed.id for listed in tuning.list(soon())] == [job.id]


def test_a_job_that_fails_says_why(server: OpenAIServer, tuning: FineTuning) -> None:
    server.tuning.behaviour = "fails"
    job = tuning.wait(started(tuning), Deadline.after(600))
    assert (job.ended, job.succeeded, job.error) == (True, False, "Line 3 has no messages.")


def test_a_slow_job_is_left_running_and_can_be_cancelled(server: OpenAIServer, tuning: FineTuning) -> None:
    server.tuning.behaviour = "slow"
    job_id = started(tuning)
    for _ in range(3):
        tuning.get(job_id, soon())
    left = tuning.wait(job_id, Deadline.after(5))
    assert (left.status, left.ended) == ("running", False)
    assert tuning.cancel(job_id, soon()).status == "cancelled"


def test_a_server_without_fine_tuning_is_named(server: OpenAIServer, tuning: FineTuning) -> None:
    server.tuning.behaviour = "unsupported"
    for ask in (
        lambda: tuning.upload("t", FILE, soon()),
        lambda: tuning.list(soon()),
        lambda: tuning.get("ftjob-1", soon()),
    ):
        with pytest.raises(FineTuningUnsupported, match=r"offers no fine-tuning API .* few-shot"):
            ask()


@pytest.mark.parametrize(
    ("behaviour", "said"),
    [
        ("refuses", "no longer available to this organization"),
        ("no_model", "does not train this model"),
        ("error_401", "is the API key right"),
        ("error_500", "failed"),
    ],
)
def test_a_job_that_is_not_taken_says_why_and_is_asked_for_once(
    server: OpenAIServer, tuning: FineTuning, behaviour: str, said: str
) -> None:
    training = tuning.upload("t.jsonl", FILE, soon())
    server.tuning.behaviour = behaviour
    with pytest.raises(FineTuningFailed, match=said):
        tuning.create("gpt-4.1-mini", training, soon())
    assert server.tuning.requests.count(("POST", "/v1/fine_tuning/jobs")) == 1


def test_an_unknown_job_is_told_from_an_unknown_api(tuning: FineTuning) -> None:
    with pytest.raises(FineTuningFailed, match="knows no job ftjob-9"):
        tuning.get("ftjob-9", soon())


def test_what_can_be_repeated_is_retried(server: OpenAIServer, tuning: FineTuning, slept: list[float]) -> None:
    server.tuning.failures = ["error_500", "error_503"]
    assert tuning.upload("t.jsonl", FILE, soon()) == "file-1"
    assert len(slept) == 2


def test_a_server_that_is_away_is_told() -> None:
    driver = FineTuning(api_key="k", base_url="http://127.0.0.1:9/v1", sleep=lambda _: None)
    with pytest.raises(FineTuningFailed, match="cannot be reached"):
        driver.list(soon())
    driver.close()


def test_no_time_is_no_call(server: OpenAIServer, tuning: FineTuning) -> None:
    with pytest.raises(FineTuningFailed, match="in time"):
        tuning.list(Deadline.after(0))
    assert server.tuning.requests == []


def test_a_server_that_hangs_is_given_up_by_the_deadline(server: OpenAIServer, tuning: FineTuning) -> None:
    server.tuning.delay = 60.0
    begun = time.monotonic()
    with pytest.raises(FineTuningFailed, match="in time"):
        tuning.create("gpt-4.1-mini", "file-1", Deadline.after(2))
    with pytest.raises(FineTuningFailed, match="in time"):
        tuning.list(Deadline.after(2))
    assert time.monotonic() - begun < 30


def test_an_answer_that_is_none_is_told(
    server: OpenAIServer, tuning: FineTuning, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server.tuning, "answer", lambda *_: (200, json.loads('{"object": "nothing"}')))
    with pytest.raises(FineTuningFailed, match="cannot be read"):
        tuning.upload("t.jsonl", FILE, soon())
