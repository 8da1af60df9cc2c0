"""CSV files as they come: their delimiter and columns found, their records streamed, their bad rows set aside."""

from __future__ import annotations

import codecs
import csv
import io
import os
import re
import shutil
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from cafe_ai.intake.model import FileRefused, RowRejected

_DELIMITERS = (",", ";", "\t", "|")
_LONGEST_RECORD = 200  # physical lines: a quotation mark left open would swallow the rest of the file
NOT_DECODABLE = "the row has bytes that are not text in the file's encoding"
_REJECTED_COLUMNS = ("rejected_line", "rejected_reason")
_UNREADABLE = re.compile("[\x00\ud800-\udfff]")  # bytes that do not decode arrive as lone surrogates
_SIGNATURES = {
    b"PK\x03\x04": "an Excel workbook or a ZIP archive",
    b"\xd0\xcf\x11\xe0": "an old Excel workbook",
    b"PAR1": "a Parquet file",
    b"%PDF": "a PDF",
    b"\x1f\x8b": "a gzip archive",
    codecs.BOM_UTF16_LE: "text in UTF-16",
    codecs.BOM_UTF16_BE: "text in UTF-16",
}


@dataclass(frozen=True, slots=True)
class Layout:
    """The columns a kind of file must and may have. aliases: other headings, and the column each one means."""

    required: tuple[str, ...]
    optional: tuple[str, ...] = ()
    aliases: Mapping[str, str] = field(default_factory=dict)

    def find(self, headings: Sequence[str]) -> dict[str, int]:
        """The position of each column of this layout among the headings; the first of two equal ones."""
        known = {*self.required, *self.optional}
        found: dict[str, int] = {}
        for position, heading in enumerate(headings):
            name = re.sub(r"[\s-]+", "_", heading.strip().lower())
            name = self.aliases.get(name, name)
            if name in known:
                found.setdefault(name, position)
        return found


@dataclass(frozen=True, slots=True)
class Record:
    """One row: the number of its first line in the file (the heading is line 1) and its fields."""

    line: int
    fields: list[str]


class CsvFile:
    """An open file whose heading has been read."""

    def __init__(self, path: Path, binary: IO[bytes], layout: Layout, encoding: str) -> None:
        self._name = path.name
        self._binary = binary
        self._bytes = max(1, path.stat().st_size)
        self._text = io.TextIOWrapper(binary, encoding=encoding, errors="surrogateescape", newline="")
        self.delimiter, self.headings = self._read_heading(layout)
        self.positions = layout.find(self.headings)
        self._refuse_missing_columns(layout)
        self.ignored = tuple(
            heading for position, heading in enumerate(self.headings) if position not in self.positions.values()
        )

    @property
    def fraction_read(self) -> float:
        """How much of the file has been read, from 0 to 1."""
        return self._binary.tell() / self._bytes

    def records(self) -> Iterator[Record]:
        """All rows below the heading, blank lines left out. Raises `FileRefused` where a quotation mark stays open."""
        reader = csv.reader(self._text, delimiter=self.delimiter)
        line = 0
        try:
            for fields in reader:
                if line and fields:
                    yield Record(line + 1, fields)
                if reader.line_num - line > _LONGEST_RECORD:
                    raise FileRefused(self._unclosed_quote(line + 1))
                line = reader.line_num
        except csv.Error:
            raise FileRefused(self._unclosed_quote(line + 1)) from None

    def check(self, fields: list[str]) -> None:
        """Raise `RowRejected` where a row is damaged as a whole."""
        if len(fields) != len(self.headings):
            raise RowRejected(f"the row does not have the {len(self.headings)} columns of the heading")
        whole = "".join(fields)
        if unreadable := _UNREADABLE.search(whole):
            raise RowRejected("the row holds a NUL character" if unreadable[0] == "\0" else NOT_DECODABLE)

    def _read_heading(self, layout: Layout) -> tuple[str, list[str]]:
        """The delimiter under which most columns are found, and the headings. Leaves the file at its start."""
        best: tuple[str, list[str]] = (",", [])
        for delimiter in _DELIMITERS:
            self._text.seek(0)
            try:
                headings = next(csv.reader(self._text, delimiter=delimiter), [])
            except csv.Error:
                continue
            if len(layout.find(headings)) > len(layout.find(best[1])) or not best[1]:
                best = (delimiter, headings)
        self._text.seek(0)
        if not any(heading.strip() for heading in best[1]):
            raise FileRefused(f"{self._name} is empty: a first line with the columns' names was expected.")
        if _UNREADABLE.search("".join(best[1])):
            raise FileRefused(f"{self._name} is not a CSV file in UTF-8: its first line cannot be read as text.")
        if any(heading in _REJECTED_COLUMNS for heading in best[1]):
            raise FileRefused(
                f"{self._name} holds rows that were rejected, not whole orders: "
                "correct them in the original file and import that again."
            )
        return best

    def _refuse_missing_columns(self, layout: Layout) -> None:
        missing = [column for column in layout.required if column not in self.positions]
        if not missing:
            return
        found = ", ".join(heading.strip()[:40] for heading in self.headings[:20])
        hint = " A file without prices is read with --no-prices." if missing == ["unit_price"] else ""
        raise FileRefused(
            f"{self._name} has no column {' and no column '.join(missing)} (its first line reads: {found}).{hint}"
        )

    def _unclosed_quote(self, line: int) -> str:
        return (
            f"{self._name}, line {line}: a quotation mark opens and is not closed "
            f"within {_LONGEST_RECORD} lines and {csv.field_size_limit()} characters."
        )


@contextmanager
def open_csv(path: Path, layout: Layout, encoding: str) -> Iterator[CsvFile]:
    """The file with its heading read. Raises `FileRefused` where it is not there, not CSV, or lacks a column."""
    try:
        codec = codecs.lookup(encoding).name
    except LookupError:
        raise FileRefused(f"There is no encoding {encoding!r}; try utf-8 or cp1252.") from None
    try:
        binary = path.open("rb")
    except OSError as error:
        raise FileRefused(f"{path} cannot be read: {error.strerror or error}.") from None
    with binary:
        start = binary.read(4)
        binary.seek(0)
        if not start:
            raise FileRefused(f"{path.name} is empty: a first line with the columns' names was expected.")
        for signature, meaning in _SIGNATURES.items():
            if start.startswith(signature) and not codec.startswith("utf-16"):
                raise FileRefused(f"{path.name} is {meaning}, not a CSV file in UTF-8.")
        yield CsvFile(path, binary, layout, "utf-8-sig" if codec == "utf-8" else codec)


class RejectedRows:
    """The rows left out of an import, counted by reason and written beside the file they come from.

    They are kept in an unnamed temporary file until `stage` and `publish`, so a broken import leaves nothing behind.
    """

    def __init__(self, source: Path, csv_file: CsvFile) -> None:
        self.path = source.with_name(f"{source.stem}.rejected.csv")
        self.reasons: Counter[str] = Counter()
        self._first_lines: dict[str, int] = {}
        self._staged = self.path.with_name(f".{self.path.name}.{os.getpid()}")
        # Undecodable bytes go out as they came in.
        self._rows = tempfile.TemporaryFile("w+", encoding="utf-8", errors="surrogateescape", newline="")  # noqa: SIM115
        self._writer = csv.writer(self._rows, delimiter=csv_file.delimiter)
        self._writer.writerow([*_REJECTED_COLUMNS, *csv_file.headings])

    def add(self, record: Record, reason: str) -> None:
        """Leave this row out."""
        self.reasons[reason] += 1
        self._first_lines.setdefault(reason, record.line)
        self._writer.writerow([record.line, reason, *record.fields])

    @property
    def undecodable(self) -> bool:
        """Whether a row was left out because its bytes are not in the file's encoding."""
        return NOT_DECODABLE in self.reasons

    def describe(self) -> str:
        """The reasons, how often each came, and the line where it came first."""
        return "; ".join(
            f"{reason}: {times:,}, first in line {self._first_lines[reason]}"
            for reason, times in self.reasons.most_common(5)
        )

    def stage(self) -> None:
        """Write the file beside its place, so that a full disk or a read-only folder stops the import while it can."""
        if not self.reasons:
            return
        try:
            self._rows.seek(0)
            with self._staged.open("w", encoding="utf-8", errors="surrogateescape", newline="") as target:
                shutil.copyfileobj(self._rows, target)
        except OSError as error:
            raise FileRefused(f"{self.path} cannot be written: {error.strerror or error}.") from None

    def publish(self) -> Path | None:
        """Put the staged file in its place, or take an earlier run's away where nothing was rejected."""
        if self.reasons:
            return self._staged.replace(self.path)
        with suppress(OSError):
            self.path.unlink()
        return None

    def close(self) -> None:
        """Drop what was not published."""
        self._rows.close()
        self._staged.unlink(missing_ok=True)
