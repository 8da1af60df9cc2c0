"""Many questions to a handler in this process: the warm part of a probe."""

from __future__ import annotations

import json
import random
import statistics
import time
from collections import defaultdict
from collections.abc import Iterator
from itertools import count
from typing import Any
from uuid import UUID

from tests.bench.parts import Stopwatch, instrument_model
from tests.bench.probe import ask


def run(job: dict[str, Any], handler: Any, stopwatch: Stopwatch | None) -> dict[str, Any]:
    """Asks the job's questions in rounds, or for some seconds, and tells the time of each."""
    asking = _Asking(job, handler, stopwatch)
    for _ in range(job["warm_up"]):
        list(asking.round())
    if job["seconds"]:
        return asking.for_seconds(job["start_at"], job["seconds"])
    if stopwatch is not None and job["toggle_model"]:
        instrument_model(stopwatch)
    samples = [sample for _ in range(job["rounds"]) for sample in asking.round()]
    return {"samples": samples, "slowest": asking.explain_slowest(samples) if job["explain"] else None}


class _Asking:
    def __init__(self, job: dict[str, Any], handler: Any, stopwatch: Stopwatch | None) -> None:
        self._job = job
        self._handler = handler
        self._stopwatch = stopwatch
        self._rounds = count()
        self._statements: dict[str, list[tuple[float, str, dict[str, Any]]]] = defaultdict(list)
        self._rng = random.Random(7)

    def round(self) -> Iterator[dict[str, Any]]:
        """Every question once, by one user; with `toggle_model` once with and once without the language model."""
        tokens = self._job["tokens"]
        token = tokens[next(self._rounds) % len(tokens)]
        turns: dict[str, str] = {}
        for question in self._job["questions"]:
            for model in self._rng.sample([False, True], 2) if self._job["toggle_model"] else [None]:
                yield self._ask(question, token, turns, model)

    def for_seconds(self, start_at: float, seconds: float) -> dict[str, Any]:
        """Asks without a pause between two moments that other processes share."""
        time.sleep(max(0.0, start_at - time.time()))
        times: list[float] = []
        end = start_at + seconds
        while time.time() < end:
            for sample in self.round():
                times.append(sample["ms"])
                if time.time() >= end:
                    break
        return {"answered": len(times), "times_ms": times}

    def explain_slowest(self, samples: list[dict[str, Any]]) -> dict[str, Any]:
        """The plan of the slowest statement of the question that took longest, as PostgreSQL ran it once more."""
        from cafe_ai.bootstrap import runtime

        by_question: dict[str, list[float]] = defaultdict(list)
        for sample in samples:
            by_question[sample["question"]].append(sample["ms"])
        slowest = max(by_question, key=lambda name: statistics.median(by_question[name]))
        seconds, sql, parameters = max(self._statements[slowest], key=lambda statement: statement[0])
        job = self._job
        with runtime().database.transaction(UUID(job["business_id"]), UUID(job["user_id"]), read_only=True) as uow:
            rows = uow.connection.execute(b"EXPLAIN (ANALYZE, BUFFERS, SETTINGS) " + sql.encode(), parameters)
            plan = "\n".join(str(row[0]) for row in rows)
        return {"question": slowest, "statement_ms": seconds * 1000, "sql": sql, "plan": plan}

    def _ask(self, question: dict[str, Any], token: str, turns: dict[str, str], model: bool | None) -> dict[str, Any]:
        if model is not None:
            self._switch_model(on=model)
        body = dict(question["body"])
        if question["follows"]:
            body["conversation_id"] = turns[question["follows"]]
        event = json.loads(self._job["event"])
        event["body"] = json.dumps(body)
        event["headers"]["authorization"] = f"Bearer {token}"
        milliseconds, cpu, answer = ask(self._handler, event)
        told = json.loads(answer["body"])
        turns[question["name"]] = told["conversation_id"]
        sample = {"question": question["name"], "ms": milliseconds, "cpu_ms": cpu, "model": model}
        if self._stopwatch is not None:
            sample["parts"] = self._stopwatch.take()
            self._statements[question["name"]] += self._stopwatch.statements
            self._stopwatch.statements.clear()
        return sample | {"text": told["response"], "degraded": told["degraded"], "facts": len(told["facts"])}

    def _switch_model(self, *, on: bool) -> None:
        from cafe_ai.bootstrap import runtime

        members = vars(runtime())
        kept = members.setdefault("_kept_model", runtime().language_model)
        members["language_model"] = kept if on else None
