-- Who may touch what. Row-level security is forced on every table, so that it binds the tables' owner too: a table
-- without a policy for a role shows that role nothing. A transaction names its tenant with
-- set_config('app.business_id', ..., true) and its user with set_config('app.user_id', ..., true).

-- The roles have no passwords yet: who runs the database gives them (or IAM does). They own nothing and bypass nothing.
DO $$
DECLARE
    wanted record;
BEGIN
    FOR wanted IN
        VALUES ('cafe_ai_app', 'LOGIN'),          -- the functions
               ('cafe_ai_saas', 'LOGIN'),         -- the SaaS and the importer, which write the shops' tables
               ('cafe_ai_rollup', 'NOLOGIN'),     -- owns the functions that keep the rollups
               ('cafe_ai_admission', 'NOLOGIN')   -- owns the functions that admit requests and count their cost
    LOOP
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = wanted.column1) THEN
            EXECUTE format('CREATE ROLE %I %s NOCREATEDB NOCREATEROLE', wanted.column1, wanted.column2);
        END IF;
    END LOOP;
END $$;

-- A function that died in a transaction must not keep its locks.
ALTER ROLE cafe_ai_app SET idle_in_transaction_session_timeout = '60s';

ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;

CREATE FUNCTION current_business_id() RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE
    RETURN nullif(current_setting('app.business_id', true), '')::uuid;
COMMENT ON FUNCTION current_business_id() IS 'The business this transaction is about; null where it names none.';

CREATE FUNCTION current_user_id() RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE
    RETURN nullif(current_setting('app.user_id', true), '')::uuid;
COMMENT ON FUNCTION current_user_id() IS 'The user this transaction is for; null where it names none.';

GRANT EXECUTE ON FUNCTION current_business_id(), current_user_id()
    TO cafe_ai_app, cafe_ai_saas, cafe_ai_rollup, cafe_ai_admission;

-- A version 4 UUID whose first 48 bits become the clock's milliseconds and whose version becomes 7 (binary 0111).
CREATE FUNCTION new_id() RETURNS uuid LANGUAGE sql VOLATILE PARALLEL SAFE
    RETURN encode(
        set_bit(set_bit(
            overlay(uuid_send(gen_random_uuid())
                    PLACING substring(int8send(floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint) FROM 3) FROM 1),
            52, 1), 53, 1),
        'hex')::uuid;
COMMENT ON FUNCTION new_id() IS 'A new UUIDv7 (RFC 9562): ordered by the millisecond, random below. PostgreSQL 17 has no uuidv7().';
GRANT EXECUTE ON FUNCTION new_id() TO cafe_ai_saas;

DO $$
DECLARE
    name text;
BEGIN
    FOR name IN
        SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'schema_migrations'
    LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', name);
    END LOOP;
END $$;

-- The shops' tables: the functions read them, the SaaS writes them. A new business is written under its own id.
GRANT SELECT ON businesses, products, customers, orders, order_lines, reviews TO cafe_ai_app;
GRANT SELECT, INSERT, UPDATE, DELETE
    ON businesses, memberships, products, customers, orders, order_lines, reviews TO cafe_ai_saas;

-- (SELECT ...) has the setting read once a statement, not once a row.
CREATE POLICY tenant ON businesses TO cafe_ai_app, cafe_ai_saas USING (id = (SELECT current_business_id()));
CREATE POLICY tenant ON memberships TO cafe_ai_saas USING (business_id = (SELECT current_business_id()));
CREATE POLICY tenant ON products TO cafe_ai_app, cafe_ai_saas USING (business_id = (SELECT current_business_id()));
CREATE POLICY tenant ON customers TO cafe_ai_app, cafe_ai_saas USING (business_id = (SELECT current_business_id()));
CREATE POLICY tenant ON orders TO cafe_ai_app, cafe_ai_saas USING (business_id = (SELECT current_business_id()));
CREATE POLICY tenant ON order_lines TO cafe_ai_app, cafe_ai_saas USING (business_id = (SELECT current_business_id()));
CREATE POLICY tenant ON reviews TO cafe_ai_app, cafe_ai_saas USING (business_id = (SELECT current_business_id()));

-- The rollups: read by the functions, written by triggers alone (0003).
GRANT SELECT ON rollup_hours, rollup_products TO cafe_ai_app;
CREATE POLICY tenant ON rollup_hours TO cafe_ai_app USING (business_id = (SELECT current_business_id()));
CREATE POLICY tenant ON rollup_products TO cafe_ai_app USING (business_id = (SELECT current_business_id()));

-- A conversation is its user's alone: within the business, or across businesses where the transaction names none.
GRANT SELECT, INSERT ON ai_conversations TO cafe_ai_app;
CREATE POLICY own_within_business ON ai_conversations TO cafe_ai_app
    USING (user_id = (SELECT current_user_id()) AND business_id = (SELECT current_business_id()));
CREATE POLICY own_anywhere ON ai_conversations FOR SELECT TO cafe_ai_app
    USING (user_id = (SELECT current_user_id()) AND (SELECT current_business_id()) IS NULL);

-- The audit: of the business; without one, the user's own. A request without a valid business is audited as well.
GRANT SELECT, INSERT ON ai_audit_logs TO cafe_ai_app;
CREATE POLICY of_business ON ai_audit_logs FOR SELECT TO cafe_ai_app
    USING (business_id = (SELECT current_business_id()));
CREATE POLICY own_anywhere ON ai_audit_logs FOR SELECT TO cafe_ai_app
    USING (user_id = (SELECT current_user_id()) AND (SELECT current_business_id()) IS NULL);
CREATE POLICY own_without_business ON ai_audit_logs FOR SELECT TO cafe_ai_app
    USING (business_id IS NULL AND user_id IS NOT DISTINCT FROM (SELECT current_user_id()));
CREATE POLICY append ON ai_audit_logs FOR INSERT TO cafe_ai_app
    WITH CHECK (business_id IS NULL OR business_id = (SELECT current_business_id()));

-- rate_limits and budgets are reached through the functions of 0004 alone.
