"""`objective: grpo` in two real processes: they go on bit for bit within a draw, and every sample of both is kept."""

import json
from pathlib import Path
from types import SimpleNamespace

import pytest
import torch
from lightning.pytorch import Trainer, seed_everything

from mathpal_lightning import MathDataModule, MathPalModule
from mathpal_lightning.callbacks import AdapterCheckpoint, KeepRollouts
from mathpal_lightning.model.checkpoint import old_log_probs_in
from tests.test_reinforcement import ROWS


def fit(base: Path, out: Path, processes: int = 2, **options: object) -> None:
    """Four steps on two draws of four problems; a checkpoint after each step."""
    seed_everything(3, verbose=False)
    policy = {"group_size": 24, "updates": 2, "rewards": {"tests.rewards.length": 1.0}}
    module = MathPalModule(
        str(base), objective="grpo", backend="transformers", policy=policy, bits=16, lora_r=4, learning_rate=1e-3,
        max_new_tokens=12, warmup_share=0.0,
    )  # fmt: skip
    data = MathDataModule(ROWS, objective="grpo", max_length=128, batch_size=4 // processes, validation_share=0.1)
    trainer = Trainer(
        max_steps=4, precision="32-true", accelerator="cpu", devices=processes, default_root_dir=out,
        strategy="ddp_fork" if processes > 1 else "auto",
        logger=False, limit_val_batches=0, callbacks=[AdapterCheckpoint(every_n_steps=1, keep=-1), KeepRollouts()],
        enable_progress_bar=False, enable_model_summary=False,
    )  # fmt: skip
    trainer.fit(module, datamodule=data, **options)  # type: ignore[arg-type]


def test_two_processes_go_on_within_a_draw(gemma3_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)  # forked processes cannot ask a card
    fit(gemma3_folder, tmp_path / "whole")
    middle = tmp_path / "whole/checkpoints/step=3.ckpt"
    saved = torch.load(middle, weights_only=True)
    first, second = saved["MathDataModule"]["drawing"]["kept"]
    assert not torch.equal(first["input_ids"], second["input_ids"]), "each process has a draw of its own"
    lines = [json.loads(line) for line in (tmp_path / "whole/rollouts.jsonl").read_text(encoding="utf-8").splitlines()]
    assert [line["step"] for line in lines] == [1, 1, 1, 1, 3, 3, 3, 3], "the problems of both processes"
    fit(gemma3_folder, tmp_path / "one", processes=1)
    assert solutions(tmp_path / "one") == solutions(tmp_path / "whole"), "one process with the doubled batch draws the same"
    both, one = (learned(tmp_path / name / "checkpoints/step=2.ckpt") for name in ("whole", "one"))
    assert both.norm() > 0
    assert (both - one).norm() < 0.05 * both.norm(), "and learns the same from it"
    fit(gemma3_folder, tmp_path / "resumed", ckpt_path=str(middle))
    whole, resumed = (torch.load(tmp_path / name / "checkpoints/last.ckpt", weights_only=True) for name in ("whole", "resumed"))
    assert any(not torch.equal(weight, saved["state_dict"][name]) for name, weight in whole["state_dict"].items())
    for name, weight in whole["state_dict"].items():
        assert torch.equal(weight, resumed["state_dict"][name]), name


def learned(checkpoint: Path) -> torch.Tensor:
    """All that training has added: the factors that begin at zero."""
    weights = torch.load(checkpoint, weights_only=True)["state_dict"]
    return torch.cat([weight.flatten() for name, weight in weights.items() if "lora_B" in name])


def solutions(run: Path) -> list[list[str]]:
    """What the first draw holds, in any order of its problems."""
    lines = [json.loads(line) for line in (run / "rollouts.jsonl").read_text(encoding="utf-8").splitlines()]
    return sorted([line["question"], *(one["solution"] for one in line["solutions"])] for line in lines if line["step"] == 1)


@pytest.mark.parametrize(
    ("held", "processes", "own"),
    [
        ([torch.ones(2), torch.zeros(3)], 2, 3),
        ([torch.ones(2), torch.zeros(3)], 1, None),
        (torch.ones(2), 2, None),
        (None, 2, None),
    ],
    ids=["of each", "another number", "of an older version", "none"],
)
def test_what_the_drawing_policy_gave_comes_back_to_its_process_and_card(held, processes: int, own: int | None):
    """Checkpoints are read into main memory; a card's indices find nothing there."""
    trainer = SimpleNamespace(global_rank=processes - 1, world_size=processes)
    module = SimpleNamespace(_trainer=trainer, device=torch.device("meta"))
    found = old_log_probs_in({"old_log_probs": held} if held is not None else {}, module)  # type: ignore[arg-type, typeddict-item]
    assert (None if found is None else (len(found), found.device.type)) == (None if own is None else (own, "meta"))
