-- Whom a business wants told of its jobs, and what was told. The SaaS keeps the channels; a delivery is written in the
-- transaction that ends the job, and its id is what a receiver tells duplicates by.

CREATE TABLE notification_channels (
    id          uuid PRIMARY KEY,
    business_id uuid NOT NULL REFERENCES businesses ON DELETE CASCADE,
    kind        text NOT NULL CHECK (kind IN ('email', 'webhook')),
    address     text NOT NULL CHECK (length(address) BETWEEN 1 AND 2000),
    secret      text CHECK (length(secret) >= 32),  -- what webhooks are signed with
    locale      text CHECK (locale IN ('es', 'en')),  -- null: the business's
    events      text[] NOT NULL DEFAULT '{job.completed,job.failed}'
                CHECK (events <@ '{job.completed,job.failed}' AND cardinality(events) > 0),
    kinds       text[] CHECK (cardinality(kinds) > 0),  -- of which kinds of job; null: of all
    active      boolean NOT NULL DEFAULT true,
    created_at  timestamptz NOT NULL DEFAULT now(),
    CHECK ((kind = 'webhook') = (secret IS NOT NULL)),
    UNIQUE (business_id, id),
    UNIQUE (business_id, kind, address)
);

CREATE TABLE notification_deliveries (
    id            uuid PRIMARY KEY,
    business_id   uuid NOT NULL REFERENCES businesses ON DELETE CASCADE,
    channel_id    uuid NOT NULL,
    job_id        uuid NOT NULL REFERENCES ai_jobs ON DELETE CASCADE,
    event         text NOT NULL CHECK (event IN ('job.completed', 'job.failed')),
    reason        text,  -- why the job failed, as it was then: an operator may have had it done again since
    finished_at   timestamptz NOT NULL,  -- when the job ended so
    status        text NOT NULL DEFAULT 'pending' CHECK (status IN ('pending', 'sent', 'failed')),
    attempts      integer NOT NULL DEFAULT 0,
    claimed_until timestamptz,  -- until then one worker has it in hand
    last_error    text,
    created_at    timestamptz NOT NULL DEFAULT now(),
    sent_at       timestamptz,
    CHECK ((status = 'sent') = (sent_at IS NOT NULL)),
    UNIQUE (job_id, channel_id, event),
    FOREIGN KEY (business_id, channel_id) REFERENCES notification_channels (business_id, id) ON DELETE CASCADE
);
CREATE INDEX notification_deliveries_by_channel ON notification_deliveries (business_id, channel_id, id);

ALTER TABLE notification_channels ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE notification_deliveries ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;

GRANT SELECT, INSERT, UPDATE, DELETE ON notification_channels TO cafe_ai_saas;
GRANT SELECT ON notification_channels TO cafe_ai_app;
GRANT SELECT ON notification_deliveries TO cafe_ai_saas;
GRANT SELECT, INSERT, UPDATE ON notification_deliveries TO cafe_ai_app;
CREATE POLICY tenant ON notification_channels TO cafe_ai_app, cafe_ai_saas
    USING (business_id = (SELECT current_business_id()));
CREATE POLICY tenant ON notification_deliveries TO cafe_ai_app, cafe_ai_saas
    USING (business_id = (SELECT current_business_id()));
