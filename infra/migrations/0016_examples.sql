-- Approved examples: a question and the plan that answered it, kept when its user said that the answer was good, without
-- personal data. They show the planner how to plan, and train models by type of business. And which model each type is given.

DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'cafe_ai_examples') THEN
        CREATE ROLE cafe_ai_examples NOLOGIN NOCREATEDB NOCREATEROLE;  -- owns what reads examples across businesses, and the routes
    END IF;
END $$;

-- Whether a business's examples may serve others of its type: its owner says so (the SaaS writes it). Its own always serve it.
ALTER TABLE businesses ADD COLUMN shares_examples boolean NOT NULL DEFAULT false;

CREATE TABLE approved_examples (
    conversation_id uuid PRIMARY KEY,  -- no foreign key: the example outlives the conversation's words
    business_id     uuid NOT NULL REFERENCES businesses ON DELETE CASCADE,
    user_id         uuid NOT NULL,     -- who asked and approved: their erasure takes it
    business_type   text NOT NULL,
    assistant_type  text NOT NULL,
    locale          text NOT NULL CHECK (locale IN ('es', 'en')),
    question        text NOT NULL CHECK (length(question) BETWEEN 1 AND 300),  -- scrubbed, with placeholders for names
    plan            jsonb NOT NULL,    -- the arguments of the planning tool's call, with the same placeholders
    asked_on        date NOT NULL,     -- the shop's day: what the plan's words such as "yesterday" refer to
    asked_at        timestamptz NOT NULL,
    created_at      timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX approved_examples_by_business ON approved_examples (business_id, locale, created_at DESC);
CREATE INDEX approved_examples_by_type ON approved_examples (business_type, locale, created_at DESC);
CREATE INDEX approved_examples_by_user ON approved_examples (user_id);
CREATE INDEX approved_examples_by_time ON approved_examples (created_at);
ALTER TABLE approved_examples ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
GRANT SELECT, INSERT, DELETE ON approved_examples TO cafe_ai_app;
CREATE POLICY tenant ON approved_examples FOR SELECT TO cafe_ai_app USING (business_id = (SELECT current_business_id()));
CREATE POLICY own_kept ON approved_examples FOR INSERT TO cafe_ai_app
    WITH CHECK (business_id = (SELECT current_business_id()) AND user_id = (SELECT current_user_id())
                AND EXISTS (SELECT FROM ai_conversations AS turn  -- of which the role sees the user's own
                             WHERE turn.id = conversation_id
                               AND turn.user_id = approved_examples.user_id
                               AND turn.business_id = approved_examples.business_id));
CREATE POLICY own_withdrawn ON approved_examples FOR DELETE TO cafe_ai_app
    USING (business_id = (SELECT current_business_id()) AND user_id = (SELECT current_user_id()));

-- Which model a type of business is given, newest last; without a row it is the configured one. Operators alone write.
CREATE TABLE model_routes (
    id             bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    business_type  text NOT NULL CHECK (business_type <> ''),
    model_name     text NOT NULL CHECK (length(model_name) BETWEEN 1 AND 200),
    evaluation     jsonb NOT NULL,     -- how it answered the held-out questions beside the model before it
    reason         text NOT NULL,
    promoted_at    timestamptz NOT NULL DEFAULT now(),
    rolled_back_at timestamptz,
    rolled_back_reason text
);
CREATE INDEX model_routes_in_use ON model_routes (business_type, id DESC) WHERE rolled_back_at IS NULL;
ALTER TABLE model_routes ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;

GRANT SELECT (business_id, business_type, assistant_type, locale, question, plan, asked_on, created_at)
    ON approved_examples TO cafe_ai_examples;
GRANT SELECT (id, shares_examples) ON businesses TO cafe_ai_examples;
GRANT SELECT, INSERT (business_type, model_name, evaluation, reason), UPDATE (rolled_back_at, rolled_back_reason)
    ON model_routes TO cafe_ai_examples;
CREATE POLICY examples ON approved_examples FOR SELECT TO cafe_ai_examples
    USING (EXISTS (SELECT FROM businesses AS business WHERE business.id = business_id AND business.shares_examples));
CREATE POLICY examples ON businesses FOR SELECT TO cafe_ai_examples USING (shares_examples);
CREATE POLICY examples ON model_routes TO cafe_ai_examples USING (true);

CREATE FUNCTION shared_examples(kind text, at_most integer, language text DEFAULT NULL)
    RETURNS TABLE (question text, plan jsonb, locale text, assistant_type text, asked_on date)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
BEGIN ATOMIC
    SELECT example.question, example.plan, example.locale, example.assistant_type, example.asked_on
      FROM approved_examples AS example
     WHERE example.business_type = kind AND (language IS NULL OR example.locale = language)
     ORDER BY example.created_at DESC
     LIMIT at_most;
END;
COMMENT ON FUNCTION shared_examples IS $$The newest examples of the businesses of a type whose owners agreed to share them, in one
language or in all: scrubbed questions and their plans, and nothing that says whose they are.$$;

CREATE FUNCTION current_model_routes() RETURNS TABLE (business_type text, model_name text)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
BEGIN ATOMIC
    SELECT DISTINCT ON (route.business_type) route.business_type, route.model_name
      FROM model_routes AS route WHERE route.rolled_back_at IS NULL
     ORDER BY route.business_type, route.id DESC;
END;
COMMENT ON FUNCTION current_model_routes IS 'The model that each type of business is given, of those that are not given the configured one.';

CREATE FUNCTION model_route_history() RETURNS SETOF model_routes
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
BEGIN ATOMIC
    SELECT route.* FROM model_routes AS route ORDER BY route.business_type, route.id DESC;
END;
COMMENT ON FUNCTION model_route_history IS 'Every route there was, newest first within each type.';

CREATE FUNCTION promote_model(kind text, model text, evaluated jsonb, why text) RETURNS void
    LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
BEGIN ATOMIC
    INSERT INTO model_routes (business_type, model_name, evaluation, reason) VALUES (kind, model, evaluated, why);
END;
COMMENT ON FUNCTION promote_model IS 'Gives a type of business this model from now on.';

CREATE FUNCTION roll_back_model(kind text, why text) RETURNS text
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
DECLARE
    gone text;
BEGIN
    UPDATE model_routes AS route SET rolled_back_at = now(), rolled_back_reason = why
     WHERE route.id = (SELECT newest.id FROM model_routes AS newest
                        WHERE newest.business_type = kind AND newest.rolled_back_at IS NULL
                        ORDER BY newest.id DESC LIMIT 1)
    RETURNING route.model_name INTO gone;
    RETURN gone;
END $$;
COMMENT ON FUNCTION roll_back_model IS
    'Takes the model away that was promoted last, so that the one before it is given again; which it was, null where there was none.';

-- Erasure and cleanup reach the examples too.
GRANT SELECT (user_id, conversation_id), DELETE ON approved_examples TO cafe_ai_erasure;
CREATE POLICY erasure ON approved_examples TO cafe_ai_erasure USING (user_id = (SELECT current_user_id()));
GRANT SELECT (conversation_id, created_at), UPDATE (conversation_id), DELETE ON approved_examples TO cafe_ai_cleanup;
CREATE POLICY cleanup ON approved_examples TO cafe_ai_cleanup USING (true);

CREATE FUNCTION keep_out_erased_example() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
BEGIN
    RETURN CASE WHEN is_erased(NEW.user_id, NEW.conversation_id, NEW.asked_at) THEN NULL ELSE NEW END;
END $$;

CREATE FUNCTION remove_past_examples(before timestamptz, at_most integer) RETURNS bigint
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
DECLARE
    removed bigint;
BEGIN
    DELETE FROM approved_examples
     WHERE conversation_id IN (
           SELECT past.conversation_id FROM approved_examples AS past
            WHERE is_past(past.created_at, least(before, now() - interval '365 days'))
            ORDER BY past.created_at LIMIT at_most FOR UPDATE SKIP LOCKED);
    GET DIAGNOSTICS removed = ROW_COUNT;
    RETURN removed;
END $$;
COMMENT ON FUNCTION remove_past_examples IS 'Removes examples that were kept for 365 days, and are from before that moment; how many.';

GRANT EXECUTE ON FUNCTION shared_examples, current_model_routes, remove_past_examples TO cafe_ai_app;

CREATE TRIGGER erased BEFORE INSERT ON approved_examples FOR EACH ROW EXECUTE FUNCTION keep_out_erased_example();

GRANT cafe_ai_examples, cafe_ai_erasure, cafe_ai_cleanup TO CURRENT_USER;
GRANT CREATE ON SCHEMA public TO cafe_ai_examples, cafe_ai_erasure, cafe_ai_cleanup;
CREATE OR REPLACE FUNCTION erase_conversation(conversation uuid) RETURNS boolean
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
    DELETE FROM approved_examples AS example WHERE example.user_id = author AND example.conversation_id = conversation;
    found_it := found_it OR FOUND;  -- the example may outlive the turn
    -- One that is not there may wait in the queue; nobody has more than a few of those.
    IF found_it OR (SELECT count(*) FROM erasures AS mine WHERE mine.user_id = author) < 1000 THEN
        INSERT INTO erasures AS mine (user_id, conversation_id, erased_at)
        SELECT author, conversation, clock_timestamp() WHERE author IS NOT NULL
        ON CONFLICT (user_id, conversation_id) DO UPDATE SET erased_at = excluded.erased_at;
    END IF;
    RETURN found_it;
END $$;

CREATE OR REPLACE FUNCTION erase_conversations() RETURNS integer
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
    DELETE FROM approved_examples AS example WHERE example.user_id = author;
    DELETE FROM erasures AS mine WHERE mine.user_id = author AND mine.conversation_id IS NOT NULL;
    INSERT INTO erasures AS mine (user_id, conversation_id, erased_at)
    SELECT author, NULL, clock_timestamp() WHERE author IS NOT NULL
    ON CONFLICT (user_id, conversation_id) DO UPDATE SET erased_at = excluded.erased_at;
    RETURN erased;
END $$;
ALTER FUNCTION shared_examples OWNER TO cafe_ai_examples;
ALTER FUNCTION current_model_routes OWNER TO cafe_ai_examples;
ALTER FUNCTION model_route_history OWNER TO cafe_ai_examples;
ALTER FUNCTION promote_model OWNER TO cafe_ai_examples;
ALTER FUNCTION roll_back_model OWNER TO cafe_ai_examples;
ALTER FUNCTION keep_out_erased_example OWNER TO cafe_ai_erasure;
ALTER FUNCTION remove_past_examples OWNER TO cafe_ai_cleanup;
-- As the owner of the tables operators promote and roll back; it reads no shop's rows.
GRANT EXECUTE ON FUNCTION shared_examples, current_model_routes, model_route_history, promote_model, roll_back_model TO CURRENT_USER;
REVOKE CREATE ON SCHEMA public FROM cafe_ai_examples, cafe_ai_erasure, cafe_ai_cleanup;
REVOKE cafe_ai_examples, cafe_ai_erasure, cafe_ai_cleanup FROM CURRENT_USER;
