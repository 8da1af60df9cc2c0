-- What a shop asks to have forgotten: one of its customers, or all of it. And traces that nobody needs any more.
--
-- A customer is forgotten where the shop wrote them down (the row, what was learnt of them, whose orders theirs were: the orders
-- stay, as nobody's) and where words name them: by our id, by the shop's own id of at least four characters, by the name as the shop
-- wrote it, whatever the accents, and whatever the case where it is of several words. Users' turns and jobs that name them go, the
-- audit keeps its figures; in reviews and in the shop's documents the name alone goes.

DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'cafe_ai_offboarding') THEN
        CREATE ROLE cafe_ai_offboarding NOLOGIN NOCREATEDB NOCREATEROLE;  -- owns the functions that forget customers and businesses
    END IF;
END $$;
GRANT EXECUTE ON FUNCTION current_business_id(), new_id(), search_terms TO cafe_ai_offboarding;

-- That it was done, in figures: who was forgotten stands nowhere.
CREATE TABLE erasure_records (
    id          uuid PRIMARY KEY DEFAULT new_id(),
    business_id uuid NOT NULL,  -- no foreign key: it outlives the business
    kind        text NOT NULL CHECK (kind IN ('customer', 'business')),
    figures     jsonb NOT NULL,
    erased_at   timestamptz NOT NULL DEFAULT now()
);
ALTER TABLE erasure_records ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
GRANT SELECT, INSERT ON erasure_records TO cafe_ai_offboarding;
CREATE POLICY offboarding ON erasure_records FOR INSERT TO cafe_ai_offboarding
    WITH CHECK (business_id = (SELECT current_business_id()));
CREATE POLICY history ON erasure_records FOR SELECT TO cafe_ai_offboarding USING (true);

GRANT SELECT (id, name), DELETE ON businesses TO cafe_ai_offboarding;
GRANT SELECT (id, business_id, external_id, name), DELETE ON customers TO cafe_ai_offboarding;
GRANT SELECT (business_id, customer_id), UPDATE (customer_id), DELETE ON orders TO cafe_ai_offboarding;
GRANT SELECT (business_id), DELETE ON order_lines TO cafe_ai_offboarding;
GRANT SELECT (id, business_id, text), UPDATE (text), DELETE ON reviews TO cafe_ai_offboarding;
GRANT SELECT (business_id, review_id), DELETE ON review_analyses TO cafe_ai_offboarding;
GRANT SELECT (business_id, kind, title, content, metadata), UPDATE (title, content, metadata, updated_at)
    ON documents TO cafe_ai_offboarding;
GRANT SELECT (business_id, prompt, response, plan), DELETE ON ai_conversations TO cafe_ai_offboarding;
GRANT SELECT (business_id, user_id, prompt, response, plan, error_message),
      UPDATE (user_id, prompt, response, plan, error_message) ON ai_audit_logs TO cafe_ai_offboarding;
GRANT SELECT (business_id, comment), UPDATE (comment) ON ai_feedback TO cafe_ai_offboarding;
GRANT SELECT (business_id, question, plan), DELETE ON approved_examples TO cafe_ai_offboarding;
GRANT SELECT (business_id, query), DELETE ON search_misses TO cafe_ai_offboarding;
GRANT SELECT (id, business_id, params, result, error), DELETE ON ai_jobs TO cafe_ai_offboarding;
GRANT SELECT (business_id, reason, last_error), UPDATE (reason, last_error) ON notification_deliveries TO cafe_ai_offboarding;
GRANT SELECT (body), DELETE ON ai_dead_letters TO cafe_ai_offboarding;
GRANT SELECT (business_id, body), DELETE ON ai_outbox TO cafe_ai_offboarding;

DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['customers', 'orders', 'order_lines', 'reviews', 'review_analyses', 'documents', 'ai_conversations',
                                'ai_feedback', 'approved_examples', 'search_misses', 'ai_jobs', 'notification_deliveries',
                                'ai_outbox'] LOOP
        EXECUTE format('CREATE POLICY offboarding ON %I TO cafe_ai_offboarding '
                       'USING (business_id = (SELECT current_business_id()))', name);
    END LOOP;
END $$;
CREATE POLICY offboarding ON businesses TO cafe_ai_offboarding USING (id = (SELECT current_business_id()));
CREATE POLICY offboarding ON ai_audit_logs TO cafe_ai_offboarding USING (business_id = (SELECT current_business_id()));
CREATE POLICY offboarding ON ai_dead_letters TO cafe_ai_offboarding
    USING (strpos(body, (SELECT current_business_id())::text) > 0);

-- One letter for one letter, unlike unaccent: places in the folded text are places in the text.
CREATE FUNCTION folded(said text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN translate(said, 'áéíóúàèìòùâêîôûäëïöüãõñçÁÉÍÓÚÀÈÌÒÙÂÊÎÔÛÄËÏÖÜÃÕÑÇ', 'aeiouaeiouaeiouaeiouaoncAEIOUAEIOUAEIOUAEIOUAONC');

-- Regular expressions that find the customer in a text without accents; none where the business has no such customer.
CREATE FUNCTION customer_patterns(shop uuid, customer uuid) RETURNS text[]
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
    SELECT array_agg(term.options || '(?<!\w)' || regexp_replace(folded(term.said), '([^\w\s])', '\\\1', 'g') || '(?!\w)')
      FROM customers AS known
     CROSS JOIN LATERAL (
           VALUES ('(?i)', known.id::text),
                  ('(?i)', CASE WHEN length(known.external_id) >= 4 THEN known.external_id END),
                  (CASE WHEN trim(known.name) ~ '\s' THEN '(?i)' ELSE '' END,
                   CASE WHEN length(trim(known.name)) >= 3 THEN trim(known.name) END)) AS term (options, said)
     WHERE known.business_id = shop AND shop = current_business_id() AND known.id = customer AND term.said IS NOT NULL
$$;
COMMENT ON FUNCTION customer_patterns IS 'What finds a customer of this transaction''s own business in texts.';

CREATE FUNCTION names_person(said text, patterns text[]) RETURNS boolean
    LANGUAGE sql STABLE SET search_path = pg_catalog, public, pg_temp
AS $$ SELECT folded(said) ~ ANY (patterns) $$;

CREATE FUNCTION without_person(said text, patterns text[]) RETURNS text
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog, public, pg_temp
AS $$
DECLARE
    pattern text;
    place integer;
    told text := said;
BEGIN
    FOREACH pattern IN ARRAY patterns LOOP
        LOOP
            place := regexp_instr(folded(told), pattern);
            EXIT WHEN place = 0;
            told := left(told, place - 1) || '***' || substr(told, regexp_instr(folded(told), pattern, 1, 1, 1));
        END LOOP;
    END LOOP;
    RETURN told;
END $$;
COMMENT ON FUNCTION without_person IS 'The text with asterisks where it names the person.';

CREATE FUNCTION jobs_about_customer(shop uuid, customer uuid) RETURNS TABLE (id uuid)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
    SELECT job.id
      FROM ai_jobs AS job, (SELECT customer_patterns(shop, customer) AS found) AS pattern
     WHERE job.business_id = shop
       AND (names_person(job.params::text, pattern.found) OR names_person(job.result::text, pattern.found)
            OR names_person(job.error, pattern.found))
$$;
COMMENT ON FUNCTION jobs_about_customer IS
    'The jobs of this transaction''s own business that name the customer: whose files go before they do.';

CREATE FUNCTION forget_customer(shop uuid, customer uuid) RETURNS jsonb
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
DECLARE
    patterns text[] := customer_patterns(shop, customer);
    told jsonb := '{}';
    counted bigint;
    redacted uuid[];
BEGIN
    IF patterns IS NULL THEN
        RETURN NULL;
    END IF;
    DELETE FROM ai_jobs AS job WHERE job.business_id = shop AND job.id IN (SELECT about.id FROM jobs_about_customer(shop, customer) AS about);
    GET DIAGNOSTICS counted = ROW_COUNT;
    told := told || jsonb_build_object('jobs', counted);
    UPDATE notification_deliveries AS told_of SET reason = NULL, last_error = NULL
     WHERE told_of.business_id = shop AND names_person(concat_ws(' ', told_of.reason, told_of.last_error), patterns);
    DELETE FROM ai_conversations AS turn
     WHERE turn.business_id = shop AND names_person(concat_ws(' ', turn.prompt, turn.response, turn.plan::text), patterns);
    GET DIAGNOSTICS counted = ROW_COUNT;
    told := told || jsonb_build_object('conversations', counted);
    UPDATE ai_audit_logs AS audited SET prompt = '', response = '', plan = NULL, error_message = NULL
     WHERE audited.business_id = shop
       AND names_person(concat_ws(' ', audited.prompt, audited.response, audited.plan::text, audited.error_message), patterns);
    GET DIAGNOSTICS counted = ROW_COUNT;
    told := told || jsonb_build_object('audit_texts', counted);
    UPDATE ai_feedback AS said SET comment = NULL WHERE said.business_id = shop AND names_person(said.comment, patterns);
    DELETE FROM approved_examples AS example
     WHERE example.business_id = shop AND names_person(concat_ws(' ', example.question, example.plan::text), patterns);
    DELETE FROM search_misses AS miss WHERE miss.business_id = shop AND names_person(miss.query, patterns);
    DELETE FROM ai_outbox AS waiting WHERE waiting.business_id = shop AND names_person(waiting.body::text, patterns);
    DELETE FROM ai_dead_letters AS dead WHERE names_person(dead.body, patterns);
    GET DIAGNOSTICS counted = ROW_COUNT;
    told := told || jsonb_build_object('dead_letters', counted);

    WITH changed AS (
        UPDATE reviews AS review SET text = without_person(review.text, patterns)
         WHERE review.business_id = shop AND names_person(review.text, patterns)
        RETURNING review.id
    )
    SELECT array_agg(changed.id) INTO redacted FROM changed;
    DELETE FROM review_analyses AS analysis WHERE analysis.business_id = shop AND analysis.review_id = ANY (redacted);
    told := told || jsonb_build_object('reviews', coalesce(cardinality(redacted), 0));
    UPDATE documents AS document
       SET title = without_person(document.title, patterns), content = without_person(document.content, patterns),
           metadata = CASE WHEN names_person(document.metadata::text, patterns) THEN '{}' ELSE document.metadata END,
           updated_at = now()
     WHERE document.business_id = shop AND document.kind = 'document'
       AND names_person(concat_ws(' ', document.title, document.content, document.metadata::text), patterns);
    GET DIAGNOSTICS counted = ROW_COUNT;
    told := told || jsonb_build_object('documents', counted);

    UPDATE orders AS placed SET customer_id = NULL WHERE placed.business_id = shop AND placed.customer_id = customer;
    GET DIAGNOSTICS counted = ROW_COUNT;
    told := told || jsonb_build_object('orders', counted);
    DELETE FROM customers AS known WHERE known.business_id = shop AND known.id = customer;
    GET DIAGNOSTICS counted = ROW_COUNT;
    told := told || jsonb_build_object('customers', counted);
    INSERT INTO erasure_records (business_id, kind, figures) VALUES (shop, 'customer', told);
    RETURN told;
END $$;
COMMENT ON FUNCTION forget_customer IS $$Forgets a customer of this transaction's own business; how many rows of each kind it was, null
where there is no such customer. The figures of the shop and of the audit stay.$$;

CREATE FUNCTION offboard_business(shop uuid, confirmed text) RETURNS jsonb
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
DECLARE
    told jsonb := '{}';
    counted bigint;
BEGIN
    PERFORM FROM businesses AS business WHERE business.id = shop AND business.name = confirmed;
    IF NOT FOUND THEN
        RETURN NULL;
    END IF;
    UPDATE ai_audit_logs AS audited SET user_id = NULL, prompt = '', response = '', plan = NULL, error_message = NULL
     WHERE audited.business_id = shop;
    GET DIAGNOSTICS counted = ROW_COUNT;
    told := told || jsonb_build_object('audit_texts', counted);
    DELETE FROM ai_outbox AS waiting WHERE waiting.business_id = shop;
    DELETE FROM ai_dead_letters AS dead WHERE strpos(dead.body, shop::text) > 0;
    GET DIAGNOSTICS counted = ROW_COUNT;
    told := told || jsonb_build_object('dead_letters', counted);
    SELECT count(*) INTO counted FROM customers AS known WHERE known.business_id = shop;
    told := told || jsonb_build_object('customers', counted);
    SELECT count(*) INTO counted FROM orders AS placed WHERE placed.business_id = shop;
    told := told || jsonb_build_object('orders', counted);
    SELECT count(*) INTO counted FROM ai_conversations AS turn WHERE turn.business_id = shop;
    told := told || jsonb_build_object('conversations', counted);
    INSERT INTO erasure_records (business_id, kind, figures) VALUES (shop, 'business', told);
    DELETE FROM businesses AS business WHERE business.id = shop;
    RETURN told;
END $$;
COMMENT ON FUNCTION offboard_business IS $$Removes this transaction's own business with all it has, if `confirmed` is its name; how many
rows of some kinds that was, else null. The audit keeps its figures, without words and without who asked.$$;

CREATE FUNCTION erasure_history() RETURNS SETOF erasure_records
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
BEGIN ATOMIC
    SELECT record.* FROM erasure_records AS record ORDER BY record.erased_at DESC, record.id DESC;
END;
COMMENT ON FUNCTION erasure_history IS 'What was forgotten at a shop''s wish, newest first, in figures.';

-- Traces: tombstones of erasures whose messages cannot wait in a queue any more (14 days), whose rate was counted last a day ago,
-- what was searched in vain half a year ago.
GRANT SELECT (erased_at), DELETE ON erasures TO cafe_ai_cleanup;
GRANT SELECT (user_id, hits), DELETE ON rate_limits TO cafe_ai_cleanup;
GRANT SELECT (business_id, query, last_at), DELETE ON search_misses TO cafe_ai_cleanup;
CREATE POLICY cleanup ON erasures TO cafe_ai_cleanup USING (true);
CREATE POLICY cleanup ON rate_limits TO cafe_ai_cleanup USING (true);
CREATE POLICY cleanup ON search_misses TO cafe_ai_cleanup USING (true);
CREATE INDEX erasures_by_time ON erasures (erased_at);
CREATE INDEX search_misses_by_time ON search_misses (last_at);

CREATE FUNCTION remove_past_traces(before timestamptz, at_most integer) RETURNS bigint
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
DECLARE
    removed bigint;
    more bigint;
BEGIN
    DELETE FROM erasures AS past WHERE past.erased_at < now() - interval '60 days';  -- few, of one day
    GET DIAGNOSTICS removed = ROW_COUNT;
    DELETE FROM rate_limits AS past WHERE past.user_id IN (
           SELECT old.user_id FROM rate_limits AS old
            WHERE is_past(coalesce(old.hits[cardinality(old.hits)], '-infinity'), now()) LIMIT greatest(0, at_most - removed));
    GET DIAGNOSTICS more = ROW_COUNT;
    removed := removed + more;
    DELETE FROM search_misses AS past WHERE (past.business_id, past.query) IN (
           SELECT old.business_id, old.query FROM search_misses AS old
            WHERE is_past(old.last_at, least(before, now() - interval '180 days')) ORDER BY old.last_at LIMIT greatest(0, at_most - removed));
    GET DIAGNOSTICS more = ROW_COUNT;
    RETURN removed + more;
END $$;
COMMENT ON FUNCTION remove_past_traces IS
    'Removes tombstones of 60 days, rates that were counted a day ago, and searches in vain of 180 days; how many, at_most of them.';

GRANT EXECUTE ON FUNCTION folded, names_person, without_person TO cafe_ai_offboarding;
GRANT EXECUTE ON FUNCTION jobs_about_customer, forget_customer, offboard_business, remove_past_traces TO cafe_ai_app;

GRANT cafe_ai_offboarding, cafe_ai_cleanup TO CURRENT_USER;
GRANT CREATE ON SCHEMA public TO cafe_ai_offboarding, cafe_ai_cleanup;
ALTER FUNCTION customer_patterns OWNER TO cafe_ai_offboarding;
ALTER FUNCTION jobs_about_customer OWNER TO cafe_ai_offboarding;
ALTER FUNCTION forget_customer OWNER TO cafe_ai_offboarding;
ALTER FUNCTION offboard_business OWNER TO cafe_ai_offboarding;
ALTER FUNCTION erasure_history OWNER TO cafe_ai_offboarding;
ALTER FUNCTION remove_past_traces OWNER TO cafe_ai_cleanup;
GRANT EXECUTE ON FUNCTION erasure_history TO CURRENT_USER;  -- operators, as the owner of the tables
REVOKE CREATE ON SCHEMA public FROM cafe_ai_offboarding, cafe_ai_cleanup;
REVOKE cafe_ai_offboarding, cafe_ai_cleanup FROM CURRENT_USER;
