"""The work of generate_product_recommendations: what to promote now, and what to add to the menu.

Both are written to the audit as they are made. The model is paid at most once an attempt, and only a worker that holds the job's
lease gets here; an attempt that dies after the model has answered and before the result is written pays again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from cafe_ai.parameters import moment_in
from cafe_ai.recommendations.model import Request
from cafe_ai.recommendations.schemas import RecommendResponse, SuggestionsResponse
from cafe_ai.recommendations.service import recommend
from cafe_ai.recommendations.suggestions import suggest

if TYPE_CHECKING:
    from cafe_ai.bootstrap import Runtime
    from cafe_ai.catalogue.port import Search
    from cafe_ai.jobs.running import JobRun

PRODUCTS = 5


def work(runtime: Runtime, run: JobRun, search: Search | None = None) -> Mapping[str, Any]:
    """As POST /recommend without a query answers, with the suggestions for the menu and why.

    business_type and business_name stand for the business's own where they are given. The suggestions, which cost nothing, come
    first: what fails there has not paid for anything yet.
    """
    params, business = run.job.params, run.member.business
    business = replace(
        business,
        type=params.get("business_type", business.type),
        name=params.get("business_name", business.name),
    )
    member, as_of, locale = replace(run.member, business=business), moment_in(params), params.get("locale")
    suggested = SuggestionsResponse.of(suggest(runtime, member, locale=locale, as_of=as_of))
    run.progress(40)
    request = Request(business.id, None, params.get("limit", PRODUCTS), locale, as_of)
    recommended = RecommendResponse.of(recommend(runtime, member, request, search), business.currency)
    run.progress(90)
    return {
        **recommended.model_dump(mode="json", by_alias=True),
        "suggestions": suggested.suggestions,
        "explanation": suggested.explanation,
        "suggested_items": [item.model_dump(mode="json", by_alias=True) for item in suggested.items],
        "business_type": suggested.business_type,
    }
