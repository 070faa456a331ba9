"""Which attention a card gets, by the table of `model/attention.py`, and that building a model follows it."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import torch
from lightning.pytorch import LightningModule
from torch.torch_version import TorchVersion

from mathpal_lightning import MathPalModule
from mathpal_lightning.compat.transformers import attention_implementation
from mathpal_lightning.errors import ConfigError
from mathpal_lightning.model import build, compiled
from mathpal_lightning.model.attention import attention_of, tiles_of
from mathpal_lightning.model.compiled import _PAYS_AFTER, is_long, uses_kernels

CPU, CUDA = torch.device("cpu"), torch.device("cuda:0")
T4, A100, RTX_4090, H100, RTX_5090 = (7, 5), (8, 0), (8, 9), (9, 0), (12, 0)
SHARED_MEMORY = {T4: 65_536, A100: 166_912, RTX_4090: 101_376, H100: 232_448, RTX_5090: 101_376}


@pytest.mark.parametrize(
    ("backend", "family", "card", "kernels", "expected"),
    [
        ("transformers", "gemma3", None, False, "sdpa"),
        ("transformers", "gemma3", T4, False, "sdpa"),
        ("transformers", "gemma4", A100, True, "flex_attention"),
        ("transformers", "gemma2", RTX_4090, True, "flex_attention"),
        ("transformers", "gemma3", H100, False, "sdpa"),
        ("transformers", "", H100, True, "sdpa"),
        ("unsloth", "gemma3", None, False, "sdpa"),
        ("unsloth", "gemma3", T4, False, "sdpa_in_float32"),
        ("unsloth", "gemma3", A100, False, "flex_attention"),
        ("unsloth", "gemma3", RTX_4090, False, "flex_attention"),
        ("unsloth", "gemma3", H100, False, "flex_attention"),
        ("unsloth", "gemma3", RTX_5090, False, "sdpa"),
        ("unsloth", "gemma3n", H100, False, "eager"),
        ("unsloth", "gemma4", T4, False, "sdpa_in_float32"),
        ("unsloth", "gemma4", H100, False, "sdpa"),
        ("unsloth", "gemma2", RTX_4090, False, "sdpa"),
    ],
)
def test_the_table(backend, family, card, kernels, expected, monkeypatch: pytest.MonkeyPatch):
    pretend(card, monkeypatch)
    assert attention_of(backend, family, CUDA if card else CPU, kernels) == expected


def pretend(card: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let torch answer as a card would."""
    shared = SHARED_MEMORY.get(card, 0)
    properties = SimpleNamespace(shared_memory_per_block_optin=shared, shared_memory_per_multiprocessor=shared + 1024)
    monkeypatch.setattr(torch.cuda, "get_device_capability", lambda device: card)
    monkeypatch.setattr(torch.cuda, "get_device_properties", lambda device: properties)


def test_an_older_torch_has_no_kernels_that_fit_a_4090(equipped: Path, monkeypatch: pytest.MonkeyPatch):
    """Its FlexAttention takes no tiles, and the kernels that it makes of its own need more shared memory than is there."""
    monkeypatch.setattr(torch, "__version__", TorchVersion("2.9.1+cu128"))
    pretend(RTX_4090, monkeypatch)
    assert attention_of("unsloth", "gemma3", CUDA) == "sdpa"
    assert not on_an_h100("auto")
    with pytest.raises(ConfigError, match=r"torch 2.10 or later.*compile: false"):
        on_an_h100(True)
    pretend(A100, monkeypatch)
    assert attention_of("unsloth", "gemma3", CUDA) == "flex_attention"
    assert on_an_h100(True)


@pytest.fixture
def equipped(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A machine with an H100, Triton, a C compiler and Python's headers; the folder of the headers."""
    monkeypatch.setattr(torch.cuda, "get_device_capability", lambda device: H100)
    monkeypatch.setattr(compiled.importlib.util, "find_spec", lambda name: object())
    monkeypatch.setattr(compiled.sysconfig, "get_path", lambda name: str(tmp_path))
    monkeypatch.setenv("CC", "gcc")
    (tmp_path / "Python.h").touch()
    return tmp_path


def on_an_h100(wanted: Any, backend: str = "transformers", **other: Any) -> bool:
    given: dict[str, Any] = {"family": "gemma3", "bits": 16, "precision": "bf16-mixed", "device": CUDA, "is_long": True}
    return uses_kernels(wanted, backend, **(given | other))


@pytest.mark.parametrize(
    ("wanted", "backend", "precision", "device", "expected"),
    [
        (True, "transformers", "bf16-mixed", CUDA, True),
        (True, "transformers", "32-true", CUDA, True),
        (False, "transformers", "bf16-mixed", CUDA, False),
        ("auto", "transformers", "bf16-mixed", CUDA, True),
        ("auto", "transformers", "float16-mixed", CUDA, False),
        ("auto", "unsloth", "bf16-mixed", CUDA, False),
        ("auto", "transformers", "bf16-mixed", CPU, False),
        (True, "transformers", "float16-mixed", CUDA, False),
        (True, "unsloth", "bf16-mixed", CUDA, False),
        (True, "transformers", "bf16-mixed", CPU, False),
    ],
)
def test_which_runs_use_compiled_kernels(wanted, backend, precision, device, expected, equipped: Path):
    assert on_an_h100(wanted, backend, precision=precision, device=device) is expected


@pytest.mark.parametrize("card", [(8, 0), (8, 9), (12, 0)])
def test_on_cards_where_it_was_not_tried_it_must_be_asked_for(card, equipped: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(torch.cuda, "get_device_capability", lambda device: card)
    assert not on_an_h100("auto")
    assert on_an_h100(True)


@pytest.mark.parametrize("other", [{"family": "gemma4"}, {"bits": 8}, {"is_long": False}])
def test_where_it_may_not_pay_it_must_be_asked_for(other: dict[str, Any], equipped: Path):
    assert not on_an_h100("auto", **other)
    assert on_an_h100(True, **other)


@pytest.mark.parametrize(
    ("state", "max_steps", "long"), [("fit", -1, True), ("fit", 200, True), ("fit", 20, False), ("test", -1, False)]
)
def test_a_short_run_does_not_compile(state: str, max_steps: int, long: bool):
    module: Any = LightningModule()
    assert not is_long(module)
    module._trainer = SimpleNamespace(state=SimpleNamespace(fn=state), max_steps=max_steps)
    assert is_long(module) is long


def test_the_text_of_the_setting_says_when_auto_compiles():
    text = " ".join((MathPalModule.__doc__ or "").split())
    assert f"`auto`: on a Hopper GPU, unless max_steps is below {_PAYS_AFTER}." in text


@pytest.mark.parametrize(
    ("lacking", "said"), [("card", "Ampere"), ("triton", "triton"), ("compiler", "apt install gcc"), ("headers", "python3-dev")]
)
def test_what_is_lacking_is_said(lacking: str, said: str, equipped: Path, monkeypatch: pytest.MonkeyPatch):
    if lacking == "card":
        monkeypatch.setattr(torch.cuda, "get_device_capability", lambda device: T4)
    elif lacking == "triton":
        monkeypatch.setattr(compiled.importlib.util, "find_spec", lambda name: None)
    elif lacking == "compiler":
        monkeypatch.delenv("CC")
        monkeypatch.setattr(compiled.shutil, "which", lambda name: None)
    else:
        (equipped / "Python.h").unlink()
    with pytest.raises(ConfigError, match=f"{said}.*compile: false"):
        on_an_h100(True)
    assert not on_an_h100("auto")


@pytest.mark.parametrize("kernels", [False, True])
def test_building_follows_the_rule(kernels: bool, gemma3_folder: Path, monkeypatch: pytest.MonkeyPatch):
    """As on a card of 228 KB of shared memory, with the weights on the CPU."""
    monkeypatch.setattr(build, "uses_kernels", lambda *asked: kernels)
    monkeypatch.setattr(build, "attention_of", lambda backend, family, card, asked: attention_of(backend, family, CUDA, asked))
    card = SimpleNamespace(shared_memory_per_multiprocessor=228 * 1024, major=9, minor=0)
    monkeypatch.setattr(torch.cuda, "get_device_properties", lambda device: card)
    monkeypatch.setattr(build, "make_lean", lambda model, compiled: None)
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)  # a machine with a card would ask it what it can
    module: Any = MathPalModule(str(gemma3_folder), backend="transformers", bits=16)
    module.configure_model()
    assert attention_implementation(module.model.config.get_text_config()) == ("block_sparse" if kernels else "sdpa")


def test_cards_with_little_shared_memory_get_small_tiles():
    assert tiles_of(228 * 1024) is tiles_of(164 * 1024) is None
    small = tiles_of(100 * 1024)
    assert small is not None
    assert all(size == 32 for name, size in small.items() if "BLOCK" in name)
