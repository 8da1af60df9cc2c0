-- Alerts that a shop's sales are no longer what its models learnt from, or that forecasts miss by more than they did in their
-- backtest. One is open as long as each night finds it again; whoever looks sees for how long it stood.

CREATE TABLE drift_alerts (
    business_id  uuid NOT NULL REFERENCES businesses ON DELETE CASCADE,
    kind         text NOT NULL CHECK (kind IN ('inputs', 'forecasts')),
    subject      text NOT NULL CHECK (length(subject) BETWEEN 1 AND 80),  -- a feature's name, or what of the forecasts
    measured     double precision NOT NULL,
    allowed      double precision NOT NULL,
    said         text NOT NULL,  -- in words, for operators
    raised_at    timestamptz NOT NULL DEFAULT now(),
    last_seen_at timestamptz NOT NULL DEFAULT now(),
    cleared_at   timestamptz,
    PRIMARY KEY (business_id, kind, subject, raised_at)
);
CREATE UNIQUE INDEX drift_alerts_open ON drift_alerts (business_id, kind, subject) WHERE cleared_at IS NULL;
CREATE INDEX drift_alerts_open_by_kind ON drift_alerts (kind) WHERE cleared_at IS NULL;

ALTER TABLE drift_alerts ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON drift_alerts TO cafe_ai_app USING (business_id = (SELECT current_business_id()));
GRANT SELECT, INSERT, UPDATE, DELETE ON drift_alerts TO cafe_ai_app;

GRANT SELECT (kind, cleared_at) ON drift_alerts TO cafe_ai_monitoring;
CREATE POLICY monitoring ON drift_alerts FOR SELECT TO cafe_ai_monitoring USING (true);

CREATE FUNCTION open_drift_alerts() RETURNS TABLE (kind text, alerts bigint)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
    SELECT known.kind, count(standing.kind)
      FROM unnest(ARRAY['inputs', 'forecasts']) AS known (kind)
      LEFT JOIN drift_alerts AS standing ON standing.kind = known.kind AND standing.cleared_at IS NULL
     GROUP BY known.kind
$$;
COMMENT ON FUNCTION open_drift_alerts IS 'How many alerts of each kind stand, over all businesses.';

GRANT EXECUTE ON FUNCTION open_drift_alerts TO cafe_ai_app;
GRANT cafe_ai_monitoring TO CURRENT_USER;
GRANT CREATE ON SCHEMA public TO cafe_ai_monitoring;
ALTER FUNCTION open_drift_alerts OWNER TO cafe_ai_monitoring;
REVOKE CREATE ON SCHEMA public FROM cafe_ai_monitoring;
REVOKE cafe_ai_monitoring FROM CURRENT_USER;
