"""The work of generate_inventory_forecast."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from cafe_ai.assistants.model import AssistantType
from cafe_ai.assistants.turns import Told, write_turn
from cafe_ai.forecasting.phrases import PROMPTS
from cafe_ai.forecasting.service import HORIZON_DAYS, Wanted, forecast_inventory
from cafe_ai.forecasting.stocking import REVIEW_DAYS, SERVICE_LEVEL
from cafe_ai.forecasting.wire import present
from cafe_ai.jobs.model import JobKind
from cafe_ai.parameters import moment_in
from cafe_ai.platform.clock import milliseconds_since

if TYPE_CHECKING:
    from cafe_ai.bootstrap import Runtime
    from cafe_ai.forecasting.port import Forecaster
    from cafe_ai.jobs.running import JobRun
    from cafe_ai.tenancy.model import Member


def work(
    runtime: Runtime, run: JobRun, forecaster_for: Callable[[Runtime, Member], Forecaster] | None = None
) -> Mapping[str, Any]:
    """The result, written to the audit before it is given back. No model is paid, so a repeat costs nothing.

    forecaster_for gives what forecasts for the member's business; without it the standard library does.
    """
    started, params = time.monotonic(), run.job.params
    wanted = Wanted(
        tuple(params.get("product_ids") or ()),
        params.get("horizon_days", HORIZON_DAYS),
        params.get("service_level", SERVICE_LEVEL),
        params.get("review_days", REVIEW_DAYS),
    )
    forecast = forecast_inventory(
        runtime,
        run.member,
        as_of=moment_in(params),
        wanted=wanted,
        locale=params.get("locale"),
        forecaster=forecaster_for and forecaster_for(runtime, run.member),
    )
    run.progress(90)
    told = Told(
        endpoint=JobKind.INVENTORY_FORECAST.value,
        prompt=PROMPTS[forecast.locale],
        text=forecast.summary,
        language=forecast.locale,
        plan={"products": len(forecast.products), "days": forecast.days, "as_of": forecast.as_of.isoformat()},
        degraded=False,
        milliseconds=milliseconds_since(started),
        facts=[fact for statement in forecast.insights for fact in statement.facts],
        assistant_type=AssistantType.SALES_ANALYSIS,
    )
    conversation_id = write_turn(runtime, run.member, None, told)
    return {**present(forecast), "conversation_id": str(conversation_id) if conversation_id else None}
