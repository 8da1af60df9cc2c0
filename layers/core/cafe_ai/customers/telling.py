"""Customer behaviour in words: statements with the facts each is made of, ranked by the money at stake."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from cafe_ai.analytics.model import Fact
from cafe_ai.assistants.model import Statement
from cafe_ai.customers.facts import Figures
from cafe_ai.customers.model import CustomerBehaviour, CustomerHistory, ExpectedOf, Move, Segment, SegmentFigures
from cafe_ai.customers.phrases import GAPS, LEVELS, SENTENCES
from cafe_ai.customers.segments import FADING, RULES, segment_name
from cafe_ai.language.formats import join_list, round_half_up
from cafe_ai.language.period_wording import word_days

FAVOURITES_TOLD = 3
LEAST_NEW = 10  # of fewer new customers no percentage is told
ZERO = Decimal(0)
Said = tuple[Fact, str | None]
"""A fact, and the noun that is counted with it."""


@dataclass(frozen=True, slots=True)
class Teller:
    """Tells one behaviour."""

    behaviour: CustomerBehaviour
    figures: Figures

    def statements(self) -> list[Statement]:
        """What is worth saying: the overview first, then by the money at stake."""
        about = self.behaviour
        if about.customer is not None:
            return [*self._one(about.customer), *self._gaps()]
        if not about.segments:
            return self._gaps()
        told = [*self._segments(), *self._risk(), *self._changes(), *self._retention(), *self._expected()]
        told.sort(key=lambda statement: -statement.money)
        return [self._overview(), *told, *self._gaps()]

    def _gaps(self) -> list[Statement]:
        gaps = GAPS[self.figures.language]
        return [Statement("gap", gaps[gap]) for gap in self.behaviour.gaps if gap in gaps]

    def _say(self, kind: str, facts: Mapping[str, Said], names: Mapping[str, str], money: Decimal = ZERO) -> Statement:
        """A sentence of `phrases`: the facts (each with its noun) and the names by their place in it."""
        said = {place: self.figures.say(fact, noun) for place, (fact, noun) in facts.items()}
        text = SENTENCES[self.figures.language][kind].format(**said, **names)
        return Statement(
            kind, text[:1].upper() + text[1:], tuple(fact for fact, _ in facts.values()), tuple(names.values()), money
        )

    def _overview(self) -> Statement:
        about, make = self.behaviour, self.figures
        last = about.period.end - timedelta(days=1)
        facts: dict[str, Said] = {"customers": (make.count("customers", about.customers_year), None)}
        names = {"when": word_days(about.period.start, last, make.language)}
        if not about.priced or about.known_share_percent is None:
            return self._say("overview", facts, names)
        facts["net"] = (make.money("net_sales", about.net_year), None)
        facts["share"] = (make.percent("net_sales_share", about.known_share_percent), None)
        return self._say("overview_money", facts, names)

    def _segments(self) -> Iterator[Statement]:
        filled = [each for each in self.behaviour.segments if each.customers]
        best = max((each for each in filled if each.segment not in FADING), key=_worth, default=None)
        if best is not None:
            yield self._segment("best", best)
        fading = next((each for each in filled if each.segment is Segment.VALUABLE_AT_RISK), None)
        if fading is not None and self.behaviour.priced:
            yield self._segment("fading", fading)

    def _segment(self, kind: str, of: SegmentFigures) -> Statement:
        make, name = self.figures, segment_name(of.segment, self.figures.language)
        words = next(rule.words[make.language] for rule in RULES if rule.segment is of.segment)
        names = {"segment": name, "words": words}
        facts: dict[str, Said] = {"customers": (make.count("customers", of.customers, segment=of.segment), "customers")}
        if not self.behaviour.priced or of.share_percent is None:
            return self._say("best_of_few", facts, names)
        facts["net"] = (make.money("net_sales", of.net_year, segment=of.segment), None)
        if kind == "best":
            facts["share"] = (make.percent("net_sales_share", of.share_percent, segment=of.segment), None)
        return self._say(kind, facts, names, max(ZERO, of.net_year))

    def _risk(self) -> Iterator[Statement]:
        churn, make = self.behaviour.churn, self.figures
        high = next((group for group in churn.groups if group.level == "high"), None) if churn else None
        if high is not None and high.customers and self.behaviour.priced:
            facts: dict[str, Said] = {
                "customers": (make.count("customers", high.customers, risk="high"), None),
                "net": (make.money("net_sales", high.net_year, risk="high"), None),
            }
            yield self._say("risk", facts, {}, max(ZERO, high.net_year))

    def _expected(self) -> Iterator[Statement]:
        """What the horizon should bring, of all and of those at high risk, and how such expectations came out before. What is
        expected is not at stake: it is told after what is."""
        report, make = self.behaviour.lifetime, self.figures
        for kind, of in (("expected", report.of_year), ("expected_risk", report.at_risk)) if report else ():
            if of is None or not of.customers:
                continue
            facts = self._expectation(of, kind)
            net = of.value if self.behaviour.priced else None
            if net is not None:
                facts["net"] = (make.money("expected_net_sales", Decimal(net), group=kind), None)
            yield self._say(kind if net is None else f"{kind}_money", facts, {})
        if report and report.test:
            test = report.test
            facts = {
                "days": (make.days("horizon_days", report.horizon_days), "days"),
                "visits": (make.count("expected_visits", round(test.expected_purchases), test="then"), "visits"),
                "came": (make.count("visits", test.purchases, test="then"), None),
            }
            if not test.reliable:
                off = make.percent("purchase_probability_difference", test.off_points, test="then")
                facts["points"] = (off, "points")
            yield self._say("tested_well" if test.reliable else "tested_poorly", facts, {})

    def _expectation(self, of: ExpectedOf, kind: str) -> dict[str, Said]:
        make, report = self.figures, self.behaviour.lifetime
        days = report.horizon_days if report else 0
        facts: dict[str, Said] = {
            "customers": (make.count("customers", of.customers, group=kind), "customers"),
            "buyers": (make.count("expected_customers", round(of.buyers), group=kind), None),
            "days": (make.days("horizon_days", days), "days"),
        }
        if kind == "expected":
            facts["visits"] = (make.count("expected_visits", round(of.purchases), group=kind), "visits")
        return facts

    def _changes(self) -> Iterator[Statement]:
        if not self.behaviour.priced:
            return
        moves = self.behaviour.moves
        known = [move for move in moves if move.source is not None]
        yield from self._moved("lost", [m for m in known if m.target in FADING and m.source not in FADING])
        yield from self._moved("won", [m for m in known if m.source in FADING and m.target not in FADING])
        yield from self._moved("new", [m for m in moves if m.source is None])

    def _moved(self, kind: str, moves: Sequence[Move]) -> Iterator[Statement]:
        """Those who slip away bought nothing lately: what they spent in the year is at stake. Of the others what they spent."""
        make, step = self.figures, self.behaviour.step
        customers = sum(move.customers for move in moves)
        if not customers:
            return
        lost = kind == "lost"
        net = sum((move.net_year if lost else move.net_now for move in moves), ZERO)
        facts: dict[str, Said] = {
            "days": (make.days("period_days", step.days), "days"),
            "customers": (make.count("customers", customers, step, change=kind), None),
            "net": (make.money("net_sales", net, None if lost else step, change=kind), None),
        }
        yield self._say(kind, facts, {}, max(ZERO, net))

    def _retention(self) -> Iterator[Statement]:
        """How many of the year's new customers came back in the month after, where both months are complete; of the first
        recorded month nobody knows who was new."""
        make, new, back = self.figures, 0, 0
        for cohort in self.behaviour.cohorts:
            after = next((month for month in cohort.months if month.months_after == 1), None)
            of_the_year = cohort.month >= self.behaviour.period.start
            if of_the_year and after is not None and not after.running and not cohort.records_begin:
                new, back = new + cohort.customers, back + after.customers
        if new >= LEAST_NEW:
            facts: dict[str, Said] = {
                "customers": (make.count("new_customers", new), "new"),
                "share": (make.percent("retention_rate", Decimal(100 * back) / new), None),
            }
            yield self._say("retention", facts, {})

    def _one(self, one: CustomerHistory) -> Iterator[Statement]:
        make, profile = self.figures, one.profile
        who = profile.external_id
        names = {"id": who, "first": make.day(one.first_order_on), "last": make.day(profile.last_order_on)}
        facts: dict[str, Said] = {"orders": (make.count("orders", profile.orders, customer=who), "orders")}
        kind = "one"
        if self.behaviour.priced and one.average_ticket is not None:
            kind = "one_money"
            facts["net"] = (make.money("net_sales", profile.net_sales, customer=who), None)
            facts["ticket"] = (make.money("average_ticket", one.average_ticket, customer=who), None)
        yield self._say(kind, facts, names, max(ZERO, profile.net_sales))
        words = next(rule.words[make.language] for rule in RULES if rule.segment is profile.segment)
        yield self._say("one_segment", {}, {"segment": segment_name(profile.segment, make.language), "words": words})
        yield from self._one_timing(one)
        yield from self._one_expected(one)
        if one.favourites:
            named = [each.product for each in one.favourites[:FAVOURITES_TOLD]]
            yield Statement(
                "one_favourites",
                SENTENCES[make.language]["one_favourites"].format(products=join_list(named, make.language)),
                (),
                tuple(named),
            )

    def _one_expected(self, one: CustomerHistory) -> Iterator[Statement]:
        hoped, report, make = one.profile.expectation, self.behaviour.lifetime, self.figures
        if hoped is None or report is None:
            return
        who = one.profile.external_id
        visits = round_half_up(Decimal(hoped.purchases), 1)
        facts: dict[str, Said] = {
            "days": (make.days("horizon_days", report.horizon_days), "days"),
            "share": (make.percent("purchase_probability", Decimal(100 * hoped.buys), customer=who), None),
            "visits": (make.count("expected_visits", visits, customer=who), "visits"),
        }
        kind = "one_expected"
        if hoped.value is not None and self.behaviour.priced:
            kind = "one_expected_money"
            facts["net"] = (make.money("expected_net_sales", Decimal(hoped.value), customer=who), None)
        yield self._say(kind, facts, {})
        if report.test is None or not report.test.reliable:
            yield self._say("one_rough" if report.test else "one_untested", {}, {})

    def _one_timing(self, one: CustomerHistory) -> Iterator[Statement]:
        make, risk, coming = self.figures, one.profile.risk, one.profile.next_purchase
        who = one.profile.external_id
        idle = (make.days("idle_days", risk.idle_days, customer=who), "days")
        level = {"level": LEVELS[make.language][risk.level]}
        yield self._say("one_risk", {"idle": idle}, level) if risk.idle_days else self._say("one_risk_now", {}, level)
        interval = (make.days("interval_days", coming.interval_days, customer=who), "days")
        yield self._say(f"one_interval_{coming.basis}", {"interval": interval}, {})
        if coming.overdue_days:
            yield self._say(
                "one_overdue", {"overdue": (make.days("overdue_days", coming.overdue_days, customer=who), "days")}, {}
            )
        if coming.expected_on is None or coming.earliest is None or coming.latest is None:
            yield self._say("one_no_next", {}, {})
            return
        dates = {"expected": coming.expected_on, "earliest": coming.earliest, "latest": coming.latest}
        yield self._say("one_next", {}, {place: make.day(day) for place, day in dates.items()})


def _worth(each: SegmentFigures) -> tuple[Decimal, int]:
    return each.net_year, each.customers
