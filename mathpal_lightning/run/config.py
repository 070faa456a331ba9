"""The keys of config.yaml that are read back. A section holds the arguments of its class, and has more keys than these."""

from __future__ import annotations

from typing import TypedDict


class ModelConfig(TypedDict, total=False):
    """Arguments of MathPalModule."""

    model_name: str
    adapter: str | None
    objective: str
    bits: int
    max_new_tokens: int
    generation_batch_size: int


class DataConfig(TypedDict, total=False):
    """Arguments of MathDataModule."""

    train: str | list[str] | dict[str, float] | None
    """Names of sources; with weights, a mixture."""
    generator: dict[str, object]


class EvaluationConfig(TypedDict, total=False):
    """Arguments of EvaluateSolutions."""

    file: str
    votes: int
    votes_temperature: float


class CheckpointConfig(TypedDict, total=False):
    """Arguments of AdapterCheckpoint."""

    monitor: str | None
    dirpath: str | None


class RunConfig(TypedDict, total=False):
    """config.yaml. A section that is not a mapping is left out when the file is read."""

    name: str
    output_dir: str
    seed_everything: int | bool
    model: ModelConfig
    data: DataConfig
    evaluation: EvaluationConfig
    checkpoint: CheckpointConfig
    trainer: dict[str, object]


SECTIONS = ("model", "data", "evaluation", "checkpoint", "trainer")
