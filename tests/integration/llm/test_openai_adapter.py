"""The adapter against a server that does everything servers do, through the real SDK over HTTP."""

from __future__ import annotations

import json
import socket
import time
from decimal import Decimal
from typing import Any

import pytest

from cafe_ai import llm
from cafe_ai.llm.openai_adapter import OpenAILanguageModel
from cafe_ai.llm.port import Completion, Message, ModelUnavailable, Tool
from cafe_ai.llm.resting import REST_SECONDS
from cafe_ai.platform.clock import Deadline
from cafe_ai.settings import Settings
from tests.integration.llm.conftest import MakeModel
from tests.support.openai_server import OpenAIServer

TOLD = {"question": "¿Ventas?", "period": "noviembre de 2010", "facts": [["ventas", "1.234,50 €"]]}
MESSAGES = [
    Message("system", "Answer the shop owner in Spanish."),
    Message("user", json.dumps(TOLD, ensure_ascii=False, separators=(",", ":"))),
]
TOOL = Tool("plan", {"type": "object", "properties": {"metrics": {"type": "array", "items": {"type": "string"}}}})
ROOM = 1.0  # seconds that a busy machine may add to a deadline


def ask(
    model: OpenAILanguageModel, *, seconds: float = 20, tool: Tool | None = None, max_tokens: int = 200
) -> Completion:
    return model.complete(MESSAGES, max_tokens=max_tokens, deadline=Deadline.after(seconds), tool=tool)


def fail(model: OpenAILanguageModel, *, seconds: float = 20) -> str:
    with pytest.raises(ModelUnavailable) as unavailable:
        ask(model, seconds=seconds)
    return unavailable.value.reason


def test_prose_comes_back_with_tokens_and_exact_cost(server: OpenAIServer, model: OpenAILanguageModel) -> None:
    completion = ask(model)

    assert completion.text == "En noviembre de 2010, ventas: 1.234,50 €."
    assert completion.tool_call is None
    assert completion.prompt_tokens == -(-sum(len(message.content) for message in MESSAGES) // 4)
    assert completion.completion_tokens == -(-len(completion.text) // 4)
    assert completion.cost_usd == completion.prompt_tokens * Decimal("1e-7") + completion.completion_tokens * Decimal(
        "5e-7"
    )
    assert (completion.model, completion.estimated, completion.truncated) == ("gpt-6-luna", False, False)
    assert len(server.requests) == 1


def test_request_holds_what_the_model_takes_and_no_more(server: OpenAIServer, model: OpenAILanguageModel) -> None:
    ask(model, tool=TOOL, max_tokens=77)

    assert server.requests[0].body == {
        "model": "gpt-6-luna",
        "messages": [{"role": message.role, "content": message.content} for message in MESSAGES],
        "max_completion_tokens": 77,
        "reasoning_effort": "none",
        "tools": [{"type": "function", "function": {"name": "plan", "parameters": TOOL.parameters}}],
        "tool_choice": {"type": "function", "function": {"name": "plan"}},
    }
    assert server.requests[0].headers["authorization"] == "Bearer test-key"


def test_tool_call_comes_back_as_it_was_made(server: OpenAIServer, model: OpenAILanguageModel) -> None:
    server.plan_for = {"¿Ventas?": {"metrics": ["orders"], "period": "all"}}

    call = ask(model, tool=TOOL).tool_call

    assert call is not None
    assert (call.name, json.loads(call.arguments)) == ("plan", {"metrics": ["orders"], "period": "all"})


@pytest.mark.parametrize(
    "failure",
    ["error_408", "error_409", "error_429", "error_500", "error_503", "not_json", "html", "json_list", "empty_choices",
     "null_message", "empty_text", "cut", "hang_up"],
)  # fmt: skip
def test_passing_failure_is_retried(server: OpenAIServer, model: OpenAILanguageModel, failure: str) -> None:
    server.script(failure, failure, "good")

    assert ask(model).text == "En noviembre de 2010, ventas: 1.234,50 €."
    assert len(server.requests) == 3


@pytest.mark.parametrize(
    ("failure", "reason"),
    [("error_500", "server_error"), ("error_429", "rate_limited"), ("not_json", "broken_reply"), ("cut", "connection")],
)
def test_lasting_failure_is_given_up_after_three_retries(
    server: OpenAIServer, model: OpenAILanguageModel, slept: list[float], failure: str, reason: str
) -> None:
    server.script(failure)

    assert fail(model) == reason
    assert len(server.requests) == 4
    assert len(slept) == 3


@pytest.mark.parametrize(
    ("failure", "reason"),
    [
        ("error_400", "rejected"),
        ("error_401", "rejected"),
        ("error_403", "rejected"),
        ("error_404", "rejected"),
        ("no_credit", "out_of_credit"),
        ("content_filter", "refused"),
        ("huge", "broken_reply"),
    ],
)
def test_final_failure_is_not_retried(
    server: OpenAIServer, model: OpenAILanguageModel, failure: str, reason: str
) -> None:
    server.script(failure)

    assert fail(model) == reason
    assert len(server.requests) == 1


def test_server_is_given_the_time_it_asks_for(
    server: OpenAIServer, model: OpenAILanguageModel, slept: list[float]
) -> None:
    server.script("error_429", "good")

    ask(model)

    assert slept == [1.0]


def test_rate_limit_beyond_the_deadline_is_given_up_at_once(
    server: OpenAIServer, model: OpenAILanguageModel, slept: list[float]
) -> None:
    server.script("error_429_long")

    assert fail(model) == "rate_limited"
    assert (len(server.requests), slept) == (1, [])


@pytest.mark.parametrize("behaviour", ["hang", "trickle", "trickle_head"])
def test_deadline_holds_whatever_the_server_does(server: OpenAIServer, make_model: MakeModel, behaviour: str) -> None:
    server.script(behaviour)
    model = make_model(sleep=time.sleep)
    begun = time.monotonic()

    assert fail(model, seconds=2.5) == "deadline"

    assert time.monotonic() - begun < 2.5 + ROOM
    assert len(server.requests) >= 2  # one attempt does not take all the time


def test_deadline_holds_through_retries(server: OpenAIServer, make_model: MakeModel) -> None:
    server.script("error_429")
    model = make_model(sleep=time.sleep)
    begun = time.monotonic()

    assert fail(model, seconds=1.5) == "rate_limited"

    assert time.monotonic() - begun < 1.5 + ROOM


def test_no_time_left_means_no_call(server: OpenAIServer, model: OpenAILanguageModel) -> None:
    assert fail(model, seconds=0) == "deadline"
    assert server.requests == []


def test_slow_answer_within_the_deadline_is_taken(server: OpenAIServer, model: OpenAILanguageModel) -> None:
    server.delay = 0.3
    server.script("slow")

    assert ask(model).text.startswith("En noviembre")


def test_model_works_again_after_a_hang(server: OpenAIServer, model: OpenAILanguageModel) -> None:
    server.script("hang")
    fail(model, seconds=0.5)
    server.script("good")

    assert ask(model).text.startswith("En noviembre")


def test_a_server_that_failed_is_left_alone_and_used_again_once_it_is_back(
    server: OpenAIServer, make_model: MakeModel
) -> None:
    now = [100.0]
    model = make_model(monotonic=lambda: now[0])
    server.script("error_500")
    assert fail(model) == "server_error"
    asked = len(server.requests)
    assert [fail(model), fail(model)] == ["resting", "resting"]
    assert len(server.requests) == asked

    now[0] += REST_SECONDS
    assert fail(model) == "server_error"
    assert len(server.requests) == asked + 1, "a trial is one attempt"
    assert fail(model) == "resting"

    server.script("good")
    now[0] += REST_SECONDS
    assert ask(model).text
    server.script("error_500", "good")
    assert ask(model).text, "it is trusted again, and an attempt that fails is retried"


def test_nobody_listening_is_unavailable(make_model: MakeModel) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        model = make_model(url=f"http://127.0.0.1:{unused.getsockname()[1]}/v1")

        assert fail(model) == "connection"


def test_name_that_does_not_resolve_is_unavailable(make_model: MakeModel) -> None:
    assert fail(make_model(url="http://model.invalid/v1"), seconds=3) in ("connection", "deadline")


@pytest.mark.parametrize("behaviour", ["no_usage", "bad_usage"])
def test_missing_usage_is_estimated_and_said_so(
    server: OpenAIServer, model: OpenAILanguageModel, behaviour: str
) -> None:
    server.script("good", behaviour)
    counted, estimated = ask(model), ask(model)

    assert estimated.estimated
    assert (estimated.prompt_tokens, estimated.completion_tokens) == (counted.prompt_tokens, counted.completion_tokens)
    assert estimated.cost_usd == counted.cost_usd > 0


def test_text_that_is_no_unicode_is_sent_as_far_as_it_is(server: OpenAIServer, model: OpenAILanguageModel) -> None:
    model.complete([Message("user", "ventas \ud83d?")], max_tokens=9, deadline=Deadline.after(20))

    assert server.requests[0].body["messages"][0]["content"] == "ventas ??"


def test_answer_cut_at_its_limit_is_marked(server: OpenAIServer, model: OpenAILanguageModel) -> None:
    server.script("cut_at_limit")

    assert ask(model).truncated


@pytest.mark.parametrize(
    ("name", "parameter", "missing", "present"),
    [
        ("gpt-6-luna", "reasoning_effort", "reasoning_effort", "max_completion_tokens"),
        ("gpt-6-luna", "max_completion_tokens", "max_completion_tokens", "max_tokens"),
        ("local-model", "max_tokens", "max_tokens", "max_completion_tokens"),
    ],
)
def test_rejected_parameter_is_left_out_from_then_on(
    server: OpenAIServer, make_model: MakeModel, name: str, parameter: str, missing: str, present: str
) -> None:
    server.script(f"reject:{parameter}")
    model = make_model(name)

    assert ask(model).text
    assert ask(model).text

    bodies = [request.body for request in server.requests]
    assert len(bodies) == 3
    assert parameter in bodies[0]
    assert all(missing not in body and present in body for body in bodies[1:])


def test_server_that_cannot_be_told_which_tool_is_told_to_use_one(
    server: OpenAIServer, model: OpenAILanguageModel
) -> None:
    server.script("reject:tool_choice")

    assert ask(model, tool=TOOL).tool_call

    assert [request.body["tool_choice"] for request in server.requests] == [
        {"type": "function", "function": {"name": "plan"}},
        "required",
    ]


def test_server_that_rejects_every_limit_is_asked_twice(server: OpenAIServer, model: OpenAILanguageModel) -> None:
    server.script("reject:max_completion_tokens", "reject:max_tokens")

    assert fail(model) == "rejected"
    assert len(server.requests) == 2


def test_unknown_model_is_asked_as_servers_commonly_expect(server: OpenAIServer, make_model: MakeModel) -> None:
    completion = ask(make_model("qwen-local"))

    body: dict[str, Any] = server.requests[0].body
    assert set(body) == {"model", "messages", "max_tokens"}
    assert completion.cost_usd == 0
    assert completion.prompt_tokens > 0


def test_settings_decide_which_model_is_asked_where(server: OpenAIServer) -> None:
    assert llm.build(Settings()) is None

    built = llm.build(Settings(openai_api_key="k", openai_base_url=server.url, llm_model="gpt-3.5-turbo"))

    assert isinstance(built, OpenAILanguageModel)
    assert built.name == "gpt-6-luna"
    assert ask(built).model == server.requests[0].body["model"] == "gpt-6-luna"
    built.close()


def test_each_retry_is_asked_for_with_the_reason(server: OpenAIServer, model: OpenAILanguageModel) -> None:
    server.script("error_500", "not_json", "good")
    reasons: list[str] = []
    model.complete(MESSAGES, max_tokens=50, deadline=Deadline.after(10), before_retry=reasons.append)
    assert reasons == ["server_error", "broken_reply"]
    assert len(server.requests) == 3


def test_a_retry_that_is_not_allowed_is_not_made(server: OpenAIServer, model: OpenAILanguageModel) -> None:
    def refuse(reason: str) -> None:
        raise ModelUnavailable("out_of_budget")

    server.script("error_500", "good")
    with pytest.raises(ModelUnavailable) as refused:
        model.complete(MESSAGES, max_tokens=50, deadline=Deadline.after(10), before_retry=refuse)
    assert refused.value.reason == "out_of_budget"
    assert len(server.requests) == 1
