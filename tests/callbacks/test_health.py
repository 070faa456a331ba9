"""StopOnDivergence: the rule on losses that a person can check by hand, and its memory over a resume."""

from pathlib import Path
from typing import Any

import pytest
from lightning.pytorch import LightningModule
from torch import Tensor, nn

from mathpal_lightning.callbacks import StopOnDivergence
from mathpal_lightning.errors import TrainingError
from tests.callbacks.foreign import batches, foreign_trainer


class Losses(LightningModule):
    """Logs the losses that it was given."""

    def __init__(self, losses: list[float]):
        super().__init__()
        self.losses, self.weight = losses, nn.Parameter(Tensor([1.0]))

    def training_step(self, batch: Any, batch_idx: int) -> Tensor:
        self.log("train/loss", self.losses[batch_idx])
        return self.weight.sum()

    def configure_optimizers(self) -> Any:
        from torch.optim import SGD

        return SGD(self.parameters(), lr=0.1)


def train(folder: Path, losses: list[float], callback: StopOnDivergence) -> None:
    foreign_trainer(folder, callback, enable_checkpointing=False).fit(Losses(losses), batches(len(losses)))


@pytest.mark.parametrize(
    "losses",
    [
        [5.0, 4.0, 3.0, 2.0, 1.0],
        [1.0, 1.0, 4.0, 3.9, 4.0],  # means of two: 1, 2.5, 3.95, 3.95; the limit is 4
        [900.0, 1.0, 1.0, 3.0, 1.0],
        [100.0],
        [-1.0, -3.0, -5.0, -7.0, -6.0],  # a loss without a lower bound
        [-5.0, -5.0, 1.9, 2.0],  # the limit is -5 + 5 + 2 = 2
    ],
)
def test_a_loss_that_learns_or_leaps_goes_on(losses: list[float], tmp_path: Path):
    train(tmp_path, losses, StopOnDivergence(window=2))


def test_a_loss_that_diverges_stops_the_run(tmp_path: Path):
    with pytest.raises(TrainingError, match=r"of 2 batches below 4.00 .* but found 4.50 at step 4"):
        train(tmp_path, [1.0, 1.0, 4.0, 5.0, 9.0], StopOnDivergence(window=2))
    assert (tmp_path / "failed_step.json").exists()


def test_a_negative_loss_that_diverges_stops_the_run(tmp_path: Path):
    with pytest.raises(TrainingError, match=r"below 2.00 \(the lowest was -5.00\), but found 2.50 at step 4"):
        train(tmp_path, [-5.0, -5.0, 2.0, 3.0], StopOnDivergence(window=2))


def test_a_resumed_run_remembers_the_lowest_mean(tmp_path: Path):
    first, second = StopOnDivergence(window=2), StopOnDivergence(window=2)
    trainer = foreign_trainer(tmp_path, first, enable_checkpointing=False)
    trainer.fit(Losses([1.0, 1.0]), batches(2))
    trainer.save_checkpoint(tmp_path / "one.ckpt")
    resumed = foreign_trainer(tmp_path, second, enable_checkpointing=False, max_epochs=2)
    with pytest.raises(TrainingError, match="found 5.00 at step 3"):
        resumed.fit(Losses([9.0, 9.0]), batches(2), ckpt_path=tmp_path / "one.ckpt")


def test_a_second_fit_is_not_compared_with_the_first(tmp_path: Path):
    callback = StopOnDivergence(window=2)
    train(tmp_path, [0.1, 0.1, 0.1], callback)
    train(tmp_path, [3.5, 3.4, 3.3], callback)
