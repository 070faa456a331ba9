"""The memory that a training step needs, counted from the model's config alone: no weight is loaded.

The step itself runs: the model's own forward pass, our loss and autograd's backward pass, on torch's fake tensors. Those
have a shape, a dtype and a storage of a size, and no data. A dispatch mode adds the bytes of a storage when an operation
makes it, and subtracts them when the last tensor on it is gone. The highest sum is therefore the peak of the real step:
activations saved for the backward pass, temporaries and gradients, for every architecture, batch and setting.

On a CPU three things are outside the count: the imports of the process, which are measured; the file of the base, which
stays mapped beside the weights quantised from it; and blocks that glibc's allocator keeps after they were freed. Only the
last is not derived. It is a share of the blocks that glibc keeps at all (up to 32 MiB), measured in
tests/benchmarks/RESULTS.md.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from mathpal_lightning.compat.torch import FakeTensorMode
from mathpal_lightning.estimate.fake_model import Step, fake_model
from mathpal_lightning.estimate.live_bytes import LiveBytes
from mathpal_lightning.losses import token_log_probs
from mathpal_lightning.losses.linear_cross_entropy import blocks_of
from mathpal_lightning.model.block_sparse import in_blocks
from mathpal_lightning.model.lean import Spans, takes_spans
from mathpal_lightning.model.load import checkpoint_activations

if TYPE_CHECKING:
    from mathpal_lightning.compat.transformers import LanguageModel

KEPT, _KEPT_RECOMPUTING = 0.65, 2.2
"""Freed blocks that glibc keeps, as a share of the temporaries alive at the peak. Recomputing frees and takes the same bytes
many times, so that more is kept."""


_EIGHT_BIT_ON_A_CPU = 20
"""Bytes that bitsandbytes' 8-bit AdamW takes for each weight of one tensor at a time, which a GPU's kernel does without: both
moments in float32, and three more of the size. Measured on a tensor of 33 million weights."""
_SPARED_BY_FUSING = 0.31
"""Share of the activations that compiled layers do not keep: 0.31 to 0.35 on an H200 (tests/benchmarks/RESULTS.md).

It was fitted to those runs, so that they do not prove it.
"""


@dataclass(frozen=True, slots=True)
class StepMemory:
    """Bytes by part. `peak` is the highest sum at any moment of a step; it is less than the sum of all parts."""

    parameters: int
    """The number of weights of the base."""
    trained: int
    """The number of weights that training changes."""
    weights: int
    """The base."""
    adapter: int
    """The trained weights, and in preference training the reference's copy of them; 0 where the base itself is trained."""
    gradients: int
    optimizer: int
    activations: int
    """Saved by the forward pass for the backward pass."""
    logits: int
    """What the loss adds: one chunk of logits, and the gradient of the hidden states."""
    peak: int
    mapped: int
    """On a CPU: the part of the base's file that stays mapped and is not itself used as weights."""
    kept: int
    """On a CPU: freed blocks that the allocator keeps on top of the peak."""


@functools.lru_cache(maxsize=32)
def step_memory(folder: Path, step: Step) -> StepMemory:
    """Count the memory of one training step.

    Args:
        folder: the base model's; only its config.json is read.
        step: batch and settings.

    Returns:
        The bytes of each part, and of the peak. LLM.int8's scratch is not counted.
    """
    # The parameters are made on a fake CPU whatever the accelerator: the sizes are the same.
    with FakeTensorMode(), torch.device("cpu"):
        model, parameters = fake_model(folder, step)
        model.train()
        checkpoint_activations(model, step.gradient_checkpointing)
        file_bytes = sum(file.stat().st_size for file in folder.glob("*.safetensors"))
        counted = _count(model, step, parameters, file_bytes)
    return when_fused(counted) if step.fused and not step.gradient_checkpointing else counted


def when_fused(counted: StepMemory) -> StepMemory:
    """The memory of the same step with compiled layers, whose activations are not counted but measured."""
    spared = round(_SPARED_BY_FUSING * counted.activations)
    at_optimizer = counted.weights + counted.adapter + 8 * counted.trained + counted.optimizer
    return replace(counted, activations=counted.activations - spared, peak=max(counted.peak - spared, at_optimizer))


def _count(model: LanguageModel, step: Step, parameters: int, file_bytes: int) -> StepMemory:
    with LiveBytes() as live:
        for weight in [*model.parameters(), *model.buffers()]:
            live.see(weight)
        weights = live.now
        live.kept_now = live.kept_peak = 0
        trained = [weight for weight in model.parameters() if weight.requires_grad]
        trained_bytes = sum(weight.nbytes for weight in trained)
        with torch.autocast("cpu", torch.bfloat16, enabled=step.mixed):
            hidden = _hidden_states(model, step)
            activations, live.peak = live.now - weights, max(before := live.peak, live.now)
            forward_end, live.peak = live.now, live.now
            loss, kept = _loss(model, hidden, step)
            logits, live.peak = live.peak - forward_end, max(before, live.peak)
        del hidden
        loss.backward()
        del kept
    count = sum(weight.numel() for weight in trained)
    in_float32 = 4 * count
    optimizer = 2 * count if step.optimizer == "adamw_8bit" else 2 * in_float32
    optimizer += in_float32 if trained_bytes < in_float32 else 0  # the copies of `OnFloatCopies`
    copies = trained_bytes if step.reference else 0
    # During the optimizer's step there are gradients, temporaries as large as the trained weights, and no activations.
    temporaries = in_float32
    if step.optimizer == "adamw_8bit" and step.device_type == "cpu":
        temporaries = _EIGHT_BIT_ON_A_CPU * max(weight.numel() for weight in trained)
    at_optimizer = weights + in_float32 + temporaries
    return StepMemory(
        parameters=parameters,
        trained=count,
        weights=weights if step.full else weights - trained_bytes,
        adapter=copies if step.full else trained_bytes + copies,
        gradients=trained_bytes,
        optimizer=optimizer,
        activations=activations,
        logits=logits,
        peak=max(live.peak, at_optimizer) + optimizer + copies,
        mapped=0 if step.bits == 16 else max(0, file_bytes - _not_quantized(model)),
        kept=round((_KEPT_RECOMPUTING if step.gradient_checkpointing else KEPT) * live.kept_peak),
    )


def _not_quantized(model: LanguageModel) -> int:
    """Bytes of the weights that are used as they stand in the file."""
    return sum(weight.nbytes for weight in model.parameters() if not weight.requires_grad)


def _hidden_states(model: LanguageModel, step: Step) -> Tensor:
    """The forward pass of `model/scoring.py`. Fake positions have no values to find documents in, so the masks are given."""
    ids = torch.zeros(step.rows, step.length, dtype=torch.int64)
    kinds = ("full_attention", "sliding_attention")
    # Like attention by blocks, SDPA without a mask keeps nothing of the size of a row's square.
    masks: dict[str, Spans | Tensor | None] = dict.fromkeys(kinds)
    if takes_spans(model):  # documents are computed one after another, so the longest decides the peak
        masks = dict.fromkeys(kinds, Spans([(0, 0, min(step.longest or step.length, step.length))]))
    elif with_pairs := [kind for kind in kinds if step.attention != "flex_attention" or not in_blocks(model, kind)]:
        dtype = step.dtype if step.attention == "eager" else torch.bool
        masks |= dict.fromkeys(with_pairs, torch.ones(step.rows, 1, step.length, step.length, dtype=dtype))
    decoder = model.get_decoder()
    states: Tensor = decoder(input_ids=ids, position_ids=ids, attention_mask=masks, use_cache=False).last_hidden_state
    return states


def _loss(model: LanguageModel, hidden: Tensor, step: Step) -> tuple[Tensor, Tensor]:
    """The loss of `losses/` on two chunks, and the tensor that it keeps of all further tokens: each further chunk adds no more.

    The places of the supervised tokens are given, because fake labels have no values either.
    """
    places = torch.zeros(step.supervised, dtype=torch.int64)
    softcap = getattr(model.config.get_text_config(), "final_logit_softcapping", None)
    head = model.get_output_embeddings().weight
    predictors = hidden.flatten(0, 1).index_select(0, places)
    scored = min(step.supervised, 2 * step.loss_chunk)
    kept = torch.empty_like(predictors[scored:])
    with blocks_of(step.device_type):
        log_probs = token_log_probs(predictors[:scored], head, places[:scored], softcap=softcap, chunk_size=step.loss_chunk)
    return -log_probs.sum(), kept
