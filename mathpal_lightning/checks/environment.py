"""The installed packages and the machine, read without importing the packages, so that it works where they are broken."""

from __future__ import annotations

import importlib.util
import os
import platform
import re
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import distributions
from pathlib import Path

from mathpal_lightning.compat.convert_hf_to_gguf import is_overwritten
from mathpal_lightning.compat.guard import normalised_name
from mathpal_lightning.compat.system import usable_cores
from mathpal_lightning.estimate.machine import available_bytes, free_disk_bytes
from mathpal_lightning.families import OFFLINE_PACKAGE
from mathpal_lightning.files import cache_folder, why_not_writable

_QUERY = "name,driver_version,memory.total,compute_cap"
_ANSWERS_WITHIN_S = 30
_BF16_CAPABILITY = 8.0
"""Ampere: the first CUDA GPUs that compute in bfloat16."""


@dataclass(frozen=True, slots=True)
class Gpu:
    """One NVIDIA GPU, as its driver describes it."""

    name: str
    driver: str
    memory: str
    capability: float

    @property
    def has_bf16(self) -> bool:
        """Whether it computes in bfloat16."""
        return self.capability >= _BF16_CAPABILITY


@dataclass(frozen=True, slots=True)
class Environment:
    """The facts that `diagnose` judges."""

    python: tuple[int, ...]
    versions: Mapping[str, str]
    """Distribution, in lower case with hyphens -> version."""
    requirements: tuple[str, ...] = ()
    """What this package asks for."""
    torch_cuda: str | None = None
    """The CUDA that torch was built with; None for a CPU build."""
    gpus: tuple[Gpu, ...] = ()
    gpu_fault: str = ""
    """What nvidia-smi says of a GPU that it cannot read, or that it does not answer."""
    gpus_hidden: bool = False
    """Whether CUDA_VISIBLE_DEVICES names no GPU; nvidia-smi shows them all the same."""
    system: str = "Linux"
    """Linux, Darwin (macOS) or Windows."""
    cpu: str = ""
    cores: int = 1
    cpu_flags: frozenset[str] = frozenset()
    memory: int = 0
    """Bytes that are available."""
    cache: Path = Path()
    cache_free: int = 0
    """Bytes free on the disk of the cache."""
    cache_refused: str = ""
    """Why the cache cannot be written to; empty where it can."""
    modules: frozenset[str] = frozenset()
    """Optional modules that can be found."""
    gemma_prepared: bool = False
    converter_overwritten: bool = False
    """Whether llama.cpp's converter lacks files of its own (compat/convert_hf_to_gguf.py)."""


OPTIONAL_MODULES = ("gguf", "convert_hf_to_gguf", "xllamacpp", "llama_cpp", OFFLINE_PACKAGE)


def read_environment() -> Environment:
    """Read this interpreter's packages and this machine."""
    cpu, flags = _cpu()
    gpus, gpu_fault = read_gpus()
    ours = next((one for one in distributions(name="mathpal-lightning")), None)
    return Environment(
        python=tuple(map(int, platform.python_version_tuple()[:2])),
        versions={normalised_name(one.metadata["Name"]): one.version for one in distributions() if one.metadata["Name"]},
        requirements=tuple(ours.requires or ()) if ours else (),
        torch_cuda=_torch_cuda(),
        gpus=gpus,
        gpu_fault=gpu_fault,
        gpus_hidden=gpus_hidden(),
        system=platform.system(),
        cpu=cpu,
        cores=usable_cores(),
        cpu_flags=flags,
        memory=available_bytes(),
        cache=cache_folder(),
        cache_free=free_disk_bytes(cache_folder()),
        cache_refused=why_not_writable(cache_folder()),
        modules=frozenset(name for name in OPTIONAL_MODULES if importlib.util.find_spec(name)),
        gemma_prepared=any((cache_folder() / "models").glob("gemma-*/model.safetensors")),
        converter_overwritten=is_overwritten(),
    )


def _torch_cuda() -> str | None:
    """The CUDA version in torch/version.py, which says `cuda: Optional[str] = '12.8'`."""
    spec = importlib.util.find_spec("torch")
    file = Path(spec.origin).with_name("version.py") if spec and spec.origin else None
    if file is None or not file.is_file():
        return None
    found = re.search(r"^cuda\b[^=]*= *['\"]([\d.]+)['\"]", file.read_text(encoding="utf-8"), re.MULTILINE)
    return found[1] if found else None


def read_gpus() -> tuple[tuple[Gpu, ...], str]:
    """What nvidia-smi says; no GPU where there is no NVIDIA driver. The text names what it could not read."""
    if not (tool := shutil.which("nvidia-smi")):
        return (), ""
    command = [tool, f"--query-gpu={_QUERY}", "--format=csv,noheader"]
    try:
        said = subprocess.run(command, capture_output=True, text=True, check=False, timeout=_ANSWERS_WITHIN_S, encoding="utf-8")
    except subprocess.TimeoutExpired:
        return (), f"nvidia-smi does not answer within {_ANSWERS_WITHIN_S} seconds"
    if said.returncode != 0:
        return (), ""
    unread = [line for line in said.stdout.splitlines() if line.count(",") == 3 and not _is_number(line.rpartition(",")[2])]
    return parse_gpus(said.stdout), f"nvidia-smi cannot read it: {unread[0]}" if unread else ""


def gpus_hidden() -> bool:
    """Whether CUDA_VISIBLE_DEVICES keeps every GPU from this process."""
    return os.environ.get("CUDA_VISIBLE_DEVICES", "0") in ("", "-1")


def parse_gpus(lines: str) -> tuple[Gpu, ...]:
    """Read nvidia-smi's csv; a lost card, of which it says `[Unknown Error]`, is left out.

    >>> parse_gpus("NVIDIA A100-SXM4-40GB, 535.104.05, 40960 MiB, 8.0")[0].has_bf16
    True
    """
    fields = [[field.strip() for field in line.split(",")] for line in lines.splitlines() if line.count(",") == 3]
    return tuple(
        Gpu(name, driver, memory, float(capability)) for name, driver, memory, capability in fields if _is_number(capability)
    )


def _is_number(text: str) -> bool:
    return re.fullmatch(r"\d+(\.\d+)?", text.strip()) is not None


def _cpu() -> tuple[str, frozenset[str]]:
    """Name and flags of the processor."""
    cpuinfo = Path("/proc/cpuinfo")
    if not cpuinfo.exists():
        return platform.processor() or platform.machine(), frozenset()
    fields: dict[str, str] = {}
    for line in cpuinfo.read_text(encoding="utf-8").splitlines():
        name, _, value = line.partition(":")
        fields.setdefault(name.strip(), value.strip())
    return fields.get("model name", platform.machine()), frozenset(fields.get("flags", "").split())
