"""Which file is which split: told by its names, or refused. Rows to test on are never trained on."""

from pathlib import Path

import pytest

from mathpal_lightning.data.sources import Generator, open_source
from mathpal_lightning.data.split_names import name_of_split, splits_in
from mathpal_lightning.errors import DataError

LINE = '{"question": "1 + 1 = ?", "solution": "2"}\n'


def folder_of(root: Path, *names: str) -> str:
    for name in names:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(LINE, encoding="utf-8")
    return str(root)


def files(named: str, split: str) -> tuple[str, ...]:
    source = open_source(named, split, Generator(), must_hold=split == "train")  # type: ignore[arg-type]
    return source.files if source else ()


@pytest.mark.parametrize(
    ("train", "validation", "test"),
    [
        ("toan_train.jsonl", "toan_dev.jsonl", "toan_test.jsonl"),
        ("training.jsonl", "eval.jsonl", "testing.jsonl"),
        ("train/a.jsonl", "val/a.jsonl", "test/a.jsonl"),
        ("lop5/Train.JSONL", "lop5/Valid.jsonl", "lop5/Test.jsonl"),
        ("toanTrain.jsonl", "toanEval.jsonl", "toanTest.jsonl"),
        ("trainset.csv", "devset.csv", "testset.csv"),
        ("train-00000-of-2.parquet", "validation-00000-of-1.parquet", "test-00000-of-1.parquet"),
        ("toan.train.jsonl.gz", "toan.validation.jsonl.gz", "toan.test.jsonl.gz"),
        ("data/train/lop5/a.jsonl", "data/evaluation/a.jsonl", "data/holdout/a.jsonl"),
        ("traindata.jsonl", "devquestions.jsonl", "testdata.jsonl"),
        ("toan_tr.jsonl", "toan_va.jsonl", "toan_te.jsonl"),
        ("Huấn luyện/a.jsonl", "Đánh giá/a.jsonl", "Kiểm tra/a.jsonl"),
        ("HuanLuyen.jsonl", "danh_gia.jsonl", "kiem_tra.jsonl"),
        ("train.jsonl", "val.jsonl", "kiem-tra.jsonl"),
    ],
)
def test_every_file_goes_to_the_split_that_its_names_say(train: str, validation: str, test: str, tmp_path: Path):
    folder = folder_of(tmp_path, train, validation, test)
    assert [files(folder, split) for split in ("train", "validation", "test")] == [(train,), (validation,), (test,)]
    pattern = f"{folder}/**/*{Path(train).suffix}*" if Path(train).suffix.islower() else f"{folder}/**/*.[jJ]*"
    assert files(pattern, "test") == (test,)


@pytest.mark.parametrize(
    ("names", "found"),
    [
        (["train.jsonl", "test.jsonl", "more.jsonl"], r"more\.jsonl beside .*train\.jsonl \(train\)"),
        (["train_test.jsonl"], "test and train"),
        (["test/train.jsonl"], "test and train"),
        (["toan.jsonl", "toan_test.jsonl"], r"toan\.jsonl beside toan_test\.jsonl \(test\)"),
    ],
)
def test_what_cannot_be_told_is_refused(names: list[str], found: str, tmp_path: Path):
    with pytest.raises(DataError, match=rf"one split|a split for every file.*{found}") as error:
        files(folder_of(tmp_path, *names), "train")
    assert "data.test: [...]" in str(error.value)


def test_names_without_a_word_are_one_set_of_rows(tmp_path: Path):
    folder = folder_of(tmp_path, "latest.jsonl", "contest.jsonl", "lop5/trainer.jsonl", ".hidden/test.jsonl", "~$test.xlsx")
    assert files(folder, "train") == ("contest.jsonl", "latest.jsonl", "lop5/trainer.jsonl")
    assert files(folder, "test") == ()


def test_words_are_whole_words():
    assert [splits_in(name) for name in ("contest.csv", "latest", "restrained", "evaluations", "attestation")] == [set()] * 5
    assert splits_in("de-thi_TEST.2024.csv") == {"test"}


def test_a_file_that_is_named_itself_is_read_and_the_name_is_remarked(tmp_path: Path):
    folder_of(tmp_path, "toan_test.jsonl")
    records = list(open_source(str(tmp_path / "toan_test.jsonl"), "train", Generator()).records())
    assert "toan_test.jsonl is named like test rows and trained on" in records[0].text


def test_the_splits_of_a_data_set_are_found_by_their_words():
    called = "a/b:{}".format
    assert name_of_split(["train_sft", "test_sft"], "test", "a/b", called) == "test_sft"
    assert name_of_split(["train", "train_more"], "train", "a/b", called) == "train"
    assert name_of_split(["all"], "train", "a/b", called) is None
    with pytest.raises(DataError, match=r"train_gen, train_sft.*a/b:train_gen"):
        name_of_split(["train_gen", "train_sft"], "train", "a/b", called)


def test_exams_and_pages_are_no_splits_where_no_file_says_train(tmp_path: Path):
    names = ["de_kiem_tra_15_phut.jsonl", "danh_gia_nang_luc.jsonl", "sach_tr_12.jsonl"]
    assert files(folder_of(tmp_path, *names), "train") == tuple(sorted(names))
