"""What is exported, found once: the weights, their base model, how they are merged, the quantisation and the tokenizer.

    place            a run folder, an adapter folder or a .ckpt      run/weights.py
    -> Weights       which weights these are, in one line
    -> Subject       with the adapter folder or the full checkpoint, the base, the way of merging, the tokenizer

Every step of an export is a function of a Subject: none looks for the base, its record or its tokenizer again.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Literal

from transformers import PreTrainedTokenizerBase

from mathpal_lightning.chat import load_tokenizer
from mathpal_lightning.errors import CheckpointError, ExportError
from mathpal_lightning.export.checkpoint import adapter_from_checkpoint, base_of_checkpoint, is_full
from mathpal_lightning.export.tokenizer import training_tokenizer
from mathpal_lightning.export.trained_on import PeftSettings, TrainedOn, read_adapter_config, read_trained_on
from mathpal_lightning.model.resolve import resolve_model
from mathpal_lightning.records import RECORD, base_digest, folder_digest
from mathpal_lightning.run import Weights, adapter_folder, find_weights
from mathpal_lightning.vocabulary import Vocabulary, cut_base, vocabulary_of

MergedInto = Literal["trained", "original"]
"""The weights that an adapter is merged into: those that training saw, or those of the base as published."""
MergeInto = Literal["trained", "original", "best"]
"""What a user asks for; `best` scores both and keeps the better one."""
ExportedVocabulary = Literal["trained", "full"]
"""The vocabulary of merged weights and GGUFs: that of training, or the base's full one."""


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
    vocabulary: ExportedVocabulary = "trained"
    """Whether what is merged has the vocabulary of training, or the base's full one."""

    @classmethod
    def of_adapter(
        cls,
        adapter: str | Path,
        base: str | Path | None = None,
        merge_into: MergeInto = "trained",
        tokenizer: PreTrainedTokenizerBase | None = None,
        line: str = "",
        vocabulary: ExportedVocabulary = "trained",
    ) -> Subject:
        """The subject of an adapter folder, PEFT's or ours."""
        named = str(base) if base else None
        return cls(line or f"adapter {adapter}", Path(adapter), None, named, merge_into, tokenizer, vocabulary)

    def merged_into(self, into: MergedInto) -> Subject:
        """A copy of this subject that is merged into these weights."""
        return replace(self, merge_into=into)

    @property
    def adapter_folder(self) -> Path:
        """The adapter; only where it is no full fine-tune."""
        assert self.adapter is not None, "a full fine-tune has no adapter"
        return self.adapter

    @cached_property
    def peft_config(self) -> PeftSettings:
        """PEFT's settings of the adapter.

        Raises:
            ExportError: they are missing, cut off or empty.
        """
        return read_adapter_config(self.adapter_folder)

    @cached_property
    def trained_on(self) -> TrainedOn | None:
        """The adapter's record of its base; None for an adapter of another library and for a full fine-tune."""
        return read_trained_on(self.adapter) if self.adapter else None

    @property
    def model_class(self) -> str:
        """The class of transformers that held the base in training; empty where that is not known."""
        return self.trained_on.model_class if self.trained_on else ""

    @property
    def only_way(self) -> MergedInto | None:
        """How it must be merged where there is no choice; None where there is one.

        An adapter without our record can only go into the original weights, because nobody knows what training saw. One that
        was trained on 16 bits saw the original weights.
        """
        if self.adapter is None:
            return "trained"
        if self.trained_on is None:
            return "original"
        return None if self.trained_on.quantized else "trained"

    @property
    def into(self) -> MergedInto:
        """The weights that it is merged into; for `best`, where there is a choice, those of training."""
        return self.merge_into if self.merge_into != "best" else self.only_way or "trained"

    @cached_property
    def base(self) -> Path:
        """The folder of the base model, proven to be the one that was trained on where that matters.

        Raises:
            ExportError: it is not the base that the adapter was trained on, or none is named.
            ModelError: it cannot be found.
        """
        if self.adapter is None:
            assert self.checkpoint is not None
            return base_of_checkpoint(self.checkpoint, self.base_name)
        trained_on = self.trained_on
        if trained_on is None and self.into == "trained":
            raise ExportError(
                f"{RECORD} in the adapter folder, which says how the base was quantised during training",
                f"none in {self.adapter}",
                "Merge into the original weights: --merge_into original (in Python merge_into='original').",
            )
        named = trained_on.base if trained_on else self.peft_config.get("base_model_name_or_path")
        if not (self.base_name or named):
            raise ExportError(
                "the base model that the adapter was trained on", f"no name of it in {self.adapter}", "Give its folder as base."
            )
        folder, expected = resolve_model(str(self.base_name or named)), trained_on.base_digest if trained_on else ""
        if small := self.small_vocabulary:
            folder = cut_base(folder, small) if self.vocabulary == "trained" else folder
            expected = expected if self.vocabulary == "trained" else trained_on.full_digest if trained_on else ""
        if self.into == "trained" and expected not in ("", base_digest(folder)):
            raise ExportError(
                f"the base that was trained on, {named} (digest {expected[:12]})",
                f"other weights in {folder} (digest {base_digest(folder)[:12]})",
                "Give the folder of the right base, or merge into these weights on purpose: --merge_into original "
                "(in Python merge_into='original').",
            )
        return folder

    @cached_property
    def inputs(self) -> dict[str, str]:
        """What a merge of it is made from, for the record that lets a later export skip the step."""
        inputs = {"adapter": folder_digest(self.adapter_folder), "base": base_digest(self.base), "into": self.into}
        if self.trained_on is not None and self.stored_dtype != self.trained_on.dtype:
            inputs["dtype"] = str(self.stored_dtype)  # earlier versions stored float16: such a merge is made again
        return inputs

    @cached_property
    def stored_dtype(self) -> str | None:
        """The dtype of merged weights: as trained, but never float16, in which other programs would let Gemma 3 overflow.

        None where the adapter folder does not say how it was trained.
        """
        trained = self.trained_on.dtype if self.trained_on else None
        return "bfloat16" if trained == "float16" else trained

    @cached_property
    def tokenizer(self) -> PreTrainedTokenizerBase:
        """Training's tokenizer; else the adapter's own; else the base's, with our chat template.

        An adapter folder of a small vocabulary holds the full tokenizer: there the base that is merged into decides.
        """
        if self.small_vocabulary:
            return load_tokenizer(self.base)
        if self.tokenizer_of_training is not None:
            return self.tokenizer_of_training
        return training_tokenizer(self.adapter, self.base) if self.adapter else load_tokenizer(self.base)

    @cached_property
    def adapter_tokenizer(self) -> PreTrainedTokenizerBase:
        """The tokenizer that belongs into the adapter's folder: of the base that the folder names."""
        return replace(self, vocabulary="full").tokenizer if self.small_vocabulary else self.tokenizer

    @cached_property
    def small_vocabulary(self) -> Vocabulary | None:
        """The vocabulary that the adapter was trained on, where it was a small one."""
        return vocabulary_of(self.adapter) if self.adapter else None


def find_subject(
    place: str | Path,
    base: str | None = None,
    merge_into: MergeInto = "trained",
    vocabulary: ExportedVocabulary = "trained",
) -> Subject:
    """Find what a path means. A checkpoint that has lost its adapter folder gets it again.

    Args:
        place: a run folder, an adapter folder (of PEFT or ours) or a .ckpt file.
        base: the base model's folder or name, where the adapter does not name it.
        merge_into: what to merge the adapter into.
        vocabulary: whether what is merged has the vocabulary of training, or the base's full one.

    Raises:
        CheckpointError: there are no weights, or none that is whole.
    """
    return replace(subject_of(find_weights(place), base, merge_into), vocabulary=vocabulary)


def subject_of(weights: Weights, base: str | None = None, merge_into: MergeInto = "trained") -> Subject:
    """What chosen weights are, as an export needs them.

    Raises:
        CheckpointError: the checkpoint is of another module and has no adapter folder.
    """
    if weights.adapter is not None:
        return Subject.of_adapter(weights.adapter, base, merge_into, line=weights.line)
    if weights.checkpoint is None:
        raise CheckpointError("weights to export", "none", "Give a run folder, an adapter folder or a .ckpt file.")
    if is_full(weights.checkpoint):
        return Subject(weights.line, checkpoint=weights.checkpoint, base_name=base, merge_into=merge_into)
    adapter = adapter_from_checkpoint(weights.checkpoint, adapter_folder(weights.checkpoint), base)
    return Subject.of_adapter(adapter, base, merge_into, line=weights.line)
