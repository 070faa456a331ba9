"""What a model on disk says about the fixed problems, as figures: token ids, next-token distributions, answers.

    the trained model   base + adapter through transformers and PEFT -> Trained
    a model folder      through transformers                         -> MeasuredFolder
    a GGUF file         through llama.cpp                            -> MeasuredGguf
    a page              through Chromium, and llama.cpp beside it    -> MeasuredPage

Legend: P positions, V vocabulary. KL is in nats. Nothing here judges a figure: that is checks.py.
"""

from __future__ import annotations

import json
import math
import os.path
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, cast

import torch
from peft import PeftModel
from torch import Tensor, nn
from torch.nn.utils.rnn import pad_sequence
from transformers import AutoTokenizer, PreTrainedTokenizerBase

from mathpal_lightning.chat import stop_token_ids
from mathpal_lightning.compat.bitsandbytes import keep_packing
from mathpal_lightning.evaluation import grade
from mathpal_lightning.export.gguf.header import read_header
from mathpal_lightning.export.verify import probe as probes
from mathpal_lightning.export.verify.figures import (
    Answers,
    MeasuredFolder,
    MeasuredGguf,
    MeasuredPage,
    SameTokens,
    Trained,
)
from mathpal_lightning.export.verify.probe import PROMPTS, Probe
from mathpal_lightning.llama_cpp import CERTAIN, LlamaCpp, LlamaSettings, Written, start_llama
from mathpal_lightning.model.generate import generate_ids
from mathpal_lightning.model.text_core import load_causal
from mathpal_lightning.phone import ask_page
from mathpal_lightning.progress import with_progress

if TYPE_CHECKING:
    from mathpal_lightning.compat.transformers import LanguageModel

TOP = 2_000
"""How many of llama.cpp's next-token probabilities are read at each position."""
TIE = 0.05
"""Nats between two tokens that another processor's rounding may exchange (0.01 was seen)."""


def measure_trained(model: PeftModel, probe: Probe) -> Trained:
    """Measure the model as training held it, with the adapter and without."""
    log_probs = next_token_log_probs(model, probe.documents, probe.positions)
    answers = answers_of(cast("LanguageModel", model), probe)
    with model.disable_adapter():
        without = next_token_log_probs(model, probe.documents, probe.positions)
    return Trained(probe, log_probs, without, answers, mean_kl(log_probs, without))


def measure_whole(model: Path, base: Path, probe: Probe) -> Trained:
    """Measure a model that was fine-tuned whole."""
    log_probs, answers = ask_folder(model, probe)
    without = ask_folder(base, probe)[0]
    return Trained(probe, log_probs, without, answers, mean_kl(log_probs, without))


def measure_folder(folder: Path, trained: Trained, *, rounded: bool) -> MeasuredFolder:
    """Measure a model folder.

    Args:
        folder: what `merge_adapter`, `merge_4bit` or `write_4bit` wrote.
        trained: what it is compared with.
        rounded: its weights are in 4 bits. Those of 16 bits are computed with in float32, to see what the merge itself cost.
    """
    log_probs, answers = ask_folder(folder, trained.probe, None if rounded else torch.float32)
    return MeasuredFolder(
        log_probs=log_probs,
        from_trained=mean_kl(trained.log_probs, log_probs),
        from_base=mean_kl(trained.without, log_probs) if rounded else mean_kl(log_probs, trained.without),
        agreement=agreement(trained.log_probs.argmax(-1).tolist(), log_probs.argmax(-1).tolist()),
        tokens=measure_tokens(folder, trained.probe),
        answers=answers,
    )


def measure_tokens(folder: Path, probe: Probe) -> SameTokens:
    """Compare the tokenizer, the chat template and the stop tokens of a model folder with training's."""
    tokenizer = AutoTokenizer.from_pretrained(str(folder))
    stops = json.loads((folder / "generation_config.json").read_text(encoding="utf-8")).get("eos_token_id")
    stops = stops if isinstance(stops, list) else [stops]
    return SameTokens(
        prompts=_same_ids(probe, [tokenizer(prompt)["input_ids"] for prompt in probe.prompts]),
        chats=_same_ids(probe, [_chat_ids(tokenizer, question) for question, _ in PROMPTS]),
        missing_stops=sum(stop not in stops for stop in stop_token_ids(probe.tokenizer)),
    )


def measure_gguf(gguf: Path, kind: str, merged: Tensor, trained: Trained) -> MeasuredGguf:
    """Measure a GGUF file through llama.cpp.

    Args:
        gguf: what `write_gguf` wrote.
        kind: its llama.cpp type.
        merged: [P, V] log-probabilities of the merged weights that it was converted from.
        trained: the trained model.
    """
    with start_llama(LlamaSettings(gguf)) as llama:
        return ask_gguf(llama, gguf, kind, merged, trained)


def ask_gguf(llama: LlamaCpp, gguf: Path, kind: str, merged: Tensor, trained: Trained) -> MeasuredGguf:
    """The figures of a GGUF file that llama.cpp has loaded."""
    probe = trained.probe
    prefixes = [ids[: at + 1] for ids, wanted in zip(probe.documents, probe.positions, strict=True) for at in wanted]
    counted = with_progress(prefixes, f"verifying {gguf.name}", "positions", len(prefixes))
    tops = [llama.next_token_log_probs(prefix, TOP) for prefix in counted]
    from_merged, from_trained, from_base = (
        sum(coarse_kl(p, top) for p, top in zip(log_probs, tops, strict=True)) / len(tops)
        for log_probs in (merged, trained.log_probs, trained.without)
    )
    _, stops = llama.answer(probe.prompt_ids[0], 4, bias=[(stop_token_ids(probe.tokenizer)[0], CERTAIN)])
    return MeasuredGguf(
        name=gguf.name,
        kind=kind,
        from_merged=from_merged,
        from_trained=from_trained,
        from_base=from_base,
        agreement=agreement(merged.argmax(-1).tolist(), [max(top, key=top.__getitem__) for top in tops]),
        same_prompts=_same_ids(probe, [llama.tokenize(prompt) for prompt in probe.prompts]),
        same_chats=_same_ids(probe, [llama.tokenize(llama.chat_prompt(question)) for question, _ in PROMPTS]),
        same_template=read_header(gguf).metadata.get("tokenizer.chat_template") == probe.tokenizer.chat_template,
        stops=stops,
        answers=judged([llama.answer(ids, probes.MAX_ANSWER_TOKENS) for ids in probe.prompt_ids]),
    )


def measure_page(folder: Path, gguf: Path, probe: Probe) -> MeasuredPage:
    """Measure the page in a headless Chromium, and llama.cpp on the same problems.

    Raises:
        ExportError: Chromium does not start, or the page does not answer in it.
    """
    most = probes.MAX_ANSWER_TOKENS
    page = ask_page(folder, [question for question, _ in PROMPTS], most)
    with start_llama(LlamaSettings(gguf)) as llama:
        wanted = [llama.written(ids, most) for ids in probe.prompt_ids]
    prompts = zip(page.answers, probe.prompts, probe.prompt_ids, strict=True)
    answers = list(zip(page.answers, wanted, strict=True))
    parted = [parts_at_a_tie(answer.text, written) for answer, written in answers]
    same = [(answer.text, answer.tokens) == (written.text, written.count) for answer, written in answers]
    ends = [answer.stopped == written.stopped for answer, written in answers]
    return MeasuredPage(
        [(answer.prompt, answer.prompt_tokens) == (prompt, len(ids)) for answer, prompt, ids in prompts],
        [hit or tie for hit, tie in zip(same, parted, strict=True)],
        [hit or tie for hit, tie in zip(ends, parted, strict=True)],
        page,
    )


def parts_at_a_tie(text: str, written: Written) -> bool:
    """Whether two greedy answers part where rounding decides: at a token that hardly led, in llama.cpp, before the second one.

    >>> five = Written("1 + 4 = 5", 9, True, ((0, 3.0), (1, 2.0), (3, 2.0), (5, 0.01), (7, 4.0)))
    >>> parts_at_a_tie("1 + 4", five), parts_at_a_tie("1 + 4 = 6", five)
    (True, False)
    """
    common = len(os.path.commonprefix([text.encode(), written.text.encode()]))
    leads = [lead for start, lead in written.tokens if start <= common]
    return bool(leads) and leads[-1] < TIE


def ask_folder(folder: Path, probe: Probe, dtype: torch.dtype | None = None) -> tuple[Tensor, Answers]:
    """The log-probabilities [P, V] of a model folder, in `dtype`, and its answers, in the dtype that it is stored in."""
    model = load_causal(folder, dtype=dtype or "auto").eval()
    keep_packing(model.modules())
    log_probs = next_token_log_probs(model, probe.documents, probe.positions)
    stored = json.loads((folder / "config.json").read_text(encoding="utf-8")).get("dtype")
    return log_probs, answers_of(model.to(getattr(torch, stored)) if dtype and stored else model, probe)


@torch.no_grad()
def next_token_log_probs(model: nn.Module, documents: Sequence[Sequence[int]], positions: Sequence[Sequence[int]]) -> Tensor:
    """Log-probabilities [P, V] float32 of the token after each position of each document, over the whole vocabulary.

    The documents are one batch, so that 4-bit weights are de-quantised once; padding stands on the right, where no
    position looks.
    """
    device = next(model.parameters()).device
    batch = pad_sequence([torch.tensor(ids) for ids in documents], batch_first=True).to(device)
    keep = sorted({position for wanted in positions for position in wanted})
    # After a training with Unsloth on a T4, the norms of every model of this process give float16.
    head: nn.Module = cast("LanguageModel", model).get_output_embeddings()
    cast_states = head.register_forward_pre_hook(lambda head, given: (given[0].to(head.weight.dtype),))
    logits = model(input_ids=batch, logits_to_keep=torch.tensor(keep, device=device), use_cache=False).logits
    cast_states.remove()
    rows = [logits[row, [keep.index(position) for position in wanted]] for row, wanted in enumerate(positions)]
    return torch.cat(rows).float().log_softmax(-1).cpu()


def answers_of(model: LanguageModel, probe: Probe) -> Answers:
    """Let a transformers or PEFT model answer greedily."""
    most = probes.MAX_ANSWER_TOKENS
    ids = generate_ids(model, probe.tokenizer, [question for question, _ in PROMPTS], most, len(PROMPTS))
    texts = probe.tokenizer.batch_decode(ids, skip_special_tokens=True)
    return judged([(text, len(written) < most) for text, written in zip(texts, ids, strict=True)])


def judged(answers: Sequence[tuple[str, bool]]) -> Answers:
    """Judge answers to `PROMPTS` by their mathematics; each comes with whether it ended by itself."""
    verdicts = [grade(*problem, text)[0] for problem, (text, _) in zip(PROMPTS, answers, strict=True)]
    return Answers(verdicts.count("correct"), sum(ended for _, ended in answers))


def _same_ids(probe: Probe, given: Sequence[list[int]]) -> list[bool]:
    """Whether the token ids that something gives to each prompt are training's."""
    return [ids == wanted for ids, wanted in zip(given, probe.prompt_ids, strict=True)]


def _chat_ids(tokenizer: PreTrainedTokenizerBase, question: str) -> list[int]:
    chat = [{"role": "user", "content": question}]
    text = tokenizer.apply_chat_template(chat, tokenize=False, add_generation_prompt=True)
    ids: list[int] = tokenizer(str(text), add_special_tokens=False)["input_ids"]
    return ids


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
