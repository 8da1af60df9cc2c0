-- The shop's tables (the SaaS and the importer write them) and the service's own.
-- Every table that belongs to a business carries business_id; 0002 puts row-level security on each of them.

CREATE EXTENSION IF NOT EXISTS unaccent;

CREATE TABLE businesses (
    id                 uuid PRIMARY KEY,
    name               text NOT NULL,
    type               text NOT NULL DEFAULT 'shop',
    timezone           text NOT NULL,
    currency           char(3) NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
    locale             text NOT NULL DEFAULT 'es' CHECK (locale IN ('es', 'en')),
    day_starts         time NOT NULL DEFAULT '00:00',  -- the closing hour: what is sold before it belongs to the day before
    monthly_budget_usd numeric(12, 4) CHECK (monthly_budget_usd >= 0),  -- null: no limit
    budget_policy      text NOT NULL DEFAULT 'degrade' CHECK (budget_policy IN ('degrade', 'refuse')),
    names_version      bigint NOT NULL DEFAULT 0,  -- grows when a product's, category's or store's name appears or changes
    created_at         timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE memberships (
    business_id uuid NOT NULL REFERENCES businesses ON DELETE CASCADE,
    user_id     uuid NOT NULL,
    role        text NOT NULL CHECK (role IN ('owner', 'manager', 'staff', 'analyst')),
    PRIMARY KEY (business_id, user_id)
);

CREATE TABLE products (
    id             uuid PRIMARY KEY,
    business_id    uuid NOT NULL REFERENCES businesses ON DELETE CASCADE,
    external_id    text NOT NULL,  -- the shop's own id; the name where it has none
    name           text NOT NULL,
    description    text,
    category       text,
    price          numeric(14, 4) CHECK (price >= 0),
    cost           numeric(14, 4) CHECK (cost >= 0),
    stock          numeric(14, 3),
    lead_time_days integer CHECK (lead_time_days >= 0),
    allergens      text[],  -- null: not known; empty: none
    diets          text[],
    listed         boolean NOT NULL DEFAULT true,  -- on the menu now
    named_at       timestamptz NOT NULL DEFAULT '-infinity',  -- when the name was last seen: the latest stands
    UNIQUE (business_id, external_id),
    UNIQUE (business_id, id)
);

CREATE TABLE customers (
    id          uuid PRIMARY KEY,
    business_id uuid NOT NULL REFERENCES businesses ON DELETE CASCADE,
    external_id text NOT NULL,
    name        text,
    UNIQUE (business_id, external_id),
    UNIQUE (business_id, id)
);

CREATE TABLE orders (
    id             uuid PRIMARY KEY,
    business_id    uuid NOT NULL REFERENCES businesses ON DELETE CASCADE,
    external_id    text NOT NULL,
    ordered_at     timestamptz NOT NULL,
    business_date  date NOT NULL,      -- the shop's day: its time zone and closing hour decide (see business_clock in 0003)
    local_hour     smallint NOT NULL CHECK (local_hour BETWEEN 0 AND 23),  -- on the shop's clock
    customer_id    uuid,
    store          text,
    payment_method text,
    is_sale        boolean NOT NULL DEFAULT false,  -- has at least one line with a positive quantity; kept by 0003
    UNIQUE (business_id, external_id),
    UNIQUE (business_id, id, business_date),
    FOREIGN KEY (business_id, customer_id) REFERENCES customers (business_id, id)
);
CREATE INDEX orders_by_date ON orders (business_id, business_date);
CREATE INDEX orders_by_customer ON orders (business_id, customer_id, ordered_at) WHERE customer_id IS NOT NULL;

CREATE TABLE order_lines (
    business_id   uuid NOT NULL,
    order_id      uuid NOT NULL,
    line_number   integer NOT NULL,
    business_date date NOT NULL,       -- the order's, kept equal by the foreign key
    product_id    uuid NOT NULL,
    quantity      numeric(14, 3) NOT NULL,           -- negative: a return
    unit_price    numeric(14, 4) CHECK (unit_price >= 0),  -- null: the price was not recorded
    discount      numeric(14, 4) NOT NULL DEFAULT 0,  -- of the whole line
    unit_cost     numeric(14, 4) CHECK (unit_cost >= 0),  -- null: the product's cost counts, where that is known
    PRIMARY KEY (order_id, line_number),
    FOREIGN KEY (business_id, order_id, business_date) REFERENCES orders (business_id, id, business_date)
        ON UPDATE CASCADE ON DELETE CASCADE,
    FOREIGN KEY (business_id, product_id) REFERENCES products (business_id, id)
);
CREATE INDEX order_lines_by_date ON order_lines (business_id, business_date);
CREATE INDEX order_lines_by_product ON order_lines (business_id, product_id, business_date);

CREATE TABLE reviews (
    id          uuid PRIMARY KEY,
    business_id uuid NOT NULL REFERENCES businesses ON DELETE CASCADE,
    external_id text NOT NULL,
    reviewed_at timestamptz NOT NULL,
    product_id  uuid,
    rating      smallint CHECK (rating BETWEEN 1 AND 5),
    text        text NOT NULL,
    UNIQUE (business_id, external_id),
    FOREIGN KEY (business_id, product_id) REFERENCES products (business_id, id)
);
CREATE INDEX reviews_by_product ON reviews (business_id, product_id) WHERE product_id IS NOT NULL;

-- Rollups. Both hold the same measures; 0003 keeps them exact. Amounts are unrounded. Without foreign keys: their rows
-- come and go with order lines, which have them.
--   net        Σ quantity × unit price − discount          gross   the same over lines with a positive quantity
--   returns    gross − net, so positive                     units   Σ quantity
--   orders     distinct orders with a positive line         lines   order lines
--   cost       Σ quantity × cost where the cost is known    costed_net   net of those lines
--   costed_lines, priced_lines (unit price above zero), sale_lines (positive quantity): how many lines
CREATE TABLE rollup_hours (
    business_id   uuid NOT NULL,
    business_date date NOT NULL,
    local_hour    smallint NOT NULL,
    store         text NOT NULL DEFAULT '',
    orders        integer NOT NULL,
    lines         integer NOT NULL,
    sale_lines    integer NOT NULL,
    priced_lines  integer NOT NULL,
    costed_lines  integer NOT NULL,
    units         numeric NOT NULL,
    net           numeric NOT NULL,
    gross         numeric NOT NULL,
    returns       numeric NOT NULL,
    discounts     numeric NOT NULL,
    cost          numeric NOT NULL,
    costed_net    numeric NOT NULL,
    PRIMARY KEY (business_id, business_date, local_hour, store)
);

CREATE TABLE rollup_products (
    business_id   uuid NOT NULL,
    business_date date NOT NULL,
    product_id    uuid NOT NULL,
    store         text NOT NULL DEFAULT '',
    orders        integer NOT NULL,
    lines         integer NOT NULL,
    sale_lines    integer NOT NULL,
    priced_lines  integer NOT NULL,
    costed_lines  integer NOT NULL,
    units         numeric NOT NULL,
    net           numeric NOT NULL,
    gross         numeric NOT NULL,
    returns       numeric NOT NULL,
    discounts     numeric NOT NULL,
    cost          numeric NOT NULL,
    costed_net    numeric NOT NULL,
    PRIMARY KEY (business_id, business_date, product_id, store)
);
CREATE INDEX rollup_products_by_product ON rollup_products (business_id, product_id, business_date);

-- The service's own.
CREATE TABLE ai_conversations (
    id               uuid PRIMARY KEY,
    user_id          uuid NOT NULL,
    business_id      uuid NOT NULL REFERENCES businesses ON DELETE CASCADE,
    follows_id       uuid,  -- the turn this one follows up
    assistant_type   text NOT NULL,
    locale           text NOT NULL,
    prompt           text NOT NULL CHECK (length(prompt) <= 5000),
    response         text NOT NULL CHECK (length(response) <= 10000),
    plan             jsonb,  -- what was understood, for the next turn
    tokens_used      integer NOT NULL DEFAULT 0,
    response_time_ms integer NOT NULL,
    created_at       timestamptz NOT NULL
);
CREATE INDEX ai_conversations_by_user ON ai_conversations (user_id, created_at DESC);
CREATE INDEX ai_conversations_by_business ON ai_conversations (business_id, created_at DESC);

CREATE TABLE ai_audit_logs (
    id                uuid PRIMARY KEY,
    user_id           uuid,
    business_id       uuid,  -- no foreign key: the audit outlives what it speaks of
    model_name        text NOT NULL,
    prompt            text NOT NULL CHECK (length(prompt) <= 5000),
    response          text NOT NULL CHECK (length(response) <= 10000),
    prompt_tokens     integer NOT NULL DEFAULT 0,
    completion_tokens integer NOT NULL DEFAULT 0,
    tokens_used       integer NOT NULL DEFAULT 0,
    cost_usd          numeric(12, 6) NOT NULL DEFAULT 0,
    response_time_ms  integer NOT NULL,
    endpoint          text NOT NULL,
    status            text NOT NULL CHECK (status IN ('success', 'error')),
    error_message     text,
    prompt_version    text,
    request_id        text,
    plan              jsonb,
    facts_hash        text,  -- SHA-256 of the facts the answer was made of
    degraded          boolean NOT NULL DEFAULT false,
    "timestamp"       timestamptz NOT NULL
);
CREATE INDEX ai_audit_logs_by_business ON ai_audit_logs (business_id, "timestamp" DESC);
CREATE INDEX ai_audit_logs_by_time ON ai_audit_logs ("timestamp" DESC);

CREATE TABLE rate_limits (
    user_id uuid PRIMARY KEY,
    hits    timestamptz[] NOT NULL  -- the moments of the requests of the last minute, oldest first
);

CREATE TABLE budgets (
    business_id uuid NOT NULL REFERENCES businesses ON DELETE CASCADE,
    month       date NOT NULL,  -- its first day, UTC
    spent_usd   numeric(14, 6) NOT NULL DEFAULT 0,
    PRIMARY KEY (business_id, month)
);
