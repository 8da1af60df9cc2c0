-- The shop's clock, and the rollups kept equal to the lines in the same transaction that changes them.
--
-- Whoever writes a shop's tables holds the lock of its business from the first statement to the commit, so writers of one
-- shop follow one another and each recomputes what it touched from all that was committed. The functions that write
-- the rollups belong to cafe_ai_rollup, which may do nothing else.

ALTER TABLE businesses ADD CONSTRAINT timezone_is_known
    CHECK ((timestamptz 'epoch' AT TIME ZONE timezone) IS NOT NULL);  -- an unknown one raises an error that names it

CREATE FUNCTION business_clock(ordered_at timestamptz, timezone text, day_starts time)
    RETURNS TABLE (business_date date, local_hour smallint)
    LANGUAGE sql IMMUTABLE PARALLEL SAFE ROWS 1
BEGIN ATOMIC
    SELECT ((ordered_at AT TIME ZONE timezone) - day_starts::interval)::date,
           extract(hour FROM ordered_at AT TIME ZONE timezone)::smallint;
END;
COMMENT ON FUNCTION business_clock IS
    'The shop''s day and hour at a moment. The day starts at day_starts on the shop''s own clock, whatever daylight saving does.';
GRANT EXECUTE ON FUNCTION business_clock TO cafe_ai_app, cafe_ai_saas, cafe_ai_rollup;

-- The stores and payment methods that a business's orders name now.
CREATE TABLE business_labels (
    business_id uuid NOT NULL REFERENCES businesses ON DELETE CASCADE,
    kind        text NOT NULL CHECK (kind IN ('store', 'payment_method')),
    label       text NOT NULL,
    PRIMARY KEY (business_id, kind, label)
);
ALTER TABLE business_labels ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
GRANT SELECT ON business_labels TO cafe_ai_app;
CREATE POLICY tenant ON business_labels TO cafe_ai_app USING (business_id = (SELECT current_business_id()));

-- What cafe_ai_rollup may do, in any business: its functions are given the businesses by the rows that changed.
GRANT SELECT (id, timezone, day_starts, names_version), UPDATE (names_version) ON businesses TO cafe_ai_rollup;
GRANT SELECT ON products, orders, order_lines TO cafe_ai_rollup;
GRANT UPDATE (business_date, local_hour, is_sale) ON orders TO cafe_ai_rollup;
GRANT SELECT, INSERT, DELETE ON rollup_hours, rollup_products, business_labels TO cafe_ai_rollup;
GRANT MAINTAIN ON products, customers, orders, order_lines, rollup_hours, rollup_products TO cafe_ai_rollup;
CREATE POLICY rollup ON businesses TO cafe_ai_rollup USING (true);
CREATE POLICY rollup ON products FOR SELECT TO cafe_ai_rollup USING (true);
CREATE POLICY rollup ON orders TO cafe_ai_rollup USING (true);
CREATE POLICY rollup ON order_lines FOR SELECT TO cafe_ai_rollup USING (true);
CREATE POLICY rollup ON rollup_hours TO cafe_ai_rollup USING (true);
CREATE POLICY rollup ON rollup_products TO cafe_ai_rollup USING (true);
CREATE POLICY rollup ON business_labels TO cafe_ai_rollup USING (true);

-- What each line counts for. A line whose price was not recorded has no amounts.
CREATE VIEW measured_lines WITH (security_invoker = true) AS
SELECT line.business_id,
       line.business_date,
       placed.business_date AS order_date,  -- equal, but a condition on it narrows the orders as well
       placed.local_hour,
       coalesce(placed.store, '') AS store,
       line.product_id,
       line.order_id,
       line.quantity AS units,
       line.discount AS discounts,
       line.quantity > 0 AS is_sale,
       coalesce(line.unit_price > 0, false) AS is_priced,
       amount.cost IS NOT NULL AS is_costed,
       amount.net,
       amount.cost
  FROM order_lines AS line
  JOIN orders AS placed ON placed.business_id = line.business_id AND placed.id = line.order_id
  JOIN products AS sold ON sold.business_id = line.business_id AND sold.id = line.product_id
 CROSS JOIN LATERAL (
       SELECT line.quantity * line.unit_price - line.discount AS net,
              CASE WHEN line.unit_price IS NOT NULL THEN line.quantity * coalesce(line.unit_cost, sold.cost) END AS cost
       ) AS amount;
GRANT SELECT ON measured_lines TO cafe_ai_rollup, cafe_ai_app, cafe_ai_saas;

CREATE FUNCTION refresh_rollups(shop uuid, days date[]) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = pg_catalog, public, pg_temp
    -- It runs right after a bulk load, when the planner knows nothing of the new rows: neither plan may depend on that.
    SET plan_cache_mode = force_custom_plan
    SET enable_nestloop = off
    SET work_mem = '64MB'
AS $$
BEGIN
    PERFORM FROM businesses WHERE id = shop FOR NO KEY UPDATE;

    UPDATE orders
       SET is_sale = NOT is_sale
     WHERE business_id = shop AND business_date = ANY (days)
       AND is_sale <> (id IN (SELECT order_id FROM order_lines
                               WHERE business_id = shop AND business_date = ANY (days) AND quantity > 0));

    DELETE FROM rollup_hours WHERE business_id = shop AND business_date = ANY (days);
    INSERT INTO rollup_hours (business_id, business_date, local_hour, store, orders, lines, sale_lines, priced_lines,
                              costed_lines, units, net, gross, returns, discounts, cost, costed_net)
    SELECT shop, business_date, local_hour, store,
           count(DISTINCT order_id) FILTER (WHERE is_sale),
           count(*), count(*) FILTER (WHERE is_sale), count(*) FILTER (WHERE is_priced), count(*) FILTER (WHERE is_costed),
           sum(units), coalesce(sum(net), 0), coalesce(sum(net) FILTER (WHERE is_sale), 0),
           coalesce(-sum(net) FILTER (WHERE NOT is_sale), 0), sum(discounts),
           coalesce(sum(cost), 0), coalesce(sum(net) FILTER (WHERE is_costed), 0)
      FROM measured_lines
     WHERE business_id = shop AND business_date = ANY (days) AND order_date = ANY (days)
     GROUP BY business_date, local_hour, store;

    DELETE FROM rollup_products WHERE business_id = shop AND business_date = ANY (days);
    INSERT INTO rollup_products (business_id, business_date, product_id, store, orders, lines, sale_lines, priced_lines,
                                 costed_lines, units, net, gross, returns, discounts, cost, costed_net)
    SELECT shop, business_date, product_id, store,
           count(DISTINCT order_id) FILTER (WHERE is_sale),
           count(*), count(*) FILTER (WHERE is_sale), count(*) FILTER (WHERE is_priced), count(*) FILTER (WHERE is_costed),
           sum(units), coalesce(sum(net), 0), coalesce(sum(net) FILTER (WHERE is_sale), 0),
           coalesce(-sum(net) FILTER (WHERE NOT is_sale), 0), sum(discounts),
           coalesce(sum(cost), 0), coalesce(sum(net) FILTER (WHERE is_costed), 0)
      FROM measured_lines
     WHERE business_id = shop AND business_date = ANY (days) AND order_date = ANY (days)
     GROUP BY business_date, product_id, store;
END $$;
COMMENT ON FUNCTION refresh_rollups IS 'Makes the rollups and orders.is_sale of these business days from their lines anew.';

CREATE FUNCTION touch_names(shops uuid[]) RETURNS void
    LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
BEGIN ATOMIC
    UPDATE businesses SET names_version = names_version + 1 WHERE id = ANY (shops);
END;
COMMENT ON FUNCTION touch_names IS 'Tells those who cache the names of these businesses that they changed.';

-- Before any write to a shop's tables: its turn among the writers of that shop.
CREATE FUNCTION lock_business() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
BEGIN
    PERFORM FROM businesses WHERE id = current_business_id() FOR NO KEY UPDATE;
    RETURN NULL;
END $$;

-- An order's day and hour are the clock's, whatever was given; its is_sale is its lines' (see follow_orders).
CREATE FUNCTION set_order_clock() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    SELECT clock.business_date, clock.local_hour
      INTO NEW.business_date, NEW.local_hour
      FROM public.businesses AS shop, public.business_clock(NEW.ordered_at, shop.timezone, shop.day_starts) AS clock
     WHERE shop.id = NEW.business_id;
    IF NOT FOUND THEN
        RAISE foreign_key_violation USING MESSAGE = format('business %s is not this transaction''s', NEW.business_id);
    END IF;
    RETURN NEW;
END $$;

CREATE FUNCTION keep_order_is_sale() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.is_sale := OLD.is_sale;
    RETURN NEW;
END $$;

CREATE FUNCTION follow_business_clock() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
BEGIN
    UPDATE orders
       SET business_date = clock.business_date, local_hour = clock.local_hour
      FROM orders AS placed, business_clock(placed.ordered_at, NEW.timezone, NEW.day_starts) AS clock
     WHERE orders.business_id = NEW.id AND placed.business_id = NEW.id AND placed.id = orders.id
       AND (placed.business_date, placed.local_hour) <> (clock.business_date, clock.local_hour);
    RETURN NULL;
END $$;

CREATE FUNCTION follow_order_lines() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        PERFORM refresh_rollups(business_id, array_agg(business_date))
           FROM (SELECT DISTINCT business_id, business_date FROM new_rows) AS touched GROUP BY business_id;
        -- After an import the next question comes sooner than autovacuum, and would be planned as for empty tables.
        IF (SELECT count(*) FROM (SELECT FROM new_rows LIMIT 10000) AS many) = 10000 THEN
            ANALYZE products, customers, orders, order_lines, rollup_hours, rollup_products;
        END IF;
    ELSIF TG_OP = 'DELETE' THEN
        PERFORM refresh_rollups(business_id, array_agg(business_date))
           FROM (SELECT DISTINCT business_id, business_date FROM old_rows) AS touched GROUP BY business_id;
    ELSE
        PERFORM refresh_rollups(business_id, array_agg(business_date))
           FROM (SELECT business_id, business_date FROM old_rows
                 UNION SELECT business_id, business_date FROM new_rows) AS touched
          GROUP BY business_id;
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION follow_orders() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
DECLARE
    renamed uuid[];
    added   uuid[];
BEGIN
    IF TG_OP = 'INSERT' THEN
        -- An order may say that it is a sale where the same statement writes its lines; this is the statement's end.
        PERFORM refresh_rollups(business_id, array_agg(business_date))
           FROM (SELECT DISTINCT business_id, business_date FROM new_rows
                  WHERE is_sale AND NOT EXISTS (
                        SELECT FROM order_lines AS line
                         WHERE line.business_id = new_rows.business_id AND line.order_id = new_rows.id AND line.quantity > 0)
                ) AS misjudged
          GROUP BY business_id;
    ELSIF TG_OP = 'UPDATE' THEN
        PERFORM refresh_rollups(business_id, array_agg(business_date))
           FROM (SELECT o.business_id, unnest(ARRAY[o.business_date, n.business_date]) AS business_date
                   FROM old_rows AS o JOIN new_rows AS n USING (id)
                  WHERE (o.business_date, o.local_hour, o.store) IS DISTINCT FROM (n.business_date, n.local_hour, n.store)
                ) AS moved
          GROUP BY business_id;
    END IF;
    IF TG_OP <> 'INSERT' THEN
        WITH gone AS (
            DELETE FROM business_labels AS kept
             USING (SELECT DISTINCT business_id, kind, label
                      FROM old_rows, LATERAL (VALUES ('store', store), ('payment_method', payment_method)) AS named (kind, label)
                     WHERE label IS NOT NULL) AS named
             WHERE kept.business_id = named.business_id AND kept.kind = named.kind AND kept.label = named.label
               AND NOT EXISTS (
                   SELECT FROM orders WHERE orders.business_id = kept.business_id
                      AND kept.label = CASE kept.kind WHEN 'store' THEN orders.store ELSE orders.payment_method END)
            RETURNING kept.business_id
        )
        SELECT array_agg(DISTINCT business_id) INTO renamed FROM gone;
    END IF;
    IF TG_OP <> 'DELETE' THEN
        WITH new_labels AS (
            INSERT INTO business_labels (business_id, kind, label)
            SELECT DISTINCT business_id, kind, label
              FROM new_rows, LATERAL (VALUES ('store', store), ('payment_method', payment_method)) AS named (kind, label)
             WHERE label IS NOT NULL
            ON CONFLICT DO NOTHING
            RETURNING business_id
        )
        SELECT array_agg(DISTINCT business_id) INTO added FROM new_labels;
    END IF;
    IF renamed IS NOT NULL OR added IS NOT NULL THEN
        PERFORM touch_names(renamed || added);
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION follow_products() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
DECLARE
    renamed   uuid[];
    recosting uuid[];
    recosted  uuid[];
BEGIN
    IF TG_OP = 'INSERT' THEN
        SELECT array_agg(DISTINCT business_id) INTO renamed FROM new_rows;
    ELSIF TG_OP = 'DELETE' THEN
        SELECT array_agg(DISTINCT business_id) INTO renamed FROM old_rows;
    ELSE
        SELECT array_agg(DISTINCT n.business_id) INTO renamed
          FROM old_rows AS o JOIN new_rows AS n USING (id)
         WHERE (o.name, o.category) IS DISTINCT FROM (n.name, n.category);
        SELECT array_agg(DISTINCT n.business_id), array_agg(n.id) INTO recosting, recosted
          FROM old_rows AS o JOIN new_rows AS n USING (id)
         WHERE o.cost IS DISTINCT FROM n.cost;
        IF recosted IS NOT NULL THEN
            PERFORM refresh_rollups(business_id, array_agg(business_date))
               FROM (SELECT DISTINCT business_id, business_date FROM order_lines
                      WHERE business_id = ANY (recosting) AND product_id = ANY (recosted) AND unit_cost IS NULL) AS touched
              GROUP BY business_id;
        END IF;
    END IF;
    IF renamed IS NOT NULL THEN
        PERFORM touch_names(renamed);
    END IF;
    RETURN NULL;
END $$;

-- A business goes with all it has. Left to the foreign keys, its products would be looked for in lines that are still there.
CREATE FUNCTION erase_business() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM public.order_lines WHERE business_id = OLD.id;
    DELETE FROM public.orders WHERE business_id = OLD.id;
    DELETE FROM public.reviews WHERE business_id = OLD.id;
    RETURN NULL;
END $$;

CREATE TRIGGER erase AFTER DELETE ON businesses FOR EACH ROW EXECUTE FUNCTION erase_business();
CREATE TRIGGER clock BEFORE INSERT OR UPDATE OF ordered_at, business_date, local_hour, business_id ON orders
    FOR EACH ROW EXECUTE FUNCTION set_order_clock();
CREATE TRIGGER is_sale BEFORE UPDATE OF is_sale ON orders
    FOR EACH ROW WHEN (NEW.is_sale <> OLD.is_sale AND current_user <> 'cafe_ai_rollup')
    EXECUTE FUNCTION keep_order_is_sale();
CREATE TRIGGER clock AFTER UPDATE OF timezone, day_starts ON businesses
    FOR EACH ROW WHEN ((NEW.timezone, NEW.day_starts) IS DISTINCT FROM (OLD.timezone, OLD.day_starts))
    EXECUTE FUNCTION follow_business_clock();

CREATE TRIGGER turn BEFORE INSERT OR UPDATE OR DELETE ON products FOR EACH STATEMENT EXECUTE FUNCTION lock_business();
CREATE TRIGGER turn BEFORE INSERT OR UPDATE OR DELETE ON orders FOR EACH STATEMENT EXECUTE FUNCTION lock_business();
CREATE TRIGGER turn BEFORE INSERT OR UPDATE OR DELETE ON order_lines FOR EACH STATEMENT EXECUTE FUNCTION lock_business();

DO $$
DECLARE
    name  text;
    event text[];
BEGIN
    FOREACH name IN ARRAY ARRAY['products', 'orders', 'order_lines'] LOOP
        FOREACH event SLICE 1 IN ARRAY ARRAY[
            ['INSERT', 'NEW TABLE AS new_rows'],
            ['UPDATE', 'OLD TABLE AS old_rows NEW TABLE AS new_rows'],
            ['DELETE', 'OLD TABLE AS old_rows']
        ] LOOP
            EXECUTE format(
                'CREATE TRIGGER %I AFTER %s ON %I REFERENCING %s FOR EACH STATEMENT EXECUTE FUNCTION %I()',
                'follow_' || lower(event[1]), event[1], name, event[2], 'follow_' || name);
        END LOOP;
    END LOOP;
END $$;

-- Where the rollups are not what the lines say: no rows, or there is a bug. Under row-level security of who asks.
CREATE FUNCTION rollup_differences(shop uuid)
    RETURNS TABLE (part text, business_date date, kept text, recomputed text)
    LANGUAGE sql STABLE
BEGIN ATOMIC
    WITH hours AS (
        SELECT business_date, local_hour, store,
               count(DISTINCT order_id) FILTER (WHERE is_sale) AS orders, count(*) AS lines,
               count(*) FILTER (WHERE is_sale) AS sale_lines, count(*) FILTER (WHERE is_priced) AS priced_lines,
               count(*) FILTER (WHERE is_costed) AS costed_lines, sum(units) AS units, coalesce(sum(net), 0) AS net,
               coalesce(sum(net) FILTER (WHERE is_sale), 0) AS gross,
               coalesce(sum(net) FILTER (WHERE is_sale), 0) - coalesce(sum(net), 0) AS returns, sum(discounts) AS discounts,
               coalesce(sum(cost), 0) AS cost, coalesce(sum(net) FILTER (WHERE is_costed), 0) AS costed_net
          FROM measured_lines WHERE business_id = shop GROUP BY 1, 2, 3
    ), products AS (
        SELECT business_date, product_id, store,
               count(DISTINCT order_id) FILTER (WHERE is_sale) AS orders, count(*) AS lines,
               count(*) FILTER (WHERE is_sale) AS sale_lines, count(*) FILTER (WHERE is_priced) AS priced_lines,
               count(*) FILTER (WHERE is_costed) AS costed_lines, sum(units) AS units, coalesce(sum(net), 0) AS net,
               coalesce(sum(net) FILTER (WHERE is_sale), 0) AS gross,
               coalesce(sum(net) FILTER (WHERE is_sale), 0) - coalesce(sum(net), 0) AS returns, sum(discounts) AS discounts,
               coalesce(sum(cost), 0) AS cost, coalesce(sum(net) FILTER (WHERE is_costed), 0) AS costed_net
          FROM measured_lines WHERE business_id = shop GROUP BY 1, 2, 3
    ), kept_hours AS (
        SELECT business_date, local_hour, store, orders::bigint, lines::bigint, sale_lines::bigint, priced_lines::bigint,
               costed_lines::bigint, units, net, gross, returns, discounts, cost, costed_net
          FROM rollup_hours WHERE business_id = shop
    ), kept_products AS (
        SELECT business_date, product_id, store, orders::bigint, lines::bigint, sale_lines::bigint, priced_lines::bigint,
               costed_lines::bigint, units, net, gross, returns, discounts, cost, costed_net
          FROM rollup_products WHERE business_id = shop
    )
    SELECT 'hours', coalesce(kept.business_date, raw.business_date), kept::text, raw::text
      FROM kept_hours AS kept FULL JOIN hours AS raw USING (business_date, local_hour, store)
     WHERE kept IS DISTINCT FROM raw
    UNION ALL
    SELECT 'products', coalesce(kept.business_date, raw.business_date), kept::text, raw::text
      FROM kept_products AS kept FULL JOIN products AS raw USING (business_date, product_id, store)
     WHERE kept IS DISTINCT FROM raw
    UNION ALL
    SELECT 'order', placed.business_date, placed::text, concat_ws(' ', clock.business_date, clock.local_hour, lines.sale)
      FROM businesses
      JOIN orders AS placed ON placed.business_id = businesses.id
     CROSS JOIN LATERAL business_clock(placed.ordered_at, businesses.timezone, businesses.day_starts) AS clock
     CROSS JOIN LATERAL (
           SELECT EXISTS (SELECT FROM order_lines WHERE order_id = placed.id AND quantity > 0) AS sale) AS lines
     WHERE businesses.id = shop
       AND (placed.business_date, placed.local_hour, placed.is_sale)
           IS DISTINCT FROM (clock.business_date, clock.local_hour, lines.sale)
    UNION ALL
    SELECT 'label', NULL, kept::text, raw::text
      FROM (SELECT kind, label FROM business_labels WHERE business_id = shop) AS kept
      FULL JOIN (SELECT 'store' AS kind, store AS label FROM orders WHERE business_id = shop AND store IS NOT NULL
                 UNION SELECT 'payment_method', payment_method FROM orders
                        WHERE business_id = shop AND payment_method IS NOT NULL) AS raw USING (kind, label)
     WHERE kept IS DISTINCT FROM raw;
END;
GRANT EXECUTE ON FUNCTION rollup_differences TO cafe_ai_app;

-- The functions that write for a whole business belong to cafe_ai_rollup. Only a member with CREATE on the schema may be
-- given a function; both are taken back.
GRANT cafe_ai_rollup TO CURRENT_USER;
GRANT CREATE ON SCHEMA public TO cafe_ai_rollup;
ALTER FUNCTION refresh_rollups OWNER TO cafe_ai_rollup;
ALTER FUNCTION touch_names OWNER TO cafe_ai_rollup;
ALTER FUNCTION lock_business OWNER TO cafe_ai_rollup;
ALTER FUNCTION follow_business_clock OWNER TO cafe_ai_rollup;
ALTER FUNCTION follow_order_lines OWNER TO cafe_ai_rollup;
ALTER FUNCTION follow_orders OWNER TO cafe_ai_rollup;
ALTER FUNCTION follow_products OWNER TO cafe_ai_rollup;
REVOKE CREATE ON SCHEMA public FROM cafe_ai_rollup;
REVOKE cafe_ai_rollup FROM CURRENT_USER;
