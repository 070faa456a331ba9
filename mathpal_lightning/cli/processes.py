"""Several processes of one run: which is the first, do they agree on their number, and how they end together."""

from __future__ import annotations

import os
import time
from typing import Any

from mathpal_lightning.compat.system import KILL
from mathpal_lightning.errors import ConfigError

PATIENCE = 20.0
"""Seconds that a process waits for the first one to end before it, where Lightning started both."""


def is_first_process() -> bool:
    """Whether this process is the first of its run, on all machines: before there is a Trainer that knows.

    torchrun sets RANK; Lightning's own launcher LOCAL_RANK and NODE_RANK; SLURM SLURM_PROCID.
    """
    if "RANK" in os.environ:
        return os.environ["RANK"] == "0"
    return all(os.environ.get(name, "0") == "0" for name in ("LOCAL_RANK", "NODE_RANK", "SLURM_PROCID"))


def require_agreement(devices: int, num_nodes: int) -> None:
    """Refuse a Trainer that counts other processes than torchrun started: each would train alone, into one folder.

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


def end_together(trainer: Any) -> None:
    """Call this when a run fails: no process of it stays behind, and the first one's exit status is the run's.

    torchrun and SLURM see to both themselves. Lightning's launcher ends the first process by SIGKILL when it finds another
    one gone with an error; so the first goes first, and takes the others along.
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
