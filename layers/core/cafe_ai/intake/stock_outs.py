"""Days on which a product ran out: what a row must hold, and what it becomes."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from cafe_ai.intake.catalogue import ProductFinder, find_product
from cafe_ai.intake.csv_file import CsvFile, Layout
from cafe_ai.intake.fields import MomentReader, read_date
from cafe_ai.intake.model import Clock, RowRejected

LAYOUT = Layout(required=("date",), optional=("product", "product_id", "sold_out_at"), aliases={"time": "sold_out_at"})

_TIME = re.compile(r"([01]?[0-9]|2[0-3]):([0-5][0-9])")


class StockOutReader:
    """Turns the fields of a row into the columns of `staged_stock_outs`, as text; None where nothing is known."""

    def __init__(self, csv_file: CsvFile, clock: Clock, finder: ProductFinder) -> None:
        self._csv_file = csv_file
        self._clock = clock
        self._finder = finder
        self._moments = MomentReader(clock)

    def read(self, fields: list[str]) -> tuple[str | None, ...]:
        """The product, the business day and the moment in a row. Raises `RowRejected`.

        sold_out_at is a time by the shop's clock (HH:MM; before the closing hour it is the next calendar day's) or a moment,
        which must be of that day.
        """
        self._csv_file.check(fields)
        cells = {column: fields[position].strip() for column, position in self._csv_file.positions.items()}
        product_id = find_product(self._finder, cells)
        if product_id is None:
            raise RowRejected("product is empty")
        day = date.fromisoformat(read_date(cells["date"], "date"))
        return product_id, day.isoformat(), self._read_moment(cells.get("sold_out_at", ""), day)

    def _read_moment(self, text: str, day: date) -> str | None:
        if not text:
            return None
        if match := _TIME.fullmatch(text):
            at = time(int(match[1]), int(match[2]))
            text = datetime.combine(day + timedelta(days=at < self._clock.day_starts), at).isoformat()
        moment = self._moments.read(text, "sold_out_at")
        if self._day_of(moment) != day:
            raise RowRejected("sold_out_at is not of that date")
        return moment

    def _day_of(self, moment: str) -> date:
        local = datetime.fromisoformat(moment).astimezone(UTC).astimezone(ZoneInfo(self._clock.timezone))
        return local.date() - timedelta(days=local.time() < self._clock.day_starts)
