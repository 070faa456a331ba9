"""EvaluateSolutions: scores by hand, samples kept, a foreign module, the best weights."""

import json
from pathlib import Path
from typing import Any

import pytest
import torch
from lightning.pytorch import LightningDataModule
from torch.utils.data import DataLoader

from mathpal_lightning.callbacks import AdapterCheckpoint, EvaluateSolutions, ExportModel
from mathpal_lightning.callbacks.evaluate_solutions import best_weights
from mathpal_lightning.commands.compare import solved
from mathpal_lightning.errors import ConfigError
from mathpal_lightning.evaluation.scores.graded import graded
from mathpal_lightning.export.merge.best import read_problems
from mathpal_lightning.report.reported_run import read_run
from mathpal_lightning.run import RunFolder
from mathpal_lightning.schema import Row, Turn
from tests.callbacks.foreign import ForeignModule, batches, foreign_trainer
from tests.callbacks.test_health import Losses

SOLVED = (Turn("assistant", "Đáp số: 3"),)


def row(question: str, solution: str, topic: str = "") -> Row:
    return Row((Turn("user", question), Turn("assistant", solution)), topic)


def evaluated(module: ForeignModule, rows: list[Row], folder: Path, **settings: Any) -> EvaluateSolutions:
    callback = EvaluateSolutions(**settings)
    trainer = foreign_trainer(folder, callback)
    trainer.fit(module, datamodule=HeldOut(rows))
    for moment, scores in callback.scores.items():
        assert trainer.callback_metrics[f"evaluation/{moment}"] == pytest.approx(scores["accuracy"])
        assert trainer.callback_metrics[f"evaluation/{moment}_low"] == pytest.approx(scores["interval"][0])
    return callback


class HeldOut(LightningDataModule):
    """Somebody's data module: batches, and rows to evaluate on."""

    def __init__(self, rows: list[Row]):
        super().__init__()
        self.validation_rows = rows

    def train_dataloader(self) -> DataLoader:
        return batches(1)


def test_scores_before_and_after_are_those_counted_by_hand(gemma3_folder: Path, tmp_path: Path):
    rows = [row("abc", "Đáp số: 3", "length"), row("abcd", "Đáp số: 4 cm", "length"), row("ab", "Đáp số: 7", "other")]
    callback = evaluated(ForeignModule(gemma3_folder), rows, tmp_path, problems=3, sample=2)
    after = callback.scores["after"]
    assert after["problems"] == 3
    assert after["accuracy"] == pytest.approx(2 / 3)
    assert after["standard_error"] == pytest.approx((2 / 3 * 1 / 3 / 3) ** 0.5)
    assert after["topics"] == {"length": 1.0, "other": 0.0}
    assert callback.scores["before"]["problems"] == 2
    assert json.loads((tmp_path / "summary.json").read_text(encoding="utf-8"))["evaluation"]["after"]["problems"] == 3
    lines = [json.loads(line) for line in (tmp_path / "samples.jsonl").read_text(encoding="utf-8").splitlines()]
    assert [line["moment"] for line in lines] == ["before"] * 2 + ["after"] * 3
    assert {line["verdict"] for line in lines} == {"correct", "wrong"}


@pytest.mark.parametrize(("tried", "solved"), [(False, 9), (True, 1), (2, 2)])
def test_a_dev_run_solves_as_few_problems_as_it_has_batches(
    tried: bool | int, solved: int, gemma3_folder: Path, tmp_path: Path
):
    """With a real model, 250 problems take minutes."""
    callback = EvaluateSolutions(sample=0)
    rows = [row("a" * number, f"Đáp số: {number}") for number in range(1, 10)]
    foreign_trainer(tmp_path, callback, fast_dev_run=tried).fit(ForeignModule(gemma3_folder), datamodule=HeldOut(rows))
    assert callback.scores["after"]["problems"] == solved
    assert (tmp_path / "samples.jsonl").exists() == (tmp_path / "summary.json").exists() == (not tried)


def test_a_module_that_cannot_solve_is_refused_before_it_trains(tmp_path: Path):
    callback = EvaluateSolutions(rows=[{"question": "1 + 1 = ?", "solution": "2"}])
    with pytest.raises(ConfigError, match="generate_solutions.* found Losses without it"):
        foreign_trainer(tmp_path, callback).fit(Losses([1.0]), batches(1))


def test_a_chat_is_asked_whole_and_chats_with_one_last_sentence_stay_apart(gemma3_folder: Path, tmp_path: Path):
    def chat(first: str) -> Row:
        return Row((Turn("system", "Ngắn."), Turn("user", first), Turn("assistant", "2"), Turn("user", "Vậy thì?"), *SOLVED))

    class Listening(ForeignModule):
        def generate_solutions(self, questions: list[Any]) -> list[str]:
            self.heard = questions
            return ["Đáp số: 3"] * len(questions)

    module = Listening(gemma3_folder)
    evaluated(module, [chat("1 + 1 = ?"), chat("2 + 2 = ?"), row("Vậy thì?", "Đáp số: 3")], tmp_path, problems=3, sample=0)
    asked = {heard if isinstance(heard, str) else tuple(turn.text for turn in heard) for heard in module.heard}
    assert asked == {"Vậy thì?", ("Ngắn.", "1 + 1 = ?", "2", "Vậy thì?"), ("Ngắn.", "2 + 2 = ?", "2", "Vậy thì?")}
    lines = [json.loads(line) for line in (tmp_path / "samples.jsonl").read_text(encoding="utf-8").splitlines()]
    assert {line["question"] for line in lines} == {"Vậy thì?", *("\n".join(one) for one in asked if isinstance(one, tuple))}


def test_a_sample_keeps_what_was_found_and_how():
    sample = graded(row("2 + 3 = ?", "Đáp số: 5"), "2 + 3 = 6\nĐáp số: 6", step=7)
    assert (sample.verdict, sample.gold_answer, sample.answer, sample.step) == ("wrong", "5", "6", 7)
    assert sample.rule
    assert graded(row("2 + 3 = ?", "Đáp số: 5"), "Em không biết.", step=0).verdict == "no_answer"


@pytest.mark.parametrize("sample", [0, 2])
def test_a_run_that_held_out_no_row_trains_and_ends_well(
    sample: int, gemma3_folder: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
):
    export = ExportModel(["adapter"], verify=False)
    callback = EvaluateSolutions(sample=sample)
    foreign_trainer(tmp_path, callback, export).fit(ForeignModule(gemma3_folder), datamodule=HeldOut([]))
    assert callback.scores == {}
    assert (tmp_path / "adapter").is_dir()
    assert "There are no validation rows, so this run is not scored" in caplog.text
    with pytest.raises(ConfigError, match="held-out problems for `merge_into: best`"):
        foreign_trainer(tmp_path, callback, ExportModel(["merged_16bit"], "best")).fit(
            ForeignModule(gemma3_folder), datamodule=HeldOut([])
        )


@pytest.mark.parametrize("sample", [0, 2])
def test_data_without_validation_rows_of_their_own_are_an_error_before_the_first_step(
    sample: int, gemma3_folder: Path, tmp_path: Path
):
    trainer = foreign_trainer(tmp_path, EvaluateSolutions(sample=sample))
    with pytest.raises(ConfigError, match="evaluation.problems: 0"):
        trainer.fit(ForeignModule(gemma3_folder), batches(1))
    assert trainer.global_step == 0


def test_samples_in_another_folder_are_found_by_whatever_reads_the_run(gemma3_folder: Path, tmp_path: Path):
    rows = [row("abc", "Đáp số: 3"), row("abcd", "Đáp số: 4")]
    callback = EvaluateSolutions(problems=2, sample=0, folder=str(tmp_path / "elsewhere"), file="mine.jsonl")
    foreign_trainer(tmp_path / "run", callback).fit(ForeignModule(gemma3_folder), datamodule=HeldOut(rows))
    run = RunFolder(tmp_path / "run")
    assert run.samples == tmp_path / "elsewhere" / "mine.jsonl"
    assert run.samples in run.artefacts()
    assert len(read_run(run.path).columns["after"].samples) == 2
    assert len(solved(run, "after").samples) == 2
    assert len(read_problems(run.samples)) == 2
    inside = {"problems": 2, "sample": 0, "file": "mine.jsonl"}
    evaluated(ForeignModule(gemma3_folder), rows, tmp_path / "second", **inside)
    (tmp_path / "second").rename(tmp_path / "moved")
    assert len(read_run(tmp_path / "moved").columns["after"].samples) == 2


def test_the_best_weights_are_those_of_the_monitored_checkpoint(gemma3_folder: Path, tmp_path: Path):
    module = ForeignModule(gemma3_folder)
    trainer = foreign_trainer(tmp_path, AdapterCheckpoint(monitor="score"), val_check_interval=0.25)
    trainer.fit(module, batches(4), batches(1))
    best = torch.load(tmp_path / "checkpoints/step=3.ckpt", weights_only=True)["state_dict"]
    name = next(name for name in best if "lora_B" in name)
    last = module.state_dict()[name].clone()
    assert not torch.equal(last, best[name])
    with best_weights(trainer, module):
        assert torch.equal(module.state_dict()[name], best[name])
    assert torch.equal(module.state_dict()[name], last)


def test_a_damaged_best_checkpoint_is_never_scored(gemma3_folder: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture):
    module = ForeignModule(gemma3_folder)
    trainer = foreign_trainer(tmp_path, AdapterCheckpoint(monitor="score", keep=2), val_check_interval=0.25)
    trainer.fit(module, batches(4), batches(1))
    best = tmp_path / "checkpoints/step=3.ckpt"
    second = torch.load(tmp_path / "checkpoints/step=2.ckpt", weights_only=True)["state_dict"]
    content = bytearray(best.read_bytes())
    content[len(content) // 2] ^= 1
    best.write_bytes(content)
    name = next(name for name in second if "lora_B" in name)
    with best_weights(trainer, module):
        assert torch.equal(module.state_dict()[name], second[name])
    assert "step=3.ckpt is damaged" in caplog.text


def test_rows_of_a_program_are_taken_as_they_are():
    given = [{"question": "2 + 3 = ?", "solution": "Đáp số: 5", "topic": "sums"}, {"question": "1 + 1 = ?", "solution": "2"}]
    callback = EvaluateSolutions(rows=given, folder="elsewhere")
    assert callback.rows is not None
    assert [row.question for row in callback.rows] == ["2 + 3 = ?", "1 + 1 = ?"]
    assert callback.rows[0].topic == "sums"
    assert callback._problems(None, "validation", 1) == callback.rows[:1]  # type: ignore[arg-type]  # no data is asked
    twice = EvaluateSolutions(rows=[given[0], given[0], given[1]])
    twice_asked = twice._problems(None, "validation", 9)  # type: ignore[arg-type]  # no data is asked
    assert [row.question for row in twice_asked] == ["2 + 3 = ?", "1 + 1 = ?"]
    with pytest.raises(ConfigError, match="row 0 with 'question'"):
        EvaluateSolutions(rows=[{"question": "2 + 3 = ?"}])
