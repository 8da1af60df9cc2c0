"""Features kept by entity and moment: what is read, when it is made, and when it is made anew."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import psycopg
import pytest

from cafe_ai.errors import BusinessNotFound
from cafe_ai.platform.db import Database
from cafe_ai.platform.ids import uuid7
from ml.pipelines import feature_store
from ml.pipelines.feature_sets import CUSTOMERS, PRODUCTS
from ml.pipelines.from_database import customer_features, product_features
from ml.pipelines.model import FeatureRow, FeatureSet
from tests.support.factories import Factory, Line
from tests.support.features import Records
from tests.support.generated_shop import generate_shop
from tests.support.postgres import TestDatabase

NOW = datetime.fromisoformat("2026-05-21T14:30+02:00")  # a Thursday
SHOP_LEVEL = FeatureSet("footfall", "shop", 1, ("visitors", "rain"))


@pytest.fixture(scope="module")
def opened(module_database: TestDatabase) -> Iterator[Database]:
    with closing(Database(module_database.app)) as database:
        yield database


@pytest.fixture
def shop(module_database: TestDatabase, factory: Factory) -> UUID:
    return generate_shop(factory, module_database, orders=150).business.id


def refreshed(database: Database, business: UUID, moment: datetime = NOW) -> feature_store.Refreshed:
    with database.transaction(business) as uow:
        return feature_store.refresh(uow, business, moment)


def everything(module_database: TestDatabase, business: UUID) -> dict[tuple[Any, ...], list[float | None]]:
    """All rows of the business: (table, entity, moment) and values."""
    with closing(psycopg.connect(module_database.superuser)) as connection:
        rows = connection.execute(
            """SELECT 'customer', entity_id, moment, "values" FROM customer_features WHERE business_id = %(id)s
               UNION ALL
               SELECT 'product', entity_id, moment, "values" FROM product_features WHERE business_id = %(id)s""",
            {"id": business},
        ).fetchall()
    return {row[:3]: row[3] for row in rows}


def moments(rows: dict[tuple[Any, ...], Any], table: str) -> list[datetime]:
    return sorted({moment for kind, _, moment in rows if kind == table})


def test_refresh_makes_weeks_of_products_months_of_customers_and_the_present(
    module_database: TestDatabase, opened: Database, shop: UUID
) -> None:
    done = refreshed(opened, shop)
    rows = everything(module_database, shop)
    weeks, months = moments(rows, "product"), moments(rows, "customer")
    assert done == feature_store.Refreshed(True, len(weeks) + len(months), 0, len(rows))
    assert weeks[-1] == months[-1] == NOW
    # Generated from Monday 16 February on; the shop's day starts at 02:00, on 30 March an hour earlier in UTC.
    assert [moment.isoformat() for moment in weeks[:6]] == [
        f"2026-0{day}:00:00+00:00" for day in ("2-23T01", "3-02T01", "3-09T01", "3-16T01", "3-23T01", "3-30T00")
    ]
    assert [moment.date().isoformat() for moment in months[:-1]] == ["2026-03-01", "2026-04-01", "2026-05-01"]


@pytest.mark.parametrize("at_once", [3, 26])
def test_rows_are_what_extractors_make_of_what_came_before(
    module_database: TestDatabase, opened: Database, shop: UUID, at_once: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ml.pipelines.store.snapshots.AT_ONCE", at_once)
    refreshed(opened, shop)
    records, rows = Records.read(module_database, shop), everything(module_database, shop)
    compared = 0
    for moment in moments(rows, "product"):
        for features in records.product_features(moment, present=moment == NOW):
            kept = rows.get(("product", features["product_id"], moment))
            assert (kept is not None) == (moment == NOW or features["days_sold"] > 0)
            if kept is not None:
                assert dict(zip(PRODUCTS.names, kept, strict=True)) == {name: features[name] for name in PRODUCTS.names}
                compared += 1
    for moment in moments(rows, "customer"):
        for features in records.customer_features(moment):
            kept = rows.get(("customer", features["customer_id"], moment))
            assert (kept is not None) == (moment == NOW or features["visits"] > 0)
            if kept is not None:
                assert dict(zip(CUSTOMERS.names, kept, strict=True)) == {
                    name: features[name] for name in CUSTOMERS.names
                }
                compared += 1
    assert compared == len(rows)


def test_nothing_new_changes_nothing(module_database: TestDatabase, opened: Database, shop: UUID) -> None:
    refreshed(opened, shop)
    before = everything(module_database, shop)
    assert refreshed(opened, shop, NOW + timedelta(hours=2)) == feature_store.Refreshed(True, 0, 0, 0)
    assert everything(module_database, shop) == before


def test_next_day_moves_the_present_alone(module_database: TestDatabase, opened: Database, shop: UUID) -> None:
    refreshed(opened, shop)
    weeks = moments(everything(module_database, shop), "product")
    done = refreshed(opened, shop, NOW + timedelta(days=1))
    assert (done.made, done.removed) == (2, 2)
    assert moments(everything(module_database, shop), "product") == [*weeks[:-1], NOW + timedelta(days=1)]


def test_next_week_adds_a_week(module_database: TestDatabase, opened: Database, shop: UUID) -> None:
    refreshed(opened, shop)
    weeks = moments(everything(module_database, shop), "product")
    done = refreshed(opened, shop, NOW + timedelta(days=5))
    assert (done.made, done.removed) == (3, 2)
    assert moments(everything(module_database, shop), "product")[: len(weeks) - 1] == weeks[:-1]


def test_history_written_anew_is_made_anew_from_there(
    module_database: TestDatabase, opened: Database, factory: Factory, shop: UUID
) -> None:
    refreshed(opened, shop)
    before = everything(module_database, shop)
    product, customer = (next(id for kind, id, _ in before if kind == wanted) for wanted in ("product", "customer"))
    late = datetime(2026, 4, 15, 9, tzinfo=UTC)
    order = factory.insert_order(shop, [Line(product, 40)], ordered_at=late, customer_id=customer)
    done = refreshed(opened, shop)
    assert (
        done.made == done.removed == 6 + 2
    )  # of products Mondays from 20 April to 18 May and now, of customers May and now
    after = everything(module_database, shop)
    changed = {key for key in after if after[key] != before.get(key)}
    assert {moment for _, _, moment in changed} <= {moment for _, _, moment in after if moment > late}
    assert ("product", product, NOW) in changed
    assert ("customer", customer, NOW) in changed

    factory.act_for(shop)
    factory.connection.execute("DELETE FROM orders WHERE id = %s", [order])
    refreshed(opened, shop)
    assert everything(module_database, shop) == before


def test_order_given_to_another_customer_is_noticed(
    module_database: TestDatabase, opened: Database, factory: Factory, shop: UUID
) -> None:
    """Neither the rollups nor the lines change."""
    refreshed(opened, shop)
    factory.act_for(shop)
    customer = factory.insert_customer(shop)
    factory.connection.execute(
        "UPDATE orders SET customer_id = %s WHERE id = (SELECT max(id::text)::uuid FROM orders WHERE is_sale)",
        [customer],
    )
    assert refreshed(opened, shop).made > 0
    assert everything(module_database, shop)["customer", customer, NOW][0] == 1


def test_stock_of_now_is_kept_for_the_present_alone(
    module_database: TestDatabase, opened: Database, factory: Factory, shop: UUID
) -> None:
    refreshed(opened, shop)
    factory.act_for(shop)
    factory.connection.execute("UPDATE products SET stock = 12")
    assert refreshed(opened, shop).made == 1
    stock = PRODUCTS.names.index("stock")
    rows = everything(module_database, shop)
    for (kind, _, moment), values in rows.items():
        if kind == "product":
            assert values[stock] == (12 if moment == NOW else None)


def test_other_version_is_not_read_and_made_anew(opened: Database, shop: UUID) -> None:
    done = refreshed(opened, shop)
    newer = replace(CUSTOMERS, version=2)
    with opened.transaction(shop) as uow:
        assert feature_store.as_of(uow, shop, newer, None, NOW) == []
    with opened.transaction(shop) as uow:
        again = feature_store.refresh(uow, shop, NOW, (newer, PRODUCTS))
    assert 0 < again.made == again.removed < done.made
    with opened.transaction(shop) as uow:
        assert len(feature_store.as_of(uow, shop, newer, None, NOW)) == 14
        assert feature_store.as_of(uow, shop, CUSTOMERS, None, NOW) == []


def test_as_of_is_the_latest_at_or_before(opened: Database, shop: UUID) -> None:
    refreshed(opened, shop)
    with opened.transaction(shop) as uow:
        now = feature_store.as_of(uow, shop, CUSTOMERS, None, NOW + timedelta(days=3))
        features = {row["customer_id"]: row for row in customer_features(uow, shop, NOW)}
        assert {row.entity_id: dict(row.values) for row in now} == {
            id: {name: row[name] for name in CUSTOMERS.names} for id, row in features.items()
        }
        some = [now[0].entity_id, now[1].entity_id]
        april = feature_store.as_of(uow, shop, CUSTOMERS, some, datetime(2026, 4, 20, tzinfo=UTC))
        assert {row.entity_id for row in april} <= set(some)
        assert {row.moment for row in april} == {datetime(2026, 4, 1, tzinfo=UTC)}
        at_once = feature_store.as_of(uow, shop, CUSTOMERS, None, datetime(2026, 4, 1, tzinfo=UTC))
        just_before = feature_store.as_of(uow, shop, CUSTOMERS, None, datetime(2026, 3, 31, 23, 59, tzinfo=UTC))
        assert {row.moment.month for row in at_once} == {4}
        assert {row.moment.month for row in just_before} == {3}


def test_point_in_time_reads_each_at_its_own_moment(opened: Database, shop: UUID) -> None:
    refreshed(opened, shop)
    with opened.transaction(shop) as uow:
        product = max(product_features(uow, shop, NOW), key=lambda row: row["days_sold"])["product_id"]
        pairs = [
            (product, datetime(2026, 5, 6, tzinfo=UTC)),
            (uuid7(), NOW),
            (product, datetime(2026, 2, 20, tzinfo=UTC)),
            (product, datetime(2026, 3, 3, tzinfo=UTC)),
        ]
        found = feature_store.point_in_time(uow, shop, PRODUCTS, pairs)
    assert [row and (row.entity_id, row.moment.date().isoformat()) for row in found] == [
        (product, "2026-05-04"),
        None,
        None,
        (product, "2026-03-02"),
    ]


def test_rows_of_a_set_of_ones_own(opened: Database, factory: Factory) -> None:
    business = factory.insert_business()
    with opened.transaction(business) as uow:
        rows = [FeatureRow(business, NOW - timedelta(days=day), {"visitors": float(day)}) for day in (3, 2, 1)]
        feature_store.write(uow, business, SHOP_LEVEL, rows)
        feature_store.write(uow, business, SHOP_LEVEL, [replace(rows[1], values={"visitors": 9.5, "rain": None})])
        feature_store.write(uow, business, SHOP_LEVEL, [])
        (found,) = feature_store.as_of(uow, business, SHOP_LEVEL, [business], NOW - timedelta(days=1.5))
        assert (found.moment, found.values) == (NOW - timedelta(days=2), {"visitors": 9.5, "rain": None})
        with pytest.raises(ValueError, match="snow"):
            feature_store.write(uow, business, SHOP_LEVEL, [FeatureRow(business, NOW, {"snow": 1.0})])


def test_customer_who_goes_takes_the_rows_along(
    module_database: TestDatabase, opened: Database, factory: Factory, shop: UUID
) -> None:
    refreshed(opened, shop)
    factory.act_for(shop)
    customer = factory.insert_customer(shop)
    refreshed(opened, shop)
    assert ("customer", customer, NOW) in everything(module_database, shop)
    factory.connection.execute("DELETE FROM customers WHERE id = %s", [customer])
    assert ("customer", customer, NOW) not in everything(module_database, shop)


def test_shop_without_sales_has_rows_of_the_present_alone(
    module_database: TestDatabase, opened: Database, factory: Factory
) -> None:
    business = factory.insert_business()
    factory.insert_product(business)
    assert refreshed(opened, business) == feature_store.Refreshed(True, 2, 0, 1)
    assert len(everything(module_database, business)) == 1


def test_one_refresh_of_a_business_at_a_time(module_database: TestDatabase, opened: Database, factory: Factory) -> None:
    business = factory.insert_business()
    with closing(Database(module_database.app)) as other, other.transaction(business) as uow:
        assert feature_store.refresh(uow, business, NOW).claimed
        assert refreshed(opened, business) == feature_store.Refreshed(False)


def test_another_business_is_not_refreshed(opened: Database, factory: Factory) -> None:
    ours, theirs = factory.insert_business(), factory.insert_business()
    with opened.transaction(ours) as uow, pytest.raises(BusinessNotFound):
        feature_store.refresh(uow, theirs, NOW)
