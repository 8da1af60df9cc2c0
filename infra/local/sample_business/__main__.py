"""Write the sample business as the CSV files that `cafe-ai import` and its like read: `--csv DIR`."""

from __future__ import annotations

import argparse
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from infra.local.sample_business.loading import BUSINESS, first_day_at, write_csv


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m infra.local.sample_business", description=__doc__)
    parser.add_argument("--csv", type=Path, required=True, metavar="DIR", help="where to write the files")
    folder = parser.parse_args().csv
    folder.mkdir(parents=True, exist_ok=True)
    now = datetime.now(ZoneInfo(BUSINESS.timezone)).replace(tzinfo=None)
    for path in write_csv(folder, first_day_at(now.date()), now).values():
        print(path)


if __name__ == "__main__":
    main()
