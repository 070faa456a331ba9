"""The stages of `mathpal rehearse`: which command each one runs, and how its result is judged.

All of them train the same few steps on the same generated problems, so that one stage can be compared with another.
"""

from __future__ import annotations

import json as jsons
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from mathpal_lightning.commands.rehearsed import (
    Found,
    adapters_agree,
    bench_found,
    export_found,
    losses_agree,
    losses_fall,
    memory_agrees,
    preflight_found,
    solved_found,
)
from mathpal_lightning.run import RunFolder

STEPS = 5
"""Optimizer steps of each fit."""
_SETTINGS: dict[str, object] = {
    "seed_everything": 1,
    "model.schedule": "constant",
    "model.learning_rate": 1e-4,
    "model.max_new_tokens": 64,
    "data.train": "generated",
    "data.generator": '{"count": 200, "validation_count": 32, "test_count": 8, "levels": [1]}',
    "data.max_length": 1024,
    "evaluation.problems": 0,
    "evaluation.sample": 0,
    "checkpoint.monitor": "null",
    "export.formats": '["adapter"]',
    "export.verify": "false",
    "trainer.precision": "bf16-mixed",
    "trainer.max_steps": STEPS,
    "trainer.limit_val_batches": 0,
    "trainer.log_every_n_steps": 1,
    "trainer.devices": 1,
}
"""What all stages have in common, by config key."""
_EXACT = {"model.precision": "float32", "model.backend": "transformers"}
_SOLVING = {"evaluation.problems": 32, "evaluation.sample": 32}
_EXPORTED = {"export.formats": '["adapter", "merged_16bit", "gguf:q8_0"]', "export.verify": "true"}
_SAVED = {"checkpoint.every_n_steps": 1}


@dataclass(frozen=True, slots=True)
class Stage:
    """One thing to try: a command of `mathpal`, or a comparison of what earlier ones left."""

    name: str
    what: str
    """What it proves, for the table."""
    arguments: list[str]
    """Of `mathpal`; empty for a comparison of earlier stages."""
    found: Callable[[Path], Found]
    """The folder OUT, after the command -> what was found. It raises TrainingError where that is wrong."""
    needs: tuple[str, ...] = ()
    """Stages that must have passed."""
    kill: bool = False
    """Kill the command as soon as it has saved a checkpoint."""


def stages(folder: Path, model: str, bits: int, cards: int) -> list[Stage]:
    """Everything to try, in order.

    Args:
        folder: OUT.
        model: the base.
        bits: of the base.
        cards: GPUs to try together.
    """
    base = {"output_dir": folder, "model.model_name": model, "model.bits": bits}

    def fit(name: str, *changes: Mapping[str, object]) -> list[str]:
        return _command("fit", name, base, *changes)

    dpo = {"model.objective": "dpo", "model.adapter": RunFolder.of(folder / "fit").adapter}
    tried = [
        Stage("preflight", "memory, documents apart, first loss", [*_command("preflight", "preflight", base), "--json=true"],
              preflight_found),
        Stage("fit", f"{STEPS} steps in the GPU's arithmetic", fit("fit", _SAVED), losses_fall),
        Stage("exact", f"{STEPS} steps in float32 with transformers", fit("exact", _EXACT), partial(losses_fall, name="exact")),
        Stage("losses", "the same losses in both", [], losses_agree, ("fit", "exact")),
        Stage("memory", "the estimate against the measured peak", [], memory_agrees, ("preflight", "fit")),
        Stage("killed", "SIGKILL after the first checkpoint", fit("killed", _SAVED), lambda _: Found("killed", {}), kill=True),
        Stage("resumed", "the rest of a killed run", [*fit("killed", _SAVED), "--ckpt_path=last"], adapters_agree,
              ("killed", "fit")),
        Stage("dpo", "preference training from an adapter", fit("dpo", dpo), partial(losses_fall, name="dpo"), ("fit",)),
        Stage("solving", "problems solved before and after training", fit("solving", _SOLVING), solved_found),
        Stage("export", "merged weights and a GGUF after training, verified", fit("export", _EXPORTED), export_found),
        Stage("bench", "tokens a second, MFU, peak memory, decode rate", [*_command("bench", "bench", base), "--json=true"],
              bench_found),
    ]  # fmt: skip
    return tried + (_stages_of_several_cards(base, cards) if cards > 1 else [])


def _stages_of_several_cards(base: Mapping[str, object], cards: int) -> list[Stage]:
    together = {"trainer.devices": cards}
    parts = {"data_parallel_size": cards, "tensor_parallel_size": 1, "save_distributed_checkpoint": False}
    shards = jsons.dumps({"class_path": "ModelParallelStrategy", "init_args": parts})
    ddp, fsdp = {"trainer.strategy": "ddp"}, {"trainer.strategy": shards, "model.backend": "transformers"}
    return [
        Stage("ddp", f"{cards} GPUs, each with the whole model", _command("fit", "ddp", base, together, ddp),
              partial(losses_fall, name="ddp")),
        Stage("fsdp", f"{cards} GPUs, each with a part of every layer", _command("fit", "fsdp", base, together, fsdp),
              partial(losses_fall, name="fsdp")),
    ]  # fmt: skip


def _command(verb: str, name: str, *settings: Mapping[str, object]) -> list[str]:
    """A command of `mathpal`. Later settings win over earlier ones, and all of them over `_SETTINGS`."""
    chosen = {key: value for each in (_SETTINGS, *settings) for key, value in each.items()}
    return [verb, "--no_comet", f"--name={name}", *(f"--{key}={value}" for key, value in chosen.items())]
