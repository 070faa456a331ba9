"""`mathpal export`: a run folder, an adapter folder or a checkpoint -> every format asked for, verified, pushed."""

from __future__ import annotations

import json as jsons
import sys
from functools import partial
from pathlib import Path

from mathpal_lightning.compat.system import quoted
from mathpal_lightning.errors import ExportError
from mathpal_lightning.export import (
    DEFAULT_FORMATS,
    Artefact,
    Export,
    ExportedVocabulary,
    MergeInto,
    export_subject,
    find_subject,
    note,
    push_to_hub,
    require_push,
)
from mathpal_lightning.run import RunFolder


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
    vocabulary: ExportedVocabulary = "trained",
    json: bool = False,
) -> Export | None:
    """Export a trained model from disk, push it, or both; steps already done from the same input are skipped.

    Args:
        run: A run folder, an adapter folder (of PEFT or ours), or a .ckpt; one of a full fine-tune too.
        formats: With commas between: adapter, merged_16bit, merged_4bit (NF4), gguf: followed by a type of llama.cpp, such as
            gguf:q8_0 or gguf:q4_k_m (an unknown one lists them all), and web, a page that solves problems in a browser. By
            default the adapter, 16-bit weights and gguf:q8_0; with --push nothing new.
        merge_into: `trained`: into the weights that training saw; `original`: into the base as published; `best`: both,
            and the one that solves more held-out problems is kept.
        verify: Measure every artefact against the trained model.
        base: The base model's folder or name, where the adapter does not name it.
        out: Where to write; by default the run folder, or `<name>.export` beside a bare adapter or checkpoint.
        problems: Held-out problems for `best`, jsonl; by default the run's samples.jsonl.
        push: A Hub id (owner/name): send an artefact there with its model card, in one commit.
        artefact: Which one to push: adapter, merged, merged_4bit or gguf.
        private: Make the repo private, and refuse one that is public.
        vocabulary: Of merged weights and GGUFs after a small vocabulary: `trained` keeps it, `full` takes the base's own.
        json: Print artefacts, sizes, seconds, checks and the push as json at the end; what is done meanwhile goes to stderr.

    Raises:
        CheckpointError: There are no weights at `run`, or none that is whole.
        ConfigError: An unknown format, a missing optional part, or no problems for `best`.
        ExportError: A step or the verification failed; what was written is kept.
        PushError: The Hub refused the artefact or could not be reached; everything is kept.
    """
    subject = find_subject(run, base, merge_into, vocabulary)
    say = partial(print, file=sys.stderr) if json else print
    say(f"export: {subject.line}")
    out = out or RunFolder.of_export(run).path
    done = None
    if formats is not None or not push:
        if push:
            require_push(push, private, say)
        wanted = list(DEFAULT_FORMATS) if formats is None else formats
        done = export_subject(subject, out, wanted, verify, say, problems=problems)
        note(out, done)
        if done.verification is not None:
            done.verification.require()
    elif RunFolder(out).adapter.is_dir() and subject.adapter not in (None, RunFolder(out).adapter):
        raise ExportError(
            f"an export of the {subject.line}",
            f"one of other weights in {out}",
            f"Export and push in one go: --formats {','.join(DEFAULT_FORMATS)} --push {push}. To push the older one, name its "
            f"folder: --run {quoted(RunFolder(out).adapter)}.",
        )
    figures: dict[str, object] = {**done.as_dict()} if done else {}
    if push:
        pushed = push_to_hub(out if out.is_dir() or subject.adapter is None else subject.adapter, push, artefact, private)
        figures["pushed"] = pushed | {"artefact": artefact, "private": private}
        say(f"push: {artefact}, {'private' if private else 'public'}, with its model card: {pushed['url']}")
    if json:
        print(jsons.dumps(figures, ensure_ascii=False, indent=2))
    return done
