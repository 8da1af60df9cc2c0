-- A paid call is reserved before it is made and settled after it, exactly however many are made at once.
--
-- budgets.spent_usd counts a call from the moment it is reserved, at the most it can cost; settling puts the real cost in
-- its place. So what may still be spent is one number in one row, and the row's lock has those who reserve follow one
-- another. budget_reservations says which part of spent_usd is not settled yet.
--
-- Whoever crashes between the two leaves the reservation. It is never given back by itself: the call may have been paid, and
-- its audit may be waiting in the queue for days. After expires_at it is shown as spent rather than as reserved; when the
-- audit does come, it is settled all the same. What is never settled costs the business the most that one call can, once,
-- and ends with the month.

-- A token costs down to 0.00000001 dollars: budgets are as fine as what is spent of them.
ALTER TABLE businesses ALTER COLUMN monthly_budget_usd TYPE numeric(16, 9);
ALTER TABLE budgets ALTER COLUMN spent_usd TYPE numeric(16, 9);
ALTER TABLE budgets SET (fillfactor = 50);  -- room for a row's next version beside it
ALTER TABLE ai_audit_logs
    ALTER COLUMN cost_usd TYPE numeric(14, 9),
    ADD COLUMN doubtful_usd numeric(14, 9) NOT NULL DEFAULT 0,  -- the most that calls without an answer may have cost
    ADD COLUMN reserved_usd numeric(14, 9) NOT NULL DEFAULT 0;  -- what was reserved for it last

CREATE TABLE budget_reservations (
    inference_id uuid PRIMARY KEY,  -- the id that the audit row will have
    business_id  uuid NOT NULL REFERENCES businesses ON DELETE CASCADE,
    month        date NOT NULL,     -- whose budget it is part of: that of the inference's first call
    usd          numeric(14, 9) NOT NULL CHECK (usd >= 0),
    expires_at   timestamptz NOT NULL
);
CREATE INDEX budget_reservations_by_month ON budget_reservations (business_id, month);
ALTER TABLE budget_reservations ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
GRANT SELECT, INSERT, UPDATE, DELETE ON budget_reservations TO cafe_ai_admission;
CREATE POLICY admission_reserves ON budget_reservations TO cafe_ai_admission
    USING (business_id = (SELECT current_business_id()));

CREATE FUNCTION budget_reserve(shop uuid, inference uuid, total_usd numeric, lease interval) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
DECLARE
    limit_usd numeric;
    of_month  date;
    held      numeric;
BEGIN
    IF total_usd < 0 THEN
        RAISE check_violation USING MESSAGE = 'a reservation is not negative';
    END IF;
    SELECT business.monthly_budget_usd INTO limit_usd FROM businesses AS business WHERE business.id = shop;
    IF NOT FOUND THEN
        RETURN false;
    END IF;
    SELECT made.month INTO of_month FROM budget_reservations AS made
     WHERE made.inference_id = inference AND made.business_id = shop;
    of_month := coalesce(of_month, date_trunc('month', now() AT TIME ZONE 'UTC')::date);
    INSERT INTO budgets (business_id, month) VALUES (shop, of_month) ON CONFLICT DO NOTHING;
    PERFORM FROM budgets AS budget WHERE budget.business_id = shop AND budget.month = of_month FOR NO KEY UPDATE;
    SELECT made.usd INTO held FROM budget_reservations AS made
     WHERE made.inference_id = inference AND made.business_id = shop;
    UPDATE budgets AS budget SET spent_usd = budget.spent_usd + total_usd - coalesce(held, 0)
     WHERE budget.business_id = shop
       AND budget.month = of_month
       AND (limit_usd IS NULL OR budget.spent_usd + total_usd - coalesce(held, 0) <= limit_usd);
    IF NOT FOUND THEN
        RETURN false;
    END IF;
    INSERT INTO budget_reservations AS made (inference_id, business_id, month, usd, expires_at)
    VALUES (inference, shop, of_month, total_usd, clock_timestamp() + lease)
    ON CONFLICT (inference_id) DO UPDATE SET usd = excluded.usd, expires_at = excluded.expires_at;
    RETURN true;
END $$;
COMMENT ON FUNCTION budget_reserve IS $$Holds total_usd of this transaction's own business's budget for an inference: all it has
cost so far and the most its next call can cost, in the place of what it held before. False, and nothing changed, where the
month (UTC) has not that much left, or the business is gone. Commit before the call is made.$$;

CREATE FUNCTION budget_settle(shop uuid, inference uuid, usd numeric, spent_at timestamptz) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
DECLARE
    of_month date;
    held     numeric;
BEGIN
    IF usd < 0 THEN
        RAISE check_violation USING MESSAGE = 'a budget is only ever spent';
    END IF;
    SELECT made.month INTO of_month FROM budget_reservations AS made
     WHERE made.inference_id = inference AND made.business_id = shop;
    IF NOT FOUND THEN
        PERFORM budget_spend(shop, usd, spent_at);
        RETURN;
    END IF;
    PERFORM FROM budgets AS budget WHERE budget.business_id = shop AND budget.month = of_month FOR NO KEY UPDATE;
    DELETE FROM budget_reservations AS made
     WHERE made.inference_id = inference AND made.business_id = shop
    RETURNING made.usd INTO held;
    UPDATE budgets AS budget SET spent_usd = budget.spent_usd + usd - coalesce(held, 0)
     WHERE budget.business_id = shop AND budget.month = of_month;
END $$;
COMMENT ON FUNCTION budget_settle IS $$Puts what an inference cost in the place of what was reserved for it, in the month of the
reservation; without a reservation it is budget_spend. The audit calls it where its row is new, which makes it once.$$;

CREATE FUNCTION budget_standing(
    shop             uuid,
    OUT limit_usd    numeric,
    OUT spent_usd    numeric,
    OUT reserved_usd numeric,
    OUT policy       text,
    OUT month        date
)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
BEGIN ATOMIC
    SELECT business.monthly_budget_usd,
           coalesce(budget.spent_usd, 0) - open.usd,
           open.usd,
           business.budget_policy,
           this.month
      FROM businesses AS business
     CROSS JOIN (SELECT date_trunc('month', now() AT TIME ZONE 'UTC')::date AS month) AS this
      LEFT JOIN budgets AS budget ON budget.business_id = business.id AND budget.month = this.month
     CROSS JOIN LATERAL (
           SELECT coalesce(sum(made.usd), 0) AS usd
             FROM budget_reservations AS made
            WHERE made.business_id = business.id AND made.month = this.month AND made.expires_at > now()
           ) AS open
     WHERE business.id = shop AND business.id = (SELECT current_business_id());
END;
COMMENT ON FUNCTION budget_standing IS
    'This transaction''s own business''s budget of this month (UTC): reserved_usd is held by calls that may still be under way.';

GRANT EXECUTE ON FUNCTION budget_reserve, budget_settle, budget_standing TO cafe_ai_app;

GRANT cafe_ai_admission TO CURRENT_USER;
GRANT CREATE ON SCHEMA public TO cafe_ai_admission;
ALTER FUNCTION budget_reserve OWNER TO cafe_ai_admission;
ALTER FUNCTION budget_settle OWNER TO cafe_ai_admission;
ALTER FUNCTION budget_standing OWNER TO cafe_ai_admission;
REVOKE CREATE ON SCHEMA public FROM cafe_ai_admission;
REVOKE cafe_ai_admission FROM CURRENT_USER;
