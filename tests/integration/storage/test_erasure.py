"""Erasing a business takes all it has, of it alone, in one statement of the SaaS."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import psycopg
import pytest

from cafe_ai.platform.ids import uuid7
from tests.security.offboarding import INSERT_RECORD
from tests.security.upkeep import insert_upkeep
from tests.support.factories import Factory, Line
from tests.support.features import insert_features
from tests.support.indexed import put_in_index

# The audit outlives what it speaks of; the index's tables hold ids, and go when the indexer has removed the vectors; a message
# of the outbox holds ids, and goes when it has been sent.
KEPT = {
    "erasure_records",
    "ai_outbox",
    "ai_audit_logs",
    "index_generations",
    "index_entries",
    "index_outbox",
    "index_leases",
}
TENANT_TABLES = """
SELECT DISTINCT table_name FROM information_schema.columns
 WHERE table_schema = 'public' AND column_name = 'business_id' AND table_name NOT IN ('measured_lines', 'product_documents')"""


def open_shop(shop: Factory, superuser: psycopg.Connection[Any]) -> UUID:
    """A business with rows in every table."""
    business = shop.insert_business()
    user = shop.insert_membership(business)
    products = [shop.insert_product(business, cost=cost) for cost in (None, 1)]
    customer = shop.insert_customer(business)
    for product in products:
        shop.insert_review(business, product_id=product)
        shop.insert_stock_out(business, product)
        shop.insert_promotion(business, product_id=product)
        lines = [Line(product), Line(product, -1)]
        shop.insert_order(business, lines, store="Centro", payment_method="card", customer_id=customer)
    shop.insert_order(business)
    insert_features(superuser, business, customer, products[0])
    superuser.execute("INSERT INTO budgets VALUES (%s, '2026-05-01', 1)", [business])
    for statement in (
        "INSERT INTO recommendation_runs VALUES (%(business)s, '2026-05-01', NULL, NULL, NULL, 1, 0)",
        "INSERT INTO product_pairs VALUES (%(business)s, %(product)s, %(product)s, 1, 1, 1, 1, 1, 1, 1, 1)",
        "INSERT INTO product_dayparts VALUES (%(business)s, %(product)s, 'noon', 1, 1, 1, 1)",
        "INSERT INTO search_misses (business_id, query, locale) VALUES (%(business)s, 'horchata', 'es')",
    ):
        superuser.execute(statement, {"business": business, "product": products[0]})
    superuser.execute("INSERT INTO budget_reservations VALUES (%s, %s, '2026-05-01', 1, now())", [uuid7(), business])
    superuser.execute(
        """INSERT INTO ai_conversations (id, user_id, business_id, assistant_type, locale, prompt, response,
                                         response_time_ms, created_at)
           VALUES (%s, %s, %s, 'GENERAL_QUERY', 'es', '', '', 1, now())""",
        [uuid7(), user, business],
    )
    superuser.execute(
        """INSERT INTO ai_audit_logs (id, user_id, business_id, model_name, prompt, response, response_time_ms,
                                      endpoint, status, "timestamp")
           VALUES (%s, %s, %s, 'rules', '', '', 1, '/query', 'success', now())""",
        [uuid7(), user, business],
    )
    superuser.execute(
        "INSERT INTO ai_feedback VALUES (%s, %s, %s, 'up', NULL, now(), 'up', now())", [uuid7(), user, business]
    )
    job = uuid7()
    superuser.execute("INSERT INTO ai_jobs (id, business_id, kind, params) VALUES (%s, %s, 'k', '{}')", [job, business])
    insert_upkeep(superuser, business, user, job)
    superuser.execute(
        "INSERT INTO ai_outbox (id, business_id, queue, body, available_at) VALUES (%s, %s, 'q', '{}', now())",
        [uuid7(), business],
    )
    put_in_index(superuser, business)
    superuser.execute(INSERT_RECORD, [business])
    return business


def tables_with(superuser: psycopg.Connection[Any], business: UUID) -> set[str]:
    names = [name for (name,) in superuser.execute(TENANT_TABLES)]
    has_rows = "SELECT EXISTS (SELECT FROM {} WHERE business_id = %s)"
    return {name for name in names if superuser.execute(has_rows.format(name).encode(), [business]).fetchone()[0]}


def test_business_goes_with_all_it_has(shop: Factory, superuser: psycopg.Connection[Any]) -> None:
    leaving, staying = open_shop(shop, superuser), open_shop(shop, superuser)
    every_table = {name for (name,) in superuser.execute(TENANT_TABLES)}
    assert tables_with(superuser, leaving) == every_table

    shop.act_for(leaving)
    assert shop.connection.execute("DELETE FROM businesses WHERE id = %s", [leaving]).rowcount == 1

    assert tables_with(superuser, leaving) == KEPT
    assert tables_with(superuser, staying) == every_table
    assert superuser.execute("SELECT id FROM businesses").fetchall() == [(staying,)]
    assert superuser.execute("SELECT * FROM rollup_differences(%s)", [staying]).fetchall() == []


def test_business_of_another_is_not_erased(shop: Factory, superuser: psycopg.Connection[Any]) -> None:
    theirs, ours = open_shop(shop, superuser), shop.insert_business()
    shop.act_for(ours)
    assert shop.connection.execute("DELETE FROM businesses WHERE id = %s", [theirs]).rowcount == 0
    assert "order_lines" in tables_with(superuser, theirs)


def test_product_that_was_sold_is_not_deleted_alone(shop: Factory, superuser: psycopg.Connection[Any]) -> None:
    open_shop(shop, superuser)
    with pytest.raises(psycopg.errors.ForeignKeyViolation):
        shop.connection.execute("DELETE FROM products")


def test_erasure_given_up_leaves_everything(shop: Factory, superuser: psycopg.Connection[Any]) -> None:
    business = open_shop(shop, superuser)
    before = tables_with(superuser, business)
    with shop.connection.transaction(force_rollback=True):
        shop.connection.execute("DELETE FROM businesses")
    assert tables_with(superuser, business) == before
    assert superuser.execute("SELECT * FROM rollup_differences(%s)", [business]).fetchall() == []
