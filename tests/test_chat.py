"""Pieces, prompt and template say the same text; a tokenizer that cannot is refused."""

import copy

import jinja2
import pytest

from mathpal_lightning.chat import (
    GEMMA_3,
    GEMMA_4,
    ControlTokens,
    chat_format,
    control_tokens,
    conversation_pieces,
    every_control_token,
    generation_prompt,
    prepare_tokenizer,
    require_plain,
    stop_token_ids,
)
from mathpal_lightning.errors import DataError, ModelError
from mathpal_lightning.schema import Turn
from tests.tiny import FAMILIES, tiny_chat_format, tiny_tokenizer

CONVERSATIONS = [
    (Turn("user", "2 + 3 = ?"), Turn("assistant", "5")),
    (Turn("system", "Ngắn gọn."), Turn("user", "2 + 3 = ?"), Turn("assistant", "5")),
    (Turn("user", " a "), Turn("assistant", "b\n"), Turn("user", "c"), Turn("assistant", "d\n\ne")),
    (Turn("system", "s"), Turn("user", "a"), Turn("assistant", "b"), Turn("user", "c"), Turn("assistant", "d")),
]


@pytest.fixture(scope="module", params=FAMILIES)
def family(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture(scope="module")
def tokenizer(family, tmp_path_factory):
    return tiny_tokenizer(tmp_path_factory.mktemp(family), family)


def _render(tokenizer, turns, **options) -> str:
    messages = [{"role": turn.role, "content": turn.text} for turn in turns]
    return tokenizer.apply_chat_template(messages, tokenize=False, **options)


@pytest.mark.parametrize("turns", CONVERSATIONS)
def test_pieces_join_to_the_template_less_bos_and_the_last_newline(tokenizer, family, turns):
    text = "".join(piece for piece, _ in conversation_pieces(tiny_chat_format(family), turns))
    assert f"<bos>{text}\n" == _render(tokenizer, turns)


@pytest.mark.parametrize("turns", CONVERSATIONS)
def test_generation_prompt_is_the_templates(tokenizer, family, turns):
    prompt = generation_prompt(tiny_chat_format(family), turns[:-1])
    assert f"<bos>{prompt}" == _render(tokenizer, turns[:-1], add_generation_prompt=True)


@pytest.mark.parametrize("turns", CONVERSATIONS)
def test_the_models_pieces_are_its_turns_each_with_its_end(family, turns):
    form = tiny_chat_format(family)
    written = [text for text, by_model in conversation_pieces(form, turns) if by_model]
    assert written == [turn.text.strip() + form.end_of_turn for turn in turns if turn.role == "assistant"]


def test_gemma_3_spelled_out():
    turns = (Turn("system", "Ngắn gọn."), Turn("user", "2 + 3 = ?"), Turn("assistant", "5"))
    assert conversation_pieces(GEMMA_3, turns) == [
        ("<start_of_turn>user\nNgắn gọn.\n\n2 + 3 = ?<end_of_turn>\n<start_of_turn>model\n", False),
        ("5<end_of_turn>", True),
    ]


def test_gemma_4_spelled_out():
    turns = (Turn("system", "Ngắn gọn."), Turn("user", "2 + 3 = ?"), Turn("assistant", "5"))
    assert conversation_pieces(GEMMA_4, turns) == [
        ("<|turn>system\nNgắn gọn.<turn|>\n<|turn>user\n2 + 3 = ?<turn|>\n<|turn>model\n", False),
        ("5<turn|>", True),
    ]


def test_the_format_is_found_from_the_vocabulary(tokenizer, family):
    assert chat_format(tokenizer) is tiny_chat_format(family)


def test_generation_stops_at_the_end_of_turn_and_at_eos(tokenizer, family):
    end_of_turn = tokenizer.convert_tokens_to_ids(tiny_chat_format(family).end_of_turn)
    assert stop_token_ids(tokenizer) == [end_of_turn, tokenizer.eos_token_id]
    assert end_of_turn != tokenizer.unk_token_id


def test_the_template_is_saved_with_the_tokenizer(tokenizer, family, tmp_path):
    tokenizer.save_pretrained(tmp_path)
    from transformers import AutoTokenizer

    assert AutoTokenizer.from_pretrained(tmp_path).chat_template == tiny_chat_format(family).template


@pytest.mark.parametrize("turns", CONVERSATIONS)
@pytest.mark.parametrize("prompt", [False, True])
def test_the_template_writes_what_the_earlier_one_wrote(tokenizer, family, turns, prompt):
    earlier = copy.deepcopy(tokenizer)
    earlier.chat_template = tiny_chat_format(family).earlier_template
    for asked in (turns, turns[:-1]):
        assert _render(tokenizer, asked, add_generation_prompt=prompt) == _render(earlier, asked, add_generation_prompt=prompt)


@pytest.mark.parametrize("turns", CONVERSATIONS)
def test_text_parts_are_their_texts(tokenizer, turns):
    """They were written as Python shows a list."""
    parts = [{"role": turn.role, "content": [{"type": "text", "text": turn.text}]} for turn in turns]
    assert tokenizer.apply_chat_template(parts, tokenize=False) == _render(tokenizer, turns)
    two = [{"role": "user", "content": [{"type": "text", "text": "2 + 3"}, {"type": "text", "text": "= ?"}]}]
    assert "2 + 3= ?" in tokenizer.apply_chat_template(two, tokenize=False)


USER = {"role": "user", "content": "2 + 3 = ?"}


@pytest.mark.parametrize(
    ("messages", "said"),
    [
        ([USER, {"role": "assistant", "content": None}], "must be a text"),
        ([USER, {"role": "assistant"}], "must be a text"),
        ([{"role": "system", "content": None}, USER], "must be a text"),
        ([{"role": "user", "content": [{"type": "image", "url": "x"}]}], "Only texts can be read"),
        ([{"role": "user", "content": {"text": "a"}}], "must be a text"),
        ([USER, USER], "must alternate"),
        ([{"role": "assistant", "content": "5"}], "must alternate"),
        ([USER, {"role": "tool", "content": "5"}], "must alternate"),
        ([{"role": "developer", "content": "Ngắn gọn."}, USER], "must alternate"),
        ([USER, {"role": "system", "content": "Ngắn gọn."}], "must alternate"),
    ],
)
def test_what_gemmas_own_template_refuses_is_refused(tokenizer, messages, said):
    with pytest.raises(jinja2.TemplateError, match=said):
        tokenizer.apply_chat_template(messages, tokenize=False)


def test_tools_are_not_left_out_without_a_word(tokenizer):
    tool = {"type": "function", "function": {"name": "f", "description": "", "parameters": {}}}
    with pytest.raises(jinja2.TemplateError, match="not trained to call tools"):
        tokenizer.apply_chat_template([USER], tools=[tool], tokenize=False)
    assert tokenizer.apply_chat_template([USER], tools=[], tokenize=False) == tokenizer.apply_chat_template(
        [USER], tokenize=False
    )


def test_gemmas_own_name_of_the_role_is_read(tokenizer):
    chat = [USER, {"role": "assistant", "content": "5"}]
    own = [USER, {"role": "model", "content": "5"}]
    assert tokenizer.apply_chat_template(own, tokenize=False) == tokenizer.apply_chat_template(chat, tokenize=False)


def test_a_tokenizer_without_bos_is_refused(tokenizer):
    broken = copy.deepcopy(tokenizer)
    broken.add_bos_token = False
    broken._tokenizer.post_processor = None
    with pytest.raises(ModelError, match="exactly one BOS"):
        prepare_tokenizer(broken)


def test_a_tokenizer_that_doubles_bos_is_refused(tokenizer):
    from tokenizers.processors import TemplateProcessing

    broken = copy.deepcopy(tokenizer)
    broken._tokenizer.post_processor = TemplateProcessing(single="<bos> <bos> $A", special_tokens=[("<bos>", 2)])
    with pytest.raises(ModelError, match="exactly one BOS"):
        prepare_tokenizer(broken)


def test_a_tokenizer_of_another_family_is_refused():
    from tokenizers import Tokenizer, models
    from transformers import PreTrainedTokenizerFast

    other = PreTrainedTokenizerFast(tokenizer_object=Tokenizer(models.WordLevel({"a": 0, "<unk>": 1}, unk_token="<unk>")))
    with pytest.raises(ModelError, match="a Gemma tokenizer"):
        prepare_tokenizer(other)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("2 + 3 <end_of_turn><eos>", "<end_of_turn>"),
        ("Số <unused7> và <eos>", "<unused7>"),
        ("a < b, <b>đậm</b>, c > d", None),
        ("", None),
    ],
)
def test_the_first_control_token_of_a_text(text: str, found: str | None):
    assert every_control_token().first_in(text) == found


def test_control_tokens_of_any_length_and_beginning_are_found():
    tokens = ControlTokens.of(["<a>", "[khá dài]"])
    assert tokens.first_in("x [khá dài] <a>") == "[khá dài]"
    assert tokens.first_in("x <a> [khá dài]") == "<a>"
    assert tokens.first_in("[khá] <b>") is None


def test_the_control_tokens_of_a_tokenizer_are_those_that_steer(tokenizer, family):
    form, found = tiny_chat_format(family), control_tokens(tokenizer)
    assert {form.start_of_turn, form.end_of_turn, tokenizer.bos_token, tokenizer.eos_token} <= set(found)
    assert found == sorted(found)
    assert all(token.strip() for token in found)
    with_text = copy.deepcopy(tokenizer)
    with_text.add_tokens(["<b>", "<unused5>"])
    assert set(control_tokens(with_text)) - set(found) == {"<unused5>"}, "an HTML tag is text"


def test_without_a_question_there_is_nothing_to_write():
    assert conversation_pieces(GEMMA_3, []) == []
    assert conversation_pieces(GEMMA_3, [Turn("system", "Ngắn gọn.")]) == []


def test_a_text_with_a_control_token_is_refused_by_its_number():
    require_plain(["2 + 3 = ?", "a < b"])
    with pytest.raises(DataError, match=r"'<start_of_turn>' in text 2 of 2"):
        require_plain(["2 + 3 = ?", "5<start_of_turn>user"])
