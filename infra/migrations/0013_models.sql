-- What was learnt of a shop, version by version, and what the model in use foretells.
--
-- The files of a version are in the bucket of models, under models/{business}/{kind}/{version}/; what they must be (SHA-256 and
-- size) stands here, so that nothing that was changed there is ever used. A row is written before its files are, and is in use
-- once it is promoted: whoever is stopped half-way leaves a candidate, and candidates are used by nobody.

CREATE TABLE ml_models (
    business_id   uuid NOT NULL REFERENCES businesses ON DELETE CASCADE,
    kind          text NOT NULL CHECK (length(kind) BETWEEN 1 AND 40),
    version       text NOT NULL CHECK (version ~ '^[0-9]{19}$'),  -- a number that grows, as TensorFlow Serving has them
    status        text NOT NULL DEFAULT 'candidate' CHECK (status IN ('candidate', 'promoted', 'rejected', 'retired')),
    created_at    timestamptz NOT NULL DEFAULT now(),
    trained_until date NOT NULL,   -- the last business day it has seen
    data_hash     text NOT NULL CHECK (data_hash ~ '^[0-9a-f]{64}$'),
    code_version  text NOT NULL,   -- of the method that made it: another one learns anew from equal data
    features      text[] NOT NULL,
    backtest      jsonb NOT NULL,  -- its own, with each method that was tried
    trial         jsonb,           -- against what was in use, on the same days
    files         jsonb NOT NULL,  -- {name: {sha256, bytes}}
    reason        text,            -- why it is what it is, in words; null: nobody has judged it yet
    promoted_at   timestamptz,
    retired_at    timestamptz,
    pruned_at     timestamptz,     -- since when its files are gone
    PRIMARY KEY (business_id, kind, version),
    CHECK (promoted_at IS NOT NULL OR status NOT IN ('promoted', 'retired')),
    CHECK ((retired_at IS NOT NULL) = (status = 'retired')),
    CHECK (status <> 'promoted' OR pruned_at IS NULL)
);
CREATE UNIQUE INDEX ml_models_promoted ON ml_models (business_id, kind) WHERE status = 'promoted';

-- Days ahead, the first of them starts_on: in units of a product, or in net sales of the whole shop (product_id is null).
CREATE TABLE ml_forecasts (
    business_id   uuid NOT NULL REFERENCES businesses ON DELETE CASCADE,
    product_id    uuid,
    starts_on     date NOT NULL,
    days          smallint NOT NULL CHECK (days > 0),
    expected      real[] NOT NULL CHECK (cardinality(expected) = days),
    low80         real[] NOT NULL CHECK (cardinality(low80) = days),
    high80        real[] NOT NULL CHECK (cardinality(high80) = days),
    low95         real[] NOT NULL CHECK (cardinality(low95) = days),
    high95        real[] NOT NULL CHECK (cardinality(high95) = days),
    spans         jsonb NOT NULL,  -- {days: {expected, enough}}: totals of the first days; enough suffices in 95 of 100 cases
    method        text NOT NULL,
    notes         text[] NOT NULL,
    backtest      jsonb,
    kind          text NOT NULL,
    model_version text NOT NULL,
    made_at       timestamptz NOT NULL DEFAULT clock_timestamp(),
    UNIQUE NULLS NOT DISTINCT (business_id, product_id, starts_on),
    FOREIGN KEY (business_id, product_id) REFERENCES products (business_id, id) ON DELETE CASCADE,
    FOREIGN KEY (business_id, kind, model_version) REFERENCES ml_models (business_id, kind, version) ON DELETE CASCADE
);
CREATE INDEX ml_forecasts_by_start ON ml_forecasts (business_id, starts_on);
CREATE INDEX ml_forecasts_by_model ON ml_forecasts (business_id, kind, model_version);

DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['ml_models', 'ml_forecasts'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', name);
        EXECUTE format(
            'CREATE POLICY tenant ON %I TO cafe_ai_app USING (business_id = (SELECT current_business_id()))', name);
    END LOOP;
END $$;
GRANT SELECT, INSERT, UPDATE ON ml_models TO cafe_ai_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON ml_forecasts TO cafe_ai_app;

-- Whose night it is.
GRANT SELECT (business_id, business_date, orders) ON rollup_hours TO cafe_ai_schedules;
CREATE POLICY schedules ON rollup_hours FOR SELECT TO cafe_ai_schedules USING (true);

CREATE FUNCTION trainings_due(moment timestamptz, at_most integer) RETURNS TABLE (business_id uuid, idempotency_key text)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
    SELECT business.id, to_char(shop.clock, '"train:"YYYY-MM-DD')
      FROM businesses AS business
     CROSS JOIN LATERAL (SELECT moment AT TIME ZONE business.timezone AS clock) AS shop
     WHERE shop.clock >= shop.clock::date + greatest(business.day_starts, time '03:00')
       AND EXISTS (SELECT FROM rollup_hours AS sold
                    WHERE sold.business_id = business.id AND sold.orders > 0
                      AND sold.business_date BETWEEN shop.clock::date - 28 AND shop.clock::date)
       AND NOT EXISTS (SELECT FROM ai_jobs AS started
                        WHERE started.business_id = business.id AND started.user_id IS NULL
                          AND started.idempotency_key = to_char(shop.clock, '"train:"YYYY-MM-DD'))
     ORDER BY business.id
     LIMIT at_most
$$;
COMMENT ON FUNCTION trainings_due IS $$The businesses that sold in the last 28 days and whose models were not trained today, from
03:00 on by the shop's clock, or from where its day begins if that is later. Each with the key of that day.$$;

GRANT EXECUTE ON FUNCTION trainings_due TO cafe_ai_app;
GRANT cafe_ai_schedules TO CURRENT_USER;
GRANT CREATE ON SCHEMA public TO cafe_ai_schedules;
ALTER FUNCTION trainings_due OWNER TO cafe_ai_schedules;
REVOKE CREATE ON SCHEMA public FROM cafe_ai_schedules;
REVOKE cafe_ai_schedules FROM CURRENT_USER;
