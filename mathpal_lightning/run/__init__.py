"""What a run is on disk: its folder, its summary and lock, its checkpoints, and which weights it means."""

from mathpal_lightning.run.checkpoint import adapter_folder, newest_sound, next_number, read_checkpoint
from mathpal_lightning.run.config import RunConfig
from mathpal_lightning.run.figures import Scores, Summary
from mathpal_lightning.run.folder import RunFolder
from mathpal_lightning.run.paths import absolute_paths, require_local, with_absolute_paths
from mathpal_lightning.run.present import require_finished, require_run, require_weights, untrained
from mathpal_lightning.run.weights import Ranking, Weights, choose_checkpoint, find_weights

__all__ = [
    "Ranking",
    "RunConfig",
    "RunFolder",
    "Scores",
    "Summary",
    "Weights",
    "absolute_paths",
    "adapter_folder",
    "choose_checkpoint",
    "find_weights",
    "newest_sound",
    "next_number",
    "read_checkpoint",
    "require_finished",
    "require_local",
    "require_run",
    "require_weights",
    "untrained",
    "with_absolute_paths",
]
