"""What is exported, found once: the weights, their base model, how they are merged, and the vocabulary.

    place            a run folder, an adapter folder or a .ckpt      run/weights.py
    -> Weights       which weights these are, in one line
    -> Subject       with the adapter folder or the full checkpoint, the base, the way of merging, the tokenizer

Whoever follows an export reads these two files and knows its input.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from transformers import PreTrainedTokenizerBase

from mathpal_lightning.errors import CheckpointError
from mathpal_lightning.export.checkpoint import adapter_from_checkpoint, base_of_checkpoint, is_full
from mathpal_lightning.export.merge.best import MergeInto, only_way
from mathpal_lightning.export.merge.weights import MergedInto, find_base
from mathpal_lightning.export.tokenizer import training_tokenizer
from mathpal_lightning.export.trained_on import TrainedOn, read_trained_on
from mathpal_lightning.model.resolve import resolve_model
from mathpal_lightning.run import Weights, adapter_folder, find_weights


@dataclass(frozen=True)
class Subject:
    """What is exported. Exactly one of `adapter` and `checkpoint` is there; the base is looked for when it is needed."""

    line: str
    """Which weights these are: "checkpoint of step 40, the last"."""
    adapter: Path | None = None
    """A PEFT adapter folder."""
    checkpoint: Path | None = None
    """The .ckpt of a full fine-tune."""
    base_name: str | None = None
    """The base model's folder or name, where the user gave one."""
    merge_into: MergeInto = "trained"
    """The weights that the user wants it merged into."""
    tokenizer_of_training: PreTrainedTokenizerBase | None = None
    """Training's tokenizer, where training has just ended."""

    @cached_property
    def trained_on(self) -> TrainedOn | None:
        """The adapter's record of its base; None for an adapter of another library and for a full fine-tune."""
        return read_trained_on(self.adapter) if self.adapter else None

    @cached_property
    def into(self) -> MergedInto:
        """The weights that the adapter is merged into; for `best`, where there is a choice, those of training."""
        if self.merge_into != "best":
            return self.merge_into
        return (only_way(self.adapter) if self.adapter else None) or "trained"

    @cached_property
    def base(self) -> Path:
        """The folder of the base model.

        Raises:
            ExportError: it is not the base that the adapter was trained on.
            ModelError: it cannot be found.
        """
        if self.adapter:
            return find_base(self.adapter, self.base_name, self.into)
        assert self.checkpoint is not None
        return resolve_model(self.base_name or base_of_checkpoint(self.checkpoint))

    @cached_property
    def tokenizer(self) -> PreTrainedTokenizerBase:
        """Training's tokenizer; else the adapter's own; else the base's, with our chat template."""
        return self.tokenizer_of_training or training_tokenizer(self.adapter or self.base, self.base)


def find_subject(place: str | Path, base: str | None = None, merge_into: MergeInto = "trained") -> Subject:
    """Find what a path means. A checkpoint that has lost its adapter folder gets it again.

    Args:
        place: a run folder, an adapter folder (of PEFT or ours) or a .ckpt file.
        base: the base model's folder or name, where the adapter does not name it.
        merge_into: what to merge the adapter into.

    Raises:
        CheckpointError: there are no weights, or none that is whole.
    """
    return subject_of(find_weights(place), base, merge_into)


def subject_of(weights: Weights, base: str | None = None, merge_into: MergeInto = "trained") -> Subject:
    """What chosen weights are, as an export needs them.

    Raises:
        CheckpointError: the checkpoint is of another module and has no adapter folder.
    """
    if weights.adapter is not None:
        return Subject(weights.line, adapter=weights.adapter, base_name=base, merge_into=merge_into)
    if weights.checkpoint is None:
        raise CheckpointError("weights to export", "none", "Give a run folder, an adapter folder or a .ckpt file.")
    if is_full(weights.checkpoint):
        return Subject(weights.line, checkpoint=weights.checkpoint, base_name=base, merge_into=merge_into)
    adapter = adapter_from_checkpoint(weights.checkpoint, adapter_folder(weights.checkpoint), base)
    return Subject(weights.line, adapter=adapter, base_name=base, merge_into=merge_into)
