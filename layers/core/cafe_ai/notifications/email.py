"""A delivery as an e-mail: text, HTML, and the report as a PDF."""

from __future__ import annotations

from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr
from html import escape

from cafe_ai.notifications import wording
from cafe_ai.notifications.model import Delivery, Event, Links
from cafe_ai.notifications.wording import Line, Tone, say

COLOURS: dict[Tone, str] = {"good": "#1f7a3f", "bad": "#b3261e", "neutral": "#6b625a"}
FONT = "font-family:-apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif"
PAGE = """\
<!doctype html>
<html lang="{locale}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light"><title>{title}</title></head>
<body style="margin:0;padding:0;background:#f6f1ea">
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" style="background:#f6f1ea"><tr>
<td align="center" style="padding:24px 12px">
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" style="max-width:560px;background:#ffffff;\
border-radius:10px;overflow:hidden;{font};color:#2b2320;font-size:15px;line-height:1.5">
<tr><td style="background:#5b3a29;color:#ffffff;padding:14px 28px;font-size:14px">{business}</td></tr>
<tr><td style="padding:26px 28px 8px"><h1 style="margin:0;font-size:21px;line-height:1.3">{title}</h1></td></tr>
{parts}
<tr><td style="padding:20px 28px 24px;border-top:1px solid #eee6dd;color:#6b625a;font-size:12px">{footer}</td></tr>
</table></td></tr></table></body></html>
"""
PART = '<tr><td style="padding:6px 28px 14px">{inside}</td></tr>'
FIGURE = (
    '<tr><td style="padding:7px 0;border-bottom:1px solid #f1eae2;color:#6b625a">{name}</td>'
    '<td align="right" style="padding:7px 0;border-bottom:1px solid #f1eae2;white-space:nowrap"><strong>{value}</strong></td>'
    '<td align="right" style="padding:7px 0 7px 14px;border-bottom:1px solid #f1eae2;white-space:nowrap;color:{colour}">'
    "{change}</td></tr>"
)
BUTTON = (
    '<a href="{url}" style="display:inline-block;margin:4px 8px 4px 0;padding:9px 16px;border-radius:6px;{look};'
    'text-decoration:none;font-size:14px">{label}</a>'
)
FIRST_BUTTON = "background:#5b3a29;color:#ffffff"
OTHER_BUTTON = "background:#f1eae2;color:#5b3a29"


def compose(
    delivery: Delivery, sender: str, sent_at: datetime, links: Links | None = None, pdf: bytes | None = None
) -> bytes:
    """The message, ready to be sent: the same for the same arguments but for its MIME boundaries.

    sender is "name@host" or "Name <name@host>". Its Message-ID is made of the delivery's id, as is X-Cafe-AI-Delivery, which
    no mail service replaces. Nothing that a business or a job is called can add a header or markup.
    """
    message = EmailMessage(policy=SMTP)
    name, address = parseaddr(sender)
    message["From"] = Address(name, addr_spec=address)
    message["To"] = Address(addr_spec=delivery.address)
    message["Subject"] = wording.subject(delivery)
    message["Date"] = format_datetime(sent_at)
    message["Message-ID"] = f"<{delivery.id}@{address.rpartition('@')[2]}>"
    message["X-Cafe-AI-Delivery"] = str(delivery.id)
    message["Auto-Submitted"] = "auto-generated"  # so that no absence notice answers it (RFC 3834)
    message.set_content(_text(delivery, links, pdf is not None), cte="quoted-printable")
    message.add_alternative(_html(delivery, links, pdf is not None), subtype="html", cte="quoted-printable")
    if pdf is not None:
        message.add_attachment(pdf, maintype="application", subtype="pdf", filename=wording.pdf_name(delivery))
    message["Content-Language"] = delivery.locale  # last, as those before go to the parts
    return message.as_bytes()


def _text(delivery: Delivery, links: Links | None, attached: bool) -> str:
    business = wording.one_line(delivery.business_name)
    parts = [f"{business}\n\n{wording.title(delivery)}."]
    if delivery.event is Event.FAILED:
        parts.append(f"{wording.reason(delivery)}\n\n{say('again', delivery.locale, job=str(delivery.job_id))}")
    if told := wording.summary(delivery):
        parts.append(told)
    if lines := wording.figures(delivery):
        parts.append(_text_table(delivery, lines))
    if found := wording.insights(delivery):
        parts.append("\n".join([say("insights", delivery.locale), *(f"- {insight}" for insight in found)]))
    parts.extend(_closing(delivery, links, attached))
    if links:
        parts.append("\n".join(f"{_label(name, delivery)}: {url}" for name, url in links.by_format.items()))
    parts.append(f"-- \n{say('footer', delivery.locale, business=business)}")
    return "\n\n".join(parts) + "\n"


def _text_table(delivery: Delivery, lines: list[Line]) -> str:
    names, values = max(len(line.name) for line in lines), max(len(line.value) for line in lines)
    rows = [
        f"  {line.name:<{names}}  {line.value:>{values}}" + (f"  {line.change:>9}" if line.change else "")
        for line in lines
    ]
    if any(line.change for line in lines):
        rows.append(f"  ({say('compared', delivery.locale)})")
    return "\n".join(rows)


def _closing(delivery: Delivery, links: Links | None, attached: bool) -> list[str]:
    """Where the whole of it is, and for how long."""
    if delivery.event is Event.FAILED:
        return []
    if not links and not attached:
        return [say("in_app", delivery.locale)]
    sentences = [say("attached", delivery.locale)] if attached else []
    if links:
        day, moment = wording.expiry(delivery, links)
        sentences.append(say("expire", delivery.locale, day=day, time=moment))
        sentences.append(say("afterwards" if attached else "afterwards_only", delivery.locale))
    return [" ".join(sentences)]


def _html(delivery: Delivery, links: Links | None, attached: bool) -> str:
    parts = []
    if delivery.event is Event.FAILED:
        parts.append(_paragraph(wording.reason(delivery)))
        parts.append(_paragraph(say("again", delivery.locale, job=str(delivery.job_id))))
    if told := wording.summary(delivery):
        parts.append(_paragraph(told))
    if lines := wording.figures(delivery):
        parts.append(_html_table(delivery, lines))
    if found := wording.insights(delivery):
        items = "".join(f'<li style="margin:4px 0">{escape(insight)}</li>' for insight in found)
        heading = f"<strong>{escape(say('insights', delivery.locale))}</strong>"
        parts.append(f'{heading}<ul style="margin:6px 0 0;padding-left:20px">{items}</ul>')
    if links:
        parts.append(
            "".join(
                BUTTON.format(
                    url=escape(url), label=escape(_label(name, delivery)), look=OTHER_BUTTON if number else FIRST_BUTTON
                )
                for number, (name, url) in enumerate(links.by_format.items())
            )
        )
    parts.extend(_paragraph(text, small=True) for text in _closing(delivery, links, attached))
    business = wording.one_line(delivery.business_name)
    return PAGE.format(
        locale=delivery.locale,
        font=FONT,
        title=escape(wording.title(delivery)),
        business=escape(business),
        parts="\n".join(PART.format(inside=part) for part in parts),
        footer=escape(say("footer", delivery.locale, business=business)),
    )


def _html_table(delivery: Delivery, lines: list[Line]) -> str:
    rows = "".join(
        FIGURE.format(
            name=escape(line.name),
            value=escape(line.value),
            change=escape(line.change or ""),
            colour=COLOURS[line.tone],
        )
        for line in lines
    )
    table = (
        f'<table role="presentation" width="100%" cellpadding="0" cellspacing="0" style="font-size:15px">{rows}</table>'
    )
    note = _paragraph(say("compared", delivery.locale), small=True) if any(line.change for line in lines) else ""
    return table + note


def _paragraph(text: str, *, small: bool = False) -> str:
    look = ";color:#6b625a;font-size:13px" if small else ""
    return f'<p style="margin:6px 0{look}">{escape(text)}</p>'


def _label(name: str, delivery: Delivery) -> str:
    return wording.FORMATS[name][delivery.locale] if name in wording.FORMATS else name
