"""What the checker finds in a text, and its verdict. Standard library only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Literal

Kind = Literal["money", "percent", "points", "count", "fraction", "multiple"]
Bound = Literal["more", "less"]
Span = tuple[date, date]
"""Business days from the first to the second, the second not included."""


@dataclass(frozen=True, slots=True)
class Fault:
    """What the facts do not carry: the words, where they stand in the text (end exclusive), and why."""

    excerpt: str
    start: int
    end: int
    reason: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a text may be shown."""

    faults: tuple[Fault, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether nothing was found that the facts do not carry."""
        return not self.faults


@dataclass(frozen=True, slots=True, eq=False)
class Mention:
    """Something a text says, in the tokens [first, last)."""

    first: int
    last: int


@dataclass(frozen=True, slots=True, eq=False)
class NameMention(Mention):
    """A name of the sheet; `subjects` maps each dimension it may belong to to the name as the facts have it.

    Without subjects it is a name that may occur and says nothing.
    """

    subjects: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, eq=False)
class TimeMention(Mention):
    """A date or period. `spans` are its possible readings; none of them may be known to the sheet.

    edge: "since" and "until" name only where a period starts or ends. weekdays: spoken with the date or alone.
    hours: [from, to) on the clock. ranged: from one date to another. neutral: until when a running period counts.
    versus: what a change is taken against ("week on week").
    """

    spans: frozenset[Span] = frozenset()
    edge: Literal["since", "until"] | None = None
    weekdays: frozenset[int] = frozenset()
    hours: tuple[int, int] | None = None
    written_year: bool = False
    ranged: bool = False
    neutral: bool = False
    versus: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class MetricMention(Mention):
    """Words for a metric: the bases of the metrics that they may mean.

    per: "day", "order" or "unit" for words that only make another metric a rate ("a day"). whole: they say what a percentage
    is a percentage of ("31 % of sales").
    """

    metrics: frozenset[str] = frozenset()
    per: str = ""
    whole: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Figure(Mention):
    """A number with what is written beside it.

    value is as spoken and not negative unless a minus stands before it; step is the size of the last digit shown; digits
    how many significant digits are shown. Points are percentage points. A fraction is a percentage of a whole ("half" is 50),
    a multiple a change in percent ("double" is 100). A bound is inclusive in "at least", and close in "nearly", "just over".
    """

    value: Decimal = Decimal(0)
    step: Decimal = Decimal(1)
    digits: int = 1
    kind: Kind = "count"
    currencies: frozenset[str] = frozenset()
    signed: bool = False
    scaled: bool = False
    about: bool = False
    bound: Bound | None = None
    inclusive: bool = False
    close: bool = False
    in_words: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Cue(Mention):
    """A word that tells how figures hang together: see `words` for the kinds and their values."""

    kind: str = ""
    value: str = ""
