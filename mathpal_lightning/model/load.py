"""Load a Gemma base in 4, 8 or 16 bits and put LoRA on it, with Unsloth or with transformers and PEFT.

Unsloth patches transformers, PEFT and TRL for the whole process, so it is imported when its backend is chosen and never
otherwise.
"""

from __future__ import annotations

import importlib.util
import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal, TypedDict, cast

import torch
from safetensors import SafetensorError, safe_open

from mathpal_lightning.compat.bitsandbytes import bits_of, compute_dequantized, is_4bit, keep_packing
from mathpal_lightning.compat.peft import set_dropout
from mathpal_lightning.compat.transformers import attend_with_cap
from mathpal_lightning.compat.unsloth import also_unquantized, import_unsloth, quiet_unsloth
from mathpal_lightning.errors import ConfigError, ModelError
from mathpal_lightning.files import cache_folder
from mathpal_lightning.model.adapter import load_adapter
from mathpal_lightning.model.loss_scale import FLOAT16_MIXED
from mathpal_lightning.model.precision import has_bf16
from mathpal_lightning.model.quantization import whole_patterns
from mathpal_lightning.model.targets import one_expression, text_decoder_targets
from mathpal_lightning.model.text_core import load_causal, text_alone

if TYPE_CHECKING:
    from mathpal_lightning.compat.transformers import LanguageModel

Backend = Literal["auto", "unsloth", "transformers"]
Bits = Literal[4, 8, 16]
LORA_TARGETS = ("q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj")
"""The linear layers of attention and MLP."""


@dataclass(frozen=True, slots=True)
class Lora:
    """The LoRA adapter of a run (https://arxiv.org/abs/2106.09685).

    Attributes:
        r: Rank.
        alpha: The update is scaled by alpha / r, with rsLoRA by alpha / sqrt(r).
        dropout: Dropout before the adapter, 0 to 1.
        targets: Names of the linear layers of the text decoder that get an adapter.
        rslora: Scale by alpha / sqrt(r) (https://arxiv.org/abs/2312.03732).
        dora: Learn the magnitude of the weights apart (https://arxiv.org/abs/2402.09353).
    """

    r: int
    alpha: float
    dropout: float
    targets: tuple[str, ...]
    rslora: bool
    dora: bool


class _LoraSettings(TypedDict):
    """The settings of an adapter that PEFT and Unsloth name alike."""

    r: int
    lora_alpha: float
    lora_dropout: float
    target_modules: str
    use_rslora: bool
    use_dora: bool
    bias: Literal["none"]


def resolve_backend(
    backend: Backend, bits: Bits = 4, precision: str = "auto", family: str = "", device: torch.device | None = None
) -> Literal["unsloth", "transformers"]:
    """Choose the backend, and import Unsloth when it is the one.

    `auto` takes Unsloth where it is installed and can do what is asked for. On a CPU it knows neither 8 bits nor float16. On a
    card without bfloat16 it sums the residual of Gemma 2 and 3n in float16, which may overflow (tests/gpu watches that). On a
    CPU beside a card it takes its code for the card, which has no backward pass there.

    Args:
        backend: `model.backend`.
        bits: of the base.
        precision: `model.precision`.
        family: of the base; "" for an unknown one.
        device: where training is; None for the card, where there is one.

    Raises:
        ConfigError: `unsloth` is asked for but not installed, or cannot do what is asked for.
    """
    installed = importlib.util.find_spec("unsloth") is not None
    if backend == "unsloth" and not installed:
        raise ConfigError(
            "the package unsloth for `model.backend: unsloth`",
            "none installed",
            "Install it (pip install 'mathpal-lightning[unsloth]'; on a CPU machine: make install), or set "
            "`model.backend: transformers`.",
        )
    has_card = torch.cuda.is_available()
    unused_card = has_card and device is not None and device.type == "cpu"
    in_float16 = precision == FLOAT16_MIXED or (precision == "auto" and has_card and not has_bf16(torch.device("cuda")))
    lacking = in_float16 and family in ("gemma2", "gemma3n") if has_card else bits == 8 or in_float16
    if backend == "transformers" or not installed or (backend == "auto" and (lacking or unused_card)):
        return "transformers"
    if unused_card:
        raise ConfigError(
            "`model.backend: transformers` for training on a CPU beside a GPU",
            "Unsloth, which takes its code for the GPU",
            "Set it, or leave `model.backend` at `auto`.",
        )
    if in_float16 and not has_card:
        raise ConfigError(
            "`model.backend: transformers` for `model.precision: float16-mixed` on a CPU",
            "Unsloth, which takes bfloat16 there",
            "Set it, or leave both settings at `auto`.",
        )
    import_unsloth(cache_folder())
    return "unsloth"


def load_base(
    folder: Path, backend: Literal["unsloth", "transformers"], bits: Bits, dtype: torch.dtype, device: str
) -> LanguageModel:
    """Load a base model.

    Args:
        folder: What `resolve_model` returns.
        backend: What `resolve_backend` returns.
        bits: 4 (NF4 with double quantization), 8 (LLM.int8) or 16 (the dtype as it is).
        dtype: Of the weights that are not quantised, and of the arithmetic.
        device: "cpu" or "cuda:0": where the weights are put.

    Returns:
        The transformers model. Its quantised layers can be trained through: bitsandbytes' CPU layers are kept from
        repacking their weights at the first evaluation, after which a backward pass would be silently wrong.

    Raises:
        ConfigError: bitsandbytes is missing.
        ModelError: a file of weights is damaged.
        ConfigError: the backend loaded other bits than asked for.
    """
    _require_quantizer(bits)
    _require_readable(folder)
    model = (_load_with_unsloth if backend == "unsloth" else _load_with_transformers)(folder, bits, dtype, device)
    _require_bits(model, bits, backend)
    if bits == 4:
        keep_packing(model.modules())
    model.config.use_cache = False  # a cache makes packed documents see each other
    return model


def _require_quantizer(bits: Bits) -> None:
    if bits != 16 and importlib.util.find_spec("bitsandbytes") is None:
        raise ConfigError(
            f"the package bitsandbytes for `model.bits: {bits}`", "none installed", "Install it, or set `model.bits: 16`."
        )


def _require_bits(model: LanguageModel, bits: Bits, backend: str) -> None:
    """Unsloth's loader for CPUs takes 16 bits without a word where it cannot quantise."""
    if bits != 16 and not any(bits_of(module) == bits for module in model.modules()):
        raise ConfigError(
            f"a base in {bits} bits for `model.bits: {bits}`",
            f"one in 16 bits from `model.backend: {backend}`",
            "Set `model.backend: transformers`, or `model.bits: 16`.",
        )


def _require_readable(folder: Path) -> None:
    """Read the headers of the weights: what a broken download lacks is named here, before anything loads."""
    for file in sorted(folder.glob("*.safetensors")):
        try:
            with safe_open(file, framework="pt"):
                pass
        except (SafetensorError, OSError) as error:
            raise ModelError(f"weights in {file}", str(error), "Download or copy the model again.") from error


def _load_with_unsloth(folder: Path, bits: Bits, dtype: torch.dtype, device: str) -> LanguageModel:
    # FastLanguageModel has classes of its own for Gemma 2, in which packed documents attend to each other.
    from unsloth import FastModel

    with quiet_unsloth(on_a_cpu=device == "cpu"), also_unquantized(whole_patterns()):
        model: LanguageModel
        model, _ = FastModel.from_pretrained(
            str(folder),
            max_seq_length=json.loads((folder / "config.json").read_text(encoding="utf-8")).get(
                "max_position_embeddings", 8192
            ),
            dtype=dtype,
            load_in_4bit=bits == 4,
            load_in_8bit=bits == 8,
            device_map={"": device},
            trust_remote_code=False,
            # Checkpointing is switched on by `checkpoint_activations`, alike for both backends.
            use_gradient_checkpointing=False,
            **text_alone(folder),
        )
    if not torch.cuda.is_available():
        attend_with_cap(model)
    return model


def _load_with_transformers(folder: Path, bits: Bits, dtype: torch.dtype, device: str) -> LanguageModel:
    from transformers import BitsAndBytesConfig

    quantization, whole = None, whole_patterns()
    if bits == 4:
        quantization = BitsAndBytesConfig(
            load_in_4bit=True,
            bnb_4bit_quant_type="nf4",
            bnb_4bit_use_double_quant=True,
            bnb_4bit_compute_dtype=dtype,
            llm_int8_skip_modules=whole,
        )
    elif bits == 8:
        quantization = BitsAndBytesConfig(load_in_8bit=True, llm_int8_skip_modules=whole)
    return load_causal(
        folder,
        dtype=dtype,
        quantization_config=quantization,
        device_map={"": device},
        attn_implementation="sdpa",
        use_safetensors=True,
        trust_remote_code=False,
    )


def keep_dequantized(model: LanguageModel) -> None:
    """Compute with a stored 16-bit copy of each 4-bit weight: the same numbers without de-quantising them at every step.

    On a CPU that takes as long as the product it serves. The copy costs 2 bytes a weight; the 4-bit weights stay.
    """
    for module in model.modules():
        if is_4bit(module):
            compute_dequantized(module)


def add_lora(
    model: LanguageModel, backend: Literal["unsloth", "transformers"], lora: Lora, adapter: Path | None = None
) -> LanguageModel:
    """Put a LoRA adapter in float32 on the text decoder of a base model, or load one to go on training it.

    The base is frozen; A starts at random and B at zero, so that the first loss is the base model's own.

    Args:
        model: What `load_base` returns.
        backend: The backend that loaded it.
        lora: The adapter to make; of it only the dropout counts when `adapter` is given.
        adapter: A PEFT folder.

    Returns:
        A `peft.PeftModel`.

    Raises:
        ModelError: no layer of the text decoder has one of the target names, or `adapter` is not a whole adapter of this base.
    """
    from peft import LoraConfig, get_peft_model

    if adapter is not None:
        loaded = load_adapter(model, adapter, trainable=True)
        set_dropout(loaded, lora.dropout)
        return cast("LanguageModel", loaded)
    names = text_decoder_targets(model, lora.targets)
    settings: _LoraSettings = {
        "r": lora.r,
        "lora_alpha": lora.alpha,
        "lora_dropout": lora.dropout,
        # One expression that matches exactly these layers: "all-linear" would also train vision and audio towers.
        "target_modules": one_expression(names),
        "use_rslora": lora.rslora,
        "use_dora": lora.dora,
        "bias": "none",
    }
    if backend == "unsloth":
        from unsloth import FastModel

        model = FastModel.get_peft_model(
            model, **settings, use_gradient_checkpointing=False, random_state=torch.initial_seed() % 2**32
        )
    else:
        config = LoraConfig(**settings, task_type="CAUSAL_LM")  # type: ignore[arg-type]  # PEFT divides a float alpha too
        model = cast("LanguageModel", get_peft_model(model, config))
    for parameter in model.parameters():
        if parameter.requires_grad:
            parameter.data = parameter.data.float()
    return model


def checkpoint_activations(model: LanguageModel, wanted: bool = True) -> None:
    """Recompute activations in the backward pass: about a third more time, a fraction of the memory.

    Non-reentrant: with the reentrant kind the gradients of KV-shared layers (Gemma 3n and 4) are wrong. Switched off where
    it is not wanted, because a backend may have switched it on.
    """
    if wanted:
        model.gradient_checkpointing_enable(gradient_checkpointing_kwargs={"use_reentrant": False})
    else:
        model.gradient_checkpointing_disable()
