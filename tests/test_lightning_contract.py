"""What Lightning promises to anybody who uses its classes, held by ours: on a tiny Gemma, with Trainers of no other code."""

import io
import json
import logging
import pickle
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from lightning.pytorch import LightningDataModule, LightningModule, Trainer
from lightning.pytorch.plugins.io import AsyncCheckpointIO, TorchCheckpointIO
from torch.optim.swa_utils import AveragedModel
from torch.utils.data import DataLoader

from mathpal_lightning import MathDataModule, MathPalModule
from mathpal_lightning.callbacks import AdapterCheckpoint, WriteSolutions
from mathpal_lightning.data import Generator
from mathpal_lightning.errors import ConfigError
from mathpal_lightning.model.arguments import prompts_of
from mathpal_lightning.schema import Row, Turn
from tests.documents import ROOT, blocks

ROWS = [
    {"question": f"{a} + {a + 1} = ?", "solution": f"{a} + {a + 1} = {2 * a + 1}\nĐáp số: {2 * a + 1}"} for a in range(1, 9)
]


def module_for(folder: str | Path, **settings: Any) -> MathPalModule:
    torch.manual_seed(0)
    usual = {"backend": "transformers", "bits": 16, "lora_r": 2, "warmup_share": 0.0, "max_new_tokens": 3}
    return MathPalModule(folder, **usual | settings)  # type: ignore[arg-type]  # a Path is meant to work


def data_for(folder: Path, **settings: Any) -> MathDataModule:
    usual = {"train": ROWS, "max_length": 64, "batch_size": 2, "packing": False, "validation_share": 0.0}
    return MathDataModule(**usual | {"cache_dir": folder / "cache"} | settings)


def trainer_for(folder: Path, *callbacks: Any, **settings: Any) -> Trainer:
    usual: dict[str, Any] = {"max_epochs": 1, "limit_val_batches": 0, "enable_checkpointing": bool(callbacks)}
    quiet = {"logger": False, "enable_progress_bar": False, "enable_model_summary": False}
    where = {"accelerator": "cpu", "precision": "32-true", "default_root_dir": folder}
    return Trainer(callbacks=list(callbacks), **usual | quiet | where | settings)


def weights_of(module: MathPalModule) -> dict[str, torch.Tensor]:
    return {name: weight.detach().clone() for name, weight in module.trained_weights().items()}


def loaded_again(values: dict[str, Any]) -> dict[str, Any]:
    """What is left of settings in a checkpoint, which our reader loads with `weights_only=True`."""
    kept = io.BytesIO()
    torch.save(dict(values), kept)
    kept.seek(0)
    found: dict[str, Any] = torch.load(kept, weights_only=True)
    return found


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ({"model_name": Path("base")}, "base"),
        ({"adapter": Path("runs") / "a"}, str(Path("runs") / "a")),
        ({"vocabulary": Path("lop5.vocabulary")}, "lop5.vocabulary"),
        ({"learning_rate": np.float64(1e-4)}, 1e-4),
        ({"lora_r": np.int64(8)}, 8),
        ({"lora_rslora": np.bool_(True)}, True),
        ({"lora_targets": ("q_proj",)}, ["q_proj"]),
        ({"betas": np.array([0.9, 0.95])}, [0.9, 0.95]),
        ({"betas": (np.float32(0.5), 0.75)}, [0.5, 0.75]),
    ],
    ids=str,
)
def test_arguments_of_the_module_are_kept_as_plain_values(given: dict[str, Any], kept: object):
    module = MathPalModule(**given)
    (name,) = given
    assert loaded_again(module.hparams)[name] == loaded_again(module.hparams_initial)[name] == kept


def test_groups_of_settings_are_kept_as_plain_values():
    module = MathPalModule(
        preference={"beta": np.float64(0.25)},  # type: ignore[arg-type]  # as `load_from_checkpoint` gives it
        policy={"pass_rate": (np.float64(0.25), 0.5), "group_size": np.int64(4)},  # type: ignore[arg-type]  # as above
    )
    kept = loaded_again(module.hparams)
    assert kept["preference"]["beta"] == 0.25
    assert (kept["policy"]["pass_rate"], kept["policy"]["group_size"]) == ([0.25, 0.5], 4)


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ({"cache_dir": Path("cache")}, "cache"),
        ({"tokenizer": Path("base")}, "base"),
        ({"max_length": np.int64(64)}, 64),
        ({"near_duplicates": np.float64(0.75)}, 0.75),
        ({"train": Path("rows.jsonl")}, "rows.jsonl"),
        ({"test": [Path("a.csv"), "b.csv"]}, ["a.csv", "b.csv"]),
        ({"train": {Path("a.csv"): np.int64(1), "generated": 2}}, {"a.csv": 1, "generated": 2}),
        ({"predict": Path("questions.txt")}, "questions.txt"),
    ],
    ids=str,
)
def test_arguments_of_the_data_module_are_kept_as_plain_values(given: dict[str, Any], kept: object):
    data = MathDataModule(**given)
    (name,) = given
    assert loaded_again(data.hparams)[name] == loaded_again(data.hparams_initial)[name] == getattr(data.settings, name) == kept


def test_a_generator_is_its_class_or_its_settings_by_name():
    data = MathDataModule("generated", generator={"count": np.int64(5), "grades": (4, 5)})
    assert data.settings.generator == Generator(count=5, grades=[4, 5])
    assert loaded_again(data.hparams)["generator"]["count"] == 5
    with pytest.raises(ConfigError, match="found 'cuont'. Did you mean count"):
        MathDataModule("generated", generator={"cuont": 5})


def test_a_trainer_answers_questions_of_a_loader_after_a_fit_with_a_data_module(gemma3_folder: Path, tmp_path: Path):
    module, data = module_for(gemma3_folder, max_new_tokens=2), data_for(tmp_path, train=ROWS, batch_size=2)
    trainer = trainer_for(tmp_path, max_steps=1)
    trainer.fit(module, datamodule=data)
    assert len(trainer.predict(module, DataLoader(["Tính 1 + 1."]))) == 1  # type: ignore[arg-type]
    with pytest.raises(ConfigError, match=r"data\.predict"):
        trainer.predict(module, datamodule=data)


@pytest.mark.parametrize(
    "form", [lambda file: file, lambda file: [file], lambda file: {file: 1}], ids=["one", "list", "mixture"]
)
def test_a_path_names_rows_and_questions(form: Any, gemma3_folder: Path, tmp_path: Path):
    file = tmp_path / "rows.jsonl"
    file.write_text("".join(json.dumps(row) + "\n" for row in ROWS), encoding="utf-8")
    data = data_for(tmp_path, train=form(file), validation=form(file), test=file, predict=[file], tokenizer=gemma3_folder)
    data.setup("validate")
    data.setup("predict")
    assert len(data.validation_rows) == len(data.predict_rows) == len(ROWS)


def test_both_classes_are_made_again_from_a_checkpoint_of_a_run_with_paths(gemma3_folder: Path, tmp_path: Path):
    module = module_for(gemma3_folder, learning_rate=np.float64(0.01), lora_r=np.int64(2))
    data = data_for(tmp_path, max_length=np.int64(64))
    keep = AdapterCheckpoint(dirpath=tmp_path / "kept")  # type: ignore[arg-type]  # a Path is meant to work
    trainer_for(tmp_path, keep, max_steps=2).fit(module, datamodule=data)
    file = tmp_path / "kept" / "last.ckpt"
    same = MathPalModule.load_from_checkpoint(file)
    assert dict(same.hparams) == dict(module.hparams)
    assert any("lora_B" in name and weight.any() for name, weight in weights_of(module).items()), "something was learned"
    assert all(torch.equal(weight, weights_of(same)[name]) for name, weight in weights_of(module).items())
    again = MathDataModule.load_from_checkpoint(file, train=ROWS)
    assert again.settings.plain() == data.settings.plain()


def test_a_data_module_goes_from_a_fit_to_a_prediction(gemma3_folder: Path, tmp_path: Path):
    """With `updates: 2` the draw of the last step waits for another one, which a prediction must not take."""
    policy = {"group_size": 2, "updates": 2, "rewards": {"tests.rewards.length": 1.0}}
    module = module_for(gemma3_folder, objective="grpo", policy=policy)
    questions = [{"question": f"{a} - 1 = ?"} for a in range(2, 5)]
    data = data_for(tmp_path, objective="grpo", predict=questions)
    trainer = trainer_for(tmp_path, max_steps=1)
    trainer.fit(module, datamodule=data)
    solved = trainer.predict(module, datamodule=data)
    assert solved is not None
    assert [type(solution) for batch in solved for solution in batch] == [str] * 3
    assert data.drawing is not None
    assert data.drawing.draws == 1


def test_a_run_goes_on_from_a_checkpoint_that_was_saved_after_its_fit(gemma3_folder: Path, tmp_path: Path):
    def run(epochs: int, checkpoint: Path | None = None) -> tuple[Trainer, MathPalModule, MathDataModule]:
        module, data = module_for(gemma3_folder, learning_rate=0.01, schedule="constant"), data_for(tmp_path)
        trainer = trainer_for(tmp_path, max_epochs=epochs)
        trainer.fit(module, datamodule=data, ckpt_path=checkpoint)
        return trainer, module, data

    file = tmp_path / "after.ckpt"
    first, _, data = run(1)
    first.save_checkpoint(file)
    kept = torch.load(file, weights_only=True)["MathDataModule"]
    assert {name: kept[name] for name in ("epoch", "packs", "batches")} == {"epoch": 0, "packs": 8, "batches": 4}
    assert len(kept["rows"]) == 64
    _, whole, _ = run(2)
    _, resumed, _ = run(2, file)
    assert all(torch.equal(weight, weights_of(resumed)[name]) for name, weight in weights_of(whole).items())
    another = trainer_for(tmp_path)
    data.trainer = another
    assert data.state_dict() == {}, "the fit of another Trainer"


def test_a_checkpoint_after_a_fit_that_ended_inside_an_epoch_says_so(
    gemma3_folder: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
):
    trainer = trainer_for(tmp_path, max_steps=1)
    trainer.fit(module_for(gemma3_folder), datamodule=data_for(tmp_path))
    with caplog.at_level(logging.WARNING):
        trainer.save_checkpoint(tmp_path / "after.ckpt")
    assert "a run that resumes from here skips the rest of the epoch" in caplog.text
    caplog.clear()
    trainer.fit(module_for(gemma3_folder), datamodule=data_for(tmp_path))
    assert "skips" not in caplog.text


class Holds(torch.nn.Module):
    """A module that holds ours, as a wrapper or an ensemble does."""

    def __init__(self, inner: torch.nn.Module):
        super().__init__()
        self.inner, self.head = inner, torch.nn.Linear(2, 1)


def test_the_trained_weights_are_in_the_state_of_a_module_that_holds_ours(gemma3_folder: Path):
    module = module_for(gemma3_folder)
    module.configure_model()
    own = module.state_dict()
    assert own.keys() == module.trained_weights().keys()
    given = {"before": torch.zeros(1)}
    assert module.state_dict(destination=given, prefix="x.") is given
    assert given.keys() == {"before", *(f"x.{name}" for name in own)}
    assert all(value.requires_grad for value in module.state_dict(keep_vars=True).values())
    holder = Holds(module)
    state = holder.state_dict()
    assert state.keys() == {"head.weight", "head.bias", *(f"inner.{name}" for name in own)}
    changed = {name: value + 1 for name, value in state.items()}
    holder.load_state_dict(changed)  # strict: of the base nothing is missing
    assert all(torch.equal(weight, changed[f"inner.{name}"]) for name, weight in weights_of(module).items())
    lacking = f"inner.{next(iter(own))}"
    with pytest.raises(RuntimeError, match=r"Missing key\(s\) in state_dict: .*lora_") as error:
        holder.load_state_dict({name: value for name, value in changed.items() if name != lacking})
    assert str(error.value).count("inner.") == 1
    with pytest.raises(RuntimeError, match="head.bias"):
        holder.load_state_dict({name: value for name, value in changed.items() if name != "head.bias"})


@pytest.mark.parametrize("held", [False, True])
def test_a_state_is_loaded_into_a_module_that_has_no_weights_yet(held: bool, gemma3_folder: Path):
    trained = module_for(gemma3_folder)
    trained.configure_model()
    state = {name: value + 1 for name, value in trained.state_dict().items()}
    fresh = module_for(gemma3_folder)
    outer = Holds(fresh) if held else fresh
    outer.load_state_dict({f"inner.{name}" if held else name: value for name, value in state.items()}, strict=False)
    assert all(torch.equal(weight, state[name]) for name, weight in weights_of(fresh).items())
    assert weights_of(fresh).keys() == state.keys()


@pytest.mark.filterwarnings("ignore")
def test_what_forked_processes_have_trained_is_in_the_module(gemma3_folder: Path, tmp_path: Path):
    module, data = module_for(gemma3_folder, learning_rate=0.05), data_for(tmp_path)
    trainer_for(tmp_path, strategy="ddp_fork", devices=1).fit(module, datamodule=data)
    assert any("lora_B" in name and weight.any() for name, weight in weights_of(module).items())


def test_a_resume_that_overfits_says_that_the_place_in_the_data_is_not_kept(
    gemma3_folder: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
):
    trainer_for(tmp_path, AdapterCheckpoint(), max_steps=1).fit(module_for(gemma3_folder), datamodule=data_for(tmp_path))
    file = tmp_path / "checkpoints/last.ckpt"
    with caplog.at_level(logging.WARNING):
        trainer_for(tmp_path, max_steps=2).fit(module_for(gemma3_folder), datamodule=data_for(tmp_path), ckpt_path=file)
        assert "overfit_batches" not in caplog.text
        again = trainer_for(tmp_path, max_steps=2, overfit_batches=2)
        again.fit(module_for(gemma3_folder), datamodule=data_for(tmp_path), ckpt_path=file)
    assert "With trainer.overfit_batches the place in the data is not kept" in caplog.text


def test_a_data_module_that_has_trained_is_pickled(gemma3_folder: Path, tmp_path: Path):
    data = data_for(tmp_path)
    trainer_for(tmp_path, max_steps=1).fit(module_for(gemma3_folder), datamodule=data)
    assert pickle.loads(pickle.dumps(data)).settings.train == ROWS


def test_weights_are_averaged(gemma3_folder: Path):
    module = module_for(gemma3_folder)
    module.configure_model()
    averaged = AveragedModel(module)
    before = weights_of(module)
    for step in (0.0, 1.0):
        with torch.no_grad():
            for name, weight in module.trained_weights().items():
                weight.copy_(before[name] + step)
        averaged.update_parameters(module)
    state = averaged.state_dict()
    assert state.keys() == {"n_averaged", *(f"module.{name}" for name in before)}
    torch.testing.assert_close({name: state[f"module.{name}"] for name in before}, {n: w + 0.5 for n, w in before.items()})
    AveragedModel(module).load_state_dict(state)


QUESTIONS = ["1 + 1 = ?", "2 + 2 = ?", "3 + 3 = ?"]


def test_texts_are_predicted_and_written(gemma3_folder: Path, tmp_path: Path):
    module = module_for(gemma3_folder)
    trainer = trainer_for(tmp_path, WriteSolutions())
    lines = []
    for loader in (DataLoader(QUESTIONS, batch_size=2), DataLoader(["4 + 4 = ?"], batch_size=None)):  # type: ignore[arg-type]  # lists are data sets
        trainer.predict(module, loader)
        lines += map(json.loads, (tmp_path / "solutions.jsonl").read_text(encoding="utf-8").splitlines())
    assert [line["question"] for line in lines] == [*QUESTIONS, "4 + 4 = ?"]
    assert {line["place"] for line in lines} == {""}
    assert [line["solution"] for line in lines[:3]] == module.generate_solutions(QUESTIONS)


def test_a_batch_to_predict_may_hold_rows_and_conversations():
    turns = (Turn("user", "1 + 1 = ?"), Turn("assistant", "2"), Turn("user", "3 + 3 = ?"))
    assert prompts_of([Row(turns), turns, "4 + 4 = ?"]) == [turns, turns, "4 + 4 = ?"]


def test_what_is_no_question_is_refused(gemma3_folder: Path, tmp_path: Path):
    with pytest.raises(ConfigError, match="Expected questions to solve: .* but found one of the type Tensor"):
        trainer_for(tmp_path).predict(module_for(gemma3_folder), DataLoader([torch.ones(2)], batch_size=None))  # type: ignore[arg-type]  # as above


@pytest.mark.parametrize(("objective", "wanted"), [("sft", "PackedBatch"), ("dpo", "PreferenceBatch")])
def test_a_foreign_batch_is_refused_with_the_type_that_is_wanted(
    objective: str, wanted: str, gemma3_folder: Path, tmp_path: Path
):
    loader = DataLoader([{"input_ids": torch.ones(1, 4, dtype=torch.long)}], batch_size=None)  # type: ignore[arg-type, list-item]  # as above
    module = module_for(gemma3_folder, objective=objective)
    with pytest.raises(ConfigError, match=f"batches of the type {wanted}.* found one of the type dict.*docs/library.md"):
        trainer_for(tmp_path).fit(module, loader)


def test_the_data_module_of_the_docs_trains(gemma3_folder: Path, tmp_path: Path):
    (block,) = (block for block in blocks(ROOT / "docs" / "library.md", "python") if "class OwnData" in block)
    names: dict[str, Any] = {}
    exec(block, names)
    data: LightningDataModule = names["OwnData"]([(row["question"], row["solution"]) for row in ROWS])
    module = module_for(gemma3_folder, learning_rate=0.01)
    trainer = trainer_for(tmp_path)
    trainer.fit(module, datamodule=data)
    assert trainer.global_step == 4
    assert any("lora_B" in name and weight.any() for name, weight in weights_of(module).items())


class Trains(LightningModule):
    def training_step(self, batch: Any, batch_idx: int) -> None:
        raise AssertionError("the plugin was to be refused before")

    def configure_optimizers(self) -> None:
        """None."""


class OwnFiles(TorchCheckpointIO):
    pass


@pytest.mark.parametrize("plugin", [OwnFiles, AsyncCheckpointIO])
def test_a_checkpoint_plugin_is_not_replaced(plugin: type, tmp_path: Path):
    trainer = trainer_for(tmp_path, AdapterCheckpoint(), plugins=[plugin()])
    with pytest.raises(ConfigError, match=f"without a CheckpointIO plugin.* found {plugin.__name__}"):
        trainer.fit(Trains(), DataLoader([1]))  # type: ignore[arg-type]  # refused before it is looked at
