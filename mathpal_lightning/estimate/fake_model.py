"""A model of the true shapes, dtypes and quantisation on torch's fake tensors: it has sizes and no data, and loads nothing."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn

from mathpal_lightning.compat.torch import Context, applied
from mathpal_lightning.compat.transformers import attend_with_cap
from mathpal_lightning.model.half import compute_in_half
from mathpal_lightning.model.lean import adapted_product, make_lean
from mathpal_lightning.model.load import Bits
from mathpal_lightning.model.quantization import stays_whole
from mathpal_lightning.model.targets import text_decoder_targets, train_all
from mathpal_lightning.model.text_core import base_config

if TYPE_CHECKING:
    from mathpal_lightning.compat.transformers import LanguageModel

_BLOCK, _NESTED_BLOCK = 64, 256
"""NF4 keeps one 8-bit scale for 64 weights, and one float32 for 256 of those scales (double quantization)."""


@dataclass(frozen=True, slots=True)
class Step:
    """The settings that decide how much memory a step takes; names as in MathPalModule and MathDataModule."""

    rows: int
    length: int
    supervised: int
    """Supervised tokens in the batch."""
    longest: int = 0
    """Tokens of the longest document; 0 when each document fills its row."""
    bits: Bits = 4
    dtype: torch.dtype = torch.bfloat16
    """Of the base's weights."""
    mixed: bool = True
    """Whether the arithmetic is autocast to bfloat16."""
    keep_dequantized: bool = False
    full: bool = False
    """All weights are trained, without an adapter."""
    lora_r: int = 16
    lora_targets: tuple[str, ...] = ()
    lora_dora: bool = False
    """Whole weights in float32 are formed for the norms of each layer."""
    gradient_checkpointing: bool = False
    optimizer: str = "adamw"
    loss_chunk: int = 1024
    reference: bool = False
    """A copy of the trained weights stands beside them (preference training)."""
    half_products: bool = False
    """Float16 products between float32 sums."""
    attention: str = "sdpa"
    """As `attention_of` names it; `eager` holds a matrix of all pairs."""
    fused: bool = False
    """Decoder layers are compiled, which keeps less for the backward pass."""
    device_type: str = "cpu"
    """It decides how many logits the loss holds at once."""
    lean: bool = True
    """Norms, MLPs and LoRA layers of `model/lean`, which keep less for the backward pass, as on a CPU."""
    groups: int = 0
    """With `objective: grpo`: the groups of a batch, which are `data.batch_size` in the place of its rows."""
    group_tokens: int = 0
    """Of each of them: the prompt and its solutions."""

    @property
    def batch_size(self) -> int:
        """As a config counts it: rows, or groups."""
        return self.groups or self.rows

    def rows_of(self, batch_size: int) -> int:
        """The rows of another batch."""
        return -(-batch_size * self.group_tokens // self.length) if self.groups else batch_size

    def batch_of(self, rows: int) -> int:
        """The largest batch in so many rows."""
        return rows * self.length // self.group_tokens if self.groups else rows


def fake_model(folder: Path, step: Step) -> tuple[LanguageModel, int]:
    """A model of the size that is trained, and the number of its base's weights; within a FakeTensorMode."""
    from transformers import AutoModelForCausalLM
    from transformers.initialization import no_init_weights

    config = base_config(folder)
    implementation = "eager" if step.attention == "eager" else "sdpa"
    with no_init_weights():  # a vision tower's would ask for values, which fake tensors do not have
        model = AutoModelForCausalLM.from_config(config, dtype=step.dtype, attn_implementation=implementation)
    model.tie_weights()
    parameters = sum(weight.numel() for weight in model.parameters())
    attend_with_cap(model)
    if step.half_products and step.attention != "eager":
        compute_in_half(model)
    if step.attention == "sdpa_in_float32":
        model.get_decoder().set_attn_implementation("sdpa")
    if step.full:
        train_all(model)
    else:
        _freeze_and_adapt(model, step)
    if step.lean:
        make_lean(model)
    return model, parameters


def _freeze_and_adapt(model: LanguageModel, step: Step) -> None:
    """Replace linear layers by ones that hold the bytes of quantised weights and of an adapter."""
    model.requires_grad_(False)
    targets = set(text_decoder_targets(model, step.lora_targets))
    for name, module in list(model.named_modules()):
        if isinstance(module, nn.Linear) and (name in targets or not stays_whole(name)):
            parent, _, leaf = name.rpartition(".")
            layer = module if step.bits == 16 or stays_whole(name) else _Quantized(module, step)
            setattr(model.get_submodule(parent), leaf, Adapted(module, layer, step) if name in targets else layer)


class Adapted(nn.Module):
    """The arithmetic of PEFT's LoRA layer: base(x) + scale * B(A(x)), with A and B in float32."""

    def __init__(self, linear: nn.Linear, base: nn.Linear | _Quantized, step: Step):
        super().__init__()
        self.base = base
        self.lean = step.lean
        self.down = nn.Linear(linear.in_features, step.lora_r, bias=False, dtype=torch.float32)
        self.up = nn.Linear(step.lora_r, linear.out_features, bias=False, dtype=torch.float32)
        self.magnitude = nn.Parameter(torch.empty(linear.out_features)) if step.lora_dora else None

    def forward(self, hidden: Tensor) -> Tensor:
        """The output of the layer, in the dtype of the base's."""
        if self.magnitude is not None:
            return self._with_magnitude(hidden, self.magnitude)
        if self.lean:
            return adapted_product(hidden, self.down.weight, self.up.weight, 2.0, self.weight_of)
        product: Tensor = self.base(hidden)
        update: Tensor = self.up(self.down(hidden.to(torch.float32))) * 2.0
        return (product + update).to(product.dtype)

    def _with_magnitude(self, hidden: Tensor, magnitude: Tensor) -> Tensor:
        """DoRA, which forms the whole weight in float32 for its norms (`peft/tuners/lora/dora.py`)."""
        product: Tensor = self.base(hidden)
        hidden = hidden.to(torch.float32)
        update: Tensor = self.up(self.down(torch.eye(hidden.shape[-1]))).T.to(torch.float32)
        norms = (self.weight_of().to(torch.float32) + 2.0 * update.detach()).norm(dim=1)
        scale = (magnitude / norms.detach()).view(1, -1)
        sum_of_both: Tensor = product + ((scale - 1) * product + scale * self.up(self.down(hidden)) * 2.0)
        return sum_of_both.to(product.dtype)

    def weight_of(self) -> Tensor:
        """The weight of the base."""
        return self.base.weight_of() if isinstance(self.base, _Quantized) else self.base.weight


class _Quantized(nn.Module):
    """A frozen linear layer with 4 or 8 bits a weight: de-quantised for each product, or kept in 16 bits as well."""

    def __init__(self, linear: nn.Linear, step: Step):
        super().__init__()
        self.dtype, count = step.dtype, linear.weight.numel()
        self.keeps_dtype = step.half_products  # bitsandbytes gives back the dtype of the input
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
            hidden = hidden.to(self.dtype) if self.keeps_dtype else hidden
            product = nn.functional.linear(hidden, self.dequantized)
            return product.to(torch.float32) if self.keeps_dtype else product
        product = applied(_DequantizedProduct, hidden.to(self.dtype), self.shape)
        return product.to(hidden.dtype) if self.keeps_dtype else product


class _DequantizedProduct(torch.autograd.Function):
    """A product that de-quantises the weight, forward and backward, and keeps nothing (bitsandbytes' MatMul4Bit)."""

    @staticmethod
    def forward(ctx: Context, hidden: Tensor, shape: tuple[int, int]) -> Tensor:
        ctx.shape = shape
        return hidden @ hidden.new_empty(shape).t()

    @staticmethod
    def backward(ctx: Context, gradient: Tensor) -> tuple[Tensor, None]:
        return gradient @ gradient.new_empty(ctx.shape), None
