"""Whether a GPU of this machine stands idle because torch cannot use it."""

from __future__ import annotations

import torch

from mathpal_lightning.checks.environment import gpus_hidden, read_gpus
from mathpal_lightning.checks.finding import Finding


def check_device(device: torch.device) -> list[Finding]:
    """A warning where training takes the CPU beside a GPU that only the driver knows; nothing elsewhere.

    Args:
        device: where training will be.
    """
    if device.type != "cpu" or torch.cuda.is_available() or gpus_hidden():
        return []
    gpus, _ = read_gpus()
    if not gpus:
        return []
    found = f"the CPU, beside {', '.join(gpu.name for gpu in gpus)}, which this torch cannot use"
    return [Finding("device", found, "warning", "a GPU that torch sees", "`mathpal doctor` says what is wrong with it.")]
