"""What the service asks of a language model, whoever serves it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal, Protocol

from cafe_ai.errors import DependencyDown
from cafe_ai.platform.clock import Deadline

Reason = Literal[
    "deadline",  # the time was over before an answer came
    "connection",  # no connection, or it broke
    "rate_limited",
    "server_error",
    "broken_reply",  # an answer that is not one: not JSON, cut off, empty, or far beyond what was asked
    "refused",  # the model's own content filter
    "rejected",  # 400, 401, 403, 404: the configuration is wrong
    "out_of_credit",
    "out_of_budget",  # the business's month has not as much left as the call can cost
    "budget_unknown",  # whether it has could not be asked
    "resting",  # it was not asked: it failed a moment ago
]

MAY_HAVE_BEEN_PAID: frozenset[Reason] = frozenset(("deadline", "broken_reply", "refused"))
"""Why no usable answer came of a call that its provider may charge for all the same."""


@dataclass(frozen=True, slots=True)
class Message:
    """One message of a prompt. prompt_version: the prompt file it was made from; it is audited, not sent."""

    role: Literal["system", "user", "assistant"]
    content: str
    prompt_version: str | None = None


@dataclass(frozen=True, slots=True)
class Tool:
    """A function the model is made to call. parameters: the JSON schema of its arguments."""

    name: str
    parameters: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class ToolCall:
    """The call a model made. arguments are its own text: meant as JSON, checked by nobody yet."""

    name: str
    arguments: str


@dataclass(frozen=True, slots=True)
class Completion:
    """A model's answer and what it cost.

    prompt_tokens include cached_tokens. cost_usd is exact at list prices; 0 where the model's price is not known.
    estimated: the server did not say how many tokens it used; they are estimated at four characters a token.
    truncated: the answer stops because max_tokens were reached.
    """

    text: str
    tool_call: ToolCall | None
    prompt_tokens: int
    cached_tokens: int
    completion_tokens: int
    cost_usd: Decimal
    model: str
    estimated: bool = False
    truncated: bool = False


class ModelUnavailable(DependencyDown):
    """No usable answer came from the language model in the time there was. `reason` is for logs and audit."""

    def __init__(self, reason: Reason) -> None:
        super().__init__("language model")
        self.reason: Reason = reason


BeforeRetry = Callable[[Reason], None]
"""Told why the attempt before gave no answer. It may raise ModelUnavailable or BudgetExhausted: then there is no other."""


class LanguageModel(Protocol):
    """A chat model behind whatever API."""

    @property
    def name(self) -> str:
        """The model's name, as it is audited."""

    def complete(
        self,
        messages: Sequence[Message],
        *,
        max_tokens: int,
        deadline: Deadline,
        tool: Tool | None = None,
        before_retry: BeforeRetry | None = None,
    ) -> Completion:
        """The model's answer, before the deadline. With a tool, the model is told to call it; it may still not.

        Raises ModelUnavailable, and nothing else but what before_retry raises.
        """

    def cost_at_most(self, messages: Sequence[Message], *, max_tokens: int, tool: Tool | None = None) -> Decimal:
        """The most US dollars that an answer to this can cost; 0 where the model's price is not known."""
