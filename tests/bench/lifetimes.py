"""What is expected of customers: CDNOW beside the published figures, the library `lifetimes` and simple guesses; the shop as the
product tells it, tested on its last 90 days."""

from __future__ import annotations

import time
import warnings
from contextlib import closing
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np

from cafe_ai.bootstrap import Runtime
from cafe_ai.customers.model import CustomerBehaviour
from cafe_ai.customers.service import Ahead, behaviour
from cafe_ai.platform.clock import Deadline
from cafe_ai.platform.db import Database
from cafe_ai.settings import Settings
from cafe_ai.tenancy.model import Member, Role
from ml.models.lifetime.bg_nbd import BgNbd, fit_bg_nbd
from ml.models.lifetime.counting import Counted, count, visits_between
from ml.models.lifetime.expecting import BuyerLifetimes
from ml.models.lifetime.gamma_gamma import GammaGamma, fit_gamma_gamma
from ml.models.lifetime.optimum import Floats
from ml.models.lifetime.stored import StoredBuyers
from ml.notebooks.data import cdnow
from tests.bench.report import Result, table
from tests.bench.shops import Shop

CUT, END = np.datetime64("1997-10-01"), np.datetime64("1998-07-01")
WEEK, HOLDOUT = 7.0, 39.0
PUBLISHED = {"r": 0.243, "alpha": 4.414, "a": 0.793, "b": 2.426, "LL": -9582.4, "p": 6.25, "q": 3.74, "gamma": 15.44}
SELECT_LAST_ORDER = "SELECT max(ordered_at) FROM orders WHERE business_id = %s"


def measure(shop: Shop, quick: bool) -> Result:
    """CDNOW, then the shop."""
    purchases = cdnow()
    who, days = purchases["customer"].to_numpy(), purchases["day"].to_numpy().astype("datetime64[D]")
    known = count(who, days, purchases["dollars"].to_numpy(dtype=float), CUT)
    came = visits_between(known, who, days, CUT, END)
    started = time.process_time()
    ours = fit_bg_nbd(known.frequency, known.recency / WEEK, known.age / WEEK)
    values = fit_gamma_gamma(known.frequency, known.value)
    seconds = time.process_time() - started
    assert isinstance(ours, BgNbd) and isinstance(values, GammaGamma)
    theirs = _library(known)
    parts = [_parameters(ours, values, theirs), _holdout(known, came, ours, theirs)]
    parts.append(
        f"Both models of CDNOW's 2,357 customers fit in {seconds:.2f} s of processor time, scipy's import included."
    )
    about, asking = _ask(shop)
    parts += _shop(shop, about, asking)
    return Result("\n\n".join(parts), {"cdnow": {**ours.parameters, **values.parameters}, "seconds": seconds})


def _library(known: Counted) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from lifetimes import BetaGeoFitter

        fitter = BetaGeoFitter()
        fitter.fit(known.frequency, known.recency / WEEK, known.age / WEEK)
    return fitter


def _parameters(ours: BgNbd, values: GammaGamma, theirs: Any) -> str:
    assert ours.fit
    found = {**ours.parameters, "LL": ours.fit.log_likelihood, **values.parameters}
    library = dict(theirs.params_)  # its likelihood is that of scaled times
    rows = [
        [name, f"{published:,}", f"{found[name]:,.3f}", f"{library[name]:,.3f}" if name in library else ""]
        for name, published in PUBLISHED.items()
    ]
    return table(["CDNOW", "published", "here", "lifetimes 0.11.3"], rows)


def _holdout(known: Counted, came: Floats, ours: BgNbd, theirs: Any) -> str:
    x, t_x, age = known.frequency, known.recency / WEEK, known.age / WEEK
    seen = known.frequency.sum()
    guesses = {
        "BG/NBD, here": ours.purchases(x, t_x, age, HOLDOUT),
        "BG/NBD, lifetimes": np.asarray(
            theirs.conditional_expected_number_of_purchases_up_to_time(HOLDOUT, x, t_x, age), dtype=float
        ),
        "each goes on at the own rate": x / np.maximum(age, 1) * HOLDOUT,
        "as many as in the 39 weeks before": x,
        "everybody buys alike": np.full(len(x), seen / age.sum() * HOLDOUT),
    }
    rows = []
    for name, guess in guesses.items():
        with np.errstate(invalid="ignore"):
            together = float(np.corrcoef(guess, came)[0, 1]) if guess.std() > 0 else float("nan")
        rows.append(
            [
                name,
                f"{guess.sum():,.0f}",
                f"{100 * (guess.sum() / came.sum() - 1):+.1f} %",
                f"{100 * (_cumulative(name, known, ours, guess) / (seen + came.sum()) - 1):+.1f} %",
                f"{np.abs(guess - came).mean():.3f}",
                f"{np.sqrt(((guess - came) ** 2).mean()):.3f}",
                f"{together:.3f}" if np.isfinite(together) else "–",
            ]
        )
    heads = [
        f"39 weeks held out: {came.sum():,.0f} purchases",
        "expected",
        "off",
        "cumulative at week 78",
        "MAE",
        "RMSE",
    ]
    return table([*heads, "correlation"], rows)


def _cumulative(name: str, known: Counted, ours: BgNbd, guess: Floats) -> float:
    """What the model expects of all since each one's first purchase, whatever came; of a guess what was seen, and the guess."""
    if not name.startswith("BG/NBD"):
        return float(known.frequency.sum() + guess.sum())
    ages, counts = np.unique(known.age / WEEK, return_counts=True)
    return float(ours.purchases_of_new(ages + HOLDOUT) @ counts)


def _ask(shop: Shop) -> tuple[CustomerBehaviour, float]:
    business = shop.source.business
    last = shop.rows(SELECT_LAST_ORDER, business.id)[0][0]
    as_of: datetime = last.astimezone(ZoneInfo(business.timezone)) + timedelta(minutes=1)
    member = Member(shop.members[0], Role.OWNER, business, None, "bench", Deadline.after(300))
    with closing(Database(shop.database.app)) as database:
        runtime = Runtime.of(Settings(), database=database, audit_queue=None, language_model=None)
        started = time.process_time()
        about = behaviour(runtime, member, as_of, ahead=Ahead(BuyerLifetimes(), StoredBuyers()))
        return about, time.process_time() - started


def _shop(shop: Shop, about: CustomerBehaviour, seconds: float) -> list[str]:
    report, churn = about.lifetime, about.churn
    if report is None or report.test is None or churn is None or churn.backtest is None:
        return [f"{shop.source.title}: no model ({report.missing if report else 'none asked for'})."]
    test, tested = report.test, churn.backtest
    aucs = {"recency alone": tested.recency_auc, **tested.compared}
    rows = [
        ["customers tested; stayed away", f"{test.customers:,}; {tested.base_percent} %"],
        ["AUC of who stays away", ", ".join(f"{name} {auc}" for name, auc in aucs.items())],
        ["so the risk is told by", churn.method],
        ["customers buying, expected; actual", f"{test.expected_buyers:,.0f}; {test.buyers:,}"],
        ["visits, expected; actual", f"{test.expected_purchases:,.0f}; {test.purchases:,}"],
        ["MAE of a customer's visits; of going on at the own rate", f"{test.mean_error:.3f}; {test.rate_error:.3f}"],
        ["probabilities off, points", f"{test.off_points} ({'good' if test.reliable else 'poor'}: said beside them)"],
        ["the whole job, s of the function's processor time", f"{seconds:.1f}"],
    ]
    tenths = [[n + 1, size, expected, actual] for n, (size, expected, actual) in enumerate(test.tenths)]
    return [
        table([shop.source.title + ", last 90 days", ""], rows),
        table(["tenth by probability", "customers", "expected to buy, %", "bought, %"], tenths),
    ]
