"""`mathpal export`: a run folder, an adapter folder or a checkpoint -> every format asked for, verified, pushed."""

from __future__ import annotations

import json
from pathlib import Path

from mathpal_lightning.errors import CheckpointError
from mathpal_lightning.export import (
    DEFAULT_FORMATS,
    Artefact,
    Export,
    MergeInto,
    export_adapter,
    push_to_hub,
    require_push,
    write_model_card,
)
from mathpal_lightning.files import whole_file

_ADAPTER_CONFIG = "adapter_config.json"


def export(
    run: Path,
    formats: list[str] | None = None,
    merge_into: MergeInto = "trained",
    verify: bool = True,
    base: str | None = None,
    out: Path | None = None,
    push: str | None = None,
    artefact: Artefact = "adapter",
    private: bool = True,
) -> Export | None:
    """Export a trained adapter from disk, push it, or both; steps already done from the same input are skipped.

    Args:
        run: A run folder, an adapter folder (of PEFT or ours), or a .ckpt with its adapter folder beside it.
        formats: Among adapter, merged_16bit, gguf:q8_0, gguf:f16, gguf:bf16, gguf:f32. By default the adapter, 16-bit
            weights and gguf:q8_0; with --push nothing new.
        merge_into: `trained`: into the weights that training saw; `original`: into the base as published.
        verify: Measure every artefact against the trained model.
        base: The base model's folder or name, where the adapter does not name it.
        out: Where to write; by default the run folder, or `<name>.export` beside a bare adapter or checkpoint.
        push: A Hub id (owner/name): send an artefact there with its model card, in one commit.
        artefact: Which one to push: adapter, merged, merged_4bit or gguf.
        private: Make the repo private, and refuse one that is public.

    Raises:
        CheckpointError: There is no adapter at `run`.
        ConfigError: An unknown format, or a missing optional part.
        ExportError: A step or the verification failed; what was written is kept.
        PushError: The Hub refused the artefact or could not be reached; everything is kept.
    """
    adapter = find_adapter(run)
    is_run = run.is_dir() and adapter != run
    out = out or (run if is_run else run.with_suffix(".export"))
    done = None
    if formats is not None or not push:
        if push:
            require_push(push, private)
        done = export_adapter(adapter, out, DEFAULT_FORMATS if formats is None else formats, merge_into, verify, base)
        note(out, done)
        if done.verification is not None:
            done.verification.require()
    if push:
        pushed = push_to_hub(out if out.is_dir() else adapter, push, artefact, private)
        print(f"push: {artefact}, {'private' if private else 'public'}, with its model card: {pushed['url']}")
    return done


def note(out: Path, done: Export) -> None:
    """Put an export into summary.json and the model card; checks of artefacts that it did not touch stay."""
    file = out / "summary.json"
    summary = json.loads(file.read_text()) if file.exists() else {}
    earlier, figures = summary.get("export", {}), done.as_dict()
    checked = {check["artefact"] for check in figures["checks"]}
    figures["checks"] = [check for check in earlier.get("checks", ()) if check["artefact"] not in checked] + figures["checks"]
    for name in ("artefacts", "bytes", "seconds"):
        figures[name] = earlier.get(name, {}) | figures[name]
    with whole_file(file) as temporary:
        temporary.write_text(json.dumps(summary | {"export": figures}, ensure_ascii=False, indent=2) + "\n")
    write_model_card(out)


def find_adapter(run: Path) -> Path:
    """The adapter folder that `run` means: itself, the run's adapter/, beside the checkpoint, or of its newest checkpoint.

    Raises:
        CheckpointError: there is none.
    """
    checkpoints = sorted(run.glob("checkpoints/*.adapter"), key=lambda folder: folder.stat().st_mtime, reverse=True)
    checkpoints.sort(key=lambda folder: folder.name == "last.adapter")
    for candidate in (run, run / "adapter", run.with_suffix(".adapter"), *checkpoints):
        if (candidate / _ADAPTER_CONFIG).is_file():
            return candidate
    raise CheckpointError(
        "a run folder with adapter/ or checkpoints/*.adapter, an adapter folder, or a .ckpt with an adapter folder beside it",
        f"{run} {'without one' if run.exists() else 'which does not exist'}",
        "Give the folder that `mathpal fit` wrote (outputs/<name>), or a folder with adapter_config.json.",
    )
