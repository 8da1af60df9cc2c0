-- Work that takes longer than a request, and the messages that tell workers of it.
--
-- A job and its message are written in one transaction; the message is sent after the commit and its row deleted after that.
-- What is still in ai_outbox when it is due, the relay sends: at least once, and workers tell duplicates by the claim. Times
-- are the database's own clock's, for workers' clocks differ.

DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'cafe_ai_jobs') THEN
        CREATE ROLE cafe_ai_jobs NOLOGIN NOCREATEDB NOCREATEROLE;  -- owns what relay, sweeper and redrive ask of all businesses
    END IF;
END $$;

CREATE TABLE ai_jobs (
    id               uuid PRIMARY KEY,
    business_id      uuid REFERENCES businesses ON DELETE CASCADE,  -- null: work on all of the service
    user_id          uuid,   -- null: no user asked
    kind             text NOT NULL,
    params           jsonb NOT NULL,
    status           text NOT NULL DEFAULT 'pending' CHECK (status IN ('pending', 'processing', 'completed', 'failed')),
    progress         smallint NOT NULL DEFAULT 0 CHECK (progress BETWEEN 0 AND 100),
    attempts         integer NOT NULL DEFAULT 0,  -- how often a worker took it up
    lease_token      uuid,   -- who works on it, until then
    lease_expires_at timestamptz,
    result           jsonb,
    error            text,   -- why it failed, or its last attempt did, in words for the caller
    gave_up          boolean NOT NULL DEFAULT false,  -- it failed for want of attempts: an operator may have it done again
    idempotency_key  text CHECK (length(idempotency_key) BETWEEN 1 AND 255),
    request_hash     bytea,  -- SHA-256 of kind and params, for the key
    correlation_id   text,
    created_at       timestamptz NOT NULL DEFAULT now(),
    queued_at        timestamptz NOT NULL DEFAULT now(),  -- when a message of it was last written or given back
    started_at       timestamptz,
    finished_at      timestamptz,
    CHECK ((lease_token IS NULL) = (lease_expires_at IS NULL)),
    CHECK ((status = 'processing') = (lease_token IS NOT NULL)),
    CHECK ((status IN ('completed', 'failed')) = (finished_at IS NOT NULL))
) WITH (fillfactor = 70);  -- room for a row's next versions beside it: a claim and a renewal change no indexed column
CREATE UNIQUE INDEX ai_jobs_by_idempotency_key ON ai_jobs (idempotency_key, business_id, user_id)
    NULLS NOT DISTINCT WHERE idempotency_key IS NOT NULL;
CREATE INDEX ai_jobs_by_business ON ai_jobs (business_id, kind, id);
CREATE INDEX ai_jobs_open ON ai_jobs (queued_at) WHERE finished_at IS NULL;
CREATE INDEX ai_jobs_given_up ON ai_jobs (id) WHERE gave_up;

-- Without a foreign key: a message about a business that is gone finds nothing to do.
CREATE TABLE ai_outbox (
    id             uuid PRIMARY KEY,
    business_id    uuid,
    queue          text NOT NULL,
    body           jsonb NOT NULL,
    correlation_id text,
    created_at     timestamptz NOT NULL DEFAULT now(),
    available_at   timestamptz NOT NULL,  -- until then its writer sends it, or another relay does
    attempts       integer NOT NULL DEFAULT 0
) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000);
CREATE INDEX ai_outbox_due ON ai_outbox (available_at);

-- Messages that no worker could read, kept for an operator. They may hold anything of anyone: the functions add to it and read
-- none of it.
CREATE TABLE ai_dead_letters (
    message_id  text NOT NULL,
    queue       text NOT NULL,
    body        text NOT NULL,
    received_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (queue, message_id)
);

ALTER TABLE ai_jobs ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE ai_outbox ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE ai_dead_letters ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;

GRANT SELECT, INSERT, UPDATE ON ai_jobs TO cafe_ai_app;
GRANT INSERT ON ai_outbox TO cafe_ai_app;
GRANT INSERT ON ai_dead_letters TO cafe_ai_app;
CREATE POLICY tenant ON ai_jobs TO cafe_ai_app USING (business_id = (SELECT current_business_id()));
CREATE POLICY of_service ON ai_jobs TO cafe_ai_app
    USING (business_id IS NULL AND (SELECT current_business_id()) IS NULL);
CREATE POLICY append ON ai_outbox FOR INSERT TO cafe_ai_app
    WITH CHECK (business_id IS NOT DISTINCT FROM (SELECT current_business_id()));
CREATE POLICY append ON ai_dead_letters FOR INSERT TO cafe_ai_app WITH CHECK (true);

-- What cafe_ai_jobs may do, in any business.
GRANT SELECT (id, business_id, kind, status, queued_at, lease_expires_at, finished_at, gave_up) ON ai_jobs TO cafe_ai_jobs;
GRANT SELECT (business_id, user_id, role) ON memberships TO cafe_ai_jobs;
GRANT SELECT, UPDATE (available_at, attempts), DELETE ON ai_outbox TO cafe_ai_jobs;
CREATE POLICY jobs ON ai_jobs FOR SELECT TO cafe_ai_jobs USING (true);
CREATE POLICY jobs ON memberships FOR SELECT TO cafe_ai_jobs USING (true);
CREATE POLICY jobs ON ai_outbox TO cafe_ai_jobs USING (true);

CREATE FUNCTION job_business(caller uuid, job uuid) RETURNS TABLE (business_id uuid, role text)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
BEGIN ATOMIC
    SELECT member.business_id, member.role
      FROM ai_jobs AS started
      JOIN memberships AS member ON member.business_id = started.business_id AND member.user_id = caller
     WHERE started.id = job;
END;
COMMENT ON FUNCTION job_business IS
    'The business of a job and the caller''s role in it; no row where the caller is no member, or there is no such job.';

-- Waits 15 s at first, and double with each time it was in vain, up to 10 minutes.
CREATE FUNCTION outbox_wait(attempts integer) RETURNS interval LANGUAGE sql IMMUTABLE
    RETURN least(interval '15 seconds' * 2 ^ least(attempts, 10), interval '10 minutes');
GRANT EXECUTE ON FUNCTION outbox_wait TO cafe_ai_app, cafe_ai_jobs;

CREATE FUNCTION take_due_messages(at_most integer)
    RETURNS TABLE (id uuid, queue text, body jsonb, correlation_id text)
    LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
    UPDATE ai_outbox AS taken
       SET attempts = taken.attempts + 1, available_at = clock_timestamp() + outbox_wait(taken.attempts)
     WHERE taken.id = ANY (ARRAY(SELECT waiting.id FROM ai_outbox AS waiting
                                  WHERE waiting.available_at <= clock_timestamp()
                                  ORDER BY waiting.available_at LIMIT at_most FOR UPDATE SKIP LOCKED))
    RETURNING taken.id, taken.queue, taken.body, taken.correlation_id
$$;
COMMENT ON FUNCTION take_due_messages IS
    'Messages that are due, longest waiting first, for this caller to send: until outbox_wait() is over no other is given them.';

CREATE FUNCTION take_messages(wanted uuid[])
    RETURNS TABLE (id uuid, queue text, body jsonb, correlation_id text)
    LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
    UPDATE ai_outbox AS taken
       SET attempts = taken.attempts + 1, available_at = clock_timestamp() + outbox_wait(taken.attempts)
     WHERE taken.id = ANY (ARRAY(SELECT waiting.id FROM ai_outbox AS waiting
                                  WHERE waiting.id = ANY (wanted) FOR UPDATE SKIP LOCKED))
    RETURNING taken.id, taken.queue, taken.body, taken.correlation_id
$$;
COMMENT ON FUNCTION take_messages IS 'As take_due_messages(), these alone and due or not: their writer sends them itself.';

CREATE FUNCTION forget_messages(sent uuid[]) RETURNS void
    LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
BEGIN ATOMIC
    DELETE FROM ai_outbox WHERE id = ANY (sent);
END;
COMMENT ON FUNCTION forget_messages IS 'Removes messages that were sent.';

CREATE FUNCTION overdue_jobs(pending_for interval, lapsed_for interval, at_most integer)
    RETURNS TABLE (id uuid, business_id uuid)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
    SELECT late.id, late.business_id
      FROM ai_jobs AS late
     WHERE late.finished_at IS NULL
       AND late.queued_at <= now() - least(pending_for, lapsed_for)
       AND CASE late.status
           WHEN 'processing' THEN late.lease_expires_at <= now() - lapsed_for
           ELSE late.queued_at <= now() - pending_for
                AND NOT EXISTS (SELECT FROM ai_outbox AS waiting WHERE waiting.body ->> 'job_id' = late.id::text)
           END
     ORDER BY late.queued_at
     LIMIT at_most
$$;
COMMENT ON FUNCTION overdue_jobs IS $$Jobs that nobody may be going to work on, longest waiting first: those whose lease ran out
so long ago, and those that have been pending for longer without a message that waits to be sent.$$;

CREATE FUNCTION given_up_jobs(only_kind text, only_job uuid, after uuid, at_most integer)
    RETURNS TABLE (id uuid, business_id uuid)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
    SELECT failed.id, failed.business_id
      FROM ai_jobs AS failed
     WHERE failed.gave_up
       AND (only_kind IS NULL OR failed.kind = only_kind)
       AND (only_job IS NULL OR failed.id = only_job)
       AND (after IS NULL OR failed.id > after)
     ORDER BY failed.id
     LIMIT at_most
$$;
COMMENT ON FUNCTION given_up_jobs IS 'Jobs that failed for want of attempts, oldest first: of one kind, one job, or after one job, if given.';

GRANT EXECUTE ON FUNCTION job_business, take_due_messages, take_messages, forget_messages, overdue_jobs, given_up_jobs TO cafe_ai_app;

GRANT cafe_ai_jobs TO CURRENT_USER;
GRANT CREATE ON SCHEMA public TO cafe_ai_jobs;
ALTER FUNCTION job_business OWNER TO cafe_ai_jobs;
ALTER FUNCTION take_due_messages OWNER TO cafe_ai_jobs;
ALTER FUNCTION take_messages OWNER TO cafe_ai_jobs;
ALTER FUNCTION forget_messages OWNER TO cafe_ai_jobs;
ALTER FUNCTION overdue_jobs OWNER TO cafe_ai_jobs;
ALTER FUNCTION given_up_jobs OWNER TO cafe_ai_jobs;
REVOKE CREATE ON SCHEMA public FROM cafe_ai_jobs;
REVOKE cafe_ai_jobs FROM CURRENT_USER;
