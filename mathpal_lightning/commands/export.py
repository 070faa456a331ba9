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
    adapter_from_checkpoint,
    export_adapter,
    export_full,
    is_full,
    push_to_hub,
    require_push,
    write_model_card,
)
from mathpal_lightning.files import whole_file

_ADAPTER_CONFIG = "adapter_config.json"


def export(
    run: Path,
    formats: list[str] | str | None = None,
    merge_into: MergeInto = "trained",
    verify: bool = True,
    base: str | None = None,
    out: Path | None = None,
    problems: Path | None = None,
    push: str | None = None,
    artefact: Artefact = "adapter",
    private: bool = True,
) -> Export | None:
    """Export a trained model from disk, push it, or both; steps already done from the same input are skipped.

    Args:
        run: A run folder, an adapter folder (of PEFT or ours), or a .ckpt; one of a full fine-tune too.
        formats: With commas between: adapter, merged_16bit, merged_4bit (NF4), and gguf: followed by a type of llama.cpp,
            such as gguf:q8_0 or gguf:q4_k_m (an unknown one lists them all). By default the adapter, 16-bit weights and
            gguf:q8_0; with --push nothing new.
        merge_into: `trained`: into the weights that training saw; `original`: into the base as published; `best`: both,
            and the one that solves more held-out problems is kept.
        verify: Measure every artefact against the trained model.
        base: The base model's folder or name, where the adapter does not name it.
        out: Where to write; by default the run folder, or `<name>.export` beside a bare adapter or checkpoint.
        problems: Held-out problems for `best`, jsonl; by default the run's samples.jsonl.
        push: A Hub id (owner/name): send an artefact there with its model card, in one commit.
        artefact: Which one to push: adapter, merged, merged_4bit or gguf.
        private: Make the repo private, and refuse one that is public.

    Raises:
        CheckpointError: There is no adapter at `run`.
        ConfigError: An unknown format, a missing optional part, or no problems for `best`.
        ExportError: A step or the verification failed; what was written is kept.
        PushError: The Hub refused the artefact or could not be reached; everything is kept.
    """
    checkpoint = find_full_checkpoint(run)
    adapter = None if checkpoint else find_adapter(run, base)
    out = out or (run if run.is_dir() and adapter != run else run.with_suffix(".export"))
    done = None
    if formats is not None or not push:
        if push:
            require_push(push, private)
        wanted = list(DEFAULT_FORMATS) if formats is None else formats
        if adapter:
            done = export_adapter(adapter, out, wanted, merge_into, verify, base, problems=problems)
        else:
            assert checkpoint is not None
            done = export_full(checkpoint, out, wanted, verify, base)
        note(out, done)
        if done.verification is not None:
            done.verification.require()
    if push:
        pushed = push_to_hub(out if out.is_dir() or adapter is None else adapter, push, artefact, private)
        print(f"push: {artefact}, {'private' if private else 'public'}, with its model card: {pushed['url']}")
    return done


def note(out: Path, done: Export) -> None:
    """Put an export into summary.json and the model card; checks of artefacts that it did not touch stay."""
    file = out / "summary.json"
    summary = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
    earlier, figures = summary.get("export", {}), done.as_dict()
    checked = {check["artefact"] for check in figures["checks"]}
    figures["checks"] = [check for check in earlier.get("checks", ()) if check["artefact"] not in checked] + figures["checks"]
    for name in ("artefacts", "bytes", "seconds"):
        figures[name] = earlier.get(name, {}) | figures[name]
    with whole_file(file) as temporary:
        temporary.write_text(json.dumps(summary | {"export": figures}, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    write_model_card(out)


def find_adapter(run: Path, base: str | None = None) -> Path:
    """The adapter folder that `run` means: itself, the run's adapter/, beside the checkpoint, or of its newest checkpoint.

    A checkpoint that has lost its adapter folder gets it again.

    Raises:
        CheckpointError: there is none.
    """
    checkpoints = sorted(run.glob("checkpoints/*.adapter"), key=lambda folder: folder.stat().st_mtime, reverse=True)
    checkpoints.sort(key=lambda folder: folder.name == "last.adapter")
    for candidate in (run, run / "adapter", run.with_suffix(".adapter"), *checkpoints):
        if (candidate / _ADAPTER_CONFIG).is_file():
            return candidate
    if checkpoint := newest_checkpoint(run):
        return adapter_from_checkpoint(checkpoint, checkpoint.with_suffix(".adapter"), base)
    raise CheckpointError(
        "a run folder with adapter/ or checkpoints/, an adapter folder, or a .ckpt",
        f"{run} {'without one' if run.exists() else 'which does not exist'}",
        "Give the folder that `mathpal fit` wrote (outputs/<name>), or a folder with adapter_config.json.",
    )


def find_full_checkpoint(run: Path) -> Path | None:
    """The newest checkpoint of a full fine-tune; None for anything with an adapter."""
    if any(run.glob("**/" + _ADAPTER_CONFIG)) or run.with_suffix(".adapter").is_dir():
        return None
    checkpoint = newest_checkpoint(run)
    return checkpoint if checkpoint and is_full(checkpoint) else None


def newest_checkpoint(run: Path) -> Path | None:
    """The .ckpt itself, or the newest one of a run; last.ckpt only where there is no other."""
    if run.is_file():
        return run
    found = sorted(run.glob("checkpoints/*.ckpt"), key=lambda file: (file.name != "last.ckpt", file.stat().st_mtime))
    return found[-1] if found else None
