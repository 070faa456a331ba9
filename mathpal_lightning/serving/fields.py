"""Which fields of a request reach llama.cpp, and within which bounds: those of `openapi.json`, and no others.

llama.cpp itself trusts whoever asks. A grammar of 30,000 parentheses ends its process, others take gigabytes of memory or keep
everybody waiting. Each request is therefore held against the description that /openapi.json shows.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from jsonschema import Draft202012Validator
from jsonschema.exceptions import best_match

from mathpal_lightning.errors import DataError
from mathpal_lightning.evaluation.scores.votes import RULES, Rule
from mathpal_lightning.serving.body import Refused
from mathpal_lightning.serving.choosing import MOST_ATTEMPTS, TEMPERATURE
from mathpal_lightning.serving.question import read_question

OPENAPI = Path(__file__).with_name("openapi.json")
MOST_TOKENS = 1024
"""The limit of an answer whose request names none."""
_SCHEMA_BYTES, _SCHEMA_LEVELS = 4_096, 5
_NOT_HERE = {
    "tools": "This model calls no tools.",
    "tool_choice": "This model calls no tools.",
    "functions": "This model calls no functions.",
    "function_call": "This model calls no functions.",
    "parallel_tool_calls": "This model calls no tools.",
    "grammar": "Grammars are switched off, because one request with a large one can stop the server for everybody.",
    "json_schema": "Give a small schema as `response_format`; /openapi.json says which.",
    "audio": "This model reads and writes text only.",
    "modalities": "This model reads and writes text only.",
    "echo": "The prompt's own probabilities are not computed here.",
    "suffix": "This model only continues a text.",
}
"""Fields of other servers that people send, and what to say about them."""
_SAYS_NOTHING = {"echo": False, "best_of": 1}
"""Values of other servers' fields that say the same as leaving the field out, as null does of every field."""


Single = dict[str, Any]
"""A request for one answer to one prompt, as llama.cpp is asked."""


class PageRequest(NamedTuple):
    """What the page asks, in normalised texts."""

    question: str
    pupil: str
    """The page's random name."""
    work: str = ""
    """The pupil's own solution."""
    hints: bool = False


def read_chat(body: dict[str, object], model: str) -> dict[str, Any]:
    """A chat request -> what llama.cpp is asked: messages normalised as in training, the other fields as they are.

    Args:
        body: the request.
        model: the name of the served model.

    Raises:
        DataError: a field outside of its bounds, or a text that training refuses.
        Refused: 404 for another model, 400 for a field that is not served here.
    """
    read = _within_bounds(body, "ChatRequest", model)
    read["messages"] = [_message(message) for message in read["messages"]]
    _check_turns([message["role"] for message in read["messages"]])
    if "max_completion_tokens" in read:  # OpenAI's newer name; llama.cpp's own name wins there
        read["max_tokens"] = min(read.pop("max_completion_tokens"), read.get("max_tokens", 1 << 30))
    _check_schema(read.get("response_format") or {})
    return read


def read_completion(body: dict[str, object], model: str) -> dict[str, Any]:
    """A request with a raw prompt -> what llama.cpp is asked; see `read_chat`."""
    return _within_bounds(body, "CompletionRequest", model)


def read_solve(body: dict[str, Any]) -> PageRequest:
    """A request of the page for a solution.

    Raises:
        DataError: a field outside of its bounds, or a text that training refuses.
    """
    _check(body, "SolveRequest")
    return PageRequest(read_question(body["question"]), body.get("pupil", ""), hints=body.get("hints", False))


def read_work(body: dict[str, Any]) -> PageRequest:
    """A request of the page to check a pupil's own solution, whose problem may be missing.

    Raises:
        DataError: a field outside of its bounds, or a text that training refuses.
    """
    _check(body, "CheckRequest")
    asked = body.get("question", "")
    question, work = read_question(asked) if asked.strip() else "", read_question(body["work"])
    return PageRequest(question, body.get("pupil", ""), work=work)


def read_rule(header: str | None, body: dict[str, object]) -> Rule | None:
    """By which rule one of several attempts is to be chosen: the header `X-Mathpal-Choose`; None where it is missing.

    Raises:
        DataError: there is no such rule, or the request asks for a stream, which would have to show all attempts.
    """
    if header is None:
        return None
    rule = next((rule for rule in RULES if rule == header), None)
    if rule is None:
        raise DataError(f"X-Mathpal-Choose: {', '.join(RULES[:-1])} or {RULES[-1]}", repr(header[:40]), "Name one of them.")
    if body.get("stream"):
        raise DataError("a request without `stream`", "`stream` with X-Mathpal-Choose", "One attempt is chosen at the end.")
    return rule


def with_attempts(body: dict[str, object]) -> dict[str, object]:
    """A chat request whose attempts differ: `n` and a temperature where it names none."""
    named = {name: value for name, value in body.items() if value is not None}
    return {"n": MOST_ATTEMPTS, "temperature": TEMPERATURE} | named


def one_by_one(read: dict[str, Any]) -> list[Single]:
    """A request for several answers -> one for each, in the order of its choices.

    Where it gives a seed, each answer takes the next one.
    """
    shared = {name: value for name, value in read.items() if name != "n"}
    prompts = read["prompt"] if isinstance(read.get("prompt"), list) else [read.get("prompt")]
    asked = [shared | ({"prompt": prompt} if prompt else {}) for prompt in prompts for _ in range(int(read.get("n", 1)))]
    if (seed := int(read.get("seed", -1))) < 0:
        return asked
    return [single | {"seed": (seed + place) % 2**32} for place, single in enumerate(asked)]


def prompt_of(single: Single) -> Any:
    """Its text, or its messages."""
    return single["messages"] if "messages" in single else single["prompt"]


def texts_and_tokens(single: Single) -> tuple[list[str], int]:
    """What llama.cpp reads, and the most tokens that it may write: what a request takes of the context."""
    prompt = prompt_of(single)
    texts = [prompt] if isinstance(prompt, str) else [message["content"] for message in prompt]
    return texts, int(single.get("max_tokens", MOST_TOKENS))


def _within_bounds(body: dict[str, object], schema: str, model: str) -> dict[str, Any]:
    body = {name: value for name, value in body.items() if value is None or _SAYS_NOTHING.get(name) != value}
    for name, why in _NOT_HERE.items():
        if body.get(name) is not None:
            raise Refused(400, f"Expected a request without `{name}`. {why}", "unsupported_parameter")
    body = {name: value for name, value in body.items() if name not in _NOT_HERE}  # null says the same as leaving it out
    _check(body, schema)
    read = {name: value for name, value in body.items() if value is not None}
    if read.pop("model", model) != model:
        raise Refused(404, f"Expected the model {model!r}, but found {body['model']!r}. Leave `model` out.", "model_not_found")
    read.pop("user", None)
    return read


@cache
def _validator(schema: str) -> Draft202012Validator:
    components = json.loads(OPENAPI.read_text(encoding="utf-8"))["components"]
    return Draft202012Validator({"$ref": f"#/components/schemas/{schema}", "components": components})


def _check(body: dict[str, object], schema: str) -> None:
    if error := best_match(_validator(schema).iter_errors(body)):
        message = error.message if len(error.message) < 200 else f"{error.message[:120]} ... {error.message[-60:]}"
        raise DataError("a request as /openapi.json describes it", f"{error.json_path[:100]}: {message}", "Change that field.")


def _message(message: dict[str, Any]) -> dict[str, str]:
    """Read the parts of a content as one text, as the data module does."""
    content = message["content"]
    text = content if isinstance(content, str) else "".join(part["text"] for part in content)
    return {"role": message["role"], "content": read_question(text)}


def _check_turns(roles: list[str]) -> None:
    """Only conversations that training could have seen: user and assistant in turn, a user turn last."""
    turns = roles[1:] if roles[0] == "system" else roles
    if turns != ["user", "assistant"] * (len(turns) // 2) + ["user"]:
        raise DataError(
            "messages of user and assistant in turn, after at most one system message, with a user's last",
            ", ".join(roles[:10]),
            "Join messages of one role into one.",
        )


def _check_schema(form: dict[str, Any]) -> None:
    schema = form.get("json_schema", {}).get("schema", {})
    size, levels = len(json.dumps(schema)), _levels(schema)
    if size > _SCHEMA_BYTES or levels > _SCHEMA_LEVELS:
        raise DataError(
            f"a schema of at most {_SCHEMA_BYTES} bytes and {_SCHEMA_LEVELS} levels", f"{size} and {levels}", "Make it smaller."
        )


def _levels(schema: dict[str, Any]) -> int:
    inner = [*schema.get("properties", {}).values(), *([schema["items"]] if "items" in schema else [])]
    return 1 + max(map(_levels, inner), default=0)
