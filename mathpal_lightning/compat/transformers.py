"""Private parts of transformers: the classes of Gemma's layers whose forward passes are replaced, and the kind of attention."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from importlib import import_module
from typing import TYPE_CHECKING, Any, Literal

import torch
from torch import Tensor
from torch.nn.attention.flex_attention import BlockMask
from torch.utils.checkpoint import checkpoint

from mathpal_lightning.compat.guard import gone, require

if TYPE_CHECKING:
    from transformers import PreTrainedConfig

LIBRARY = "transformers"
HALF_SDPA = "sdpa_in_float16"
"""The name under which `attend_in_half` registers its attention."""
BLOCK_SPARSE = "block_sparse"
"""The name under which `attend_in_blocks` registers its attention."""
CAPPED = "sdpa_with_cap"
"""The name under which `attend_with_cap` registers its attention."""
WITHOUT_CAP = "sdpa"
"""transformers' own, which leaves out the softcap of Gemma 2's scores. A model that trains without the cap (Unsloth's) also
solves without it."""
_PURPOSE = "lean layers on a CPU"
Part = Literal["norm", "mlp", "attention", "layer"]


class Decoder(torch.nn.Module):
    """The text decoder of a LanguageModel, without its head. It only stands in annotations."""

    config: Any
    layers: Any
    set_attn_implementation: Callable[[str], None]


class LanguageModel(torch.nn.Module):
    """A causal language model of transformers, or PEFT's around one, as type checkers see it: their classes type little.

    No model is an instance of this class; it only stands in annotations.
    """

    config: Any
    device: torch.device
    takes_spans: bool
    get_base_model: Callable[[], LanguageModel]
    get_decoder: Callable[[], Decoder]
    get_input_embeddings: Callable[[], torch.nn.Embedding]
    get_output_embeddings: Callable[[], torch.nn.Linear]
    disable_adapter: Callable[[], AbstractContextManager[None]]
    gradient_checkpointing_enable: Callable[..., None]
    gradient_checkpointing_disable: Callable[[], None]


_FORWARD: Mapping[Part, tuple[str, ...]] = {
    "norm": ("self", "x"),
    "mlp": ("self", "x"),
    "attention": ("self", "hidden_states", "position_embeddings", "attention_mask", "past_key_values", "kwargs"),
    "layer": ("self", "hidden_states", "position_embeddings", "attention_mask", "position_ids", "past_key_values", "kwargs"),
}
"""The parameters of each forward pass that is replaced, in transformers 5.17."""


@functools.cache
def known_classes(family: str, names: tuple[tuple[Part, str], ...]) -> Mapping[type, Part]:
    """The classes of a family's layers, each proven to be called as in the tested versions.

    Args:
        family: the name of its folder in `transformers.models`.
        names: each part with the name of its class.

    Raises:
        ConfigError: a class has gone, or its forward pass takes other arguments.
    """
    module = import_module(f"transformers.models.{family}.modeling_{family}")
    classes: dict[type, Part] = {}
    for part, name in names:
        kind = require(module, name, LIBRARY, _PURPOSE)
        if (found := tuple(inspect.signature(kind.forward).parameters)) != _FORWARD[part]:
            raise gone(f"{name}.forward({', '.join(_FORWARD[part][1:])}) instead of {found[1:]}", LIBRARY, _PURPOSE)
        classes[kind] = part
    return classes


def require_all_found(classes: Mapping[type, Part], found: Collection[Part]) -> None:
    """Prove that a model of a family holds every class that has a lean form.

    Raises:
        ConfigError: some are not there, so the model is made of other classes, and training it would be slow.
    """
    if missing := [kind.__name__ for kind, part in classes.items() if part not in found]:
        raise gone(f"{', '.join(missing)} in the model", LIBRARY, _PURPOSE)


def replace_forward(module: torch.nn.Module, forward: Callable[..., object], *first: object) -> None:
    """Replace the forward pass of a module, in place: `forward` gets the module, `first` and the arguments of the call.

    `type(module).forward` remains transformers' own.
    """
    module.forward = functools.partial(forward, module, *first)


def own_forward(module: torch.nn.Module) -> bool:
    """Whether a module's forward pass is transformers' own: neither we nor Unsloth have replaced it."""
    return "forward" not in vars(module) and type(module).forward.__module__.startswith(f"{LIBRARY}.models.")


def attend_in_half(decoder: Decoder) -> None:
    """Let a decoder multiply in float16 inside of attention, between inputs and outputs in float32.

    SDPA's kernels add up and exponentiate in float32 whatever their inputs are.
    """
    from transformers import AttentionInterface, AttentionMaskInterface
    from transformers.masking_utils import sdpa_mask

    AttentionInterface.register(HALF_SDPA, _half_sdpa)
    AttentionMaskInterface.register(HALF_SDPA, sdpa_mask)
    decoder.set_attn_implementation(HALF_SDPA)


def _half_sdpa(
    module: torch.nn.Module, query: Tensor, key: Tensor, value: Tensor, attention_mask: Tensor | None, **options: Any
) -> tuple[Tensor, None]:
    half = torch.float16
    out, _ = _sdpa_or_capped(module, query.to(half), key.to(half), value.to(half), attention_mask, **options)
    return out.to(query.dtype), None


def attend_with_cap(model: LanguageModel) -> None:
    """Cap the attention scores where a config says so (Gemma 2): transformers' SDPA leaves the cap out."""
    from transformers import AttentionInterface, AttentionMaskInterface
    from transformers.masking_utils import sdpa_mask

    config = model.config.get_text_config()
    if not getattr(config, "attn_logit_softcapping", None) or attention_implementation(config) != "sdpa":
        return
    AttentionInterface.register(CAPPED, _sdpa_or_capped)
    AttentionMaskInterface.register(CAPPED, sdpa_mask)
    model.get_decoder().set_attn_implementation(CAPPED)


def _sdpa_or_capped(
    module: torch.nn.Module,
    query: Tensor,
    key: Tensor,
    value: Tensor,
    attention_mask: Tensor | None,
    softcap: float | None = None,
    **options: Any,
) -> tuple[Tensor, None]:
    from transformers.integrations.sdpa_attention import sdpa_attention_forward

    if softcap is None:
        return sdpa_attention_forward(module, query, key, value, attention_mask, **options)
    capped = functools.partial(capped_attention, mask=attention_mask, scaling=options["scaling"], softcap=softcap)
    # The scores of all pairs are formed again for the backward pass instead of kept.
    return checkpoint(capped, query, key, value, use_reentrant=False).transpose(1, 2).contiguous(), None


def capped_attention(query: Tensor, key: Tensor, value: Tensor, mask: Tensor | None, scaling: float, softcap: float) -> Tensor:
    """[B, H, T, d] and [B, K, S, d] twice -> [B, H, T, d]."""
    key, value = (shared.repeat_interleave(query.shape[1] // shared.shape[1], dim=1) for shared in (key, value))
    scores = softcap * torch.tanh((query * (scaling / softcap) @ key.transpose(2, 3)).float())
    if mask is None:  # transformers leaves out a mask that is causal
        mask = torch.ones(query.shape[2], key.shape[2], dtype=torch.bool, device=query.device).tril(
            key.shape[2] - query.shape[2]
        )
    hidden = torch.finfo(scores.dtype).min  # not infinite: a padding query of a batch to solve attends to nothing
    return scores.masked_fill(~mask, hidden).softmax(-1).to(value.dtype) @ value


def attend_in_blocks(decoder: Decoder, attend: Callable[..., Tensor]) -> None:
    """Let a decoder compute attention by another function wherever its mask is a BlockMask, and by SDPA elsewhere.

    Args:
        decoder: of a transformers model.
        attend: queries, keys, values, mask, scaling and the cap of the scores (None without one) -> [B, T, H, d].
    """
    from transformers import AttentionInterface, AttentionMaskInterface
    from transformers.masking_utils import sdpa_mask

    AttentionInterface.register(BLOCK_SPARSE, functools.partial(_by_mask, attend))
    AttentionMaskInterface.register(BLOCK_SPARSE, sdpa_mask)
    decoder.set_attn_implementation(BLOCK_SPARSE)


def _by_mask(
    attend: Callable[..., Tensor],
    module: torch.nn.Module,
    query: Tensor,
    key: Tensor,
    value: Tensor,
    attention_mask: BlockMask | Tensor | None,
    scaling: float,
    softcap: float | None = None,
    **options: Any,
) -> tuple[Tensor, None]:
    if isinstance(attention_mask, BlockMask):
        return attend(query, key, value, attention_mask, scaling, softcap), None
    return _sdpa_or_capped(module, query, key, value, attention_mask, softcap, scaling=scaling, **options)


@contextmanager
def forwards_by(replaced: Sequence[tuple[torch.nn.Module, Callable[..., Tensor]]]) -> Iterator[None]:
    """Replace the forward passes of modules within the block.

    Args:
        replaced: modules with an `own_forward`, each with the function to call instead.
    """
    for module, forward in replaced:
        module.forward = forward
    try:
        yield
    finally:
        for module, _ in replaced:
            del module.forward


@contextmanager
def attention_by(
    config: PreTrainedConfig, name: str, attend: Callable[..., tuple[Tensor, None]] | None = None
) -> Iterator[None]:
    """Let the layers of a config compute attention in another way within the block.

    Args:
        config: that the layers read.
        name: of the way.
        attend: the function behind a name that transformers does not know, called as it calls its own.
    """
    from transformers import AttentionInterface

    if attend is not None:
        AttentionInterface.register(name, attend)
    before = attention_implementation(config)
    config._attn_implementation = name
    try:
        yield
    finally:
        config._attn_implementation = before


def takes_bool_masks(config: object) -> bool:
    """Whether attention takes masks of bool (True: sees); others take numbers to be added."""
    return attention_implementation(config) in ("sdpa", HALF_SDPA, BLOCK_SPARSE, CAPPED)


def attention_implementation(config: object) -> str:
    """How attention is computed: `sdpa`, `eager` or another."""
    return str(require(config, "_attn_implementation", LIBRARY, "masks of the kind that attention takes"))
