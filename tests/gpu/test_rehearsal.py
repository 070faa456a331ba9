"""Unsloth's code for GPUs, as a T4 and as an H100, on tiny Gemmas without a GPU: what it chooses and what it computes.

Gemma 3 and 3n run in CI; 2 and 4 are marked slow. What is not rehearsed: cards.py.
"""

import importlib.util
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.gpu.cards import CARDS, SITE
from tests.gpu.rehearsal import reference
from tests.tiny import Family

if importlib.util.find_spec("unsloth") is None:
    pytest.skip("needs Unsloth", allow_module_level=True)
if not (SITE / "triton").is_dir():
    pytest.skip("needs Triton in a folder of its own: make rehearsal", allow_module_level=True)

ROOT = Path(__file__).parents[2]
IN_CI: list[Any] = [(family, card) for family in ("gemma3", "gemma3n") for card in CARDS]
SLOW = [pytest.param((family, card), marks=pytest.mark.slow) for family in ("gemma2", "gemma4") for card in CARDS]
LIMIT_S = 480


@pytest.fixture(scope="module")
def reference_of(gemma_folder: Callable[[Family], Path], tmp_path_factory: pytest.TempPathFactory) -> Callable[[Family], Path]:
    """The file of a family's reference, computed once."""
    folder = tmp_path_factory.mktemp("references")

    def file_of(family: Family) -> Path:
        file = folder / f"{family}.pt"
        if not file.exists():
            reference(gemma_folder(family), file)
        return file

    return file_of


@pytest.fixture(scope="module", params=[*IN_CI, *SLOW], ids="-".join)
def rehearsed(
    request: pytest.FixtureRequest,
    gemma_folder: Callable[[Family], Path],
    reference_of: Callable[[Family], Path],
    tmp_path_factory: pytest.TempPathFactory,
) -> dict[str, Any]:
    """What the process of a family and a card found."""
    family, card = request.param
    paths = (gemma_folder(family), reference_of(family), tmp_path_factory.mktemp("rehearsal"))
    done = subprocess.run(
        [sys.executable, "-m", "tests.gpu.rehearsal", family, card, *map(str, paths)],
        capture_output=True, text=True, cwd=ROOT, encoding="utf-8", timeout=LIMIT_S,
        env=os.environ | {"OMP_NUM_THREADS": "1", "PYTHONPATH": str(ROOT), "PYTHONWARNINGS": "ignore"},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found | {"family": family, "card": card}


def test_the_card_gets_its_own_arithmetic(rehearsed: dict[str, Any]):
    own = {"t4": ("float16-mixed", "torch.float16"), "h100": ("bf16-mixed", "torch.bfloat16")}
    assert (rehearsed["precision"], rehearsed["products"]) == own[rehearsed["card"]]
    if rehearsed["card"] == "t4" and rehearsed["family"] in ("gemma3", "gemma4"):
        assert rehearsed["residual"] == "torch.float32", "leave the family to the transformers backend, as Gemma 2 and 3n"


def test_attention_is_what_the_memory_estimate_counts(rehearsed: dict[str, Any]):
    chosen, counted = rehearsed["attention"]
    assert chosen == counted


def test_packed_documents_are_apart_in_both_modes_and_in_every_row(rehearsed: dict[str, Any]):
    assert rehearsed["leak"] == ["ok", "ok"]


def test_loss_and_gradients_are_those_of_transformers(rehearsed: dict[str, Any]):
    """Within a few times the rounding that the same dtype costs with transformers; Unsloth's float16 rounds more often."""
    loss, expected = rehearsed["loss"]
    assert loss == pytest.approx(expected, rel=2e-3)
    times = 3 if rehearsed["card"] == "h100" else 15
    assert 0 < rehearsed["gradients"][0] < times * rehearsed["rounding"]
    assert rehearsed["pairs"] < 5e-3


def test_recomputed_activations_give_the_same_gradients(rehearsed: dict[str, Any]):
    """Plain reentrant checkpointing, which Unsloth switches on for Gemma 3n and 4, would be wrong by 0.6 there."""
    assert rehearsed["checkpointed"] < 1e-6


def test_training_goes_on_from_an_adapter_without_recomputing(rehearsed: dict[str, Any]):
    assert rehearsed["left on"] == []
    assert rehearsed["from adapter"] < 1e-6


def test_what_is_merged_afterwards_is_the_trained_model(rehearsed: dict[str, Any]):
    assert rehearsed.get("export", []) == []


def test_4_bits_compute_on_a_t4_with_a_copy_and_without(rehearsed: dict[str, Any]):
    if rehearsed.get("4 bits"):
        plain, kept, apart = rehearsed["4 bits"]
        assert plain == pytest.approx(rehearsed["loss"][1], rel=0.1)
        assert kept == pytest.approx(plain, rel=1e-3)
        assert apart < 0.02


def test_solutions_are_those_of_transformers(rehearsed: dict[str, Any]):
    """By the loop for CPUs, and by the one that a card takes."""
    assert rehearsed["written"] == [True, True]
