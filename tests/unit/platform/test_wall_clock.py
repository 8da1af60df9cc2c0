"""A call is given up at its time, whatever it waits for."""

from __future__ import annotations

import threading
import time

import pytest

from cafe_ai.platform.wall_clock import TookTooLong, call_within


def test_value_comes_back() -> None:
    assert call_within(5, lambda: 42) == 42


def test_error_comes_back() -> None:
    def fail() -> None:
        raise KeyError("why")

    with pytest.raises(KeyError, match="why"):
        call_within(5, fail)


def test_endless_call_is_given_up() -> None:
    released = threading.Event()
    begun = time.monotonic()

    with pytest.raises(TookTooLong):
        call_within(0.2, released.wait)

    assert time.monotonic() - begun < 1.2
    released.set()
