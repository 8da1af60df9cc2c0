"""What each role may do, asked of the catalogue: no more than is written here, on tables made tomorrow too."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from psycopg.rows import namedtuple_row

from cafe_ai.platform.ids import uuid7
from infra.local.postgres import APP, OWNER, SAAS
from tests.support.factories import Factory
from tests.support.postgres import TestDatabase

LOGIN_ROLES = (APP, SAAS)
NOLOGIN_ROLES = (
    "cafe_ai_rollup", "cafe_ai_admission", "cafe_ai_baskets", "cafe_ai_cleanup", "cafe_ai_erasure", "cafe_ai_examples",
    "cafe_ai_index", "cafe_ai_jobs", "cafe_ai_monitoring", "cafe_ai_offboarding", "cafe_ai_report", "cafe_ai_schedules"
)  # fmt: skip

READ, WRITE = frozenset({"SELECT"}), frozenset({"SELECT", "INSERT", "UPDATE", "DELETE"})
APPEND, COUNT = WRITE - {"UPDATE", "DELETE"}, WRITE - {"DELETE"}
SHOPS_TABLES = (
    "businesses", "products", "customers", "orders", "order_lines", "reviews", "stock_outs", "promotions",
)  # fmt: skip
ROLLUPS = ("rollup_hours", "rollup_products", "business_labels")
RECOMMENDATIONS = ("recommendation_runs", "product_pairs", "product_dayparts", "search_misses")
FEATURES = ("feature_snapshots", "customer_features", "product_features", "shop_features")
TABLE_PRIVILEGES = {
    APP: {
        **dict.fromkeys(
            (*SHOPS_TABLES, *ROLLUPS, "measured_lines", "notification_channels", "past_conversations"), READ
        ),
        **dict.fromkeys(("ai_conversations", "ai_audit_logs"), APPEND),
        **dict.fromkeys(RECOMMENDATIONS, WRITE),
        **dict.fromkeys(FEATURES, WRITE),
        **dict.fromkeys(("ai_feedback", "ai_jobs", "ml_models", "notification_deliveries", "rollup_checks"), COUNT),
        **dict.fromkeys(("drift_alerts", "ml_forecasts"), WRITE),
        "approved_examples": WRITE - {"UPDATE"},
        "review_analyses": WRITE,
        "review_corrections": COUNT,
        **dict.fromkeys(("ai_outbox", "ai_dead_letters"), frozenset({"INSERT"})),
        **dict.fromkeys(("documents", "index_generations", "index_entries"), WRITE),
        **dict.fromkeys(("index_outbox", "embedding_cache"), WRITE - {"UPDATE"}),
    },
    SAAS: {
        "review_corrections": COUNT,
        **dict.fromkeys((*SHOPS_TABLES, "memberships", "notification_channels"), WRITE),
        **dict.fromkeys(("measured_lines", "notification_deliveries"), READ),
    },
    "cafe_ai_rollup": {
        **dict.fromkeys(("orders", "products", "order_lines", "measured_lines"), READ),
        **dict.fromkeys(ROLLUPS, WRITE - {"UPDATE"}),
    },
    "cafe_ai_admission": {
        **dict.fromkeys(("businesses", "memberships"), READ),
        **dict.fromkeys(("rate_limits", "budgets"), COUNT),
        "budget_reservations": WRITE,
    },
    "cafe_ai_baskets": {},
    "cafe_ai_schedules": {},
    "cafe_ai_cleanup": {
        **dict.fromkeys(
            (
                "ai_jobs",
                "notification_deliveries",
                "ai_conversations",
                "ai_dead_letters",
                "approved_examples",
                "erasures",
                "rate_limits",
                "search_misses",
            ),
            frozenset({"DELETE"}),
        ),
        "past_conversations": COUNT,
    },
    "cafe_ai_erasure": {
        "erasures": WRITE,
        **dict.fromkeys(("ai_conversations", "approved_examples"), frozenset({"DELETE"})),
    },
    "cafe_ai_offboarding": {
        **dict.fromkeys(
            (
                "businesses",
                "customers",
                "orders",
                "order_lines",
                "reviews",
                "review_analyses",
                "ai_conversations",
                "approved_examples",
                "search_misses",
                "ai_jobs",
                "ai_dead_letters",
                "ai_outbox",
            ),
            frozenset({"DELETE"}),
        ),
        "erasure_records": frozenset({"SELECT", "INSERT"}),
    },
    "cafe_ai_examples": {"model_routes": READ},
    "cafe_ai_report": {},
    "cafe_ai_jobs": {"ai_outbox": frozenset({"SELECT", "DELETE"})},
    "cafe_ai_monitoring": {"ai_metrics": COUNT},
    "cafe_ai_index": {
        **dict.fromkeys(("index_generations", "product_documents"), READ),
        "documents": COUNT,
        "index_leases": WRITE,
        "index_entries": frozenset({"SELECT", "DELETE"}),
        "index_outbox": APPEND,
    },
    "public": {},
}
OFFBOARDING = (  # reads words only to find whom it forgets, and only of its transaction's business
    ("ai_audit_logs", "SELECT", "business_id error_message plan prompt response user_id"),
    ("ai_audit_logs", "UPDATE", "error_message plan prompt response user_id"),
    ("ai_conversations", "SELECT", "business_id plan prompt response"),
    ("ai_dead_letters", "SELECT", "body"),
    ("ai_feedback", "SELECT", "business_id comment"),
    ("ai_feedback", "UPDATE", "comment"),
    ("ai_jobs", "SELECT", "business_id error id params result"),
    ("ai_outbox", "SELECT", "body business_id"),
    ("approved_examples", "SELECT", "business_id plan question"),
    ("businesses", "SELECT", "id name"),
    ("customers", "SELECT", "business_id external_id id name"),
    ("documents", "SELECT", "business_id content kind metadata title"),
    ("documents", "UPDATE", "content metadata title updated_at"),
    ("notification_deliveries", "SELECT", "business_id last_error reason"),
    ("notification_deliveries", "UPDATE", "last_error reason"),
    ("order_lines", "SELECT", "business_id"),
    ("orders", "SELECT", "business_id customer_id"),
    ("orders", "UPDATE", "customer_id"),
    ("review_analyses", "SELECT", "business_id review_id"),
    ("reviews", "SELECT", "business_id id text"),
    ("reviews", "UPDATE", "text"),
    ("search_misses", "SELECT", "business_id query"),
)
FUNCTIONS_CALLED = {
    APP: {
        "admit", "any_of_words", "budget_reserve", "budget_settle", "budget_spend", "budget_standing", "business_clock",
        "businesses_due_for_baskets", "businesses_due_for_rollup_check", "businesses_in_collection",
        "claim_due_messages", "claim_indexing", "claim_messages",
        "conversation_counts", "current_business_id", "current_model_routes", "current_user_id",
        "empty_past_audit", "empty_past_feedback",
        "erase_conversation", "erase_conversations", "experiment_outcomes", "forget_collection", "forget_customer",
        "forget_messages", "jobs_about_customer", "offboard_business", "remove_past_traces",
        "given_up_jobs", "indexed_vectors", "inference_counts", "inference_counts_since", "job_business",
        "mend_rollups", "new_id", "open_drift_alerts", "outbox_wait", "overdue_jobs", "past_jobs", "queue_reindexing",
        "recent_inference_errors", "release_indexing", "remove_past_conversations", "remove_past_dead_letters",
        "remove_past_examples", "remove_past_jobs", "review_analyses_due",
        "rollup_differences", "search_terms", "shared_examples",
        "take_due_messages", "take_messages", "trainings_due", "use_of_business", "use_of_user", "weekly_reports_due",
    },
    SAAS: {"business_clock", "current_business_id", "current_user_id", "new_id"},
    "cafe_ai_rollup": {"business_clock", "current_business_id", "current_user_id"},
    **dict.fromkeys(
        ("cafe_ai_admission", "cafe_ai_erasure", "cafe_ai_report"),
        frozenset({"current_business_id", "current_user_id"}),
    ),
    "cafe_ai_baskets": set(),
    "cafe_ai_schedules": set(),
    "cafe_ai_cleanup": {"is_past"},
    "cafe_ai_offboarding": {"current_business_id", "folded", "names_person", "new_id", "search_terms", "without_person"},
    "cafe_ai_examples": set(),
    "cafe_ai_jobs": {"outbox_wait"},
    "cafe_ai_monitoring": {"metric_endpoint", "response_bucket"},
    "cafe_ai_index": {"current_business_id", "new_id", "search_terms", "any_of_words"},
    "public": set(),
}  # fmt: skip

OUR_FUNCTIONS = """
SELECT oid::regprocedure::text AS name, prosecdef AS definer, coalesce(proconfig, '{}') AS settings,
       pg_get_userbyid(proowner) AS owner, has_function_privilege('public', oid, 'EXECUTE') AS open
  FROM pg_proc
 WHERE pronamespace = 'public'::regnamespace
   AND NOT EXISTS (SELECT FROM pg_depend WHERE objid = pg_proc.oid AND deptype = 'e')"""


@pytest.fixture
def superuser(module_database: TestDatabase) -> Iterator[psycopg.Connection[Any]]:
    with psycopg.connect(module_database.superuser, row_factory=namedtuple_row) as connection:
        yield connection
        connection.rollback()


def test_roles_own_nothing_and_bypass_nothing(superuser: psycopg.Connection[Any]) -> None:
    roles = superuser.execute(
        """SELECT rolname AS name, rolcanlogin AS login,
                  rolsuper OR rolbypassrls OR rolcreaterole OR rolcreatedb OR rolreplication AS powerful,
                  EXISTS (SELECT FROM pg_auth_members WHERE member = pg_roles.oid) AS is_member,
                  (SELECT count(*) FROM pg_class WHERE relowner = pg_roles.oid) AS relations
             FROM pg_roles WHERE rolname = ANY (%s) ORDER BY 1""",
        [[*LOGIN_ROLES, *NOLOGIN_ROLES]],
    ).fetchall()
    assert [(role.name, role.login, role.powerful, role.is_member, role.relations) for role in roles] == [
        ("cafe_ai_admission", False, False, False, 0),
        (APP, True, False, False, 0),
        ("cafe_ai_baskets", False, False, False, 0),
        ("cafe_ai_cleanup", False, False, False, 0),
        ("cafe_ai_erasure", False, False, False, 0),
        ("cafe_ai_examples", False, False, False, 0),
        ("cafe_ai_index", False, False, False, 0),
        ("cafe_ai_jobs", False, False, False, 0),
        ("cafe_ai_monitoring", False, False, False, 0),
        ("cafe_ai_offboarding", False, False, False, 0),
        ("cafe_ai_report", False, False, False, 0),
        ("cafe_ai_rollup", False, False, False, 0),
        (SAAS, True, False, False, 0),
        ("cafe_ai_schedules", False, False, False, 0),
    ]


@pytest.mark.parametrize("role", NOLOGIN_ROLES)
def test_nobody_can_become_a_role_that_sees_every_business(superuser: psycopg.Connection[Any], role: str) -> None:
    statement = "SELECT pg_has_role(%s, %s, 'USAGE') OR pg_has_role(%s, %s, 'SET')"
    for member in (OWNER, APP, SAAS):
        assert superuser.execute(statement, [member, role, member, role]).fetchone() == (False,), member


def test_functions_are_closed_to_the_public_and_definers_are_pinned(superuser: psycopg.Connection[Any]) -> None:
    functions = superuser.execute(OUR_FUNCTIONS).fetchall()
    definers = [function for function in functions if function.definer]
    assert [function.name for function in functions if function.open] == []
    assert len(definers) >= 8
    for function in definers:
        assert "search_path=pg_catalog, public, pg_temp" in function.settings, function.name
        assert function.owner in NOLOGIN_ROLES, function.name


def test_views_are_read_with_the_readers_own_rights(superuser: psycopg.Connection[Any]) -> None:
    views = superuser.execute(
        """SELECT relname, coalesce(reloptions, '{}') FROM pg_class
            WHERE relnamespace = 'public'::regnamespace AND relkind IN ('v', 'm')"""
    ).fetchall()
    assert views
    assert [name for name, options in views if "security_invoker=true" not in options] == []


@pytest.mark.parametrize("role", LOGIN_ROLES)
def test_roles_may_call_no_function_that_writes_across_businesses(
    superuser: psycopg.Connection[Any], role: str
) -> None:
    may = "SELECT has_function_privilege(%s, %s, 'EXECUTE')"
    for function in ("refresh_rollups(uuid, date[])", "touch_names(uuid[])"):
        assert superuser.execute(may, [role, function]).fetchone() == (False,)


@pytest.mark.parametrize("role", TABLE_PRIVILEGES)
def test_roles_have_these_rights_on_tables_and_no_others(superuser: psycopg.Connection[Any], role: str) -> None:
    """Neither who is a member nor what was spent is read by the functions, nor an answer by the SaaS."""
    granted: dict[str, set[str]] = {}
    statement = """
    SELECT relname, privilege FROM pg_class,
           unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'REFERENCES', 'TRIGGER']) AS privilege
     WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'v', 'm')
       AND has_table_privilege(%s, oid, privilege)"""
    for table, privilege in superuser.execute(statement, [role]):
        granted.setdefault(table, set()).add(privilege)
    assert granted == TABLE_PRIVILEGES[role]


def test_roles_have_these_rights_on_single_columns_and_no_others(superuser: psycopg.Connection[Any]) -> None:
    columns = """
    SELECT grantee, table_name, privilege_type, array_agg(column_name::text ORDER BY column_name)
      FROM information_schema.column_privileges AS of_column
     WHERE table_schema = 'public' AND grantee LIKE 'cafe\\_ai\\_%%' AND grantee <> %s
       AND NOT has_table_privilege(grantee, table_name::text, privilege_type)
      GROUP BY 1, 2, 3 ORDER BY 1, 2, 3"""
    words = ["error_message", "plan", "prompt", "response"]
    look = "gave_up id kind lease_expires_at queued_at status"
    example = "asked_on assistant_type business_id business_type created_at locale plan question"
    use = "business_id conversation_id cost_usd degraded response_time_ms status timestamp tokens_used user_id variants"
    counted = (
        "completion_tokens cost_usd degraded endpoint error_message model_name prompt_tokens request_id response_time_ms "
        "status timestamp tokens_used"
    )
    assert [tuple(row) for row in superuser.execute(columns, [OWNER])] == [
        ("cafe_ai_baskets", "businesses", "SELECT", ["id"]),
        ("cafe_ai_baskets", "orders", "SELECT", ["business_id", "id"]),
        ("cafe_ai_baskets", "recommendation_runs", "SELECT", ["business_id", "computed_at", "newest_order"]),
        ("cafe_ai_cleanup", "ai_audit_logs", "SELECT", sorted([*words, "id", "timestamp"])),
        ("cafe_ai_cleanup", "ai_audit_logs", "UPDATE", words),
        (
            "cafe_ai_cleanup",
            "ai_conversations",
            "SELECT",
            ["assistant_type", "business_id", "created_at", "id", "user_id"],
        ),
        ("cafe_ai_cleanup", "ai_conversations", "UPDATE", ["id"]),
        ("cafe_ai_cleanup", "ai_dead_letters", "SELECT", ["message_id", "queue", "received_at"]),
        ("cafe_ai_cleanup", "ai_feedback", "SELECT", ["comment", "conversation_id", "rated_at", "user_id"]),
        ("cafe_ai_cleanup", "ai_feedback", "UPDATE", ["comment"]),
        ("cafe_ai_cleanup", "ai_jobs", "SELECT", ["business_id", "finished_at", "id", "kind", "status"]),
        ("cafe_ai_cleanup", "ai_jobs", "UPDATE", ["id"]),
        ("cafe_ai_cleanup", "approved_examples", "SELECT", ["conversation_id", "created_at"]),
        ("cafe_ai_cleanup", "approved_examples", "UPDATE", ["conversation_id"]),
        ("cafe_ai_cleanup", "erasures", "SELECT", ["erased_at"]),
        ("cafe_ai_cleanup", "notification_deliveries", "SELECT", ["job_id"]),
        ("cafe_ai_cleanup", "rate_limits", "SELECT", ["hits", "user_id"]),
        ("cafe_ai_cleanup", "search_misses", "SELECT", ["business_id", "last_at", "query"]),
        ("cafe_ai_erasure", "ai_audit_logs", "SELECT", sorted([*words, "conversation_id", "user_id"])),
        ("cafe_ai_erasure", "ai_audit_logs", "UPDATE", words),
        ("cafe_ai_erasure", "ai_conversations", "SELECT", ["id", "user_id"]),
        ("cafe_ai_erasure", "ai_feedback", "SELECT", ["comment", "conversation_id", "user_id"]),
        ("cafe_ai_erasure", "ai_feedback", "UPDATE", ["comment"]),
        ("cafe_ai_erasure", "approved_examples", "SELECT", ["conversation_id", "user_id"]),
        ("cafe_ai_erasure", "review_corrections", "SELECT", ["user_id"]),
        ("cafe_ai_erasure", "review_corrections", "UPDATE", ["user_id"]),
        ("cafe_ai_examples", "approved_examples", "SELECT", example.split()),
        ("cafe_ai_examples", "businesses", "SELECT", ["id", "shares_examples"]),
        ("cafe_ai_examples", "model_routes", "INSERT", ["business_type", "evaluation", "model_name", "reason"]),
        ("cafe_ai_examples", "model_routes", "UPDATE", ["rolled_back_at", "rolled_back_reason"]),
        ("cafe_ai_index", "businesses", "SELECT", ["id"]),
        (
            "cafe_ai_index",
            "products",
            "SELECT",
            ["business_id", "category", "description", "external_id", "id", "name"],
        ),
        ("cafe_ai_jobs", "ai_jobs", "SELECT", sorted([*look.split(), "business_id", "finished_at"])),
        ("cafe_ai_jobs", "ai_outbox", "UPDATE", ["attempts", "available_at"]),
        ("cafe_ai_jobs", "memberships", "SELECT", ["business_id", "role", "user_id"]),
        ("cafe_ai_monitoring", "ai_audit_logs", "SELECT", sorted(counted.split())),
        ("cafe_ai_monitoring", "drift_alerts", "SELECT", ["cleared_at", "kind"]),
        *[("cafe_ai_offboarding", table, right, names.split()) for table, right, names in OFFBOARDING],
        ("cafe_ai_report", "ai_audit_logs", "SELECT", use.split()),
        ("cafe_ai_report", "ai_conversations", "SELECT", ["assistant_type", "business_id"]),
        ("cafe_ai_report", "ai_feedback", "SELECT", ["conversation_id", "first_rated_at", "first_rating", "rating"]),
        ("cafe_ai_report", "past_conversations", "SELECT", ["assistant_type", "business_id", "conversations"]),
        ("cafe_ai_rollup", "businesses", "SELECT", ["day_starts", "id", "names_version", "timezone"]),
        ("cafe_ai_rollup", "businesses", "UPDATE", ["names_version"]),
        ("cafe_ai_rollup", "orders", "UPDATE", ["business_date", "is_sale", "local_hour"]),
        ("cafe_ai_schedules", "ai_jobs", "SELECT", ["business_id", "idempotency_key", "user_id"]),
        ("cafe_ai_schedules", "businesses", "SELECT", ["day_starts", "id", "timezone", "weekly_report"]),
        ("cafe_ai_schedules", "review_analyses", "SELECT", ["business_id", "review_id"]),
        ("cafe_ai_schedules", "reviews", "SELECT", ["business_id", "id"]),
        ("cafe_ai_schedules", "rollup_checks", "SELECT", ["business_id", "checked_at"]),
        ("cafe_ai_schedules", "rollup_hours", "SELECT", ["business_date", "business_id", "orders"]),
    ]


@pytest.mark.parametrize("role", FUNCTIONS_CALLED)
def test_roles_may_call_these_functions_and_no_others(superuser: psycopg.Connection[Any], role: str) -> None:
    """Functions that a role owns are left out: it may call them, but no one may become that role."""
    statement = """
    SELECT proname FROM pg_proc
     WHERE pronamespace = 'public'::regnamespace AND has_function_privilege(%s, oid, 'EXECUTE')
       AND pg_get_userbyid(proowner) <> %s
       AND NOT EXISTS (SELECT FROM pg_depend WHERE objid = pg_proc.oid AND deptype = 'e')"""
    assert {name for (name,) in superuser.execute(statement, [role, role])} == FUNCTIONS_CALLED[role]


def test_table_put_in_front_of_a_definers_table_changes_nothing(
    module_database: TestDatabase,
) -> None:
    """A role may make temporary tables, and name them like ours."""
    factory, stranger = Factory.connected(module_database), uuid7()
    business = factory.insert_business()
    factory.connection.close()
    with psycopg.connect(module_database.app) as app:
        app.execute("CREATE TEMPORARY TABLE memberships (business_id uuid, user_id uuid, role text)")
        app.execute("INSERT INTO memberships VALUES (%s, %s, 'owner')", [business, stranger])
        app.execute("GRANT ALL ON memberships TO PUBLIC")
        row = app.execute("SELECT role, name FROM admit(%s, %s, 100)", [stranger, business]).fetchone()
        app.rollback()
    assert row == (None, None)


def test_clock_is_the_real_business_s_whatever_the_path(
    module_database: TestDatabase, superuser: psycopg.Connection[Any]
) -> None:
    factory = Factory.connected(module_database)
    business = factory.insert_business(timezone="Europe/Madrid")
    execute = factory.connection.execute
    with factory.connection.transaction(force_rollback=True):
        execute(
            "CREATE TEMPORARY TABLE businesses AS SELECT id, 'Pacific/Auckland' AS timezone, day_starts FROM businesses"
        )
        execute("SET LOCAL search_path = pg_temp, public")
        factory.insert_order(business)
        assert execute("SELECT local_hour FROM orders").fetchone() == (14,)
    factory.connection.close()
