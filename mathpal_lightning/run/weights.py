"""Which weights a path means: a run folder, an adapter folder or a checkpoint -> the weights, and one line that names them.

    a run with a monitor        the best checkpoint that is whole, by the metric that the run monitored
    a run without one           the last checkpoint that is whole, by the number in its seal
    a run without checkpoints   its adapter/ folder
    a .ckpt file                that checkpoint
    an adapter folder           that adapter

`adapter/` of a run holds an exported copy. It is used where its weights are those of the chosen checkpoint. Once a run has gone
on, it is older than every checkpoint.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path, PureWindowsPath
from typing import TYPE_CHECKING

from mathpal_lightning.files import sha256_of
from mathpal_lightning.records import ADAPTER_CONFIG, ADAPTER_WEIGHTS
from mathpal_lightning.run.checkpoint import adapter_folder, newest_first, no_checkpoint, read_checkpoint
from mathpal_lightning.run.folder import RunFolder
from mathpal_lightning.run.present import require_weights
from mathpal_lightning.run.seal import damage, has_its_adapter, is_unsealed, read_seal
from mathpal_lightning.schema import Checkpoint

if TYPE_CHECKING:
    from lightning.pytorch.callbacks import ModelCheckpoint


log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Ranking:
    """What a run knows of its checkpoints: the metric that it monitors, and the score of each one that it keeps."""

    monitor: str | None = None
    highest: bool = True
    """Whether the best score is the highest."""
    scores: Mapping[str, float] | None = None
    """By the name of the file."""
    best: str = ""
    """The file that the run itself calls the best: of equal scores, the one that came first."""

    @classmethod
    def of(cls, callback: ModelCheckpoint) -> Ranking:
        """The ranking of a ModelCheckpoint of Lightning, while it runs."""
        scores = {Path(file).name: float(score) for file, score in callback.best_k_models.items()}
        return cls(callback.monitor, callback.mode == "max", scores, Path(callback.best_model_path).name)

    @classmethod
    def saved_in(cls, content: Checkpoint) -> Ranking:
        """The ranking that a checkpoint was saved with; one without a monitor where it says none."""
        states = content.get("callbacks", {})
        for key, state in sorted(states.items(), key=lambda item: not item[0].startswith("AdapterCheckpoint")):
            if state.get("monitor") and "best_k_models" in state:
                highest = re.search(r"'mode': 'max'", key) is not None
                scores = {_name_of(file): float(score) for file, score in state["best_k_models"].items()}
                return cls(state["monitor"], highest, scores, _name_of(state["best_model_path"]))
        return cls()

    def ordered(self, files: list[Path]) -> list[Path]:
        """The files that have a score, the best one first."""
        scores = self.scores or {}
        scored = [file for file in files if self.monitor and file.name in scores]
        sign = 1 if self.highest else -1
        return sorted(scored, key=lambda file: (sign * scores[file.name], file.name == self.best), reverse=True)


def _name_of(file: str) -> str:
    """The name of a file, of whichever system wrote its path."""
    return PureWindowsPath(file).name


@dataclass(frozen=True, slots=True)
class Weights:
    """The weights that were chosen, and what to say about them."""

    line: str
    """For a person: "checkpoint of step 40, the last"."""
    checkpoint: Path | None = None
    """The sound checkpoint that they are in; None where there is only an adapter folder."""
    adapter: Path | None = None
    """The PEFT adapter folder with exactly these weights; None where the checkpoint has lost it, or never had one."""


def find_weights(place: str | Path) -> Weights:
    """Find the weights that a path means.

    Args:
        place: a run folder, an adapter folder or a .ckpt file.

    Raises:
        CheckpointError: there are none, or none that is whole.
    """
    place = Path(place)
    require_weights(place)
    if (place / ADAPTER_CONFIG).is_file():
        return Weights(f"adapter {place}", adapter=place)
    if place.is_file():
        return _of_checkpoint(place, lambda step: f"checkpoint of step {step}, {place.name}")
    run = RunFolder(place)
    if any(run.checkpoints.glob("*.ckpt")):
        return _exported(run, choose_checkpoint(run.checkpoints, None))
    if (run.adapter / ADAPTER_CONFIG).is_file():
        return Weights("adapter/ of the run, which has no checkpoints", adapter=run.adapter)
    if place.suffix == ".ckpt" and (adapter_folder(place) / ADAPTER_CONFIG).is_file():
        return Weights(f"adapter {adapter_folder(place)}; its checkpoint is missing", adapter=adapter_folder(place))
    newest = max(run.checkpoints.glob("*.adapter"), key=lambda folder: folder.stat().st_mtime_ns)
    return Weights(f"adapter {newest.name}, the newest; its checkpoint is missing", adapter=newest)


def _exported(run: RunFolder, weights: Weights) -> Weights:
    """The chosen weights with adapter/ of the run as their folder, if it holds the same ones; else unchanged, and logged."""
    file = weights.checkpoint
    if file is None or not (run.adapter / ADAPTER_CONFIG).is_file():
        return weights
    if _same_weights(run.adapter, file):
        return Weights(f"{weights.line}; adapter/ holds it", file, run.adapter)
    written = run.adapter / ADAPTER_WEIGHTS
    if weights.adapter is None and read_seal(file) is None and written.stat().st_mtime_ns >= file.stat().st_mtime_ns:
        return Weights("adapter/ of the run, written after its last checkpoint", adapter=run.adapter)
    log.warning("%s holds other weights than the %s: it is of an earlier export.", run.adapter, weights.line)
    return weights


def choose_checkpoint(folder: Path, ranking: Ranking | None) -> Weights:
    """Choose the checkpoint that a folder of checkpoints means, and say how: the best one, else the last one.

    A damaged checkpoint is named in the log and passed over.

    Args:
        folder: the folder of checkpoints.
        ranking: the run's own, while it runs; None: the one that its newest sound checkpoint was saved with.

    Raises:
        CheckpointError: no checkpoint is whole.
    """
    files, damaged = newest_first(folder), dict[str, str]()
    unsealed = all(read_seal(file) is None for file in files)

    def is_sound(file: Path) -> bool:
        if file.name in damaged:
            return False
        wrong = "" if unsealed and is_unsealed(file) else damage(file)
        if wrong:
            damaged[file.name] = wrong
            log.warning("%s %s. It is not used.", file, wrong)
        return not wrong

    if ranking is None:
        newest = next(filter(is_sound, files), None)
        ranking = Ranking.saved_in(_content(newest)) if newest else Ranking()
    ranked = ranking.ordered(files)
    for place, file in enumerate(ranked):
        if is_sound(file):
            rank = "the best" if place == 0 else f"number {place + 1}"
            how = f"{rank} of {len(ranked)} by {ranking.monitor}"
            return _of_checkpoint(file, lambda step: f"checkpoint of step {step}, {how}")  # noqa: B023 (called at once)
    for file in files:
        if is_sound(file):
            how = "the newest that is whole" if damaged else "the last"
            return _of_checkpoint(file, lambda step: f"checkpoint of step {step}, {how}")  # noqa: B023 (called at once)
    raise no_checkpoint(folder, damaged)


def _of_checkpoint(file: Path, line: Callable[[int], str]) -> Weights:
    """The weights of one checkpoint, with its adapter folder where that holds the same weights."""
    content = _content(file)
    beside = adapter_folder(file)
    whole = (beside / ADAPTER_CONFIG).is_file() and has_its_adapter(file)
    if beside.exists() and not whole:
        log.warning("%s is not the adapter that was written with %s. It is not used.", beside, file.name)
    return Weights(line(int(content.get("global_step", 0))), file, beside if whole else None)


def _content(file: Path) -> Checkpoint:
    return read_checkpoint(file, unsealed=True, mmap=True)


def _same_weights(adapter: Path, checkpoint: Path) -> bool:
    """Whether an adapter folder holds the weights of a sealed checkpoint."""
    weights, seal = adapter / ADAPTER_WEIGHTS, read_seal(checkpoint)
    return seal is not None and weights.is_file() and sha256_of(weights) == seal.adapter
