-- What a user said of an answer, which variant of a prompt was in play, and the right to have one's words erased.

DO $$
DECLARE
    wanted record;
BEGIN
    FOR wanted IN
        VALUES ('cafe_ai_erasure'),  -- owns the functions that erase a user's own words
               ('cafe_ai_report')    -- owns the functions that count across users and businesses, without their words
    LOOP
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = wanted.column1) THEN
            EXECUTE format('CREATE ROLE %I NOLOGIN NOCREATEDB NOCREATEROLE', wanted.column1);
        END IF;
    END LOOP;
END $$;
GRANT EXECUTE ON FUNCTION current_business_id(), current_user_id() TO cafe_ai_erasure, cafe_ai_report;

ALTER TABLE ai_audit_logs
    ADD COLUMN conversation_id uuid,  -- the turn that this inference answered; it outlives the turn
    ADD COLUMN variants jsonb;        -- of each experiment in play the prompt that the business was given

-- Rows written before: an answer and its turn have the same moment.
ALTER TABLE ai_audit_logs NO FORCE ROW LEVEL SECURITY;
ALTER TABLE ai_conversations NO FORCE ROW LEVEL SECURITY;
UPDATE ai_audit_logs AS audited SET conversation_id = turn.id
  FROM ai_conversations AS turn
 WHERE audited.user_id = turn.user_id
   AND audited.business_id = turn.business_id
   AND audited."timestamp" = turn.created_at
   AND audited.prompt = turn.prompt;
ALTER TABLE ai_audit_logs FORCE ROW LEVEL SECURITY;
ALTER TABLE ai_conversations FORCE ROW LEVEL SECURITY;

CREATE INDEX ai_audit_logs_by_conversation ON ai_audit_logs (conversation_id) WHERE conversation_id IS NOT NULL;
-- Usage is summed from these alone, without the rows, which are long.
CREATE INDEX ai_audit_logs_use_by_business ON ai_audit_logs (business_id)
    INCLUDE (tokens_used, cost_usd, response_time_ms, status, degraded);
CREATE INDEX ai_audit_logs_use_by_user ON ai_audit_logs (user_id)
    INCLUDE (tokens_used, cost_usd, response_time_ms, status, degraded);
CREATE INDEX ai_conversations_by_type ON ai_conversations (business_id, assistant_type);

CREATE TABLE ai_feedback (
    conversation_id uuid NOT NULL,  -- no foreign key: the rating outlives the words
    user_id         uuid NOT NULL,
    business_id     uuid NOT NULL REFERENCES businesses ON DELETE CASCADE,
    rating          text NOT NULL CHECK (rating IN ('up', 'down')),
    comment         text CHECK (length(comment) <= 2000),
    rated_at        timestamptz NOT NULL DEFAULT now(),
    first_rating    text NOT NULL CHECK (first_rating IN ('up', 'down')),  -- what experiments count: it never changes
    first_rated_at  timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (conversation_id, user_id)
);
CREATE INDEX ai_feedback_by_user ON ai_feedback (user_id);
CREATE INDEX ai_feedback_by_business ON ai_feedback (business_id);
ALTER TABLE ai_feedback ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
GRANT SELECT, INSERT, UPDATE ON ai_feedback TO cafe_ai_app;
CREATE POLICY own ON ai_feedback TO cafe_ai_app
    USING (user_id = (SELECT current_user_id())
           AND (business_id = (SELECT current_business_id()) OR (SELECT current_business_id()) IS NULL))
    WITH CHECK (EXISTS (SELECT FROM ai_conversations AS turn  -- of which the role sees the user's own
                         WHERE turn.id = conversation_id
                           AND turn.user_id = ai_feedback.user_id
                           AND turn.business_id = ai_feedback.business_id));

-- Erasure. A tombstone stays, for what waits in the audit queue and is written later: it comes in without its words. Whoever
-- writes holds the user's lock with others who write, whoever erases holds it alone, so nothing slips in between. Users share
-- 1,024 locks, or one statement that writes for thousands of them would fill the server's table of locks.
CREATE TABLE erasures (
    user_id         uuid NOT NULL,
    conversation_id uuid,  -- null: all that was said up to erased_at
    erased_at       timestamptz NOT NULL,
    UNIQUE NULLS NOT DISTINCT (user_id, conversation_id)
);
ALTER TABLE erasures ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;

GRANT SELECT, INSERT, UPDATE, DELETE ON erasures TO cafe_ai_erasure;
GRANT SELECT (id, user_id), DELETE ON ai_conversations TO cafe_ai_erasure;
GRANT SELECT (user_id, conversation_id, prompt, response, plan, error_message),
      UPDATE (prompt, response, plan, error_message) ON ai_audit_logs TO cafe_ai_erasure;
GRANT SELECT (user_id, conversation_id, comment), UPDATE (comment) ON ai_feedback TO cafe_ai_erasure;
CREATE POLICY erasure ON erasures TO cafe_ai_erasure USING (user_id = (SELECT current_user_id()));
CREATE POLICY erasure ON ai_conversations TO cafe_ai_erasure USING (user_id = (SELECT current_user_id()));
CREATE POLICY erasure ON ai_audit_logs TO cafe_ai_erasure USING (user_id = (SELECT current_user_id()));
CREATE POLICY erasure ON ai_feedback TO cafe_ai_erasure USING (user_id = (SELECT current_user_id()));

CREATE FUNCTION is_erased(author uuid, conversation uuid, said_at timestamptz) RETURNS boolean
    LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp
AS $$
BEGIN
    PERFORM pg_advisory_xact_lock_shared(7, hashtext(author::text) & 1023);
    RETURN EXISTS (
        SELECT FROM erasures AS erased
         WHERE erased.user_id = author
           AND (erased.conversation_id = conversation
                OR (erased.conversation_id IS NULL AND said_at <= erased.erased_at)));
END $$;
COMMENT ON FUNCTION is_erased IS 'Whether the user had this erased already; until the commit nobody erases anything of that user''s.';

CREATE FUNCTION keep_out_erased_turn() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
BEGIN
    RETURN CASE WHEN is_erased(NEW.user_id, NEW.id, NEW.created_at) THEN NULL ELSE NEW END;
END $$;

CREATE FUNCTION empty_erased_audit() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
BEGIN
    IF is_erased(NEW.user_id, NEW.conversation_id, NEW."timestamp") THEN
        NEW.prompt := '';
        NEW.response := '';
        NEW.plan := NULL;
        NEW.error_message := NULL;
    END IF;
    RETURN NEW;
END $$;

CREATE FUNCTION erase_conversation(conversation uuid) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
DECLARE
    author uuid := current_user_id();
    found_it boolean;
BEGIN
    PERFORM pg_advisory_xact_lock(7, hashtext(author::text) & 1023);
    DELETE FROM erasures AS old WHERE old.user_id = author AND old.erased_at < now() - interval '60 days';
    DELETE FROM ai_conversations AS turn WHERE turn.user_id = author AND turn.id = conversation;
    found_it := FOUND;
    UPDATE ai_audit_logs AS audited SET prompt = '', response = '', plan = NULL, error_message = NULL
     WHERE audited.user_id = author AND audited.conversation_id = conversation;
    UPDATE ai_feedback AS said SET comment = NULL WHERE said.user_id = author AND said.conversation_id = conversation;
    -- One that is not there may wait in the queue; nobody has more than a few of those.
    IF found_it OR (SELECT count(*) FROM erasures AS mine WHERE mine.user_id = author) < 1000 THEN
        INSERT INTO erasures AS mine (user_id, conversation_id, erased_at)
        SELECT author, conversation, clock_timestamp() WHERE author IS NOT NULL
        ON CONFLICT (user_id, conversation_id) DO UPDATE SET erased_at = excluded.erased_at;
    END IF;
    RETURN found_it;
END $$;
COMMENT ON FUNCTION erase_conversation IS $$Erases one turn of this transaction's own user, whatever the business: the turn
goes, its audit keeps its figures and its rating stays, without their words. False where the user has no such turn; should it
still wait in the audit queue, it comes in without its words.$$;

CREATE FUNCTION erase_conversations() RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
DECLARE
    author uuid := current_user_id();
    erased integer;
BEGIN
    PERFORM pg_advisory_xact_lock(7, hashtext(author::text) & 1023);
    DELETE FROM ai_conversations AS turn WHERE turn.user_id = author;
    GET DIAGNOSTICS erased = ROW_COUNT;
    UPDATE ai_audit_logs AS audited SET prompt = '', response = '', plan = NULL, error_message = NULL
     WHERE audited.user_id = author
       AND (audited.prompt <> '' OR audited.response <> '' OR audited.plan IS NOT NULL OR audited.error_message IS NOT NULL);
    UPDATE ai_feedback AS said SET comment = NULL WHERE said.user_id = author AND said.comment IS NOT NULL;
    DELETE FROM erasures AS mine WHERE mine.user_id = author AND mine.conversation_id IS NOT NULL;
    INSERT INTO erasures AS mine (user_id, conversation_id, erased_at)
    SELECT author, NULL, clock_timestamp() WHERE author IS NOT NULL
    ON CONFLICT (user_id, conversation_id) DO UPDATE SET erased_at = excluded.erased_at;
    RETURN erased;
END $$;
COMMENT ON FUNCTION erase_conversations IS
    'Erases all turns of this transaction''s own user as erase_conversation() does, and the words of failed questions; how many turns.';

-- Counting without reading: neither texts nor who is who.
GRANT SELECT (business_id, assistant_type) ON ai_conversations TO cafe_ai_report;
GRANT SELECT (business_id, user_id, conversation_id, variants, tokens_used, cost_usd, response_time_ms, status, degraded,
              "timestamp")
    ON ai_audit_logs TO cafe_ai_report;
GRANT SELECT (conversation_id, rating, first_rating, first_rated_at) ON ai_feedback TO cafe_ai_report;
CREATE POLICY report ON ai_conversations FOR SELECT TO cafe_ai_report USING (business_id = (SELECT current_business_id()));
CREATE POLICY report ON ai_audit_logs FOR SELECT TO cafe_ai_report USING (true);
CREATE POLICY report ON ai_feedback FOR SELECT TO cafe_ai_report USING (true);

CREATE FUNCTION conversation_counts(shop uuid) RETURNS TABLE (assistant_type text, conversations bigint)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
BEGIN ATOMIC
    SELECT turn.assistant_type, count(*) FROM ai_conversations AS turn
     WHERE turn.business_id = shop GROUP BY turn.assistant_type;
END;
COMMENT ON FUNCTION conversation_counts IS 'How many conversations all users have with this transaction''s own business.';

CREATE FUNCTION use_of_business(shop uuid)
    RETURNS TABLE (
        inferences               bigint,
        errors                   bigint,
        degraded                 bigint,
        tokens_used              bigint,
        cost_usd                 numeric,
        average_response_time_ms integer
    )
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
BEGIN ATOMIC
    SELECT count(*),
           count(*) FILTER (WHERE audited.status = 'error'),
           count(*) FILTER (WHERE audited.degraded),
           coalesce(sum(audited.tokens_used), 0)::bigint,
           coalesce(sum(audited.cost_usd), 0),
           coalesce(round(avg(audited.response_time_ms) FILTER (WHERE audited.status = 'success')), 0)::integer
      FROM ai_audit_logs AS audited
     WHERE audited.business_id = shop AND shop = (SELECT current_business_id());
END;
COMMENT ON FUNCTION use_of_business IS
    'What all users used of the service for this transaction''s own business. The audit''s own policies are an OR, and no index sums that.';

CREATE FUNCTION use_of_user()
    RETURNS TABLE (
        inferences               bigint,
        errors                   bigint,
        degraded                 bigint,
        tokens_used              bigint,
        cost_usd                 numeric,
        average_response_time_ms integer
    )
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
BEGIN ATOMIC
    SELECT count(*),
           count(*) FILTER (WHERE audited.status = 'error'),
           count(*) FILTER (WHERE audited.degraded),
           coalesce(sum(audited.tokens_used), 0)::bigint,
           coalesce(sum(audited.cost_usd), 0),
           coalesce(round(avg(audited.response_time_ms) FILTER (WHERE audited.status = 'success')), 0)::integer
      FROM ai_audit_logs AS audited
     WHERE audited.user_id = (SELECT current_user_id());
END;
COMMENT ON FUNCTION use_of_user IS 'What this transaction''s own user used of the service, for whatever business.';

CREATE FUNCTION experiment_outcomes(experiment text, since timestamptz)
    RETURNS TABLE (
        variant        text,
        inferences     bigint,
        degraded       bigint,
        tokens_used    bigint,
        cost_usd       numeric,
        milliseconds   bigint,
        ups            bigint,
        downs          bigint,
        first_rating   text,
        first_rated_at timestamptz
    )
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
BEGIN ATOMIC
    SELECT audited.variants ->> experiment,
           count(*),
           count(*) FILTER (WHERE audited.degraded),
           sum(audited.tokens_used),
           sum(audited.cost_usd),
           sum(audited.response_time_ms),
           count(*) FILTER (WHERE said.rating = 'up'),
           count(*) FILTER (WHERE said.rating = 'down'),
           (array_agg(said.first_rating ORDER BY said.first_rated_at) FILTER (WHERE said.first_rating IS NOT NULL))[1],
           min(said.first_rated_at)
      FROM ai_audit_logs AS audited
      LEFT JOIN ai_feedback AS said ON said.conversation_id = audited.conversation_id
     WHERE audited."timestamp" >= since AND audited.variants ? experiment AND audited.business_id IS NOT NULL
     GROUP BY audited.business_id, audited.variants ->> experiment
     ORDER BY min(said.first_rated_at), 1;
END;
COMMENT ON FUNCTION experiment_outcomes IS $$One row for each business that took part in an experiment, and nothing that says
which: what it used, what its users said, and its first rating, in the order of these.$$;

GRANT EXECUTE ON FUNCTION erase_conversation, erase_conversations, conversation_counts, use_of_business, use_of_user,
    experiment_outcomes TO cafe_ai_app;

CREATE TRIGGER erased BEFORE INSERT ON ai_conversations FOR EACH ROW EXECUTE FUNCTION keep_out_erased_turn();
CREATE TRIGGER erased BEFORE INSERT ON ai_audit_logs
    FOR EACH ROW WHEN (NEW.user_id IS NOT NULL) EXECUTE FUNCTION empty_erased_audit();

GRANT cafe_ai_erasure, cafe_ai_report TO CURRENT_USER;
GRANT CREATE ON SCHEMA public TO cafe_ai_erasure, cafe_ai_report;
ALTER FUNCTION is_erased OWNER TO cafe_ai_erasure;
ALTER FUNCTION keep_out_erased_turn OWNER TO cafe_ai_erasure;
ALTER FUNCTION empty_erased_audit OWNER TO cafe_ai_erasure;
ALTER FUNCTION erase_conversation OWNER TO cafe_ai_erasure;
ALTER FUNCTION erase_conversations OWNER TO cafe_ai_erasure;
ALTER FUNCTION conversation_counts OWNER TO cafe_ai_report;
ALTER FUNCTION use_of_business OWNER TO cafe_ai_report;
ALTER FUNCTION use_of_user OWNER TO cafe_ai_report;
ALTER FUNCTION experiment_outcomes OWNER TO cafe_ai_report;
REVOKE CREATE ON SCHEMA public FROM cafe_ai_erasure, cafe_ai_report;
REVOKE cafe_ai_erasure, cafe_ai_report FROM CURRENT_USER;
