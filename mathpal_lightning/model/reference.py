"""The settings of preference training, and its reference: the policy as it began, with the log-probabilities it gives."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import Tensor

from mathpal_lightning.compat.lightning import attached_trainer
from mathpal_lightning.content_key import content_key, tokenizer_digest
from mathpal_lightning.files import cache_folder, locked, sha256_of, whole_file
from mathpal_lightning.losses import PairLogProbs
from mathpal_lightning.losses.dpo import REFERENCE_FREE, PreferenceLoss, loss_weights
from mathpal_lightning.model.generate import evaluation_mode
from mathpal_lightning.model.policy import Policy
from mathpal_lightning.schema import Objective, PreferenceBatch

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase

    from mathpal_lightning.compat.transformers import LanguageModel
    from mathpal_lightning.model.module import MathPalModule

_SAMPLED = 256
"""Values of each weight that the digest reads."""


@dataclass(frozen=True)
class Preference:
    """The loss that `objective: dpo` minimises.

    Args:
        loss: sigmoid (DPO), robust, hinge, ipo, apo_zero, apo_down, sigmoid_norm, simpo, orpo or sft; or the weights of
            several, {sigmoid: 1.0, sft: 0.2}.
        beta: How strongly the policy is kept near the reference; tau of ipo, the scale of simpo, the weight of orpo.
        label_smoothing: The assumed share of pairs whose sides are swapped, from 0 to below 0.5.
        simpo_margin: The margin by which simpo wants the chosen side to win.
        cache_reference: Keep the reference's log-probabilities on disk, so that later epochs and runs reuse them.
    """

    loss: PreferenceLoss | dict[PreferenceLoss, float] = "sigmoid"
    beta: float = 0.1
    label_smoothing: float = 0.0
    simpo_margin: float = 0.5
    cache_reference: bool = True

    @property
    def weights(self) -> dict[PreferenceLoss, float]:
        """The weight of each loss."""
        return loss_weights(self.loss)

    @property
    def needs_reference(self) -> bool:
        """Whether one of the losses compares with the reference."""
        return not REFERENCE_FREE.issuperset(self.weights)


class Reference:
    """The policy before training: the base itself where the adapter is new, else the base with the given adapter.

    No second model is kept in memory, only a copy of the trained weights as they began. To compute the reference, the copy
    takes the place of the trained weights for the time of one forward pass.
    """

    def __init__(self, weights: Mapping[str, torch.nn.Parameter], digest: str, cached: bool):
        """Copy the weights that training will change.

        Args:
            weights: by name.
            digest: what `reference_digest` says of the model.
            cached: keep the log-probabilities on disk.
        """
        self._trained = dict(weights)
        self._copies = {name: weight.detach().clone() for name, weight in weights.items()}
        self._cache = ReferenceLogProbs(digest) if cached else None
        self.asked = False
        """Whether the last log-probabilities were computed now, rather than read from the cache."""

    def log_probs(
        self, model: LanguageModel, batch: PreferenceBatch, score: Callable[[PreferenceBatch], PairLogProbs]
    ) -> Tensor:
        """The reference's log-probabilities [P, 2] of chosen and rejected, from the cache or computed now by `score`."""
        keys = pair_keys(batch) if self._cache else []
        known = self._cache.find(keys) if self._cache else None
        self.asked = known is None
        if known is None:
            with self.in_place(model):
                pairs = score(batch)
            known = torch.stack([pairs.chosen, pairs.rejected], 1)
            if self._cache:
                self._cache.add(keys, known)
        return known

    def save(self) -> None:
        """Write the new log-probabilities to disk."""
        if self._cache:
            self._cache.save()

    @contextmanager
    def in_place(self, model: LanguageModel) -> Iterator[None]:
        """Within the block the model is the reference, without dropout and without gradients."""
        with evaluation_mode(model):
            self._exchange()
            try:
                yield
            finally:
                self._exchange()

    def _exchange(self) -> None:
        torch.clear_autocast_cache()  # autocast keeps casts of the weights that are taken out
        for name, weight in self._trained.items():
            copy = self._copies[name].to(weight.device)
            self._copies[name], weight.data = weight.data, copy


class ReferenceLogProbs:
    """The reference's log-probabilities on disk, found by the content of a pair.

    Unseen pairs are scored on the fly; the cache is flushed before every checkpoint.
    """

    def __init__(self, digest: str, folder: Path | None = None):
        """Read the file of the reference with this digest; `folder` is `reference` in the user's cache by default."""
        self.file = (folder or cache_folder() / "reference") / f"{digest}.npz"
        self._known: dict[bytes, tuple[float, float]] = _read(self.file)
        self._saved = len(self._known)

    def find(self, keys: Sequence[bytes]) -> Tensor | None:
        """Log-probabilities of chosen and rejected, float64 [P, 2]; None when one of the pairs is not in the file."""
        if not all(key in self._known for key in keys):
            return None
        return torch.tensor([self._known[key] for key in keys], dtype=torch.float64)

    def add(self, keys: Sequence[bytes], log_probs: Tensor) -> None:
        """Add the log-probabilities [P, 2] of pairs."""
        for key, (chosen, rejected) in zip(keys, log_probs.tolist(), strict=True):
            self._known.setdefault(key, (chosen, rejected))

    def save(self) -> None:
        """Write the new pairs, merged with those that other processes wrote meanwhile."""
        if len(self._known) == self._saved:
            return
        with locked(self.file.with_suffix(".lock")):
            self._known = _read(self.file) | self._known
            keys = np.frombuffer(b"".join(self._known), dtype=np.uint8).reshape(-1, 16)
            with whole_file(self.file) as temporary, temporary.open("wb") as sink:
                np.savez(sink, keys=keys, log_probs=np.array(list(self._known.values()), dtype=np.float64))
        self._saved = len(self._known)


def _read(file: Path) -> dict[bytes, tuple[float, float]]:
    if not file.is_file():
        return {}
    with np.load(file, allow_pickle=False) as arrays:
        return dict(zip(map(bytes, arrays["keys"]), map(tuple, arrays["log_probs"].tolist()), strict=True))


def pair_keys(batch: PreferenceBatch) -> list[bytes]:
    """A digest of 16 bytes for each pair, in the order of `pair_ids`, the same wherever the pair stands in a batch."""
    pairs, ids, segments = (tensor.flatten().cpu() for tensor in (batch.pair_ids, batch.input_ids, batch.segment_ids))
    places = [pairs == pair for pair in range(int(pairs.max()) + 1)]
    contents = (torch.stack([ids[place], segments[place]]).numpy().tobytes() for place in places)
    return [blake2b(content, digest_size=16).digest() for content in contents]


def adapter_digest(adapter: str | None) -> str:
    """The digest of an adapter folder's weights and config; empty for a new adapter, whose reference is the base."""
    return sha256_of(*sorted(Path(adapter).glob("adapter_*.*"))) if adapter else ""


def reference_digest(model: LanguageModel, adapter: str | None, precision: str, tokenizer: PreTrainedTokenizerBase) -> str:
    """The key under which the reference's log-probabilities are kept: what decides them, apart from the pairs.

    That is our code, the versions of the libraries, the weights of base and adapter, the precision, and the tokenizer, whose
    ids stand for other texts in another vocabulary of the same size. Of each weight of the base 256 values spread over it
    are read: another base, or another quantisation, differs in nearly every weight.

    Args:
        model: a PEFT or transformers model.
        adapter: the adapter folder that training begins with, if any.
        precision: the Trainer's.
        tokenizer: the one that encodes the pairs.
    """
    weights = blake2b(digest_size=12)
    for name, weight in sorted(model.state_dict().items()):
        if isinstance(weight, Tensor) and "lora_" not in name:
            flat = weight.detach().flatten()
            sample = flat[:: max(1, len(flat) // _SAMPLED)][:_SAMPLED].cpu().contiguous()
            weights.update(name.encode() + sample.view(torch.uint8).numpy().tobytes())
    return content_key(
        __name__,
        "mathpal_lightning.model.scoring",
        libraries=("torch", "transformers", "peft", "bitsandbytes", "unsloth", "unsloth_zoo"),
        weights=weights.hexdigest(),
        adapter=adapter_digest(adapter),
        precision=precision,
        tokenizer=tokenizer_digest(tokenizer),
    )


def needs_reference(objective: Objective, preference: Preference, policy: Policy) -> bool:
    """Whether the loss compares with the model as it was before training."""
    return (objective == "dpo" and preference.needs_reference) or (objective == "grpo" and policy.kl > 0)


def tokenizer_of_pairs(module: MathPalModule) -> PreTrainedTokenizerBase:
    """The tokenizer that encodes the training pairs: that of the data module, where it was given one, else the module's own."""
    data = getattr(attached_trainer(module), "datamodule", None)
    return getattr(data, "tokenizer", None) or module.tokenizer
