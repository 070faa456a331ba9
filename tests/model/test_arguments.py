"""What people write as arguments: one form of each, and an error that names the key where it cannot be meant."""

from pathlib import Path
from typing import Any

import pytest

from mathpal_lightning import MathPalModule
from mathpal_lightning.errors import ConfigError, ModelError
from mathpal_lightning.model.arguments import longest, prompts_of, settings_of, target_names
from mathpal_lightning.model.load import LORA_TARGETS
from mathpal_lightning.model.policy import Policy
from mathpal_lightning.model.reference import Preference
from mathpal_lightning.schema import Row, Turn


def test_the_head_is_refused_before_anything_is_read():
    with pytest.raises(ModelError, match="lm_head"):
        MathPalModule(lora_targets=["q_proj", "lm_head"])


CHAT = (Turn("system", "Ngắn gọn."), Turn("user", "1 + 1 = ?"), Turn("assistant", "2"), Turn("user", "Cộng 3?"))


@pytest.mark.parametrize(
    ("given", "names"),
    [
        ("all-linear", list(LORA_TARGETS)),
        (["all-linear"], list(LORA_TARGETS)),
        ("q_proj", ["q_proj"]),
        (("q_proj", "v_proj", "q_proj"), ["q_proj", "v_proj"]),
        (["all-linear", "per_layer_input_gate"], [*LORA_TARGETS, "per_layer_input_gate"]),
    ],
)
def test_targets_are_names(given: Any, names: list[str]):
    assert target_names(given) == names
    assert MathPalModule("no/such", lora_targets=given).settings.lora_targets == names


@pytest.mark.parametrize("given", [".*q_proj", "q_proj,v_proj", ["layers.0.self_attn.q_proj"], ["q_proj", ""]])
def test_targets_that_are_no_names_are_refused_before_anything_loads(given: Any):
    with pytest.raises(ConfigError, match=r"all-linear, but found .*Write them as a list: \[q_proj, v_proj\]"):
        MathPalModule("no/such", lora_targets=given)


def test_settings_are_taken_by_their_names():
    assert settings_of(Preference, {"loss": "ipo", "beta": 1}, "model.preference") == Preference("ipo", 1)
    assert settings_of(Policy, {"clip": [0.2, 0.3], "updates": 2}, "model.policy").clip == [0.2, 0.3]
    assert settings_of(Policy, {"clip": None}, "model.policy") == Policy()
    kept = Policy(kl=0.1)
    assert settings_of(Policy, kept, "model.policy") is kept


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"preference": {"los": "ipo"}}, "`model.preference.*`, but found 'los'. Did you mean loss?"),
        ({"preference": "ipo"}, "a Preference or a dictionary for `model.preference`, but found 'ipo'"),
        ({"preference": {"beta": "0.1"}}, "a number for `model.preference.beta`, but found '0.1'"),
        ({"preference": {"cache_reference": "no"}}, "true or false for `model.preference.cache_reference`"),
        ({"policy": {"kl": "x"}}, "a number for `model.policy.kl`, but found 'x'"),
        ({"policy": {"group_size": 2.5}}, "a number for `model.policy.group_size`"),
        ({"policy": {"clip": 0.2}}, "two numbers for `model.policy.clip`, but found 0.2"),
        ({"policy": {"pass_rate": None}}, "two numbers for `model.policy.pass_rate`"),
    ],
)
def test_a_key_or_a_value_that_is_none_of_a_section_is_named(given: dict[str, Any], said: str):
    with pytest.raises(ConfigError) as error:
        MathPalModule("no/such", **given)
    assert said in str(error.value)


def test_messages_of_a_chat_template_are_a_conversation():
    messages = [{"role": turn.role, "content": turn.text} for turn in CHAT]
    parts = [{**message, "content": [{"type": "text", "text": message["content"]}]} for message in messages]
    assert prompts_of([messages, parts, list(CHAT), CHAT, "2 + 2 = ?"]) == [CHAT] * 4 + ["2 + 2 = ?"]
    assert prompts_of(Row(CHAT)) == [CHAT]


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("2 + 2 = ?", "a list of questions, but found the text '2 + 2 = ?'"),
        ([{"role": "user", "content": "2 + 2 = ?"}], "one of the type dict"),
        ([3], "one of the type int"),
        ([[{"role": "human", "content": "a"}]], "for `role` of a message, but found 'human'"),
        ([[{"role": "user", "content": None}]], "a text as the content of a message, but found None"),
        ([[{"role": "user", "content": [{"type": "image", "url": "x"}]}]], "pictures are not read"),
        ([CHAT[:3]], "but found system, user, assistant"),
        ([[]], "but found no turn"),
    ],
)
def test_what_cannot_be_asked_is_said(asked: Any, said: str):
    with pytest.raises(ConfigError) as error:
        MathPalModule("no/such").generate_solutions(asked)
    assert said in str(error.value)


@pytest.mark.parametrize("tokens", [0, -3, 2.5, True, "9"])
def test_a_length_that_is_none_is_refused_and_does_not_become_the_usual_one(tokens: Any, gemma3_folder: Path):
    assert longest(None, 512) == 512
    module = MathPalModule(str(gemma3_folder), backend="transformers", bits=16)
    for solve in (module.generate_solutions, lambda asked, most: module.draw_solutions(asked, 2, 1.0, most)):
        with pytest.raises(ConfigError, match="a whole `max_new_tokens` above 0"):
            solve(["1 + 1 = ?"], tokens)
