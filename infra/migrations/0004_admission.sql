-- Admission in one statement, and the budget it looks at. Both functions belong to cafe_ai_admission, which may read
-- who is a member of what and count; the functions' role reaches rate_limits and budgets through them alone.

GRANT SELECT ON businesses, memberships TO cafe_ai_admission;
GRANT SELECT, INSERT, UPDATE ON rate_limits, budgets TO cafe_ai_admission;
CREATE POLICY admission ON businesses FOR SELECT TO cafe_ai_admission USING (true);
CREATE POLICY admission ON memberships FOR SELECT TO cafe_ai_admission USING (true);
CREATE POLICY admission ON rate_limits TO cafe_ai_admission USING (true);
CREATE POLICY admission_reads ON budgets FOR SELECT TO cafe_ai_admission USING (true);
CREATE POLICY admission_spends ON budgets TO cafe_ai_admission USING (business_id = (SELECT current_business_id()));

ALTER TABLE rate_limits SET (fillfactor = 50);  -- room for a row's next version beside it

CREATE FUNCTION admit(
    caller       uuid,
    shop         uuid,
    per_minute   integer,
    OUT business_exists boolean,
    OUT role            text,
    OUT id              uuid,
    OUT name            text,
    OUT type            text,
    OUT timezone        text,
    OUT currency        text,
    OUT locale          text,
    OUT day_starts      time,
    OUT budget_policy   text,
    OUT names_version   bigint,
    OUT monthly_budget_usd numeric,
    OUT spent_usd       numeric,
    OUT hits            integer,
    OUT allowed         boolean,
    OUT retry_after_seconds numeric
)
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
DECLARE
    recorded timestamptz[];
    moment   timestamptz;
BEGIN
    -- The user's row is locked first, so that one user's requests are counted one after the other.
    SELECT limits.hits INTO recorded FROM rate_limits AS limits WHERE limits.user_id = caller FOR NO KEY UPDATE;
    IF NOT FOUND THEN
        INSERT INTO rate_limits (user_id, hits) VALUES (caller, '{}') ON CONFLICT DO NOTHING;
        SELECT limits.hits INTO recorded FROM rate_limits AS limits WHERE limits.user_id = caller FOR NO KEY UPDATE;
    END IF;
    moment := clock_timestamp();  -- read under the lock: now() is when the transaction began
    recorded := ARRAY(SELECT hit FROM unnest(recorded) AS hit WHERE hit > moment - interval '1 minute' ORDER BY hit);
    allowed := cardinality(recorded) < per_minute;
    retry_after_seconds := 0;
    IF allowed THEN
        recorded := recorded || moment;
        UPDATE rate_limits AS limits SET hits = recorded WHERE limits.user_id = caller;
    ELSIF per_minute > 0 THEN
        retry_after_seconds := extract(
            epoch FROM recorded[cardinality(recorded) - per_minute + 1] + interval '1 minute' - moment);
    ELSE
        retry_after_seconds := 60;
    END IF;
    hits := cardinality(recorded);

    SELECT true, member.role INTO business_exists, role
      FROM businesses AS business
      LEFT JOIN memberships AS member ON member.business_id = business.id AND member.user_id = caller
     WHERE business.id = shop;
    business_exists := coalesce(business_exists, false);
    IF role IS NULL THEN
        RETURN;
    END IF;
    SELECT business.id, business.name, business.type, business.timezone, business.currency, business.locale,
           business.day_starts, business.budget_policy, business.names_version, business.monthly_budget_usd,
           coalesce(budget.spent_usd, 0)
      INTO id, name, type, timezone, currency, locale, day_starts, budget_policy, names_version, monthly_budget_usd,
           spent_usd
      FROM businesses AS business
      LEFT JOIN budgets AS budget
        ON budget.business_id = business.id AND budget.month = date_trunc('month', moment AT TIME ZONE 'UTC')::date
     WHERE business.id = shop;
END $$;
COMMENT ON FUNCTION admit IS $$Whether this user may ask about this business now, in one round trip; commit at once, or the count is lost.

One row: whether the business exists; the user's role in it, null without a membership, and then nothing of the business is
told; its columns; what it spent this month (UTC); how many requests of the user count in the last 60 seconds, this one
included where it is allowed; whether it is; and else after how many seconds one would be. A rejected request is not counted;
one about no business, or another's, is. Requests at once wait for one another: exactly per_minute pass.$$;

CREATE FUNCTION budget_spend(shop uuid, usd numeric, spent_at timestamptz DEFAULT now()) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
BEGIN
    IF usd < 0 THEN
        RAISE check_violation USING MESSAGE = 'a budget is only ever spent';
    END IF;
    INSERT INTO budgets AS budget (business_id, month, spent_usd)
    SELECT business.id, date_trunc('month', spent_at AT TIME ZONE 'UTC')::date, usd
      FROM businesses AS business WHERE business.id = shop
    ON CONFLICT (business_id, month) DO UPDATE SET spent_usd = budget.spent_usd + excluded.spent_usd;
END $$;
COMMENT ON FUNCTION budget_spend IS
    'Counts a cost against the budget of the month (UTC) of spent_at, of this transaction''s own business; of one that is gone, nothing.';

GRANT EXECUTE ON FUNCTION admit, budget_spend TO cafe_ai_app;

GRANT cafe_ai_admission TO CURRENT_USER;
GRANT CREATE ON SCHEMA public TO cafe_ai_admission;
ALTER FUNCTION admit OWNER TO cafe_ai_admission;
ALTER FUNCTION budget_spend OWNER TO cafe_ai_admission;
REVOKE CREATE ON SCHEMA public FROM cafe_ai_admission;
REVOKE cafe_ai_admission FROM CURRENT_USER;
