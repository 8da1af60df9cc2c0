"""What a business is told of its jobs, in its language."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any, Literal
from zoneinfo import ZoneInfo

from cafe_ai.analytics.model import Period
from cafe_ai.language.formats import (
    Language,
    format_count,
    format_date,
    format_money,
    format_percent,
    format_time,
)
from cafe_ai.language.period_wording import name_period
from cafe_ai.notifications import reasons
from cafe_ai.notifications.model import Delivery, Event, Links

INSIGHTS = 3
NAME_CHARACTERS = 80
REASON_CHARACTERS = 500
SUMMARY_CHARACTERS = 800

Tone = Literal["good", "bad", "neutral"]

DONE: dict[str, dict[Language, str]] = {
    "generate_sales_report": {"es": "Tu informe de ventas está listo", "en": "Your sales report is ready"},
    "generate_product_recommendations": {
        "es": "Tus recomendaciones de productos están listas",
        "en": "Your product recommendations are ready",
    },
    "analyze_customer_behavior": {
        "es": "El análisis de tus clientes está listo",
        "en": "The analysis of your customers is ready",
    },
    "generate_inventory_forecast": {
        "es": "La previsión de tu inventario está lista",
        "en": "The forecast of your inventory is ready",
    },
    "analyze_reviews": {"es": "Tus reseñas están leídas", "en": "Your reviews have been read"},
}
FAILED: dict[str, dict[Language, str]] = {
    "generate_sales_report": {
        "es": "No hemos podido hacer tu informe de ventas",
        "en": "We could not make your sales report",
    },
    "generate_product_recommendations": {
        "es": "No hemos podido preparar tus recomendaciones de productos",
        "en": "We could not prepare your product recommendations",
    },
    "analyze_customer_behavior": {
        "es": "No hemos podido analizar a tus clientes",
        "en": "We could not analyse your customers",
    },
    "generate_inventory_forecast": {
        "es": "No hemos podido hacer la previsión de tu inventario",
        "en": "We could not make the forecast of your inventory",
    },
    "analyze_reviews": {"es": "No hemos podido leer tus reseñas", "en": "We could not read your reviews"},
}
OTHER_DONE: dict[Language, str] = {"es": "Tu encargo está listo", "en": "What you asked for is ready"}
OTHER_FAILED: dict[Language, str] = {
    "es": "No hemos podido hacer tu encargo",
    "en": "We could not do what you asked for",
}

METRICS: dict[str, dict[Language, str]] = {
    "revenue": {"es": "Ventas netas", "en": "Net sales"},
    "orders": {"es": "Pedidos", "en": "Orders"},
    "units": {"es": "Unidades", "en": "Units"},
    "average_ticket": {"es": "Ticket medio", "en": "Average ticket"},
    "returns": {"es": "Devoluciones", "en": "Returns"},
    "margin": {"es": "Margen", "en": "Margin"},
    "margin_rate": {"es": "Margen sobre ventas", "en": "Margin rate"},
}
FORMATS: dict[str, dict[Language, str]] = {
    "html": {"es": "Ver el informe", "en": "Open the report"},
    "pdf": {"es": "Descargar el PDF", "en": "Download the PDF"},
    "csv": {"es": "Descargar los datos (CSV)", "en": "Download the data (CSV)"},
    "json": {"es": "Descargar los datos (JSON)", "en": "Download the data (JSON)"},
}
PDF_NAMES: dict[Language, str] = {"es": "informe-ventas.pdf", "en": "sales-report.pdf"}

_FILE_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}\.pdf")

WORDS: dict[str, dict[Language, str]] = {
    "compared": {"es": "Cambio frente al período anterior", "en": "Change from the period before"},
    "insights": {"es": "Lo más importante", "en": "What matters most"},
    "attached": {"es": "El informe completo va adjunto en PDF.", "en": "The whole report is attached as a PDF."},
    "expire": {
        "es": "Los enlaces funcionan, como mucho, hasta el {day} a las {time}.",
        "en": "The links work until {day}, {time}, at the latest.",
    },
    "afterwards": {
        "es": "Después, pide unos nuevos en la aplicación; el PDF adjunto no caduca.",
        "en": "After that, ask for new ones in the app; the attached PDF does not expire.",
    },
    "afterwards_only": {
        "es": "Después, pide unos nuevos en la aplicación.",
        "en": "After that, ask for new ones in the app.",
    },
    "again": {
        "es": "Puedes pedirlo otra vez en la aplicación. Si vuelve a fallar, escríbenos e indica esta referencia: {job}.",
        "en": "You can ask for it again in the app. If it fails again, write to us and quote this reference: {job}.",
    },
    "in_app": {"es": "Puedes verlo en la aplicación.", "en": "You can see it in the app."},
    "footer": {
        "es": "Recibes este mensaje porque {business} ha pedido avisos en esta dirección.",
        "en": "You receive this message because {business} asked for notices at this address.",
    },
}


@dataclass(frozen=True, slots=True)
class Line:
    """A figure as it is read: its name, its value, how it changed (None where that is unknown) and whether that is good."""

    name: str
    value: str
    change: str | None
    tone: Tone


def one_line(text: str, most: int = NAME_CHARACTERS) -> str:
    """The text without line breaks, control or direction characters: fit for a header."""
    spaced = "".join(" " if unicodedata.category(character) in ("Cc", "Zl", "Zp") else character for character in text)
    words = "".join(character for character in spaced if unicodedata.category(character) not in ("Cf", "Cs")).split()
    line = " ".join(words)
    return line if len(line) <= most else line[: most - 1].rstrip() + "…"


def say(word: str, locale: Language, **values: str) -> str:
    """A sentence of WORDS."""
    return WORDS[word][locale].format(**values)


def title(delivery: Delivery) -> str:
    """What happened, in a few words, with the period where there is one."""
    locale: Language = delivery.locale
    if delivery.event is Event.FAILED:
        return FAILED.get(delivery.job_kind, OTHER_FAILED)[locale]
    done = DONE.get(delivery.job_kind, OTHER_DONE)[locale]
    period = _period(delivery)
    return done if period is None else f"{done}: {name_period(period, locale)}"


def subject(delivery: Delivery) -> str:
    """The subject: what happened, and to which business."""
    return f"{title(delivery)} · {one_line(delivery.business_name)}"


def pdf_name(delivery: Delivery) -> str:
    """The name under which the attached PDF is saved: its own, in ASCII."""
    name = delivery.files.get("pdf", "").rpartition("/")[2]
    return name if _FILE_NAME.fullmatch(name) else PDF_NAMES[delivery.locale]


def figures(delivery: Delivery) -> list[Line]:
    """The headline figures of a sales report that are known; none of other jobs."""
    return list(_lines(delivery))


def summary(delivery: Delivery) -> str:
    """What the job found, in the sentences that fit; "" where it says nothing in words."""
    told = (delivery.result or {}).get("summary")
    sentences = re.split(r"(?<=[.!?])\s+", " ".join(told.split())) if isinstance(told, str) else []
    fitting = ""
    for sentence in sentences:
        if len(fitting) + len(sentence) >= SUMMARY_CHARACTERS:
            break
        fitting = f"{fitting} {sentence}".strip()
    return fitting


def insights(delivery: Delivery) -> list[str]:
    """The most important sentences that the job found."""
    found = (delivery.result or {}).get("insights")
    texts = [text for text in found if isinstance(text, str)] if isinstance(found, list) else []
    return [" ".join(text.split()) for text in texts[:INSIGHTS]]


def expiry(delivery: Delivery, links: Links) -> tuple[str, str]:
    """The day and the time at which the links end, on the shop's clock."""
    moment = links.expire_at.astimezone(ZoneInfo(delivery.timezone))
    return format_date(moment.date(), delivery.locale, year=False), format_time(moment.time())


def reason(delivery: Delivery) -> str:
    """Why the job failed, as a sentence."""
    return reasons.explain(one_line(delivery.reason or "", REASON_CHARACTERS), delivery.locale)


def _lines(delivery: Delivery) -> Iterator[Line]:
    analysis = _analysis(delivery)
    for metric, name in METRICS.items():
        figure = analysis.get(metric)
        value = _number(figure.get("value")) if isinstance(figure, Mapping) else None
        if not isinstance(figure, Mapping) or value is None:
            continue
        change = _number(figure.get("change_percent"))
        yield Line(
            name[delivery.locale],
            _format(value, str(figure.get("unit")), delivery),
            None if change is None else format_percent(change, delivery.locale, signed=True),
            _tone(metric, change),
        )


def _analysis(delivery: Delivery) -> Mapping[str, Any]:
    analysis = (delivery.result or {}).get("analysis")
    return analysis if isinstance(analysis, Mapping) else {}


def _number(value: object) -> Decimal | None:
    """The number that JSON held; None where it held none."""
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal | str):
        return None
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def _format(value: Decimal, unit: str, delivery: Delivery) -> str:
    if unit == "money":
        return format_money(value, delivery.currency, delivery.locale)
    if unit == "percent":
        return format_percent(value, delivery.locale)
    return format_count(value, delivery.locale)


def _tone(metric: str, change: Decimal | None) -> Tone:
    if change is None or abs(change) < Decimal("0.05"):
        return "neutral"
    return "good" if (change > 0) != (metric == "returns") else "bad"


def _period(delivery: Delivery) -> Period | None:
    """The business days that the job was about, from its analysis; the end is exclusive."""
    told = _analysis(delivery).get("period")
    if not isinstance(told, Mapping):
        return None
    try:
        start, end = _moment(told["from"]), _moment(told["to"])
    except (KeyError, TypeError, ValueError):
        return None
    last = end.date() if end.time() == start.time() else end.date() + timedelta(days=1)
    return Period(
        start.date(), last, datetime.combine(start, time.min), datetime.combine(last, time.min), delivery.timezone
    )


def _moment(text: str) -> datetime:
    return datetime.combine(date.fromisoformat(text), time.min) if len(text) == 10 else datetime.fromisoformat(text)
