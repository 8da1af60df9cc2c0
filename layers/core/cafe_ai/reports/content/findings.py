"""What stands out, what to do about it, and which products to promote."""

from __future__ import annotations

from cafe_ai.reports.document import Item, Items, Paragraph, Section
from cafe_ai.reports.model import SalesReport
from cafe_ai.reports.voice import Voice
from cafe_ai.sales_analysis.model import Finding


def insights(report: SalesReport, voice: Voice) -> Section:
    """The insights in the order of their money, but for those that the summary above has told in the same words."""
    words = voice.words
    every = report.analysis.insights
    found = [each for each in every if each.text not in report.summary] or every
    block = Items(tuple(Item(each.text) for each in found), numbered=True) if found else Paragraph(words.no_insights)
    return Section("insights", words.headings.insights, (block,))


def recommendations(report: SalesReport, voice: Voice) -> Section | None:
    """The recommendations in the order of their money; None where nothing stands out that they could be about."""
    words = voice.words
    found = report.analysis.recommendations
    if not found and not report.analysis.insights:
        return None
    items = Items(tuple(_item(each, voice) for each in found), numbered=True)
    return Section(
        "recommendations", words.headings.recommendations, (items if found else Paragraph(words.no_recommendations),)
    )


def promotions(report: SalesReport, voice: Voice) -> Section | None:
    """The products to promote, each with its reason."""
    if not report.promotions:
        return None
    items = Items(tuple(Item(each.product, detail=_sentence(each.reason)) for each in report.promotions))
    return Section("promotions", voice.words.headings.promotions, (items,))


def _item(finding: Finding, voice: Voice) -> Item:
    aside = voice.words.at_stake.format(money=voice.money(finding.money)) if finding.money > 0 else ""
    return Item(finding.text, aside)


def _sentence(reason: str) -> str:
    """A reason, which goes on from the product's name elsewhere, as a line of its own."""
    return reason[:1].upper() + reason[1:]
