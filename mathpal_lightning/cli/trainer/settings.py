"""Settings of the Trainer and of our callbacks that cannot work, refused when the config is read.

Lightning finds some of them late, or divides by them.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import TYPE_CHECKING

import torch

from mathpal_lightning.errors import ConfigError

if TYPE_CHECKING:
    from jsonargparse import Namespace

log = logging.getLogger(__name__)


def _at_least(least: int) -> Callable[[float], bool]:
    return lambda value: value >= least


def _share_or_count(value: float) -> bool:
    """A share, or a whole number of batches; configs of before 0.2.0 hold 2.0 for 2, and Lightning takes it."""
    return 0 <= value <= 1 or (value > 1 and value == int(value))


BOUNDS: dict[str, tuple[Callable[[float], bool], str]] = {
    "seed_everything": (lambda value: 0 <= value < 1 << 32, "from 0 to 4294967295"),
    "trainer.accumulate_grad_batches": (_at_least(1), "of 1 or more"),
    "trainer.num_nodes": (_at_least(1), "of 1 or more"),
    "trainer.max_steps": (_at_least(-1), "of 0 or more, or -1 for no limit"),
    "trainer.max_epochs": (_at_least(-1), "of 0 or more, or -1 for no limit"),
    "trainer.min_steps": (_at_least(0), "of 0 or more"),
    "trainer.min_epochs": (_at_least(0), "of 0 or more"),
    "trainer.log_every_n_steps": (_at_least(0), "of 0 or more"),
    "trainer.gradient_clip_val": (_at_least(0), "of 0 or more"),
    "trainer.check_val_every_n_epoch": (_at_least(1), "of 1 or more"),
    "trainer.num_sanity_val_steps": (_at_least(-1), "of 0 or more, or -1 for all"),
    "trainer.val_check_interval": (
        lambda value: value > 0 and _share_or_count(value),
        "as a share of an epoch (0.5) or a whole number of batches (100)",
    ),
    "trainer.limit_train_batches": (_share_or_count, "as a share (0.5) or a whole number of batches"),
    "trainer.limit_val_batches": (_share_or_count, "as a share (0.5) or a whole number of batches"),
    "trainer.limit_test_batches": (_share_or_count, "as a share (0.5) or a whole number of batches"),
    "trainer.limit_predict_batches": (_share_or_count, "as a share (0.5) or a whole number of batches"),
    "trainer.overfit_batches": (_share_or_count, "as a share (0.5) or a whole number of batches"),
    "trainer.fast_dev_run": (_at_least(0), "of 0 or more"),
    "checkpoint.keep": (_at_least(-1), "of 0 or more, or -1 for all"),
    "checkpoint.every_n_steps": (_at_least(0), "of 0 or more"),
    "evaluation.max_new_tokens": (_at_least(1), "of 1 or more"),
}
"""The numbers that a key may have, and how to say so."""


def require_possible(settings: Namespace) -> None:
    """Refuse values outside of `BOUNDS`, and a GPU that is not there.

    Raises:
        ConfigError: the key, its value, what it may be.
    """
    for key, (holds, bounds) in BOUNDS.items():
        value = settings.get(key)
        if isinstance(value, int | float) and not isinstance(value, bool) and not holds(value):
            raise ConfigError(f"`{key}` {bounds}", str(value), "Give another value, or leave it out.")
    accelerator = settings.get("trainer.accelerator")
    if accelerator in ("gpu", "cuda") and not torch.cuda.is_available():
        if accelerator == "gpu" and torch.backends.mps.is_available():
            return
        raise ConfigError(
            f"a GPU for `trainer.accelerator: {accelerator}`",
            "none that torch can use",
            "Take --trainer.accelerator auto, which trains on the CPU here. `mathpal doctor` says what is missing for a GPU.",
        )


def set_an_end(trainer: Namespace) -> None:
    """Give a training without an end one epoch; Lightning would take 1,000.

    Args:
        trainer: the section `trainer` of a config; it is changed.
    """
    if trainer.max_epochs is None and trainer.max_steps == -1:
        log.info("Neither trainer.max_epochs nor trainer.max_steps is given: training takes one epoch.")
        trainer.max_epochs = 1
