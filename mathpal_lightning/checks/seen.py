"""Findings about a loaded model, kept in the cache: a second fit with the same model, settings, code and card repeats none.

Only results that depend on nothing but these inputs are cached; free memory and free disk are checked in each run.
"""

from __future__ import annotations

import inspect
import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import torch

from mathpal_lightning.checks.finding import Finding, as_json
from mathpal_lightning.content_key import Plain, content_key, folder_state
from mathpal_lightning.files import cache_folder, whole_file

if TYPE_CHECKING:
    from mathpal_lightning.model import MathPalModule

LIBRARIES = (
    *("torch", "transformers", "peft", "bitsandbytes", "lightning", "unsloth", "unsloth_zoo"),
    *("flash-attn", "flash-attn-3", "triton", "triton-windows", "xformers", "torchao"),
)
"""Distributions that bring the kernels of a model, or patch them."""
_CHECKS = "mathpal_lightning.checks.run"
_OURS, _NOT_THE_MODULES_OWN = "mathpal_lightning.", ("lightning", "pytorch_lightning", "torch", "builtins")


def key_of_run(module: MathPalModule, batch_shape: Sequence[Plain], device: torch.device, precision: str) -> str:
    """The key of the findings about a model: everything that decides them.

    Args:
        module: a MathPalModule, or one like it; its weights need not be loaded.
        batch_shape: objective, lengths and sizes of the batches.
        device: where training is. Its card decides which kernels compute.
        precision: the Trainer's.
    """
    adapter = module.settings.adapter
    code, foreign = _code_of(type(module))
    return content_key(
        _CHECKS,
        *code,
        libraries=LIBRARIES,
        foreign_code=foreign,
        base=folder_state(module.folder),
        adapter=folder_state(Path(adapter)) if adapter else [],
        settings={name: str(value) for name, value in module.settings.items()},
        batch=list(batch_shape),
        hardware=hardware(device),
        precision=precision,
    )


def hardware(device: torch.device) -> list[Plain]:
    """What computes: the card and the CUDA that torch was built for, or the instructions that a CPU has."""
    if device.type == "cuda":
        capability = torch.cuda.get_device_capability(device)
        return ["cuda", torch.cuda.get_device_name(device), *capability, str(torch.version.cuda or torch.version.hip)]
    return [device.type, torch.backends.cpu.get_cpu_capability()]


def read_seen(key: str) -> list[Finding] | None:
    """The findings under a key; None where there are none yet."""
    if not (file := _file(key)).is_file():
        return None
    return [Finding(**fields) for fields in json.loads(file.read_text(encoding="utf-8"))["findings"]]


def write_seen(key: str, findings: Sequence[Finding]) -> None:
    """Keep findings under a key."""
    with whole_file(_file(key)) as temporary:
        temporary.write_text(json.dumps(as_json(findings), ensure_ascii=False, indent=2) + "\n", encoding="utf-8")


def _file(key: str) -> Path:
    return cache_folder() / "preflight" / f"{key}.json"


def _code_of(kind: type) -> tuple[list[str], list[str]]:
    """The modules of ours in which a class and its parents are defined, and the source texts of the classes of others."""
    own = [each for each in kind.__mro__ if each.__module__.partition(".")[0] not in _NOT_THE_MODULES_OWN]
    ours = [each.__module__ for each in own if each.__module__.startswith(_OURS)]
    return ours, [_source(each) for each in own if not each.__module__.startswith(_OURS)]


def _source(kind: type) -> str:
    try:
        return inspect.getsource(kind)
    except (OSError, TypeError):  # typed into a shell: there is no source to compare, so nothing is cached
        return os.urandom(16).hex()
