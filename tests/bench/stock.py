"""The last months of real shops once more, day by day: the proposed orders against par levels, on the same customers.

SALES=french_bakery_daily.csv adds that bakery to the shop that is loaded (with UCI=lines.csv the gift shop).
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from tests.bench.ordering import DAY, Par, Plans, Total, Trial, forecasts
from tests.bench.report import Result, table
from tests.bench.sales_days import SalesDays, of_bakery, of_shop
from tests.bench.shops import Shop
from tests.bench.simulation import Terms

DAYS, MOST, MONTH = 84, 150, 28
CASES = (Terms(2, 7), Terms(7, 7))
DAILY = (Terms(1, 1),)
PERISHING = (Terms(0, 1, keeps=1), Terms(0, 1, keeps=3))
REVIEW_DAYS = 7
COST_SHARE = "0.35"
METHODS = {"trained": True, "untrained": False}


def measure(shop: Shop, quick: bool) -> Result:
    """Each shop with each lead time; perishing goods for the bakery."""
    shops = [of_shop(shop)]
    if path := os.environ.get("SALES"):
        shops.insert(0, of_bakery(Path(path)))
    texts, raw = [], {}
    for sales in shops:
        text, found = _shop(sales, quick)
        texts.append(text)
        raw[sales.title] = found
    return Result("\n\n".join(texts), raw)


def _shop(sales: SalesDays, quick: bool) -> tuple[str, dict[str, Any]]:
    days, most = (MONTH, 15) if quick else (DAYS, MOST)
    last = sales.open_days[-1]
    start = last - (days - 1) * DAY
    names = sales.products(start, most)
    fresh = sales.country == "FR" and not quick  # a bakery's, ordered and made each day
    cases = (*CASES, *DAILY) if fresh else CASES
    lengths = {length for case in (*cases, *PERISHING) for length in (case.lead, case.lead + case.review)}
    spans = tuple(sorted(lengths - {0}))
    mornings = range(days) if fresh else range(0, days, 7)
    plans = {title: forecasts(sales, names, start, mornings, spans, learns=learns) for title, learns in METHODS.items()}
    parts = [f"### {sales.title}: {len(names)} products, {start} to {last}"]
    raw: dict[str, Any] = {"start": start, "days": days, "products": len(names)}
    for case in cases:
        trial = Trial(sales, names, start, days, case, Par(sales, start, case.lead + case.review))
        title, found = f"Lead time {_days(case.lead)}, an order every {_days(case.review)}:", _keeping(trial, plans)
        parts += [title, table(HEADS, [_row(*each) for each in found.items()])]
        raw[title] = {name: asdict(total) for name, total in found.items()}
        if case is CASES[0] and not quick:
            parts.append(_by_month(trial, plans["trained"]))
    for case in PERISHING if fresh else ():
        found = _perishing(Trial(sales, names, start, days, case), plans)
        title = f"Made fresh each morning, good for {_days(case.keeps or 0)}, cost {COST_SHARE} of the price:"
        parts += [title, table(WASTE_HEADS, [_waste_row(*each) for each in found.items()])]
        raw[title] = {name: asdict(total) for name, total in found.items()}
    return "\n\n".join(parts), raw


HEADS = ["ordering", "units missed", "sales missed", "stock-outs", "average stock", "its worth", "orders"]
WASTE_HEADS = ["ordering", "units missed", "stock-outs", "thrown away, of what was made", "profit"]
MONTH_HEADS = ["stock-outs (units missed), worth of the stock", "proposed", "par level", "par level with as much stock"]


def _days(number: int) -> str:
    return f"{number} day{'' if number == 1 else 's'}"


def _missed(total: Total) -> str:
    return f"{100 * total.missed / total.asked:.2f} %"


def _row(title: str, total: Total) -> list[str]:
    sales = f"{100 * total.missed_sales / total.sales:.2f} %"
    figures = (total.days_missed, total.stock, total.value, total.orders)
    return [title, _missed(total), sales, *(f"{figure:,.0f}" for figure in figures)]


def _waste_row(title: str, total: Total) -> list[str]:
    waste = f"{100 * total.wasted / (total.asked - total.missed + total.wasted):.2f} %"
    return [title, _missed(total), f"{total.days_missed:,}", waste, f"{total.profit(float(COST_SHARE)):,.0f}"]


def _keeping(trial: Trial, plans: Mapping[str, Plans]) -> dict[str, Total]:
    """The proposed orders, and each par level as it is and with as much stock as the proposed orders had."""
    ours = {title: trial.proposed(made, trial.terms.review) for title, made in plans.items()}
    found = {f"**proposed, {title} forecast**": total for title, total in ours.items()}
    cover = trial.terms.lead + trial.terms.review
    for name, par in (
        ("par level, fixed", Par(trial.sales, trial.start, cover)),
        ("par level, anew every 4 weeks", Par(trial.sales, trial.start, cover, renewed=MONTH)),
    ):
        found[name] = trial.at_par(par)
        for title, total in ours.items():
            factor, equal = trial.with_as_much_stock(par, total.value)
            found[f"{name}, × {factor:.2f}: as much stock as {title}"] = equal
    return found


def _by_month(whole: Trial, plans: Plans) -> str:
    """Each four weeks by themselves, opening with the par level of that day."""
    rows = []
    for first in range(0, whole.days, MONTH):
        start = whole.start + first * DAY
        par = Par(whole.sales, start, whole.terms.lead + whole.terms.review)
        trial = Trial(whole.sales, whole.names, start, MONTH, whole.terms, par)
        own = {day - first: plan for day, plan in plans.items() if day >= first}
        ours = trial.proposed(own, trial.terms.review)
        factor, equal = trial.with_as_much_stock(par, ours.value)
        cells = [
            f"{each.days_missed:,} ({_missed(each)}), {each.value:,.0f}" for each in (ours, trial.at_par(par), equal)
        ]
        rows.append([f"{start} to {start + (MONTH - 1) * DAY}", *cells[:2], f"{cells[2]} (× {factor:.2f})"])
    return table(MONTH_HEADS, rows)


def _perishing(trial: Trial, plans: Mapping[str, Plans]) -> dict[str, Total]:
    """What is made as proposed, and by par levels of the same critical ratio, also times what would have earned most."""
    share = float(COST_SHARE)
    found = {
        f"**proposed, {title} forecast**": trial.proposed(made, REVIEW_DAYS, COST_SHARE)
        for title, made in plans.items()
    }
    for name, par in (
        ("par level, fixed", Par(trial.sales, trial.start, 1, 1 - share)),
        (
            "par level of the weekday, anew every 4 weeks",
            Par(trial.sales, trial.start, 1, 1 - share, renewed=MONTH, by_weekday=True),
        ),
    ):
        found[name] = trial.at_par(par)
        factor, best = trial.most_profitable(par, share)
        found[f"{name}, × {factor:.2f}: earns most"] = best
    return found
