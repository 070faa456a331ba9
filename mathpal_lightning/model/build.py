"""A model folder and the settings of a run -> the model that is trained, on its device."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import torch

from mathpal_lightning.compat.lightning import attached_trainer, is_fit
from mathpal_lightning.model.attention import attention_of, tiles_of
from mathpal_lightning.model.block_sparse import use_blocks
from mathpal_lightning.model.compiled import can_compile, compile_layers, is_long, uses_kernels
from mathpal_lightning.model.half import compute_in_half
from mathpal_lightning.model.lean import make_lean
from mathpal_lightning.model.load import Lora, add_lora, checkpoint_activations, keep_dequantized, load_base, resolve_backend
from mathpal_lightning.model.loss_scale import FLOAT16_MIXED
from mathpal_lightning.model.precision import base_dtype, family_in, home_of, precision_of, use_precision
from mathpal_lightning.model.reference import Reference, needs_reference, reference_digest, tokenizer_of_pairs
from mathpal_lightning.model.settings import ModuleSettings, lora_of
from mathpal_lightning.model.strategy import require_strategy, shard_layers
from mathpal_lightning.model.targets import train_all

if TYPE_CHECKING:
    from mathpal_lightning.model.module import MathPalModule

log = logging.getLogger(__name__)


def backend_of(module: MathPalModule) -> Literal["unsloth", "transformers"]:
    """The backend of a module; Unsloth is imported when it is the one."""
    settings, device = module.settings, home_of(module) if attached_trainer(module) else None
    return resolve_backend(settings.backend, settings.bits, settings.precision, family_in(module.folder), device)


def prepare_weights(module: MathPalModule) -> None:
    """Load a module's weights where it has none yet, and give its Trainer, where it has one, their arithmetic."""
    trainer = attached_trainer(module)
    if trainer is not None:
        require_strategy(trainer.strategy)
    if module.model is None:
        load_weights(module)
    elif (asked := precision_of(module)) != module.loaded_precision and trainer is not None:
        said = "The weights are loaded for %s, so this Trainer computes in it too. For %s make a new module."
        log.warning(said, module.loaded_precision, asked)
    if trainer is not None:
        use_precision(trainer, module.loaded_precision)


def bring_home(module: MathPalModule) -> None:
    """Load a module's weights where it has none yet, and put them where training is or was.

    Lightning moves a module to the CPU when a run has ended.
    """
    module.configure_model()
    if module.device != home_of(module):
        module.to(home_of(module))


def load_weights(module: MathPalModule) -> None:
    """Give a module its model on its device and, for a loss that needs one, the reference."""
    settings, device = module.settings, home_of(module)
    precision = precision_of(module)
    family = family_in(module.folder)
    kernels = uses_kernels(settings.compile, module._backend, family, settings.bits, precision, device, is_long(module))
    module.model = build_model(module.folder, module._backend, settings, lora_of(settings), precision, device, kernels)
    module.loaded_precision = precision
    if settings.lora_dropout and settings.objective != "sft" and is_fit(module):
        log.warning(
            "`model.lora_dropout: %s` is left out: `objective: %s` trains without", settings.lora_dropout, settings.objective
        )
    if kernels and is_fit(module):
        log.info("The first steps compile kernels for this GPU, which takes half a minute (model.compile: false does without)")
    if module.device_mesh is None:
        module.to(device)  # no weight moves; `module.device`, to which batches go, is where they are
    digest = ""
    if needs_reference(settings.objective, module.preference, module.policy):
        digest = reference_digest(module.model, settings.adapter, precision, tokenizer_of_pairs(module))
    if module.device_mesh is not None:  # set by Lightning's ModelParallelStrategy
        shard_layers(module.model, module.device_mesh)
    if digest:
        module.reference = Reference(module.trained_weights(), digest, cached=module.preference.cache_reference)
    trained = sum(weight.numel() for weight in module.trained_weights().values()) / 1e6
    said = "%s in %d bits by %s, arithmetic in %s: %.2f M weights to train"
    log.info(said, settings.model_name, settings.bits, module._backend, precision, trained)


def build_model(
    folder: Path,
    backend: Literal["unsloth", "transformers"],
    settings: ModuleSettings,
    lora: Lora,
    precision: str,
    device: torch.device,
    kernels: bool = False,
) -> object:
    """Load the base, put the adapter on it, and prepare it for training.

    Args:
        folder: the base model's.
        backend: the one that loads it.
        settings: the arguments of MathPalModule.
        lora: the adapter to make.
        precision: the arithmetic, as `resolve_precision` names it.
        device: where the weights are put.
        kernels: what `uses_kernels` says of the run.

    Returns:
        A PEFT model; with `finetune: full` the transformers model itself.
    """
    base = load_base(folder, backend, settings.bits, base_dtype(precision), str(device))
    in_half = precision == FLOAT16_MIXED
    if in_half and backend == "transformers":
        compute_in_half(base)
    if kernels and attention_of(backend, family_in(folder), device, kernels) == "flex_attention":
        use_blocks(base, tiles_of(torch.cuda.get_device_properties(device).shared_memory_per_multiprocessor))
    if settings.keep_dequantized:
        keep_dequantized(base)
    if settings.finetune == "full":
        train_all(model := base)
    else:
        model = add_lora(base, backend, lora, Path(settings.adapter) if settings.adapter else None)
    if device.type == "cpu" and not in_half:
        make_lean(model, compiled=settings.compile is True)
    elif kernels and can_compile(base.config.get_text_config().model_type):
        compile_layers(model)
    model.train()  # a loaded model is in eval mode, in which checkpointing does nothing
    checkpoint_activations(model, settings.gradient_checkpointing)
    return model
