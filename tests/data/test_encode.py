"""Ids against the whole text tokenised at once and against the chat template; laws 1, 2 and 6."""

import json

import pytest

from mathpal_lightning.chat import chat_format, control_tokens, generation_prompt
from mathpal_lightning.data.encode import encode_rows
from mathpal_lightning.schema import IGNORE_INDEX, Row, Turn
from tests.own_rows import OWN_ROWS
from tests.tiny import FAMILIES, Family, tiny_tokenizer

ROWS = [
    Row((Turn("user", "Tìm x biết x + 3,8 = 5,25"), Turn("assistant", "x = 5,25 - 3,8\nx = 1,45\n\nĐáp số: 1,45"))),
    Row((Turn("system", "Giải từng bước."), Turn("user", "2 + 3 = ?"), Turn("assistant", "5"))),
    Row((Turn("user", "1 + 1 = ?"), Turn("assistant", "2"), Turn("user", "Cộng 1?"), Turn("assistant", "2 + 1 = 3"))),
    Row((Turn("user", "Ký hiệu ≠ ⊥ 🍊 và  hai dấu cách"), Turn("assistant", "$\\frac{3}{4}$ của 45 000 đồng"))),
]


def _messages(row: Row) -> list[dict[str, str]]:
    return [{"role": turn.role, "content": turn.text} for turn in row.turns]


@pytest.fixture(scope="module", params=FAMILIES)
def family_tokenizer(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory):
    family: Family = request.param
    return tiny_tokenizer(tmp_path_factory.mktemp(family), family)


def test_ids_are_those_of_the_templates_text_tokenised_at_once(family_tokenizer):
    for row, document in zip(ROWS, encode_rows(family_tokenizer, ROWS), strict=True):
        text = family_tokenizer.apply_chat_template(_messages(row), tokenize=False).removesuffix("\n")
        assert document.input_ids == family_tokenizer(text, add_special_tokens=False)["input_ids"]


def test_the_prompt_of_generation_is_the_prompt_of_training(family_tokenizer):
    form = chat_format(family_tokenizer)
    for row, document in zip(ROWS, encode_rows(family_tokenizer, ROWS), strict=True):
        prompt = generation_prompt(form, row.turns[:-1])
        ids = [family_tokenizer.bos_token_id, *family_tokenizer(prompt, add_special_tokens=False)["input_ids"]]
        assert document.input_ids[: len(ids)] == ids
        assert document.labels[len(ids)] == document.input_ids[len(ids)]  # the first token of the solution is learnt


def test_law_2_supervised_ids_decode_to_the_solution_and_its_end_of_turn(family_tokenizer):
    form = chat_format(family_tokenizer)
    for row, document in zip(ROWS, encode_rows(family_tokenizer, ROWS), strict=True):
        supervised = [label for label in document.labels if label != IGNORE_INDEX]
        solutions = "".join(turn.text + form.end_of_turn for turn in row.turns if turn.role == "assistant")
        assert family_tokenizer.decode(supervised, clean_up_tokenization_spaces=False) == solutions


def test_laws_1_and_6_one_bos_never_supervised_and_a_supervised_end_of_turn(family_tokenizer):
    end_of_turn = family_tokenizer.convert_tokens_to_ids(chat_format(family_tokenizer).end_of_turn)
    for supervise in ("solution", "all"):
        documents = encode_rows(family_tokenizer, ROWS, supervise)
        assert len(documents) == len(ROWS)
        for ids, labels in documents:
            assert ids[0] == family_tokenizer.bos_token_id
            assert ids.count(family_tokenizer.bos_token_id) == 1
            assert labels[0] == IGNORE_INDEX
            assert labels[-1] == ids[-1] == end_of_turn
            assert all(label in (IGNORE_INDEX, token) for token, label in zip(ids, labels, strict=True))


def test_supervise_all_labels_everything_but_bos(tokenizer):
    for ids, labels in encode_rows(tokenizer, ROWS, "all"):
        assert labels == [IGNORE_INDEX, *ids[1:]]


def test_encoding_many_rows_is_encoding_each(tokenizer):
    assert encode_rows(tokenizer, ROWS) == [encode_rows(tokenizer, [row])[0] for row in ROWS]
    assert encode_rows(tokenizer, []) == []


def test_control_tokens_hold_what_steers_a_model_and_nothing_else(family_tokenizer):
    form, control = chat_format(family_tokenizer), control_tokens(family_tokenizer)
    assert {"<bos>", "<eos>", "<pad>", form.start_of_turn, form.end_of_turn} <= set(control)
    assert not any("\n" in token for token in control)


def test_real_rows_keep_their_text(tokenizer, real_rows):
    """Law 2 on 200 real rows, the tokenizer falling back to bytes where it must."""
    records = json.loads(real_rows.read_text(encoding="utf-8"))[:200]
    assert len(records) == 200
    _keep_their_text(tokenizer, records)


def test_rows_in_our_own_words_keep_their_text(tokenizer):
    _keep_their_text(tokenizer, OWN_ROWS)


def _keep_their_text(tokenizer, records: list[dict]) -> None:
    turns = [(Turn("user", record["question"].strip()), Turn("assistant", record["solution"].strip())) for record in records]
    documents = encode_rows(tokenizer, [Row(pair) for pair in turns])
    assert len(documents) == len(records)
    for (_, solution), document in zip(turns, documents, strict=True):
        supervised = [label for label in document.labels if label != IGNORE_INDEX]
        assert tokenizer.decode(supervised, clean_up_tokenization_spaces=False) == solution.text + "<end_of_turn>"
