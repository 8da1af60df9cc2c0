"""The rollups are what the lines say, whatever is written, in whatever order, by however many at once."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from uuid import UUID

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.support.factories import NOON, Factory, Line
from tests.support.postgres import TestDatabase

FIRST_DAY = datetime(2026, 3, 27, tzinfo=UTC)  # daylight saving starts in Madrid on the 29th
STORES = (None, "Centro", "Norte")


@pytest.fixture
def shop(module_database: TestDatabase) -> Iterator[Factory]:
    factory = Factory.connected(module_database)
    yield factory
    factory.connection.close()


@pytest.fixture
def business(shop: Factory) -> UUID:
    return shop.insert_business()


def differences(shop: Factory, business_id: UUID, database: TestDatabase) -> list[tuple[object, ...]]:
    with psycopg.connect(database.superuser) as superuser:
        return superuser.execute("SELECT * FROM rollup_differences(%s)", [business_id]).fetchall()


def hours(database: TestDatabase, business_id: UUID) -> list[dict[str, object]]:
    with psycopg.connect(database.superuser, row_factory=psycopg.rows.dict_row) as superuser:
        statement = "SELECT * FROM rollup_hours WHERE business_id = %s ORDER BY business_date, local_hour, store"
        return superuser.execute(statement, [business_id]).fetchall()


def test_measures_are_those_of_the_lines(shop: Factory, business: UUID, module_database: TestDatabase) -> None:
    coffee = shop.insert_product(business, cost=Decimal("0.5"))
    gift = shop.insert_product(business)
    shop.insert_order(
        business,
        [
            Line(coffee, 3, Decimal("2.5"), discount=Decimal("0.5")),  # net 7, cost 1.5
            Line(gift, 1, 20),  # net 20, cost not known
            Line(gift, 2, None, unit_cost=1),  # price not recorded: no amounts
            Line(gift, 1, 0, unit_cost=4),  # given away: net 0, cost 4
        ],
        store="Centro",
    )
    shop.insert_order(business, [Line(coffee, -1, Decimal("2.5"))], store="Centro")  # a return alone is no order

    (row,) = hours(module_database, business)

    assert (row["business_date"], row["local_hour"], row["store"]) == (date(2026, 5, 4), 14, "Centro")
    assert (row["orders"], row["lines"], row["sale_lines"], row["priced_lines"], row["costed_lines"]) == (1, 5, 4, 3, 3)
    assert (row["units"], row["net"], row["gross"], row["returns"]) == (6, Decimal("24.5"), 27, Decimal("2.5"))
    assert (row["discounts"], row["cost"], row["costed_net"]) == (Decimal("0.5"), 5, Decimal("4.5"))


@pytest.mark.parametrize(
    ("moment", "day_starts", "expected"),
    [
        (datetime(2026, 3, 29, 0, 59, tzinfo=UTC), time(0), (date(2026, 3, 29), 1)),
        (datetime(2026, 3, 29, 1, 0, tzinfo=UTC), time(0), (date(2026, 3, 29), 3)),  # 2 o'clock does not exist that day
        (datetime(2026, 10, 25, 0, 30, tzinfo=UTC), time(0), (date(2026, 10, 25), 2)),
        (datetime(2026, 10, 25, 1, 30, tzinfo=UTC), time(0), (date(2026, 10, 25), 2)),  # and 2 o'clock comes twice
        (datetime(2026, 5, 4, 1, 59, tzinfo=UTC), time(4), (date(2026, 5, 3), 3)),
        (datetime(2026, 5, 4, 2, 0, tzinfo=UTC), time(4), (date(2026, 5, 4), 4)),
        (datetime(2026, 3, 29, 1, 59, tzinfo=UTC), time(4), (date(2026, 3, 28), 3)),  # 3:59 by the shop's own clock
        (datetime(2026, 3, 29, 2, 0, tzinfo=UTC), time(4), (date(2026, 3, 29), 4)),
    ],
)
def test_day_and_hour_are_the_shops_own(
    shop: Factory, moment: datetime, day_starts: time, expected: tuple[date, int]
) -> None:
    business = shop.insert_business(timezone="Europe/Madrid", day_starts=day_starts)
    shop.insert_order(business, ordered_at=moment)
    assert shop.connection.execute("SELECT business_date, local_hour FROM orders").fetchone() == expected


def test_day_hour_and_is_sale_cannot_be_given(shop: Factory, business: UUID) -> None:
    shop.insert_order(business)
    shop.connection.execute("UPDATE orders SET business_date = '1999-01-01', local_hour = 3, is_sale = true")
    read = "SELECT business_date, local_hour, is_sale FROM orders"
    assert shop.connection.execute(read).fetchone() == (date(2026, 5, 4), 14, False)


def test_order_that_says_it_is_a_sale_is_one_only_with_a_line_sold_in_the_same_statement(
    shop: Factory, business: UUID, module_database: TestDatabase
) -> None:
    product = shop.insert_product(business)
    shop.connection.execute(
        """WITH placed AS (
               INSERT INTO orders (id, business_id, external_id, ordered_at, is_sale)
               SELECT md5(quantity::text)::uuid, %(business)s, quantity, %(noon)s + quantity * interval '1 day', claims
                 FROM (VALUES (1, true), (2, false), (-1, true), (-2, false), (0, true)) AS given (quantity, claims)
               RETURNING *)
           INSERT INTO order_lines (business_id, order_id, line_number, business_date, product_id, quantity)
           SELECT business_id, id, 1, business_date, %(product)s, external_id::int FROM placed
            WHERE external_id <> '0'""",
        {"business": business, "noon": NOON, "product": product},
    )
    sales = shop.connection.execute("SELECT external_id FROM orders WHERE is_sale ORDER BY 1").fetchall()
    assert sales == [("1",), ("2",)]
    assert differences(shop, business, module_database) == []


def test_new_clock_of_a_business_moves_its_orders(shop: Factory, module_database: TestDatabase) -> None:
    business = shop.insert_business(timezone="Europe/Madrid")
    product = shop.insert_product(business)
    shop.insert_order(business, [Line(product)], ordered_at=NOON)

    shop.connection.execute("UPDATE businesses SET timezone = 'Pacific/Auckland', day_starts = '03:00'")

    (row,) = hours(module_database, business)
    assert (row["business_date"], row["local_hour"]) == (date(2026, 5, 4), 0)
    assert differences(shop, business, module_database) == []


def test_unknown_time_zone_is_refused(shop: Factory) -> None:
    with pytest.raises(psycopg.errors.InvalidParameterValue, match="Europe/Atlantis"):
        shop.insert_business(timezone="Europe/Atlantis")


def test_cost_of_a_product_counts_for_the_lines_without_their_own(
    shop: Factory, business: UUID, module_database: TestDatabase
) -> None:
    product = shop.insert_product(business)
    shop.insert_order(business, [Line(product, 2), Line(product, 1, unit_cost=9)])
    shop.connection.execute("UPDATE products SET cost = 3")
    (row,) = hours(module_database, business)
    assert (row["cost"], row["costed_lines"]) == (15, 2)
    assert differences(shop, business, module_database) == []


@pytest.mark.parametrize(
    "write",
    [
        "UPDATE products SET price = 4, name = 'Flan', cost = cost",
        """INSERT INTO products SELECT * FROM products
               ON CONFLICT (business_id, external_id) DO UPDATE SET cost = excluded.cost""",
    ],
)
def test_products_whose_cost_stays_leave_the_lines_alone(
    shop: Factory, business: UUID, module_database: TestDatabase, write: str
) -> None:
    shop.insert_order(business, [Line(shop.insert_product(business, cost=1))])
    with psycopg.connect(module_database.superuser) as superuser:
        superuser.execute("REVOKE SELECT ON order_lines FROM cafe_ai_rollup")  # whoever looks at the lines is told off
        superuser.execute(write.encode())
        with pytest.raises(psycopg.errors.InsufficientPrivilege, match="order_lines"):
            superuser.execute("UPDATE products SET cost = 2")
        superuser.rollback()


def test_one_statement_over_many_days_recomputes_once(
    shop: Factory, business: UUID, module_database: TestDatabase
) -> None:
    product = shop.insert_product(business)
    for day in range(40):
        shop.insert_order(business, ordered_at=NOON + timedelta(days=day))
    with psycopg.connect(module_database.superuser, autocommit=True) as superuser:
        calls = "SELECT coalesce(sum(calls), 0) FROM pg_stat_xact_user_functions WHERE funcname = 'refresh_rollups'"
        with superuser.transaction():
            superuser.execute("SET LOCAL track_functions = 'all'")
            superuser.execute(
                """INSERT INTO order_lines (business_id, order_id, line_number, business_date, product_id, quantity)
                   SELECT business_id, id, line, business_date, %s, 1 FROM orders, generate_series(1, 20) AS line
                    WHERE business_id = %s""",
                [product, business],
            )
            assert superuser.execute(calls).fetchone() == (1,)
    assert len(hours(module_database, business)) == 40
    assert differences(shop, business, module_database) == []


@pytest.mark.parametrize(("lines", "planned_for"), [(9_999, False), (10_000, True)])
def test_planner_knows_the_tables_after_an_import(database: TestDatabase, lines: int, planned_for: bool) -> None:
    shop = Factory.connected(database)
    business = shop.insert_business()
    product, order = shop.insert_product(business), shop.insert_order(business)
    shop.connection.execute(
        """INSERT INTO order_lines (business_id, order_id, line_number, business_date, product_id, quantity)
           SELECT business_id, id, line, business_date, %s, 1 FROM orders, generate_series(1, %s) AS line
            WHERE id = %s""",
        [product, lines, order],
    )
    shop.connection.close()
    with psycopg.connect(database.superuser) as superuser:
        known = superuser.execute(
            """SELECT relname FROM pg_class WHERE reltuples > 0 AND relnamespace = 'public'::regnamespace
                  AND relname IN ('orders', 'order_lines', 'products', 'rollup_hours', 'rollup_products')"""
        ).fetchall()
    assert len(known) == (5 if planned_for else 0)


def test_names_version_grows_when_a_name_appears_changes_or_goes_and_only_then(shop: Factory, business: UUID) -> None:
    def version() -> int:
        return shop.connection.execute("SELECT names_version FROM businesses").fetchone()[0]

    def grows(write: Callable[[], object]) -> bool:
        before = version()
        write()
        return version() > before

    execute = shop.connection.execute
    assert grows(lambda: shop.insert_product(business, "Flan"))
    assert grows(lambda: execute("UPDATE products SET name = 'Flan casero'"))
    assert grows(lambda: execute("UPDATE products SET category = 'Postres'"))
    assert not grows(lambda: execute("UPDATE products SET stock = 4, price = 3"))
    assert grows(lambda: shop.insert_order(business, store="Centro"))
    assert not grows(lambda: shop.insert_order(business, store="Centro"))
    assert grows(lambda: shop.insert_order(business, store="Centro", payment_method="card"))
    assert grows(lambda: execute("UPDATE orders SET store = 'Sur' WHERE payment_method IS NULL"))
    assert not grows(lambda: execute("DELETE FROM orders WHERE payment_method IS NULL AND external_id < 'O'"))
    assert grows(lambda: execute("DELETE FROM orders WHERE payment_method IS NULL"))
    assert grows(lambda: execute("DELETE FROM products"))


class Shopkeeper:
    """Writes anything a shop may write, chosen by a random generator, in transactions of one to four statements."""

    def __init__(self, shop: Factory, business: UUID, products: list[UUID], choice: random.Random) -> None:
        self.shop = shop
        self.business = business
        self.products = products
        self.choice = choice
        self.actions: list[Callable[[], object]] = [
            self.sell, self.sell, self.sell, self.return_goods, self.arrive_late, self.move_order, self.change_line,
            self.move_line, self.delete_line, self.delete_order, self.change_store, self.change_cost, self.add_line,
            self.delete_day,
        ]  # fmt: skip

    def work(self) -> None:
        """One transaction; sometimes it is given up."""
        self.shop.act_for(self.business)
        with self.shop.connection.transaction():
            for _ in range(self.choice.randint(1, 4)):
                self.choice.choice(self.actions)()
            if self.choice.random() < 0.1:
                raise psycopg.Rollback

    def moment(self) -> datetime:
        return FIRST_DAY + timedelta(minutes=self.choice.randint(0, 4 * 24 * 60))

    def line(self, sign: int = 1) -> Line:
        choice = self.choice
        return Line(
            choice.choice(self.products),
            sign * choice.choice([1, 2, Decimal("0.25"), 0]),
            choice.choice([None, 0, Decimal("1.1"), Decimal("2.3333")]),
            discount=choice.choice([0, 0, Decimal("0.05")]),
            unit_cost=choice.choice([None, None, Decimal("0.7")]),
        )

    def sell(self) -> None:
        lines = [self.line() for _ in range(self.choice.randint(0, 3))]
        self.shop.insert_order(
            self.business,
            lines,
            ordered_at=self.moment(),
            store=self.choice.choice(STORES),
            payment_method=self.choice.choice([None, "card", "cash"]),
        )

    def return_goods(self) -> None:
        self.shop.insert_order(self.business, [self.line(-1), self.line()], ordered_at=self.moment())

    def arrive_late(self) -> None:
        late = FIRST_DAY - timedelta(days=self.choice.randint(1, 2))
        self.shop.insert_order(self.business, [self.line()], ordered_at=late)

    def execute(self, statement: str, *values: object) -> None:
        self.shop.connection.execute(statement.encode(), values)

    def some_order(self) -> str:
        return f"(SELECT id FROM orders ORDER BY external_id LIMIT 1 OFFSET {self.choice.randint(0, 12)})"

    def move_order(self) -> None:
        self.execute(f"UPDATE orders SET ordered_at = %s WHERE id = {self.some_order()}", self.moment())

    def change_store(self) -> None:
        self.execute(f"UPDATE orders SET store = %s WHERE id = {self.some_order()}", self.choice.choice(STORES))

    def change_line(self) -> None:
        self.execute(
            f"UPDATE order_lines SET quantity = %s, unit_price = %s WHERE order_id = {self.some_order()}",
            self.choice.randint(-2, 3), self.choice.choice([None, 5]),
        )  # fmt: skip

    def move_line(self) -> None:
        self.execute(
            f"""UPDATE order_lines SET order_id = target.id, business_date = target.business_date,
                       line_number = (SELECT coalesce(max(line_number), 0) + 1 FROM order_lines AS lines
                                       WHERE lines.order_id = target.id)
                  FROM orders AS target
                 WHERE order_lines.line_number = 1
                   AND order_id = {self.some_order()} AND target.id = {self.some_order()}"""
        )

    def add_line(self) -> None:
        row = self.shop.connection.execute(f"SELECT {self.some_order()}".encode()).fetchone()
        if row[0] is not None:
            self.shop.insert_line(self.business, row[0], self.line())

    def delete_line(self) -> None:
        self.execute(f"DELETE FROM order_lines WHERE line_number = 1 AND order_id = {self.some_order()}")

    def delete_order(self) -> None:
        self.execute(f"DELETE FROM orders WHERE id = {self.some_order()}")

    def delete_day(self) -> None:
        self.execute("DELETE FROM orders WHERE business_date = %s", self.moment().date())

    def change_cost(self) -> None:
        self.execute(
            "UPDATE products SET cost = %s WHERE id = %s",
            self.choice.choice([None, 0, Decimal("1.05")]), self.choice.choice(self.products),
        )  # fmt: skip


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(choice=st.randoms(use_true_random=False), transactions=st.integers(1, 12), day_starts=st.sampled_from([0, 5]))
def test_rollups_stay_exact_whatever_is_written(
    shop: Factory, module_database: TestDatabase, choice: random.Random, transactions: int, day_starts: int
) -> None:
    business = shop.insert_business(day_starts=time(day_starts))
    products = [shop.insert_product(business, cost=cost) for cost in (None, 1, Decimal("0.4"))]
    keeper = Shopkeeper(shop, business, products, choice)
    for _ in range(transactions):
        keeper.work()
    assert differences(shop, business, module_database) == []


def test_rollups_stay_exact_with_many_writers_at_once(shop: Factory, module_database: TestDatabase) -> None:
    business = shop.insert_business()
    products = [shop.insert_product(business, cost=cost) for cost in (None, 1, Decimal("0.4"))]
    failures: list[BaseException] = []

    def keep_shop(seed: int) -> None:
        mine = Factory.connected(module_database)
        keeper = Shopkeeper(mine, business, products, random.Random(seed))
        try:
            for _ in range(15):
                with suppress(psycopg.IntegrityError):  # the order was deleted or moved by another: the writer is told
                    keeper.work()
        except BaseException as failure:
            failures.append(failure)
        finally:
            mine.connection.close()

    threads = [threading.Thread(target=keep_shop, args=[seed]) for seed in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert failures == []
    assert differences(shop, business, module_database) == []


@pytest.mark.parametrize("write", ["UPDATE products SET price = 1", "UPDATE orders SET store = 'Sur'"])
def test_writers_of_one_shop_take_turns_and_those_of_others_do_not_wait(
    shop: Factory, business: UUID, module_database: TestDatabase, write: str
) -> None:
    other = Factory.connected(module_database)
    elsewhere = other.insert_business()
    other.connection.execute("SET lock_timeout = '100ms'")
    with shop.connection.transaction():
        shop.act_for(business)
        shop.connection.execute(write.encode())
        other.act_for(elsewhere)
        other.connection.execute(write.encode())
        other.act_for(business)
        with pytest.raises(psycopg.errors.LockNotAvailable):
            other.connection.execute(write.encode())
    other.connection.execute(write.encode())
    other.connection.close()


@pytest.mark.parametrize("event", ["insert", "update", "delete"])
@pytest.mark.parametrize("table", ["orders", "order_lines", "products"])
def test_each_trigger_is_needed(database: TestDatabase, table: str, event: str) -> None:
    """The differences notice a missing trigger; where none can arise, the names' version does."""
    shop = Factory.connected(database)
    business = shop.insert_business()
    product, spare = shop.insert_product(business), shop.insert_product(business)
    order = shop.insert_order(business, [Line(product)], store="Centro")
    with psycopg.connect(database.superuser, autocommit=True) as superuser:
        superuser.execute(f"ALTER TABLE {table} DISABLE TRIGGER follow_{event}".encode())
        version = "SELECT names_version FROM businesses"
        before = superuser.execute(version).fetchone()
        writes = {
            ("orders", "insert"): lambda: shop.insert_order(business, store="Norte"),
            ("orders", "update"): lambda: shop.connection.execute("UPDATE orders SET store = 'Sur'"),
            ("orders", "delete"): lambda: shop.connection.execute("DELETE FROM orders"),
            ("order_lines", "insert"): lambda: shop.insert_line(business, order, Line(product)),
            ("order_lines", "update"): lambda: shop.connection.execute("UPDATE order_lines SET quantity = 7"),
            ("order_lines", "delete"): lambda: shop.connection.execute("DELETE FROM order_lines"),
            ("products", "insert"): lambda: shop.insert_product(business),
            ("products", "update"): lambda: shop.connection.execute("UPDATE products SET cost = 2"),
            ("products", "delete"): lambda: shop.connection.execute("DELETE FROM products WHERE id = %s", [spare]),
        }
        writes[table, event]()
        unnoticed_name = superuser.execute(version).fetchone() == before
    shop.connection.close()
    if (table, event) in {("products", "insert"), ("products", "delete")}:
        assert unnoticed_name
    else:
        assert differences(shop, business, database)
