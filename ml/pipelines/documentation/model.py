"""What is said of a feature. Standard library only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Entity = Literal["order", "customer", "product"]


@dataclass(frozen=True, slots=True)
class Feature:
    """A number that describes an entity. missing says what None (NaN in arrays) means; empty where the number is always there.

    kind: "count" is a whole number, "number" any; a count that is always there is an integer in a DataFrame.
    """

    name: str
    unit: str
    formula: str
    missing: str = ""
    kind: Literal["count", "number"] = "number"

    @property
    def dtype(self) -> Literal["int64", "float64"]:
        """Its column in a DataFrame."""
        return "int64" if self.kind == "count" and not self.missing else "float64"
