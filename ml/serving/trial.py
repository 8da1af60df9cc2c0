"""Whether a candidate is to be put into use: forecasts of the same days, by all who could make one, none having seen them.

The candidate itself has seen every day there is. So a twin is tried in its place: the same method, taught only what was known
before an origin. Where a model is in use it forecasts the days since it was trained, from histories cut at the first of them, and
the twin is taught up to there: a week of such days at least, so that each weekday counts once, and four at most. Where none is in
use that can be used (there is none, its files are not what was kept, or it is older than LONGEST_USE_DAYS), the simple method
takes its place, at the last two origins 28 days apart.

A candidate is put into use when its twin's mean RMSSE over the series is at most the opponent's, and at most seasonal naive's.
On a tie the candidate wins, for it has seen more. With fewer than seven days to compare it waits as a candidate, and another
night decides on another.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from statistics import fmean

from cafe_ai.forecasting.model import Ask, DayDemand, History, Prediction
from cafe_ai.forecasting.port import default_forecaster
from cafe_ai.forecasting.smoothing import naive
from cafe_ai.platform.telemetry import log_failure
from ml.serving.material import as_of
from ml.serving.model import Opponent, Status, Trial, Verdict
from ml.serving.recipe import Recipe, TrainedModel

CANDIDATE, IN_USE, FALLBACK, NAIVE = "candidate", "in_use", "fallback", "seasonal_naive"
LEAST_DAYS, MOST_DAYS = 7, 28
LEAST_BEFORE = 56
"""Days that an origin must have behind it."""
LEAST_OF_A_SERIES = 28
LONGEST_USE_DAYS = 14
TIE = 1e-9
DAY = timedelta(days=1)

Forecast = Callable[[Sequence[Ask]], list[Prediction]]


@dataclass(slots=True)
class Scores:
    """RMSSE of each series and origin, by contestant."""

    by_name: dict[str, list[float]] = field(default_factory=dict)
    days: int = 0
    keys: set[str] = field(default_factory=set)

    def mean(self) -> dict[str, float]:
        """Over series and origins."""
        return {name: fmean(values) for name, values in self.by_name.items()}


def hold(
    asks: Sequence[Ask], start: date, recipe: Recipe, used: TrainedModel | None, used_until: date | None
) -> Trial | None:
    """The trial of a candidate that was taught by asks; None where there are too few days to compare.

    used, the model in use, has seen the days up to used_until; it is None where none can be used.
    """
    origins = _origins(asks, start, None if used is None else used_until)
    scores = Scores()
    for origin in origins:
        days = min(MOST_DAYS, (start - origin).days)
        cut = as_of(asks, origin, days)
        contestants: dict[str, Forecast] = {
            CANDIDATE: lambda known: recipe.train(known).forecast(known),
            FALLBACK: default_forecaster().forecast,
        }
        if used is not None:
            contestants[IN_USE] = used.forecast
        _score(scores, asks, cut, contestants)
    if not scores.by_name.get(CANDIDATE):
        return None
    opponent: Opponent = "fallback" if used is None else "in_use"
    return Trial(tuple(origins), scores.mean(), len(scores.keys), scores.days, opponent)


def _origins(asks: Sequence[Ask], start: date, used_until: date | None) -> list[date]:
    if used_until is not None:
        origin = max(used_until + DAY, start - MOST_DAYS * DAY)
        return [origin] if (start - origin).days >= LEAST_DAYS else []
    earliest = min(ask.history.first_day for ask in asks) + LEAST_BEFORE * DAY
    wide = [origin for back in (2 * MOST_DAYS, MOST_DAYS) if (origin := start - back * DAY) >= earliest]
    return wide or [origin for origin in (start - LEAST_DAYS * DAY,) if origin >= earliest]


def judge(trial: Trial | None, used_until: date | None) -> Verdict:
    """What becomes of the candidate. used_until: up to where the model in use has seen, None where none can be used."""
    if trial is None:
        if used_until is not None:
            said = (
                f"The model in use knows all days up to {used_until}: fewer than {LEAST_DAYS} are left to compare on."
            )
            return Verdict(Status.CANDIDATE, said)
        return Verdict(Status.REJECTED, "There is too little history to try it on.")
    own, other, simple = trial.scores[CANDIDATE], trial.scores[trial.opponent], trial.scores[NAIVE]
    against = {IN_USE: "the model in use", FALLBACK: "the simple method"}[trial.opponent]
    figures = (
        f"mean RMSSE {own:.3f} against {other:.3f} of {against} and {simple:.3f} of repeating the week before, "
        f"over {trial.days:,} days of {trial.series} series, from {_listed(trial.origins)} on"
    )
    if own > simple + TIE:
        return Verdict(Status.REJECTED, f"Repeating the week before is closer: {figures}.")
    if own > other + TIE:
        return Verdict(Status.REJECTED, f"It is not as good as {against}: {figures}.")
    same = abs(own - other) <= TIE
    said = f"As good as {against}, and it has seen more" if same else f"Closer than {against}"
    return Verdict(Status.PROMOTED, f"{said}: {figures}.")


def is_usable(trained_until: date, start: date) -> bool:
    """Whether a model may forecast from that day on: it has seen nothing of it or later, and is not too old."""
    return trained_until < start and not is_too_old(trained_until, start)


def is_too_old(trained_until: date, start: date) -> bool:
    """Whether a model was trained more than LONGEST_USE_DAYS before that day."""
    return start > trained_until + (LONGEST_USE_DAYS + 1) * DAY


def _score(scores: Scores, asks: Sequence[Ask], cut: Sequence[Ask], contestants: Mapping[str, Forecast]) -> None:
    """Adds the errors of one origin. A contestant that fails is as far off as can be."""
    whole = {(ask.circumstances.key, ask.history.first_day): ask.history for ask in asks}
    foretold = {}
    for name, forecast in contestants.items():
        try:
            foretold[name] = forecast(cut)
        except Exception as error:
            log_failure("A forecaster failed in a trial", error, contestant=name)
            foretold[name] = []
    for place, ask in enumerate(cut):
        history = whole[ask.circumstances.key, ask.history.first_day]
        known, step = _known(history, ask), _step(ask.history)
        if not known or step is None:
            continue
        scores.keys.add(ask.circumstances.key)
        scores.days += len(known)
        for name, predictions in foretold.items():
            days = predictions[place].days if predictions else ()
            scores.by_name.setdefault(name, []).append(_rmsse(known, days, step))
        repeated = [
            DayDemand(history.first_day, naive(ask.history, len(ask.history.values), n) or 0.0, 0, 0, 0, 0)
            for n in range(ask.days)
        ]
        scores.by_name.setdefault(NAIVE, []).append(_rmsse(known, repeated, step))


def _known(history: History, ask: Ask) -> list[tuple[int, float]]:
    """The demand of the days that were forecast, by how far ahead they were."""
    begin = len(ask.history.values)
    later = history.values[begin : begin + ask.days]
    return [(ahead, value) for ahead, value in enumerate(later) if value is not None]


def _step(history: History) -> float | None:
    """The root mean squared difference from a week before; None where the series is short or never changes."""
    if len(history.values) < LEAST_OF_A_SERIES:
        return None
    steps = [
        (now - then) ** 2
        for then, now in zip(history.values, history.values[7:], strict=False)
        if then is not None and now is not None
    ]
    return math.sqrt(fmean(steps)) if any(steps) else None


def _rmsse(known: Sequence[tuple[int, float]], days: Sequence[DayDemand], step: float) -> float:
    if not days:
        return math.inf
    return math.sqrt(fmean((days[ahead].expected - actual) ** 2 for ahead, actual in known)) / step


def _listed(origins: Sequence[date]) -> str:
    return " and ".join(origin.isoformat() for origin in origins)
