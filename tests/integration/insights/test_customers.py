"""Customer behaviour from real rows, against plain Python over the same rows."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from pathlib import Path

import pytest

from cafe_ai.analytics.periods import ShopCalendar, add_months
from cafe_ai.assistants.statements import find_faults
from cafe_ai.customers import repository
from cafe_ai.customers.model import CustomerBehaviour, Segment, Standing
from cafe_ai.customers.repository import Cut, Seen
from cafe_ai.customers.rhythm import SHRINK
from cafe_ai.customers.service import STEP_DAYS, behaviour, segment_lines
from cafe_ai.errors import InvalidRequest, PermissionDenied
from cafe_ai.tenancy.model import Role
from tests.integration.insights.conftest import Shop
from tests.support import regulars
from tests.support.generated_shop import MADRID
from tests.support.regulars import AS_OF, FIRST, Row

END = AS_OF.date() + timedelta(days=1)
DAY = timedelta(days=1)


def sales_days(rows: list[Row]) -> dict[str, dict[date, int]]:
    """For each known customer the days of orders, with how many."""
    orders: dict[str, dict[date, set[str]]] = defaultdict(lambda: defaultdict(set))
    for row in rows:
        if row.customer and row.quantity > 0:
            orders[row.customer][row.at.date()].add(row.order)
    return {customer: {day: len(found) for day, found in days.items()} for customer, days in orders.items()}


def net(rows: list[Row], customer: str, start: date, end: date) -> Decimal:
    return sum((r.net for r in rows if r.customer == customer and start <= r.at.date() < end), Decimal(0))


def ids(shop: Shop) -> dict[object, str]:
    return dict(shop.execute("SELECT id, external_id FROM customers WHERE business_id = %s", shop.business.id))


def test_standings_are_what_the_rows_say_at_every_cut(shop: Shop) -> None:
    names = ids(shop)
    cuts = [END, END - STEP_DAYS * DAY, date(2025, 8, 1)]
    asked = [Cut(day, add_months(day, -12), day - 28 * DAY, day - 56 * DAY) for day in cuts]
    with shop.runtime.database.transaction(shop.business.id, read_only=True) as uow:
        found = repository.standings(uow, Seen(shop.business.id, END, AS_OF), asked)
    for cut in asked:
        rows = [row for row in shop.seen if row.at.date() < cut.day]
        days = sales_days(rows)
        assert {names[one.customer_id] for one in found[cut.day]} == set(days)
        for one in found[cut.day]:
            customer = names[one.customer_id]
            visits = sorted(days[customer])
            gaps = [(b - a).days for a, b in pairwise(visits)]
            assert one == Standing(
                one.customer_id, cut.day, visits[0], visits[-1], len(visits), sum(days[customer].values()),
                net(rows, customer, FIRST, cut.day), sum(day >= cut.year_start for day in visits),
                sum(n for day, n in days[customer].items() if day >= cut.year_start),
                net(rows, customer, cut.year_start, cut.day), len(gaps), sum(gaps),
                net(rows, customer, cut.step_start, cut.day), net(rows, customer, cut.before_start, cut.step_start),
                sum((net(rows, customer, day, day + DAY) for day in visits[1:]), Decimal(0)),
            )  # fmt: skip


def test_gaps_and_their_ratios_are_what_the_rows_say(shop: Shop) -> None:
    with shop.runtime.database.transaction(shop.business.id, read_only=True) as uow:
        interval, days, ratios = repository.gaps(uow, Seen(shop.business.id, END, AS_OF), SHRINK)
    own = []
    for visits in map(sorted, sales_days(shop.seen).values()):
        gaps = [(b - a).days for a, b in pairwise(visits)]
        own += [gaps] if gaps else []
    expected: dict[int, int] = defaultdict(int)
    for gap in [gap for gaps in own for gap in gaps]:
        expected[gap] += 1
    assert days == expected
    assert interval == pytest.approx(sum(sum(gaps) / len(gaps) for gaps in own) / len(own))
    assert sum(ratios.values()) == sum(days.values())
    first = own[0]
    mine = (SHRINK * (interval or 0) + sum(first)) / (SHRINK + len(first))
    assert all(any(abs(ratio - gap / mine) <= 0.0051 for ratio in ratios) for gap in first)


@pytest.fixture(scope="module")
def all_of_them(shop: Shop) -> CustomerBehaviour:
    return behaviour(shop.runtime, shop.member(), AS_OF)


def test_the_whole_adds_up_and_nothing_later_is_seen(shop: Shop, all_of_them: CustomerBehaviour) -> None:
    about = all_of_them
    days, year = sales_days(shop.seen), about.period.start
    assert about.period.end == END
    assert about.customers == len(days) == sum(each.customers for each in about.segments)
    assert about.customers_year == sum(any(day >= year for day in visits) for visits in days.values())
    known = sum((net(shop.seen, customer, year, END) for customer in days), Decimal(0))
    assert about.net_year == known == sum(each.net_year for each in about.segments)
    whole = sum((row.net for row in shop.seen if row.at.date() >= year), Decimal(0))
    assert about.known_share_percent == round(known / whole * 100, 1)
    for each in about.segments:
        assert each.customers == each.customers_before + each.came - each.left
    assert about.churn is not None
    assert sum(group.customers for group in about.churn.groups) == about.customers_year


def test_cohorts_are_what_the_rows_say(shop: Shop, all_of_them: CustomerBehaviour) -> None:
    days = sales_days(shop.seen)
    firsts = {customer: min(visits).replace(day=1) for customer, visits in days.items()}
    assert [cohort.month for cohort in all_of_them.cohorts] == sorted(set(firsts.values()))
    for cohort in all_of_them.cohorts:
        members = [customer for customer, first in firsts.items() if first == cohort.month]
        assert cohort.customers == len(members)
        assert cohort.records_begin == (cohort.month == FIRST.replace(day=1))
        for month in cohort.months:
            start = add_months(cohort.month, month.months_after)
            end = add_months(start, 1)
            bought = [c for c in members if any(start <= day < end for day in days[c])]
            assert month.customers == len(bought)
            assert month.net_sales == sum((net(shop.seen, c, start, end) for c in members), Decimal(0))
            assert month.running == (end > END)


def test_lists_name_the_best_customers_of_their_kind(shop: Shop, all_of_them: CustomerBehaviour) -> None:
    back, soon = all_of_them.to_win_back, all_of_them.expected_soon
    assert back
    assert all(
        each.segment in (Segment.VALUABLE_AT_RISK, Segment.AT_RISK, Segment.ONE_TIME) and each.net_year > 0
        for each in back
    )
    assert [each.net_year for each in back] == sorted((each.net_year for each in back), reverse=True)
    assert soon
    assert all(each.next_purchase.expected_on and each.next_purchase.expected_on < END + 7 * DAY for each in soon)
    assert all(each.risk.level != "high" for each in soon)
    known = set(sales_days(shop.seen))
    assert {each.external_id for each in (*back, *soon)} <= known


@pytest.mark.parametrize("locale", ["es", "en"])
def test_every_sentence_is_carried_by_its_facts(shop: Shop, locale: str) -> None:
    about = behaviour(shop.runtime, shop.member(), AS_OF, locale=locale)
    assert {each.kind for each in about.insights} >= {"overview_money", "best", "new", "lost"}
    for each in about.insights:
        assert find_faults(each, about.period, "EUR", locale, (shop.business.name,)) == []
    assert about.summary.startswith("Clientes identificados" if locale == "es" else "Known customers")


def test_one_customer_by_either_id(shop: Shop) -> None:
    days = sales_days(shop.seen)
    customer = max(days, key=lambda each: len(days[each]))
    own_id = next(id for id, external in ids(shop).items() if external == customer)
    about = behaviour(shop.runtime, shop.member(), AS_OF, str(own_id))
    assert about == replace(behaviour(shop.runtime, shop.member(), AS_OF, customer), as_of=about.as_of)
    one = about.customer
    assert one is not None
    assert one.profile.external_id == customer
    assert (one.first_order_on, one.profile.last_order_on) == (min(days[customer]), max(days[customer]))
    orders = sum(days[customer].values())
    spent = net(shop.seen, customer, FIRST, END)
    assert (one.visits, one.profile.orders) == (len(days[customer]), orders)
    assert (one.profile.net_sales, one.average_ticket) == (spent, spent / orders)
    assert one.favourites
    for favourite in one.favourites:
        lines = [row for row in shop.seen if row.customer == customer and row.product == favourite.product]
        assert favourite.units == sum(row.quantity for row in lines)
        assert favourite.orders == len({row.order for row in lines if row.quantity > 0})
        assert favourite.net_sales == sum(row.net for row in lines)
    assert f"El cliente {customer} ha hecho {orders} pedidos" in about.summary
    assert about.segments == about.cohorts == ()


def test_a_customer_seen_earlier_is_another(shop: Shop) -> None:
    days = sales_days(shop.seen)
    customer = max(days, key=lambda each: len(days[each]))
    earlier = datetime(2025, 9, 1, tzinfo=MADRID)  # midnight: of that day nothing is known
    about = behaviour(shop.runtime, shop.member(), earlier, customer)
    assert about.customer is not None
    assert about.customer.profile.last_order_on == max(day for day in days[customer] if day < earlier.date())


@pytest.mark.parametrize("said", ["nobody", "01890000-0000-7000-8000-000000000000", "' OR true --"])
def test_an_unknown_customer_is_named_as_the_fault(shop: Shop, said: str) -> None:
    with pytest.raises(InvalidRequest) as caught:
        behaviour(shop.runtime, shop.member(), AS_OF, said)
    assert [error.field for error in caught.value.errors] == ["params.customer_id"]


def test_another_shops_customer_is_unknown(shop: Shop) -> None:
    foreign = shop.execute("SELECT id FROM customers WHERE business_id = %s LIMIT 1", shop.other.id)[0][0]
    with pytest.raises(InvalidRequest):
        behaviour(shop.runtime, shop.member(), AS_OF, str(foreign))


def test_a_customer_of_returns_alone_has_no_history(shop: Shop) -> None:
    about = behaviour(shop.runtime, shop.member(), AS_OF, "only-returns")
    assert (about.customer, about.gaps) == (None, ("no_sales",))
    assert about.summary == "Este cliente aún no ha hecho ningún pedido."


def test_each_shop_is_told_of_its_own_customers(shop: Shop) -> None:
    mine, theirs = (behaviour(shop.runtime, shop.member(business=b), AS_OF) for b in (shop.business, shop.other))
    others = sales_days([row for row in regulars.generate(30, seed=8) if row.at < AS_OF])
    assert (mine.customers, theirs.customers) == (len(sales_days(shop.seen)), len(others))
    assert theirs.locale == "en"


@pytest.mark.parametrize("role", [Role.STAFF])
def test_who_may_not_see_customers_is_refused(shop: Shop, role: Role) -> None:
    with pytest.raises(PermissionDenied):
        behaviour(shop.runtime, shop.member(role), AS_OF)


def test_segments_of_a_period_share_what_was_spent_in_it(shop: Shop) -> None:
    calendar = ShopCalendar("Europe/Madrid", shop.business.day_starts, AS_OF, FIRST)
    april = calendar.period(date(2026, 4, 1), date(2026, 5, 1))
    with shop.runtime.database.transaction(shop.business.id, read_only=True) as uow:
        lines = segment_lines(uow, shop.business, april, "es", AS_OF)
    rows = [row for row in shop.rows if row.at.date() < april.end]
    days = sales_days(rows)
    assert sum(line.customers for line in lines) == len(days)
    assert sum(line.net_sales for line in lines) == sum(
        (net(rows, customer, april.start, april.end) for customer in days), Decimal(0)
    )
    assert sum(line.share_percent or 0 for line in lines) == pytest.approx(100, abs=Decimal("0.5"))
    assert "Campeones" in [line.name for line in lines]


@pytest.mark.parametrize(
    ("rows", "gap", "text"),
    [
        ([], "no_records", "Aún no hay pedidos registrados"),
        (
            [Row("a", datetime(2026, 5, 1, 9, tzinfo=MADRID), "Pan", 2, Decimal(1), None, Decimal(0))],
            "no_customers",
            "Los pedidos no dicen",
        ),
    ],
)
def test_what_is_not_recorded_is_said_and_no_figure_is_told(
    shop: Shop, tmp_path: Path, rows: list[Row], gap: str, text: str
) -> None:
    some = [
        Row("z", datetime(2026, 6, 20, 9, tzinfo=MADRID), "Pan", 1, Decimal(1), None, Decimal(0))
    ]  # later than asked
    business = regulars.write(shop.database, tmp_path, rows or some)
    about = behaviour(shop.runtime, shop.member(business=business), AS_OF)
    assert about.gaps == (gap,)
    assert about.segments == ()
    assert about.summary.startswith(text)
    assert not any(character.isdigit() for character in about.summary)
    with shop.runtime.database.transaction(business.id, read_only=True) as uow:
        assert segment_lines(uow, business, about.period, "es", about.as_of) == ()


def test_without_prices_segments_go_by_visits_and_no_amount_is_told(shop: Shop, tmp_path: Path) -> None:
    free = [replace(row, price=Decimal(0), discount=Decimal(0)) for row in shop.rows]
    business = regulars.write(shop.database, tmp_path, free)
    about = behaviour(shop.runtime, shop.member(business=business), AS_OF)
    assert (about.priced, about.gaps) == (False, ("no_prices",))
    assert sum(each.customers for each in about.segments) == about.customers > 0
    assert "€" not in " ".join(each.text for each in about.insights)
    assert "No hay precios registrados" in about.summary
