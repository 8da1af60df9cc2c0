-- What was read in each review, what a business says of that reading, and whose reviews are still to be read.
--
-- An analysis is of one text by one version of the reader: another text (text_hash) or another version is read again. A
-- correction is the business's own word and stands above every analysis.

ALTER TABLE reviews ADD UNIQUE (business_id, id);  -- so that what refers to a review is of its business
CREATE INDEX reviews_by_time ON reviews (business_id, reviewed_at);

CREATE TABLE review_analyses (
    business_id   uuid NOT NULL,
    review_id     uuid NOT NULL,
    label         text NOT NULL CHECK (label IN ('positive', 'neutral', 'negative')),  -- of the text alone
    score         real NOT NULL CHECK (score BETWEEN -1 AND 1),
    aspects       jsonb NOT NULL,  -- [{aspect, score, quote, terms}], clause by clause
    model_version text NOT NULL,
    text_hash     bytea NOT NULL CHECK (length(text_hash) = 32),
    analysed_at   timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (business_id, review_id),
    FOREIGN KEY (business_id, review_id) REFERENCES reviews (business_id, id) ON DELETE CASCADE
);

CREATE TABLE review_corrections (
    business_id  uuid NOT NULL,
    review_id    uuid NOT NULL,
    label        text NOT NULL CHECK (label IN ('positive', 'neutral', 'negative')),
    user_id      uuid,  -- who said so; null: by hand, or forgotten since
    corrected_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (business_id, review_id),
    FOREIGN KEY (business_id, review_id) REFERENCES reviews (business_id, id) ON DELETE CASCADE
);
CREATE INDEX review_corrections_by_user ON review_corrections (user_id) WHERE user_id IS NOT NULL;

ALTER TABLE review_analyses ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE review_corrections ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
GRANT SELECT, INSERT, UPDATE, DELETE ON review_analyses TO cafe_ai_app;
GRANT SELECT, INSERT, UPDATE ON review_corrections TO cafe_ai_app, cafe_ai_saas;
CREATE POLICY tenant ON review_analyses TO cafe_ai_app USING (business_id = (SELECT current_business_id()));
CREATE POLICY tenant ON review_corrections TO cafe_ai_app, cafe_ai_saas USING (business_id = (SELECT current_business_id()));

-- Who corrected is forgotten with all else that a user said; the business's label stays.
GRANT SELECT (user_id), UPDATE (user_id) ON review_corrections TO cafe_ai_erasure;
CREATE POLICY erasure ON review_corrections TO cafe_ai_erasure
    USING (user_id = (SELECT current_user_id()) OR user_id IS NULL)  -- what an UPDATE leaves must be seen too
    WITH CHECK (user_id IS NULL);

CREATE FUNCTION forget_corrector() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
BEGIN
    UPDATE review_corrections AS said SET user_id = NULL WHERE said.user_id = NEW.user_id;
    RETURN NULL;
END $$;

-- Whose reviews are to be read.
GRANT SELECT (business_id, id) ON reviews TO cafe_ai_schedules;
GRANT SELECT (business_id, review_id) ON review_analyses TO cafe_ai_schedules;
CREATE POLICY schedules ON reviews FOR SELECT TO cafe_ai_schedules USING (true);
CREATE POLICY schedules ON review_analyses FOR SELECT TO cafe_ai_schedules USING (true);

CREATE FUNCTION review_analyses_due(moment timestamptz, at_most integer)
    RETURNS TABLE (business_id uuid, idempotency_key text)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
    SELECT business.id, to_char(shop.clock, '"reviews:"YYYY-MM-DD')
      FROM businesses AS business
     CROSS JOIN LATERAL (SELECT moment AT TIME ZONE business.timezone AS clock) AS shop
     WHERE shop.clock >= shop.clock::date + greatest(business.day_starts, time '04:00')
       AND EXISTS (SELECT FROM reviews AS written
                    WHERE written.business_id = business.id
                      AND NOT EXISTS (SELECT FROM review_analyses AS read
                                       WHERE read.business_id = written.business_id AND read.review_id = written.id))
       AND NOT EXISTS (SELECT FROM ai_jobs AS started
                        WHERE started.business_id = business.id AND started.user_id IS NULL
                          AND started.idempotency_key = to_char(shop.clock, '"reviews:"YYYY-MM-DD'))
     ORDER BY business.id
     LIMIT at_most
$$;
COMMENT ON FUNCTION review_analyses_due IS $$The businesses with reviews that nobody has read yet, and whose reviews were not read
today: from 04:00 on by the shop's clock, or from where its day begins if that is later. Each with the key of that day.$$;

GRANT EXECUTE ON FUNCTION review_analyses_due TO cafe_ai_app;
CREATE TRIGGER forgets_corrector AFTER INSERT OR UPDATE ON erasures
    FOR EACH ROW WHEN (NEW.conversation_id IS NULL) EXECUTE FUNCTION forget_corrector();

GRANT cafe_ai_schedules, cafe_ai_erasure TO CURRENT_USER;
GRANT CREATE ON SCHEMA public TO cafe_ai_schedules, cafe_ai_erasure;
ALTER FUNCTION review_analyses_due OWNER TO cafe_ai_schedules;
ALTER FUNCTION forget_corrector OWNER TO cafe_ai_erasure;
REVOKE CREATE ON SCHEMA public FROM cafe_ai_schedules, cafe_ai_erasure;
REVOKE cafe_ai_schedules, cafe_ai_erasure FROM CURRENT_USER;
