-- The feature store of ml/pipelines: what was known of a customer, a product or the shop at a moment. Models are trained on the
-- rows at or before each of their moments and served by the latest, so neither sees what came later.
--
-- values holds the numbers of a feature set in the order of its names, null where one is missing; names, formulas and the version
-- they belong to are in code (ml/pipelines/documentation). No words, names or addresses: a customer is our own id, and the rows go
-- with the customer, the product or the business.

-- Which moments of a set were made from the orders, and from what: source is a hash of all that was seen; another one means that
-- history was written anew since, and the moment is made again. present: the moment of the last refresh, which the next replaces.
CREATE TABLE feature_snapshots (
    business_id uuid NOT NULL REFERENCES businesses ON DELETE CASCADE,
    feature_set text NOT NULL,
    moment      timestamptz NOT NULL,
    version     smallint NOT NULL,
    source      text NOT NULL,
    present     boolean NOT NULL,
    made_at     timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (business_id, feature_set, moment)
);
CREATE UNIQUE INDEX feature_snapshots_present ON feature_snapshots (business_id, feature_set) WHERE present;

-- The keys start with the entity: one index finds its latest row, and what goes with it.
CREATE TABLE customer_features (
    business_id uuid NOT NULL,
    entity_id   uuid NOT NULL,
    feature_set text NOT NULL,
    moment      timestamptz NOT NULL,  -- only what came before it was seen
    version     smallint NOT NULL,
    "values"    double precision[] NOT NULL,
    PRIMARY KEY (business_id, entity_id, feature_set, moment),
    FOREIGN KEY (business_id, entity_id) REFERENCES customers (business_id, id) ON DELETE CASCADE
);

CREATE TABLE product_features (
    business_id uuid NOT NULL,
    entity_id   uuid NOT NULL,
    feature_set text NOT NULL,
    moment      timestamptz NOT NULL,
    version     smallint NOT NULL,
    "values"    double precision[] NOT NULL,
    PRIMARY KEY (business_id, entity_id, feature_set, moment),
    FOREIGN KEY (business_id, entity_id) REFERENCES products (business_id, id) ON DELETE CASCADE
);

CREATE TABLE shop_features (
    business_id uuid NOT NULL REFERENCES businesses ON DELETE CASCADE,
    entity_id   uuid NOT NULL CHECK (entity_id = business_id),
    feature_set text NOT NULL,
    moment      timestamptz NOT NULL,
    version     smallint NOT NULL,
    "values"    double precision[] NOT NULL,
    PRIMARY KEY (business_id, entity_id, feature_set, moment)
);

DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['feature_snapshots', 'customer_features', 'product_features', 'shop_features'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', name);
        EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %I TO cafe_ai_app', name);
        EXECUTE format(
            'CREATE POLICY tenant ON %I TO cafe_ai_app USING (business_id = (SELECT current_business_id()))', name);
    END LOOP;
END $$;
