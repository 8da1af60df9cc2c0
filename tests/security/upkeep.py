"""What notifications, schedules, cleanup and approved examples add to the trial of row-level security."""

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
INSERT_ALERT = """
INSERT INTO drift_alerts (business_id, kind, subject, measured, allowed, said) VALUES (%s, 'inputs', 'price', 1, 0.5, 's')"""
INSERT_FORECAST = """
INSERT INTO ml_forecasts (business_id, product_id, starts_on, days, expected, low80, high80, low95, high95, spans, method, notes,
                          kind, model_version)
VALUES (%s, NULL, '2026-05-04', 1, '{1}', '{1}', '{1}', '{1}', '{1}', '{}', 'm', '{}', 'demand', '2026050403000000001')"""
INSERT_ANALYSIS = """
INSERT INTO review_analyses (business_id, review_id, label, score, aspects, model_version, text_hash)
SELECT business_id, id, 'positive', 0.9, '[]', '1', sha256('x') FROM reviews WHERE business_id = %s LIMIT 1"""
INSERT_CORRECTION = """
INSERT INTO review_corrections (business_id, review_id, label, user_id)
SELECT business_id, id, 'negative', %s FROM reviews WHERE business_id = %s LIMIT 1"""
INSERT_EXAMPLE = """
INSERT INTO approved_examples (conversation_id, business_id, user_id, business_type, assistant_type, locale, question, plan,
                               asked_on, asked_at)
VALUES (%s, %s, %s, 'cafeteria', 'GENERAL_QUERY', 'es', '¿Ventas de ayer?', '{}', '2026-05-04', now())"""
INSERT_ROUTE = (
    "INSERT INTO model_routes (business_type, model_name, evaluation, reason) VALUES ('cafeteria', 'm', '{}', 'r')"
)
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
    superuser.execute(INSERT_ALERT, [business])
    superuser.execute(INSERT_EXAMPLE, [uuid7(), business, user])
    superuser.execute(INSERT_ROUTE)
    superuser.execute(INSERT_ANALYSIS, [business])
    superuser.execute(INSERT_CORRECTION, [user, business])
    superuser.execute("UPDATE businesses SET weekly_report = true WHERE id = %s", [business])
    return channel


def try_upkeep(trial: Trial) -> None:
    """What must work, and what must not, of both."""
    _try_notifications(trial)
    _try_past_conversations(trial)
    _try_examples(trial)
    _try_reviews(trial)
    with trial.acting_as(APP, trial.ours):
        seen = trial.changes("UPDATE rollup_checks SET checked_at = now() WHERE business_id = %s", trial.ours.business)
        trial.expect(seen == 1, "a check of the rollups cannot be noted")
    with trial.acting_as(APP, None):
        trial.works("listing whose weekly report is due", lambda: _lists_reports(trial))
        trial.works("listing whose models are to be trained", lambda: _lists_trainings(trial))
        trial.works("listing whose reviews are to be read", lambda: _lists_reviews(trial))
        trial.works("listing whose rollups are to be checked", lambda: _lists_checks(trial))
        trial.works("cleaning up", lambda: _cleans(trial))
    with trial.acting_as(APP, trial.ours):
        trial.expect(trial.count("ml_models") == 1, "the app does not see its own models")
        trial.expect(trial.changes("UPDATE ml_models SET reason = 'x'") == 1, "a model cannot be judged")
        trial.expect(trial.changes("DELETE FROM ml_forecasts") == 1, "a forecast cannot be replaced")
        trial.expect(trial.changes("UPDATE drift_alerts SET cleared_at = now()") == 1, "an alert cannot be cleared")
        written = trial.changes(INSERT_FORECAST, trial.ours.business)
        trial.expect(written == 1, "no forecast can be stored")
    with trial.acting_as("cafe_ai_schedules", trial.theirs):
        told = trial.count("businesses", "name IS NOT NULL") + trial.count("ai_jobs", "params IS NOT NULL")
        told += trial.count("rollup_hours", "net IS NOT NULL") + trial.count("reviews", "text IS NOT NULL")
        told += trial.count("review_analyses", "label IS NOT NULL")
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


def _try_examples(trial: Trial) -> None:
    """A business reads its own examples, its users keep and withdraw their own, and others' are told where they agreed."""
    ours, theirs = trial.ours, trial.theirs
    shared = "SELECT question, plan, locale, assistant_type, asked_on FROM shared_examples('cafeteria', 10)"
    withdrawal = "DELETE FROM approved_examples WHERE user_id = %s"
    with trial.acting_as(APP, ours):
        trial.expect(trial.count("approved_examples") == 1, "a business does not see its own examples")
        kept = trial.changes(INSERT_EXAMPLE, ours.turn, ours.business, ours.user)
        trial.expect(kept == 1, "an approved conversation cannot be kept as an example")
        trial.expect(trial.changes(withdrawal, ours.user) == 2, "an example cannot be withdrawn")
        other_turn = trial.changes(INSERT_EXAMPLE, theirs.turn, ours.business, ours.user)
        trial.expect(other_turn == 0, "an example is kept of a conversation that is not the user's")
        trial.expect(trial.changes("SELECT * FROM current_model_routes()") == 1, "the routes in use are not told")
        trial.expect(trial.count("model_routes") == 0, "the app reads the routes with their evaluations")
        trial.expect(
            trial.changes("SELECT promote_model('cafeteria', 'm', '{}', 'r')") == 0, "the app promotes a model"
        )
        trial.expect(trial.changes("SELECT roll_back_model('cafeteria', 'r')") == 0, "the app takes a model back")
        trial.expect(trial.changes(shared) == 0, "examples are shared without their owner's agreement")
    with trial.acting_as(APP, ours, uuid7()):
        trial.expect(trial.changes(withdrawal, ours.user) == 0, "a colleague's example can be withdrawn")
        posed = trial.changes(INSERT_EXAMPLE, ours.turn, ours.business, ours.user)
        trial.expect(posed == 0, "an example is kept in a colleague's name")
    with trial.acting_as(SAAS, theirs):
        agreed = trial.changes("UPDATE businesses SET shares_examples = true WHERE id = %s", theirs.business)
        trial.expect(agreed == 1, "an owner cannot agree to share examples")
        trial.connection.execute(f"SET LOCAL ROLE {APP}".encode())
        trial.name_tenant(ours.business, ours.user)
        trial.expect(trial.changes(shared) == 1, "shared examples are not told, or those of others are")
        trial.connection.execute("SET LOCAL ROLE cafe_ai_examples")
        others = trial.count("approved_examples", "business_id <> %s", theirs.business)
        others += trial.count("businesses", "id <> %s", theirs.business)
        trial.expect(others == 0, "examples are read of businesses that do not share them")
        told = trial.count("approved_examples", "user_id IS NOT NULL") + trial.count("businesses", "name IS NOT NULL")
        trial.expect(told == 0, "who reads shared examples reads whose they are")
    with trial.acting_as("cafe_ai_erasure", ours):
        reached = trial.count("approved_examples", "user_id IS DISTINCT FROM %s", ours.user)
        trial.expect(reached == 0, "erasure reaches others' examples")
    with trial.acting_as(APP, None, ours.user):
        trial.connection.execute("SELECT erase_conversations()")
        trial.connection.execute("RESET ROLE")
        left = [trial.count("approved_examples", "user_id = %s", shop.user) for shop in (ours, theirs)]
        trial.expect(left == [0, 1], "erasure leaves a user's examples, or takes others'")
    with trial.acting_as("cafe_ai_cleanup", ours):
        told = trial.count("approved_examples", "question IS NOT NULL")
        trial.expect(told == 0, "who cleans up reads the examples")


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


def _try_reviews(trial: Trial) -> None:
    """What was read in a review and how it was corrected is its business's alone; who corrected can have that forgotten."""
    ours, theirs = trial.ours, trial.theirs
    relabel = "UPDATE review_corrections SET label = 'neutral'"
    for role in (APP, SAAS):
        with trial.acting_as(role, ours):
            trial.expect(trial.count("review_corrections") == 1, f"{role} does not see its own corrections alone")
            trial.expect(trial.changes(relabel) == 1, f"{role} cannot correct a review again, or corrects others'")
    with trial.acting_as(APP, ours):
        trial.expect(trial.count("review_analyses") == 1, "the app does not see its own analyses alone")
        trial.expect(trial.changes("DELETE FROM review_analyses") == 1, "an analysis cannot be replaced")
        trial.expect(trial.changes(INSERT_ANALYSIS, ours.business) == 1, "no analysis can be stored")
        foreign = trial.changes(INSERT_ANALYSIS, theirs.business)
        trial.expect(foreign == 0, "another business's review is analysed")
    with trial.acting_as("cafe_ai_erasure", ours):
        reached = trial.count("review_corrections", "user_id <> %s", ours.user)
        trial.expect(reached == 0, "erasure reaches others' corrections")
        signed = trial.changes("UPDATE review_corrections SET user_id = %s", ours.user)
        trial.expect(signed == 0, "erasure writes who corrected a review")
    with trial.acting_as(APP, None, ours.user):
        trial.connection.execute("SELECT erase_conversations()")
        trial.connection.execute("RESET ROLE")
        left = [trial.count("review_corrections", "user_id = %s", shop.user) for shop in (ours, theirs)]
        trial.expect(left == [0, 1], "erasure leaves who corrected a review, or forgets others")
        trial.expect(trial.count("review_corrections") == 2, "erasure takes the business's own labels")


def _lists_reviews(trial: Trial) -> bool:
    """None while all are read; then the business's that has one unread, until its reading is started."""
    execute, ours = trial.connection.execute, trial.ours.business
    due = "SELECT business_id, idempotency_key FROM review_analyses_due(%s, 10)"
    execute("RESET ROLE")
    read = "SELECT business_id, id, 'neutral', 0, '[]', '1', sha256('x') FROM reviews ON CONFLICT DO NOTHING"
    execute(f"INSERT INTO review_analyses {read}".encode())
    execute(f"SET LOCAL ROLE {APP}".encode())
    none = execute(due, [MONDAY]).fetchall()
    execute("RESET ROLE")
    execute("DELETE FROM review_analyses WHERE business_id = %s", [ours])
    execute(f"SET LOCAL ROLE {APP}".encode())
    found = [row.business_id for row in execute(due, [MONDAY])]
    execute("RESET ROLE")
    execute("UPDATE ai_jobs SET idempotency_key = 'reviews:2026-05-04' WHERE id = %s", [trial.ours.job])
    execute(f"SET LOCAL ROLE {APP}".encode())
    started = execute(due, [MONDAY]).fetchall()
    return none == [] and found == [ours] and started == []


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
    execute("UPDATE approved_examples SET created_at = now() - interval '366 days'")
    execute(f"SET LOCAL ROLE {APP}".encode())
    cleaned = _clean(trial)
    execute("RESET ROLE")
    kept = execute(
        "SELECT count(*), sum(conversations) FROM past_conversations UNION ALL "
        "SELECT count(*), count(*) FILTER (WHERE prompt = '' AND tokens_used = 0) FROM ai_audit_logs"
    ).fetchall()
    execute(f"SET LOCAL ROLE {APP}".encode())
    return set(fresh) == {0} and set(cleaned) == {2} and kept == [(4, 6), (2, 2)]


def _clean(trial: Trial) -> tuple[int, ...]:
    execute = trial.connection.execute
    jobs = [row.id for row in execute("SELECT id FROM past_jobs(now(), 10)")]
    statement = """
    SELECT jobs, deliveries, remove_past_conversations(now(), 10), empty_past_audit(now(), 10), empty_past_feedback(now(), 10),
           remove_past_dead_letters(now(), 10), remove_past_examples(now(), 10) FROM remove_past_jobs(now(), %s)"""
    (row,) = execute(statement, [jobs]).fetchall()
    return tuple(row)
