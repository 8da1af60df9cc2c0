"""What forgetting customers and businesses adds to the trial of row-level security."""

from __future__ import annotations

from typing import TYPE_CHECKING

from infra.local.postgres import APP

if TYPE_CHECKING:
    from uuid import UUID

    from tests.security.test_row_level_security import Trial

ROLE = "cafe_ai_offboarding"
INSERT_RECORD = "INSERT INTO erasure_records (business_id, kind, figures) VALUES (%s, 'customer', '{}')"
REACHED = (
    "customers", "orders", "order_lines", "reviews", "review_analyses", "documents", "ai_conversations", "ai_audit_logs",
    "ai_feedback", "approved_examples", "search_misses", "ai_jobs", "notification_deliveries", "ai_outbox",
)  # fmt: skip


def try_offboarding(trial: Trial) -> None:
    """Who forgets reaches the rows of its transaction's own business, all of them and no others."""
    ours, theirs = trial.ours, trial.theirs
    with trial.acting_as(ROLE, ours):
        for table in REACHED:
            own = trial.count(table, "business_id = %s", ours.business)
            trial.expect(own >= 1, f"what is to be forgotten in {table} is not seen")
            trial.expect(trial.count(table) == own, f"others' {table} can be forgotten")
        trial.expect(trial.count("businesses") == 1, "another business can be removed, or the own one cannot")
        trial.expect(trial.changes(INSERT_RECORD, ours.business) == 1, "an erasure is not recorded")
        trial.expect(trial.changes(INSERT_RECORD, theirs.business) == 0, "an erasure is recorded of another business")
        trial.expect(trial.count("memberships") == 0, "who forgets reads who is a member")
        _write_dead_letter(trial, ours.business)
        _write_dead_letter(trial, theirs.business)
        trial.expect(trial.count("ai_dead_letters", "body <> ''") == 1, "dead letters of others can be forgotten")
    with trial.acting_as(APP, ours):
        trial.works("telling what was erased", lambda: _is_told(trial))
        trial.works("removing traces", lambda: _removes_traces(trial))


def _write_dead_letter(trial: Trial, business: UUID) -> None:
    execute = trial.connection.execute
    execute("RESET ROLE")
    execute("INSERT INTO ai_dead_letters VALUES (%s, 'q2', %s)", [str(business), f"Hola {business}"])
    execute(f"SET LOCAL ROLE {ROLE}".encode())


def _is_told(trial: Trial) -> bool:
    """To operators alone, who own the tables."""
    execute = trial.connection.execute
    if trial.changes("SELECT * FROM erasure_history()"):
        return False
    execute("RESET ROLE")
    told = execute("SELECT count(*) FROM erasure_history()").fetchone()
    execute(f"SET LOCAL ROLE {APP}".encode())
    return told is not None and told[0] == 2


def _removes_traces(trial: Trial) -> bool:
    """Of both shops' the old ones alone: a tombstone, two rates and a search in vain."""
    execute = trial.connection.execute
    execute("RESET ROLE")
    execute("UPDATE erasures SET erased_at = now() - interval '61 days' WHERE user_id = %s", [trial.ours.user])
    execute("UPDATE rate_limits SET hits = ARRAY[now() - interval '2 days']")
    misses = "UPDATE search_misses SET last_at = now() - interval '181 days' WHERE business_id = %s"
    execute(misses, [trial.ours.business])
    before = [execute(f"SELECT count(*) FROM {table}".encode()).fetchone()[0] for table in TRACES]
    execute(f"SET LOCAL ROLE {APP}".encode())
    removed = execute("SELECT remove_past_traces(now(), 10)").fetchone()[0]
    execute("RESET ROLE")
    after = [execute(f"SELECT count(*) FROM {table}".encode()).fetchone()[0] for table in TRACES]
    execute(f"SET LOCAL ROLE {APP}".encode())
    return removed == 4 and [old - new for old, new in zip(before, after, strict=True)] == [1, 2, 1]


TRACES = ("erasures", "rate_limits", "search_misses")
