"""Styles of right answers in English."""

from __future__ import annotations

from tests.unit.checker.right_answers import Teller, cap, style


def _changed(t: Teller) -> bool:
    change, difference, baseline = t.by("_change"), t.by("_difference"), t.baseline()
    return bool(change and difference and baseline and change.value)


def _was(t: Teller, metric: str) -> str:
    return "was" if t.metric(metric).startswith("the ") else "were"


@style("en", "total")
def plain(t: Teller) -> str:
    m = t.sheet.plan.metrics[0]
    return f"{cap(t.metric(m))} {t.when()} came to {t.figure(t.by(''), noun=False)}."


@style("en", "total")
def greeting(t: Teller) -> str:
    m = t.sheet.plan.metrics[0]
    return f"Hi there! Looking at your records, {t.metric(m)} {t.when()} {_was(t, m)} {t.figure(t.by(''), noun=False)}. Let me know if you'd like a breakdown by product."


@style("en", "total")
def colon(t: Teller) -> str:
    return f"**{cap(t.bare(t.sheet.plan.metrics[0]))}** ({t.period()}): **{t.figure(t.by(''), noun=False)}**"


@style("en", "total")
def about(t: Teller) -> str | None:
    fact = t.by("")
    if fact.unit != "money" or abs(fact.value) < 10_000:
        return None
    return f"{cap(t.when())}, {t.metric(fact.metric)} {_was(t, fact.metric)} around {t.rounded(fact)} ({t.figure(fact)} to be exact)."


@style("en", "total")
def you_sold(t: Teller) -> str | None:
    fact = t.by("")
    if fact.metric != "net_sales":
        return None
    return f"You made {t.figure(fact)} in sales {t.when()}."


@style("en", "several")
def sentence_of_several(t: Teller) -> str:
    parts = [f"{t.metric(m)} {_was(t, m)} {t.figure(t.by('', m), noun=False)}" for m in t.sheet.plan.metrics]
    return f"Here is the summary for {t.period()}: " + ", ".join(parts[:-1]) + f" and {parts[-1]}."


@style("en", "several")
def bullets_of_several(t: Teller) -> str:
    lines = [f"- **{cap(t.bare(m))}:** {t.figure(t.by('', m), noun=False)}" for m in t.sheet.plan.metrics]
    return f"Summary {t.when()}:\n\n" + "\n".join(lines)


@style("en", "several")
def two_sentences(t: Teller) -> str:
    first, second, *_ = t.sheet.plan.metrics
    return f"{cap(t.when())}, {t.metric(first)} reached {t.figure(t.by('', first), noun=False)}. Meanwhile, {t.metric(second)} {_was(t, second)} {t.figure(t.by('', second), noun=False)}."


@style("en", "comparison")
def up_from(t: Teller) -> str | None:
    if not _changed(t):
        return None
    value, base, change = t.by(""), t.baseline(), t.by("_change")
    return f"{cap(t.metric(value.metric))} {t.up(change, ('', ''), ('rose', 'fell'))} by {t.figure(change)} {t.when()}, from {t.figure(base)} {t.when(base.period)} to {t.figure(value)}."


@style("en", "comparison")
def against(t: Teller) -> str | None:
    if not _changed(t):
        return None
    value, base, diff = t.by(""), t.baseline(), t.by("_difference")
    more = t.up(diff, ("", ""), ("more", "less"))
    return f"{cap(t.when())} {t.metric(value.metric)} {_was(t, value.metric)} {t.figure(value)}, compared with {t.figure(base)} {t.when(base.period)}. That is {t.figure(diff, noun=False)} {more}."


@style("en", "comparison")
def percent_more(t: Teller) -> str | None:
    if not _changed(t):
        return None
    value, base, change = t.by(""), t.baseline(), t.by("_change")
    more = t.up(change, ("", ""), ("higher", "lower"))
    return f"{cap(t.metric(value.metric))} {t.when()} {_was(t, value.metric)} {t.figure(value)}, {t.figure(change)} {more} than {t.when(base.period)} ({t.figure(base)})."


@style("en", "comparison")
def growth_noun(t: Teller) -> str | None:
    if not _changed(t):
        return None
    value, base, change = t.by(""), t.baseline(), t.by("_change")
    noun = t.up(change, ("", ""), ("an increase", "a decrease"))
    return f"{cap(t.when())}, {t.metric(value.metric)} totalled {t.figure(value)}, {noun} of {t.figure(change)} compared to {t.period(base.period)}, when the figure was {t.figure(base)}."


@style("en", "comparison")
def sign_in_brackets(t: Teller) -> str | None:
    if not _changed(t):
        return None
    value, base, change = t.by(""), t.baseline(), t.by("_change")
    sign = "+" if change.value > 0 else "-"
    return f"- {cap(t.period())}: {t.figure(value)}\n- {cap(t.period(base.period))}: {t.figure(base)}\n- Change in {t.metric(value.metric)}: {sign}{t.figure(change)}"


@style("en", "comparison")
def yes_they_rose(t: Teller) -> str | None:
    if not _changed(t):
        return None
    value, base, change = t.by(""), t.baseline(), t.by("_change")
    verb = t.up(change, ("", ""), ("went up", "went down"))
    return f"Your {t.bare(value.metric)} {verb}. {cap(t.when())} the figure was {t.figure(value)} and {t.when(base.period)} it was {t.figure(base)}, so {t.figure(change)} {t.up(change, ('', ''), ('more', 'less'))}."


@style("en", "comparison")
def difference_first(t: Teller) -> str | None:
    if not _changed(t):
        return None
    value, base, diff = t.by(""), t.baseline(), t.by("_difference")
    verb = t.up(diff, ("", ""), ("a rise", "a drop"))
    return f"Between {t.period(base.period)} and {t.period()}, {t.metric(value.metric)} went from {t.figure(base)} to {t.figure(value)}: {verb} of {t.figure(diff, noun=False)}."


@style("en", "ranking", "average")
def numbered(t: Teller) -> str | None:
    rows = t.rows()
    if len(rows) < 2 or len(t.sheet.plan.metrics) > 1:
        return None
    lines = [f"{n}. **{t.row(row[0])}** – {t.figure(row[0])}" for n, row in enumerate(rows, 1)]
    return f"Here is the list by {t.bare(t.sheet.plan.metrics[0])} {t.when()}:\n\n" + "\n".join(lines)


@style("en", "ranking")
def winner(t: Teller) -> str | None:
    rows = t.rows()
    if (
        not rows
        or "product" not in rows[0][0].dimensions
        or t.sheet.plan.ranking.order != "top"
        or t.sheet.plan.metrics[0] != "net_sales"
    ):
        return None
    return f"Your best-selling product {t.when()} was {t.row(rows[0][0])}, with {t.figure(rows[0][0])} in sales."


@style("en", "ranking", "average")
def in_a_row(t: Teller) -> str | None:
    rows = t.rows()
    if len(rows) < 3:
        return None
    listed = [f"{t.row(r[0])} ({t.figure(r[0])})" for r in rows]
    return (
        f"By {t.bare(t.sheet.plan.metrics[0])}, {t.when()} the order is: "
        + ", ".join(listed[:-1])
        + f" and {listed[-1]}."
    )


@style("en", "ranking")
def leader_and_followers(t: Teller) -> str | None:
    rows = t.rows()
    if (
        len(rows) < 3
        or t.sheet.plan.ranking.order != "top"
        or "product" not in rows[0][0].dimensions
        or t.sheet.plan.metrics[0] != "net_sales"
    ):
        return None
    a, b, c = (r[0] for r in rows[:3])
    return f"{cap(t.when())} the top product was {t.row(a)} with {t.figure(a)} in sales, followed by {t.row(b)} with {t.figure(b)} and {t.row(c)} with {t.figure(c)}."


@style("en", "series")
def month_by_month(t: Teller) -> str | None:
    rows = t.rows()
    if not rows or "month" not in rows[0][0].dimensions:
        return None
    listed = [f"{t.figure(r[0])} in {t.row(r[0])}" for r in rows]
    return f"This is how {t.metric(t.sheet.plan.metrics[0])} developed: " + "; ".join(listed) + "."


@style("en", "series")
def series_lines(t: Teller) -> str | None:
    rows = t.rows()
    if not rows:
        return None
    return f"{cap(t.bare(t.sheet.plan.metrics[0]))} by period:\n" + "\n".join(
        f"• {cap(t.row(r[0]))}: {t.figure(r[0])}" for r in rows
    )


@style("en", "series")
def best_month(t: Teller) -> str | None:
    rows = t.rows()
    if len(rows) < 3 or "month" not in rows[0][0].dimensions or t.sheet.plan.metrics[0] != "net_sales":
        return None
    best = max(rows, key=lambda r: r[0].value)[0]
    worst = min(rows, key=lambda r: r[0].value)[0]
    return f"The best month was {t.row(best)}, with sales of {t.figure(best)}, and the worst was {t.row(worst)}, with {t.figure(worst)}."


@style("en", "average")
def best_weekday(t: Teller) -> str | None:
    rows = t.rows()
    if "weekday" not in rows[0][0].dimensions or t.sheet.plan.metrics[0] != "net_sales":
        return None
    return f"{t.row(rows[0][0])}s are your strongest day {t.when()}, with average sales of {t.figure(rows[0][0])}."


@style("en", "average")
def best_hour(t: Teller) -> str | None:
    rows = t.rows()
    if "hour" not in rows[0][0].dimensions or t.sheet.plan.metrics[0] != "net_sales":
        return None
    hour = int(t.row(rows[0][0])[:2])
    return f"Your busiest hour {t.when()} is {hour:02d}:00–{(hour + 1) % 24:02d}:00, averaging {t.figure(rows[0][0])} in sales."


@style("en", "change_ranking")
def risers(t: Teller) -> str | None:
    rows = t.rows()
    if t.sheet.plan.metrics[0] != "net_sales" or not rows:
        return None
    lines = []
    for row in rows:
        change = next((f for f in t.sheet.facts if f.role == "change" and f.dimensions == row[0].dimensions), None)
        base = next(f for f in t.sheet.facts if f.role == "baseline" and f.dimensions == row[0].dimensions)
        told = f" ({'+' if change.value > 0 else '' if change.value == 0 else '-'}{t.figure(change)})" if change else ""
        lines.append(f"- {t.row(row[0])}: {t.figure(row[0])} vs {t.figure(base)}{told}")
    return f"Sales in {t.period()} compared with {t.period(t.sheet.comparison)}:\n" + "\n".join(lines)


@style("en", "change_ranking")
def biggest_riser(t: Teller) -> str | None:
    rows = t.rows()
    change = next((f for f in t.sheet.facts if f.role == "change" and f.dimensions == rows[0][0].dimensions), None)
    if not change or change.value == 0 or t.sheet.plan.metrics[0] != "net_sales":
        return None
    return f"{cap(t.row(change))} took in {t.figure(rows[0][0])} {t.when()}, {t.figure(change)} {t.up(change, ('', ''), ('more', 'less'))} than {t.when(t.sheet.comparison)}."


@style("en", "unsold")
def dead_stock(t: Teller) -> str | None:
    number = t.sheet.facts[0]
    if number.value < 2:
        return None
    return f"There were {t.figure(number, noun=False)} products with no sales {t.when()}."


@style("en", "total")
def in_thousands(t: Teller) -> str | None:
    fact = t.by("")
    if fact.metric != "net_sales" or fact.value < 20_000:
        return None
    return f"Revenue {t.when()} was {t.rounded(fact)}."


@style("en", "several")
def money_and_counts(t: Teller) -> str | None:
    values = {str(m): t.by("", m) for m in t.sheet.plan.metrics}
    if not {"orders", "net_sales"} <= set(values):
        return None
    return f"{cap(t.when())} you had {t.figure(values['orders'])} worth {t.figure(values['net_sales'])} in sales."


@style("en", "comparison")
def stayed_below(t: Teller) -> str | None:
    if not _changed(t):
        return None
    value, base, change = t.by(""), t.baseline(), t.by("_change")
    word = t.up(change, ("", ""), ("above", "below"))
    return f"At {t.figure(value)}, {t.metric(value.metric)} {t.when()} ended {word} the {t.figure(base)} of {t.period(base.period)}."


@style("en", "comparison")
def insight(t: Teller) -> str | None:
    if not _changed(t):
        return None
    value, base, change = t.by(""), t.baseline(), t.by("_change")
    good = t.up(change, ("", ""), ("Good news: growth", "Watch out: a decline"))
    return f"{good} of {t.figure(change)} in {t.metric(value.metric)}. {cap(t.when())}: {t.figure(value)}; {t.when(base.period)}: {t.figure(base)}."


@style("en", "total")
def closing(t: Teller) -> str:
    return f"The total for {t.bare(t.sheet.plan.metrics[0])} {t.when()} was {t.figure(t.by(''), noun=False)}. I can break it down by product or by day if that helps."


@style("en", "ranking")
def worst(t: Teller) -> str | None:
    rows = t.rows()
    if (
        t.sheet.plan.ranking.order != "bottom"
        or t.sheet.plan.metrics[0] != "units"
        or "product" not in rows[0][0].dimensions
    ):
        return None
    return f"The worst-selling product {t.when()} was {t.row(rows[0][0])}: {t.figure(rows[0][0])}."


@style("en", "ranking")
def top_with_second_metric(t: Teller) -> str | None:
    rows = t.rows()
    if len(t.sheet.plan.metrics) < 2 or len(rows) < 2:
        return None
    lines = [f"{n}. {t.row(r[0])}: {t.figure(r[0])} ({t.figure(r[1])})" for n, r in enumerate(rows, 1)]
    return f"Ranking by {t.bare(t.sheet.plan.metrics[0])} {t.when()}:\n" + "\n".join(lines)


@style("en", "ranking")
def so_many(t: Teller) -> str | None:
    rows = t.rows()
    if (
        t.sheet.plan.ranking.order != "top"
        or t.sheet.plan.metrics[0] != "net_sales"
        or "product" not in rows[0][0].dimensions
        or len(rows) < 3
    ):
        return None
    lines = [f"{n}) {t.row(r[0])}: {t.figure(r[0])}" for n, r in enumerate(rows, 1)]
    return f"The {len(rows)} products with the highest sales {t.when()} are:\n" + "\n".join(lines)
