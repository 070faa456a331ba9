"""What a run monitors against what it will log, and when it validates: before the first step, not at the first validation."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from mathpal_lightning.checks.finding import Checks, Finding
from mathpal_lightning.checks.rows import Length
from mathpal_lightning.data.rollouts import reward_names
from mathpal_lightning.errors import ConfigError
from mathpal_lightning.schema import Objective

LOSSES: dict[Objective, tuple[str, ...]] = {
    "sft": ("loss",),
    "dpo": (
        *("loss", "rewards/chosen", "rewards/rejected", "rewards/margin", "rewards/accuracy", "ranking_accuracy"),
        *("log_probs/chosen", "log_probs/rejected", "kl"),
    ),
    "grpo": ("loss",),
}
"""What MathPalModule logs under train/ and val/. `kl` only where a loss has a reference."""
DRAWN = ("ratio", "clipped", "surprise", "sampler_kl", "kl", "reward", "pass_rate", "signal", "length", "cut")
"""What is logged under train/ of the solutions that `objective: grpo` draws."""
SOLVED = ("val/exact_match", "val/exact_match_stderr", "val/no_answer")
"""What EvaluateSolutions logs at each validation."""
BETTER: dict[str, str] = {
    "val/loss": "min",
    "val/no_answer": "min",
    "val/exact_match": "max",
    "val/rewards/accuracy": "max",
    "val/ranking_accuracy": "max",
}
"""Whether the best of a metric is the lowest or the highest, where that is beyond doubt."""


@dataclass(frozen=True, slots=True)
class Watch:
    """What a run monitors, and what decides whether that is logged."""

    monitors: Mapping[str, str] = field(default_factory=dict)
    """The setting that names a metric ("checkpoint.monitor"), and the metric."""
    modes: Mapping[str, str] = field(default_factory=dict)
    """The same setting, and whether the lowest (`min`) or the highest (`max`) is the best to it."""
    objective: Objective = "sft"
    has_reference: bool = True
    """Whether the preference loss compares with a reference."""
    validates: bool = True
    """Whether there are validation rows, and batches of them are not limited to none."""
    solves: bool = True
    """Whether problems are solved at each validation."""
    rewards: Collection[str] = ()
    """The paths of the reward functions of `objective: grpo`; each of several is logged."""
    rates: Sequence[str] = ()
    """What Throughput logs, where the run has one."""
    others_log: bool = False
    """Whether the module's class or a callback is of another package: its metrics are not known here."""
    every: int | float | None = None
    """`trainer.val_check_interval`: a number of batches, or a share of an epoch."""
    within_epochs: bool = True
    """Whether that is counted within each epoch (`trainer.check_val_every_n_epoch` is set)."""


def logged_metrics(watch: Watch) -> list[str]:
    """The names that a monitor can have in this run."""
    stages = ["train", *(["val"] if watch.validates else [])]
    losses = [name for name in LOSSES[watch.objective] if name != "kl" or watch.has_reference]
    drawn = [name for name in DRAWN if watch.objective == "grpo" and (name != "kl" or watch.has_reference)]
    parts = [f"reward/{name}" for name in reward_names(watch.rewards)] if drawn and len(watch.rewards) > 1 else []
    of_draws = [f"train/{name}" for name in (*drawn, *parts)]
    solved = SOLVED if watch.validates and watch.solves else ()
    return [*(f"{stage}/{name}" for stage in reversed(stages) for name in losses), *of_draws, *solved, *watch.rates]


def watch_checks(watch: Watch, length: Length) -> Checks:
    """Both checks of this file."""
    return {"monitor": lambda: check_monitors(watch), "validation": lambda: check_validation(watch, length)}


def check_monitors(watch: Watch) -> Finding:
    """Check that every monitored metric will be logged, and that its best is not taken for its worst.

    Raises:
        ConfigError: one will not, so that no checkpoint could be saved at the first validation; or the worst would be kept.
    """
    logged = logged_metrics(watch)
    unknown = {setting: metric for setting, metric in watch.monitors.items() if metric not in logged}
    for setting, metric in unknown.items():
        if watch.others_log:
            continue
        expected = f"`{setting}` among what this run logs ({', '.join(logged)})"
        raise ConfigError(expected, repr(metric), _way_out(metric, watch, logged))
    if unknown:
        named = ", ".join(f"{setting}: {metric}" for setting, metric in unknown.items())
        way_out = "Make sure that your module or callback logs it before the first validation ends."
        return Finding("monitor", f"{named}, which nothing of ours logs", "warning", "a metric that is logged", way_out)
    for setting, metric in watch.monitors.items():
        mode, better = watch.modes.get(setting), BETTER.get(metric)
        if mode and better and mode != better:
            key, side = f"{setting.removesuffix('.monitor')}.mode", "lowest" if better == "min" else "highest"
            raise ConfigError(f"`{key}` {better} for {metric}, whose best is the {side}", mode, f"Set {key}: {better}.")
    return Finding("monitor", ", ".join(watch.monitors.values()) or "none: the last checkpoint is kept")


def _way_out(metric: str, watch: Watch, logged: list[str]) -> str:
    if metric in SOLVED and watch.validates:
        return "Set `evaluation.sample` and `evaluation.problems` to 1 or more: problems are then solved at each validation."
    if metric.startswith("val/") and not watch.validates:
        return (
            "Give validation rows (`data.validation` or `data.validation_share`) and leave out `trainer.limit_val_batches: 0`."
        )
    near = difflib.get_close_matches(metric, logged, n=1)
    return f"Did you mean {near[0]}?" if near else "Take one of these, or null to keep the last checkpoint."


def check_validation(watch: Watch, length: Length) -> Finding:
    """Check that validations take place, and that Lightning accepts their interval.

    Raises:
        ConfigError: the interval is longer than an epoch.
    """
    every, epoch = watch.every, length.batches_per_epoch
    if isinstance(every, int) and not isinstance(every, bool) and watch.within_epochs and watch.validates and every > epoch:
        raise ConfigError(
            f"`trainer.val_check_interval` of at most the {epoch} batches of an epoch",
            str(every),
            f"Set it to {epoch} or less, or to a share (0.5); trainer.check_val_every_n_epoch: null counts across epochs.",
        )
    interval = every if isinstance(every, int) else max(1, int(epoch * every)) if every else epoch
    scored = [metric for metric in watch.monitors.values() if metric.startswith("val/")]
    if watch.validates and scored and length.batches is not None and length.batches < interval:
        way_out = f"Set trainer.val_check_interval to {max(1, length.batches)} or less, or train longer."
        found = f"the first after {interval:,} batches, and the run ends after {length.batches:,}"
        return Finding("validation", found, "warning", f"a validation that scores {scored[0]}", way_out)
    return Finding("validation", f"every {interval:,} batches" if watch.validates else "none")
