-- What is bought together, what sells at which part of the day, and what was looked for in vain. The nightly job
-- (functions/workers/basket_pairs) writes the first two, one business a transaction and as that business; the list of those that
-- are due is the only thing it asks of all of them.

DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'cafe_ai_baskets') THEN
        CREATE ROLE cafe_ai_baskets NOLOGIN NOCREATEDB NOCREATEROLE;  -- owns the list of the businesses that are due
    END IF;
END $$;

-- When a business was last computed. newest_order is the id (UUIDv7) of the latest order that was there then: another one
-- means that there is something new. orders, baskets: distinct orders with a positive line, and those of at least two products.
CREATE TABLE recommendation_runs (
    business_id  uuid PRIMARY KEY REFERENCES businesses ON DELETE CASCADE,
    computed_at  timestamptz NOT NULL,
    newest_order uuid,
    window_start date,  -- business days [window_start, window_end] were read; null where nothing was sold
    window_end   date,
    orders       integer NOT NULL,
    baskets      integer NOT NULL
);

-- The products that share orders with a product, best first (rank from 1). Counts are of distinct orders of the window.
--   lift  = orders_together × orders / (product_orders × other_orders): above 1 more often than by chance
--   g2    = Dunning's log-likelihood ratio of the 2×2 table: above 10.83 with 0.1 % chance at most
--   score = what the rank goes by: a shrunk confidence × a shrunk lift (recommendations/baskets.py)
CREATE TABLE product_pairs (
    business_id     uuid NOT NULL,
    product_id      uuid NOT NULL,
    other_id        uuid NOT NULL,
    rank            smallint NOT NULL CHECK (rank > 0),
    orders_together integer NOT NULL CHECK (orders_together > 0),
    product_orders  integer NOT NULL,
    other_orders    integer NOT NULL,
    orders          integer NOT NULL,
    lift            double precision NOT NULL,
    g2              double precision NOT NULL,
    score           double precision NOT NULL,
    PRIMARY KEY (business_id, product_id, rank),
    FOREIGN KEY (business_id, product_id) REFERENCES products (business_id, id) ON DELETE CASCADE,
    FOREIGN KEY (business_id, other_id) REFERENCES products (business_id, id) ON DELETE CASCADE
);
CREATE INDEX product_pairs_by_other ON product_pairs (business_id, other_id);

-- In how many orders of a part of the shop's day a product was (part_orders: all orders of that part) in the last weeks.
-- Parts go by the shop's clock: morning 5-12, noon 12-16, afternoon 16-20, night 20-5.
CREATE TABLE product_dayparts (
    business_id uuid NOT NULL,
    product_id  uuid NOT NULL,
    daypart     text NOT NULL CHECK (daypart IN ('morning', 'noon', 'afternoon', 'night')),
    orders      integer NOT NULL,
    part_orders integer NOT NULL,
    all_orders  integer NOT NULL,  -- the product's orders in all parts
    total       integer NOT NULL,  -- all orders in all parts
    PRIMARY KEY (business_id, product_id, daypart),
    FOREIGN KEY (business_id, product_id) REFERENCES products (business_id, id) ON DELETE CASCADE
);

-- What was searched for and not found: the words alone, folded; never who asked.
CREATE TABLE search_misses (
    business_id uuid NOT NULL REFERENCES businesses ON DELETE CASCADE,
    query       text NOT NULL CHECK (length(query) BETWEEN 1 AND 80),
    locale      text NOT NULL CHECK (locale IN ('es', 'en')),
    times       integer NOT NULL DEFAULT 1 CHECK (times > 0),
    first_at    timestamptz NOT NULL DEFAULT now(),
    last_at     timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (business_id, query)
);

DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['recommendation_runs', 'product_pairs', 'product_dayparts', 'search_misses'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', name);
        EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %I TO cafe_ai_app', name);
        EXECUTE format(
            'CREATE POLICY tenant ON %I TO cafe_ai_app USING (business_id = (SELECT current_business_id()))', name);
    END LOOP;
END $$;

GRANT SELECT (id) ON businesses TO cafe_ai_baskets;
GRANT SELECT (business_id, id) ON orders TO cafe_ai_baskets;
GRANT SELECT (business_id, computed_at, newest_order) ON recommendation_runs TO cafe_ai_baskets;
CREATE POLICY baskets ON businesses FOR SELECT TO cafe_ai_baskets USING (true);
CREATE POLICY baskets ON orders FOR SELECT TO cafe_ai_baskets USING (true);
CREATE POLICY baskets ON recommendation_runs FOR SELECT TO cafe_ai_baskets USING (true);

CREATE FUNCTION businesses_due_for_baskets(at_most integer) RETURNS TABLE (business_id uuid)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
    SELECT business.id
      FROM businesses AS business
      LEFT JOIN recommendation_runs AS run ON run.business_id = business.id
     CROSS JOIN LATERAL (
           SELECT placed.id FROM orders AS placed
            WHERE placed.business_id = business.id ORDER BY placed.id DESC LIMIT 1) AS newest
     WHERE run.business_id IS NULL
        OR run.newest_order IS DISTINCT FROM newest.id
        OR run.computed_at < now() - interval '7 days'
     ORDER BY run.computed_at NULLS FIRST, business.id
     LIMIT at_most
$$;
COMMENT ON FUNCTION businesses_due_for_baskets IS
    'The ids of the businesses with orders since they were last computed (or not for a week), stalest first; nothing else of them.';
GRANT EXECUTE ON FUNCTION businesses_due_for_baskets TO cafe_ai_app;

GRANT cafe_ai_baskets TO CURRENT_USER;
GRANT CREATE ON SCHEMA public TO cafe_ai_baskets;
ALTER FUNCTION businesses_due_for_baskets OWNER TO cafe_ai_baskets;
REVOKE CREATE ON SCHEMA public FROM cafe_ai_baskets;
REVOKE cafe_ai_baskets FROM CURRENT_USER;
