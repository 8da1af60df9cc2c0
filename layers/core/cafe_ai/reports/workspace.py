"""Where a report's objects are kept while it is made, and where its files stay; and what these are called.

An execution has a folder of its own, which the bucket's lifecycle deletes: what one that lost its lease still writes is in
nobody's way.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, TypeVar
from uuid import UUID

from cafe_ai.analytics.model import Period
from cafe_ai.language.formats import Language, language_of
from cafe_ai.language.period_wording import shape_of
from cafe_ai.reports.model import Format

if TYPE_CHECKING:
    from pydantic import TypeAdapter

    from cafe_ai.platform.storage import ObjectStore

T = TypeVar("T")

JSON = "application/json"
CONTENT_TYPES: Mapping[Format, str] = {
    "html": "text/html; charset=utf-8",
    "pdf": "application/pdf",
    "csv": "text/csv; charset=utf-8",
    "json": JSON,
}
TITLES: Mapping[Language, str] = {"es": "informe-ventas", "en": "sales-report"}
QUARTERS: Mapping[Language, str] = {"es": "T", "en": "Q"}
WEEKS: Mapping[Language, str] = {"es": "S", "en": "W"}


@dataclass(frozen=True, slots=True)
class Workspace:
    """The folder of one execution."""

    store: ObjectStore
    folder: str

    @classmethod
    def of(cls, store: ObjectStore, job_id: UUID, token: UUID) -> Workspace:
        """The folder in the bucket of the execution that has this lease."""
        return cls(store, f"work/{job_id}/{token}")

    def key(self, name: str) -> str:
        """The key of an object of that name here."""
        return f"{self.folder}/{name}"

    def keep(self, name: str, kind: type[T], value: T) -> str:
        """Keeps a value as JSON, exactly as it is (decimals as strings); its key. Raises DependencyDown."""
        key = self.key(name)
        self.store.put(key, _adapter(kind).dump_json(value), JSON)
        return key

    def keep_new(self, name: str, kind: type[T], value: T) -> bool:
        """As `keep`, where nothing is kept under that name yet; else False, and what is there stays. Raises DependencyDown."""
        return self.store.put_new(self.key(name), _adapter(kind).dump_json(value), JSON)

    def read(self, key: str, kind: type[T]) -> T:
        """A value as it was kept. Raises NotFound, DependencyDown."""
        return _adapter(kind).validate_json(self.store.get(key))


def _adapter(kind: type[T]) -> TypeAdapter[T]:
    from pydantic import TypeAdapter

    return TypeAdapter(kind)


def final_key(business_id: UUID, job_id: UUID, title: str, kind: Format) -> str:
    """Where a file of a finished report stays."""
    return f"reports/{business_id}/{job_id}/{title}.{kind}"


def title_of(period: Period, locale: str) -> str:
    """What a report's files are called: "informe-ventas-2026-10", "sales-report-2026-Q3"; letters of ASCII alone."""
    language = language_of(locale)
    return f"{TITLES[language]}-{_date_of(period, language)}"


def _date_of(period: Period, language: Language) -> str:
    start, last = period.start, period.end - timedelta(days=1)
    match shape_of(start, last):
        case "day":
            return start.isoformat()
        case "week":
            year, week, _ = start.isocalendar()
            return f"{year}-{WEEKS[language]}{week:02}"
        case "month":
            return f"{start:%Y-%m}"
        case "quarter":
            return f"{start.year}-{QUARTERS[language]}{(start.month + 2) // 3}"
        case "year":
            return str(start.year)
        case _:
            return f"{start.isoformat()}-{last.isoformat()}"
