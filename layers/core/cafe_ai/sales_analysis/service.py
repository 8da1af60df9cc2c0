"""POST /sales-analysis: read → compare → explain → words → check, written to the audit before it is returned."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from cafe_ai.analytics import repository as analytics
from cafe_ai.analytics.facts import period_gap
from cafe_ai.analytics.periods import ShopCalendar, business_day
from cafe_ai.assistants.memory import remember
from cafe_ai.assistants.model import AssistantType, Locale
from cafe_ai.assistants.records import billing
from cafe_ai.assistants.service import meter_for, moment_of
from cafe_ai.assistants.turns import Told, budget_left, model_name, write_turn
from cafe_ai.assistants.words import Wording
from cafe_ai.jobs.model import Job, JobKind
from cafe_ai.language.formats import Language, language_of
from cafe_ai.language.period_wording import word_days
from cafe_ai.platform.clock import milliseconds_since
from cafe_ai.sales_analysis import figures, narration
from cafe_ai.sales_analysis.advice import find_advice
from cafe_ai.sales_analysis.insights import find_insights
from cafe_ai.sales_analysis.model import Analysis, AnalysisAnswer, Span
from cafe_ai.sales_analysis.phrases import PROMPTS
from cafe_ai.sales_analysis.reading import HEADLINE, Reader, Readings, read
from cafe_ai.sales_analysis.span import Periods, check_span, resolve_span
from cafe_ai.sales_analysis.telling import Teller, make_sheet
from cafe_ai.tenancy.model import Business, Member, Permission

if TYPE_CHECKING:
    from cafe_ai.bootstrap import Runtime
    from cafe_ai.llm.metering import Meter

ENDPOINT = "/api/v1/ai/sales-analysis"


def analyse(runtime: Runtime, member: Member, span: Span, locale: Locale | None = None) -> Analysis:
    """The analysis of a span of a member's business, in the language asked for or else the business's.

    It only reads: no model, no audit. Raises InvalidRequest naming the field of a span that names no dates, and Unavailable
    where the database is away.
    """
    check_span(span)
    business = member.business
    as_of = moment_of(span.as_of, business)
    with runtime.database.transaction(business.id, member.user_id, member.deadline, read_only=True) as uow:
        recorded = analytics.recorded_days(uow, business.id, business_day(as_of, business.day_starts))
        calendar = ShopCalendar(
            business.timezone, business.day_starts, as_of, recorded[0] if recorded else as_of.date()
        )
        periods = resolve_span(span, calendar)
        empty = _empty(business, language_of(locale or business.locale), periods, calendar, recorded)
        gap = period_gap(make_sheet((), empty.period, empty.currency, recorded=recorded, as_of=as_of), calendar)
        if gap is not None or recorded is None:
            return replace(empty, gaps=(gap or "no_records",))
        readings = read(
            Reader(uow, business, calendar),
            periods,
            recorded,
            sees_customers=member.may(Permission.CUSTOMERS),
            knows_stock=span.as_of is None,
        )
    return _analysis(empty, readings)


def answer(runtime: Runtime, member: Member, span: Span, locale: Locale | None = None) -> AnalysisAnswer:
    """The analysis in words, written to the audit and the conversation before it is returned.

    Raises as `analyse`, and BudgetExhausted where the business chose to be refused; what was used of the model until then is
    billed with the error.
    """
    started = time.monotonic()
    meter = meter_for(runtime, member)
    with billing(meter):
        analysis = analyse(runtime, member, span, locale)
        wording = summarise(runtime, member, analysis, meter)
    milliseconds = milliseconds_since(started)
    degraded = not wording.by_model and not (meter is not None and not analysis.insights)
    told = Told(
        endpoint=ENDPOINT,
        prompt=prompt_of(span, analysis.locale),
        text=wording.text,
        language=analysis.locale,
        plan=plan_of(analysis, span),
        degraded=degraded,
        milliseconds=milliseconds,
        facts=analysis.facts,
        assistant_type=AssistantType.SALES_ANALYSIS,
    )
    return AnalysisAnswer(
        business_id=member.business.id,
        analysis=analysis,
        text=wording.text,
        conversation_id=write_turn(runtime, member, meter, told),
        response_time_ms=milliseconds,
        model_name=model_name(meter),
        degraded=degraded,
        tokens_used=meter.tokens_used if meter else 0,
        cost_usd=meter.cost_usd if meter else Decimal(0),
        verified=wording.verified,
        budget_left_usd=budget_left(member, meter),
    )


def start(runtime: Runtime, member: Member, span: Span, params: Mapping[str, Any], key: str | None) -> Job:
    """The job that makes the report of a span. Raises InvalidRequest naming the parameter, before anything is started."""
    from cafe_ai.jobs import service as jobs

    as_of = moment_of(span.as_of, member.business)
    resolve_span(span, ShopCalendar(member.business.timezone, member.business.day_starts, as_of, as_of.date()))
    return jobs.start(
        runtime,
        JobKind.SALES_REPORT,
        member.business.id,
        params,
        user_id=member.user_id,
        idempotency_key=key,
        deadline=member.deadline,
        field_prefix="",
    )


def summarise(
    runtime: Runtime,  # noqa: ARG001 -- every use case takes it first
    member: Member,
    analysis: Analysis,
    meter: Meter | None,
) -> Wording:
    """A paragraph about an analysis: a language model's where it tells nothing but the facts, else the narrator's.

    meter is the model with what it costs (`assistants.service.meter_for`), None without one. Nothing is written here:
    who calls this settles the meter. Where nothing was found in a period, no model is asked to say so.
    """
    if meter is not None and analysis.insights:
        from cafe_ai.sales_analysis import prose

        text = prose.write(meter, analysis, member.deadline, (member.business.name,))
        if text is not None:
            return Wording(text, by_model=True, verified=True)
    return narration.tell(analysis)


def prompt_of(span: Span, language: Language) -> str:
    """What stands for a question in the conversation: "Análisis de ventas: mensual"."""
    if span.preset is not None or span.start is None or span.end is None:
        return PROMPTS[span.preset or "monthly"][language]
    return PROMPTS["range"][language].format(days=word_days(span.start, span.end, language))


def plan_of(analysis: Analysis, span: Span) -> dict[str, Any]:
    """What the audit keeps of an analysis: which days and which findings, and the plan that a question which follows it up
    goes on from ("¿y el mes anterior?" asks for the net sales of the month before)."""
    return {
        **remember(make_sheet((), analysis.period, analysis.currency)),
        "analyse": span.preset or "range",
        "from": analysis.period.starts_at.isoformat(),
        "to": analysis.period.ends_at.isoformat(),
        "insights": [finding.kind for finding in analysis.insights],
        "recommendations": [finding.kind for finding in analysis.recommendations],
        "gaps": list(analysis.gaps),
    }


def _analysis(empty: Analysis, readings: Readings) -> Analysis:
    points, anomalies, missing = figures.days(readings)
    products = figures.rank(readings, readings.products, readings.products_before)
    categories = figures.rank(readings, readings.categories, readings.categories_before)
    analysis = replace(
        empty,
        previous=readings.previous,
        last_year=readings.last_year,
        headline=figures.headline(readings),
        days=points,
        products_best=products[0],
        products_worst=products[1],
        categories_best=categories[0],
        categories_worst=categories[1],
        hours=figures.hours(readings),
        weekdays=figures.weekdays(readings),
        customers=figures.customers(readings),
        drivers=figures.drivers(readings),
        anomalies=anomalies,
        gaps=(*figures.gaps(readings), *missing),
        margin_coverage=figures.coverage(readings),
    )
    teller = Teller(readings, language_of(analysis.locale))
    return replace(
        analysis,
        insights=find_insights(readings, analysis, teller),
        recommendations=find_advice(readings, teller),
    )


def _empty(
    business: Business,
    language: Language,
    periods: Periods,
    calendar: ShopCalendar,
    recorded: tuple[date, date] | None,
) -> Analysis:
    """The analysis of a period of which nothing is known yet."""
    return Analysis(
        currency=business.currency,
        locale=language,
        period=periods.period,
        previous=None,
        last_year=None,
        headline=tuple(figures.compare(metric, None, None, None, business.currency) for metric in HEADLINE),
        days=(),
        products_best=(),
        products_worst=(),
        categories_best=(),
        categories_worst=(),
        hours=(),
        weekdays=(),
        customers=(),
        drivers=None,
        anomalies=(),
        insights=(),
        recommendations=(),
        recorded=recorded,
        as_of=calendar.as_of,
    )
