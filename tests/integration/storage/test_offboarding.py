"""A customer, and a business, can be forgotten: planted wherever the catalogue of the database says that words may stand, they
are looked for in every column of every table afterwards.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import UUID

import psycopg
import pytest

from cafe_ai.bootstrap import Runtime
from cafe_ai.erasure import service
from cafe_ai.errors import BusinessNotFound, InvalidRequest, NotFound
from cafe_ai.platform.clock import Deadline
from cafe_ai.platform.db import Database
from cafe_ai.platform.ids import uuid7
from cafe_ai.settings import Settings
from tests.integration.storage.test_erasure import open_shop
from tests.support.factories import Factory
from tests.support.files import FakeFiles
from tests.support.postgres import TestDatabase

NAME, EXTERNAL_ID = "María José Núñez O'Brien (socia)", "cli-90210"
WORDS = f"Carta de {NAME}, mesa 4"
COLUMNS = """
SELECT columns.table_name, column_name, data_type FROM information_schema.columns JOIN information_schema.tables
    ON tables.table_schema = columns.table_schema AND tables.table_name = columns.table_name
 WHERE columns.table_schema = 'public' AND table_type = 'BASE TABLE' AND is_generated = 'NEVER' ORDER BY 1, 2"""
# Where a customer is not looked for, because what stands there is no free text about people.
NO_WORDS_OF_PEOPLE = {
    "the shop's own names and ids": {
        "businesses.name", "businesses.type", "products.external_id", "products.name", "products.description",
        "products.category", "orders.external_id", "orders.store", "orders.payment_method", "reviews.external_id",
        "promotions.external_id", "promotions.name", "business_labels.label",
        "rollup_hours.store", "rollup_products.store", "documents.id",
        "customers.external_id", "customers.name",
    },
    "written by code, from its own words": {
        "ai_audit_logs.endpoint", "ai_audit_logs.model_name", "ai_audit_logs.prompt_version", "ai_audit_logs.request_id",
        "ai_audit_logs.facts_hash", "ai_audit_logs.variants", "ai_conversations.assistant_type", "ai_conversations.locale",
        "ai_jobs.kind", "ai_jobs.idempotency_key", "ai_jobs.correlation_id", "ai_outbox.queue", "ai_outbox.correlation_id",
        "approved_examples.assistant_type", "approved_examples.business_type", "past_conversations.assistant_type",
        "review_analyses.model_version", "documents.content_hash", "index_entries.collection", "index_entries.content_hash",
        "index_generations.collection", "index_generations.model",
        "customer_features.feature_set", "product_features.feature_set", "shop_features.feature_set",
        "feature_snapshots.feature_set", "feature_snapshots.source",
        "ml_models.backtest", "ml_models.code_version", "ml_models.data_hash", "ml_models.files", "ml_models.kind",
        "ml_models.reason", "ml_models.trial", "ml_models.version", "ml_forecasts.backtest", "ml_forecasts.kind",
        "ml_forecasts.method", "ml_forecasts.model_version", "ml_forecasts.spans",
        "drift_alerts.kind", "drift_alerts.said", "drift_alerts.subject", "erasure_records.figures",
    },
    "whom the shop wants told": {"notification_channels.address", "notification_channels.secret"},
}  # fmt: skip
EXCUSED = set().union(*NO_WORDS_OF_PEOPLE.values())


@pytest.fixture
def runtime(database: TestDatabase) -> Iterator[Runtime]:
    own = Database(database.app)
    yield Runtime.of(Settings(), database=own, reports=FakeFiles(), models=FakeFiles())
    own.close()


def soon() -> Deadline:
    return Deadline.after(20.0)


def plant(superuser: psycopg.Connection[Any], business: UUID) -> set[str]:
    """The person's name in every text of the business's rows that takes it; in which columns."""
    planted = set()
    tables: dict[str, list[tuple[str, str]]] = {}
    for table, column, kind in superuser.execute(COLUMNS).fetchall():
        tables.setdefault(table, []).append((column, kind))
    for table, columns in tables.items():
        if "business_id" not in dict(columns):
            continue
        for column, kind in columns:
            if kind not in ("text", "jsonb") or f"{table}.{column}" in EXCUSED:
                continue
            value = "jsonb_build_object('who', %s::text)" if kind == "jsonb" else "%s"
            statement = f"UPDATE {table} SET {column} = {value} WHERE business_id = %s"
            if table == "documents":
                statement += " AND kind = 'document'"  # a product's says what the catalogue says
            try:
                with superuser.transaction():
                    superuser.execute("SET LOCAL session_replication_role = replica")  # no trigger: the words alone
                    if superuser.execute(statement.encode(), [WORDS, business]).rowcount:
                        planted.add(f"{table}.{column}")
            except psycopg.errors.CheckViolation:
                pass  # a column of fixed words
    return planted


def found(superuser: psycopg.Connection[Any], needle: str) -> set[str]:
    """The tables with a row in which it stands, whatever the column; columns where they are text."""
    places = set()
    for table, column, _ in superuser.execute(COLUMNS).fetchall():
        statement = f"SELECT EXISTS (SELECT FROM {table} WHERE strpos({column}::text, %s) > 0)"
        if superuser.execute(statement.encode(), [needle]).fetchone() == (True,):
            places.add(f"{table}.{column}")
    return places


def open_shop_with(shop: Factory, superuser: psycopg.Connection[Any]) -> tuple[UUID, UUID]:
    """A business with rows in every table, and one of its customers, who has orders and a name."""
    business = open_shop(shop, superuser)
    superuser.execute("UPDATE ai_jobs SET result = '{}' WHERE business_id = %s", [business])
    superuser.execute("DELETE FROM erasure_records")
    (customer,) = superuser.execute("SELECT id FROM customers WHERE business_id = %s", [business]).fetchone() or (None,)
    assert customer is not None
    statement = "UPDATE customers SET name = %s, external_id = %s WHERE id = %s"
    superuser.execute(statement, [NAME, EXTERNAL_ID, customer])
    superuser.execute(
        "INSERT INTO documents (business_id, id, kind, title, content, content_hash) VALUES (%s, 'd', 'document', 't', 'c', 'h')",
        [business],
    )
    superuser.execute("INSERT INTO ai_dead_letters VALUES (%s, 'q', %s)", [str(uuid7()), f"{business} {WORDS}"])
    return business, customer


def test_a_customer_is_found_nowhere_afterwards(
    shop: Factory, superuser: psycopg.Connection[Any], runtime: Runtime
) -> None:
    business, customer = open_shop_with(shop, superuser)
    orders = superuser.execute("SELECT count(*) FROM orders WHERE business_id = %s", [business]).fetchone()
    planted = plant(superuser, business)
    assert len(planted) >= 18, planted
    for words in (NAME, str(customer), EXTERNAL_ID):
        assert found(superuser, words), "the search finds what is there"

    told = service.forget_customer(runtime, business, EXTERNAL_ID, soon())

    for words in (NAME, str(customer), EXTERNAL_ID, "Núñez"):
        assert found(superuser, words) == set()
    assert told["customers"] == 1
    assert told["orders"] >= 1
    assert told["dead_letters"] == 1
    assert superuser.execute("SELECT count(*) FROM orders WHERE business_id = %s", [business]).fetchone() == orders
    assert superuser.execute("SELECT * FROM rollup_differences(%s)", [business]).fetchall() == []
    rows = superuser.execute("SELECT kind, figures FROM erasure_records").fetchall()
    assert rows == [("customer", {key: value for key, value in told.items() if key != "files"})]


def test_whoever_adds_a_text_says_whether_people_stand_in_it(shop: Factory, superuser: psycopg.Connection[Any]) -> None:
    """A name in EXCUSED that no column has is no excuse any more."""
    known = {f"{table}.{column}" for table, column, _ in superuser.execute(COLUMNS).fetchall()}
    assert known >= EXCUSED


def test_others_are_left_alone(shop: Factory, superuser: psycopg.Connection[Any], runtime: Runtime) -> None:
    """Another business's customer of that name, and texts that name somebody else."""
    ours, customer = open_shop_with(shop, superuser)
    theirs, _ = open_shop_with(shop, superuser)
    plant(superuser, theirs)
    before = found(superuser, NAME)
    superuser.execute("UPDATE reviews SET text = 'La camarera es un sol' WHERE business_id = %s", [ours])
    superuser.execute("UPDATE ai_conversations SET prompt = '¿Quién es María?' WHERE business_id = %s", [ours])

    service.forget_customer(runtime, ours, str(customer), soon())

    assert found(superuser, NAME) == before
    assert superuser.execute("SELECT count(*) FROM ai_conversations WHERE business_id = %s", [ours]).fetchone() == (1,)
    texts = superuser.execute("SELECT DISTINCT text FROM reviews WHERE business_id = %s", [ours]).fetchall()
    assert texts == [("La camarera es un sol",)]


@pytest.mark.parametrize(
    ("said", "left"),
    [
        (f"Con {NAME} todo va bien", "Con *** todo va bien"),
        (f"{NAME}. {NAME.upper()}!", "***. ***!"),
        (NAME.replace("ú", "u").replace("ñ", "n") + "…", "***…"),
        (f"¿Y {EXTERNAL_ID}?", "¿Y ***?"),
        ("María José vino", "María José vino"),
        (f"x{EXTERNAL_ID}x", f"x{EXTERNAL_ID}x"),
    ],
)
def test_a_review_loses_the_name_and_keeps_its_words(
    shop: Factory, superuser: psycopg.Connection[Any], runtime: Runtime, said: str, left: str
) -> None:
    business, customer = open_shop_with(shop, superuser)
    superuser.execute("UPDATE reviews SET text = %s WHERE business_id = %s", [said, business])

    service.forget_customer(runtime, business, str(customer), soon())

    assert superuser.execute("SELECT DISTINCT text FROM reviews").fetchall() == [(left,)]


def test_files_of_jobs_that_name_the_customer_go_too(
    shop: Factory, superuser: psycopg.Connection[Any], runtime: Runtime
) -> None:
    business, customer = open_shop_with(shop, superuser)
    files: Any = runtime.reports
    (job,) = superuser.execute("SELECT id FROM ai_jobs WHERE business_id = %s", [business]).fetchone() or (None,)
    files.files = {
        f"reports/{business}/{job}/a.pdf": b"",
        f"work/{job}/x.json": b"",
        f"reports/{business}/{uuid7()}/b": b"",
    }
    superuser.execute("""UPDATE ai_jobs SET result = jsonb_build_object('customer', %s::text)""", [str(customer)])

    assert service.forget_customer(runtime, business, str(customer), soon())["files"] == 2
    assert len(files.files) == 1


def test_a_business_leaves_nothing_but_figures(
    shop: Factory, superuser: psycopg.Connection[Any], runtime: Runtime
) -> None:
    business, _ = open_shop_with(shop, superuser)
    staying, _ = open_shop_with(shop, superuser)
    (user,) = superuser.execute("SELECT user_id FROM memberships WHERE business_id = %s", [business]).fetchone() or (0,)
    plant(superuser, business)
    superuser.execute("UPDATE businesses SET name = 'Café de Paso' WHERE id = %s", [business])
    files: Any = runtime.reports
    models: Any = runtime.models
    files.files = {f"reports/{business}/x/a.pdf": b"", f"reports/{staying}/x/a.pdf": b""}
    models.files = {f"models/{business}/demand/1/m.txt": b""}

    told = service.offboard_business(runtime, business, "Café de Paso", soon())

    assert told["files"] == 2
    assert list(files.files) == [f"reports/{staying}/x/a.pdf"]
    assert models.files == {}
    kept = {"ai_audit_logs.business_id", "erasure_records.business_id"}
    vectors = {
        f"{table}.business_id" for table in ("index_generations", "index_entries", "index_outbox", "index_leases")
    }
    assert found(superuser, str(business)) <= kept | vectors
    assert found(superuser, str(user)) == set()
    assert {place for place in found(superuser, NAME) if place not in EXCUSED} == {"ai_dead_letters.body"}
    assert superuser.execute("SELECT count(*) FROM ai_dead_letters").fetchone() == (1,)
    rows = superuser.execute("SELECT prompt, response, user_id FROM ai_audit_logs WHERE business_id = %s", [business])
    assert set(rows.fetchall()) == {("", "", None)}


def test_only_who_says_the_name_removes_a_business(
    shop: Factory, superuser: psycopg.Connection[Any], runtime: Runtime
) -> None:
    business, _ = open_shop_with(shop, superuser)

    with pytest.raises(InvalidRequest):
        service.offboard_business(runtime, business, "Otro nombre", soon())

    assert superuser.execute("SELECT count(*) FROM businesses").fetchone() == (1,)
    with runtime.database.transaction(business) as uow:
        assert uow.connection.execute("SELECT offboard_business(%s, 'Otro nombre')", [business]).fetchone() == (None,)


def test_a_business_that_is_gone_loses_the_files_left(runtime: Runtime) -> None:
    """As after a call that was stopped half-way."""
    gone = uuid7()
    files: Any = runtime.reports
    files.files = {f"reports/{gone}/x/a.pdf": b""}

    assert service.erase_as_asked(runtime, {"business_id": str(gone), "confirm": "x"}, soon()) == {"files": 1}


def test_what_cannot_be_is_refused(shop: Factory, superuser: psycopg.Connection[Any], runtime: Runtime) -> None:
    business, _ = open_shop_with(shop, superuser)
    for asked in ({"business_id": "x", "customer": "1"}, {"business_id": str(business)}, {"customer": "1"}):
        with pytest.raises(InvalidRequest):
            service.erase_as_asked(runtime, asked, soon())
    with pytest.raises(NotFound):
        service.erase_as_asked(runtime, {"business_id": str(business), "customer": "nobody"}, soon())
    with pytest.raises(BusinessNotFound):
        service.erase_as_asked(runtime, {"business_id": str(uuid7()), "customer": "nobody"}, soon())


def test_traces_end(
    database: TestDatabase, superuser: psycopg.Connection[Any], shop: Factory, runtime: Runtime
) -> None:
    business = shop.insert_business()
    for days, user in ((61, uuid7()), (1, uuid7())):
        superuser.execute("INSERT INTO erasures VALUES (%s, NULL, now() - make_interval(days => %s))", [user, days])
    for days in (2, 0):
        superuser.execute(
            "INSERT INTO rate_limits VALUES (%s, ARRAY[now() - make_interval(days => %s)])", [uuid7(), days]
        )
    insert = (
        "INSERT INTO search_misses (business_id, query, locale, last_at) VALUES (%s, %s, 'es', now() - %s::interval)"
    )
    for days in (181, 100):
        superuser.execute(insert, [business, f"q{days}", f"{days} days"])

    with runtime.database.transaction() as uow:
        removed = [uow.connection.execute("SELECT remove_past_traces(now(), 10)").fetchone() for _ in range(2)]

    assert removed == [(3,), (0,)]
    for table in ("erasures", "rate_limits", "search_misses"):
        assert superuser.execute(f"SELECT count(*) FROM {table}".encode()).fetchone() == (1,), table
