"""The data module as a person uses it, and the laws that hold for its batches (laws 1, 3, 4, 6)."""

import json
import pickle
from collections import Counter
from copy import deepcopy

import pytest
import torch
from lightning.pytorch import LightningModule, Trainer

from mathpal_lightning import MathDataModule
from mathpal_lightning.data import Columns, Generator
from mathpal_lightning.data.datamodule import MathDataModule as Home
from mathpal_lightning.errors import ConfigError, DataError
from mathpal_lightning.schema import IGNORE_INDEX, PackedBatch
from tests.data.conftest import sums


@pytest.fixture
def module_of(tmp_path, tokenizer):
    """`module_of(train, ...)` builds a MathDataModule and sets it up for a fit."""

    def build(*sources, stage="fit", **settings) -> MathDataModule:
        settings = {"tokenizer": tokenizer, "max_length": 128, "cache_dir": str(tmp_path / "cache")} | settings
        data = MathDataModule(*sources, **settings)
        data.setup(stage)
        return data

    return build


def _documents(batches) -> list[tuple[list[int], list[int]]]:
    """The documents of packed batches, cut where positions restart; padding left out (pad is id 0)."""
    documents = []
    for batch in batches:
        for ids, labels, positions in zip(*batch, strict=True):
            starts = [i for i, position in enumerate(positions.tolist()) if position == 0 and ids[i] != 0]
            ends = [*starts[1:], int((ids != 0).sum())]
            documents += [(ids[a:b].tolist(), labels[a:b].tolist()) for a, b in zip(starts, ends, strict=True)]
    return documents


@pytest.mark.parametrize("packing", [True, False])
@pytest.mark.parametrize("supervise", ["solution", "all"])
def test_the_laws_hold_in_every_batch(module_of, write_jsonl, tokenizer, packing, supervise):
    data = module_of(write_jsonl(sums(60)), packing=packing, batch_size=2, supervise=supervise, validation_share=0.1)
    batches = [*data.train_dataloader(), *data.val_dataloader()]
    documents = _documents(batches)
    assert len(documents) == 60
    assert sorted(ids for ids, _ in documents) == sorted(
        document.input_ids.tolist() for document in data._datasets["train"].part.encoded
    )
    for ids, labels in documents:
        assert labels[0] == IGNORE_INDEX, "law 1"
        assert [place for place, token in enumerate(ids) if token == tokenizer.bos_token_id] == [0], "law 6"
    assert all((batch.labels != IGNORE_INDEX).any(dim=1).all() for batch in batches), "law 4"
    widths = {batch.input_ids.shape[1] for batch in batches}
    assert widths == {128} if packing else max(widths) == max(len(ids) for ids, _ in documents)
    assert all(isinstance(batch, PackedBatch) for batch in batches)


def test_law_3_every_row_read_is_packed_or_refused(module_of, write_jsonl):
    long = {"question": "Tính " + "1 + " * 200 + "1", "solution": "201"}
    picture = {"question": "![](a.png) Tính", "solution": "1"}
    rows = [*sums(60), long, picture, "{oops", {"question": "", "solution": "1"}]
    data = module_of(write_jsonl(rows), validation_share=0.1, test_share=0.1)
    assert {name: report.kept for name, report in data.reports.items()} == {"train": 48, "validation": 6, "test": 6}
    reports = data.reports.values()
    assert sum(report.read for report in reports) == 64
    assert all(report.read == report.kept + report.refused.total for report in reports)
    refused = {reason: count for report in reports for reason, count in report.refused.counts.items()}
    assert refused == {"too_long": 1, "needs_picture": 1, "unreadable": 1, "empty_question": 1}
    places = [str(one) for report in reports for examples in report.refused.examples.values() for one in examples]
    assert any("rows.jsonl:61 (" in place and "max_length is 128" in place for place in places)
    assert data.report is data.reports["train"]
    assert len(_documents(data.train_dataloader())) == len(data.train_rows) == 48


def test_a_larger_max_length_takes_the_long_row(module_of, write_jsonl):
    rows = [*sums(60), {"question": "Tính " + "1 + " * 200 + "1", "solution": "201"}]
    short, wide = module_of(write_jsonl(rows)), module_of(write_jsonl(rows), max_length=2048)
    assert sum(report.kept for report in wide.reports.values()) - sum(report.kept for report in short.reports.values()) == 1


def test_too_many_bad_rows_stop_before_anything_else(module_of, write_jsonl):
    rows = [*sums(20), *["{oops"] * 3]
    with pytest.raises(DataError, match=r"13\.0%.*3 of 23 rows refused") as error:
        module_of(write_jsonl(rows))
    assert "rows.jsonl:21" in str(error.value)
    assert module_of(write_jsonl(rows), max_refused_share=0.2).report.refused.counts == {"unreadable": 3}


def test_duplicates_stay_on_one_side(module_of, write_jsonl):
    rows = [row for row in sums(40) for _ in range(3)]
    data = module_of(write_jsonl(rows), validation_share=0.2, test_share=0.2)
    asked = [{row.question for row in rows} for rows in (data.train_rows, data.validation_rows, data.test_rows)]
    assert [len(questions) for questions in asked] == [24, 8, 8]
    assert not asked[0] & asked[1] | asked[0] & asked[2] | asked[1] & asked[2]


def test_a_held_out_question_with_its_tone_mark_elsewhere_leaves_train(module_of):
    rows = [
        {"question": f"Lớp {word} có {number} bạn?", "solution": str(number)} for word in ("hoà", "hòa") for number in range(40)
    ]
    data = module_of(rows, validation_share=0.2)
    data.setup("fit")
    held_out = {row.question.replace("hoà", "hòa") for row in data.rows("validation")}
    assert not held_out & {row.question.replace("hoà", "hòa") for row in data.rows("train")}
    assert len(data.rows("validation")) == 16
    assert data.report.refused.counts["leak"] > 0


def test_held_out_questions_leave_train_below_another_system_text_and_inside_of_chats(module_of):
    def chat(row: dict, *, system: str = "", more: bool = False) -> dict:
        turns = [("system", system)] * bool(system) + [("user", row["question"]), ("assistant", row["solution"])]
        turns += [("user", "Tại sao?"), ("assistant", "Vì cộng.")] * more
        return {"messages": [{"role": role, "content": text} for role, text in turns]}

    rows = sums(40)
    train = [chat(row, system="Bạn là gia sư") for row in rows[:20]] + [chat(row, more=True) for row in rows[20:]]
    data = module_of([*train, chat({"question": "1 + 100 = ?", "solution": "101"})], [*map(chat, rows)], validation_share=0.0)
    assert data.report.refused.counts == {"leak": 40}
    same = module_of([chat(row, system=text) for row in rows for text in ("a", "b")], validation_share=0.2)
    same.setup("fit")
    held_out = {row.question for row in same.rows("validation")}
    assert len(held_out) == 8
    assert not held_out & {row.question for row in same.rows("train")}


def test_repeated_questions_are_counted(module_of):
    data = module_of(sums(20) * 3, validation_share=0.1)
    assert "train: 54 rows ask 18 different questions" in data.report.lines()
    assert "validation: 6 rows ask 2 different questions" in data.reports["validation"].lines()
    assert not [line for line in module_of(sums(20)).report.lines() if "different questions" in line]


def test_test_questions_that_validation_has_too_are_said(module_of, write_jsonl, caplog):
    held_out = write_jsonl(sums(44)[40:], "held_out.jsonl")
    data = module_of(write_jsonl(sums(40)), held_out, held_out)
    data.setup()
    assert "4 of the 4 test questions are validation questions too" in caplog.text


def test_given_splits_are_used_as_given_and_leaks_leave_train(module_of, write_jsonl):
    train, validation = write_jsonl(sums(40)), write_jsonl(sums(44)[38:], "held_out.jsonl")
    data = module_of(train, validation, validation_share=0.5)
    assert [row.question for row in data.validation_rows] == [row["question"] for row in sums(44)[38:]]
    assert data.report.refused.counts == {"leak": 2}
    assert data.report.kept == 38
    assert [leak.place for leak in data.report.refused.examples["leak"]] == ["rows.jsonl:39", "rows.jsonl:40"]


def test_a_mixture_takes_its_shares_and_counts_the_rest(module_of, write_jsonl):
    few, many = write_jsonl(sums(10), "few.jsonl"), write_jsonl(sums(60)[10:], "many.jsonl")
    data = module_of({few: 1, many: 2}, validation_share=0.0)
    places = [row.place.partition(":")[0] for row in data.train_rows]
    assert (places.count("few.jsonl"), places.count("many.jsonl")) == (10, 20)
    assert (data.report.read, data.report.refused.counts) == (60, {"not_drawn": 30})
    assert len(_documents(data.train_dataloader())) == 30


@pytest.mark.parametrize(
    ("own", "held_out"), [(0, {"few.jsonl": 10}), (None, {"few.jsonl": 10}), (6, {"few.jsonl": 10, "generated": 6})]
)
def test_beside_generated_problems_a_share_of_the_other_rows_is_held_out(
    module_of, write_jsonl, own: int | None, held_out: dict
):
    few = write_jsonl(sums(40), "few.jsonl")
    generator = Generator(count=30, validation_count=own, topics=["rectangle_perimeter"])
    data = module_of([few, "generated"], validation_share=0.25, generator=generator, max_length=512)
    assert Counter(row.place.partition(":")[0].partition("/")[0] for row in data.validation_rows) == held_out
    assert Counter(row.place.partition(":")[0].partition("/")[0] for row in data.train_rows) == {
        "few.jsonl": 30,
        "generated": 30,
    }
    assert not {row.question for row in data.train_rows} & {row.question for row in data.validation_rows}


def test_drills_are_trained_on_and_never_held_out(module_of):
    generator = Generator(count=5, validation_count=3, drills=4, topics=["rectangle_perimeter"], levels=[1])
    data = module_of("generated", generator=generator, max_length=512)
    assert Counter(row.topic for row in data.train_rows) == {"rectangle_perimeter": 5, "mental_arithmetic": 4}
    assert {row.topic for row in data.validation_rows} == {"rectangle_perimeter"}


def test_near_duplicates_leave_train_when_asked(module_of, write_jsonl):
    def ask(name: str, number: int) -> dict[str, str]:
        return {"question": f"{name} có {number} quả cam. Hỏi {name} có bao nhiêu quả?", "solution": f"{number} quả"}

    rows = [ask("Lan", i) for i in range(20)]
    reworded = {"question": rows[5]["question"].replace(".", ","), "solution": "5 quả"}
    held_out = {"question": rows[3]["question"].replace(".", " ,"), "solution": "3 quả"}
    paths = write_jsonl([*rows, reworded]), write_jsonl([held_out], "held_out.jsonl")
    assert module_of(*paths).report.refused.counts == {}
    report = module_of(*paths, near_duplicates=0.8).report
    assert report.refused.counts == {"leak": 1, "near_duplicate": 1}
    assert [str(one) for examples in report.refused.examples.values() for one in examples] == ["rows.jsonl:4", "rows.jsonl:21"]


def test_a_folder_of_splits_is_used_as_given(module_of, write_jsonl, tmp_path):
    for name, rows in (("train", sums(20)), ("valid", sums(25)[20:]), ("test", sums(28)[25:])):
        write_jsonl(rows, f"{name}.jsonl")
    data = module_of(str(tmp_path), stage=None)
    assert {name: report.kept for name, report in data.reports.items()} == {"train": 20, "validation": 5, "test": 3}


def test_generated_rows_bring_their_own_held_out_problems(module_of):
    data = module_of("generated", generator=Generator(count=40, validation_count=10, test_count=5), max_length=4096)
    assert {name: report.kept for name, report in data.reports.items()} == {"train": 40, "validation": 10, "test": 5}
    assert all(row.topic for row in data.validation_rows)


def test_test_rows_alone_need_no_training_rows(module_of, write_jsonl):
    data = module_of(test=write_jsonl(sums(5)), stage="test")
    assert len(_documents(data.test_dataloader())) == 5
    assert len(data.train_rows) == 0
    share = module_of(write_jsonl(sums(50)), test_share=0.2, stage="test")
    assert list(share.reports) == ["test"]
    assert len(share.test_rows) == 10


def test_no_validation_is_no_validation(module_of, write_jsonl):
    data = module_of(write_jsonl(sums(5)), validation_share=0.0)
    assert data.val_dataloader() == []
    assert len(data.validation_rows) == 0


def test_a_share_that_rounds_to_no_row_is_said(module_of, write_jsonl, caplog):
    data = module_of(write_jsonl(sums(5)), validation_share=0.05)
    assert not data.validation_rows
    assert len(data.train_rows) == 5
    line = "validation: no rows, because 0.05 of the 5 rows of rows.jsonl rounds to none."
    assert [record.message for record in caplog.records if record.message.startswith(line)]
    caplog.clear()
    module_of(write_jsonl(sums(5)), validation_share=0.2)
    with pytest.raises(DataError, match="found none at all in rows.jsonl"):
        module_of(write_jsonl([]), validation_share=0.05)
    assert "rounds to none" not in caplog.text


def test_what_is_not_read_of_a_file_is_said_once(module_of, write_jsonl, caplog):
    path = write_jsonl([row | {"teacher": "An"} for row in sums(40)])
    with caplog.at_level("INFO"):
        module_of(path, test_share=0.1)
    assert [record.getMessage() for record in caplog.records if "not read" in record.getMessage()] == [
        "rows.jsonl: not read: 'teacher'"
    ]


def test_questions_to_predict_come_as_rows(module_of, write_jsonl):
    path = write_jsonl([{"question": f"{i} + 1 = ?"} for i in range(5)])
    batches = list(module_of(predict=path, stage="predict", batch_size=2).predict_dataloader())
    asked = [[row.question for row in batch] for batch in batches]
    assert asked == [["0 + 1 = ?", "1 + 1 = ?"], ["2 + 1 = ?", "3 + 1 = ?"], ["4 + 1 = ?"]]


def test_refused_questions_stand_where_they_were_read(module_of, write_jsonl):
    path = write_jsonl([{"question": "1 + 1 = ?"}, {"question": ""}, {"question": "2 + 2 = ?"}])
    data = module_of(predict=path, stage="predict")
    assert [each.place for each in data.predict_read] == ["rows.jsonl:1", "rows.jsonl:2", "rows.jsonl:3"]
    assert [row.place for row in data.predict_rows] == ["rows.jsonl:1", "rows.jsonl:3"]


def test_several_files_of_questions_are_answered_one_after_the_other(module_of, write_jsonl, tmp_path):
    first = write_jsonl([{"question": "1 + 1 = ?"}])
    second = tmp_path / "second.csv"
    second.write_text("question\n2 + 2 = ?\n", encoding="utf-8")
    rows = module_of(predict=[str(first), str(second)], stage="predict").predict_rows
    assert [row.question for row in rows] == ["1 + 1 = ?", "2 + 2 = ?"]


@pytest.mark.parametrize("text", ["Tính 1 + 1", "Tính 2 + 2 = ?", "An có 3 quả táo, Bình cho An thêm 5 quả. " * 20])
def test_questions_as_plain_texts_are_refused_with_the_form_of_rows(module_of, text: str):
    for predict in ([text], text):
        with pytest.raises(DataError, match=r'\[\{"question": \.\.\.\}\]'):
            module_of(predict=predict, stage="predict")
    with pytest.raises(ConfigError, match=r'\[\{"question": \.\.\.\}\]'):
        module_of(predict={"question": text}, stage="predict")


def test_a_question_that_is_no_problem_is_said(module_of, write_jsonl, caplog):
    path = write_jsonl([{"question": question} for question in ("1 + 1 = ?", "Xin chào", "An có ba quả táo. Hỏi còn mấy quả?")])
    assert len(module_of(predict=path, stage="predict").predict_rows) == 3
    assert "1 of 3 questions are no problems, so do not believe their solutions: rows.jsonl:2" in caplog.text


def test_a_chat_and_named_columns(module_of, write_jsonl):
    chat = [{"role": "user", "content": "1 + 1 = ?"}, {"role": "assistant", "content": "2"}]
    data = module_of(write_jsonl([{"chat": chat}] * 3), columns=Columns(messages="chat"), validation_share=0.0)
    assert [row.solution for row in data.train_rows] == ["2", "2", "2"]


def test_workers_load_the_same_batches(module_of, write_jsonl):
    path = write_jsonl(sums(60))
    batches = [list(module_of(path, batch_size=2, num_workers=workers).train_dataloader()) for workers in (0, 2)]
    assert len(batches[0]) == len(batches[1]) > 1
    assert all(torch.equal(a.input_ids, b.input_ids) for a, b in zip(*batches, strict=True))


def test_a_tokenizer_can_be_a_folder_or_the_modules(module_of, write_jsonl, gemma3_folder, tokenizer):
    path = write_jsonl(sums(5))
    named = module_of(path, tokenizer=str(gemma3_folder))

    class WithTokenizer(LightningModule):
        pass

    module = WithTokenizer()
    module.tokenizer = tokenizer
    attached = MathDataModule(path, max_length=128, cache_dir=named.settings.cache_dir)
    attached.trainer = Trainer(accelerator="cpu", logger=False)
    attached.trainer.strategy.connect(module)
    attached.setup("fit")
    assert attached.report.tokens == named.report.tokens


def test_a_second_fit_with_another_tokenizer_reads_the_rows_again(tmp_path, write_jsonl, tokenizer):
    path, cache = write_jsonl(sums(20)), str(tmp_path / "cache")

    def fitted(data: MathDataModule, own) -> MathDataModule:
        module = LightningModule()
        module.tokenizer = own
        data.trainer = Trainer(accelerator="cpu", logger=False)
        data.trainer.strategy.connect(module)
        data.setup("fit")
        return data

    def new() -> MathDataModule:
        return MathDataModule(path, max_length=128, test_share=0.1, cache_dir=cache)

    other = deepcopy(tokenizer)
    other.add_tokens(["Tổng"])
    data = fitted(new(), tokenizer)
    assert set(data.reports) == {"train", "validation", "test"}
    first = list(data.document("train", 0).input_ids)
    again = list(fitted(data, other).document("train", 0).input_ids)
    assert again != first
    assert again == list(fitted(new(), other).document("train", 0).input_ids)


def test_rows_that_were_not_read_yet_or_are_none_are_told(module_of, write_jsonl):
    data = MathDataModule(write_jsonl(sums(5)))
    for look in (data.train_dataloader, lambda: data.report, lambda: data.document("train", 0), lambda: data.lengths("test")):
        with pytest.raises(ConfigError, match=r"none yet.*setup\('fit'\)"):
            look()
    with pytest.raises(ConfigError, match=r"those of train alone.*data\.test"):
        module_of(write_jsonl(sums(5)), validation_share=0.0).test_dataloader()


def test_a_source_of_which_a_mixture_takes_nothing_is_said(module_of, write_jsonl, caplog):
    many, few = write_jsonl(sums(40), "many.jsonl"), write_jsonl(sums(140)[40:], "few.jsonl")
    module_of({many: 1000, few: 1}, validation_share=0.0)
    assert "The mixture takes no row of few.jsonl" in caplog.text


def test_without_any_tokenizer_the_error_says_how(write_jsonl):
    with pytest.raises(ConfigError, match=r"data\.tokenizer"):
        MathDataModule(write_jsonl(sums(5))).setup("fit")


@pytest.mark.parametrize(
    ("settings", "named"),
    [
        ({"max_length": 0}, "max_length"),
        ({"batch_size": 0}, "batch_size"),
        ({"validation_share": 1.5}, "validation_share"),
        ({"validation_share": 0.5, "test_share": 0.5}, "together below 1"),
        ({"max_refused_share": 5}, "max_refused_share"),
        ({"num_workers": -1}, "num_workers"),
        ({"near_duplicates": 0.0}, "near_duplicates"),
        ({"train": {"rows.jsonl": 0}}, "positive weights"),
        ({"validation": {"a.jsonl": 1, "b.jsonl": 9}}, r"without weights in data\.validation"),
        ({"train": {"question": ["1 + 1 = ?"], "answer": ["2"]}}, r"positive weights .*'list', 'list'.*rows of the columns"),
    ],
)
def test_impossible_settings_are_refused_when_the_config_is_read(settings, named):
    with pytest.raises(ConfigError, match=named):
        MathDataModule(**{"train": "rows.jsonl"} | settings)


def test_a_stage_without_source_says_which_to_set(module_of):
    with pytest.raises(ConfigError, match=r"data\.train"):
        module_of()
    with pytest.raises(ConfigError, match=r"data\.predict"):
        module_of(stage="predict")


def test_hyperparameters_are_plain_values(module_of, write_jsonl):
    data = module_of(write_jsonl(sums(5)), generator=Generator(topics=["a"]))
    assert json.loads(json.dumps(data.hparams))["generator"]["topics"] == ["a"]
    assert data.hparams["max_length"] == 128
    assert pickle.loads(pickle.dumps(dict(data.hparams))) == data.hparams


def test_the_public_name_is_this_class():
    assert MathDataModule is Home


def _questions(rows) -> set[str]:
    return {row.question for row in rows}


@pytest.mark.parametrize("with_validation_file", [False, True])
@pytest.mark.parametrize("seed", [0, 7])
def test_a_test_holds_out_the_rows_that_the_fit_held_out(module_of, write_jsonl, with_validation_file, seed):
    """Which rows are held out depends on the settings and the seed alone, never on the stage that asks."""
    validation = write_jsonl(sums(70)[60:], "validation.jsonl") if with_validation_file else None
    settings = {"validation": validation, "validation_share": 0.1, "test_share": 0.2, "seed": seed}
    path = write_jsonl(sums(60))
    fitted, tested, validated = (module_of(path, stage=stage, **settings) for stage in ("fit", "test", "validate"))
    assert len(fitted.test_rows) == 12
    assert _questions(tested.test_rows) == _questions(fitted.test_rows)
    assert _questions(validated.validation_rows) == _questions(fitted.validation_rows)
    assert not _questions(tested.test_rows) & _questions(fitted.train_rows)


def test_without_test_rows_the_validation_rows_are_scored_and_that_is_said(module_of, write_jsonl, caplog):
    path = write_jsonl(sums(60))
    fitted = module_of(path, validation_share=0.1)
    with caplog.at_level("WARNING"):
        tested = module_of(path, stage="test", validation_share=0.1)
    assert "There are no test rows, so the validation rows are scored" in caplog.text
    assert tested.test_is_validation
    assert len(tested.test_rows) == 6
    assert _questions(tested.test_rows) == _questions(fitted.validation_rows)
    assert len(_documents(tested.test_dataloader())) == 6


def test_without_any_held_out_rows_a_test_says_what_to_give(module_of, write_jsonl):
    with pytest.raises(ConfigError, match=r"neither test nor validation rows.*data\.test"):
        module_of(write_jsonl(sums(20)), stage="test", validation_share=0.0)


def test_an_empty_list_of_rows_is_no_training(tokenizer, tmp_path):
    with pytest.raises(ConfigError, match=r"train rows, but found no row in data\.train\. Give rows in data\.train\."):
        MathDataModule([], tokenizer=tokenizer, cache_dir=str(tmp_path)).setup("fit")


def test_a_share_that_takes_every_row_is_named(module_of, write_jsonl):
    with pytest.raises(DataError, match=r"none left, for all 2 rows of .* are held out.*Lower data\.validation_share"):
        module_of(write_jsonl(sums(2)), validation_share=0.99)
