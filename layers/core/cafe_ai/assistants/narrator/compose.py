"""Which sentences a fact sheet is told in, and in what order: the answer, its context, one aside, what is missing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from cafe_ai.analytics.model import Dimension, FactSheet, Filters, Gap, Metric
from cafe_ai.assistants.narrator.en import English
from cafe_ai.assistants.narrator.es import Spanish
from cafe_ai.assistants.narrator.reading import Reading, Row, read
from cafe_ai.assistants.narrator.voice import NAMED, Listing, Voice
from cafe_ai.language.formats import Language, language_of

VOICES: dict[Language, type[Voice]] = {"es": Spanish, "en": English}

_SEEN_AT_A_GLANCE = 12  # of a longer breakdown the best and the worst row are pointed out
_LISTED_AT_MOST = 31
_TOLD_WITH_NAMES = (Metric.UNSOLD_PRODUCTS, Metric.OUT_OF_STOCK)
_NOT_OVER_A_PERIOD = (Metric.INACTIVE_CUSTOMERS, Metric.UNSOLD_PRODUCTS)


def narrate(sheet: FactSheet, locale: str) -> str:
    """The sheet in words. Every figure is a fact's, as it stands there; without facts it says what is missing."""
    voice = VOICES[language_of(locale)](sheet)
    if not sheet.facts:
        return _write([voice.gap(gap) for gap in sheet.gaps or (_nothing(sheet),)])
    reading = read(sheet)
    sentences = [*_answer(voice, sheet, reading), *_additions(voice, sheet, reading)]
    return _write([*sentences, *(voice.gap(gap) for gap in sheet.gaps if gap != "no_sales"), *_caveats(voice, sheet)])


def _nothing(sheet: FactSheet) -> Gap:
    return "no_records" if sheet.recorded is None else "no_sales"


def _answer(voice: Voice, sheet: FactSheet, reading: Reading) -> Iterator[str]:
    whole, metric = reading.whole, sheet.plan.metrics[0]
    count = whole.first.value if whole else None
    if metric in _TOLD_WITH_NAMES:
        names = [row.dimensions["product"] for row in reading.rows]
        tell = voice.unsold if metric is Metric.UNSOLD_PRODUCTS else voice.out_of_stock
        yield tell(count, names) if count else voice.only_named(metric, names)
        return
    if count and metric is Metric.INACTIVE_CUSTOMERS:
        yield voice.inactive(count)
    elif whole and whole.first.share:
        yield voice.share(whole.first, next(iter(reading.totals), None))
    elif whole:
        yield from _whole(voice, whole)
    if reading.rows:
        yield from _breakdown(voice, sheet, reading)


def _whole(voice: Voice, whole: Row) -> list[str]:
    figures = list(whole.figures.values())
    values = [figure.value for figure in figures if figure.value]
    if len(values) > 1 and not any(figure.is_compared for figure in figures):
        return [voice.several(values)]
    return [voice.total(figure.value, voice.filters) + voice.comparison(figure) for figure in figures if figure.value]


def _breakdown(voice: Voice, sheet: FactSheet, reading: Reading) -> Iterator[str]:
    rows, ranking = reading.rows, sheet.plan.ranking
    listing = _listing(sheet, rows)
    only = rows[0].first.value if len(rows) == 1 else None
    if only and voice.words[listing.metrics[0]].timeless and not ranking:
        yield voice.total(only, Filters(products=tuple(rows[0].dimensions.values())))
    elif only and ranking and (listing.direction or not listing.compared_with):
        yield voice.first_row(listing, _with_its_share(rows[0], reading))
    elif not _is_too_long(listing, rows):
        yield _list(voice, listing, rows)


def _with_its_share(row: Row, reading: Reading) -> Row:
    """The only row of a ranking with the share that would be an aside beside several."""
    share = next((aside.first.share for aside in reading.context if aside.dimensions == row.dimensions), None)
    if share is None:
        return row
    return Row(row.dimensions, {**row.figures, row.first.metric: replace(row.first, share=share)})


def _listing(sheet: FactSheet, rows: Sequence[Row]) -> Listing:
    return Listing(
        metrics=tuple(rows[0].figures),
        dimensions=tuple(Dimension(name) for name in rows[0].dimensions if name != "customer_name"),
        ranking=sheet.plan.ranking,
        average=sheet.plan.average,
        period=sheet.period,
        compared_with=sheet.comparison if any(row.first.is_compared for row in rows) else None,
        direction=_direction(sheet, rows),
    )


def _is_too_long(listing: Listing, rows: Sequence[Row]) -> bool:
    return listing.is_series and len(rows) > _LISTED_AT_MOST


def _direction(sheet: FactSheet, rows: Sequence[Row]) -> int | None:
    ranking = sheet.plan.ranking
    if ranking is None or ranking.by == "value":
        return None
    wanted = 1 if ranking.order == "top" else -1
    return wanted if all(row.first.direction == wanted for row in rows) else None


def _list(voice: Voice, listing: Listing, rows: Sequence[Row]) -> str:
    head = voice.list_head(listing)
    labels = [voice.row_label(row, row.first.told_by.period) for row in rows]
    if listing.dimension not in NAMED:
        labels = [_capitalize(label) for label in labels]
    lines = [f"{label}: {voice.row_figures(row)}" for label, row in zip(labels, rows, strict=True)]
    marks = [f"{number}. " if listing.ranking else "- " for number in range(1, len(lines) + 1)]
    shown = [f"{mark}{line}" for mark, line in zip(marks, lines, strict=True)][:_LISTED_AT_MOST]
    return "\n".join([head, *shown, *([f"- {voice.others}"] if len(lines) > len(shown) else [])])


def _additions(voice: Voice, sheet: FactSheet, reading: Reading) -> Iterator[str]:
    """What belongs to the answer, and one aside."""
    if reading.rows and not (reading.whole and reading.whole.first.share):
        yield from (voice.total_of_rows(total) for total in reading.totals)
    if reading.coverage and reading.coverage.value < 100:
        yield voice.coverage(reading.coverage)
    if reading.context:
        if not (len(reading.rows) == 1 and reading.context[0].first.share):
            yield _aside(voice, reading.context[0])
    elif not sheet.plan.ranking and len(reading.rows) > _SEEN_AT_A_GLANCE:
        yield from _extremes(voice, reading)
    if reading.rows and _is_too_long(listing := _listing(sheet, reading.rows), reading.rows):
        yield voice.too_long(listing.dimension)


def _extremes(voice: Voice, reading: Reading) -> Iterator[str]:
    """The best and the worst row of a long series, where no other row is its equal."""
    facts = [row.first.value for row in reading.rows if row.first.value and len(row.dimensions) == 1]
    values = [fact.value for fact in facts]
    for extreme in (max, min):
        chosen = extreme(values, default=None)
        if chosen is not None and values.count(chosen) == 1:
            yield voice.best_or_worst(facts[values.index(chosen)], best=extreme is max)


def _aside(voice: Voice, row: Row) -> str:
    if row.first.is_compared:
        return voice.beside(row.first)
    if row.first.share:
        return voice.share_of_row(row.first.share)
    fact = row.first.value
    if fact is None:
        return ""
    return voice.best_or_worst(fact, best=True) if row.dimensions else voice.total(fact, voice.filters)


def _caveats(voice: Voice, sheet: FactSheet) -> Iterator[str]:
    periods = [sheet.period, *([sheet.comparison] if sheet.comparison and "no_baseline" not in sheet.gaps else [])]
    metric = sheet.plan.metrics[0]
    if sheet.recorded is None or voice.words[metric].timeless or metric in _NOT_OVER_A_PERIOD:
        return
    if any(period.start < sheet.recorded[0] for period in periods):
        yield voice.records_begin(sheet.recorded[0])


def _write(sentences: Sequence[str]) -> str:
    """The sentences as a text: capitals and full stops; a list stands on lines of its own."""
    text = ""
    for sentence in filter(None, sentences):
        separator = "" if not text else "\n" if "\n" in text + sentence else " "
        text += separator + _capitalize(sentence) + ("" if "\n" in sentence else ".")
    return text


def _capitalize(sentence: str) -> str:
    return sentence[:1].upper() + sentence[1:]
