"""POST /api/v1/ai/recommend: what to promote now, or what in the catalogue fits some words, and why."""

from typing import Annotated

from fastapi import Query

from cafe_ai.bootstrap import runtime
from cafe_ai.http import Caller, create_app, declares, lambda_handler
from cafe_ai.recommendations import service
from cafe_ai.recommendations.phrases import PROMPTS
from cafe_ai.recommendations.schemas import RecommendParameters, RecommendResponse
from cafe_ai.tenancy.model import Permission

app = create_app()


@app.post("/api/v1/ai/recommend", responses=declares())
async def recommend(asked: Annotated[RecommendParameters, Query()], caller: Caller) -> RecommendResponse:
    """Recommends products that exist, each with its reasons and their figures."""
    prompt = asked.query_text or PROMPTS["es"]["promote"]
    member = caller.admit(asked.business_id, "recommend", prompt=prompt, needs=Permission.CATALOGUE)
    return RecommendResponse.of(service.recommend(runtime(), member, asked.request()), member.business.currency)


handler = lambda_handler(app)
