"""An analysis as a paragraph, without a language model: its most telling insights, and what is not known."""

from __future__ import annotations

from collections.abc import Iterator

from cafe_ai.assistants.narrator import narrate
from cafe_ai.assistants.words import Wording
from cafe_ai.language.formats import join_list, language_of
from cafe_ai.language.period_wording import describe_period
from cafe_ai.sales_analysis.model import Analysis, Finding
from cafe_ai.sales_analysis.phrases import MISSING, MISSING_FROM_DATA, NOT_KNOWN
from cafe_ai.sales_analysis.telling import sheet_of_analysis, tidy

SENTENCES = 6
LEAST_SENTENCES = 3
STORY = (
    ("sales", "units"),
    ("last_year",),
    ("orders_and_ticket",),
    ("driver",),
    ("category_up", "category_down", "product_up", "product_down", "product_best"),
    ("anomaly",),
)
"""The kinds that are told, in this order, one of each."""
OUTSIDE = ("no_records", "before_records", "after_records")


def tell(analysis: Analysis) -> Wording:
    """The paragraph. Its sentences are insights that were checked when they were found, and what is missing."""
    outside = next((gap for gap in analysis.gaps if gap in OUTSIDE), None)
    if outside:
        return Wording(narrate(sheet_of_analysis(analysis, ()), analysis.locale), by_model=False, verified=True)
    missing = list(tell_missing(analysis))
    told = list(_choose(analysis, SENTENCES - len(missing)))
    return Wording(" ".join([*(finding.text for finding in told), *missing]), by_model=False, verified=True)


def tell_missing(analysis: Analysis) -> Iterator[str]:
    """What cannot be known of the period: at most two sentences."""
    language = language_of(analysis.locale)
    for gap in analysis.gaps:
        if gap in NOT_KNOWN and (gap != "short_history" or "no_baseline" not in analysis.gaps):
            when = describe_period(analysis.period, language, as_of=analysis.as_of)
            yield tidy(NOT_KNOWN[gap][language].format(when=when), language)
            break
    names = [MISSING[gap][language] for gap in analysis.gaps if gap in MISSING]
    if names:
        # Of one that holds a comma, the last in the list is the one that can be read.
        names.sort(key=lambda name: "," in name)
        yield MISSING_FROM_DATA[language].format(missing=join_list(names, language))


def _choose(analysis: Analysis, most: int) -> list[Finding]:
    told = [
        found
        for kinds in STORY
        if (found := next((each for each in analysis.insights if each.kind in kinds), None)) is not None
    ]
    for finding in analysis.insights:
        if len(told) >= LEAST_SENTENCES:
            break
        if finding not in told:
            told.append(finding)
    return told[:most]
