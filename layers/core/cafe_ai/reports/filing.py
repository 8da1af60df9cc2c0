"""The report's files: made where they are kept for a while, then put where they stay."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from cafe_ai.reports.leasing import begin
from cafe_ai.reports.model import SalesReport
from cafe_ai.reports.steps import RenderInput, StoreInput
from cafe_ai.reports.workspace import CONTENT_TYPES, final_key, title_of

if TYPE_CHECKING:
    from cafe_ai.bootstrap import Runtime
    from cafe_ai.platform.clock import Deadline

RENDERING = 70
STORING = 85


def render(runtime: Runtime, given: RenderInput, deadline: Deadline) -> Mapping[str, Any]:
    """Makes the files of the report; their keys by format."""
    from cafe_ai.reports.rendering import render as render_files

    step = begin(runtime, given, deadline, RENDERING)
    report = step.workspace.read(given.report.key, SalesReport)
    keys = {}
    for kind, body in render_files(report).files.items():
        keys[kind] = step.workspace.key(f"files/report.{kind}")
        runtime.reports.put(keys[kind], body, CONTENT_TYPES[kind])
    return {"keys": keys}


def store(runtime: Runtime, given: StoreInput, deadline: Deadline) -> Mapping[str, Any]:
    """Puts the files where they stay, under a name that says what they are; their keys by format."""
    step = begin(runtime, given, deadline, STORING)
    report = step.workspace.read(given.report.key, SalesReport)
    title = title_of(report.analysis.period, report.locale)
    keys = {}
    for kind, staged in given.staged.keys.items():
        keys[kind] = final_key(given.business_id, given.job_id, title, kind)
        runtime.reports.put(keys[kind], runtime.reports.get(staged), CONTENT_TYPES[kind])
    return {"keys": keys}
