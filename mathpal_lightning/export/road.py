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
from mathpal_lightning.export.artefact import read_record, remove_artefact
from mathpal_lightning.export.checkpoint import model_from_checkpoint
from mathpal_lightning.export.gguf.modelfile import write_modelfile
from mathpal_lightning.export.gguf.write import require_gguf_tools, write_gguf
from mathpal_lightning.export.merge.best import MergeInto, merge_best, only_way, read_problems
from mathpal_lightning.export.merge.four_bit import merge_4bit, write_4bit
from mathpal_lightning.export.merge.weights import MergedInto, find_base, merge_adapter
from mathpal_lightning.export.tokenizer import training_tokenizer, write_tokenizer
from mathpal_lightning.export.verify.checks import Verification
from mathpal_lightning.export.verify.compare import verify_export, verify_full
from mathpal_lightning.files import outside_links, whole_folder
from mathpal_lightning.formats import DEFAULT, written_formats
from mathpal_lightning.model.resolve import resolve_model

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
    formats = format_list(formats)
    require_formats(formats, verify=verify)
    adapter, out, problems = Path(adapter), Path(out), problems or Path(out) / "samples.jsonl"
    if merge_into == "best" and only_way(adapter) is None:
        read_problems(problems)  # before the first step, not after it
    into: MergedInto = (only_way(adapter) or "trained") if merge_into == "best" else merge_into
    road = _Road(Export(into), out, say)
    source = adapter
    adapter = road.stage("adapter", lambda: _copy_adapter(source, out / "adapter", base, into, tokenizer))
    if set(formats) != {"adapter"}:
        merged = road.stage("merged", lambda: _merge(adapter, out / "merged", base, merge_into, problems, say))
        record = read_record(merged)
        road.export.merge_into, road.export.solved = record["made_from"]["into"], record.get("solved", {})
        road.go(merged, formats, lambda folder: merge_4bit(adapter, folder, base))
        if verify:
            road.verified(lambda ggufs, merged_4bit: verify_export(adapter, merged, ggufs, base, merged_4bit))
    return road.export


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
    formats = format_list(formats)
    require_formats(formats, verify=verify)
    out, road = Path(out), _Road(Export("trained"), Path(out), say)
    merged = road.stage("merged", lambda: model_from_checkpoint(Path(checkpoint), out / "merged", base))
    road.go(merged, formats, lambda folder: write_4bit(merged, folder))
    if verify:
        folder = resolve_model(base or read_record(merged)["base"])
        road.verified(lambda ggufs, merged_4bit: verify_full(merged, folder, ggufs, merged_4bit))
    return road.export


@dataclass(slots=True)
class _Road:
    """An export on its way: every stage is timed, recorded and told."""

    export: Export
    out: Path
    say: Callable[[str], None]

    def stage(self, name: str, write: Callable[[], Path]) -> Path:
        """Do one step."""
        started = time.perf_counter()
        path = write()
        self.export.artefacts[name], self.export.seconds[name] = path, round(time.perf_counter() - started, 2)
        self.say(f"export: {name} in {self.export.seconds[name]:.1f} s, {_size(path) / 1e6:,.0f} MB: {path}")
        return path

    def go(self, merged: Path, formats: Sequence[str], write_4bit: Callable[[Path], Path]) -> None:
        """From merged weights to the other formats; K-quants share one bf16 GGUF, which goes when it was not asked for."""
        if "merged_4bit" in formats:
            self.stage("merged_4bit", lambda: write_4bit(self.out / "merged_4bit"))
        outtypes: list[Any] = [name.removeprefix("gguf:") for name in formats if name.startswith("gguf:")]
        folder = self.out / "gguf"
        passing = folder / ".bf16.gguf"
        source = folder / "model-bf16.gguf" if "bf16" in outtypes else passing
        for outtype in outtypes:
            file = folder / f"model-{outtype}.gguf"
            self.stage(f"gguf:{outtype}", partial(write_gguf, merged, file, outtype, source))
            write_modelfile(file, file.with_name(f"Modelfile-{outtype}"))
        remove_artefact(passing)

    def verified(self, verify: Callable[[list[Path], Path | None], Verification]) -> None:
        """Measure what was written, and show the table."""
        started = time.perf_counter()
        files = [path for name, path in self.export.artefacts.items() if name.startswith("gguf:")]
        self.export.verification = verify(files, self.export.artefacts.get("merged_4bit"))
        self.export.seconds["verify"] = round(time.perf_counter() - started, 2)
        self.say(f"export: verified in {self.export.seconds['verify']:.1f} s\n{self.export.verification}")


def _merge(
    adapter: Path,
    out: Path,
    base: str | Path | None,
    into: MergeInto,
    problems: str | Path,
    say: Callable[[str], None],
) -> Path:
    return merge_best(adapter, out, problems, base, say) if into == "best" else merge_adapter(adapter, out, base, into)


def _copy_adapter(
    source: Path, out: Path, base: str | Path | None, into: MergedInto, tokenizer: PreTrainedTokenizerBase | None
) -> Path:
    """Copy a checkpoint's adapter to the run, with training's tokenizer, which checkpoints leave out."""
    whole = (source / "tokenizer_config.json").is_file()
    if whole and source.resolve() == out.resolve():
        return out
    with whole_folder(out) as temporary:
        if links := outside_links(source):
            raise ExportError(
                f"an adapter folder {source} that holds its files",
                f"a link out of it, {links[0].name} -> {links[0].readlink()}",
                "Put the file itself there, if you trust where it comes from.",
            )
        shutil.copytree(source, temporary, dirs_exist_ok=True, ignore=shutil.ignore_patterns(*NOT_COPIED))
        if not whole:
            write_tokenizer(tokenizer or training_tokenizer(source, find_base(source, base, into)), temporary)
    return out


def _size(path: Path) -> int:
    return path.stat().st_size if path.is_file() else sum(file.stat().st_size for file in path.rglob("*") if file.is_file())
