"""The fine-tuning half of the scripted server: files, and jobs that go on a step each time they are looked at."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import Any

STEPS = ("validating_files", "queued", "running", "succeeded")
Answer = tuple[int, dict[str, Any]]


@dataclass
class ScriptedTuning:
    """What was uploaded and started. behaviour: good, fails (its files do not please), slow (it runs for ever), refuses
    (no job is taken), no_model, unsupported (the server knows no such address), or an error of the chat's server."""

    behaviour: str = "good"
    delay: float = 0.0  # seconds before each answer
    failures: list[str] = field(default_factory=list)  # behaviours of the next requests, before the one above
    files: dict[str, bytes] = field(default_factory=dict)
    jobs: dict[str, dict[str, Any]] = field(default_factory=dict)
    requests: list[tuple[str, str]] = field(default_factory=list)

    def takes(self, path: str) -> bool:
        return bool(re.search(r"/v1/(files|fine_tuning)", path))

    def answer(self, method: str, path: str, body: bytes, kind: str) -> Answer:
        self.requests.append((method, path))
        behaviour = self.failures.pop(0) if self.failures else self.behaviour
        if behaviour == "unsupported":
            return 404, {"detail": "Not Found", "path": path}
        if behaviour.startswith("error_"):
            return int(behaviour[-3:]), {"error": {"message": f"Scripted {behaviour}.", "code": None}}
        if path.endswith("/files"):
            return self._keep(body, kind)
        if method == "POST" and path.endswith("/jobs"):
            return self._create(behaviour, json.loads(body))
        if method == "GET" and path.endswith("/jobs"):
            return 200, {"object": "list", "data": list(reversed(self.jobs.values())), "has_more": False}
        job = self.jobs.get(path.split("/jobs/")[1].split("/", maxsplit=1)[0])
        if job is None:
            return 404, {"error": {"message": "No such job.", "code": "not_found"}}
        if path.endswith("/events"):
            told = [{"object": "fine_tuning.job.event", "message": f"Status: {status}"} for status in job["_seen"]]
            return 200, {"object": "list", "data": list(reversed(told)), "has_more": False}
        if path.endswith("/cancel"):
            job["status"] = "cancelled"
        elif job["status"] in STEPS[:-1]:
            self._go_on(job, behaviour)
        return 200, job

    def _keep(self, body: bytes, kind: str) -> Answer:
        boundary = kind.partition("boundary=")[2].strip('"').encode()
        part = next(part for part in body.split(b"--" + boundary) if b'name="file"' in part)
        file_id = f"file-{len(self.files) + 1}"
        self.files[file_id] = part.partition(b"\r\n\r\n")[2].removesuffix(b"\r\n")
        return 200, {"id": file_id, "object": "file", "purpose": "fine-tune", "bytes": len(self.files[file_id])}

    def _create(self, behaviour: str, body: dict[str, Any]) -> Answer:
        if behaviour == "refuses":
            return 400, {"error": {"message": "Fine-tuning is no longer available to this organization.", "code": "x"}}
        if behaviour == "no_model":
            return 404, {"error": {"message": f"The model {body['model']} does not exist.", "code": "model_not_found"}}
        if body["training_file"] not in self.files:
            return 400, {"error": {"message": "No such file.", "code": "invalid_file"}}
        job_id = f"ftjob-{len(self.jobs) + 1}"
        job = {
            "id": job_id,
            "object": "fine_tuning.job",
            "status": STEPS[0],
            "fine_tuned_model": None,
            "_seen": [STEPS[0]],
        }
        self.jobs[job_id] = {**body, **job, "trained_tokens": None, "error": None}
        return 200, self.jobs[job_id]

    def _go_on(self, job: dict[str, Any], behaviour: str) -> None:
        if behaviour == "slow" and job["status"] == "running":
            return
        job["status"] = STEPS[STEPS.index(job["status"]) + 1]
        if behaviour == "fails":
            job["status"] = "failed"
            job["error"] = {
                "code": "invalid_training_file",
                "message": "Line 3 has no messages.",
                "param": "training_file",
            }
        if job["status"] == "succeeded":
            job |= {"fine_tuned_model": f"ft:{job['model']}:org:{job.get('suffix') or ''}:1", "trained_tokens": 1234}
        job["_seen"].append(job["status"])
