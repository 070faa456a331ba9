"""The whole road in one call: an adapter folder -> adapter/, merged/, gguf/, web/ of a run, and their verification."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

from transformers import PreTrainedTokenizerBase

from mathpal_lightning.export.adapter import copy_adapter
from mathpal_lightning.export.checkpoint import model_from_checkpoint
from mathpal_lightning.export.gguf.tools import require_gguf_tools
from mathpal_lightning.export.gguf.write import Stage, write_ggufs
from mathpal_lightning.export.merge.best import merge_the_best, read_problems
from mathpal_lightning.export.merge.four_bit import merge_in_4bit, write_4bit
from mathpal_lightning.export.merge.weights import merge
from mathpal_lightning.export.publish.model_card import write_model_card
from mathpal_lightning.export.subject import ExportedVocabulary, MergeInto, Subject
from mathpal_lightning.export.verify.checks import Verification
from mathpal_lightning.export.verify.compare import compare, verify_page
from mathpal_lightning.export.web import write_web
from mathpal_lightning.formats import DEFAULT, GGUF, WEB, WEB_MODEL, require_written, written_formats
from mathpal_lightning.phone import require_packages
from mathpal_lightning.records import digest_of_record, is_of_merged, read_record
from mathpal_lightning.run import RunFolder
from mathpal_lightning.run.figures import ExportFigures

FORMATS, DEFAULT_FORMATS = written_formats(), DEFAULT


@dataclass(slots=True)
class Export:
    """What was written, how long each stage took, and what the verification found."""

    merge_into: MergeInto
    solved: dict[str, int] = field(default_factory=dict)
    """With `best`: how many of the held-out problems each way of merging solved."""
    artefacts: dict[str, Path] = field(default_factory=dict)
    bytes: dict[str, int] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)
    verification: Verification | None = None

    def as_dict(self) -> ExportFigures:
        """Plain data for summary.json."""
        return {
            "merge_into": self.merge_into,
            "solved": self.solved,
            "artefacts": {name: str(path) for name, path in self.artefacts.items()},
            "bytes": self.bytes,
            "seconds": self.seconds,
            "digests": {path.name: digest_of_record(path) for path in self.artefacts.values()},
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
    require_written(formats)
    if any(name.startswith(GGUF) or name == WEB for name in formats):
        require_gguf_tools(verify=verify)
    if WEB in formats:
        require_packages()


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
    vocabulary: ExportedVocabulary = "trained",
) -> Export:
    """Export an adapter to every format asked for, from disk; what is there already from the same input is kept.

    Args:
        adapter: a PEFT adapter folder, of this project or another.
        out: the run folder; gets adapter/, merged/ (also on the way to the others), merged_4bit/,
            gguf/model-<type>.gguf and web/.
        formats: among `FORMATS`.
        merge_into: see `merge_adapter`; `best` merges both ways and keeps the one that solves more held-out problems
            (`merge_best`). The Export says which was taken.
        verify: measure what was written. The figures are returned, good or bad: call `verification.require()`.
        base: the base's folder, where the adapter's record does not name it.
        tokenizer: training's, where the adapter folder holds none; the base's with our template by default.
        say: gets one line per finished stage.
        problems: held-out problems for `best`; the run's samples.jsonl by default.
        vocabulary: of merged weights and GGUFs: `trained` as in training, `full` the base's own.

    Raises:
        ConfigError: an unknown format, a missing optional part, or no problems for `best`.
        ExportError: a step failed; what was finished before it is kept.
    """
    subject = Subject.of_adapter(adapter, base, merge_into, tokenizer, vocabulary)
    return export_subject(subject, out, formats, verify, say, problems)


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
    """The road itself: adapter/, merged/, merged_4bit/, gguf/, web/, and their verification. See `export_adapter`."""
    run, export = RunFolder.of(out), Export(subject.into)
    stage = _timed(export, say)
    formats = _with_model(format_list(formats))
    require_formats(formats, verify=verify)
    if subject.merge_into == "best" and subject.only_way is None:
        problems = problems or run.samples
        read_problems(problems)  # before the first step, not after it
    if subject.adapter is None:
        assert subject.checkpoint is not None
        merged = stage("merged", partial(model_from_checkpoint, subject.checkpoint, run.merged, subject.base_name))
    else:
        subject = replace(subject, adapter=stage("adapter", partial(copy_adapter, subject, run.adapter)))
        if set(formats) == {"adapter"}:
            return export
        way = partial(merge_the_best, problems=problems, say=say) if subject.merge_into == "best" else merge
        merged = stage("merged", partial(way, subject, run.merged))
        record = read_record(merged)
        export.merge_into, export.solved = record["made_from"]["into"], record.get("solved", {})
        subject = replace(subject, merge_into=export.merge_into)
    if "merged_4bit" in formats:
        quantize = partial(write_4bit, merged) if subject.adapter is None else partial(merge_in_4bit, subject)
        stage("merged_4bit", partial(quantize, run.merged_4bit))
    ggufs = write_ggufs(merged, run.path, formats, stage)
    if WEB in formats:
        stage(WEB, partial(write_web, run, ggufs))
    if verify:
        started = time.perf_counter()
        export.verification = compare(subject, merged, ggufs, export.artefacts.get("merged_4bit"))
        if WEB in formats:
            export.verification = verify_page(export.verification, subject, run.web, ggufs, say)
        export.seconds["verify"] = round(time.perf_counter() - started, 2)
        say(f"export: verified in {export.seconds['verify']:.1f} s\n{export.verification}")
    return export


def _timed(export: Export, say: Callable[[str], None]) -> Stage:
    """A function that does one step of an export: it times the step, records it in `export` and tells it."""

    def stage(name: str, write: Callable[[], Path]) -> Path:
        started = time.perf_counter()
        path = write()
        files = [path] if path.is_file() else [file for file in path.rglob("*") if file.is_file()]
        export.artefacts[name], export.bytes[name] = path, sum(file.stat().st_size for file in files)
        export.seconds[name] = round(time.perf_counter() - started, 2)
        say(f"export: {name} in {export.seconds[name]:.1f} s, {export.bytes[name] / 1e6:,.0f} MB: {path}")
        return path

    return stage


def _with_model(formats: list[str]) -> list[str]:
    """The formats, with a GGUF for the page where they name none."""
    has_model = any(name.startswith(GGUF) for name in formats)
    return formats if WEB not in formats or has_model else [*formats, WEB_MODEL]


def note(out: Path, done: Export) -> None:
    """Put an export into summary.json and the model card; earlier checks stay where their artefact is as it was checked.

    The checks of a GGUF that was made from earlier merged weights go: they say nothing of the present ones.
    """
    run = RunFolder(out)
    earlier, figures = run.read_summary().get("export", {}), done.as_dict()
    noted, found = earlier.get("digests", {}), figures["digests"]
    written = {name for name, digest in found.items() if not digest or noted.get(name) != digest}
    replaced = written | {check["artefact"] for check in figures["checks"]}
    replaced |= {file.name for file in run.gguf.glob("*.gguf") if not is_of_merged(file, run.merged)}
    figures["checks"] = [check for check in earlier.get("checks", ()) if check["artefact"] not in replaced] + figures["checks"]
    if "merged" not in done.artefacts and "merge_into" in earlier:
        figures["merge_into"], figures["solved"] = earlier["merge_into"], earlier.get("solved", {})
    figures["digests"] = noted | found
    figures["artefacts"] = earlier.get("artefacts", {}) | figures["artefacts"]
    figures["bytes"] = earlier.get("bytes", {}) | figures["bytes"]
    figures["seconds"] = earlier.get("seconds", {}) | figures["seconds"]
    run.note(export=figures)
    write_model_card(out)
