"""traceparent against the grammar of W3C Trace Context (section 3.2, https://www.w3.org/TR/trace-context/)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cafe_ai.platform.trace_context import TraceContext, is_sampled, new_span_id, new_trace_id, parse, write

TRACE, SPAN = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"
HEX = "0123456789abcdef"

lower_hex = st.sampled_from(HEX)
trace_ids = st.text(lower_hex, min_size=32, max_size=32).filter(lambda text: text != "0" * 32)
span_ids = st.text(lower_hex, min_size=16, max_size=16).filter(lambda text: text != "0" * 16)
octets = st.text(lower_hex, min_size=2, max_size=2)
versions = octets.filter(lambda text: text not in ("00", "ff"))
more = st.text(st.characters(min_codepoint=33, max_codepoint=126), max_size=60).map(lambda text: "-" + text)


@given(trace_ids, span_ids, octets)
def test_what_the_grammar_has_is_read(trace_id: str, span_id: str, flags: str) -> None:
    sampled = int(flags, 16) & 1 == 1
    assert parse(f"00-{trace_id}-{span_id}-{flags}") == TraceContext(trace_id, span_id, sampled)


@given(versions, trace_ids, span_ids, octets, st.one_of(st.just(""), more))
def test_a_later_version_is_read_as_far_as_ours_goes(
    version: str, trace_id: str, span_id: str, flags: str, rest: str
) -> None:
    assert parse(f"{version}-{trace_id}-{span_id}-{flags}{rest}") == TraceContext(
        trace_id, span_id, int(flags, 16) & 1 == 1
    )


@given(trace_ids, span_ids, st.booleans())
def test_what_is_written_is_read_again(trace_id: str, span_id: str, sampled: bool) -> None:
    context = TraceContext(trace_id, span_id, sampled)
    assert parse(write(context)) == context
    assert len(write(context)) == 55


@given(st.text(max_size=80))
def test_no_text_breaks_the_reader(text: str) -> None:
    found = parse(text)
    assert found is None or text.startswith(write(found)[2:55], 2) or not found.sampled or text[53:55] != "01"


@given(trace_ids, span_ids, st.integers(0, 54), st.characters(exclude_characters=HEX + "-"))
def test_another_character_anywhere_is_no_traceparent(trace_id: str, span_id: str, at: int, wrong: str) -> None:
    right = f"00-{trace_id}-{span_id}-01"
    assert parse(right[:at] + wrong + right[at + 1 :]) is None


@pytest.mark.parametrize(
    "text",
    [
        None,
        "",
        f"00-{TRACE}-{SPAN}",
        f"00-{TRACE}-{SPAN}-01-more",  # more than version 00 has
        f"00-{TRACE}-{SPAN}-01-",
        f"ff-{TRACE}-{SPAN}-01",  # the version that is none
        f"00-{'0' * 32}-{SPAN}-01",
        f"00-{TRACE}-{'0' * 16}-01",
        f"00-{TRACE.upper()}-{SPAN}-01",
        f"00-{TRACE}-{SPAN}-1",
        f" 00-{TRACE}-{SPAN}-01",
        f"00-{TRACE}-{SPAN}-01\n",
        f"01-{TRACE}-{SPAN}-01more",
        f"01-{TRACE}-{SPAN}-01-" + "a" * 600,
    ],
)
def test_what_is_no_traceparent_is_none(text: str | None) -> None:
    assert parse(text) is None


def test_ids_are_never_the_same_and_as_long_as_they_have_to_be() -> None:
    made = {new_trace_id() for _ in range(2000)}
    assert len(made) == 2000
    assert {len(each) for each in made} == {32}
    assert len(new_span_id()) == 16


@pytest.mark.parametrize("ratio", [0.0, 0.01, 0.05, 0.5, 1.0])
def test_the_ratio_is_the_share_of_traces_that_are_recorded(ratio: float) -> None:
    """Four standard deviations: one run in 16,000 would fail by chance."""
    ids = [new_trace_id() for _ in range(20_000)]
    taken = sum(is_sampled(trace_id, ratio) for trace_id in ids)
    deviation = (20_000 * ratio * (1 - ratio)) ** 0.5
    assert abs(taken - 20_000 * ratio) <= 4 * deviation


@given(trace_ids, st.floats(0, 1), st.floats(0, 1))
def test_a_trace_is_recorded_wherever_it_is_asked_and_at_every_higher_ratio(
    trace_id: str, first: float, second: float
) -> None:
    low, high = sorted((first, second))
    assert is_sampled(trace_id, low) == is_sampled(trace_id, low)
    assert not is_sampled(trace_id, low) or is_sampled(trace_id, high)
