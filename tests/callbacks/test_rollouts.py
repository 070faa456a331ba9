"""What training warns of while a policy draws."""

import logging
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from torch import tensor

from mathpal_lightning.callbacks.rollouts import KeepRollouts, drop_later
from mathpal_lightning.files import whole_objects, write_json_lines
from mathpal_lightning.run import RunFolder


def warnings_of(caplog: pytest.LogCaptureFixture, draws: int, signal: float, **metrics: float) -> str:
    trainer: Any = SimpleNamespace(callback_metrics={f"train/{name}": tensor(value) for name, value in metrics.items()})
    callback = KeepRollouts(window=5)
    with caplog.at_level(logging.WARNING):
        for _ in range(draws):
            callback._warn(trainer, {"signal": signal, "cut": 0.0, "length": 50.0})
    return caplog.text


def test_what_was_drawn_after_the_checkpoint_is_dropped_from_all_files(tmp_path: Path):
    files = {"rollouts.1": (1, 1, 2), "rollouts.2": (3, 4), "rollouts.3": (5, 6), "rollouts": (7,)}
    for name, steps in files.items():
        write_json_lines(tmp_path / f"{name}.jsonl", [{"step": step, "question": "Số táo là?"} for step in steps])
    untouched = (tmp_path / "rollouts.1.jsonl").stat().st_mtime_ns
    drop_later(RunFolder(tmp_path), 3)
    left = {file.stem: [line["step"] for line in whole_objects(file)] for file in tmp_path.iterdir()}
    assert left == {"rollouts.1": [1, 1, 2], "rollouts.2": [3]}
    assert (tmp_path / "rollouts.1.jsonl").stat().st_mtime_ns == untouched


def test_a_policy_that_is_certain_but_still_teaches_is_no_cause_for_alarm(caplog: pytest.LogCaptureFixture):
    """Most tokens of worked arithmetic are certain: sound runs have a mean of 0.01 nats a token."""
    assert warnings_of(caplog, 9, signal=0.4, surprise=0.009) == ""


def test_certain_of_every_token_and_hardly_a_group_that_teaches_is_said_once(caplog: pytest.LogCaptureFixture):
    assert warnings_of(caplog, 9, signal=0.2, surprise=0.009).count("nearly certain") == 1


@pytest.mark.parametrize(("draws", "said"), [(4, 0), (5, 1), (12, 1)])
def test_groups_of_equal_rewards_are_said_after_a_whole_window(caplog: pytest.LogCaptureFixture, draws: int, said: int):
    assert warnings_of(caplog, draws, signal=0.05, surprise=0.5).count("fewer than a tenth of the groups") == said


@pytest.mark.parametrize(("later", "said"), [(90.0, 0), (101.0, 1), (26.0, 0), (24.0, 1)])
def test_solutions_twice_as_long_or_half_as_long_are_said_once(caplog: pytest.LogCaptureFixture, later: float, said: int):
    """The first window has 50 tokens on average."""
    trainer: Any = SimpleNamespace(callback_metrics={})
    callback = KeepRollouts(window=4)
    with caplog.at_level(logging.WARNING):
        for length in [50.0] * 4 + [later] * 6:
            callback._warn(trainer, {"signal": 0.5, "cut": 0.0, "length": length})
    assert caplog.text.count(f"had 50 tokens on average and now have {later:.0f}") == said


@pytest.mark.parametrize(("kl", "said"), [(0.2, 0), (0.4, 1)])
def test_a_policy_far_from_where_it_began_is_said_once(caplog: pytest.LogCaptureFixture, kl: float, said: int):
    assert warnings_of(caplog, 3, signal=0.5, kl=kl).count("0.40 nats a token away") == said


def test_a_sampler_that_is_not_the_trained_policy_is_said_at_once(caplog: pytest.LogCaptureFixture):
    assert "differ from the trained ones by 0.30 nats" in warnings_of(caplog, 1, signal=0.5, sampler_kl=0.3)
