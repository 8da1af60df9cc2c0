"""Styles of right answers in Spanish."""

from __future__ import annotations

from tests.unit.checker.right_answers import Teller, cap, style


def _changed(t: Teller) -> bool:
    change, difference, baseline = t.by("_change"), t.by("_difference"), t.baseline()
    return bool(change and difference and baseline and change.value)


@style("es", "total")
def plain(t: Teller) -> str:
    return f"{cap(t.when())}, {t.metric(t.sheet.plan.metrics[0])} ascendieron a {t.figure(t.by(''))}."


@style("es", "total")
def greeting(t: Teller) -> str:
    return f"¡Hola! Según tus registros, {t.metric(t.sheet.plan.metrics[0])} {t.when()} se situaron en {t.figure(t.by(''))}. ¿Quieres que lo compare con otro periodo?"


@style("es", "total")
def colon(t: Teller) -> str:
    return f"**{cap(t.bare(t.sheet.plan.metrics[0]))}** ({t.period()}): **{t.figure(t.by(''))}**"


@style("es", "total")
def about(t: Teller) -> str | None:
    fact = t.by("")
    if fact.unit != "money" or abs(fact.value) < 10_000:
        return None
    return f"{cap(t.when())}, {t.metric(fact.metric)} fueron de unos {t.rounded(fact)}, en concreto {t.figure(fact)}."


@style("es", "total")
def you_sold(t: Teller) -> str | None:
    fact = t.by("")
    if fact.metric != "net_sales":
        return None
    return f"{cap(t.when())} vendiste {t.figure(fact)} en total."


@style("es", "several")
def sentence_of_several(t: Teller) -> str:
    parts = [f"{t.metric(m)} fueron {t.figure(t.by('', m), noun=False)}" for m in t.sheet.plan.metrics]
    return f"Este es el resumen de {t.period()}: " + ", ".join(parts[:-1]) + f" y {parts[-1]}."


@style("es", "several")
def bullets_of_several(t: Teller) -> str:
    lines = [f"- **{cap(t.bare(m))}:** {t.figure(t.by('', m), noun=False)}" for m in t.sheet.plan.metrics]
    return f"Resumen {t.when()}:\n\n" + "\n".join(lines)


@style("es", "several")
def two_sentences(t: Teller) -> str:
    first, second, *_ = t.sheet.plan.metrics
    return f"{cap(t.when())}, {t.metric(first)} alcanzaron {t.figure(t.by('', first), noun=False)}. Por su parte, {t.metric(second)} fueron {t.figure(t.by('', second), noun=False)}."


@style("es", "comparison")
def up_from(t: Teller) -> str | None:
    if not _changed(t):
        return None
    value, base, change = t.by(""), t.baseline(), t.by("_change")
    return f"{cap(t.metric(value.metric))} {t.up(change, ('subieron', 'bajaron'), ('', ''))} un {t.figure(change)} {t.when()}: pasaron de {t.figure(base)} en {t.period(base.period)} a {t.figure(value)}."


@style("es", "comparison")
def against(t: Teller) -> str | None:
    if not _changed(t):
        return None
    value, base, diff = t.by(""), t.baseline(), t.by("_difference")
    more = t.up(diff, ("más", "menos"), ("", ""))
    return f"{cap(t.when())} {t.metric(value.metric)} fueron {t.figure(value)}, frente a {t.figure(base)} {t.when(base.period)}. Son {t.figure(diff, noun=False)} {more}."


@style("es", "comparison")
def percent_more(t: Teller) -> str | None:
    if not _changed(t):
        return None
    value, base, change = t.by(""), t.baseline(), t.by("_change")
    more = t.up(change, ("más", "menos"), ("", ""))
    return f"{cap(t.metric(value.metric))} de {t.period()} fueron de {t.figure(value)}, un {t.figure(change)} {more} que {t.when(base.period)} ({t.figure(base)})."


@style("es", "comparison")
def growth_noun(t: Teller) -> str | None:
    if not _changed(t):
        return None
    value, base, change = t.by(""), t.baseline(), t.by("_change")
    noun = t.up(change, ("un aumento", "una caída"), ("", ""))
    return f"{cap(t.when())}, {t.metric(value.metric)} sumaron {t.figure(value)}, lo que supone {noun} del {t.figure(change)} con respecto a {t.period(base.period)}, cuando fueron {t.figure(base)}."


@style("es", "comparison")
def sign_in_brackets(t: Teller) -> str | None:
    if not _changed(t):
        return None
    value, base, change = t.by(""), t.baseline(), t.by("_change")
    sign = "+" if change.value > 0 else "-"
    return f"- {cap(t.period())}: {t.figure(value)}\n- {cap(t.period(base.period))}: {t.figure(base)}\n- Variación de {t.metric(value.metric)}: {sign}{t.figure(change)}"


@style("es", "comparison")
def yes_they_rose(t: Teller) -> str | None:
    if not _changed(t):
        return None
    value, base, change = t.by(""), t.baseline(), t.by("_change")
    verb = t.up(change, ("aumentaron", "disminuyeron"), ("", ""))
    return f"Sí, {t.metric(value.metric)} {verb}. {cap(t.when())} fueron de {t.figure(value)} y {t.when(base.period)} de {t.figure(base)}, es decir, un {t.figure(change)} {t.up(change, ('más', 'menos'), ('', ''))}."


@style("es", "comparison")
def difference_first(t: Teller) -> str | None:
    if not _changed(t):
        return None
    value, base, diff = t.by(""), t.baseline(), t.by("_difference")
    verb = t.up(diff, ("un incremento", "un descenso"), ("", ""))
    return f"Entre {t.period(base.period)} y {t.period()}, {t.metric(value.metric)} pasaron de {t.figure(base)} a {t.figure(value)}: {verb} de {t.figure(diff, noun=False)}."


@style("es", "ranking", "average")
def numbered(t: Teller) -> str | None:
    rows = t.rows()
    if len(rows) < 2 or len(t.sheet.plan.metrics) > 1:
        return None
    lines = [f"{n}. **{t.row(row[0])}** – {t.figure(row[0])}" for n, row in enumerate(rows, 1)]
    return f"Este es el listado por {t.bare(t.sheet.plan.metrics[0])} {t.when()}:\n\n" + "\n".join(lines)


@style("es", "ranking")
def winner(t: Teller) -> str | None:
    rows = t.rows()
    if (
        not rows
        or "product" not in rows[0][0].dimensions
        or t.sheet.plan.ranking.order != "top"
        or t.sheet.plan.metrics[0] != "net_sales"
    ):
        return None
    return f"El producto con más ingresos {t.when()} fue {t.row(rows[0][0])}, con {t.figure(rows[0][0])}."


@style("es", "ranking", "average")
def in_a_row(t: Teller) -> str | None:
    rows = t.rows()
    if len(rows) < 3:
        return None
    listed = [f"{t.row(r[0])} ({t.figure(r[0])})" for r in rows]
    return (
        f"Por {t.bare(t.sheet.plan.metrics[0])}, {t.when()} el orden es: "
        + ", ".join(listed[:-1])
        + f" y {listed[-1]}."
    )


@style("es", "ranking")
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
    return f"{cap(t.when())} el producto más vendido fue {t.row(a)}, con {t.figure(a)} en ventas. Le siguen {t.row(b)}, con {t.figure(b)}, y {t.row(c)}, con {t.figure(c)}."


@style("es", "series")
def month_by_month(t: Teller) -> str | None:
    rows = t.rows()
    if not rows or "month" not in rows[0][0].dimensions:
        return None
    listed = [f"{t.figure(r[0])} en {t.row(r[0])}" for r in rows]
    return f"La evolución de {t.metric(t.sheet.plan.metrics[0])} fue la siguiente: " + "; ".join(listed) + "."


@style("es", "series")
def series_lines(t: Teller) -> str | None:
    rows = t.rows()
    if not rows:
        return None
    return f"{cap(t.bare(t.sheet.plan.metrics[0]))} por periodo:\n" + "\n".join(
        f"• {cap(t.row(r[0]))}: {t.figure(r[0])}" for r in rows
    )


@style("es", "series")
def best_month(t: Teller) -> str | None:
    rows = t.rows()
    if len(rows) < 3 or "month" not in rows[0][0].dimensions or t.sheet.plan.metrics[0] != "net_sales":
        return None
    best = max(rows, key=lambda r: r[0].value)[0]
    worst = min(rows, key=lambda r: r[0].value)[0]
    return f"El mejor mes fue {t.row(best)}, con ventas de {t.figure(best)}, y el peor {t.row(worst)}, con {t.figure(worst)}."


@style("es", "average")
def best_weekday(t: Teller) -> str | None:
    rows = t.rows()
    if "weekday" not in rows[0][0].dimensions or t.sheet.plan.metrics[0] != "net_sales":
        return None
    return f"El día de la semana en que más se vende de media es el {t.row(rows[0][0])}, con {t.figure(rows[0][0])} {t.when()}."


@style("es", "average")
def best_hour(t: Teller) -> str | None:
    rows = t.rows()
    if "hour" not in rows[0][0].dimensions or t.sheet.plan.metrics[0] != "net_sales":
        return None
    hour = int(t.row(rows[0][0])[:2])
    return f"La hora punta {t.when()} es de {hour:02d}:00 a {(hour + 1) % 24:02d}:00, con una media de {t.figure(rows[0][0])} en ventas."


@style("es", "change_ranking")
def risers(t: Teller) -> str | None:
    rows = t.rows()
    if t.sheet.plan.metrics[0] != "net_sales" or not rows:
        return None
    lines = []
    for row in rows:
        change = next((f for f in t.sheet.facts if f.role == "change" and f.dimensions == row[0].dimensions), None)
        base = next(f for f in t.sheet.facts if f.role == "baseline" and f.dimensions == row[0].dimensions)
        told = f" ({'+' if change.value > 0 else '' if change.value == 0 else '-'}{t.figure(change)})" if change else ""
        lines.append(f"- {t.row(row[0])}: {t.figure(row[0])}, frente a {t.figure(base)}{told}")
    return f"Ventas de {t.period()} comparadas con {t.period(t.sheet.comparison)}:\n" + "\n".join(lines)


@style("es", "change_ranking")
def biggest_riser(t: Teller) -> str | None:
    rows = t.rows()
    change = next((f for f in t.sheet.facts if f.role == "change" and f.dimensions == rows[0][0].dimensions), None)
    if not change or change.value == 0 or t.sheet.plan.metrics[0] != "net_sales":
        return None
    return f"{cap(t.row(change))} vendió {t.figure(rows[0][0])} {t.when()}, un {t.figure(change)} {t.up(change, ('más', 'menos'), ('', ''))} que {t.when(t.sheet.comparison)}."


@style("es", "unsold")
def dead_stock(t: Teller) -> str | None:
    number = t.sheet.facts[0]
    if number.value < 2:
        return None
    return f"Hay {t.figure(number, noun=False)} productos que no se vendieron {t.when()}."


@style("es", "total")
def in_thousands(t: Teller) -> str | None:
    fact = t.by("")
    if fact.metric != "net_sales" or fact.value < 20_000:
        return None
    return f"{cap(t.when())} facturaste {t.rounded(fact)}."


@style("es", "several")
def money_and_counts(t: Teller) -> str | None:
    values = {str(m): t.by("", m) for m in t.sheet.plan.metrics}
    if not {"orders", "net_sales"} <= set(values):
        return None
    return f"{cap(t.when())} registraste {t.figure(values['orders'])} y vendiste {t.figure(values['net_sales'])}."


@style("es", "comparison")
def stayed_below(t: Teller) -> str | None:
    if not _changed(t):
        return None
    value, base, change = t.by(""), t.baseline(), t.by("_change")
    word = t.up(change, ("por encima", "por debajo"), ("", ""))
    return f"Con {t.figure(value)}, {t.metric(value.metric)} de {t.period()} quedaron {word} de los {t.figure(base)} de {t.period(base.period)}."


@style("es", "comparison")
def insight(t: Teller) -> str | None:
    if not _changed(t):
        return None
    value, base, change = t.by(""), t.baseline(), t.by("_change")
    good = t.up(change, ("Buena noticia: crecimiento", "Ojo: caída"), ("", ""))
    return f"{good} del {t.figure(change)} en {t.metric(value.metric)}. {cap(t.when())} fueron {t.figure(value)}; {t.when(base.period)}, {t.figure(base)}."


@style("es", "total")
def closing(t: Teller) -> str:
    return f"El total de {t.bare(t.sheet.plan.metrics[0])} {t.when()} fue de {t.figure(t.by(''), noun=False)}. Si quieres, puedo desglosarlo por producto o por día."


@style("es", "ranking")
def worst(t: Teller) -> str | None:
    rows = t.rows()
    if (
        t.sheet.plan.ranking.order != "bottom"
        or t.sheet.plan.metrics[0] != "units"
        or "product" not in rows[0][0].dimensions
    ):
        return None
    return f"El producto menos vendido {t.when()} ha sido {t.row(rows[0][0])}: {t.figure(rows[0][0])}."


@style("es", "ranking")
def top_with_second_metric(t: Teller) -> str | None:
    rows = t.rows()
    if len(t.sheet.plan.metrics) < 2 or len(rows) < 2:
        return None
    lines = [f"{n}. {t.row(r[0])}: {t.figure(r[0])} ({t.figure(r[1])})" for n, r in enumerate(rows, 1)]
    return f"Clasificación por {t.bare(t.sheet.plan.metrics[0])} {t.when()}:\n" + "\n".join(lines)


@style("es", "ranking")
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
    return f"Los {len(rows)} productos con más ventas {t.when()} son:\n" + "\n".join(lines)
