"""Fine-tuning jobs on any server that offers OpenAI's API for them: files, jobs, their events.

OpenAI itself takes no new jobs after 2027-01-06; docs/fine-tuning.md says what to use instead. What a server answers is read
with distrust, and its failures are told in a sentence for the operator who waits.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cafe_ai.llm.openai_connection import ModelNotFound, OpenAIConnection, Rejected
from cafe_ai.llm.openai_reply import parse_reply
from cafe_ai.llm.port import Reason
from cafe_ai.llm.retries import AttemptFailed, Jitter, retry
from cafe_ai.platform.clock import Deadline

if TYPE_CHECKING:
    from cafe_ai.llm.openai_connection import Send

UPLOAD_SECONDS = 120.0
POLL_SECONDS = 15.0
COMPLAINT_CHARACTERS = 300
SUCCEEDED = frozenset({"succeeded", "completed"})
ENDED = SUCCEEDED | {"failed", "error", "cancelled", "canceled"}


class FineTuningFailed(Exception):  # noqa: N818 -- errors state the fact
    """What was asked of the server was not done; the message says why. reason is the language model's."""

    def __init__(self, said: str, reason: Reason) -> None:
        super().__init__(said)
        self.reason: Reason = reason


class FineTuningUnsupported(FineTuningFailed):
    """The server knows no fine-tuning."""

    def __init__(self, base_url: str) -> None:
        super().__init__(
            f"The server at {base_url} offers no fine-tuning API (it answers 404). Train elsewhere, serve the model at an "
            "OpenAI-compatible address and go on with `evaluate`; or rely on few-shot examples. See docs/fine-tuning.md.",
            "rejected",
        )


@dataclass(frozen=True, slots=True)
class TuningJob:
    """A job as the server tells of it. fine_tuned_model is there once it has succeeded; error where it says one."""

    id: str
    status: str
    model: str
    fine_tuned_model: str | None = None
    trained_tokens: int | None = None
    error: str | None = None

    @property
    def ended(self) -> bool:
        """Whether nothing more will happen to it."""
        return self.status in ENDED

    @property
    def succeeded(self) -> bool:
        """Whether there is a model to evaluate."""
        return self.status in SUCCEEDED and self.fine_tuned_model is not None


class FineTuning:
    """The API of one server. What can be repeated is retried as a chat is; a job is only ever created once."""

    def __init__(
        self,
        *,
        api_key: str,
        base_url: str,
        sleep: Callable[[float], None] = time.sleep,
        jitter: Jitter = random.uniform,
    ) -> None:
        self._base_url = base_url
        self._connection = OpenAIConnection(api_key=api_key, base_url=base_url)
        self._sleep = sleep
        self._jitter = jitter

    def upload(self, name: str, content: bytes, deadline: Deadline) -> str:
        """The id of the file, which is kept for fine-tuning. Raises FineTuningFailed, as all of these do."""
        return _text(
            self._call(
                lambda client, timeout: (
                    client.files.with_raw_response.create(
                        file=(name, content, "application/jsonl"), purpose="fine-tune", timeout=timeout
                    ).text
                ),
                deadline,
                longest=UPLOAD_SECONDS,
            ),
            "id",
        )

    def create(
        self,
        model: str,
        training_file: str,
        deadline: Deadline,
        *,
        validation_file: str | None = None,
        suffix: str | None = None,
        epochs: int | None = None,
        seed: int | None = None,
    ) -> TuningJob:
        """A new job. It is not tried twice: a job whose answer was lost may have begun, and `list` shows it."""
        request: dict[str, Any] = {"model": model, "training_file": training_file}
        if epochs is not None:
            supervised = {"hyperparameters": {"n_epochs": epochs}}
            request["method"] = {"type": "supervised", "supervised": supervised}
        further = {"validation_file": validation_file, "suffix": suffix, "seed": seed}
        request |= {name: value for name, value in further.items() if value is not None}
        return _read_job(
            self._call(
                lambda client, timeout: (
                    client.fine_tuning.jobs.with_raw_response.create(**request, timeout=timeout).text
                ),
                deadline,
                once=True,
            )
        )

    def get(self, job_id: str, deadline: Deadline) -> TuningJob:
        """The job as it stands."""
        return _read_job(
            self._call(
                lambda client, timeout: (
                    client.fine_tuning.jobs.with_raw_response.retrieve(job_id, timeout=timeout).text
                ),
                deadline,
                job_id=job_id,
            )
        )

    def events(self, job_id: str, deadline: Deadline, at_most: int = 20) -> list[str]:
        """What the server says happened to the job, oldest first."""
        reply = self._call(
            lambda client, timeout: (
                client.fine_tuning.jobs.with_raw_response.list_events(job_id, limit=at_most, timeout=timeout).text
            ),
            deadline,
            job_id=job_id,
        )
        return [str(event.get("message", "")) for event in reversed(_entries(reply))][-at_most:]

    def list(self, deadline: Deadline, at_most: int = 20) -> list[TuningJob]:
        """The newest jobs."""
        reply = self._call(
            lambda client, timeout: client.fine_tuning.jobs.with_raw_response.list(limit=at_most, timeout=timeout).text,
            deadline,
        )
        return [_read_job(entry) for entry in _entries(reply)]

    def cancel(self, job_id: str, deadline: Deadline) -> TuningJob:
        """The job, which is given up."""
        return _read_job(
            self._call(
                lambda client, timeout: client.fine_tuning.jobs.with_raw_response.cancel(job_id, timeout=timeout).text,
                deadline,
                job_id=job_id,
            )
        )

    def wait(self, job_id: str, deadline: Deadline, tell: Callable[[TuningJob], None] = lambda _: None) -> TuningJob:
        """The job once it has ended, or as it stands when the time is over. tell: called with each new status."""
        status = ""
        while True:
            job = self.get(job_id, deadline)
            if job.status != status:
                tell(job)
                status = job.status
            if job.ended or deadline.remaining() <= POLL_SECONDS:
                return job
            self._sleep(POLL_SECONDS)

    def close(self) -> None:
        """Drops the connection."""
        self._connection.close()

    def _call(
        self,
        send: Send,
        deadline: Deadline,
        *,
        once: bool = False,
        longest: float | None = None,
        job_id: str | None = None,
    ) -> dict[str, Any]:
        def attempt() -> dict[str, Any]:
            return parse_reply(self._connection.call(send, deadline, longest))

        try:
            if once:
                return attempt()
            return retry(attempt, deadline, what="Fine-tuning", sleep=self._sleep, jitter=self._jitter)
        except ModelNotFound as missing:
            if "model_not_found" in missing.complaint:
                raise FineTuningFailed(
                    f"The server does not train this model: {_said(missing.complaint)}", "rejected"
                ) from missing
            if job_id is not None and "fine_tuning" not in missing.complaint and "/" not in missing.complaint:
                raise FineTuningFailed(f"The server knows no job {job_id}.", "rejected") from missing
            raise FineTuningUnsupported(self._base_url) from missing
        except Rejected as rejected:
            raise FineTuningFailed(f"The server refuses: {_said(rejected.complaint)}", "rejected") from rejected
        except AttemptFailed as failure:
            raise FineTuningFailed(
                _WHY.get(failure.reason, f"The server failed: {failure.reason}."), failure.reason
            ) from failure


_WHY: Mapping[Reason, str] = {
    "deadline": "The server did not answer in time. A job may have begun all the same: see `cafe-ai fine-tune status`.",
    "connection": "The server cannot be reached.",
    "rate_limited": "The server asks to come back later (429).",
    "out_of_credit": "The account has no credit left.",
    "server_error": "The server failed (5xx).",
    "broken_reply": "The server's answer cannot be read.",
    "rejected": "The server refuses: is the API key right, and allowed to fine-tune?",
}


def _said(complaint: str) -> str:
    """The message in an error's body, cut."""
    try:
        said = parse_reply(complaint)["error"]["message"]
    except (AttemptFailed, KeyError, TypeError):
        said = complaint
    return " ".join(str(said).split())[:COMPLAINT_CHARACTERS]


def _text(reply: Mapping[str, Any], name: str) -> str:
    value = reply.get(name)
    if not isinstance(value, str) or not value:
        raise FineTuningFailed("The server's answer cannot be read.", "broken_reply")
    return value


def _entries(reply: Mapping[str, Any]) -> list[dict[str, Any]]:
    data = reply.get("data")
    return [entry for entry in data if isinstance(entry, dict)] if isinstance(data, list) else []


def _read_job(reply: Mapping[str, Any]) -> TuningJob:
    error = reply.get("error")
    message = error.get("message") if isinstance(error, dict) else error
    tokens = reply.get("trained_tokens")
    tuned = reply.get("fine_tuned_model")
    return TuningJob(
        id=_text(reply, "id"),
        status=_text(reply, "status"),
        model=str(reply.get("model") or ""),
        fine_tuned_model=tuned if isinstance(tuned, str) and tuned else None,
        trained_tokens=tokens if isinstance(tokens, int) and not isinstance(tokens, bool) else None,
        error=" ".join(str(message).split())[:COMPLAINT_CHARACTERS] if message else None,
    )
