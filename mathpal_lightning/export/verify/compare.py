"""Every exported artefact compared with the model that was trained. Every figure is measured.

artefact      compared with                              through
adapter       its own base                               transformers + PEFT: training had an effect
merged        trained model (base + adapter), base       transformers: tokens, stop tokens, distributions, answers
merged_4bit   the same, with wider bounds                transformers + bitsandbytes
GGUF          merged, trained model, base                llama.cpp: tokens, one BOS, template, distributions, answers
web           the GGUF in it, through llama.cpp          headless Chromium: prompts, answers, their tokens and ends
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from pathlib import Path

from mathpal_lightning.errors import ExportError
from mathpal_lightning.export.subject import MergedInto, Subject
from mathpal_lightning.export.trained_on import load_trained
from mathpal_lightning.export.verify.checks import Verification, check_all, check_page, failed_page
from mathpal_lightning.export.verify.figures import MeasuredFolder, SameTokens
from mathpal_lightning.export.verify.measure import (
    measure_folder,
    measure_gguf,
    measure_page,
    measure_tokens,
    measure_trained,
    measure_whole,
)
from mathpal_lightning.export.verify.probe import make_probe
from mathpal_lightning.export.web import page_model
from mathpal_lightning.phone import find_chromium
from mathpal_lightning.records import read_record

log = logging.getLogger(__name__)


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
    """`verify_export` and `verify_full` for what is being exported: first everything is measured, then judged."""
    parts = ["the trained model", "merged", *(["merged_4bit"] if merged_4bit else []), *(Path(gguf).name for gguf in ggufs)]
    log.info("verifying: %s", ", ".join(parts))
    probe = make_probe(subject.tokenizer)
    measured: MeasuredFolder | SameTokens
    if subject.adapter is None:
        trained = measure_whole(merged, subject.base, probe)
        measured, source = measure_tokens(merged, probe), trained.log_probs
    else:
        quantized = subject.into == "trained"
        trained = measure_trained(load_trained(subject.adapter, subject.base, subject.trained_on, quantized=quantized), probe)
        measured = measure_folder(merged, trained, rounded=False)
        source = measured.log_probs
    four_bit = measure_folder(Path(merged_4bit), trained, rounded=True) if merged_4bit else None
    kinds = {Path(gguf): read_record(Path(gguf)).get("made_from", {}).get("outtype", "q8_0") for gguf in ggufs}
    return check_all(trained, measured, four_bit, [measure_gguf(gguf, kind, source, trained) for gguf, kind in kinds.items()])


def verify_page(
    checked: Verification, subject: Subject, page: Path, ggufs: Sequence[Path], say: Callable[[str], None]
) -> Verification:
    """Add the checks of a page. Without a Chromium on the machine there are none, and `say` is told.

    Args:
        checked: the checks of the other artefacts.
        subject: what is exported.
        page: what `write_web` wrote.
        ggufs: the files of the same export; the page holds the smallest.
        say: gets a line where the page cannot be verified.
    """
    if find_chromium() is None:
        say("export: web was not verified: there is no Chromium on the PATH (apt-get install chromium), in which it is asked")
        return checked
    log.info("verifying: web, in Chromium")
    try:
        found = check_page(measure_page(page, page_model(ggufs), make_probe(subject.tokenizer)))
    except ExportError as error:
        found = failed_page(error.found)
    return Verification((*checked.checks, *found))


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
