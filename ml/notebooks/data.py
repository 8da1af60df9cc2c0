"""The data the notebooks look at: real shops where their files are at hand, CDNOW from a package, else the sample business.

The real files are not part of the project (their licences do not allow it, or do not say). They are looked for in `shared/data`
beside the project, or in a folder given. Where they are not, the sample business takes their place; it is generated, and
`Shop.real` is False, so that a notebook can say so.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ml.models.demand.evaluation import Sales

if TYPE_CHECKING:
    import pandas as pd

PROJECT = Path(__file__).parents[2]
BESIDE = PROJECT.parent / "shared" / "data"
UCI_FILE, BAKERY_FILE = "uci_online_retail_II_2009_2010.parquet", "french_bakery_daily.csv"
SAMPLE_END = date(2026, 11, 1)


@dataclass(frozen=True)
class Shop:
    """A shop's order lines: order_id, ordered_at (local time), product, quantity (negative: a return), unit_price, customer_id
    (missing where not known). real is False for the sample business; source is a sentence about where they come from."""

    name: str
    lines: pd.DataFrame
    real: bool
    source: str


def folder_of_real_data(given: str | Path | None = None) -> Path | None:
    """The folder given, or `shared/data` beside the project; None where there is none. Raises FileNotFoundError where one is
    given and is not there."""
    if given is not None:
        if not Path(given).is_dir():
            raise FileNotFoundError(given)
        return Path(given)
    return BESIDE if BESIDE.is_dir() else None


def gift_shop(given: str | Path | None = None) -> Shop:
    """UCI Online Retail II, December 2009 to December 2010 (Chen 2019, CC BY 4.0), or the sample business."""
    import pandas as pd

    folder = folder_of_real_data(given)
    if folder is None or not (folder / UCI_FILE).is_file():
        return sample_shop()
    raw = pd.read_parquet(folder / UCI_FILE)
    lines = pd.DataFrame(
        {
            "order_id": raw["Invoice"].astype(str),
            "ordered_at": pd.to_datetime(raw["InvoiceDate"]),
            "product": raw["Description"].astype("string").str.strip(),
            "quantity": raw["Quantity"].astype(float),
            "unit_price": raw["Price"].astype(float),
            "customer_id": raw["Customer ID"].astype("Int64").astype("string"),
        }
    )
    return Shop("UCI Online Retail II", lines, True, "A British gift shop, Chen (2019), UCI repository, CC BY 4.0.")


def sample_shop(days: int = 730) -> Shop:
    """Café Central, the sample business that the project generates, so many days up to SAMPLE_END."""
    import pandas as pd

    from infra.local.sample_business.orders import COLUMNS, lines_on

    rows = [row for back in range(days, 0, -1) for row in lines_on(SAMPLE_END - timedelta(days=back))]
    lines = pd.DataFrame(rows, columns=list(COLUMNS))
    lines["ordered_at"] = pd.to_datetime(lines["ordered_at"])
    for name in ("quantity", "unit_price"):
        lines[name] = lines[name].astype(float)
    lines["customer_id"] = lines["customer_id"].replace("", None).astype("string")
    kept = ["order_id", "ordered_at", "product", "quantity", "unit_price", "customer_id"]
    return Shop("Café Central", lines[kept], False, "A café that this project generates: no real shop.")


def cdnow() -> pd.DataFrame:
    """The purchases of 2,357 customers who first bought at CDNOW in the first quarter of 1997, until June 1998, one row each:
    customer, day (a date), discs, dollars. It is the sample of Fader and Hardie that the literature uses."""
    import pandas as pd

    spec = find_spec("lifetimes")  # its files are read, the package itself, no longer kept, is not imported
    if spec is None or not spec.submodule_search_locations:
        raise FileNotFoundError("lifetimes")
    path = Path(spec.submodule_search_locations[0]) / "datasets" / "CDNOW_sample.txt"
    columns = ["master_id", "customer", "day", "discs", "dollars"]
    purchases = pd.read_csv(path, sep=r"\s+", header=None, names=columns)
    purchases["day"] = pd.to_datetime(purchases["day"].astype(str), format="%Y%m%d")
    return purchases[columns[1:]]


@dataclass(frozen=True)
class DailySales:
    """A shop's units by product and day; country is whose public holidays hold."""

    sales: Sales
    country: str
    real: bool
    source: str


def daily_sales(given: str | Path | None = None) -> DailySales:
    """A French bakery, January 2021 to September 2022 (from Kaggle; units are revenue over price), or the sample business."""
    from ml.models.demand.reading import read_sales

    folder = folder_of_real_data(given)
    if folder is not None and (folder / BAKERY_FILE).is_file():
        return DailySales(
            read_sales(folder / BAKERY_FILE), "FR", True, "A French bakery's sales by product and day (Kaggle)."
        )
    shop = sample_shop()
    days = shop.lines["ordered_at"].dt.date
    units = shop.lines["quantity"].groupby([shop.lines["product"], days]).sum()
    first, last = days.min(), days.max()
    products = sorted(shop.lines["product"].unique())
    values = np.zeros((len(products), (last - first).days + 1))
    for (product, day), quantity in zip(units.index.tolist(), units.tolist(), strict=True):
        values[products.index(product), (day - first).days] = max(0.0, quantity)
    return DailySales(Sales(first, tuple(products), values), "ES", False, shop.source)
