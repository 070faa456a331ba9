"""The allow-list of request fields: what is on it and within its bounds goes on to llama.cpp, everything else is refused."""

import json
from typing import Any

import pytest

from mathpal_lightning.errors import DataError
from mathpal_lightning.serving.body import Refused
from mathpal_lightning.serving.fields import (
    OPENAPI,
    PageRequest,
    one_by_one,
    read_chat,
    read_completion,
    read_rule,
    read_solve,
    read_work,
    texts_and_tokens,
    with_attempts,
)

CHAT: dict[str, Any] = {"messages": [{"role": "user", "content": "Tính 2 + 3"}]}
SPEC = json.loads(OPENAPI.read_text(encoding="utf-8"))


def read(**fields: Any) -> dict[str, Any]:
    return read_chat(CHAT | fields, "lop5")


def schema(levels: int) -> dict[str, Any]:
    inner: dict[str, Any] = {"type": "integer"}
    for _ in range(levels - 1):
        inner = {"type": "object", "properties": {"a": inner}}
    return {"type": "json_schema", "json_schema": {"name": "x", "schema": inner}}


@pytest.mark.parametrize(
    "fields",
    [
        {"temperature": 0.7, "top_p": 0.9, "top_k": 40, "min_p": 0.05, "seed": 4294967295},
        {"n": 8, "max_tokens": 100},
        {"stop": ["a", "b", "c", "d"], "stream": True, "stream_options": {"include_usage": True}},
        {"logprobs": True, "top_logprobs": 20},
        {"logit_bias": {"5": -100, "262143": 100.0}},
        {"presence_penalty": -2, "frequency_penalty": 2, "repeat_penalty": 1.1, "repeat_last_n": 1024},
        {"response_format": {"type": "json_object"}},
        {"response_format": schema(5)},
    ],
)
def test_what_is_within_its_bounds_goes_on_as_it_is(fields: dict[str, Any]):
    assert read(**fields) == CHAT | fields


def test_null_is_absent_and_names_of_people_and_of_the_model_stay_here():
    assert read(stop=None, n=None, user="An", model="lop5") == CHAT
    assert read(max_completion_tokens=7) == CHAT | {"max_tokens": 7}
    assert read(max_completion_tokens=7, max_tokens=9)["max_tokens"] == 7


@pytest.mark.parametrize(
    "fields",
    [
        {"top_logprobs": 21},
        {"top_logprobs": 262_144},
        {"n": 9},
        {"n": 0},
        {"n": True},
        {"n": 1.5},
        {"max_tokens": 8193},
        {"max_tokens": 0},
        {"max_tokens": -1},
        {"max_tokens": "5"},
        {"max_tokens": 10**400},
        {"temperature": -0.1},
        {"temperature": float("inf")},
        {"top_k": -1},
        {"repeat_last_n": 1025},
        {"repeat_last_n": -1},
        {"dry_penalty_last_n": 5},
        {"seed": 2**32},
        {"stop": [""]},
        {"stop": ["a"] * 5},
        {"stop": "a" * 101},
        {"logit_bias": {str(number): 1 for number in range(301)}},
        {"logit_bias": {"-1": 1}},
        {"logit_bias": [[1, 1]]},
        {"stream": 1},
        {"response_format": schema(6)},
        {"response_format": {"type": "json_schema", "json_schema": {"schema": {"type": "string", "pattern": "(" * 30_000}}}},
        {"response_format": {"type": "json_schema", "json_schema": {"schema": {"type": "array", "items": {"type": "null"}}}}},
        {"response_format": {"type": "json_schema", "json_schema": {"schema": {"$ref": "#"}}}},
        {"response_format": {"type": "grammar"}},
        {"n_predict": 5},
        {"samplers": ["top_k"]},
        {"id_slot": 1},
        {"messages": []},
        {"messages": [{"role": "user", "content": "1"}] * 2},
        {"messages": [{"role": "assistant", "content": "1"}]},
        {"messages": [{"role": "system", "content": "1"}]},
        {"messages": [{"role": "tool", "content": "1"}]},
        {"messages": [{"role": "user", "content": "1", "name": "x"}]},
        {"messages": [{"role": "user", "content": [{"type": "image_url", "image_url": {"url": "file:///etc/passwd"}}]}]},
        {"messages": [{"role": "user", "content": "1"}, {"role": "assistant", "content": "1"}] * 40},
    ],
)
def test_what_is_not_on_the_list_or_out_of_bounds_is_refused(fields: dict[str, Any]):
    with pytest.raises(DataError) as refused:
        read(**fields)
    assert len(str(refused.value)) < 700, "the reason is short, whatever was sent"


@pytest.mark.parametrize(
    ("field", "words"),
    [
        ("tools", "calls no tools"),
        ("tool_choice", "calls no tools"),
        ("functions", "calls no functions"),
        ("grammar", "Grammars are switched off"),
        ("json_schema", "small schema"),
    ],
)
def test_what_other_servers_take_is_refused_with_the_reason(field: str, words: str):
    with pytest.raises(Refused, match=words) as refused:
        read(**{field: "auto"})
    assert (refused.value.status, refused.value.code) == (400, "unsupported_parameter")
    assert read(**{field: None}) == read(), "some clients send null for what they do not use"


def test_fields_of_other_servers_that_ask_for_nothing_are_left_out():
    assert read_completion({"prompt": "1", "echo": False, "best_of": 1}, "lop5") == {"prompt": "1"}
    with pytest.raises(Refused, match="without `echo`"):
        read_completion({"prompt": "1", "echo": True}, "lop5")
    with pytest.raises(DataError, match="best_of"):
        read_completion({"prompt": "1", "best_of": 2}, "lop5")


def test_another_model_is_not_here():
    for reads, body in ((read_chat, CHAT), (read_completion, {"prompt": "1"})):
        with pytest.raises(Refused, match="Expected the model 'lop5', but found 'gpt-4o'") as refused:
            reads(body | {"model": "gpt-4o"}, "lop5")
        assert (refused.value.status, refused.value.code) == (404, "model_not_found")


def test_a_request_for_several_answers_is_one_for_each():
    assert one_by_one(read(max_tokens=5)) == [CHAT | {"max_tokens": 5}]
    assert one_by_one(read(n=2, seed=7)) == [CHAT | {"seed": 7}, CHAT | {"seed": 8}]
    assert one_by_one(read(n=2, seed=4294967295))[1]["seed"] == 0
    assert one_by_one(read(n=2, seed=-1)) == [CHAT | {"seed": -1}] * 2
    prompts = one_by_one(read_completion({"prompt": ["12", "345"], "n": 2}, "lop5"))
    assert prompts == [{"prompt": "12"}, {"prompt": "12"}, {"prompt": "345"}, {"prompt": "345"}]


def test_a_request_takes_its_texts_and_its_answer():
    assert texts_and_tokens(read(max_tokens=10)) == (["Tính 2 + 3"], 10)
    assert texts_and_tokens({"prompt": "12"}) == (["12"], 1024)


def test_the_page_asks_with_a_question_and_a_random_name():
    assert read_solve({"question": " 2 +  3 ", "pupil": "ab12"}) == PageRequest("2 + 3", "ab12")
    assert read_solve({"question": "1", "hints": True}).hints
    assert read_work({"work": " 1 +  1 = 2 ", "question": " "}) == PageRequest("", "", "1 + 1 = 2")
    for body in ({"question": "1", "n": 2}, {"question": "1", "pupil": "x" * 65}, {"question": "1" * 32_001}):
        with pytest.raises(DataError, match="openapi"):
            read_solve(body)
    with pytest.raises(DataError, match="openapi"):
        read_work({"work": "1", "question": 5})


def test_a_header_chooses_one_of_several_attempts():
    assert read_rule(None, CHAT) is None
    assert read_rule("majority", CHAT) == "majority"
    assert with_attempts(CHAT | {"n": 8, "temperature": None})["n"] == 8
    assert with_attempts(CHAT)["temperature"] == 0.6
    for header, body, found in (("best", CHAT, "'best'"), ("majority", CHAT | {"stream": True}, "stream")):
        with pytest.raises(DataError, match=found):
            read_rule(header, body)
