"""What a training step will need in memory, from the model's config alone: no weight is loaded.

The step itself is run, the model's own forward, our loss and autograd's backward, on torch's fake tensors: they have a
shape, a dtype and a storage of a size, and no data. A dispatch mode adds a storage's bytes when an operation makes it
and takes them away when the last tensor on it is gone, so the highest sum is the peak of the real step: activations
saved for the backward pass, temporaries, gradients, all of them, for every architecture, batch and setting alike.

What the count does not see, on a CPU: the imports of the process, which are measured there; the base's file, which stays
mapped beside weights quantised from it; and blocks that glibc's allocator keeps after they were freed. The last is the one
figure that is not derived: a share of the blocks it keeps at all (up to 32 MiB), measured in tests/benchmarks/RESULTS.md.
"""

from __future__ import annotations

import functools
import weakref
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from torch._subclasses.fake_tensor import FakeTensorMode
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves

from mathpal_lightning.losses import token_log_probs
from mathpal_lightning.model.lean import Spans, adapted_product, make_lean, takes_spans
from mathpal_lightning.model.load import Bits, checkpoint_activations, text_decoder_targets

_BLOCK, _NESTED_BLOCK = 64, 256
"""NF4 keeps one scale for 64 weights, in 8 bits, and one float32 for 256 scales (double quantization)."""
_LARGEST_KEPT = 32 << 20
"""glibc gives larger blocks back when they are freed (M_MMAP_THRESHOLD's maximum on 64 bits)."""
KEPT, _KEPT_RECOMPUTING = 0.65, 2.2
"""Freed blocks kept, as shares of the temporaries alive at the peak; recomputing frees and takes the same bytes many times."""


@dataclass(frozen=True, slots=True)
class StepMemory:
    """Bytes by part. The parts are not all there at once: `peak` is the highest sum of any moment of a step."""

    parameters: int
    """Weights of the base, as a number."""
    trained: int
    """Weights that training changes, as a number."""
    weights: int
    """The base."""
    adapter: int
    """What is trained, with the reference's copy of it in preference training; 0 where the base itself is."""
    gradients: int
    optimizer: int
    activations: int
    """Saved by the forward pass for the backward pass."""
    logits: int
    """The loss's own: one chunk of logits, and the gradient of the hidden states."""
    peak: int
    mapped: int
    """On a CPU: what stays mapped of the base's file and is not itself a weight in use."""
    kept: int
    """On a CPU: freed blocks that the allocator keeps, beyond the peak."""


@dataclass(frozen=True, slots=True)
class Step:
    """The settings that decide how much memory a step takes; names as in MathPalModule and MathDataModule."""

    rows: int
    length: int
    supervised: int
    """Supervised tokens of the batch."""
    longest: int = 0
    """Tokens of its longest document; 0: a document fills its row."""
    bits: Bits = 4
    dtype: torch.dtype = torch.bfloat16
    """Of the base."""
    mixed: bool = True
    """Whether the arithmetic is autocast to bfloat16."""
    keep_dequantized: bool = False
    full: bool = False
    """All weights are trained, without an adapter."""
    lora_r: int = 16
    lora_targets: tuple[str, ...] = ()
    gradient_checkpointing: bool = False
    optimizer: str = "adamw"
    loss_chunk: int = 1024
    reference: bool = False
    """A copy of the trained weights stands beside them (preference training)."""
    lean: bool = True
    """Norms, MLPs and LoRA layers keep less, as they do on a CPU (`model/lean`)."""


@functools.lru_cache(maxsize=32)
def step_memory(folder: Path, step: Step) -> StepMemory:
    """Count the memory of one training step.

    Args:
        folder: the base model's; only its config.json is read.
        step: batch and settings.

    Returns:
        The bytes of each part, and of the peak. DoRA's de-quantised weights and LLM.int8's scratch are not counted.
    """
    # The parameters are made on a fake CPU whatever the accelerator: the sizes are the same.
    with FakeTensorMode(), torch.device("cpu"):
        model, parameters = fake_model(folder, step)
        model.train()
        if step.gradient_checkpointing:
            checkpoint_activations(model)
        file_bytes = sum(file.stat().st_size for file in folder.glob("*.safetensors"))
        return _count(model, step, parameters, file_bytes)


def fake_model(folder: Path, step: Step) -> tuple[Any, int]:
    """A model of the size that is trained, and the number of its base's weights; within a FakeTensorMode."""
    from transformers import AutoConfig, AutoModelForCausalLM

    config = AutoConfig.from_pretrained(folder)
    model = AutoModelForCausalLM.from_config(config, dtype=step.dtype, attn_implementation="sdpa")
    parameters = sum(weight.numel() for weight in model.parameters())
    if not step.full:
        _freeze_and_adapt(model, step)
    if step.lean:
        make_lean(model)
    return model, parameters


def _count(model: Any, step: Step, parameters: int, file_bytes: int) -> StepMemory:
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
        per_weight = 2 if step.optimizer == "adamw_8bit" else 2 * trained[0].element_size()
    count = sum(weight.numel() for weight in trained)
    optimizer, copies = per_weight * count, trained_bytes if step.reference else 0
    # While the optimizer steps there are gradients and temporaries as large as the weights, and no activations.
    at_optimizer = weights + 2 * trained_bytes
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


def _not_quantized(model: Any) -> int:
    """Bytes of the weights that are used as the file has them."""
    return sum(weight.nbytes for weight in model.parameters() if not weight.requires_grad)


def _hidden_states(model: Any, step: Step) -> Tensor:
    """The forward pass of `model/scoring.py`. Masks are given: looking for documents in positions needs their values."""
    ids = torch.zeros(step.rows, step.length, dtype=torch.int64)
    # Documents take turns: the longest takes the most.
    mask: Any = Spans([(0, 0, min(step.longest or step.length, step.length))])
    if not takes_spans(model):
        mask = torch.ones(step.rows, 1, step.length, step.length, dtype=torch.bool)
    masks = dict.fromkeys(("full_attention", "sliding_attention"), mask)
    decoder = model.get_decoder()
    return decoder(input_ids=ids, position_ids=ids, attention_mask=masks, use_cache=False).last_hidden_state


def _loss(model: Any, hidden: Tensor, step: Step) -> tuple[Tensor, Tensor]:
    """The loss of `losses/`, and what it keeps of the tokens after the second chunk: every further one takes the same.

    The places of the supervised tokens are given, for the same reason as the mask.
    """
    places = torch.zeros(step.supervised, dtype=torch.int64)
    softcap = getattr(model.config.get_text_config(), "final_logit_softcapping", None)
    head = model.get_output_embeddings().weight
    predictors = hidden.flatten(0, 1).index_select(0, places)
    scored = min(step.supervised, 2 * step.loss_chunk)
    kept = torch.empty_like(predictors[scored:])
    log_probs = token_log_probs(predictors[:scored], head, places[:scored], softcap=softcap, chunk_size=step.loss_chunk)
    return -log_probs.sum(), kept


class LiveBytes(TorchDispatchMode):
    """Counts the bytes of all storages that operations made and that are still alive, and the highest count.

    `kept_now` and `kept_peak` count only blocks small enough for an allocator to keep when they are freed.
    """

    def __init__(self) -> None:
        super().__init__()
        self.now = self.peak = self.kept_now = self.kept_peak = 0
        self._alive: set[int] = set()

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        out = func(*args, **(kwargs or {}))
        for leaf in tree_leaves(out):
            if isinstance(leaf, Tensor):
                self.see(leaf)
        return out

    def see(self, tensor: Tensor) -> None:
        """Count the tensor's storage, unless it is counted already."""
        storage = tensor.untyped_storage()
        if storage._cdata not in self._alive:
            self._alive.add(storage._cdata)
            self._add(storage.nbytes())
            weakref.finalize(storage, self._gone, storage._cdata, storage.nbytes())

    def _gone(self, key: int, size: int) -> None:
        self._alive.discard(key)
        self._add(-size)

    def _add(self, size: int) -> None:
        self.now += size
        self.kept_now += size if abs(size) <= _LARGEST_KEPT else 0
        self.peak, self.kept_peak = max(self.peak, self.now), max(self.kept_peak, self.kept_now)


def _freeze_and_adapt(model: Any, step: Step) -> None:
    """Replace linear layers by ones that hold the bytes of quantised weights and of an adapter."""
    model.requires_grad_(False)
    targets = set(text_decoder_targets(model, step.lora_targets))
    head = model.get_output_embeddings()
    for name, module in list(model.named_modules()):
        if isinstance(module, nn.Linear) and module is not head:
            parent, _, leaf = name.rpartition(".")
            layer: nn.Module = module if step.bits == 16 else _Quantized(module, step)
            setattr(model.get_submodule(parent), leaf, Adapted(module, layer, step) if name in targets else layer)


class Adapted(nn.Module):
    """What PEFT's LoRA layer computes: base(x) + scale * B(A(x)), with A and B in float32."""

    def __init__(self, linear: nn.Linear, base: nn.Module, step: Step):
        super().__init__()
        self.base: Any = base
        self.lean = step.lean
        self.down = nn.Linear(linear.in_features, step.lora_r, bias=False, dtype=torch.float32)
        self.up = nn.Linear(step.lora_r, linear.out_features, bias=False, dtype=torch.float32)

    def forward(self, hidden: Tensor) -> Tensor:
        """The output of the layer, in the dtype of the base's."""
        if self.lean:
            return adapted_product(hidden, self.down.weight, self.up.weight, 2.0, self.weight_of)
        return self.base(hidden) + self.up(self.down(hidden.to(torch.float32))) * 2.0

    def weight_of(self) -> Tensor:
        """The weight of the base."""
        return self.base.weight_of() if isinstance(self.base, _Quantized) else self.base.weight


class _Quantized(nn.Module):
    """A frozen linear layer of 4 or 8 bits a weight, de-quantised for each product or held beside it."""

    def __init__(self, linear: nn.Linear, step: Step):
        super().__init__()
        self.dtype, count = step.dtype, linear.weight.numel()
        scales = count // _BLOCK if step.bits == 4 else linear.out_features * 4
        nested = 4 * (scales // _NESTED_BLOCK) if step.bits == 4 else 0
        self.packed = nn.Buffer(torch.empty(count * step.bits // 8 + scales + nested, dtype=torch.uint8))
        self.shape = (linear.out_features, linear.in_features)
        self.dequantized = nn.Buffer(torch.empty(self.shape, dtype=step.dtype)) if step.keep_dequantized else None

    def weight_of(self) -> Tensor:
        """A tensor of the de-quantised weight's size."""
        return torch.empty(self.shape, dtype=self.dtype) if self.dequantized is None else self.dequantized

    def forward(self, hidden: Tensor) -> Tensor:
        if self.dequantized is not None:
            return nn.functional.linear(hidden, self.dequantized)
        return _DequantizedProduct.apply(hidden.to(self.dtype), self.shape)


class _DequantizedProduct(torch.autograd.Function):
    """A product that de-quantises the weight, forward and backward, and keeps nothing (bitsandbytes' MatMul4Bit)."""

    @staticmethod
    def forward(ctx: Any, hidden: Tensor, shape: tuple[int, int]) -> Tensor:
        ctx.shape = shape
        return hidden @ hidden.new_empty(shape).t()

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor, None]:
        return gradient @ gradient.new_empty(ctx.shape), None
