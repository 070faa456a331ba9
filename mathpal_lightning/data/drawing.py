"""Numbers of problems, in the order of training -> a batch of graded groups, drawn from the current policy."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import chain, zip_longest
from typing import TYPE_CHECKING, Any, Protocol, TypedDict

import numpy as np
import torch
from lightning.fabric.utilities import move_data_to_device

from mathpal_lightning.compat.lightning import of_all_processes, own_of
from mathpal_lightning.data.rollouts import GradedGroup, PassRates, Rewards, draw_figures, group_batch, line_of
from mathpal_lightning.errors import ConfigError
from mathpal_lightning.schema import DrawnGroup, GroupBatch, Prompt, Row

if TYPE_CHECKING:
    from lightning.pytorch import Trainer

_SEED_OF_DRAW = 1_000_003  # a prime: two runs use the same seed of a draw only after that many draws


class DrawingState(TypedDict):
    """What a checkpoint keeps of the draws."""

    draws: int
    uses: int
    """Steps that were taken on the last draw."""
    rates: list[float]
    """The share of right solutions of each problem so far."""
    kept: list[dict[str, Any]] | None
    """The fields of the last draw of each process, where more steps follow on it."""


class DrawingPolicy(Protocol):
    """The settings of a policy that decide about drawing and rewards; `model.policy` says what each does."""

    @property
    def rewards(self) -> Mapping[str, float]:
        """Weights by the name of a reward."""

    @property
    def pass_rate(self) -> tuple[float, float]:
        """The shares of right solutions between which a topic is drawn at least as often as it comes."""

    @property
    def group_size(self) -> int:
        """Solutions of a problem."""

    @property
    def updates(self) -> int:
        """Optimizer steps on each draw."""

    @property
    def keeps_equal_rewards(self) -> bool:
        """Whether groups of equal rewards are trained on too."""


class Drawer(Protocol):
    """A module that draws groups of solutions."""

    @property
    def policy(self) -> DrawingPolicy:
        """Its settings."""

    @property
    def device(self) -> torch.device:
        """Where its weights are."""

    def draw(self, questions: Sequence[Prompt], seed: int, before: Sequence[Prompt] = ()) -> list[DrawnGroup]:
        """A group of solutions for each question; `before`: what other processes draw under the same seed."""


class Drawing:
    """Chooses problems, has the module draw solutions, rewards them and packs the groups.

    Drawing and training alternate in one process. With `policy.updates` above 1 each draw serves that many batches.

    Several processes draw what one process with their batches together would draw: the problems are chosen for all of them,
    and a problem that two of them draw has other solutions in each. The solutions are equal in float32; in bfloat16 the
    rounding depends on the batch, so that some differ.
    """

    def __init__(self, rows: Sequence[Row], module: Drawer, seed: int, max_length: int, pad_token_id: int):
        """Read the settings of the module's `policy`.

        Args:
            rows: the training problems.
            module: with `policy` and `draw(questions, seed)`.
            seed: of the run.
            max_length: tokens of a packed row.
            pad_token_id: of the tokenizer.

        Raises:
            ConfigError: a reward that cannot be found.
        """
        self.rows, self.module, self.seed = rows, module, seed
        self.max_length, self.pad_token_id = max_length, pad_token_id
        self.rewards = Rewards(module.policy.rewards)
        lowest, highest = module.policy.pass_rate
        self.pass_rates = PassRates(rows, (lowest, highest), module.policy.group_size)
        self.graded: list[GradedGroup] = []
        """The groups of the last draw of this process."""
        self.draws = 0
        self._kept: GroupBatch | None = None  # the last draw
        self._uses = 0

    def batch(self, numbers: Sequence[int], trainer: Trainer, is_repeat: bool = False) -> GroupBatch:
        """The batch for these problems, on the module's device.

        Args:
            numbers: of the problems, in the order of training.
            trainer: gives the rank and the number of processes.
            is_repeat: another process counts these problems.
        """
        if self._kept is not None and self._uses < self.module.policy.updates:
            self._uses, self.graded = self._uses + 1, []
            return self._on_device(self._kept._replace(is_fresh=False))
        *before, chosen = self._chosen(numbers, trainer)[: trainer.global_rank + 1]
        problems = [self.rows[number] for number in chosen]
        others = [self.rows[number].prompt for number in chain(*before)]
        groups = self.module.draw([row.prompt for row in problems], self.seed * _SEED_OF_DRAW + self.draws, others)
        self.graded = [self.rewards.grade(row, group) for row, group in zip(problems, groups, strict=True)]
        counts = torch.from_numpy(self.pass_rates.counts(*((), ()) if is_repeat else (chosen, self.graded)))
        if trainer.world_size > 1:
            counts = trainer.strategy.reduce(counts.to(self.module.device), reduce_op="sum").cpu()
        self.pass_rates.update(*counts.numpy())
        self.draws, self._uses = self.draws + 1, 1
        keep_all = self.module.policy.keeps_equal_rewards
        packed = group_batch(self.graded, self.max_length, self.pad_token_id, keep_all)
        self._kept = packed._replace(problems=tuple(chosen), is_repeat=is_repeat)
        return self._on_device(self._kept)

    def _chosen(self, numbers: Sequence[int], trainer: Trainer) -> list[list[int]]:
        """The problems that each process draws for, by rank. `data/order.py` deals them out in turn."""
        dealt = chain(*zip_longest(*of_all_processes(trainer, list(numbers))))
        chosen = self.pass_rates.choose([number for number in dealt if number is not None], (self.seed, self.draws))
        return [chosen[rank :: trainer.world_size] for rank in range(trainer.world_size)]

    def _on_device(self, batch: GroupBatch) -> GroupBatch:
        moved: GroupBatch = move_data_to_device(batch, self.module.device)
        return moved

    def figures(self) -> dict[str, float]:
        """The means of the last draw, for the log."""
        return draw_figures(self.graded)

    def lines(self, step: int) -> list[dict[str, object]]:
        """The lines of rollouts.jsonl for the last draw, at this optimizer step."""
        return [line_of(group, step) for group in self.graded]

    def require_no_accumulation(self, trainer: Trainer) -> None:
        """Refuse several updates on one draw together with accumulated batches: each update would use only a part of the draw.

        Raises:
            ConfigError: both are set.
        """
        if self.module.policy.updates > 1 and trainer.accumulate_grad_batches > 1:
            raise ConfigError(
                "`trainer.accumulate_grad_batches: 1` where `model.policy.updates` is above 1",
                f"{trainer.accumulate_grad_batches} and {self.module.policy.updates}",
                "Raise `data.batch_size` instead, which draws more problems at a time.",
            )

    def state(self, trainer: Trainer) -> DrawingState:
        """The state with which a resumed run draws the same problems and solutions; all processes must ask for it."""
        kept = None
        if self._kept is not None and self._uses < self.module.policy.updates:
            kept = of_all_processes(trainer, self._kept._asdict())
        return {"draws": self.draws, "uses": self._uses, "rates": self.pass_rates.rates.tolist(), "kept": kept}

    def load(self, state: DrawingState, trainer: Trainer) -> None:
        """Restore a state. Another number of processes than saved it draws anew."""
        self.draws, self._uses = state["draws"], state["uses"]
        self.pass_rates.rates = np.array(state["rates"])
        held = state["kept"]
        kept = own_of(trainer, [held] if isinstance(held, dict) else held)  # a dictionary in 0.2.0 and before
        # In checkpoints of 0.2.0 and before, each drawn solution stands in the batch.
        self._kept = GroupBatch(**{"written_as": torch.arange(len(kept["rewards"]))} | kept) if kept else None
