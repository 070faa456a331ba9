"""A decoder layer whose residual additions are fused into the kernels of its norms."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from torch import Tensor

from mathpal_lightning.model.lean.kernels import Kernels
from mathpal_lightning.model.lean.norm import Norm, rms_norm_beside, rms_norm_onto


class DecoderLayer(Protocol):
    """What a layer of Gemma 2 or 3 has."""

    input_layernorm: Norm
    self_attn: Callable[..., tuple[Tensor, Tensor | None]]
    post_attention_layernorm: Norm
    pre_feedforward_layernorm: Norm
    mlp: Callable[[Tensor], Tensor]
    post_feedforward_layernorm: Norm


def decoder_layer(layer: DecoderLayer, kernels: Kernels, hidden_states: Tensor, **options: object) -> Tensor:
    """The forward pass of a Gemma 2 or 3 layer."""
    normed, residual = rms_norm_beside(layer.input_layernorm, kernels, hidden_states)
    attended, _ = layer.self_attn(hidden_states=normed, **options)
    hidden_states = rms_norm_onto(layer.post_attention_layernorm, kernels, attended, residual)
    normed, residual = rms_norm_beside(layer.pre_feedforward_layernorm, kernels, hidden_states)
    return rms_norm_onto(layer.post_feedforward_layernorm, kernels, layer.mlp(normed), residual)
