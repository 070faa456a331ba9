"""What was found before for this model, backend, settings and versions: a second fit pays nothing."""

from __future__ import annotations

import json
from collections.abc import Sequence
from hashlib import sha256
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from mathpal_lightning.checks.finding import Finding, as_json
from mathpal_lightning.files import cache_folder, sha256_of, whole_file

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
    base = [(path.name, path.stat().st_size, path.stat().st_mtime_ns) for path in sorted(module.folder.iterdir())]
    adapter = module.settings.adapter
    adapted = [(path.name, path.stat().st_mtime_ns) for path in sorted(Path(adapter).iterdir())] if adapter else []
    settings = {name: str(value) for name, value in module.settings.items()}
    facts = [str(module.folder), base, adapted, settings, list(batch_shape), device, precision, _versions(), _code()]
    return sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()[:24]


def read_seen(key: str) -> list[Finding] | None:
    """The findings under a key; None where there are none yet."""
    file = _file(key)
    return [Finding(**fields) for fields in json.loads(file.read_text())["findings"]] if file.is_file() else None


def write_seen(key: str, findings: Sequence[Finding]) -> None:
    """Keep findings under a key."""
    with whole_file(_file(key)) as temporary:
        temporary.write_text(json.dumps(as_json(findings), ensure_ascii=False, indent=2) + "\n")


def _file(key: str) -> Path:
    return cache_folder() / "preflight" / f"{key}.json"


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
