"""The number check: lets no figure, date, direction or rank through that the facts do not carry."""

from cafe_ai.assistants.checker.check import check
from cafe_ai.assistants.checker.model import Fault, Verdict

__all__ = ["Fault", "Verdict", "check"]
