"""Order lines: what a row must hold, and what it becomes."""

from __future__ import annotations

from collections.abc import Mapping

from cafe_ai.intake.csv_file import CsvFile, Layout
from cafe_ai.intake.fields import MomentReader, NumberReader, read_name, read_optional_name
from cafe_ai.intake.model import RowRejected

LAYOUT = Layout(
    required=("order_id", "ordered_at", "product", "quantity", "unit_price"),
    optional=(
        "product_id",
        "category",
        "customer_id",
        "customer_name",
        "store",
        "payment_method",
        "discount",
        "unit_cost",
    ),
)
LAYOUT_WITHOUT_PRICES = Layout(required=LAYOUT.required[:-1], optional=("unit_price", *LAYOUT.optional))

QUANTITY_PLACES = 3
MONEY_PLACES = 4


class LineReader:
    """Turns the fields of a row into the columns of `staged_lines`, as text; None where nothing is known.

    ids_by_name: the shop's own ids of products it has already, for rows that say only the name.
    """

    def __init__(
        self, csv_file: CsvFile, numbers: NumberReader, moments: MomentReader, ids_by_name: Mapping[str, str]
    ) -> None:
        self._csv_file = csv_file
        self._numbers = numbers
        self._moments = moments
        self._ids_by_name = ids_by_name
        absent = len(csv_file.headings)  # where `read` appends an empty field
        columns = (*LAYOUT.required, *LAYOUT.optional)
        self._positions = tuple(csv_file.positions.get(column, absent) for column in columns)

    def read(self, fields: list[str]) -> tuple[str | None, ...]:
        """The line in a row. Raises `RowRejected`."""
        self._csv_file.check(fields)
        padded = [*fields, ""]
        (order_id, ordered_at, product, quantity, unit_price, product_id, category, customer_id, customer_name, store,
         payment_method, discount, unit_cost) = [padded[position] for position in self._positions]  # fmt: skip
        numbers = self._numbers
        name = read_name(product, "product")
        return (
            read_name(order_id, "order_id", 200),
            self._moments.read(ordered_at, "ordered_at"),
            read_optional_name(product_id, "product_id") or self._ids_by_name.get(name, name),
            name,
            read_optional_name(category, "category"),
            read_optional_name(customer_id, "customer_id"),
            read_optional_name(customer_name, "customer_name"),
            read_optional_name(store, "store"),
            read_optional_name(payment_method, "payment_method"),
            quantity := numbers.read(quantity, "quantity", QUANTITY_PLACES),
            self._read_price(unit_price),
            self._read_discount(discount, quantity),
            numbers.read_not_negative(unit_cost, "unit_cost", MONEY_PLACES) if unit_cost.strip() else None,
        )

    def _read_price(self, text: str) -> str | None:
        if "unit_price" not in self._csv_file.positions:
            return None
        return self._numbers.read_not_negative(text, "unit_price", MONEY_PLACES)

    def _read_discount(self, text: str, quantity: str) -> str:
        """The amount off the whole line. Taking a discounted sale back takes its discount back: negative there only."""
        if not text.strip():
            return "0"
        discount = self._numbers.read(text, "discount", MONEY_PLACES)
        if discount[0] == "-" and quantity[0] != "-":
            raise RowRejected("discount is negative")
        return discount
