"""Question → plan → facts → words → check: the answer to a question about a business.

What has no plan may be answered by the business's documents and catalogue: they are searched once the rules have declined.
No transaction is open while a search or a language model answers: one reads, none waits, one writes.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID
from zoneinfo import ZoneInfo

from cafe_ai.analytics import repository as figures
from cafe_ai.analytics.metrics import METRICS, takes_filters
from cafe_ai.analytics.model import Dimension, FactSheet, Plan
from cafe_ai.analytics.periods import UnknownPeriod, business_day
from cafe_ai.analytics.service import gather
from cafe_ai.assistants import records, shops
from cafe_ai.assistants.documents import routing
from cafe_ai.assistants.documents.model import Found
from cafe_ai.assistants.memory import recall
from cafe_ai.assistants.model import Answer, Locale, Question
from cafe_ai.assistants.narrator import decline
from cafe_ai.assistants.planning.model import Declined, Planned, PlanningContext
from cafe_ai.assistants.planning.rules import RulesPlanner
from cafe_ai.assistants.reviews.model import Reviewed
from cafe_ai.assistants.reviews.words import REVIEWING, may_ask_for_reviews
from cafe_ai.assistants.words import Wording, put_into_words
from cafe_ai.budgets.service import budget_of
from cafe_ai.catalogue.port import Search, default_search
from cafe_ai.conversations import repository as conversations
from cafe_ai.conversations.model import Turn
from cafe_ai.errors import PermissionDenied
from cafe_ai.language.detection import detect_language
from cafe_ai.language.formats import language_of
from cafe_ai.platform import tracing
from cafe_ai.platform.clock import milliseconds_since, now_utc
from cafe_ai.platform.ids import uuid7
from cafe_ai.tenancy.model import Business, Member, Permission

if TYPE_CHECKING:
    from cafe_ai.bootstrap import Runtime
    from cafe_ai.examples.model import Example
    from cafe_ai.llm.metering import Meter
    from cafe_ai.llm.prompt_book import Prompts
    from cafe_ai.platform.db import UnitOfWork

NOT_ALLOWED = "Your role in this business does not allow to ask for these figures."


@dataclass(frozen=True, slots=True)
class Understood:
    """What became of a question: the context it was read in, and its facts, what was found, or why there is neither.

    searched is there where documents or the catalogue were searched, also in vain.
    """

    context: PlanningContext
    outcome: FactSheet | Found | Reviewed | Declined
    searched: Found | None = None


def answer(runtime: Runtime, member: Member, question: Question, search: Search | None = None) -> Answer:
    """The answer to a member's question, written to the audit and the conversation before it is returned.

    Rules plan first. What they did not understand is searched for in the documents and the catalogue, unless it is about
    money or customers; what is not found there a language model plans, and it tells the facts. search is the catalogue's
    unless a test brings another. Raises ConversationNotFound, PermissionDenied, BudgetExhausted (where the business chose
    to be refused), and Unavailable where the database is away; what was used of the model until then is billed with the
    error.
    """
    meter = meter_for(runtime, member)
    with records.billing(meter):
        return _answer(runtime, member, question, meter, search)


def _answer(runtime: Runtime, member: Member, question: Question, meter: Meter | None, search: Search | None) -> Answer:
    started = time.monotonic()
    with _reading(runtime, member) as uow:
        turn = conversations.get_turn(uow, question.conversation_id) if question.conversation_id else None
        context = _context(uow, member, question, turn)
        understood = _read_reviews(uow, member, question, context) or _plan(uow, member, question, context)
    if isinstance(understood.outcome, Declined):
        understood = _search(runtime, member, question, understood, search)
    reachable = meter is not None
    if meter is not None and isinstance(understood.outcome, Declined):
        planned = _plan_with_model(runtime, member, question, meter, understood)
        reachable = planned is not None
        understood = planned or understood
    with tracing.span("words"):
        wording = _tell(member, question, understood, meter if reachable else None)
    without_model = isinstance(understood.outcome, Declined | Reviewed) or (
        isinstance(understood.outcome, Found) and not understood.outcome.passages
    )
    degraded = not (wording.by_model or (reachable and without_model))
    tracing.current().set("cafe_ai.answer.degraded", degraded)
    return records.write(
        runtime,
        member,
        question,
        understood,
        wording,
        meter,
        degraded=degraded,
        milliseconds=milliseconds_since(started),
    )


def _read_reviews(uow: UnitOfWork, member: Member, question: Question, context: PlanningContext) -> Understood | None:
    """What customers write, where the question asks for that; who may see customers may know it. None where it does not ask."""
    if question.assistant_type not in REVIEWING or not may_ask_for_reviews(question.text):
        return None
    from cafe_ai.assistants.reviews.named import period_in, products_in
    from cafe_ai.assistants.reviews.routing import asks_about_reviews, wanted_of
    from cafe_ai.assistants.reviews.service import tell_reviews

    if not asks_about_reviews(question.text):
        return None
    if not member.may(Permission.CUSTOMERS):
        raise PermissionDenied(NOT_ALLOWED)
    named = products_in(question.text, context.names)
    wanted = wanted_of(question.text, " / ".join(named) or None, period_in(question.text, context))
    told = tell_reviews(uow, member.business, context.as_of, language_of(context.locale), wanted, named)
    return Understood(context, told)


def _plan(uow: UnitOfWork, member: Member, question: Question, context: PlanningContext) -> Understood:
    """What the rules make of a question, and its facts."""
    how = routing.asks_how(question)
    with tracing.span("plan by rules"):
        planned = Declined("not_understood") if how else RulesPlanner().plan(question.text, context)
    return _read_figures(uow, member, planned, context)


def _search(
    runtime: Runtime, member: Member, question: Question, by_rules: Understood, search: Search | None
) -> Understood:
    """What documents and catalogue say to a question without a plan. What is found there is never planned with.

    Figures that the member may not see are refused here too, before anything is searched.
    """
    if routing.asks_for_sales(question.text) and not member.may(Permission.MONEY):
        raise PermissionDenied(NOT_ALLOWED)
    if not isinstance(by_rules.outcome, Declined) or question.assistant_type not in routing.SEARCHING:
        return by_rules
    from cafe_ai.assistants.documents.service import Finder

    finder = Finder(runtime, member, question, by_rules.context, search or default_search())
    with tracing.span("search"):
        found = finder.find(by_rules.outcome)
    return replace(by_rules, outcome=found or by_rules.outcome, searched=found)


def _plan_with_model(
    runtime: Runtime, member: Member, question: Question, meter: Meter, by_rules: Understood
) -> Understood | None:
    """What a language model makes of a question that the rules did not understand; None where none can be reached."""
    from cafe_ai.assistants.planning.language_model import LanguageModelPlanner, PlanRejected
    from cafe_ai.llm.port import ModelUnavailable

    def customers(said: Sequence[str]) -> list[tuple[str, str | None]]:
        with _reading(runtime, member) as uow:
            return figures.customers_called(uow, member.business.id, said)

    try:
        examples = _examples_for(runtime, member, question, by_rules.context.locale)
        planner = LanguageModelPlanner(meter, _prompts_of(member), examples)
        with tracing.span("plan by model"):
            planned = planner.plan(question.text, replace(by_rules.context, customers=customers))
    except ModelUnavailable:
        return None
    except PlanRejected:
        return by_rules
    if isinstance(planned, Declined):
        vague = isinstance(by_rules.outcome, Declined) and by_rules.outcome.reason == "not_understood"
        return replace(by_rules, outcome=planned) if vague or planned.candidates else by_rules
    with _reading(runtime, member) as uow:
        return _read_figures(uow, member, planned, by_rules.context, by_rules.searched)


def _examples_for(runtime: Runtime, member: Member, question: Question, locale: Locale) -> Sequence[Example]:
    """The examples to show. A model that was trained on the type's examples is asked as it was trained: without any."""
    configured = runtime.language_model
    if configured is None or runtime.model_routes.find(configured, member) is not None:
        return ()
    return runtime.examples.nearest(member, question.text, locale)


def _read_figures(
    uow: UnitOfWork,
    member: Member,
    planned: Planned | Declined,
    context: PlanningContext,
    searched: Found | None = None,
) -> Understood:
    """The facts of a plan, once it is clear that the member may know them."""
    if isinstance(planned, Declined):
        return Understood(context, planned, searched)
    _permit(member, planned.plan)
    if not takes_filters(planned.plan):
        return Understood(context, Declined("not_understood"), searched)
    anchor = context.previous.period if context.previous else None
    try:
        with tracing.span("facts"):
            facts = gather(uow, planned.plan, member.business, context.as_of, anchor)
        return Understood(context, facts, searched)
    except UnknownPeriod:
        return Understood(context, Declined("not_understood"), searched)


def _permit(member: Member, plan: Plan) -> None:
    """Permission is asked for what the plan reads, whichever assistant was addressed."""
    needed = {METRICS[metric].permission for metric in plan.metrics}
    if plan.filters.customers or Dimension.CUSTOMER in plan.breakdowns:
        needed.add(Permission.CUSTOMERS)
    if not all(member.may(permission) for permission in needed):
        raise PermissionDenied(NOT_ALLOWED)


def _tell(member: Member, question: Question, understood: Understood, language_model: Meter | None) -> Wording:
    locale, outcome = understood.context.locale, understood.outcome
    if isinstance(outcome, Declined):
        found = understood.searched
        text = decline(
            outcome.reason,
            locale,
            outcome.subject,
            outcome.candidates,
            searched=found is not None,
            instead=found.nothing if found is not None else "",
        )
        return Wording(text, by_model=False, verified=True)
    if isinstance(outcome, Reviewed):
        return Wording(outcome.text, by_model=False, verified=True)
    names = (member.business.name,)
    if isinstance(outcome, Found):
        from cafe_ai.assistants.documents import telling

        asker = telling.Asker(question.text, locale, names)
        return telling.tell(outcome, asker, member.business, understood.context, language_model)
    prompts = None if language_model is None else _prompts_of(member)
    return put_into_words(outcome, question.text, locale, language_model, member.deadline, names, prompts)


def _prompts_of(member: Member) -> Prompts:
    from cafe_ai.llm.prompt_book import prompt_book

    return prompt_book().for_business(member.business.id)


def _context(uow: UnitOfWork, member: Member, question: Question, turn: Turn | None) -> PlanningContext:
    business = member.business
    as_of = moment_of(question.as_of, business)
    return PlanningContext(
        as_of=as_of,
        today=business_day(as_of, business.day_starts),
        names=shops.names_of(uow, business),
        deadline=member.deadline,
        customers=lambda said: figures.customers_called(uow, business.id, said),
        sees_customers=member.may(Permission.CUSTOMERS),
        previous=recall(turn.plan) if turn else None,
        locale=_locale(question, turn, business),
    )


def _locale(question: Question, turn: Turn | None, business: Business) -> Locale:
    """The language asked for, the question's own, that of the turn before, or the business's."""
    chosen = question.locale or detect_language(question.text) or (turn.locale if turn else business.locale)
    return "en" if chosen == "en" else "es"


def moment_of(as_of: datetime | None, business: Business) -> datetime:
    """The moment of asking in the shop's time zone; without an offset it is the shop's local time."""
    zone = ZoneInfo(business.timezone)
    if as_of is None:
        return now_utc().astimezone(zone)
    return as_of.replace(tzinfo=zone) if as_of.tzinfo is None else as_of.astimezone(zone)


def _reading(runtime: Runtime, member: Member) -> AbstractContextManager[UnitOfWork]:
    return runtime.database.transaction(member.business.id, member.user_id, member.deadline, read_only=True)


def meter_for(runtime: Runtime, member: Member, inference_id: UUID | None = None) -> Meter | None:
    """The language model with its meter for one inference; None where there is none or the budget is spent.

    Who uses it writes the inference with `turns.usage_of(meter)`, which settles what the meter reserved. It has a new id
    unless one is given.
    """
    language_model = None if member.budget_spent else runtime.language_model_for(member)
    if language_model is None:
        return None
    from cafe_ai.llm.metering import Meter

    inference_id = inference_id or uuid7()
    return Meter(language_model, budget_of(runtime.database, member, inference_id), inference_id)
