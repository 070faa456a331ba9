"""What an adapter was trained on: its record, and the trained model loaded again from disk.

The record says which base it was and how bitsandbytes held the base's weights, so that a merge and a verification can use the
very weights that training saw.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, TypedDict, cast

import torch
import transformers
from peft import PeftModel
from safetensors import SafetensorError, safe_open
from torch import nn
from transformers import BitsAndBytesConfig

from mathpal_lightning.compat.bitsandbytes import keep_packing, quant_state
from mathpal_lightning.errors import ExportError
from mathpal_lightning.model.adapter import load_adapter, require_effect
from mathpal_lightning.model.half import compute_in_full, compute_in_half, hold_in
from mathpal_lightning.model.text_core import base_config, load_causal
from mathpal_lightning.records import ADAPTER_CONFIG, ADAPTER_WEIGHTS, QuantizedGroup, read_record, record_path

if TYPE_CHECKING:
    from transformers import PreTrainedConfig, PreTrainedModel

    from mathpal_lightning.compat.transformers import LanguageModel

_HALF = re.compile(r"\.lora_(embedding_)?[AB]\b")
COPY_AGAIN = "Copy the adapter again from where it came, or export the checkpoint of its run."


class PeftSettings(TypedDict, total=False):
    """What is read of an adapter_config.json; PEFT writes more."""

    peft_type: str
    r: int
    lora_alpha: float
    alpha_pattern: dict[str, float] | None
    rank_pattern: dict[str, int] | None
    use_rslora: bool
    init_lora_weights: bool | str
    base_model_name_or_path: str | None
    auto_mapping: dict[str, str] | None


@dataclass(frozen=True, slots=True)
class Quantization:
    """How bitsandbytes held the frozen weights of these modules while they were trained on."""

    bits: int
    weight_dtype: str
    """What the weights were quantised from and are de-quantised to."""
    quant_type: str = ""
    double_quant: bool = False
    blocksize: int = 0
    compute_dtype: str = ""
    modules: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TrainedOn:
    """The base that an adapter was trained on. `mathpal.json` of the adapter folder holds this."""

    base: str
    """A Hub id, a local folder or a name that `resolve_model` knows; empty for a model built in memory."""
    base_digest: str
    """SHA-256 over its config and safetensors; empty for a model built in memory."""
    model_class: str
    """The class of transformers that held it ("Gemma3ForCausalLM"): the adapter's keys are its module paths."""
    dtype: str
    """Of the weights that were not quantised, and of the products: float16 on a GPU without bfloat16."""
    quantized: tuple[Quantization, ...] = ()
    versions: Mapping[str, str] = field(default_factory=dict)
    full_digest: str = ""
    """Where a small vocabulary was trained on: the digest of the base with its full one. `base_digest` is the small base's."""


def quantized_modules(model: nn.Module) -> tuple[Quantization, ...]:
    """Walk a model for bitsandbytes layers and group them by their settings; names are those of the bare base model."""
    groups: dict[Quantization, list[str]] = {}
    for name, module in model.named_modules():
        settings = _quantization(module)
        if settings is not None:
            groups.setdefault(settings, []).append(name.replace(".base_layer", ""))
    return tuple(Quantization(**{**asdict(settings), "modules": tuple(names)}) for settings, names in groups.items())


def _quantization(module: object) -> Quantization | None:
    from bitsandbytes.nn import Linear4bit, Linear8bitLt

    if isinstance(module, Linear8bitLt):
        return Quantization(bits=8, weight_dtype="float16")
    if not isinstance(module, Linear4bit):
        return None
    state = quant_state(module) or module.quant_state  # a sharded weight (FSDP) has none
    assert state is not None
    return Quantization(
        bits=4,
        weight_dtype=dtype_name(state.dtype),
        quant_type=state.quant_type,
        double_quant=state.nested,
        blocksize=state.blocksize,
        compute_dtype=dtype_name(module.compute_dtype),
    )


def read_trained_on(adapter: str | Path) -> TrainedOn | None:
    """The record of an adapter folder; None for an adapter that was written by something else.

    Raises:
        ExportError: the record does not say what was trained on.
    """
    if not (record := read_record(Path(adapter))):
        return None
    if missing := [name for name in ("base", "base_digest", "model_class", "dtype") if name not in record]:
        raise ExportError(f"{', '.join(missing)} in {record_path(Path(adapter))}", f"only {', '.join(record)}", COPY_AGAIN)
    return TrainedOn(
        base=record["base"],
        base_digest=record["base_digest"],
        model_class=record["model_class"],
        dtype=record["dtype"],
        quantized=tuple(map(_group, record.get("quantized", ()))),
        versions=record.get("versions", {}),
        full_digest=record.get("full_digest", ""),
    )


def _group(group: QuantizedGroup) -> Quantization:
    """A group of the record, whose modules are a list in JSON."""
    return Quantization(
        bits=group["bits"],
        weight_dtype=group["weight_dtype"],
        quant_type=group["quant_type"],
        double_quant=group["double_quant"],
        blocksize=group["blocksize"],
        compute_dtype=group["compute_dtype"],
        modules=tuple(group["modules"]),
    )


def read_adapter_config(adapter: Path) -> PeftSettings:
    """PEFT's settings of an adapter folder.

    Raises:
        ExportError: the file is missing, cut off or empty.
    """
    file = adapter / ADAPTER_CONFIG
    try:
        config = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:  # ValueError: no JSON, or not UTF-8
        raise ExportError(f"PEFT's settings in {file}", str(error), COPY_AGAIN) from None
    if not isinstance(config, dict) or "peft_type" not in config:
        raise ExportError(f"PEFT's settings with a peft_type in {file}", str(config)[:80], "Give a PEFT adapter folder.")
    return cast(PeftSettings, config)


def require_readable(adapter: Path, config: PeftSettings) -> None:
    """Refuse an adapter folder whose weights are missing, cut off, empty or without effect, before anything is copied.

    Args:
        adapter: the folder.
        config: its adapter_config.json.

    Raises:
        ExportError: what is wrong.
        ModelError: its updates are multiplied by 0.
    """
    file = adapter / ADAPTER_WEIGHTS
    if not file.is_file() and (pickled := file.with_suffix(".bin")).is_file():
        way_out = "A pickle may hold a program and is never loaded: where you trust it, let PEFT save the adapter again."
        raise ExportError(f"the weights of an adapter in {file.name}", f"only {pickled}", way_out)
    try:
        with safe_open(file, framework="pt") as weights:
            found = list(weights.keys())
    except (SafetensorError, OSError) as error:
        raise ExportError(f"the weights of an adapter in {file}", str(error), COPY_AGAIN) from None
    if not found:
        raise ExportError(f"the weights of a {config['peft_type']} adapter in {file}", "none", COPY_AGAIN)
    halves = Counter(re.sub(_HALF, "", name) for name in found if re.search(_HALF, name))
    if alone := sorted(module for module, parts in halves.items() if parts != 2):
        said = f"one of the two for {len(alone)} modules, such as {alone[0].removesuffix('.weight')}"
        raise ExportError(f"lora_A and lora_B of every module in {file}", said, COPY_AGAIN)
    require_effect(config, adapter)


def load_trained(adapter: Path, base: Path, trained_on: TrainedOn | None, *, quantized: bool, half: bool = False) -> PeftModel:
    """The model as training held it, from disk: the base, in 4 or 8 bits where `quantized`, and the adapter on top.

    Weights that training held in float16 are computed with in float32, since plain float16 overflows. With `half` products
    are in float16 between float32 sums, whatever training held: for a GPU that emulates bfloat16.

    Raises:
        ExportError: the base loads with other modules quantised than in training.
    """
    if trained_on is None:
        model = load_causal(base, dtype="auto")
        if half:
            _multiply_in_half(model)
        return load_adapter(model, adapter, trainable=False).eval()
    if not trained_on.model_class.startswith("Gemma"):
        raise ExportError("a Gemma class in mathpal.json", repr(trained_on.model_class), "Do not trust this adapter folder.")
    model_class: type[PreTrainedModel] = getattr(transformers, trained_on.model_class)
    stored_in_4_bits = "quantization_config" in json.loads((base / "config.json").read_text(encoding="utf-8"))
    quantize = quantized and bool(trained_on.quantized) and not stored_in_4_bits
    how = _quantization_config(base, model_class, trained_on) if quantize else None
    loaded = model_class.from_pretrained(str(base), dtype=trained_on.dtype, quantization_config=how)
    model = cast("LanguageModel", loaded)
    if quantized and quantized_modules(model) != trained_on.quantized:
        raise ExportError(
            "the base quantised as in training",
            f"{_summary(quantized_modules(model))} instead of {_summary(trained_on.quantized)}",
            "Install the versions of transformers and bitsandbytes named in the adapter's mathpal.json.",
        )
    keep_packing(model.modules())
    if half:
        _multiply_in_half(model)
    elif trained_on.dtype == "float16":
        compute_in_full(model)
    return load_adapter(model, adapter, trainable=False).eval()


def _multiply_in_half(model: LanguageModel) -> None:
    hold_in(model, torch.float16)
    compute_in_half(model)


def _quantization_config(base: Path, model_class: type[PreTrainedModel], trained_on: TrainedOn) -> BitsAndBytesConfig:
    """The settings of training. They leave every linear layer alone that training left alone."""
    (how,) = trained_on.quantized
    with torch.device("meta"):
        empty = model_class(_config_for(model_class, base))
    linear = [name for name, module in empty.named_modules() if isinstance(module, nn.Linear)]
    skipped = [f"^{re.escape(name)}$" for name in linear if name not in how.modules]
    if how.bits == 8:
        return BitsAndBytesConfig(load_in_8bit=True, llm_int8_skip_modules=skipped)
    return BitsAndBytesConfig(
        load_in_4bit=True,
        bnb_4bit_quant_type=how.quant_type,
        bnb_4bit_use_double_quant=how.double_quant,
        bnb_4bit_compute_dtype=how.compute_dtype or "float32",
        llm_int8_skip_modules=skipped,
    )


def _config_for(model_class: type[PreTrainedModel], base: Path) -> PreTrainedConfig:
    """The base's config, or its text part for the class of a text model."""
    config, wanted = base_config(base), model_class.config_class
    return config if wanted is None or isinstance(config, wanted) else config.get_text_config()


def _summary(groups: Sequence[Quantization]) -> str:
    return ", ".join(f"{len(group.modules)} modules in {group.bits} bits {group.quant_type}" for group in groups) or "none"


def dtype_name(dtype: object) -> str:
    """A dtype's name without `torch.`; empty for None."""
    return str(dtype).removeprefix("torch.") if dtype is not None else ""
