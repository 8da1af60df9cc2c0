"""How a shop's customers behave, or one of them: read from the orders up to a moment, told in checked sentences."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING
from uuid import UUID

from cafe_ai.analytics import repository as records
from cafe_ai.analytics.model import Gap, Period
from cafe_ai.analytics.periods import ShopCalendar, add_months
from cafe_ai.assistants.model import Statement
from cafe_ai.assistants.service import NOT_ALLOWED, moment_of
from cafe_ai.assistants.statements import told
from cafe_ai.customers import repository
from cafe_ai.customers.churn import HORIZON_DAYS, Churn, assess, outcomes
from cafe_ai.customers.cohorts import COHORT_MONTHS, arrange_cohorts
from cafe_ai.customers.facts import Figures
from cafe_ai.customers.lifetime import Outlook, buyer_of, look_ahead, rival_of
from cafe_ai.customers.model import (
    Buyer,
    CustomerBehaviour,
    CustomerHistory,
    ExpectedOf,
    LifetimeReport,
    Profile,
    Risk,
    Segment,
    SegmentLine,
    Standing,
    Yardsticks,
)
from cafe_ai.customers.port import BuyerStore, LifetimeModel
from cafe_ai.customers.repository import Cut, Seen
from cafe_ai.customers.rhythm import SHRINK, Rhythm
from cafe_ai.customers.segment_words import explain_segments
from cafe_ai.customers.segments import (
    FADING,
    least_risk,
    measure_moves,
    measure_segments,
    measure_yardsticks,
    segment_name,
    segment_of,
)
from cafe_ai.customers.telling import Teller
from cafe_ai.errors import InvalidRequest, PermissionDenied
from cafe_ai.language.formats import Language, language_of, round_half_up
from cafe_ai.tenancy.model import Business, Member, Permission

if TYPE_CHECKING:
    from cafe_ai.bootstrap import Runtime
    from cafe_ai.platform.db import UnitOfWork

STEP_DAYS = 28
LISTED = 20
SOON_DAYS = 7
FAVOURITES = 5
CLEAR_SHARE = 0.4
"""A weekday or hour is told as usual where so much of the customer's orders fall on it, of four orders at least."""
SUMMARY_SENTENCES = 4
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Ahead:
    """What tells what to expect of customers: a model that learns them, and where what it learns from is kept; without a store it
    is counted from the orders each time, and comes to the same."""

    model: LifetimeModel
    store: BuyerStore | None = None


@dataclass(frozen=True, slots=True)
class _Learning:
    model: LifetimeModel
    stored: Mapping[UUID, Buyer]


@dataclass(frozen=True, slots=True)
class _Group:
    """A shop's customers as of a moment."""

    seen: Seen
    standings: tuple[Standing, ...]
    before: tuple[Standing, ...]
    yardsticks: Yardsticks
    rhythm: Rhythm
    churn: Churn
    outlook: Outlook | None


def behaviour(
    runtime: Runtime,
    member: Member,
    as_of: datetime | None = None,
    customer_id: str | None = None,
    locale: str | None = None,
    ahead: Ahead | None = None,
) -> CustomerBehaviour:
    """Segments, cohorts, churn risk and what changed; with a customer (our id or the shop's own) the same of that one.

    ahead: what tells what to expect of the customers; without it nothing is said of that. as_of is the moment of asking
    (without an offset the shop's local time; None is now): nothing later is seen. Raises InvalidRequest naming
    params.customer_id where the shop has no such customer, PermissionDenied where the member may not see customers,
    Unavailable where the database is away.
    """
    if not (member.may(Permission.CUSTOMERS) and member.may(Permission.MONEY)):
        raise PermissionDenied(NOT_ALLOWED)
    business = member.business
    moment = moment_of(as_of, business)
    language = language_of(locale or business.locale)
    stored: Mapping[UUID, Buyer] = {}
    if ahead and ahead.store:
        with runtime.database.transaction(business.id, member.user_id, member.deadline) as uow:
            stored = ahead.store.buyers(uow, business.id, moment)
    with runtime.database.transaction(business.id, member.user_id, member.deadline, read_only=True) as uow:
        found = _read(uow, business, moment, language, customer_id, _Learning(ahead.model, stored) if ahead else None)
    return _put_into_words(found, business, language)


def segment_lines(
    uow: UnitOfWork, business: Business, period: Period, locale: str, as_of: datetime | None = None
) -> tuple[SegmentLine, ...]:
    """The segments at the end of a report's period (or at as_of, where that is earlier), with what each spent in it, as a
    percentage of what they all spent. Empty segments are left out; without known customers there are none."""
    ends_at = min(period.ends_at, as_of) if as_of else period.ends_at
    start, end = period.start, period.end
    seen = Seen(business.id, end, ends_at)
    cut = Cut(end, add_months(end, -12), start, start - (end - start))
    standings = repository.standings(uow, seen, [cut])[end]
    _, gap_days, _ = repository.gaps(uow, seen, SHRINK)
    by = measure_yardsticks(standings, gap_days)
    language = language_of(locale)
    whole = sum((one.net_step for one in standings), Decimal(0))
    lines = []
    for segment, members in _by_segment(standings, by).items():
        net = sum((one.net_step for one in members), Decimal(0))
        share = round_half_up(net / whole * 100, 1) if whole > 0 else None
        lines.append(SegmentLine(segment_name(segment, language), len(members), net, share))
    return tuple(lines)


def _read(
    uow: UnitOfWork,
    business: Business,
    moment: datetime,
    language: Language,
    customer_id: str | None,
    learning: _Learning | None,
) -> CustomerBehaviour:
    calendar = ShopCalendar(business.timezone, business.day_starts, moment, moment.date())
    end = calendar.period(calendar.today - DAY, calendar.today + DAY).end
    year, step = (calendar.period(start, end) for start in (add_months(end, -12), end - STEP_DAYS * DAY))
    empty = CustomerBehaviour(moment, business.currency, language, year, step)
    named = repository.find(uow, business.id, customer_id) if customer_id else None
    if customer_id and named is None:
        raise InvalidRequest.field("params.customer_id", "The business has no customer with this id.")
    recorded = records.recorded_days(uow, business.id, calendar.today)
    if recorded is None:
        return replace(empty, gaps=("no_records",))
    group = _group(uow, Seen(business.id, end, moment), learning)
    if not group.standings:
        return replace(empty, gaps=("no_sales" if named else "no_customers",))
    whole, priced = repository.whole(uow, group.seen, year.start)
    gaps: tuple[Gap, ...] = () if priced else ("no_prices",)
    known = replace(empty, priced=priced, yardsticks=group.yardsticks, lifetime=_lifetime(group), gaps=gaps)
    if named is not None:
        one = _one(uow, group, named)
        return replace(known, customer=one, gaps=gaps if one else ("no_sales",))
    return _all(uow, group, known, whole, recorded[0])


def _group(uow: UnitOfWork, seen: Seen, learning: _Learning | None) -> _Group:
    end = seen.end
    days = (end, end - STEP_DAYS * DAY, end - HORIZON_DAYS * DAY, end - 2 * HORIZON_DAYS * DAY)
    cuts = [Cut(day, add_months(day, -12), day - STEP_DAYS * DAY, day - 2 * STEP_DAYS * DAY) for day in days]
    standings = repository.standings(uow, seen, cuts)
    now, before, then, earlier = (standings[day] for day in days)
    interval, gap_days, ratios = repository.gaps(uow, seen, SHRINK)
    rhythm = Rhythm.of(interval, ratios)
    past = outcomes(then, {one.customer_id: one for one in now})
    older = outcomes(earlier, {one.customer_id: one for one in then})
    by = measure_yardsticks(now, gap_days)
    outlook = None
    if learning and now:
        buyers = [learning.stored.get(one.customer_id) or buyer_of(one) for one in now]
        tested = [one.customer_id for one, _ in past]
        outlook = look_ahead(learning.model, buyers, [buyer_of(one) for one in then], tested, HORIZON_DAYS)
    churn = assess(now, past, older, rhythm, lambda one: least_risk(one, by), rival_of(outlook) if outlook else None)
    return _Group(seen, tuple(now), tuple(before), by, rhythm, churn, outlook)


def _lifetime(group: _Group) -> LifetimeReport | None:
    risks = group.churn.risks
    at_risk = [customer_id for customer_id, risk in risks.items() if risk.level == "high"]
    return group.outlook.told_of(risks, at_risk) if group.outlook else None


def _all(
    uow: UnitOfWork, group: _Group, known: CustomerBehaviour, whole: Decimal, first_day: date
) -> CustomerBehaviour:
    by, standings = group.yardsticks, group.standings
    moves = measure_moves(standings, group.before, by)
    before = Counter(segment_of(one, by) for one in group.before)
    of_segments = _by_segment(standings, by)
    net_year = sum((one.net_year for one in standings), Decimal(0))
    rows = repository.cohorts(uow, group.seen, add_months(group.seen.end.replace(day=1), -COHORT_MONTHS))
    return replace(
        known,
        customers=len(standings),
        customers_year=sum(one.visits_year > 0 for one in standings),
        net_year=net_year,
        known_share_percent=round_half_up(net_year / whole * 100, 1) if whole > 0 else None,
        segments=tuple(
            replace(each, expected=_expected(group, of_segments.get(each.segment, ())))
            for each in measure_segments(of_segments, before, moves)
        ),
        moves=moves,
        cohorts=arrange_cohorts(rows, first_day, group.seen.end),
        churn=group.churn.report,
        to_win_back=_profiles(uow, group, _to_win_back(group)),
        expected_soon=_profiles(uow, group, _expected_soon(group)),
    )


def _expected(group: _Group, members: Sequence[Standing]) -> ExpectedOf | None:
    return group.outlook.of(one.customer_id for one in members) if group.outlook and members else None


def _to_win_back(group: _Group) -> list[Standing]:
    """Those who stay away longer than usual, are not yet gone, and spent most in the year."""
    slipping = [
        one
        for one in group.standings
        if segment_of(one, group.yardsticks) in FADING - {Segment.LOST} and one.net_year > 0
    ]
    return sorted(slipping, key=lambda one: (-one.net_year, str(one.customer_id)))[:LISTED]


def _expected_soon(group: _Group) -> list[Standing]:
    """Those expected within the coming days whose risk is not high and who have a rhythm of their own, best customers first."""
    until = group.seen.end + SOON_DAYS * DAY
    coming = []
    for one in group.standings:
        risk = group.churn.risks.get(one.customer_id)
        if one.gaps and risk is not None and risk.level != "high":
            expected = group.rhythm.next_purchase(one).expected_on
            if expected is not None and expected < until:
                coming.append(one)
    return sorted(coming, key=lambda one: (-one.net_year, str(one.customer_id)))[:LISTED]


def _profiles(uow: UnitOfWork, group: _Group, standings: Sequence[Standing]) -> tuple[Profile, ...]:
    named = repository.names(uow, group.seen.business_id, [one.customer_id for one in standings])
    return tuple(_profile(group, one, named[one.customer_id]) for one in standings)


def _profile(group: _Group, one: Standing, named: repository.Named) -> Profile:
    gone = Risk("high", Decimal(100), one.idle_days, max(1, round(group.rhythm.interval_of(one))))
    return Profile(
        customer_id=one.customer_id,
        external_id=named.external_id,
        name=named.name,
        segment=segment_of(one, group.yardsticks),
        risk=group.churn.risks.get(one.customer_id, gone),  # who bought nothing in the year is gone
        next_purchase=group.rhythm.next_purchase(one),
        orders=one.orders,
        net_sales=one.net,
        net_year=one.net_year,
        last_order_on=one.last_day,
        expectation=group.outlook.expected.get(one.customer_id) if group.outlook else None,
    )


def _one(uow: UnitOfWork, group: _Group, named: repository.Named) -> CustomerHistory | None:
    one = next((each for each in group.standings if each.customer_id == named.id), None)
    if one is None:
        return None
    habits = repository.habits(uow, group.seen, named.id)
    return CustomerHistory(
        profile=_profile(group, one, named),
        first_order_on=one.first_day,
        visits=one.visits,
        average_ticket=one.net / one.orders if one.orders else None,
        favourites=repository.favourites(uow, group.seen, named.id, FAVOURITES),
        weekday=usual([(weekday, orders) for weekday, _, orders in habits]),
        hour=usual([(hour, orders) for _, hour, orders in habits]),
    )


def usual(counted: Sequence[tuple[int, int]]) -> int | None:
    """The weekday or hour on which most of the orders fall; None where there is no clear one."""
    counts: Counter[int] = Counter()
    for value, orders in counted:
        counts[value] += orders
    if counts.total() < 4:
        return None
    (value, orders), *others = counts.most_common(2)
    return value if orders >= CLEAR_SHARE * counts.total() and all(orders > other for _, other in others) else None


def _by_segment(standings: Sequence[Standing], by: Yardsticks) -> dict[Segment, list[Standing]]:
    """The customers of each segment that has any, in the order of the segments."""
    gathered: dict[Segment, list[Standing]] = {segment: [] for segment in Segment}
    for one in standings:
        gathered[segment_of(one, by)].append(one)
    return {segment: members for segment, members in gathered.items() if members}


def _put_into_words(found: CustomerBehaviour, business: Business, language: Language) -> CustomerBehaviour:
    period = found.period if found.customer is None else _since(found.customer.first_order_on, found, business)
    make = Figures(language, business.currency, period)
    checked = told(Teller(found, make).statements(), period, business.currency, language, (business.name,))
    explained = {
        segment: told(statements, period, business.currency, language, (business.name,))
        for segment, statements in explain_segments(found, make).items()
    }
    return replace(found, insights=checked, explained=explained, summary=_summary(checked))


def _since(day: date, found: CustomerBehaviour, business: Business) -> Period:
    """From that day to the end of what is seen: what is told of one customer is told of all their time."""
    calendar = ShopCalendar(business.timezone, business.day_starts, found.as_of, found.as_of.date())
    return calendar.period(day, found.period.end)


def _summary(statements: Sequence[Statement]) -> str:
    about_one = any(statement.kind.startswith("one") for statement in statements)
    kept = statements if about_one else statements[:SUMMARY_SENTENCES]
    return " ".join(statement.text for statement in kept)
