"""The floating-point operations that a training step needs: the numerator of MFU.

Counted are the operations without which the result of the step cannot be computed, whatever else a program computes:

    linear layer     2 * in * out a token; the same for the gradient of its input, where anything below is trained, and
                     for that of its weight, where the layer is trained itself
    LoRA             two such layers of rank r, with both gradients
    attention        4 * heads * head_dim for each pair of tokens that attend to each other (same document, not later, inside
                     the sliding window), up to twice that backward; no pair that a mask hides
    head             2 * vocabulary * hidden at supervised positions only, and the gradient of the hidden state
    reference        in preference training, where it is computed: a forward pass

Not counted: padding, activations that checkpointing recomputes, the attention matrix that the backward pass forms again,
de-quantisation, DoRA's norms, AltUp's mixing of 4 streams, elementwise operations, and experts (Gemma 4 26B A4B).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple, cast

from torch import nn

from mathpal_lightning.compat.peft import AdaptedLinear
from mathpal_lightning.model.generate import text_decoder

if TYPE_CHECKING:
    from mathpal_lightning.compat.transformers import LanguageModel

EVERYTHING = 1 << 31
"""The sliding window of full attention: longer than any document."""
_STAGES = (
    ("q_proj", "k_proj", "v_proj", "linear_left", "linear_right", "prediction_coefs"),
    ("o_proj",),
    ("gate_proj", "up_proj"),
    ("down_proj",),
)
"""The linear layers of a decoder layer, in the order of the forward pass. Layers of one stage do not feed each other."""
_CALLED_TWICE = "modality_router"
"""Gemma 3n's: before and after the layer."""


class Work(NamedTuple):
    """Floating-point operations of the two passes."""

    forward: int = 0
    backward: int = 0

    def plus(self, other: Work, times: int = 1) -> Work:
        """The sum."""
        return Work(self.forward + times * other.forward, self.backward + times * other.backward)


@dataclass(frozen=True, slots=True)
class ModelFlops:
    """The operations for a token, for a pair of tokens that attend to each other, and for a supervised position."""

    token: Work
    pair: dict[int, Work]
    """By the length of the sliding window; `EVERYTHING` for full attention."""
    supervised: Work
    shapes: Counter[tuple[int, int]]
    """(in, out) of the linear layers and the head, with their numbers: the products that take most of the time."""

    @property
    def sliding_windows(self) -> tuple[int, ...]:
        """The sliding windows, in the order in which `needed` takes its pairs."""
        return tuple(self.pair)

    def needed(self, tokens: int, supervised: int, pairs: Sequence[int], reference: bool = False) -> int:
        """The operations of one batch, forward and backward.

        Args:
            tokens: without padding; a shared prompt counts once.
            supervised: positions.
            pairs: pairs of tokens that attend to each other, for each of `sliding_windows`.
            reference: add a forward pass of the reference.
        """
        works = zip((self.token, self.supervised, *self.pair.values()), (tokens, supervised, *pairs), strict=True)
        forward, backward = map(sum, zip(*((work.forward * n, work.backward * n) for work, n in works), strict=True))
        return (2 if reference else 1) * forward + backward


def model_flops(model: LanguageModel) -> ModelFlops:
    """Count the layers of a transformers or PEFT model's text decoder, and its head."""
    decoder, config = text_decoder(model), model.config.get_text_config()
    flowing = model.get_input_embeddings().weight.requires_grad  # whether the layers below need gradients
    token, pair, shapes = Work(), dict[int, Work](), Counter[tuple[int, int]]()
    for name, child in decoder.named_children():
        if child is not decoder.layers and "unembed" not in name:
            token = token.plus(_linears_work(child, flowing, shapes))
    keys: dict[str, tuple[bool, bool]] = {}
    for layer, kind in zip(decoder.layers, config.layer_types, strict=True):
        keys[kind] = _keys_need_gradients(layer.self_attn, flowing) or keys[kind]
        attention = _attention_work(layer.self_attn, config.num_attention_heads, flowing, *keys[kind])
        linears, flowing = _layer_work(layer, flowing, shapes)
        window = config.sliding_window if kind == "sliding_attention" else EVERYTHING
        token, pair[window] = token.plus(linears), pair.get(window, Work()).plus(attention)
    for name, child in decoder.named_children():
        if "unembed" in name:
            token = token.plus(_linears_work(child, flowing, shapes))
    head = model.get_output_embeddings().weight
    product = 2 * head.numel()
    shapes[head.shape[1], head.shape[0]] += 1
    return ModelFlops(token, pair, Work(product, product * (flowing + head.requires_grad)), shapes)


def _layer_work(layer: nn.Module, flowing: bool, shapes: Counter[tuple[int, int]]) -> tuple[Work, bool]:
    """The linear layers of a decoder layer for a token, and whether gradients flow above it."""
    linears, total = dict(_linears(layer)), Work()
    for stage in _STAGES:
        present = [linears.pop(name) for name in stage if name in linears]
        total = _sum([total, *(_linear_work(linear, flowing, shapes) for linear in present)])
        flowing = flowing or any(map(_is_trained, present))
    for name, linear in linears.items():
        total = total.plus(_linear_work(linear, flowing, shapes), times=2 if name == _CALLED_TWICE else 1)
    return total, flowing


def _keys_need_gradients(attention: nn.Module, flowing: bool) -> tuple[bool, bool] | None:
    """Whether a layer's keys, and its values, need gradients; None where it reads those of the last such layer of its kind."""
    linears = dict(_linears(attention))
    if "k_proj" not in linears:
        return None
    key = flowing or _is_trained(linears["k_proj"])
    return key, flowing or _is_trained(linears["v_proj"]) if "v_proj" in linears else key


def _attention_work(attention: nn.Module, heads: int, flowing: bool, key: bool, value: bool) -> Work:
    """For one pair: query x key and weight x value, and the gradients of those that need one."""
    query_layer = dict(_linears(attention))["q_proj"]
    query = flowing or _is_trained(query_layer)
    product = 2 * heads * (_base(query_layer).out_features // heads)
    return Work(2 * product, product * (value + (query or key) + query + key))


def _linears(module: nn.Module) -> Iterator[tuple[str, nn.Module]]:
    """The linear layers below by the last part of their names; one with an adapter is one layer."""
    for name, child in module.named_children():
        if isinstance(child, nn.Linear) or hasattr(child, "lora_A"):
            yield name, child
        else:
            yield from _linears(child)


def _linears_work(module: nn.Module, flowing: bool, shapes: Counter[tuple[int, int]]) -> Work:
    """All linear layers of a module, itself if it is one."""
    found = [module] if isinstance(module, nn.Linear) else [linear for _, linear in _linears(module)]
    return _sum([_linear_work(linear, flowing, shapes) for linear in found])


def _linear_work(linear: nn.Module, flowing: bool, shapes: Counter[tuple[int, int]]) -> Work:
    """One linear layer for a token, with its adapter."""
    base = _base(linear)
    inputs, outputs = base.in_features, base.out_features
    product = 2 * inputs * outputs
    shapes[inputs, outputs] += 1
    work = Work(product, product * (flowing + base.weight.requires_grad))
    for adapter in getattr(linear, "active_adapters", ()):
        adapted = cast(AdaptedLinear, linear)
        down, up = 2 * inputs * adapted.r[adapter], 2 * adapted.r[adapter] * outputs
        trained = adapted.lora_A[adapter].weight.requires_grad
        work = work.plus(Work(down + up, down * (flowing + trained) + up * ((flowing or trained) + trained)))
    return work


def _is_trained(linear: nn.Module) -> bool:
    return any(weight.requires_grad for weight in linear.parameters())


def _base(linear: nn.Module) -> nn.Linear:
    return cast(AdaptedLinear, linear).get_base_layer() if hasattr(linear, "lora_A") else cast(nn.Linear, linear)


def _sum(works: Sequence[Work]) -> Work:
    total = Work()
    for work in works:
        total = total.plus(work)
    return total
