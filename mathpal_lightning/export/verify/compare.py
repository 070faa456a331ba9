"""Every exported artefact compared with the model that was trained. Nothing is believed, all is measured.

artefact      compared with                              through
adapter       its own base                               transformers + PEFT: training had an effect
merged        trained model (base + adapter), base       transformers: tokens, stop tokens, distributions, answers
merged_4bit   the same, with wider bounds                transformers + bitsandbytes
GGUF          merged, trained model, base                llama.cpp: tokens, one BOS, template, distributions, answers
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor
from transformers import AutoModelForCausalLM, AutoTokenizer, PreTrainedTokenizerBase

from mathpal_lightning.chat import load_tokenizer, stop_token_ids
from mathpal_lightning.export.adapter import read_trained_on
from mathpal_lightning.export.artefact import read_record
from mathpal_lightning.export.gguf.header import read_header
from mathpal_lightning.export.merge.weights import MergedInto, find_base
from mathpal_lightning.export.tokenizer import training_tokenizer
from mathpal_lightning.export.verify import probe as probes
from mathpal_lightning.export.verify.distributions import (
    agreement,
    coarse_kl,
    keep_4bit_weights_unpacked,
    load_trained,
    mean_kl,
    next_token_log_probs,
)
from mathpal_lightning.export.verify.probe import PROMPTS, Answers, Probe, answers_of, judged, make_probe
from mathpal_lightning.export.verify.verification import Check, Verification, at_least, at_most, count, share
from mathpal_lightning.formats import GGUF, Bounds, format_named, max_kl
from mathpal_lightning.llama_cpp import CERTAIN, LlamaCpp, LlamaSettings, start_llama

TOP = 2_000
"""How many of llama.cpp's next-token probabilities are read at each position."""


@dataclass(frozen=True, slots=True)
class _Source:
    """What the artefacts are compared with: log-probabilities [P, V] and answers."""

    probe: Probe
    trained: Tensor
    without: Tensor
    answers: Answers

    @property
    def effect(self) -> float:
        """How far the adapter moves the base."""
        return mean_kl(self.trained, self.without)


def verify_export(
    adapter: str | Path,
    merged: str | Path,
    ggufs: Sequence[str | Path] = (),
    base: str | Path | None = None,
    merged_4bit: str | Path | None = None,
) -> Verification:
    """Compare a merged folder, its 4-bit form and GGUF files with the trained model; figures are returned, good or bad.

    Args:
        adapter: the adapter folder that was merged.
        merged: what `merge_adapter` wrote.
        ggufs: what `write_gguf` wrote.
        base: the base's folder; by default the one that the adapter's record names.
        merged_4bit: what `write_4bit` wrote.

    Returns:
        The checks; call `require()` on the result to turn a failed one into an error.
    """
    adapter, merged = Path(adapter), Path(merged)
    into: MergedInto = read_record(merged).get("made_from", {}).get("into", "trained")
    folder = find_base(adapter, base, into)
    source = _source(adapter, folder, into, make_probe(training_tokenizer(adapter, folder)))
    checks = _check_effect(source)
    merged_log_probs, answers = _asked(merged, source.probe, torch.float32)
    checks += _check_tokenizer("merged", merged, source.probe)
    checks += _check_merged(source, merged_log_probs) + _check_answers("merged", bounds_of("merged_16bit"), answers, source)
    if merged_4bit is not None:
        checks += _check_4bit(Path(merged_4bit), source)
    for gguf in map(Path, ggufs):
        checks += _check_gguf(gguf, merged_log_probs, source)
    return Verification(tuple(checks))


def verify_full(
    model: str | Path, base: str | Path, ggufs: Sequence[str | Path] = (), merged_4bit: str | Path | None = None
) -> Verification:
    """The same for a model that was fine-tuned whole: its folder is the trained model.

    Args:
        model: what `model_from_checkpoint` wrote.
        base: the base's folder.
        ggufs: what `write_gguf` wrote from it.
        merged_4bit: what `write_4bit` wrote from it.
    """
    model, probe = Path(model), make_probe(load_tokenizer(base))
    trained, answers = _asked(model, probe)
    source = _Source(probe, trained, _asked(Path(base), probe)[0], answers)
    checks = _check_effect(source, "merged") + _check_tokenizer("merged", model, probe)
    if merged_4bit is not None:
        checks += _check_4bit(Path(merged_4bit), source)
    for gguf in map(Path, ggufs):
        checks += _check_gguf(gguf, trained, source)
    return Verification(tuple(checks))


def _source(adapter: Path, base: Path, into: MergedInto, probe: Probe) -> _Source:
    model = load_trained(adapter, base, read_trained_on(adapter), quantized=into == "trained")
    trained = next_token_log_probs(model, probe.documents, probe.positions)
    answers = answers_of(model, probe)
    with model.disable_adapter():
        return _Source(probe, trained, next_token_log_probs(model, probe.documents, probe.positions), answers)


def _asked(folder: Path, probe: Probe, dtype: torch.dtype | None = None) -> tuple[Tensor, Answers]:
    """The log-probabilities [P, V] of a model folder, in `dtype`, and its answers, in the dtype that it is stored in."""
    model = AutoModelForCausalLM.from_pretrained(str(folder), dtype=dtype or "auto").eval()
    keep_4bit_weights_unpacked(model)
    log_probs = next_token_log_probs(model, probe.documents, probe.positions)
    stored = json.loads((folder / "config.json").read_text(encoding="utf-8")).get("dtype")
    return log_probs, answers_of(model.to(getattr(torch, stored)) if dtype and stored else model, probe)


def _check_effect(source: _Source, name: str = "adapter") -> list[Check]:
    """Training changed the base; how the trained model answers is what the artefacts are held to."""
    of, answers = len(PROMPTS), source.answers
    cause = "training changed nothing"
    return [
        Check(name, "KL against the base without it", source.effect, "> 0", source.effect > 0, cause),
        count(name, _ENDED, answers.ended, of, 0, ""),
        count(name, _SOLVED, answers.right, of, 0, ""),
    ]


_ENDED, _SOLVED = "answers that end by themselves", "problems solved"


def _check_tokenizer(name: str, folder: Path, probe: Probe) -> list[Check]:
    tokenizer = AutoTokenizer.from_pretrained(str(folder))
    same = [tokenizer(prompt)["input_ids"] == ids for prompt, ids in zip(probe.prompts, probe.prompt_ids, strict=True)]
    chat = [_chat_ids(tokenizer, question) for question, _ in PROMPTS]
    same_chat = [ids == wanted for ids, wanted in zip(chat, probe.prompt_ids, strict=True)]
    stops = json.loads((folder / "generation_config.json").read_text(encoding="utf-8")).get("eos_token_id")
    stops = stops if isinstance(stops, list) else [stops]
    missing = [stop for stop in stop_token_ids(probe.tokenizer) if stop not in stops]
    return [
        share(
            name,
            "prompts with training's token ids",
            same,
            "the tokenizer is not training's (rebuilt from a GGUF, or without BOS)",
        ),
        share(name, "chats with training's token ids", same_chat, "another chat template than training's, or two BOS"),
        Check(name, "stop tokens missing", len(missing), "0", not missing, "generation_config.json lacks end-of-turn"),
    ]


_OTHER_TOKENIZER = "the tokenizer is not training's (rebuilt from a GGUF, or without BOS)"


def _chat_ids(tokenizer: PreTrainedTokenizerBase, question: str) -> list[int]:
    chat = [{"role": "user", "content": question}]
    text = tokenizer.apply_chat_template(chat, tokenize=False, add_generation_prompt=True)
    return tokenizer(text, add_special_tokens=False)["input_ids"]


def _check_merged(source: _Source, merged: Tensor) -> list[Check]:
    kl, effect, bounds = mean_kl(source.trained, merged), source.effect, bounds_of("merged_16bit")
    moved = mean_kl(merged, source.without)
    agreeing = agreement(source.trained.argmax(-1).tolist(), merged.argmax(-1).tolist())
    return [
        at_most("merged", "KL against the trained model", kl, bounds.max_kl, "merged into other weights than training saw"),
        at_least("merged", "top-1 agreement with it", agreeing, bounds.min_agreement, "merged into other weights"),
        # Half: a merge that kept the adapter lies nearer to the trained model than the bare base does.
        at_most("merged", "that KL / the adapter's effect", kl / effect if effect else float("inf"), 0.5, _NOT_MERGED),
        at_least("merged", "KL against the base / effect", moved / effect if effect else 0.0, 0.5, _NOT_MERGED),
    ]


_NOT_MERGED = "the adapter is not in the merged weights, or training changed less than rounding to 16 bits does"


def bounds_of(name: str) -> Bounds:
    """The bounds of a format that is compared with what it was made from."""
    bounds = format_named(name).bounds
    assert bounds is not None, f"{name} is never compared"
    return bounds


def _check_4bit(folder: Path, source: _Source) -> list[Check]:
    log_probs, answers = _asked(folder, source.probe)
    kl, from_base = mean_kl(source.trained, log_probs), mean_kl(source.without, log_probs)
    agreeing = agreement(source.trained.argmax(-1).tolist(), log_probs.argmax(-1).tolist())
    name, bounds = "merged_4bit", bounds_of("merged_4bit")
    return [
        *_check_tokenizer(name, folder, source.probe),
        at_most(
            name,
            "KL against the trained model",
            kl,
            max_kl(bounds, source.effect),
            "quantised from other weights, or too coarse for it",
        ),
        at_least(name, "top-1 agreement with it", agreeing, bounds.min_agreement, "quantised from other weights"),
        _nearer(name, kl, from_base),
        *_check_answers(name, bounds, answers, source),
    ]


def _nearer(name: str, from_trained: float, from_base: float) -> Check:
    """Whether the artefact lies nearer to the trained model than to its base, whatever rounding adds to both distances."""
    ratio = from_trained / from_base if from_base else float("inf")
    cause = "the adapter is not in these weights, or training changed less than rounding does"
    return Check(name, "KL from trained / from the base", ratio, "< 1", ratio < 1, cause)


def _check_answers(name: str, bounds: Bounds, answers: Answers, source: _Source) -> list[Check]:
    """At least half as many answers end, and nearly as many are right, as the trained model's."""
    least_ended, least_right = -(-source.answers.ended // 2), max(0, source.answers.right - bounds.max_lost)
    return [
        count(name, _ENDED, answers.ended, len(PROMPTS), least_ended, "end-of-turn is no stop token there"),
        count(name, _SOLVED, answers.right, len(PROMPTS), least_right, "another chat template, or weights that were damaged"),
    ]


def _check_gguf(gguf: Path, merged: Tensor, source: _Source) -> list[Check]:
    with start_llama(LlamaSettings(gguf)) as llama:
        return _check_answering_gguf(gguf, llama, merged, source)


def _check_answering_gguf(gguf: Path, llama: LlamaCpp, merged: Tensor, source: _Source) -> list[Check]:
    name, probe = gguf.name, source.probe
    outtype = read_record(gguf).get("made_from", {}).get("outtype", "q8_0")
    same = [llama.tokenize(prompt) == ids for prompt, ids in zip(probe.prompts, probe.prompt_ids, strict=True)]
    chats = [llama.tokenize(llama.chat_prompt(question)) for question, _ in PROMPTS]
    same_chat = [ids == wanted for ids, wanted in zip(chats, probe.prompt_ids, strict=True)]
    template_ok = read_header(gguf).metadata.get("tokenizer.chat_template") == probe.tokenizer.chat_template
    prefixes = [ids[: at + 1] for ids, wanted in zip(probe.documents, probe.positions, strict=True) for at in wanted]
    tops = [llama.next_token_log_probs(prefix, TOP) for prefix in prefixes]
    kl, from_trained, from_base = (
        sum(coarse_kl(p, top) for p, top in zip(log_probs, tops, strict=True)) / len(tops)
        for log_probs in (merged, source.trained, source.without)
    )
    agreeing = agreement(merged.argmax(-1).tolist(), [max(top, key=top.__getitem__) for top in tops])
    bounds = bounds_of(f"{GGUF}{outtype}")
    bound = max_kl(bounds, source.effect)
    bound_of_both = bound + bounds_of("merged_16bit").max_kl
    return [
        share(name, "prompts with training's token ids", same, "the GGUF's tokenizer is not training's"),
        share(name, "chats with training's token ids", same_chat, "another chat template than training's, or two BOS"),
        Check(name, "chat template is training's", str(template_ok), "True", template_ok, "another chat template"),
        at_most(name, f"KL against merged, top {TOP}", kl, bound, "converted from other weights"),
        at_least(name, "top-1 agreement with it", agreeing, bounds.min_agreement, "converted from other weights"),
        at_most(
            name,
            "KL against the trained model",
            from_trained,
            bound_of_both,
            "converted from other weights",
        ),
        _nearer(name, from_trained, from_base),
        *_check_stops(name, bounds, llama, source),
    ]


def _check_stops(name: str, bounds: Bounds, llama: LlamaCpp, source: _Source) -> list[Check]:
    """A forced end-of-turn must end the answer; then the answers to the fixed problems."""
    probe = source.probe
    _, forced = llama.answer(probe.prompt_ids[0], 4, bias=[(probe.end_of_turn, CERTAIN)])
    answers = judged([llama.answer(ids, probes.MAX_ANSWER_TOKENS) for ids in probe.prompt_ids])
    cause = "end-of-turn is no stop token of the GGUF"
    return [
        Check(name, "end-of-turn ends an answer", str(forced), "True", forced, cause),
        *_check_answers(name, bounds, answers, source),
    ]
