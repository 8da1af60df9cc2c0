"""A document's passages hold all of it, each short enough to be embedded as a whole."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from cafe_ai.catalogue.passages import PASSAGE_CHARACTERS, WHOLE_CHARACTERS, split


def test_short_document_is_one_passage_with_its_title() -> None:
    assert split("Horario", "De 8 a 20 h") == ["Horario\nDe 8 a 20 h"]
    assert split("Flan", "Flan. Postres") == ["Flan. Postres"]
    assert split("", "Texto") == ["Texto"]


def test_long_document_breaks_at_paragraphs_and_sentences() -> None:
    sentence = "El proveedor de leche reparte los martes. "
    content = "\n\n".join([sentence * 15] * 4)
    parts = split("Proveedores", content)
    assert len(parts) == 4
    assert all(part.startswith("Proveedores\nEl proveedor") and part.endswith("martes.") for part in parts)


@given(st.text("ab .\n¡é", min_size=WHOLE_CHARACTERS + 1, max_size=5_000))
def test_nothing_is_left_out_and_nothing_is_too_long(content: str) -> None:
    parts = [part.removeprefix("Título\n") for part in split("Título", content)]
    assert "".join("".join(parts).split()) == "".join(content.split())
    assert all(len(part) <= max(PASSAGE_CHARACTERS, WHOLE_CHARACTERS) for part in parts)
