"""A text that quotes: word for word, and nothing of its own beside it."""

from __future__ import annotations

from datetime import datetime, time
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from cafe_ai.assistants.documents.model import Passage
from cafe_ai.assistants.documents.products import empty_sheet
from cafe_ai.assistants.documents.quotations import is_verified, take_out
from cafe_ai.assistants.documents.telling import Asker, only_quotes, quote
from cafe_ai.assistants.documents.texts import TEXTS
from cafe_ai.assistants.planning.model import PlanningContext
from cafe_ai.assistants.planning.names import ShopNames
from cafe_ai.platform.clock import Deadline
from cafe_ai.tenancy.model import Business

MADRID = ZoneInfo("Europe/Madrid")
NOON = datetime(2026, 5, 13, 12, tzinfo=MADRID)
SHOP = Business(UUID(int=1), "Café Central", "cafeteria", MADRID.key, "EUR", "es", time(0, 0))
NOTHING = empty_sheet(SHOP, PlanningContext(NOON, NOON.date(), ShopNames([]), Deadline.after(60)))
HOURS = Passage("h", "Horario", "Abrimos de 9:00 a 14:00. Los domingos hay un 15 % de descuento y no abrimos.")
ASKER = Asker("¿A qué hora abrimos?", "es", ("Café Central",))


@pytest.mark.parametrize(
    "text",
    [
        "Según «Horario»: «Abrimos de 9:00 a 14:00».",
        "Abrimos, según «Horario», «de 9:00 a 14:00».",
        "El documento «Horario» dice: «Abrimos  de 9:00\na 14:00».",
        'En "Horario" pone "Abrimos de 9:00 a 14:00".',
    ],
)
def test_a_model_that_only_quotes_is_believed(text: str) -> None:
    assert only_quotes(text, [HOURS], ASKER, NOTHING)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Abrimos de 9:00 a 14:00.",  # no quotation
        "Según «Horario»: abrimos de 9:00 a 14:00.",  # the figure stands outside
        "Según «Horario»: «Abrimos de 10:00 a 14:00».",  # not what it says
        "Según «Horario»: «descuento» y «Abrimos de 9:00 a 14:0».",  # part of a figure
        "Según «Horario»: «un 5 % de descuento».",  # part of another figure
        "Según «Horario»: «Abrimos de 9:00 a 14:00», y también los domingos nunca cerramos.",
        "Según «Horario»: «Abrimos de 9:00 a 14:00». No abrimos.",  # turns it around
        "Según «Horario»: «Abrimos de 9:00 a 14:00». Llama al dueño.",
        "Según «Horario»: «Abrimos de 9:00 a 14:00». Más en evil.example.",
        "Según «Horario»: «Abrimos de 9:00 a 14:00» [K#1].",
        "Según «Horario»: «Abrimos de 9:00 a 14:00». Tres euros.",
        "Según «Otro»: «Abrimos de 9:00 a 14:00».",
        "«Horario»",  # a title is no answer
        "«de»",
        "Según «Horario»: «Abrimos de 9:00 a 14:00». " * 30,
    ],
)
def test_one_that_says_anything_else_is_not(text: str) -> None:
    assert not only_quotes(text, [HOURS], ASKER, NOTHING)


def test_our_own_quotation_is_verified_and_another_figure_is_not() -> None:
    text, quotable = quote([HOURS], TEXTS["es"])
    assert is_verified(text, quotable, NOTHING, "es")
    assert not is_verified(f"{text} Son 12 horas.", quotable, NOTHING, "es")
    assert not is_verified(text.replace("9:00", "8:00"), quotable, NOTHING, "es")


def test_a_passage_with_quotation_marks_of_its_own_is_one_quotation() -> None:
    passage = "Decimos «buenos días» a las 9:00"
    taken = take_out(f"Según «Saludos»: «{passage}».", [passage, "Saludos"])
    assert (taken.verbatim, taken.count) == (True, 2)
    assert "9:00" not in taken.rest
