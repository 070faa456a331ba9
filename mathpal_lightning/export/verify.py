"""Adapter, merged folder and GGUF, each compared with the model that was trained. Nothing is believed, all is measured.

artefact   compared with                     through
adapter    its own base                      transformers + PEFT: training had an effect
merged     trained model (base + adapter)    transformers: same tokens, same distributions, same stop tokens
GGUF       merged                            llama.cpp: same tokens, one BOS, same distributions, answers that end
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor
from transformers import AutoModelForCausalLM, AutoTokenizer, PreTrainedTokenizerBase

from mathpal_lightning.chat import chat_format, conversation_pieces, generation_prompt, stop_token_ids
from mathpal_lightning.errors import ExportError
from mathpal_lightning.export.adapter import read_trained_on
from mathpal_lightning.export.artefact import read_record
from mathpal_lightning.export.distributions import agreement, coarse_kl, load_trained, mean_kl, next_token_log_probs
from mathpal_lightning.export.gguf_header import read_header
from mathpal_lightning.export.llama_cpp import CERTAIN, LlamaCpp
from mathpal_lightning.export.merge import MergeInto, find_base
from mathpal_lightning.export.tokenizer import training_tokenizer
from mathpal_lightning.schema import Turn

PROMPTS = (
    (
        "Một cửa hàng buổi sáng bán được 35 kg gạo, buổi chiều bán được 48 kg. Hỏi cả ngày bán được bao nhiêu ki-lô-gam gạo?",
        "Cả ngày cửa hàng bán được số gạo là:\n35 + 48 = 83 (kg)\nĐáp số: 83 kg.",
    ),
    (
        "Một mảnh vườn hình chữ nhật có chiều dài 12,5 m và chiều rộng 8 m. Tính chu vi mảnh vườn đó.",
        "Chu vi mảnh vườn là:\n(12,5 + 8) × 2 = 41 (m)\nĐáp số: 41 m.",
    ),
    ("Tìm x biết: 3 × x - 7 = 20.", "3 × x = 20 + 7\n3 × x = 27\nx = 27 : 3\nx = 9\nĐáp số: x = 9."),
    (
        "Một chiếc áo giá 250 000 đồng được giảm giá 20%. Hỏi giá chiếc áo sau khi giảm là bao nhiêu?",
        "Số tiền được giảm là:\n250 000 × 20 : 100 = 50 000 (đồng)\nGiá chiếc áo sau khi giảm là:\n"
        "250 000 - 50 000 = 200 000 (đồng)\nĐáp số: 200 000 đồng.",
    ),
)
"""Questions and solutions at whose tokens the distributions are compared."""
POSITIONS_PER_PROMPT = 4
"""Evenly spaced from the first token of the solution to its end-of-turn."""
TOP = 2_000
"""How many of llama.cpp's next-token probabilities are read at each position."""

MAX_KL = {"merged": 0.02, "f32": 0.001, "bf16": 0.01, "f16": 0.001, "q8_0": 0.03}
"""Mean KL in nats; "merged" against the trained model, the others against merged.

Measured on Gemma 3 270M after QLoRA: merged 0.0011 to 0.0016, f16 3.5e-6 to 3.3e-5, Q8_0 0.0055 to 0.0062. The bounds are
5 to 30 times that, and a tenth of what a fault costs: merging into the original base instead of the NF4 weights, 0.25.
"""
MIN_AGREEMENT = {"merged": 0.75, "f32": 0.9, "bf16": 0.85, "f16": 0.9, "q8_0": 0.75}
"""Share of 16 positions. Near ties flip: measured 0.875 for merged and Q8_0, 1.0 for f16, on a model that learned nothing."""
MAX_ANSWER_TOKENS = 200


@dataclass(frozen=True, slots=True)
class Check:
    """One measured property of one artefact."""

    artefact: str
    name: str
    value: float | str
    bound: str
    ok: bool
    likely_cause: str
    """What usually is wrong when this check fails."""

    @property
    def line(self) -> str:
        """`KL against the trained model 0.0016 (<= 0.02)`, with the likely cause where it failed."""
        return f"{self.name} {_shown(self.value)} ({self.bound})" + ("" if self.ok else f" FAILED: {self.likely_cause}")


@dataclass(frozen=True, slots=True)
class Verification:
    """Every check of an export, in the order in which they were made."""

    checks: tuple[Check, ...]

    @property
    def ok(self) -> bool:
        """Whether every check is within its bound."""
        return all(check.ok for check in self.checks)

    def as_rows(self) -> list[dict[str, Any]]:
        """The checks as plain data for summary.json."""
        return [asdict(check) | {"line": check.line} for check in self.checks]

    def require(self) -> None:
        """Do nothing if all is well.

        Raises:
            ExportError: a check is outside its bound.
        """
        failed = [check for check in self.checks if not check.ok]
        if failed:
            found = "; ".join(f"{check.artefact}: {check.name} {_shown(check.value)} ({check.bound})" for check in failed)
            raise ExportError(
                "every exported artefact within its bounds",
                found,
                f"Likely cause: {failed[0].likely_cause}. The artefacts are kept.",
            )

    def __str__(self) -> str:
        lines = [f"{'artefact':<18} {'check':<34} {'value':>12}   {'bound':<12} verdict"]
        for check in self.checks:
            verdict = "ok" if check.ok else f"FAILED: {check.likely_cause}"
            lines.append(f"{check.artefact:<18} {check.name:<34} {_shown(check.value):>12}   {check.bound:<12} {verdict}")
        return "\n".join(lines)


def _shown(value: float | str) -> str:
    return value if isinstance(value, str) else f"{value:.3g}"


@dataclass(frozen=True, slots=True)
class _Probe:
    """The fixed prompts in training's own token ids."""

    tokenizer: PreTrainedTokenizerBase
    prompts: list[str]
    prompt_ids: list[list[int]]
    documents: list[list[int]]
    positions: list[list[int]]


def verify_export(
    adapter: str | Path, merged: str | Path, ggufs: Sequence[str | Path] = (), base: str | Path | None = None
) -> Verification:
    """Compare a merged folder and GGUF files with the trained model; figures are returned whether they are good or bad.

    Args:
        adapter: the adapter folder that was merged.
        merged: what `merge_adapter` wrote.
        ggufs: what `write_gguf` wrote.
        base: the base's folder; by default the one that the adapter's record names.

    Returns:
        The checks; call `require()` on the result to turn a failed one into an error.
    """
    adapter, merged = Path(adapter), Path(merged)
    into: MergeInto = read_record(merged).get("made_from", {}).get("into", "trained")
    folder = find_base(adapter, base, into)
    probe = _probe(training_tokenizer(adapter, folder))
    trained, without = _trained_log_probs(adapter, folder, into, probe)
    checks = [_effect_check(trained, without)]
    checks += _check_tokenizer(merged, probe)
    model = AutoModelForCausalLM.from_pretrained(str(merged), dtype=torch.float32).eval()
    merged_log_probs = next_token_log_probs(model, probe.documents, probe.positions)
    del model
    checks += _check_merged(trained, without, merged_log_probs)
    for gguf in map(Path, ggufs):
        checks += _check_gguf(gguf, merged_log_probs, probe, ends_turn=_ends_turn(trained, probe))
    return Verification(tuple(checks))


def _probe(tokenizer: PreTrainedTokenizerBase) -> _Probe:
    form = chat_format(tokenizer)
    prompts = [generation_prompt(form, [Turn("user", question)]) for question, _ in PROMPTS]
    prompt_ids = [tokenizer(prompt)["input_ids"] for prompt in prompts]
    documents = []
    for (question, solution), ids in zip(PROMPTS, prompt_ids, strict=True):
        written = conversation_pieces(form, [Turn("user", question), Turn("assistant", solution)])[-1][0]
        documents.append(ids + tokenizer(written, add_special_tokens=False)["input_ids"])
    positions = []
    for ids, document in zip(prompt_ids, documents, strict=True):
        first, last = len(ids) - 1, len(document) - 2  # the position before the end-of-turn predicts it
        steps = POSITIONS_PER_PROMPT - 1
        positions.append([first + (last - first) * step // steps for step in range(POSITIONS_PER_PROMPT)])
    return _Probe(tokenizer, prompts, prompt_ids, documents, positions)


def _trained_log_probs(adapter: Path, base: Path, into: MergeInto, probe: _Probe) -> tuple[Tensor, Tensor]:
    """[P, V] of the model with its adapter, and [P, V] without."""
    model = load_trained(adapter, base, read_trained_on(adapter), quantized=into == "trained")
    trained = next_token_log_probs(model, probe.documents, probe.positions)
    with model.disable_adapter():
        return trained, next_token_log_probs(model, probe.documents, probe.positions)


def _effect_check(trained: Tensor, without: Tensor) -> Check:
    effect = mean_kl(trained, without)
    return Check("adapter", "KL against the base without it", effect, "> 0", effect > 0, "training changed nothing")


def _check_tokenizer(merged: Path, probe: _Probe) -> list[Check]:
    tokenizer = AutoTokenizer.from_pretrained(str(merged))
    same = [tokenizer(prompt)["input_ids"] == ids for prompt, ids in zip(probe.prompts, probe.prompt_ids, strict=True)]
    chat = [_chat_ids(tokenizer, question) for question, _ in PROMPTS]
    same_chat = [ids == wanted for ids, wanted in zip(chat, probe.prompt_ids, strict=True)]
    stops = json.loads((merged / "generation_config.json").read_text()).get("eos_token_id")
    stops = stops if isinstance(stops, list) else [stops]
    missing = [stop for stop in stop_token_ids(probe.tokenizer) if stop not in stops]
    return [
        _share("merged", "prompts with training's token ids", same, "the tokenizer is not training's"),
        _share("merged", "chats with training's token ids", same_chat, "another chat template than training's, or two BOS"),
        Check("merged", "stop tokens missing", len(missing), "0", not missing, "generation_config.json lacks end-of-turn"),
    ]


def _chat_ids(tokenizer: PreTrainedTokenizerBase, question: str) -> list[int]:
    chat = [{"role": "user", "content": question}]
    text = tokenizer.apply_chat_template(chat, tokenize=False, add_generation_prompt=True)
    return tokenizer(text, add_special_tokens=False)["input_ids"]


def _share(artefact: str, name: str, hits: Sequence[bool], likely_cause: str) -> Check:
    return Check(artefact, name, f"{sum(hits)} of {len(hits)}", "all", all(hits), likely_cause)


def _check_merged(trained: Tensor, without: Tensor, merged: Tensor) -> list[Check]:
    kl, effect = mean_kl(trained, merged), mean_kl(trained, without)
    moved = mean_kl(merged, without)
    agreeing = agreement(trained.argmax(-1).tolist(), merged.argmax(-1).tolist())
    return [
        _at_most("merged", "KL against the trained model", kl, MAX_KL["merged"], "merged into other weights than training saw"),
        _at_least("merged", "top-1 agreement with it", agreeing, MIN_AGREEMENT["merged"], "merged into other weights"),
        # Half: a merge that kept the adapter lies nearer to the trained model than the bare base does.
        _at_most("merged", "that KL / the adapter's effect", kl / effect if effect else float("inf"), 0.5, _NOT_MERGED),
        _at_least("merged", "KL against the base / effect", moved / effect if effect else 0.0, 0.5, _NOT_MERGED),
    ]


_NOT_MERGED = "the adapter is not in the merged weights, or training changed less than rounding to 16 bits does"


def _at_most(artefact: str, name: str, value: float, bound: float, likely_cause: str) -> Check:
    return Check(artefact, name, value, f"<= {bound:g}", value <= bound, likely_cause)


def _at_least(artefact: str, name: str, value: float, bound: float, likely_cause: str) -> Check:
    return Check(artefact, name, value, f">= {bound:g}", value >= bound, likely_cause)


def _ends_turn(log_probs: Tensor, probe: _Probe) -> bool:
    """Whether the model puts end-of-turn first after most of the finished solutions."""
    last = log_probs[POSITIONS_PER_PROMPT - 1 :: POSITIONS_PER_PROMPT].argmax(-1)
    return (last == stop_token_ids(probe.tokenizer)[0]).float().mean().item() > 0.5


def _check_gguf(gguf: Path, merged: Tensor, probe: _Probe, *, ends_turn: bool) -> list[Check]:
    name = gguf.name
    outtype = read_record(gguf).get("made_from", {}).get("outtype", "q8_0")
    llama = LlamaCpp.load(gguf)
    same = [llama.tokenize(prompt) == ids for prompt, ids in zip(probe.prompts, probe.prompt_ids, strict=True)]
    chats = [llama.tokenize(llama.chat_prompt(question)) for question, _ in PROMPTS]
    same_chat = [ids == wanted for ids, wanted in zip(chats, probe.prompt_ids, strict=True)]
    template_ok = read_header(gguf).metadata.get("tokenizer.chat_template") == probe.tokenizer.chat_template
    prefixes = [ids[: at + 1] for ids, wanted in zip(probe.documents, probe.positions, strict=True) for at in wanted]
    tops = [llama.next_token_log_probs(prefix, TOP) for prefix in prefixes]
    kl = sum(coarse_kl(p, top) for p, top in zip(merged, tops, strict=True)) / len(tops)
    agreeing = agreement(merged.argmax(-1).tolist(), [max(top, key=top.__getitem__) for top in tops])
    checks = [
        _share(name, "prompts with training's token ids", same, "the GGUF's tokenizer is not training's"),
        _share(name, "chats with training's token ids", same_chat, "another chat template than training's, or two BOS"),
        Check(name, "chat template is training's", str(template_ok), "True", template_ok, "another chat template"),
        _at_most(name, f"KL against merged, top {TOP}", kl, MAX_KL[outtype], "converted from other weights"),
        _at_least(name, "top-1 agreement with merged", agreeing, MIN_AGREEMENT[outtype], "converted from other weights"),
    ]
    return checks + _check_stops(name, llama, probe, ends_turn=ends_turn)


def _check_stops(name: str, llama: LlamaCpp, probe: _Probe, *, ends_turn: bool) -> list[Check]:
    """A forced end-of-turn must end the answer; a model that learned to end its turn must end one of two by itself."""
    end_of_turn = stop_token_ids(probe.tokenizer)[0]
    _, forced = llama.answer(probe.prompt_ids[0], 4, bias=[(end_of_turn, CERTAIN)])
    checks = [
        Check(name, "end-of-turn ends an answer", str(forced), "True", forced, "end-of-turn is no stop token of the GGUF")
    ]
    if ends_turn:
        ended = any(llama.answer(ids, MAX_ANSWER_TOKENS)[1] for ids in probe.prompt_ids[:2])
        checks.append(Check(name, "an answer ends by itself", str(ended), "True", ended, "end-of-turn was not supervised"))
    return checks
