-- What a forecast of demand may know beside the sales, and what an order for stock must: the shop's country (its holidays), how
-- long a product keeps and what of it is on its way, the days on which it ran out, and promotions and prices already decided.

-- ISO 3166 alpha-2; null: the country of the time zone.
ALTER TABLE businesses ADD COLUMN country char(2) CHECK (country ~ '^[A-Z]{2}$');

ALTER TABLE products
    ADD COLUMN shelf_life_days integer CHECK (shelf_life_days > 0),  -- 1: is sold on the day it comes or not at all; null: keeps
    ADD COLUMN on_order numeric(14, 3) CHECK (on_order >= 0);        -- ordered and not here yet, so not in stock; null: nothing

CREATE TABLE stock_outs (
    business_id   uuid NOT NULL,
    product_id    uuid NOT NULL,
    business_date date NOT NULL,
    sold_out_at   timestamptz,  -- null: some time that day
    PRIMARY KEY (business_id, product_id, business_date),
    FOREIGN KEY (business_id, product_id) REFERENCES products (business_id, id) ON DELETE CASCADE
);

-- A promotion may leave the price open (two for one); a price that will hold from a day on is no promotion and may have no end.
CREATE TABLE promotions (
    id               uuid PRIMARY KEY,
    business_id      uuid NOT NULL REFERENCES businesses ON DELETE CASCADE,
    external_id      text NOT NULL,
    kind             text NOT NULL DEFAULT 'promotion' CHECK (kind IN ('promotion', 'price')),
    product_id       uuid,  -- null: every product
    starts_on        date NOT NULL,
    ends_on          date CHECK (ends_on >= starts_on),  -- included
    price            numeric(14, 4) CHECK (price >= 0),  -- of a unit
    discount_percent numeric(5, 2) CHECK (discount_percent > 0 AND discount_percent <= 100),
    name             text,
    UNIQUE (business_id, external_id),
    FOREIGN KEY (business_id, product_id) REFERENCES products (business_id, id) ON DELETE CASCADE,
    CHECK (price IS NULL OR discount_percent IS NULL),
    CHECK (CASE kind WHEN 'price' THEN price IS NOT NULL ELSE ends_on IS NOT NULL END)
);
CREATE INDEX promotions_by_day ON promotions (business_id, starts_on);
CREATE INDEX promotions_by_product ON promotions (business_id, product_id) WHERE product_id IS NOT NULL;

DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['stock_outs', 'promotions'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', name);
        EXECUTE format('GRANT SELECT ON %I TO cafe_ai_app', name);
        EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %I TO cafe_ai_saas', name);
        EXECUTE format(
            'CREATE POLICY tenant ON %I TO cafe_ai_app, cafe_ai_saas USING (business_id = (SELECT current_business_id()))', name);
    END LOOP;
END $$;
