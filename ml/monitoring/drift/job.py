"""The look at a shop after its nightly training."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from cafe_ai.assistants.service import moment_of
from cafe_ai.parameters import moment_in
from ml.monitoring.drift.model import Finding

if TYPE_CHECKING:
    from cafe_ai.bootstrap import Runtime
    from cafe_ai.jobs.running import JobRun

Work = Callable[["Runtime", "JobRun"], Mapping[str, Any]]


def watched(runtime: Runtime, run: JobRun, train: Work) -> Mapping[str, Any]:
    """What the training gives, and what was found of the shop afterwards under "drift"."""
    from ml.monitoring.drift.watch import watch

    outcome = train(runtime, run)
    moment = moment_of(moment_in(run.job.params), run.member.business)
    found = watch(runtime.database, run.member.business, moment, run.deadline)
    return {**outcome, "drift": {"alerts": _told(found.alerts), "measured": _told(found.findings)}}


def _told(findings: Sequence[Finding]) -> list[dict[str, Any]]:
    return [asdict(finding) for finding in findings]
