-- What can be searched: the business's own documents, and a document of each product, kept equal to the catalogue by triggers.
-- PostgreSQL is the source of truth; the vector store holds vectors under the documents' surrogate keys, and index_* say
-- which of them it holds. Whoever changes a document queues it for the index in the same transaction.

DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'cafe_ai_index') THEN
        CREATE ROLE cafe_ai_index NOLOGIN NOCREATEDB NOCREATEROLE;  -- owns the functions that keep documents and their queue
    END IF;
END $$;

-- Words without accents, as Spanish and as English stems. No stop lists: "sin", "con" and "no" mean something on a menu, and
-- RDS takes no stop file of ours; the service leaves other small words out of what it looks for.
CREATE TEXT SEARCH DICTIONARY spanish_stems (TEMPLATE = snowball, Language = spanish);
CREATE TEXT SEARCH DICTIONARY english_stems (TEMPLATE = snowball, Language = english);
CREATE TEXT SEARCH CONFIGURATION spanish_words (COPY = pg_catalog.simple);
CREATE TEXT SEARCH CONFIGURATION english_words (COPY = pg_catalog.simple);
ALTER TEXT SEARCH CONFIGURATION spanish_words
    ALTER MAPPING FOR asciiword, word, asciihword, hword, hword_asciipart, hword_part WITH unaccent, spanish_stems;
ALTER TEXT SEARCH CONFIGURATION english_words
    ALTER MAPPING FOR asciiword, word, asciihword, hword, hword_asciipart, hword_part WITH unaccent, english_stems;

CREATE FUNCTION search_terms(title text, content text) RETURNS tsvector LANGUAGE sql IMMUTABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT setweight(to_tsvector('public.spanish_words', title) || to_tsvector('public.english_words', title), 'A')
        || setweight(to_tsvector('public.spanish_words', content) || to_tsvector('public.english_words', content), 'D');
END;

CREATE FUNCTION any_of_words(words text) RETURNS tsquery LANGUAGE sql IMMUTABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT replace(plainto_tsquery('public.spanish_words', words)::text, '&', '|')::tsquery
        || replace(plainto_tsquery('public.english_words', words)::text, '&', '|')::tsquery;
END;
COMMENT ON FUNCTION any_of_words IS 'What matches documents with any of these words, which are letters and digits separated by spaces.';
GRANT EXECUTE ON FUNCTION search_terms, any_of_words TO cafe_ai_app, cafe_ai_index;
GRANT EXECUTE ON FUNCTION new_id() TO cafe_ai_app, cafe_ai_index;
GRANT EXECUTE ON FUNCTION current_business_id() TO cafe_ai_index;

CREATE TABLE documents (
    key          uuid PRIMARY KEY DEFAULT new_id(),  -- what the vector store knows it by; no client does
    business_id  uuid NOT NULL REFERENCES businesses ON DELETE CASCADE,
    id           text NOT NULL,                      -- the business's own name for it
    kind         text NOT NULL CHECK (kind IN ('product', 'document')),
    product_id   uuid,
    title        text NOT NULL DEFAULT '' CHECK (length(title) <= 300),
    content      text NOT NULL CHECK (length(content) <= 20000),
    metadata     jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(metadata) = 'object'),
    content_hash text NOT NULL,                      -- of what is embedded: title and content
    updated_at   timestamptz NOT NULL DEFAULT now(),
    search       tsvector NOT NULL GENERATED ALWAYS AS (search_terms(title, content)) STORED,
    UNIQUE (business_id, id),
    UNIQUE (business_id, product_id),
    FOREIGN KEY (business_id, product_id) REFERENCES products (business_id, id) ON DELETE CASCADE,
    CONSTRAINT products_have_ids_of_their_own
        CHECK ((kind = 'product') = starts_with(id, 'product:') AND (kind = 'product') = (product_id IS NOT NULL)),
    CONSTRAINT id_is_short CHECK (kind = 'product' OR length(id) BETWEEN 1 AND 200)
);
CREATE INDEX documents_by_time ON documents (business_id, updated_at DESC, key);

-- One set of vectors of a business: made with a model, in a collection of the vector store. At most one of them serves; a
-- change of model, or of place, builds another while the old one serves. Without foreign keys to the business, as in the
-- two tables below: what is in the vector store must be found and removed after the business is gone.
CREATE TABLE index_generations (
    business_id uuid NOT NULL,
    collection  text NOT NULL,
    model       text NOT NULL,
    status      text NOT NULL CHECK (status IN ('building', 'serving', 'retired')),
    started_at  timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (business_id, collection)
);
CREATE UNIQUE INDEX index_generations_serving ON index_generations (business_id) WHERE status = 'serving';
CREATE INDEX index_generations_by_collection ON index_generations (collection);

-- Which vectors the vector store holds: `vectors` of the document's content with that hash.
CREATE TABLE index_entries (
    business_id  uuid NOT NULL,
    collection   text NOT NULL,
    key          uuid NOT NULL,
    content_hash text NOT NULL,
    vectors      smallint NOT NULL CHECK (vectors > 0),
    PRIMARY KEY (business_id, collection, key),
    FOREIGN KEY (business_id, collection) REFERENCES index_generations ON DELETE CASCADE
);

-- What changed and is not in the index yet. key null: see to the whole business.
CREATE TABLE index_outbox (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    business_id uuid NOT NULL,
    key         uuid,
    enqueued_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX index_outbox_by_business ON index_outbox (business_id, id);

-- Who indexes a business now; one at a time, or an older content could overwrite a newer one. leased_until in the past: when
-- its last turn ended.
CREATE TABLE index_leases (
    business_id  uuid PRIMARY KEY,
    token        uuid NOT NULL,
    leased_until timestamptz NOT NULL
);

-- The vectors of texts, where there is no cache server. Shared by all businesses: it holds a text's SHA-256 and never the
-- text, and nothing lists it; one who knows a text exactly learns from it only that vector, which the model would tell as well.
CREATE TABLE embedding_cache (
    model      text NOT NULL,
    text_hash  bytea NOT NULL,
    vector     bytea NOT NULL,  -- float32, little-endian
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (model, text_hash)
);
CREATE INDEX embedding_cache_by_time ON embedding_cache (created_at);

ALTER TABLE documents ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE index_generations ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE index_entries ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE index_outbox ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE index_leases ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE embedding_cache ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;

GRANT SELECT, INSERT, UPDATE, DELETE ON documents, index_generations, index_entries TO cafe_ai_app;
GRANT SELECT, INSERT, DELETE ON index_outbox, embedding_cache TO cafe_ai_app;
CREATE POLICY tenant ON documents FOR SELECT TO cafe_ai_app USING (business_id = (SELECT current_business_id()));
CREATE POLICY own_insert ON documents FOR INSERT TO cafe_ai_app
    WITH CHECK (business_id = (SELECT current_business_id()) AND kind = 'document');
CREATE POLICY own_update ON documents FOR UPDATE TO cafe_ai_app
    USING (business_id = (SELECT current_business_id()) AND kind = 'document');
CREATE POLICY own_delete ON documents FOR DELETE TO cafe_ai_app
    USING (business_id = (SELECT current_business_id()) AND kind = 'document');
CREATE POLICY tenant ON index_generations TO cafe_ai_app USING (business_id = (SELECT current_business_id()));
CREATE POLICY tenant ON index_entries TO cafe_ai_app USING (business_id = (SELECT current_business_id()));
CREATE POLICY tenant ON index_outbox TO cafe_ai_app USING (business_id = (SELECT current_business_id()));
CREATE POLICY shared ON embedding_cache TO cafe_ai_app USING (true);

-- What cafe_ai_index may do, in any business.
GRANT SELECT (id) ON businesses TO cafe_ai_index;
GRANT SELECT (id, business_id, external_id, name, category, description) ON products TO cafe_ai_index;
GRANT SELECT, INSERT, UPDATE ON documents TO cafe_ai_index;
GRANT SELECT ON index_generations TO cafe_ai_index;
GRANT SELECT, DELETE ON index_entries TO cafe_ai_index;
GRANT SELECT, INSERT ON index_outbox TO cafe_ai_index;
GRANT SELECT, INSERT, UPDATE, DELETE ON index_leases TO cafe_ai_index;
CREATE POLICY index ON businesses FOR SELECT TO cafe_ai_index USING (true);
CREATE POLICY index ON products FOR SELECT TO cafe_ai_index USING (true);
CREATE POLICY index ON documents TO cafe_ai_index USING (true);
CREATE POLICY index ON index_generations FOR SELECT TO cafe_ai_index USING (true);
CREATE POLICY index ON index_entries TO cafe_ai_index USING (true);
CREATE POLICY index ON index_outbox TO cafe_ai_index USING (true);
CREATE POLICY index ON index_leases TO cafe_ai_index USING (true);

CREATE FUNCTION set_document_hash() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.content_hash := encode(pg_catalog.sha256(pg_catalog.convert_to(NEW.title || E'\n' || NEW.content, 'UTF8')), 'hex');
    RETURN NEW;
END $$;

CREATE FUNCTION queue_documents() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        INSERT INTO index_outbox (business_id, key) SELECT business_id, key FROM new_rows;
    ELSIF TG_OP = 'DELETE' THEN
        INSERT INTO index_outbox (business_id, key) SELECT business_id, key FROM old_rows;
    ELSE
        INSERT INTO index_outbox (business_id, key)
        SELECT n.business_id, n.key FROM old_rows AS o JOIN new_rows AS n USING (key)
         WHERE o.content_hash <> n.content_hash;
    END IF;
    RETURN NULL;
END $$;

-- A product's text; its price and stock are read when they are shown, and change no document.
CREATE VIEW product_documents WITH (security_invoker = true) AS
SELECT business_id,
       id AS product_id,
       'product:' || external_id AS id,
       left(name, 300) AS title,
       left(concat_ws('. ', nullif(name, ''), nullif(category, ''), nullif(description, '')), 20000) AS content
  FROM products;
GRANT SELECT ON product_documents TO cafe_ai_index;

CREATE FUNCTION document_products() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        INSERT INTO documents (business_id, product_id, id, title, content, kind)
        SELECT made.*, 'product'
          FROM (SELECT DISTINCT business_id FROM new_rows) AS touched
          JOIN product_documents AS made USING (business_id)
         WHERE made.product_id IN (SELECT id FROM new_rows)
        ON CONFLICT (business_id, product_id) DO NOTHING;
    ELSE
        UPDATE documents
           SET id = made.id, title = made.title, content = made.content, updated_at = now()
          FROM product_documents AS made
         WHERE documents.business_id = made.business_id AND documents.product_id = made.product_id
           AND made.product_id IN (
               SELECT n.id FROM old_rows AS o JOIN new_rows AS n USING (id)
                WHERE (o.external_id, o.name, o.category, o.description)
                      IS DISTINCT FROM (n.external_id, n.name, n.category, n.description));
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION claim_indexing(seconds double precision, only_business uuid DEFAULT NULL,
                               OUT business_id uuid, OUT token uuid)
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
DECLARE
    candidate record;
BEGIN
    FOR candidate IN
        SELECT coalesce(only_business, waiting.business_id) AS shop
          FROM (SELECT outbox.business_id, min(outbox.id) AS since FROM index_outbox AS outbox
                 WHERE only_business IS NULL GROUP BY outbox.business_id) AS waiting
          FULL JOIN (SELECT only_business AS business_id WHERE only_business IS NOT NULL) AS named
            ON named.business_id = waiting.business_id
          LEFT JOIN index_leases AS lease ON lease.business_id = waiting.business_id
         WHERE lease.leased_until IS NULL OR lease.leased_until <= clock_timestamp()
         ORDER BY lease.leased_until NULLS FIRST, waiting.since
    LOOP
        INSERT INTO index_leases AS held (business_id, token, leased_until)
        VALUES (candidate.shop, gen_random_uuid(), clock_timestamp() + make_interval(secs => seconds))
        ON CONFLICT ON CONSTRAINT index_leases_pkey DO UPDATE
           SET token = excluded.token, leased_until = excluded.leased_until
         WHERE held.leased_until <= clock_timestamp()
        RETURNING held.business_id, held.token INTO business_id, token;
        EXIT WHEN business_id IS NOT NULL;
    END LOOP;
END $$;
COMMENT ON FUNCTION claim_indexing IS $$A business whose documents wait for the index, for this caller alone for so many seconds.

The one whose last turn is longest ago; or the one that is named, waiting or not. Nulls where there is none, or another
holds it. Nothing is told but its id; its documents are read as any transaction of that business reads them.$$;

CREATE FUNCTION release_indexing(held uuid) RETURNS void
    LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
BEGIN ATOMIC
    UPDATE index_leases SET leased_until = clock_timestamp() WHERE token = held AND leased_until > clock_timestamp();
    DELETE FROM index_leases AS lease
     WHERE token = held AND NOT EXISTS (SELECT FROM index_generations WHERE business_id = lease.business_id);
END;
COMMENT ON FUNCTION release_indexing IS 'Ends the turn that was claimed with this token.';

CREATE FUNCTION indexed_vectors() RETURNS TABLE (collection text, vectors bigint)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
BEGIN ATOMIC
    SELECT generation.collection, coalesce(sum(entry.vectors), 0)
      FROM index_generations AS generation LEFT JOIN index_entries AS entry USING (business_id, collection)
     GROUP BY generation.collection;
END;
COMMENT ON FUNCTION indexed_vectors IS 'Each collection of the vector store that is used, and how many vectors it must hold.';

CREATE FUNCTION businesses_in_collection(name text) RETURNS SETOF uuid
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
BEGIN ATOMIC
    SELECT business_id FROM index_generations WHERE collection = name ORDER BY business_id;
END;
COMMENT ON FUNCTION businesses_in_collection IS 'The businesses with vectors in this collection of the vector store.';

CREATE FUNCTION queue_reindexing(wanted_model text) RETURNS bigint
    LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
BEGIN ATOMIC
    WITH queued AS (
        INSERT INTO index_outbox (business_id)
        SELECT business.id FROM businesses AS business
         WHERE EXISTS (SELECT FROM documents WHERE documents.business_id = business.id)
           AND NOT EXISTS (SELECT FROM index_generations AS generation
                            WHERE generation.business_id = business.id AND generation.model = wanted_model
                              AND generation.status = 'serving')
           AND NOT EXISTS (SELECT FROM index_outbox AS waiting WHERE waiting.business_id = business.id)
        RETURNING id)
    SELECT count(*) FROM queued;
END;
COMMENT ON FUNCTION queue_reindexing IS 'Queues every business that has documents and is not served by this model; how many.';

CREATE FUNCTION forget_collection(name text) RETURNS void
    LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
BEGIN ATOMIC
    INSERT INTO index_outbox (business_id) SELECT business_id FROM index_generations WHERE collection = name;
    DELETE FROM index_entries WHERE collection = name;
END;
COMMENT ON FUNCTION forget_collection IS 'Queues all that a collection held, because the vector store has lost it.';

GRANT EXECUTE ON FUNCTION claim_indexing, release_indexing, indexed_vectors, businesses_in_collection, queue_reindexing,
    forget_collection TO cafe_ai_app;

CREATE TRIGGER hash BEFORE INSERT OR UPDATE ON documents FOR EACH ROW EXECUTE FUNCTION set_document_hash();
CREATE TRIGGER queue_insert AFTER INSERT ON documents
    REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION queue_documents();
CREATE TRIGGER queue_update AFTER UPDATE ON documents
    REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION queue_documents();
CREATE TRIGGER queue_delete AFTER DELETE ON documents
    REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION queue_documents();
CREATE TRIGGER document_insert AFTER INSERT ON products
    REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION document_products();
CREATE TRIGGER document_update AFTER UPDATE ON products
    REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION document_products();

GRANT cafe_ai_index TO CURRENT_USER;
GRANT CREATE ON SCHEMA public TO cafe_ai_index;
ALTER FUNCTION queue_documents OWNER TO cafe_ai_index;
ALTER FUNCTION document_products OWNER TO cafe_ai_index;
ALTER FUNCTION claim_indexing OWNER TO cafe_ai_index;
ALTER FUNCTION release_indexing OWNER TO cafe_ai_index;
ALTER FUNCTION indexed_vectors OWNER TO cafe_ai_index;
ALTER FUNCTION businesses_in_collection OWNER TO cafe_ai_index;
ALTER FUNCTION queue_reindexing OWNER TO cafe_ai_index;
ALTER FUNCTION forget_collection OWNER TO cafe_ai_index;

-- The products there are already. As that role, for row-level security shows them to no owner of tables.
SET LOCAL ROLE cafe_ai_index;
INSERT INTO documents (business_id, product_id, id, title, content, kind) SELECT made.*, 'product' FROM product_documents AS made;
RESET ROLE;

REVOKE CREATE ON SCHEMA public FROM cafe_ai_index;
REVOKE cafe_ai_index FROM CURRENT_USER;
