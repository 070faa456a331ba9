"""Adapter + base -> merged 16-bit folder, one tensor in memory at a time.

Each weight is what training held (de-quantised again where training held it in 4 or 8 bits and `into` is "trained"), changed as
the adapter says (deltas.py), and rounded once.
"""

from __future__ import annotations

from pathlib import Path

from torch import Tensor

from mathpal_lightning.export.merge.deltas import apply_delta, canonical_name, read_deltas, requantize, require_each_once
from mathpal_lightning.export.merge.shards import StoredTensor, rewrite_model
from mathpal_lightning.export.subject import MergedInto, Subject
from mathpal_lightning.export.tokenizer import save_tokenizer
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
    deltas = read_deltas(subject.adapter_folder, subject.peft_config, subject.base, subject.model_class)
    held = trained_on.quantized if trained_on and subject.into == "trained" else ()
    quantized = {f"{canonical_name(name)}.weight": group for group in held for name in group.modules}
    require_each_once(set(quantized), subject.base)

    def merged(weight: StoredTensor, value: Tensor) -> Tensor:
        name = canonical_name(weight.name)
        if name in quantized and not weight.prequantized:
            value = requantize(value, quantized[name])
        return apply_delta(value, deltas[name]) if name in deltas else value

    with whole_folder(out) as temporary:
        rewrite_model(subject.base, temporary, subject.stored_dtype, merged)
        save_tokenizer(subject.tokenizer, temporary)
        write_record(temporary, subject.inputs, adapter=str(subject.adapter))
    return out
