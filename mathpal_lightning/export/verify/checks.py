"""From figures to verdicts: each measured property with its bound, and what usually is wrong where it fails.

The bounds are in formats.py. The bounds here that are no format's compare an artefact with the effect of training.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import cast

from mathpal_lightning.errors import ExportError
from mathpal_lightning.export.verify.figures import Answers, MeasuredFolder, MeasuredGguf, MeasuredPage, SameTokens, Trained
from mathpal_lightning.export.verify.measure import TOP
from mathpal_lightning.export.verify.probe import PROMPTS
from mathpal_lightning.formats import GGUF, WEB, Bounds, format_named, max_kl
from mathpal_lightning.messages import told
from mathpal_lightning.run.figures import CheckFigures


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
    def is_empty(self) -> bool:
        """Whether it is within its bound and proves nothing: no problem was solved, so none could be lost."""
        return self.ok and self.name == _SOLVED and str(self.value).startswith("0 of ")

    @property
    def verdict(self) -> str:
        """See `verdict_of`."""
        return verdict_of(self.ok, self.is_empty, self.likely_cause)

    @property
    def line(self) -> str:
        """`KL against the trained model 0.0016 (<= 0.02)`, with the likely cause where it failed."""
        return f"{self.name} {_shown(self.value)} ({self.bound})" + ("" if self.verdict == "ok" else f" {self.verdict}")


@dataclass(frozen=True, slots=True)
class Verification:
    """Every check of an export, in the order in which they were made."""

    checks: tuple[Check, ...]

    @property
    def ok(self) -> bool:
        """Whether every check is within its bound."""
        return all(check.ok for check in self.checks)

    def as_rows(self) -> list[CheckFigures]:
        """The checks as plain data for summary.json."""
        return [cast(CheckFigures, asdict(check) | {"line": check.line, "empty": check.is_empty}) for check in self.checks]

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
        rows = [("artefact", "check", "value", "bound", "verdict")]
        rows += [(check.artefact, check.name, _shown(check.value), check.bound, check.verdict) for check in self.checks]
        shown = [[told(cell) for cell in row] for row in rows]
        name = max(34, *(len(row[1]) for row in shown))
        return "\n".join(f"{row[0]:<18} {row[1]:<{name}} {row[2]:>12}   {row[3]:<12} {row[4]}" for row in shown)


def _shown(value: float | str) -> str:
    return value if isinstance(value, str) else f"{value:.3g}"


def verdict_of(ok: bool, is_empty: bool, likely_cause: str) -> str:
    """What a reader is told of a check: that all is well, that it proves nothing, or that it failed and the usual cause."""
    if is_empty:
        return "nothing solved: proves nothing"
    return "ok" if ok else f"FAILED: {likely_cause}"


def at_most(artefact: str, name: str, value: float, bound: float, likely_cause: str) -> Check:
    """A check that a value is not above its bound."""
    return Check(artefact, name, value, f"<= {bound:g}", value <= bound, likely_cause)


def at_least(artefact: str, name: str, value: float, bound: float, likely_cause: str) -> Check:
    """A check that a value is not below its bound."""
    return Check(artefact, name, value, f">= {bound:g}", value >= bound, likely_cause)


def share(artefact: str, name: str, hits: Sequence[bool], likely_cause: str) -> Check:
    """A check that something is true every time."""
    return Check(artefact, name, f"{sum(hits)} of {len(hits)}", "all", all(hits), likely_cause)


def count(artefact: str, name: str, hits: int, of: int, least: int, likely_cause: str) -> Check:
    """A check that something is true at least so many times."""
    return Check(artefact, name, f"{hits} of {of}", f">= {least}", hits >= least, likely_cause)


_ENDED, _SOLVED = "answers that end by themselves", "problems solved"
_OTHER_TOKENIZER = "the tokenizer is not training's (rebuilt from a GGUF, or without BOS)"
_OTHER_TEMPLATE = "another chat template than training's, or two BOS"
_NOT_MERGED = "the adapter is not in the merged weights, or training changed less than rounding to 16 bits does"
_OTHER_WEIGHTS = "converted from other weights"


def bounds_of(name: str) -> Bounds:
    """The bounds of a format that is compared with what it was made from."""
    bounds = format_named(name).bounds
    assert bounds is not None, f"{name} is never compared"
    return bounds


def check_effect(trained: Trained, name: str = "adapter") -> list[Check]:
    """Training changed the base. How the trained model answers is what the artefacts are held to."""
    of, answers, effect = len(PROMPTS), trained.answers, trained.effect
    return [
        Check(name, "KL against the base without it", effect, "> 0", effect > 0, "training changed nothing"),
        count(name, _ENDED, answers.ended, of, 0, ""),
        count(name, _SOLVED, answers.right, of, 0, ""),
    ]


def check_tokens(name: str, tokens: SameTokens) -> list[Check]:
    """The folder's tokenizer, template and stop tokens are training's."""
    missing = tokens.missing_stops
    return [
        share(name, "prompts with training's token ids", tokens.prompts, _OTHER_TOKENIZER),
        share(name, "chats with training's token ids", tokens.chats, _OTHER_TEMPLATE),
        Check(name, "stop tokens missing", missing, "0", not missing, "generation_config.json lacks end-of-turn"),
    ]


def check_merged(merged: MeasuredFolder, trained: Trained) -> list[Check]:
    """Merged 16-bit weights are the trained model, and hold the adapter."""
    name, bounds, effect, kl = "merged", bounds_of("merged_16bit"), trained.effect, merged.from_trained
    cause = "merged into other weights than training saw"
    return [
        *check_tokens(name, merged.tokens),
        at_most(name, "KL against the trained model", kl, bounds.max_kl, cause),
        at_least(name, "top-1 agreement with it", merged.agreement, bounds.min_agreement, cause),
        # Half: a merge that kept the adapter lies nearer to the trained model than the bare base does.
        at_most(name, "KL(trained, merged) / KL(trained, base)", kl / effect if effect else float("inf"), 0.5, _NOT_MERGED),
        at_least(name, "KL(merged, base) / KL(trained, base)", merged.from_base / effect if effect else 0.0, 0.5, _NOT_MERGED),
        *check_answers(name, bounds, merged.answers, trained.answers),
    ]


def check_4bit(merged: MeasuredFolder, trained: Trained) -> list[Check]:
    """Weights in 4 bits are the trained model but for rounding."""
    name, bounds = "merged_4bit", bounds_of("merged_4bit")
    bound, cause = max_kl(bounds, trained.effect), "quantised from other weights"
    return [
        *check_tokens(name, merged.tokens),
        at_most(name, "KL against the trained model", merged.from_trained, bound, f"{cause}, or too coarse for it"),
        at_least(name, "top-1 agreement with it", merged.agreement, bounds.min_agreement, cause),
        _nearer(name, merged.from_trained, merged.from_base),
        *check_answers(name, bounds, merged.answers, trained.answers),
    ]


def check_gguf(gguf: MeasuredGguf, trained: Trained) -> list[Check]:
    """A GGUF is the merged weights but for rounding, with training's tokens, and its answers end."""
    name, bounds = gguf.name, bounds_of(f"{GGUF}{gguf.kind}")
    bound = max_kl(bounds, trained.effect)
    bound_of_both = bound + bounds_of("merged_16bit").max_kl
    template, stops = gguf.same_template, gguf.stops
    return [
        share(name, "prompts with training's token ids", gguf.same_prompts, "the GGUF's tokenizer is not training's"),
        share(name, "chats with training's token ids", gguf.same_chats, _OTHER_TEMPLATE),
        Check(name, "chat template is training's", str(template), "True", template, "another chat template"),
        at_most(name, f"KL against merged, top {TOP}", gguf.from_merged, bound, _OTHER_WEIGHTS),
        at_least(name, "top-1 agreement with it", gguf.agreement, bounds.min_agreement, _OTHER_WEIGHTS),
        at_most(name, "KL against the trained model", gguf.from_trained, bound_of_both, _OTHER_WEIGHTS),
        _nearer(name, gguf.from_trained, gguf.from_base),
        Check(name, "end-of-turn ends an answer", str(stops), "True", stops, "end-of-turn is no stop token of the GGUF"),
        *check_answers(name, bounds, gguf.answers, trained.answers),
    ]


def check_page(measured: MeasuredPage) -> list[Check]:
    """A page reads, answers and ends as llama.cpp does with the same GGUF; how fast, for information."""
    answers, start = measured.page.answers, measured.page.start_s
    line = sum(answer.first_line_s for answer in answers) / len(answers)
    rate = sum(answer.tokens_per_s for answer in answers) / len(answers)
    return [
        share(WEB, "prompts as training's in Chromium", measured.same_prompts, "its Python reads a question differently"),
        share(WEB, "answers as llama.cpp's, in tokens", measured.same_answers, "wllama reads or rounds differently"),
        share(WEB, "answers that end as llama.cpp's", measured.same_ends, "end-of-turn is no stop token in wllama"),
        Check(WEB, "seconds to start", start, "> 0", start > 0, ""),
        Check(WEB, "seconds to the first line", line, "> 0", line > 0, ""),
        Check(WEB, "tokens a second", rate, "> 0", rate > 0, ""),
    ]


def failed_page(found: str) -> list[Check]:
    """A page that did not answer in Chromium."""
    return [Check(WEB, "answers in Chromium", found, "True", False, "the browser is too old for 64-bit WebAssembly")]


def _nearer(name: str, from_trained: float, from_base: float) -> Check:
    """Whether the artefact lies nearer to the trained model than to its base, whatever rounding adds to both distances."""
    ratio = from_trained / from_base if from_base else float("inf")
    cause = "the adapter is not in these weights, or training changed less than rounding does"
    return Check(name, "KL from trained / from the base", ratio, "< 1", ratio < 1, cause)


def check_answers(name: str, bounds: Bounds, answers: Answers, trained: Answers) -> list[Check]:
    """At least half as many answers end, and nearly as many are right, as the trained model's."""
    least_ended, least_right = -(-trained.ended // 2), max(0, trained.right - bounds.max_lost)
    return [
        count(name, _ENDED, answers.ended, len(PROMPTS), least_ended, "end-of-turn is no stop token there"),
        count(name, _SOLVED, answers.right, len(PROMPTS), least_right, "another chat template, or weights that were damaged"),
    ]


def check_all(
    trained: Trained,
    merged: MeasuredFolder | SameTokens,
    four_bit: MeasuredFolder | None = None,
    ggufs: Sequence[MeasuredGguf] = (),
) -> Verification:
    """Hold every figure against its bound.

    Args:
        trained: the trained model.
        merged: the merged folder; of a full fine-tune, whose folder is the trained model itself, only its tokens.
        four_bit: the folder in 4 bits.
        ggufs: the GGUF files.
    """
    if isinstance(merged, SameTokens):
        checks = check_effect(trained, "merged") + check_tokens("merged", merged)
    else:
        checks = check_effect(trained) + check_merged(merged, trained)
    if four_bit is not None:
        checks += check_4bit(four_bit, trained)
    for gguf in ggufs:
        checks += check_gguf(gguf, trained)
    return Verification(tuple(checks))
