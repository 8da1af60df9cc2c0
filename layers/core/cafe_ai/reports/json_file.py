"""The report for programs: the analysis with what else belongs beside it, as JSON numbers and ISO dates."""

from __future__ import annotations

import json
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from cafe_ai.reports.model import SalesReport


def write_json(report: SalesReport) -> bytes:
    """The file: UTF-8, its keys always in the same order."""
    body = {
        "job_id": report.job_id,
        "business": {
            "name": report.business_name,
            "type": report.business_type,
            "locale": report.locale,
            "currency": report.currency,
            "timezone": report.timezone,
        },
        "created_at": report.created_at,
        "model": report.model_name,
        "summary": report.summary,
        "insights": [each.text for each in report.analysis.insights],
        "recommendations": [each.text for each in report.analysis.recommendations],
        "analysis": report.analysis,
        "promotions": report.promotions,
        "segments": report.segments,
        "stock": report.stock,
        "forecast": report.forecast,
        "missing": report.missing,
    }
    return (json.dumps(_plain(body), ensure_ascii=False, indent=1) + "\n").encode()


def _plain(value: Any) -> Any:
    """The value as JSON has it."""
    match value:
        case Decimal():
            return int(value) if value == value.to_integral_value() else float(value)
        case datetime() | date():
            return value.isoformat()
        case UUID():
            return str(value)
        case dict():
            return {key: _plain(each) for key, each in value.items()}
        case list() | tuple():
            return [_plain(each) for each in value]
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
    return value
