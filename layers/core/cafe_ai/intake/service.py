"""The imports: each file in one transaction, all of it or nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from uuid import UUID

from cafe_ai.intake import catalogue, lines, promotions, repository, reviews, stock_outs
from cafe_ai.intake.csv_file import Layout
from cafe_ai.intake.fields import MomentReader
from cafe_ai.intake.model import Clock, Imported, Progress, ReadingOptions
from cafe_ai.intake.reading import Reading, open_reading
from cafe_ai.platform.db import Database, UnitOfWork
from cafe_ai.tenancy.model import Business

ReadRow = Callable[[list[str]], Sequence[str | None]]
ReaderOf = Callable[[Reading, Clock, catalogue.ProductFinder], ReadRow]
"""What reads a row of an open file, for a shop's clock and products."""


@dataclass(frozen=True, slots=True)
class StagedFile:
    """A file about a shop's products: its columns, where its rows come in, what they are called, and who reads them.

    optional: columns of which the statement that writes has to be told whether the file has them.
    """

    layout: Layout
    staging: repository.Staging
    what: str
    reader_of: ReaderOf
    optional: tuple[str, ...] = ()


CATALOGUE_FILE = StagedFile(
    catalogue.LAYOUT,
    repository.PRODUCTS,
    "products",
    lambda reading, _, finder: catalogue.ProductReader(reading.csv_file, reading.numbers, finder).read,
    catalogue.OPTIONAL,
)
REVIEWS_FILE = StagedFile(
    reviews.LAYOUT,
    repository.REVIEWS,
    "reviews",
    lambda reading, clock, finder: reviews.ReviewReader(reading.csv_file, MomentReader(clock), finder).read,
)
STOCK_OUTS_FILE = StagedFile(
    stock_outs.LAYOUT,
    repository.STOCK_OUTS,
    "stock-outs",
    lambda reading, clock, finder: stock_outs.StockOutReader(reading.csv_file, clock, finder).read,
)
PROMOTIONS_FILE = StagedFile(
    promotions.LAYOUT,
    repository.PROMOTIONS,
    "promotions",
    lambda reading, _, finder: promotions.PromotionReader(reading.csv_file, reading.numbers, finder).read,
)


def import_lines(
    database: Database,
    path: Path,
    shop: Business | UUID,
    *,
    members: Mapping[UUID, str] | None = None,
    country: str | None = None,
    options: ReadingOptions | None = None,
    progress: Progress | None = None,
) -> Imported:
    """Write a file's order lines: into a new business with these members (user id to role), or an existing one's id.

    Orders the business already has are replaced by the file's. Raises `FileRefused` where the file cannot be used or no
    row of it can, `BusinessNotFound` where there is no such business; nothing is written then. Bad rows are set aside
    in `<file>.rejected.csv`. country: an ISO 3166 alpha-2 code (`business.checked_country`); None leaves it as it is.
    """
    options = options or ReadingOptions()
    business_id = shop.id if isinstance(shop, Business) else shop
    layout = lines.LAYOUT_WITHOUT_PRICES if options.without_prices else lines.LAYOUT
    with open_reading(path, layout, options, progress) as reading:
        with database.transaction(business_id) as work:
            if isinstance(shop, Business):
                _write_business(work, shop, members or {})
            clock = repository.lock_business(work.connection, business_id)
            if country is not None:
                repository.update_country(work.connection, business_id, country)
            known = catalogue.ids_by_name(repository.select_products(work.connection, business_id))
            reader = lines.LineReader(reading.csv_file, reading.numbers, MomentReader(clock), known)
            staged = repository.stage_lines(work.connection, reading.rows(reader.read))
            reading.refuse_useless(staged)
            reading.tell("writing orders")
            written = repository.write_lines(work.connection, business_id, clock)
            reading.rejected.stage()
        counts = {"orders": written.orders, "products": written.products, "customers": written.customers}
        return reading.conclude(
            business_id,
            staged,
            counts,
            period=(written.first_day, written.last_day),
            notes=tuple(_notes_on_orders(written)),
        )


def import_catalogue(
    database: Database,
    path: Path,
    business_id: UUID,
    *,
    options: ReadingOptions | None = None,
    progress: Progress | None = None,
) -> Imported:
    """Write a file's products over those the business has; products the file does not name stay.

    Raises as `import_lines`.
    A row is about the product with its product_id or, without one, with its name. Columns the file lacks stay as they
    were; an empty cell says that this is not known.
    """
    return _import_staged(database, path, business_id, CATALOGUE_FILE, options, progress)


def import_reviews(
    database: Database,
    path: Path,
    business_id: UUID,
    *,
    options: ReadingOptions | None = None,
    progress: Progress | None = None,
) -> Imported:
    """Write a file's reviews over those of equal review_id or content. Raises as `import_lines`."""
    return _import_staged(database, path, business_id, REVIEWS_FILE, options, progress)


def import_stock_outs(
    database: Database,
    path: Path,
    business_id: UUID,
    *,
    options: ReadingOptions | None = None,
    progress: Progress | None = None,
) -> Imported:
    """Write the days on which products ran out; a day that is there already counts once. Raises as `import_lines`."""
    return _import_staged(database, path, business_id, STOCK_OUTS_FILE, options, progress)


def import_promotions(
    database: Database,
    path: Path,
    business_id: UUID,
    *,
    options: ReadingOptions | None = None,
    progress: Progress | None = None,
) -> Imported:
    """Write promotions and planned prices over those of equal promotion_id or content. Raises as `import_lines`."""
    return _import_staged(database, path, business_id, PROMOTIONS_FILE, options, progress)


def _import_staged(
    database: Database,
    path: Path,
    business_id: UUID,
    file: StagedFile,
    options: ReadingOptions | None,
    progress: Progress | None,
) -> Imported:
    """Reads a file into its staging table, and writes what stands there."""
    with open_reading(path, file.layout, options or ReadingOptions(), progress) as reading:
        with database.transaction(business_id) as work:
            clock = repository.lock_business(work.connection, business_id)
            finder = catalogue.ProductFinder(repository.select_products(work.connection, business_id))
            read = file.reader_of(reading, clock, finder)
            staged = repository.stage(work.connection, file.staging, reading.rows(read))
            reading.refuse_useless(staged)
            has_column = {column: column in reading.csv_file.positions for column in file.optional}
            written = repository.write_staged(work.connection, file.staging, business_id, **has_column)
            reading.rejected.stage()
        return reading.conclude(business_id, staged, {file.what: written})


def add_member(database: Database, business_id: UUID, user_id: UUID, role: str) -> None:
    """Make the user a member of the business with this role. Raises `BusinessNotFound`."""
    with database.transaction(business_id) as work:
        repository.lock_business(work.connection, business_id)
        repository.upsert_membership(work.connection, business_id, user_id, role)


def ensure_business(database: Database, business: Business, members: Mapping[UUID, str]) -> None:
    """Have this business, as it is where one with its id is there already, and these members (user id to role)."""
    with database.transaction(business.id) as work:
        _write_business(work, business, members)


def find_last_order(database: Database, business_id: UUID) -> datetime | None:
    """The moment of the business's latest order; None without orders."""
    with database.transaction(business_id, read_only=True) as work:
        return repository.select_last_order(work.connection, business_id)


def _write_business(work: UnitOfWork, business: Business, members: Mapping[UUID, str]) -> None:
    repository.insert_business(work.connection, business)
    for user_id, role in members.items():
        repository.upsert_membership(work.connection, business.id, user_id, role)


def _notes_on_orders(written: repository.LinesWritten) -> Iterator[str]:
    if written.orders_differing_in_time:
        yield (
            f"{written.orders_differing_in_time:,} orders have lines of different times; "
            "each order counts at the time of its first line."
        )
    if written.orders_differing_in_whom:
        yield (
            f"{written.orders_differing_in_whom:,} orders have lines of different customers or stores; "
            "each order counts for the first that is named."
        )
