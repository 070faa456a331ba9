"""Every exported artefact compared with the model that was trained. Nothing is believed, all is measured.

artefact      compared with                              through
adapter       its own base                               transformers + PEFT: training had an effect
merged        trained model (base + adapter), base       transformers: tokens, stop tokens, distributions, answers
merged_4bit   the same, with wider bounds                transformers + bitsandbytes
GGUF          merged, trained model, base                llama.cpp: tokens, one BOS, template, distributions, answers
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from torch import Tensor

from mathpal_lightning.export.subject import MergedInto, Subject
from mathpal_lightning.export.verify.checks import (
    Check,
    Verification,
    check_4bit,
    check_effect,
    check_gguf,
    check_merged,
    check_tokens,
)
from mathpal_lightning.export.verify.measure import (
    Trained,
    measure_folder,
    measure_gguf,
    measure_tokens,
    measure_trained,
    measure_whole,
)
from mathpal_lightning.export.verify.probe import make_probe
from mathpal_lightning.records import read_record


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
    into: MergedInto = read_record(Path(merged)).get("made_from", {}).get("into", "trained")
    return compare(Subject.of_adapter(adapter, base, into), Path(merged), ggufs, merged_4bit)


def compare(
    subject: Subject, merged: Path, ggufs: Sequence[str | Path] = (), merged_4bit: str | Path | None = None
) -> Verification:
    """`verify_export` and `verify_full` for what is being exported."""
    probe = make_probe(subject.tokenizer)
    if subject.adapter is None:
        trained = measure_whole(merged, subject.base, probe)
        checks = check_effect(trained, "merged") + check_tokens("merged", measure_tokens(merged, probe))
        return Verification(tuple(checks + _check_others(trained, trained.log_probs, ggufs, merged_4bit)))
    trained = measure_trained(subject, probe)
    measured = measure_folder(merged, trained, rounded=False)
    checks = check_effect(trained) + check_merged(measured, trained)
    return Verification(tuple(checks + _check_others(trained, measured.log_probs, ggufs, merged_4bit)))


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
    subject = Subject("a full fine-tune", checkpoint=Path(model), base_name=str(base))
    return compare(subject, Path(model), ggufs, merged_4bit)


def _check_others(trained: Trained, merged: Tensor, ggufs: Sequence[str | Path], merged_4bit: str | Path | None) -> list[Check]:
    checks = []
    if merged_4bit is not None:
        checks += check_4bit(measure_folder(Path(merged_4bit), trained, rounded=True), trained)
    for gguf in map(Path, ggufs):
        kind = read_record(gguf).get("made_from", {}).get("outtype", "q8_0")
        checks += check_gguf(measure_gguf(gguf, kind, merged, trained), trained)
    return checks
