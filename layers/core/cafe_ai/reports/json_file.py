"""The report for programs: the analysis as POST /sales-analysis has it, with what else belongs beside it."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import date
from decimal import Decimal
from typing import Any

from cafe_ai.reports.model import SalesReport
from cafe_ai.sales_analysis.schemas import AnalysisBody, exact


def write_json(report: SalesReport) -> bytes:
    """The file: UTF-8, figures as JSON numbers, its keys always in the same order."""
    analysis = report.analysis
    body = {
        "job_id": str(report.job_id),
        "business": {
            "name": report.business_name,
            "type": report.business_type,
            "locale": report.locale,
            "currency": report.currency,
            "timezone": report.timezone,
        },
        "created_at": report.created_at.isoformat(),
        "model_name": report.model_name,
        "summary": report.summary,
        "insights": [finding.text for finding in analysis.insights],
        "recommendations": [finding.text for finding in analysis.recommendations],
        "analysis": AnalysisBody.of(analysis).model_dump(mode="json", by_alias=True),
        "promotions": [asdict(each) for each in report.promotions],
        "segments": [asdict(each) for each in report.segments],
        "stock": [asdict(each) for each in report.stock],
        "forecast": None if report.forecast is None else asdict(report.forecast),
        "missing": list(report.missing),
    }
    return (json.dumps(body, ensure_ascii=False, indent=1, default=_plain) + "\n").encode()


def _plain(value: object) -> Any:
    """A figure or a day as JSON has it."""
    if isinstance(value, Decimal):
        return exact(value)
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} has no form in JSON")
