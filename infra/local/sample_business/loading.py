"""Loading Café Central through the same imports that anyone's files take."""

from __future__ import annotations

import csv
import tempfile
from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta
from pathlib import Path
from uuid import UUID
from zoneinfo import ZoneInfo

from cafe_ai.catalogue import repository as catalogue
from cafe_ai.catalogue.model import NewDocument
from cafe_ai.intake import service
from cafe_ai.platform.clock import now_utc
from cafe_ai.platform.db import Database
from cafe_ai.tenancy.model import Business
from infra.local.dev_users import DEV_USERS
from infra.local.sample_business import menu, orders, reviews
from infra.local.sample_business.documents import documents

BUSINESS = Business(
    id=UUID("0cafe000-0000-7000-8000-000000000001"),
    name="Café Central",
    type="cafeteria",
    timezone="Europe/Madrid",
    currency="EUR",
    locale="es",
    day_starts=time(0, 0),
)
ABOUT = (
    "Café Central is an invented café in Madrid: its menu, two years of orders, customers and reviews "
    "are generated with a fixed seed."
)
YEARS = 2


def load(dsn_saas: str, *, now: datetime | None = None, since: date | None = None) -> UUID:
    """Have the sample business in the database with all its days up to `now` (aware; default: the present moment).

    The first time that is all since `since` (default: two years); later only what is missing, the last recorded day
    anew because it may have been cut short. Its members are `DEV_USERS`. Returns its id.
    """
    local_now = (now or now_utc()).astimezone(ZoneInfo(BUSINESS.timezone)).replace(tzinfo=None)
    database = Database(dsn_saas)
    try:
        service.ensure_business(database, BUSINESS, {user_id: role for role, user_id in DEV_USERS.items()})
        last_order = service.find_last_order(database, BUSINESS.id)
        if last_order:
            first_day = min(last_order.astimezone(ZoneInfo(BUSINESS.timezone)).date(), local_now.date())
        else:
            first_day = since or first_day_at(local_now.date())
        with tempfile.TemporaryDirectory(prefix="cafe-central-") as folder:
            files = write_csv(Path(folder), first_day, local_now)
            service.import_catalogue(database, files["catalogue"], BUSINESS.id)
            if "lines" in files:
                service.import_lines(database, files["lines"], BUSINESS.id)
            if "stock-outs" in files:
                service.import_stock_outs(database, files["stock-outs"], BUSINESS.id)
            if "reviews" in files:
                service.import_reviews(database, files["reviews"], BUSINESS.id)
    finally:
        database.close()
    return BUSINESS.id


def load_documents(dsn_app: str) -> None:
    """Have the sample business's documents in the database: those that are not there are added, the others stay."""
    wanted = {document.id: document for document in documents()}
    database = Database(dsn_app)
    try:
        with database.transaction(BUSINESS.id) as uow:
            kept = {document.id for document in catalogue.select_documents(uow, BUSINESS.id, ids=list(wanted))}
            new = [NewDocument(one.id, one.content, one.title) for one in wanted.values() if one.id not in kept]
            catalogue.upsert_documents(uow, BUSINESS.id, new)
    finally:
        database.close()


def first_day_at(today: date) -> date:
    """The first recorded day of a sample that is loaded for the first time today: the first of a month."""
    return date(today.year - YEARS, today.month, 1)


def write_csv(folder: Path, first_day: date, local_now: datetime) -> dict[str, Path]:
    """Write catalogue.csv, lines.csv, stock-outs.csv and reviews.csv, for first_day up to local_now (naive, on the shop's clock).

    Returns their paths by name; one that has no rows is left out.
    """
    days = [first_day + timedelta(days=number) for number in range((local_now.date() - first_day).days + 1)]
    until = local_now.isoformat()
    tables: dict[str, tuple[Sequence[str], Iterable[Iterable[object]]]] = {
        "catalogue": (menu.CATALOGUE_COLUMNS, (row.values() for row in menu.catalogue_rows(local_now.date()))),
        "lines": (orders.COLUMNS, (line for day in days for line in orders.lines_on(day) if str(line[1]) <= until)),
        "stock-outs": (orders.STOCK_OUT_COLUMNS, (row for day in days for row in orders.stock_outs_on(day))),
        "reviews": (reviews.COLUMNS, (row for day in days for row in reviews.reviews_on(day) if str(row[1]) <= until)),
    }
    paths = {name: folder / f"{name}.csv" for name in tables}
    return {name: paths[name] for name, (columns, rows) in tables.items() if _write(paths[name], columns, rows)}


def _write(path: Path, columns: Sequence[str], rows: Iterable[Iterable[object]]) -> bool:
    """Write a CSV file and say whether it has any rows."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(columns)
        beginning = file.tell()
        writer.writerows(rows)
        return file.tell() > beginning
