"""An adapter folder -> what it does to each weight of its base.

W is a base weight [out, in] as stored, A is lora_A [r, in], B is lora_B [out, r], s the scaling, m DoRA's magnitude [out].

    LoRA        W + s B A                                                       https://arxiv.org/abs/2106.09685
    DoRA        m / ||W + s B A||_row (W + s B A)                               https://arxiv.org/abs/2402.09353
    s = alpha / r, or alpha / sqrt(r) with rsLoRA                               https://arxiv.org/abs/2312.03732
    embedding   W + s (B A)^T, with A [r, vocabulary] and B [hidden, r]; DoRA's m is [hidden], its norms are those of columns
    modules_to_save   the whole new weight

Everything is computed in float32. What is not understood is refused: a merge that leaves a part out would be wrong silently.
"""

from __future__ import annotations

import dataclasses
import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from peft import LoraConfig, PeftModel
from peft.utils import ModulesToSaveWrapper
from safetensors import safe_open
from safetensors.torch import load_file
from torch import Tensor

from mathpal_lightning.compat.peft import is_lora_layer, pattern_of
from mathpal_lightning.errors import ExportError
from mathpal_lightning.export.trained_on import COPY_AGAIN, PeftSettings, Quantization, require_readable
from mathpal_lightning.model.adapter import adapter_names, expected_names, require_finite, require_same_names
from mathpal_lightning.records import ADAPTER_WEIGHTS

EMBEDDING, HEAD = "embed_tokens.weight", "lm_head.weight"
_PREFIXES = ("base_model", "model", "language_model")
_NO_MATTER = {
    *("task_type", "peft_type", "auto_mapping", "peft_version", "base_model_name_or_path", "revision", "inference_mode"),
    *("lora_dropout", "fan_in_fan_out", "bias", "target_modules", "exclude_modules", "modules_to_save", "target_parameters"),
    *("layers_to_transform", "layers_pattern", "loftq_config", "eva_config", "megatron_core", "runtime_config"),
    *("qalora_group_size", "ensure_weight_tying"),
}
"""Settings of LoraConfig that the names and shapes of the weights show too, or that matter in training only."""
_READ = {"r", "lora_alpha", "rank_pattern", "alpha_pattern", "use_rslora", "use_dora"}
_KEEPS_THE_BASE = (True, False, "gaussian", "eva", "orthogonal")
"""Ways to start an adapter that leave the base's weights as they are. PiSSA, OLoRA, CorDA and LoftQ change them."""
_USUAL_RANK = 8
"""PEFT's, where its settings name none."""
_INSTEAD = "Serve the adapter unmerged with PEFT or vLLM, or train with plain LoRA on the linear layers of the decoder."


@dataclass(frozen=True, slots=True)
class Delta:
    """What an adapter does to one weight: the low-rank factors, or a whole new weight (PEFT's modules_to_save)."""

    lora_a: Tensor | None = None
    lora_b: Tensor | None = None
    scaling: float = 1.0
    magnitude: Tensor | None = None
    embedding: bool = False
    replacement: Tensor | None = None


def read_deltas(adapter: Path, config: PeftSettings, base: Path, model_class: str = "") -> dict[str, Delta]:
    """Read an adapter folder: canonical name of each weight that it changes -> the change.

    Args:
        adapter: a PEFT adapter folder.
        config: its adapter_config.json.
        base: the folder of its base model.
        model_class: the class of transformers that held the base in training, where that is known.

    Raises:
        ModelError: not exactly the weights are there that the adapter has by its settings, or one of them is not finite.
        ExportError: a kind of adapter that has no merged form here, with the reason; or weights that cannot be read.
    """
    require_understood(config, adapter)
    require_readable(adapter, config)
    parts: dict[str, dict[str, Tensor]] = {}
    weights = load_file(adapter / ADAPTER_WEIGHTS)
    require_finite(weights, adapter)
    for key, tensor in weights.items():
        module, kind = _split_key(key)
        if kind != "base_layer":  # the base's own weight, which PEFT stores beside a changed embedding or head
            parts.setdefault(module, {})[kind] = tensor
    deltas = {f"{canonical_name(module)}.weight": _delta(module, kinds, config, adapter) for module, kinds in parts.items()}
    require_mergeable(deltas, ties_embedding(base))
    require_each_once(set(deltas), base)
    # Names are compared without the prefixes in which the classes of transformers differ: those do not matter to a merge.
    if (expected := expected_names(adapter, base, model_class)) is not None:
        require_same_names(list(map(canonical_name, adapter_names(adapter))), list(map(canonical_name, expected)), adapter)
    return deltas


def require_understood(config: PeftSettings, adapter: Path) -> None:
    """Refuse adapters with a setting that changes what they compute in a way that is not merged here.

    Raises:
        ExportError: which setting.
    """
    if config.get("peft_type") != "LORA":
        raise ExportError("a LoRA adapter", f"{config.get('peft_type')} in {adapter}", f"Only LoRA can be merged. {_INSTEAD}")
    usual = {field.name: field.default for field in dataclasses.fields(LoraConfig)}
    start = config.get("init_lora_weights", True)
    unusual = [
        f"{name} {value!r}"
        for name, value in config.items()
        if name not in _NO_MATTER | _READ | {"init_lora_weights"} and value not in (None, False, {}, [], usual.get(name))
    ]
    if start not in _KEEPS_THE_BASE:
        unusual.append(f"init_lora_weights {start!r}, which changes the base's own weights")
    if unusual:
        raise ExportError(f"LoRA, rsLoRA or DoRA in {adapter}, to be merged", "; ".join(unusual), _INSTEAD)


def require_mergeable(names: Iterable[str], tied: bool) -> None:
    """Refuse changes of the embedding or the head where the two are one weight.

    The trained model adds the change to one of the two uses of the weight. A merged model, whose embedding and head are still
    one weight, would change both: measured on a tiny Gemma, logits that are off by as much as the adapter moves them.

    Args:
        names: canonical names of the weights that an adapter changes.
        tied: whether embedding and head are one weight.

    Raises:
        ExportError: which weight, and what to train instead.
    """
    changed = sorted({EMBEDDING, HEAD} & set(names))
    if changed and tied:
        raise ExportError(
            "an adapter that leaves embedding and head alone, because they are one weight in this base",
            f"one that changes {' and '.join(changed)}",
            f"A merge would change both uses of it. Leave it out of `model.lora_targets` and of modules_to_save. {_INSTEAD}",
        )


def require_mergeable_model(model: PeftModel) -> None:
    """`require_mergeable` for a live model, before it is trained: its new LoRA layers and its modules_to_save.

    Raises:
        ExportError: see `require_mergeable`.
    """
    new = [name for name, module in model.named_modules() if is_lora_layer(module) or isinstance(module, ModulesToSaveWrapper)]
    config: Any = model.get_base_model().config
    require_mergeable([f"{canonical_name(name)}.weight" for name in new], bool(config.get_text_config().tie_word_embeddings))


def ties_embedding(base: Path) -> bool:
    """Whether embedding and head of a model folder are one weight; in Gemma they are unless its config says otherwise."""
    config = json.loads((base / "config.json").read_text(encoding="utf-8"))
    return bool(config.get("tie_word_embeddings", config.get("text_config", {}).get("tie_word_embeddings", True)))


def canonical_name(name: str) -> str:
    """Drop the prefixes in which transformers, PEFT and the folders on the Hub differ.

    >>> canonical_name("base_model.model.model.language_model.layers.0.mlp.up_proj")
    'layers.0.mlp.up_proj'
    >>> canonical_name("language_model.model.layers.0.mlp.up_proj")
    'layers.0.mlp.up_proj'
    """
    parts = name.split(".")
    while parts[0] in _PREFIXES:
        parts = parts[1:]
    return ".".join(parts)


def _split_key(key: str) -> tuple[str, str]:
    """Cut "...q_proj.lora_A.weight" into the module's path and "lora_A"; a plain weight's kind is "weight"."""
    module, _, last = key.removesuffix(".weight").rpartition(".")
    known = last.startswith("lora_") or last == "base_layer"
    return (module, last) if known else (key.rpartition(".")[0], key.rpartition(".")[2])


def _delta(module: str, kinds: dict[str, Tensor], config: PeftSettings, adapter: Path) -> Delta:
    if set(kinds) == {"weight"}:
        return Delta(replacement=kinds["weight"])
    embedding = "lora_embedding_A" in kinds
    a, b = ("lora_embedding_A", "lora_embedding_B") if embedding else ("lora_A", "lora_B")
    if not {a, b} <= set(kinds) <= {a, b, "lora_magnitude_vector"}:
        raise ExportError("lora_A, lora_B and perhaps a DoRA magnitude", f"{sorted(kinds)} for {module} in {adapter}", _INSTEAD)
    path = module.removeprefix("base_model.model.")
    alphas = config.get("alpha_pattern") or {}
    alpha = alphas.get(pattern_of(list(alphas), path), config["lora_alpha"])
    ranks = config.get("rank_pattern") or {}
    said, rank = ranks.get(pattern_of(list(ranks), path), config.get("r", _USUAL_RANK)), kinds[a].shape[0]
    if said != rank:
        expected = f"{a} of rank {said} for {module}, as adapter_config.json says"
        raise ExportError(expected, f"rank {rank} in {adapter}", COPY_AGAIN)
    scaling = alpha / rank**0.5 if config.get("use_rslora") else alpha / rank
    return Delta(kinds[a], kinds[b], scaling, kinds.get("lora_magnitude_vector"), embedding)


def apply_delta(weight: Tensor, delta: Delta) -> Tensor:
    """The merged weight [out, in] in float32."""
    if delta.replacement is not None:
        return delta.replacement.float()
    assert delta.lora_a is not None
    assert delta.lora_b is not None
    update = delta.scaling * (delta.lora_b.float() @ delta.lora_a.float())
    merged = weight.float() + (update.T if delta.embedding else update)
    if delta.magnitude is None:
        return merged
    norms = torch.linalg.norm(merged, dim=0 if delta.embedding else 1)
    factors = delta.magnitude.float() / norms
    scaled: Tensor = (factors if delta.embedding else factors.view(-1, 1)) * merged
    return scaled


def requantize(weight: Tensor, how: Quantization) -> Tensor:
    """Quantise a weight as bitsandbytes did when it was loaded for training, and de-quantise it again."""
    from bitsandbytes import functional

    source = weight.to(getattr(torch, how.weight_dtype)).contiguous()
    if how.bits == 8:
        int8, row_scale, _ = functional.int8_vectorwise_quant(source)
        dequantized: Tensor = functional.int8_vectorwise_dequant(int8, row_scale)
        return dequantized
    packed, state = functional.quantize_4bit(
        source, blocksize=how.blocksize, compress_statistics=how.double_quant, quant_type=how.quant_type
    )
    return functional.dequantize_4bit(packed, state)


def require_each_once(wanted: set[str], base: Path) -> None:
    """Prove that adapter and base fit, before anything is written.

    Args:
        wanted: canonical names of the weights that are changed or quantised.
        base: the folder of the base model.

    Raises:
        ExportError: a weight is missing from the base, or there twice.
    """
    found: Counter[str] = Counter()
    for shard in base.glob("*.safetensors"):
        with safe_open(shard, framework="pt") as file:
            found.update(canonical_name(name) for name in file.keys())  # noqa: SIM118 (safe_open is no mapping)
    wrong = sorted(name for name in wanted if found[name] != 1)
    if wrong:
        raise ExportError(
            "each adapted or quantised module once among the base's weights",
            f"{len(wrong)} missing or twice in {base}, such as {wrong[0]} ({found[wrong[0]]} times)",
            "Give the folder of the base model that the adapter was trained on, or the adapter as it was written.",
        )
