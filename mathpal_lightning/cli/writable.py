"""Refuses, before torch is imported, a folder that a command will write to and may not: of a run, of an export, the cache."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from mathpal_lightning.cli.flags import is_flag, with_values
from mathpal_lightning.compat.system import quoted
from mathpal_lightning.errors import WriteError
from mathpal_lightning.files import cache_folder, why_not_writable
from mathpal_lightning.run import RunFolder

WAY_OUT_OF_CACHE = "Name a folder that may be written to, outside of this one: export MATHPAL_CACHE=FOLDER."
_ENCODES = ("fit", "preflight", "bench")
"""Verbs that write into the cache even where the encoded rows are there."""
_READ_ONLY_RUN = "Copy the run to where you may write, and name the copy: cp -r {run} FOLDER."


def require_writable_run(verb: str, run: Path) -> None:
    """Refuse a run's folder that may not be written to.

    Raises:
        WriteError: with another place to name.
    """
    if verb == "fit":
        _require(run, f"the run {run.name}", "Choose another --output_dir, or give this user the right to it (chmod, chown).")
    elif verb in ("test", "predict"):
        _require(run, f"what `mathpal {verb}` writes", _READ_ONLY_RUN.format(run=quoted(run)))


def require_writable_cache(verb: str, folder: Path | None = None) -> None:
    """Refuse a cache that may not be written to. Of a filled one, `test` and its like can do with reading.

    Args:
        verb: the command.
        folder: `data.cache_dir`, where it is set.

    Raises:
        WriteError: with the way to another cache.
    """
    cache = cache_folder()
    if verb in _ENCODES or not (cache / "data").is_dir():
        _require(cache, "prepared models and encoded rows", WAY_OUT_OF_CACHE)
    if folder is not None:
        _require(folder, "encoded rows", "Set another data.cache_dir, or leave it out.")


_WRITES_OUT = {
    "data generate": ("problems", "", "Name another file: mathpal data generate FILE."),
    "data catalogue": ("the catalogue", "", "Name another file: mathpal data catalogue FILE."),
    "data pairs": ("the pairs", "pairs.jsonl", "Name another file: --out FILE."),
    "vocabulary": ("the tokens", "", "Name another file: --out FILE."),
    "migrate": ("the new config", "", "Name another file: --out FILE."),
    "rehearse": ("the rehearsal", "rehearsal", "Name another folder: --out FOLDER."),
}
"""Commands that write where `out` says: what, where without `out` (empty: nothing is written then), and the way out."""


def require_writable_for(command: str, words: Sequence[str]) -> None:
    """Refuse what a command that is not Lightning's would write, where it may not be written.

    Args:
        command: the verb, with the function where it has several.
        words: its flags as the function's parser takes them.

    Raises:
        WriteError: with the way to another place.
    """
    flags = ((*word.partition("="), after) for word, after in with_values(words) if word.startswith("--"))
    given = {flag.lstrip("-"): value if equals else after for flag, equals, value, after in flags}
    first = words[0] if words and not is_flag(words[0]) else ""
    out = given.get("out") or (first if command in ("data generate", "data catalogue") else "")
    if command in ("data report", "data preview"):
        require_writable_cache(command)
    elif command == "report" and given.get("json") != "true":
        runs = json.loads(given["runs"]) if given["runs"].startswith("[") else [given["runs"]]
        file = Path(out or (f"{runs[0]}/report.html" if len(runs) == 1 else "comparison.html"))
        _require(file.parent, "the report", "Name another file: --out report.html.")
    elif command == "export" and ("formats" in given or "push" not in given):
        run = Path(given["run"])
        _require(Path(out) if out else RunFolder.of_export(run).path, "the exports", "Name another folder: --out FOLDER.")
    elif command == "improve":
        run = Path(given["run"])
        _require(run / "improve", "the rounds of `mathpal improve`", _READ_ONLY_RUN.format(run=quoted(run)))
        require_writable_cache("fit")
    elif command in _WRITES_OUT:
        what, default, way_out = _WRITES_OUT[command]
        for written in (out or default, given.get("sft", "")):
            if written:
                _require(Path(written).parent, what, way_out)


def _require(folder: Path, what: str, way_out: str) -> None:
    if why := why_not_writable(folder):
        raise WriteError(f"a folder for {what} that may be written to", why, way_out)
