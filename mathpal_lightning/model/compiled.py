"""Kernels made by torch.compile on a GPU: whether a run uses them, and decoder layers that consist of a few fused ones.

A layer of Gemma 3 with LoRA launches 172 operations forward and 370 backward. On a fast card the small models wait for these
launches, not for arithmetic. All layers of a type run the same code, so torch compiles it once for each type.

    model.compile    CPU                                  GPU, transformers backend
    false            nothing is compiled                  SDPA, layers as they are
    true             elementwise work of norms and MLPs   attention by blocks (`block_sparse.py`), layers of Gemma 2 and 3
    auto             as false                             as true where it was seen to pay: Gemma 2 and 3 in 16 and 4 bits on
                                                          a Hopper GPU (H100, H200, GH200) with Triton and a C compiler, in a
                                                          fit that is not cut before 200 steps

Compiling takes 25 seconds at the first step. On an H200 it saves 80 ms of each step of the 270M with a row of 2,048, and 210 ms
of the 1B with a row of 8,192 (tests/benchmarks/RESULTS.md).

Unsloth brings kernels of its own, and float16 products between float32 sums stay as they are.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import sysconfig
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import torch

from mathpal_lightning.compat.lightning import attached_trainer, is_fit
from mathpal_lightning.compat.torch import allow_recompiles
from mathpal_lightning.compat.transformers import replace_forward
from mathpal_lightning.errors import ConfigError
from mathpal_lightning.families import family_of_type
from mathpal_lightning.model.attention import TAKES_TILES, takes_tiles, tiles_of
from mathpal_lightning.model.generate import text_decoder
from mathpal_lightning.model.loss_scale import FLOAT16_MIXED
from mathpal_lightning.model.precision import has_bf16
from mathpal_lightning.model.settings import Compile

if TYPE_CHECKING:
    from lightning.pytorch import LightningModule

    from mathpal_lightning.compat.transformers import LanguageModel

_PAYS_AFTER = 200
"""Steps."""
_PAYS_IN = (4, 16)
"""Bits of the base in which steps were timed on a card."""
_HOPPER = (9, 0)
"""The compute capability of the cards on which whole fits were made. Others have less shared memory for attention's tiles."""
_KINDS = 32
"""Graphs of one layer's code: documents and shared prompts, the first width and all others, with room to spare.
Torch's own limit is 8; past it the layer runs without compiling."""


def uses_kernels(
    wanted: Compile, backend: str, family: str, bits: int, precision: str, device: torch.device, is_long: bool = False
) -> bool:
    """Whether a run on a GPU uses kernels made by torch.compile.

    Args:
        wanted: `model.compile`.
        backend: the one that loads the base.
        family: the base's; "" for an unknown one.
        bits: of the base's weights.
        precision: the arithmetic, as `resolve_precision` names it.
        device: where training is.
        is_long: what `is_long` says of the run.

    Raises:
        ConfigError: kernels are asked for, and cannot be made here.
    """
    if device.type != "cuda" or backend != "transformers" or precision == FLOAT16_MIXED or not family or wanted is False:
        return False
    lacking = _lacking(device)
    if wanted == "auto":
        return not lacking and is_long and bits in _PAYS_IN and can_compile(family) and _is_hopper(device)
    if lacking:
        raise ConfigError(f"{lacking} for `model.compile: true`", "none", "Install it, or set `model.compile: false`.")
    return True


def is_long(module: LightningModule) -> bool:
    """Whether a Trainer fits a module for so long that compiling pays, as far as `trainer.max_steps` says.

    A preflight or a bench computes as the fit that it stands for, whose steps are the Trainer's `planned_steps`.
    """
    trainer = attached_trainer(module)
    if trainer is None:
        return False
    steps = getattr(trainer, "planned_steps", trainer.max_steps if is_fit(module) else 0)
    return not 0 <= steps < _PAYS_AFTER


def _is_hopper(device: torch.device) -> bool:
    return torch.cuda.get_device_capability(device) == _HOPPER


def _lacking(device: torch.device) -> str:
    """What Triton, which makes the kernels, does not find here; "" if all is there."""
    if not has_bf16(device):
        return "a GPU with bfloat16 (Ampere or later)"
    if not takes_tiles() and tiles_of(torch.cuda.get_device_properties(device).shared_memory_per_multiprocessor):
        return f"torch {TAKES_TILES} or later, whose kernels fit this GPU,"
    if importlib.util.find_spec("triton") is None:
        return "the package triton"
    if not (os.environ.get("CC") or shutil.which("gcc") or shutil.which("clang")):
        return "a C compiler (apt install gcc)"
    if not (Path(sysconfig.get_path("include")) / "Python.h").exists():
        return "Python's header files (apt install python3-dev)"
    return ""


def can_compile(model_type: str) -> bool:
    """Whether a family's layers are compiled: those that have lean forms on a CPU, so that `model.compile` means the same.

    The layers of Gemma 3n and 4 hand keys and values to one another in a dictionary.
    """
    family = family_of_type(model_type)
    return family is not None and bool(family.lean_layer)


def compile_layers(model: LanguageModel) -> None:
    """Compile the decoder layers of a transformers or PEFT model, in place, for training mode without a cache.

    A cache grows by a token a step, so a layer would be compiled again and again while it solves. What is evaluated, exported
    and verified is computed by the same code with and without compiling.
    """
    allow_recompiles(_KINDS)
    layers = text_decoder(model).layers
    compiled = torch.compile(type(layers[0]).forward)
    for layer in layers:
        replace_forward(layer, _forward, compiled)


def _forward(
    layer: torch.nn.Module,
    compiled: Callable[..., object],
    *arguments: object,
    past_key_values: object = None,
    **options: object,
) -> object:
    if past_key_values is None and layer.training:
        return compiled(layer, *arguments, **options)
    return type(layer).forward(layer, *arguments, past_key_values=past_key_values, **options)
