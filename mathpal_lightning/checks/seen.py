"""What was found before for this model, backend, settings and versions: a second fit does not find it again.

Kept is only what these decide: findings about the model, and how much memory a step needs. What is free is never kept.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict
from hashlib import sha256
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from mathpal_lightning.checks.finding import Finding, as_json
from mathpal_lightning.files import cache_folder, sha256_of, whole_file
from mathpal_lightning.model.generation_memory import Solving, SolvingMemory, solving_memory
from mathpal_lightning.model.memory import Step, StepMemory, step_memory

_LIBRARIES = ("torch", "transformers", "peft", "bitsandbytes", "unsloth", "unsloth_zoo", "lightning")
_ROOMS = ("checks", "model", "losses")


def key_of_run(module: Any, batch_shape: Sequence[Any], device: str, precision: str) -> str:
    """A digest of what decides the findings about a model.

    Args:
        module: a MathPalModule; its weights need not be there.
        batch_shape: objective, lengths and sizes of the batches.
        device: where training is.
        precision: the Trainer's.
    """
    adapter = module.settings.adapter
    adapted = [(path.name, path.stat().st_mtime_ns) for path in sorted(Path(adapter).iterdir())] if adapter else []
    settings = {name: str(value) for name, value in module.settings.items()}
    return _digest(_base(module.folder), adapted, settings, list(batch_shape), device, precision)


def read_seen(key: str) -> list[Finding] | None:
    """The findings under a key; None where there are none yet."""
    file = _file(key)
    return (
        [Finding(**fields) for fields in json.loads(file.read_text(encoding="utf-8"))["findings"]] if file.is_file() else None
    )


def write_seen(key: str, findings: Sequence[Finding]) -> None:
    """Keep findings under a key."""
    with whole_file(_file(key)) as temporary:
        temporary.write_text(json.dumps(as_json(findings), ensure_ascii=False, indent=2) + "\n", encoding="utf-8")


def needed_memory(folder: Path, step: Step) -> StepMemory:
    """`step_memory`, counted once for each base, settings and versions: it takes two seconds."""
    return StepMemory(**_counted_once(step_memory, folder, step))


def needed_to_solve(folder: Path, step: Step, solving: Solving) -> SolvingMemory:
    """`solving_memory`, counted once likewise."""
    return SolvingMemory(**_counted_once(solving_memory, folder, step, solving))


def _counted_once(count: Callable[..., Any], folder: Path, *settings: Any) -> dict[str, Any]:
    named = [{name: str(value) for name, value in asdict(one).items()} for one in settings]
    file = cache_folder() / "preflight" / "memory" / f"{_digest(count.__name__, _base(folder), named)}.json"
    if file.is_file():
        return json.loads(file.read_text(encoding="utf-8"))
    counted = asdict(count(folder, *settings))
    with whole_file(file) as temporary:
        temporary.write_text(json.dumps(counted) + "\n", encoding="utf-8")
    return counted


def _file(key: str) -> Path:
    return cache_folder() / "preflight" / f"{key}.json"


def _base(folder: Path) -> list[Any]:
    return [str(folder), *((path.name, path.stat().st_size, path.stat().st_mtime_ns) for path in sorted(folder.iterdir()))]


def _digest(*facts: Any) -> str:
    """Of facts, and of the code and the versions that made something of them."""
    return sha256(json.dumps([*facts, _versions(), _code()], sort_keys=True).encode()).hexdigest()[:24]


def _versions() -> dict[str, str]:
    found = {}
    for library in _LIBRARIES:
        try:
            found[library] = version(library)
        except PackageNotFoundError:
            found[library] = ""
    return found


def _code() -> str:
    package = Path(__file__).parents[1]
    return sha256_of(*sorted(file for room in _ROOMS for file in (package / room).glob("*.py")))
