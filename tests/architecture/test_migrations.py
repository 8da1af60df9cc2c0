"""A migration leaves the version that still runs what it needs, or says why it need not."""

from pathlib import Path

import pytest

from tests.architecture.migrations import contract, incompatibilities

FOLDER = Path(__file__).parents[2] / "infra" / "migrations"
FIRST_CHECKED = 19  # before it nothing was deployed anywhere
MIGRATIONS = sorted(path for path in FOLDER.glob("*.sql") if int(path.name[:4]) >= FIRST_CHECKED)

BAD = [
    "ALTER TABLE orders DROP COLUMN note;",
    "ALTER TABLE orders DROP note, ADD COLUMN remark text;",
    "DROP TABLE IF EXISTS documents;",
    "DROP FUNCTION admit(uuid, uuid);",
    "DROP INDEX orders_by_day; -- which ON CONFLICT may need",
    "DROP POLICY tenant ON orders;",
    "ALTER TABLE orders DROP CONSTRAINT orders_total_check;",
    "ALTER TABLE orders RENAME COLUMN note TO remark;",
    "ALTER TABLE orders RENAME TO sales;",
    "ALTER FUNCTION admit(uuid, uuid) RENAME TO let_in;",
    "ALTER TABLE orders ADD COLUMN channel text NOT NULL;",
    "ALTER TABLE orders\n  ADD COLUMN a numeric(12, 2) DEFAULT 0,\n  ADD COLUMN b text NOT NULL;",
    "ALTER TABLE orders ADD channel text CHECK (channel <> '') NOT NULL;",
    "ALTER TABLE orders ALTER COLUMN total TYPE numeric(14, 4);",
    "ALTER TABLE orders ALTER total SET DATA TYPE text;",
    "ALTER TABLE orders ALTER COLUMN note SET NOT NULL;",
    "ALTER TABLE orders ALTER COLUMN note DROP DEFAULT;",
    "ALTER TABLE orders ADD CONSTRAINT positive CHECK (total >= 0);",
    "ALTER TABLE orders ADD CONSTRAINT positive CHECK (total >= 0) NOT VALID;",
    "ALTER TABLE orders ADD UNIQUE (business_id, number);",
    "ALTER TABLE orders ADD FOREIGN KEY (customer_id) REFERENCES customers;",
    "CREATE UNIQUE INDEX CONCURRENTLY once ON orders (business_id, number);",
    "ALTER TABLE orders ENABLE ROW LEVEL SECURITY;",
    "ALTER TABLE orders SET SCHEMA archive;",
    "REVOKE SELECT ON orders FROM cafe_ai_app;",
    "GRANT SELECT ON orders TO cafe_ai_jobs; REVOKE SELECT ON orders FROM cafe_ai_app;",
    "TRUNCATE index_outbox;",
    "ALTER TYPE status RENAME VALUE 'open' TO 'pending';",
    "DO $$ BEGIN IF true THEN ALTER TABLE orders DROP COLUMN note; END IF; END $$;",
    "/* drops nothing */ DO LANGUAGE plpgsql $x$ BEGIN EXECUTE 'a'; DROP VIEW totals; END $x$;",
    "CREATE TABLE new_orders (id uuid); DROP TABLE orders;",
]
GOOD = [
    "CREATE TABLE tills (id uuid PRIMARY KEY, name text NOT NULL, CHECK (name <> ''));",
    "CREATE TABLE tills (id uuid); ALTER TABLE tills ENABLE ROW LEVEL SECURITY, ADD CONSTRAINT one UNIQUE (id);",
    "CREATE TABLE tills (id uuid); CREATE UNIQUE INDEX tills_once ON tills (id);",
    "ALTER TABLE orders ADD COLUMN channel text;",
    "ALTER TABLE orders ADD COLUMN channel text NOT NULL DEFAULT 'till';",
    "ALTER TABLE orders ADD COLUMN day date NOT NULL GENERATED ALWAYS AS (ordered_at::date) STORED;",
    "ALTER TABLE orders ADD COLUMN a text NOT NULL DEFAULT 'x, y', ADD COLUMN b numeric(12, 2);",
    "ALTER TABLE orders ALTER COLUMN note DROP NOT NULL;",
    "ALTER TABLE orders ALTER COLUMN note SET DEFAULT '';",
    "CREATE INDEX orders_by_channel ON orders (business_id, channel);",
    "CREATE OR REPLACE FUNCTION gone() RETURNS void LANGUAGE sql AS $$ DELETE FROM a; $$;",
    "CREATE FUNCTION f() RETURNS void LANGUAGE plpgsql AS $body$ BEGIN DROP TABLE temporary; END $body$;",
    "GRANT SELECT ON tills TO cafe_ai_app;",
    "GRANT cafe_ai_jobs TO CURRENT_USER; ALTER FUNCTION f OWNER TO cafe_ai_jobs; REVOKE cafe_ai_jobs FROM CURRENT_USER;",
    "-- We do not drop the column yet.\nCOMMENT ON COLUMN orders.note IS 'drop table orders; rename';",
    "ALTER TYPE status ADD VALUE 'paused';",
    "UPDATE orders SET channel = 'till' WHERE channel IS NULL;",
]


@pytest.mark.parametrize("path", MIGRATIONS, ids=lambda path: path.stem)
def test_a_migration_leaves_the_running_version_what_it_uses(path: Path) -> None:
    sql = path.read_text(encoding="utf-8")
    assert contract(sql) or incompatibilities(sql) == []


@pytest.mark.parametrize("sql", BAD)
def test_what_the_running_version_might_not_survive_is_seen(sql: str) -> None:
    assert incompatibilities(sql)


@pytest.mark.parametrize("sql", GOOD)
def test_what_only_adds_is_let_pass(sql: str) -> None:
    assert incompatibilities(sql) == []


def test_a_reason_counts_at_the_head_alone() -> None:
    assert contract("-- Tidies up.\n-- contract: nothing has read it since 0019\n\nDROP TABLE a;\n") == (
        "nothing has read it since 0019"
    )
    assert contract("DROP TABLE a;\n-- contract: an afterthought\n") is None
    assert contract("-- contract:\nDROP TABLE a;\n") is None
