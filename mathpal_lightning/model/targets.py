"""Which layers of a model LoRA trains: the linear ones of the text decoder, and never those of a vision or audio tower."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

import torch

from mathpal_lightning.errors import ModelError
from mathpal_lightning.families import all_of

if TYPE_CHECKING:
    from mathpal_lightning.compat.transformers import LanguageModel


SHARED = ("embed_tokens", "lm_head")
"""Embedding and head, one weight in every Gemma, to which the loss applies no LoRA."""


def refuse_shared(targets: Iterable[str]) -> None:
    """Refuse the embedding and the head among names of layers.

    Raises:
        ModelError: one of them is there.
    """
    if shared := [name for name in targets if name in SHARED]:
        raise ModelError(
            "linear layers of attention and MLP in `model.lora_targets`",
            " and ".join(shared),
            "Leave it out: in Gemma embedding and head are one weight, and a merge would change both of its uses.",
        )


def text_decoder_targets(model: LanguageModel, targets: tuple[str, ...]) -> list[str]:
    """Full names of the linear layers of the text decoder whose last part is one of `targets`.

    Raises:
        ModelError: there is none; or one of them is the embedding or the head, to which the loss applies no LoRA.
    """
    refuse_shared(targets)
    outside = re.compile("|".join(map(re.escape, all_of("towers") + all_of("side_layers"))))
    linear = [
        name for name, module in model.named_modules() if isinstance(module, torch.nn.Linear) and not outside.search(name)
    ]
    found = [name for name in linear if name.rpartition(".")[2] in targets]
    if not found:
        names = ", ".join(dict.fromkeys(last for name in linear if (last := name.rpartition(".")[2]) not in SHARED))
        raise ModelError(
            f"layers named {', '.join(targets) or 'something'} in the text decoder",
            f"only {names} in {type(model).__name__}",
            "Correct `model.lora_targets`, or leave it out: all linear layers of attention and MLP are then trained.",
        )
    return found


def train_all(model: LanguageModel) -> None:
    """Let all weights of the text decoder and the head be trained, and none of a tower."""
    model.requires_grad_(False)
    model.get_decoder().requires_grad_(True)
    model.get_output_embeddings().requires_grad_(True)


def one_expression(names: list[str]) -> str:
    """A regular expression for PEFT that fully matches these module names, their layer numbers left open."""
    shapes = sorted({re.sub(r"\\\.\d+\\\.", r"\\.\\d+\\.", re.escape(name)) for name in names})
    return "|".join(f"(?:{shape})" for shape in shapes)
