"""`objective: grpo` in a real Trainer on a tiny Gemma: it learns what is rewarded, only that, and goes on bit for bit."""

import json
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from lightning.pytorch import Callback, Trainer, seed_everything

from mathpal_lightning import MathDataModule, MathPalModule
from mathpal_lightning.callbacks import AdapterCheckpoint, KeepRollouts
from mathpal_lightning.data.drawing import Drawing
from mathpal_lightning.errors import ConfigError
from mathpal_lightning.model.policy import Policy
from mathpal_lightning.schema import DrawnGroup, DrawnSolution, Row, Turn

ROWS = [
    {"question": f"{a} + {b} = ?", "solution": f"{a} + {b} = {a + b}\nĐáp số: {a + b}", "topic": f"sum{a % 2}"}
    for a in range(1, 7)
    for b in range(1, 5)
]


def parts(gemma3_folder: Path, reward: str, **settings):
    seed_everything(3)
    policy = {"group_size": 4, "rewards": {f"tests.rewards.{reward}": 1.0}} | settings.pop("policy", {})
    how = {"bits": 16, "learning_rate": 3e-2, "schedule": "constant", "warmup_share": 0.0, "max_new_tokens": 12}
    module = MathPalModule(
        str(gemma3_folder), objective="grpo", backend="transformers", policy=policy, lora_r=4, **how | settings
    )
    data = MathDataModule(ROWS, objective="grpo", max_length=128, batch_size=3, validation_share=0.1)
    return module, data


def trainer(folder: Path, steps: int, callbacks=(), **more) -> Trainer:
    return Trainer(
        max_steps=steps,
        precision="32-true",
        accelerator="cpu",
        logger=False,
        enable_progress_bar=False,
        enable_model_summary=False,
        enable_checkpointing=bool(callbacks),
        default_root_dir=folder,
        limit_val_batches=0,
        callbacks=[*callbacks, KeepRollouts()],
        log_every_n_steps=1,
        **more,
    )


def weights(module) -> dict[str, torch.Tensor]:
    return {name: weight.detach().clone() for name, weight in module.trained_weights().items()}


def mean_rewards(folder: Path) -> list[float]:
    lines = [json.loads(line) for line in (folder / "rollouts.jsonl").read_text(encoding="utf-8").splitlines()]
    steps = sorted({line["step"] for line in lines})
    drawn = {step: [one["reward"] for line in lines if line["step"] == step for one in line["solutions"]] for step in steps}
    return [sum(drawn[step]) / len(drawn[step]) for step in steps]


def test_a_policy_that_is_paid_for_length_learns_length(gemma3_folder: Path, tmp_path: Path):
    module, data = parts(gemma3_folder, "length")
    trainer(tmp_path, 24).fit(module, datamodule=data)
    rewards = mean_rewards(tmp_path)
    assert len(rewards) == 24
    assert sum(rewards[-6:]) / 6 > 1.3 * sum(rewards[:6]) / 6


@pytest.mark.parametrize("loss", ["grpo", "dr_grpo", "dapo", "gspo"])
def test_equal_rewards_leave_the_weights_as_they_are(loss: str, gemma3_folder: Path, tmp_path: Path):
    module, data = parts(gemma3_folder, "constant", policy={"loss": loss})
    module.configure_model()
    before = weights(module)
    trainer(tmp_path, 3).fit(module, datamodule=data)
    assert all(torch.equal(before[name], weight) for name, weight in weights(module).items())
    assert data.drawing.draws == 3


def test_a_module_without_its_weights_loads_them_to_draw(gemma3_folder: Path):
    module, _ = parts(gemma3_folder, "length")
    (group,) = module.draw(["1 + 2 = ?"], seed=0)
    assert len(group.solutions) == 4


def test_several_updates_share_a_draw(gemma3_folder: Path, tmp_path: Path):
    module, data = parts(gemma3_folder, "length", policy={"updates": 3, "loss": "grpo", "kl": 0.01})
    fit = trainer(tmp_path, 6)
    fit.fit(module, datamodule=data)
    assert data.drawing.draws == 2
    assert module.reference is not None
    assert fit.callback_metrics["train/kl"] > 0
    assert fit.callback_metrics["train/ratio"] != 1


@pytest.mark.parametrize("updates", [1, 3])
def test_an_epoch_draws_for_each_problem_and_each_batch_names_its_rows(updates: int, gemma3_folder: Path, tmp_path: Path):
    class Named(Callback):
        def __init__(self):
            self.rows: list[tuple[list[str], list[str]]] = []

        def on_train_batch_end(self, trainer, pl_module, outputs, batch, batch_idx):
            drawn = [group.row.question for group in data.drawing.graded] or self.rows[-1][0]
            self.rows.append((drawn, [row.question for row in data.batch_rows(batch_idx, batch)]))

    module, data = parts(gemma3_folder, "odd_length", policy={"updates": updates, "pass_rate": (0.0, 1.0)})
    named = Named()
    fit = trainer(tmp_path, -1, max_epochs=1)
    fit.callbacks.insert(0, named)
    fit.fit(module, datamodule=data)
    lines = (tmp_path / "rollouts.jsonl").read_text(encoding="utf-8").splitlines()
    assert sorted(json.loads(line)["question"] for line in lines) == sorted(row.question for row in data.train_rows)
    assert fit.global_step == len(named.rows) == updates * -(-len(data.train_rows) // 3)
    assert all(drawn == rows for drawn, rows in named.rows)


def test_problems_that_another_process_counts_do_not_count_in_the_pass_rates():
    row = Row((Turn("user", "1 + 2 = ?"), Turn("assistant", "3")), topic="sum0")
    policy = Policy(group_size=2, rewards={"tests.rewards.length": 1.0})
    group = DrawnGroup([1], [DrawnSolution([5, 6], [0.0, 0.0], text, True) for text in ("a", "bb")])
    module = SimpleNamespace(policy=policy, device=torch.device("cpu"), draw=lambda *asked: [group])
    strategy = SimpleNamespace(broadcast=lambda own, src: own)
    alone = SimpleNamespace(world_size=1, global_rank=0, strategy=strategy)
    for is_repeat in (True, False):
        drawing = Drawing([row], module, seed=0, max_length=8, pad_token_id=0)
        batch = drawing.batch([0], alone, is_repeat)
        assert (batch.is_repeat, batch.problems) == (is_repeat, (0,))
        assert np.isnan(drawing.pass_rates.rates[0]) == is_repeat


@pytest.mark.parametrize("dropout", [0.0, 0.1])
def test_the_first_update_has_the_ratio_one_and_the_sampler_is_the_policy(dropout: float, gemma3_folder: Path, tmp_path: Path):
    module, data = parts(gemma3_folder, "length", lora_dropout=dropout)
    fit = trainer(tmp_path, 2)
    fit.fit(module, datamodule=data)
    assert fit.callback_metrics["train/ratio"] == 1
    assert abs(fit.callback_metrics["train/sampler_kl"]) < 1e-4
    assert {"train/reward", "train/pass_rate", "train/signal", "train/length", "train/surprise"} <= set(fit.callback_metrics)


def test_an_unchanged_policy_has_the_ratio_one_at_each_update_whatever_the_dropout(gemma3_folder: Path, tmp_path: Path):
    module, data = parts(gemma3_folder, "length", lora_dropout=0.1, learning_rate=1e-12, policy={"updates": 3, "loss": "grpo"})
    module.configure_model()
    with torch.no_grad():  # B of a new adapter is zero: dropout before it would not be seen
        for weight in module.trained_weights().values():
            weight += 0.05 * torch.randn(weight.shape, generator=torch.Generator().manual_seed(1))
    fit = trainer(tmp_path, 3)
    fit.fit(module, datamodule=data)
    assert fit.callback_metrics["train/ratio"] == pytest.approx(1.0, abs=1e-5)


@pytest.mark.parametrize("updates", [1, 2])
def test_a_run_that_goes_on_is_the_uninterrupted_one_samples_included(updates: int, gemma3_folder: Path, tmp_path: Path):
    def run(folder: Path, steps: int, checkpoint: str | None = None):
        module, data = parts(gemma3_folder, "length", policy={"updates": updates})
        keep = AdapterCheckpoint(every_n_steps=1)
        trainer(folder, steps, [keep]).fit(module, datamodule=data, ckpt_path=checkpoint)
        return weights(module)

    whole = run(tmp_path / "whole", 7)
    run(tmp_path / "cut", 3)
    last = tmp_path / "cut" / "checkpoints" / "last.ckpt"
    resumed = run(tmp_path / "cut", 7, str(last))
    assert any("lora_B" in name and weight.any() for name, weight in whole.items()), "something was learned"
    assert all(torch.equal(whole[name], weight) for name, weight in resumed.items())
    texts = [(tmp_path / name / "rollouts.jsonl").read_text(encoding="utf-8") for name in ("whole", "cut")]
    assert texts[0] == texts[1]


def test_a_run_that_goes_on_from_an_earlier_checkpoint_keeps_each_draw_once(gemma3_folder: Path, tmp_path: Path):
    for steps in (3, 4):
        module, data = parts(gemma3_folder, "length")
        checkpoint = tmp_path / "checkpoints" / "step=2.ckpt"
        keep = AdapterCheckpoint(every_n_steps=1, keep=-1)
        trainer(tmp_path, steps, [keep]).fit(module, datamodule=data, ckpt_path=str(checkpoint) if steps == 4 else None)
    lines = [json.loads(line) for line in (tmp_path / "rollouts.jsonl").read_text(encoding="utf-8").splitlines()]
    assert [line["step"] for line in lines] == [1, 1, 1, 2, 2, 2, 3, 3, 3, 4, 4, 4]


def test_each_fit_draws_from_the_module_that_it_trains(gemma3_folder: Path, tmp_path: Path):
    """In a notebook the rows are looked at first, and one data module serves several fits."""
    first, _ = parts(gemma3_folder, "length")
    second, _ = parts(gemma3_folder, "length")
    data = MathDataModule(
        ROWS, objective="grpo", max_length=128, batch_size=3, validation_share=0.1, test_share=0.1, tokenizer=str(gemma3_folder)
    )
    data.setup("fit")
    for module in (first, second):
        drawn = []
        module.draw = lambda *asked, own=module.draw, drawn=drawn: drawn.append(1) or own(*asked)
        trainer(tmp_path, 1).fit(module, datamodule=data)
        assert drawn, "the module's own policy was asked"


def test_updates_and_accumulation_do_not_go_together(gemma3_folder: Path, tmp_path: Path):
    module, data = parts(gemma3_folder, "length", policy={"updates": 2})
    with pytest.raises(ConfigError, match="accumulate_grad_batches: 1"):
        trainer(tmp_path, 2, accumulate_grad_batches=2).fit(module, datamodule=data)


def test_a_long_file_of_rollouts_is_continued_in_another(gemma3_folder: Path, tmp_path: Path):
    module, data = parts(gemma3_folder, "length")
    fit = trainer(tmp_path, 3)
    fit.callbacks = [KeepRollouts(megabytes=1e-6)]
    fit.fit(module, datamodule=data)
    assert sorted(file.name for file in tmp_path.glob("rollouts*.jsonl")) == [
        "rollouts.1.jsonl",
        "rollouts.2.jsonl",
        "rollouts.jsonl",
    ]
