"""What reviews say, in sentences with the facts each is made of. What stands between quotation marks is a customer's own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from typing import Literal

from cafe_ai.analytics.metrics import round_half_up
from cafe_ai.analytics.model import Fact, Period, PeriodSpec
from cafe_ai.assistants.model import Statement
from cafe_ai.assistants.reviews.phrases import ASPECTS, GAPS, QUOTES, REVIEWS, SENTENCES, SIDES, SPANS
from cafe_ai.language.formats import Language, format_count, format_number, format_percent, pluralize
from cafe_ai.language.period_wording import word_days
from cafe_ai.reviews.model import Aspect, AspectCount, Overview, Quote, Review, Share, Side, Theme, Trend

About = Literal["all", "complaints", "praise", "trend", "aspect", "rating", "products"]
LEAST_FOR_SHARE = 10  # of fewer reviews no percentage is told
THEMES_TOLD, QUOTES_TOLD = 3, 2
LONGEST_QUOTE = 160
WORST_FROM = 0.0  # a product that leans no worse than this is not called badly reviewed


@dataclass(frozen=True, slots=True)
class Wanted:
    """What of the reviews is asked for. this_month: the trend of the running month, not of three; period: which reviews, those of
    the last year without one."""

    about: About = "all"
    aspect: Aspect | None = None
    side: Side | None = None
    product: str | None = None
    this_month: bool = False
    period: PeriodSpec | None = None


@dataclass(frozen=True, slots=True)
class Teller:
    """Tells one overview. period: that of its days."""

    overview: Overview
    period: Period
    language: Language
    wanted: Wanted = field(default_factory=Wanted)

    def statements(self) -> list[Statement]:
        """What is worth saying to what was asked, in its order."""
        seen = self.overview
        if not seen.count:
            return [self._gap()]
        told = [self._overview()]
        match self.wanted.about:
            case "all":
                told += [*self._rating(), *self._aspects(), *self._themes("negative"), *self._themes("positive")]
                told += [*self._trend(), *self._products()]
            case "complaints":
                told += [*self._aspects(), *self._themes("negative")]
                if len(told) == 1 or not any(each.kind.startswith("theme") for each in told):
                    told += self._loose("negative") or [self._plain("no_complaints")]
            case "praise":
                told += [*self._aspects(), *self._themes("positive")]
                if not any(each.kind.startswith("theme") for each in told):
                    told += self._loose("positive") or [self._plain("no_praise")]
            case "trend":
                told += [*self._trend(), *self._rating()]
            case "aspect":
                told += self._one_aspect()
            case "rating":
                told += list(self._rating()) or [self._plain("no_rating")]
            case "products":
                told += list(self._products()) or [self._plain("no_products")]
        return [*told, *self._pending()]

    def _gap(self) -> Statement:
        kind = "unread" if self.overview.pending else "none_of_product" if self.wanted.product else "none_in_period"
        return Statement("gap", GAPS[self.language][kind])

    def _plain(self, kind: str, **names: str) -> Statement:
        text = SENTENCES[self.language][kind].format(**names)
        return Statement(kind, text[:1].upper() + text[1:], (), tuple(names.values()))

    def _say(
        self, kind: str, facts: Mapping[str, Fact], names: Mapping[str, str], nouns: Sequence[str] = ()
    ) -> Statement:
        """A sentence of `phrases`; the facts at the places of `nouns` are followed by "reviews"."""
        said = {place: self._words(fact, place in nouns) for place, fact in facts.items()}
        text = SENTENCES[self.language][kind].format(**said, **names)
        return Statement(kind, text[:1].upper() + text[1:], tuple(facts.values()), tuple(names.values()))

    def _words(self, fact: Fact, with_noun: bool) -> str:
        if fact.unit == "percent":
            return format_percent(fact.value, self.language)
        if fact.metric == "review_rating":
            return format_number(fact.value, self.language, 1)
        number = format_count(fact.value, self.language)
        return f"{number} {pluralize(fact.value, *REVIEWS[self.language])}" if with_noun else number

    def _count(self, metric: str, value: int, **of: str) -> Fact:
        return Fact(metric, Decimal(value), "count", self.period, None, of)

    def _percent(self, metric: str, value: float, **of: str) -> Fact:
        return Fact(metric, round_half_up(Decimal(repr(value)), "percent"), "percent", self.period, None, of)

    def _overview(self) -> Statement:
        seen = self.overview
        facts = {
            "reviews": self._count("reviews", seen.count),
            "positive": self._count("reviews", seen.positive, sentiment="positive"),
            "neutral": self._count("reviews", seen.neutral, sentiment="neutral"),
            "negative": self._count("reviews", seen.negative, sentiment="negative"),
        }
        names = {"when": word_days(seen.start, seen.end - timedelta(days=1), self.language)}
        if self.wanted.product:
            return self._say("overview_product", facts, {**names, "product": self.wanted.product}, ("reviews",))
        if seen.count < LEAST_FOR_SHARE:
            return self._say("overview_few", facts, names, ("reviews",))
        facts["share"] = self._percent("reviews_share", 100 * seen.positive / seen.count, sentiment="positive")
        return self._say("overview", facts, names, ("reviews",))

    def _rating(self) -> Iterator[Statement]:
        average = self.overview.average_rating
        if average is not None:
            value = Decimal(repr(average)).quantize(Decimal("0.1"))
            yield self._say("rating", {"rating": Fact("review_rating", value, "count", self.period)}, {})

    def _aspects(self) -> Iterator[Statement]:
        for count in self.overview.aspects[:THEMES_TOLD]:
            yield self._aspect(count)

    def _aspect(self, count: AspectCount) -> Statement:
        facts = {
            "positive": self._count("reviews", count.positive, aspect=count.aspect.value, sentiment="positive"),
            "negative": self._count("reviews", count.negative, aspect=count.aspect.value, sentiment="negative"),
        }
        return self._say("aspect", facts, {"aspect": ASPECTS[self.language][count.aspect]})

    def _one_aspect(self) -> list[Statement]:
        aspect = self.wanted.aspect or Aspect.PRODUCT
        count = next((each for each in self.overview.aspects if each.aspect is aspect), None)
        if count is None:
            return [self._plain("aspect_unsaid", aspect=ASPECTS[self.language][aspect])]
        told = [self._aspect(count)]
        sides: tuple[Side, ...] = (self.wanted.side,) if self.wanted.side else ("negative", "positive")
        for side in sides:
            told += list(self._themes(side)) or self._loose(side)
        return told

    def _themes(self, side: Side) -> Iterator[Statement]:
        chosen = [
            theme for theme in self.overview.themes if theme.side == side and self.wanted.aspect in (None, theme.aspect)
        ]
        for theme in chosen[:THEMES_TOLD]:
            yield self._theme(theme)

    def _theme(self, theme: Theme) -> Statement:
        quotes = [_shown(quote.text) for quote in theme.quotes[:QUOTES_TOLD]]
        fact = self._count("reviews", theme.reviews, aspect=theme.aspect.value, sentiment=theme.side, theme=theme.name)
        heading = SIDES[self.language][theme.side].format(aspect=ASPECTS[self.language][theme.aspect])
        said = self._words(fact, with_noun=True)
        text = SENTENCES[self.language]["theme"].format(
            side=heading, name=theme.name, reviews=said, quotes=self._quoted(quotes)
        )
        return Statement(f"theme_{theme.side}", text, (fact,), (theme.name, *quotes))

    def _loose(self, side: Side) -> list[Statement]:
        """Where no two reviews say the same: single ones in their words."""
        found: dict[Aspect, list[str]] = {}
        for review in self.overview.reviews:
            for said in review.aspects:
                if self.wanted.aspect in (None, said.aspect) and (said.score > 0) == (side == "positive"):
                    found.setdefault(said.aspect, []).append(_shown(said.quote))
        told = []
        for aspect, quotes in list(found.items())[:THEMES_TOLD]:
            heading = SIDES[self.language][side].format(aspect=ASPECTS[self.language][aspect])
            shown = list(dict.fromkeys(quotes))[:QUOTES_TOLD]
            text = SENTENCES[self.language]["theme_one"].format(side=heading, quotes=self._quoted(shown))
            told.append(Statement(f"theme_{side}", text, (), tuple(shown)))
        return told

    def _quoted(self, quotes: Sequence[str]) -> str:
        left, right = QUOTES[self.language]
        return "; ".join(f"{left}{quote}{right}" for quote in quotes)

    def _trend(self) -> Iterator[Statement]:
        trend = self.overview.trend
        if trend is None:
            return
        names = {"span": SPANS[self.language]["month" if self.wanted.this_month else "recent"]}
        facts = {
            "recent_reviews": self._count("reviews", trend.recent.reviews, span="recent"),
            "before_reviews": self._count("reviews", trend.before.reviews, span="before"),
        }
        counted = ("recent_reviews", "before_reviews")
        if not trend.enough:
            yield self._say("trend_few", facts, names, counted)
            return
        facts["recent"] = self._share_fact(trend.recent, "recent")
        facts["before"] = self._share_fact(trend.before, "before")
        yield self._say(f"trend_{_direction(trend)}", facts, names, counted)

    def _share_fact(self, share: Share, span: str) -> Fact:
        return self._percent("reviews_share", share.percent, sentiment="positive", span=span)

    def _products(self) -> Iterator[Statement]:
        if self.wanted.product or not self.overview.products:
            return
        best, worst = self.overview.products[0], self.overview.products[-1]
        for kind, each, number, sentiment in (
            ("best", best, best.positive, "positive"),
            ("worst", worst, worst.negative, "negative"),
        ):
            if kind == "worst" and (each.score >= WORST_FROM or each is best):
                continue
            facts = {
                "reviews": self._count("reviews", each.reviews, product=each.product),
                sentiment: self._count("reviews", number, product=each.product, sentiment=sentiment),
            }
            yield self._say(kind, facts, {"product": each.product}, ("reviews",))

    def _pending(self) -> Iterator[Statement]:
        if self.overview.pending:
            facts = {"reviews": self._count("reviews", self.overview.pending, sentiment="unread")}
            yield self._say("pending", facts, {}, ("reviews",))


def quotes_in(statements: Sequence[Statement], reviews: Sequence[Review]) -> list[Quote]:
    """The customers' words that the statements quote, with the reviews they are from."""
    shown = {name for statement in statements if statement.kind.startswith("theme") for name in statement.names}
    found: dict[str, Quote] = {}
    for review in reviews:
        for said in review.aspects:
            text = _shown(said.quote)
            if text in shown and text not in found:
                found[text] = Quote(text, review.day, review.id)
    return list(found.values())


def _direction(trend: Trend) -> str:
    return trend.direction or "same"


def _shown(quote: str) -> str:
    """A quotation as it is shown: on one line, without marks that would end it, cut at a word where it is long."""
    even = " ".join(quote.translate(_MARKS).split()).strip(" .,;:")
    if len(even) <= LONGEST_QUOTE:
        return even
    return even[:LONGEST_QUOTE].rsplit(" ", 1)[0] + "…"


_MARKS = {ord(mark): " " for mark in '«»“”"<>[]`|\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200b'}
