"""Every text of a report once more against the facts as they were stored; what these do not carry is not rendered."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeVar, get_args

from cafe_ai.assistants.checker import check as check_text
from cafe_ai.assistants.turns import RULES
from cafe_ai.customers.model import SegmentLine
from cafe_ai.platform.telemetry import measures
from cafe_ai.reports.leasing import Step, begin
from cafe_ai.reports.model import Part, SalesForecast, SalesReport, StockLine
from cafe_ai.reports.narrating import Told
from cafe_ai.reports.promotions import Promoted
from cafe_ai.reports.steps import CheckInput
from cafe_ai.sales_analysis import narration
from cafe_ai.sales_analysis.model import Analysis, Finding
from cafe_ai.sales_analysis.prose import find_faults
from cafe_ai.sales_analysis.telling import sheet_of_analysis

if TYPE_CHECKING:
    from cafe_ai.bootstrap import Runtime
    from cafe_ai.platform.clock import Deadline

T = TypeVar("T")
CHECKING = 65
REPORT = "report.json"


def check(runtime: Runtime, given: CheckInput, deadline: Deadline) -> Mapping[str, Any]:
    """Puts the report together of its parts and texts; its key.

    A summary that the analysis does not carry is told by the narrator instead; a finding or a reason is left out.
    """
    step = begin(runtime, given, deadline, CHECKING)
    return {"key": step.workspace.keep(REPORT, SalesReport, _put_together(step, given))}


def _put_together(step: Step, given: CheckInput) -> SalesReport:
    business, names = step.member.business, (step.member.business.name,)
    stored = step.workspace.read(given.parts["sales"], Analysis)
    analysis = replace(
        stored,
        insights=_carried(stored, stored.insights, names),
        recommendations=_carried(stored, stored.recommendations, names),
    )
    told = _summary(step, analysis, step.workspace.read(given.summary.key, Told))
    promoted = _part(step, given, "products", Promoted)
    return SalesReport(
        job_id=step.job.id,
        business_name=business.name,
        business_type=business.type,
        locale=analysis.locale,
        currency=analysis.currency,
        timezone=business.timezone,
        created_at=step.job.created_at,
        summary=told.text,
        analysis=analysis,
        promotions=promoted.checked(step.language) if promoted else (),
        segments=_part(step, given, "customers", tuple[SegmentLine, ...]) or (),
        stock=_part(step, given, "stock", tuple[StockLine, ...]) or (),
        forecast=_part(step, given, "forecast", SalesForecast),
        missing=tuple(part for part in get_args(Part) if not given.parts.get(part)),
        model_name=told.model_name,
    )


def _part(step: Step, given: CheckInput, part: Part, kind: type[T]) -> T | None:
    """The part as it was kept; None where it is missing."""
    key = given.parts.get(part)
    return step.workspace.read(key, kind) if key else None


def _summary(step: Step, analysis: Analysis, told: Told) -> Told:
    """The words as they were kept, if the narrator would say the same or the analysis carries them; else the narrator's."""
    plain = narration.tell(analysis).text
    if told.text == plain or not find_faults(told.text, analysis, (step.member.business.name,)):
        return told
    measures().count("SummaryRefused")
    return replace(told, text=plain, model_name=RULES)


def _carried(analysis: Analysis, findings: Sequence[Finding], names: Collection[str]) -> tuple[Finding, ...]:
    kept = []
    for finding in findings:
        if check_text(finding.text, sheet_of_analysis(analysis, finding.facts), analysis.locale, names).ok:
            kept.append(finding)
        else:
            measures().count("FindingDoubted")
    return tuple(kept)
