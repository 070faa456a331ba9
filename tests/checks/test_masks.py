"""What a wrong BOS or mask is called; sound rows of every family and objective pass."""

import pytest

from mathpal_lightning.checks.masks import check_masks
from mathpal_lightning.data.encode import encode_pairs, encode_rows
from mathpal_lightning.errors import DataError
from mathpal_lightning.schema import IGNORE_INDEX, Encoded, Row, Turn
from tests.tiny import FAMILIES, tiny_tokenizer

ROWS = [
    Row((Turn("user", "Tìm x biết x + 3 = 5"), Turn("assistant", "x = 5 - 3 = 2")), place="rows.jsonl:1", rejected="x = 8"),
    Row((Turn("user", "1 + 1 = ?"), Turn("assistant", "2"), Turn("user", "Cộng 1?"), Turn("assistant", "3")), rejected="4"),
]


@pytest.fixture(scope="module", params=FAMILIES)
def tokenizer(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory):
    return tiny_tokenizer(tmp_path_factory.mktemp(request.param), request.param)


def test_sound_rows_pass_and_one_is_shown(tokenizer):
    finding = check_masks(tokenizer, ROWS, encode_rows(tokenizer, ROWS))
    assert finding.level == "ok"
    assert "x = 5 - 3 = 2" in finding.found
    assert check_masks(tokenizer, ROWS, encode_rows(tokenizer, ROWS, "all"), "all").level == "ok"
    assert check_masks(tokenizer, ROWS, encode_pairs(tokenizer, ROWS)).level == "ok"


@pytest.fixture
def sound(tokenizer) -> Encoded:
    return encode_rows(tokenizer, ROWS[:1])[0]


def refused(tokenizer, document: Encoded, match: str):
    with pytest.raises(DataError, match=match):
        check_masks(tokenizer, ROWS[:1], [document])


def test_two_bos(tokenizer, sound):
    refused(tokenizer, Encoded([sound.input_ids[0], *sound.input_ids], [IGNORE_INDEX, *sound.labels]), "2 in rows.jsonl:1")


def test_no_bos(tokenizer, sound):
    refused(tokenizer, Encoded(sound.input_ids[1:], sound.labels[1:]), "0 in rows.jsonl:1")


def test_an_end_of_turn_that_is_not_supervised(tokenizer, sound):
    refused(tokenizer, Encoded(sound.input_ids, [*sound.labels[:-1], IGNORE_INDEX]), "x = 5 - 3 = 2'")


def test_a_question_that_is_supervised(tokenizer, sound):
    refused(tokenizer, Encoded(sound.input_ids, [IGNORE_INDEX, *sound.input_ids[1:]]), "Tìm x")


def test_a_solution_that_is_masked(tokenizer, sound):
    refused(tokenizer, Encoded(sound.input_ids, [IGNORE_INDEX] * len(sound.labels)), "but found ''")
