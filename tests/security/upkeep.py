"""What notifications, schedules and cleanup add to the trial of row-level security."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cafe_ai.platform.ids import uuid7
from infra.local.postgres import APP, SAAS

if TYPE_CHECKING:
    from uuid import UUID

    import psycopg

    from tests.security.test_row_level_security import Trial

INSERT_CHANNEL = "INSERT INTO notification_channels (id, business_id, kind, address) VALUES (%s, %s, 'email', %s)"
INSERT_DELIVERY = """
INSERT INTO notification_deliveries (id, business_id, channel_id, job_id, event, finished_at)
VALUES (%s, %s, %s, %s, %s, now())"""
INSERT_CHECK = "INSERT INTO rollup_checks VALUES (%s, now())"
INSERT_PAST = "INSERT INTO past_conversations VALUES (%s, %s, 'SALES_ANALYSIS', 2)"
INSERT_MODEL = """
INSERT INTO ml_models (business_id, kind, version, trained_until, data_hash, code_version, features, backtest, files)
VALUES (%s, 'demand', '2026050403000000001', '2026-05-03', repeat('0', 64), '1', '{}', '{}', '{}')"""
INSERT_FORECAST = """
INSERT INTO ml_forecasts (business_id, product_id, starts_on, days, expected, low80, high80, low95, high95, spans, method, notes,
                          kind, model_version)
VALUES (%s, NULL, '2026-05-04', 1, '{1}', '{1}', '{1}', '{1}', '{1}', '{}', 'm', '{}', 'demand', '2026050403000000001')"""
MONDAY = "2026-05-04 12:00+02"


def insert_upkeep(superuser: psycopg.Connection[Any], business: UUID, user: UUID, job: UUID) -> UUID:
    """A row of each table for the business; the channel's id."""
    channel = uuid7()
    superuser.execute(INSERT_CHANNEL, [channel, business, "ana@example.com"])
    superuser.execute(INSERT_DELIVERY, [uuid7(), business, channel, job, "job.completed"])
    superuser.execute(INSERT_CHECK, [business])
    superuser.execute(INSERT_PAST, [business, user])
    superuser.execute(INSERT_MODEL, [business])
    superuser.execute(INSERT_FORECAST, [business])
    superuser.execute("UPDATE businesses SET weekly_report = true WHERE id = %s", [business])
    return channel


def try_upkeep(trial: Trial) -> None:
    """What must work, and what must not, of both."""
    _try_notifications(trial)
    _try_past_conversations(trial)
    with trial.acting_as(APP, trial.ours):
        seen = trial.changes("UPDATE rollup_checks SET checked_at = now() WHERE business_id = %s", trial.ours.business)
        trial.expect(seen == 1, "a check of the rollups cannot be noted")
    with trial.acting_as(APP, None):
        trial.works("listing whose weekly report is due", lambda: _lists_reports(trial))
        trial.works("listing whose models are to be trained", lambda: _lists_trainings(trial))
        trial.works("listing whose rollups are to be checked", lambda: _lists_checks(trial))
        trial.works("cleaning up", lambda: _cleans(trial))
    with trial.acting_as(APP, trial.ours):
        trial.expect(trial.count("ml_models") == 1, "the app does not see its own models")
        trial.expect(trial.changes("UPDATE ml_models SET reason = 'x'") == 1, "a model cannot be judged")
        trial.expect(trial.changes("DELETE FROM ml_forecasts") == 1, "a forecast cannot be replaced")
        written = trial.changes(INSERT_FORECAST, trial.ours.business)
        trial.expect(written == 1, "no forecast can be stored")
    with trial.acting_as("cafe_ai_schedules", trial.theirs):
        told = trial.count("businesses", "name IS NOT NULL") + trial.count("ai_jobs", "params IS NOT NULL")
        told += trial.count("rollup_hours", "net IS NOT NULL")
        trial.expect(told == 0, "who looks for what is due reads more than that")
    with trial.acting_as("cafe_ai_cleanup", trial.theirs):
        told = trial.count("ai_conversations", "prompt IS NOT NULL") + trial.count("ai_jobs", "result IS NULL")
        trial.expect(told == 0, "who cleans up reads what it removes")


def _try_notifications(trial: Trial) -> None:
    ours, theirs = trial.ours, trial.theirs
    for role, table in (
        (SAAS, "notification_channels"),
        (APP, "notification_channels"),
        (SAAS, "notification_deliveries"),
    ):
        with trial.acting_as(role, ours):
            trial.expect(trial.count(table) == 1, f"{role} does not see its own {table}")
    with trial.acting_as(SAAS, ours):
        trial.expect(trial.changes(INSERT_CHANNEL, uuid7(), ours.business, "b@c.de") == 1, "no channel can be made")
        trial.expect(
            trial.changes("UPDATE notification_channels SET active = false") == 2, "no channel can be switched off"
        )
    with trial.acting_as(APP, ours):
        written = trial.changes(INSERT_DELIVERY, uuid7(), ours.business, ours.channel, ours.job, "job.failed")
        trial.expect(written == 1, "no delivery can be written")
        trial.expect(
            trial.changes("UPDATE notification_deliveries SET attempts = 1") == 2, "no delivery can be claimed"
        )
        written = trial.changes(INSERT_DELIVERY, uuid7(), ours.business, theirs.channel, ours.job, "job.failed")
        trial.expect(written == 0, "a delivery goes to another business's channel")
        trial.expect(trial.changes("UPDATE notification_channels SET active = false") == 0, "the app changes channels")


def _try_past_conversations(trial: Trial) -> None:
    ours = trial.ours
    with trial.acting_as(APP, ours):
        trial.expect(trial.count("past_conversations") == 1, "a user's past conversations are not counted here")
    with trial.acting_as(APP, None, ours.user):
        trial.expect(trial.count("past_conversations") == 1, "a user's past conversations are not counted anywhere")
    with trial.acting_as(APP, ours, uuid7()):
        trial.expect(trial.count("past_conversations") == 0, "a colleague's past conversations are seen")
    with trial.acting_as(APP, None, uuid7()):
        trial.expect(trial.count("past_conversations") == 0, "a stranger's past conversations are seen")
    with trial.acting_as("cafe_ai_report", ours):
        others = trial.count("past_conversations", "business_id <> %s", ours.business)
        trial.expect(others == 0, "past conversations are counted of other businesses too")


def _lists_reports(trial: Trial) -> bool:
    """Both businesses' until one is started."""
    execute, ours, theirs = trial.connection.execute, trial.ours.business, trial.theirs.business
    due = "SELECT business_id, idempotency_key FROM weekly_reports_due(%s, 10) ORDER BY business_id"
    before = execute(due, [MONDAY]).fetchall()
    if [row.business_id for row in before] != sorted([ours, theirs]):
        return False
    execute("RESET ROLE")
    execute("UPDATE ai_jobs SET idempotency_key = %s WHERE id = %s", [before[0].idempotency_key, trial.ours.job])
    execute(f"SET LOCAL ROLE {APP}".encode())
    after = execute(due, [MONDAY]).fetchall()
    return [row.business_id for row in before] == sorted([ours, theirs]) and [row.business_id for row in after] == [
        theirs
    ]


def _lists_trainings(trial: Trial) -> bool:
    """Both businesses', for both sold something; until one is started."""
    execute, ours, theirs = trial.connection.execute, trial.ours.business, trial.theirs.business
    execute("RESET ROLE")
    execute("UPDATE rollup_hours SET business_date = '2026-05-03', orders = 1")
    execute("UPDATE ai_jobs SET idempotency_key = 'train:2026-05-04' WHERE id = %s", [trial.ours.job])
    execute(f"SET LOCAL ROLE {APP}".encode())
    found = execute("SELECT business_id FROM trainings_due(%s, 10)", [MONDAY]).fetchall()
    before = execute("SELECT business_id FROM trainings_due(%s, 10)", ["2026-05-05 12:00+02"]).fetchall()
    return found == [(theirs,)] and sorted(before) == sorted([(ours,), (theirs,)])


def _lists_checks(trial: Trial) -> bool:
    execute = trial.connection.execute
    due = "SELECT * FROM businesses_due_for_rollup_check(now() - interval '1 hour', 10)"
    none = execute(due).fetchall()
    execute("RESET ROLE")
    execute(
        "UPDATE rollup_checks SET checked_at = now() - interval '1 day' WHERE business_id = %s", [trial.ours.business]
    )
    execute(f"SET LOCAL ROLE {APP}".encode())
    return none == [] and execute(due).fetchall() == [(trial.ours.business,)]


def _cleans(trial: Trial) -> bool:
    """Of every business, what is old alone: first nothing is, then one of each business."""
    execute = trial.connection.execute
    fresh = _clean(trial)
    execute("RESET ROLE")
    old = "now() - interval '2 days'"
    execute(f"UPDATE ai_jobs SET status = 'completed', finished_at = {old}".encode())
    execute(f"UPDATE ai_conversations SET created_at = {old}".encode())
    execute(f'UPDATE ai_audit_logs SET "timestamp" = {old}'.encode())
    execute(f"UPDATE ai_feedback SET rated_at = {old}".encode())
    execute(f"UPDATE ai_dead_letters SET received_at = {old}".encode())
    execute(f"SET LOCAL ROLE {APP}".encode())
    cleaned = _clean(trial)
    execute("RESET ROLE")
    kept = execute(
        "SELECT count(*), sum(conversations) FROM past_conversations UNION ALL "
        "SELECT count(*), count(*) FILTER (WHERE prompt = '' AND tokens_used = 0) FROM ai_audit_logs"
    ).fetchall()
    execute(f"SET LOCAL ROLE {APP}".encode())
    return fresh == (0, 0, 0, 0, 0, 0) and cleaned == (2, 2, 2, 2, 2, 2) and kept == [(4, 6), (2, 2)]


def _clean(trial: Trial) -> tuple[int, ...]:
    execute = trial.connection.execute
    jobs = [row.id for row in execute("SELECT id FROM past_jobs(now(), 10)")]
    statement = """
    SELECT jobs, deliveries, remove_past_conversations(now(), 10), empty_past_audit(now(), 10), empty_past_feedback(now(), 10),
           remove_past_dead_letters(now(), 10) FROM remove_past_jobs(now(), %s)"""
    (row,) = execute(statement, [jobs]).fetchall()
    return tuple(row)
