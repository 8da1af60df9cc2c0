"""What many reviews say together: how they lean, themes with examples, trend with its uncertainty, products."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import date, datetime, timedelta

from cafe_ai.language.text import fold
from cafe_ai.reviews.model import (
    Aspect,
    AspectCount,
    Label,
    MonthShare,
    Overview,
    ProductOpinion,
    Quote,
    Review,
    Share,
    Side,
    Theme,
    Trend,
)

TREND_DAYS = 90
LEAST_FOR_TREND = 10
"""Of fewer reviews on either side nothing is said of a trend."""
CLEAR_Z = 1.96
"""A difference of two shares that chance alone gives once in twenty."""
LEAST_FOR_THEME, THEMES_EACH, QUOTES_EACH = 2, 3, 3
LEAST_FOR_PRODUCT, PRODUCTS = 3, 5
RATING_WEIGHT = 0.5
LEANS_FROM = 0.2

_SAYS_NO_MORE = frozenset(
    "siti lugar local tiend plac spot shop stor venu product item articul servic atencion trat preci pric food comid calidad "
    "quality espera wait personal staff".split()
)
"""Stems of words that name the aspect itself: a theme by that name would say no more than the aspect does."""

_ENDINGS = ("es", "s", "as", "os", "a", "o")


def combine(label: Label, score: float, rating: int | None) -> tuple[Label, float]:
    """Text and stars together: without stars the text's own; with stars the mean of the score and the stars put between -1
    (one star) and 1 (five), which leans either way from 0.2 on."""
    if rating is None:
        return label, score
    both = (1 - RATING_WEIGHT) * score + RATING_WEIGHT * (rating - 3) / 2
    if abs(both) < LEANS_FROM:
        return Label.NEUTRAL, both
    return (Label.POSITIVE if both > 0 else Label.NEGATIVE), both


def summarise(reviews: Sequence[Review], start: date, end: date, as_of: datetime, pending: int = 0) -> Overview:
    """The overview of these reviews, which lie within [start, end)."""
    labels = Counter(review.label for review in reviews)
    ratings = [review.rating for review in reviews if review.rating is not None]
    return Overview(
        start=start,
        end=end,
        as_of=as_of,
        reviews=tuple(reviews),
        pending=pending,
        positive=labels[Label.POSITIVE],
        neutral=labels[Label.NEUTRAL],
        negative=labels[Label.NEGATIVE],
        rated=len(ratings),
        average_rating=sum(ratings) / len(ratings) if ratings else None,
        aspects=count_aspects(reviews),
        themes=find_themes(reviews),
        months=by_month(reviews),
        trend=compare(reviews, end - timedelta(days=TREND_DAYS), end - timedelta(days=2 * TREND_DAYS)),
        products=by_product(reviews),
    )


def count_aspects(reviews: Sequence[Review]) -> tuple[AspectCount, ...]:
    """Each aspect that is spoken of, the one with most to say first."""
    found = []
    for aspect in Aspect:
        good = sum(any(said.aspect is aspect and said.score > 0 for said in review.aspects) for review in reviews)
        bad = sum(any(said.aspect is aspect and said.score < 0 for said in review.aspects) for review in reviews)
        if good or bad:
            found.append(AspectCount(aspect, good, bad))
    return tuple(sorted(found, key=lambda count: -(count.positive + count.negative)))


def find_themes(reviews: Sequence[Review]) -> tuple[Theme, ...]:
    """What two reviews or more say of an aspect, up to three themes each way, those of most reviews first.

    Reviews go together by a telling word that they share (its ending aside); each counts in one theme of an aspect and side,
    the one that most others share. A theme bears its commonest form of the word.
    """
    found = []
    for aspect in Aspect:
        sides: tuple[Side, Side] = ("positive", "negative")
        for side in sides:
            found += _themes_of(reviews, aspect, side)
    return tuple(sorted(found, key=lambda theme: (-theme.reviews, theme.aspect.value, theme.side, theme.name)))


def _themes_of(reviews: Sequence[Review], aspect: Aspect, side: Side) -> list[Theme]:
    by_stem: dict[str, dict[int, tuple[float, str]]] = defaultdict(dict)
    forms: dict[str, Counter[str]] = defaultdict(Counter)
    for place, review in enumerate(reviews):
        for said in review.aspects:
            if said.aspect is not aspect or (said.score > 0) != (side == "positive"):
                continue
            for term in said.terms:
                stem = _stem(fold(term))
                if stem in _SAYS_NO_MORE:
                    continue
                forms[stem][term] += 1
                known = by_stem[stem].get(place)
                if known is None or abs(said.score) > known[0]:
                    by_stem[stem][place] = (abs(said.score), said.quote)
    themes: list[Theme] = []
    taken: set[int] = set()
    while len(themes) < THEMES_EACH:
        left = {stem: {p: q for p, q in quotes.items() if p not in taken} for stem, quotes in by_stem.items()}
        chosen = max(left, key=lambda each: (len(left[each]), each), default=None)
        if chosen is None or len(left[chosen]) < LEAST_FOR_THEME:
            break
        taken |= set(left[chosen])
        strongest = sorted(left[chosen].items(), key=lambda item: (-item[1][0], item[0]))
        quotes = tuple(Quote(quote, reviews[place].day, reviews[place].id) for place, quote in _distinct(strongest))
        name = forms[chosen].most_common(1)[0][0]
        themes.append(Theme(aspect, side, name, len(left[chosen]), quotes))
    return themes


def _distinct(strongest: Sequence[tuple[int, tuple[float, str]]]) -> list[tuple[int, str]]:
    """The first quotations of those given, none twice."""
    kept: dict[str, tuple[int, str]] = {}
    for place, (_, quote) in strongest:
        kept.setdefault(fold(quote), (place, quote))
    return list(kept.values())[:QUOTES_EACH]


def _stem(term: str) -> str:
    for ending in _ENDINGS:
        if term.endswith(ending) and len(term) - len(ending) >= 4:
            return term[: -len(ending)].rstrip("ao") if len(term) - len(ending) > 4 else term[: -len(ending)]
    return term


def share_of(reviews: Sequence[Review]) -> Share:
    """The share of positive reviews with Wilson's 95 % interval (Wilson 1927); of none it is anything from 0 to 100."""
    count, positive = len(reviews), sum(review.label is Label.POSITIVE for review in reviews)
    if not count:
        return Share(0, 0, 0.0, 0.0, 100.0)
    p, z2 = positive / count, CLEAR_Z**2
    middle = (p + z2 / (2 * count)) / (1 + z2 / count)
    half = CLEAR_Z * math.sqrt(p * (1 - p) / count + z2 / (4 * count**2)) / (1 + z2 / count)
    return Share(positive, count, 100 * p, max(0.0, 100 * (middle - half)), min(100.0, 100 * (middle + half)))


def by_month(reviews: Sequence[Review]) -> tuple[MonthShare, ...]:
    """The months that have reviews, in their order."""
    months: dict[date, list[Review]] = defaultdict(list)
    for review in reviews:
        months[review.day.replace(day=1)].append(review)
    return tuple(MonthShare(month, share_of(months[month])) for month in sorted(months))


def compare(reviews: Sequence[Review], recent_from: date, before_from: date) -> Trend | None:
    """The reviews since a day against those between an earlier day and it, by a z-test of two shares; None without any."""
    recent = share_of([review for review in reviews if review.day >= recent_from])
    before = share_of([review for review in reviews if before_from <= review.day < recent_from])
    if not recent.reviews and not before.reviews:
        return None
    if min(recent.reviews, before.reviews) < LEAST_FOR_TREND:
        return Trend(recent, before, None, enough=False)
    pooled = (recent.positive + before.positive) / (recent.reviews + before.reviews)
    error = math.sqrt(pooled * (1 - pooled) * (1 / recent.reviews + 1 / before.reviews))
    step = (recent.percent - before.percent) / 100
    if not error or abs(step) / error < CLEAR_Z:
        return Trend(recent, before, None, enough=True)
    return Trend(recent, before, "better" if step > 0 else "worse", enough=True)


def by_product(reviews: Sequence[Review]) -> tuple[ProductOpinion, ...]:
    """Products with three reviews or more, best first; their mean score is drawn towards the shop's by two reviews' worth."""
    groups: dict[tuple[str, str], list[Review]] = defaultdict(list)
    for review in reviews:
        if review.product_id is not None and review.product is not None:
            groups[str(review.product_id), review.product].append(review)
    shop = sum(review.score for review in reviews) / len(reviews) if reviews else 0.0
    found = []
    for (_, name), own in groups.items():
        if len(own) < LEAST_FOR_PRODUCT or own[0].product_id is None:
            continue
        labels = Counter(review.label for review in own)
        score = (sum(review.score for review in own) + 2 * shop) / (len(own) + 2)
        found.append(
            ProductOpinion(
                own[0].product_id, name, len(own), labels[Label.POSITIVE], labels[Label.NEGATIVE], round(score, 3)
            )
        )
    return tuple(sorted(found, key=lambda each: (-each.score, each.product)))
