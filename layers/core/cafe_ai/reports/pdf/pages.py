"""The whole PDF: its pages with header and footer, its outline and what it says of itself."""

from __future__ import annotations

from datetime import UTC
from io import BytesIO
from typing import TYPE_CHECKING, Any

from cafe_ai.reports.document import Document, Section
from cafe_ai.reports.legible import LOST
from cafe_ai.reports.pdf.blocks import flow, paragraph, room_for_start
from cafe_ai.reports.pdf.inks import colour
from cafe_ai.reports.pdf.letters import REGULAR, Letters
from cafe_ai.reports.pdf.styles import BOTTOM, MARGIN, PAGE, TOP, WIDTH

if TYPE_CHECKING:
    from reportlab.pdfgen.canvas import Canvas
    from reportlab.platypus import Flowable

_FOOT_SIZE = 8.0
_HEADING = 46.0


def write_pdf(document: Document) -> bytes:
    """The document as a PDF on A4, the same bytes for the same document."""
    from reportlab.platypus import BaseDocTemplate, Frame, PageTemplate

    class Template(BaseDocTemplate):
        def afterFlowable(self, flowable: Flowable) -> None:  # noqa: N802
            _outline(self.canv, flowable)

    letters = Letters()
    file = BytesIO()
    template = Template(
        file,
        pagesize=PAGE,
        invariant=1,
        initialFontName=REGULAR,
        lang=document.language,
        title=letters.plain(document.title),
        author=letters.plain(document.business),
        subject=letters.plain(f"{document.kind}: {document.period}"),
        creator="cafe-ai",
    )
    frame = Frame(MARGIN, BOTTOM, WIDTH, PAGE[1] - TOP - BOTTOM, 0, 0, 0, 0)
    template.addPageTemplates([PageTemplate(frames=[frame], onPage=_page_marks(document, letters))])
    template.build(_story(document, letters), canvasmaker=_canvas_maker(document))
    return file.getvalue()


def _story(document: Document, letters: Letters) -> list[Flowable]:
    from reportlab.platypus import HRFlowable, Spacer

    story: list[Flowable] = [
        HRFlowable(width="100%", thickness=3, color=colour("accent"), spaceBefore=0, spaceAfter=11, lineCap="butt"),
        paragraph(document.kind.upper(), "kind", letters),
        paragraph(document.business, "business", letters),
        paragraph(document.period, "period", letters),
        paragraph(f"{document.comparison}. {document.made}.", "made", letters),
    ]
    for block in document.opening:
        story += flow(block, letters).flowables
    for section in document.sections:
        story += _section(section, letters)
    story += [Spacer(1, 4), paragraph(document.footer, "note", letters)]
    if letters.lost:
        story.append(paragraph(document.lost_letters.format(mark=LOST), "note", letters))
    return story


def _section(section: Section, letters: Letters) -> list[Flowable]:
    """The section, its heading on the page of what follows it."""
    from reportlab.platypus import CondPageBreak, HRFlowable, Spacer

    blocks = [flow(block, letters) for block in section.blocks]
    heading: Any = paragraph(section.heading, "heading", letters)
    heading.outline = (section.key, letters.plain(section.heading))
    rule = HRFlowable(width="100%", thickness=0.6, color=colour("rule"), spaceBefore=0, spaceAfter=2)
    story: list[Flowable] = [Spacer(1, 8), CondPageBreak(_HEADING + room_for_start(blocks)), rule, heading]
    for block in blocks:
        story += [CondPageBreak(block.needs), *block.flowables]
    return story


def _outline(canvas: Canvas, flowable: Any) -> None:
    """A heading that was set is entered in the reader's list of contents."""
    entry = getattr(flowable, "outline", None)
    if entry is not None:
        key, text = entry
        canvas.bookmarkHorizontal(key, 0, canvas.absolutePosition(0, 0)[1] + PAGE[1])
        canvas.addOutlineEntry(text, key, 0)


def _page_marks(document: Document, letters: Letters) -> Any:
    """What every page carries at its foot, but for its number: a line, and what the report is of."""
    name = letters.plain(f"{document.business} · {document.period}")

    def draw(canvas: Canvas, _: object) -> None:
        canvas.setStrokeColor(colour("rule"))
        canvas.setLineWidth(0.6)
        canvas.line(MARGIN, BOTTOM - 14, PAGE[0] - MARGIN, BOTTOM - 14)
        canvas.setFont(REGULAR, _FOOT_SIZE)
        canvas.setFillColor(colour("muted"))
        shown = name
        while letters.width(shown, _FOOT_SIZE) > WIDTH * 0.75:
            shown = shown[: int(len(shown) * 0.9)].rstrip("… ") + "…"
        canvas.drawString(MARGIN, BOTTOM - 26, shown)

    return draw


def _canvas_maker(document: Document) -> Any:
    """A canvas that dates the file by the report and numbers its pages once it knows how many there are."""
    from reportlab.pdfgen.canvas import Canvas

    class NumberingCanvas(Canvas):
        def __init__(self, *arguments: Any, **options: Any) -> None:
            super().__init__(*arguments, **options)
            made = document.created_at.astimezone(UTC)
            inner: Any = self
            stamp = inner._doc._timeStamp
            stamp.t, stamp.lt = made.timestamp(), tuple(made.timetuple())
            stamp.YMDhms = stamp.lt[:6]
            self.setViewerPreference("DisplayDocTitle", "true")
            self._pages: list[dict[str, Any]] = []

        def showPage(self) -> None:  # noqa: N802
            self._pages.append(dict(self.__dict__))
            inner: Any = self
            inner._startPage()

        def save(self) -> None:
            for number, page in enumerate(self._pages, 1):
                self.__dict__.update(page)
                self.setFont(REGULAR, _FOOT_SIZE)
                self.setFillColor(colour("muted"))
                words = document.page_words.format(page=number, pages=len(self._pages))
                self.drawRightString(PAGE[0] - MARGIN, BOTTOM - 26, words)
                Canvas.showPage(self)
            super().save()

    return NumberingCanvas
