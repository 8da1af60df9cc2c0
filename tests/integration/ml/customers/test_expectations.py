"""What is expected of a shop's customers, from its orders to checked sentences and JSON, with the real models."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from cafe_ai.assistants.statements import find_faults
from cafe_ai.bootstrap import Runtime
from cafe_ai.customers import repository
from cafe_ai.customers.lifetime import buyer_of
from cafe_ai.customers.model import Buyer, CustomerBehaviour, Segment
from cafe_ai.customers.phrases import NO_LIFETIME
from cafe_ai.customers.repository import Cut, Seen
from cafe_ai.customers.service import Ahead, behaviour
from cafe_ai.customers.wire import present
from cafe_ai.platform.clock import Deadline
from cafe_ai.platform.db import Database
from cafe_ai.platform.ids import uuid7
from cafe_ai.settings import Settings
from cafe_ai.tenancy.model import Business, Member, Role
from ml.models.lifetime.expecting import BuyerLifetimes
from ml.models.lifetime.stored import StoredBuyers
from tests.support import regulars
from tests.support.postgres import TestDatabase
from tests.support.regulars import AS_OF, Row

CUSTOMERS = 330


@dataclass
class Shop:
    business: Business
    rows: list[Row]
    runtime: Runtime

    def ask(self, customer: str | None = None, locale: str | None = None, **more: Any) -> CustomerBehaviour:
        member = Member(uuid7(), Role.OWNER, self.business, None, "request", Deadline.after(600))
        return behaviour(
            self.runtime, member, AS_OF, customer, locale, **{"ahead": Ahead(BuyerLifetimes(), StoredBuyers()), **more}
        )


@pytest.fixture(scope="module")
def shop(module_database: TestDatabase, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    rows = [row for row in regulars.generate(CUSTOMERS, seed=11) if row.customer]
    business = regulars.write(module_database, tmp_path_factory.mktemp("shop"), rows)
    runtime = Runtime.of(Settings(), database=Database(module_database.app, connect_timeout=5))
    yield Shop(business, rows, runtime)
    runtime.database.close()


@pytest.fixture(scope="module")
def about(shop: Shop) -> CustomerBehaviour:
    return shop.ask()


def test_expectations_add_up_and_are_tested(about: CustomerBehaviour) -> None:
    report = about.lifetime
    assert report is not None and report.missing is None and report.no_value is None
    assert set(report.parameters) == {"r", "alpha", "a", "b", "p", "q", "gamma"}
    assert report.of_year is not None and report.at_risk is not None and report.test is not None
    assert report.of_year.customers == about.customers_year
    assert about.churn is not None
    high = next(group for group in about.churn.groups if group.level == "high")
    assert report.at_risk.customers == high.customers
    assert report.at_risk.buyers / report.at_risk.customers < report.of_year.buyers / report.of_year.customers
    expected = [each.expected for each in about.segments if each.expected]
    assert sum(each.customers for each in expected) == about.customers
    assert sum(each.buyers for each in expected) >= report.of_year.buyers  # those who stayed away for a year, too
    tested = about.churn.backtest
    assert tested is not None
    assert about.churn.method == max(tested.compared, key=lambda name: tested.compared[name])


def test_the_regulars_that_stopped_are_known_from_those_that_did_not(about: CustomerBehaviour) -> None:
    of = {each.segment: each.expected for each in about.segments}
    champions, lost = of[Segment.CHAMPIONS], of[Segment.LOST]
    assert champions is not None and lost is not None
    assert champions.buyers / champions.customers > 0.8 > 0.3 > lost.buyers / lost.customers


@pytest.mark.parametrize("locale", ["es", "en"])
def test_every_sentence_is_told_and_carried_by_its_facts(shop: Shop, locale: str) -> None:
    told = shop.ask(locale=locale)
    kinds = {each.kind for each in told.insights}
    assert {"expected_money", "expected_risk_money"} < kinds and kinds & {"tested_well", "tested_poorly"}
    explained = [statement for statements in told.explained.values() for statement in statements]
    for each in (*told.insights, *explained):
        assert find_faults(each, told.period, "EUR", locale, (shop.business.name,)) == []
    filled = [each.segment for each in told.segments if each.customers]
    assert set(told.explained) == set(filled)
    for statements in told.explained.values():  # none was refused
        assert [each.kind.removeprefix("segment_") for each in statements] == [
            "meaning",
            "figures",
            "expected",
            "advice",
        ]


@pytest.mark.parametrize("locale", ["es", "en"])
def test_one_customer_is_told_what_is_expected_of_them(shop: Shop, locale: str) -> None:
    customer = next(row.customer for row in reversed(shop.rows) if row.at < AS_OF and row.quantity > 0)
    told = shop.ask(customer, locale)
    assert told.customer is not None
    hoped = told.customer.profile.expectation
    assert hoped is not None and 0 <= hoped.buys <= hoped.active <= 1 and hoped.value is not None
    assert "one_expected_money" in {each.kind for each in told.insights}
    body = json.loads(json.dumps(present(told), default=float))["customer"]["expected"]
    assert body["purchase_probability_percent"] == pytest.approx(100 * hoped.buys, abs=0.06)
    assert set(body) == {"active_probability_percent", "purchase_probability_percent", "visits", "net_sales"}


def test_the_result_has_it_all(shop: Shop, about: CustomerBehaviour) -> None:
    body = json.loads(json.dumps(present(about), default=float))
    expected = body["expected"]
    assert expected["horizon_days"] == 90 and expected["reason"] is None
    assert expected["of_year"]["customers"] == body["customers_in_period"]
    assert expected["backtest"]["calibration"] in ("good", "poor")
    assert set(body["churn"]["backtest"]["auc_by_method"]) >= {"lifetime", "rhythm"}
    assert all(each["expected"]["visits"] >= 0 for each in body["to_win_back"])
    explanation = body["segments"][0]["explanation"]
    assert {"meaning", "figures", "expected", "advice", "facts"} == set(explanation)
    assert explanation["facts"]


def test_few_customers_are_expected_nothing_and_it_says_why(
    module_database: TestDatabase, shop: Shop, tmp_path_factory: pytest.TempPathFactory
) -> None:
    business = regulars.write(module_database, tmp_path_factory.mktemp("few"), regulars.generate(40))
    few = replace(shop, business=business).ask(locale="es")
    assert few.lifetime is not None and few.lifetime.missing == "few_customers"
    body = present(few)
    assert body["expected"]["reason_text"] == NO_LIFETIME["es"]["few_customers"]
    assert not any(each.kind.startswith(("expected", "tested")) for each in few.insights)
    assert few.churn is not None and few.churn.method != "lifetime"


def test_without_prices_visits_are_expected_and_no_amount(
    module_database: TestDatabase, shop: Shop, tmp_path_factory: pytest.TempPathFactory
) -> None:
    free = [replace(row, price=Decimal(0), discount=Decimal(0)) for row in shop.rows]
    business = regulars.write(module_database, tmp_path_factory.mktemp("free"), free)
    told = replace(shop, business=business).ask()
    assert told.lifetime is not None and told.lifetime.no_value == "no_values"
    texts = [each.text for each in told.insights] + [each.text for of in told.explained.values() for each in of]
    assert "expected" in {each.kind for each in told.insights} and not any("€" in text for text in texts)


def test_without_a_model_nothing_of_it_is_said(shop: Shop) -> None:
    plain = shop.ask(ahead=None)
    assert plain.lifetime is None and present(plain)["expected"] is None
    assert not any(each.kind.startswith(("expected", "tested")) for each in plain.insights)
    assert all(each.expected is None for each in plain.segments)


def test_the_store_and_the_orders_know_the_same_of_each_customer(shop: Shop, about: CustomerBehaviour) -> None:
    end = about.period.end
    with shop.runtime.database.transaction(shop.business.id) as uow:
        stored = StoredBuyers().buyers(uow, shop.business.id, AS_OF)
        cut = Cut(end, about.period.start, about.step.start, about.step.start)
        standings = repository.standings(uow, Seen(shop.business.id, end, AS_OF), [cut])[end]
    counted = {one.customer_id: buyer_of(one) for one in standings}
    assert set(stored) == set(counted) and len(counted) > 200
    for customer, one in counted.items():
        assert replace(stored[customer], value=0.0) == replace(one, value=0.0)
        assert stored[customer].value == pytest.approx(one.value)


def test_what_is_expected_is_that_of_the_stored_rows(shop: Shop, about: CustomerBehaviour) -> None:
    """A store that says that nobody ever came back is believed: it is what the model learns from and serves."""

    class Forgetful(StoredBuyers):
        def buyers(self, uow: Any, business_id: UUID, moment: datetime) -> Mapping[UUID, Buyer]:
            found = super().buyers(uow, business_id, moment)
            return {id: replace(one, frequency=0, recency_days=0, value=0.0) for id, one in found.items()}

    told = shop.ask(ahead=Ahead(BuyerLifetimes(), Forgetful()))
    assert told.lifetime is not None and told.lifetime.missing == "few_repeaters"
    assert about.lifetime is not None and about.lifetime.missing is None


def test_without_a_store_it_comes_to_the_same(shop: Shop, about: CustomerBehaviour) -> None:
    told = shop.ask(ahead=Ahead(BuyerLifetimes()))
    assert told.lifetime is not None and about.lifetime is not None
    assert told.lifetime.parameters == pytest.approx(about.lifetime.parameters, rel=1e-3)
