"""The order of training: a pure function of seed, epoch and position. It gives each process the packs of each batch.

An epoch is one permutation of all packs (with `easy_first`, a permutation within each stage). Each step takes the next
B x W packs (B: batch size, W: number of processes); process r takes every W-th of these, from the r-th on. The last batch
may be smaller:

    9 packs, B = 2, W = 2:    step 0: a b c d   step 1: e f g h   step 2: i + one repeated
    process 0                          a c              e g               i
    process 1                          b d              f h               a

Where several updates use a draw (`objective: grpo`), each batch is given that many times before the next one.

No pack is left out. Every process has to make every step, so a process that would get no pack in the last step gets one
that another process has too: at most W - 1 such repeats in an epoch. `is_repeat` names those batches, and MathPalModule
gives them no weight.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from typing import NamedTuple

import numpy as np
from torch.utils.data import DataLoader
from torch.utils.data.distributed import DistributedSampler

from mathpal_lightning.schema import Batch, PackedBatch, PreferenceBatch

log = logging.getLogger(__name__)


class Position(NamedTuple):
    """How far training has come. A checkpoint stores this and the digest of the rows, nothing else about the data."""

    epoch: int = 0
    packs: int = 0
    """Packs of this epoch that all processes together have finished."""
    batches: int = 0
    """Batches of this epoch that each process has finished."""


class PackOrder(DistributedSampler[int]):
    """A sampler of this process's packs from a position on; consecutive `batch_size` of them are a batch.

    A DistributedSampler, because Lightning leaves one alone and calls its `set_epoch`.
    """

    def __init__(
        self,
        number: int,
        batch_size: int,
        *,
        num_replicas: int = 1,
        rank: int = 0,
        seed: int = 0,
        shuffle: bool = True,
        stages: np.ndarray | None = None,
        current_epoch: Callable[[], int] | None = None,
        times: int = 1,
    ):
        """Order `number` packs.

        Args:
            number: packs of the whole epoch, over all processes.
            batch_size: packs of a step in each process.
            num_replicas: processes.
            rank: this process, from 0.
            seed: with the epoch, decides the permutation.
            shuffle: False keeps the packs' own order.
            stages: the stage of each pack, int64 [number]; an epoch goes from the first stage to the last.
            current_epoch: returns the true epoch. After a run with `max_steps` resumes from the end of an epoch, Lightning
                calls `set_epoch` with an epoch too many.
            times: how often the loader gives each batch.
        """
        super().__init__(range(number), num_replicas, rank, shuffle, seed)  # type: ignore[arg-type]  # any sequence has a length
        self.number, self.batch_size, self.stages, self.current_epoch = number, batch_size, stages, current_epoch
        self.times = times
        self.start = Position()

    def set_epoch(self, epoch: int) -> None:
        """Begin an epoch. Lightning calls this."""
        self.epoch = self.current_epoch() if self.current_epoch else epoch

    def resume(self, start: Position) -> None:
        """Go on from a position: first the rest of its epoch, then whole epochs. Warn where Lightning miscounts these."""
        self.start, self.epoch = start, start.epoch
        counted, whole = -(-len(self) // self.batch_size), -(-self.number // (self.batch_size * self.num_replicas))
        if counted != whole and self.rank == 0:
            log.warning(
                "The epoch that goes on began with another `data.batch_size` or number of processes. It has %d batches in all, "
                "and Lightning counts as many in each later epoch instead of %d: these %s. Such a change is exact after an "
                "epoch that has ended.",
                counted,
                whole,
                "are cut short" if counted < whole else "end without a validation",
            )

    def permutation(self) -> np.ndarray:
        """All packs of the current epoch in order, int64 [number]."""
        if not self.shuffle:
            return np.arange(self.number)
        order = np.random.default_rng([self.seed, self.epoch]).permutation(self.number)
        return order if self.stages is None else order[np.argsort(self.stages[order], kind="stable")]

    @property
    def position(self) -> Position:
        """Where the current epoch begins for this run."""
        return self.start if self.epoch == self.start.epoch else Position(self.epoch)

    def batches(self) -> Iterator[list[int]]:
        """This process's remaining batches of the current epoch, each once; the first may have been given already."""
        order, step = self.permutation(), self.batch_size * self.num_replicas
        for first in range(self.position.packs, self.number, step):
            dealt = order[first : first + step]
            missing = max(0, self.num_replicas - len(dealt))
            if missing:
                dealt = np.concatenate([dealt, np.resize(order, missing)])
            yield dealt[self.rank :: self.num_replicas].tolist()

    def is_repeat(self, batch: int) -> bool:
        """Whether a batch of this process (by Lightning's number) only repeats a pack that another process counts."""
        done, step = self.position, self.batch_size * self.num_replicas
        return self.num_replicas > 1 and done.packs + self._different(batch) * step + self.rank >= self.number

    def _different(self, batch: int) -> int:
        """How many different batches of this run in the epoch are over where Lightning begins this one."""
        return batch // self.times - self.position.batches // self.times

    def __iter__(self) -> Iterator[int]:
        return (pack for batch in self.batches() for pack in batch)

    def __len__(self) -> int:
        """Packs of this process in the current epoch, each once; batches before the start count as full ones.

        BatchSampler divides this by the batch size to get the number of batches. Lightning asks once, when a run begins, and
        takes the answer for every epoch: after an epoch that has ended it is that of the next.
        """
        done = self.position if self.position.packs < self.number else Position()
        step = self.batch_size * self.num_replicas
        full, left = divmod(self.number - done.packs, step)
        own = max(1, -(-(left - self.rank) // self.num_replicas)) if left else 0
        return (done.batches // self.times + full) * self.batch_size + own

    def after(self, batches: int, *, ended: bool = False) -> Position:
        """The position when `batches` of the current epoch are finished, those before the start included.

        Args:
            batches: what Lightning's progress counts.
            ended: the epoch ends here, even if packs are left (`limit_train_batches`).
        """
        done = self.position
        packs = done.packs + self._different(batches) * self.batch_size * self.num_replicas
        return Position(self.epoch, self.number if ended else min(packs, self.number), batches)


class PackLoader(DataLoader[Batch]):
    """A DataLoader that starts its sampler at the first batch, not when the iterator is made, and gives batches several times.

    Lightning makes the iterator before it restores a checkpoint (when a scheduler asks for the number of steps) and
    before it sets the epoch. Workers that start then would fetch batches from the wrong place.
    """

    def __iter__(self) -> Iterator[PackedBatch | PreferenceBatch]:  # type: ignore[override]  # torch promises its own iterator class
        given = self.sampler.position.batches % self._times if isinstance(self.sampler, PackOrder) else 0
        for batch in super().__iter__():
            yield from [batch] * (self._times - given)
            given = 0

    def __len__(self) -> int:
        """Batches of the current epoch, as Lightning and its progress bar count them."""
        return super().__len__() * self._times

    @property
    def _times(self) -> int:
        """Lightning's `overfit_batches` puts another sampler in the place of ours."""
        return self.sampler.times if isinstance(self.sampler, PackOrder) else 1

    def state_dict(self) -> dict[str, object]:
        """Empty: the data module saves the position. That the method exists tells Lightning that resuming is safe."""
        return {}

    def load_state_dict(self, state_dict: dict[str, object]) -> None:
        """Nothing to load."""
