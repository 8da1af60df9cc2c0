"""The catalogue: what a row must hold, what it becomes, and which product a row is about."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from uuid import UUID

from cafe_ai.intake.csv_file import CsvFile, Layout
from cafe_ai.intake.fields import NumberReader, read_name, read_optional_name
from cafe_ai.intake.lines import MONEY_PLACES, QUANTITY_PLACES
from cafe_ai.intake.model import RowRejected

OPTIONAL = (
    "description",
    "category",
    "price",
    "cost",
    "stock",
    "on_order",
    "lead_time_days",
    "shelf_life_days",
    "allergens",
    "diets",
)
LAYOUT = Layout(
    required=("name",),
    optional=("product_id", *OPTIONAL),
    aliases={"diet": "diets", "allergen": "allergens", "lead_time": "lead_time_days", "shelf_life": "shelf_life_days"},
)

_NONE = frozenset({"-", "none", "no", "ninguno", "ninguna", "sin alérgenos", "sin alergenos"})
_MOST_DAYS = 3650


class ProductFinder:
    """Finds products by the shop's own id, or by a name that only one has (in any case)."""

    def __init__(self, products: Iterable[tuple[UUID, str, str]]) -> None:
        self._by_external_id: dict[str, tuple[UUID, str]] = {}
        self._by_name: defaultdict[str, set[tuple[UUID, str]]] = defaultdict(set)
        for product_id, external_id, name in products:
            self._by_external_id[external_id] = (product_id, external_id)
            self._by_name[name.casefold()].add((product_id, external_id))

    def find(self, text: str) -> tuple[UUID, str] | None:
        """Our id and the shop's; None without such a product. Raises `RowRejected` where several have this name."""
        if text in self._by_external_id:
            return self._by_external_id[text]
        named = self._by_name.get(text.casefold(), set())
        if len(named) > 1:
            raise RowRejected("several products have this name: product_id must say which")
        return next(iter(named), None)


def ids_by_name(products: Iterable[tuple[UUID, str, str]]) -> dict[str, str]:
    """The shop's own id for each name that only one product has; names that are ids themselves are left out."""
    products = list(products)
    times = Counter(name for _, _, name in products)
    external_ids = {external_id for _, external_id, _ in products}
    return {name: external_id for _, external_id, name in products if times[name] == 1 and name not in external_ids}


class ProductReader:
    """Turns the fields of a row into the columns of `staged_products`, as text; None where nothing is known."""

    def __init__(self, csv_file: CsvFile, numbers: NumberReader, finder: ProductFinder) -> None:
        self._csv_file = csv_file
        self._numbers = numbers
        self._finder = finder

    def read(self, fields: list[str]) -> tuple[str | None, ...]:
        """The product in a row. Raises `RowRejected`."""
        self._csv_file.check(fields)
        cells = {column: fields[position].strip() for column, position in self._csv_file.positions.items()}
        name = read_name(cells["name"], "name")
        return (
            self._read_external_id(cells.get("product_id", ""), name),
            name,
            read_optional_name(cells.get("description", ""), "description", 5000),
            read_optional_name(cells.get("category", ""), "category"),
            self._read_amount(cells, "price", MONEY_PLACES),
            self._read_amount(cells, "cost", MONEY_PLACES),
            self._read_amount(cells, "stock", QUANTITY_PLACES),
            self._read_amount(cells, "on_order", QUANTITY_PLACES),
            _read_days(cells.get("lead_time_days", ""), "lead_time_days"),
            _read_days(cells.get("shelf_life_days", ""), "shelf_life_days", least=1),
            _read_list(cells.get("allergens", ""), "allergens"),
            _read_list(cells.get("diets", ""), "diets"),
        )

    def _read_external_id(self, product_id: str, name: str) -> str:
        if product_id:
            return read_name(product_id, "product_id", 200)
        known = self._finder.find(name)
        return known[1] if known else name

    def _read_amount(self, cells: dict[str, str], column: str, places: int) -> str | None:
        text = cells.get(column)
        return self._numbers.read_not_negative(text, column, places) if text else None


def find_product(finder: ProductFinder, cells: Mapping[str, str]) -> str | None:
    """Our id of the product that a row names by product_id or product; None where it names none.

    Raises `RowRejected` where there is no such product.
    """
    text = cells.get("product_id", "") or cells.get("product", "")
    if not text:
        return None
    known = finder.find(text)
    if known is None:
        raise RowRejected("the catalogue has no such product")
    return str(known[0])


def _read_days(text: str, column: str, least: int = 0) -> str | None:
    if not text:
        return None
    if text[0] == "-" and text[1:].isdecimal():
        raise RowRejected(f"{column} is negative")
    if not re.fullmatch(r"[0-9]{1,4}", text) or not least <= int(text) <= _MOST_DAYS:
        of = f"from {least} to {_MOST_DAYS}" if least else f"up to {_MOST_DAYS}"
        raise RowRejected(f"{column} is no whole number of days {of}")
    return text


def _read_list(text: str, column: str) -> str | None:
    """A PostgreSQL array of what ; or | separates, in lower case; empty where the cell says there are none."""
    if not text:
        return None
    if text.casefold() in _NONE:
        return "{}"
    entries = [entry.strip().lower() for entry in re.split(r"[;|]", text) if entry.strip()]
    if any(len(entry) > 100 for entry in entries):
        raise RowRejected(f"{column} has an entry longer than 100 characters")
    quoted = ('"' + entry.replace("\\", "\\\\").replace('"', '\\"') + '"' for entry in dict.fromkeys(entries))
    return "{" + ",".join(quoted) + "}"
