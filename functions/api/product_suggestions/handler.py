"""POST /api/v1/ai/product-suggestions: new products for this kind of business, and why."""

from typing import Annotated

from fastapi import Query

from cafe_ai.bootstrap import runtime
from cafe_ai.http import Caller, create_app, declares, lambda_handler
from cafe_ai.recommendations.phrases import PROMPTS
from cafe_ai.recommendations.schemas import SuggestionParameters, SuggestionsResponse
from cafe_ai.recommendations.suggestions import suggest
from cafe_ai.tenancy.model import Permission

app = create_app()


@app.post("/api/v1/ai/product-suggestions", responses=declares())
async def suggest_products(asked: Annotated[SuggestionParameters, Query()], caller: Caller) -> SuggestionsResponse:
    """Suggests what similar menus carry and this one lacks."""
    prompt = PROMPTS["es"]["suggest"]
    member = caller.admit(asked.business_id, "product-suggestions", prompt=prompt, needs=Permission.CATALOGUE)
    return SuggestionsResponse.of(suggest(runtime(), member, locale=asked.locale, as_of=asked.as_of))


handler = lambda_handler(app)
