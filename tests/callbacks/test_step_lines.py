"""Where no bar is shown, a line tells the step, the loss, the rate and the time that is left."""

import torch

from mathpal_lightning.callbacks.step_lines import step_line


def test_the_line_of_a_step():
    metrics = {"train/loss": torch.tensor(0.6123), "tokens/s": torch.tensor(575.4)}
    assert step_line(40, 190, metrics, 24.0, 40) == "step 40 of 190: loss 0.612, 575 tokens/s, about 90 s left"
    assert step_line(190, 190, metrics, 100.0, 190) == "step 190 of 190: loss 0.612, 575 tokens/s"
    assert step_line(5, -1, {}, 3.0, 5) == "step 5: "
    resumed = step_line(100, 190, {}, 10.0, 10)  # ten steps by this process in ten seconds
    assert resumed == "step 100 of 190: about 90 s left"
