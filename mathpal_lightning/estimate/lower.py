"""The one list of settings to lower when memory or disk does not suffice, those with the least effect on the result first.

Preflight asks which of them make a run fit; the messages about memory and disks that ran out name them all.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Literal, NamedTuple, TypedDict, cast

if TYPE_CHECKING:
    from mathpal_lightning.estimate.fake_model import Step

Settings = TypedDict(
    "Settings",
    {
        "data.batch_size": int,
        "data.max_length": int,
        "trainer.accumulate_grad_batches": int,
        "model.bits": Literal[4, 8, 16],
        "model.keep_dequantized": bool,
        "model.finetune": str,
        "model.lora_r": int,
        "model.gradient_checkpointing": bool,
        "model.optimizer": str,
        "model.loss_chunk": int,
    },
)
"""The settings that decide about the memory of a step, by their keys in the config."""
Solves = TypedDict("Solves", {"model.generation_batch_size": int, "model.max_new_tokens": int})
"""Those that decide about the memory of an evaluation."""
_LEAST_LENGTH, _LEAST_RANK, _LEAST_CHUNK = 256, 8, 64


class Change(NamedTuple):
    """Settings to change together, by their keys in the config, and what that costs."""

    values: dict[str, object]
    costs: str

    def __str__(self) -> str:
        """As it is typed into a config: `data.batch_size: 2` and `trainer.accumulate_grad_batches: 4` (same result)."""
        settings = " and ".join(f"`{key}: {_written(value)}`" for key, value in self.values.items())
        return f"{settings} ({self.costs})"


def lower_for_a_step(config: Settings, most: int | None = None, updates: int = 0) -> list[Change]:
    """What makes a training step smaller, as far as a config leaves it.

    Args:
        config: the settings by key; `settings_of` gives those of a Step.
        most: the largest batch size that fits; half the present one by default.
        updates: of `objective: grpo` on each draw; 0 for another objective.
    """
    batch, bits, length = config["data.batch_size"], config["model.bits"], config["data.max_length"]
    lora = config["model.finetune"] == "lora"
    possible = [
        (batch > 1, _fewer(batch, config["trainer.accumulate_grad_batches"], batch // 2 if most is None else most, updates)),
        (config["model.keep_dequantized"], Change({"model.keep_dequantized": False}, "same result, slower on a CPU")),
        (
            not config["model.gradient_checkpointing"],
            Change({"model.gradient_checkpointing": True}, "same result, a third slower"),
        ),
        (config["model.loss_chunk"] > _LEAST_CHUNK, Change({"model.loss_chunk": _LEAST_CHUNK}, "same result, helps on a GPU")),
        (not lora, Change({"model.finetune": "lora"}, "trains an adapter")),
        (lora and bits > 4, Change({"model.bits": 4}, "a slightly less exact base")),
        (config["model.optimizer"] == "adamw", Change({"model.optimizer": "adamw_8bit"}, "nearly the same result")),
        (lora and config["model.lora_r"] > _LEAST_RANK, Change({"model.lora_r": config["model.lora_r"] // 2}, "learns less")),
        (length > _LEAST_LENGTH and not updates, Change({"data.max_length": length // 2}, "refuses longer rows")),
    ]
    return [change for can_change, change in possible if can_change]


def _fewer(batch: int, accumulate: int, most: int, updates: int) -> Change:
    """A smaller batch. With more micro-batches an optimizer step has the same rows, where the one divides the other."""
    if updates > 1:  # they take the draw of one batch
        return Change({"data.batch_size": max(1, most)}, "fewer problems a step")
    size = max(size for size in range(1, max(1, most) + 1) if batch % size == 0)
    return Change({"data.batch_size": size, "trainer.accumulate_grad_batches": accumulate * (batch // size)}, "same result")


def lower_for_solving(config: Solves, rows: int | None = None) -> list[Change]:
    """What makes an evaluation smaller.

    Args:
        config: the settings by key.
        rows: problems at a time to propose, 0 where not even one fits; a quarter of the present ones by default.
    """
    fewer = config["model.generation_batch_size"] // 4 if rows is None else rows
    possible = [
        (fewer >= 1, Change({"model.generation_batch_size": fewer}, "same result")),
        (rows == 0, Change({"evaluation.problems": 0}, "no evaluation")),
        (True, Change({"model.max_new_tokens": config["model.max_new_tokens"] // 2}, "cuts long solutions")),
    ]
    return [change for can_change, change in possible if can_change]


LOWER_FOR_AN_EXPORT = [
    Change({"export.formats": ["adapter"], "export.verify": False}, "then run `mathpal export --run` when training has ended")
]
LOWER_FOR_A_DISK = [
    Change({"checkpoint.keep": 1}, "fewer checkpoints to go back to"),
    Change({"export.formats": ["adapter"]}, "then `mathpal export --run` writes the others elsewhere"),
]
SMALLER_MODEL = "`model.model_name` to a smaller Gemma"


def listed(changes: list[Change]) -> str:
    """Changes one after another, to follow the word "Set"."""
    return ", or ".join(map(str, changes)) or SMALLER_MODEL


def settings_of(step: Step, accumulate: int = 1) -> Settings:
    """The settings of a step by their keys in the config."""
    return {
        "data.batch_size": step.batch_size,
        "data.max_length": step.length,
        "trainer.accumulate_grad_batches": accumulate,
        "model.bits": step.bits,
        "model.keep_dequantized": step.keep_dequantized,
        "model.finetune": "full" if step.full else "lora",
        "model.lora_r": step.lora_r,
        "model.gradient_checkpointing": step.gradient_checkpointing,
        "model.optimizer": step.optimizer,
        "model.loss_chunk": step.loss_chunk,
    }


def changed(step: Step, change: Change) -> Step:
    """The step after a change; supervised tokens stay in proportion to the positions."""
    settings = cast(Settings, {**settings_of(step), **change.values})
    after = replace(
        step,
        rows=step.rows_of(settings["data.batch_size"]),
        groups=settings["data.batch_size"] if step.groups else 0,
        length=settings["data.max_length"],
        longest=min(step.longest, settings["data.max_length"]),
        bits=settings["model.bits"],
        keep_dequantized=settings["model.keep_dequantized"],
        full=settings["model.finetune"] == "full",
        lora_r=settings["model.lora_r"],
        gradient_checkpointing=settings["model.gradient_checkpointing"],
        optimizer=settings["model.optimizer"],
        loss_chunk=settings["model.loss_chunk"],
    )
    return replace(after, supervised=step.supervised * after.rows * after.length // (step.rows * step.length))


def _written(value: object) -> str:
    """As YAML writes it."""
    if isinstance(value, list):
        return f"[{', '.join(map(str, value))}]"
    return str(value).lower() if isinstance(value, bool) else str(value)
