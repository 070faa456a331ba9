"""Several processes of one run: which one is the first, whether their number is right, and how they end together."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING

from mathpal_lightning.compat.system import KILL
from mathpal_lightning.errors import ConfigError

if TYPE_CHECKING:
    from lightning.pytorch import Trainer

PATIENCE = 20.0
"""Seconds that another process waits for the first one to exit, where Lightning started both."""


def is_first_process() -> bool:
    """Whether this process is the first of its run on all machines. Works before there is a Trainer to ask.

    torchrun sets RANK; Lightning's own launcher LOCAL_RANK and NODE_RANK; SLURM SLURM_PROCID.
    """
    if "RANK" in os.environ:
        return os.environ["RANK"] == "0"
    return all(os.environ.get(name, "0") == "0" for name in ("LOCAL_RANK", "NODE_RANK", "SLURM_PROCID"))


def require_agreement(devices: int, num_nodes: int) -> None:
    """Refuse a Trainer that expects another number of processes than torchrun started.

    Each process would otherwise train alone, and all would write into one folder.

    Raises:
        ConfigError: the two numbers.
    """
    started = int(os.environ["WORLD_SIZE"]) if "TORCHELASTIC_RUN_ID" in os.environ else devices * num_nodes
    if started != devices * num_nodes:
        raise ConfigError(
            f"`trainer.devices` x `trainer.num_nodes` to be the {started} processes of torchrun",
            f"{devices} x {num_nodes}",
            f"Set --trainer.devices {os.environ.get('LOCAL_WORLD_SIZE', started)} (torchrun's --nproc-per-node) and "
            "--trainer.num_nodes (its --nnodes).",
        )


def end_together(trainer: Trainer) -> None:
    """End all processes of a failed run, so that the exit status of the first one is the run's.

    torchrun and SLURM do this themselves. Lightning's launcher kills the first process when it finds another one gone. So
    the first process ends the others and exits first, and its status is kept.
    """
    from mathpal_lightning.compat.lightning import is_launched_by_lightning, kill_launched

    if not is_launched_by_lightning(trainer):
        return
    if os.environ.get("LOCAL_RANK", "0") == "0":
        kill_launched(trainer, KILL)
        return
    first, until = os.getppid(), time.monotonic() + PATIENCE
    while os.getppid() == first and time.monotonic() < until:
        time.sleep(0.1)
