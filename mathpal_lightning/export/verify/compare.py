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

from mathpal_lightning.chat import load_tokenizer
from mathpal_lightning.export.artefact import read_record
from mathpal_lightning.export.merge.weights import MergedInto, find_base
from mathpal_lightning.export.tokenizer import training_tokenizer
from mathpal_lightning.export.trained_on import read_trained_on
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
    probe = make_probe(training_tokenizer(adapter, folder))
    trained = measure_trained(adapter, folder, read_trained_on(adapter), probe, quantized=into == "trained")
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
    model = Path(model)
    trained = measure_whole(model, Path(base), make_probe(load_tokenizer(base)))
    checks = check_effect(trained, "merged") + check_tokens("merged", measure_tokens(model, trained.probe))
    return Verification(tuple(checks + _check_others(trained, trained.log_probs, ggufs, merged_4bit)))


def _check_others(trained: Trained, merged: Tensor, ggufs: Sequence[str | Path], merged_4bit: str | Path | None) -> list[Check]:
    checks = []
    if merged_4bit is not None:
        checks += check_4bit(measure_folder(Path(merged_4bit), trained, rounded=True), trained)
    for gguf in map(Path, ggufs):
        kind = read_record(gguf).get("made_from", {}).get("outtype", "q8_0")
        checks += check_gguf(measure_gguf(gguf, kind, merged, trained), trained)
    return checks
