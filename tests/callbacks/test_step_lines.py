"""Where no bar is shown, a line tells the step, the loss, the rate and the time that is left."""

import logging

import pytest
import torch
from lightning.pytorch import Trainer
from lightning.pytorch.demos.boring_classes import BoringModel

from mathpal_lightning import progress
from mathpal_lightning.callbacks.step_lines import StepLines, step_line


def test_the_line_of_a_step():
    metrics = {"train/loss": torch.tensor(0.6123), "tokens/s": torch.tensor(575.4)}
    assert step_line(40, 190, metrics, 24.0, 40) == "step 40 of 190: loss 0.612, 575 tokens/s, about 90 s left"
    assert step_line(190, 190, metrics, 100.0, 190) == "step 190 of 190: loss 0.612, 575 tokens/s"
    assert step_line(5, -1, {}, 3.0, 5) == "step 5: "
    resumed = step_line(100, 190, {}, 10.0, 10)  # ten steps by this process in ten seconds
    assert resumed == "step 100 of 190: about 90 s left"


@pytest.mark.parametrize("stage", ["test", "validate"])
def test_a_pass_over_the_rows_says_how_far_it_is(stage: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture):
    monkeypatch.setattr(progress, "FIRST", 0.0)
    monkeypatch.setattr(progress, "EVERY", 0.0)
    trainer = Trainer(
        accelerator="cpu", logger=False, enable_checkpointing=False, enable_progress_bar=False, callbacks=[StepLines()]
    )
    with caplog.at_level(logging.INFO, logger="mathpal_lightning"):
        getattr(trainer, stage)(BoringModel(), verbose=False)
    lines = [record.message for record in caplog.records if "computing the loss" in record.message]
    assert len(lines) == 63, "of 64 batches; the last one needs no line"
    assert lines[0].startswith("computing the loss: 1 of 64 batches")
