"""The orders of Café Central, a day at a time, as rows of the order-line CSV."""

from __future__ import annotations

from bisect import bisect
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from itertools import accumulate
from random import Random
from typing import TypeVar

from infra.local.sample_business.days import STORES, Store, hours_of, orders_on, random_of
from infra.local.sample_business.menu import Product, menu
from infra.local.sample_business.people import Customer, customers_on

COLUMNS = (
    "order_id", "ordered_at", "product_id", "product", "category", "quantity", "unit_price", "discount", "unit_cost",
    "customer_id", "customer_name", "store", "payment_method",
)  # fmt: skip
STOCK_OUT_COLUMNS = ("date", "product_id")

KNOWN_CUSTOMERS = 0.35  # of the orders
CARD_DAY, CARD_DISCOUNT = 2, Decimal("0.10")  # on Wednesdays, for those who show their card
LAST_HOUR, LAST_HOUR_CATEGORY = 20, "Bollería y dulces"
LAST_HOUR_DISCOUNT = Decimal("0.30")  # nothing is kept overnight
REFUNDS = 0.006  # of the orders
STOCK_OUTS_A_DAY = 0.35  # expected, each of one to three days
# With the shares of the orders, baskets and lines, summed up.
PAYMENT_METHODS, PAYMENT_SHARES = ("tarjeta", "efectivo", "bizum"), (0.62, 0.88, 1.0)
BASKET_SIZES, BASKET_SHARES = (1, 2, 3, 4, 5), (0.30, 0.68, 0.87, 0.96, 1.0)
QUANTITIES, QUANTITY_SHARES = (1, 2, 3), (0.86, 0.98, 1.0)
DRINK_FIRST = 0.82  # of the baskets begin with a drink
DRINKS = {"Cafés", "Tés e infusiones", "Chocolates", "Zumos y refrescos", "Cervezas y vinos"}
# How much each part of the day asks for what belongs to another: rows are the hour's part, columns the product's.
PARTS = {
    "morning": {"morning": 1.0, "noon": 0.12, "afternoon": 0.25, "all": 0.8},
    "noon": {"morning": 0.25, "noon": 1.0, "afternoon": 0.45, "all": 0.6},
    "afternoon": {"morning": 0.3, "noon": 0.35, "afternoon": 1.0, "all": 0.75},
}
CENT = Decimal("0.01")
NO_DISCOUNT = Decimal("0.00")

Row = tuple[object, ...]
T = TypeVar("T")


def pick(random: Random, choices: Sequence[T], shares: Sequence[float]) -> T:
    """One of the choices, by their shares summed up."""
    return choices[bisect(shares, random.random() * shares[-1], 0, len(shares) - 1)]


@dataclass(frozen=True)
class Shelf:
    """What can be picked from: products, and their weights summed up."""

    products: tuple[Product, ...]
    weights: tuple[float, ...]

    @classmethod
    def of(cls, wanted: dict[Product, float]) -> Shelf:
        """The products that are wanted at all."""
        offered = {product: weight for product, weight in wanted.items() if weight > 0}
        return cls(tuple(offered), tuple(accumulate(offered.values())))

    def pick(self, random: Random) -> Product:
        """One of them, by weight."""
        return pick(random, self.products, self.weights)


def lines_on(day: date) -> Iterator[Row]:
    """All order lines of a day in both stores, refunds among them."""
    absent = out_of_stock_on(day)
    for store in STORES:
        random = random_of("orders", day, store.name)
        orders = orders_on(day, store, random)
        if orders:
            yield from _StoreDay(day, store, random, absent).lines(orders)


def stock_outs_on(day: date) -> list[tuple[date, str]]:
    """The rows of STOCK_OUT_COLUMNS of a day."""
    return [(day, product_id) for product_id in sorted(out_of_stock_on(day))]


@cache
def out_of_stock_on(day: date) -> frozenset[str]:
    """The ids of the products that had run out that day."""
    gone: set[str] = set()
    for days_ago in range(3):
        random = random_of("stock", day - timedelta(days=days_ago))
        if random.random() < STOCK_OUTS_A_DAY:
            product, lasts = random.choice(menu()), random.randint(1, 3)
            if lasts > days_ago:
                gone.add(product.product_id)
    return frozenset(gone)


class _StoreDay:
    """One store on one day."""

    def __init__(self, day: date, store: Store, random: Random, absent: frozenset[str]) -> None:
        self._day = day
        self._store = store
        self._random = random
        self._prices = {product: (product.price_on(day), product.cost_on(day)) for product in menu()}
        wanted = {p: p.appeal_on(day) for p in menu() if p.product_id not in absent}
        self._shelves = {
            (part, drinks): Shelf.of(
                {p: weight * likes[p.hours] for p, weight in wanted.items() if (p.category in DRINKS) == drinks}
            )
            for part, likes in PARTS.items()
            for drinks in (True, False)
        }
        people = customers_on(day)
        self._people = people
        self._people_weights = list(accumulate(p.eagerness * (1 if p.store == store.name else 0.15) for p in people))

    def lines(self, orders: int) -> Iterator[Row]:
        """The lines of that many orders, by time, and of the refunds that follow some."""
        hours = hours_of(self._day)
        random = self._random
        moments = sorted(
            datetime.combine(self._day, time(hour), tzinfo=None) + timedelta(seconds=random.randrange(3600))
            for hour in random.choices(list(hours), list(hours.values()), k=orders)
        )
        for number, moment in enumerate(moments, 1):
            order_id = f"{self._store.code}{self._day:%Y%m%d}-{number:03}"
            person = self._pick_person()
            payment_method = pick(random, PAYMENT_METHODS, PAYMENT_SHARES)
            lines = [
                self._line(order_id, moment, product, quantity, person, payment_method)
                for product, quantity in self._fill_basket(moment.hour).items()
            ]
            yield from lines
            if random.random() < REFUNDS:
                yield _refund(random.choice(lines), moment + timedelta(minutes=random.randint(2, 25)))

    def _pick_person(self) -> Customer | None:
        random = self._random
        if not self._people or random.random() >= KNOWN_CUSTOMERS:
            return None
        return pick(random, self._people, self._people_weights)

    def _fill_basket(self, hour: int) -> dict[Product, int]:
        random = self._random
        part = "morning" if hour < 12 else "noon" if hour < 16 else "afternoon"
        basket: dict[Product, int] = {}
        drink = random.random() < DRINK_FIRST
        for _ in range(pick(random, BASKET_SIZES, BASKET_SHARES)):
            product = self._shelves[part, drink].pick(random)
            basket[product] = basket.get(product, 0) + pick(random, QUANTITIES, QUANTITY_SHARES)
            drink = random.random() < 0.4
        return basket

    def _line(
        self, order_id: str, moment: datetime, product: Product, quantity: int, person: Customer | None, payment: str
    ) -> Row:
        price, cost = self._prices[product]
        share = None
        if person and self._day.weekday() == CARD_DAY:
            share = CARD_DISCOUNT
        if moment.hour >= LAST_HOUR and product.category == LAST_HOUR_CATEGORY:
            share = LAST_HOUR_DISCOUNT
        discount = (price * quantity * share).quantize(CENT, ROUND_HALF_UP) if share else NO_DISCOUNT
        return (
            order_id, moment.isoformat(), product.product_id, product.name, product.category, quantity, price, discount,
            cost, person.customer_id if person else "", person.name if person else "", self._store.name, payment,
        )  # fmt: skip


def _refund(line: Row, moment: datetime) -> Row:
    """The line taken back, as an order of its own with a negative quantity."""
    values = dict(zip(COLUMNS, line, strict=True))
    values["order_id"] = f"{values['order_id']}-D"
    values["ordered_at"] = moment.isoformat()
    values["quantity"] = -int(str(values["quantity"]))
    values["discount"] = -Decimal(str(values["discount"]))
    return tuple(values.values())
