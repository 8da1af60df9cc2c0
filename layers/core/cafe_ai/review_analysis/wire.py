"""The result of analyze_reviews as JSON has it: shares in percent, scores from -1 to 1, dates as ISO text."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cafe_ai.assistants.reviews.model import Reviewed
from cafe_ai.assistants.schemas import FactBody, PeriodBody
from cafe_ai.language.formats import Language
from cafe_ai.reviews.model import Overview, ProductOpinion, Share, Theme, Trend
from cafe_ai.reviews.service import Reading
from cafe_ai.tenancy.model import Business

Json = dict[str, Any]
THEMES, PRODUCTS, SUMMARY_SENTENCES = 12, 5, 4


def present(about: Reviewed, business: Business, language: Language, reading: Reading) -> Json:
    """The whole result. What is not known is null or an empty list, and `gaps` says why."""
    seen = about.overview
    return {
        "as_of": seen.as_of.isoformat(),
        "locale": language,
        "business_id": str(business.id),
        "period": PeriodBody.of(about.period).model_dump(mode="json", by_alias=True),
        "summary": " ".join(each.text for each in about.statements[:SUMMARY_SENTENCES]),
        "insights": [each.text for each in about.statements],
        "facts": _facts(about),
        "gaps": list(about.gaps),
        "model_version": reading.version,
        "read_now": reading.read,
        "left_to_read": reading.left,
        "reviews": seen.count,
        "labels": _labels(seen),
        "average_rating": None if seen.average_rating is None else round(seen.average_rating, 2),
        "rated": seen.rated,
        "corrected": sum(review.corrected for review in seen.reviews),
        "aspects": [
            {"aspect": each.aspect.value, "positive": each.positive, "negative": each.negative} for each in seen.aspects
        ],
        "themes": [_theme(theme) for theme in seen.themes[:THEMES]],
        "months": [{"month": f"{each.month:%Y-%m}", **_share(each.share)} for each in seen.months],
        "trend": _trend(seen.trend) if seen.trend else None,
        "best_products": [_product(each) for each in seen.products[:PRODUCTS]],
        "worst_products": [_product(each) for each in reversed(seen.products[-PRODUCTS:]) if each.score < 0],
    }


def _facts(about: Reviewed) -> list[Mapping[str, Any]]:
    bodies: list[Mapping[str, Any]] = []
    for fact in about.facts:
        body = FactBody.of(fact).model_dump(mode="json", by_alias=True)
        if body not in bodies:
            bodies.append(body)
    return bodies


def _labels(seen: Overview) -> Json:
    counts = {"positive": seen.positive, "neutral": seen.neutral, "negative": seen.negative}
    return {
        label: {"reviews": count, "share_percent": round(100 * count / seen.count, 1) if seen.count else None}
        for label, count in counts.items()
    }


def _theme(theme: Theme) -> Json:
    return {
        "aspect": theme.aspect.value,
        "sentiment": theme.side,
        "name": theme.name,
        "reviews": theme.reviews,
        "quotes": [
            {"text": quote.text, "date": quote.day.isoformat(), "review_id": str(quote.review_id)}
            for quote in theme.quotes
        ],
    }


def _share(share: Share) -> Json:
    return {
        "reviews": share.reviews,
        "positive": share.positive,
        "positive_percent": round(share.percent, 1),
        "low_percent": round(share.low, 1),
        "high_percent": round(share.high, 1),
    }


def _trend(trend: Trend) -> Json:
    return {
        "direction": trend.direction,
        "enough_reviews": trend.enough,
        "recent": _share(trend.recent),
        "before": _share(trend.before),
    }


def _product(each: ProductOpinion) -> Json:
    return {
        "id": str(each.product_id),
        "name": each.product,
        "reviews": each.reviews,
        "positive": each.positive,
        "negative": each.negative,
        "score": each.score,
    }
