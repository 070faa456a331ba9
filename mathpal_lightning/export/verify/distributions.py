"""Next-token distributions: what a model on disk says at given positions, and how far two of them are apart.

Legend: P positions, V vocabulary. KL is in nats.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import torch
import transformers
from peft import PeftModel
from torch import Tensor, nn
from torch.nn.utils.rnn import pad_sequence
from transformers import AutoConfig, BitsAndBytesConfig

from mathpal_lightning.errors import ExportError
from mathpal_lightning.export.adapter import TrainedOn, quantized_modules


def load_trained(adapter: Path, base: Path, trained_on: TrainedOn | None, *, quantized: bool) -> PeftModel:
    """The model as training held it, from disk: the base, in 4 or 8 bits where `quantized`, and the adapter on top.

    Raises:
        ExportError: the base loads with other modules quantised than in training.
    """
    if trained_on is None:
        model = transformers.AutoModelForCausalLM.from_pretrained(str(base), dtype="auto")
        return PeftModel.from_pretrained(model, str(adapter)).eval()
    if not trained_on.model_class.startswith("Gemma"):
        raise ExportError("a Gemma class in mathpal.json", repr(trained_on.model_class), "Do not trust this adapter folder.")
    model_class = getattr(transformers, trained_on.model_class)
    settings: dict[str, Any] = {"dtype": trained_on.dtype}
    if (
        quantized
        and trained_on.quantized
        and "quantization_config" not in json.loads((base / "config.json").read_text(encoding="utf-8"))
    ):
        settings["quantization_config"] = _quantization_config(base, model_class, trained_on)
    model = model_class.from_pretrained(str(base), **settings)
    if quantized and quantized_modules(model) != trained_on.quantized:
        raise ExportError(
            "the base quantised as in training",
            f"{_summary(quantized_modules(model))} instead of {_summary(trained_on.quantized)}",
            "Install the versions of transformers and bitsandbytes named in the adapter's mathpal.json.",
        )
    keep_4bit_weights_unpacked(model)
    return PeftModel.from_pretrained(model, str(adapter)).eval()


def _quantization_config(base: Path, model_class: Any, trained_on: TrainedOn) -> BitsAndBytesConfig:
    """The settings of training, which leave every other linear layer alone."""
    (how,) = trained_on.quantized
    with torch.device("meta"):
        empty = model_class(AutoConfig.from_pretrained(str(base)))
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


def _summary(groups: Sequence[Any]) -> str:
    return ", ".join(f"{len(group.modules)} modules in {group.bits} bits {group.quant_type}" for group in groups) or "none"


def keep_4bit_weights_unpacked(model: nn.Module) -> None:
    """Stop bitsandbytes from repacking 4-bit weights at the first forward in eval mode on AVX512-BF16 CPUs.

    Repacked weights never come back, and a backward through them is wrong.
    """
    for module in model.modules():
        if hasattr(module, "support_avx512bf16_for_cpu"):
            module.support_avx512bf16_for_cpu = False  # type: ignore[assignment]


@torch.no_grad()
def next_token_log_probs(model: nn.Module, documents: Sequence[Sequence[int]], positions: Sequence[Sequence[int]]) -> Tensor:
    """Log-probabilities [P, V] float32 of the token after each position of each document, over the whole vocabulary.

    The documents are one batch, so that 4-bit weights are de-quantised once; padding stands on the right, where no
    position looks.
    """
    device = next(model.parameters()).device
    batch = pad_sequence([torch.tensor(ids) for ids in documents], batch_first=True).to(device)
    keep = sorted({position for wanted in positions for position in wanted})
    logits = model(input_ids=batch, logits_to_keep=torch.tensor(keep, device=device), use_cache=False).logits
    rows = [logits[row, [keep.index(position) for position in wanted]] for row, wanted in enumerate(positions)]
    return torch.cat(rows).float().log_softmax(-1).cpu()


def mean_kl(p: Tensor, q: Tensor) -> float:
    """Mean over positions of KL(p || q) = sum_v p(v) (log p(v) - log q(v)); p and q are log-probabilities [P, V]."""
    return (p.exp() * (p - q)).sum(-1).mean().item()


def coarse_kl(p: Tensor, q_top: Mapping[int, float]) -> float:
    """KL(p || q) where of q only its likeliest tokens S are known; p is [V] log-probabilities.

    All other tokens count as one: sum_{v in S} p(v) log(p(v) / q(v)) + p(rest) log(p(rest) / q(rest)). By the log-sum
    inequality this is never more than the full KL, and never negative.
    """
    ids = torch.tensor(list(q_top))
    q = torch.tensor(list(q_top.values()), dtype=torch.float64)
    known = p.double()[ids]
    p_rest, q_rest = 1.0 - known.exp().sum().item(), 1.0 - q.exp().sum().item()
    kl = (known.exp() * (known - q)).sum().item()
    # A rest that is rounding error on both sides holds no information; one that is so on q's side only is floored.
    return kl + (p_rest * math.log(p_rest / max(q_rest, 1e-9)) if p_rest > 1e-9 else 0.0)


def agreement(p_top: Sequence[int], q_top: Sequence[int]) -> float:
    """The share of positions at which both put the same token first."""
    return sum(a == b for a, b in zip(p_top, q_top, strict=True)) / len(p_top)
