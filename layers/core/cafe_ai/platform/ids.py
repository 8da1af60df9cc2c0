"""Identifiers that sort by the time they were made: UUIDv7 (RFC 9562), which Python's uuid module lacks before 3.14."""

from __future__ import annotations

import secrets
import time
from uuid import UUID

_NANOSECONDS_IN_MILLISECOND = 1_000_000


def uuid7() -> UUID:
    """A new UUIDv7: 48 bits of Unix milliseconds, 12 of their fraction (RFC 9562, 6.2, method 3), 62 random."""
    milliseconds, nanoseconds = divmod(time.time_ns(), _NANOSECONDS_IN_MILLISECOND)
    fraction = (nanoseconds << 12) // _NANOSECONDS_IN_MILLISECOND
    value = (milliseconds & 0xFFFF_FFFF_FFFF) << 80 | 0x7 << 76 | fraction << 64 | 0b10 << 62 | secrets.randbits(62)
    return UUID(int=value)


def age_seconds(identifier: UUID) -> float:
    """How long ago a UUIDv7 was made, by this machine's clock; never negative."""
    return max(0.0, time.time() - (identifier.int >> 80) / 1000)
