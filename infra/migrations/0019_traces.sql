-- A message belongs to the trace of whoever wrote it, however much later it is sent.
--
-- take_due_messages() and take_messages() stay for the version that runs while this is applied; what they leave out is the trace.

ALTER TABLE ai_outbox ADD COLUMN traceparent text;  -- W3C Trace Context; null: written outside of a trace

CREATE FUNCTION claim_due_messages(at_most integer)
    RETURNS TABLE (id uuid, queue text, body jsonb, correlation_id text, traceparent text)
    LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
    UPDATE ai_outbox AS taken
       SET attempts = taken.attempts + 1, available_at = clock_timestamp() + outbox_wait(taken.attempts)
     WHERE taken.id = ANY (ARRAY(SELECT waiting.id FROM ai_outbox AS waiting
                                  WHERE waiting.available_at <= clock_timestamp()
                                  ORDER BY waiting.available_at LIMIT at_most FOR UPDATE SKIP LOCKED))
    RETURNING taken.id, taken.queue, taken.body, taken.correlation_id, taken.traceparent
$$;
COMMENT ON FUNCTION claim_due_messages IS
    'Messages that are due, longest waiting first, for this caller to send: until outbox_wait() is over no other is given them.';

CREATE FUNCTION claim_messages(wanted uuid[])
    RETURNS TABLE (id uuid, queue text, body jsonb, correlation_id text, traceparent text)
    LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
    UPDATE ai_outbox AS taken
       SET attempts = taken.attempts + 1, available_at = clock_timestamp() + outbox_wait(taken.attempts)
     WHERE taken.id = ANY (ARRAY(SELECT waiting.id FROM ai_outbox AS waiting
                                  WHERE waiting.id = ANY (wanted) FOR UPDATE SKIP LOCKED))
    RETURNING taken.id, taken.queue, taken.body, taken.correlation_id, taken.traceparent
$$;
COMMENT ON FUNCTION claim_messages IS 'As claim_due_messages(), these alone and due or not: their writer sends them itself.';

GRANT EXECUTE ON FUNCTION claim_due_messages, claim_messages TO cafe_ai_app;

GRANT cafe_ai_jobs TO CURRENT_USER;
GRANT CREATE ON SCHEMA public TO cafe_ai_jobs;
ALTER FUNCTION claim_due_messages OWNER TO cafe_ai_jobs;
ALTER FUNCTION claim_messages OWNER TO cafe_ai_jobs;
REVOKE CREATE ON SCHEMA public FROM cafe_ai_jobs;
REVOKE cafe_ai_jobs FROM CURRENT_USER;
