"""What each state of the report is given: the job's lease, and the keys under which earlier states kept what they made.

The members are those of infra/statemachines/sales_report.asl.yaml; a state lets be what it does not name.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID

from cafe_ai.reports.model import Format, Part


@dataclass(frozen=True, slots=True, kw_only=True)
class StepInput:
    """Whose lease it is: of an attempt at a job. This much every execution begins with."""

    job_id: UUID
    business_id: UUID
    token: UUID
    attempt: int
    correlation_id: str | None = None


@dataclass(frozen=True, slots=True)
class Kept:
    """An object that a state made."""

    key: str


@dataclass(frozen=True, slots=True)
class KeptFiles:
    """The files that a state made, by format."""

    keys: Mapping[Format, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class GatherInput(StepInput):
    """One part is to be gathered."""

    part: Part


@dataclass(frozen=True, slots=True, kw_only=True)
class NarrateInput(StepInput):
    """The parts are there; the key of one that could not be had is empty."""

    parts: Mapping[Part, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckInput(StepInput):
    """The parts and the words about them are there."""

    parts: Mapping[Part, str]
    summary: Kept


@dataclass(frozen=True, slots=True, kw_only=True)
class RenderInput(StepInput):
    """The whole report is there."""

    report: Kept


@dataclass(frozen=True, slots=True, kw_only=True)
class StoreInput(StepInput):
    """The report and its files are there, where they will not stay."""

    report: Kept
    staged: KeptFiles


@dataclass(frozen=True, slots=True, kw_only=True)
class FinishInput(StepInput):
    """The report and its files are where they stay."""

    report: Kept
    files: KeptFiles


@dataclass(frozen=True, slots=True, kw_only=True)
class FailInput(StepInput):
    """A state failed for good. error: Error is its name, Cause what is said of it, in JSON where a function raised it."""

    error: Mapping[str, str] = field(default_factory=dict)
