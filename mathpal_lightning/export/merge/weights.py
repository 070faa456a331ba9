"""Adapter folder + base folder -> merged 16-bit folder, one tensor in memory at a time.

W is a base weight [out, in] as stored, A is lora_A [r, in], B is lora_B [out, r], s the scaling, m DoRA's magnitude [out].

    W' = dequantize(quantize(W))   where training held W in 4 or 8 bits and into="trained", else W
    LoRA   W' + s B A                                                       https://arxiv.org/abs/2106.09685
    DoRA   m / ||W' + s B A||_row (W' + s B A)                              https://arxiv.org/abs/2402.09353
    s = alpha / r, or alpha / sqrt(r) with rsLoRA                           https://arxiv.org/abs/2312.03732

All of it is computed in float32 and rounded once.
"""

from __future__ import annotations

import json
import shutil
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import torch
from peft import PeftConfig
from safetensors import safe_open
from safetensors.torch import load_file
from torch import Tensor

from mathpal_lightning.compat.peft import pattern_of
from mathpal_lightning.errors import ExportError
from mathpal_lightning.export.artefact import RECORD, base_digest, folder_digest, is_made_from, write_record
from mathpal_lightning.export.merge.shards import StoredTensor, read_stored, write_shard
from mathpal_lightning.export.tokenizer import save_tokenizer, training_tokenizer
from mathpal_lightning.export.trained_on import Quantization, TrainedOn, read_trained_on
from mathpal_lightning.files import whole_folder
from mathpal_lightning.model.resolve import resolve_model

MergedInto = Literal["trained", "original"]
_WEIGHT_FILES = (".safetensors", ".safetensors.index.json", ".bin", ".pth", ".gguf", ".lock")
_NOT_COPIED = ("README.md", "chat_template.json", ".gitattributes", RECORD)
_PREFIXES = ("base_model", "model", "language_model")


@dataclass(frozen=True, slots=True)
class Delta:
    """What an adapter does to one weight: the low-rank factors, or a whole new weight (PEFT's modules_to_save)."""

    lora_a: Tensor | None = None
    lora_b: Tensor | None = None
    scaling: float = 1.0
    magnitude: Tensor | None = None
    embedding: bool = False
    replacement: Tensor | None = None


def merge_adapter(adapter: str | Path, out: str | Path, base: str | Path | None = None, into: MergedInto = "trained") -> Path:
    """Merge an adapter into 16-bit weights and write a folder that transformers, vLLM and llama.cpp's converter load.

    Skipped when `out` holds the merge of the same adapter into the same base already.

    Args:
        adapter: a PEFT adapter folder.
        out: the folder to write.
        base: the base model's folder; by default the one that the adapter's record names.
        into: "trained" merges into the weights that training saw (de-quantised NF4 for QLoRA), so the result is the
            trained model; "original" merges into the base as stored, which may score better or worse.

    Raises:
        ExportError: the base is not the one trained on, or adapter and base do not fit.
        ModelError: the base cannot be found.
    """
    adapter, out = Path(adapter), Path(out)
    trained_on = read_trained_on(adapter)
    folder = find_base(adapter, base, into)
    made_from = merge_inputs(adapter, folder, into)
    if is_made_from(out, made_from):
        return out
    deltas = read_deltas(adapter)
    quantized = _quantized_by_name(trained_on) if into == "trained" and trained_on else {}
    with whole_folder(out) as temporary:
        _merge_weights(folder, temporary, deltas, quantized, trained_on.dtype if trained_on else None)
        write_config(folder, temporary, trained_on.dtype if trained_on else None)
        save_tokenizer(training_tokenizer(adapter, folder), temporary)
        write_record(temporary, made_from, adapter=str(adapter))
    return out


def merge_inputs(adapter: Path, base: Path, into: MergedInto) -> dict[str, str]:
    """What a merge is made from."""
    return {"adapter": folder_digest(adapter), "base": base_digest(base), "into": into}


def find_base(adapter: Path, base: str | Path | None, into: MergedInto) -> Path:
    """The folder of the base to merge into, proven to be the one that was trained on where that matters."""
    trained_on = read_trained_on(adapter)
    if trained_on is None and into == "trained":
        raise ExportError(
            f"{RECORD} in the adapter folder, which says how the base was quantised during training",
            f"none in {adapter}",
            "Merge into the original weights: merge_into 'original'.",
        )
    named = trained_on.base if trained_on else PeftConfig.from_pretrained(str(adapter)).base_model_name_or_path
    if not (base or named):
        raise ExportError(
            "the base model that the adapter was trained on", f"no name of it in {adapter}", "Give its folder as base."
        )
    folder = resolve_model(str(base or named))
    if trained_on and into == "trained" and trained_on.base_digest and base_digest(folder) != trained_on.base_digest:
        raise ExportError(
            f"the base that was trained on, {named} (digest {trained_on.base_digest[:12]})",
            f"other weights in {folder} (digest {base_digest(folder)[:12]})",
            "Give the folder of the right base, or merge into these weights on purpose: merge_into 'original'.",
        )
    return folder


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


def read_deltas(adapter: Path) -> dict[str, Delta]:
    """Read an adapter folder: canonical name of each weight it changes -> the change.

    Raises:
        ExportError: a kind of adapter that has no merged form here.
    """
    config: Any = PeftConfig.from_pretrained(str(adapter))
    if str(getattr(config.peft_type, "value", config.peft_type)) != "LORA":
        raise ExportError("a LoRA adapter", f"{config.peft_type} in {adapter}", "Only LoRA, rsLoRA and DoRA can be merged.")
    parts: dict[str, dict[str, Tensor]] = {}
    for key, tensor in load_file(adapter / "adapter_model.safetensors").items():
        module, kind = _split_key(key)
        parts.setdefault(module, {})[kind] = tensor
    return {f"{canonical_name(module)}.weight": _delta(module, kinds, config, adapter) for module, kinds in parts.items()}


def _split_key(key: str) -> tuple[str, str]:
    """Cut "...q_proj.lora_A.weight" into the module's path and "lora_A"; a plain weight's kind is "weight"."""
    module, _, last = key.removesuffix(".weight").rpartition(".")
    return (module, last) if last.startswith("lora_") else (key.rpartition(".")[0], key.rpartition(".")[2])


def _delta(module: str, kinds: dict[str, Tensor], config: Any, adapter: Path) -> Delta:
    if set(kinds) == {"weight"}:
        return Delta(replacement=kinds["weight"])
    embedding = "lora_embedding_A" in kinds
    a, b = ("lora_embedding_A", "lora_embedding_B") if embedding else ("lora_A", "lora_B")
    if not {a, b} <= set(kinds) <= {a, b, "lora_magnitude_vector"}:
        raise ExportError(
            "lora_A, lora_B and perhaps a DoRA magnitude", f"{sorted(kinds)} for {module} in {adapter}", _UNMERGEABLE
        )
    path = module.removeprefix("base_model.model.")
    alpha = config.alpha_pattern.get(pattern_of(config.alpha_pattern.keys(), path), config.lora_alpha)
    rank = kinds[a].shape[0]
    scaling = alpha / rank**0.5 if config.use_rslora else alpha / rank
    return Delta(kinds[a], kinds[b], scaling, kinds.get("lora_magnitude_vector"), embedding)


_UNMERGEABLE = "Serve the adapter unmerged with PEFT or vLLM, or train with plain LoRA on linear layers."


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
    return (delta.magnitude.float() / torch.linalg.norm(merged, dim=1)).view(-1, 1) * merged


def requantize(weight: Tensor, how: Quantization) -> Tensor:
    """Quantise a weight as bitsandbytes did when it was loaded for training, and de-quantise it again."""
    from bitsandbytes import functional

    source = weight.to(getattr(torch, how.weight_dtype)).contiguous()
    if how.bits == 8:
        int8, row_scale, _ = functional.int8_vectorwise_quant(source)
        return functional.int8_vectorwise_dequant(int8, row_scale)
    packed, state = functional.quantize_4bit(
        source, blocksize=how.blocksize, compress_statistics=how.double_quant, quant_type=how.quant_type
    )
    return functional.dequantize_4bit(packed, state)


def _quantized_by_name(trained_on: TrainedOn) -> dict[str, Quantization]:
    return {f"{canonical_name(name)}.weight": group for group in trained_on.quantized for name in group.modules}


def _merge_weights(
    base: Path, out: Path, deltas: dict[str, Delta], quantized: dict[str, Quantization], dtype: str | None
) -> None:
    weight_map: dict[str, str] = {}
    for shard in sorted(base.glob("*.safetensors")):
        with safe_open(shard, framework="pt") as file:
            stored = read_stored(file, getattr(torch, dtype) if dtype else None)

            def merged(tensor: StoredTensor) -> Tensor:
                name = canonical_name(tensor.name)
                weight = tensor.read(file)  # noqa: B023 (called before the next shard is opened)
                if name in quantized and not tensor.prequantized:
                    weight = requantize(weight, quantized[name])
                return apply_delta(weight, deltas[name]) if name in deltas else weight

            write_shard(out / shard.name, stored, merged)
        weight_map |= {tensor.name: shard.name for tensor in stored}
    require_each_once(set(deltas) | set(quantized), list(weight_map), base)
    write_index(out, weight_map)


def write_index(out: Path, weight_map: dict[str, str]) -> None:
    """Say which shard holds which tensor, where there is more than one."""
    if len(set(weight_map.values())) > 1:
        (out / "model.safetensors.index.json").write_text(
            json.dumps({"metadata": {}, "weight_map": weight_map}, indent=2), encoding="utf-8"
        )


def require_each_once(wanted: set[str], names: list[str], base: Path) -> None:
    """Prove that adapter and base fit.

    Raises:
        ExportError: a module that is adapted or quantised is missing from the base, or there twice.
    """
    found = Counter(canonical_name(name) for name in names)
    wrong = sorted(name for name in wanted if found[name] != 1)
    if wrong:
        raise ExportError(
            "each adapted or quantised module once among the base's weights",
            f"{len(wrong)} missing or twice in {base}, such as {wrong[0]} ({found[wrong[0]]} times)",
            "Give the folder of the base model that the adapter was trained on.",
        )


def write_config(base: Path, out: Path, dtype: str | None) -> None:
    """Copy what a base holds beside its weights (tokenizer.model, processor, licence), and its config with `dtype`."""
    for path in base.iterdir():
        if path.is_file() and not path.name.endswith(_WEIGHT_FILES) and path.name not in _NOT_COPIED:
            shutil.copyfile(path, out / path.name)
    config = json.loads((base / "config.json").read_text(encoding="utf-8"))
    config.pop("quantization_config", None)
    for section in (config, config.get("text_config", {})):
        if dtype and ("dtype" in section or "torch_dtype" in section):
            section.pop("torch_dtype", None)
            section["dtype"] = dtype
    (out / "config.json").write_text(json.dumps(config, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
