"""`cafe-ai import`, and the imports of all else that is known of a shop: catalogue, reviews, stock-outs, promotions."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from cafe_ai.intake import service
from cafe_ai.intake.business import checked_country, new_business
from cafe_ai.intake.model import Imported, ReadingOptions
from infra.local.commands.connection import add_database_option, business_id, shop_database
from infra.local.commands.progress import shown_progress
from infra.local.commands.reviewing import have_them_read
from infra.local.dev_users import DEV_USERS

LINES_HELP = """\
Import order lines, one row a line, into a new business (--name) or one there is (--business),
and print the business's id.

columns:
  order_id, ordered_at, product, quantity, unit_price
  optional: product_id, category, customer_id, customer_name, store, payment_method,
            discount (the amount off the whole line), unit_cost

ordered_at is ISO 8601; without an offset it is the shop's local time. A negative quantity is a
return. Orders that the business already has are replaced by those of the file. Rows that cannot be
used are left out and written to FILE.rejected.csv, with the reason. All of the file is imported or,
where anything fails, nothing."""

CATALOGUE_HELP = """\
Import products.

columns:
  name
  optional: product_id, description, category, price, cost, stock, on_order (not in stock yet),
            lead_time_days, shelf_life_days (1: sold on the day it comes or not at all),
            allergens and diets (entries separated by ; or |, "none" or "ninguno" for none)

A row is about the product with its product_id or, without one, with its name. Products that the file
does not name stay as they are, and so does what the file has no column for."""

REVIEWS_HELP = """\
Import reviews.

columns:
  text, date
  optional: rating (1 to 5), product (its name) or product_id, review_id

Importing again replaces reviews with equal review_id; without one, equal content counts once."""


STOCK_OUTS_HELP = """\
Import the days on which a product ran out: demand was at least what was sold then.

columns:
  date, and product (its name) or product_id
  optional: sold_out_at (HH:MM by the shop's clock, or a moment in ISO 8601)

Importing again counts nothing twice."""

PROMOTIONS_HELP = """\
Import promotions and prices that are already decided.

columns:
  from, to (dates, both included; a planned price may have no "to")
  optional: product or product_id (empty or "all": every product),
            price (of a unit) or discount_percent, name,
            kind (promotion, or price for a price that is no promotion), promotion_id

Importing again replaces those of equal promotion_id; without one, of equal kind, product, name and first day."""


def add_parsers(commands: Any) -> None:
    """The commands."""
    lines = _add_import(commands, "import", "import order lines, into a new business or again", LINES_HELP)
    lines.add_argument("--business", type=business_id, metavar="UUID", help="the business there is already")
    new = lines.add_argument_group("a new business")
    new.add_argument("--name")
    new.add_argument("--timezone", metavar="ZONE", help="IANA name, such as Europe/Madrid")
    new.add_argument("--currency", metavar="CODE", help="ISO 4217, such as EUR")
    new.add_argument("--locale", choices=("es", "en"), help="the language it is answered in (es)")
    new.add_argument("--type", help="the kind of business, such as cafeteria or gift_shop (shop)")
    new.add_argument(
        "--day-starts", metavar="HH:MM", help="the closing hour: sales before it are the day before's (00:00)"
    )
    lines.add_argument(
        "--country", metavar="CODE", help="ISO 3166, such as ES, for its public holidays (that of the time zone)"
    )
    lines.add_argument(
        "--no-prices", action="store_true", help="the file has no unit_price: sales in money stay unknown"
    )
    lines.set_defaults(run=import_lines, refuse=lines.error)

    for name, summary, text, run in (
        (
            "import-catalogue",
            "import products with price, cost, stock, allergens ...",
            CATALOGUE_HELP,
            import_catalogue,
        ),
        ("import-reviews", "import reviews", REVIEWS_HELP, import_reviews),
        ("import-stock-outs", "import the days on which products ran out", STOCK_OUTS_HELP, import_stock_outs),
        ("import-promotions", "import promotions and planned prices", PROMOTIONS_HELP, import_promotions),
    ):
        parser = _add_import(commands, name, summary, text)
        parser.add_argument("--business", type=business_id, metavar="UUID", required=True)
        parser.set_defaults(run=run, no_prices=False)


def import_lines(options: argparse.Namespace) -> None:
    """Run `cafe-ai import`."""
    settings = {
        name: getattr(options, name)
        for name in ("name", "timezone", "currency", "locale", "type", "day_starts")
        if getattr(options, name) is not None
    }
    if options.business:
        if settings:
            options.refuse(f"--business names a business there is: its {_list(settings)} cannot be given again")
        shop = options.business
    else:
        missing = [name for name in ("name", "timezone", "currency") if name not in settings]
        if missing:
            options.refuse(f"a new business needs its {_list(missing)}; for one there is, say --business UUID")
        shop = new_business(**{"locale": "es", **settings})
    country = checked_country(options.country) if options.country is not None else None
    with shop_database(options) as database, shown_progress() as progress:
        done = service.import_lines(
            database,
            options.file,
            shop,
            members={DEV_USERS["owner"]: "owner"},
            country=country,
            options=_reading_options(options),
            progress=progress,
        )
    _summarise(done)
    print(done.business_id)


def import_catalogue(options: argparse.Namespace) -> None:
    """Run `cafe-ai import-catalogue`."""
    _run(service.import_catalogue, options)


def import_reviews(options: argparse.Namespace) -> None:
    """Run `cafe-ai import-reviews`."""
    _run(service.import_reviews, options)
    have_them_read(options.business, options.database_url)


def import_stock_outs(options: argparse.Namespace) -> None:
    """Run `cafe-ai import-stock-outs`."""
    _run(service.import_stock_outs, options)


def import_promotions(options: argparse.Namespace) -> None:
    """Run `cafe-ai import-promotions`."""
    _run(service.import_promotions, options)


def _run(work: Callable[..., Imported], options: argparse.Namespace) -> None:
    with shop_database(options) as database, shown_progress() as progress:
        _summarise(work(database, options.file, options.business, options=_reading_options(options), progress=progress))


def _add_import(commands: Any, name: str, summary: str, text: str) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = commands.add_parser(
        name, help=summary, description=text, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "file", type=Path, metavar="FILE", help="a CSV file in UTF-8 (, ; tab or | between its columns)"
    )
    parser.add_argument("--encoding", default="utf-8", help="the file's encoding where it is not UTF-8, such as cp1252")
    parser.add_argument(
        "--decimal-mark", choices=("point", "comma"), help="where numbers such as 1.234 or 1,234 are ambiguous"
    )
    add_database_option(parser)
    return parser


def _reading_options(options: argparse.Namespace) -> ReadingOptions:
    return ReadingOptions(
        encoding=options.encoding, decimal_mark=options.decimal_mark, without_prices=options.no_prices
    )


def _summarise(done: Imported) -> None:
    counts = ", ".join(f"{number:,} {name}" for name, number in done.counts.items())
    period = f", {done.period[0]} to {done.period[1]}" if done.period else ""
    told = [
        f"Imported {done.rows_imported:,} of {done.rows_read:,} rows in {done.seconds:.1f} s: {counts}{period}.",
        *done.notes,
    ]
    if done.rejected_file:
        told.append(f"{sum(done.rejected.values()):,} rows were left out and are in {done.rejected_file}:")
        told += [f"  {number:,} × {reason}" for reason, number in done.rejected.items()]
    print("\n".join(told), file=sys.stderr)


def _list(names: Any) -> str:
    *first, last = (name.replace("_", "-") for name in names)
    return f"{', '.join(first)} and {last}" if first else last
