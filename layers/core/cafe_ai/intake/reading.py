"""One file on its way into the database: good rows pass, bad rows are set aside, and it is told how far it is."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from datetime import date
from pathlib import Path
from uuid import UUID

from cafe_ai.intake.csv_file import CsvFile, Layout, RejectedRows, open_csv
from cafe_ai.intake.fields import NumberReader
from cafe_ai.intake.model import FileRefused, Imported, Progress, ReadingOptions, RowRejected

_ROWS_A_REPORT = 5000


class Reading:
    """An open file, its rejected rows, and its numbers' marks. Made by `open_reading`."""

    def __init__(
        self, path: Path, csv_file: CsvFile, rejected: RejectedRows, options: ReadingOptions, progress: Progress | None
    ) -> None:
        self._path = path
        self._progress = progress
        self._started = time.monotonic()
        self._rows_read = 0
        self.csv_file = csv_file
        self.rejected = rejected
        self.numbers = NumberReader(options.decimal_mark)

    def rows(self, read: Callable[[list[str]], Sequence[str | None]]) -> Iterator[Sequence[str | None]]:
        """What `read` makes of each row; rows it rejects are set aside."""
        for number, record in enumerate(self.csv_file.records(), 1):
            self._rows_read = number
            try:
                row = read(record.fields)
            except RowRejected as fault:
                self.rejected.add(record, str(fault))
            else:
                yield row
            if number % _ROWS_A_REPORT == 0:
                self.tell("reading", self.csv_file.fraction_read)

    def refuse_useless(self, accepted: int) -> None:
        """Raise `FileRefused` where the file as a whole turned out to be of no use."""
        if not self._rows_read:
            raise FileRefused(f"{self._path.name} has no rows below its first line.")
        if not accepted:
            raise FileRefused(
                f"{self._path.name}: none of its {self._rows_read:,} rows can be used ({self.rejected.describe()})."
            )
        self.numbers.refuse_mixed_marks()

    def tell(self, step: str, fraction: float | None = None) -> None:
        """Report a step of the import and how much of it is done."""
        if self._progress:
            self._progress(step, fraction)

    def conclude(
        self,
        business_id: UUID,
        accepted: int,
        counts: Mapping[str, int],
        *,
        period: tuple[date, date] | None = None,
        notes: Sequence[str] = (),
    ) -> Imported:
        """Put the rejected rows in their place, now that the rest is committed, and say what was done."""
        return Imported(
            business_id=business_id,
            rows_read=self._rows_read,
            rows_imported=accepted,
            counts=counts,
            seconds=time.monotonic() - self._started,
            period=period,
            rejected=dict(self.rejected.reasons.most_common()),
            rejected_file=self.rejected.publish(),
            notes=(*notes, *self._notes()),
        )

    def _notes(self) -> Iterator[str]:
        if self.csv_file.ignored:
            yield f"Columns that were not read: {', '.join(self.csv_file.ignored)}."
        if self.numbers.rounded:
            yield f"Numbers with more decimals than are kept, such as {self.numbers.rounded}, were rounded half up."
        if self.rejected.undecodable:
            yield (
                "Some rows are not UTF-8. If the file is from Windows, import it again into this business "
                "with --encoding cp1252."
            )


@contextmanager
def open_reading(path: Path, layout: Layout, options: ReadingOptions, progress: Progress | None) -> Iterator[Reading]:
    """The file, ready to be read. Raises `FileRefused`; on leaving, rejected rows that were not published are gone."""
    with open_csv(path, layout, options.encoding) as csv_file, closing(RejectedRows(path, csv_file)) as rejected:
        yield Reading(path, csv_file, rejected, options, progress)
