"""An inference and its turn survive the audit queue."""

from __future__ import annotations

from decimal import Decimal
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cafe_ai.audit.message import decode, encode
from cafe_ai.audit.model import ERROR_CHARACTERS, PROMPT_CHARACTERS, RESPONSE_CHARACTERS, storable
from cafe_ai.platform.queue import MAX_MESSAGE_BYTES
from tests.support.inferences import a_turn, an_inference

texts = st.text(max_size=50).map(lambda text: storable(text, 50))


@given(prompt=texts, response=texts, other=texts, cost=st.decimals(0, 999, places=6), plan=st.booleans())
def test_what_goes_in_comes_out(prompt: str, response: str, other: str, cost: Decimal, plan: bool) -> None:
    inference = an_inference(uuid4(), uuid4(), prompt=prompt, response=response, cost_usd=cost, error_message=other)
    turn = a_turn(inference, response=other, plan={"a": [1, None]} if plan else None, follows_id=uuid4())
    assert decode(encode(inference, turn)) == (inference, turn)


def test_an_inference_without_a_turn_comes_out_without_one() -> None:
    inference = an_inference(None, None, plan=None, status="error")
    assert decode(encode(inference, None)) == (inference, None)


@pytest.mark.parametrize("character", ["😀", "\x01", '"', "ñ"])
def test_the_longest_texts_in_the_costliest_characters_fit_a_message(character: str) -> None:
    inference = an_inference(
        uuid4(),
        uuid4(),
        prompt=character * PROMPT_CHARACTERS,
        response=character * RESPONSE_CHARACTERS,
        error_message=character * ERROR_CHARACTERS,
    )
    body = encode(inference, a_turn(inference))
    assert body.isascii()
    assert len(body) < MAX_MESSAGE_BYTES * 0.8


@pytest.mark.parametrize("body", ["", "{}", "[]", "null", '{"inference": {}, "turn": null}'])
def test_another_message_is_refused(body: str) -> None:
    with pytest.raises((ValueError, KeyError, TypeError)):
        decode(body)


@given(st.text(st.characters(exclude_categories=[]), max_size=20), st.integers(0, 20))
def test_a_storable_text_is_utf8_without_nul_and_no_longer_than_it_may_be(text: str, characters: int) -> None:
    stored = storable(text, characters)
    assert "\0" not in stored.encode().decode()
    assert len(stored) <= characters
