"""Preference pairs: every form a file may have, what is refused, and what becomes of a pair on its way to a batch."""

import pytest
import torch

from mathpal_lightning import MathDataModule
from mathpal_lightning.data import Columns, Generator, Refusal
from mathpal_lightning.data.collate import collate_pairs
from mathpal_lightning.data.encode import encode_pairs, encode_rows
from mathpal_lightning.data.report import Note
from mathpal_lightning.data.rows import read_rows
from mathpal_lightning.data.sources import Record
from mathpal_lightning.errors import ConfigError, DataError
from mathpal_lightning.schema import IGNORE_INDEX, EncodedPair, PreferenceBatch, Row, Turn

QUESTION, CHOSEN, REJECTED = "2 + 3 = ?", "2 + 3 = 5. Đáp số: 5", "2 + 3 = 6. Đáp số: 6"
PAIR = Row((Turn("user", QUESTION), Turn("assistant", CHOSEN)), place="pairs.jsonl:1", rejected=REJECTED)
X = IGNORE_INDEX


def message(role, content):
    return {"role": role, "content": content}


def read(*fields, columns=Columns(), **settings):  # noqa: B008
    records = [Record(f"pairs.jsonl:{number}", one) for number, one in enumerate(fields, start=1)]
    return list(read_rows(records, columns, objective="dpo", **settings))


ASKED, GOOD, BAD = message("user", QUESTION), message("assistant", CHOSEN), message("assistant", REJECTED)
FORMS = {
    "prompt and completions": {"prompt": QUESTION, "chosen": CHOSEN, "rejected": REJECTED},
    "question and completions": {"question": QUESTION, "chosen": CHOSEN, "rejected": REJECTED},
    "chats": {"prompt": [ASKED], "chosen": [GOOD], "rejected": [BAD]},
    "whole chats": {"chosen": [ASKED, GOOD], "rejected": [ASKED, BAD]},
    "a prompt and whole chats": {"prompt": QUESTION, "chosen": [ASKED, GOOD], "rejected": [ASKED, BAD]},
    "whole texts": {"chosen": f"{QUESTION}\n{CHOSEN}", "rejected": f"{QUESTION}\n{REJECTED}"},
    "dialogues": {
        "chosen": f"\n\nHuman: {QUESTION}\n\nAssistant: {CHOSEN}",
        "rejected": f"\n\nHuman: {QUESTION}\n\nAssistant: {REJECTED}",
    },
    "a dialogue to go on": {
        "prompt": f"\n\nHuman: {QUESTION}\n\nAssistant:",
        "chosen": f" {CHOSEN}",
        "rejected": f" {REJECTED}",
    },
    "a dialogue and whole ones": {
        "prompt": f"Human: {QUESTION}\n\nAssistant: ",
        "chosen": f"Human: {QUESTION}\n\nAssistant: {CHOSEN}",
        "rejected": f"Human: {QUESTION}\n\nAssistant: {REJECTED}",
    },
    "messages alone": {"prompt": [ASKED], "chosen": GOOD, "rejected": BAD},
    "ShareGPT's": {
        "conversations": [{"from": "human", "value": QUESTION}],
        "chosen": {"from": "gpt", "value": CHOSEN},
        "rejected": {"from": "gpt", "value": REJECTED},
    },
}


@pytest.mark.parametrize("fields", FORMS.values(), ids=FORMS)
def test_every_form_gives_the_same_row(fields):
    assert [row for row in read(fields) if not isinstance(row, Note)] == [PAIR]


def test_a_dialogue_of_several_turns_keeps_them():
    before = f"\n\nHuman: 1 + 1?\n\nAssistant: Đáp số:\n\n2\n\nHuman: {QUESTION}\n\nAssistant: "
    (row,) = read({"chosen": before + CHOSEN, "rejected": before + REJECTED})
    assert [turn.role for turn in row.turns] == ["user", "assistant", "user", "assistant"]
    assert [turn.text for turn in row.turns] == ["1 + 1?", "Đáp số:\n\n2", QUESTION, CHOSEN]
    assert row.rejected == REJECTED


@pytest.mark.parametrize(
    ("chosen", "rejected", "reason"),
    [
        ("Human: a\n\nHuman: b\n\nAssistant: c", "Human: a\n\nHuman: b\n\nAssistant: d", "in a row"),
        ("Human: a\n\nAssistant: b", "Human: c\n\nAssistant: d", "not one assistant message"),
    ],
)
def test_a_dialogue_out_of_order_is_refused(chosen: str, rejected: str, reason: str):
    (row,) = read({"chosen": chosen, "rejected": rejected})
    assert isinstance(row, Refusal)
    assert reason in row.detail


def test_a_problem_about_humans_is_no_dialogue():
    (row,) = read({"chosen": "Human: 2 chân. Bao nhiêu?\n2", "rejected": "Human: 2 chân. Bao nhiêu?\n3"})
    assert (row.question, row.solution, row.rejected) == ("Human: 2 chân. Bao nhiêu?", "2", "3")


def test_columns_may_have_other_names():
    columns = Columns(prompt="đề", chosen="đúng", rejected="sai")
    assert read({"đề": QUESTION, "đúng": CHOSEN, "sai": REJECTED}, columns=columns) == [PAIR]


def test_a_long_chat_keeps_its_earlier_turns_in_the_prompt():
    before = [message("system", "Bạn là giáo viên."), message("user", "1 + 1?"), message("assistant", "2"), ASKED]
    (row,) = read({"chosen": [*before, GOOD], "rejected": [*before, BAD]})
    assert [turn.role for turn in row.turns] == ["system", "user", "assistant", "user", "assistant"]
    assert (row.solution, row.rejected) == (CHOSEN, REJECTED)


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"prompt": QUESTION, "chosen": CHOSEN, "rejected": f" {CHOSEN} "}, "identical_pair"),
        ({"chosen": f"{QUESTION}\n{CHOSEN}", "rejected": f"{QUESTION}\n{CHOSEN}"}, "identical_pair"),
        ({"chosen": [ASKED, GOOD], "rejected": [ASKED, GOOD]}, "identical_pair"),
        ({"prompt": QUESTION, "chosen": "", "rejected": REJECTED}, "empty_solution"),
        ({"prompt": QUESTION, "chosen": CHOSEN, "rejected": None}, "empty_solution"),
        ({"prompt": " ", "chosen": CHOSEN, "rejected": REJECTED}, "empty_question"),
        ({"chosen": "một", "rejected": "hai"}, "empty_question"),
        ({"prompt": QUESTION, "chosen": {"text": CHOSEN}, "rejected": REJECTED}, "unreadable"),
        ({"prompt": QUESTION, "chosen": [GOOD, ASKED], "rejected": [BAD]}, "unreadable"),
        ({"prompt": [message("oracle", QUESTION)], "chosen": CHOSEN, "rejected": REJECTED}, "unreadable"),
        ({"chosen": [{"role": "user"}, GOOD], "rejected": [ASKED, BAD]}, "unreadable"),
        ({"prompt": QUESTION, "chosen": CHOSEN, "rejected": "<eos>"}, "control_token"),
        ({"prompt": QUESTION, "chosen": CHOSEN, "rejected": REJECTED, "answer": "7"}, "wrong_chosen"),
    ],
)
def test_a_bad_pair_is_refused_with_its_reason(fields, reason):
    assert [row.reason for row in read(fields, control_tokens=["<eos>"]) if isinstance(row, Refusal)] == [reason]


@pytest.mark.parametrize("answer", ["2,5 kg", "2.5 kg", "2500 g", 2.5, "", None])
def test_a_chosen_that_comes_to_the_answer_is_kept(answer):
    fields = {"prompt": "Bao gạo nặng bao nhiêu?", "chosen": "Đáp số: 2,5 kg", "rejected": "Đáp số: 25 kg", "answer": answer}
    assert isinstance(read(fields)[0], Row)


def test_a_missing_column_names_the_nearest():
    with pytest.raises(DataError, match=r"'rejected'.*'chosen', 'reject' in pairs\.jsonl:1\. Did you mean 'reject'\?"):
        read({"prompt": "a", "chosen": "b", "reject": "c"})


def test_the_two_halves_of_a_pair_are_two_documents_of_sft(tokenizer):
    (pair,) = encode_pairs(tokenizer, [PAIR])
    segments = torch.tensor(pair.segment_ids)
    ids, labels = torch.tensor(pair.input_ids), torch.tensor(pair.labels)
    for segment, solution in ((1, CHOSEN), (2, REJECTED)):
        (document,) = encode_rows(tokenizer, [Row((Turn("user", QUESTION), Turn("assistant", solution)))])
        half = (segments == 0) | (segments == segment)
        assert ids[half].tolist() == document.input_ids
        assert labels[half].tolist() == document.labels
        assert tokenizer.decode(labels[segments == segment]) == f"{solution}<end_of_turn>"
    assert pair.input_ids.count(tokenizer.bos_token_id) == 1


def test_the_batch_of_the_docstring():
    pair = EncodedPair([2, 12, 34, 56, 78, 91, 92, 93], [X, X, X, 56, 78, 91, 92, 93], [0, 0, 0, 1, 1, 2, 2, 2])
    batch = collate_pairs([[pair]], pad_token_id=0, width=10)
    assert [tensor[0].tolist() for tensor in batch] == [
        [2, 12, 34, 56, 78, 91, 92, 93, 0, 0],
        [X, X, X, 56, 78, 91, 92, 93, X, X],
        [0, 1, 2, 3, 4, 3, 4, 5, 0, 0],
        [0, 0, 0, 1, 1, 2, 2, 2, 0, 0],
        [0, 0, 0, 0, 0, 0, 0, 0, -1, -1],
    ]
    both = collate_pairs([[pair], [pair, pair]], pad_token_id=0)
    assert both.pair_ids[:, [0, 8]].tolist() == [[0, -1], [1, 2]]
    with pytest.raises(ValueError, match="at most 12 tokens, but got 16"):
        collate_pairs([[pair, pair]], 0, width=12)


def pairs(number):
    return [
        {"prompt": f"{i} + {3 * i} = ?", "chosen": f"Đáp số: {4 * i}", "rejected": f"Đáp số: {4 * i + 1}"}
        for i in range(number)
    ]


@pytest.mark.parametrize("packing", [True, False])
def test_the_data_module_loses_no_pair(write_jsonl, tokenizer, tmp_path, packing):
    source = write_jsonl([*pairs(40), {"prompt": "x", "chosen": "y", "rejected": "y"}])
    data = MathDataModule(
        source, objective="dpo", tokenizer=tokenizer, max_length=200, batch_size=2, packing=packing, cache_dir=str(tmp_path)
    )
    data.setup("fit")
    assert data.report.refused.counts == {"identical_pair": 1}
    batches = list(data.train_dataloader())
    assert all(isinstance(batch, PreferenceBatch) for batch in batches)
    seen = [batch.input_ids[batch.pair_ids == pair].tolist() for batch in batches for pair in range(batch.pair_ids.max() + 1)]
    written = [list(data.document("train", number).input_ids) for number in range(data.report.kept)]
    assert sorted(seen) == sorted(written)
    assert len(seen) == 38  # 41 read, one refused, two held out
    assert all(batch.labels.shape[1] == 200 for batch in batches) == packing


def test_generated_problems_give_pairs_of_solution_and_mistake(tokenizer, tmp_path):
    generator = Generator(count=12, validation_count=2, test_count=0, topics=["rectangle_perimeter"])
    data = MathDataModule(
        "generated", objective="dpo", generator=generator, tokenizer=tokenizer, max_length=2048, cache_dir=str(tmp_path)
    )
    data.setup("fit")
    assert data.report.kept == 12
    assert all(row.rejected and row.rejected != row.solution for row in data.train_rows)


def test_supervising_the_prompt_of_a_pair_is_refused():
    with pytest.raises(ConfigError, match=r"data\.supervise: solution"):
        MathDataModule("pairs.jsonl", objective="dpo", supervise="all")


def test_alpaca_pairs_keep_their_system_text_and_their_input():
    fields = {"system": "Ngắn gọn.", "instruction": "Tính:", "input": QUESTION, "chosen": CHOSEN, "rejected": REJECTED}
    *notes, row = read(fields)
    assert isinstance(row, Row), row
    assert [turn.text for turn in row.turns] == ["Ngắn gọn.", f"Tính:\n{QUESTION}", CHOSEN]
    assert "'input' stands below the question, 'system' stands before the question" in notes[0].text
