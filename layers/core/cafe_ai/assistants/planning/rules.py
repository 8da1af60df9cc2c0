"""The planner of rules: reads a question in Spanish or English word by word, and knows what it did not understand."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from cafe_ai.analytics.metrics import METRICS
from cafe_ai.analytics.model import Dimension, Metric, PeriodSpec, Plan, Ranking
from cafe_ai.analytics.periods import CalendarUnit, shift
from cafe_ai.assistants.planning import clock_rules, comparing, metric_rules, shape_rules
from cafe_ai.assistants.planning.comparing import TooManyPeriods
from cafe_ai.assistants.planning.drafts import PER_DAY, Draft, complete, follow_up
from cafe_ai.assistants.planning.leftovers import Leftovers
from cafe_ai.assistants.planning.lexemes import Lexeme, merge_dates, read_words
from cafe_ai.assistants.planning.model import FILTER_OF, Declined, NameKind, Planned, PlanningContext, Previous
from cafe_ai.assistants.planning.names import join_names
from cafe_ai.assistants.planning.period_rules import EACH_MONTH, Mention, read_periods
from cafe_ai.assistants.planning.reading import Reading
from cafe_ai.assistants.planning.refusals import asks_for_more, sets_a_threshold, unanswerable
from cafe_ai.assistants.planning.typos import correct
from cafe_ai.language.text import fold

_GREETING = r"(?:hola|oye|buenas|buenos U|buenas tardes|buenas noches|hello|hi|hey|good (?:morning|afternoon|evening))(?: (?:buenas|buenos U|buenas tardes|there|equipo|team))?"
_ARTICLES = r"(?:(?:el|la|los|las|the|de|del|en|in|at|of|for|our|nuestr[oa]s?|al?|con|with|by) )*"
_NOUN = r"(?:productos?|articulos?|categorias?|familias?|tiendas?|local|sucursal|platos?|bebidas?|products?|items?|category|categories|store|shop|branch|pago|pagos|payments?)"
_NAMED = rf"{_ARTICLES}(?:{_NOUN} )?X(?: {_NOUN})?"
_CUSTOMER = r"(?:(?:el|la|al|del|the|our) )*(?:cliente|clienta|customer|client)(?: (?:numero|num|id|no|number|codigo|code|con|,))* (?:[a-z]{1,5} - (?:N|D)|N|D|[a-z-]*\d[\w-]*)"
JOINS = frozenset("y e o u and or , en de del el la in of the on que than frente al a vs".split())
_DURATION = r"(?:(?:desde hace|hace|durante|for|in|en|over|during|desde) )*(?:(?:mas de|al menos|more than|over|at least|como minimo|los ultimos|las ultimas|ultimos|the last|the past|last|past|de|than) )*(?:N|un|una|a|one) U(?: o mas| or more)?"
_SAME_PERIOD = r"(?:en |in |on |for |over |during |de )?(?:(?:es[ea]|aquel|aquella|dich[oa]|that|el mismo|la misma|the same|ese mismo) (?:U|periodo|period|time|dates|fechas?|D))(?! (?:del?|of|last|hace|previous|a year|one year))|entonces|back then"
_PRICE_TOP = r"(?:mas )?car[oa]s?|(?:most )?expensive|priciest"
_PRICE_BOTTOM = r"(?:mas )?barat[oa]s?|(?:least expensive|cheapest|economic[oa]s?)"
_LOYAL = r"frecuentes?|fieles|fiel|loyal|frequent(?:ly)?|mas veces|often|compras hizo|compras hicieron"
MANY_WORDS = 120
"""A longer text is no question that rules can read, and reading it would take longer than its length."""
LONGEST_AGO = 36_500
"""A hundred years in days."""
_DAYS: dict[CalendarUnit, int] = {
    "day": 1,
    "week": 7,
    "weekend": 7,
    "month": 30,
    "quarter": 91,
    "half": 182,
    "year": 365,
}


class RulesPlanner:
    """Plans without a language model. What it does not understand it says; it never guesses at a word."""

    def plan(self, question: str, context: PlanningContext) -> Planned | Declined:
        """The plan of a question, or why there is none."""
        words = read_words(question)
        if len(words) > MANY_WORDS:
            return Declined("not_understood")
        return _Question(question, words, context).plan()


class _Question:
    """One question on its way to a plan."""

    def __init__(self, text: str, words: list[Lexeme], context: PlanningContext) -> None:
        self.context = context
        words = correct(words, context.names)
        self.names = context.names.find(words)
        self.reading = Reading(text, merge_dates(join_names(words, self.names), context.today))
        self.draft = Draft()
        self.leftovers = Leftovers(self.reading, context, self._narrow)
        self.unread: Declined | None = None
        self.connected = self.counted = self.compares = self.better_or_worse = self.either = False

    def plan(self) -> Planned | Declined:
        reading, draft = self.reading, self.draft
        self.connected = shape_rules.read_connector(reading)
        same_period = bool(reading.take(_SAME_PERIOD))
        self.counted = metric_rules.counts(reading)
        if declined := self._read_customer():
            return declined
        self._read_names()
        reading.take(_GREETING)
        self.better_or_worse = bool(reading.take(shape_rules.BETTER_OR_WORSE))
        by_weekday = bool(shape_rules.read_weekday_breakdown(reading))
        draft.hours, when = clock_rules.read_hours(reading)
        draft.weekdays = clock_rules.read_weekdays(reading)
        if declined := unanswerable(reading):
            return declined
        metrics, negated_at = self._read_figures(by_weekday=by_weekday)
        self.compares = shape_rules.read_comparison(reading)
        mentions = read_periods(reading, self.context.today)
        if any(mention.spec.kind == "calendar" and mention.spec.offset > 0 for mention in mentions):
            return Declined("future")
        mentions = self._read_weekends(mentions, when)
        self._read_weekday_asked()
        metrics += metric_rules.read_metrics(reading, several_words=False)
        self._read_words(metrics, mentions, negated_at)
        self.leftovers.paid = "payment_methods" in draft.filters
        declined = self.leftovers.match()
        self._told_apart()
        if self.unread or (declined and declined.reason == "unknown_subject" and not draft.says_something):
            return self.unread or Declined("not_understood")
        return declined or self._finish(same_period=same_period)

    def _read_customer(self) -> Declined | None:
        """Reads "el cliente 14646"."""
        found = self.reading.take(_CUSTOMER)
        if not found:
            return None
        first = -3 if len(found.lexemes) > 2 and found.lexemes[-2].text == "-" else -1
        said = fold(self.reading.written[found.lexemes[first].start : found.lexemes[-1].end])
        called = self.context.customers([said]) if self.context.sees_customers else [(said, None)]
        if not called:
            return Declined("unknown_subject", self.reading.written_at(found.place, found.end))
        self.draft.filters["customers"] = tuple(external_id for external_id, _ in called)
        return None

    def _read_names(self) -> None:
        """Takes the names found in full, with "la tienda" or "product" beside them."""
        while found := self.reading.take(_NAMED):
            for lexeme in found.lexemes:
                if lexeme.kind == "X":
                    self._narrow(self.names[int(lexeme.value)].kind, self.names[int(lexeme.value)].names)

    def _narrow(self, kind: NameKind, names: tuple[str, ...]) -> None:
        field = FILTER_OF[kind]
        self.draft.filters[field] = tuple(dict.fromkeys((*self.draft.filters.get(field, ()), *names)))

    def _read_figures(self, *, by_weekday: bool) -> tuple[list[tuple[int, Metric, str]], int | None]:
        """Metrics of several words, breakdowns and rankings; and where something is said not to have happened."""
        reading, draft = self.reading, self.draft
        self._read_inactive()
        if shape_rules.read_order(reading):
            self.leftovers.match_unknown_words()
        metrics = metric_rules.read_metrics(reading, several_words=True)
        if self.connected and self._spoke_of_customers() and (found := reading.take(r"(?:new|nuev[oa]s)(?: ones)?")):
            metrics.append((found.place, Metric.NEW_CUSTOMERS, found.text))
        negated_at = next((place for place, metric, _ in metrics if metric is Metric.UNSOLD_PRODUCTS), None)
        if sets_a_threshold(reading):
            self.unread = Declined("not_understood")
        price_order = None
        for pattern, order in ((_PRICE_BOTTOM, "bottom"), (_PRICE_TOP, "top")):
            if found := reading.find(pattern):
                metrics.append((found.place, Metric.PRICE, found.text))
                price_order = order
        if not metrics and (found := reading.find(metric_rules.BUSY)):
            metrics.append((found.place, Metric.ORDERS, found.text))
        if found := reading.take(_LOYAL):
            metrics.append((found.place, Metric.ORDERS, found.text))
        draft.breakdowns = shape_rules.read_breakdowns(reading)
        if negated_at is None:
            shape = shape_rules.read_ranking(reading, weekdays=by_weekday, breakdowns=draft.breakdowns)
            if by_weekday and not shape.breakdowns:
                draft.breakdowns = (Dimension.WEEKDAY, *draft.breakdowns)
            draft.breakdowns = tuple(dict.fromkeys((*shape.breakdowns, *draft.breakdowns)))
            draft.ranking = shape.ranking or self._other_end()
            if not draft.ranking and not draft.breakdowns and "categories" in draft.filters:
                self._rank_within_category()
            if draft.ranking and price_order:
                draft.ranking = replace(draft.ranking, order="bottom" if price_order == "bottom" else "top")
        for pattern in (_PRICE_BOTTOM, _PRICE_TOP):
            reading.take(pattern)
        return metrics, negated_at

    def _spoke_of_customers(self) -> bool:
        before = self.context.previous
        return before is not None and METRICS[before.plan.metrics[0]].subject == "customers"

    def _rank_within_category(self) -> None:
        """ "Los 3 cafés más vendidos" ranks the products of a category."""
        if order := shape_rules.read_order(self.reading):
            self.draft.breakdowns = (Dimension.PRODUCT,)
            self.draft.ranking = shape_rules.read_limit(self.reading, order, 5)

    def _other_end(self) -> Ranking | None:
        """ "¿Y los peores?" after a ranking asks for its other end."""
        before = self.context.previous.plan.ranking if self.context.previous and self.connected else None
        order = shape_rules.read_order(self.reading) if before and not self.draft.breakdowns else None
        return replace(before, order=order) if before and order else None

    def _read_inactive(self) -> None:
        """Reads for how long inactive customers have not bought: "más de 90 días sin comprar"."""
        inactive = metric_rules.mentions(self.reading, Metric.INACTIVE_CUSTOMERS)
        found = self.reading.take(_DURATION) if inactive else None
        if found:
            unit: CalendarUnit = found.values("U")[0]  # type: ignore[assignment]
            today = self.context.today
            months = unit in ("month", "quarter", "half", "year")
            count = min(found.number(), LONGEST_AGO // _DAYS[unit])
            days = (today - shift(today, unit, -count)).days if months else count * _DAYS[unit]
            self.draft.inactive_days = days or None

    def _read_weekends(self, mentions: list[Mention], when: str) -> list[Mention]:
        """Weekends as a filter; and the day that "esta mañana" or "anoche" is a part of."""
        draft = self.draft
        if weekend := clock_rules.read_weekend(self.reading):
            if mentions or weekend.lexemes[-1].text.endswith("s") or clock_rules.is_every(weekend):
                draft.weekdays = draft.weekdays or (5, 6)
            else:
                spec = PeriodSpec("calendar", unit="weekend", offset=0)
                mentions = [*mentions, Mention(weekend.place, spec, weekend.text)]
        for place, mention in enumerate(mentions):
            if mention.spec.kind == "rolling" and mention.spec.unit == "weekend":
                draft.weekdays = (5, 6)
                mentions[place] = replace(mention, spec=replace(mention.spec, unit="week"))
        if not mentions and when.startswith(("esta ", "this ", "tonight", "anoche", "last night")):
            offset = -1 if when in ("anoche", "last night") else 0
            mentions = [Mention(0, PeriodSpec("calendar", unit="day", offset=offset), when)]
        return mentions

    def _read_weekday_asked(self) -> None:
        """ "¿Qué sábado de octubre fue el mejor?" ranks the days that are Saturdays."""
        asked = self.reading.take(r"(?:que|which|what) W") if not self.draft.breakdowns else None
        order = shape_rules.read_order(self.reading) if asked else None
        if asked and order:
            self.draft.weekdays = (int(asked.values("W")[0]),)
            self.draft.breakdowns, self.draft.ranking = (Dimension.DAY,), Ranking(order, 1)

    def _read_words(self, said: list[tuple[int, Metric, str]], mentions: list[Mention], negated_at: int | None) -> None:
        """Comparisons, changes, shares and averages, which decide how the rest is meant."""
        reading, draft = self.reading, self.draft
        share = shape_rules.read_share(reading)
        trend = shape_rules.read_trend(reading)
        compares = self.compares
        if compares and len(mentions) < 2 and len({metric for _, metric, _ in said}) > 1:
            compares = False  # the metrics are compared
        self.either = len(mentions) < 2 and (
            compares or (not draft.ranking and shape_rules.read_order(reading) is not None)
        )
        if self._told_apart():
            compares = False
        change = shape_rules.read_change(reading) or ("" if self.better_or_worse else None)
        average = shape_rules.read_average(reading)
        extreme = shape_rules.read_order(reading) if not draft.ranking and negated_at is None else None
        extreme = None if draft.breakdowns else extreme
        shape_rules.read_extremes(reading)
        if extreme and not (compares or change is not None or len(mentions) == 2):
            self.unread = Declined("not_understood")  # "the most" of something that was not recognised
        named = bool(draft.filters.keys() & {"products", "categories"} or self.leftovers.resemble_products())
        draft.metrics = metric_rules.choose_metrics(
            said,
            named=named,
            counted=self.counted and negated_at is None,
            by_customer=Dimension.CUSTOMER in draft.breakdowns,
        )
        if asks_for_more(reading, draft, counted=self.counted, dated=bool(mentions)):
            self.unread = Declined("not_understood")
        if not draft.metrics and not (self.connected and self.context.previous) and metric_rules.read_overview(reading):
            draft.metrics = metric_rules.OVERVIEW
        try:
            draft.period, draft.comparison = comparing.assign(
                mentions,
                compares=compares,
                changes=change is not None and not trend,
                negated_at=negated_at,
                goes_on=self.context.previous is not None and not draft.metrics,
                joined=self._joined(mentions),
            )
        except TooManyPeriods:
            self.unread = Declined("not_understood")
        if draft.comparison and not draft.period and not self.context.previous:
            draft.period = comparing.LAST_MONTH
        each_month = any(mention.text == EACH_MONTH for mention in mentions) and not draft.comparison
        if (each_month or trend) and not draft.breakdowns:
            draft.breakdowns = (self._series_unit() if trend else Dimension.MONTH,)
        if change and not draft.breakdowns and (asked := shape_rules.read_asked(reading)):
            draft.breakdowns, draft.ranking = (asked,), Ranking()
        if change and draft.ranking and draft.breakdowns:
            self._rank_by_change(change)
        self._read_ratio(share=share, average=average)

    def _joined(self, mentions: list[Mention]) -> bool:
        """Whether there is only an "and" or "or" between two periods."""
        if len(mentions) != 2:
            return False
        between = self.reading.lexemes[mentions[0].end : mentions[1].place]
        return all(lexeme.text in JOINS for lexeme in between)

    def _told_apart(self) -> bool:
        """Whether what is compared are names or weekdays, which are then told one by one."""
        compared = self._compared() if self.either else None
        if not compared or self.draft.breakdowns:
            return False
        self.draft.breakdowns, self.unread = (compared,), None
        if not self.draft.metrics:
            self.draft.comparison = None
        return True

    def _compared(self) -> Dimension | None:
        """What several names or weekdays stand for: "pan frente a café" compares two products."""
        if len(self.draft.weekdays) > 1:
            return Dimension.WEEKDAY
        kinds = {"products": Dimension.PRODUCT, "categories": Dimension.CATEGORY, "stores": Dimension.STORE}
        return next((kind for field, kind in kinds.items() if len(self.draft.filters.get(field, ())) > 1), None)

    def _rank_by_change(self, change: str) -> None:
        falls = any(
            word.startswith(
                ("baj", "cay", "cai", "dismin", "desc", "empeor", "drop", "fall", "fell", "declin", "decreas", "worse")
            )
            for word in change.split()
        )
        order = "bottom" if falls else "top"
        limit = self.draft.ranking.limit if self.draft.ranking else 5
        self.draft.ranking = Ranking(order, limit, "change")  # type: ignore[arg-type]
        self.draft.period = self.draft.period or comparing.LAST_MONTH
        self.draft.comparison = self.draft.comparison or comparing.PREVIOUS

    def _read_ratio(self, *, share: bool, average: bool) -> None:
        """What a percentage or an average is of."""
        draft = self.draft
        rates = {Metric.RETURNS: Metric.RETURN_RATE, Metric.MARGIN: Metric.MARGIN_RATE}
        if share and draft.metrics and draft.metrics[0] in rates:
            draft.metrics = (rates[draft.metrics[0]],)
        elif (
            share
            and self.draft.comparison is None
            and not any(METRICS[metric].unit == "percent" for metric in draft.metrics)
        ):
            draft.share = True
        if not average or any(
            not METRICS[metric].additive and METRICS[metric].subject == "sales" for metric in draft.metrics
        ):
            return
        if set(draft.breakdowns) & {Dimension.WEEKDAY, Dimension.HOUR}:
            draft.average = True
            return
        days = not draft.breakdowns or draft.breakdowns == (Dimension.DAY,)
        if draft.metrics and draft.metrics[0] in PER_DAY and days and (draft.weekdays or draft.breakdowns):
            draft.metrics, draft.breakdowns = (PER_DAY[draft.metrics[0]],), ()
        elif draft.metrics or not self.context.previous:
            self.unread = Declined("not_understood")

    def _series_unit(self) -> Dimension:
        """The step of a series: days within a month, months beyond."""
        spec = self.draft.period
        short = spec is not None and (
            (spec.unit in ("day", "week", "weekend", "month") and spec.count * _DAYS[spec.unit] <= 62)
            or (
                spec.kind == "named"
                and spec.start is not None
                and "Q" not in spec.start
                and "H" not in spec.start
                and not spec.start.isdigit()
            )
        )
        return Dimension.DAY if short else Dimension.MONTH

    def _finish(self, *, same_period: bool) -> Planned | Declined:
        draft, previous = self.draft, self.context.previous
        if not draft.says_something:
            return Declined("not_understood")
        if draft.period and not (draft.metrics or draft.breakdowns or draft.narrows or draft.share or previous):
            draft.metrics = metric_rules.OVERVIEW  # a period alone: how did it go?
        asks_anew = bool(draft.metrics) and not self.connected and not same_period
        if previous and not (asks_anew and (draft.period or draft.filters or draft.breakdowns)):
            if same_period and not draft.period:
                draft.period = _spoken_of(previous)
            if self.connected or same_period or not draft.metrics:
                return self._checked(follow_up(draft, previous))
            draft.period = draft.period or previous.plan.period
        plan = complete(draft)
        return self._checked(plan) if plan else Declined("not_understood")

    def _checked(self, plan: Plan) -> Planned | Declined:
        """A plan that the figures can be read for."""
        subject = METRICS[plan.metrics[0]].subject
        if plan.period.kind in ("previous", "same_last_year") and not self.context.previous:
            plan = replace(plan, period=_without_anchor(plan.period, self.context))
        if plan.filters.products and plan.filters.categories:
            return Declined("not_understood")  # a product and a category: their overlap is not what is meant
        if subject in ("inactive", "unsold", "catalogue"):
            plan = replace(
                plan, breakdowns=plan.breakdowns if subject == "catalogue" else (), share=False, average=False
            )
        elif plan.share and not (plan.breakdowns or plan.filters != type(plan.filters)()):
            return Declined("not_understood")
        return Planned(plan)


def _spoken_of(previous: Previous) -> PeriodSpec:
    """ "Ese mes": the dates last spoken of."""
    last = previous.period.end - timedelta(days=1)
    return PeriodSpec("range", start=previous.period.start.isoformat(), end=last.isoformat())


def _without_anchor(spec: PeriodSpec, context: PlanningContext) -> PeriodSpec:
    """ "El mes anterior" as the first thing said is last month; "el mismo mes del año pasado" this month a year ago."""
    if spec.kind == "previous":
        return PeriodSpec("calendar", unit=spec.unit or "month", offset=-1)
    day = context.today - timedelta(days=365)
    return PeriodSpec("named", start=f"{day.year}-{day.month:02}")
