"""No role reaches another business's rows: asked of the catalogue, so that a table made tomorrow is asked too, and
tried on rows. Each guard is taken out in turn to see that the trial notices."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import psycopg
import pytest
from psycopg.rows import namedtuple_row

from cafe_ai.platform.ids import uuid7
from infra.local.postgres import APP, OWNER, SAAS
from tests.security.offboarding import INSERT_RECORD, try_offboarding
from tests.security.upkeep import insert_upkeep, try_upkeep
from tests.support.factories import Factory, Line
from tests.support.features import insert_features
from tests.support.indexed import INSERT_DOCUMENT, put_in_index
from tests.support.postgres import TestDatabase

LOGIN_ROLES = (APP, SAAS)
RECOMMENDATIONS = "recommendation_runs product_pairs product_dayparts search_misses"
FEATURES = "feature_snapshots customer_features product_features shop_features"
INDEX = "documents index_generations index_entries index_outbox"
WITHOUT_TENANT = {"schema_migrations"}

TABLES = """
SELECT relname AS name, relrowsecurity AS enabled, relforcerowsecurity AS forced,
       relname = 'businesses'
       OR EXISTS (SELECT FROM pg_attribute WHERE attrelid = pg_class.oid AND attname = 'business_id') AS has_tenant
  FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') ORDER BY relname"""
POLICIES = """
SELECT tablename AS table, policyname AS name, qual, with_check
  FROM pg_policies WHERE schemaname = 'public' ORDER BY 1, 2"""

COLUMNS = """
SELECT attname FROM pg_attribute
 WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = ''"""


@dataclass(frozen=True)
class Shop:
    """A business with a row in every tenant table, and a user who owns them."""

    business: UUID
    user: UUID
    order: UUID
    product: UUID
    turn: UUID
    job: UUID
    channel: UUID


def open_shop(factory: Factory, superuser: psycopg.Connection[Any]) -> Shop:
    business = factory.insert_business()
    user = factory.insert_membership(business)
    product = factory.insert_product(business)
    factory.insert_review(business, product_id=product)
    factory.insert_stock_out(business, product)
    factory.insert_promotion(business, product_id=product)
    customer = factory.insert_customer(business)
    order = factory.insert_order(business, [Line(product)], store="Centro", customer_id=customer)
    insert_features(superuser, business, customer, product)
    superuser.execute("INSERT INTO budgets VALUES (%s, '2026-05-01', 1)", [business])
    superuser.execute("INSERT INTO budget_reservations VALUES (%s, %s, '2026-05-01', 1, now())", [uuid7(), business])
    superuser.execute("INSERT INTO rate_limits VALUES (%s, '{}')", [user])
    for statement in INSERT_RECOMMENDATIONS:
        superuser.execute(statement, {"business": business, "product": product})
    turn = uuid7()
    superuser.execute(INSERT_CONVERSATION, [turn, user, business])
    superuser.execute(INSERT_AUDIT, [uuid7(), user, business])
    put_in_index(superuser, business)
    superuser.execute(INSERT_FEEDBACK, [turn, user, business])
    superuser.execute("INSERT INTO erasures VALUES (%s, %s, now())", [user, uuid7()])
    job = uuid7()
    superuser.execute(INSERT_JOB, [job, business])
    superuser.execute(INSERT_MESSAGE, [uuid7(), business])
    superuser.execute("INSERT INTO ai_dead_letters VALUES (%s, 'q', 'Hola')", [str(job)])
    channel = insert_upkeep(superuser, business, user, job)
    superuser.execute(INSERT_RECORD, [business])
    return Shop(business, user, order, product, turn, job, channel)


INSERT_CONVERSATION = """
INSERT INTO ai_conversations (id, user_id, business_id, assistant_type, locale, prompt, response, response_time_ms,
                              created_at)
VALUES (%s, %s, %s, 'GENERAL_QUERY', 'es', '', '', 1, now())"""
INSERT_RECOMMENDATIONS = (
    "INSERT INTO recommendation_runs VALUES (%(business)s, '2026-05-01', NULL, NULL, NULL, 1, 0)",
    "INSERT INTO product_pairs VALUES (%(business)s, %(product)s, %(product)s, 1, 1, 1, 1, 1, 1, 1, 1)",
    "INSERT INTO product_dayparts VALUES (%(business)s, %(product)s, 'noon', 1, 1, 1, 1)",
    "INSERT INTO search_misses (business_id, query, locale) VALUES (%(business)s, 'horchata', 'es')",
)
INSERT_AUDIT = """
INSERT INTO ai_audit_logs (id, user_id, business_id, model_name, prompt, response, response_time_ms, endpoint, status,
                           "timestamp")
VALUES (%s, %s, %s, 'rules', '¿Ventas?', '', 1, '/query', 'success', now())"""

INSERT_JOB = "INSERT INTO ai_jobs (id, business_id, kind, params) VALUES (%s, %s, 'k', '{}')"
INSERT_MESSAGE = """
INSERT INTO ai_outbox (id, business_id, queue, body, available_at) VALUES (%s, %s, 'q', '{}', now() - interval '1 hour')"""
INSERT_FEEDBACK = "INSERT INTO ai_feedback VALUES (%s, %s, %s, 'up', 'Muy bien', now(), 'up', now())"


class NoticedError(Exception):
    """A trial that only has to notice something has done so."""


class Trial:
    """Tries, as each role, what must fail and what must work; all of it is rolled back."""

    stops_at_once = False

    def __init__(self, connection: psycopg.Connection[Any], ours: Shop, theirs: Shop) -> None:
        self.connection = connection
        self.ours = ours
        self.theirs = theirs
        self.found: list[str] = []

    def run(self, only: str | None = None) -> list[str]:
        """What is wrong: rows that leak (from every table, or from `only` one), and rights that are missing."""
        names = [row for row in self.connection.execute(TABLES) if only in (None, row.name)]
        tables = [row.name for row in names if row.has_tenant]
        for role in LOGIN_ROLES:
            for table in tables:
                self.try_reading(role, table)
                self.try_writing(role, table)
        for table in [row.name for row in names if row.name not in WITHOUT_TENANT]:
            with self.acting_as(OWNER, self.ours):
                self.expect(self.count(table) == 0, f"the owner reads {table}")
        self.try_what_must_work()
        self.try_own_rows()
        self.try_feedback_and_erasure()
        self.try_jobs()
        try_upkeep(self)
        try_offboarding(self)
        return self.found

    def notices(self, weakened: str) -> bool:
        """Whether anything is found wrong, now that a guard of this table is out."""
        self.stops_at_once = True
        try:
            self.run(only=weakened)
        except NoticedError:
            return True
        return False

    @contextmanager
    def acting_as(self, role: str, shop: Shop | None, user: UUID | None = None) -> Iterator[None]:
        with self.connection.transaction(force_rollback=True):
            self.name_tenant(shop.business if shop else "", user or (shop.user if shop else ""))
            self.connection.execute(f"SET LOCAL ROLE {role}".encode())
            yield

    def name_tenant(self, business: UUID | str, user: UUID | str) -> None:
        statement = "SELECT set_config('app.business_id', %s, true), set_config('app.user_id', %s, true) AS user"
        self.connection.execute(statement, [str(business), str(user)])

    def expect(self, holds: bool, otherwise: str) -> None:
        if not holds:
            self.found.append(otherwise)
            if self.stops_at_once:
                raise NoticedError(otherwise)

    def count(self, table: str, condition: str = "true", *values: object) -> int:
        """The rows the role sees; none where it may not look."""
        try:
            with self.connection.transaction():
                statement = f"SELECT count(*) FROM {table} WHERE {condition}"
                return self.connection.execute(statement.encode(), values).fetchone()[0]
        except psycopg.errors.InsufficientPrivilege:
            return 0

    def changes(self, statement: str, *values: object) -> int:
        """The rows the role could write; none where it may not."""
        try:
            with self.connection.transaction():
                return self.connection.execute(statement.encode(), values).rowcount
        except (psycopg.errors.InsufficientPrivilege, psycopg.errors.ForeignKeyViolation):
            return 0

    def try_reading(self, role: str, table: str) -> None:
        tenant = "id" if table == "businesses" else "business_id"
        with self.acting_as(role, self.ours):
            others = self.count(table, f"{tenant} IS DISTINCT FROM %s", self.ours.business)
            self.expect(others == 0, f"{role} reads others' {table}")
        with self.acting_as(role, None):
            self.expect(self.count(table) == 0, f"{role} reads {table} without a tenant")

    def try_writing(self, role: str, table: str) -> None:
        tenant = "id" if table == "businesses" else "business_id"
        row = self.connection.execute(
            f"SELECT to_jsonb(t) FROM {table} AS t WHERE {tenant} = %s".encode(), [self.theirs.business]
        ).fetchone()
        assert row is not None, f"open_shop() must write a row of {table}, or nothing is tried on it"
        columns = ", ".join(f'"{column}"' for (column,) in self.connection.execute(COLUMNS, [table]))
        record = f"jsonb_populate_record(NULL::{table}, %s)"
        copy = f"INSERT INTO {table} ({columns}) OVERRIDING SYSTEM VALUE SELECT {columns} FROM {record}"
        attempts = {
            "inserts into": (copy, psycopg.types.json.Jsonb(row[0])),
            "updates": (f"UPDATE {table} SET {tenant} = {tenant} WHERE {tenant} = %s", self.theirs.business),
            "gives rows to": (
                f"UPDATE {table} SET {tenant} = %s WHERE {tenant} = %s",
                self.theirs.business,
                self.ours.business,
            ),
            "deletes": (f"DELETE FROM {table} WHERE {tenant} = %s", self.theirs.business),
        }
        for what, (statement, *values) in attempts.items():
            with self.acting_as(role, self.ours):
                try:
                    written = self.changes(statement, *values)
                except psycopg.errors.UniqueViolation:  # the row is there already, and was about to be written again
                    written = 1
                self.expect(written == 0, f"{role} {what} others' {table}")

    def try_what_must_work(self) -> None:
        """What each role needs to do its work, without which no one would notice a policy that went missing."""
        ours = self.ours
        shops_tables = "businesses products customers orders order_lines reviews stock_outs promotions"
        for role, further in {
            APP: f"rollup_hours rollup_products business_labels {RECOMMENDATIONS} {FEATURES} {INDEX}",
            SAAS: "memberships",
        }.items():
            for table in f"{shops_tables} {further}".split():
                with self.acting_as(role, ours):
                    self.expect(self.count(table) > 0, f"{role} does not see its own {table}")
        with self.acting_as(SAAS, ours):
            self.works("keeping the rollups", self.keep_rollups)
        with self.acting_as(SAAS, ours):
            self.works("keeping the documents", self.keep_documents)
        with self.acting_as(APP, ours):
            self.works("writing documents", self.write_documents)
        with self.acting_as(APP, None):
            self.works("claiming what waits for the index", self.claim)
        with self.acting_as(APP, None):
            self.works("admission", self.admit)
        with self.acting_as(APP, None):
            self.works("listing the businesses that are due", self.list_due)
        with self.acting_as(APP, None):
            self.works("the service's metrics", self.measures)
        with self.acting_as(APP, ours):
            spent = self.changes("SELECT budget_spend(%s, 1, '2026-05-02')", ours.business)
            spent += self.changes("SELECT budget_spend(%s, 1, '2026-06-02')", ours.business)
            self.expect(spent == 2, "the budget cannot be spent")
        with self.acting_as(APP, ours):
            for statement in ("budget_reserve(%s, %s, 0.5, '1 minute')", "budget_settle(%s, %s, 0.4, now())"):
                self.works(statement, lambda statement=statement: self.reserves(ours, statement))
            self.expect(self.standing(ours) == 0.4, "what was reserved and settled is not shown")
            self.expect(self.standing(self.theirs) is None, "others' budget is shown")
        with self.acting_as("cafe_ai_admission", ours):
            held = self.count("budget_reservations", "business_id <> %s", ours.business)
            self.expect(held == 0, "admission reaches others' reservations")
        for month in ("05", "06"):  # an existing row, and a new one
            with self.acting_as(APP, ours):
                statement = f"SELECT budget_spend(%s, 1, '2026-{month}-02')"
                self.expect(self.changes(statement, self.theirs.business) == 0, "others' budget can be spent")

    def reserves(self, shop: Shop, statement: str) -> bool:
        row = self.connection.execute(f"SELECT {statement}".encode(), [shop.business, shop.order]).fetchone()
        return row is not None and row[0] is not False

    def standing(self, shop: Shop) -> float | None:
        row = self.connection.execute("SELECT spent_usd FROM budget_standing(%s)", [shop.business]).fetchone()
        return row and row[0] and float(row[0])

    def works(self, what: str, attempt: Callable[[], bool]) -> None:
        try:
            with self.connection.transaction():
                self.expect(attempt(), f"{what} does not work")
        except psycopg.Error as error:
            self.expect(False, f"{what} fails: {error}")

    def keep_rollups(self) -> bool:
        execute = self.connection.execute
        execute("UPDATE order_lines SET quantity = 5")
        execute("UPDATE orders SET store = 'Sur'")
        execute("UPDATE products SET name = 'Flan', cost = 2")
        execute("RESET ROLE")
        hours = "SELECT units, cost, store FROM rollup_hours WHERE business_id = %s"
        kept = execute(hours, [self.ours.business]).fetchall() == [(5, 10, "Sur")]
        version = execute("SELECT names_version FROM businesses WHERE id = %s", [self.ours.business]).fetchone()
        differences = execute("SELECT * FROM rollup_differences(%s)", [self.ours.business]).fetchall()
        return kept and version == (4,) and not differences

    def list_due(self) -> bool:
        """Ours has an order that its run does not know; theirs has none."""
        execute = self.connection.execute
        execute("RESET ROLE")
        execute("UPDATE recommendation_runs SET computed_at = now() - interval '1 day', newest_order = %s", [uuid7()])
        execute(
            "UPDATE recommendation_runs SET newest_order = %s WHERE business_id = %s",
            [self.theirs.order, self.theirs.business],
        )
        execute(f"SET LOCAL ROLE {APP}".encode())
        return execute("SELECT * FROM businesses_due_for_baskets(5)").fetchall() == [(self.ours.business,)]

    def keep_documents(self) -> bool:
        """A change of a product's text reaches its document and the queue; the shop itself sees neither."""
        execute = self.connection.execute
        execute("RESET ROLE")
        execute("DELETE FROM index_outbox")
        execute(f"SET LOCAL ROLE {SAAS}".encode())
        execute("UPDATE products SET description = 'Con nata'")
        new = (
            "INSERT INTO products (id, business_id, external_id, name) VALUES (gen_random_uuid(), %s, 'N', 'Natillas')"
        )
        execute(new, [self.ours.business])
        execute("RESET ROLE")
        statement = """
        SELECT content FROM documents JOIN index_outbox USING (business_id, key)
         WHERE business_id = %s ORDER BY content"""
        contents = [content for (content,) in execute(statement, [self.ours.business])]
        return len(contents) == 2 and contents[0] == "Natillas" and contents[1].endswith(". Con nata")

    def write_documents(self) -> bool:
        """The app writes the business's own documents and index, and no product's document."""
        changes = self.changes
        done = [
            changes("UPDATE documents SET content = 'Cerrado' WHERE id = 'horario'") == 1,
            changes("UPDATE documents SET content = 'Cerrado' WHERE kind = 'product'") == 0,
            changes("DELETE FROM documents WHERE kind = 'product'") == 0,
            changes("DELETE FROM documents WHERE id = 'horario'") == 1,
            changes(INSERT_DOCUMENT, self.ours.business) == 1,
            changes("UPDATE index_entries SET vectors = 2") > 0,
            changes("UPDATE index_generations SET status = 'retired'") > 0,
            changes("DELETE FROM index_outbox") > 0,
            changes("INSERT INTO index_outbox (business_id) VALUES (%s)", self.ours.business) == 1,
            changes("INSERT INTO embedding_cache VALUES ('m', 'x', '')") == 1,
            self.count("embedding_cache") > 1,
        ]
        return all(done)

    def claim(self) -> bool:
        """Across businesses no more is told than ids, collections and counts, to whoever has the turn."""
        execute = self.connection.execute
        claimed = [execute("SELECT business_id, token FROM claim_indexing(60)").fetchone() for _ in range(3)]
        execute("SELECT release_indexing(%s)", [claimed[0].token])
        again = execute("SELECT business_id FROM claim_indexing(60)").fetchone()
        held = execute("SELECT * FROM indexed_vectors()").fetchall()
        found = {business for (business,) in execute("SELECT businesses_in_collection('shared')")}
        execute("RESET ROLE")
        execute("DELETE FROM index_outbox")
        execute(f"SET LOCAL ROLE {APP}".encode())
        queued = execute("SELECT queue_reindexing('other')").fetchone()
        execute("SELECT forget_collection('shared')")
        left = execute("SELECT * FROM indexed_vectors()").fetchall()
        ours, theirs = self.ours.business, self.theirs.business
        return (
            {row.business_id for row in claimed} == {ours, theirs, None}
            and again == (claimed[0].business_id,)
            and held == [("shared", 4)]
            and found == {ours, theirs}
            and queued == (2,)
            and left == [("shared", 0)]
        )

    def admit(self) -> bool:
        statement = "SELECT business_exists, role, spent_usd, hits FROM admit(%s, %s, 3)"
        execute = self.connection.execute
        execute("RESET ROLE")
        execute("INSERT INTO budgets SELECT %s, date_trunc('month', now() AT TIME ZONE 'UTC'), 4", [self.ours.business])
        execute(f"SET LOCAL ROLE {APP}".encode())
        for hits in (1, 2):
            row = execute(statement, [self.ours.user, self.ours.business]).fetchone()
            if row != (True, "owner", 4, hits):
                return False
        return True

    def try_own_rows(self) -> None:
        """Conversations and audit rows: the user's own within the business, and across businesses without one."""
        ours, colleague, stranger = self.ours, uuid7(), uuid7()
        with self.acting_as(APP, ours, colleague):
            self.expect(self.count("ai_conversations") == 0, "a colleague reads the user's conversations")
            self.expect(self.count("ai_audit_logs") == 1, "a member does not see the business's audit")
        for statement in (INSERT_CONVERSATION, INSERT_AUDIT):
            with self.acting_as(APP, ours):
                written = self.changes(statement, uuid7(), ours.user, ours.business)
                self.expect(written == 1, f"the app does not write: {statement}")
        with self.acting_as(APP, ours):
            written = self.changes(INSERT_CONVERSATION, uuid7(), colleague, ours.business)
            self.expect(written == 0, "a conversation can be written for another user")
        with self.acting_as(APP, None, ours.user):
            statement = f"{INSERT_AUDIT} ON CONFLICT (id) DO NOTHING RETURNING id"
            written = self.changes(statement, uuid7(), ours.user, None)
            self.expect(written == 1, "a request without a business is not audited")
            for table in ("ai_conversations", "ai_audit_logs"):
                own = self.count(table, "user_id = %s AND business_id = %s", ours.user, ours.business)
                self.expect(own == 1, f"a user does not see the own {table} without a business")
        with self.acting_as(APP, None):
            written = self.changes(statement, uuid7(), None, None)
            self.expect(written == 1, "a request of nobody is not audited")
        with self.acting_as(APP, None, stranger):
            for table in ("ai_conversations", "ai_audit_logs"):
                self.expect(self.count(table) == 0, f"a stranger reads {table}")

    def try_feedback_and_erasure(self) -> None:
        """A user rates and erases the own turns, without a business too, and nobody else's."""
        ours, theirs = self.ours, self.theirs
        with self.acting_as(APP, None, ours.user):
            rating = "UPDATE ai_feedback SET rating = 'down' WHERE conversation_id = %s"
            self.expect(self.changes(rating, ours.turn) == 1, "a user cannot rate again")
            self.expect(self.count("ai_feedback") == 1, "a user sees others' feedback")
            written = self.changes(INSERT_FEEDBACK, theirs.turn, ours.user, theirs.business)
            self.expect(written == 0, "a user rates another's turn")
        with self.acting_as("cafe_ai_erasure", ours):
            for table in ("erasures", "ai_conversations", "ai_audit_logs", "ai_feedback"):
                others = self.count(table, "user_id IS DISTINCT FROM %s", ours.user)
                self.expect(others == 0, f"erasure reaches others' {table}")
        with self.acting_as("cafe_ai_report", ours):
            others = self.count("ai_conversations", "business_id <> %s", ours.business)
            self.expect(others == 0, "the counts are of other businesses too")
        with self.acting_as(APP, ours):
            self.works("counting conversations", self.counts)
        with self.acting_as(APP, None, ours.user):
            self.works("erasure", self.erases)
            self.works("a report of experiments", self.reports)

    def try_jobs(self) -> None:
        """A job is its business's; one of the service is seen where no business is named, and by nobody who names one."""
        ours, theirs = self.ours, self.theirs
        with self.acting_as(APP, ours):
            self.expect(self.count("ai_jobs") == 1, "the app does not see its own jobs")
            self.expect(self.changes(INSERT_JOB, uuid7(), ours.business) == 1, "the app cannot start a job")
            self.expect(self.changes(INSERT_MESSAGE, uuid7(), ours.business) == 1, "the app cannot write a message")
            self.expect(self.changes(INSERT_JOB, uuid7(), None) == 0, "a business starts a job of the service")
            self.expect(self.changes(INSERT_MESSAGE, uuid7(), None) == 0, "a business writes a message of the service")
        with self.acting_as(APP, None):
            self.expect(self.changes(INSERT_JOB, uuid7(), None) == 1, "a job of the service cannot be started")
            self.expect(self.changes(INSERT_MESSAGE, uuid7(), None) == 1, "the service cannot write a message")
            self.expect(self.count("ai_jobs") == 1, "jobs of businesses are seen without one, or the service's are not")
            self.name_tenant(ours.business, ours.user)
            self.expect(self.count("ai_jobs", "business_id IS NULL") == 0, "a business sees the service's jobs")
            kept = self.changes("INSERT INTO ai_dead_letters VALUES ('m', 'q', 'b') ON CONFLICT DO NOTHING")
            self.expect(kept == 1, "a dead letter cannot be kept")
        with self.acting_as(APP, None, ours.user):
            self.works("finding a job's business", self.finds_jobs)
            self.works("what relay, sweeper and redrive ask", self.relays)
        with self.acting_as("cafe_ai_jobs", theirs):
            told = self.count("ai_jobs", "params IS NOT NULL OR result IS NOT NULL")
            self.expect(told == 0, "who looks for jobs of all businesses reads what is in them")

    def finds_jobs(self) -> bool:
        """Through the caller's memberships alone."""
        statement = "SELECT business_id, role FROM job_business(%s, %s)"
        own = self.connection.execute(statement, [self.ours.user, self.ours.job]).fetchall()
        others = self.connection.execute(statement, [self.ours.user, self.theirs.job]).fetchall()
        return own == [(self.ours.business, "owner")] and not others

    def relays(self) -> bool:
        """Of any business: messages that are due, given out once, and the ids of jobs."""
        execute = self.connection.execute
        taken = execute("SELECT * FROM claim_due_messages(10)").fetchall()
        again = execute("SELECT * FROM claim_due_messages(10)").fetchall()
        named = execute("SELECT * FROM claim_messages(%s)", [[message.id for message in taken]]).fetchall()
        execute("SELECT forget_messages(%s)", [[message.id for message in taken]])
        execute("RESET ROLE")
        left = execute("SELECT count(*) FROM ai_outbox").fetchone()
        execute("UPDATE ai_jobs SET queued_at = now() - interval '1 day'")
        execute(f"SET LOCAL ROLE {APP}".encode())
        overdue = "SELECT business_id FROM overdue_jobs('1 hour', '1 hour', 10) ORDER BY business_id"
        late = [business for (business,) in execute(overdue)]
        execute("RESET ROLE")
        execute("UPDATE ai_jobs SET gave_up = true")
        execute(f"SET LOCAL ROLE {APP}".encode())
        given_up = execute("SELECT business_id FROM given_up_jobs(NULL, NULL, NULL, 10)").fetchall()
        return (
            len(taken) == len(named) == 2
            and not again
            and left == (0,)
            and late == sorted([self.ours.business, self.theirs.business])
            and len(given_up) == 2
        )

    def counts(self) -> bool:
        counted = self.connection.execute("SELECT * FROM conversation_counts(%s)", [self.ours.business]).fetchall()
        others = self.connection.execute("SELECT * FROM conversation_counts(%s)", [self.theirs.business]).fetchall()
        use = "SELECT inferences FROM use_of_business(%s)"
        used = [self.connection.execute(use, [shop.business]).fetchone() for shop in (self.ours, self.theirs)]
        own = self.connection.execute("SELECT inferences FROM use_of_user()").fetchone()
        return (
            sorted(counted) == [("GENERAL_QUERY", 1), ("SALES_ANALYSIS", 2)]
            and not others
            and used == [(1,), (0,)]
            and own == (1,)
        )

    def measures(self) -> bool:
        """Of all businesses together, counted as an inference is written and from what was written."""
        execute = self.connection.execute
        execute("RESET ROLE")
        execute(INSERT_AUDIT, [uuid7(), self.ours.user, self.ours.business])
        execute(f"SET LOCAL ROLE {APP}".encode())
        counted = execute("SELECT sum(requests) FROM inference_counts()").fetchone()
        read = execute("SELECT sum(requests) FROM inference_counts_since('2026-01-01')").fetchone()
        alerts = execute("SELECT alerts FROM open_drift_alerts() WHERE kind = 'inputs'").fetchone()
        return counted == read == (3,) and alerts == (2,)

    def erases(self) -> bool:
        """Through the functions, and by the trigger for what comes late."""
        execute = self.connection.execute
        others = execute("SELECT erase_conversation(%s)", [self.theirs.turn]).fetchone()
        own = execute("SELECT erase_conversation(%s)", [self.ours.turn]).fetchone()
        execute("SELECT erase_conversations()")
        execute("RESET ROLE")
        words = "SELECT count(*) FROM ai_audit_logs WHERE prompt <> '' AND user_id = %s"
        turns = (
            "SELECT (SELECT count(*) FROM ai_conversations WHERE id = %s), comment FROM ai_feedback WHERE user_id = %s"
        )
        gone = execute(turns, [self.ours.turn, self.ours.user]).fetchall() == [(0, None)]
        stays = execute(turns, [self.theirs.turn, self.theirs.user]).fetchall() == [(1, "Muy bien")]
        emptied = execute(words, [self.ours.user]).fetchone() == (0,)
        kept = execute(words, [self.theirs.user]).fetchone() == (1,)
        execute(INSERT_CONVERSATION, [self.ours.turn, self.ours.user, self.ours.business])
        stayed_out = execute(turns, [self.ours.turn, self.ours.user]).fetchone()[0] == 0
        execute(f"SET LOCAL ROLE {APP}".encode())
        return (others, own) == ((False,), (True,)) and gone and stays and emptied and kept and stayed_out

    def reports(self) -> bool:
        """Of two businesses, one row each, with the first rating of each."""
        execute = self.connection.execute
        execute("RESET ROLE")
        for shop in (self.ours, self.theirs):
            statement = 'UPDATE ai_audit_logs SET variants = \'{"e": "b"}\', conversation_id = %s WHERE user_id = %s'
            execute(statement, [shop.turn, shop.user])
        execute(f"SET LOCAL ROLE {APP}".encode())
        outcomes = "SELECT variant, inferences, ups, first_rating FROM experiment_outcomes('e', '2026-01-01')"
        return execute(outcomes).fetchall() == [("b", 1, 1, "up")] * 2


@pytest.fixture(scope="module")
def shops(module_database: TestDatabase) -> tuple[Shop, Shop]:
    factory = Factory.connected(module_database)
    with psycopg.connect(module_database.superuser, autocommit=True) as superuser:
        opened = open_shop(factory, superuser), open_shop(factory, superuser)
    factory.connection.close()
    return opened


@pytest.fixture
def superuser(module_database: TestDatabase) -> Iterator[psycopg.Connection[Any]]:
    with psycopg.connect(module_database.superuser, row_factory=namedtuple_row) as connection:
        yield connection
        connection.rollback()


def test_no_role_reaches_another_business(superuser: psycopg.Connection[Any], shops: tuple[Shop, Shop]) -> None:
    assert Trial(superuser, *shops).run() == []


def test_every_table_forces_row_level_security(superuser: psycopg.Connection[Any]) -> None:
    open_tables = [
        row.name
        for row in superuser.execute(TABLES)
        if row.name not in WITHOUT_TENANT and not (row.enabled and row.forced)
    ]
    assert open_tables == []


def test_trial_notices_each_table_without_row_level_security(
    superuser: psycopg.Connection[Any], shops: tuple[Shop, Shop]
) -> None:
    tables = [row.name for row in superuser.execute(TABLES) if row.name not in WITHOUT_TENANT]
    unnoticed = []
    for table in tables:
        for weakening in ("DISABLE", "NO FORCE"):
            with superuser.transaction(force_rollback=True):
                superuser.execute(f"ALTER TABLE {table} {weakening} ROW LEVEL SECURITY".encode())
                if not Trial(superuser, *shops).notices(table):
                    unnoticed.append((table, weakening))
    assert len(tables) >= 14
    assert unnoticed == []


def test_trial_notices_each_policy_that_is_dropped_or_always_true(
    superuser: psycopg.Connection[Any], shops: tuple[Shop, Shop]
) -> None:
    policies = superuser.execute(POLICIES).fetchall()
    unnoticed = []
    for policy in policies:
        weakenings = [f"DROP POLICY {policy.name} ON {policy.table}"]
        if policy.qual not in (None, "true"):
            weakenings.append(f"ALTER POLICY {policy.name} ON {policy.table} USING (true)")
        if policy.with_check not in (None, "true"):
            weakenings.append(f"ALTER POLICY {policy.name} ON {policy.table} WITH CHECK (true)")
        for weakening in weakenings:
            with superuser.transaction(force_rollback=True):
                superuser.execute(weakening.encode())
                if not Trial(superuser, *shops).notices(policy.table):
                    unnoticed.append(weakening)
    assert len(policies) >= 20
    assert unnoticed == []
