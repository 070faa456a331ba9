"""Throughput counts tokens, not padding."""

import json
from pathlib import Path

import torch

from mathpal_lightning.callbacks import Throughput
from mathpal_lightning.callbacks.throughput import is_token, peak_memory_gb
from tests.callbacks.foreign import ForeignModule, batches, foreign_trainer


def test_padding_is_no_token():
    positions = torch.tensor([[0, 1, 2, 0, 1, 0, 0], [0, 1, 0, 1, 2, 3, 4]])
    assert is_token(positions).int().tolist() == [[1, 1, 1, 1, 1, 0, 0], [1, 1, 1, 1, 1, 1, 1]]


def test_a_run_is_summed_up(gemma3_folder: Path, tmp_path: Path):
    foreign_trainer(tmp_path, Throughput()).fit(ForeignModule(gemma3_folder), batches(3))
    figures = json.loads((tmp_path / "summary.json").read_text())["training"]
    assert figures["tokens"] == 3 * 20
    assert figures["supervised_tokens"] == 3 * 20
    assert figures["packing_density"] == 1.0
    assert figures["steps"] == 3
    assert figures["tokens_per_second"] > 0


def test_the_peak_is_this_process_s():
    before = peak_memory_gb()
    block = torch.ones(50_000_000)  # 0.2 GB
    assert peak_memory_gb() - before > 0.15 or before > 1.0
    del block
