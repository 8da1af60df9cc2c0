"""Sentences of analyses that are no answer to a plan (segments, risks, forecasts), and the number check they go through.

The assistants' checker reads an answer against the plan that was asked; these sentences have none: each brings the facts it
was made of. They are read with the checker's own eyes (digits, numbers in words, currencies, percentages), and every figure
must be a fact of its sentence in unit, sign and value. A sentence that says more is not told.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

from cafe_ai.analytics.model import Fact, FactSheet, Metric, Period, PeriodSpec, Plan
from cafe_ai.assistants.checker import characters
from cafe_ai.assistants.checker.figures import find_figures
from cafe_ai.assistants.checker.model import Figure
from cafe_ai.assistants.checker.names import find_names
from cafe_ai.assistants.checker.reading import Reading
from cafe_ai.assistants.checker.values import has_unit, has_value
from cafe_ai.assistants.model import Statement
from cafe_ai.platform.telemetry import measures

_ANY_PLAN = Plan((Metric.NET_SALES,), PeriodSpec("all"))


def find_faults(
    statement: Statement, period: Period, currency: str, locale: str, names: Collection[str] = ()
) -> list[str]:
    """The figures of the sentence that are none of its facts', as they stand there; none: it may be told.

    names: further names that say nothing of a figure, such as the business's.
    """
    sheet = FactSheet(_ANY_PLAN, period, None, currency, statement.facts)
    reading = Reading(statement.text, locale)
    find_names(reading, sheet, [name for name in (*statement.names, *names) if name.strip()])
    characters.find_odd(reading)
    find_figures(reading)
    faults = [fault.excerpt for fault in reading.faults]
    for figure in reading.found(Figure):
        if not any(_says(figure, fact, currency) for fact in statement.facts):
            faults.append(statement.text[reading.tokens[figure.first].start : reading.tokens[figure.last - 1].end])
    return faults


def told(
    statements: Iterable[Statement], period: Period, currency: str, locale: str, names: Collection[str] = ()
) -> tuple[Statement, ...]:
    """The statements in which no fault was found, in their order; the others are counted as StatementRefused."""
    kept = []
    for statement in statements:
        if find_faults(statement, period, currency, locale, names):
            measures().count("StatementRefused")
        else:
            kept.append(statement)
    return tuple(kept)


def _says(figure: Figure, fact: Fact, currency: str) -> bool:
    suffix = fact.metric.rpartition("_")[2]
    return has_unit(figure, fact, suffix, currency) and has_value(figure, fact)
