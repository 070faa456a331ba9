"""Adapter + base -> merged 16-bit folder, one tensor in memory at a time.

Each weight is what training held (de-quantised again where training held it in 4 or 8 bits and `into` is "trained"), changed as
the adapter says (deltas.py), and rounded once.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import torch
from safetensors import safe_open
from torch import Tensor

from mathpal_lightning.errors import ExportError
from mathpal_lightning.export.merge.deltas import Delta, apply_delta, canonical_name, read_deltas
from mathpal_lightning.export.merge.shards import StoredTensor, read_stored, write_config, write_index, write_shard
from mathpal_lightning.export.subject import MergedInto, Subject
from mathpal_lightning.export.tokenizer import save_tokenizer
from mathpal_lightning.export.trained_on import Quantization, TrainedOn
from mathpal_lightning.files import whole_folder
from mathpal_lightning.records import is_made_from, write_record


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
        ExportError: the base is not the one trained on, adapter and base do not fit, the adapter has no merged form, or it
            changed since it was written.
        ModelError: the base cannot be found.
    """
    return merge(Subject.of_adapter(adapter, base, into), Path(out))


def merge(subject: Subject, out: Path) -> Path:
    """`merge_adapter` for what is being exported."""
    if is_made_from(out, subject.inputs):
        return out
    trained_on = subject.trained_on
    deltas = read_deltas(subject.adapter_folder, subject.base)
    quantized = _quantized_by_name(trained_on) if subject.into == "trained" and trained_on else {}
    dtype = trained_on.dtype if trained_on else None
    with whole_folder(out) as temporary:
        _merge_weights(subject.base, temporary, deltas, quantized, dtype)
        write_config(subject.base, temporary, dtype)
        save_tokenizer(subject.tokenizer, temporary)
        write_record(temporary, subject.inputs, adapter=str(subject.adapter))
    return out


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


def _quantized_by_name(trained_on: TrainedOn) -> dict[str, Quantization]:
    return {f"{canonical_name(name)}.weight": group for group in trained_on.quantized for name in group.modules}


def _merge_weights(
    base: Path, out: Path, deltas: Mapping[str, Delta], quantized: Mapping[str, Quantization], dtype: str | None
) -> None:
    weight_map: dict[str, str] = {}
    for shard in sorted(base.glob("*.safetensors")):
        with safe_open(shard, framework="pt") as file:
            stored = read_stored(file, getattr(torch, dtype) if dtype else None)
            write_shard(out / shard.name, stored, _merged(file, stored, deltas, quantized))
        weight_map |= {tensor.name: shard.name for tensor in stored}
    require_each_once(set(deltas) | set(quantized), list(weight_map), base)
    write_index(out, weight_map)


def _merged(
    file: Any, stored: Sequence[StoredTensor], deltas: Mapping[str, Delta], quantized: Mapping[str, Quantization]
) -> Iterator[Tensor]:
    """The merged weights of an open shard, one after another."""
    for tensor in stored:
        name, weight = canonical_name(tensor.name), tensor.read(file)
        if name in quantized and not tensor.prequantized:
            weight = requantize(weight, quantized[name])
        yield apply_delta(weight, deltas[name]) if name in deltas else weight


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
