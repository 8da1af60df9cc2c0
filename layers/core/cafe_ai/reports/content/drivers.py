"""Why net sales changed: the parts of the change as a chart and as a table that adds up, and the products behind it."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from functools import partial

from cafe_ai.analytics.model import Period
from cafe_ai.language.formats import money_places, round_half_up
from cafe_ai.language.period_wording import name_period
from cafe_ai.reports.charts.ranking import Ranked, Ranking, draw_ranking
from cafe_ai.reports.charts.waterfall import Step, Waterfall, draw_waterfall
from cafe_ai.reports.document import Block, Cell, Column, Figure, Paragraph, Section, Table, TableRow
from cafe_ai.reports.model import SalesReport
from cafe_ai.reports.voice import Voice, tone_of
from cafe_ai.sales_analysis.model import Contribution, Drivers

CONTRIBUTIONS, _LONGEST_NAME = 10, 24
"""So many products are drawn; the CSV and JSON files hold all."""


def drivers(report: SalesReport, voice: Voice) -> Section | None:
    """The section; None where the change cannot be told, which the notes say why."""
    found = report.analysis.drivers
    net = report.analysis.figure("net_sales")
    if found is None or net is None or net.value is None or net.previous is None:
        return None
    change = voice.cents(found.change)
    amounts = shares_of(change, [each.amount for each in found.parts], money_places(voice.currency))
    current = voice.cents(net.value)
    previous = current - change
    words = voice.words
    steps = [
        Step(words.drivers[part.name].name, amount, voice.money(amount, signed=True))
        for part, amount in zip(found.parts, amounts, strict=True)
    ]
    blocks: list[Block] = [
        Paragraph(
            words.drivers_intro.format(
                previous=voice.money(previous), current=voice.money(current), change=voice.money(change, signed=True)
            )
        ),
        _figure(report, voice, (previous, current), [step for step in steps if step.amount]),
        _table(found, steps, change, voice),
    ]
    if found.contributions:
        largest = sorted(found.contributions, key=lambda each: abs(each.amount), reverse=True)
        blocks.append(_contributions(largest[:CONTRIBUTIONS], voice))
    return Section("drivers", words.headings.drivers, tuple(blocks))


def shares_of(total: Decimal, amounts: Sequence[Decimal], places: int) -> list[Decimal]:
    """The amounts rounded so that they add up to the total, each less than a unit of the last place from its own.

    By largest remainder: what rounding down leaves over goes to those that lost most. Where the amounts do not add up
    to the total themselves (to a unit each), they are rounded half up and left so.
    """
    unit = Decimal(1).scaleb(-places)
    floors = [(amount / unit).to_integral_value(rounding="ROUND_FLOOR") for amount in amounts]
    left = int((total / unit).to_integral_value() - sum(floors, Decimal(0)))
    if not 0 <= left <= len(amounts):
        return [round_half_up(amount, places) for amount in amounts]
    order = sorted(range(len(amounts)), key=lambda number: (floors[number] - amounts[number] / unit, number))
    for number in order[:left]:
        floors[number] += 1
    return [floor * unit + Decimal(0).scaleb(-places) for floor in floors]


def _figure(report: SalesReport, voice: Voice, totals: tuple[Decimal, Decimal], steps: Sequence[Step]) -> Figure:
    analysis, chart = report.analysis, voice.words.chart
    names = [
        _total_name(analysis.previous, chart.previous_total, voice),
        _total_name(analysis.period, chart.total, voice),
    ]
    waterfall = Waterfall(
        title=chart.drivers,
        description="; ".join(f"{step.name}: {step.words}" for step in steps),
        start=Step(names[0], totals[0], voice.money(totals[0])),
        steps=tuple(steps),
        end=Step(names[1], totals[1], voice.money(totals[1])),
    )
    note = "" if waterfall.from_zero else chart.drivers_zoomed
    return Figure(chart.drivers, "", partial(draw_waterfall, waterfall), note)


def _total_name(period: Period | None, otherwise: str, voice: Voice) -> str:
    """A period's name where it is short enough for a chart, else what it is called beside the other."""
    name = name_period(period, voice.language) if period is not None else ""
    return name[:1].upper() + name[1:] if 0 < len(name) <= _LONGEST_NAME else otherwise


def _table(found: Drivers, steps: Sequence[Step], change: Decimal, voice: Voice) -> Table:
    words = voice.words
    rows = [
        TableRow(
            (
                Cell(step.name, note=words.drivers[part.name].meaning),
                Cell(step.words, tone_of(step.amount, "net_sales")),
            )
        )
        for part, step in zip(found.parts, steps, strict=True)
    ]
    rows.append(TableRow((Cell(words.table.total_change), Cell(voice.money(change, signed=True))), total=True))
    columns = (Column(words.table.reason, figures=False, weight=4.0), Column(words.table.amount))
    return Table(words.table.drivers_caption, columns, tuple(rows))


def _contributions(found: Sequence[Contribution], voice: Voice) -> Figure:
    words = voice.words
    bars = tuple(
        Ranked(
            each.product,
            each.amount,
            voice.money(each.amount, signed=True),
            aside=words.drivers[each.driver].short,
        )
        for each in found
    )
    description = "; ".join(f"{each.name}: {each.words} ({each.aside})" for each in bars)
    ranking = Ranking(words.contributions_intro, description, bars, signed=True)
    return Figure(words.contributions_intro, "", partial(draw_ranking, ranking))
