"""All SQL of the imports. Files are copied into temporary tables and written from there by whole statements.

Each function runs in the caller's transaction, as the role that writes the shops' tables, bound by row-level security
to the business the transaction names. Triggers keep the rollups, once a statement, so statements are few.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, LiteralString
from uuid import UUID

from psycopg import Connection

from cafe_ai.errors import BusinessNotFound
from cafe_ai.intake.model import Clock
from cafe_ai.tenancy.model import Business

_ROWS_A_CHUNK = 2000

INSERT_BUSINESS = """
INSERT INTO businesses (id, name, type, timezone, currency, locale, day_starts)
VALUES (%(id)s, %(name)s, %(type)s, %(timezone)s, %(currency)s, %(locale)s, %(day_starts)s)
ON CONFLICT (id) DO NOTHING"""

UPSERT_MEMBERSHIP = """
INSERT INTO memberships (business_id, user_id, role) VALUES (%s, %s, %s)
ON CONFLICT (business_id, user_id) DO UPDATE SET role = excluded.role WHERE memberships.role <> excluded.role"""

# Two imports into one business wait for each other.
LOCK_BUSINESS = "SELECT timezone, day_starts FROM businesses WHERE id = %s FOR NO KEY UPDATE"

SELECT_LAST_ORDER = "SELECT max(ordered_at) FROM orders WHERE business_id = %s"

SELECT_PRODUCTS = "SELECT id, external_id, name FROM products WHERE business_id = %s"

# For this transaction only: sorting half a million lines on disk takes twice as long.
SET_WORK_MEMORY = "SELECT set_config('work_mem', '128MB', true)"

CREATE_STAGED_LINES = """
CREATE TEMPORARY TABLE staged_lines (
    row_number bigint, order_id text COLLATE "C", ordered_at timestamptz, product_key text COLLATE "C", product text,
    category text, customer_id text COLLATE "C", customer_name text, store text COLLATE "C", payment_method text,
    quantity numeric(14, 3), unit_price numeric(14, 4), discount numeric(14, 4), unit_cost numeric(14, 4)
) ON COMMIT DROP"""
COPY_LINES = "COPY staged_lines FROM STDIN (FORMAT csv)"
ANALYZE_STAGED_LINES = "ANALYZE staged_lines"

# An order takes the moment of its first line, and the first customer, store and payment method its lines name.
CREATE_STAGED_ORDERS = """
CREATE TEMPORARY TABLE staged_orders ON COMMIT DROP AS
SELECT new_id() AS id, false AS is_known, false AS keeps_lines, clock.business_date, collected.*
FROM (
    SELECT
        order_id AS external_id,
        (array_agg(ordered_at ORDER BY row_number))[1] AS ordered_at,
        (array_agg(customer_id ORDER BY row_number) FILTER (WHERE customer_id IS NOT NULL))[1] AS customer_id,
        (array_agg(store ORDER BY row_number) FILTER (WHERE store IS NOT NULL))[1] AS store,
        (array_agg(payment_method ORDER BY row_number) FILTER (WHERE payment_method IS NOT NULL))[1] AS payment_method,
        bool_or(quantity > 0) AS is_sale,
        min(ordered_at) <> max(ordered_at) AS differs_in_time,
        coalesce(min(customer_id) <> max(customer_id), false)
            OR coalesce(min(store) <> max(store), false) AS differs_in_whom
    FROM staged_lines
    GROUP BY order_id
) AS collected
CROSS JOIN LATERAL business_clock(collected.ordered_at, %(timezone)s, %(day_starts)s) AS clock"""
# What is joined below is indexed and analysed: the planner cannot know what this transaction has just written.
INDEX_STAGED_ORDERS = "CREATE UNIQUE INDEX ON staged_orders (external_id)"
ANALYZE_STAGED_ORDERS = "ANALYZE staged_orders"
CREATE_STAGED_PRODUCT_IDS = """
CREATE TEMPORARY TABLE staged_product_ids ON COMMIT DROP AS
SELECT id, external_id FROM products WHERE business_id = %(business_id)s"""
ANALYZE_STAGED_PRODUCT_IDS = "ANALYZE staged_product_ids"
CREATE_STAGED_CUSTOMER_IDS = """
CREATE TEMPORARY TABLE staged_customer_ids ON COMMIT DROP AS
SELECT id, external_id FROM customers WHERE business_id = %(business_id)s"""
ANALYZE_STAGED_CUSTOMER_IDS = "ANALYZE staged_customer_ids"
MARK_KNOWN_ORDERS = """
UPDATE staged_orders SET
    id = orders.id, is_known = true, keeps_lines = orders.business_date = staged_orders.business_date
FROM orders
WHERE orders.business_id = %(business_id)s AND orders.external_id = staged_orders.external_id"""

# Lines are numbered by their place in the file.
NEW_LINES = """
    SELECT
        staged.id AS order_id, row_number() OVER (PARTITION BY lines.order_id ORDER BY lines.row_number) AS line_number,
        staged.business_date, products.id AS product_id, lines.quantity, lines.unit_price, lines.discount,
        lines.unit_cost
    FROM staged_lines AS lines
    JOIN staged_orders AS staged ON staged.external_id = lines.order_id
    JOIN staged_product_ids AS products ON products.external_id = lines.product_key"""

# Most of a file that is imported again says what is stored already; those lines stay.
MARK_CHANGED_ORDERS = f"""
UPDATE staged_orders SET keeps_lines = false
FROM (
    SELECT DISTINCT coalesce(new.order_id, old.order_id) AS order_id
    FROM ({NEW_LINES} WHERE staged.keeps_lines) AS new
    FULL JOIN (
        SELECT order_lines.*
        FROM order_lines JOIN staged_orders ON staged_orders.id = order_lines.order_id AND staged_orders.keeps_lines
        WHERE order_lines.business_id = %(business_id)s
    ) AS old ON old.order_id = new.order_id AND old.line_number = new.line_number
    WHERE (new.product_id, new.quantity, new.unit_price, new.discount, new.unit_cost)
          IS DISTINCT FROM (old.product_id, old.quantity, old.unit_price, old.discount, old.unit_cost)
) AS changed
WHERE staged_orders.id = changed.order_id"""  # noqa: S608  # put together from constants

UPSERT_PRODUCTS_OF_LINES = """
INSERT INTO products (id, business_id, external_id, name, category, named_at)
SELECT
    new_id(), %(business_id)s, product_key,
    (array_agg(product ORDER BY ordered_at DESC, row_number DESC))[1],
    (array_agg(category ORDER BY ordered_at DESC, row_number DESC) FILTER (WHERE category IS NOT NULL))[1],
    max(ordered_at)
FROM staged_lines
GROUP BY product_key
ON CONFLICT (business_id, external_id) DO UPDATE SET
    name = CASE WHEN excluded.named_at >= products.named_at THEN excluded.name ELSE products.name END,
    category = CASE WHEN excluded.named_at >= products.named_at
                    THEN coalesce(excluded.category, products.category)
                    ELSE coalesce(products.category, excluded.category) END,
    named_at = greatest(excluded.named_at, products.named_at)
WHERE excluded.named_at > products.named_at
   OR (excluded.named_at = products.named_at AND excluded.name <> products.name)
   OR (products.category IS NULL AND excluded.category IS NOT NULL)"""

UPSERT_CUSTOMERS = """
INSERT INTO customers (id, business_id, external_id, name)
SELECT
    new_id(), %(business_id)s, customer_id,
    (array_agg(customer_name ORDER BY ordered_at DESC, row_number DESC) FILTER (WHERE customer_name IS NOT NULL))[1]
FROM staged_lines
WHERE customer_id IS NOT NULL
GROUP BY customer_id
ON CONFLICT (business_id, external_id) DO UPDATE SET name = excluded.name
WHERE excluded.name IS NOT NULL AND excluded.name IS DISTINCT FROM customers.name"""

DELETE_REPLACED_LINES = """
DELETE FROM order_lines USING staged_orders
WHERE staged_orders.is_known AND NOT staged_orders.keeps_lines
  AND order_lines.business_id = %(business_id)s AND order_lines.order_id = staged_orders.id"""

# The triggers of 0003 set business_date, local_hour and is_sale.
UPDATE_KNOWN_ORDERS = """
UPDATE orders SET
    ordered_at = staged.ordered_at,
    customer_id = customers.id,
    store = staged.store,
    payment_method = staged.payment_method
FROM staged_orders AS staged
LEFT JOIN staged_customer_ids AS customers ON customers.external_id = staged.customer_id
WHERE staged.is_known AND orders.business_id = %(business_id)s AND orders.id = staged.id
  AND (orders.ordered_at, orders.customer_id, orders.store, orders.payment_method)
      IS DISTINCT FROM (staged.ordered_at, customers.id, staged.store, staged.payment_method)"""

# In one statement, so that the triggers see each new order with its lines.
INSERT_NEW_ORDERS_AND_LINES = f"""
WITH placed AS (
    INSERT INTO orders (id, business_id, external_id, ordered_at, customer_id, store, payment_method, is_sale)
    SELECT
        staged.id, %(business_id)s, staged.external_id, staged.ordered_at, customers.id, staged.store,
        staged.payment_method, staged.is_sale
    FROM staged_orders AS staged
    LEFT JOIN staged_customer_ids AS customers ON customers.external_id = staged.customer_id
    WHERE NOT staged.is_known
)
INSERT INTO order_lines
    (business_id, order_id, line_number, business_date, product_id, quantity, unit_price, discount, unit_cost)
SELECT %(business_id)s, new.* FROM ({NEW_LINES} WHERE NOT staged.keeps_lines) AS new"""  # noqa: S608  # put together from constants

SELECT_LINES_SUMMARY = """
SELECT
    count(*), count(*) FILTER (WHERE differs_in_time), count(*) FILTER (WHERE differs_in_whom),
    (SELECT count(DISTINCT product_key) FROM staged_lines),
    (SELECT count(DISTINCT customer_id) FROM staged_lines),
    min(business_date), max(business_date)
FROM staged_orders"""

CREATE_STAGED_PRODUCTS = """
CREATE TEMPORARY TABLE staged_products (
    row_number bigint, external_id text, name text, description text, category text, price numeric(14, 4),
    cost numeric(14, 4), stock numeric(14, 3), on_order numeric(14, 3), lead_time_days integer, shelf_life_days integer,
    allergens text[], diets text[]
) ON COMMIT DROP"""

# What the file has no column for stays as it is. Of two rows with one id the later stands.
UPSERT_CATALOGUE = """
INSERT INTO products
    (id, business_id, external_id, name, description, category, price, cost, stock, on_order, lead_time_days,
     shelf_life_days, allergens, diets, named_at)
SELECT
    new_id(), %(business_id)s, external_id, name, description, category, price, cost, stock, on_order, lead_time_days,
    shelf_life_days, allergens, diets, now()
FROM (SELECT DISTINCT ON (external_id) * FROM staged_products ORDER BY external_id, row_number DESC) AS latest
ON CONFLICT (business_id, external_id) DO UPDATE SET
    name = excluded.name,
    description = CASE WHEN %(description)s THEN excluded.description ELSE products.description END,
    category = CASE WHEN %(category)s THEN excluded.category ELSE products.category END,
    price = CASE WHEN %(price)s THEN excluded.price ELSE products.price END,
    cost = CASE WHEN %(cost)s THEN excluded.cost ELSE products.cost END,
    stock = CASE WHEN %(stock)s THEN excluded.stock ELSE products.stock END,
    lead_time_days = CASE WHEN %(lead_time_days)s THEN excluded.lead_time_days ELSE products.lead_time_days END,
    on_order = CASE WHEN %(on_order)s THEN excluded.on_order ELSE products.on_order END,
    shelf_life_days = CASE WHEN %(shelf_life_days)s THEN excluded.shelf_life_days ELSE products.shelf_life_days END,
    allergens = CASE WHEN %(allergens)s THEN excluded.allergens ELSE products.allergens END,
    diets = CASE WHEN %(diets)s THEN excluded.diets ELSE products.diets END,
    listed = true,
    named_at = greatest(excluded.named_at, products.named_at)"""

CREATE_STAGED_REVIEWS = """
CREATE TEMPORARY TABLE staged_reviews (
    row_number bigint, external_id text, reviewed_at timestamptz, product_id uuid, rating smallint, text text
) ON COMMIT DROP"""
UPSERT_REVIEWS = """
INSERT INTO reviews (id, business_id, external_id, reviewed_at, product_id, rating, text)
SELECT new_id(), %(business_id)s, external_id, reviewed_at, product_id, rating, text
FROM (SELECT DISTINCT ON (external_id) * FROM staged_reviews ORDER BY external_id, row_number DESC) AS latest
ON CONFLICT (business_id, external_id) DO UPDATE SET
    reviewed_at = excluded.reviewed_at, product_id = excluded.product_id, rating = excluded.rating,
    text = excluded.text"""

CREATE_STAGED_STOCK_OUTS = """
CREATE TEMPORARY TABLE staged_stock_outs (
    row_number bigint, product_id uuid, business_date date, sold_out_at timestamptz
) ON COMMIT DROP"""
UPSERT_STOCK_OUTS = """
INSERT INTO stock_outs (business_id, product_id, business_date, sold_out_at)
SELECT DISTINCT ON (product_id, business_date) %(business_id)s, product_id, business_date, sold_out_at
FROM staged_stock_outs ORDER BY product_id, business_date, row_number DESC
ON CONFLICT (business_id, product_id, business_date) DO UPDATE SET sold_out_at = excluded.sold_out_at"""

CREATE_STAGED_PROMOTIONS = """
CREATE TEMPORARY TABLE staged_promotions (
    row_number bigint, external_id text, kind text, product_id uuid, starts_on date, ends_on date, price numeric(14, 4),
    discount_percent numeric(5, 2), name text
) ON COMMIT DROP"""
UPSERT_PROMOTIONS = """
INSERT INTO promotions
    (id, business_id, external_id, kind, product_id, starts_on, ends_on, price, discount_percent, name)
SELECT new_id(), %(business_id)s, external_id, kind, product_id, starts_on, ends_on, price, discount_percent, name
FROM (SELECT DISTINCT ON (external_id) * FROM staged_promotions ORDER BY external_id, row_number DESC) AS latest
ON CONFLICT (business_id, external_id) DO UPDATE SET
    kind = excluded.kind, product_id = excluded.product_id, starts_on = excluded.starts_on, ends_on = excluded.ends_on,
    price = excluded.price, discount_percent = excluded.discount_percent, name = excluded.name"""

UPDATE_COUNTRY = "UPDATE businesses SET country = %s WHERE id = %s AND country IS DISTINCT FROM %s"

Row = Sequence[str | None]
AnyConnection = Connection[tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class Staging:
    """How a file's rows come in: into a temporary table, and from there to where they belong."""

    create: LiteralString
    copy: LiteralString
    upsert: LiteralString


PRODUCTS = Staging(CREATE_STAGED_PRODUCTS, "COPY staged_products FROM STDIN (FORMAT csv)", UPSERT_CATALOGUE)
REVIEWS = Staging(CREATE_STAGED_REVIEWS, "COPY staged_reviews FROM STDIN (FORMAT csv)", UPSERT_REVIEWS)
STOCK_OUTS = Staging(CREATE_STAGED_STOCK_OUTS, "COPY staged_stock_outs FROM STDIN (FORMAT csv)", UPSERT_STOCK_OUTS)
PROMOTIONS = Staging(CREATE_STAGED_PROMOTIONS, "COPY staged_promotions FROM STDIN (FORMAT csv)", UPSERT_PROMOTIONS)


@dataclass(frozen=True, slots=True)
class LinesWritten:
    """What the staged lines came to. The period's ends are business days, both included."""

    orders: int
    orders_differing_in_time: int
    orders_differing_in_whom: int
    products: int
    customers: int
    first_day: date
    last_day: date


def insert_business(connection: AnyConnection, business: Business) -> None:
    """Store a new business; one with this id that is there already stays as it is."""
    values = {name: getattr(business, name) for name in ("id", "name", "type", "timezone", "currency", "locale")}
    connection.execute(INSERT_BUSINESS, {**values, "day_starts": business.day_starts})


def upsert_membership(connection: AnyConnection, business_id: UUID, user_id: UUID, role: str) -> None:
    """Make the user a member with this role."""
    connection.execute(UPSERT_MEMBERSHIP, [business_id, user_id, role])


def lock_business(connection: AnyConnection, business_id: UUID) -> Clock:
    """The business's clock, with the business locked against other imports. Raises `BusinessNotFound`."""
    row = connection.execute(LOCK_BUSINESS, [business_id]).fetchone()
    if row is None:
        raise BusinessNotFound
    return Clock(timezone=row[0], day_starts=row[1])


def select_last_order(connection: AnyConnection, business_id: UUID) -> datetime | None:
    """The moment of the latest order; None without orders."""
    row = connection.execute(SELECT_LAST_ORDER, [business_id]).fetchone()
    return row[0] if row else None


def select_products(connection: AnyConnection, business_id: UUID) -> list[tuple[UUID, str, str]]:
    """Each product's id, the shop's own id for it, and its name."""
    return connection.execute(SELECT_PRODUCTS, [business_id]).fetchall()


def stage_lines(connection: AnyConnection, rows: Iterable[Row]) -> int:
    """Copy lines (the columns of `lines.LineReader.read`) into a temporary table; how many there were."""
    connection.execute(SET_WORK_MEMORY)
    connection.execute(CREATE_STAGED_LINES)
    staged = _copy(connection, COPY_LINES, rows)
    connection.execute(ANALYZE_STAGED_LINES)
    return staged


def write_lines(connection: AnyConnection, business_id: UUID, clock: Clock) -> LinesWritten:
    """Write the staged lines: new products and customers, and each order in place of an earlier one of equal id."""
    values = {"business_id": business_id}
    connection.execute(CREATE_STAGED_ORDERS, {"timezone": clock.timezone, "day_starts": clock.day_starts})
    connection.execute(INDEX_STAGED_ORDERS)
    connection.execute(UPSERT_PRODUCTS_OF_LINES, values)
    connection.execute(CREATE_STAGED_PRODUCT_IDS, values)
    connection.execute(ANALYZE_STAGED_PRODUCT_IDS)
    connection.execute(UPSERT_CUSTOMERS, values)
    connection.execute(CREATE_STAGED_CUSTOMER_IDS, values)
    connection.execute(ANALYZE_STAGED_CUSTOMER_IDS)
    replaces = connection.execute(MARK_KNOWN_ORDERS, values).rowcount > 0
    connection.execute(ANALYZE_STAGED_ORDERS)
    if replaces:
        connection.execute(MARK_CHANGED_ORDERS, values)
        connection.execute(ANALYZE_STAGED_ORDERS)
        connection.execute(DELETE_REPLACED_LINES, values)
        connection.execute(UPDATE_KNOWN_ORDERS, values)
    connection.execute(INSERT_NEW_ORDERS_AND_LINES, values)
    (summary,) = connection.execute(SELECT_LINES_SUMMARY).fetchall()
    return LinesWritten(*summary)


def stage(connection: AnyConnection, staging: Staging, rows: Iterable[Row]) -> int:
    """Copy rows (the columns that its reader gives) into its temporary table; how many."""
    connection.execute(staging.create)
    return _copy(connection, staging.copy, rows)


def write_staged(connection: AnyConnection, staging: Staging, business_id: UUID, **more: object) -> int:
    """Write the staged rows over those that are alike; how many."""
    return connection.execute(staging.upsert, {"business_id": business_id, **more}).rowcount


def update_country(connection: AnyConnection, business_id: UUID, country: str) -> None:
    """Say which country (ISO 3166 alpha-2) the business is in."""
    connection.execute(UPDATE_COUNTRY, [country, business_id, country])


def _copy(connection: AnyConnection, statement: LiteralString, rows: Iterable[Row]) -> int:
    """Send rows to a COPY in CSV format, numbered from 1, a chunk at a time; None goes as NULL."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer)
    number = 0
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        for number, row in enumerate(rows, 1):
            writer.writerow((number, *row))
            if number % _ROWS_A_CHUNK == 0:
                copy.write(buffer.getvalue())
                buffer.seek(0)
                buffer.truncate()
        copy.write(buffer.getvalue())
    return number
