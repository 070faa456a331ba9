"""The whole road in one call: an adapter folder -> adapter/, merged/, gguf/ of a run, and their verification."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, get_args

from transformers import PreTrainedTokenizerBase

from mathpal_lightning.errors import ConfigError, ExportError
from mathpal_lightning.export.gguf import OutType, require_gguf_tools, write_gguf
from mathpal_lightning.export.merge import MergeInto, find_base, merge_adapter
from mathpal_lightning.export.modelfile import write_modelfile
from mathpal_lightning.export.tokenizer import training_tokenizer
from mathpal_lightning.export.verify import Verification, verify_export
from mathpal_lightning.files import outside_links, whole_folder

FORMATS = ("adapter", "merged_16bit", *(f"gguf:{outtype}" for outtype in get_args(OutType)))
DEFAULT_FORMATS = ("adapter", "merged_16bit", "gguf:q8_0")

NOT_COPIED = ("*.py", "*.bin", "*.pt", "*.pth", "*.pkl", "*.ckpt")
"""Files of an adapter folder that may hold a program, and that no artefact needs."""


@dataclass(slots=True)
class Export:
    """What was written, how long each stage took, and what the verification found."""

    merge_into: MergeInto
    artefacts: dict[str, Path] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)
    verification: Verification | None = None

    def as_dict(self) -> dict[str, Any]:
        """Plain data for summary.json."""
        return {
            "merge_into": self.merge_into,
            "artefacts": {name: str(path) for name, path in self.artefacts.items()},
            "bytes": {name: _size(path) for name, path in self.artefacts.items()},
            "seconds": self.seconds,
            "checks": self.verification.as_rows() if self.verification else [],
        }


def require_formats(formats: Sequence[str], *, verify: bool = True) -> None:
    """Prove before training that every format is known and that the tools for it are installed.

    Raises:
        ConfigError: an unknown format, or a missing optional part with the command that installs it.
    """
    unknown = [name for name in formats if name not in FORMATS]
    if unknown or not formats:
        raise ConfigError(f"export formats among {', '.join(FORMATS)}", f"{unknown or 'none'}", "Correct the list of formats.")
    if any(name.startswith("gguf:") for name in formats):
        require_gguf_tools(verify=verify)


def export_adapter(
    adapter: str | Path,
    out: str | Path,
    formats: Sequence[str] = DEFAULT_FORMATS,
    merge_into: MergeInto = "trained",
    verify: bool = True,
    base: str | Path | None = None,
    tokenizer: PreTrainedTokenizerBase | None = None,
    say: Callable[[str], None] = print,
) -> Export:
    """Export an adapter to every format asked for, from disk; what is there already from the same input is kept.

    Args:
        adapter: a PEFT adapter folder, of this project or another.
        out: the run folder; gets adapter/, merged/ (also on the way to a GGUF) and gguf/model-<type>.gguf.
        formats: among `FORMATS`.
        merge_into: see `merge_adapter`.
        verify: measure what was written. The figures are returned, good or bad: call `verification.require()`.
        base: the base's folder, where the adapter's record does not name it.
        tokenizer: training's, where the adapter folder holds none; the base's with our template by default.
        say: gets one line per finished stage.

    Raises:
        ConfigError: an unknown format or a missing optional part.
        ExportError: a step failed; what was finished before it is kept.
    """
    require_formats(formats, verify=verify)
    out, export = Path(out), Export(merge_into)
    ggufs = [name.removeprefix("gguf:") for name in formats if name.startswith("gguf:")]

    def stage(name: str, write: Callable[[], Path]) -> Path:
        started = time.perf_counter()
        path = write()
        export.artefacts[name], export.seconds[name] = path, round(time.perf_counter() - started, 2)
        say(f"export: {name} in {export.seconds[name]:.1f} s, {_size(path) / 1e6:,.0f} MB: {path}")
        return path

    adapter = stage("adapter", lambda: _copy_adapter(Path(adapter), out / "adapter", base, merge_into, tokenizer))
    if ggufs or "merged_16bit" in formats:
        merged = stage("merged", lambda: merge_adapter(adapter, out / "merged", base, merge_into))
        for outtype in ggufs:
            file = out / "gguf" / f"model-{outtype}.gguf"
            stage(f"gguf:{outtype}", lambda file=file, outtype=outtype: write_gguf(merged, file, outtype))  # type: ignore[misc]
            write_modelfile(file, file.with_name(f"Modelfile-{outtype}"))
        if verify:
            started = time.perf_counter()
            files = [path for name, path in export.artefacts.items() if name.startswith("gguf:")]
            export.verification = verify_export(adapter, merged, files, base)
            export.seconds["verify"] = round(time.perf_counter() - started, 2)
            say(f"export: verified in {export.seconds['verify']:.1f} s\n{export.verification}")
    return export


def _copy_adapter(
    source: Path, out: Path, base: str | Path | None, into: MergeInto, tokenizer: PreTrainedTokenizerBase | None
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
            (tokenizer or training_tokenizer(source, find_base(source, base, into))).save_pretrained(str(temporary))
    return out


def _size(path: Path) -> int:
    return path.stat().st_size if path.is_file() else sum(file.stat().st_size for file in path.rglob("*") if file.is_file())
