"""Promotions and planned prices: what a row must hold, and what it becomes."""

from __future__ import annotations

from decimal import Decimal
from hashlib import sha256

from cafe_ai.intake.catalogue import ProductFinder, find_product
from cafe_ai.intake.csv_file import CsvFile, Layout
from cafe_ai.intake.fields import NumberReader, read_date, read_name, read_optional_name
from cafe_ai.intake.lines import MONEY_PLACES
from cafe_ai.intake.model import RowRejected

LAYOUT = Layout(
    required=("from", "to"),
    optional=("promotion_id", "kind", "product", "product_id", "price", "discount_percent", "name"),
    aliases={"discount": "discount_percent"},
)

_EVERY_PRODUCT = frozenset({"*", "all", "todo", "todos"})
_KINDS = {"": "promotion", "promotion": "promotion", "promoción": "promotion", "price": "price", "precio": "price"}
_PERCENT_PLACES = 2


class PromotionReader:
    """Turns the fields of a row into the columns of `staged_promotions`, as text; None where nothing is known."""

    def __init__(self, csv_file: CsvFile, numbers: NumberReader, finder: ProductFinder) -> None:
        self._csv_file = csv_file
        self._numbers = numbers
        self._finder = finder

    def read(self, fields: list[str]) -> tuple[str | None, ...]:
        """The promotion in a row. Raises `RowRejected`.

        Without promotion_id it is the one of that kind, product, name and first day: its end, price and discount may change.
        """
        self._csv_file.check(fields)
        cells = {column: fields[position].strip() for column, position in self._csv_file.positions.items()}
        kind = _KINDS.get(cells.get("kind", "").casefold())
        if kind is None:
            raise RowRejected("kind is neither promotion nor price")
        if {cells.get("product", "").casefold(), cells.get("product_id", "").casefold()} & _EVERY_PRODUCT:
            product_id = None
        else:
            product_id = find_product(self._finder, cells)
        starts, ends = self._read_days(cells, kind)
        price, discount = self._read_price(cells, kind)
        if price is not None and product_id is None:
            raise RowRejected("a price needs the product it is of")
        name = read_optional_name(cells.get("name", ""), "name")
        own = read_optional_name(cells.get("promotion_id", ""), "promotion_id")
        key = own or sha256("\0".join([kind, product_id or "", name or "", starts]).encode()).hexdigest()
        return key, kind, product_id, starts, ends, price, discount, name

    def _read_days(self, cells: dict[str, str], kind: str) -> tuple[str, str | None]:
        starts = read_date(cells["from"], "from")
        if not cells["to"] and kind == "price":
            return starts, None
        ends = read_date(read_name(cells["to"], "to"), "to")
        if ends < starts:
            raise RowRejected("to is before from")
        return starts, ends

    def _read_price(self, cells: dict[str, str], kind: str) -> tuple[str | None, str | None]:
        price, discount = cells.get("price", ""), cells.get("discount_percent", "").removesuffix("%").strip()
        if price and discount:
            raise RowRejected("price and discount_percent exclude each other")
        if kind == "price" and not price:
            raise RowRejected("a planned price has no price")
        if not discount:
            return self._numbers.read_not_negative(price, "price", MONEY_PLACES) if price else None, None
        percent = self._numbers.read_not_negative(discount, "discount_percent", _PERCENT_PLACES)
        if not 0 < Decimal(percent) <= 100:
            raise RowRejected("discount_percent is not above 0 and at most 100")
        return None, percent
