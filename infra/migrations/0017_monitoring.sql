-- The service's metrics: what was asked of it by endpoint and model, counted as each inference is written.
--
-- The counts are in the transaction of the audit row, so they are exact whichever process wrote it and however late (from the
-- audit queue), and they never fall: nothing is taken from them when words are erased or time is over. They say nothing of a
-- user or a business: an id within an endpoint's name becomes {id}.

DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'cafe_ai_monitoring') THEN
        CREATE ROLE cafe_ai_monitoring NOLOGIN NOCREATEDB NOCREATEROLE;  -- owns the counts and the look at all audit rows
    END IF;
END $$;

CREATE TABLE ai_metrics (
    endpoint          text NOT NULL,
    model_name        text NOT NULL,
    status            text NOT NULL,
    degraded          boolean NOT NULL,
    bucket            smallint NOT NULL,  -- how long it took: see response_bucket()
    shard             smallint NOT NULL,  -- writers that come at once count in different rows
    requests          bigint NOT NULL,
    prompt_tokens     bigint NOT NULL,
    completion_tokens bigint NOT NULL,
    tokens_used       bigint NOT NULL,
    cost_usd          numeric NOT NULL,
    response_ms       bigint NOT NULL,
    PRIMARY KEY (endpoint, model_name, status, degraded, bucket, shard)
) WITH (fillfactor = 30, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000);  -- a row changes in place

CREATE FUNCTION metric_endpoint(endpoint text) RETURNS text LANGUAGE sql IMMUTABLE
    RETURN regexp_replace(endpoint, '[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}', '{id}', 'gi');
COMMENT ON FUNCTION metric_endpoint IS 'The endpoint''s name without ids.';

CREATE FUNCTION response_bucket(milliseconds integer) RETURNS smallint LANGUAGE sql IMMUTABLE
    RETURN width_bucket(milliseconds - 1, ARRAY[25, 50, 100, 250, 500, 1000, 2500, 5000, 10000, 25000, 60000, 300000]);
COMMENT ON FUNCTION response_bucket IS $$Which of 13 buckets a time belongs to: 0 takes up to 25 ms, 1 up to 50 ms, 12 what took longer
than 300 s. The bounds are those of cafe_ai/monitoring/model.py.$$;

CREATE FUNCTION count_inference() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
BEGIN
    INSERT INTO ai_metrics AS counted
    VALUES (metric_endpoint(NEW.endpoint), NEW.model_name, NEW.status, NEW.degraded, response_bucket(NEW.response_time_ms),
            pg_backend_pid() % 16, 1, NEW.prompt_tokens, NEW.completion_tokens, NEW.tokens_used, NEW.cost_usd,
            NEW.response_time_ms)
    ON CONFLICT (endpoint, model_name, status, degraded, bucket, shard) DO UPDATE
       SET requests = counted.requests + 1,
           prompt_tokens = counted.prompt_tokens + NEW.prompt_tokens,
           completion_tokens = counted.completion_tokens + NEW.completion_tokens,
           tokens_used = counted.tokens_used + NEW.tokens_used,
           cost_usd = counted.cost_usd + NEW.cost_usd,
           response_ms = counted.response_ms + NEW.response_time_ms;
    RETURN NULL;
END;
$$;
COMMENT ON FUNCTION count_inference IS 'Adds a written inference to the counts.';

-- Rows written before, and none while that is done.
LOCK TABLE ai_audit_logs IN SHARE ROW EXCLUSIVE MODE;
ALTER TABLE ai_audit_logs NO FORCE ROW LEVEL SECURITY;
INSERT INTO ai_metrics
SELECT metric_endpoint(endpoint), model_name, status, degraded, response_bucket(response_time_ms), 0, count(*),
       sum(prompt_tokens), sum(completion_tokens), sum(tokens_used), sum(cost_usd), sum(response_time_ms)
  FROM ai_audit_logs GROUP BY 1, 2, 3, 4, 5;
ALTER TABLE ai_audit_logs FORCE ROW LEVEL SECURITY;
CREATE TRIGGER counted AFTER INSERT ON ai_audit_logs FOR EACH ROW EXECUTE FUNCTION count_inference();
CREATE INDEX ai_audit_logs_errors ON ai_audit_logs ("timestamp" DESC) WHERE status = 'error';

ALTER TABLE ai_metrics ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
GRANT SELECT, INSERT, UPDATE ON ai_metrics TO cafe_ai_monitoring;
CREATE POLICY monitoring ON ai_metrics TO cafe_ai_monitoring USING (true);
GRANT SELECT (endpoint, model_name, status, degraded, prompt_tokens, completion_tokens, tokens_used, cost_usd, response_time_ms,
              error_message, request_id, "timestamp")
    ON ai_audit_logs TO cafe_ai_monitoring;
CREATE POLICY monitoring ON ai_audit_logs FOR SELECT TO cafe_ai_monitoring USING (true);

CREATE FUNCTION inference_counts()
    RETURNS TABLE (
        endpoint          text,
        model_name        text,
        status            text,
        degraded          boolean,
        bucket            smallint,
        requests          bigint,
        prompt_tokens     bigint,
        completion_tokens bigint,
        tokens_used       bigint,
        cost_usd          numeric,
        response_ms       bigint
    )
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
BEGIN ATOMIC
    SELECT counted.endpoint, counted.model_name, counted.status, counted.degraded, counted.bucket,
           sum(counted.requests)::bigint, sum(counted.prompt_tokens)::bigint, sum(counted.completion_tokens)::bigint,
           sum(counted.tokens_used)::bigint, sum(counted.cost_usd), sum(counted.response_ms)::bigint
      FROM ai_metrics AS counted
     GROUP BY 1, 2, 3, 4, 5;
END;
COMMENT ON FUNCTION inference_counts IS 'What was counted since the beginning, of all businesses together. It never falls.';

CREATE FUNCTION inference_counts_since(since timestamptz)
    RETURNS TABLE (
        endpoint          text,
        model_name        text,
        status            text,
        degraded          boolean,
        bucket            smallint,
        requests          bigint,
        prompt_tokens     bigint,
        completion_tokens bigint,
        tokens_used       bigint,
        cost_usd          numeric,
        response_ms       bigint
    )
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
BEGIN ATOMIC
    SELECT metric_endpoint(audited.endpoint), audited.model_name, audited.status, audited.degraded,
           response_bucket(audited.response_time_ms), count(*), sum(audited.prompt_tokens), sum(audited.completion_tokens),
           sum(audited.tokens_used), sum(audited.cost_usd), sum(audited.response_time_ms)
      FROM ai_audit_logs AS audited
     WHERE audited."timestamp" >= since
     GROUP BY 1, 2, 3, 4, 5;
END;
COMMENT ON FUNCTION inference_counts_since IS 'The same of the inferences from a moment on, counted from the audit rows.';

CREATE FUNCTION recent_inference_errors(at_most integer)
    RETURNS TABLE (
        "timestamp"      timestamptz,
        endpoint         text,
        model_name       text,
        error            text,
        response_time_ms integer,
        request_id       text
    )
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
    SELECT failed."timestamp", metric_endpoint(failed.endpoint), failed.model_name,
           substring(failed.error_message FROM '^([A-Z][A-Za-z0-9]*):'), failed.response_time_ms, failed.request_id
      FROM ai_audit_logs AS failed
     WHERE failed.status = 'error'
     ORDER BY failed."timestamp" DESC
     LIMIT at_most
$$;
COMMENT ON FUNCTION recent_inference_errors IS $$The newest failed inferences of any business: when and where, and what was raised by its
name alone, for what it says may have the words of a user in it.$$;

GRANT EXECUTE ON FUNCTION metric_endpoint, response_bucket TO cafe_ai_monitoring;
GRANT EXECUTE ON FUNCTION inference_counts, inference_counts_since, recent_inference_errors TO cafe_ai_app;

GRANT cafe_ai_monitoring TO CURRENT_USER;
GRANT CREATE ON SCHEMA public TO cafe_ai_monitoring;
ALTER FUNCTION count_inference OWNER TO cafe_ai_monitoring;
ALTER FUNCTION inference_counts OWNER TO cafe_ai_monitoring;
ALTER FUNCTION inference_counts_since OWNER TO cafe_ai_monitoring;
ALTER FUNCTION recent_inference_errors OWNER TO cafe_ai_monitoring;
REVOKE CREATE ON SCHEMA public FROM cafe_ai_monitoring;
REVOKE cafe_ai_monitoring FROM CURRENT_USER;
