"""Facts into words, without a language model: `narrate` tells a sheet, `decline` says what cannot be asked."""

from cafe_ai.assistants.narrator.compose import narrate
from cafe_ai.assistants.narrator.declines import DeclineReason, decline

__all__ = ["DeclineReason", "decline", "narrate"]
