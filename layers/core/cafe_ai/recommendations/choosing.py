"""Which products: to promote now, that fit a query, or that go with a product. Reads in one short transaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from uuid import UUID

from cafe_ai.analytics.periods import ShopCalendar
from cafe_ai.catalogue.model import SearchResult
from cafe_ai.platform.db import UnitOfWork
from cafe_ai.recommendations import repository
from cafe_ai.recommendations.baskets.repository import DAYPART_DAYS, WINDOW_DAYS
from cafe_ai.recommendations.model import (
    Candidate,
    Choice,
    Daypart,
    Daytime,
    Item,
    Kind,
    Note,
    Pair,
    Reason,
    Windows,
)
from cafe_ai.recommendations.promoting import Scored, score_all, varied
from cafe_ai.recommendations.reasons import ReasonMaker
from cafe_ai.recommendations.services_sold import is_goods
from cafe_ai.tenancy.model import Business

RECENT_DAYS = 28
YEAR_DAYS = 364  # whole weeks, so that weekdays agree
BEST_SELLERS = 5
OUT_OF_STOCK_FACTOR = 0.5
SEARCH_REASONS = 2
NEVER_EXCEEDED = Decimal(10**12)
"""Stands for the units of days that were not recorded: nothing has risen since."""


@dataclass(frozen=True, slots=True)
class Scene:
    """The shop at the moment of asking, and who asks."""

    business: Business
    as_of: datetime
    sees_money: bool
    asks_for_the_past: bool  # as_of was given: what the nightly job read may lie after it


class Chooser:
    """Chooses within one transaction."""

    def __init__(self, uow: UnitOfWork, scene: Scene) -> None:
        self._uow = uow
        self._scene = scene
        self._id = scene.business.id
        calendar = ShopCalendar(scene.business.timezone, scene.business.day_starts, scene.as_of, scene.as_of.date())
        today = calendar.today
        self._recorded = repository.recorded(uow, self._id, today)
        last_sold = self._recorded[1] if self._recorded else None
        computed = repository.computed_through(uow, self._id)
        self._is_live = computed is None or (scene.asks_for_the_past and computed >= today)
        self._basket_end = last_sold if self._is_live or computed is None else computed
        self._windows = windows(calendar, last_sold, self._basket_end)
        self._make = ReasonMaker(self._windows, scene.business.currency, scene.sees_money)
        self._part = daypart_of(scene.as_of)

    def to_promote(self, limit: int) -> Choice:
        """What to promote now: nothing that has run out, and of no category more than half."""
        candidates = self._candidates()
        if not candidates:
            return self._choice("promote", (), ("no_catalogue",))
        in_stock = [candidate for candidate in candidates if not candidate.is_out]
        if not in_stock:
            return self._choice("promote", (), ("all_out_of_stock",))
        daytimes, companions = self._daytimes(), self._companions(candidates)
        pairs = {product: pair for product, (pair, _) in companions.items()}
        scored = score_all(in_stock, daytimes, pairs, sees_money=self._scene.sees_money)
        items = [self._item(one, one.score, daytimes, companions) for one in varied(scored, limit)]
        return self._choice("promote", falling(items), () if self._recorded else ("no_history",))

    def found(self, result: SearchResult, limit: int) -> Choice:
        """What a search found, what has run out after the rest."""
        scores = {hit.product.id: hit.score for hit in result.hits if hit.product is not None}
        notes: list[Note] = []
        if result.excluded:
            notes.append("diet_excluded" if scores else "nothing_after_diet")
        if result.degraded:
            notes.append("search_degraded")
        if not scores:
            return self._choice("search", (), tuple(notes if result.excluded else [*notes, "nothing_fits"]))
        items = self._fitting(scores)[:limit]
        if all(_is_out(item) for item in items):
            notes.append("all_out_of_stock")
        if not self._recorded:
            notes.append("no_history")
        return self._choice("search", falling(items), tuple(notes))

    def company_of(self, ids: Sequence[UUID], name: str, limit: int) -> Choice | None:
        """What is bought with a product, more often than by chance first; None where nothing is known of it.

        Of several products of one name it is the most ordered one's; what is bought with it less often than chance would have it
        is left out.
        """
        known = [pair for pair in self._pairs(ids) if pair.other_id not in ids and not pair.is_avoided]
        most = max(known, key=lambda pair: pair.product_orders, default=None)
        pairs = {pair.other_id: pair for pair in known if most and pair.product_id == most.product_id}
        candidates = {candidate.product.id: candidate for candidate in self._candidates(list(pairs))}
        pairs = {other: pair for other, pair in pairs.items() if other in candidates}
        if not pairs:
            return None
        best = max(pair.score for pair in pairs.values())
        items = []
        for other, pair in pairs.items():
            candidate = candidates[other]
            score = pair.score / best * (1.0 if pair.is_significant else 0.5)
            reasons = [self._make.together(candidate, pair, name)]
            if candidate.is_out:
                score, reasons = score * OUT_OF_STOCK_FACTOR / 2, [*reasons, self._make.out_of_stock(candidate)]
            items.append(self._plain_item(candidate, score, reasons))
        items.sort(key=lambda item: (-item.score, item.product.name))
        return replace(self._choice("together", falling(items[:limit]), ()), about=name)

    def resembling(self, result: SearchResult, name: str, ids: Sequence[UUID], limit: int) -> Choice:
        """What a search for a product found besides it, where no orders tell what it is bought with."""
        hits = tuple(hit for hit in result.hits if hit.product is not None and hit.product.id not in ids)
        choice = self.found(replace(result, hits=hits), limit)
        notes = tuple(note for note in choice.notes if note != "nothing_fits")
        return replace(choice, kind="together", about=name, notes=("no_baskets", *notes))

    def _candidates(self, ids: Sequence[UUID] | None = None) -> list[Candidate]:
        """The listed goods with their sales; nothing is compared with days before the first record."""
        found = repository.candidates(self._uow, self._id, self._windows, ids)
        goods = [candidate for candidate in found if is_goods(candidate.product.name)]
        first = self._recorded[0] if self._recorded else None
        knows_season = first is not None and first <= self._windows.preseason.start
        knows_before = first is not None and first <= self._windows.before.start
        if knows_season and knows_before:
            return goods
        return [
            replace(
                one,
                sales=replace(
                    one.sales,
                    units_season=one.sales.units_season if knows_season else Decimal(0),
                    units_before=one.sales.units_before if knows_before else NEVER_EXCEEDED,
                ),
            )
            for one in goods
        ]

    def _fitting(self, scores: Mapping[UUID, float]) -> list[Item]:
        candidates = self._candidates(list(scores))
        daytimes = self._daytimes()
        scored = score_all(candidates, daytimes, {}, sees_money=self._scene.sees_money)
        items = []
        for one in scored:
            score = scores[one.candidate.product.id]
            item = self._item(one, score, daytimes, {}, fits=True)
            items.append(replace(item, score=score * OUT_OF_STOCK_FACTOR) if one.candidate.is_out else item)
        return sorted(items, key=lambda item: (_is_out(item), -item.score, item.product.name))

    def _item(
        self,
        scored: Scored,
        score: float,
        daytimes: Mapping[UUID, Daytime],
        companions: Mapping[UUID, tuple[Pair, str]],
        *,
        fits: bool = False,
    ) -> Item:
        candidate = scored.candidate
        daytime, companion = daytimes.get(candidate.product.id), companions.get(candidate.product.id)
        if fits:
            reasons = [Reason("fits"), *self._make.explain(scored, daytime, companion, most=SEARCH_REASONS)]
            if candidate.is_out:
                reasons = [Reason("fits"), self._make.out_of_stock(candidate)]
        else:
            reasons = self._make.explain(scored, daytime, companion) or [Reason("catalogue")]
        return replace(self._plain_item(candidate, score, reasons), parts=scored.parts)

    def _plain_item(self, candidate: Candidate, score: float, reasons: Sequence[Reason]) -> Item:
        return Item(candidate.product, score, tuple(reasons), self._make.price(candidate))

    def _choice(self, kind: Kind, items: Sequence[Item], notes: tuple[Note, ...]) -> Choice:
        known = self._windows if self._recorded else None
        return Choice(kind, tuple(items), notes, windows=known, daypart=self._part)

    def _daytimes(self) -> dict[UUID, Daytime]:
        return {} if self._is_live else repository.daypart(self._uow, self._id, self._part)

    def _pairs(self, ids: Sequence[UUID]) -> list[Pair]:
        if not self._is_live:
            return repository.pairs(self._uow, self._id, ids)
        if self._basket_end is None:
            return []
        return [
            pair
            for product_id in ids
            for pair in repository.live_pairs(self._uow, self._id, product_id, self._basket_end, WINDOW_DAYS)
        ]

    def _companions(self, candidates: Sequence[Candidate]) -> dict[UUID, tuple[Pair, str]]:
        """For each product that is bought with a best seller: the pair, and the best seller's name."""
        if self._is_live:
            return {}
        sold = [candidate for candidate in candidates if candidate.sales.units > 0]
        best = sorted(sold, key=lambda candidate: -candidate.sales.units)[:BEST_SELLERS]
        names = {candidate.product.id: candidate.product.name for candidate in best}
        found: dict[UUID, tuple[Pair, str]] = {}
        for pair in sorted(self._pairs(list(names)), key=lambda pair: -pair.score):
            if pair.is_significant and pair.other_id not in names:
                found.setdefault(pair.other_id, (pair, names[pair.product_id]))
        return found


def windows(calendar: ShopCalendar, last_sold: date | None, basket_end: date | None) -> Windows:
    """The periods that are looked at; the recent days end with the last day of sales before today."""
    today = calendar.today
    end = min(today, last_sold + timedelta(days=1)) if last_sold else today
    recent = end - timedelta(days=RECENT_DAYS)
    season = today - timedelta(days=YEAR_DAYS)
    read = (basket_end or end) + timedelta(days=1)
    span = timedelta(days=RECENT_DAYS)
    return Windows(
        recent=calendar.period(recent, end),
        before=calendar.period(recent - span, recent),
        season=calendar.period(season, season + span),
        preseason=calendar.period(season - span, season),
        now=calendar.period(today, today + timedelta(days=1)),
        baskets=calendar.period(read - timedelta(days=WINDOW_DAYS), read),
        daytimes=calendar.period(read - timedelta(days=DAYPART_DAYS), read),
    )


def daypart_of(moment: datetime) -> Daypart:
    """The part of the shop's day: morning 5-12, noon 12-16, afternoon 16-20, night 20-5."""
    hour = moment.hour
    return "morning" if 5 <= hour < 12 else "noon" if 12 <= hour < 16 else "afternoon" if 16 <= hour < 20 else "night"


def falling(items: Sequence[Item]) -> list[Item]:
    """The items with scores in [0, 1] that fall strictly, as their order says."""
    kept: list[Item] = []
    ceiling = Decimal(1)
    for item in items:
        score = min(ceiling, max(Decimal("0.0001"), Decimal(str(round(item.score, 4)))))
        kept.append(replace(item, score=float(score)))
        ceiling = max(Decimal(0), score - Decimal("0.0001"))
    return kept


def _is_out(item: Item) -> bool:
    return item.product.stock is not None and item.product.stock <= 0
