"""A choice in words, without a language model: an introduction, a line for each product, and what is to be said besides.

Every figure comes from the facts of the reason that is told; `checking` reads the text as it does a language model's.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from cafe_ai.analytics.model import Fact
from cafe_ai.language.formats import (
    Language,
    format_count,
    format_money,
    format_percent,
    join_list,
    pluralize,
)
from cafe_ai.language.period_wording import word_days
from cafe_ai.recommendations.model import Choice, Item, Note, Reason, Windows
from cafe_ai.recommendations.phrases import (
    DAYPARTS,
    INTROS,
    NOTES,
    REASONS,
    REASONS_WITHOUT_FIGURES,
    STOCK_ONLY,
    UNITS,
    WINDOWS,
)

# Notes that are the whole answer, and those that follow the list.
OPENING: tuple[Note, ...] = (
    "no_catalogue", "nothing_fits", "nothing_after_diet", "no_baskets", "no_history", "all_out_of_stock"
)  # fmt: skip
CLOSING: tuple[Note, ...] = ("diet_excluded",)
WINDOWED = frozenset({"bestseller", "rising", "unsold_stock"})


def tell(choice: Choice, language: Language) -> str:
    """The whole text, a line a product."""
    notes = NOTES[language]
    opening = [notes[note].format(about=choice.about) for note in OPENING if note in choice.notes]
    if not choice.items:
        return " ".join(opening) or notes["nothing_fits"]
    lines = [" ".join([*opening, *_introduce(choice, language)])]
    lines += [_line(item, choice, language) for item in choice.items]
    lines += [notes[note] for note in CLOSING if note in choice.notes]
    return "\n".join(lines)


def tell_reason(item: Item, choice: Choice, language: Language) -> str:
    """Why the product was chosen, as a clause: "deja un margen del 76,0 % y es de lo que más se vende (432 unidades)"."""
    clauses = [_clause(reason, choice, language) for reason in item.reasons]
    return join_list(clauses, language)


def _introduce(choice: Choice, language: Language) -> list[str]:
    kind = choice.kind
    if kind == "together":
        kinds = {reason.kind for item in choice.items for reason in item.reasons}
        intro = (
            "together" if "together" in kinds else "similar" if "no_baskets" in choice.notes else "together_at_times"
        )
    else:
        intro = kind
    told = {reason.kind for item in choice.items for reason in item.reasons if reason.facts}
    said = [INTROS[language][intro].format(about=choice.about)]
    if choice.windows is not None and told & WINDOWED:
        said.insert(0, WINDOWS[language].format(days=window_days(choice.windows, language)))
    return said


def window_days(windows: Windows, language: Language) -> str:
    """The recent days as they are told: "del 28 de octubre al 24 de noviembre de 2026"."""
    return word_days(windows.recent.start, windows.recent.end - timedelta(days=1), language)


def _line(item: Item, choice: Choice, language: Language) -> str:
    told = f" ({format_fact(item.price, language)})" if item.price else ""
    left, right = "«»" if language == "es" else "“”"
    return f"- {left}{item.product.name}{right}{told}: {tell_reason(item, choice, language)}."


def _clause(reason: Reason, choice: Choice, language: Language) -> str:
    figures = _figures(reason.facts, language)
    templates = REASONS if reason.facts else REASONS_WITHOUT_FIGURES
    template = templates[language][reason.kind]
    if reason.kind == "overstock" and "days_of_stock" not in figures:
        template = STOCK_ONLY[language]
    return template.format(
        **figures,
        other=reason.other,
        part=DAYPARTS[language][choice.daypart] if choice.daypart else "",
        span=choice.windows.season.days if choice.windows else "",
    )


def _figures(facts: tuple[Fact, ...], language: Language) -> Mapping[str, str]:
    """The reason's figures by the name of their metric; a second one of the same metric is `..._before`."""
    told: dict[str, str] = {}
    for fact in facts:
        name = fact.metric if fact.metric not in told else f"{fact.metric}_before"
        told[name] = format_fact(fact, language)
        if fact.unit == "count":
            told[f"{name}_units"] = f"{told[name]} {pluralize(fact.value, *UNITS[language])}"
    return told


def format_fact(fact: Fact, language: Language) -> str:
    """The fact's value as a text shows it."""
    if fact.unit == "money":
        return format_money(fact.value, fact.currency or "", language)
    if fact.unit == "percent":
        return format_percent(fact.value, language)
    return format_count(fact.value, language)
