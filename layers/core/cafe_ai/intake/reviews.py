"""Reviews: what a row must hold, and what it becomes."""

from __future__ import annotations

from hashlib import sha256

from cafe_ai.intake.catalogue import ProductFinder, find_product
from cafe_ai.intake.csv_file import CsvFile, Layout
from cafe_ai.intake.fields import MomentReader, read_name
from cafe_ai.intake.model import RowRejected

LAYOUT = Layout(
    required=("text", "date"),
    optional=("review_id", "rating", "product", "product_id"),
    aliases={"reviewed_at": "date", "review": "text"},
)


class ReviewReader:
    """Turns the fields of a row into the columns of `staged_reviews`, as text; None where nothing is known."""

    def __init__(self, csv_file: CsvFile, moments: MomentReader, finder: ProductFinder) -> None:
        self._csv_file = csv_file
        self._moments = moments
        self._finder = finder

    def read(self, fields: list[str]) -> tuple[str | None, ...]:
        """The review in a row. Raises `RowRejected`.

        Without review_id its content identifies it: equal text, moment, product and rating are one review.
        """
        self._csv_file.check(fields)
        cells = {column: fields[position].strip() for column, position in self._csv_file.positions.items()}
        text = read_name(cells["text"], "text", 10_000)
        reviewed_at = self._moments.read(cells["date"], "date")
        product_id = find_product(self._finder, cells)
        rating = _read_rating(cells.get("rating", ""))
        review_id = cells.get("review_id", "")
        if review_id:
            external_id = read_name(review_id, "review_id", 200)
        else:
            external_id = sha256("\0".join([text, reviewed_at, product_id or "", rating or ""]).encode()).hexdigest()
        return (external_id, reviewed_at, product_id, rating, text)


def _read_rating(text: str) -> str | None:
    if not text:
        return None
    if text not in {"1", "2", "3", "4", "5"}:
        raise RowRejected("rating is no whole number from 1 to 5")
    return text
