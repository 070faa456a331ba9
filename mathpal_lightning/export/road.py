"""The whole road in one call: an adapter folder -> adapter/, merged/, gguf/ of a run, and their verification."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from transformers import PreTrainedTokenizerBase

from mathpal_lightning.errors import ConfigError, ExportError
from mathpal_lightning.export.checkpoint import model_from_checkpoint
from mathpal_lightning.export.gguf.modelfile import write_modelfile
from mathpal_lightning.export.gguf.write import require_gguf_tools, write_gguf
from mathpal_lightning.export.merge.best import merge_the_best, read_problems
from mathpal_lightning.export.merge.four_bit import merge_in_4bit, write_4bit
from mathpal_lightning.export.merge.weights import merge
from mathpal_lightning.export.subject import MergeInto, Subject
from mathpal_lightning.export.tokenizer import write_tokenizer
from mathpal_lightning.export.verify.checks import Verification
from mathpal_lightning.export.verify.compare import compare
from mathpal_lightning.files import outside_links, whole_folder
from mathpal_lightning.formats import DEFAULT, GGUF, rows, written_formats
from mathpal_lightning.records import read_record, remove_artefact, require_whole, seal
from mathpal_lightning.run import RunFolder

FORMATS, DEFAULT_FORMATS = written_formats(), DEFAULT

NOT_COPIED = ("*.py", "*.bin", "*.pt", "*.pth", "*.pkl", "*.ckpt")
"""Files of an adapter folder that may hold a program, and that no artefact needs."""


@dataclass(slots=True)
class Export:
    """What was written, how long each stage took, and what the verification found."""

    merge_into: MergeInto
    solved: dict[str, int] = field(default_factory=dict)
    """With `best`: how many of the held-out problems each way of merging solved."""
    artefacts: dict[str, Path] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)
    verification: Verification | None = None

    def as_dict(self) -> dict[str, Any]:
        """Plain data for summary.json."""
        return {
            "merge_into": self.merge_into,
            "solved": self.solved,
            "artefacts": {name: str(path) for name, path in self.artefacts.items()},
            "bytes": {name: _size(path) for name, path in self.artefacts.items()},
            "seconds": self.seconds,
            "checks": self.verification.as_rows() if self.verification else [],
        }


def format_list(formats: Sequence[str] | str) -> list[str]:
    """Formats as a list; `adapter,gguf:q4_k_m` is one too.

    >>> format_list("adapter, gguf:q4_k_m")
    ['adapter', 'gguf:q4_k_m']
    """
    return [name.strip() for name in formats.split(",") if name.strip()] if isinstance(formats, str) else list(formats)


def require_formats(formats: Sequence[str] | str, *, verify: bool = True) -> None:
    """Prove before training that every format is known and that the tools for it are installed.

    Raises:
        ConfigError: an unknown format, or a missing optional part with the command that installs it.
    """
    formats = format_list(formats)
    known = written_formats()
    unknown = [name for name in formats if name not in known]
    if unknown or not formats:
        raise ConfigError(f"export formats among {', '.join(known)}", f"{unknown or 'none'}", "Correct the list of formats.")
    if any(name.startswith("gguf:") for name in formats):
        require_gguf_tools(verify=verify)


def export_adapter(
    adapter: str | Path,
    out: str | Path,
    formats: Sequence[str] | str = DEFAULT_FORMATS,
    merge_into: MergeInto = "trained",
    verify: bool = True,
    base: str | Path | None = None,
    tokenizer: PreTrainedTokenizerBase | None = None,
    say: Callable[[str], None] = print,
    problems: str | Path | None = None,
) -> Export:
    """Export an adapter to every format asked for, from disk; what is there already from the same input is kept.

    Args:
        adapter: a PEFT adapter folder, of this project or another.
        out: the run folder; gets adapter/, merged/ (also on the way to the others), merged_4bit/ and
            gguf/model-<type>.gguf.
        formats: among `FORMATS`.
        merge_into: see `merge_adapter`; `best` merges both ways and keeps the one that solves more held-out problems
            (`merge_best`). The Export says which was taken.
        verify: measure what was written. The figures are returned, good or bad: call `verification.require()`.
        base: the base's folder, where the adapter's record does not name it.
        tokenizer: training's, where the adapter folder holds none; the base's with our template by default.
        say: gets one line per finished stage.
        problems: held-out problems for `best`; the run's samples.jsonl by default.

    Raises:
        ConfigError: an unknown format, a missing optional part, or no problems for `best`.
        ExportError: a step failed; what was finished before it is kept.
    """
    return export_subject(Subject.of_adapter(adapter, base, merge_into, tokenizer), out, formats, verify, say, problems)


def export_full(
    checkpoint: str | Path,
    out: str | Path,
    formats: Sequence[str] | str = DEFAULT_FORMATS,
    verify: bool = True,
    base: str | None = None,
    say: Callable[[str], None] = print,
) -> Export:
    """Export the checkpoint of a full fine-tune: `merged/` is its model; there is no adapter, and none is written.

    Args:
        checkpoint: a .ckpt of MathPalModule with `finetune: full`.
        out: see `export_adapter`.
        formats: among `FORMATS`.
        verify: measure what was written.
        base: the base's folder or name, where the checkpoint's own is not there.
        say: gets one line per finished stage.

    Raises:
        CheckpointError: the checkpoint cannot be read or is another module's.
        ConfigError, ExportError: see `export_adapter`.
    """
    subject = Subject(f"checkpoint {checkpoint}", checkpoint=Path(checkpoint), base_name=base)
    return export_subject(subject, out, formats, verify, say)


def export_subject(
    subject: Subject,
    out: str | Path,
    formats: Sequence[str] | str = DEFAULT_FORMATS,
    verify: bool = True,
    say: Callable[[str], None] = print,
    problems: str | Path | None = None,
) -> Export:
    """The road itself: adapter/, merged/, merged_4bit/, gguf/, and their verification. See `export_adapter`."""
    formats = format_list(formats)
    require_formats(formats, verify=verify)
    run, export = RunFolder.of(out), Export(subject.into)
    problems = problems or run.samples
    if subject.merge_into == "best" and subject.only_way is None:
        read_problems(problems)  # before the first step, not after it
    stage = partial(_stage, export, say)
    if subject.adapter is not None:
        source = subject
        subject = source.copied_to(stage("adapter", lambda: _copy_adapter(source, run.adapter)))
    if set(formats) == {"adapter"} and subject.adapter is not None:
        return export
    merged = stage("merged", lambda: _merge(subject, run.merged, problems, say))
    if subject.adapter is not None:
        record = read_record(merged)
        export.merge_into, export.solved = record["made_from"]["into"], record.get("solved", {})
        subject = subject.merged_into(record["made_from"]["into"])
    if "merged_4bit" in formats:
        stage("merged_4bit", lambda: _merge_in_4bit(subject, merged, run.merged_4bit))
    ggufs = _write_ggufs(merged, run.gguf, formats, stage)
    if verify:
        started = time.perf_counter()
        export.verification = compare(subject, merged, ggufs, export.artefacts.get("merged_4bit"))
        export.seconds["verify"] = round(time.perf_counter() - started, 2)
        say(f"export: verified in {export.seconds['verify']:.1f} s\n{export.verification}")
    return export


def _stage(export: Export, say: Callable[[str], None], name: str, write: Callable[[], Path]) -> Path:
    """Do one step: time it, record it, tell it."""
    started = time.perf_counter()
    path = write()
    export.artefacts[name], export.seconds[name] = path, round(time.perf_counter() - started, 2)
    say(f"export: {name} in {export.seconds[name]:.1f} s, {_size(path) / 1e6:,.0f} MB: {path}")
    return path


def _copy_adapter(subject: Subject, out: Path) -> Path:
    """Copy a checkpoint's adapter to the run, with training's tokenizer, which checkpoints leave out."""
    source = subject.adapter_folder
    require_whole(source)
    has_tokenizer = (source / "tokenizer_config.json").is_file()
    if has_tokenizer and source.resolve() == out.resolve():
        return out
    with whole_folder(out) as temporary:
        if links := outside_links(source):
            raise ExportError(
                f"an adapter folder {source} that holds its files",
                f"a link out of it, {links[0].name} -> {links[0].readlink()}",
                "Put the file itself there, if you trust where it comes from.",
            )
        shutil.copytree(source, temporary, dirs_exist_ok=True, ignore=shutil.ignore_patterns(*NOT_COPIED))
        if not has_tokenizer:
            write_tokenizer(subject.tokenizer, temporary)
        if subject.trained_on is not None:
            seal(temporary)
    return out


def _merge(subject: Subject, out: Path, problems: str | Path, say: Callable[[str], None]) -> Path:
    if subject.checkpoint is not None:
        return model_from_checkpoint(subject.checkpoint, out, subject.base_name)
    return merge_the_best(subject, out, problems, say) if subject.merge_into == "best" else merge(subject, out)


def _merge_in_4bit(subject: Subject, merged: Path, out: Path) -> Path:
    return write_4bit(merged, out) if subject.adapter is None else merge_in_4bit(subject, out)


def _write_ggufs(
    merged: Path, folder: Path, formats: Sequence[str], stage: Callable[[str, Callable[[], Path]], Path]
) -> list[Path]:
    """Every GGUF asked for, with its Modelfile. K-quants share one bf16 GGUF, which goes when it was not asked for."""
    wanted = [form for form in rows(formats) if form.name.startswith(GGUF)]
    passing = folder / ".bf16.gguf"
    source = folder / "model-bf16.gguf" if "gguf:bf16" in formats else passing
    files = []
    for form in wanted:
        file = folder.parent / form.path
        files.append(stage(form.name, partial(write_gguf, merged, file, form.kind, source)))
        write_modelfile(file, file.with_name(f"Modelfile-{form.kind}"))
    remove_artefact(passing)
    return files


def _size(path: Path) -> int:
    return path.stat().st_size if path.is_file() else sum(file.stat().st_size for file in path.rglob("*") if file.is_file())
