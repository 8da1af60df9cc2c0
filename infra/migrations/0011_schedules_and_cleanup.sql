-- What is done without being asked: weekly reports where the business wants them, the check of the rollups, and the cleanup of
-- what is past its time. Lists of who is due and the removal of what is old reach across businesses, through functions that
-- tell or take no more than that.

DO $$
DECLARE
    wanted record;
BEGIN
    FOR wanted IN
        VALUES ('cafe_ai_schedules'),  -- owns the lists of the businesses that are due
               ('cafe_ai_cleanup')     -- owns the functions that remove what is past its time
    LOOP
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = wanted.column1) THEN
            EXECUTE format('CREATE ROLE %I NOLOGIN NOCREATEDB NOCREATEROLE', wanted.column1);
        END IF;
    END LOOP;
END $$;

-- Weekly reports.
ALTER TABLE businesses ADD COLUMN weekly_report boolean NOT NULL DEFAULT false;  -- the SaaS sets it
CREATE INDEX businesses_with_weekly_report ON businesses (id) WHERE weekly_report;

GRANT SELECT (id, timezone, day_starts, weekly_report) ON businesses TO cafe_ai_schedules;
GRANT SELECT (business_id, user_id, idempotency_key) ON ai_jobs TO cafe_ai_schedules;
CREATE POLICY schedules ON businesses FOR SELECT TO cafe_ai_schedules USING (true);
CREATE POLICY schedules ON ai_jobs FOR SELECT TO cafe_ai_schedules USING (true);

CREATE FUNCTION weekly_reports_due(moment timestamptz, at_most integer)
    RETURNS TABLE (business_id uuid, idempotency_key text, as_of timestamp)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
    SELECT business.id, week.key, week.starts + greatest(business.day_starts, time '06:00')
      FROM businesses AS business
     CROSS JOIN LATERAL (SELECT moment AT TIME ZONE business.timezone AS clock) AS shop
     CROSS JOIN LATERAL (
           SELECT date_trunc('week', shop.clock)::date AS starts,
                  to_char(shop.clock - interval '7 days', '"weekly-report:"IYYY"-W"IW') AS key) AS week
     WHERE business.weekly_report
       AND shop.clock >= week.starts + greatest(business.day_starts, time '06:00')
       AND shop.clock < week.starts + 2
       AND NOT EXISTS (SELECT FROM ai_jobs AS started
                        WHERE started.business_id = business.id AND started.user_id IS NULL
                          AND started.idempotency_key = week.key)
     ORDER BY business.id
     LIMIT at_most
$$;
COMMENT ON FUNCTION weekly_reports_due IS $$The businesses that want a report of the week before and have none started: from 06:00
on Monday by the shop's clock, or from where its Monday begins if that is later, until Tuesday is over. Each with the key of that
ISO week and the moment (the shop's clock) as of which to report.$$;

-- The check of the rollups.
CREATE TABLE rollup_checks (
    business_id uuid PRIMARY KEY REFERENCES businesses ON DELETE CASCADE,
    checked_at  timestamptz NOT NULL,
    slice_end   date  -- the last day of the older slice that is next; null: the one right before the recent days
);
ALTER TABLE rollup_checks ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
GRANT SELECT, INSERT, UPDATE ON rollup_checks TO cafe_ai_app;
CREATE POLICY tenant ON rollup_checks TO cafe_ai_app USING (business_id = (SELECT current_business_id()));

GRANT SELECT (business_id, checked_at) ON rollup_checks TO cafe_ai_schedules;
CREATE POLICY schedules ON rollup_checks FOR SELECT TO cafe_ai_schedules USING (true);

CREATE FUNCTION businesses_due_for_rollup_check(unchecked_since timestamptz, at_most integer) RETURNS TABLE (business_id uuid)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
    SELECT business.id
      FROM businesses AS business LEFT JOIN rollup_checks AS checked ON checked.business_id = business.id
     WHERE checked.checked_at IS NULL OR checked.checked_at < unchecked_since
     ORDER BY checked.checked_at NULLS FIRST, business.id
     LIMIT at_most
$$;
COMMENT ON FUNCTION businesses_due_for_rollup_check IS
    'The ids of the businesses whose rollups were not checked since then, stalest first; nothing else of them.';

CREATE FUNCTION mend_rollups(days date[]) RETURNS void
    LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
BEGIN ATOMIC
    SELECT refresh_rollups(current_business_id(), days) WHERE current_business_id() IS NOT NULL;
END;
COMMENT ON FUNCTION mend_rollups IS
    'Makes the rollups of these days of this transaction''s own business from their lines anew: it can make nothing wrong.';

-- Cleanup. What is removed is counted where it was counted before: conversations here, the rest in the audit's figures.
CREATE TABLE past_conversations (
    business_id    uuid NOT NULL REFERENCES businesses ON DELETE CASCADE,
    user_id        uuid NOT NULL,
    assistant_type text NOT NULL,
    conversations  bigint NOT NULL CHECK (conversations > 0),
    PRIMARY KEY (business_id, user_id, assistant_type)
);
CREATE INDEX past_conversations_by_user ON past_conversations (user_id);
ALTER TABLE past_conversations ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
GRANT SELECT ON past_conversations TO cafe_ai_app;
CREATE POLICY own_within_business ON past_conversations FOR SELECT TO cafe_ai_app
    USING (user_id = (SELECT current_user_id()) AND business_id = (SELECT current_business_id()));
CREATE POLICY own_anywhere ON past_conversations FOR SELECT TO cafe_ai_app
    USING (user_id = (SELECT current_user_id()) AND (SELECT current_business_id()) IS NULL);
GRANT SELECT (business_id, assistant_type, conversations) ON past_conversations TO cafe_ai_report;
CREATE POLICY report ON past_conversations FOR SELECT TO cafe_ai_report USING (business_id = (SELECT current_business_id()));

CREATE INDEX ai_jobs_ended ON ai_jobs (finished_at) WHERE finished_at IS NOT NULL;
CREATE INDEX ai_conversations_by_time ON ai_conversations (created_at);
CREATE INDEX ai_audit_logs_with_words ON ai_audit_logs ("timestamp")
    WHERE prompt <> '' OR response <> '' OR plan IS NOT NULL OR error_message IS NOT NULL;
CREATE INDEX ai_feedback_with_words ON ai_feedback (rated_at) WHERE comment IS NOT NULL;
CREATE INDEX ai_dead_letters_by_time ON ai_dead_letters (received_at);

-- UPDATE of a column that nothing changes is what FOR UPDATE asks for: who cleans up waits for nobody, so that it and a user who
-- erases never wait for one another.
GRANT SELECT (id, business_id, kind, status, finished_at), UPDATE (id), DELETE ON ai_jobs TO cafe_ai_cleanup;
GRANT SELECT (job_id), DELETE ON notification_deliveries TO cafe_ai_cleanup;
GRANT SELECT (id, user_id, business_id, assistant_type, created_at), UPDATE (id), DELETE ON ai_conversations TO cafe_ai_cleanup;
GRANT SELECT, INSERT, UPDATE ON past_conversations TO cafe_ai_cleanup;
GRANT SELECT (id, prompt, response, plan, error_message, "timestamp"), UPDATE (prompt, response, plan, error_message)
    ON ai_audit_logs TO cafe_ai_cleanup;
GRANT SELECT (conversation_id, user_id, comment, rated_at), UPDATE (comment) ON ai_feedback TO cafe_ai_cleanup;
GRANT SELECT (queue, message_id, received_at), DELETE ON ai_dead_letters TO cafe_ai_cleanup;
DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['ai_jobs', 'notification_deliveries', 'ai_conversations', 'past_conversations', 'ai_audit_logs',
                                'ai_feedback', 'ai_dead_letters'] LOOP
        EXECUTE format('CREATE POLICY cleanup ON %I TO cafe_ai_cleanup USING (true)', name);
    END LOOP;
END $$;

CREATE FUNCTION is_past(moment timestamptz, before timestamptz) RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE
    RETURN moment < least(before, now() - interval '1 day');
COMMENT ON FUNCTION is_past IS 'Whether a moment lies before that one, and a day ago: nothing of today is ever cleaned up.';

CREATE FUNCTION past_jobs(before timestamptz, at_most integer)
    RETURNS TABLE (id uuid, business_id uuid, kind text)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
    SELECT past.id, past.business_id, past.kind FROM ai_jobs AS past
     WHERE is_past(past.finished_at, before) AND past.status IN ('completed', 'failed')
     ORDER BY past.finished_at
     LIMIT at_most
$$;
COMMENT ON FUNCTION past_jobs IS 'Jobs that ended before that moment, oldest first: whose files go before they do.';

CREATE FUNCTION remove_past_jobs(before timestamptz, these uuid[], OUT jobs bigint, OUT deliveries bigint)
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
DECLARE
    found_past uuid[];
BEGIN
    -- One that an operator has done again meanwhile has not ended any more, or is not past.
    SELECT array_agg(past.id) INTO found_past FROM (
        SELECT ended.id FROM ai_jobs AS ended
         WHERE ended.id = ANY (these) AND is_past(ended.finished_at, before) AND ended.status IN ('completed', 'failed')
           FOR UPDATE SKIP LOCKED) AS past;
    DELETE FROM notification_deliveries AS told WHERE told.job_id = ANY (found_past);
    GET DIAGNOSTICS deliveries = ROW_COUNT;
    DELETE FROM ai_jobs AS ended WHERE ended.id = ANY (found_past);
    GET DIAGNOSTICS jobs = ROW_COUNT;
END $$;
COMMENT ON FUNCTION remove_past_jobs IS 'Removes those of these jobs that ended before that moment, with what was told of them.';

CREATE FUNCTION remove_past_conversations(before timestamptz, at_most integer) RETURNS bigint
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
DECLARE
    removed bigint;
BEGIN
    WITH past AS MATERIALIZED (
        SELECT turn.id FROM ai_conversations AS turn WHERE is_past(turn.created_at, before)
         ORDER BY turn.created_at LIMIT at_most FOR UPDATE SKIP LOCKED
    ), gone AS (
        DELETE FROM ai_conversations AS turn USING past WHERE turn.id = past.id
        RETURNING turn.business_id, turn.user_id, turn.assistant_type
    ), counted AS (
        INSERT INTO past_conversations AS kept (business_id, user_id, assistant_type, conversations)
        SELECT gone.business_id, gone.user_id, gone.assistant_type, count(*) FROM gone GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
        ON CONFLICT (business_id, user_id, assistant_type)
        DO UPDATE SET conversations = kept.conversations + excluded.conversations
    )
    SELECT count(*) INTO removed FROM gone;
    RETURN removed;
END $$;
COMMENT ON FUNCTION remove_past_conversations IS
    'Removes conversations from before that moment, oldest first, and goes on counting them; how many.';

CREATE FUNCTION empty_past_audit(before timestamptz, at_most integer) RETURNS bigint
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
DECLARE
    emptied bigint;
BEGIN
    UPDATE ai_audit_logs SET prompt = '', response = '', plan = NULL, error_message = NULL
     WHERE id IN (SELECT audited.id FROM ai_audit_logs AS audited
                   WHERE is_past(audited."timestamp", before)
                     AND (audited.prompt <> '' OR audited.response <> '' OR audited.plan IS NOT NULL
                          OR audited.error_message IS NOT NULL)
                   ORDER BY audited."timestamp" LIMIT at_most FOR UPDATE SKIP LOCKED);
    GET DIAGNOSTICS emptied = ROW_COUNT;
    RETURN emptied;
END $$;
COMMENT ON FUNCTION empty_past_audit IS
    'Empties the words of audit rows from before that moment, as erase_conversation() does; their figures stay. How many.';

CREATE FUNCTION empty_past_feedback(before timestamptz, at_most integer) RETURNS bigint
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
DECLARE
    emptied bigint;
BEGIN
    UPDATE ai_feedback SET comment = NULL
     WHERE (conversation_id, user_id) IN (
           SELECT said.conversation_id, said.user_id FROM ai_feedback AS said
            WHERE is_past(said.rated_at, before) AND said.comment IS NOT NULL
            ORDER BY said.rated_at LIMIT at_most FOR UPDATE SKIP LOCKED);
    GET DIAGNOSTICS emptied = ROW_COUNT;
    RETURN emptied;
END $$;
COMMENT ON FUNCTION empty_past_feedback IS 'Removes comments from before that moment; the ratings stay. How many.';

CREATE FUNCTION remove_past_dead_letters(before timestamptz, at_most integer) RETURNS bigint
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
DECLARE
    removed bigint;
BEGIN
    DELETE FROM ai_dead_letters
     WHERE (queue, message_id) IN (
           SELECT dead.queue, dead.message_id FROM ai_dead_letters AS dead
            WHERE is_past(dead.received_at, before) ORDER BY dead.received_at LIMIT at_most);
    GET DIAGNOSTICS removed = ROW_COUNT;
    RETURN removed;
END $$;
COMMENT ON FUNCTION remove_past_dead_letters IS 'Removes messages that nobody could read, from before that moment; how many.';

GRANT EXECUTE ON FUNCTION is_past TO cafe_ai_cleanup;
GRANT EXECUTE ON FUNCTION weekly_reports_due, businesses_due_for_rollup_check, mend_rollups, past_jobs, remove_past_jobs,
    remove_past_conversations, empty_past_audit, empty_past_feedback, remove_past_dead_letters TO cafe_ai_app;

GRANT cafe_ai_schedules, cafe_ai_cleanup, cafe_ai_rollup, cafe_ai_report TO CURRENT_USER;
GRANT CREATE ON SCHEMA public TO cafe_ai_schedules, cafe_ai_cleanup, cafe_ai_rollup, cafe_ai_report;
CREATE OR REPLACE FUNCTION conversation_counts(shop uuid) RETURNS TABLE (assistant_type text, conversations bigint)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
BEGIN ATOMIC
    SELECT every.assistant_type, sum(every.conversations)::bigint
      FROM (SELECT turn.assistant_type, count(*) AS conversations FROM ai_conversations AS turn
             WHERE turn.business_id = shop GROUP BY turn.assistant_type
            UNION ALL
            SELECT past.assistant_type, past.conversations FROM past_conversations AS past
             WHERE past.business_id = shop) AS every
     GROUP BY every.assistant_type;
END;
COMMENT ON FUNCTION conversation_counts IS
    'How many conversations all users had with this transaction''s own business, those included whose time is over.';
ALTER FUNCTION weekly_reports_due OWNER TO cafe_ai_schedules;
ALTER FUNCTION businesses_due_for_rollup_check OWNER TO cafe_ai_schedules;
ALTER FUNCTION mend_rollups OWNER TO cafe_ai_rollup;
ALTER FUNCTION past_jobs OWNER TO cafe_ai_cleanup;
ALTER FUNCTION remove_past_jobs OWNER TO cafe_ai_cleanup;
ALTER FUNCTION remove_past_conversations OWNER TO cafe_ai_cleanup;
ALTER FUNCTION empty_past_audit OWNER TO cafe_ai_cleanup;
ALTER FUNCTION empty_past_feedback OWNER TO cafe_ai_cleanup;
ALTER FUNCTION remove_past_dead_letters OWNER TO cafe_ai_cleanup;
REVOKE CREATE ON SCHEMA public FROM cafe_ai_schedules, cafe_ai_cleanup, cafe_ai_rollup, cafe_ai_report;
REVOKE cafe_ai_schedules, cafe_ai_cleanup, cafe_ai_rollup, cafe_ai_report FROM CURRENT_USER;
