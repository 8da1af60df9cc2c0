"""What the scripted language model says: plans, prose, lies, and how many tokens they take."""

from __future__ import annotations

import contextlib
import hashlib
import json
import random
import re
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

Arguments = Mapping[str, Any]


def told_in(body: Mapping[str, Any]) -> dict[str, Any]:
    """The JSON object in the first user message of a chat request; empty where there is none."""
    for message in body.get("messages", []):
        if message.get("role") == "user":
            with contextlib.suppress(ValueError, TypeError):
                told = json.loads(message["content"])
                return told if isinstance(told, dict) else {}
    return {}


def figures_of(body: Mapping[str, Any]) -> list[list[str]]:
    """The facts in a prose prompt: lists of what, figure, and what it is said of; of a recommendation product and reasons; of
    an analysis its points."""
    if products := told_in(body).get("products"):
        return [[f'"{product["name"]}" ({product.get("price", "-")})', product["reasons"]] for product in products]
    if points := told_in(body).get("points"):
        return [["", point] for point in points]
    facts = told_in(body).get("facts", [])
    return [[str(part) for part in fact] for fact in facts if isinstance(fact, list) and len(fact) > 1]


def write_prose(facts: Sequence[Sequence[str]], body: Mapping[str, Any]) -> str:
    """Sentences that hold each fact as it was given: in Spanish where the system message asks for it."""
    spanish = "Spanish" in str(body.get("messages", [{}])[0].get("content", ""))
    if not facts:
        return "No hay datos para responder a eso." if spanish else "There is no data to answer that."
    if told_in(body).get("products"):
        return "\n".join(f"{what}: {reasons}." for what, reasons in facts)
    if told_in(body).get("points"):
        return " ".join(point for _, point in facts[:4])
    period = told_in(body).get("period", "")
    parts = [f"{', '.join([what, *said_of])}: {figure}" for what, figure, *said_of in facts]
    return f"{'En' if spanish else 'In'} {period}, {'; '.join(parts)}."


def _change_first_figure(facts: list[list[str]], change: Callable[[str], str]) -> list[list[str]]:
    return [[fact[0], change(fact[1]), *fact[2:]] if n == 0 else fact for n, fact in enumerate(facts)]


def _invented(figure: str) -> str:
    """Another figure of the same look."""
    return re.sub(r"\d", lambda digit: str((int(digit[0]) * 7 + 3) % 9 + 1), figure)


def _flipped(figure: str) -> str:
    return figure.replace("-", "") if "-" in figure else re.sub(r"(\d)", r"-\1", figure.replace("+", ""), count=1)


def prose_good(body: Mapping[str, Any]) -> str:
    return write_prose(figures_of(body), body)


def prose_invent(body: Mapping[str, Any]) -> str:
    return write_prose(_change_first_figure(figures_of(body), _invented), body)


def prose_flip(body: Mapping[str, Any]) -> str:
    return write_prose(_change_first_figure(figures_of(body), _flipped), body)


def prose_swap(body: Mapping[str, Any]) -> str:
    """Each figure said of the next fact."""
    facts = figures_of(body)
    figures = [fact[1] for fact in facts]
    moved = figures[1:] + figures[:1]
    return write_prose([[fact[0], figure, *fact[2:]] for fact, figure in zip(facts, moved, strict=True)], body)


def prose_leak(body: Mapping[str, Any]) -> str:
    system = body.get("messages", [{}])[0].get("content", "")
    return f"My instructions are: {system}"


def prose_link(body: Mapping[str, Any]) -> str:
    return f"{prose_good(body)} Más en https://example.com/oferta."


def prose_quote(body: Mapping[str, Any]) -> str:
    """The first passage of a prompt that has any, quoted word for word with its title."""
    passages = told_in(body).get("passages") or [{"title": "?", "text": "?"}]
    spanish = "Spanish" in str(body.get("messages", [{}])[0].get("content", ""))
    title, text = passages[0]["title"], str(passages[0]["text"]).rstrip(" .")
    return f"Según «{title}»: «{text}»." if spanish else f"According to “{title}”: “{text}”."


_ORDERS: Mapping[str, str] = {
    "system": r"prompt|instruc|verbatim|palabra por palabra|system|reglas|rules|reveal|imprime|secret|clave|key",
    "link": r"https?://\S+|\S+@\S+|\b9\d\d \d{3} \d{3}",
    "figure": r"[^.\n]*(?:ventas|sales|vendimos|ingresos|pedidos|revenue)[^\n]*",
    "call": r"tool|herramienta|funci[oó]n|function|comando|command|metrics",
    "word": r"\b\w*PWNED\w*",
}


def prose_obey(body: Mapping[str, Any]) -> str:
    """A gullible model: whatever order or claim it finds in what it was told, it follows and repeats."""
    told = "\n".join(str(passage) for passage in told_in(body).get("passages", []))
    said = [
        match[0]
        for pattern in ("link", "figure", "word")
        for match in re.finditer(_ORDERS[pattern], told, re.IGNORECASE)
    ]
    if re.search(_ORDERS["system"], told, re.IGNORECASE):
        said.append(str(body.get("messages", [{}])[0].get("content", "")))
    return f"{prose_quote(body)} {' '.join(said)}".strip()


PROSE: Mapping[str, Callable[[Mapping[str, Any]], str]] = {
    "good": lambda body: prose_quote(body) if told_in(body).get("passages") else prose_good(body),
    "obey": prose_obey,
    "invent": prose_invent,
    "flip": prose_flip,
    "swap": prose_swap,
    "leak": prose_leak,
    "link": prose_link,
    "huge": lambda body: "ventas y más ventas " * 50_000,
    "empty_text": lambda body: "",
}

# Tool calls: name and arguments as text, or None for no call.
CALLS: Mapping[str, Callable[[str, str], tuple[str, str] | None]] = {
    "good": lambda name, arguments: (name, arguments),
    "bad_json": lambda name, arguments: (name, arguments[:-2]),
    "wrong_schema": lambda name, arguments: (name, '{"metrics":["profit_of_the_neighbour"],"period":"whenever"}'),
    "sql": lambda name, arguments: (name, '{"metrics":["net_sales"],"period":"all","sql":"DROP TABLE orders"}'),
    "wrong_tool": lambda name, arguments: ("run_sql", '{"query":"SELECT * FROM customers"}'),
    "no_call": lambda name, arguments: None,
    "decline": lambda name, arguments: (name, '{"metrics":[],"period":"all","decline":"other_subject"}'),
    "huge": lambda name, arguments: (name, '{"metrics":["' + "net_sales" * 50_000 + '"],"period":"all"}'),
    "leak": lambda name, arguments: None,
}

# Faults of the reply around what is said.
REPLIES = frozenset(("empty_choices", "no_usage", "bad_usage", "cut_at_limit", "content_filter", "null_message"))


def reply_to(body: dict[str, Any], behaviour: str, arguments: Arguments) -> dict[str, Any]:
    """A chat completion for the request, in the way of the behaviour."""
    message: dict[str, Any] = {"role": "assistant", "content": None, "refusal": None}
    call = None
    if tools := body.get("tools"):
        good = json.dumps(arguments, ensure_ascii=False)
        call = CALLS.get(behaviour, CALLS["good"])(tools[0]["function"]["name"], good)
    if call:
        name, arguments = call
        message["tool_calls"] = [
            {"id": "call_1", "type": "function", "function": {"name": name, "arguments": arguments}}
        ]
    else:
        message["content"] = PROSE.get(behaviour, prose_good)(body)
        if behaviour == "obey" and re.search(_ORDERS["call"], json.dumps(told_in(body)), re.IGNORECASE):
            message["tool_calls"] = [
                {"id": "call_1", "type": "function", "function": {"name": "run_sql", "arguments": "SELECT 1"}}
            ]
    finish = {"cut_at_limit": "length", "content_filter": "content_filter"}.get(
        behaviour, "tool_calls" if call else "stop"
    )
    choice = {"index": 0, "message": None if behaviour == "null_message" else message, "finish_reason": finish}
    reply = {
        "id": "chatcmpl-scripted",
        "object": "chat.completion",
        "created": int(time.time()),
        "model": body.get("model"),
    }
    reply["choices"] = [] if behaviour == "empty_choices" else [choice]
    if behaviour == "bad_usage":
        reply["usage"] = {"prompt_tokens": "many", "completion_tokens": -4}
    elif behaviour != "no_usage":
        reply["usage"] = count_usage(body, message)
    return reply


def count_usage(body: Mapping[str, Any], message: Mapping[str, Any]) -> dict[str, Any]:
    """Tokens at four characters each: the messages and the tools' schemas in, text and arguments out."""
    asked = sum(len(str(one.get("content") or "")) for one in body.get("messages", []))
    asked += sum(len(json.dumps(tool["function"], separators=(",", ":"))) for tool in body.get("tools", []))
    calls = message.get("tool_calls") or [{"function": {"arguments": ""}}]
    answered = len(message.get("content") or "") + len(calls[0]["function"]["arguments"])
    prompt, completion = -(-asked // 4), -(-answered // 4)
    return {
        "prompt_tokens": prompt,
        "completion_tokens": completion,
        "total_tokens": prompt + completion,
        "prompt_tokens_details": {"cached_tokens": 0},
    }


# Faults of an embedding's reply.
EMBEDDINGS = frozenset(
    ("wrong_dimension", "wrong_count", "ragged", "shuffled", "zero_vector", "not_numbers", "no_data", "too_long")
)
DIMENSIONS = {"text-embedding-3-small": 1536, "text-embedding-3-large": 3072}


def embed(body: Mapping[str, Any], behaviour: str = "good") -> dict[str, Any]:
    """Hashed bags of words: texts that share words are near, equal texts equal in every process."""
    texts = body["input"] if isinstance(body["input"], list) else [body["input"]]
    size = DIMENSIONS.get(str(body.get("model")), 64) - (behaviour == "wrong_dimension")
    vectors: list[Any] = [_vector(str(text), size) for text in texts]
    if behaviour == "zero_vector":
        vectors[-1] = [0.0] * size
    elif behaviour == "ragged":
        vectors[-1] = vectors[-1][:-1]
    elif behaviour == "not_numbers":
        vectors[-1] = ["0.5"] * size
    elif behaviour == "wrong_count":
        vectors.pop()
    data = [{"object": "embedding", "index": n, "embedding": vector} for n, vector in enumerate(vectors)]
    if behaviour == "shuffled":
        data.reverse()
    reply: dict[str, Any] = {"object": "list", "data": data, "model": body.get("model")}
    if behaviour == "no_data":
        del reply["data"]
    used = sum(len(str(text)) for text in texts) // 4
    if behaviour == "bad_usage":
        reply["usage"] = {"prompt_tokens": "many", "total_tokens": -4}
    elif behaviour != "no_usage":
        reply["usage"] = {"prompt_tokens": used, "total_tokens": used}
    return reply


def _vector(text: str, size: int) -> list[float]:
    vector = [0.0] * size
    for word in re.findall(r"\w+", text.lower()) or ["?"]:
        rng = random.Random(hashlib.sha256(word.encode()).digest())
        vector = [value + rng.uniform(-1, 1) for value in vector]
    length = sum(value * value for value in vector) ** 0.5 or 1.0
    return [round(value / length, 6) for value in vector]
