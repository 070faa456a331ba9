"""Resume through a real Trainer, from a checkpoint of every batch, epoch and validation end: the very same batches follow."""

import logging
from typing import Any

import pytest
import torch
from lightning.pytorch import Callback, LightningModule, Trainer

from mathpal_lightning import MathDataModule
from mathpal_lightning.callbacks import AdapterCheckpoint
from tests.data.conftest import sums

QUIET: dict[str, Any] = {
    "accelerator": "cpu",
    "logger": False,
    "enable_progress_bar": False,
    "enable_model_summary": False,
    "enable_checkpointing": False,
}


class Recorder(LightningModule):
    """Notes (epoch, batch index, content) of every training batch."""

    def __init__(self, asks_for_steps: bool):
        super().__init__()
        self.weight, self.asks_for_steps = torch.nn.Parameter(torch.zeros(())), asks_for_steps
        self.seen: list[tuple[int, int, tuple[int, ...]]] = []
        self.totals: set[float] = set()

    def training_step(self, batch, batch_index):
        self.seen.append((self.current_epoch, batch_index, tuple(batch.input_ids.flatten().tolist())))
        self.totals.add(self.trainer.num_training_batches)
        return self.weight * batch.input_ids.float().mean()

    def validation_step(self, batch, batch_index):
        pass

    def configure_optimizers(self):
        if self.asks_for_steps:  # as schedulers with a warm-up share do: Lightning then makes the loader before it restores
            assert self.trainer.estimated_stepping_batches > 0
        return torch.optim.SGD([self.weight], lr=0.1)


class SaveEverywhere(Callback):
    """Writes a checkpoint at each moment at which ModelCheckpoint can, named by the batches finished so far."""

    def __init__(self, folder):
        self.folder = folder

    def _save(self, trainer, moment: str) -> None:
        done = trainer.fit_loop.epoch_loop.batch_progress.total.processed
        trainer.save_checkpoint(self.folder / f"{done:03}-{moment}.ckpt")

    def on_train_batch_start(self, trainer, *arguments):
        self._save(trainer, "interrupted")

    def on_train_batch_end(self, trainer, *arguments):
        self._save(trainer, "batch")

    def on_validation_end(self, trainer, *arguments):
        if not trainer.sanity_checking:
            self._save(trainer, "validation")

    def on_train_epoch_end(self, trainer, *arguments):
        self._save(trainer, "epoch")

    def on_train_end(self, trainer, *arguments):
        self._save(trainer, "end")


@pytest.fixture
def fit(tmp_path, write_jsonl, tokenizer):
    logging.getLogger("lightning.pytorch").setLevel(logging.ERROR)
    path = write_jsonl(sums(60))

    def run(
        checkpoint=None, callbacks=(), workers=0, batch_size=2, asks_for_steps=False, order="shuffled", **settings
    ) -> Recorder:
        data = MathDataModule(
            path,
            tokenizer=tokenizer,
            max_length=128,
            batch_size=batch_size,
            num_workers=workers,
            validation_share=0.1,
            order=order,
            cache_dir=str(tmp_path / "cache"),
        )
        module = Recorder(asks_for_steps)
        trainer = Trainer(callbacks=list(callbacks), **QUIET | {"max_epochs": 2} | settings)
        trainer.fit(module, data, ckpt_path=checkpoint, weights_only=True)
        return module

    return run


@pytest.mark.parametrize("accumulate", [1, 3])
@pytest.mark.parametrize("asks_for_steps", [False, True])
@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"val_check_interval": 4},
        {"limit_train_batches": 5},
        {"limit_train_batches": 0.5},
        {"max_steps": 6, "max_epochs": -1},
    ],
    ids=lambda settings: "-".join(settings) or "plain",
)
@pytest.mark.filterwarnings("ignore:.*")
def test_a_resumed_run_sees_what_an_uninterrupted_one_sees(fit, tmp_path, accumulate, asks_for_steps, settings):
    settings = settings | {"accumulate_grad_batches": accumulate, "asks_for_steps": asks_for_steps}
    whole = fit(callbacks=[SaveEverywhere(tmp_path)], **settings)
    checkpoints = sorted(tmp_path.glob("*.ckpt"))
    assert len({content for _, _, content in whole.seen}) > 5
    assert len(checkpoints) > len(whole.seen)
    for checkpoint in checkpoints:
        done = int(checkpoint.name[:3])
        resumed = fit(checkpoint, **settings)
        assert resumed.seen == whole.seen[done:], checkpoint.name
        assert resumed.totals <= whole.totals, "the progress bar's total"


class StopsAfter(Callback):
    """Asks for the end of training as `max_time` and EarlyStopping do."""

    def __init__(self, batches: int):
        self.batches = batches

    def on_train_batch_end(self, trainer, *arguments):
        trainer.should_stop = trainer.fit_loop.epoch_loop.batch_progress.total.ready >= self.batches


@pytest.mark.parametrize("settings", [{}, {"limit_val_batches": 0}, {"limit_val_batches": 0, "accumulate_grad_batches": 2}])
@pytest.mark.filterwarnings("ignore:.*")
def test_a_run_that_was_stopped_within_an_epoch_goes_on_with_the_rest_of_it(fit, tmp_path, settings):
    whole = fit(**settings)
    for batches in (3, len(whole.seen) // 2 + 4):
        keep = AdapterCheckpoint(dirpath=str(tmp_path / str(batches)))
        first = fit(callbacks=[StopsAfter(batches), keep], enable_checkpointing=True, **settings)
        assert len(first.seen) == batches
        resumed = fit(tmp_path / str(batches) / "last.ckpt", **settings)
        assert first.seen + resumed.seen == whole.seen, batches


@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"val_check_interval": 4, "check_val_every_n_epoch": None},
        {"limit_val_batches": 0},
        {"limit_train_batches": 0.5, "asks_for_steps": True},
    ],
)
@pytest.mark.filterwarnings("ignore:.*")
def test_a_run_that_its_number_of_steps_or_epochs_ended_goes_on_with_more(fit, tmp_path, settings):
    whole = fit(max_epochs=3, **settings)
    an_epoch = len(whole.seen) // 3
    for number, end in enumerate([{"max_steps": 3}, {"max_steps": an_epoch}, {"max_steps": an_epoch + 4}, {"max_epochs": 1}]):
        keep = AdapterCheckpoint(dirpath=str(tmp_path / str(number)))
        first = fit(callbacks=[keep], enable_checkpointing=True, **{"max_epochs": 3} | end | settings)
        resumed = fit(tmp_path / str(number) / "last.ckpt", max_epochs=3, **settings)
        assert first.seen + resumed.seen == whole.seen, end
        assert resumed.totals == whole.totals, "by which the schedule is made"


@pytest.mark.filterwarnings("ignore:.*")
def test_a_resumed_run_goes_on_within_its_stage(fit, tmp_path):
    whole = fit(callbacks=[SaveEverywhere(tmp_path)], order="easy_first")
    assert [content for _, _, content in whole.seen] != [content for _, _, content in fit().seen]
    for checkpoint in sorted(tmp_path.glob("*-batch.ckpt")):
        assert fit(checkpoint, order="easy_first").seen == whole.seen[int(checkpoint.name[:3]) :], checkpoint.name


@pytest.mark.filterwarnings("ignore:.*")
def test_workers_do_not_fetch_from_the_wrong_place(fit, tmp_path):
    whole = fit(callbacks=[SaveEverywhere(tmp_path)], asks_for_steps=True)
    done = len(whole.seen) - 3
    assert whole.seen[done][0] == 1, "in the middle of the second epoch"
    assert fit(tmp_path / f"{done:03}-batch.ckpt", workers=2, asks_for_steps=True).seen == whole.seen[done:]


@pytest.mark.filterwarnings("ignore:.*")
def test_another_batch_size_goes_on_with_the_packs_that_are_left(fit, tmp_path):
    whole = fit(callbacks=[SaveEverywhere(tmp_path)], max_epochs=1)
    resumed = fit(tmp_path / "003-batch.ckpt", batch_size=1, max_epochs=1)
    rows_left = [content for _, _, pair in whole.seen[3:] for content in (pair[:128], pair[128:]) if content]
    assert [content for _, _, content in resumed.seen] == rows_left
    assert [index for _, index, _ in resumed.seen] == list(range(3, 3 + len(rows_left)))


@pytest.mark.filterwarnings("ignore:.*")
def test_another_fit_of_the_same_data_module_begins_at_the_beginning(fit, tmp_path, write_jsonl, tokenizer):
    whole = fit(callbacks=[SaveEverywhere(tmp_path)], max_epochs=1)
    data = MathDataModule(
        write_jsonl(sums(60)),
        tokenizer=tokenizer,
        max_length=128,
        batch_size=2,
        validation_share=0.1,
        cache_dir=str(tmp_path / "cache"),
    )
    seen = []
    for checkpoint in (tmp_path / "003-batch.ckpt", None):
        module = Recorder(False)
        Trainer(max_epochs=1, **QUIET).fit(module, data, ckpt_path=checkpoint)
        seen.append(module.seen)
    assert seen == [whole.seen[3:], whole.seen]


def test_no_warning_says_that_the_loader_cannot_resume(fit, tmp_path, recwarn):
    fit(callbacks=[SaveEverywhere(tmp_path)], max_epochs=1)
    fit(tmp_path / "003-batch.ckpt", max_epochs=1)
    assert not [warning for warning in recwarn if "not resumable" in str(warning.message)]
