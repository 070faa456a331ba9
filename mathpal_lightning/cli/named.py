"""Names of configs and runs -> their files: `--config quickstart`, `mathpal test lop5`."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from pathlib import Path

from mathpal_lightning.compat.system import quoted
from mathpal_lightning.errors import CheckpointError, ConfigError, MathPalError, ModelError
from mathpal_lightning.files import DATA_FILES, OUTPUTS, in_home
from mathpal_lightning.sweep import STUDY

_PACKAGE = Path(__file__).parents[1]

_ROWS_AFTER_THE_RUN = {
    "predict": "mathpal predict RUN {}",
    "test": "mathpal test RUN --data.test {}",
    "validate": "mathpal validate RUN --data.validation {}",
    **{
        verb: f"mathpal {verb} RUN, after mathpal fit --config own_data_laptop --data.train {{}}"
        for verb in ("export", "serve")
    },
    "chat": "mathpal chat RUN, and then type a question",
    "improve": "mathpal improve RUN",
    "compare": "mathpal compare RUN RUN",
}
"""Verbs of a run, and how they are called with a file of rows."""


def config_folder() -> Path:
    """The folder of the configs that come with the package: in a wheel inside the package, in a clone beside it."""
    inside = _PACKAGE / "configs"
    return inside if inside.is_dir() else _PACKAGE.parent / "configs"


def config_names() -> list[str]:
    """The names that `--config` takes without a path."""
    return sorted(file.stem for file in config_folder().glob("*.yaml"))


def find_config(named: str) -> Path:
    """The file that `--config` means: a file, else a config of the package.

    Raises:
        ConfigError: there is no such file.
    """
    file = in_home(named)
    if file.is_file():
        return file
    own = config_folder() / f"{named.removeprefix('configs/').removesuffix('.yaml')}.yaml"
    if own.is_file():
        return own
    if file.is_dir():
        return _config_of_folder(file)
    raise ConfigError("a config file", f"nothing at {named!r}", _way_to_a_config(named, file))


def _way_to_a_config(named: str, missing: Path) -> str:
    """The nearest names of files beside the missing one and of the package's configs, and a config that always works."""
    beside = [str(other) for other in missing.parent.glob("*.y*ml")] if missing.parent.is_dir() else []
    near = difflib.get_close_matches(named, [*config_names(), *beside], n=2)
    near += difflib.get_close_matches(missing.stem, config_names(), n=1)
    meant = " or ".join(f"--config {quoted(name)}" for name in dict.fromkeys(near))
    way_out = f"Did you mean {meant}?" if near else f"Give a file, or one of the names {', '.join(config_names())}."
    return way_out if "quickstart" in near else f"{way_out} To begin without data of your own: --config quickstart."


def is_run(folder: Path) -> bool:
    """Whether a folder holds the config of a run."""
    return (folder / "config.yaml").is_file()


def _config_of_folder(folder: Path) -> Path:
    if is_run(folder):
        return folder / "config.yaml"
    raise ConfigError("a config file", f"the folder {folder}", "Name the file, or a run folder with a config.yaml.")


def runs_here() -> Iterator[Path]:
    """Every run in `outputs/` of this folder and of the folders above it, the nearest first."""
    here = Path.cwd()
    for folder in (here, *here.parents):
        outputs = folder / OUTPUTS
        if outputs.is_dir():
            yield from sorted(run for run in outputs.iterdir() if run.is_dir() and not run.name.startswith("."))


def find_run(named: str, verb: str) -> Path:
    """The folder or file that a run's name means: a path, else a run in `outputs/` here or in a folder above.

    Raises:
        ConfigError: a file of rows, or the folder of a sweep.
        ModelError: there is none, for `serve` and `chat`.
        CheckpointError: there is none, for the other verbs.
    """
    path = in_home(named)
    if path.is_file() and path.name.lower().endswith(DATA_FILES) and verb in _ROWS_AFTER_THE_RUN:
        way_out = f"Name the run first: {_ROWS_AFTER_THE_RUN[verb].format(quoted(named))}."
        raise ConfigError(f"a run for `mathpal {verb}`", f"the file of rows {named}", way_out)
    runs = list(runs_here())
    here = next((run for run in runs if run.name == named), None) if "/" not in named else None
    if found := path if path.exists() else here:
        _refuse_sweep(found, verb)
        return found
    runs = [run for run in runs if not (run / STUDY).is_file()]
    near = difflib.get_close_matches(path.name, [run.name for run in runs], n=1)
    error: type[MathPalError] = ModelError if verb in ("serve", "chat") else CheckpointError
    names = ", ".join(dict.fromkeys(run.name for run in runs))
    way_out = (
        f"Did you mean `mathpal {verb} {quoted(near[0])}`?"
        if near
        else f"Runs in {OUTPUTS}/: {names}."
        if names
        else f"Give the folder that `mathpal fit` wrote ({OUTPUTS}/<name>); no {OUTPUTS}/ is in {Path.cwd()} or above it."
    )
    raise error("a run folder, or the name of a run", f"{named}, which does not exist", way_out)


def _refuse_sweep(folder: Path, verb: str) -> None:
    """Refuse the folder of a sweep, whose trials are the runs."""
    if (folder / STUDY).is_file():
        trial = next(iter(sorted(each for each in folder.glob("trial-*") if each.is_dir())), folder / "trial-000")
        way_out = (
            f"Name one of its trials: mathpal {verb} {quoted(trial)}. Train with its best settings: "
            f"mathpal fit --config {quoted(folder / 'best.yaml')}. Its report: {folder / 'report.html'}."
        )
        raise ConfigError("a run", f"{folder}, the folder of a sweep", way_out)
