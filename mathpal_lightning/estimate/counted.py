"""The counts of `step_memory` and `solving_memory`, kept in the cache: one takes two seconds, and most runs repeat another."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

from mathpal_lightning.content_key import Plain, content_key, folder_state
from mathpal_lightning.estimate.fake_model import Step
from mathpal_lightning.estimate.solving_memory import Solving, SolvingMemory, solving_memory
from mathpal_lightning.estimate.step_memory import StepMemory, step_memory
from mathpal_lightning.files import cache_folder, whole_file

_LIBRARIES = ("torch", "transformers", "peft")


def needed_memory(folder: Path, step: Step) -> StepMemory:
    """`step_memory`, counted once for each base, settings, code and versions."""
    file = _file(step_memory.__module__, folder, step=_plain(step))
    if file.is_file():
        return StepMemory(**json.loads(file.read_text(encoding="utf-8")))
    counted = step_memory(folder, step)
    _keep(file, asdict(counted))
    return counted


def needed_to_solve(folder: Path, step: Step, solving: Solving) -> SolvingMemory:
    """`solving_memory`, counted once for each base, settings, code and versions."""
    file = _file(solving_memory.__module__, folder, step=_plain(step), solving=asdict(solving))
    if file.is_file():
        return SolvingMemory(**json.loads(file.read_text(encoding="utf-8")))
    counted = solving_memory(folder, step, solving)
    _keep(file, asdict(counted))
    return counted


def _file(module: str, folder: Path, **settings: Plain) -> Path:
    key = content_key(module, libraries=_LIBRARIES, base=folder_state(folder), **settings)
    return cache_folder() / "preflight" / "memory" / f"{key}.json"


def _plain(step: Step) -> dict[str, str]:
    return {name: str(value) for name, value in asdict(step).items()}


def _keep(file: Path, counted: dict[str, int]) -> None:
    with whole_file(file) as temporary:
        temporary.write_text(json.dumps(counted) + "\n", encoding="utf-8")
